"""A run ends before its works are copies or come to be worse than they were, and goes back where they look alike."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from artgan.gallery.from_run import hang_run
from artgan.interfaces import Observer, RunInfo, Tick, Workspace
from artgan.plugins.registry import Registry
from artgan.recipe.compose import compose, merge
from artgan.recipe.recipe_file import read_toml
from artgan.training import variety
from artgan.training.checkpoint import checkpoints
from artgan.training.journal import COLLAPSED, COPIED, EVENTS, LOSSES, METRICS, WORSE
from artgan.training.pace import Pace
from artgan.training.quality_trend import Standing
from artgan.training.run import Run
from artgan.training.training_loop import TrainingLoop

MOST, STEPS = 0.05, 60
LINES = [f"{first}{second}{third}" for first in "abcdef" for second in "klmnop" for third in "uvw"]
"""A hundred and eight, of which all that nothing is trained on are other ones."""

BY_HEART = {
    "generator": {"name": "rnn", "width": 32, "embedding": 8, "latent": 4},
    "discriminator": {"name": "rnn", "width": 8, "embedding": 8},
    "loss": {"name": "bce"},
    "training": {
        "steps": STEPS,
        "batch": 32,
        "pretrain": 1.0,
        "copied": MOST,
        "log_every": 1,
        "checkpoint_every": 20,
        "held_out": 0.5,
        "snapshots": 6,
        "precision": "float32",
        "ema": 0.5,
    },
    "generator_optimiser": {"lr": 0.01, "beta1": 0.9, "beta2": 0.99},
}
"""Likelihood of a few lines alone, until it knows them all."""


class Watcher(Observer):
    """Keeps what is told, and stops the run after a step."""

    def __init__(self, stop_at: int = 0) -> None:
        self.stop_at, self.told = stop_at, list[str]()

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        if tick.step == self.stop_at:
            os.kill(os.getpid(), signal.SIGINT)

    def run_warned(self, run: RunInfo, message: str) -> None:
        self.told.append(message)


class Damage(Watcher):
    """Makes works worse at a step, and from another on: whatever was learned, all texts become alike."""

    def __init__(self, run: Run, damage_from: int, stop_at: int = 0) -> None:
        super().__init__(stop_at)
        self.run, self.damage_from = run, damage_from

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        super().run_ticked(run, tick)
        if tick.step == WORSE_AT or tick.step >= self.damage_from:
            for weights in self.run.trainer.ema.network.parameters():
                weights.data.copy_(torch.linspace(-9, 9, weights.numel()).view_as(weights))


@pytest.fixture
def make(registry: Registry, tmp_path: Path) -> Callable[..., Run]:
    """Make a run by the name of its folder; keyword arguments are settings of its training."""
    (tmp_path / "lines.txt").write_text("\n".join(LINES), encoding="utf-8")
    dataset = {"name": "lines", "path": str(tmp_path / "lines.txt"), "tokeniser": "char"}

    def run(name: str, **training: object) -> Run:
        recipe = compose(registry, merge(BY_HEART, {"dataset": dataset, "training": training}), None)
        data = recipe.dataset.open(Workspace(cache=tmp_path / "cache"))
        return Run(
            folder=tmp_path / name,
            recipe=recipe,
            data=data,
            modality=registry.modality(data.spec),
            registry=registry,
            device=torch.device("cpu"),
        )

    return run


def trained(run: Run, watcher: Watcher | None = None) -> Run:
    run.create("artgan run")
    TrainingLoop(run, watcher or Watcher()).train()
    return run


def weights(run: Run) -> dict[str, torch.Tensor]:
    return load_file(checkpoints(run.places.checkpoints)[0] / "training.safetensors")


def same(first: Run, second: Run) -> bool:
    one, other = weights(first), weights(second)
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def shares(run: Run) -> dict[int, float]:
    return {row["step"]: row["copied share"] - row["copied share of real"] for row in run.journal.rows(METRICS)}


@pytest.mark.slow
def test_a_run_ends_where_few_of_its_works_were_copies_and_says_so(make: Callable[..., Run], tmp_path: Path) -> None:
    free, watcher = trained(make("free", copied=1)), Watcher()
    assert shares(free)[STEPS] > 2 * MOST, "it would know its lines by heart"
    before = next(step for step, share in shares(free).items() if share > MOST)

    run = trained(make("run"), watcher)
    assert run.steps == run.trainer.steps < before
    assert run.steps == max(step for step in shares(free) if step < before)
    assert max(shares(run).values()) <= MOST
    (said,) = watcher.told
    assert said.startswith(f"at step {before} too many works were copies of what it is trained on (copied share ")
    assert f"the run ends at step {run.steps}, when fewer were" in said
    assert [row["message"] for row in run.journal.rows(EVENTS) if row["event"] == COPIED] == [said]
    assert not run.places.original.exists()

    # Its page tells of it, and all that is left of the run is of that step or before.
    hang_run(run, tmp_path / "gallery", lambda what, done, total: None, print)
    assert said in (tmp_path / "gallery/run/index.html").read_text(encoding="utf-8").replace("&#39;", "'")
    kept = [*run.places.snapshots.iterdir(), *run.places.checkpoints.iterdir()]
    assert max(int(path.stem.removeprefix("step-")) for path in kept) == run.steps


@pytest.mark.slow
def test_what_it_is_then_is_what_its_recipe_says(make: Callable[..., Run], registry: Registry) -> None:
    run = trained(make("run"))
    tables = read_toml(run.places.recipe)["training"]
    assert (tables["steps"], tables["schedule_steps"]) == (run.steps, STEPS)
    again = trained(make("again", steps=run.steps, schedule_steps=STEPS))
    assert same(again, run)


@pytest.mark.slow
@pytest.mark.parametrize("late", [False, True])
def test_a_run_that_was_stopped_ends_where_it_would_have_ended(make: Callable[..., Run], late: bool) -> None:
    never = trained(make("never"))
    stop_at = never.steps + 1 if late else never.steps - 2
    stopped = trained(make("stopped"), Watcher(stop_at))
    assert stopped.trainer.steps == stop_at

    resumed = make("stopped")
    resumed.restore(lambda line: None)
    TrainingLoop(resumed, Watcher()).train()
    assert resumed.steps == never.steps
    assert same(resumed, never)


@pytest.mark.slow
def test_pre_training_that_copies_ends_and_the_game_begins(make: Callable[..., Run]) -> None:
    watcher = Watcher()
    run = trained(make("run", pretrain=0.9, copied=0.5, likelihood=0.0), watcher)
    begins = run.recipe.training.pretraining_steps
    assert 1 < begins < round(0.9 * STEPS)
    assert f"pre-training ends at step {begins}, when fewer were" in watcher.told[0]
    assert run.trainer.steps > begins
    assert "loss_discriminator" in run.journal.rows("log.jsonl")[-1], "the game was played"


def test_lines_of_which_none_are_held_out_may_not_be_copied_either(make: Callable[..., Run]) -> None:
    run = trained(make("run", held_out=0.0))
    assert run.steps < STEPS


WORSE_AT, BEST, WORSE_FROM, PATIENT_STEPS = 6, 9, 14, 24
PATIENT = {"steps": PATIENT_STEPS, "snapshots": 8, "copied": 1.0, "patience": 0.5, "ema": 0.0, "pretrain": 0.0}
"""Judged at the steps 6, 9, 14, 18 and 24."""

LEARNED = PATIENT | {"pretrain": 1.0}
"""The same by likelihood, judged at the steps 2 and 3 too."""


def worsened(run: Run, *, damage_from: int = WORSE_FROM, stop_at: int = 0) -> tuple[Run, list[str]]:
    damage = Damage(run, damage_from, stop_at)
    return trained(run, damage), damage.told


def standing_steps(run: Run) -> list[int]:
    return [standing.step for row in run.journal.rows(METRICS) if (standing := Standing.from_row(row))]


def test_a_run_whose_works_are_worse_at_its_end_becomes_what_it_was_at_their_best(make: Callable[..., Run]) -> None:
    run, told = worsened(make("run", **PATIENT))
    assert (run.steps, run.trainer.steps) == (BEST, BEST)
    (said,) = told
    assert said.startswith("from step 14 on works were clearly worse (n-gram distance ")
    assert said.endswith(f": the run ends at step {BEST}, when they were best (training.patience = 0.5)")
    assert [row["message"] for row in run.journal.rows(EVENTS) if row["event"] == WORSE] == [said]

    # What is left of it is of that step, and the recipe says so.
    assert standing_steps(run) == [WORSE_AT, BEST]
    assert not run.places.original.exists()
    assert all(float(tensor.abs().max()) < 9 for tensor in run.model().weights.values())
    tables = read_toml(run.places.recipe)["training"]
    assert (tables["steps"], tables["schedule_steps"]) == (BEST, PATIENT_STEPS)


@pytest.mark.slow
def test_it_ends_before_where_they_have_been_worse_for_as_long_as_its_patience(make: Callable[..., Run]) -> None:
    run, told = worsened(make("run", **PATIENT | {"patience": 0.15}))
    assert run.steps == BEST
    assert max(row["step"] for row in run.journal.rows(EVENTS)) < PATIENT_STEPS, "step 18 was the last"
    assert "from step 14 on" in told[0]


@pytest.mark.slow
def test_without_patience_or_harm_it_goes_on_to_its_end(make: Callable[..., Run]) -> None:
    endless, told = worsened(make("endless", **PATIENT | {"patience": 1.0}))
    assert (endless.trainer.steps, told, standing_steps(endless)) == (PATIENT_STEPS, [], [])
    sound, told = worsened(make("sound", **PATIENT), damage_from=PATIENT_STEPS + 1)
    assert (sound.trainer.steps, told) == (PATIENT_STEPS, [])
    assert same(sound, trained(make("unwatched", **PATIENT | {"patience": 1.0}))), "to watch changes nothing"


@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [7, 16])
def test_one_that_was_stopped_becomes_what_it_would_have_become(make: Callable[..., Run], stop_at: int) -> None:
    never, _ = worsened(make("never", **PATIENT))
    stopped, _ = worsened(make("stopped", **PATIENT), stop_at=stop_at)
    assert stopped.trainer.steps == stop_at
    resumed = make("stopped", **PATIENT)
    resumed.restore(lambda line: None)
    TrainingLoop(resumed, Damage(resumed, WORSE_FROM)).train()
    assert resumed.steps == never.steps == BEST
    assert same(resumed, never)


@pytest.mark.parametrize("stop_at", [0, 16])
def test_one_that_learns_by_likelihood_ends_where_held_out_samples_were_likeliest(
    make: Callable[..., Run], stop_at: int
) -> None:
    run, told = worsened(make("run", **LEARNED | {"patience": 0.15}), stop_at=stop_at)
    if stop_at:
        run = make("run", **LEARNED | {"patience": 0.15})
        run.restore(lambda line: None)
        TrainingLoop(run, damage := Damage(run, WORSE_FROM)).train()
        told = damage.told
    assert standing_steps(run) == [2, 3, WORSE_AT, BEST]
    assert (run.steps, run.trainer.steps) == (BEST, BEST)
    (said,) = told
    assert said.startswith("from step 14 on the odds of held-out samples were clearly worse (held-out loss ")
    assert said.endswith(f": the run ends at step {BEST}, when they were best (training.patience = 0.15)")
    assert same(run, trained(make("short", **LEARNED | {"steps": BEST, "schedule_steps": PATIENT_STEPS})))


def test_a_long_pre_training_ends_there_and_the_game_begins(make: Callable[..., Run]) -> None:
    run, told = worsened(make("run", **LEARNED | {"pretrain": 0.9, "patience": 0.1}))
    assert (run.trainer.steps, run.recipe.training.pretraining_steps) == (PATIENT_STEPS, BEST)
    assert f": pre-training ends at step {BEST}, when they were best" in told[0]


@pytest.mark.slow
def test_what_is_made_before_a_game_is_not_what_the_game_is_judged_by(make: Callable[..., Run]) -> None:
    run, told = worsened(make("run", **PATIENT | {"pretrain": 10.0}), damage_from=11)
    assert (run.trainer.steps, told) == (PATIENT_STEPS, [])
    assert standing_steps(run) == [14, 18, 24], "all of them as bad"


ALIKE_AT, VARIED_AT = 14, 9
ALIKE = {"steps": 24, "snapshots": 8, "copied": 1.0, "pretrain": 0.0, "collapses": 1}
"""Looked at after the steps 6, 9, 14, 18 and 24."""


class Collapse(Watcher):
    """Makes all works alike from a step on, until the run has gone back so often."""

    def __init__(self, run: Run, begins: int = 10, times: int = 1, stop_at: int = 0) -> None:
        super().__init__()
        self.run, self.begins, self.times, self.stop_eased_at = run, begins, times, stop_at

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        collapsed = self.run.recipe.training.collapsed
        self.stop_at = self.stop_eased_at if collapsed else 0
        super().run_ticked(run, tick)
        if tick.step >= self.begins and collapsed < self.times:
            for weights in self.run.trainer.ema.network.parameters():
                weights.data.copy_(torch.linspace(-9, 9, weights.numel()).view_as(weights))


class TestAlike:
    """Where all works have come to look alike, a run goes back and on otherwise."""

    @pytest.fixture(autouse=True)
    def looks_early(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(variety, "EARLY_STEPS", 4)
        # So few lines have as many pairs as hardly any.
        monkeypatch.setitem(variety.LIMITS, "distinct-2", variety.Limits(0.1, 0.3))

    def test_it_goes_on_from_when_they_were_varied_with_half_of_the_learning_rates(
        self, make: Callable[..., Run]
    ) -> None:
        run = make("run", **ALIKE)
        watcher = Collapse(run)
        trained(run, watcher)

        (said,) = watcher.told
        assert said.startswith(f"at step {ALIKE_AT} the works have come to look alike (distinct-2 0.")
        assert f": back to step {VARIED_AT}, and on with " in said
        assert "generator_optimiser.lr: 0.01 → 0.005" in said
        assert said.endswith(" (1 of 1)")
        assert [row["message"] for row in run.journal.rows(EVENTS) if row["event"] == COLLAPSED] == [said]
        assert run.trainer.optimisers["generator"].param_groups[0]["lr"] == 0.005

        # It comes to its end, and its recipe tells what it is.
        assert [row["step"] for row in run.journal.rows(LOSSES)] == list(range(1, 25))
        tables = read_toml(run.places.recipe)
        assert (tables["training"]["collapsed"], tables["generator_optimiser"]["lr"]) == (1, 0.01)
        assert not run.places.original.exists()

    def test_it_begins_again_where_they_never_were_varied(self, make: Callable[..., Run]) -> None:
        run = make("run", **ALIKE)
        watcher = Collapse(run, begins=1)
        trained(run, watcher)
        assert "back to step 0, and on with " in watcher.told[0]
        assert run.trainer.steps == 24

    def test_it_says_so_where_its_minutes_end_before_the_steps_do_that_it_took_anew(
        self, make: Callable[..., Run]
    ) -> None:
        run = make("run", **ALIKE | {"minutes": 60.0})

        class OutOfTime(Collapse):
            def run_ticked(self, info: RunInfo, tick: Tick) -> None:
                super().run_ticked(info, tick)
                if tick.step == 20:
                    run.clock.set(4000, tick.step)

        watcher = OutOfTime(run)
        run.create("artgan run")
        TrainingLoop(run, watcher, Pace(pretraining=0.01, playing=0.01, threads=1)).train()

        back, ended = watcher.told
        assert f": back to step {VARIED_AT}, and on with " in back
        assert "the run went back, and the minutes are over before all steps were taken: run ends at step 21" in ended
        assert ended.endswith("/run --steps 24 takes the rest")
        assert run.trainer.steps == 21

    @pytest.mark.slow
    def test_it_does_so_as_often_as_it_may_and_then_says_what_helps(self, make: Callable[..., Run]) -> None:
        run = make("run", **ALIKE)
        watcher = Collapse(run, times=9)
        trained(run, watcher)
        back, advice = watcher.told
        assert back.endswith("(1 of 1)")
        assert advice.endswith("if they stay so, try another --seed, --penalty r1 or a lower --lr")
        assert (run.trainer.steps, run.recipe.training.collapsed) == (24, 1)

    @pytest.mark.slow
    @pytest.mark.parametrize("stop_at", [10, 20])
    def test_one_that_was_stopped_after_it_becomes_what_it_would_have_become(
        self, make: Callable[..., Run], stop_at: int
    ) -> None:
        never = make("never", **ALIKE)
        trained(never, Collapse(never))
        stopped = make("stopped", **ALIKE)
        trained(stopped, Collapse(stopped, stop_at=stop_at))
        assert stopped.trainer.steps == stop_at

        table = read_toml(stopped.places.recipe)["training"]
        resumed = make("stopped", **ALIKE | {"collapsed": table["collapsed"]})
        resumed.restore(lambda line: None)
        TrainingLoop(resumed, Watcher()).train()
        assert same(resumed, never)
