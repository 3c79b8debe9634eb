"""Checks of modalities, on their examples or on samples that are given."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..interfaces import Modality, Spec
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .modality_case import RECORD, Exhibit, refusal
from .network_case import USUAL, make_up
from .presentation import SHOWING, declares_how_it_moves_and_lives
from .process_state import isolated

SAMPLES = 5
"""How many samples of each example are made up."""

HOSTILE = '"><script>alert(1)</script>', "'\" onerror='alert(1)' x=\"&<b>"


def find_faults(component: Modality, samples: Sequence[NDArray[Any]], spec: Spec | None) -> Findings:
    """Return what is wrong with a modality.

    Args:
        component: the modality.
        samples: batches of compact samples, (N, ...) each; by default some like its examples.
        spec: what it is bound to before it is shown the samples, where it must know more than its options.
    """
    findings = Findings()
    with isolated():
        declared = [*DECLARATION, names_its_files, declares_how_it_moves_and_lives, gives_examples]
        findings.find_faults(declared, component)
        bound = component.with_spec(spec) if spec else component
        shown = [(bound, given) for given in samples] or list(_make_up_samples(component, findings))
        for modality, given in shown:
            with tempfile.TemporaryDirectory() as folder:
                findings.find_faults(MODALITY, Exhibit(modality, given, Path(folder)), f"samples of {given.shape[1:]}")
    return findings


def _make_up_samples(component: Modality, findings: Findings) -> Iterator[tuple[Modality, NDArray[Any]]]:
    """Yield the modality bound to each of its usual examples, and random compact samples of it."""
    try:
        specs = [spec for spec in component.examples() if isinstance(spec, Spec)]
    except Exception:  # `gives_examples` tells it
        return

    for spec in specs[:USUAL]:
        try:
            with attempt(f"with_spec(), to_compact() and to_float() of the example {spec.shape}"):
                bound = component.with_spec(spec)
                compact = bound.to_compact(make_up(spec, SAMPLES))
                seen = tuple(bound.to_float(compact).shape[1:])
                samples = compact.numpy()
        except BrokenError as error:
            findings.add(str(error))
            continue
        if seen != spec.shape:
            findings.add(f"the example {spec.shape} becomes {seen} in to_float(): give the shape that networks see")
        yield bound, samples


def names_its_files(component: Modality) -> Iterator[str]:
    """Find suffixes that are none."""
    for attribute in ("suffix", "sheet_suffix", "exact_sheet_suffix"):
        suffix = getattr(component, attribute, None)
        if not isinstance(suffix, str) or not suffix.startswith(".") or len(suffix) < 2:
            yield f"{attribute} is {suffix!r}: give the ending of a file name with its dot"


def gives_examples(component: Modality) -> Iterator[str]:
    """Find modalities whose networks nobody could try, and examples that are none of theirs."""
    with attempt("examples()"):
        examples = list(component.examples())
    if not examples:
        yield "examples() gives none: give specs, so that its generators are tried on shapes of its own"
    for spec in examples:
        if not isinstance(spec, Spec):
            yield f"examples() gives {type(spec).__name__}: give artgan.interfaces.Spec"
        elif spec.modality != component.name:
            yield f"examples() gives a spec of the modality {spec.modality!r}: give specs of {component.name!r}"
        elif component.representation == "tokens" and not spec.shape[-1] == spec.vocabulary == len(spec.tokens):
            yield f"the example {spec.shape} is no (L, V) with V tokens: give vocabulary and tokens as of the shape"


def escapes_what_it_shows(exhibit: Exhibit) -> Iterator[str]:
    """Find HTML that a name or a title can break out of."""
    work, sheet = exhibit.path("work"), exhibit.folder / f"sheet{exhibit.modality.sheet_suffix}"
    with attempt("write() and write_sheet()"):
        exhibit.modality.write(work, exhibit.samples[0], RECORD)
        exhibit.modality.write_sheet(sheet, exhibit.samples, 2)

    for name, show, path in (("figure", exhibit.modality.figure, work), ("sheet", exhibit.modality.sheet, sheet)):
        for source, description in (HOSTILE, HOSTILE[::-1]):
            with attempt(f"{name}()"):
                page = _Page(show(path, source, description))
            if page.tags & {"script", "b"} or any(key.startswith("on") or key == "x" for key, _ in page.attributes):
                yield f"{name}() lets its arguments add tags or attributes: escape both, with quotes"
                return
            values = [value for _, value in page.attributes]
            if source not in values:
                yield f"{name}() does not hold its source in an attribute: link to the file"
            if description not in values and description not in page.text:
                yield f"{name}() does not hold its description: give it to those who cannot see the work"

    for path in exhibit.folder.iterdir():
        path.unlink()


def comes_back_from_the_networks(exhibit: Exhibit) -> Iterator[str]:
    """Find compact samples that are not the same after a round trip."""
    compact = torch.from_numpy(exhibit.samples.copy())
    before = compact.clone()
    with attempt("to_float()"):
        samples = exhibit.modality.to_float(compact)

    if samples.dtype != torch.float32 or len(samples) != len(compact) or not samples.isfinite().all():
        name = str(samples.dtype).removeprefix("torch.")
        yield f"to_float() gives {name} of shape {tuple(samples.shape)}: give finite float32 (B, ...)"
    if exhibit.modality.representation == "pixels" and samples.abs().max() > 1:
        yield "to_float() leaves the range from -1 to 1"
    if not torch.equal(before, compact):
        yield "to_float() changes its input in place: work on a new tensor"

    for dtype in (torch.float32, torch.float64):
        name, given = str(dtype).removeprefix("torch."), samples.to(dtype)
        kept = given.clone()
        with attempt(f"to_compact() of {name}"):
            back = exhibit.modality.to_compact(given)
        if back.dtype != before.dtype or not torch.equal(back, before):
            yield f"to_compact() of to_float() in {name} is not what it was: round to the nearest"
        if not torch.equal(kept, given):
            yield "to_compact() changes its input in place: work on a new tensor"


def makes_compact_whatever_it_is_given(exhibit: Exhibit) -> Iterator[str]:
    """Find generators' samples that have no compact form."""
    samples = exhibit.modality.to_float(torch.from_numpy(exhibit.samples.copy()))
    with attempt("to_compact() of what a generator made"):
        compact = exhibit.modality.to_compact(3 * samples.double() + 0.1)
    if tuple(compact.shape) != exhibit.samples.shape:
        yield f"to_compact() makes {tuple(compact.shape)} of {exhibit.samples.shape}: keep the shape of compact samples"
    elif exhibit.modality.representation == "pixels" and (compact[(samples > 0.5).nonzero(as_tuple=True)] < 128).any():
        yield "to_compact() wraps around outside of -1 to 1: clamp before rounding to uint8"


def comes_back_from_its_file(exhibit: Exhibit) -> Iterator[str]:
    """Find artworks that lose pixels or their record."""
    path, sample = exhibit.path("work"), exhibit.samples[0]
    for record in (RECORD, {}):
        with attempt("write()"):
            exhibit.modality.write(path, sample, record)
        if not path.is_file():
            yield "write() does not write the file that it was told to"
            return
        with attempt("read() of what was written"):
            again, found = exhibit.modality.read(path)
        if again.dtype != sample.dtype or not np.array_equal(again, sample):
            yield "read() gives another sample than was written: keep artworks without loss"
        if found != record:
            yield "read() gives another record than was written: keep it as JSON in UTF-8"
    if strange := sorted(left.name for left in exhibit.folder.iterdir() if left.stem != "work"):
        yield f"write() leaves {', '.join(strange)} behind: name all files after the artwork"


def refuses_what_is_no_artwork(exhibit: Exhibit) -> Iterator[str]:
    """Find errors that people would take for a crash."""
    whole, path = exhibit.path("whole"), exhibit.path("damaged")
    with attempt("write()"):
        exhibit.modality.write(whole, exhibit.samples[0], RECORD)
    content = whole.read_bytes()
    files = {
        "a missing file": None,
        "an empty file": b"",
        "a truncated file": content[: len(content) // 2],
        "a file of random bytes": np.random.default_rng(0).bytes(500),
    }

    for what, damaged in files.items():
        if damaged is not None:
            path.write_bytes(damaged)
        if fault := refusal(lambda: exhibit.modality.read(path)):
            yield f"read() of {what} {fault}: raise ArtganError, in one line"
        path.unlink(missing_ok=True)


def writes_a_sheet(exhibit: Exhibit) -> Iterator[str]:
    """Find sheets that are not written, for any number of samples."""
    for suffix in dict.fromkeys((exhibit.modality.sheet_suffix, exhibit.modality.exact_sheet_suffix)):
        for count, columns in ((len(exhibit.samples), 2), (1, 8)):
            sheet = exhibit.folder / f"sheet-{count}{suffix}"
            with attempt(f"write_sheet() of {count} in {columns} columns"):
                exhibit.modality.write_sheet(sheet, exhibit.samples[:count], columns)
            if not sheet.is_file() or not sheet.stat().st_size:
                yield f"write_sheet() of {count} in {columns} columns writes no file that ends in {suffix}"


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


MODALITY = [
    escapes_what_it_shows,
    comes_back_from_the_networks,
    makes_compact_whatever_it_is_given,
    comes_back_from_its_file,
    refuses_what_is_no_artwork,
    writes_a_sheet,
    *SHOWING,
]
