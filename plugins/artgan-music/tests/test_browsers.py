"""In Firefox and WebKit as in Chromium: works are drawn, tunes composed and sound made, without any request."""

from __future__ import annotations

import pytest
from artgan_music.midi_work import read_midi

pytest.importorskip("onnxscript", reason="artgan[live] is not installed")
firefox = pytest.importorskip("support.firefox", reason="not beside artgan's own tests")
webkit = pytest.importorskip("support.webkit")
pytestmark = pytest.mark.slow

SEED = 3
STATUS = "document.querySelector('#live form [role=status]').textContent"
DRAWN = "document.querySelectorAll('.score .abcjs-note, .score .abcjs-rest').length"
LOADED = "performance.getEntriesByType('resource').map((entry) => entry.name)"
LOUDEST = """
artganMusic.rendered(artganMusic.parsed("4/4\\n69:48"), { instrument: "fiddle", tempo: 240, key: 0 }, 44100)
  .then((sound) => sound.getChannelData(0).reduce((most, value) => Math.max(most, Math.abs(value)), 0))
"""


@pytest.fixture(params=["Firefox", "WebKit"])
def browser(request, tmp_path):
    if request.param == "Firefox":
        if not firefox.FIREFOX:
            pytest.skip("Firefox is not installed")
        opened = firefox.Firefox(tmp_path / "profile")
        yield opened
        opened.close()
        return
    if not webkit.AVAILABLE:
        pytest.skip("WebKitGTK is not installed")
    with webkit.screen():
        opened = webkit.WebKit()
        yield opened
        opened.close()


def test_it_draws_composes_and_sounds_without_any_request(trained, browser):
    work = next((trained.folder / "gallery/first/works").glob(f"seed-{SEED:08d}*.mid"))
    events = len(read_midi(work)[2].parts[0].events)
    browser.open(work.with_suffix(".html").as_uri())
    browser.until(lambda: browser.run(DRAWN) == events)

    browser.open((trained.folder / "gallery/first/index.html").as_uri(), f"#seed={SEED}")
    browser.until(lambda: browser.run(STATUS) == f"Work from seed {SEED}")
    browser.until(lambda: browser.run(DRAWN) == events)
    assert 0.01 < browser.run(LOUDEST) < 0.99
    assert {name.partition(":")[0] for name in browser.run(LOADED)} <= {"file", "blob", "data"}
