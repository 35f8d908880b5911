
(() => {
  const root = document.documentElement, players = [...document.querySelectorAll(".player")];

  const clock = time => {
    const whole = Math.floor(time), seconds = String(whole % 60).padStart(2, "0"), minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes}:${seconds}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${seconds}`;
  };

  for (const player of players) {
    const find = name => player.querySelector(name);
    const audio = find("audio"), play = find(".play"), position = find(".position"), elapsed = find(".elapsed");
    const title = play.getAttribute("aria-label").slice("Play ".length), total = Number(position.max);

    function show(time) {
      position.value = time;
      position.style.setProperty("--done", `${100 * time / total}%`);
      elapsed.textContent = clock(time);
      position.setAttribute("aria-valuetext", `${clock(time)} of ${clock(total)}`);
    }
    function seek(time) {
      audio.currentTime = Math.min(Math.max(0, time), total);
      show(audio.currentTime);
    }
    function fail() {
      find(".trouble").hidden = false;
      player.classList.add("broken");
    }
    function tell(playing) {
      player.classList.toggle("playing", playing);
      play.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${title}`);
    }

    play.addEventListener("click", () => {
      if (audio.paused) audio.play().catch(fault => { if (fault.name === "NotSupportedError") fail(); });
      else audio.pause();
    });
    position.addEventListener("input", () => seek(Number(position.value)));
    position.addEventListener("keydown", event => {
      const by = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5 }[event.key];
      if (!by) return;
      event.preventDefault();
      seek(audio.currentTime + by);
    });
    audio.addEventListener("play", () => {
      for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
      tell(true);
    });
    audio.addEventListener("pause", () => tell(false));
    audio.addEventListener("timeupdate", () => show(audio.currentTime));
    audio.addEventListener("error", fail);

    audio.controls = false;
    find(".controls").hidden = false;
    show(0);
  }

  const theme = document.getElementById("theme"), dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; nameTheme(); });
  dark.addEventListener("change", nameTheme);
  nameTheme();
})();
