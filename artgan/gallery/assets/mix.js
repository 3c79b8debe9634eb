// Takes the styles of some layers from another seed in the works made in a page; comes after live.js and directions.js.
"use strict";

window.artganPanel = class extends (window.artganPanel ?? Panel) {
  get other() {
    const text = this.fields.mix.value.trim();
    if (text && !isSeed(text)) throw new Error(`a seed is a whole number from 0 to ${WORD}`);
    return text;
  }

  plan(seed, latent) {
    const plan = super.plan(seed, latent);
    const other = this.other;
    const layers = this.model.groups[this.fields.layers.value];
    if (!other || !layers.length) return plan;
    const styles = latentOf(BigInt(other), this.model.latent).map((value) => value * this.psi);
    const numbers = layers.length > 1 ? `${layers[0]}-${layers.at(-1)}` : layers[0];
    return {
      ...plan,
      changes: [{ layers, of: () => styles }, ...(plan.changes ?? [])],
      told: { ...plan.told, mixes: [{ seed: Number(other), layers }] },
      stem: `${plan.stem ?? ""}-mix-${other}-layers-${numbers}`,
    };
  }

  told() {
    const told = super.told();
    if (!told.has("mix")) told.delete("layers");
    return told;
  }

  async download() {
    if (BigInt(this.other || 0) > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new Error("the record of so large a seed cannot be written; artgan sample can");
    }
    await super.download();
  }
};
