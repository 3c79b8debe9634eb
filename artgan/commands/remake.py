"""``artgan remake``: a work made again from its seed, and compared with the one there is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import plugin_option

if TYPE_CHECKING:
    from ..interfaces import Modality
    from ..plugins.registry import Registry


@click.command()
@click.argument("path", metavar="WORK", type=click.Path(path_type=Path))
@click.option(
    "--model",
    "model_path",
    type=click.Path(path_type=Path),
    help="The model that made it, or its run.  [default: looked for near WORK and in runs]",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the remade work here.")
@plugin_option
@click.pass_context
def remake(
    context: click.Context, path: Path, model_path: Path | None, out: Path | None, plugin: Sequence[str]
) -> None:
    """Make WORK again from the record that it carries; exit with 1 if it differs in anything."""
    from ..artworks.model import Model
    from ..artworks.places import newest_model, runs_folder
    from ..artworks.work import find_model, read_work
    from ..artworks.work import remake as make_again
    from ..plugins.loader import load_plugins

    registry = load_plugins(plugin).registry
    work = read_work(path, modality_of(path, registry))
    found = newest_model(model_path) if model_path else find_model(work, runs_folder())
    model = Model.load(found, registry)
    again = make_again(work, model)
    if out:
        model.modality.write(out, again.sample, work.record)
    if again.difference:
        click.echo(f"{path} is not what its model makes of its seed: {again.difference}")
        context.exit(1)
    click.echo(f"{path} is identical to the last {model.modality.unit.removesuffix('s')}")


def modality_of(path: Path, registry: Registry, *, moving: bool = False) -> Modality:
    """Return the modality whose works end like this path.

    Args:
        path: of a work.
        registry: of the modalities.
        moving: whether walks count as works.

    Raises:
        UsageError: if there is none.
    """
    from ..errors import UsageError

    for name in registry.names(Modality):
        modality = registry.get(Modality, name).configure({})
        if path.suffix.lower() in (modality.suffix, *(modality.walk_suffixes if moving else ())):
            return modality
    raise UsageError(f"{path} does not end like a work of any known modality")
