"""Options that several commands share, and the names of components in help and completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ..api import MixRequest
    from ..plugins.catalogue.entries import Catalogue
    from ..recipe.recipe import Tables

MAX_THREADS = 1024
MAX_SPREAD = 100_000
"""Seeds from one to another."""

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


class OutFile(click.Path):
    """A file to write, which has a name."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or fail where it is empty, which would stand for the folder here."""
        if not str(value):
            self.fail("it is empty: give the name of a file", param, ctx)
        return super().convert(value, param, ctx)


class SeedOrFile(click.ParamType[int | Path]):
    """A work, by its seed or its file; what is no seed is a file, and one that is called like a number is ``./7``."""

    name = "SEED|FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Path:
        """Return the seed or the path."""
        if not isinstance(value, str):
            return cast("int | Path", value)
        seed = _seed(value)
        return Path(value) if seed is None else seed


class Grid(click.ParamType[tuple[int, int]]):
    """Columns and rows, as ``4x3``."""

    name = "COLUMNSxROWS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return columns and rows, or fail saying what is wrong."""
        if isinstance(value, tuple):
            return value
        columns, _, rows = str(value).partition("x")
        if not (_seed(columns) and _seed(rows)):
            self.fail(f"{value!r} is no grid: write columns and rows, as in 4x3", param, ctx)
        return int(columns), int(rows)


class Threads(click.ParamType[int]):
    """A number of threads; ``auto`` is 0."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        if isinstance(value, int):
            return value
        if value == "auto":
            return 0
        number = _seed(str(value)) or 0
        if not 1 <= number <= MAX_THREADS:
            self.fail(f"{value!r} is neither auto nor a number from 1 to {MAX_THREADS}", param, ctx)
        return number


class Seeds(click.ParamType[tuple[int | Path, ...]]):
    """Seeds split by commas, and from one to another as ``0-23``.

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
        parts = [seed for part in str(value).split(",") for seed in self._spread(part.strip())]
        what = "seeds or files" if self.files else "seeds"
        if not self.files and any(_seed(part) is None for part in parts):
            self.fail(f"{value!r} is no list of seeds: give whole numbers below 2^64, such as 3,8,21", param, ctx)
        if len(parts) < self.least or not all(parts):
            many = f"at least {self.least}" if self.least > 1 else "one or more"
            self.fail(f"{value!r}: give {many} {what}, split by commas", param, ctx)
        return tuple(SeedOrFile().convert(part, param, ctx) for part in parts)

    def _spread(self, part: str) -> list[str]:
        """Return the seeds from one to another, where a part means so many; else the part itself."""
        first, dash, last = part.partition("-")
        least, most = _seed(first), _seed(last)
        if not dash or least is None or most is None or not 0 <= most - least < MAX_SPREAD:
            return [part]
        return [str(seed) for seed in range(least, most + 1)]


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


def component_option(kind: str, help: str, *, multiple: bool = False, metavar: str | None = None) -> Callable[[F], F]:
    """Return the option ``--kind name[:key=value,...]``; a metavar says so where it takes something else."""
    return click.option(
        f"--{kind}", cls=ComponentOption, type=ComponentType(kind), multiple=multiple, metavar=metavar, help=help
    )


def option_group(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return a decorator that adds several options, in their order in the help."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


positive = click.FloatRange(min=0, min_open=True)

component_options = option_group(
    component_option("generator", "What makes the samples."),
    component_option("discriminator", "What judges them."),
    component_option("loss", "The adversarial loss."),
    component_option("penalty", "A penalty on the discriminator, or none; may be given more than once.", multiple=True),
    component_option("augmentation", "A change before the discriminator, or none; as --penalty.", multiple=True),
    component_option("estimator", "How the generator learns through its samples."),
    component_option("dataset", "The real samples; a path as plain argument is recognised."),
    component_option("preset", "The recipe that fills in what is not chosen, instead of default."),
)
"""What plays in a run."""

budget_options = option_group(
    click.option("--steps", type=click.IntRange(min=1), help="Budget: steps."),
    click.option("--epochs", type=positive, help="Budget: times each sample is seen."),
    click.option("--kimg", type=positive, help="Budget: thousand real samples seen."),
    click.option("--minutes", type=positive, help="Budget: minutes on this machine."),
)
"""How long a run is."""

training_options = option_group(
    click.option("--batch", type=int, help="Samples in a batch."),
    click.option("--shards", type=int, help="Equal parts of a batch, played one by one: less memory.  [default: 1]"),
    click.option("--lr", help="Learning rate of both players: a number, or a schedule such as linear:1e-3..0."),
    click.option("--pretrain", type=float, help="Steps of maximum likelihood first; up to 1: share of the run."),
    click.option(
        "--evaluate-every", type=click.IntRange(0), help="Judge every so many steps, and keep the best; 0: never."
    ),
    click.option("--seed", type=int, help="Root of all randomness."),
    click.option("--threads", type=Threads(), help="Threads on the CPU.  [default: auto, as many as are fastest]"),
)
"""Lines of the recipe that have an option of their own."""


def _settings(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> Tables:
    """Return the recipe tables of texts such as ``training.ema=0.99``, the later before the earlier."""
    from ..errors import UsageError
    from ..recipe.compose import merge

    tables: Tables = {}
    for text in given:
        place, equals, value = text.partition("=")
        table, dot, key = place.partition(".")
        if not (equals and dot and key):
            raise UsageError(f"cannot read --set {text}: write TABLE.KEY=VALUE, as in training.ema=0.99")
        tables = merge(tables, {table: {key: value}})
    return tables


setting_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="TABLE.KEY=VALUE",
    callback=_settings,
    help="Any other line of the recipe.",
)


def _parts(context: click.Context, option: click.Parameter, given: str | None) -> tuple[str, ...]:
    """Return the words of a list that is split by commas; which there are, the recipe says."""
    return tuple(part.strip() for part in given.split(",")) if given else ()


base_options = option_group(
    click.option(
        "--from", "base", metavar="RUN|FILE", type=click.Path(path_type=Path),
        help="Start from another model: a run, a gallery folder or a model's file.",
    ),
    click.option(
        "--take", metavar="PART,PART...", callback=_parts,
        help="With --from, what is taken: generator, discriminator, ema, optimisers.  [default: the networks]",
    ),
    click.option(
        "--freeze-discriminator", metavar="N", type=click.IntRange(0),
        help="With --from: the N lowest layers of the discriminator do not learn.",
    ),
)  # fmt: skip
"""The model that a run starts from, and what of it."""

run_argument = click.argument("run", type=click.Path(path_type=Path))
"""A trained model: a run's name or folder, its folder in a gallery, or a model's file."""

truncation_option = click.option(
    "--truncation",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 10, min_open=True),
    help="Factor of the latents; below 1: more typical works, and less varied.",
)


def class_option(usual: str) -> Callable[[F], F]:
    """Return the option ``--class``; ``usual`` says what happens without it."""
    return click.option("--class", "label", metavar="CLASS", help=f"Name or number of a class.  [default: {usual}]")


def assignments(example: str) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, str]]:
    """Return the callback of an option that is given as often as wanted, each time as what its metavar tells.

    Args:
        example: of such a text, with its equals sign.
    """

    def read(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
        from ..errors import UsageError

        found: dict[str, str] = {}
        for text in given:
            name, equals, value = text.partition("=")
            if not (equals and name):
                raise UsageError(f"cannot read {option.opts[0]} {text}: write {option.metavar}, as in {example}")
            found[name] = value
        return found

    return read


sampling_options = option_group(
    click.option("--temperature", type=float, help="For text: below 1 for likelier works.  [default: as trained]"),
    click.option("--top-k", type=int, help="For text: draw from the likeliest tokens alone.  [default: as trained]"),
    click.option(
        "--sampling",
        multiple=True,
        metavar="NAME=VALUE",
        callback=assignments("temperature=0.8"),
        help="Any other option of sampling that the generator has.",
    ),
)
"""How a generator draws at random; `given_sampling` puts them together."""


def given_sampling(temperature: float | None, top_k: int | None, sampling: Mapping[str, object]) -> dict[str, object]:
    """Return the options of sampling that were given, by name."""
    named = {"temperature": temperature, "top_k": top_k}
    return {**sampling, **{name: value for name, value in named.items() if value is not None}}


def _moves(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    """Return the moves of texts such as ``weight=2.5``."""
    from ..errors import UsageError

    example = "weight=2.5 or 2=-1"
    moves: dict[str, float] = {}
    for name, by in assignments(example)(context, option, given).items():
        try:
            moves[name] = float(by)
        except ValueError:
            raise UsageError(f"cannot read --move {name}={by}: write DIRECTION=NUMBER, as in {example}") from None
    return moves


move_option = click.option(
    "--move",
    "moves",
    multiple=True,
    metavar="DIRECTION=NUMBER",
    callback=_moves,
    help="Move along a direction that `artgan directions` has found; may be given more than once.",
)
"""How far works are moved, by the names or numbers of directions."""


def _mixes(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[MixRequest, ...]:
    """Return the mixes of texts such as ``8@fine`` and ``8,9@coarse``."""
    from ..api import MixRequest
    from ..errors import UsageError

    found = []
    for text in given:
        seeds, at, layers = text.partition("@")
        if not (at and layers and all(seed.isascii() and seed.isdecimal() for seed in seeds.split(","))):
            raise UsageError(f"cannot read --mix {text}: write SEEDS@LAYERS, as in 8@fine, 8@5-10 or 8,9,11@coarse")
        found.append(MixRequest(seeds=tuple(map(int, seeds.split(","))), layers=layers))
    return tuple(found)


mix_option = click.option(
    "--mix",
    "mixes",
    multiple=True,
    metavar="SEEDS@LAYERS",
    callback=_mixes,
    help="Take the styles of coarse, middle or fine layers (or 2, 3-6) from another seed; several seeds make a table.",
)
"""Styles of other seeds, for generators whose layers take styles."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs to read.")

out_folder_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder.  [default: samples, in RUN]"
)

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
