"""`artgan plugins new`: the source of a new plugin."""

from __future__ import annotations

from pathlib import Path

import click

KINDS = (
    *("generator", "discriminator", "loss", "penalty", "augmentation", "estimator"),
    *("dataset", "metric", "features", "modality", "preset", "command", "observer"),
)


@click.command()
@click.argument("name")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KINDS), default=["loss"], show_default=True,
    help="What it offers; may be given more than once.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where its folder is made."
)
def new(name: str, kinds: tuple[str, ...], out: Path) -> None:
    """Write the source of a plugin: a distribution that works, with tests that pass, to change into your own.

    \b
    artgan plugins new watercolour --kind generator --kind loss
    """
    from ..plugins.scaffold import plan

    scaffold = plan(name, kinds)
    folder = scaffold.write(out)
    click.echo(f"Wrote {folder}: {', '.join(scaffold.kinds)}. Install it in place, check it, run its tests, use it:\n")
    click.echo(f"  artgan install -e {folder if folder.is_absolute() else f'./{folder.as_posix()}'}")
    click.echo(f"  artgan plugins check {scaffold.distribution}")
    click.echo(f"  python -m pytest {folder}")
    choices = {"generator", "discriminator", "loss", "penalty", "augmentation", "estimator", "preset"} & {*kinds}
    words = [f"--{kind} {scaffold.name}" for kind in scaffold.kinds if kind in choices]
    if "modality" not in kinds:
        words += [f"--dataset {scaffold.name}"] * ("dataset" in kinds)
        click.echo(f"  artgan run {' '.join(words)} --steps 100".replace("  --", " --"))
