"""Artworks: one sample each, with the record from which it can be made again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..ai_mark import DIGITAL_SOURCE_TYPE
from ..errors import ArtganError, UsageError
from ..interfaces import Modality, Progress
from ..schema import Schema, fault
from . import model_file
from .latents import LARGEST_SEED
from .model import Model
from .origin import LARGEST_FLOAT32, LARGEST_LATENT, START, Start, is_possible, label_of, latent_of_work, name_of
from .places import models_in
from .projection import Projection

FORMAT = 1
T = TypeVar("T")
IDENTITY = ("seed", "parents", "latent", "truncation", "label", "sampling", "weights_digest")

_ADDED: dict[str, Any] = {"sampling": {}, "parents": [], "latent": [], "picture": ""}
"""What the first records did not tell."""


MADE_BY: Schema = {"format": int}
ORIGIN: Schema = {
    "sampling": {str: float},
    "run": str,
    "step": int,
    "recipe_digest": str,
    "weights_digest": str,
    "dataset": {"title": str, "licence": str, "source": str, "fingerprint": str},
    "versions": {str: str},
}
_SCHEMA: Schema = {
    **MADE_BY,
    "seed": int,
    "parents": [START],
    "latent": [float],
    "picture": str,
    "truncation": float,
    "label": (int, None),
    "pixels": str,
    "shape": [int],
    **ORIGIN,
}


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


@dataclass(frozen=True, eq=False)
class Remake:
    """A work that was made again, beside the one there was.

    Attributes:
        sample: the new compact sample.
        difference: in what it differs, in words; empty where both are identical.
    """

    sample: NDArray[Any]
    difference: str


def told(items: Iterable[T], count: int, progress: Progress | None, what: str) -> Iterator[T]:
    """Yield items, and tell how many of them are done."""
    for done, item in enumerate(items, start=1):
        yield item
        if progress:
            progress(what, done, count)


def make_works(
    model: Model,
    folder: Path,
    seeds: Sequence[int],
    *,
    truncation: float = 1.0,
    label: int | None = None,
    parents: Sequence[Start] = (),
    progress: Progress | None = None,
) -> list[Work]:
    """Make the works of some seeds and write each with its record.

    Args:
        model: what makes them.
        folder: where they are written.
        seeds: one for each work.
        truncation: factor of the latents, above 0.
        label: index of the class, for models that know classes; None for each seed's own, or the first parent's.
        parents: two seeds or works whose children the works are, numbered by ``seeds``; none for works of their own.
        progress: told of each work.

    Raises:
        ArtganError: if another work, or something else, has the name of one of them; nothing is then written.
    """
    labels = {seed: label_of(parents[0] if parents else seed, model) if label is None else label for seed in seeds}
    plans = {seed: folder / _file_name(model, seed, parents, truncation, labels[seed]) for seed in seeds}
    for seed, path in plans.items():
        made_from: tuple[object, ...] = (
            seed,
            list(parents),
            [],
            truncation,
            labels[seed],
            model.sampling,
            model.weights_digest,
        )
        if path.exists() and not _is_same(path, model, made_from):
            raise ArtganError(f"{path} is there already and is another work: choose another folder")
    works = []
    for done, (seed, path) in enumerate(plans.items(), start=1):
        label = labels[seed]
        latent = latent_of_work(model, seed, parents) * truncation
        sample = model.render_latent(latent, seed=seed, label=label)
        work = Work(path, sample, _record(model, seed, sample, parents=parents, truncation=truncation, label=label))
        model.modality.write(path, sample, work.record)
        works.append(work)
        if progress:
            progress("making works", done, len(plans))
    return works


def write_projection(
    model: Model, folder: Path, found: Projection, target: NDArray[Any], seed: int, *, beside: bool = True
) -> list[Path]:
    """Write the work that was found to be nearest to a real sample.

    Args:
        model: what made it.
        folder: where it is written.
        found: the work.
        target: the real sample, compact; the record holds its digest and nothing else of it.
        seed: of the search.
        beside: write a sheet too, the real sample to the left of the work.

    Returns:
        The paths of what was written, the work first.

    Raises:
        ArtganError: if its latent is too long for a record.
    """
    latent = [float(number) for number in found.latent]
    if len(latent) > LARGEST_LATENT:
        raise ArtganError(f"its latent has {len(latent):,} numbers; a record holds at most {LARGEST_LATENT:,}")
    picture = digest(target)
    name = f"projection-{picture[:8]}-{digest(found.latent)[:8]}{choices_in_name(model, 1.0, found.label)}"
    path = folder / f"{name}{model.modality.suffix}"
    record = _record(model, seed, found.sample, label=found.label, latent=latent, picture=picture)
    model.modality.write(path, found.sample, record)
    if not beside:
        return [path]
    sheet = folder / f"{name}-beside{model.modality.exact_sheet_suffix}"
    model.modality.write_sheet(sheet, np.stack([target, found.sample]), 2)
    return [path, sheet]


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
    if wrong := fault(record, _SCHEMA, "its record"):
        raise ArtganError(f"{path} is not an artwork that artgan can read: {wrong}")
    if record["format"] != FORMAT:
        raise ArtganError(f"{path}: its record is of format {record['format']}; this artgan reads format {FORMAT}")
    if not 0 <= record["seed"] <= LARGEST_SEED or not 0 < record["truncation"] < math.inf:
        raise ArtganError(f"{path}: its record has a seed or truncation out of range")
    if len(record["parents"]) not in (0, 2):
        raise ArtganError(f"{path}: its record tells of {len(record['parents'])} parents, and a work has two or none")
    if not is_possible(record["parents"]):
        raise ArtganError(f"{path}: its record has a parent out of range")
    latent = record["latent"]
    if len(latent) > LARGEST_LATENT or any(abs(number) > LARGEST_FLOAT32 for number in latent):
        raise ArtganError(f"{path}: the latent in its record is out of range")
    if latent and record["parents"]:
        raise ArtganError(f"{path}: its record has parents and a latent of its own, and a work has one or neither")
    return record


def remake(work: Work, model: Model) -> Remake:
    """Make a work again and compare it with its file.

    Raises:
        ArtganError: if the model is not the one that made it.
    """
    latent, record = _made_of(work, model), work.record
    try:
        model = model.with_sampling(record["sampling"])
    except UsageError as error:
        raise ArtganError(f"{work.path}: {error}") from None
    sample = model.render_latent(latent, seed=record["seed"], label=record["label"])
    return Remake(sample, _difference(work.sample, sample))


def start_from(path: Path, model: Model) -> Start:
    """Return what a work's file, which may come from anybody, lets others start from: the latent that it was made of.

    Raises:
        UsageError: if there is no such file.
        ArtganError: if it is no work of this very model.
    """
    if not path.is_file():
        raise UsageError(f"{path} is neither a file nor a seed (a whole number below 2^64)")
    work = read_work(path, model.modality)
    latent, record = _made_of(work, model), work.record
    seed, label = record["seed"], record["label"]
    of_seed = not record["latent"] and not record["parents"] and record["truncation"] == 1
    if of_seed and label == model.label_of(seed):
        return int(seed)
    start = {"seed": seed, "label": label, "pixels": digest(work.sample), "latent": latent.tolist()}
    if not is_possible([start]):
        raise ArtganError(f"{path}: its latent is out of range")
    return start


def _made_of(work: Work, model: Model) -> NDArray[np.float64]:
    """Return the latent that a work was made of, its truncation included.

    Raises:
        ArtganError: if the model is not the one that made it, or its record cannot be of this one.
    """
    record = work.record
    if model.weights_digest != record["weights_digest"]:
        raise ArtganError(f"{work.path} was made by other weights than those of this model: give the one that made it")
    if model.classes and record["label"] is not None and not 0 <= record["label"] < len(model.classes):
        raise ArtganError(f"{work.path}: its record tells of class {record['label']}, which this model does not know")
    try:
        latent = latent_of_work(model, record["seed"], record["parents"], record["latent"])
    except ArtganError as error:
        raise ArtganError(f"{work.path}: {error}") from None
    return latent * float(record["truncation"])


def find_model(work: Work, runs: Path | None = None) -> Path:
    """Return the model that made a work: beside it, in a folder or run up to two levels above it, or in a run.

    Args:
        work: whose weights are looked for.
        runs: a folder of runs.

    Raises:
        ArtganError: if it is in none of these places.
    """
    here = work.path.resolve().parent
    folders = [here, *list(here.parents)[:2], *(sorted(runs.glob("*/")) if runs else [])]
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


def _file_name(model: Model, seed: int, parents: Sequence[Start], truncation: float, label: int | None) -> str:
    own = f"child-{seed:08d}-of-{'-and-'.join(map(name_of, parents))}" if parents else f"seed-{seed:08d}"
    return f"{own}{choices_in_name(model, truncation, label)}{model.modality.suffix}"


def choices_in_name(model: Model, truncation: float, label: int | None) -> str:
    """Return what a file's name tells of how its works were made, beyond the seed."""
    psi = "" if truncation == 1 else f"-psi-{truncation}"
    of_class = "" if label is None else f"-class-{label}"
    return psi + of_class + "".join(f"-{name}-{value}" for name, value in model.changed.items())


def _is_same(path: Path, model: Model, identity: tuple[object, ...]) -> bool:
    try:
        record = read_work(path, model.modality).record
    except ArtganError:
        return False
    return tuple(record[key] for key in IDENTITY) == identity


def digest(values: NDArray[Any]) -> str:
    """Return the SHA-256 of an array's values, in hexadecimal."""
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def _record(
    model: Model,
    seed: int,
    sample: NDArray[Any],
    *,
    parents: Sequence[Start] = (),
    latent: Sequence[float] = (),
    picture: str = "",
    truncation: float = 1.0,
    label: int | None,
) -> dict[str, Any]:
    return {
        **made_by(),
        "seed": seed,
        "parents": list(parents),
        "latent": list(latent),
        "picture": picture,
        "truncation": truncation,
        "label": label,
        "pixels": digest(sample),
        "shape": list(sample.shape),
        **origin(model),
    }


def made_by() -> dict[str, Any]:
    """Return what every record begins with."""
    return {"format": FORMAT, "created_by": "artgan", "digital_source_type": DIGITAL_SOURCE_TYPE}


def origin(model: Model) -> dict[str, Any]:
    """Return what every record tells of the model."""
    provenance = model.provenance
    return {
        "sampling": model.sampling,
        "run": provenance.run,
        "step": model.step,
        "recipe_digest": model.recipe_digest,
        "weights_digest": model.weights_digest,
        "dataset": {
            "title": provenance.dataset,
            "licence": provenance.licence,
            "source": provenance.source,
            "fingerprint": provenance.fingerprint,
        },
        "versions": dict(provenance.versions),
    }


def _difference(old: NDArray[Any], new: NDArray[Any]) -> str:
    if old.shape != new.shape:
        return f"its shape is {old.shape}, remade it is {new.shape}"
    apart = np.abs(old.astype(np.int64) - new.astype(np.int64))
    if not apart.any():
        return ""
    return f"{np.count_nonzero(apart)} of {apart.size} values differ, by up to {apart.max()}"
