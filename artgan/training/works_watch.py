"""The watch over a run's works: where they come to be copies or worse, it goes back and ends; where alike, and on."""

from __future__ import annotations

from collections.abc import Callable

from ..recipe.recipe_file import differences
from .checkpoint import CheckpointError
from .held_out_loss import NAME
from .journal import COLLAPSED, COPIED, METRICS, UNSAVED, UNWRITTEN, WORSE
from .quality_monitor import Copying
from .quality_trend import QualityTrend, Standing
from .rollback import return_to_best, return_to_original, return_to_varied
from .run import Run
from .variety import Variety


class WorksWatch:
    """Acts on what was measured at each snapshot.

    Args:
        run: the run that is trained.
        tell: told of a kind of event, and of what happened in words.
    """

    def __init__(self, run: Run, tell: Callable[[str, str], None]) -> None:
        self._run, self._tell, self._told_alike = run, tell, False

    def act(self, copied: Copying | None, variety: Variety | None) -> bool:
        """Keep the run as it is where its works are as they should be; else go back. All processes call it.

        Args:
            copied: how many works are copies, where that is known; that of the first process counts.
            variety: how varied works are, likewise.

        Returns:
            Whether the run went back.
        """
        run, training = self._run, self._run.recipe.training
        if not run.trainer.steps:
            return False
        if self._leave_alike(variety):
            return True
        if training.copied == training.patience == 1 and not training.collapses:
            return False
        told = run.processes.told_by_first("" if copied is None else f"{copied.excess!r} {copied}")
        excess, _, words = told.partition(" ")
        watched = training.copied < 1 and bool(told)

        if watched and float(excess) > self._most_copied():
            went_back = self._leave_copies(words)
        else:
            went_back = False
            self._keep(original=watched, varied=variety is not None and variety.is_varied)
        return self._leave_worse() or went_back

    def _most_copied(self) -> float:
        """Return how many may be copies; in pre-training half, since the game that follows must have room."""
        training, step = self._run.recipe.training, self._run.trainer.steps
        pretrains = step < training.pretraining_steps < self._run.steps
        return training.copied / 2 if pretrains else training.copied

    def _keep(self, *, original: bool, varied: bool) -> None:
        """Keep the run as it is, where it may be returned to: few works are copies, they are the best, or varied.

        Args:
            original: whether it is known that few of them are copies.
            varied: whether it is known that they are varied.
        """
        run, state = self._run, self._run.state()
        if not run.processes.first:
            return
        trend, varied = self._trend(), varied and run.recipe.training.collapses > 0
        if not original and not varied and (trend.best is None or trend.best is not trend.now):
            return
        try:
            run.returns.add(state, run.model())
        except CheckpointError as error:
            self._tell(UNSAVED, f"{error}; training goes on")
            return
        kept = [trend.best.step if trend.best else None, self._varied_step()]
        run.returns.keep([state.step, *(step for step in kept if step is not None)])

    def _varied_step(self) -> int | None:
        """Return the last step whose works were varied, of those that the run may return to."""
        rows = self._run.journal.rows(METRICS)
        known = [variety for row in rows if (variety := Variety.of(row, row["step"])) and variety.is_varied]
        return max({variety.step for variety in known} & set(self._run.returns.steps()), default=None)

    def _leave_alike(self, variety: Variety | None) -> bool:
        """Go back from works that have come to look alike, where the run may, or say so once; return whether it did."""
        run, training = self._run, self._run.recipe.training
        alike = variety is not None and variety.has_collapsed(run.steps)
        told = run.processes.told_by_first(f"the works have come to look alike ({variety})" if alike else "")
        if not told:
            return False
        if training.collapsed >= training.collapses:
            if not self._told_alike:
                advice = "try another --seed, --penalty r1 or a lower --lr"
                self._tell(COLLAPSED, f"{told}: if they stay so, {advice}")
            self._told_alike = True
            return False
        return self._go_on_eased(told)

    def _go_on_eased(self, told: str) -> bool:
        """Go back to when works were varied, and on from there eased; return whether the run did.

        Args:
            told: what is told of it.
        """
        run, played, at = self._run, self._played(), self._run.trainer.steps
        step = run.processes.told_by_first(str(self._varied_step() or 0) if run.processes.first else "")
        try:
            return_to_varied(run, int(step))
        except OSError as error:
            self._tell(UNWRITTEN, f"cannot write the recipe of {run.id}: {error.strerror}; training goes on")
            return False
        try:
            run.save()
        except CheckpointError as error:
            self._tell(UNSAVED, f"{error}; training goes on")

        training = run.recipe.training
        self._tell(
            COLLAPSED,
            f"at step {at:,} {told}: back to step {run.trainer.steps:,}, and on with "
            f"{'; '.join(differences(played, self._played()))} ({training.collapsed} of {training.collapses})",
        )
        return True

    def _played(self) -> str:
        return self._run.recipe.as_played().to_toml(self._run.registry)

    def _leave_copies(self, words: str) -> bool:
        """Go back to when fewer works were copies; return whether the run did.

        Args:
            words: what is told of it.
        """
        run, training, step = self._run, self._run.recipe.training, self._run.trainer.steps
        try:
            return_to_original(run)
        except OSError as error:
            self._tell(UNWRITTEN, f"cannot write the recipe of {run.id}: {error.strerror}; training goes on")
            return False
        what = "the run ends" if run.trainer.steps == run.steps else "pre-training ends"
        self._tell(
            COPIED,
            f"at step {step:,} too many works were copies of what it is trained on ({words}): {what} at step "
            f"{run.trainer.steps:,}, when fewer were (training.copied = {training.copied:g})",
        )
        return True

    def _leave_worse(self) -> bool:
        """Go back to when works were best, where they have been clearly worse for long, or are so at the end."""
        run, training = self._run, self._run.recipe.training
        told = run.processes.told_by_first(self._worse() if run.processes.first else "")
        if not told:
            return False
        best, _, words = told.partition(" ")
        try:
            if not return_to_best(run, int(best)):
                return False
        except OSError as error:
            self._tell(UNWRITTEN, f"cannot write the recipe of {run.id}: {error.strerror}; training goes on")
            return False
        what = "the run ends" if run.trainer.steps == run.steps else "pre-training ends"
        self._tell(
            WORSE,
            f"{words}: {what} at step {run.trainer.steps:,}, when they were best "
            f"(training.patience = {training.patience:g})",
        )
        return True

    def _worse(self) -> str:
        """Return the step to go back to and why, where works have been clearly worse for long enough; else nothing."""
        run, trend = self._run, self._trend()
        training, step = run.recipe.training, run.trainer.steps
        if training.patience == 1 or trend.best is None or trend.worse_from is None:
            return ""
        patience = training.patience * (training.schedule_steps or training.steps)
        if step < run.steps and step - trend.worse_from < patience:
            return ""
        now, then = trend.now, trend.best
        what = "the odds of held-out samples" if then.name == NAME else "works"
        return f"{then.step} from step {trend.worse_from:,} on {what} were clearly worse ({now}, at their best {then})"

    def _trend(self) -> QualityTrend:
        run = self._run
        standings = [standing for row in run.journal.rows(METRICS) if (standing := Standing.from_row(row))]
        return QualityTrend.of(standings, run.trainer.steps, run.returns.steps())
