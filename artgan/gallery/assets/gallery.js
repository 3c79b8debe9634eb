// Rows of pictures become one with a slider and a Play button, runs can be found and compared, arrow keys turn pages.
"use strict";

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

// Says in an element why something does not work, and whether it does.
async function succeeds(act, status) {
  try {
    await act();
    return true;
  } catch (error) {
    status.textContent = `This does not work here: ${error.message}`;
    return false;
  }
}

function bring(list, { label, start, pause }) {
  const frames = [...list.children];
  const last = frames.length - 1;
  if (last < 1) return;
  const steps = frames.map((frame, at) => frame.querySelector("figcaption")?.textContent ?? `${at + 1} of ${last + 1}`);
  const slider = element("input", { type: "range", min: 0, max: last });
  slider.setAttribute("aria-label", label);
  const button = element("button", { type: "button" });
  const output = element("output");
  const controls = element("div", { className: "controls" });
  let timer = 0;

  function show(index) {
    slider.value = index;
    slider.setAttribute("aria-valuetext", steps[index]);
    output.textContent = steps[index];
    frames.forEach((frame, place) => frame.classList.toggle("shown", place === index));
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    button.textContent = "Play";
  }
  function play() {
    if (Number(slider.value) === last) show(0);
    button.textContent = "Pause";
    timer = setInterval(() => {
      show(Number(slider.value) + 1);
      if (Number(slider.value) === last) stop();
    }, pause);
  }

  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  button.addEventListener("click", () => (timer ? stop() : play()));
  controls.append(button, slider, output);
  list.after(controls);
  list.classList.add("staged");
  stop();
  show(start === "end" ? last : 0);
}

document.querySelectorAll(".lapse").forEach((list) => bring(list, { label: "Training step", start: "end", pause: 350 }));
document.querySelectorAll(".steps .texts").forEach((list) => bring(list, { label: "Place on the way", pause: 1200 }));

// A walk stands still until it is wanted.
for (const link of document.querySelectorAll(".moving a")) {
  const picture = link.querySelector("img");
  const [still, moving] = [picture.src, link.href];
  const button = element("button", { type: "button", textContent: "Play" });
  button.addEventListener("click", () => {
    const stopped = picture.src === still;
    picture.src = stopped ? moving : still;
    button.textContent = stopped ? "Stop" : "Play";
  });
  link.replaceWith(picture, button);
}

// Runs can be found by their words, and some of them put side by side; the link keeps both.
function furnish(list) {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const chosen = new Set(wanted.get("beside")?.split("/"));
  const search = element("input", { type: "search", value: wanted.get("find") ?? "", autocomplete: "off" });
  search.setAttribute("aria-label", "Find runs");
  search.placeholder = "Find: a name, a data set, a loss";
  const button = element("button", { type: "button" });
  const output = element("output");
  const runs = [...list.children].map((item) => {
    const name = decodeURIComponent(item.querySelector("a").getAttribute("href").split("/")[0]);
    const box = element("input", { type: "checkbox", checked: chosen.has(name) });
    box.setAttribute("aria-label", `Compare ${name}`);
    const label = element("label", { className: "choose" });
    const words = item.textContent.toLowerCase();
    label.append(box, "Compare");
    item.append(label);
    return { item, name, box, words };
  });
  let beside = chosen.size > 1;

  function show() {
    const picked = runs.filter((run) => run.box.checked).map((run) => run.name);
    const words = search.value.toLowerCase().split(/\s+/);
    beside &&= picked.length > 1;
    for (const { item, box, words: own } of runs) item.hidden = beside ? !box.checked : !words.every((word) => own.includes(word));
    const count = runs.filter((run) => !run.item.hidden).length;
    list.classList.toggle("side-by-side", beside);
    button.textContent = beside ? "Show all" : "Side by side";
    button.disabled = picked.length < 2;
    output.textContent = beside
      ? "Works in the same place come from the same seed."
      : `${count} of ${runs.length} runs${picked.length === 1 ? "; choose one more to compare" : ""}`;
    const kept = new URLSearchParams();
    if (search.value) kept.set("find", search.value);
    if (beside) kept.set("beside", picked.join("/"));
    history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname);
  }

  const tools = element("form", { className: "tools" });
  const label = element("label");
  label.append(search);
  tools.append(label, button, output);
  list.before(tools);
  tools.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", show);
  list.addEventListener("change", show);
  button.addEventListener("click", () => {
    beside = !beside;
    show();
  });
  show();
}

document.querySelectorAll(".runs").forEach((list) => list.children.length > 1 && furnish(list));

// On a work's page, the arrow keys turn to the work before and after, but scroll a command, and move a dial, that has the focus.
addEventListener("keydown", (event) => {
  const turn = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (turn && plain && !event.target.closest("pre, input, select")) document.querySelector(`.turn [rel=${turn}]`)?.click();
});
