"""With `evaluate_every` a run is judged on its way, and its best checkpoint is kept."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from artgan.artworks.model import Model
from artgan.artworks.places import newest_model
from artgan.gallery.from_run import hang_run
from artgan.interfaces import Observer, Quality, RunInfo, Tick, Workspace
from artgan.plugins.loader import load_plugins
from artgan.training import checkpoint
from artgan.training.best_checkpoint import BestCheckpoint
from artgan.training.checkpoint import checkpoints, verify
from artgan.training.run import Run
from artgan.training.training_loop import TrainingLoop

NAMES = {"image": "Fréchet distance (random-v1)", "text": "n-gram distance"}
TEXT = {
    "dataset": {"name": "names"},
    "generator": {"name": "rnn", "width": 8, "embedding": 4, "latent": 4},
    "discriminator": {"name": "rnn", "width": 8, "embedding": 4},
}


class StopAt(Observer):
    """An observer that sends the run a signal after a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        import os
        import signal

        if tick.step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(params=["image"])
def art(request):
    """What kind of art a run makes: pictures, unless a test asks for texts too."""
    return request.param


of_either = pytest.mark.parametrize("art", ["image", "text"], indirect=True)


@pytest.fixture
def make(art, small, tmp_path):
    """Make a run of ten steps that is judged after each second."""
    often = {"steps": 10, "log_every": 1, "checkpoint_every": 4, "keep": 1, "evaluate_every": 2, "held_out": 0.3}

    def run(name: str, **training: object) -> Run:
        recipe = small(training=often | training, **(TEXT if art == "text" else {}))
        plugins = load_plugins()
        data = recipe.dataset.open(Workspace(cache=tmp_path / "cache"))
        return Run(
            folder=tmp_path / name,
            recipe=recipe,
            data=data,
            modality=plugins.registry.modality(data.spec),
            registry=plugins.registry,
            device=torch.device("cpu"),
        )

    return run


def trained(run: Run, observer: Observer | None = None) -> Run:
    run.create("artgan run")
    TrainingLoop(run, observer or Observer()).train()
    return run


def named(run: Run) -> str:
    return NAMES[run.modality.name]


def qualities(run: Run) -> dict[int, float]:
    rows = run.journal.rows("metrics.jsonl")
    return {row["step"]: row[named(run)] for row in rows if named(run) in row}


def only(folder: Path) -> Path:
    (found,) = folder.iterdir()
    assert not verify(found)
    return found


@of_either
def test_the_checkpoint_with_the_least_distance_is_kept_though_newer_ones_came(make):
    run = trained(make("run"))
    measured = qualities(run)
    assert list(measured) == [2, 4, 6, 8, 10]
    kept = only(run.folder / "best")
    least = min(measured, key=lambda step: measured[step])
    assert kept.name == f"step-{least:08d}"
    assert run.best.quality == Quality(least, named(run), measured[least])
    assert Model.load(newest_model(run.folder / "best"), run.registry).step == least


@of_either
def test_its_works_are_those_that_are_hung_and_the_page_says_so(make, tmp_path):
    run = trained(make("run"))
    Saving(run).put(6, -1.0)
    run.trainer.steps = 10
    hang_run(run, tmp_path / "gallery", lambda what, done, total: None, print)
    page = json.loads((tmp_path / "gallery/run/run.json").read_text())
    assert page["step"] == 6
    assert [step for step, _ in page["metrics"][named(run)]] == [2, 4, 6, 8, 10]
    assert page["events"] == ["the works are those of step 6, the best by distance: -1"]


@of_either
def test_what_real_samples_reach_is_written_down_beside(make):
    run = trained(make("run"))
    row = next(row for row in run.journal.rows("metrics.jsonl") if named(run) in row)
    assert -1 < row[f"{named(run)} of real"] < row[named(run)]


@of_either
def test_judging_changes_nothing_of_the_training(make):
    judged, plain = make("judged"), make("plain", evaluate_every=0)
    for run in (judged, plain):
        trained(run)
    assert judged.best.quality
    assert plain.best.quality is None
    assert all(torch.equal(tensor, plain.trainer.state()[name]) for name, tensor in judged.trainer.state().items())


@pytest.mark.parametrize("stop", [pytest.param(3, marks=pytest.mark.slow), 4, pytest.param(7, marks=pytest.mark.slow)])
def test_stopped_and_resumed_equals_never_stopped(make, stop):
    never, stopped = trained(make("never")), trained(make("stopped"), StopAt(stop))
    assert stopped.trainer.steps == stop
    resumed = make("stopped")
    resumed.restore(pytest.fail)
    TrainingLoop(resumed, Observer()).train()
    assert qualities(resumed) == qualities(never)
    assert resumed.best.quality == never.best.quality
    first, second = (load_file(only(run.folder / "best") / "training.safetensors") for run in (never, resumed))
    assert all(torch.equal(tensor, second[name]) for name, tensor in first.items())


def test_the_seconds_of_all_sittings_are_counted(make):
    stopped, resumed = trained(make("run"), StopAt(4)), make("run")
    before = stopped.journal.rows("log.jsonl")[-1]["seconds"]
    resumed.restore(pytest.fail)
    assert resumed.seconds > before
    TrainingLoop(resumed, Observer()).train()
    seconds = [row["seconds"] for row in resumed.journal.rows("log.jsonl")]
    assert seconds == sorted(seconds)


def test_works_are_made_by_the_average_generator_and_tell_how_it_came_about(make):
    run = trained(make("run"))
    model, average = run.model(), run.trainer.ema.network.state_dict()
    assert all(torch.equal(value, average[name].to(value.dtype)) for name, value in model.weights.items())
    assert model.provenance.kimg == 10 * 16 / 1000
    assert model.provenance.seconds == pytest.approx(run.seconds, abs=60)
    assert {"torch", "numpy", "pillow", "artgan"} <= model.provenance.versions.keys()


class Saving:
    """Saves checkpoints whose best is judged by given numbers."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def put(self, step: int, value: float) -> None:
        self.run.trainer.steps = step
        quality = Quality(step, "distance", value)
        if self.run.best.is_beaten_by(quality):
            self.run.best.replace(self.run.state(), self.run.model(), quality)

    def found(self) -> Quality | None:
        """Return the best as another process finds it."""
        return BestCheckpoint(self.run.places).quality


@pytest.fixture
def saving(make):
    run = make("run")
    run.create("artgan run")
    return Saving(run)


def test_after_a_rollback_an_earlier_step_may_be_better(saving):
    saving.put(8, 2.0)
    saving.put(4, 1.0)
    assert only(saving.run.best.folder).name == "step-00000004"
    saving.put(4, 0.5)
    assert saving.run.best.quality == saving.found() == Quality(4, "distance", 0.5)


def test_worse_equal_and_infinite_ones_do_not_replace_it(saving):
    saving.put(2, 1.0)
    for value in (1.0, 2.0, float("nan"), float("-inf")):
        saving.put(4, value)
    assert saving.run.best.quality == saving.found() == Quality(2, "distance", 1.0)


def test_one_that_cannot_be_written_leaves_the_one_before(saving, monkeypatch):
    saving.put(2, 1.0)
    monkeypatch.setattr("artgan.training.checkpoint.save_file", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(checkpoint.CheckpointError):
        saving.put(4, 0.5)
    monkeypatch.undo()
    assert only(saving.run.best.folder).name == "step-00000002"
    assert saving.run.best.quality == saving.found() == Quality(2, "distance", 1.0)


def test_of_two_that_a_process_left_that_died_in_between_the_better_stays(saving, tmp_path):
    saving.put(8, 2.0)
    shutil.copytree(saving.run.best.folder, tmp_path / "before")
    saving.put(4, 1.0)
    for old in checkpoints(tmp_path / "before"):
        shutil.copytree(old, saving.run.best.folder / old.name)
    (saving.run.best.folder / ".writing-step-00000006").mkdir()
    BestCheckpoint(saving.run.places).clean(lambda line: None)
    assert only(saving.run.best.folder).name == "step-00000004"


def test_a_damaged_one_does_not_count(saving):
    saving.put(2, 1.0)
    (only(saving.run.best.folder) / "state.json").write_text(json.dumps({}))
    assert saving.found() is None
    saving.run.best = BestCheckpoint(saving.run.places)
    saving.put(4, 5.0)
    assert only(saving.run.best.folder).name == "step-00000004"


def test_where_no_metric_judges_it_says_so_and_trains_on(make):
    told: list[str] = []
    run = make("run")
    run.create("artgan run")
    loop = TrainingLoop(run, Listening(told))
    loop.monitor.metrics = []
    loop.train()
    assert told == ["no metric judges image: no best checkpoint is kept"]
    assert not run.best.folder.exists()


def test_without_held_out_samples_it_says_what_the_best_is_judged_by(make):
    told: list[str] = []
    run = make("run")
    object.__setattr__(run.recipe.training, "held_out", 0.0)
    trained(run, Listening(told))
    assert ["judged by those trained on, which copies match best" in line for line in told] == [True]
    assert run.best.quality


class Listening(Observer):
    """An observer that keeps what it is told."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def run_warned(self, run: RunInfo, message: str) -> None:
        self.told.append(message)


class Killed(BaseException):
    """Ends a process where nothing of it may be tidied up."""


@pytest.mark.parametrize("call", ["save_file", "_sync", "verify", "remove"])
@pytest.mark.parametrize("number", [1, 2])
def test_wherever_a_process_dies_one_valid_best_is_left(saving, monkeypatch, call, number):
    saving.put(8, 2.0)
    original, calls = getattr(checkpoint, call), []

    def dying(*given):
        calls.append(given)
        if len(calls) == number:
            raise Killed
        return original(*given)

    monkeypatch.setattr(checkpoint, call, dying)
    with suppress(Killed):
        saving.put(4, 1.0)
    monkeypatch.undo()
    best = BestCheckpoint(saving.run.places)
    best.clean(lambda line: None)
    found = best.quality
    assert found in [Quality(8, "distance", 2.0), Quality(4, "distance", 1.0)]
    assert only(best.folder).name == f"step-{found.step:08d}"
