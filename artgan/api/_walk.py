"""Walk from work to work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..interfaces import Modality, Reporter
from ..plugins.loader import Plugins, load_plugins
from ._choices import check_truncation, starts_of
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


@dataclass(frozen=True, kw_only=True)
class WalkRequest:
    """Where to walk.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        stops: at least two works that it leads through, each by its seed or by its file, of this very model.
        frames: how many works are shown; None for 120, or 12 where the walk is a sheet.
        loop: whether it leads back to the first.
        path: ``slerp`` for great arcs, ``spline`` for one curve through all.
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
    rate: float = 24.0
    truncation: float = 1.0
    sampling: Mapping[str, object] = field(default_factory=dict)
    out: Path | None = None

    def __post_init__(self) -> None:
        check_truncation(self.truncation)
        check_frames(len(self.stops), self.frames)


@dataclass(frozen=True)
class WalkResult:
    """A walk that was written.

    Attributes:
        file: the animation, or the sheet; its record lies beside it.
        texts: its works as text; empty where they have none.
    """

    file: Path
    texts: Sequence[str]


def walk(request: WalkRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT) -> WalkResult:
    """Make a walk, with its record.

    Args:
        request: where.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such model, file, option of sampling or format.
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
    way = plan_walk(
        model,
        starts_of(request.stops, model),
        frames=request.frames,
        path=request.path,
        loop=request.loop,
        rate=request.rate,
        truncation=request.truncation,
    )
    file = request.out or samples_folder(place) / f"{way.stem(model.changed)}{walk_suffixes(model.modality)[0]}"
    check_writable(file.parent)
    file.parent.mkdir(parents=True, exist_ok=True)
    with reporter.progress() as progress:
        texts = write_walk(model, file, way, progress)
    return WalkResult(file=file, texts=texts)


def plan_walk(
    model: Model,
    stops: tuple[Start, ...],
    *,
    frames: int | None,
    path: str,
    loop: bool,
    rate: float,
    truncation: float,
) -> Walk:
    """Return the way through works of a model.

    Args:
        model: what makes the works.
        stops: where it leads through.
        frames: as for `WalkRequest`, as are the following.
        path: how.
        loop: whether it leads back.
        rate: works shown in a second.
        truncation: factor of the latents.

    Raises:
        UsageError: if a number is out of range, or the latents of the stops do not fit into a record.
    """
    from ..artworks.origin import are_recordable
    from ..artworks.walk import Walk

    if not SLOWEST <= rate <= FASTEST:
        raise UsageError(f"--fps {rate:g} is out of range ({SLOWEST} to {FASTEST})")
    frames = frames or (MOVING if model.modality.walk_suffixes else STILL)
    check_frames(len(stops), frames)
    if not are_recordable(stops):
        raise UsageError("the latents of so many works do not fit into a record: give fewer files, or seeds")
    return Walk.of(model, stops, frames, path=path, loop=loop, rate=rate, truncation=truncation)


def check_frames(stops: int, frames: int | None) -> None:
    """Check that a walk has as many stops and frames as one must have; None for the usual frames.

    Raises:
        UsageError: if it has not.
    """
    if stops < 2:
        raise UsageError("a walk leads through at least 2 seeds or files")
    if frames is not None and not 2 <= frames <= MOST_FRAMES:
        raise UsageError(f"--frames {frames} is out of range (2 to {MOST_FRAMES})")
    if frames is not None and frames < stops:
        raise UsageError(f"--frames {frames} are fewer than the {stops} seeds")


def check_path(path: str) -> None:
    """Check that there is such a way from stop to stop.

    Raises:
        UsageError: if there is not; lists those that there are.
    """
    from ..artworks.interpolation import KINDS

    if path not in KINDS:
        raise UsageError(f"--path {path!r} is none; there are: {', '.join(KINDS)}")


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
