"""Measure how good, how varied and how original the works of a run are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..artworks.places import check_writable
from ..errors import UsageError
from ..interfaces import Features, Modality, Observer, Reporter
from ..plugins.loader import Plugins, load_plugins
from ..plugins.observers import GuardedObservers
from ._context import SILENT
from ._data_place import with_data

if TYPE_CHECKING:
    from ..artworks.model import Model
    from ._evaluation import Evaluation, TrainedRun

MIN_WORKS = 100
USUAL_PICTURES = 2000
USUAL_TEXTS = 5000
"""Works that are made unless told otherwise: of pixels in all, of tokens at each temperature."""


@dataclass(frozen=True, kw_only=True)
class EvaluationRequest:
    """What is measured.

    Attributes:
        run: a run's folder, or its name in ``runs``.
        data: where its data lies now; None for where its recipe says.
        baseline: for tokens, the folder of a run of preset ``mle``; None to train one beside the run, where it is
            needed.
        count: works that are made, at least 100; None for 2,000 of pixels, or 5,000 of tokens at each temperature.
        features: what pixels are compared by, as ``name:option=value``; None for ``random-v1``.
        metrics: names of what is measured; empty for all that there is for such works.
        out: where it is written; None for ``evaluation`` in the run's folder.

    Raises:
        UsageError: if the count is too small.
    """

    run: str | Path
    data: Path | None = None
    baseline: Path | None = None
    count: int | None = None
    features: str | None = None
    metrics: tuple[str, ...] = ()
    out: Path | None = None

    def __post_init__(self) -> None:
        if self.count is not None and self.count < MIN_WORKS:
            raise UsageError(f"{self.count} works are too few to measure: ask for at least {MIN_WORKS}")


def evaluate(
    request: EvaluationRequest,
    *,
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
    observers: Sequence[Observer] = (),
    found: Callable[[Evaluation], None] = lambda evaluation: None,
) -> Evaluation:
    """Measure a run's works, write what was found beside the run, and put it on its page in the gallery.

    Works of pixels are compared with samples that were held out of training. Those of tokens are measured over
    temperatures, beside a generator of the same size that is trained by maximum likelihood.

    Args:
        request: what is measured.
        plugins: what was loaded; None loads what is installed.
        reporter: told how long it takes, and how far it is.
        observers: see the baseline's training advance; one that raises is reported and told no more.
        found: called with what was found, before anything is written.

    Raises:
        UsageError: if there is no such run, metric or features, its data is gone, or its works are neither pixels nor
            tokens.
        StoppedError: if a signal stops the baseline's training.
        ArtganError: if the run's data has changed, too little of it was held out, or nothing could be measured.
    """
    from ._evaluation import TrainedRun, find_recipe

    plugins = plugins or load_plugins()
    observer = GuardedObservers(plugins, observers, report=reporter.warn)
    folder, recipe = find_recipe(request.run, plugins.registry)
    again = ("artgan", "evaluate", folder.path)
    recipe = with_data(recipe, request.data, run=folder.id, again=again, registry=plugins.registry)
    kind = recipe.dataset.modality
    measure = {"pixels": _measure_pixels, "tokens": _measure_tokens}.get(
        plugins.registry.get(Modality, kind).representation
    )
    if measure is None:
        raise UsageError(f"{folder.id} makes {kind}s, which evaluate cannot measure")

    check_writable(request.out or folder.evaluation)
    run = TrainedRun.open(folder, recipe, plugins.registry, reporter)
    evaluation = measure(run, request, plugins, reporter, observer)
    found(evaluation)
    evaluation.write()
    try:
        evaluation.hang()
    except OSError as error:
        reporter.warn(f"it is not on the run's page: {folder.hung} cannot be written ({error.strerror})")
    return evaluation


def _measure_pixels(
    run: TrainedRun, request: EvaluationRequest, plugins: Plugins, reporter: Reporter, observer: Observer
) -> Evaluation:
    from ..evaluation.selection import DEFAULT_FEATURES
    from ._pixel_evaluation import evaluate_pixels

    if request.features:
        plugins.registry.chosen(Features, request.features)
    return evaluate_pixels(
        run,
        count=request.count or USUAL_PICTURES,
        features=request.features or DEFAULT_FEATURES,
        metrics=request.metrics,
        folder=request.out or run.folder.evaluation,
        registry=plugins.registry,
        reporter=reporter,
    )


def _measure_tokens(
    run: TrainedRun, request: EvaluationRequest, plugins: Plugins, reporter: Reporter, observer: Observer
) -> Evaluation:
    from ..artworks.model import load_newest
    from ._baseline import train_baseline
    from ._token_evaluation import evaluate_tokens

    if request.features:
        raise UsageError(f"--features are for pictures, and {run.folder.id} makes {run.model.modality.noun}s")

    def baseline() -> Model:
        if request.baseline is not None:
            return load_newest(request.baseline, plugins.registry)[0]
        return train_baseline(run, plugins=plugins, reporter=reporter, observer=observer)

    return evaluate_tokens(
        run,
        baseline=baseline,
        count=request.count or USUAL_TEXTS,
        metrics=request.metrics,
        folder=request.out or run.folder.evaluation,
        registry=plugins.registry,
        reporter=reporter,
    )
