"""`artgan.api.run` and its like: a frozen request in, a trained run in its folder and in the gallery out."""

from __future__ import annotations

import tomllib
from dataclasses import FrozenInstanceError, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from support.recorder import Recorder
from torch import Tensor

import artgan
from artgan.api import Budget, RunRequest, plan_run, run, run_seeds
from artgan.api._run_name import free_name
from artgan.builtin.discriminator import CnnDiscriminator
from artgan.builtin.generator import CnnGenerator
from artgan.builtin.penalty import R1
from artgan.files import write_text
from artgan.interfaces import Loss, Observer, Round, RunInfo, Spec, Tick
from artgan.plugins.loader import Plugins, load_plugins
from artgan.plugins.registry import Source
from artgan.training.checkpoint import newest


@pytest.fixture
def asked(pictures, tmp_path) -> RunRequest:
    """A training of a fraction of a second."""
    return RunRequest(
        source=pictures,
        generator="cnn:width=2,latent=4",
        discriminator="cnn:width=2",
        loss="hinge",
        batch=8,
        budget=Budget(steps=3),
        settings={"training": {"log_every": 1, "snapshots": 2}},
        out=tmp_path,
        device="cpu",
    )


def recipe_of(folder) -> dict[str, Any]:
    return tomllib.loads((folder / "recipe.toml").read_text(encoding="utf-8"))


def test_a_run_is_kept_in_its_folder_and_hung_in_the_gallery(asked, plugins, tmp_path):
    result = run(asked, plugins=plugins)
    assert (result.id, result.folder) == ("bars-cnn-hinge-1", tmp_path / "runs/bars-cnn-hinge-1")
    assert (result.step, result.steps, result.stopped_by, result.best) == (3, 3, 0, None)
    assert result.page == tmp_path / "gallery/index.html"
    assert "bars-cnn-hinge-1" in result.page.read_text(encoding="utf-8")
    assert recipe_of(result.folder)["training"]["log_every"] == 1


def test_without_plugins_those_that_are_installed_are_loaded(asked):
    assert plan_run(asked).recipe.generator.name == "cnn"


def test_where_quality_is_judged_the_best_checkpoint_is_told(asked, plugins):
    result = run(replace(asked, evaluate_every=1), plugins=plugins)
    assert result.best is not None
    assert 1 <= result.best.quality.step <= 3
    assert list(result.best.folder.glob("step-*"))


def test_the_command_that_was_typed_stands_in_the_recipe(asked, plugins):
    folder = run(replace(asked, command="artgan run ./bars"), plugins=plugins).folder
    assert (folder / "recipe.toml").read_text().startswith("# artgan run ./bars\n")


def test_a_request_cannot_be_changed(asked):
    with pytest.raises(FrozenInstanceError):
        asked.batch = 9


def test_a_plan_tells_recipe_and_cost_and_writes_nothing(asked, plugins, tmp_path):
    told = Recorder()
    plan = plan_run(replace(asked, budget=Budget(epochs=2)), plugins=plugins, reporter=told)
    assert plan.recipe.training.steps == 2 * 96 / 8
    assert plan.seconds == pytest.approx(24 * plan.pace.playing)
    assert any("96 samples of 1×8×8" in line for line in told.said)
    assert any(line.startswith("24 steps will take about") for line in told.said)
    assert list(tmp_path.iterdir()) == []


def test_components_may_be_given_as_text_or_as_objects(asked, plugins):
    as_text = replace(asked, generator="cnn:width=3,latent=5", penalties=("r1:gamma=0.5",))
    as_objects = replace(asked, generator=CnnGenerator(width=3, latent=5), penalties=(R1(gamma=0.5),))
    plans = [plan_run(request, plugins=plugins).recipe for request in (as_text, as_objects)]
    assert plans[0] == plans[1]
    assert plans[0].penalties == (R1(gamma=0.5),)


def test_no_penalties_are_none_though_the_recipe_has_some(asked, plugins, tmp_path):
    (tmp_path / "r1.toml").write_text(
        plan_run(replace(asked, penalties=("r1",)), plugins=plugins).recipe.to_toml(plugins.registry)
    )
    of_file = RunRequest(source=tmp_path / "r1.toml", out=tmp_path, device="cpu")
    names = [
        [penalty.name for penalty in plan_run(request, plugins=plugins).recipe.penalties]
        for request in (of_file, replace(of_file, penalties=()), replace(of_file, penalties=("none",)))
    ]
    assert names == [["r1"], [], []]


def test_a_path_may_be_given_beside_a_dataset_with_options_of_its_own(asked, plugins):
    chosen = plan_run(replace(asked, dataset="array:layout=NHW"), plugins=plugins).recipe.dataset
    assert asked.source
    assert chosen.values() == {"layout": "NHW", "path": str(asked.source.resolve()), "licence": "not stated"}


def test_several_seeds_are_runs_of_one_recipe_and_one_plan(asked, plugins, tmp_path):
    told = Recorder()
    results = list(run_seeds(replace(asked, name="s", seed=5), 2, plugins=plugins, reporter=told))
    assert [result.id for result in results] == ["s-5", "s-6"]
    first, second = (recipe_of(result.folder) for result in results)
    assert (first["training"].pop("seed"), second["training"].pop("seed")) == (5, 6)
    assert first == second
    assert len([line for line in told.said if "96 samples" in line]) == 1


def test_a_run_of_minutes_tells_in_the_end_the_steps_that_they_had_room_for(asked, plugins, tmp_path):
    told = Recorder()
    in_minutes = replace(asked, budget=Budget(minutes=0.02), name="a", settings={"training": {"decay": 0.5}})
    result = run(in_minutes, plugins=plugins, reporter=told)
    training = recipe_of(result.folder)["training"]
    assert (training["steps"], training["minutes"]) == (result.step, 0)
    assert any(line.startswith("in 1 s there is room for about") for line in told.said)

    again = run(RunRequest(source=result.folder / "recipe.toml", name="b", out=tmp_path), plugins=plugins)
    assert again.step == result.step
    assert _state(again.folder) == _state(result.folder)


@pytest.mark.parametrize(("budget", "kept"), [(Budget(), 9), (Budget(steps=9), 0)])
def test_a_recipe_that_ended_before_its_schedules_is_the_same_run_unless_it_gets_another_budget(
    asked, plugins, tmp_path, budget, kept
):
    ended = plan_run(asked, plugins=plugins).recipe.with_training(steps=5, schedule_steps=9)
    (tmp_path / "ended.toml").write_text(ended.to_toml(plugins.registry))
    again = plan_run(RunRequest(source=tmp_path / "ended.toml", budget=budget, out=tmp_path), plugins=plugins)
    assert again.recipe.training.schedule_steps == kept


def test_no_more_time_is_said_to_be_left_than_remains_of_the_minutes(asked, plugins):
    @dataclass
    class Left(Observer):
        seconds: list[float]

        def run_ticked(self, run: RunInfo, tick: Tick) -> None:
            assert 0 <= tick.seconds_left <= max(0, 1.2 - tick.seconds)
            self.seconds.append(tick.seconds_left)

    left = Left([])
    run(replace(asked, budget=Budget(minutes=0.02)), plugins=plugins, observers=[left])
    assert left.seconds[-1] == 0


@pytest.mark.slow
def test_of_several_seeds_all_take_the_steps_that_the_minutes_of_the_first_had_room_for(asked, plugins):
    request = replace(asked, budget=Budget(minutes=0.01))
    assert len({result.step for result in run_seeds(request, 3, plugins=plugins)}) == 1


def test_a_run_that_would_never_play_is_refused_before_it_begins(asked, plugins, tmp_path):
    texts = RunRequest(dataset="names", preset="relgan", pretrain=50, budget=Budget(steps=40), out=tmp_path)
    with pytest.raises(artgan.UsageError, match="the game is never played"):
        run(texts, plugins=plugins)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("asked_for", "kept"), [(None, 1), (1, 1), (2, 2)])
def test_the_threads_are_in_the_recipe(asked, plugins, asked_for, kept):
    before = torch.get_num_threads()
    try:
        folder = run(replace(asked, threads=asked_for), plugins=plugins).folder
        assert (recipe_of(folder)["training"]["threads"], torch.get_num_threads()) == (kept, kept)
    finally:
        torch.set_num_threads(before)


def _state(folder: Path) -> bytes:
    last = newest(folder / "checkpoints")
    assert last is not None
    return (last / "training.safetensors").read_bytes()


def test_a_name_that_is_taken_for_any_of_the_seeds_is_refused_before_the_first_begins(asked, plugins, tmp_path):
    write_text(tmp_path / "runs/s-1/recipe.toml", "")
    with pytest.raises(artgan.UsageError, match="there is a run 's-1' already"):
        next(run_seeds(replace(asked, name="s"), 2, plugins=plugins))
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["s-1"]


@dataclass(frozen=True)
class Racing(CnnGenerator):
    """One beside which other processes take names: one whenever it is built."""

    name = "racing"
    runs: ClassVar[Path]
    names: ClassVar[list[str]]

    def build(self, spec: Spec) -> torch.nn.Module:
        if self.names:
            write_text(self.runs / self.names.pop(0) / "recipe.toml", "")
        return super().build(spec)


class WithRacing:
    """Offers it."""

    @artgan.hookimpl
    def register_generators(self):
        return [Racing]


@pytest.fixture
def racing(asked, tmp_path) -> tuple[RunRequest, Plugins]:
    """The same training beside other processes."""
    Racing.runs, plugins = tmp_path / "runs", load_plugins()
    plugins.register(WithRacing(), Source("racing", "test", ""))
    return replace(asked, generator="racing:width=2,latent=4"), plugins


def test_where_other_processes_are_quicker_the_next_number_is_taken(racing):
    Racing.names = [f"bars-racing-hinge-{number}" for number in range(1, 9)]
    assert run(racing[0], plugins=racing[1]).id == "bars-racing-hinge-9"


def test_a_name_that_was_asked_for_and_taken_meanwhile_is_refused_and_what_is_there_stays(racing, tmp_path):
    Racing.names = ["s"]
    with pytest.raises(artgan.UsageError, match="there is a run 's' already"):
        run(replace(racing[0], name="s"), plugins=racing[1])
    assert [path.name for path in (tmp_path / "runs/s").iterdir()] == ["recipe.toml"]


REFUSED = {
    "unknown loss": ({"loss": "bcee"}, "did you mean 'bce'"),
    "out of range": ({"generator": "cnn:latent=0"}, "latent = 0 is out of range"),
    "unknown setting": ({"settings": {"training": {"batsch": 3}}}, "did you mean 'batch'"),
    "unknown table": ({"settings": {"trainning": {"batch": 3}}}, "did you mean 'training'"),
    "larger batch than data": ({"batch": 97}, "fewer than a batch of 97"),
    "odd name": ({"name": "../up"}, "is no name"),
    "name of a folder of the gallery's": ({"name": "Assets"}, "is what galleries call a file of their own"),
    "name of a page of the gallery's": ({"name": "index.html"}, "is what galleries call a file of their own"),
    "name that no file can have": ({"name": "画" * 99}, "takes 297 bytes: use at most 200"),
    "unknown device": ({"device": "abacus"}, "abacus cannot be used here"),
    "data twice": ({"dataset": "tiles"}, "not both"),
    "path twice": ({"dataset": "array:path=other.npy"}, "not both"),
    "path twice, once as a setting": ({"settings": {"dataset": {"path": "other.npy"}}}, "not both"),
}


@pytest.mark.parametrize(("changes", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_written(asked, plugins, tmp_path, changes, words):
    with pytest.raises(artgan.UsageError, match=words):
        run(replace(asked, **changes), plugins=plugins)
    assert list(tmp_path.iterdir()) == []


def test_options_of_the_dataset_are_given_without_its_name(asked, plugins):
    plan = plan_run(replace(asked, settings={"dataset": {"layout": "NHW"}}), plugins=plugins)
    assert plan.recipe.dataset.values()["layout"] == "NHW"


def test_where_a_gallery_cannot_be_made_nothing_is_trained(asked, plugins, tmp_path):
    (tmp_path / "gallery").touch()
    with pytest.raises(artgan.ArtganError, match=r"cannot write in .*/gallery: choose another folder with --out"):
        run(asked, plugins=plugins)
    assert [path.name for path in tmp_path.iterdir()] == ["gallery"]


def test_works_that_hang_are_not_replaced_though_their_run_is_gone(asked, plugins, tmp_path):
    write_text(tmp_path / "gallery/bars-cnn-hinge-1/run.json", "")
    write_text(tmp_path / "gallery/s/run.json", "")
    with pytest.raises(artgan.UsageError, match=r"works of a run 's' hang in .* already"):
        run(replace(asked, name="s"), plugins=plugins)
    assert free_name(tmp_path, plan_run(asked, plugins=plugins).recipe) == "bars-cnn-hinge-2"


def test_a_budget_has_one_unit():
    with pytest.raises(artgan.UsageError, match="not --steps and --minutes"):
        Budget(steps=3, minutes=1)


class Watcher(Observer):
    """Sees how far a run is."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        self.steps.append(tick.step)


class BrokenWatcher(Observer):
    """Breaks at each tick."""

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        raise ValueError("no paper in the printer")


def test_observers_see_the_run_that_they_were_given_with_and_no_other(asked, plugins):
    watcher = Watcher()
    run(asked, plugins=plugins, observers=[watcher])
    assert watcher.steps == [1, 2, 3]
    run(asked, plugins=plugins)
    assert watcher.steps == [1, 2, 3]


def test_an_observer_that_breaks_is_told_of_once_and_the_run_and_the_others_go_on(asked, plugins):
    told, watcher = Recorder(), Watcher()
    result = run(asked, plugins=plugins, reporter=told, observers=[BrokenWatcher(), watcher])
    assert result.step == 3
    assert watcher.steps == [1, 2, 3]
    assert told.warned == [
        "observer BrokenWatcher: run_ticked raised ValueError: no paper in the printer; it is told no more"
    ]


def test_a_plugin_that_breaks_while_it_observes_is_told_of_once(asked):
    told, plugins = Recorder(), load_plugins()
    plugins.register(BrokenPlugin(), Source("printer", "artgan-printer", "1.0"))
    assert run(asked, plugins=plugins, reporter=told).step == 3
    assert told.warned == ["plugin printer (artgan-printer 1.0): run_ticked raised ValueError: no paper in the printer"]


class BrokenPlugin:
    """Breaks at each tick, as a plugin."""

    @artgan.hookimpl
    def run_ticked(self):
        raise ValueError("no paper in the printer")


class NotAnObserver:
    """Has the methods alone."""

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        """Do nothing."""


def test_what_is_no_observer_is_refused_before_anything_is_written(asked, plugins, tmp_path):
    with pytest.raises(artgan.UsageError, match=r"is no observer: derive its class from artgan\.interfaces\.Observer"):
        run(asked, plugins=plugins, observers=[NotAnObserver()])  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []


@dataclass(frozen=True)
class OwnLoss(Loss):
    """A loss that no plugin offers."""

    name = "own"

    def discriminator(self, turn: Round) -> Tensor:
        return turn.fake_logits - turn.real_logits

    def generator(self, turn: Round) -> Tensor:
        return -turn.fake_logits


@dataclass(frozen=True)
class Hinge(OwnLoss):
    """One that no plugin offers, of a name that one does."""

    name = "hinge"


@pytest.mark.parametrize("loss", [OwnLoss(), Hinge()], ids=["of a new name", "of a known name"])
def test_a_component_that_no_plugin_offers_is_refused_before_anything_is_written(asked, plugins, tmp_path, loss):
    with pytest.raises(artgan.UsageError) as refused:
        run(replace(asked, loss=loss), plugins=plugins)
    assert str(refused.value).startswith(f"no loaded plugin offers the loss {type(loss).__name__}: return the class ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [CnnGenerator(width=2), CnnDiscriminator, 3])
def test_what_is_no_component_of_the_kind_is_refused(asked, plugins, given):
    with pytest.raises(artgan.UsageError, match="is no discriminator: give text such as 'NAME:option=value'"):
        run(replace(asked, discriminator=given), plugins=plugins)
