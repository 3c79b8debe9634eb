"""Make new works of a trained model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..interfaces import Reporter
from ..plugins.loader import Plugins, load_plugins
from ._choices import MixRequest, check_seeds, check_truncation, label_of, mixes_of, moves_of
from ._context import SILENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..artworks.model import Model
    from ._works import WorksResult

MOST_WORKS = 100_000


@dataclass(frozen=True, kw_only=True)
class SampleRequest:
    """Which works to make.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        seed: of the first work; the others follow one by one.
        count: how many works.
        truncation: factor of the latents, above 0; below 1 for more typical works, and less varied.
        label: name or number of a class; None for each seed's own.
        sampling: options of sampling that the generator has, such as ``temperature``; the others are as trained. With
            ``constraint``, what works are held to while they are drawn, as ``begins-with:words=O`` or the component.
        moves: how far along directions, by their names or numbers, -10 to 10.
        mixes: styles of other seeds, for generators whose layers take styles. Where one names several seeds, they are
            the columns of a table: each work is made with the styles of each, and without to the left of these.
        batch: whether to render many at a time in float32, next to the canonical works, which `remake` allows for.
        device: where batches are rendered; ``auto`` takes an accelerator where there is one.
        out: where they are written; None for the samples of the run.

    Raises:
        UsageError: if seeds or truncation are out of range.
    """

    run: Path
    seed: int = 0
    count: int = 16
    truncation: float = 1.0
    label: str | None = None
    sampling: Mapping[str, object] = field(default_factory=dict)
    moves: Mapping[str, float] = field(default_factory=dict)
    mixes: Sequence[MixRequest] = ()
    batch: bool = False
    device: str = "auto"
    out: Path | None = None

    def __post_init__(self) -> None:
        check_seeds(self.seed, self.count, most=MOST_WORKS, option="--seed")
        check_truncation(self.truncation)


def sample(request: SampleRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT) -> WorksResult:
    """Make new works, each with its record, a sheet of the first of them, and a copy of the model that made them.

    Works that are there already are not made again, so that what was interrupted goes on.

    Args:
        request: which works.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such model, class, option of sampling, direction or layer.
        ArtganError: if the model is damaged, or another work has the name of one of these.
    """
    from ..artworks.batches import Batches
    from ..artworks.direction import stem_of_moves
    from ..artworks.model import load_newest
    from ..artworks.origin import stem_of_choices, stem_of_names
    from ..artworks.places import check_writable, samples_folder
    from ..artworks.styles import stem_of_mixes
    from ..artworks.work import make_works
    from ..training.device import choose_device
    from ._works import SHEET_COLUMNS, finish

    plugins = plugins or load_plugins()
    model, place = load_newest(request.run, plugins.registry)
    model = model.with_sampling(request.sampling)
    label, moves = label_of(request.label, model), moves_of(request.moves, model)
    mixes = mixes_of(request.mixes, model)
    folder = request.out or samples_folder(place)
    check_writable(folder)

    # Each row of a table begins with the work that styles are mixed into.
    is_table = len(mixes) > 1
    columns = [(), *mixes] if is_table else mixes
    check_seeds(request.seed, request.count * len(columns), most=MOST_WORKS, option="--seed")
    seeds = range(request.seed, request.seed + request.count)
    origins = [
        model.origin(seed, truncation=request.truncation, label=label, moves=moves, mixes=mixed)
        for seed in seeds
        for mixed in columns
    ]
    batches = Batches(model, choose_device(request.device)) if request.batch else None
    with reporter.progress() as progress:
        works = make_works(model, folder, origins, batches=batches, progress=progress)

    choices = stem_of_choices(request.truncation, label, model.changed) + stem_of_moves(moves)
    mixed = f"-{stem_of_names([stem_of_mixes(each)[1:] for each in mixes])}" if request.mixes else ""
    return finish(
        model,
        works,
        folder / f"sheet-{request.seed:08d}-{request.count}{choices}{mixed}",
        first=_columns_heads(model, request, label) if is_table else (),
        columns=len(columns) if is_table else SHEET_COLUMNS,
    )


def _columns_heads(model: Model, request: SampleRequest, label: int | None) -> list[NDArray[Any]]:
    """Return what stands above a table: nothing, and the works whose styles its columns take, compact."""
    import numpy as np

    seeds = max((each.seeds for each in request.mixes), key=len)
    heads = [model.make(model.origin(seed, truncation=request.truncation, label=label)) for seed in seeds]
    return [np.full_like(heads[0], 255), *heads]
