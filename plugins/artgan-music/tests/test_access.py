"""Pages of tunes by keyboard, and for whoever has them read aloud or sees little."""

from __future__ import annotations

import pytest

browsers = pytest.importorskip("support.browser", reason="not beside artgan's own tests, or without selenium")
pytest.importorskip("selenium_axe_python", reason="axe-core is not installed")
pytest.importorskip("onnxscript", reason="artgan[live] is not installed")
pytestmark = pytest.mark.skipif(not browsers.AVAILABLE, reason="Chromium and its driver are not installed")

DRAWN = "return document.querySelectorAll('.desk .score .abcjs-note').length"
LIT = ".score .abcjs-note[fill]:not([fill=currentColor])"
FOCUSED = """
const { activeElement: at } = document;
const seen = getComputedStyle(at);
const name = at.labels?.length ? at.labels[0].firstChild.textContent : at.textContent;
return [name.trim(), seen.outlineStyle === "solid" && parseFloat(seen.outlineWidth) >= 2];
"""
CONTRAST = """
const light = (colour) => {
  const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255);
  const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
};
const ground = light(getComputedStyle(document.body).backgroundColor);
return [...document.querySelectorAll(arguments[0])].map((mark) => {
  const ink = light(getComputedStyle(mark).fill);
  return Math.max(ink, ground) / Math.min(ink, ground);
});
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = browsers.Browser(tmp_path_factory.mktemp("downloads"))
    yield opened
    opened.close()


@pytest.fixture
def work(trained, browser):
    """A work's page, opened and drawn."""
    page = sorted((trained.folder / "gallery/first/works").glob("*.html"))[1]
    browser.open(page)
    browser.until(lambda: browser.run(DRAWN))
    return page


def keys(browser, *names):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    ActionChains(browser.driver).send_keys(*(getattr(Keys, name) for name in names)).perform()


def test_every_control_of_a_work_is_reached_by_tab_named_and_seen_to_have_the_focus(work, browser):
    browser.run("document.querySelector('.desk button').focus()")
    keys(browser, "TAB")
    found = [browser.run(FOCUSED)]
    for _ in range(3):
        keys(browser, "TAB")
        found.append(browser.run(FOCUSED))
    assert found == [["Save as WAV", True], ["Instrument", True], ["Tempo", True], ["Key", True]]


def test_arrow_keys_move_the_tempo_and_do_not_turn_the_page(work, browser):
    browser.run("document.querySelector('[name=tempo]').focus()")
    before = int(browser.run("return document.querySelector('[name=tempo]').value"))
    keys(browser, "ARROW_RIGHT")
    assert browser.run("return location.href") == work.as_uri()
    told = browser.run("return document.querySelector('[name=tempo]').getAttribute('aria-valuetext')")
    assert told == browser.text(".desk output") == f"{before + 2} beats a minute"


def test_scores_that_hang_together_are_wide_enough_to_be_read(trained, browser):
    browser.open(trained.folder / "gallery/first/index.html")
    wide = "return [...document.querySelectorAll('.works .work img')].map((score) => score.clientWidth)"
    assert min(browser.run(wide)) >= 250


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_wrong_and_notes_stand_out_from_their_ground(trained, work, browser, dark):
    browser.open(work, dark=dark)
    browser.until(lambda: browser.run(DRAWN))
    assert browser.violations() == []
    browser.driver.find_element("css selector", ".desk button").click()  # a browser plays nothing without a hand
    browser.until(lambda: browser.run(f"return document.querySelector('{LIT}')"))
    assert min(browser.run(CONTRAST, f"{LIT}, .desk .score .abcjs-note path")) >= 4.5
    browser.run("document.querySelector('.desk button').click()")

    browser.open(trained.folder / "gallery/first/index.html", dark=dark, fragment="#seed=5")
    browser.until(lambda: browser.run(DRAWN))
    assert browser.violations() == []
