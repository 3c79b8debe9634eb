// Sliders that move the works made in a page along the directions of its generator; comes after live.js.
"use strict";

window.artganPanel = class extends Panel {
  constructor(section) {
    super(section);
    this.form.addEventListener("input", (event) => event.target.name.startsWith("move-") && this.attempt(null, () => this.follow()));
  }

  get sliders() {
    return [...this.form.querySelectorAll("[name^=move-]")];
  }

  read() {
    if (!super.read()) return false;
    const told = new Map(new URLSearchParams(location.hash.slice(1)).getAll("move").map((move) => move.split(":")));
    this.sliders.forEach((slider, place) => {
      slider.value = told.get(slider.dataset.direction) ?? told.get(String(place + 1)) ?? 0;
      this.name(slider);
    });
    return true;
  }

  told() {
    const told = super.told();
    for (const slider of this.sliders) if (Number(slider.value)) told.append("move", `${slider.dataset.direction}:${slider.value}`);
    return told;
  }

  plan(seed, latent) {
    const plan = super.plan(seed, latent);
    const moves = this.sliders
      .map((slider, place) => {
        const { vector, layers = [] } = this.model.directions[place];
        return { name: slider.dataset.direction, by: Number(slider.value), direction: vector, ...(layers.length && { layers }) };
      })
      .filter(({ by }) => by);
    if (!moves.length) return plan;
    const stem = moves.map(({ name, by }) => `-${/^\d+$/.test(name) ? `direction-${name}` : name}-${Number.isInteger(by) ? by.toFixed(1) : by}`);
    const step = (row, { by, direction }) => row.map((value, index) => value + by * direction[index]);
    const moved = moves.filter(({ layers }) => !layers).reduce(step, plan.latent);
    const changes = moves.filter(({ layers }) => layers).map((move) => ({ layers: move.layers, of: (row) => step(row, move) }));
    return { ...plan, latent: moved, changes, told: { moves }, stem: stem.join("") };
  }

  // While a slider is dragged the work follows it; the link waits until it rests.
  async follow() {
    this.wanted = true;
    if (this.following || !this.art) return;
    this.rest();
    this.following = true;
    try {
      while (this.wanted) {
        this.wanted = false;
        this.art.show(await this.art.make(this.plan(this.seed, latentOf(this.seed, this.model.latent))));
        await new Promise(requestAnimationFrame);
      }
    } finally {
      this.following = false;
    }
  }

  middle() {
    for (const slider of this.sliders) {
      slider.value = 0;
      this.name(slider);
    }
    return this.make();
  }
};
