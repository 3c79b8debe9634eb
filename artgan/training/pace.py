"""What a step takes: measured on a few of them, before anything is written."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from statistics import median
from typing import Self

import torch

from ..interfaces import Data, Modality
from ..interfaces.networks import SteppedDiscriminator
from ..recipe.recipe import Recipe
from .captured_network import Capture
from .memory import explain_memory, most_memory
from .processes import ALONE, Apart, Processes
from .quality_monitor import judged_seeds
from .trainer import Trainer

WARM_UP_STEPS = 3
MEASURED_SECONDS = 1.0
MEASURED_STEPS = 200
LOOKED_AHEAD, MOST_LOOKED_AHEAD = 48, 10_000
"""Steps of which it is counted how many are of each kind: a multiple of that, and of the penalties' intervals."""
WORTH_A_THREAD = 0.9
"""How much of the time with fewer threads those that are twice as many must at most take."""
MOST_THREADS = torch.get_num_threads()
"""How many this process has, whatever the runs in it have chosen since."""


@dataclass(frozen=True)
class Pace:
    """What a step takes.

    Attributes:
        pretraining: seconds of one that pre-trains the generator; as `playing` where none does.
        playing: seconds of one that plays the game; as `pretraining` where none does.
        threads: how many threads of the CPU took part.
        memory: bytes of the device that a run holds at most; 0 where that is not known.
    """

    pretraining: float
    playing: float
    threads: int
    memory: int = 0

    def scaled_to(self, seconds: float, *, pretrains: bool) -> Self:
        """Return the pace at which steps of one kind take so many seconds, and those of the other kind as much more.

        Args:
            seconds: that a step takes now.
            pretrains: of which kind it is.
        """
        factor = seconds / (self.pretraining if pretrains else self.playing)
        return replace(self, pretraining=self.pretraining * factor, playing=self.playing * factor)

    def seconds(self, recipe: Recipe) -> float:
        """Return what all steps of a recipe take."""
        steps, first = recipe.training.steps, min(recipe.training.steps, recipe.training.pretraining_steps)
        return first * self.pretraining + (steps - first) * self.playing


def measure_pace(
    recipe: Recipe,
    data: Data,
    modality: Modality,
    device: torch.device,
    processes: Processes = ALONE,
    capture: Capture | None = None,
) -> Pace:
    """Measure steps on a trainer that is then thrown away, and leave torch with the threads that were fastest.

    On a CPU where the recipe leaves the threads open, 1, 2, 4... are tried, until more are not worth it: beside other
    busy programs, threads that wait for each other lose more than their share. Several processes take as many as torch
    was told to, each measures its own shards, and the slowest counts.

    Raises:
        UsageError: if the components do not fit the data.
        ArtganError: if memory runs out.
    """
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)  # of what was tried before
    with explain_memory(recipe, data.spec):
        if processes.count > 1:
            recipe = recipe.with_training(threads=recipe.training.threads or torch.get_num_threads())

        def trainer(pretrains: bool) -> Trainer:
            """Return a trainer all of whose steps are of one kind."""
            measured = recipe.with_steps(MEASURED_STEPS * 10).with_training(pretrain=1.0 if pretrains else 0.0)
            own = Apart(processes) if processes.count > 1 else processes
            return Trainer(recipe=measured, data=data, modality=modality, device=device, processes=own, capture=capture)

        only_pretrains = recipe.training.pretrain == 1
        threads, usual = _fastest(trainer(only_pretrains), recipe.training.threads)
        pretraining = usual
        if recipe.training.pretrain and not only_pretrains:
            pretraining = seconds_of_step(trainer(True))

    everywhere = processes.gather(torch.tensor([[pretraining, usual]], dtype=torch.float64))
    pretraining, usual = everywhere.amax(0).tolist()
    memory = most_memory(device)
    if memory and device.type == "cpu":
        memory += len(judged_seeds(data)) * data.samples[:1].nbytes  # the works that are judged on the way
    return Pace(pretraining, usual, threads, memory)


def _fastest(trainer: Trainer, threads: int) -> tuple[int, float]:
    """Return the number of threads with which a trainer is fastest, and its seconds a step; torch keeps that number.

    Args:
        trainer: taken some steps of.
        threads: the number, where it is given; else 0.
    """
    if threads or trainer.device.type != "cpu":
        torch.set_num_threads(threads or MOST_THREADS)
        return threads or MOST_THREADS, seconds_of_step(trainer)

    best, fastest = MOST_THREADS, float("inf")
    for number in _numbers_up_to(MOST_THREADS):
        torch.set_num_threads(number)
        seconds = seconds_of_step(trainer)
        if seconds > WORTH_A_THREAD * fastest:
            break
        best, fastest = number, seconds
    torch.set_num_threads(best)
    return best, fastest


def seconds_of_step(trainer: Trainer) -> float:
    """Return the seconds that a trainer's step takes in the mean, from steps of about a second.

    Steps are of several kinds, such as those in which a penalty is due. Each kind is met in turn, wherever its first
    step lies, and its median counts as often as it comes: the trainer is of no use afterwards.
    """
    for _ in range(WARM_UP_STEPS):
        trainer.step()
    trainer.read_scalars()

    intervals = (penalty.interval for penalty in trainer.recipe.penalties)
    ahead = range(trainer.steps, trainer.steps + min(math.lcm(LOOKED_AHEAD, *intervals), MOST_LOOKED_AHEAD))
    kinds = [_kind_of_step(trainer, step) for step in ahead]
    first = dict(zip(reversed(kinds), reversed(ahead), strict=True))
    lasted: dict[Hashable, list[float]] = {kind: [] for kind in first}
    spent, turns = 0.0, 0
    while turns * len(first) < MEASURED_STEPS and spent < MEASURED_SECONDS:
        for kind, step in first.items():
            trainer.steps = step
            lasted[kind].append(_seconds_of_one(trainer))
            spent += lasted[kind][-1]
        turns += 1
    return sum(count * median(lasted[kind]) for kind, count in Counter(kinds).items()) / len(kinds)


def _kind_of_step(trainer: Trainer, step: int) -> Hashable:
    """Return what is not done in every step: which penalties are due, and which way the discriminator goes."""
    if step < trainer.recipe.training.pretraining_steps:
        return None
    due = tuple(step % penalty.interval == 0 for penalty in trainer.recipe.penalties)
    discriminator = trainer.discriminator
    return due, discriminator.begin_step(step) if isinstance(discriminator, SteppedDiscriminator) else None


def _seconds_of_one(trainer: Trainer) -> float:
    start = time.perf_counter()
    trainer.step()
    if trainer.device.type != "cpu":
        trainer.read_scalars()
    return time.perf_counter() - start


def _numbers_up_to(most: int) -> list[int]:
    """Return 1, 2, 4... and the last."""
    return [*(1 << power for power in range(most.bit_length()) if 1 << power < most), most]
