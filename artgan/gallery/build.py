"""Hangs what a run made in a gallery: a folder that opens by double click, without server or network."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artworks.latents import LARGEST_SEED
from ..artworks.model import Model
from ..artworks.model_file import FILE_NAME
from ..artworks.origin import SeedStart
from ..artworks.places import ASSETS, is_reserved
from ..artworks.walk import Walk, write_walk
from ..artworks.work import Work, make_works, read_work
from ..errors import ArtganError, UsageError
from ..interfaces import LeftOut, Modality, Progress
from ..plugins.registry import Registry
from ..schema import FileName, fault
from ..shell import command
from .curves import Curve, thin
from .front_page import build_index
from .live import copy_runtime, is_data, takes_prompts, write_live
from .page_writer import LIVE
from .pages import COVER, SHEET, write_run_pages
from .run_record import TIMELAPSE, is_shown_by, plugin_names, read_run, recipe_tables, run_folders, write_run
from .strips import write_strips

FORMAT = 1
SHEET_COLUMNS, COVER_COLUMNS, COVER_WORKS = 8, 6, 24
WALK_SEEDS, WALK_FRAMES, WALK_RATE, WALK_SAMPLES = 4, 80, 16, 12
"""A walk goes round through so many works, in so many pictures of which so many are shown in a second, or texts."""


@dataclass(frozen=True)
class RunRecord:
    """What a run's page tells beyond what its model knows. Nothing here may name a person.

    Attributes:
        id: the run's name; its folder in the gallery is called so.
        title: what a person calls it.
        command: the command line that was typed; absolute paths are cut to their last part.
        device: what it was trained on, in words.
        parameters: number of trained parameters by player.
        log: rows with at least ``step``; of them ``loss_discriminator`` and ``loss_generator`` are drawn.
        metrics: what was measured by step, by name; ``NAME of real`` is what real samples would reach.
        events: what happened on the way, in words.
    """

    id: str
    title: str
    command: str
    device: str
    parameters: Mapping[str, int]
    log: Sequence[Mapping[str, object]]
    metrics: Mapping[str, Curve] = field(default_factory=dict)
    events: Sequence[str] = ()


def hang(
    record: RunRecord,
    model: Model,
    *,
    gallery: Path,
    snapshots: Mapping[int, Path],
    seeds: Sequence[int] = range(48),
    truncation: float = 1.0,
    progress: Progress | None = None,
    real: NDArray[Any] | None = None,
) -> Path:
    """Make a run's works and pages; what an earlier call made for the same run is replaced, other files stay.

    `artgan.gallery.front_page.build_index` then lists the run.

    Args:
        record: what the page tells.
        model: what makes the works.
        gallery: the folder of all runs.
        snapshots: sheets of the same seeds, by training step.
        seeds: one for each work.
        truncation: factor of the latents.
        progress: told of each work.
        real: compact real samples, among which the neighbours of each work are looked for; None for none.

    Returns:
        The run's page.

    Raises:
        UsageError: if the run's name cannot be a folder's.
    """
    folder = gallery / _folder_name(record.id)
    with _draft(folder) as draft:
        model.save(draft / FILE_NAME)
        origins = [model.origin(seed, truncation=truncation) for seed in seeds]
        works = make_works(model, draft / "works", origins, progress=progress)
        samples = np.stack([work.sample for work in works])
        model.modality.write_sheet(draft / f"{SHEET}{model.modality.exact_sheet_suffix}", samples, SHEET_COLUMNS)
        model.modality.write_sheet(
            draft / f"{COVER}{model.modality.exact_sheet_suffix}", samples[:COVER_WORKS], COVER_COLUMNS
        )

        # What the pages tell, and the live generator beside them.
        nearest = [[] for _ in works] if real is None else model.modality.neighbours(samples, real)
        table = _table(record, model, works, truncation) | {
            "works": [_work(model, work, near) for work, near in zip(works, nearest, strict=True)],
            "snapshots": [_copy_snapshot(step, path, draft / TIMELAPSE) for step, path in sorted(snapshots.items())],
            "still": write_live(model, draft, works[0].record),
            "walk": _walk(model, draft, seeds, truncation, progress),
            "directions": write_strips(draft, model, seeds, truncation, progress),
        }

        if not table["still"]:
            copy_runtime(gallery / ASSETS)
        write_run(draft, table)
        write_run_pages(draft, model.modality)

    return folder / "index.html"


@dataclass(frozen=True)
class Rebuilt:
    """What became of the runs in a gallery whose pages were written anew.

    Attributes:
        left_out: those that cannot be shown.
        kept: those that stay as they hang, since a plugin that shows their works is not there.
    """

    left_out: tuple[LeftOut, ...]
    kept: tuple[LeftOut, ...]


def rebuild(gallery: Path, registry: Registry) -> Rebuilt:
    """Write all pages of a gallery anew, with the live generators and walks that they lack; works stay as they are.

    The pages of a run whose works no plugin that is there can show stay as they are too.

    Args:
        gallery: the folder of all runs.
        registry: where their generators and modalities are looked up.

    Returns:
        What is not as it would be written now.
    """
    left_out, kept = [], []
    for folder in run_folders(gallery):
        try:
            run = read_run(folder)
            if is_shown_by(run, registry):
                rebuild_run(folder, registry)
            else:
                kept.append(LeftOut(folder.name, _how_to_show(run, registry)))
        except ArtganError as error:
            left_out.append(LeftOut(folder.name, str(error)))
    build_index(gallery, registry, anew=True)
    return Rebuilt(tuple(left_out), tuple(kept))


def _how_to_show(run: Mapping[str, Any], registry: Registry) -> str:
    """Return why the works of a run cannot be shown, and what to do about it."""
    needed = plugin_names(recipe_tables(run["recipe"]))
    absent = [name for name in needed if name not in registry.distributions()]
    remedy = f", which comes with {command('artgan', 'install', *absent)}" if absent else ""
    return f"no modality that was loaded is called {run['modality']!r}{remedy}"


def rebuild_run(folder: Path, registry: Registry) -> None:
    """Write a run's pages anew, as `rebuild`.

    Raises:
        ArtganError: if the run cannot be shown.
    """
    run = read_run(folder)
    modality = registry.get(Modality, run["modality"]).configure({})
    lacks_walk = run["walk"] is None and len(run["works"]) > 1
    if run["works"] and (run["still"] or lacks_walk or not is_data(folder / LIVE)):
        run |= _enlivened(run, folder, registry)
        write_run(folder, run)
    elif run["prompts"] is None:
        run["prompts"] = _takes_prompts_still(folder, registry)
        write_run(folder, run)
    if not run["still"]:
        copy_runtime(folder.parent / ASSETS)
    write_run_pages(folder, modality)


def _enlivened(run: Mapping[str, Any], folder: Path, registry: Registry) -> dict[str, Any]:
    """Let a run's generator run in its page and walk, and return what its record then tells."""
    try:
        model = Model.load(folder / FILE_NAME, registry)
        record = read_work(folder / "works" / run["works"][0]["file"], model.modality).record
    except ArtganError:
        return {"still": "its generator could not be loaded when the pages were written"}
    seeds = [work["seed"] for work in run["works"] if 0 <= work["seed"] <= LARGEST_SEED]
    return {
        "still": write_live(model, folder, record),
        "classes": list(model.classes),
        "layers": model.style_layers,
        "prompts": takes_prompts(model),
        "walk": run["walk"] or _walk(model, folder, seeds, record["truncation"]),
    }


def _takes_prompts_still(folder: Path, registry: Registry) -> bool:
    """Return whether prompts can be typed in the page of a run that was hung when none could be."""
    try:
        return takes_prompts(Model.load(folder / FILE_NAME, registry))
    except ArtganError:
        return False


def without_paths(text: str) -> str:
    """Return text with each absolute path cut to its last part, since folders often tell people's names."""
    quoted = re.compile(r"""(["'])(?:~|[A-Za-z]:)?[\\/](?:[^"'\n]*[\\/])?([^"'\\/\n]*)[\\/]*\1""")
    bare = re.compile(r"""(?<![\w.:/\\"'…-])(?:~|[A-Za-z]:)?[\\/](?:[^\s"'\\/]+[\\/]+)*([^\s"'\\/]+)[\\/]?""")
    return bare.sub(r"…/\1", quoted.sub(r"\1…/\2\1", text))


def _table(record: RunRecord, model: Model, works: Sequence[Work], truncation: float) -> dict[str, Any]:
    provenance = model.provenance

    return {
        "format": FORMAT,
        "id": record.id,
        "title": record.title,
        "command": without_paths(record.command),
        "device": record.device,
        "parameters": dict(record.parameters),
        "dataset": {"title": provenance.dataset, "licence": provenance.licence, "source": provenance.source},
        "step": model.step,
        "kimg": provenance.kimg,
        "seconds": provenance.seconds,
        "versions": dict(provenance.versions),
        "bases": [base.to_table() for base in provenance.bases],
        "recipe": model.recipe,
        "recipe_digest": model.recipe_digest,
        "weights_digest": model.weights_digest,
        "shape": list(works[0].sample.shape),
        "truncation": truncation,
        "losses": {player: thin(record.log, f"loss_{player}") for player in ("discriminator", "generator")},
        "modality": model.spec.modality,
        "presentation": dict(model.spec.presentation),
        "classes": list(model.classes),
        "layers": model.style_layers,
        "prompts": takes_prompts(model),
        "sampling": model.sampling,
        "events": list(record.events),
        "metrics": {name: [list(point) for point in curve] for name, curve in record.metrics.items()},
    }


def _work(model: Model, work: Work, nearest: Sequence[str]) -> dict[str, Any]:
    label = work.record["label"]
    return {
        "file": work.path.name,
        "seed": work.record["seed"],
        "class": "" if label is None else model.classes[label],
        "pixels": work.record["pixels"],
        "nearest": list(nearest),
    }


def _walk(
    model: Model, folder: Path, seeds: Sequence[int], truncation: float, progress: Progress | None = None
) -> dict[str, Any] | None:
    """Write works on the way through the latents of the first seeds and back; return what the page tells of it."""
    through, modality = list(seeds[:WALK_SEEDS]), model.modality
    if len(through) < 2:
        return None
    moves = bool(modality.walk_suffixes)
    count = WALK_FRAMES if moves else WALK_SAMPLES
    file = f"walk{modality.walk_suffixes[0] if moves else modality.exact_sheet_suffix}"
    stops = tuple(map(SeedStart, through))
    walk = Walk.of(model, stops, count, path="spline", loop=True, rate=WALK_RATE, truncation=truncation)
    write_walk(model, folder / file, walk, progress)
    return {"file": file, "seeds": through}


def _copy_snapshot(step: int, source: Path, folder: Path) -> dict[str, Any]:
    name = f"step-{step:08d}{source.suffix}"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(source, folder / name)
    return {"file": name, "step": step}


def _folder_name(name: str) -> str:
    if fault(name, FileName) or is_reserved(name):
        raise UsageError(f"{name!r} cannot be the name of a run in a gallery")
    return name


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Yield an empty folder whose files move into ``folder`` when the block ends well."""
    draft = folder.with_name(f".{uuid.uuid4().hex[:12]}")
    draft.mkdir(parents=True)
    try:
        yield draft
        for path in sorted(path for path in draft.rglob("*") if path.is_file()):
            target = folder / path.relative_to(draft)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    finally:
        shutil.rmtree(draft)
