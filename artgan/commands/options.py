"""Options that several commands share, and the names of components in help and completion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ..plugins.catalogue.entries import Catalogue

F = TypeVar("F", bound=Callable[..., Any])


class ComponentType(click.ParamType[str]):
    """A component with its options, as ``name:key=value,...``; completes the name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = "name[:key=value,...]"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the names that begin as typed."""
        named = _catalogue(ctx).named(self.kind)
        return [
            CompletionItem(name, help=offer.summary)
            for name, (_, offer) in named.items()
            if name.startswith(incomplete)
        ]


class SeedOrFile(click.ParamType[int | Path]):
    """A work, by its seed or its file; what is no seed is a file, and one that is called like a number is ``./7``."""

    name = "SEED|FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Path:
        """Return the seed or the path."""
        if not isinstance(value, str):
            return cast("int | Path", value)
        seed = _seed(value)
        return Path(value) if seed is None else seed


class Seeds(click.ParamType[tuple[int | Path, ...]]):
    """Seeds split by commas.

    Args:
        least: how many there must be.
        files: whether works may be given by their files too.
    """

    def __init__(self, *, least: int, files: bool = False) -> None:
        self.least, self.files = least, files
        one = SeedOrFile.name if files else "SEED"
        self.name = f"{one},{one}..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int | Path, ...]:
        """Return the seeds and paths, or fail saying what is wrong."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        what = "seeds or files" if self.files else "seeds"
        if not self.files and any(_seed(part) is None for part in parts):
            self.fail(f"{value!r} is no list of seeds: give whole numbers below 2^64, such as 3,8,21", param, ctx)
        if len(parts) < self.least or not all(parts):
            self.fail(f"{value!r}: give at least {self.least} {what}, split by commas", param, ctx)
        return tuple(SeedOrFile().convert(part, param, ctx) for part in parts)


def _seed(text: str) -> int | None:
    """Return the seed that a text is, or None where it is none."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 20 and int(text) < 2**64 else None


class ComponentOption(click.Option):
    """An option that takes a component; its help ends with the names that there are."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        names = _catalogue(ctx).named(self.opts[0].removeprefix("--"))
        return record[0], f"{record[1]}  [{', '.join(names)}]"


def component_option(kind: str, help: str, *, multiple: bool = False) -> Callable[[F], F]:
    """Return the option ``--kind name[:key=value,...]``."""
    return click.option(f"--{kind}", cls=ComponentOption, type=ComponentType(kind), multiple=multiple, help=help)


plugin_option = click.option(
    "--plugin",
    "plugin",
    multiple=True,
    type=click.Path(),
    is_eager=True,
    help="Load a plugin from a file or folder; may be given more than once.",
)


def _catalogue(ctx: click.Context) -> Catalogue:
    """Return the catalogue, read once for a call of the command line."""
    from ..plugins.catalogue.cache import read_catalogue

    if "artgan.plugins.catalogue.cache" not in ctx.meta:
        ctx.meta["artgan.plugins.catalogue.cache"] = read_catalogue(ctx.params.get("plugin", ()))
    return cast("Catalogue", ctx.meta["artgan.plugins.catalogue.cache"])
