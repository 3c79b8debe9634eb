"""How far a run is, as its page tells, and what is done there in more than one browser."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from artgan.artworks.places import RunFolder
from artgan.gallery.server import GalleryServer
from artgan.gallery.training_page import Advance, TrainingPage
from artgan.interfaces import Snapshot
from support.live_pages import AnyBrowser

ADVANCE = Advance(
    state="training",
    sentence="It learns: 10 % of the way, about 4 min left",
    step=100,
    steps=1000,
    facts={"Step": "100 of 1,000", "Time left": "4 min", "Speed": "4 steps a second", "Trained for": "25 s"},
    snapshot=None,
    losses={
        "discriminator": [(1.0, 0.5), (50.0, 0.7), (100.0, 0.6)],
        "generator": [(1.0, 1.5), (50.0, 1.2), (100.0, 1.4)],
    },
    metrics=[],
    warnings=["step 50: steps take 10 times as long as before"],
    silent_seconds=1000.0,
)


def advance(folder: RunFolder, **changed: Any) -> Advance:
    """Return how far a run is, changed in some of it."""
    sheet = Snapshot(folder.hung / "timelapse/step-00000100.webp", 100, "image")
    return replace(ADVANCE, snapshot=sheet, **changed)


def check_training_page(browser: AnyBrowser, page: TrainingPage) -> None:
    """See an open page refresh itself, from its folder and served, where its run is stopped and asked to go on."""
    run, text = page.run, "document.querySelector('{}').textContent"

    def tells(selector: str, words: str) -> None:
        browser.until(lambda: words in browser.run(text.format(selector)))

    browser.open((run.hung / "index.html").as_uri())
    page.write(advance(run, step=300, facts={"Step": "300 of 1,000"}))
    tells(".facts", "300 of 1,000")
    assert browser.run("document.querySelector('.newest img').naturalWidth > 0")
    assert browser.run("document.querySelector('.acts').hidden")

    with GalleryServer(run.gallery, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        browser.open(server.link)
        browser.open(f"{server.url}ink/index.html")
        browser.run("document.querySelector('[data-do=stop]').click()")
        tells(".acts output", "It takes its last step, and is saved.")
        assert run.stop_request.exists()

        page.write(advance(run, state="stopped", sentence="It was stopped at step 300, and is saved"))
        tells(".state", "It was stopped")
        browser.run("document.querySelector('[data-do=go-on]').click()")
        tells(".acts output", "recipe")  # that of this run is empty, which the page tells
        server.shutdown()
