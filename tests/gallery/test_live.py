"""The trained generator makes new works in the page itself, the same as artgan makes."""

import base64
import gzip
import hashlib
import http.server
import json
import sys
import threading
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote, quote_plus

import numpy as np
import pytest
import torch
from support.browser import AVAILABLE
from support.styled import Styled
from torch import nn

from artgan import option
from artgan.artworks.direction import Direction, move_along
from artgan.artworks.interpolation import slerp
from artgan.artworks.latents import latents
from artgan.artworks.model import Model
from artgan.artworks.styles import Mix
from artgan.artworks.work import read_work, remake
from artgan.builtin.generator import CnnGenerator, RnnGenerator, TransformerGenerator
from artgan.builtin.modality.text import TextModality
from artgan.gallery import live
from artgan.gallery.build import Rebuilt, RunRecord, hang, rebuild
from artgan.gallery.front_page import build_index
from artgan.interfaces import Spec

needs_browser = pytest.mark.skipif(not AVAILABLE, reason="Chromium and its driver are not installed")
RECORD = RunRecord("brush", "Brush", "artgan run", "CPU", {"generator": 1}, [{"step": 1, "loss_generator": 1.0}])
SUBWORDS = ("", "ab", "cde", "👑", *(f"<0x{byte:02X}>" for byte in (0xE2, 0x96, 0x81, 0xC3, 0xA9, 0xF0, 0xFF, 0x41)))
TOO_LONG = "the prompt takes more than the 40 tokens of a text: give a shorter one"
TOKENS = ("", *"abcdefghijklmnopqrstuvwxyz ", "e\u0301", "東")


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.setenv("ARTGAN_LIVE", "1")


@pytest.fixture
def text_model(make_model):
    return model_of_tokens(make_model(), TOKENS, "char")


@pytest.fixture
def transformer_model(make_model):
    sizes = {"latent": 8, "width": 16, "depth": 2, "heads": 2}
    return model_of_tokens(make_model(), TOKENS, "char", kind=TransformerGenerator, strength=20, **sizes)


@pytest.fixture
def subword_model(make_model):
    return model_of_tokens(make_model(), SUBWORDS, "subword")


def model_of_tokens(like, tokens, tokeniser, kind=RnnGenerator, strength=3, **sizes):
    torch.manual_seed(0)
    sizes = sizes or {"latent": 8, "width": 16, "embedding": 8}
    generator = kind(**sizes)
    spec = Spec("text", (40, len(tokens)), (), len(tokens), tokens, {"tokeniser": tokeniser, "lang": "en"})
    state = {name: strength * tensor for name, tensor in generator.build(spec).state_dict().items()}
    options = "".join(f"{name} = {size}\n" for name, size in sizes.items())
    recipe = f'[generator]\nname = "{generator.name}"\n{options}'
    return Model.from_state(
        state,
        recipe=recipe,
        generator=generator,
        modality=TextModality().with_spec(spec),
        spec=spec,
        step=100,
        provenance=like.provenance,
    )


@pytest.fixture
def word_model(make_model):
    words = ("", "grey", "don't", "3.5", "(", "!", ")", "\u0915\u093f", "rain", ".")
    return model_of_tokens(make_model(), words, "word")


@pytest.fixture
def hung(tmp_path, registry):
    def hang_it(model):
        page = hang(RECORD, model, gallery=tmp_path / "gallery", snapshots={}, seeds=range(3))
        build_index(tmp_path / "gallery", registry)
        return page

    return hang_it


def still(page):
    return json.loads((page.parent / "run.json").read_text(encoding="utf-8"))["still"]


def told(page):
    """Return what the page's script tells, which is JSON and nothing else."""
    script = (page.parent / "live.js").read_text(encoding="utf-8")
    return json.loads(script.removeprefix("window.artganModel=").removesuffix(";\n"))


def started(browser, page, fragment="#seed=7"):
    browser.open(page, fragment=fragment)
    shown(browser, fragment.partition("seed=")[2].partition("&")[0])


def shown(browser, seed):
    words = f"Work from seed {seed}"
    browser.until(lambda: browser.text("#live [role=status]") == words)


def downloaded(browser, name):
    (browser.downloads / name).unlink(missing_ok=True)
    browser.press("download")
    return browser.downloaded(name)


def test_the_runtime_is_the_one_whose_digest_is_written_down():
    folder = live.RUNTIME.parent
    sums = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    for name in ("runtime.js", "worker.js"):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sums[name]
    assert live.RUNTIME.stat().st_size < 5_000_000


@pytest.mark.slow
@needs_browser
class TestInTheBrowser:
    @pytest.mark.parametrize("shape", [(1, 64, 64), (2, 20, 12), (3, 16, 16), (4, 16, 32)])
    def test_a_picture_is_the_one_that_artgan_makes_of_the_seed(self, browser, hung, make_model, shape):
        model = make_model(shape=shape)
        page = hung(model)
        for seed in (7, 2**40 + 1):
            started(browser, page, f"#seed={seed}")
            work = read_work(downloaded(browser, f"seed-{seed:08d}.png"), model.modality)
            apart = np.abs(work.sample.astype(int) - model.render([seed])[0].astype(int))
            assert apart.max() <= 1
            assert np.count_nonzero(apart) <= 0.001 * apart.size
        assert browser.complaints() == []

    def test_a_picture_is_of_the_class_that_is_chosen_or_of_its_seed(self, browser, hung, make_model):
        like = make_model(shape=(1, 16, 16))
        spec = replace(like.spec, classes=("hats", "<b>shoes</b>", "bags"))
        generator = ByClass(latent=8, width=2)
        torch.manual_seed(1)
        weights = {name: tensor.half() for name, tensor in generator.build(spec).state_dict().items()}
        model = replace(like, generator=generator, spec=spec, weights=weights)
        page = hung(model)
        for fragment, label in (("#seed=7", 1), ("#seed=8", 2), ("#seed=8&class=0", 0)):
            started(browser, page, fragment)
            seed = int(fragment[6])
            work = read_work(downloaded(browser, f"seed-0000000{seed}.png"), model.modality)
            assert work.record["label"] == label
            assert np.abs(work.sample.astype(int) - model.render([seed], label=label)[0].astype(int)).max() <= 1

    def test_a_download_carries_a_record_that_makes_it_again(self, browser, hung, model):
        started(browser, hung(model), "#seed=7&psi=0.8")
        work = read_work(downloaded(browser, "seed-00000007-psi-0.8.png"), model.modality)
        assert (work.record["seed"], work.record["truncation"]) == (7, 0.8)
        assert work.record["pixels"] == hashlib.sha256(np.ascontiguousarray(work.sample).tobytes()).hexdigest()
        assert remake(work, model).sample.shape == work.sample.shape
        assert b"trainedAlgorithmicMedia" in work.path.read_bytes()

    def test_sliders_move_a_picture_along_directions_and_its_record_makes_it_again(self, browser, hung, model):
        found = Direction((0.6, 0.8, *[0.0] * 6), 2.0, "weight"), Direction((0.8, -0.6, *[0.0] * 6), 1.0)
        directed = replace(model, directions=found)
        started(browser, hung(directed), "#seed=7&psi=0.8&move=weight:2.5&move=2:-1")
        work = read_work(downloaded(browser, "seed-00000007-psi-0.8-weight-2.5-direction-2--1.0.png"), model.modality)
        moves = move_along(found, "weight", 2.5), move_along(found, "2", -1)
        assert work.origin.moves == moves
        expected = model.make(model.origin(7, truncation=0.8, moves=moves))
        assert np.abs(work.sample.astype(int) - expected.astype(int)).max() <= 1
        assert np.array_equal(remake(work, model).sample, expected)

        # A slider that is dragged is followed, and stands in the link when it rests.
        slide = "const [slider] = document.getElementsByName('move-1'); slider.value = arguments[0];"
        browser.run(f"{slide} slider.dispatchEvent(new Event('input', {{ bubbles: true }}))", -3)
        assert browser.run("return document.querySelector('#live .moves output').textContent") == "-3.00"
        browser.run(f"{slide} slider.dispatchEvent(new Event('change', {{ bubbles: true }}))", -3)
        browser.until(lambda: browser.run("return location.hash") == "#seed=7&psi=0.8&move=weight%3A-3&move=2%3A-1")
        browser.press("middle")
        browser.until(lambda: browser.run("return location.hash") == "#seed=7&psi=0.8")
        work = read_work(downloaded(browser, "seed-00000007-psi-0.8.png"), model.modality)
        assert "moves" not in {name for name, value in work.record.items() if value}
        assert browser.complaints() == []

    def test_layers_take_other_styles_and_the_record_makes_the_picture_again(self, browser, hung, model):
        found = Direction((0.6, 0.8, 0.0, 0.0), 2.0, "weight"), Direction((0.0, 0.0, 1.0, 0.0), 1.0, "middle-1", (3, 4))
        torch.manual_seed(0)
        weights = {name: tensor.half() for name, tensor in Styled().build(model.spec).state_dict().items()}
        styled = replace(model, generator=Styled(), weights=weights, directions=found)
        moves = move_along(found, "weight", 2.5), move_along(found, "2", -1)
        started(browser, hung(styled), "#seed=7&psi=0.8&mix=8&layers=fine&move=weight:2.5&move=middle-1:-1")
        name = "seed-00000007-psi-0.8-weight-2.5-middle-1--1.0-mix-8-layers-5-6.png"
        work = read_work(downloaded(browser, name), styled.modality)
        origin = styled.origin(7, truncation=0.8, moves=moves, mixes=(Mix(8, (5, 6)),))
        assert work.origin == origin
        assert work.path.stem == origin.stem({})
        expected = styled.make(origin)
        assert np.abs(work.sample.astype(int) - expected.astype(int)).max() <= 1
        assert np.array_equal(remake(work, styled).sample, expected)

        # A seed that is none is told; without one all layers take the work's own style.
        browser.run("document.querySelector('#live [name=mix]').value = arguments[0]", "x")
        browser.press("next")
        browser.until(lambda: "a seed is a whole number" in browser.text("#live [role=status]"))
        browser.run("document.querySelector('#live [name=mix]').value = ''")
        work = read_work(downloaded(browser, "seed-00000008-psi-0.8-weight-2.5-middle-1--1.0.png"), styled.modality)
        assert work.origin.mixes == ()
        assert "layers" not in browser.run("return location.hash")
        assert browser.complaints() == []

    @pytest.mark.parametrize(
        ("network", "sampling"), [("text_model", {}), ("text_model", {"top_k": 5}), ("transformer_model", {})]
    )
    def test_a_text_is_the_one_that_artgan_makes_of_the_seed(self, request, browser, hung, network, sampling):
        model = request.getfixturevalue(network).with_sampling(sampling)
        page = hung(model)
        started(browser, page)
        for seed in range(100, 112):
            browser.run("location.hash = `#seed=${arguments[0]}`", seed)
            shown(browser, seed)
            (expected,) = model.modality.to_text(model.render([seed]))
            assert browser.text("#live .stage") == expected

    def test_subwords_are_put_together_as_artgan_does_it_whatever_bytes_are_drawn(self, browser, hung, subword_model):
        started(browser, hung(subword_model))
        texts = []
        for seed in range(100, 112):
            browser.run("location.hash = `#seed=${arguments[0]}`", seed)
            shown(browser, seed)
            texts += subword_model.modality.to_text(subword_model.render([seed]))
            assert browser.text("#live .stage") == texts[-1]
        assert {"\N{REPLACEMENT CHARACTER}", "é", "👑"} <= set("".join(texts))

    @pytest.mark.parametrize(
        ("art", "prompt"),
        [
            ("text_model", "once upon"),
            ("text_model", "東 a"),
            ("subword_model", "abcd"),  # a part of a subword
            ("subword_model", "é\N{LOWER ONE EIGHTH BLOCK}ab"),  # by bytes, by itself
            ("word_model", "(grey) don't  3.5 \u0915\u093f!"),
        ],
    )
    def test_a_text_begins_with_the_words_that_are_typed_as_artgan_makes_it(self, browser, hung, request, art, prompt):
        model = request.getfixturevalue(art)
        started(browser, hung(model), f"#seed=100&temperature=0.9&prompt={quote(prompt)}")
        held = model.with_sampling({"temperature": 0.9, "prompt": prompt})
        for seed in range(100, 104):
            browser.run("document.querySelector('#live [name=seed]').value = arguments[0]", seed - 1)
            browser.press("next")
            shown(browser, seed)
            assert browser.text("#live .stage") == held.modality.to_text(held.render([seed]))[0]
            assert f"&prompt={quote_plus(prompt)}" in browser.driver.current_url

        # Its record makes it again.
        stem = f"seed-00000103-prompt-{hashlib.sha256(prompt.encode()).hexdigest()[:8] if prompt != 'abcd' else prompt}"
        path = downloaded(browser, f"{stem}.txt")
        browser.downloaded(f"{stem}.json")
        work = read_work(path, model.modality)
        assert np.array_equal(remake(work, model).sample, work.sample)
        assert browser.complaints() == []

    @pytest.mark.parametrize(
        ("art", "prompts"),
        [
            ("text_model", {"a Q": "has “Q”, which this model cannot write: leave it out", 41 * "a": TOO_LONG}),
            ("subword_model", {"é👀": "nothing can be written that is all that is asked for", 41 * "A": TOO_LONG}),
        ],
    )
    def test_a_prompt_that_cannot_be_written_is_told(self, browser, hung, request, art, prompts):
        started(browser, hung(request.getfixturevalue(art)))
        for prompt, told in prompts.items():
            browser.run("document.querySelector('#live [name=prompt]').value = arguments[0]", prompt)
            browser.press("next")
            browser.until(lambda told=told: told in browser.text("#live [role=status]"))
        browser.run("document.querySelector('#live [name=prompt]').value = ''")
        browser.press("next")
        shown(browser, 10)

    def test_a_temperature_makes_texts_likelier(self, browser, hung, text_model):
        started(browser, hung(text_model), "#seed=3&temperature=0")
        likeliest = text_model.with_sampling({"temperature": 0.0})
        assert browser.text("#live .stage") == likeliest.modality.to_text(likeliest.render([3]))[0]

    def test_nothing_is_asked_for_but_what_lies_in_the_gallery_and_the_runtime_only_on_first_use(
        self, browser, hung, model
    ):
        page = hung(model)
        browser.requests()
        browser.open(page)
        before = browser.requests()
        assert not any("runtime.js" in address for address in before)
        browser.press("make")
        shown(browser, 3)
        root = page.parent.parent.as_uri()
        for address in before + browser.requests():
            assert address.startswith((root, "about:", "data:", "blob:")), address
        assert browser.complaints() == []

    def test_it_works_over_http_as_well(self, browser, hung, model):
        folder = hung(model).parent.parent
        handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            started(browser, f"http://127.0.0.1:{server.server_port}/brush/index.html")
            server.shutdown()
        assert [words for words in browser.complaints() if "favicon" not in words] == []

    def test_the_arrow_keys_step_through_the_seeds(self, browser, hung, model):
        from selenium.webdriver.common.by import By
        from selenium.webdriver.common.keys import Keys

        started(browser, hung(model))
        stage = browser.driver.find_element(By.CSS_SELECTOR, ".stage")
        stage.send_keys(Keys.ARROW_RIGHT)
        shown(browser, 8)
        stage.send_keys(Keys.ARROW_LEFT)
        shown(browser, 7)

    def test_the_arrow_keys_turn_from_work_to_work(self, browser, hung, model):
        from selenium.webdriver.common.by import By
        from selenium.webdriver.common.keys import Keys

        page = hung(model)
        browser.open(page.parent / "works/seed-00000000.html")
        for key, seed in ((Keys.ARROW_RIGHT, 1), (Keys.ARROW_RIGHT, 2), (Keys.ARROW_LEFT, 1)):
            browser.driver.find_element(By.TAG_NAME, "body").send_keys(key)
            browser.until(lambda seed=seed: browser.driver.current_url.endswith(f"seed-0000000{seed}.html"))
        assert browser.complaints() == []

    def test_the_arrow_keys_scroll_a_command_that_has_the_focus(self, browser, hung, model):
        from selenium.webdriver.common.by import By
        from selenium.webdriver.common.keys import Keys

        page = hung(model).parent / "works/seed-00000000.html"
        browser.open(page)
        browser.driver.find_element(By.TAG_NAME, "pre").send_keys(Keys.ARROW_RIGHT)
        assert browser.driver.current_url.endswith(page.name)

    def test_only_the_last_of_several_wishes_is_shown(self, browser, hung, text_model):
        started(browser, hung(text_model))
        browser.run("for (let i = 0; i < 5; i++) document.querySelector('#live [data-do=next]').click()")
        shown(browser, 12)
        assert browser.text("#live .stage") == text_model.modality.to_text(text_model.render([12]))[0]
        assert "seed=12&" in browser.driver.current_url

    def test_the_link_keeps_seed_settings_and_favourites(self, browser, hung, model):
        page = hung(model)
        started(browser, page, "#seed=7&psi=0.6&favourites=3,8")
        browser.press("keep")
        browser.until(lambda: "favourites=3%2C8%2C7" in browser.driver.current_url)
        started(browser, page, "#" + browser.driver.current_url.partition("#")[2])
        kept = browser.run(
            "return [...document.querySelectorAll('.favourites button:not(.away)')].map(b => b.textContent)"
        )
        assert kept == ["3", "8", "7"]
        assert "psi=0.6" in browser.driver.current_url

    def test_a_walk_between_favourites_moves_until_it_is_stopped(self, browser, hung, model):
        started(browser, hung(model), "#seed=7&favourites=3,8")
        drawn = "return document.querySelector('#live canvas').toDataURL()"
        browser.press("walk")
        browser.until(lambda: browser.text("#live [role=status]").startswith("Walking"))
        first = browser.run(drawn)
        browser.until(lambda: browser.run(drawn) != first)
        browser.press("walk")
        browser.until(lambda: browser.text("#live [data-do=walk]") == "Walk between favourites")

    @pytest.mark.parametrize("last", [8, 3])
    def test_a_walk_follows_the_great_arc_that_artgan_walks(self, browser, hung, model, last):
        browser.open(hung(model))
        start, end = (latents(seed, 16).astype(float) for seed in (3, last))
        for share in (0, 0.3, 1):
            drawn = browser.run("return between(...arguments)", start.tolist(), end.tolist(), share)
            assert np.allclose(drawn, slerp(start, end, share), rtol=0, atol=1e-12)

    @pytest.mark.parametrize("fragment", ["#seed=18446744073709551616", "#seed=<b>", "#seed=1e5", "#seed=-1"])
    def test_a_link_with_a_seed_out_of_range_changes_nothing(self, browser, hung, model, fragment):
        browser.open(hung(model), fragment=fragment)
        assert browser.run("return document.querySelector('#live [name=seed]').value") == "3"

    @pytest.mark.parametrize("seed", ["-1", "x", "18446744073709551616"])
    def test_a_seed_out_of_range_is_told(self, browser, hung, model, seed):
        started(browser, hung(model))
        browser.run("document.querySelector('#live [name=seed]').value = arguments[0]", seed)
        browser.press("next")
        browser.until(lambda: "a seed is a whole number" in browser.text("#live [role=status]"))

    @pytest.mark.parametrize("dark", [False, True])
    def test_pages_have_no_violation_of_accessibility(self, browser, hung, model, dark):
        page = hung(model)
        for shown_page in (page, page.parent.parent / "index.html", *sorted(page.parent.glob("works/*.html"))[:1]):
            for width in (360, 1160):
                browser.open(shown_page, width, dark=dark)
                assert browser.violations() == []
        started(browser, page, "#seed=7&favourites=3,8")
        assert browser.violations() == []

    @pytest.mark.parametrize("width", [320, 360, 1160])
    def test_nothing_is_wider_than_the_window_and_buttons_are_large_enough(self, browser, hung, model, width):
        browser.open(hung(model), width)
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
        small = browser.run(
            "return [...document.querySelectorAll('button, input, select, summary')].filter(e => e.offsetHeight && "
            "(e.offsetHeight < 24 || e.offsetWidth < 24)).map(e => e.outerHTML)"
        )
        assert small == []


@dataclass(frozen=True)
class ByClass(CnnGenerator):
    """A generator of pictures of the class asked for."""

    name = "by-class"

    def makes_classes(self):
        return True

    def build(self, spec):
        return ByClassNetwork(super().build(replace(spec, classes=())), len(spec.classes), self.latent)


class ByClassNetwork(nn.Module):
    def __init__(self, network, classes, latent):
        super().__init__()
        self.network, self.embedding = network, nn.Embedding(classes, latent)

    def forward(self, latents, labels):
        return self.network(latents + 3 * self.embedding(labels).to(latents.dtype))


@dataclass(frozen=True)
class Odd(CnnGenerator):
    """A generator whose network does something that a page cannot."""

    name = "odd"
    what: str = option("draws", "what its network does", choices=("draws", "decides"))

    def build(self, spec):
        return OddNetwork(super().build(spec), self.what)


class OddNetwork(nn.Module):
    def __init__(self, network, what):
        super().__init__()
        self.network, self.what = network, what

    def forward(self, latents, labels):
        made = self.network(latents, labels)
        if self.what == "draws":
            return made + 0.1 * torch.randn_like(made)
        return made if float(latents.sum()) > 0 else made.flip(3)


@pytest.mark.slow
def test_only_the_page_with_the_generator_may_run_compiled_code(hung, model):
    page = hung(model)
    assert "wasm-unsafe-eval" in page.read_text(encoding="utf-8")
    for other in (page.parent.parent / "index.html", *page.parent.glob("works/*.html")):
        assert "unsafe" not in other.read_text(encoding="utf-8")


@pytest.mark.slow
class TestBuildingAgain:
    @pytest.fixture
    def registered(self, registry, make_model, hung):
        page = hung(make_model())
        return page, lambda: rebuild(page.parent.parent, registry)

    def test_lets_a_generator_run_that_could_not(self, registered, monkeypatch):
        page, build = registered
        record = page.parent / "run.json"
        record.write_text(json.dumps(json.loads(record.read_text()) | {"still": "old"}))
        (page.parent / "live.js").unlink()
        assert build() == Rebuilt((), ())
        assert still(page) == ""
        assert (page.parent / "live.js").is_file()

    def test_leaves_no_script_of_a_stranger_in_a_page(self, registered):
        page, build = registered
        own, expected = (page.parent / "live.js").read_bytes(), told(page)
        runtime = page.parent.parent / "assets/runtime.js"
        size = runtime.stat().st_size
        for script in (b"alert(1)", b"window.artganModel={};alert(1);\n", own + b"alert(1);\n"):
            (page.parent / "live.js").write_bytes(script)
            runtime.write_bytes(b"x" * size)
            build()
            assert told(page) == expected
            assert runtime.read_bytes() == live.RUNTIME.read_bytes()

    def test_writes_the_pages_of_a_run_whose_generator_cannot_be_loaded(self, registered):
        page, build = registered
        (page.parent / "live.js").unlink()
        (page.parent / "model.safetensors").write_bytes(b"damaged")
        page.unlink()
        assert build() == Rebuilt((), ())
        assert "could not be loaded" in page.read_text(encoding="utf-8")


@pytest.mark.slow
class TestWhereAModelCannotBeLive:
    def odd(self, model, what):
        weights = {f"network.{name}": tensor for name, tensor in model.weights.items()}
        return replace(model, generator=Odd(latent=8, width=2, what=what), weights=weights)

    def test_a_network_that_draws_random_numbers_is_told(self, hung, model):
        page = hung(self.odd(model, "draws"))
        assert "other works" in still(page) or "cannot be" in still(page)
        assert not (page.parent / "live.js").exists()
        assert "New works cannot be made in this page" in page.read_text(encoding="utf-8")

    def test_a_network_that_decides_by_its_input_is_told(self, hung, model):
        assert "cannot be exported" in still(hung(self.odd(model, "decides")))

    def test_a_missing_extra_is_told(self, hung, model, monkeypatch):
        monkeypatch.setitem(sys.modules, "onnx", None)
        assert "artgan[live]" in still(hung(model))

    def test_words_to_begin_with_that_pages_cannot_keep_to_are_told(self, hung, text_model):
        begins = replace(text_model, generator=replace(text_model.generator, prompt="a"))
        assert "held to a constraint" in still(hung(begins))

    def test_a_generator_too_large_for_a_page_is_told(self, hung, model, monkeypatch):
        monkeypatch.setattr(live, "LARGEST", 1000)
        assert "too large" in still(hung(model))

    def test_a_run_that_is_hung_again_without_it_has_none(self, hung, model, monkeypatch):
        page = hung(model)
        assert (page.parent / "live.js").exists()
        monkeypatch.setenv("ARTGAN_LIVE", "0")
        assert "live.js" not in hung(model).read_text(encoding="utf-8")


@pytest.mark.slow
def test_weights_stay_in_half_precision(hung, model):
    from onnx import TensorProto, load_from_string

    exported = load_from_string(gzip.decompress(base64.b64decode(told(hung(model))["onnx"])))
    kinds = {weights.name.removesuffix(".half"): weights.data_type for weights in exported.graph.initializer}
    own = {kind for name, kind in kinds.items() if name.removeprefix("network.") in model.weights}
    assert own == {TensorProto.FLOAT16}
