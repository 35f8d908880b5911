
(() => {
  const { turns, idsOf } = talk, find = id => document.getElementById(id);
  const audio = find("audio"), play = find("play"), position = find("position"), speed = find("speed");
  const elapsed = find("elapsed"), player = find("player"), trouble = find("trouble");
  const total = Number(position.max), speeds = [1, 1.2, 1.5];

  // Cues in the order in which they begin; `until` is when all up to one have ended, since turns overlap.
  const announced = find("announced"), spoken = turns.filter(turn => turn.dataset.start);
  const cues = (announced ? [announced, ...spoken] : spoken)
    .map(line => ({ line, start: Number(line.dataset.start), end: Number(line.dataset.end) }));
  let latest = 0;
  for (const cue of cues) cue.until = latest = Math.max(latest, cue.end);

  // The last line that has begun and not ended. In a pause, the one that began last: it is its pause.
  function lineAt(time) {
    let low = 0, high = cues.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cues[middle].start <= time) low = middle + 1; else high = middle;
    }
    for (let at = low - 1; at >= 0 && cues[at].until > time; at--) if (cues[at].end > time) return cues[at].line;
    return low ? cues[low - 1].line : null;
  }

  // A turn about no photo keeps the photo of those before it.
  function photosAt(line) {
    for (let at = turns.indexOf(line); at >= 0; at--) {
      const photos = idsOf(turns[at], "photos");
      if (photos.length) return photos;
    }
    return [];
  }

  let lit = null;
  function isSeen(line) {
    const { top, bottom } = line.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }
  function light(line, scroll) {
    if (line === lit) return;
    const withReader = !lit || isSeen(lit);   // whoever has scrolled away reads on in peace
    if (lit) lit.classList.remove("heard");
    lit = line;
    talk.hear(turns.includes(line) ? line : null);
    if (!line) return;
    line.classList.add("heard");
    const chosen = talk.current();
    if (chosen && chosen !== line) talk.letGo();
    talk.showPhotos(photosAt(line));
    if (scroll || (withReader && !audio.paused)) line.scrollIntoView({ block: "nearest" });
  }

  const clock = time => {
    const whole = Math.floor(time), seconds = String(whole % 60).padStart(2, "0"), minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes}:${seconds}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${seconds}`;
  };
  function show(time) {
    const now = clock(time);
    position.value = time;
    position.style.setProperty("--done", `${100 * time / total}%`);
    if (elapsed.textContent === now) return;
    elapsed.textContent = now;
    position.setAttribute("aria-valuetext", `${now} of ${clock(total)}`);
  }

  // `timeupdate` comes four times a second; a turn is lit in the frame in which it begins.
  function follow() {
    show(audio.currentTime);
    light(audio.ended ? null : lineAt(audio.currentTime), false);
  }
  let frame = 0;
  function everyFrame() {
    follow();
    frame = audio.paused ? 0 : requestAnimationFrame(everyFrame);
  }

  function seek(time) {
    audio.currentTime = Math.min(Math.max(0, time), total);
    show(audio.currentTime);
    light(lineAt(audio.currentTime), true);
  }
  function toggle() {
    if (audio.paused) audio.play().catch(fault => { if (fault.name === "NotSupportedError") fail(); });
    else audio.pause();
  }
  function fail() {
    trouble.hidden = false;
    player.classList.add("broken");
  }

  audio.addEventListener("play", () => {
    talk.play(true);
    player.classList.add("playing");
    play.setAttribute("aria-label", "Pause");
    if (lit) {
      talk.showPhotos(photosAt(lit));
      lit.scrollIntoView({ block: "nearest" });
    }
    if (!frame) everyFrame();
  });
  audio.addEventListener("pause", () => {
    talk.play(false);
    player.classList.remove("playing");
    play.setAttribute("aria-label", "Play");
  });
  audio.addEventListener("timeupdate", () => { if (!audio.paused || audio.ended) follow(); });   // also when hidden
  audio.addEventListener("error", fail);

  play.addEventListener("click", toggle);
  find("back").addEventListener("click", () => seek(audio.currentTime - 10));
  position.addEventListener("input", () => seek(Number(position.value)));
  position.addEventListener("keydown", event => {
    const by = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5 }[event.key];
    if (!by) return;
    event.preventDefault();
    seek(audio.currentTime + by);
  });
  speed.addEventListener("click", () => {
    audio.playbackRate = speeds[(speeds.indexOf(audio.playbackRate) + 1) % speeds.length];
    speed.textContent = `${audio.playbackRate}×`;
    speed.setAttribute("aria-label", `Speed ${audio.playbackRate}`);
  });
  document.addEventListener("keydown", event => {
    if (event.key !== " " || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("button, summary, audio")) return;
    event.preventDefault();
    if (!event.repeat) toggle();
  });

  // Whatever turn is chosen is where the voice goes; a photo moves it only while it is heard.
  talk.chosen.turn = turn => { if (turn.dataset.start) seek(Number(turn.dataset.start)); };
  talk.chosen.photo = (photo, about) => {
    const first = about.find(turn => idsOf(turn, "photos")[0] === photo.id) || about[0];
    if (first && first.dataset.start && !audio.paused) seek(Number(first.dataset.start));
  };
  if (announced) announced.addEventListener("click", () => {
    if (!String(getSelection())) seek(Number(announced.dataset.start));
  });

  audio.controls = false;
  player.querySelector(".controls").hidden = false;
  const linked = talk.current();
  if (linked) talk.chosen.turn(linked);
})();
