// Lets the trained generator make new works in the page. Nothing loads before the panel is used.
"use strict";

const WORD = (1n << 64n) - 1n;
const CENTRE = [
  [3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
  [1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061, 28729.085735721942674, 5226.495278852854561],
];
const TAIL = [
  [1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4],
  [1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9],
];
const FAR_TAIL = [
  [6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15],
];
const FRAMES_A_SEED = 48;
const HERE = document.currentScript.src;
const SETTINGS = ["psi", "temperature", "class", "mix", "layers", "prompt"];

// The latent of a seed: SplitMix64 and AS241 in float64, as `artgan.latents`.

const polynomial = (coefficients, x) => coefficients.reduceRight((value, coefficient) => value * x + coefficient);
const ratio = ([above, below], x) => polynomial(above, x) / polynomial(below, x);

function inverseNormal(probability) {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)));
  return Math.sign(q) * (r <= 5 ? ratio(TAIL, r - 1.6) : ratio(FAR_TAIL, r - 5));
}

const isSeed = (text) => /^\d{1,20}$/.test(text) && BigInt(text) <= WORD;

function latentOf(seed, count) {
  return Float32Array.from({ length: count }, (_, index) => {
    let z = (seed + BigInt(index + 1) * 0x9e3779b97f4a7c15n) & WORD;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & WORD;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & WORD;
    z ^= z >> 31n;
    return inverseNormal(Math.min((Number(z >> 11n) + 0.5) * 2 ** -53, 1 - 2 ** -53));
  });
}

function between(first, last, share) {
  const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
  const angle = Math.acos(Math.max(-1, Math.min(1, dot(first, last) / Math.sqrt(dot(first, first) * dot(last, last)))));
  const [left, right] =
    Math.sin(angle) > 1e-6
      ? [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)]
      : [1 - share, share];
  return first.map((value, index) => left * value + right * last[index]);
}

// What a generator of text draws from a seed: the float64 numbers in [0, 1) of torch's generator (MT19937).

function* uniforms(seed) {
  const state = new Uint32Array(624);
  state[0] = Number(seed & 0xffffffffn);
  for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  let at = 624;
  function next() {
    if (at === 624) {
      for (let i = 0; i < 624; i++) {
        const y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
        state[i] = state[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }
  for (;;) yield ((next() & 0x1fffff) * 2 ** 32 + next()) * 2 ** -53;
}

// The generator in a worker.

async function inflated(base64) {
  const packed = Uint8Array.fromBase64
    ? Uint8Array.fromBase64(base64)
    : Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

function loaded(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${source} is missing`));
    document.head.append(script);
  });
}

class Network {
  static async start(sources) {
    await Promise.all(sources.map(loaded));
    const { script, wasm } = window.artganRuntime;
    const model = window.artganModel;
    const parts = await Promise.all([script, wasm, model.onnx].map(inflated));
    const network = new Network(new Worker(URL.createObjectURL(new Blob([parts[0]], { type: "text/javascript" }))));
    await network.ask({ wasm: parts[1], model: parts[2] });
    return [network, model];
  }

  constructor(worker) {
    this.worker = worker;
    this.waiting = new Map();
    worker.onmessage = ({ data }) => {
      const [resolve, reject] = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.error === undefined) resolve(data.result);
      else reject(new Error(data.error));
    };
  }

  ask(message) {
    return new Promise((resolve, reject) => {
      const id = crypto.getRandomValues(new Uint32Array(1))[0];
      this.waiting.set(id, [resolve, reject]);
      this.worker.postMessage({ id, ...message });
    });
  }

  run(inputs) {
    return this.ask({ inputs });
  }
}

const floats = (data, dims) => ({ type: "float32", data, dims });
const whole = (number) => ({ type: "int64", data: new BigInt64Array([BigInt(number)]), dims: [1] });

// Pictures.

class Pictures {
  constructor(network, model) {
    Object.assign(this, { network, model });
    this.canvas = Object.assign(document.createElement("canvas"), { width: model.shape[2], height: model.shape[1] });
    this.canvas.setAttribute("role", "img");
    this.element = this.canvas;
  }

  async make({ latent, label, changes = [] }) {
    const layers = this.model.layers || 1;
    const inputs = { latents: floats(ofLayers(latent, layers, changes), [layers, latent.length]) };
    if (this.model.classes.length) inputs.labels = whole(label);
    const { samples } = await this.network.run(inputs);
    return Uint8Array.from(samples, (value) => Math.max(0, Math.min(255, Math.round((value + 1) * 127.5))));
  }

  show(sample) {
    const [channels, height, width] = this.model.shape;
    const size = height * width;
    const picture = new ImageData(width, height);
    for (let i = 0; i < size; i++) {
      for (let c = 0; c < 3; c++) picture.data[4 * i + c] = sample[(channels > 2 ? c : 0) * size + i];
      picture.data[4 * i + 3] = channels % 2 ? 255 : sample[(channels - 1) * size + i];
    }
    this.canvas.getContext("2d").putImageData(picture, 0, 0);
  }

  bytes(sample) {
    return sample;
  }

  async files(sample, record) {
    const [channels, height, width] = this.model.shape;
    const rows = new Uint8Array(height * (1 + width * channels));
    for (let y = 0, at = 0; y < height; y++) {
      at++;
      for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) rows[at++] = sample[(c * height + y) * width + x];
    }
    const stream = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
    const header = new DataView(new ArrayBuffer(13));
    header.setUint32(0, width);
    header.setUint32(4, height);
    header.setUint8(8, 8);
    header.setUint8(9, [0, 4, 2, 6][channels - 1]);
    const text = new TextEncoder();
    const note = (keyword, words) => text.encode(`${keyword}\0\0\0\0\0${words}`);
    const parts = [
      Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
      chunk("IHDR", new Uint8Array(header.buffer)),
      chunk("iTXt", note("XML:com.adobe.xmp", this.model.xmp)),
      chunk("iTXt", note("artgan", JSON.stringify(record))),
      chunk("IDAT", new Uint8Array(await new Response(stream).arrayBuffer())),
      chunk("IEND", new Uint8Array(0)),
    ];
    return [["png", new Blob(parts, { type: "image/png" })]];
  }
}

// Where a generator's layers each take a style, each has a latent of its own: that of the work, or a changed one.

function ofLayers(latent, layers, changes) {
  const all = new Float32Array(layers * latent.length);
  for (let layer = 1; layer <= layers; layer++) {
    const own = changes.filter((change) => change.layers.includes(layer));
    all.set(own.reduce((row, change) => change.of(row), latent), (layer - 1) * latent.length);
  }
  return all;
}

function chunk(kind, data) {
  const whole = new Uint8Array(data.length + 12);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  whole.set(new TextEncoder().encode(kind), 4);
  whole.set(data, 8);
  view.setUint32(data.length + 8, crc(whole.subarray(4, data.length + 8)));
  return whole;
}

function crc(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

// The panel.

class Panel {
  constructor(section) {
    this.section = section;
    this.stage = section.querySelector(".stage");
    this.form = section.querySelector("form");
    this.status = section.querySelector("[role=status]");
    this.list = section.querySelector(".favourites");
    this.fields = this.form.elements;
    this.favourites = [];
    this.turn = 0;
    this.read();
    this.form.addEventListener("submit", (event) => this.attempt(event, () => this.make()));
    this.form.addEventListener("change", () => this.attempt(null, () => this.make()));
    this.form.addEventListener("input", (event) => this.name(event.target));
    for (const button of section.querySelectorAll("[data-do]")) {
      button.addEventListener("click", (event) => this.attempt(event, () => this[button.dataset.do]()));
    }
    this.stage.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1n, ArrowRight: 1n }[event.key];
      if (step) this.attempt(event, () => this.step(step));
    });
    addEventListener("hashchange", () => location.hash !== this.link && this.read() && this.attempt(null, () => this.make()));
    section.hidden = false;
    if (location.hash.includes("seed=")) {
      section.scrollIntoView();
      this.attempt(null, () => this.make());
    }
  }

  async attempt(event, act) {
    event?.preventDefault();
    if (!(await succeeds(act, this.status))) this.rest();
  }

  read() {
    const told = new URLSearchParams(location.hash.slice(1));
    const seed = told.get("seed");
    if (!isSeed(seed ?? "")) return false;
    this.fields.seed.value = seed;
    for (const name of SETTINGS) {
      const field = this.fields[name];
      if (field && told.has(name)) field.value = told.get(name);
      if (field) this.name(field);
    }
    this.favourites = (told.get("favourites") ?? "").split(",").filter(isSeed);
    this.listFavourites();
    return true;
  }

  name(field) {
    const output = field.parentElement.querySelector("output");
    if (output) output.textContent = Number(field.value).toFixed(2);
  }

  get seed() {
    const text = this.fields.seed.value.trim();
    if (!isSeed(text)) throw new Error(`a seed is a whole number from 0 to ${WORD}`);
    return BigInt(text);
  }

  get psi() {
    return Number(this.fields.psi?.value ?? 1);
  }

  async ready() {
    if (!this.starting) {
      this.status.textContent = "The generator is being loaded…";
      this.starting = Network.start([this.section.dataset.runtime, this.section.dataset.model]);
      this.starting.catch(() => (this.starting = undefined));
    }
    const [network, model] = await this.starting;
    if (!this.art) {
      this.model = model;
      const kind = model.art ?? model.kind;
      if (!window.artgan.arts[kind]) await loaded(new URL("texts.js", HERE));
      this.art = new window.artgan.arts[kind](network, model);
      this.stage.replaceChildren(this.art.element);
    }
  }

  // What a work is made from, whether by its seed alone or on the way to another.
  plan(seed, latent) {
    const { classes, sampling } = this.model;
    const chosen = this.fields.class?.value ?? "";
    return {
      seed,
      truncation: this.psi,
      latent: latent.map((value) => value * this.psi),
      label: chosen === "" ? Number(seed % BigInt(classes.length || 1)) : Number(chosen),
      temperature: Number(this.fields.temperature?.value ?? sampling.temperature ?? 1),
    };
  }

  async make() {
    this.rest();
    const own = this.turn;
    const seed = this.seed;
    await this.ready();
    const plan = this.plan(seed, latentOf(seed, this.model.latent));
    const sample = await this.art.make(plan);
    if (own !== this.turn) return;
    this.work = { plan, sample };
    this.present(sample, `Work from seed ${seed}`);
    this.remember();
  }

  present(sample, words) {
    this.art.show(sample);
    this.art.canvas?.setAttribute("aria-label", words);
    this.status.textContent = words;
  }

  told() {
    const told = new URLSearchParams({ seed: this.fields.seed.value.trim() });
    for (const name of SETTINGS) if (this.fields[name]?.value) told.set(name, this.fields[name].value);
    if (this.favourites.length) told.set("favourites", this.favourites.join(","));
    return told;
  }

  remember() {
    this.link = `#${this.told()}`;
    location.replace(this.link);
  }

  step(by) {
    this.fields.seed.value = String((this.seed + by) & WORD);
    return this.make();
  }

  previous() {
    return this.step(-1n);
  }

  next() {
    return this.step(1n);
  }

  surprise() {
    this.fields.seed.value = String(Math.floor(Math.random() * 2 ** 32));
    return this.make();
  }

  async keep() {
    const seed = String(this.seed);
    if (!this.favourites.includes(seed)) this.favourites.push(seed);
    this.listFavourites();
    await this.make();
  }

  listFavourites() {
    const items = this.favourites.map((seed) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: seed });
      button.setAttribute("aria-label", `Show favourite ${seed}`);
      button.addEventListener("click", (event) => this.attempt(event, () => ((this.fields.seed.value = seed), this.make())));
      const away = Object.assign(document.createElement("button"), { type: "button", textContent: "×", className: "away" });
      away.setAttribute("aria-label", `Forget favourite ${seed}`);
      away.addEventListener("click", () => {
        this.favourites = this.favourites.filter((kept) => kept !== seed);
        this.listFavourites();
        this.remember();
        this.form.querySelector("[data-do=keep]").focus();
      });
      item.append(button, away);
      return item;
    });
    this.list.replaceChildren(...items);
    this.walker.disabled = this.favourites.length < 2;
  }

  get walker() {
    return this.form.querySelector("[data-do=walk]");
  }

  // What is still being made is no longer wanted.
  rest() {
    this.turn++;
    this.art?.hush?.();
    this.walker.textContent = "Walk between favourites";
  }

  async walk() {
    const button = this.walker;
    const going = button.textContent === "Stop walking";
    this.rest();
    if (going) return;
    const own = this.turn;
    button.textContent = "Stop walking";
    await this.ready();
    const seeds = this.favourites.map(BigInt);
    const latents = seeds.map((seed) => latentOf(seed, this.model.latent));
    this.status.textContent = `Walking between the seeds ${this.favourites.join(", ")}`;
    for (let frame = 0; own === this.turn; frame = (frame + 1) % (FRAMES_A_SEED * seeds.length)) {
      const from = Math.floor(frame / FRAMES_A_SEED);
      const latent = between(latents[from], latents[(from + 1) % seeds.length], (frame % FRAMES_A_SEED) / FRAMES_A_SEED);
      const sample = await this.art.make(this.plan(seeds[0], latent));
      if (own !== this.turn) return;
      this.art.show(sample);
      const pause = this.model.kind === "pixels" ? requestAnimationFrame : (resolve) => setTimeout(resolve, 120);
      await (this.art.linger?.(sample, frame) ?? new Promise(pause));
    }
  }

  async download() {
    await this.make();
    const { plan, sample } = this.work;
    const digest = await crypto.subtle.digest("SHA-256", this.art.bytes(sample));
    const record = {
      ...this.model.record,
      seed: Number(plan.seed),
      truncation: plan.truncation,
      ...plan.told,
      label: this.model.classes.length ? plan.label : null,
      pixels: Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join(""),
    };
    if ("temperature" in record.sampling) record.sampling = { ...record.sampling, temperature: plan.temperature };
    if (plan.seed > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error("the record of so large a seed cannot be written; artgan sample can");
    const name = `seed-${String(plan.seed).padStart(8, "0")}${plan.truncation === 1 ? "" : `-psi-${plan.truncation}`}${(await plan.stem) ?? ""}`;
    for (const [suffix, blob] of await this.art.files(sample, record)) {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.${suffix}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }
  }
}

// What draws works of each kind; texts.js and scripts of a modality's own add to it, and use these tools.

window.artgan = { arts: { pixels: Pictures }, tools: { uniforms, floats, whole } };

const section = document.getElementById("live");
if (section) addEventListener("DOMContentLoaded", () => new (window.artganPanel ?? Panel)(section));
