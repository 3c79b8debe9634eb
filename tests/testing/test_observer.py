"""Each fault of an observer is found in short real runs, in which everything happens that observers are told of."""

from __future__ import annotations

import io
import json
import os
import re
import signal
from pathlib import Path
from types import ModuleType
from typing import TextIO

import pytest
import torch
from support.faulty import faults, told

from artgan import hookimpl
from artgan.errors import UsageError
from artgan.interfaces import Observer, Quality, RunInfo, Snapshot, Tick
from artgan.testing import NonConforming, check_observer, observer

AT_FIRST = signal.getsignal(signal.SIGINT)
"""What Ctrl-C does to the tests; nothing, where a shell runs them in the background."""


class Diary(Observer):
    """Keeps in its own file all that it is told, and conforms."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def note(self, run: RunInfo, line: str) -> None:
        self.told.append(line)
        with (run.folder / "diary.txt").open("a", encoding="utf-8") as diary:
            diary.write(f"{line}\n")

    def run_started(self, run: RunInfo) -> None:
        self.note(run, f"{run.modality} from {run.first_step} to {run.steps}")

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        self.note(run, f"step {tick.step}")
        json.dumps(dict(tick.scalars))

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        self.note(run, f"{quality.name} at {quality.step}")

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        self.note(run, snapshot.path.name)

    def run_warned(self, run: RunInfo, message: str) -> None:
        self.note(run, f"warned: {'back to step 2' in message}")

    def run_finished(self, run: RunInfo) -> None:
        self.note(run, "end")


def test_an_observer_sees_runs_of_pictures_and_of_texts_begin_stop_go_on_fall_back_and_end() -> None:
    diary = Diary()
    check_observer(diary)
    assert diary.told == [
        *("image from 0 to 4", "step-00000000.webp", "step 1"),
        *("image from 1 to 4", "step 2", "step 3", "warned: True"),
        *("step 3", "step 4", "step-00000004.webp", "end"),
        *("text from 0 to 4", "step-00000000.txt", "step 1"),
        *("text from 1 to 4", "step 2", "step 3", "warned: True"),
        *("step 3", "step 4", "n-gram distance at 4", "step-00000004.txt", "end"),
    ]


class Careless(Observer):
    """Raises nowhere, and leaves nothing as it was."""

    open: TextIO | None = None

    def run_started(self, run: RunInfo) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        torch.set_default_dtype(torch.float64)
        self.open = (run.folder / "careless.txt").open("w", encoding="utf-8")

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        if isinstance(tick.scalars, dict):
            tick.scalars.clear()
        Path("ticks.txt").write_text(str(tick.step), encoding="utf-8")

    def run_judged(self, run: RunInfo, quality: Quality) -> None:
        os.chdir(run.folder)

    def run_snapshot_taken(self, run: RunInfo, snapshot: Snapshot) -> None:
        snapshot.path.unlink()

    def run_finished(self, run: RunInfo) -> None:
        with (run.folder / "recipe.toml").open("a", encoding="utf-8") as recipe:
            recipe.write("# done")


@pytest.fixture(scope="module")
def careless() -> tuple[str, ...]:
    """What is found of `Careless`, where every tick is too slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(observer, "MAX_SECONDS", 0.0)
        found, in_memory, detached = Careless(), io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
        detached.detach()
        try:
            return faults(check_observer, found)
        finally:
            if found.open:
                found.open.close()
            in_memory.close()


FOUND = {
    "a signal that is taken over": "run_started takes over Ctrl-C or SIGTERM",
    "a setting of torch's": "run_started changes the default dtype",
    "scalars that others see": "run_ticked changes tick.scalars",
    "a slow tick": "run_ticked takes over 0.0 s each time",
    "a file in the current folder": "it writes ticks.txt outside of the run's folder",
    "the current folder": "run_judged changes the current folder",
    "a snapshot that is gone": "run_snapshot_taken changes snapshots/step-00000000.webp, which is the run's",
    "the recipe": "run_finished changes recipe.toml, which is the run's",
    "a file that stays open": "it leaves careless.txt open after run_finished",
}


@pytest.mark.parametrize("phrase", FOUND.values(), ids=FOUND)
def test_what_is_not_left_as_it_was_is_found(careless: tuple[str, ...], phrase: str) -> None:
    assert told(careless, phrase)


def test_the_process_is_left_as_it_was(careless: tuple[str, ...]) -> None:
    assert torch.get_default_dtype() == torch.float32
    assert signal.getsignal(signal.SIGINT) is AT_FIRST


class Presumptuous(Observer):
    """Believes that pictures are trained in one go, and that the steps of texts only grow."""

    def __init__(self) -> None:
        self.step = 0

    def run_started(self, run: RunInfo) -> None:
        if run.modality == "image":
            (run.folder / "mine").mkdir()

    def run_ticked(self, run: RunInfo, tick: Tick) -> None:
        if run.modality == "text":
            if tick.step <= self.step:
                raise LookupError(f"step {tick.step} again")
            self.step = tick.step

    def run_finished(self, run: RunInfo) -> None:
        raise UsageError("an observer that raised is told no more")


def test_what_raises_is_told_once_with_when_and_where() -> None:
    started, ticked = faults(check_observer, Presumptuous())
    assert started.startswith("run_started raised FileExistsError: ")
    assert "run.folder" in started
    assert ticked.startswith("run_ticked raised LookupError: step 3 again when steps came again after a return to a ")
    assert "when the run went on after a stop" in started
    for found, art in ((started, "pictures"), (ticked, "texts")):
        assert re.search(rf" \(test_observer\.py, line \d+\) \(with a run of {art}\)$", found)


def plugin_of(**hooks: object) -> ModuleType:
    """Return a plugin's module."""
    module = ModuleType("mine")
    for name, hook in hooks.items():
        setattr(module, name, hook)
    return module


def run_finished(run):  # no hook: it is not marked
    return None


class Misspelt(Observer):
    """Waits for calls that never come."""

    def run_tick(self, run: RunInfo, tick: Tick) -> None:
        """See nothing."""


@hookimpl
def run_ticked(run, tack):
    return None


@pytest.mark.parametrize(
    ("wrong", "phrase"),
    [
        (plugin_of(), "it sees nothing of a run: write one of run_started, run_ticked, "),
        (plugin_of(run_finished=run_finished), "run_finished is never called: mark it with @artgan.hookimpl"),
        (Observer(), "it sees nothing of a run"),
        (Misspelt(), "run_tick is never called; did you mean 'run_ticked'?"),
        (Misspelt, "Misspelt is a class: give an object of it"),
    ],
    ids=["a plugin without hooks", "a hook without its mark", "the base", "a misspelt method", "a class"],
)
def test_what_is_never_called_is_found(wrong: object, phrase: str) -> None:
    assert told(faults(check_observer, wrong), phrase)


def test_a_hook_with_an_argument_that_there_is_not_is_found() -> None:
    assert told(faults(check_observer, plugin_of(run_ticked=run_ticked)), "'tack'")


def test_a_check_names_the_observer() -> None:
    with pytest.raises(NonConforming, match=r"^observer mine does not conform:\n- "):
        check_observer(plugin_of())
