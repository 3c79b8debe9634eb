"""In a browser, without network: the page composes what `artgan sample` makes, and what it plays can be heard."""

from __future__ import annotations

import json
import shutil
import time

import mido
import pytest
from artgan_music.abc_reader import read_voices
from artgan_music.dataset import Abc
from artgan_music.midi_work import read_midi
from artgan_music.part_reader import written_voices

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
pytest.importorskip("onnxscript", reason="artgan[live] is not installed")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="Chromium and its driver are not installed")

SEEDS = 8
COMPOSE = """
const done = arguments[1];
(async () => {
  await loaded(document.getElementById("live").dataset.model);
  const [network, model] = await Network.start([document.getElementById("live").dataset.runtime]);
  const art = new window.artgan.arts[model.art](network, model);
  const tunes = [];
  for (const seed of arguments[0]) {
    const latent = latentOf(BigInt(seed), model.latent);
    const { temperature } = model.sampling;
    const plan = { seed: BigInt(seed), latent, label: seed % (model.classes.length || 1), temperature };
    tunes.push([...await art.make(plan)]);
  }
  done(tunes);
})().catch((error) => done(String(error)));
"""
FILES = """
const done = arguments[1];
(async () => {
  const [network, model] = await Network.start([document.getElementById("live").dataset.runtime]);
  const art = new window.artgan.arts[model.art](network, model);
  const found = {};
  for (const [ending, blob] of await art.files(Int32Array.from(arguments[0]), { seed: 3 })) {
    found[ending] = [...new Uint8Array(await blob.arrayBuffer())];
  }
  done(found);
})().catch((error) => done(String(error)));
"""
RENDER = """
const done = arguments[0];
(async () => {
  const { parsed, rendered } = window.artganMusic;
  const found = {};
  const alone = ["fiddle", "whistle", "organ", "harp"].map((instrument) => ["4/4\\n69:48", instrument]);
  for (const [tune, instrument] of [...alone, ["4/4\\n69:48 & 57:48 & 50:48 & 38:48", "organ"]]) {
    const sound = await rendered(parsed(tune), { instrument, tempo: 60, key: 0 }, 44100);
    const samples = [...sound.getChannelData(0).slice(22050, 66150)];
    found[`${instrument} ${tune}`] = { seconds: sound.duration, samples };
  }
  done(found);
})().catch((error) => done(String(error)));
"""


LIT = """return [...document.querySelectorAll(
  ".score :is(.abcjs-note, .abcjs-rest):not([fill=currentColor])[fill]"
)].map((mark) => mark.getAttribute("class").match(/abcjs-v[0-9]/)[0])"""
SHOWN = "document.querySelector('.steps .hear').textContent"


@pytest.fixture(scope="module")
def made(trained):
    trained.artgan("sample", "first", "-n", str(SEEDS), "--out", "works")
    return trained.folder


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    opened.set_script_timeout(300)
    yield opened
    opened.quit()


def test_the_page_composes_what_artgan_sample_makes(made, browser):
    browser.get((made / "gallery/first/index.html").as_uri())
    tunes = browser.execute_async_script(COMPOSE, list(range(SEEDS)))
    assert isinstance(tunes, list), tunes
    works = [read_midi(path)[0] for path in sorted((made / "works").glob("seed-*.mid"))]
    assert tunes == works


def test_a_work_is_drawn_with_its_sounding_note_lit_and_can_be_stopped(made, browser):
    page = next((made / "gallery/first/works").glob("*.html"))
    browser.get(page.as_uri())
    until(lambda: browser.execute_script("return document.querySelectorAll('.score .abcjs-note').length"))
    tune = read_midi(page.with_suffix(".mid"))[2].parts[0]
    drawn = browser.execute_script("return document.querySelectorAll('.score .abcjs-note, .score .abcjs-rest').length")
    assert drawn == len(tune.events)
    assert browser.execute_script("return document.querySelector('.work').hidden")
    button = browser.find_element("css selector", ".desk button")
    assert browser.execute_script(LIT) == []
    button.click()  # by the mouse, without which a browser plays nothing
    until(lambda: browser.execute_script(LIT))
    button.click()
    assert browser.execute_script(LIT) == []
    assert browser.execute_script("return document.querySelector('.desk button').textContent") == "Play"


def test_scores_are_drawn_without_anything_that_the_policy_of_the_page_refuses(made, browser):
    browser.get_log("browser")
    browser.get(next((made / "gallery/first/works").glob("*.html")).as_uri())
    until(lambda: browser.execute_script("return document.querySelectorAll('.score .abcjs-note').length"))
    assert [line["message"] for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []


def test_on_paper_a_work_is_its_score_without_what_plays_it(made, browser):
    browser.get(next((made / "gallery/first/works").glob("*.html")).as_uri())
    until(lambda: browser.execute_script("return document.querySelectorAll('.score .abcjs-note').length"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    parts = "document.querySelectorAll('.desk button, .desk select, .desk .score')"
    shown = f"return [...{parts}].map((part) => part.checkVisibility())"
    try:
        *acts, score = sorted(browser.execute_script(shown))
        assert [score, any(acts)] == [True, False]
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_near_tunes_are_drawn_and_the_bars_that_a_work_has_too_are_marked(made, browser):
    pages = [page for page in (made / "gallery/first/works").glob("*.html") if 'class="near"' in page.read_text()]
    browser.get(pages[0].as_uri())
    until(lambda: browser.execute_script("return document.querySelectorAll('.near .score svg').length"))
    texts = browser.execute_script(
        "return [...document.querySelector('.near').querySelectorAll('text')].map((text) => text.textContent)"
    )
    bars = set(read_midi(pages[0].with_suffix(".mid"))[2].parts[0].bars)
    told = json.loads((made / "gallery/first/run.json").read_text())
    near = next(work["nearest"][0] for work in told["works"] if work["file"] == f"{pages[0].stem}.mid")
    (tunes,) = [
        tunes
        for _, tunes in Abc(bars=8).read_abc("near", f"X:1\nL:1/8\nM:{near}".replace("\n|:", "\nK:C\n|:", 1).encode())
    ]
    common = sum(bar in bars for tune in tunes for bar in tune.bars)
    assert texts.count("same") == common > 0
    words = browser.execute_script("return document.querySelector('.near .quiet').textContent")
    assert words == f"Bars that are in this tune too: {common} of 8, each marked “same”."


def test_a_walk_and_the_time_lapse_can_be_heard_and_stopped(made, browser):
    browser.get((made / "gallery/first/index.html").as_uri())
    names = [
        browser.execute_script(f"return document.querySelector('{place} .hear').getAttribute('aria-label')")
        for place in (".steps", ".lapse")
    ]
    assert names[0] == "Hear Works on the way from seed to seed"
    assert names[1].startswith("Hear What the generator made")
    for word in ("Stop", "Hear"):
        browser.execute_script("document.querySelector('.steps .hear').click()")
        until(lambda word=word: browser.execute_script(f"return {SHOWN} === '{word}'"))
    medley = mido.MidiFile(made / "gallery/first/walk.mid")
    assert 12 * 4 * 1 < medley.length < 12 * 4 * 2  # bars of one to two seconds


def test_what_is_played_is_in_tune_neither_silent_nor_clipped_and_as_long_as_the_tune(made, browser):
    np = pytest.importorskip("numpy")
    browser.get((made / "gallery/first/index.html").as_uri())
    found = browser.execute_async_script(RENDER)
    assert isinstance(found, dict), found
    for instrument, sound in found.items():
        samples = np.array(sound["samples"])
        assert sound["seconds"] == pytest.approx(4.5, abs=0.01), instrument
        assert 0.01 < np.abs(samples).max() < 0.99, instrument
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 2**19))
        low, high = (int(hertz * 2**19 / 44100) for hertz in (400, 480))
        peak = (low + spectrum[low:high].argmax()) * 44100 / 2**19
        assert abs(1200 * np.log2(peak / 440)) < 10, instrument


def test_everything_a_page_loads_lies_beside_it(made):
    names = {path.name for path in (made / "gallery/assets/music").iterdir()}
    assert names == {"music.js", "abcjs.js", "abcjs.LICENCE.txt"}
    assert (made / "gallery/assets/music/music.js").stat().st_size <= 30 * 1024
    told = json.loads((made / "gallery/first/run.json").read_text())
    assert not told["still"]


@pytest.fixture(scope="module")
def pieces(trained_pieces):
    trained_pieces.artgan("sample", "first", "-n", str(SEEDS), "--out", "works")
    return trained_pieces.folder


@pytest.mark.slow
def test_the_page_composes_the_pieces_that_artgan_sample_makes(pieces, browser):
    browser.get((pieces / "gallery/first/index.html").as_uri())
    made = browser.execute_async_script(COMPOSE, list(range(SEEDS)))
    assert isinstance(made, list), made
    assert made == [read_midi(path)[0] for path in sorted((pieces / "works").glob("seed-*.mid"))]
    assert (pieces / "gallery/assets/polyphony/music.js").stat().st_size <= 30 * 1024


@pytest.mark.slow
def test_what_the_page_offers_of_a_piece_are_midi_and_abc_of_that_piece(pieces, browser, tmp_path):
    tokens, _, piece = read_midi(pieces / "works/seed-00000003.mid")
    browser.get((pieces / "gallery/first/index.html").as_uri())
    browser.execute_async_script(COMPOSE, [3])
    files = browser.execute_async_script(FILES, tokens)
    assert isinstance(files, dict), files
    (tmp_path / "piece.mid").write_bytes(bytes(files["mid"]))
    assert read_midi(tmp_path / "piece.mid") == (tokens, {"seed": 3}, piece)
    voices = written_voices(read_voices(bytes(files["abc"]).decode(), 4))
    assert "N:AI-generated with artgan" in bytes(files["abc"]).decode()
    assert [sorted(note.pitch for note in line) for line in voices.lines] == [
        sorted(pitch for pitch, _ in part.events if pitch is not None) for part in piece.parts
    ]


@pytest.mark.slow
def test_a_piece_is_drawn_and_what_sounds_in_each_voice_is_lit(pieces, browser):
    page = next((pieces / "gallery/first/works").glob("*.html"))
    browser.get(page.as_uri())
    drawn = "document.querySelectorAll('.score .abcjs-v{}:is(.abcjs-note, .abcjs-rest)')"
    until(lambda: browser.execute_script(f"return {drawn.format(0)}.length"))
    parts = read_midi(page.with_suffix(".mid"))[2].parts
    for voice, part in enumerate(parts):
        assert browser.execute_script(f"return {drawn.format(voice)}.length") == len(part.events)
    button = browser.find_element("css selector", ".desk button")
    assert browser.execute_script(LIT) == []
    button.click()  # by the mouse, without which a browser plays nothing
    until(lambda: len(browser.execute_script(LIT)) > 1)
    voices = browser.execute_script(LIT)
    assert len(set(voices)) == len(voices) <= 4
    button.click()
    assert browser.execute_script(LIT) == []


@pytest.mark.slow
def test_a_near_piece_is_drawn_and_the_bars_of_all_voices_that_a_work_has_too_are_marked(pieces, browser):
    page = next((pieces / "gallery/first/works").glob("*.html"))
    body = page.with_suffix(".abc").read_text().partition("[V:1]")[2]
    near = f"4/4\n[V:1]{body}".strip()
    first, *others = near.split("\n[V:4]")
    low, _, rest = others[0].partition("|")
    changed = f"{first}\n[V:4] {'C,,4' if low.strip() != 'C,,4' else 'D,,4'} |{rest}"
    text = page.read_text().replace("</main>", f'<pre class="near">{changed}</pre></main>')
    assert changed in text
    (page.parent / "near.html").write_text(text)
    browser.get((page.parent / "near.html").as_uri())
    until(lambda: browser.execute_script("return document.querySelectorAll('.near .score svg').length"))
    words = browser.execute_script("return document.querySelector('.near .quiet').textContent")
    assert words == "Bars that are in this piece too: 1 of 2, each marked “same”."


def until(condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not come about")
