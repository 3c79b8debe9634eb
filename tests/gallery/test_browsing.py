"""What a visitor can do with the pages besides looking, in a real browser from a folder."""

from dataclasses import dataclass

import pytest
import torch
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from support.browser import AVAILABLE

from artgan.artworks.model import Model
from artgan.artworks.provenance import Provenance
from artgan.builtin.generator import RnnGenerator
from artgan.builtin.modality.text import TextModality
from artgan.gallery.build import RunRecord, hang
from artgan.gallery.front_page import build_index
from artgan.gallery.pages import Judged, add_judgement
from artgan.interfaces import Generator, Modality, Spec, option
from artgan.plugins.loader import in_files, load
from artgan.plugins.scaffold import plan

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not AVAILABLE, reason="no Chromium with its driver on this machine")]

PROVENANCE = Provenance("verse", "Verse", "CC0 1.0", "nowhere", "f" * 64, {"artgan": "0.1.0"}, 1, 1)
NAMES = ("ink", "brush", "hinge & <b>")


@pytest.fixture
def index(model, tmp_path, registry):
    gallery = tmp_path / "gallery"
    for name in NAMES:
        record = RunRecord(name, title=f"Data of {name}", command="artgan run", device="CPU", parameters={}, log=[])
        hang(record, model, gallery=gallery, snapshots={}, seeds=range(4))
    model.modality.write_sheet(tmp_path / "pairs.png", model.render(range(4)), columns=2)
    judged = Judged("varied", [["detail", *["1.000 ± 0.100"] * 6]], [*"abcdef"])
    (tmp_path / "plot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 480"/>')
    shown = {"nearest": tmp_path / "pairs.png", "plot": tmp_path / "plot.svg"}
    add_judgement(gallery / "ink", judged, model.modality, **shown)
    build_index(gallery, registry)
    return gallery / "index.html"


def shown(browser):
    return browser.run(
        "return [...document.querySelectorAll('.runs > li')].filter((item) => item.offsetParent)"
        ".map((item) => item.querySelector('h2').textContent)"
    )


def choose(browser, name):
    browser.driver.find_element(By.CSS_SELECTOR, f"[aria-label='Compare {name}']").click()


def test_runs_are_found_by_their_words(browser, index):
    browser.open(index)
    assert len(shown(browser)) == 3
    browser.driver.find_element(By.CSS_SELECTOR, ".tools input").send_keys("data INK")
    assert shown(browser) == ["Data of ink"]
    assert browser.text(".tools output") == "1 of 3 runs"
    assert browser.complaints() == []


def test_chosen_runs_stand_side_by_side_and_the_link_keeps_them(browser, index):
    browser.open(index)
    choose(browser, "ink")
    button = browser.driver.find_element(By.CSS_SELECTOR, ".tools button")
    assert not button.is_enabled()
    choose(browser, NAMES[2])
    button.click()
    both = ["Data of hinge & <b>", "Data of ink"]
    assert sorted(shown(browser)) == both
    lefts = browser.run(
        "return [...document.querySelectorAll('.runs > li:not([hidden])')].map((item) => item.offsetLeft)"
    )
    assert len(set(lefts)) == 2
    link = browser.driver.current_url
    browser.open(link)
    assert sorted(shown(browser)) == both
    browser.driver.find_element(By.CSS_SELECTOR, ".tools button").click()
    assert len(shown(browser)) == 3
    assert browser.complaints() == []


def test_one_that_is_no_longer_chosen_leaves(browser, index):
    browser.open(index, fragment="#beside=ink/brush")
    assert len(shown(browser)) == 2
    choose(browser, "ink")
    assert len(shown(browser)) == 3


@pytest.mark.parametrize(
    "fragment", ["#beside=nobody/%2e%2e", "#find=%", "#beside=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"]
)
def test_a_link_from_anybody_does_no_harm(browser, index, fragment):
    browser.open(index, fragment=fragment)
    assert len(shown(browser)) in (0, 3)
    assert browser.complaints() == []


RATIO_OFF_BY = """
return [...document.querySelectorAll(".works img, .large img, .moving img")].filter((image) => image.complete).map(
  (image) => Math.abs(image.clientWidth / image.clientHeight / (image.naturalWidth / image.naturalHeight) - 1))
"""


@pytest.mark.parametrize("width", [360, 1160])
@pytest.mark.parametrize("shape", [(3, 16, 40), (1, 80, 48)])
def test_works_keep_their_proportions(browser, make_model, tmp_path, registry, width, shape):
    record = RunRecord("odd", title="Odd", command="artgan run", device="CPU", parameters={}, log=[])
    page = hang(record, make_model(shape=shape), gallery=tmp_path, snapshots={}, seeds=range(3))
    build_index(tmp_path, registry)
    for shown_on in (page, page.parent / "works/seed-00000001.html"):
        browser.open(shown_on, width)
        off = browser.until(lambda: browser.run(RATIO_OFF_BY))
        assert max(off) < 0.03
    assert browser.complaints() == []


OVERLAPS = """
const boxes = [...document.querySelectorAll(".works .text")].map((text) => text.getBoundingClientRect());
return boxes.filter((one) => boxes.some((two) =>
  one !== two && one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom)).length
"""


@pytest.mark.parametrize("width", [360, 1160])
@pytest.mark.parametrize("lines", [2, 4])
def test_poems_from_top_to_bottom_keep_clear_of_each_other(browser, tmp_path, registry, width, lines):
    tokens = tuple("山水花月風雲江天")
    presentation = {"tokeniser": "line-of-5", "lang": "zh-Hant", "writing": "vertical"}
    spec = Spec("text", (5 * lines, len(tokens)), (), len(tokens), tokens, presentation)
    generator = RnnGenerator(latent=4, width=8, embedding=4)
    model = Model.from_state(
        generator.build(spec).state_dict(),
        recipe='[generator]\nname = "rnn"\nlatent = 4\nwidth = 8\nembedding = 4\n',
        generator=generator,
        modality=TextModality().with_spec(spec),
        spec=spec,
        step=1,
        provenance=PROVENANCE,
    )
    record = RunRecord("verse", title="Verse", command="artgan run", device="CPU", parameters={}, log=[])
    page = hang(record, model, gallery=tmp_path, snapshots={}, seeds=range(12))
    build_index(tmp_path, registry)
    browser.open(page, width)
    assert browser.run("return document.querySelectorAll('.works .text.vertical').length") == 12
    assert browser.run(OVERLAPS) == 0


def test_the_walk_stands_still_until_it_is_played(browser, index):
    browser.open(index.parent / "ink/index.html")
    source = "return document.querySelector('.moving img').src"
    assert browser.run(source).endswith("seed-00000000.png")
    button = browser.driver.find_element(By.CSS_SELECTOR, ".moving button")
    button.send_keys(Keys.ENTER)
    assert browser.run(source).endswith("walk.webp")
    browser.until(
        lambda: browser.run("const i = document.querySelector('.moving img'); return i.complete && i.naturalWidth")
    )
    assert button.text == "Stop"
    button.send_keys(Keys.SPACE)
    assert browser.run(source).endswith("seed-00000000.png")
    assert browser.complaints() == []


def test_the_first_key_offers_to_skip_to_the_works(browser, index):
    browser.open(index.parent / "ink/index.html")
    browser.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert browser.run("return document.activeElement.className") == "skip"
    assert browser.run("return document.activeElement.getBoundingClientRect().top") >= 0
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.run("return document.activeElement.closest('.works') !== null")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1160])
def test_no_page_has_a_violation_of_accessibility(browser, index, width, dark):
    for page, fragment in ((index, ""), (index, "#beside=ink/brush"), (index.parent / "ink/index.html", "")):
        browser.open(page, width, dark=dark, fragment=fragment)
        assert browser.complaints() == []


def test_at_four_hundred_per_cent_nothing_is_wider_than_the_window(browser, index):
    for page in (index, index.parent / "ink/index.html", index.parent / "ink/works/seed-00000001.html"):
        browser.open(page, 1280)
        browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", ZOOMED)
        try:
            assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
            assert browser.run("return innerWidth") == 320
        finally:
            browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


ZOOMED = {"width": 320, "height": 256, "deviceScaleFactor": 4, "mobile": False}
"""A window of 1,280 x 1,024 at 400 %."""


def test_on_paper_there_are_works_and_no_controls(browser, index):
    browser.open(index.parent / "ink/index.html")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        seen = "return [...document.querySelectorAll(arguments[0])].filter((found) => found.offsetParent).length"
        assert browser.run(seen, ".works li") == 4
        assert browser.run(seen, "button, input, nav, summary, .skip") == 0
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@dataclass(frozen=True)
class Curves(Generator):
    """Makes samples of any shape by one linear layer."""

    name = "curves"
    latent: int = option(4, "numbers", min=1, max=64)

    def build(self, spec):
        layer = torch.nn.Linear(self.latent, spec.shape[-1])

        class Network(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = layer

            def forward(self, latents, labels=None):
                return self.layer(latents).tanh()[:, None]

        return Network()


def test_sounds_of_a_new_modality_can_be_played(browser, tmp_path):
    source = plan("sounds", ["modality"]).write(tmp_path)
    registry = load(in_files([str(source / "artgan_sounds")])).registry
    spec, generator = Spec("sounds", (1, 4000)), Curves()
    model = Model.from_state(
        generator.build(spec).state_dict(),
        recipe='[generator]\nname = "curves"\n',
        generator=generator,
        modality=registry.get(Modality, "sounds").configure({}),
        spec=spec,
        step=1,
        provenance=PROVENANCE,
    )
    record = RunRecord("sounds", title="Sounds", command="artgan run", device="CPU", parameters={}, log=[])
    page = hang(record, model, gallery=tmp_path / "gallery", snapshots={}, seeds=range(2))
    build_index(tmp_path / "gallery", registry)
    for shown in (page, page.parent / "works/seed-00000001.html"):
        browser.open(shown)
        browser.run("for (const audio of document.querySelectorAll('audio')) audio.load()")
        browser.until(lambda: browser.run("return document.querySelector('audio').readyState") > 0)
        assert browser.complaints() == []
        assert browser.run("return document.querySelector('audio').duration") == 0.5
