"""How a run goes back: to its last healthy checkpoint, or to the last whose works were no copies."""

from __future__ import annotations

from dataclasses import replace

from .run import Run


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
    state, training, seconds = run.original.state(), run.recipe.training, run.seconds
    run.processes.wait()  # until all have read it
    step = state.step if state else run.trainer.steps
    if 1 < step < training.pretraining_steps < training.steps:
        planned = replace(training, pretrain=float(step))
    else:
        planned = replace(training, steps=step, schedule_steps=training.schedule_steps or training.steps)

    # What came after it goes first: whatever stops the process on the way, the run goes on to the same end.
    if run.processes.first:
        run.checkpoints.cut(step)
    run.take(planned)
    if state:
        run.load(state)
        run.clock.set(seconds, step)
        if run.processes.first:
            run.snapshots.cut(step)
            run.best.cut(step)
