"""Checks of how a modality moves, lives in a page, and comes to paper: what not every modality does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL.Image import Image

from ..ai_mark import MARK
from ..errors import ArtganError, UsageError
from ..interfaces import Modality, PageAsset, Spec
from .findings import attempt
from .modality_case import RECORD, Exhibit, refusal

LIVE: dict[str, dict[str, type]] = {
    "": {},
    "pixels": {"xmp": str},
    "tokens": {"vocabulary": list, "presentation": dict, "tokeniser": dict},
}
"""What a page can draw, and what ``live_facts()`` must tell it for that."""

TAKEN = ("kind", "latent", "shape", "classes", "sampling", "record", "states", "onnx")
"""What a page is told of the model, which no modality may overwrite."""


def declares_how_it_moves_and_lives(component: Modality) -> Iterator[str]:
    """Find capabilities that are none, or are declared without what they need."""
    suffixes = component.walk_suffixes
    if not isinstance(suffixes, tuple) or not all(
        isinstance(suffix, str) and suffix.startswith(".") and len(suffix) > 1 for suffix in suffixes
    ):
        yield f"walk_suffixes is {suffixes!r}: give a tuple of endings of file names, each with its dot"
    elif len(set(suffixes)) != len(suffixes):
        yield "walk_suffixes names an ending twice"
    if suffixes:
        for method in ("write_walk", "read_walk"):
            if getattr(type(component), method) is getattr(Modality, method):
                yield f"walk_suffixes names endings and there is no {method}(): write it, or name none"
    if component.live not in LIVE:
        yield f"live is {component.live!r}: a page draws {' or '.join(filter(None, LIVE))}; leave it empty for neither"


def gives_what_pages_need(exhibit: Exhibit) -> Iterator[str]:
    """Find assets of pages that are not there or replace each other, and companions that `write` does not leave."""
    with attempt("page_assets()"):
        assets = list(exhibit.modality.page_assets())
    names = [asset.path.name for asset in assets if isinstance(asset, PageAsset)]
    if len(names) < len(assets):
        yield "page_assets() gives something else than artgan.interfaces.PageAsset"
    elif missing := [asset.path.name for asset in assets if not asset.path.is_file()]:
        yield f"page_assets() names {missing[0]}, which is no file: put it into the distribution"
    elif len(set(names)) < len(names):
        yield "page_assets() names two files alike: they are copied into one folder"

    work = exhibit.path("accompanied")
    with attempt("write()"):
        exhibit.modality.write(work, exhibit.samples[0], RECORD)
    for ending in exhibit.modality.companions:
        if not work.with_suffix(ending).is_file():
            yield f"companions names {ending!r}, which write() does not leave beside a work"
    for path in exhibit.folder.glob("accompanied.*"):
        path.unlink()


def writes_walks_that_move(exhibit: Exhibit) -> Iterator[str]:
    """Find walks that are not written, lose samples or their record, or are read as if nobody lied."""
    folder = exhibit.folder / "walks"
    folder.mkdir()
    for number, suffix in enumerate(exhibit.modality.walk_suffixes):
        path = folder / f"walk{number}{suffix}"
        taken: list[int] = []

        def samples(taken: list[int] = taken) -> Iterator[Any]:
            for place, sample in enumerate(exhibit.samples):
                taken.append(place)
                yield sample.copy()

        try:
            with attempt(f"write_walk() of {suffix}", allowed=UsageError):
                exhibit.modality.write_walk(path, samples(), len(exhibit.samples), 12.5, RECORD)
        except UsageError:  # it needs what is not installed
            if not number:
                yield f"write_walk() of {suffix}, its usual ending, needs what is not installed: name another one first"
            continue
        if not path.is_file() or not path.stat().st_size:
            yield f"write_walk() does not write the file that it was told to, which ends in {suffix}"
            continue
        if len(taken) != len(exhibit.samples):
            yield f"write_walk() of {suffix} takes {len(taken)} of {len(exhibit.samples)} samples: show each"
        with attempt(f"read_walk() of {suffix} that was written"):
            found = exhibit.modality.read_walk(path)
        if found != RECORD:
            yield f"read_walk() of {suffix} gives another record than was written: keep it in the file or beside it"
        if strange := sorted(left.name for left in folder.iterdir() if not left.stem.startswith("walk")):
            yield f"write_walk() leaves {', '.join(strange)} behind: name all files after the walk"
        yield from _refuses_what_is_no_walk(exhibit, path)


def _refuses_what_is_no_walk(exhibit: Exhibit, whole: Path) -> Iterator[str]:
    content, path = whole.read_bytes(), whole.with_stem("walk-damaged")
    files = {
        "a missing file": None,
        "an empty file": b"",
        "a file of random bytes": np.random.default_rng(0).bytes(500),
    }

    for what, damaged in files.items():
        if damaged is not None:
            path.write_bytes(damaged)
        if wrong := refusal(lambda: exhibit.modality.read_walk(path)):
            yield f"read_walk() of {what} {wrong}: raise ArtganError, in one line"

    path.write_bytes(content[: len(content) // 2])
    try:  # the record may stand in the half that is left
        with attempt("read_walk() of a truncated file", allowed=ArtganError):
            exhibit.modality.read_walk(path)
    except ArtganError:
        pass
    path.unlink()


def lives_as_it_says(exhibit: Exhibit) -> Iterator[str]:
    """Find what a page that draws samples would stumble over."""
    kind, samples = exhibit.modality.live, exhibit.samples
    if not kind or kind not in LIVE:
        return

    with attempt("live_facts()"):
        facts = exhibit.modality.live_facts()
    try:
        same = json.loads(json.dumps(facts, allow_nan=False)) == facts
    except (TypeError, ValueError):
        same = False
    if not isinstance(facts, dict) or not same:
        yield "live_facts() is not what JSON can hold: give a dict of numbers, text, lists and tables"
        return

    for name, wanted in LIVE[kind].items():
        if not isinstance(facts.get(name), wanted):
            yield f"live_facts() has no {name} ({wanted.__name__}), which a page needs for {kind}"
    if taken := [name for name in TAKEN if name in facts]:
        yield f"live_facts() overwrites {', '.join(taken)}: choose other names"
    if kind == "pixels" and not (samples.dtype == np.uint8 and samples.ndim == 4 and 1 <= samples.shape[1] <= 4):
        yield "live is pixels and samples are not uint8 (N, C, H, W) of 1 to 4 channels: a page cannot draw them"
    if kind == "tokens" and not (np.issubdtype(samples.dtype, np.integer) and samples.ndim == 2):
        yield "live is tokens and samples are not whole numbers (N, L): a page cannot draw them"


def comes_to_paper_or_says_that_it_cannot(exhibit: Exhibit) -> Iterator[str]:
    """Find pictures that are none."""
    with attempt("picture()"):
        picture = exhibit.modality.picture(exhibit.samples[0])
    if picture is not None and not isinstance(picture, Image):
        yield f"picture() gives {type(picture).__name__}: give a picture of Pillow's, or None"
    if not exhibit.modality.paged:
        return

    path, captions = exhibit.folder / "pages.pdf", [str(place) for place in range(len(exhibit.samples))]
    with attempt("write_pages()"):
        unset = exhibit.modality.write_pages(path, list(exhibit.samples), captions, title="Title", notes=["A note"])
    written = path.read_bytes() if path.is_file() else b""
    if not written.startswith(b"%PDF"):
        yield "write_pages() writes no PDF"
    elif MARK.encode() not in written:
        yield f"write_pages() does not mark its PDF: keep {MARK!r} in its subject, uncompressed"
    if unset != "":
        yield f"write_pages() says of plain words that it cannot print {unset!r}"
    path.unlink(missing_ok=True)


def refuses_what_is_no_real_sample(exhibit: Exhibit) -> Iterator[str]:
    """Find errors that people would take for a crash, of files that come from anywhere."""
    path = exhibit.folder / "real.png"
    spec = Spec(exhibit.modality.name, tuple(exhibit.samples.shape[1:]))
    for what, content in (("a missing file", None), ("a file of random bytes", np.random.default_rng(0).bytes(500))):
        if content:
            path.write_bytes(content)
        if wrong := refusal(lambda: exhibit.modality.read_real(path, spec, {"fit": 3, "background": None})):
            yield f"read_real() of {what} {wrong}: raise ArtganError, in one line"
    path.unlink()


SHOWING = [
    gives_what_pages_need,
    writes_walks_that_move,
    lives_as_it_says,
    comes_to_paper_or_says_that_it_cannot,
    refuses_what_is_no_real_sample,
]
