"""What a step of the default game of text costs, by the length of texts and the size of their vocabulary."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from benchmarks.ratio import Ratio, threads

from artgan.interfaces import Data, Spec
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose
from artgan.training.trainer import Trainer

LENGTHS, VOCABULARIES = (16, 90, 256, 512), (100, 2000, 8000)
BATCH, TEXTS, MEASURED = 16, 200, 2
MIB = 2**20


class Cost(NamedTuple):
    """What a step takes: seconds of the processor, and bytes beyond what the process held before it."""

    seconds: float
    bytes: int


def measure(place: Path) -> Iterator[Ratio]:
    """Take steps on made-up texts, half to all of whose places are filled, on one thread."""
    with threads(1):
        costs = {shape: cost(*shape) for shape in product(LENGTHS, VOCABULARIES)}
    longest, shortest, most, fewest = LENGTHS[-1], LENGTHS[0], VOCABULARIES[-1], VOCABULARIES[0]
    one_hot = 4 * BATCH * longest * most

    by_length = costs[longest, fewest].seconds / costs[shortest, fewest].seconds * shortest / longest
    yield Ratio(f"seconds a token in texts of {longest}, of those in texts of {shortest}", by_length, at_most=1)
    by_vocabulary = costs[longest, most].seconds / costs[longest, fewest].seconds
    yield Ratio(f"seconds over {most:,} tokens, of those over {fewest}", by_vocabulary, at_most=8)
    memory = costs[longest, most].bytes / one_hot
    yield Ratio(
        f"memory of {longest} tokens of {most:,}, of a batch of one-hot samples", memory, at_most=1, remark=table(costs)
    )


def cost(length: int, vocabulary: int) -> Cost:
    """Return what a step takes, the best of a few."""
    trainer, held = made_up_game(length, vocabulary), _forget_peak()
    trainer.step()
    peak, seconds = _peak(), []
    for _ in range(MEASURED):
        begun = time.process_time()
        trainer.step()
        seconds.append(time.process_time() - begun)
    return Cost(min(seconds), peak - held)


def made_up_game(length: int, vocabulary: int) -> Trainer:
    """Return the default game on texts of tokens whose frequencies fall as those of words do."""
    registry, random = load_plugins().registry, np.random.default_rng(0)
    chances = 1 / np.arange(2, vocabulary + 1)
    tokens = random.choice(np.arange(1, vocabulary), (TEXTS, length), p=chances / chances.sum()).astype(np.int32)
    lengths = random.integers(length // 2, length + 1, (TEXTS, 1))
    tokens[np.arange(length) >= lengths] = 0

    written = ("", *map(str, range(1, vocabulary)))
    spec = Spec("text", (length, vocabulary), (), vocabulary, written, {"tokeniser": "word"})
    data = Data(spec, tokens, labels=None, fingerprint="", title="made up", licence="", source="")
    recipe = compose(registry, {"training": {"steps": 1000, "batch": BATCH}}, "scratch")
    return Trainer(recipe=recipe, data=data, modality=registry.modality(spec), device=torch.device("cpu"))


def table(costs: dict[tuple[int, int], Cost]) -> str:
    """Return seconds and memory by length and vocabulary, as text."""
    head = [f"{'length':>6}", *(f"{f'vocabulary {size:,}':>20}" for size in VOCABULARIES)]
    rows = ["".join(head)]
    for length in LENGTHS:
        own = [costs[length, size] for size in VOCABULARIES]
        rows.append(f"{length:>6}" + "".join(f"{each.seconds:>10.3f} s{each.bytes / MIB:>4.0f} MiB" for each in own))
    return "\n".join([f"a step of {BATCH} texts on one thread:", *rows])


def _forget_peak() -> int:
    """Begin to count the peak of this process's memory anew, and return the bytes that it holds."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
