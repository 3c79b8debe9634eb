"""Walk from work to work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..artworks.direction import REACH
from ..errors import UsageError
from ..interfaces import Modality, Reporter
from ..plugins.loader import Plugins, load_plugins
from ._choices import SEEDS, check_truncation, moves_of, starts_of
from ._context import SILENT

if TYPE_CHECKING:
    from ..artworks.model import Model
    from ..artworks.origin import Start
    from ..artworks.walk import Walk

MOST_FRAMES = 100_000
MOVING, STILL = 120, 12
"""Frames where no number is given, of a walk that moves and of one that is a sheet."""


SLOWEST, FASTEST = 1, 100
"""Works shown in a second."""

MOST_CELLS = 64
"""Works shown at once."""

LONGEST_HOLD = 60.0
"""Seconds."""


@dataclass(frozen=True, kw_only=True)
class WalkRequest:
    """Where to walk.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        stops: at least two works that it leads through, each by its seed or by its file, of this very model; along a
            direction or through noise one. A grid shares them out evenly, row by row; given as one walk needs, the
            others go through the seeds that follow.
        frames: how many works are shown; None for 120, or 12 where the walk is a sheet.
        loop: whether it leads back to the first, so that the first work is one step from the last.
        path: ``slerp`` for great arcs, ``spline`` for one curve through all, ``noise`` for a way round through noise.
        along: the name or number of a direction, from 3 steps below the work to 3 above; empty for none.
        moves: how far along directions all works are moved, by their names or numbers, -10 to 10.
        grid: columns and rows of works that are shown at once.
        ease: whether it goes slowly where a stop is near.
        hold: seconds for which each stop stays.
        rate: works shown in a second, 1 to 100.
        truncation: factor of the latents, above 0.
        sampling: options of sampling that the generator has; the others are as trained.
        out: the file; None for one in the samples of the run.

    Raises:
        UsageError: if there are too few stops or frames, or a number is out of range.
    """

    run: Path
    stops: tuple[int | Path, ...] = (0, 1)
    frames: int | None = None
    loop: bool = False
    path: str = "slerp"
    along: str = ""
    moves: Mapping[str, float] = field(default_factory=dict)
    grid: tuple[int, int] = (1, 1)
    ease: bool = False
    hold: float = 0.0
    rate: float = 24.0
    truncation: float = 1.0
    sampling: Mapping[str, object] = field(default_factory=dict)
    out: Path | None = None

    def __post_init__(self) -> None:
        check_truncation(self.truncation)
        fewest, given = fewest_stops(self.path, self.along), len(self.stops)
        cells = max(1, self.grid[0] * self.grid[1])
        each = given if given < fewest else max(fewest, given // cells)
        check_frames(each, self.frames, fewest=fewest)


@dataclass(frozen=True)
class WalkResult:
    """A walk that was written.

    Attributes:
        file: the animation, or the sheet; its record lies beside it.
        texts: its works as text; empty where they have none.
        beside: what else was written beside a sheet, such as a medley of tunes.
    """

    file: Path
    texts: Sequence[str]
    beside: Sequence[Path] = ()


def walk(request: WalkRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT) -> WalkResult:
    """Make a walk, with its record.

    Args:
        request: where.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such model, file, option of sampling, direction or format.
        ArtganError: if a file is no work of this model.
    """
    from ..artworks.model import load_newest
    from ..artworks.places import check_writable, samples_folder
    from ..artworks.walk import write_walk

    check_path(request.path)
    plugins = plugins or load_plugins()
    model, place = load_newest(request.run, plugins.registry)
    model = model.with_sampling(request.sampling)

    # All that can be refused is refused before the first work is made.
    if request.out is not None:
        check_walk_file(request.out, model.modality)
    way = plan_walk(model, starts_of(request.stops, model), request)
    file = request.out or samples_folder(place) / f"{way.stem(model.changed)}{walk_suffixes(model.modality)[0]}"
    check_writable(file.parent)
    file.parent.mkdir(parents=True, exist_ok=True)
    with reporter.progress() as progress:
        written = write_walk(model, file, way, progress)
    return WalkResult(file=file, texts=written.texts, beside=written.beside)


def plan_walk(model: Model, stops: tuple[Start, ...], request: WalkRequest) -> Walk:
    """Return the way through works of a model.

    Args:
        model: what makes the works, with the options of sampling that are asked for.
        stops: where it leads through: those of the request.
        request: all else.

    Raises:
        UsageError: if a number is out of range, there is no such path or direction, or the latents of the stops do not
            fit into a record.
    """
    from ..artworks.interpolation import LINE, NOISE
    from ..artworks.origin import are_recordable
    from ..artworks.walk import Walk

    check_path(request.path)
    if not SLOWEST <= request.rate <= FASTEST:
        raise UsageError(f"--fps {request.rate:g} is out of range ({SLOWEST} to {FASTEST})")
    along, path = request.along, request.path
    if along and path == NOISE:
        raise UsageError("a walk leads along a direction or through noise: give --along or --path noise")
    direction = moves_of({along: REACH}, model)[0] if along else None

    # How many works there are, at once and one after the other.
    fewest, cells = fewest_stops(path, along), _cells(request.grid, model)
    stops = _shared_out(stops, cells, fewest)
    frames, each = request.frames or (MOVING if model.modality.walk_suffixes else STILL), len(stops) // cells
    check_frames(each, frames, fewest=fewest)
    loop = request.loop or path == NOISE
    _check_hold(request.hold, each=2 if along else each, frames=frames, rate=request.rate, loop=loop)
    if not are_recordable(stops):
        raise UsageError("the latents of so many works do not fit into a record: give fewer files, or seeds")
    return Walk(
        stops,
        frames,
        path=LINE if along else path,
        loop=loop,
        rate=request.rate,
        truncation=request.truncation,
        label=model.label_at(stops[0]),
        along=direction,
        moves=moves_of(request.moves, model),
        grid=request.grid,
        ease=request.ease,
        hold=request.hold,
    )


def fewest_stops(path: str, along: str) -> int:
    """Return through how many works a walk must lead."""
    from ..artworks.interpolation import NOISE

    return 1 if along or path == NOISE else 2


def _cells(grid: tuple[int, int], model: Model) -> int:
    """Return how many works are shown at once.

    Raises:
        UsageError: if they cannot be.
    """
    columns, rows = grid
    if not (columns >= 1 and rows >= 1 and columns * rows <= MOST_CELLS):
        raise UsageError(f"--grid {columns}x{rows} is out of range (1 to {MOST_CELLS} works at once)")
    if columns * rows > 1 and not (model.modality.walk_suffixes and model.modality.representation == "pixels"):
        raise UsageError(f"--grid is for pictures, and this run makes {model.modality.noun}s")
    return columns * rows


def _shared_out(stops: tuple[Start, ...], cells: int, fewest: int) -> tuple[Start, ...]:
    """Return the stops of all walks that are shown at once.

    Raises:
        UsageError: if they cannot be shared out evenly.
    """
    from ..artworks.origin import SeedStart

    if cells > 1 and len(stops) == fewest:
        last = stops[-1]
        if isinstance(last, SeedStart) and last.seed + cells * fewest <= SEEDS:
            return (*stops, *(SeedStart(last.seed + step) for step in range(1, (cells - 1) * fewest + 1)))
    if len(stops) % cells or len(stops) // cells < fewest or (fewest == 1 and len(stops) != cells):
        many = cells * fewest
        raise UsageError(
            f"so many works at once share out {many} seeds, as in --seeds 0-{many - 1}: these are {len(stops)}"
        )
    return stops


def _check_hold(hold: float, *, each: int, frames: int, rate: float, loop: bool) -> None:
    """Check that a walk has time to move between stops that are held.

    Raises:
        UsageError: if it has not.
    """
    if not 0 <= hold <= LONGEST_HOLD:
        raise UsageError(f"--hold {hold:g} is out of range (0 to {LONGEST_HOLD:g} seconds)")
    held, steps = each * round(hold * rate), frames if loop else frames - 1
    if held and steps - held < (each if loop else each - 1):
        raise UsageError(
            f"--hold {hold:g} takes {held} of {frames} frames, which leaves none to move: give more --frames"
        )


def check_frames(stops: int, frames: int | None, *, fewest: int = 2) -> None:
    """Check that a walk has as many stops and frames as one must have; None for the usual frames.

    Raises:
        UsageError: if it has not.
    """
    if stops < fewest:
        raise UsageError(f"a walk leads through at least {fewest} seeds or files")
    if frames is not None and not 2 <= frames <= MOST_FRAMES:
        raise UsageError(f"--frames {frames} is out of range (2 to {MOST_FRAMES})")
    if frames is not None and frames < stops:
        raise UsageError(f"--frames {frames} are fewer than the {stops} seeds")


def check_path(path: str) -> None:
    """Check that there is such a way from stop to stop.

    Raises:
        UsageError: if there is not; lists those that there are.
    """
    from ..artworks.interpolation import KINDS, NOISE

    if path not in (*KINDS, NOISE):
        raise UsageError(f"--path {path!r} is none; there are: {', '.join((*KINDS, NOISE))}")


def check_walk_file(file: Path, modality: Modality) -> None:
    """Check that a walk can be written in the format that a file ends in.

    Raises:
        UsageError: if it cannot; lists those that there are.
    """
    if file.suffix not in (suffixes := walk_suffixes(modality)):
        raise UsageError(f"--out {file} ends in no format that a walk can be written in: {', '.join(suffixes)}")


def walk_suffixes(modality: Modality) -> tuple[str, ...]:
    """Return the endings of the files that a walk is written in, the usual one first; one that is a sheet has one."""
    return modality.walk_suffixes or (modality.exact_sheet_suffix,)
