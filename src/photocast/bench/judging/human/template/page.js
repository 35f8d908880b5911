"use strict";
(() => {
  const $ = id => document.getElementById(id);
  const SCREENS = ["consent", "guide", "pair", "pause", "finished"];
  const ANSWERS = ["A much better", "A better", "About the same", "B better", "B much better"];
  const PAUSE_EVERY = 10;

  let code = "";      // the rater
  let state = null;   // what the server said last
  let began = 0;      // when the pair came up
  let busy = false;   // an answer is on its way
  let photo = 0;      // the one that is shown large
  let rested = 0;     // pairs done at the last pause

  // --- the server -------------------------------------------------------------------------------------------------

  async function ask(path, body) {
    const options = body === undefined ? {} : {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify(body),
    };
    let reply;
    try {
      reply = await fetch(path, {...options, credentials: "omit", cache: "no-store"});
    } catch {
      throw new Error("The study does not answer, so this was not saved. Try again in a moment, or tell whoever runs it.");
    }
    let said = null;
    try { said = await reply.json(); } catch { /* no document: the status says it */ }
    if (reply.ok && said) return said;
    const sentence = text => text[0].toUpperCase() + text.slice(1) + ". ";
    if (said?.error) throw new Error(sentence(said.error.what) + sentence(said.error.do));
    throw new Error(`The study refused this (${reply.status}). Load the page again, or tell whoever runs it.`);
  }

  async function during(work) {
    if (busy) return;
    busy = true;
    try {
      await work();
      $("trouble").hidden = true;
    } catch (error) {
      $("trouble").textContent = error.message;
      $("trouble").hidden = false;
    } finally {
      busy = false;
    }
  }

  const say = text => { $("status").textContent = text; };

  // --- screens ----------------------------------------------------------------------------------------------------

  function show(name, focus) {
    for (const one of SCREENS) $(one).hidden = one !== name;
    document.body.classList.toggle("judging", name === "pair");
    $("help").hidden = name === "consent" || name === "guide";
    $("where").hidden = $("help").hidden || !state;
    $("undo").hidden = !(state?.undo && (name === "pair" || name === "finished"));
    (focus || $(name).querySelector("[tabindex='-1']")).focus();
  }

  const visible = () => SCREENS.find(one => !$(one).hidden);

  function become(rater) {
    code = rater;
    history.replaceState(null, "", `#${rater}`);
    for (const place of document.querySelectorAll(".mine")) place.textContent = rater;
  }

  async function load() {
    state = await ask(`next/${encodeURIComponent(code)}`);
    progress();
    if (!state.pair) return show("finished");
    if (state.done && state.done % PAUSE_EVERY === 0 && rested !== state.done && !Object.keys(state.pair.answers).length) {
      rested = state.done;
      $("pause-title").textContent = `${state.done} pairs are done.`;
      return show("pause", $("resume"));
    }
    showPair();
  }

  function progress() {
    const now = Math.min(state.done + 1, state.total);
    $("progress").max = Math.max(state.total, 1);
    $("progress").value = state.done;
    $("progress-text").textContent = state.pair ? `Pair ${now} of ${state.total}` : `${state.done} of ${state.total} done`;
  }

  // --- a pair -----------------------------------------------------------------------------------------------------

  function showPair() {
    const pair = state.pair;
    began = performance.now();
    $("pair-title").textContent = `Pair ${state.done + 1} of ${state.total}`;
    showPhotos(pair);
    pair.sides.forEach((lines, at) => showSide("ab"[at], lines, pair));
    $("note").value = "";
    show("pair");
    scrollTo(0, 0);
    showQuestion();
  }

  function showPhotos(pair) {
    const photos = Array.from({length: pair.photos}, (_, at) => {
      const picture = document.createElement("img");
      picture.src = address(at, "small");
      picture.alt = `Photo ${at + 1} of ${pair.photos}`;
      const button = document.createElement("button");
      button.type = "button";
      button.append(picture);
      button.addEventListener("click", () => enlarge(at));
      return button;
    });
    $("photos").replaceChildren(...photos);
  }

  const address = (at, size) => `photo/${code}/${state.pair.id}/${at}/${size}`;

  function showSide(side, lines, pair) {
    const place = $(`side-${side}`);
    place.scrollTop = 0;
    const voices = [...new Set(lines.map(([speaker]) => speaker))];
    place.querySelector(".said").replaceChildren(...lines.map(([speaker, said]) => {
      const name = document.createElement("b");
      name.textContent = speaker;
      name.className = `v${voices.indexOf(speaker) % 4 + 1}`;
      const line = document.createElement("p");
      line.dir = "auto";
      line.append(name, document.createTextNode(` ${said}`));
      return line;
    }));
    place.querySelector(".sound").replaceChildren(...(pair.audio ? [player(side, pair)] : []));
  }

  function player(side, pair) {
    const sound = document.createElement("audio");
    sound.controls = true;
    sound.preload = "metadata";
    sound.src = `audio/${code}/${pair.id}/${side}`;
    sound.setAttribute("aria-label", `Recording of ${side.toUpperCase()}`);
    sound.addEventListener("play", () => {
      for (const other of document.querySelectorAll("audio")) if (other !== sound) other.pause();
    });
    return sound;
  }

  function goTo(side) {
    $(`side-${side}`).scrollIntoView();
    $(`side-${side}`).focus({preventScroll: true});
  }

  const open = () => state.pair.questions.filter(one => !(one.criterion in state.pair.answers));

  function showQuestion() {
    const {questions} = state.pair;
    const [now] = open();
    $("asking").hidden = !now;
    $("pair-done").hidden = Boolean(now);
    if (!now) {
      $("next").focus({preventScroll: true});
      return say("Saved. This pair is done. Enter goes on, U takes the last answer back.");
    }
    const number = questions.indexOf(now) + 1;
    $("count").textContent = `Question ${number} of ${questions.length}`;
    $("last").textContent = last();
    $("question").textContent = now.text;
    $("look").replaceChildren(...points(now.look));
    $("answers").replaceChildren(...ANSWERS.map((text, at) => {
      const button = document.createElement("button");
      const key = document.createElement("kbd");
      key.textContent = at + 1;
      key.setAttribute("aria-hidden", "true");
      button.type = "button";
      button.setAttribute("aria-keyshortcuts", at + 1);
      button.append(key, document.createTextNode(text));
      button.addEventListener("click", () => answer(at + 1));
      return button;
    }));
    if (number > 1 || Object.keys(state.pair.answers).length) $("question").focus({preventScroll: true});
    say(`${last() ? `${last()}. ` : ""}Question ${number} of ${questions.length}: ${now.text}`);
  }

  const points = texts => texts.map(text => Object.assign(document.createElement("li"), {textContent: text}));

  function last() {
    const given = state.pair.questions.filter(one => one.criterion in state.pair.answers).at(-1);
    return given ? `Saved: ${given.title}, ${ANSWERS[state.pair.answers[given.criterion] - 1]}` : "";
  }

  const answer = number => during(async () => {
    const [now] = open();
    if (!now) return;
    mark(number);
    try {
      await vote(now.criterion, number, "");
    } catch (error) {
      mark(0);
      throw error;
    }
    state.pair.answers[now.criterion] = number;
    state.undo = true;
    $("undo").hidden = false;
    showQuestion();
  });

  const vote = (criterion, number, note) => ask("vote", {
    rater: code, pair: state.pair.id, criterion, answer: number, note, seconds: (performance.now() - began) / 1000,
  });

  function mark(number) {
    [...$("answers").children].forEach((button, at) => button.setAttribute("aria-pressed", at + 1 === number));
  }

  const goOn = () => during(async () => {
    const note = $("note").value.trim();
    const {criterion} = state.pair.questions.at(-1);
    if (note) await vote(criterion, state.pair.answers[criterion], note);
    await load();
  });

  const undo = () => during(async () => {
    state = await ask("undo", {rater: code});
    progress();
    showPair();
    say("The last answer is taken back. " + $("question").textContent);
  });

  // --- photos and help --------------------------------------------------------------------------------------------

  function enlarge(at) {
    const count = state.pair.photos;
    photo = (at + count) % count;
    $("photo-large").src = address(photo, "large");
    $("photo-large").alt = `Photo ${photo + 1} of ${count}`;
    $("photo-number").textContent = `${photo + 1} of ${count}`;
    if (!$("photo-box").open) $("photo-box").showModal();
  }

  function help() {
    const now = visible() === "pair" && open()[0];
    $("help-look").hidden = !now;
    if (now) $("help-look").querySelector("ul").replaceChildren(...points(now.look));
    if (!$("help-box").open) $("help-box").showModal();
  }

  // --- the keyboard -----------------------------------------------------------------------------------------------

  function choose(step) {
    const buttons = [...$("answers").children];
    const at = buttons.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : buttons.length - 1) : (at + step + buttons.length) % buttons.length;
    buttons[next].focus({preventScroll: true});
  }

  function keyOfPair(event) {
    const asking = !$("asking").hidden;
    const at = document.activeElement.tagName;  // recordings are wound by arrows, and Enter presses what has the focus
    if (asking && event.key === "ArrowRight" && at !== "AUDIO") choose(1);
    else if (asking && event.key === "ArrowLeft" && at !== "AUDIO") choose(-1);
    else if (!asking && event.key === "Enter" && !/^(AUDIO|BUTTON)$/.test(at)) goOn();
    else if ($("letters").checked && !event.repeat) return letter(event.key.toLowerCase(), asking);
    else return false;
    return true;
  }

  function letter(key, asking) {
    if (asking && "12345".includes(key) && key.length === 1) answer(Number(key));
    else if (key === "u" && state.undo) undo();
    else if (key === "a" || key === "b") goTo(key);
    else if (key === "p" && state.pair.photos) $("photos").firstElementChild.focus();
    else return false;
    return true;
  }

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.ctrlKey && event.key === "Enter" && document.activeElement === $("note")) goOn();
      return;
    }
    if ($("photo-box").open) {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (step) { event.preventDefault(); enlarge(photo + step); }
      return;
    }
    if ($("help-box").open || /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    if (event.key === "?" && $("letters").checked && !$("help").hidden) { event.preventDefault(); return help(); }
    if (visible() === "pair") {
      if (keyOfPair(event)) event.preventDefault();
    } else if (visible() === "finished" && event.key.toLowerCase() === "u" && state.undo && $("letters").checked) undo();
  });

  // --- the beginning ----------------------------------------------------------------------------------------------

  async function begin() {
    const {consent} = await ask("consent");
    $("consent-text").replaceChildren(...consent.split(/\n\s*\n/).map(text => {
      const paragraph = document.createElement("p");
      paragraph.textContent = text;
      return paragraph;
    }));
    const known = location.hash.slice(1);
    if (known) {
      become(known);
      try { return await load(); } catch (error) { history.replaceState(null, "", "./"); show("consent"); throw error; }
    }
    show("consent");
  }

  $("agreed").addEventListener("change", () => { $("join").disabled = !$("agreed").checked; });
  $("join").addEventListener("click", () => during(async () => {
    become((await ask("join", {agreed: $("agreed").checked})).rater);
    show("guide");
  }));
  $("back").addEventListener("submit", event => {
    event.preventDefault();
    const typed = $("code").value.trim().toLowerCase();
    if (typed) during(async () => { become(typed); await load(); });
  });
  $("guide").addEventListener("keydown", event => { if (event.key === "Enter" && event.target.tagName !== "BUTTON") $("start").click(); });
  $("start").addEventListener("click", () => during(load));
  $("resume").addEventListener("click", showPair);
  $("next").addEventListener("click", goOn);
  $("undo").addEventListener("click", undo);
  $("help").addEventListener("click", help);
  for (const button of document.querySelectorAll(".jump")) button.addEventListener("click", () => goTo(button.dataset.to));
  $("photo-before").addEventListener("click", () => enlarge(photo - 1));
  $("photo-after").addEventListener("click", () => enlarge(photo + 1));
  $("another").addEventListener("click", event => { event.preventDefault(); history.replaceState(null, "", "./"); location.reload(); });
  addEventListener("hashchange", () => location.reload());
  $("help-keys").append(document.querySelector(".keys dl").cloneNode(true));
  $("help-keys").className = "keys";
  during(begin);
})();
