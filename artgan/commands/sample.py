"""`artgan sample`: new works of a trained model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from ..artworks.model import Model

SHEET_COLUMNS = 8
MOST = 100_000
SHOWN = 16


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**64 - 1),
    help="Seed of the first work; the others follow one by one.",
)
@click.option("-n", "--count", default=16, show_default=True, type=click.IntRange(1, MOST), help="How many works.")
@click.option(
    "--truncation",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 10, min_open=True),
    help="Factor of the latents; below 1: more typical works, and less varied.",
)
@click.option("--class", "wanted", metavar="CLASS", help="Name or number of a class.  [default: they take turns]")
@click.option("--temperature", type=float, help="For text: below 1 for likelier works.  [default: as trained]")
@click.option("--top-k", type=int, help="For text: draw from the likeliest tokens alone.  [default: as trained]")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: samples, in RUN]")
@plugin_option
def sample(
    run: Path,
    seed: int,
    count: int,
    truncation: float,
    wanted: str | None,
    temperature: float | None,
    top_k: int | None,
    out: Path | None,
    plugin: Sequence[str],
) -> None:
    """Make new works of RUN: a run's name or folder, its folder in a gallery, or a model's file."""
    from ..artworks.model_file import FILE_NAME
    from ..artworks.places import samples_folder
    from ..errors import UsageError
    from ..plugins.loader import load_plugins
    from .display import Display

    if seed + count > 2**64:
        raise UsageError(f"--seed {seed} leaves no room for {count} works: seeds end at {2**64 - 1}")

    import numpy as np

    from ..artworks.model import load_newest
    from ..artworks.origin import stem_of_choices
    from ..artworks.work import make_works

    model, path = load_newest(run, load_plugins(plugin).registry)
    model = model.with_sampling(chosen_sampling(temperature, top_k))
    label = None if wanted is None else chosen_label(model, wanted)
    folder = out or samples_folder(path)
    display = Display(quiet=False)
    with display.progress() as progress:
        origins = [model.origin(each, truncation=truncation, label=label) for each in range(seed, seed + count)]
        works = make_works(model, folder, origins, progress=progress)
    model.save(folder / FILE_NAME)  # so that the works can be made again when the run has moved on
    samples = np.stack([work.sample for work in works])
    choices = stem_of_choices(truncation, label, model.changed)
    sheet = folder / f"sheet-{seed:08d}-{count}{choices}{model.modality.exact_sheet_suffix}"
    model.modality.write_sheet(sheet, samples, SHEET_COLUMNS)
    for text in model.modality.to_text(samples)[:SHOWN]:
        display.say(f"{text}\n")
    for written in [*(work.path for work in works), sheet]:
        click.echo(written)


def chosen_sampling(temperature: float | None, top_k: int | None) -> dict[str, float]:
    """Return the options of sampling that were given."""
    given = {"temperature": temperature, "top_k": top_k}
    return {name: value for name, value in given.items() if value is not None}


def chosen_label(model: Model, wanted: str) -> int:
    """Return the index of the class that is meant by its name or number.

    Raises:
        UsageError: if there is none such.
    """
    from ..errors import UsageError

    if not model.classes:
        raise UsageError(f"--class {wanted}: generator {model.generator.name} of this run makes no classes apart")
    if wanted in model.classes:
        return model.classes.index(wanted)
    if wanted.isdecimal() and int(wanted) < len(model.classes):
        return int(wanted)
    known = ", ".join(f"{name} ({number})" for number, name in enumerate(model.classes))
    raise UsageError(f"--class {wanted} is no class of this run; there are: {known}")
