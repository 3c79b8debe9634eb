"""The gallery works in Firefox as it does in Chromium."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from support.firefox import FIREFOX, Firefox
from support.live_pages import DOWNLOAD, PAGES, check_sliders
from support.training_pages import check_training_page

from artgan.artworks.work import read_work

pytestmark = [pytest.mark.slow, pytest.mark.skipif(FIREFOX is None, reason="no Firefox on this machine")]


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    opened = Firefox(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def test_a_new_work_is_the_one_that_artgan_makes_of_the_seed(firefox, gallery, make_model, tmp_path):
    firefox.open((gallery / "brush/index.html").as_uri(), "#seed=7")
    firefox.until(
        lambda: firefox.run("document.querySelector('#live [role=status]').textContent") == "Work from seed 7"
    )
    path = tmp_path / "seed-00000007.png"
    path.write_bytes(bytes(firefox.run(DOWNLOAD)))
    model = make_model(shape=(3, 32, 32))
    apart = np.abs(read_work(path, model.modality).sample.astype(int) - model.render([7])[0].astype(int))
    assert apart.max() <= 1
    assert np.count_nonzero(apart) <= 0.001 * apart.size


def test_no_page_from_a_folder_complains_or_asks_for_anything(firefox, gallery):
    firefox.events.clear()
    for page in PAGES:
        firefox.open((gallery / page).as_uri())
        assert firefox.run("document.querySelector('main') !== null")
    assert firefox.complaints() == []
    assert [address for address in firefox.requests() if not address.startswith(("about:", "data:", "blob:"))] == []


def test_no_page_from_a_server_asks_for_what_is_not_in_the_gallery(firefox, gallery):
    handler = partial(SimpleHTTPRequestHandler, directory=str(gallery))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}/"
        firefox.events.clear()
        for page in PAGES:
            firefox.open(root + page)
        started = "document.querySelector('#live [role=status]').textContent"
        firefox.open(root + "brush/index.html", "#seed=2")
        firefox.until(lambda: firefox.run(started) == "Work from seed 2")
        server.shutdown()
    asked = [address for address in firefox.requests() if not address.startswith(("about:", "data:", "blob:"))]
    assert f"{root}assets/runtime.js" in asked
    assert [address for address in asked if not address.startswith(root)] == []
    assert firefox.complaints() == []


def test_chosen_runs_stand_side_by_side(firefox, gallery):
    firefox.open((gallery / "index.html").as_uri(), "#beside=brush/ink")
    assert firefox.run("document.querySelector('.runs').className") == "runs side-by-side"
    assert firefox.run("document.querySelectorAll('.runs > li:not([hidden])').length") == 2


def test_the_walk_plays(firefox, gallery):
    firefox.open((gallery / "brush/index.html").as_uri())
    firefox.run("document.querySelector('.moving').scrollIntoView()")
    firefox.run("document.querySelector('.moving button').click()")
    loaded = "document.querySelector('.moving img').complete && document.querySelector('.moving img').naturalWidth"
    assert firefox.until(lambda: firefox.run(loaded))
    assert firefox.run("document.querySelector('.moving img').src").endswith("walk.webp")


def test_sliders_move_a_work_as_artgan_moves_it(firefox, gallery, make_model, tmp_path):
    check_sliders(firefox, gallery, make_model(shape=(3, 32, 32)), tmp_path / "work.png")


def test_a_page_of_a_run_that_trains_refreshes_itself_and_when_served_stops_it(firefox, training_page):
    check_training_page(firefox, training_page)
