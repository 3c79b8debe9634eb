"""Artworks: one sample each, with the record from which it can be made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError, UsageError
from ..interfaces import Modality, Progress
from ..schema import Schema
from . import model_file
from .batches import LEVELS, RENDERING, Batches
from .model import Model
from .origin import LARGEST_LATENT, ORIGIN, Origin, SeedStart, Start, WorkStart, are_recordable, digest
from .places import models_in
from .projection import Projection
from .record import CREATION, MODEL, check_record, creation_record, model_record

T = TypeVar("T")

_ADDED: dict[str, Any] = {
    "sampling": {},
    "parents": [],
    "latent": [],
    "picture": "",
    "moves": [],
    "mixes": [],
    "rendering": "",
}
"""What the first records did not tell."""

_SCHEMA: Schema = {**CREATION, **ORIGIN, "rendering": str, "pixels": str, "shape": [int], **MODEL}


@dataclass(frozen=True, eq=False)
class Work:
    """One artwork.

    Attributes:
        path: its file.
        sample: its compact sample.
        record: how it was made; names neither a person nor a path.
    """

    path: Path
    sample: NDArray[Any]
    record: dict[str, Any]

    @cached_property
    def origin(self) -> Origin:
        """Where it comes from, as its record tells."""
        return Origin.from_record(self.record)


@dataclass(frozen=True, eq=False)
class Remake:
    """A work that was made again, beside the one there was.

    Attributes:
        sample: the new compact sample.
        difference: in what it differs, in words; empty where both are identical.
        within: by how many levels values of identical ones may differ.
    """

    sample: NDArray[Any]
    difference: str
    within: int = 0


def tracked(items: Iterable[T], count: int, progress: Progress | None, what: str) -> Iterator[T]:
    """Yield items, and tell how many of them are done."""
    for done, item in enumerate(items, start=1):
        yield item
        if progress:
            progress(what, done, count)


def make_works(
    model: Model,
    folder: Path,
    origins: Iterable[Origin],
    *,
    batches: Batches | None = None,
    progress: Progress | None = None,
) -> list[Work]:
    """Make works, and write each with its record; those that are there already, whole, are not made again.

    Each file is there whole or not at all, so that what was interrupted goes on when it is asked for again.

    Args:
        model: what makes them, with the options of sampling that they are made with.
        folder: where they are written.
        origins: where each comes from, as `Model.origin` gives it.
        batches: renders many at a time; None for canonical works, one by one.
        progress: told of each work.

    Raises:
        UsageError: if they cannot be rendered in batches.
        ArtganError: if another work, or something else, has the name of one of them; nothing is then written.
    """
    plans = {folder / f"{origin.stem(model.changed)}{model.modality.suffix}": origin for origin in origins}
    there = {}
    for path, origin in plans.items():
        if not path.exists():
            continue
        found = _there(path, origin, model)
        if found is None:
            raise ArtganError(f"{path} is there already and is another work: choose another folder")
        if digest(found.sample) == found.record["pixels"] and (batches or not found.record["rendering"]):
            there[path] = found

    missing = [origin for path, origin in plans.items() if path not in there]
    if batches and missing:
        batches.check(missing[0])
    rendering = RENDERING if batches else ""
    made = batches.render(missing) if batches else map(model.make, missing)
    return [
        there[path] if path in there else _write(path, origin, next(made), model, rendering)
        for path, origin in tracked(plans.items(), len(plans), progress, "making works")
    ]


def write_projection(model: Model, folder: Path, found: Projection, target: NDArray[Any]) -> tuple[Work, Path]:
    """Write the work that was found to be nearest to a real sample, and a sheet with the real one to its left.

    Args:
        model: what made it.
        folder: where both are written.
        found: the work.
        target: the real sample, compact; the record holds its digest and nothing else of it.

    Returns:
        The work, and the path of the sheet.

    Raises:
        ArtganError: if its latent is too long for a record.
    """
    origin = projection_origin(model, found, target)
    stem = origin.stem(model.changed)
    work = _write(folder / f"{stem}{model.modality.suffix}", origin, found.sample, model)
    sheet = folder / f"{stem}-beside{model.modality.exact_sheet_suffix}"
    model.modality.write_sheet(sheet, np.stack([target, found.sample]), 2)
    return work, sheet


def projection_origin(model: Model, found: Projection, target: NDArray[Any]) -> Origin:
    """Return where the work comes from that was found to be nearest to a real sample.

    Args:
        model: as for `write_projection`.
        found: as for `write_projection`.
        target: as for `write_projection`.

    Raises:
        ArtganError: if its latent is too long for a record.
    """
    if len(found.latent) > LARGEST_LATENT:
        raise ArtganError(f"its latent has {len(found.latent):,} numbers; a record holds at most {LARGEST_LATENT:,}")
    return Origin(
        seed=found.seed,
        own_latent=tuple(found.latent.tolist()),
        picture=digest(target),
        label=found.label,
        sampling=model.sampling,
    )


def read_work(path: Path, modality: Modality) -> Work:
    """Read a work, which may come from anybody.

    Raises:
        ArtganError: if it is no artwork, or its record is damaged or of another format.
    """
    sample, record = modality.read(path)
    return Work(path, sample, checked(record, path))


def checked(record: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the record of a work, which may come from anybody, if it is one that this artgan can read.

    Raises:
        ArtganError: if it is not.
    """
    record = _ADDED | record
    check_record(record, _SCHEMA, path, "an artwork")
    try:
        Origin.from_record(record)
    except ArtganError as error:
        raise ArtganError(f"{path}: {error}") from None
    return record


def remake(work: Work, model: Model) -> Remake:
    """Make a work again and compare it with its file.

    Raises:
        ArtganError: if the model is not the one that made it.
    """
    _check_maker(work, model)
    try:
        model = model.with_sampling(work.origin.sampling)
        sample = model.make(work.origin)
    except ArtganError as error:
        raise ArtganError(f"{work.path}: {error}") from None
    within = LEVELS if work.record["rendering"] == RENDERING else 0
    return Remake(sample, _difference(work.sample, sample, within=within), within)


def start_from(path: Path, model: Model) -> Start:
    """Return what a work's file, which may come from anybody, lets others start from: the latent that it was made of.

    Raises:
        UsageError: if there is no such file.
        ArtganError: if it is no work of this very model.
    """
    if not path.is_file():
        raise UsageError(f"{path} is neither a file nor a seed (a whole number below 2^64)")
    return start_of(read_work(path, model.modality), model)


def start_of(work: Work, model: Model) -> Start:
    """Return what a work, which may come from anybody, lets others start from: the latent that it was made of.

    Raises:
        ArtganError: if it is no work of this very model, or of several latents.
    """
    _check_maker(work, model)
    origin, path = work.origin, work.path
    if origin.style_changes():
        raise ArtganError(f"{path} has layers of styles of their own, and no one latent makes it: give its seed")
    if replace(origin, sampling={}) == Origin(origin.seed, label=model.label_of(origin.seed)):
        return SeedStart(origin.seed)

    try:
        latent = origin.latent(model.generator.latent)
    except ArtganError as error:
        raise ArtganError(f"{path}: {error}") from None
    start = WorkStart(origin.seed, origin.label, digest(work.sample), tuple(latent.tolist()))
    if not are_recordable([start]):
        raise ArtganError(f"{path}: its latent is out of range")
    return start


def find_model(work: Work, places: Sequence[Path] = ()) -> Path:
    """Return the model that made a work: beside it, in a folder or run up to two levels above it, or in one of many.

    Args:
        work: whose weights are looked for.
        places: folders of runs, and galleries.

    Raises:
        ArtganError: if it is in none of these places.
    """
    here = work.path.resolve().parent
    folders = [here, *list(here.parents)[:2], *(run for place in places for run in sorted(place.glob("*/")))]
    for folder in folders:
        for path in models_in(folder):
            if _claims(path, work.record["weights_digest"]):
                return path
    raise ArtganError(f"the model that made {work.path} is not near it: give it with --model")


def _claims(path: Path, digest: str) -> bool:
    try:
        return bool(model_file.read_header(path).get("weights_digest") == digest)
    except ArtganError:
        return False


def _check_maker(work: Work, model: Model) -> None:
    """Check that a work can be of a model.

    Raises:
        ArtganError: if the model is not the one that made it, or its record cannot be of this one.
    """
    if model.weights_digest != work.record["weights_digest"]:
        raise ArtganError(f"{work.path} was made by other weights than those of this model: give the one that made it")
    label = work.origin.label
    if model.classes and label is not None and not 0 <= label < len(model.classes):
        raise ArtganError(f"{work.path}: its record tells of class {label}, which this model does not know")


def _there(path: Path, origin: Origin, model: Model) -> Work | None:
    """Return the work in a file where it is that of an origin and a model; else None."""
    try:
        work = read_work(path, model.modality)
    except ArtganError:
        return None
    return work if work.origin == origin and work.record["weights_digest"] == model.weights_digest else None


def work_record(origin: Origin, sample: NDArray[Any], model: Model, rendering: str = "") -> dict[str, Any]:
    """Return the record of a work: where it comes from, what it is, how it was rendered, and what made it."""
    return {
        **({"rendering": rendering} if rendering else {}),
        **creation_record(),
        **origin.to_record(),
        "pixels": digest(sample),
        "shape": list(sample.shape),
        **model_record(model),
    }


def _write(path: Path, origin: Origin, sample: NDArray[Any], model: Model, rendering: str = "") -> Work:
    record = work_record(origin, sample, model, rendering)
    path.parent.mkdir(parents=True, exist_ok=True)
    model.modality.write(path, sample, record)
    return Work(path, sample, record)


def _difference(old: NDArray[Any], new: NDArray[Any], *, within: int) -> str:
    """Return in what samples differ, in words; nothing where no value does by more than so much."""
    if old.shape != new.shape:
        return f"its shape is {old.shape}, remade it is {new.shape}"
    apart = np.abs(old.astype(np.int64) - new.astype(np.int64))
    if apart.max() <= within:
        return ""
    return f"{np.count_nonzero(apart)} of {apart.size} values differ, by up to {apart.max()}"
