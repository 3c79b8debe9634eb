// The page of a run that trains: loads a script beside it anew every few seconds, and shows what has changed.
"use strict";

const page = document.querySelector(".training");
const find = (selector) => page.querySelector(selector);
const SECONDS = 2;
const MISSED = 3; // times in a row that the script is not there until the run counts as removed
let heard = { state: page.dataset.state, sentence: find(".state").textContent };
let shown = new Map();
let missed = 0;
let timer = 0;

function say(state, sentence) {
  page.dataset.state = state;
  if (find(".state").textContent !== sentence) find(".state").textContent = sentence;
  find(".again").hidden = !["stopped", "failed", "silent"].includes(state);
}

const ago = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : seconds < 129600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`);

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
  const going = state === "training" || state === "hanging";
  if (going && quiet > silent) say("silent", `Nothing was heard of it for ${ago(quiet)}: it was killed, or this machine slept. What it had saved is kept.`);
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
    if (missed >= MISSED) say("removed", "The run is no longer here: it was removed, or moved.");
    else if (!there && heard.written) show();
    if (heard.state !== "hung") timer = setTimeout(load, 1000 * (missed < MISSED ? SECONDS : 5 * SECONDS));
  };
  script.addEventListener("load", done(true));
  script.addEventListener("error", done(false));
  script.src = `${page.dataset.progress}?${Date.now()}`;
  document.head.append(script);
}

addEventListener("visibilitychange", () => !document.hidden && heard.state !== "hung" && load());
load();
