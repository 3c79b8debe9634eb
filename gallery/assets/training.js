// The page of a run that trains: loads a script beside it anew every few seconds, and shows what has changed.
// Served with the token of its server's link, it stops the run, and lets it go on.
"use strict";

const SECONDS = 2;
const MISSED = 3; // times in a row that the script is not there until the run counts as removed
const GOING = ["training", "hanging"];
const served = location.protocol === "http:";

function tokenOf() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token");
}

const ago = (seconds) => {
  const [size, unit] = [[86400, "days"], [3600, "h"], [60, "min"], [1, "s"]].find(([size]) => seconds >= 1.5 * size) ?? [1, "s"];
  return `${Math.round(seconds / size)} ${unit}`;
};

function watch(page, token) {
  const find = (selector) => page.querySelector(selector);
  const buttons = [...page.querySelectorAll(".acts button")];
  let heard = { state: page.dataset.state, sentence: find(".state").textContent };
  let shown = new Map();
  let [missed, timer] = [0, 0];

  function say(state, sentence) {
    const changed = page.dataset.state !== state;
    page.dataset.state = state;
    if (find(".state").textContent !== sentence) find(".state").textContent = sentence;
    find(".again").hidden = !["stopped", "failed", "silent"].includes(state);
    for (const button of buttons) button.hidden = (button.dataset.do === "stop") !== GOING.includes(state);
    if (changed) note("", false);
  }

  function note(text, busy) {
    find(".acts output").textContent = text;
    for (const button of buttons) button.disabled = busy || page.dataset.state === "hanging" || page.dataset.state === "removed";
  }

  async function act(what) {
    note(what === "stop" ? "It finishes its step…" : "It starts…", true);
    try {
      const answer = await fetch(what, { method: "POST", headers: { "X-Artgan-Token": token } });
      note(await answer.text(), answer.ok && what === "stop");
    } catch {
      note("The server does not answer: artgan gallery serve starts it again.", false);
    }
  }

  // A part changes when its pictures are there, so that nothing flickers; the rest of the page is not touched.
  async function replace(name, html) {
    shown.set(name, html);
    const draft = document.createElement("template");
    draft.innerHTML = html;
    const pictures = [...draft.content.querySelectorAll("img")];
    await Promise.allSettled(pictures.map((picture) => Object.assign(new Image(), { src: picture.src }).decode()));
    if (shown.get(name) !== html) return;
    for (const picture of pictures) picture.loading = "eager";
    find(`[data-part="${name}"]`).replaceChildren(draft.content);
  }

  function show() {
    const { state, sentence, written, silent } = heard;
    const quiet = Date.now() / 1000 - written;
    if (GOING.includes(state) && quiet > silent)
      say("silent", `Nothing was heard of it for ${ago(quiet)}: it was killed, or this machine slept. What it had saved is kept.`);
    else say(state, sentence);
  }

  window.artganProgress = (told) => {
    heard = told;
    if (told.state === "hung") {
      clearTimeout(timer);
      if (location.pathname.endsWith("/training.html")) location.replace("index.html");
      else location.reload();
      return;
    }
    show();
    const bar = find("progress");
    [bar.max, bar.value] = [told.steps, told.step];
    if (told.written === Number(page.dataset.written)) shown = new Map(Object.entries(told.parts)); // as the page has them
    for (const [name, html] of Object.entries(told.parts)) if (shown.get(name) !== html) replace(name, html);
  };

  function load() {
    clearTimeout(timer);
    const script = document.createElement("script");
    const done = (there) => () => {
      script.remove();
      missed = there ? 0 : missed + 1;
      if (missed >= MISSED)
        say("removed", served ? "Nothing answers: its server was stopped, or it was removed." : "The run is no longer here: it was removed, or moved.");
      else if (!there && heard.written) show();
      if (heard.state !== "hung") timer = setTimeout(load, 1000 * (missed < MISSED ? SECONDS : 5 * SECONDS));
    };
    script.addEventListener("load", done(true));
    script.addEventListener("error", done(false));
    script.src = `${page.dataset.progress}?${Date.now()}`;
    document.head.append(script);
  }

  if (token) {
    find(".acts").hidden = false;
    for (const button of buttons) button.addEventListener("click", () => act(button.dataset.do));
  }
  addEventListener("visibilitychange", () => !document.hidden && heard.state !== "hung" && load());
  show();
  load();
}

const token = served ? tokenOf() : null;
const training = document.querySelector(".training");
if (training) watch(training, token);
