// Draws texts, token by token; live.js loads it where a generator makes them.
"use strict";

const MARK = "\n\n— AI-generated with artgan\n";

class Texts {
  constructor(network, model) {
    Object.assign(this, { network, model });
    this.element = document.createElement("div");
    this.element.className = "large of-text";
    this.text = document.createElement("span");
    this.text.className = `text ${model.presentation.writing === "vertical" ? "vertical" : "horizontal"}`;
    this.text.dir = "auto";
    if (model.presentation.lang) this.text.lang = model.presentation.lang;
    this.element.append(this.text);
  }

  async make({ seed, latent, temperature, prompt: begin }) {
    const { shape, vocabulary, states, sampling } = this.model;
    const draws = uniforms(seed);
    const prompt = begin?.();
    const tokens = new Int32Array(shape[0]);
    let state = states.map((size) => new Float32Array(size));
    let token = vocabulary.length;
    for (let place = 0; place < shape[0]; place++) {
      const inputs = { token: whole(token), latents: floats(latent, [1, latent.length]) };
      state.forEach((part, number) => (inputs[`state${number}`] = floats(part, [1, part.length])));
      const results = await this.network.run(inputs);
      state = state.map((_, number) => results[`next${number}`]);
      prompt?.mask(results.logits);
      token = pick(results.logits, draws.next().value, temperature, sampling.top_k ?? 0);
      if (vocabulary[token] === "") break;
      tokens[place] = token;
      prompt?.note(token);
    }
    prompt?.check();
    return tokens;
  }

  written(tokens) {
    const { vocabulary, tokeniser } = this.model;
    const end = vocabulary[0] === "" ? tokens.indexOf(0) : -1;
    const words = Array.from(end < 0 ? tokens : tokens.subarray(0, end), (token) => vocabulary[token]);
    return joined(words, tokeniser);
  }

  show(tokens) {
    const lines = this.written(tokens).split("\n");
    this.text.replaceChildren(...lines.flatMap((line, number) => (number ? [document.createElement("br"), line] : [line])));
  }

  bytes(tokens) {
    return new Uint8Array(tokens.buffer);
  }

  async files(tokens, record) {
    const text = this.written(tokens);
    const kept = { ...record, text: { text, tokens: [...tokens], ...this.model.presentation } };
    return [
      ["txt", new Blob([text + MARK], { type: "text/plain" })],
      ["json", new Blob([`${JSON.stringify(kept, null, 1)}\n`], { type: "application/json" })],
    ];
  }
}

function pick(logits, noise, temperature, topK) {
  if (temperature === 0) return logits.indexOf(Math.max(...logits));
  const scaled = Float64Array.from(logits, (value) => value / temperature);
  const lowest = topK > 0 && topK < scaled.length ? Float64Array.from(scaled).sort().at(-topK) : -Infinity;
  const highest = scaled.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  const heights = scaled.map((value) => (sum += value < lowest ? 0 : Math.exp(value - highest)));
  const found = heights.findIndex((height) => height > noise * sum);
  return found < 0 ? logits.length - 1 : found;
}

function joined(words, { name, line, closing, opening }) {
  if (line) {
    const lines = [];
    for (let at = 0; at < words.length; at += line) lines.push(words.slice(at, at + line).join(""));
    return lines.join("\n");
  }
  if (name === "char") return words.join("");
  if (name === "subword") return ofSubwords(words);
  return words.reduce((text, word, place) => {
    const together = !text || closing.includes(word) || (place > 0 && opening.includes(words[place - 1]));
    return text + (together ? "" : " ") + word;
  }, "");
}

function ofSubwords(words) {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(words.flatMap(bytesOf)));
}

function bytesOf(word) {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(word);
  return byte ? [parseInt(byte[1], 16)] : [...new TextEncoder().encode(word)];
}

window.artgan.arts.tokens = Texts;
