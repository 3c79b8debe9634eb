"""How a run goes back: to its last healthy checkpoint, the last whose works were no copies or varied, or the best."""

from __future__ import annotations

from dataclasses import replace

from ..recipe.settings import Training
from .run import Run
from .run_state import RunState


def go_back(run: Run) -> None:
    """Return to the last healthy checkpoint, or to the start, and on from there with other random numbers."""
    count, seconds = run.rollbacks + 1, run.seconds
    if state := run.checkpoints.newest():
        run.load(state)
    else:
        run.begin_again()

    # The numbers must differ from those that led here, and the time since then was spent all the same.
    run.shuffle(count)
    run.trainer.read_scalars()
    run.clock.set(seconds, run.trainer.steps)


def return_to_original(run: Run) -> None:
    """Go back to the last checkpoint whose works were no copies, or stay where there is none.

    Where that was in the pre-training, this ends there, and the game begins; else the run ends.

    Raises:
        OSError: if the recipe cannot be written; then the run goes on from where it is.
    """
    state = run.returns.state()
    _return(run, state, _ended_at(state.step if state else run.trainer.steps, run.recipe.training))


def return_to_best(run: Run, step: int) -> bool:
    """Go back to the checkpoint of a step, whose works were the best, and end the run or its pre-training there.

    Returns:
        Whether there was a valid one; else the run goes on.

    Raises:
        OSError: as for `return_to_original`.
    """
    if state := run.returns.state(step):
        _return(run, state, _ended_at(step, run.recipe.training))
    return state is not None


def return_to_varied(run: Run, step: int | None) -> None:
    """Go back to the checkpoint of a step, whose works were varied, or to the start, and on from there eased.

    Raises:
        OSError: as for `return_to_original`.
    """
    seconds = run.seconds
    state = run.returns.state(step) if step else None
    run.processes.wait()  # until all have read it

    # What came after it goes first: whatever stops the process on the way, the run goes on from there or from before.
    _cut(run, state.step if state else 0)
    run.take_eased()
    if state:
        run.load(state)
    else:
        run.begin_again()

    # The time is spent all the same.
    run.trainer.read_scalars()
    run.clock.set(seconds, run.trainer.steps)


def _ended_at(step: int, training: Training) -> Training:
    """Return the plan that ends at a step: the pre-training, where the game is yet to come, or the run."""
    if 1 < step < training.pretraining_steps < training.steps:
        return replace(training, pretrain=float(step))
    return replace(training, steps=step, schedule_steps=training.schedule_steps or training.steps)


def _return(run: Run, state: RunState | None, planned: Training) -> None:
    """Take another plan, and go on from a state, or from where the run is."""
    step, seconds = state.step if state else run.trainer.steps, run.seconds
    run.processes.wait()  # until all have read it

    # What came after it goes first: whatever stops the process on the way, the run goes on to the same end.
    if run.processes.first:
        run.checkpoints.cut(step)
    run.take(planned)
    if state:
        run.load(state)
        run.clock.set(seconds, step)
        _cut(run, step)


def _cut(run: Run, step: int) -> None:
    """Remove what was kept after a step."""
    if run.processes.first:
        run.checkpoints.cut(step)
        run.snapshots.cut(step)
        run.best.cut(step)
