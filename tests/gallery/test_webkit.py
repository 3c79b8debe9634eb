"""The gallery works in WebKit, which Safari is made of, as it does in Chromium."""

import threading

import numpy as np
import pytest
from support.live_pages import DOWNLOAD, PAGES, check_sliders
from support.training_pages import check_training_page
from support.webkit import AVAILABLE, WebKit, console, screen

from artgan.artworks.work import read_work
from artgan.gallery.server import GalleryServer

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not AVAILABLE, reason="no WebKitGTK with a driver, or no Xvfb")]

STATUS = "document.querySelector('#live [role=status]').textContent"
ASKED = "performance.getEntriesByType('resource').map((asked) => asked.name)"
TELLS = f"""
location.hash = "seed=2";
new MutationObserver(() => console.log({STATUS})).observe(
  document.querySelector("#live"), {{ subtree: true, childList: true, characterData: true }},
);
"""
"""Asks for a work, since MiniBrowser cuts off what a link would ask for, and says in the console how it goes."""


@pytest.fixture(scope="module")
def webkit():
    with screen():
        opened = WebKit()
        yield opened
        opened.close()


@pytest.fixture
def served(gallery):
    """Serve the gallery as artgan does, and return its address."""
    with GalleryServer(gallery, 0) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


def test_a_new_work_is_the_one_that_artgan_makes_of_the_seed(webkit, gallery, make_model, tmp_path):
    webkit.open((gallery / "brush/index.html").as_uri(), "#seed=7")
    webkit.until(lambda: webkit.run(STATUS) == "Work from seed 7")
    path = tmp_path / "seed-00000007.png"
    path.write_bytes(bytes(webkit.run(DOWNLOAD)))
    model = make_model(shape=(3, 32, 32))
    apart = np.abs(read_work(path, model.modality).sample.astype(int) - model.render([7])[0].astype(int))
    assert apart.max() <= 1
    assert np.count_nonzero(apart) <= 0.001 * apart.size


def test_pages_from_a_server_ask_for_what_is_in_the_gallery_alone(webkit, served):
    for page in PAGES:
        webkit.open(served + page)
        assert [address for address in webkit.run(ASKED) if not address.startswith((served, "data:", "blob:"))] == []
    webkit.open(served + "brush/index.html", "#seed=2")
    webkit.until(lambda: webkit.run(STATUS) == "Work from seed 2")
    assert f"{served}assets/runtime.js" in webkit.run(ASKED)


def test_the_walk_plays(webkit, gallery):
    webkit.open((gallery / "brush/index.html").as_uri())
    webkit.run("document.querySelector('.moving').scrollIntoView()")
    webkit.run("document.querySelector('.moving button').click()")
    loaded = "document.querySelector('.moving img').complete && document.querySelector('.moving img').naturalWidth"
    assert webkit.until(lambda: webkit.run(loaded))
    assert webkit.run("document.querySelector('.moving img').src").endswith("walk.webp")


def test_a_page_that_lives_has_nothing_to_complain_of(gallery):
    script = gallery / "assets/gallery.js"
    script.write_text(script.read_text(encoding="utf-8") + TELLS, encoding="utf-8")
    with screen():
        said = console((gallery / "brush/index.html").as_uri(), last="Work from seed 2")
    assert said[-1] == "LOG Work from seed 2"
    assert [line for line in said if not line.startswith("LOG")] == []


def test_sliders_move_a_work_as_artgan_moves_it(webkit, gallery, make_model, tmp_path):
    check_sliders(webkit, gallery, make_model(shape=(3, 32, 32)), tmp_path / "work.png")


def test_a_page_of_a_run_that_trains_refreshes_itself_and_when_served_stops_it(webkit, training_page):
    check_training_page(webkit, training_page)
