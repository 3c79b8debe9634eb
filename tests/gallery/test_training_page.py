"""A run's page while it trains: what it tells at each moment, and how one that is open refreshes itself."""

import re
import shutil
import signal
from dataclasses import replace

import pytest
from selenium.webdriver.common.by import By
from support.browser import AVAILABLE
from support.recorder import Recorder
from support.training_pages import advance

from artgan.api import Budget, ResumeRequest, RunRequest, resume, run
from artgan.errors import ArtganError
from artgan.gallery import page_observer
from artgan.gallery.training_page import training_runs
from artgan.interfaces import Observer


@pytest.fixture(autouse=True, scope="module")
def _at_once():
    """Pages are written anew whenever there is something new: runs here take less than a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_observer, "SECONDS_BETWEEN", 0.0)
        patch.setattr(page_observer, "LARGEST_SHARE", 1e9)
        yield


def request(pictures, out, **changed):
    asked = RunRequest(
        source=pictures,
        generator="cnn:width=2,latent=4",
        discriminator="cnn:width=2",
        loss="hinge",
        batch=8,
        budget=Budget(steps=8),
        settings={"training": {"log_every": 2, "snapshots": 2, "checkpoint_every": 4}},
        name="bars",
        out=out,
        device="cpu",
        command="artgan run /home/somebody/bars.npy",
    )
    return replace(asked, **changed)


@pytest.fixture
def asked(pictures, tmp_path):
    return request(pictures, tmp_path)


class Visitor(Observer):
    """Looks at the page at the beginning and at each tick."""

    def __init__(self, page, look=None):
        self.page, self.look, self.seen = page, look or self.read, []

    def run_started(self, run):
        if run.snapshot:
            self.seen.append(self.look())

    def run_snapshot_taken(self, run, snapshot):
        if not self.seen:
            self.seen.append(self.look())

    def read(self):
        return re.sub(r"<[^>]*>", "", self.page.read_text(encoding="utf-8"))

    def run_ticked(self, run, tick):
        self.seen.append(self.look())


class Stopper(Observer):
    """Does something at a step."""

    def __init__(self, step, act):
        self.step, self.act = step, act

    def run_ticked(self, run, tick):
        if tick.step == self.step:
            self.act()


def interrupt():
    signal.raise_signal(signal.SIGINT)


def fail():
    raise ArtganError("the ink at /home/somebody/ink is dry")


@pytest.fixture(scope="module")
def watched(pictures, plugins, tmp_path_factory, _at_once):
    """The gallery of a run that came to its end, and what its page and the front page told at each tick."""
    out = tmp_path_factory.mktemp("watched")
    visitor = Visitor(out / "gallery/bars/index.html")
    lists = Visitor(out, lambda: training_runs(out / "gallery"))
    run(request(pictures, out, evaluate_every=4), plugins=plugins, observers=[visitor, lists])
    return out / "gallery", visitor.seen, lists.seen


def test_the_page_hangs_from_the_first_snapshot_on_and_tells_how_far_the_run_is(watched):
    first, second, _, last, _ = watched[1]
    assert "It begins to learn" in first
    assert "Step0 of 8" in first
    assert re.search("It learns: 20 % of the way, .* left", second)
    for told in (
        "Step6 of 8",
        "Time left",
        "Speed",
        "Real samples seen48",
        "after 2 steps",
        "Fréchet distance",
        "Best",
    ):
        assert told in last
    assert "learns fastest" in first  # what was chosen, and why
    assert "artgan run …/bars.npy" in first
    assert "somebody" not in last


def test_in_the_end_the_works_hang_there_and_an_open_page_is_told(watched):
    gallery, *_ = watched
    assert 'class="works' in (gallery / "bars/index.html").read_text(encoding="utf-8")
    assert (gallery / "bars/progress.js").read_text() == 'artganProgress({"state": "hung", "title": "bars"});\n'
    assert training_runs(gallery) == []


def test_the_front_page_lists_runs_that_are_still_learning(watched):
    assert watched[2][0] == [("bars", "bars/index.html", "bars")]


@pytest.mark.parametrize(
    ("act", "told"),
    [(interrupt, "It was stopped at step 4, and is saved"), (fail, "It failed: the ink at …/ink is dry")],
)
def test_a_run_that_does_not_come_to_its_end_says_so_and_how_it_goes_on(asked, plugins, tmp_path, act, told):
    try:
        run(asked, plugins=plugins, observers=[Stopper(4, act)])
    except ArtganError:
        assert act is fail
    page = (tmp_path / "gallery/bars/index.html").read_text(encoding="utf-8")
    assert told in page
    assert "artgan run --resume" in page
    assert [name for name, _, _ in training_runs(tmp_path / "gallery")] == ["bars"]


@pytest.mark.slow
def test_one_that_was_stopped_goes_on_on_the_same_page_with_all_it_told_before(asked, plugins, tmp_path):
    run(asked, plugins=plugins, observers=[Stopper(6, interrupt)])
    visitor = Visitor(tmp_path / "gallery/bars/index.html")
    resume(ResumeRequest(run="bars", out=tmp_path, device="cpu"), plugins=plugins, observers=[visitor])
    for told in ("It begins to learn", "Step6 of 8", "after 2 steps", "learns fastest", "The two players"):
        assert told in visitor.seen[0]


@pytest.mark.slow
def test_works_that_hang_already_stay_to_be_seen_while_their_run_goes_on(asked, plugins, tmp_path):
    run(asked, plugins=plugins)
    hung = tmp_path / "gallery/bars/index.html"
    before = hung.read_text(encoding="utf-8")
    beside = tmp_path / "gallery/bars/training.html"
    visitor = Visitor(hung, lambda: (hung.read_text(encoding="utf-8") == before, beside.exists()))
    longer = ResumeRequest(run="bars", budget=Budget(steps=12), out=tmp_path, device="cpu")
    resume(longer, plugins=plugins, observers=[visitor])
    assert visitor.seen == [(True, True)] * 3
    assert not beside.exists()
    assert hung.read_text(encoding="utf-8") != before


@pytest.mark.slow
def test_a_page_that_cannot_be_written_is_told_once_and_training_goes_on(asked, plugins, tmp_path):
    reporter, way = Recorder(), tmp_path / "gallery/bars/progress.js"
    blocked = Stopper(2, lambda: (way.unlink(), way.mkdir()))
    assert run(asked, plugins=plugins, reporter=reporter, observers=[blocked]).step == 8
    (told,) = reporter.warned
    assert "page of bars cannot be written" in told
    assert "training goes on" in told


@pytest.mark.parametrize("text", ["", "artganProgress(", "artganProgress([]);\n", "alert(1)", '{"state": 1}'])
def test_a_script_from_anybody_lists_nothing(tmp_path, text):
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/progress.js").write_text(text)
    assert training_runs(tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(not AVAILABLE, reason="no Chromium with its driver on this machine")
class TestInABrowser:
    def test_a_run_is_watched_from_its_first_step_to_its_last_with_nothing_fetched(
        self, asked, plugins, tmp_path, browser
    ):
        place = tmp_path / "gallery/bars/index.html"

        def look():
            if not browser.driver.current_url.endswith("bars/index.html"):
                browser.open(place)
            written = re.search('"step": ([0-9]+)', (place.parent / "progress.js").read_text(encoding="utf-8"))[1]
            browser.until(lambda: f"{written} of 8" in browser.text(".facts"))
            return browser.text(".facts"), browser.run("return document.querySelector('.newest img').naturalWidth > 0")

        visitor = Visitor(place, look)
        browser.requests()
        run(asked, plugins=plugins, observers=[visitor])
        assert [facts.split(" of ")[0].strip()[-1] for facts, _ in visitor.seen] == ["0", "2", "4", "6", "8"]
        assert all(drawn for _, drawn in visitor.seen)
        browser.until(lambda: browser.run("return document.querySelectorAll('.works li').length === 48"))
        assert browser.complaints() == []
        assert {url.split(":")[0] for url in browser.requests()} <= {"file", "data", "about"}

    def test_scroll_and_focus_stay_while_it_refreshes(self, training_page, browser):
        browser.open(training_page.run.hung / "index.html", 400)
        browser.until(lambda: browser.run("return document.querySelector('.plot') !== null"))
        browser.run("document.querySelector('[aria-labelledby=made] pre').focus(); scrollTo(0, 700)")
        place = "return document.querySelector('[aria-labelledby=losses]').getBoundingClientRect().top"
        top = browser.run(place)
        still = browser.run("return document.querySelector('.newest img').dataset.seen = 'before'")
        training_page.write(advance(training_page.run, step=300, facts={"Step": "300 of 1,000"}))
        browser.until(lambda: "300" in browser.text(".facts"))
        assert abs(browser.run(place) - top) < 1  # though the facts above have become fewer
        assert browser.run("return document.activeElement.tagName") == "PRE"
        assert browser.run("return document.querySelector('.newest img').dataset.seen") == still  # it was not touched

    def test_a_killed_run_is_told_by_its_silence_and_one_that_speaks_again_goes_on(self, training_page, browser):
        browser.open(training_page.run.hung / "index.html")
        again = browser.driver.find_element(By.CSS_SELECTOR, ".again")
        assert not again.is_displayed()
        training_page.write(advance(training_page.run, silent_seconds=0.5))
        browser.until(lambda: "Nothing was heard of it for" in browser.text(".state"))
        assert again.is_displayed()
        training_page.write(advance(training_page.run))
        browser.until(lambda: browser.text(".state").startswith("It learns"))
        assert not again.is_displayed()

    def test_a_run_that_is_removed_is_told(self, training_page, browser):
        browser.open(training_page.run.hung / "index.html")
        shutil.rmtree(training_page.run.hung)
        browser.until(lambda: "The run is no longer here" in browser.text(".state"))
        browser.complaints()  # of the script that is not there

    @pytest.mark.parametrize("dark", [False, True])
    @pytest.mark.parametrize("width", [400, 1400])
    def test_it_can_be_read_by_everybody_on_any_screen(self, training_page, browser, width, dark):
        for shown in (training_page.run.hung / "index.html", training_page.run.gallery / "index.html"):
            browser.complaints()  # of axe-core, which loads the style sheet once more
            browser.open(shown, width, dark=dark)
            assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
            assert browser.complaints() == []
            assert browser.violations() == []
