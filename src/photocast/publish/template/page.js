
"use strict";
const talk = (() => {
  const root = document.documentElement, page = document.body;
  const turns = [...document.querySelectorAll(".turn")], photos = [...document.querySelectorAll(".photo")];
  const status = document.getElementById("status");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  root.classList.add("live");

  const idsOf = (element, kind) => element.dataset[kind].split(" ").filter(Boolean);
  const current = list => list.find(element => element.hasAttribute("aria-current"));
  let held = false;     // something was chosen: scrolling changes nothing until the reader scrolls on
  let reading = null;   // the turn whose photos are shown because the reader has come to it
  let heard = null;     // the turn that is being said, when there is a player
  let playing = false;  // then the photos follow the voice, and not the reading
  const chosen = { turn: () => {}, photo: () => {} };   // what else is done then

  function showPhotos(ids) {
    if (!ids.length || !photos.length) return;
    const lead = document.getElementById(ids[0]);
    for (const photo of photos) {
      photo.classList.toggle("beside", ids.length > 1 && photo !== lead && ids.includes(photo.id));
      if (photo === lead) photo.setAttribute("aria-current", "true");
      else photo.removeAttribute("aria-current");
    }
    const sheet = lead.parentElement;   // only the sheet scrolls, never the page
    sheet.scrollTo({
      left: lead.offsetLeft - sheet.offsetLeft - (sheet.clientWidth - lead.offsetWidth) / 2,
      top: lead.offsetTop - sheet.offsetTop - (sheet.clientHeight - lead.offsetHeight) / 2,
      behavior: calm.matches ? "auto" : "smooth",
    });
  }

  function letGo() {
    for (const turn of turns) {
      turn.removeAttribute("aria-current");
      turn.classList.remove("of-photo");
    }
  }

  function chooseTurn(turn, focus) {
    held = true;
    letGo();
    turn.setAttribute("aria-current", "true");
    for (const other of turns) other.tabIndex = other === turn ? 0 : -1;
    showPhotos(idsOf(turn, "photos"));
    if (focus) {
      turn.focus({ preventScroll: true });
      turn.scrollIntoView({ block: "nearest" });
    }
    chosen.turn(turn);
  }

  function choosePhoto(photo, focus) {
    held = true;
    letGo();
    showPhotos([photo.id]);
    const about = turns.filter(turn => idsOf(turn, "photos").includes(photo.id));
    for (const turn of about) turn.classList.add("of-photo");
    if (about.length) {
      for (const other of turns) other.tabIndex = other === about[0] ? 0 : -1;
      about[0].scrollIntoView({ block: "start" });
    }
    if (focus) photo.querySelector("a").focus({ preventScroll: true });
    const name = photo.querySelector("img").alt;
    status.textContent = about.length ? `${name}. Turns about it: ${about.length}.` : `${name}. No turn is about it.`;
    chosen.photo(photo, about);
  }

  for (const turn of turns) {
    turn.addEventListener("click", event => {
      if (event.target.closest("a") || String(getSelection())) return;   // links lead on; marked text is being copied
      chooseTurn(turn, true);
    });
    for (const link of turn.querySelectorAll(".refs a")) {
      link.addEventListener("click", event => {
        event.preventDefault();
        chooseTurn(turn, false);
        showPhotos([link.hash.slice(1)]);
      });
    }
  }
  for (const photo of photos) {
    photo.querySelector("a").addEventListener("click", event => {
      event.preventDefault();
      choosePhoto(photo, false);
    });
  }

  function step(list, from, by) {
    const at = list.indexOf(from);
    return list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))];
  }

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, summary, input")) return;
    const on = event.target.closest(".turn"), photo = event.target.closest(".photo");
    const inTurn = on && event.target === on;
    if (event.key === "j" || (event.key === "ArrowDown" && inTurn)) {
      chooseTurn(step(turns, heard || on || current(turns), 1), true);
    } else if (event.key === "k" || (event.key === "ArrowUp" && inTurn)) {
      chooseTurn(step(turns, heard || on || current(turns), -1), true);
    } else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && photos.length) {
      choosePhoto(step(photos, current(photos), event.key === "ArrowRight" ? 1 : -1), Boolean(photo));
    } else if (event.key === "Enter" && inTurn) {
      chooseTurn(on, false);
      const [first] = idsOf(on, "photos");
      if (first) document.getElementById(first).querySelector("a").focus({ preventScroll: true });
    } else if (event.key === "Enter" && photo) {
      const [first] = idsOf(photo, "turns");
      choosePhoto(photo, false);
      if (first) chooseTurn(document.getElementById(first), true);
    } else if (event.key === "Escape") {
      letGo();
      held = false;
      if (photo) (turns.find(turn => turn.tabIndex === 0) || page).focus({ preventScroll: true });
    } else {
      return;
    }
    event.preventDefault();
  });

  // While one reads on, the photos follow: those of the last turn above the line where one reads.
  const withPhotos = turns.filter(turn => idsOf(turn, "photos").length);
  const stacked = matchMedia("(max-width: 59.99rem)");
  function atHand() {
    const over = innerHeight + scrollY >= root.scrollHeight - 4;
    const line = innerHeight * (over ? 1 : stacked.matches ? 0.66 : 0.42);
    let low = 0, high = withPhotos.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (withPhotos[middle].getBoundingClientRect().top <= line) low = middle; else high = middle - 1;
    }
    return withPhotos[low];
  }
  let waiting = false;
  addEventListener("scroll", () => {
    if (held || playing || waiting || !withPhotos.length) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const turn = atHand();
      if (held || playing || turn === reading) return;
      reading = turn;
      showPhotos(idsOf(turn, "photos"));
    });
  }, { passive: true });
  const scrollKeys = new Set(["PageDown", "PageUp", "Home", "End", " ", "ArrowUp", "ArrowDown"]);
  const readOn = () => { held = false; };
  addEventListener("wheel", readOn, { passive: true });
  addEventListener("touchmove", readOn, { passive: true });
  addEventListener("pointerdown", event => { if (event.target === root) readOn(); });
  addEventListener("keydown", event => { if (!event.defaultPrevented && scrollKeys.has(event.key)) readOn(); });

  const sources = document.getElementById("sources");
  if (sources) sources.addEventListener("click", () => {
    sources.setAttribute("aria-pressed", String(page.classList.toggle("sources")));
  });

  const theme = document.getElementById("theme"), dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; nameTheme(); });
  dark.addEventListener("change", nameTheme);
  nameTheme();

  const linked = location.hash && document.getElementById(location.hash.slice(1));
  if (linked && turns.includes(linked)) chooseTurn(linked, true);
  if (linked && photos.includes(linked)) choosePhoto(linked, false);

  return {
    turns, status, idsOf, showPhotos, letGo, chosen,
    current: () => current(turns),
    hear: turn => { heard = turn; },
    play: now => { playing = now; if (now) held = true; },
  };
})();
