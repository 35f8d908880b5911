
"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector, from = document) => from.querySelector(selector);
  const articles = all("article");
  const press = (button, on) => button && button.setAttribute("aria-pressed", String(on));
  const isPressed = (button) => Boolean(button) && button.getAttribute("aria-pressed") === "true";
  const wide = matchMedia("(min-width: 64rem)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  document.documentElement.classList.add("live");

  const filter = () => {
    const split = all("[data-split][aria-pressed=true]").map((button) => button.dataset.split)[0] || "";
    const gaps = isPressed(one("#gaps"));
    for (const article of articles) {
      article.hidden = (split !== "" && article.dataset.split !== split) || (gaps && article.dataset.gaps === "0");
    }
    const left = articles.filter((article) => !article.hidden).length;
    one(".count").textContent = left === articles.length ? "" : `${left} of ${articles.length} pairs`;
    one(".none").hidden = left > 0;
  };
  for (const button of all("button[data-split]")) {
    button.addEventListener("click", () => {
      all("button[data-split]").forEach((other) => press(other, other === button));
      filter();
    });
  }
  const toggleGaps = () => {
    const button = one("#gaps");
    if (button) { press(button, !isPressed(button)); filter(); }
  };
  one("#gaps")?.addEventListener("click", toggleGaps);

  const togglePrompts = () => {
    const button = one("#prompts");
    press(button, !isPressed(button));
    all("details").forEach((details) => { details.open = isPressed(button); });
  };
  one("#prompts").addEventListener("click", togglePrompts);

  /* A picture shows its turns, and tells its prompt. */
  const show = (item, on) => {
    const article = item.closest("article");
    all(".pick", article).forEach((button) => press(button, on && button.closest("li") === item));
    const turns = all("[data-turn]", article);
    for (const turn of turns) {
      const number = Number(turn.dataset.turn);
      turn.classList.toggle("shown", on && number >= Number(item.dataset.from) && number <= Number(item.dataset.to));
    }
    if (!on) return;
    one("details", item).open = true;
    const talk = one(".talk", article);
    const first = one(".shown", talk);
    if (wide.matches && first) {
      const top = first.offsetTop - talk.offsetTop - 8;
      talk.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
    } else {
      one(".said", article).classList.add("open");
    }
  };
  for (const button of all(".pick")) {
    button.addEventListener("click", () => show(button.closest("li"), !isPressed(button)));
  }
  for (const link of all(".ref")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const item = one(link.getAttribute("href"));
      show(item, true);
      item.scrollIntoView({ block: "nearest", inline: "center", behavior: calm.matches ? "auto" : "smooth" });
      one(".pick", item).focus({ preventScroll: true });
    });
  }
  for (const button of all(".more")) {
    button.addEventListener("click", () => {
      const said = button.closest(".said");
      said.classList.add("open");
      one(".talk", said).focus({ preventScroll: true });
    });
  }

  const step = (by) => {
    const there = articles.filter((article) => !article.hidden);
    if (!there.length) return;
    const now = there.indexOf(document.activeElement.closest("article"));
    const next = now < 0 ? (by > 0 ? 0 : there.length - 1) : Math.min(Math.max(now + by, 0), there.length - 1);
    there[next].focus({ preventScroll: true });
    there[next].scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  };
  const follow = (rel) => { const link = one(`a[rel=${rel}]`); if (link) location.assign(link.href); };
  const keys = {
    j: () => step(1), k: () => step(-1), p: togglePrompts, g: toggleGaps,
    ArrowLeft: () => follow("prev"), ArrowRight: () => follow("next"),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();

