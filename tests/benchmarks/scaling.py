"""What many processes gain: a step on one and on two, what of it they talk, and what follows for 8, 64 and 512 GPUs.

The prediction is arithmetic, not a measurement: each GPU plays a shard of its own (a batch grows with their number),
takes for it what is assumed below, and then waits for sums whose bytes are counted here. Nothing of it overlaps.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from benchmarks.ratio import Ratio
from benchmarks.speed import default_trainer
from support.together import codes_of, said, start_together
from torch import Tensor

from artgan.plugins.loader import load_plugins
from artgan.training.job import job_of
from artgan.training.process_group import ProcessGroup
from artgan.training.trainer import Trainer
from artgan.training.tree_sum import TreeSum

SHARDS, STEPS, ROUNDS = 2, 40, 5
GPU_STEP = 0.0128
"""Seconds that a GPU is assumed to take for its shard: 256 pictures of 64 pixels at 20,000 a second, an H100's goal."""
WITHIN, BETWEEN = 200e9, 40e9
"""Bytes a second that a GPU is assumed to send: by NVLink within a machine of 8, by a network of 400 Gb/s between."""
COLLECTIVE, MESSAGE = 20e-6, 2e-6
"""Seconds that are assumed to begin a collective, and for each other process that it sends to apart."""


class TimedGroup(ProcessGroup):
    """Processes whose talk is timed and counted.

    Attributes:
        seconds: spent in it.
        bytes: sent by this process.
        collectives: how many there were.
    """

    seconds, bytes, collectives = 0.0, 0, 0

    def sum(self, own: TreeSum, shards: int) -> Tensor:
        begun = time.perf_counter()
        total = super().sum(own, shards)
        self.seconds += time.perf_counter() - begun
        sent = sum(node.numel() * node.element_size() for node in own.nodes) * (self.count - 1) // self.count
        self.bytes += sent + total.numel() * total.element_size() * (self.count - 1) // self.count
        self.collectives += 2
        return total

    def from_first(self, own: Tensor) -> Tensor:
        begun = time.perf_counter()
        told = super().from_first(own)
        self.seconds += time.perf_counter() - begun
        self.collectives += 1
        return told


def measure(place: Path) -> Iterator[Ratio]:
    """Play the default recipe's game in two shards on one process and on two, each with one thread, in turns."""
    torch.set_num_threads(1)
    cache = place / "cache"
    game = default_trainer(load_plugins().registry, cache, shards=SHARDS)  # which leaves the pictures decoded
    recipe, data, modality = game.recipe, game.data, game.modality

    def work(number: int) -> int:
        torch.set_num_threads(1)
        group = TimedGroup(job_of())
        own = Trainer(recipe=recipe, data=data, modality=modality, device=torch.device("cpu"), processes=group)
        (Path.cwd() / f"took-{number}").write_text(json.dumps(_timed(own, group)))
        group.close()
        return 0

    alone, both = [], list[dict[str, float]]()
    for number in range(ROUNDS):
        alone.append(_timed(game)["step"])
        folder = place / str(number)
        folder.mkdir()
        assert codes_of(start_together(2, work, folder)) == [0, 0], said(folder)
        both += [json.loads((folder / f"took-{process}").read_text()) for process in range(2)]

    step, shared = statistics.median(alone), statistics.median(row["step"] for row in both)
    talk = statistics.median(row["talk"] / row["step"] for row in both)
    rounds = f"{ROUNDS} rounds of {STEPS} steps"
    spread = f"{_spread(alone)} on one process, {_spread([row['step'] for row in both])} on two; {rounds}"
    yield Ratio("times as fast on two processes as on one", step / shared, 1.5, remark=spread)
    told = "\n".join(prediction(both[0]["bytes"], both[0]["collectives"]))
    yield Ratio("share of a step that two processes talk and wait", talk, at_most=0.25, remark=told)


def _timed(game: Trainer, group: TimedGroup | None = None) -> dict[str, float]:
    """Return the median seconds of a step, and the mean seconds, bytes and collectives of its talk."""
    for _ in range(5):
        game.step()
    if group:
        group.seconds, group.bytes, group.collectives = 0.0, 0, 0
    lasted = []
    for _ in range(STEPS):
        begun = time.perf_counter()
        game.step()
        lasted.append(time.perf_counter() - begun)
    talk = {"talk": group.seconds, "bytes": group.bytes, "collectives": group.collectives} if group else {}
    return {"step": statistics.median(lasted)} | {name: value / STEPS for name, value in talk.items()}


def prediction(sent: float, collectives: float) -> Iterator[str]:
    """Yield lines on how busy GPUs are that play the same networks.

    Args:
        sent: bytes that each of two processes sends in a step, which is half of what one of very many does.
        collectives: how many there are in a step.
    """
    yield f"{sent / 1e6:.2f} MB sent a step by each of two, in {collectives:.0f} collectives; predicted, not measured:"
    for count in (8, 64, 512):
        bandwidth = WITHIN if count <= 8 else BETWEEN
        bytes_ = 2 * sent * (count - 1) / count
        talk = bytes_ / bandwidth + collectives * (COLLECTIVE + MESSAGE * (count - 1))
        busy = GPU_STEP / (GPU_STEP + talk)
        gain = f"{busy:.0%} of the time computed, {busy * count:.0f} times one"
        yield f"{count:>4} GPUs: {1000 * talk:.2f} ms of talk a step, {gain}"


def _spread(seconds: Sequence[float]) -> str:
    return f"{1000 * statistics.median(seconds):.0f} ms ({1000 * min(seconds):.0f} to {1000 * max(seconds):.0f})"
