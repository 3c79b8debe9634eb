"""What a run shows and measures of its average generator on the way: snapshots, diversity, quality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from . import checkpoint
from .best_checkpoint import Quality
from .finite import check_tensors
from .journal import COLLAPSED, METRICS, UNJUDGED, UNSAVED, UNWRITTEN
from .measuring import SAMPLES
from .sampling import sampled
from .saving import ALL, save_in

if TYPE_CHECKING:
    from .run import Run

SNAPSHOT_SEEDS = range(64)
TEXT_SEEDS = range(16)
"""Texts are few enough to be rendered one by one, as artworks are."""

AT_FIRST, AT_FIRST_STEPS = 0.2, 200
"""The share of a run, and the least number of steps, in which works may look alike."""


def take_snapshot(run: Run) -> None:
    """Write a sheet of what the average generator makes of the same latents as ever; without space, warn."""
    check_tensors(run.trainer.ema.network.state_dict(), run.trainer.steps)
    folder = run.places.snapshots
    path = folder / f"step-{run.trainer.steps:08d}{run.modality.sheet_suffix}"
    try:
        folder.mkdir(exist_ok=True)
        run.modality.write_sheet(path, _sheet(run), columns=8)
        run.snapshot = path
    except OSError as error:
        run.tell(UNWRITTEN, f"cannot write {path.name}: {error.strerror}; training goes on")
    if run.measures.drawn:
        values = run.measures.of(sampled(run.trainer, range(SAMPLES)))
        run.write_down(METRICS, {"step": run.trainer.steps, **values})
        _warn_of_collapse(run, values)


def _sheet(run: Run) -> NDArray[Any]:
    return run.model().render(TEXT_SEEDS) if run.data.spec.vocabulary else sampled(run.trainer, SNAPSHOT_SEEDS)


def _warn_of_collapse(run: Run, values: Mapping[str, float]) -> None:
    """Tell once that all works look alike; at the beginning they always do."""
    message = run.measures.collapse(values)
    begun = run.trainer.steps > max(run.steps * AT_FIRST, AT_FIRST_STEPS)
    if message and begun and not run.collapsed:
        run.collapsed = True
        run.tell(COLLAPSED, message)


def check_judge(run: Run) -> None:
    """Tell where quality is to be judged and cannot be, or not as it should be."""
    if not run.recipe.training.evaluate_every:
        return
    if run.measures.judge is None:
        run.tell(UNJUDGED, f"no metric judges {run.modality.name}: no best checkpoint is kept")
    elif run.measures.judges_by_training_samples:
        run.tell(
            UNJUDGED,
            "no samples are held out, so the best is judged by those trained on, which copies match best: "
            "give more samples, or a larger --set training.held_out",
        )


def judge(run: Run) -> None:
    """Measure how good the average generator is, and keep it where it is better than ever."""
    check_tensors(run.trainer.ema.network.state_dict(), run.trainer.steps)
    values, main = run.measures.judged(sampled(run.trainer, range(SAMPLES)))
    if values:
        run.write_down(METRICS, {"step": run.trainer.steps, **values})
    if main in values:
        run.quality = Quality(run.trainer.steps, main, values[main])
        keep_if_best(run, run.quality)


def keep_if_best(run: Run, quality: Quality) -> None:
    """Save the run in the place of its best checkpoint where its quality is better; without space, warn."""
    if run.best.is_beaten_by(quality):
        try:
            run.best.replace(lambda folder: save_in(run, folder, keep=ALL, again=True, quality=quality))
        except checkpoint.CheckpointError as error:
            run.tell(UNSAVED, f"{error}; the best so far stays, and training goes on")
