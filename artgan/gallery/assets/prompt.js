// Lets texts made in a page begin with typed words, as `artgan sample --prompt` does; comes after live.js.
"use strict";

const LETTER = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";
const WORDS = new RegExp(`${LETTER}+(?:['\\u2019\\-.,](?=${LETTER})${LETTER}+)*|(?!${LETTER})\\P{White_Space}`, "gu");

// A token may come next that begins what is left of the words, or begins with it: so subwords need no cutting.
class Prompt {
  constructor(words, { vocabulary, tokeniser, shape }) {
    const whole = tokeniser.name === "subword" ? bytesOf : (token) => (token ? [token] : []);
    this.room = shape[0];
    this.tokens = vocabulary.map(whole);
    this.left = tokeniser.name === "subword" ? bytesOf(words) : cut(words.normalize("NFC"), tokeniser.name);
    const unknown = tokeniser.name === "subword" ? undefined : this.left.find((part) => !vocabulary.includes(part));
    if (unknown) throw new Error(`the prompt has “${unknown}”, which this model cannot write: leave it out`);
    if (tokeniser.name !== "subword" && this.left.length > this.room) this.tooLong();
  }

  // Rule out, among the logits of the next token, those that do not go on with the words.
  mask(logits) {
    if (!this.left.length) return;
    const fits = this.tokens.map((token) => token.length && token.every((part, at) => !(at in this.left) || part === this.left[at]));
    if (!fits.some(Boolean)) throw new Error("nothing can be written that is all that is asked for: ask for less");
    fits.forEach((may, number) => may || (logits[number] = -Infinity));
  }

  note(token) {
    this.left = this.left.slice(this.tokens[token].length);
  }

  check() {
    if (this.left.length) this.tooLong();
  }

  tooLong() {
    throw new Error(`the prompt takes more than the ${this.room} tokens of a text: give a shorter one`);
  }
}

function cut(words, tokeniser) {
  if (tokeniser === "word") return words.match(WORDS) ?? [];
  return Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(words), ({ segment }) => segment);
}

async function inAName(words) {
  if (/^[A-Za-z0-9]{1,16}$/.test(words)) return words;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words)));
  return Array.from(digest.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

window.artganPanel = class extends (window.artganPanel ?? Panel) {
  plan(seed, latent) {
    const plan = super.plan(seed, latent);
    const words = this.fields.prompt.value;
    if (!words) return plan;
    return {
      ...plan,
      prompt: () => new Prompt(words, this.model),
      told: { ...plan.told, sampling: { ...this.model.record.sampling, prompt: words } },
      stem: inAName(words).then((name) => `-prompt-${name}${plan.stem ?? ""}`),
    };
  }
};
