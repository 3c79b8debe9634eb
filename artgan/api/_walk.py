"""Walk from work to work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import UsageError
from ..interfaces import Reporter
from ..plugins.loader import Plugins, load_plugins
from ._choices import check_truncation, starts_of
from ._context import SILENT

MOST_FRAMES = 100_000
MOVING, STILL = 120, 12
"""Frames where no number is given, of a walk that moves and of one that is a sheet."""


@dataclass(frozen=True, kw_only=True)
class WalkRequest:
    """Where to walk.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        stops: at least two works that it leads through, each by its seed or by its file, of this very model.
        frames: how many works are shown; None for 120, or 12 where the walk is a sheet.
        loop: whether it leads back to the first.
        path: ``slerp`` for great arcs, ``spline`` for one curve through all.
        rate: works shown in a second.
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
        if len(self.stops) < 2:
            raise UsageError("a walk leads through at least 2 seeds or files")
        if self.frames is not None and not 2 <= self.frames <= MOST_FRAMES:
            raise UsageError(f"--frames {self.frames} is out of range (2 to {MOST_FRAMES})")
        if self.frames is not None and self.frames < len(self.stops):
            raise UsageError(f"--frames {self.frames} are fewer than the {len(self.stops)} seeds")


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
    from ..artworks.interpolation import KINDS
    from ..artworks.model import load_newest
    from ..artworks.origin import are_recordable
    from ..artworks.places import samples_folder
    from ..artworks.walk import Walk, write_walk

    if request.path not in KINDS:
        raise UsageError(f"--path {request.path!r} is none; there are: {', '.join(KINDS)}")
    plugins = plugins or load_plugins()
    model, place = load_newest(request.run, plugins.registry)
    model = model.with_sampling(request.sampling)

    # All that can be refused is refused before the first work is made.
    suffixes = model.modality.walk_suffixes or (model.modality.exact_sheet_suffix,)
    if request.out is not None and request.out.suffix not in suffixes:
        raise UsageError(f"--out {request.out} ends in no format that a walk can be written in: {', '.join(suffixes)}")
    frames = request.frames or (MOVING if model.modality.walk_suffixes else STILL)
    if frames < len(request.stops):
        raise UsageError(f"--frames {frames} are fewer than the {len(request.stops)} seeds")
    stops = starts_of(request.stops, model)
    if not are_recordable(stops):
        raise UsageError("the latents of so many works do not fit into a record: give fewer files, or seeds")

    way = Walk.of(
        model,
        stops,
        frames,
        path=request.path,
        loop=request.loop,
        rate=request.rate,
        truncation=request.truncation,
    )
    file = request.out or samples_folder(place) / f"{way.stem(model.changed)}{suffixes[0]}"
    file.parent.mkdir(parents=True, exist_ok=True)
    with reporter.progress() as progress:
        texts = write_walk(model, file, way, progress)
    return WalkResult(file=file, texts=texts)
