"""What is looked at in more than one browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from artgan.artworks.direction import Direction, move_along
from artgan.artworks.model import Model
from artgan.artworks.work import read_work

PAGES = ("index.html", "brush/index.html", "brush/works/seed-00000001.html")
"""Of the gallery that the fixture hangs."""

DOWNLOAD = """
new Promise((done) => {
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    blob.arrayBuffer().then((content) => done([...new Uint8Array(content)]));
    return make.call(URL, blob);
  };
  document.querySelector("[data-do=download]").click();
})
"""
"""Presses the button, and returns the bytes of the file that it makes."""

DIRECTIONS = (Direction((0.6, 0.8, *[0.0] * 6), 2.0, "weight"), Direction((0.8, -0.6, *[0.0] * 6), 1.0))
"""Of a latent of eight numbers."""

SLIDE = """
["input", "change"].map((kind) => {
  const slider = document.querySelector("[name=move-1]");
  slider.value = 2.5;
  return slider.dispatchEvent(new Event(kind, { bubbles: true }));
})
"""
"""Moves the first slider, and lets it go."""


class AnyBrowser(Protocol):
    """What `support.firefox` and `support.webkit` have in common."""

    def open(self, address: str, fragment: str = "") -> None: ...

    def run(self, expression: str) -> Any: ...

    def until(self, met: Callable[[], Any]) -> Any: ...


def check_sliders(browser: AnyBrowser, gallery: Path, model: Model, download: Path) -> None:
    """Move a work by a slider and by the link, and compare it with the one that `artgan sample --move` makes."""
    browser.open((gallery / "brush/index.html").as_uri(), "#seed=7&move=2:-1")
    shown = "document.querySelector('#live [role=status]').textContent"
    browser.until(lambda: browser.run(shown) == "Work from seed 7")
    browser.run(SLIDE)
    browser.until(lambda: "move=weight%3A2.5&move=2%3A-1" in browser.run("location.hash"))
    assert browser.run("document.querySelector('#live .moves output').textContent") == "2.50"

    download.write_bytes(bytes(browser.run(DOWNLOAD)))
    moves = move_along(DIRECTIONS, "weight", 2.5), move_along(DIRECTIONS, "2", -1)
    work = read_work(download, model.modality)
    assert work.origin.moves == moves
    expected = model.make(model.origin(7, moves=moves))
    assert np.abs(work.sample.astype(int) - expected.astype(int)).max() <= 1
