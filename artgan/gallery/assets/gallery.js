// Turns each row of training pictures into one picture with a slider and a Play button, and pages by the arrow keys.
"use strict";

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

function bring(list) {
  const frames = [...list.children];
  const steps = frames.map((frame) => frame.querySelector("figcaption").textContent);
  const last = frames.length - 1;
  const slider = element("input", { type: "range", min: 0, max: last, value: last });
  slider.setAttribute("aria-label", "Training step");
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
    }, 350);
  }

  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  button.addEventListener("click", () => (timer ? stop() : play()));
  for (const picture of list.querySelectorAll("img")) picture.loading = "eager";
  controls.append(button, slider, output);
  list.after(controls);
  list.classList.add("staged");
  stop();
  show(last);
}

document.querySelectorAll(".lapse").forEach((list) => list.children.length > 1 && bring(list));

// On a work's page, the arrow keys turn to the work before and after, but scroll a command that has the focus.
addEventListener("keydown", (event) => {
  const turn = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (turn && plain && !event.target.closest("pre")) document.querySelector(`.turn [rel=${turn}]`)?.click();
});
