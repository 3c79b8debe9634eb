// Plays tunes in the pages of works, and composes new ones where the generator runs in the page. Nothing but abcjs, which
// draws scores and lies beside this script, is loaded, and only when it is needed; sounds are computed.
"use strict";

(() => {
const HERE = document.currentScript.src;
const QUARTER = 12;
const MEDLEY_BARS = 4;
const TUNING = 440;
const KEYS = ["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"];

// Tunes as text: the metre, and a line of pitch:ticks for each bar; of pieces, the bars of its voices between " & ".

function parsed(text) {
  const [metre, ...lines] = text.split("\n");
  const [beats, unit] = metre.split("/").map(Number);
  const event = (word) => word.split(":").map((part) => (part === "r" ? null : Number(part)));
  const [bars = [], ...others] = across(lines.map((line) => line.split(" & ").map((bar) => bar.split(" ").map(event))));
  return { metre, ticks: (48 * beats) / unit, compound: unit >= 8 && beats % 3 === 0, bars, others };
}

const across = (rows) => (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));

const partsOf = (tune) => [tune.bars, ...tune.others];

const usualTempo = (tune) => (tune?.others.length ? 84 : tune?.compound ? 162 : 168);

function heard(tune, { tempo, key }) {
  const second = 60 / (tempo * QUARTER);
  const beat = tune.compound ? 18 : QUARTER;
  const voices = partsOf(tune);
  const share = voices.length ** -0.75; // so that voices that sound together are not too loud
  const notes = [];
  let end = 0;
  voices.forEach((bars, voice) => {
    let now = 0;
    let number = tune.before?.[voice] ?? 0;
    for (const bar of bars) {
      const begin = now;
      for (const [pitch, ticks] of bar) {
        const place = now - begin;
        const loud = share * (place === 0 ? 1 : place % beat === 0 ? 0.88 : 0.74);
        if (pitch !== null) notes.push({ pitch: pitch + key, at: now * second, seconds: ticks * second, loud, voice, number });
        number++;
        now += ticks;
      }
    }
    end = Math.max(end, now);
  });
  return { notes, seconds: end * second };
}

// Sound.

const hertz = (pitch) => TUNING * 2 ** ((pitch - 69) / 12);
const BOWED = Array.from({ length: 18 }, (_, number) => 1 / (number + 1) ** 1.2);
const INSTRUMENTS = {
  fiddle: { partials: BOWED, loud: 0.13, attack: 0.035, release: 0.1, swing: 12, body: [[470, 5], [2700, 5]] },
  whistle: { partials: [1, 0.26, 0.1, 0.04], loud: 0.2, attack: 0.02, release: 0.06, swing: 6, body: [] },
  organ: { partials: [1, 0.6, 0.3, 0.25, 0.1, 0.15], loud: 0.11, attack: 0.015, release: 0.05, swing: 0, body: [] },
  harp: { partials: [1, 0.5, 0.3, 0.16, 0.08, 0.04], loud: 0.28, attack: 0.004, release: 0.9, swing: 0, body: [], plucked: true },
};

function sound(context, to, note, { partials, loud, attack, release, swing, body, plucked }) {
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.setPeriodicWave(context.createPeriodicWave(new Float32Array(partials.length + 1), Float32Array.of(0, ...partials)));
  tone.frequency.value = hertz(note.pitch);
  const height = loud * note.loud;
  const end = note.at + note.seconds * (plucked ? 1 : 0.95);
  gain.gain.setValueAtTime(0, note.at);
  gain.gain.linearRampToValueAtTime(height, note.at + attack);
  gain.gain.setTargetAtTime(plucked ? 0 : height * 0.8, note.at + attack, plucked ? 0.35 : 0.15);
  gain.gain.setTargetAtTime(0, Math.max(end, note.at + attack), release / 4);

  const parts = [tone];
  if (swing && note.seconds > 0.3) {
    const vibrato = context.createOscillator();
    const depth = context.createGain();
    vibrato.frequency.value = 5.5;
    depth.gain.setValueAtTime(0, note.at);
    depth.gain.linearRampToValueAtTime(swing, note.at + 0.3);
    vibrato.connect(depth).connect(tone.detune);
    parts.push(vibrato);
  }
  let last = tone.connect(gain);
  for (const [frequency, boost] of body) {
    const filter = Object.assign(context.createBiquadFilter(), { type: "peaking" });
    filter.frequency.value = frequency;
    filter.gain.value = boost;
    last = last.connect(filter);
  }
  last.connect(to);
  for (const part of parts) {
    part.start(note.at);
    part.stop(end + release);
  }
  return parts;
}

function schedule(context, notes, instrument, begin) {
  const limiter = context.createDynamicsCompressor();
  limiter.connect(context.destination);
  return notes.flatMap((note) => sound(context, limiter, { ...note, at: begin + note.at }, INSTRUMENTS[instrument]));
}

async function rendered(tune, settings, rate = 44100) {
  const { notes, seconds } = heard(tune, settings);
  const context = new OfflineAudioContext(1, Math.ceil((seconds + 0.5) * rate), rate);
  schedule(context, notes, settings.instrument, 0);
  return context.startRendering();
}

function wave(buffer) {
  const samples = buffer.getChannelData(0);
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, words) => [...words].forEach((sign, place) => view.setUint8(at + place, sign.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, buffer.sampleRate, true);
  view.setUint32(28, 2 * buffer.sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((value, place) => view.setInt16(44 + 2 * place, Math.max(-1, Math.min(1, value)) * 32767, true));
  return new Blob([view], { type: "audio/wav" });
}

// ABC, as the plugin writes it, for abcjs to draw.

const NAMES = ["C", "^C", "D", "_E", "E", "F", "^F", "G", "_A", "A", "_B", "B"];

const headOf = (metre, title) => [`X:1`, `T:${title}`, `M:${metre}`, "L:1/8", "K:C"];

const abcOfBars = (tune) => tune.bars.map((bar) => abcOfBar(bar, tune.compound ? 18 : tune.metre === "4/4" ? 24 : QUARTER));

function abcOf(tune, title) {
  if (tune.others.length) return abcOfVoices(tune, title, partsOf(tune).map((bars) => abcOfBars({ ...tune, bars })));
  const bars = abcOfBars(tune);
  const half = bars.length % 2 ? bars.length : bars.length / 2;
  const lines = headOf(tune.metre, title);
  for (let first = 0; first < bars.length; first += half) {
    for (let at = first; at < first + half; at += 4) {
      const end = Math.min(at + 4, first + half);
      lines.push(`${at === first ? "|: " : ""}${bars.slice(at, end).join(" | ")} ${end === first + half ? ":|" : "|"}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

// A staff for each voice, four bars a line; clefs are those of the tune's own voices.

function abcOfVoices(tune, title, parts) {
  const names = parts.map((_, place) => place + 1);
  const clefs = partsOf(tune).map((bars, place) => `V:${place + 1} clef=${clefOf(bars)}`);
  const head = headOf(tune.metre, title);
  const key = head.pop();
  const lines = [...head, `%%score [${names.join(" ")}]`, ...clefs, key];
  const count = parts[0].length;
  for (let first = 0; first < count; first += 4) {
    const end = first + 4 < count ? "|" : "|]";
    parts.forEach((bars, place) => lines.push(`[V:${place + 1}] ${bars.slice(first, first + 4).join(" | ")} ${end}`));
  }
  return `${lines.join("\n")}\n`;
}

function clefOf(bars) {
  const pitches = bars.flat().map(([pitch]) => pitch).filter((pitch) => pitch !== null).sort((a, b) => a - b);
  return (pitches[pitches.length >> 1] ?? 60) >= 60 ? "treble" : "bass";
}

function abcOfBar(bar, beam) {
  let text = "";
  let now = 0;
  const altered = {};
  for (let place = 0; place < bar.length; ) {
    if (now && now % beam === 0) text += " ";
    const three = bar.slice(place, place + 3).map(([, ticks]) => ticks);
    const triplet = three.length === 3 && three.every((ticks) => ticks === three[0]) && three[0] % 3 !== 0 && three[0] % 2 === 0;
    if (triplet) text += "(3";
    for (const [pitch, ticks] of bar.slice(place, place + (triplet ? 3 : 1))) {
      text += abcOfPitch(pitch, altered) + abcOfLength(triplet ? ticks * 1.5 : ticks);
      now += ticks;
    }
    place += triplet ? 3 : 1;
  }
  return text;
}

function abcOfPitch(pitch, altered) {
  if (pitch === null) return "z";
  const name = NAMES[pitch % 12];
  const octave = Math.floor(pitch / 12) - 1;
  const letter = name.at(-1);
  const written = octave >= 5 ? letter.toLowerCase() + "'".repeat(octave - 5) : letter + ",".repeat(4 - octave);
  const accidental = name.slice(0, -1);
  const places = [written, `any ${letter}`];
  const known = places.every((place) => (altered[place] ?? "") === accidental);
  for (const place of places) altered[place] = accidental;
  return (known ? "" : accidental || "=") + written;
}

function abcOfLength(ticks) {
  let [over, under] = [ticks * 2, 12];
  for (const factor of [2, 2, 3]) if (over % factor === 0 && under % factor === 0) [over, under] = [over / factor, under / factor];
  return (over === 1 ? "" : over) + (under === 1 ? "" : under === 2 ? "/" : `/${under}`);
}

let drawing;

function abcjs() {
  drawing ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: new URL("abcjs.js", HERE).href });
    script.onload = () => resolve(window.ABCJS);
    script.onerror = () => reject(new Error("abcjs.js is missing"));
    document.head.append(script);
  });
  return drawing;
}

// abcjs sets styles as attributes and in an element, which the page's policy refuses. While it draws, attributes go by the
// object model, which is allowed; the element, which is for what is dragged, and nothing here is, becomes one without effect.

async function drawAbc(score, abc, options = {}) {
  const { renderAbc } = await abcjs();
  const { setAttribute } = Element.prototype;
  const { createElementNS } = Document.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  Document.prototype.createElementNS = function (space, name) {
    return createElementNS.call(this, space, name === "style" ? "metadata" : name);
  };
  try {
    renderAbc(score, abc, { responsive: "resize", staffwidth: 760, ...options });
  } finally {
    Object.assign(Element.prototype, { setAttribute });
    Object.assign(Document.prototype, { createElementNS });
  }
}

// What plays: one tune at a time in a page.

class Player {
  static sounding = null;

  constructor(settings, { started = () => {}, stopped = () => {}, lit = () => {} }) {
    Object.assign(this, { settings, started, stopped, lit });
  }

  play(tune) {
    Player.sounding?.stop();
    Player.sounding = this;
    this.context ??= new AudioContext();
    this.context.resume();
    const begin = this.context.currentTime + 0.08;
    const { notes, seconds } = heard(tune, this.settings(tune));
    this.parts = schedule(this.context, notes, this.settings(tune).instrument, begin);
    this.started();
    const follow = () => {
      const now = this.context.currentTime - begin;
      if (now > seconds + 0.2) return this.stop();
      this.lit(notes.filter((note) => note.at <= now && now < note.at + note.seconds));
      this.frame = requestAnimationFrame(follow);
    };
    this.frame = requestAnimationFrame(follow);
  }

  stop() {
    if (Player.sounding !== this) return;
    Player.sounding = null;
    cancelAnimationFrame(this.frame);
    for (const part of this.parts) {
      try {
        part.stop();
      } catch {
        // it has not begun, or has ended
      }
    }
    this.lit([]);
    this.stopped();
    this.ended?.();
  }

  // Is over when the tune is, or is stopped.
  whole(tune) {
    this.play(tune);
    return new Promise((resolve) => (this.ended = resolve));
  }

  toggle(tune) {
    if (Player.sounding === this) this.stop();
    else this.play(tune);
  }
}

function element(name, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

function controls(tune) {
  const instrument = element("select", { name: "instrument" }, ...Object.keys(INSTRUMENTS).map((name) => element("option", {}, name)));
  if (tune?.others.length) instrument.value = "organ";
  const tempo = element("input", { type: "range", name: "tempo", min: 60, max: 260, step: 2, value: usualTempo(tune) });
  const beats = element("output");
  const tell = () => tempo.setAttribute("aria-valuetext", (beats.textContent = `${tempo.value} beats a minute`));
  tempo.addEventListener("input", tell);
  tell();
  const key = element("select", { name: "key" }, ...KEYS.map((name, number) => element("option", { value: number > 6 ? number - 12 : number }, name)));
  const bar = element(
    "p",
    { className: "row" },
    element("label", {}, "Instrument ", instrument),
    element("label", {}, "Tempo ", tempo, " ", beats),
    element("label", {}, "Key ", key),
  );
  return { bar, settings: () => ({ instrument: instrument.value, tempo: Number(tempo.value), key: Number(key.value) }) };
}

function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// A tune with all that belongs to it: its score, what plays it, what is lit, and what can be taken away.

class Desk {
  constructor(host, title) {
    this.title = title;
    this.score = element("div", { className: "score" });
    this.button = element("button", { type: "button" }, "Play");
    this.wave = element("button", { type: "button" }, "Save as WAV");
    this.status = element("span", { className: "quiet" });
    this.status.setAttribute("role", "status");
    const { bar, settings } = controls(host.tune);
    this.settings = settings;
    this.player = new Player(settings, {
      started: () => (this.button.textContent = "Stop"),
      stopped: () => (this.button.textContent = "Play"),
      lit: (notes) => this.light(notes),
    });
    this.button.addEventListener("click", () => this.attempt(() => this.player.toggle(this.tune)));
    this.wave.addEventListener("click", () => this.attempt(async () => save(wave(await rendered(this.tune, this.settings())), `${this.title}.wav`)));
    bar.addEventListener("change", () => this.attempt(() => this.draw(this.tune)));
    this.element = element("div", { className: "desk" }, this.score, element("p", { className: "row" }, this.button, this.wave, this.status), bar);
  }

  async attempt(act) {
    if (await succeeds(act, this.status)) this.status.textContent = "";
  }

  async draw(tune) {
    this.player.stop();
    this.tune = tune;
    await drawAbc(this.score, abcOf(tune, this.title), { add_classes: true, visualTranspose: this.settings().key });
    this.score.setAttribute("role", "img");
    this.score.setAttribute("aria-label", `Score of ${this.title}, ${tune.bars.length} bars of ${tune.metre}`);
    this.drawn = partsOf(tune).map((_, voice) => [...this.score.querySelectorAll(`.abcjs-v${voice}:is(.abcjs-note, .abcjs-rest)`)]);
  }

  light(notes) {
    const marks = notes.map(({ voice, number }) => this.drawn?.[voice]?.[number]).filter(Boolean);
    const before = this.shown ?? [];
    this.shown = marks;
    for (const mark of before) if (!marks.includes(mark)) mark.removeAttribute("fill");
    const colour = getComputedStyle(document.body).getPropertyValue("--second");
    for (const mark of marks) if (!before.includes(mark)) mark.setAttribute("fill", colour);
  }
}

// A tune of the data that is near, told in ABC, is drawn, and each of its bars that this tune has too is marked.

async function drawNear(near, tune) {
  const [metre, ...lines] = near.textContent.trim().split("\n");
  const drawn = tune.others.length ? nearPiece(tune, lines) : nearTune(tune, metre, lines);
  const { common, count, abc } = drawn;
  const score = element("div", { className: "score" });
  score.setAttribute("role", "img");
  score.setAttribute("aria-label", `A ${nounOf(tune)} of the data, ${count} bars of ${metre}`);
  await drawAbc(score, abc);
  const words = `Bars that are in this ${nounOf(tune)} too: ${common} of ${count}${common ? ", each marked “same”" : ""}.`;
  near.replaceChildren(score, element("span", { className: "quiet" }, words));
}

const nounOf = (tune) => (tune.others.length ? "piece" : "tune");

function nearTune(tune, metre, lines) {
  const own = new Set(metre === tune.metre ? abcOfBars(tune) : []);
  let [common, count] = [0, 0];
  const marked = lines.map((line) =>
    line.replace(/[^|:]+/g, (bar) => {
      if (!bar.trim()) return bar;
      count++;
      if (!own.has(bar.trim())) return bar;
      common++;
      return ` "^same"${bar.trim()} `;
    }),
  );
  return { common, count, abc: [...headOf(metre, ""), ...marked].join("\n") };
}

// A bar of a piece is that of all its voices, and is marked above the highest.

function nearPiece(tune, lines) {
  const parts = partsOf(tune).map(() => []);
  for (const line of lines) {
    const [, voice, bars] = line.match(/^\[V:(\d)\](.*)$/);
    parts[voice - 1].push(...bars.split("|").map((bar) => bar.trim()).filter((bar) => bar && bar !== "]"));
  }
  const whole = (voices) => across(voices).map((bars) => bars.join(" & "));
  const own = new Set(whole(partsOf(tune).map((bars) => abcOfBars({ ...tune, bars }))));
  const same = whole(parts).map((bar) => own.has(bar));
  parts[0] = parts[0].map((bar, place) => (same[place] ? `"^same"${bar}` : bar));
  return { common: same.filter(Boolean).length, count: same.length, abc: abcOfVoices(tune, "", parts) };
}

// Works that hang in the page: each can be heard; on its own page, it is drawn with all that belongs to it.

for (const work of document.querySelectorAll(".work[data-tune]")) {
  const tune = parsed(work.dataset.tune);
  const large = work.closest(".large");
  if (large) {
    const desk = new Desk({ tune }, work.querySelector("img").alt);
    large.append(desk.element);
    desk.attempt(async () => {
      await desk.draw(tune);
      work.hidden = true;
      for (const near of document.querySelectorAll(".near")) await drawNear(near, tune);
    });
    continue;
  }
  const item = work.closest("li");
  if (!item) continue;
  item.parentElement.style.setProperty("--cell", "17rem"); // so wide that scores can be read
  item.append(hearing([tune], work.querySelector("img").alt));
}

// Sheets can be heard: the first tune of what a snapshot tells; of a walk a medley, four bars of each tune.

for (const sheet of document.querySelectorAll("img[data-tunes]")) {
  const tunes = sheet.dataset.tunes.split("\n\n").filter(Boolean).map(parsed);
  const host = sheet.closest("figure, .steps");
  if (host && tunes.length) host.append(hearing(sheet.closest(".steps") ? medley(tunes) : tunes.slice(0, 1), sheet.alt));
}

function medley(tunes) {
  return tunes.map((tune, place) => excerpt(tune, place));
}

function excerpt(tune, place) {
  const first = (place * MEDLEY_BARS) % tune.bars.length;
  const before = partsOf(tune).map((bars) => bars.slice(0, first).flat().length);
  const cut = (bars) => bars.slice(first, first + MEDLEY_BARS);
  return { ...tune, before, bars: cut(tune.bars), others: tune.others.map(cut) };
}

function hearing(tunes, name) {
  const button = element("button", { type: "button", className: "hear" }, "Hear");
  button.setAttribute("aria-label", `Hear ${name}`);
  const player = new Player((tune) => ({ instrument: tune.others.length ? "organ" : "fiddle", tempo: usualTempo(tune), key: 0 }), {});
  let playing = false;
  button.addEventListener("click", async () => {
    if (playing) {
      playing = false;
      return player.stop();
    }
    playing = true;
    button.textContent = "Stop";
    for (const tune of tunes) {
      if (playing) await player.whole(tune);
      playing &&= !Player.sounding;
    }
    playing = false;
    button.textContent = "Hear";
  });
  return button;
}

// New tunes, composed by the generator in the page event by event.

const mixed = (value) => {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

function gumbel(key, now, token) {
  const uniform = (mixed(Math.imul(key, 0x9e3779b1) + Math.imul(now, 0x85ebca77) + Math.imul(token, 0xc2b2ae3d)) + 0.5) / 2 ** 32;
  return -Math.log(-Math.log(uniform));
}

class Tunes {
  ends = true; // at token 0

  constructor(network, model, desk = new Desk({}, "new tune")) {
    Object.assign(this, { network, model, desk });
    this.element = this.desk.element;
  }

  async make({ seed, latent, label, temperature }) {
    const { shape, vocabulary, states, classes } = this.model;
    const { uniforms, floats, whole } = window.artgan.tools;
    const key = Math.floor(uniforms(seed).next().value * 2 ** 32);
    const tokens = new Int32Array(shape[0]);
    let state = states.map((size) => new Float32Array(size));
    let token = vocabulary.length;
    for (let place = 0; place < shape[0]; place++) {
      const inputs = { token: whole(token), latents: floats(latent, [1, latent.length]) };
      state.forEach((part, number) => (inputs[`state${number}`] = floats(part, [1, part.length])));
      const results = await this.network.run(inputs);
      state = state.map((_, number) => results[`next${number}`]);
      const now = state.at(-1)[0];
      const chosen = place === 0 && classes.length ? vocabulary.indexOf(classes[label]) : 0;
      token = chosen || likeliest(results.logits, (logit, number) => (temperature ? logit / temperature + gumbel(key, now, number) : logit));
      if (!token && this.ends) break;
      tokens[place] = token;
    }
    return tokens;
  }

  // On a walk each tune goes on where the one before stopped.
  async linger(tokens, frame) {
    await this.desk.drawing;
    await this.desk.player.whole(excerpt(this.tune(tokens), frame));
  }

  hush() {
    this.desk.player.stop();
  }

  show(tokens) {
    this.desk.drawing = this.desk.attempt(() => this.desk.draw(this.tune(tokens)));
  }

  bytes(tokens) {
    return new Uint8Array(tokens.buffer);
  }

  async files(tokens, record) {
    const tune = this.tune(tokens);
    const told = { tokens: [...tokens], tune: textOf(tune), record };
    return [
      ["mid", new Blob([midiOf(tune, JSON.stringify(told))], { type: "audio/midi" })],
      ["abc", new Blob([abcOf(tune, `Seed ${record.seed}`).replace("\nM:", "\nN:AI-generated with artgan\nM:")], { type: "text/plain" })],
    ];
  }

  tune(tokens) {
    const { vocabulary } = this.model;
    const words = Array.from(tokens).filter(Boolean).map((token) => vocabulary[token]);
    const tune = parsed(words[0]);
    let room = 0;
    for (const word of words.slice(1)) {
      const [pitch, ticks] = parsed(`4/4\n${word}`).bars[0][0];
      if (!room) {
        tune.bars.push([]);
        room = tune.ticks;
      }
      tune.bars.at(-1).push([pitch, ticks]);
      room -= ticks;
    }
    return tune;
  }
}

// New pieces, of which a token tells what a voice does at a step: the highest voice, the lowest, those between from below.

class Pieces extends Tunes {
  ends = false;

  constructor(network, model) {
    super(network, model, new Desk({ tune: { others: [[]] } }, "new piece"));
  }

  tune(tokens) {
    const { vocabulary, presentation } = this.model;
    const tune = parsed(presentation.metre);
    const step = Number(presentation.step);
    const voices = presentation.ranges.split(" ").length;
    const parts = Array.from({ length: voices }, () => []);
    tokens.forEach((token, place) => {
      const part = parts[(voices - (place % voices)) % voices];
      const begins = (Math.floor(place / voices) * step) % tune.ticks === 0;
      if (begins) part.push([]);
      const [bar, word] = [part.at(-1), vocabulary[token]];
      if (word === "-") bar.at(-1)[1] += step;
      else bar.push([word === "r" ? null : Number(word), step]);
    });
    return { ...tune, bars: parts[0], others: parts.slice(1) };
  }
}

function likeliest(logits, score) {
  let best = 0;
  let highest = -Infinity;
  logits.forEach((logit, number) => {
    const value = score(logit, number);
    if (value > highest) [best, highest] = [number, value];
  });
  return best;
}

const textOf = (tune) =>
  [tune.metre, ...across(partsOf(tune).map((bars) => bars.map(wordsOf))).map((bars) => bars.join(" & "))].join("\n");

const wordsOf = (bar) => bar.map(([pitch, ticks]) => `${pitch ?? "r"}:${ticks}`).join(" ");

// A Standard MIDI File as the plugin writes it, with the record inside.

function midiOf(tune, told) {
  const number = (value) => {
    const bytes = [value & 127];
    while ((value >>= 7)) bytes.unshift((value & 127) | 128);
    return bytes;
  };
  const text = (words) => [...new TextEncoder().encode(words)];
  const meta = (kind, bytes) => [0, 0xff, kind, ...number(bytes.length), ...bytes];
  const record = [0x7d, ...text("artgan"), ...text(told).flatMap((byte) => [byte >> 4, byte & 15])];
  const [beats, unit] = tune.metre.split("/").map(Number);
  const tempo = Math.round(6e7 / usualTempo(tune));
  const head = [
    ...meta(1, text("AI-generated with artgan")),
    ...meta(0x7f, record),
    ...meta(0x58, [beats, Math.log2(unit), 24, 8]),
    ...meta(0x51, [tempo >> 16, (tempo >> 8) & 255, tempo & 255]),
  ];
  const parts = partsOf(tune);
  const tracks = parts.map((bars, channel) => {
    const track = [0, 0xc0 | channel, parts.length > 1 ? 52 : 40];
    let silence = 0;
    for (const [pitch, ticks] of bars.flat()) {
      if (pitch === null) silence += 40 * ticks;
      else {
        track.push(...number(silence), 0x90 | channel, pitch, 80, ...number(40 * ticks), 0x80 | channel, pitch, 0);
        silence = 0;
      }
    }
    return [...track, ...number(silence), 0xff, 0x2f, 0];
  });
  const all = parts.length > 1 ? [[...head, 0, 0xff, 0x2f, 0], ...tracks] : [[...head, ...tracks[0]]];
  const whole = (value, bytes) => Array.from({ length: bytes }, (_, place) => (value >>> (8 * (bytes - 1 - place))) & 255);
  const chunk = (name, bytes) => [...text(name), ...whole(bytes.length, 4), ...bytes];
  const first = [0, Number(all.length > 1), ...whole(all.length, 2), ...whole(480, 2)];
  return Uint8Array.from([...chunk("MThd", first), ...all.flatMap((track) => chunk("MTrk", track))]);
}

if (window.artgan) Object.assign(window.artgan.arts, { tune: Tunes, piece: Pieces });
window.artganMusic = { rendered, parsed };
})();
