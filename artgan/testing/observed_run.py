"""Short real runs in which everything happens that observers are told of."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..artworks.places import RunFolder
from ..interfaces import Observer, Tick, Workspace
from ..plugins.loader import installed, load
from ..plugins.observers import ObserverRelay
from ..recipe.compose import compose
from ..recipe.recipe import Tables
from ..training.run import Run
from ..training.training_loop import TrainingLoop

STEPS, STOPPED_AT, SICK_AT = 4, 1, 3
"""Steps in all; the one after which a signal stops the run; and the one after which its numbers become infinite."""


@dataclass(frozen=True)
class ObservedRun:
    """A run that is stopped, goes on, falls back to a checkpoint and comes to its end.

    Attributes:
        name: what it makes, in words.
        tables: the networks that are trained.
        write_data: writes real samples into a folder and returns the table of the dataset that reads them.
        evaluate_every: steps from one judgement of quality to the next; 0 for never.
    """

    name: str
    tables: Tables
    write_data: Callable[[Path], Tables]
    evaluate_every: int = 0

    def play(self, folder: Path, observer: Observer) -> RunFolder:
        """Train it, and return where it is kept.

        Args:
            folder: a new one, for the run and its data.
            observer: told how it goes.
        """
        run = self._begin(folder)
        run.create("artgan plugins check")

        # A signal may be sent where it only asks to stop: elsewhere it would end the process.
        if threading.current_thread() is threading.main_thread():
            stop = {STOPPED_AT: lambda: signal.raise_signal(signal.SIGINT)}
            TrainingLoop(run, _Disturber(observer, stop)).train()
            run = self._begin(folder)
            run.restore(lambda line: None)

        TrainingLoop(run, _Disturber(observer, {SICK_AT: lambda: _fall_ill(run)})).train()
        return run.places

    def _begin(self, folder: Path) -> Run:
        registry = load(installed()[:1]).registry  # the built-in components alone, whatever else is installed
        training: Tables = {
            "steps": STEPS,
            "batch": 8,
            "log_every": 1,
            "checkpoint_every": 2,
            "snapshots": 1,
            "held_out": 0.3,
            "evaluate_every": self.evaluate_every,
        }
        tables = {**self.tables, "dataset": self.write_data(folder), "loss": {"name": "bce"}, "training": training}
        recipe = compose(registry, tables, "default").with_precision("float32")

        data = recipe.dataset.open(Workspace(cache=folder / "cache"))
        return Run(
            folder=folder / "runs/observed",
            recipe=recipe,
            data=data,
            modality=registry.modality(data.spec),
            registry=registry,
            device=torch.device("cpu"),
        )


class _Disturber(ObserverRelay):
    """Passes on what it sees, and after given steps lets something happen, once each."""

    def __init__(self, observer: Observer, happenings: Mapping[int, Callable[[], None]]) -> None:
        self._observer, self._happenings = observer, dict(happenings)

    def tell(self, hook: str, **arguments: object) -> None:
        getattr(self._observer, hook)(**arguments)
        tick = arguments.get("tick")
        if isinstance(tick, Tick) and tick.step in self._happenings:
            self._happenings.pop(tick.step)()


def _fall_ill(run: Run) -> None:
    with torch.no_grad():
        next(run.trainer.discriminator.parameters()).fill_(math.nan)


def _write_pictures(folder: Path) -> Tables:
    path = folder / "pictures.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3), np.uint8))
    return {"name": "array", "path": str(path)}


def _write_texts(folder: Path) -> Tables:
    path, letters = folder / "texts.txt", np.array(list("aeiounrst "))
    lines = ["".join(letters[row]) for row in np.random.default_rng(0).integers(0, len(letters), (64, 6))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return {"name": "lines", "path": str(path)}


OBSERVED_RUNS = (
    ObservedRun(
        "a run of pictures",
        {"generator": {"name": "cnn", "width": 2, "latent": 4}, "discriminator": {"name": "cnn", "width": 2}},
        _write_pictures,
    ),
    ObservedRun(
        "a run of texts",
        {
            "generator": {"name": "rnn", "width": 4, "embedding": 2, "latent": 4},
            "discriminator": {"name": "rnn", "width": 4, "embedding": 2},
        },
        _write_texts,
        evaluate_every=STEPS,  # which is quicker than to judge pictures
    ),
)
"""Those that observers are shown, one of each of the usual modalities."""
