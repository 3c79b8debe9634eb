"""`artgan plugins new`: the source of a new plugin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..shell import command
from .terminal import echo

if TYPE_CHECKING:
    from ..api import NewPlugin


class Offer(click.Choice[str]):
    """What a plugin can be made of, looked up when it is asked for: listing the commands imports no interfaces."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]  # click sets it once, and only reads it then
        """All kinds of components, and what is offered beside them."""
        from ..interfaces.kinds import KINDS

        return (*KINDS, "command", "observer")


@click.command(short_help="Write the source of a plugin.")
@click.argument("name")
@click.option(
    "--kind", "kinds", multiple=True, type=Offer(), default=["loss"], show_default=True,
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
    from ..api import write_plugin

    written = write_plugin(name, kinds=kinds, out=out)
    folder = written.folder
    echo(f"Wrote {folder}: {', '.join(written.kinds)}. Install it in place, check it, run its tests, use it:")
    echo()
    place = folder if folder.is_absolute() else f"./{folder.as_posix()}"
    echo(f"  {command('artgan', 'install', '-e', place)}")
    echo(f"  {command('artgan', 'plugins', 'check', written.distribution)}")
    echo(f"  {command('python', '-m', 'pytest', folder)}")
    if "modality" not in kinds:
        echo(f"  {command('artgan', 'run', *_options_of_run(written), '--steps', '100')}")


def _options_of_run(written: NewPlugin) -> list[str]:
    """Return the options of `artgan run` that choose what was written."""
    chosen = {"generator", "discriminator", "loss", "penalty", "augmentation", "estimator", "preset"}
    taken = [kind for kind in written.kinds if kind in chosen or kind == "dataset"]
    return [word for kind in taken for word in (f"--{kind}", written.name)]
