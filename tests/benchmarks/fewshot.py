"""Art from a few hundred pictures: presets and FastGAN race side by side at equal time, of one thread or of a GPU.

ARTGAN_BENCHMARK_PICTURES names folders or zips of pictures, parted by the system's path separator; without it the
bundled tiles are taken. ARTGAN_BENCHMARK_SECONDS (300), _SIZE (64; 0 for what a run takes), _SEEDS (3), _RACERS (of
`RACERS` those that are installed) and _DEVICE (cpu) say how long, how large, how often, who and where: on a GPU artgan
goes by CUDA graphs, as its runs do there, and everybody by deterministic operations. ARTGAN_BENCHMARK_OUT is the folder
that pictures, sheets and numbers are written to.

Works are measured beside the pictures trained on, for there are too few to hold many out, by what no network was
trained to please: patches, random features (which see contrast and coarse shape, and prefer blotches of the right
colours to clean drawings of few kinds), variety and copies. Look at the sheets too.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from statistics import mean

import numpy as np
import torch
from benchmarks.contenders import Contender, of_artgan
from benchmarks.fastgan import of_fastgan
from benchmarks.race import race
from benchmarks.ratio import NotInstalledError, Ratio, threads
from numpy.typing import NDArray
from torch.nn.functional import adaptive_avg_pool2d

from artgan.api._context import SILENT
from artgan.api._request import Budget, RunRequest, compose_request
from artgan.builtin.features import RandomFeatures
from artgan.builtin.metric.copying_statistic import COPY
from artgan.builtin.metric.feature_distances import frechet
from artgan.builtin.metric.neighbours import coverage, nearest
from artgan.builtin.metric.pyramid import patch_distances
from artgan.interfaces import Modality, Preset, Workspace
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Registry
from artgan.training.device import fast_precision, prepare_process
from artgan.training.graph_trial import GraphTrial
from artgan.training.held_out import training_rows
from artgan.training.trainer import Trainer

DEFAULT, FASTGAN = "default", "fastgan"
RACERS = (DEFAULT, "fewshot", "style", "r3", "sngan", FASTGAN)
"""Who races where it is installed: what is usual, presets that are to be better at it, and who is published."""
SECONDS = float(os.environ.get("ARTGAN_BENCHMARK_SECONDS", 300))
SIZE = int(os.environ.get("ARTGAN_BENCHMARK_SIZE", 64))
SEEDS = int(os.environ.get("ARTGAN_BENCHMARK_SEEDS", 3))
DEVICE = torch.device(os.environ.get("ARTGAN_BENCHMARK_DEVICE", "cpu"))
OUT = os.environ.get("ARTGAN_BENCHMARK_OUT")
COUNT = 900
"""Pictures that are measured."""
MOST, LEAST_VARIETY = 1.0, 0.9
"""What is to be reached: of the default's distance of patches, and of the data's variety."""
FIRST_STEPS, REPLANNED = 10, 100
"""After how many steps a plan is made, at first and later."""

Pictures = NDArray[np.uint8]
Values = Mapping[str, float]


def measure(place: Path) -> Iterator[Ratio]:
    """Race on each set of pictures, and yield what each racer reaches beside the default."""
    registry = load_plugins().registry
    names = os.environ.get("ARTGAN_BENCHMARK_RACERS", ",".join(RACERS)).split(",")
    others = {FASTGAN, *registry.names(Preset)} - {DEFAULT}
    if DEVICE.type != "cpu":
        prepare_process(DEVICE)
    racers = [DEFAULT, *(name for name in names if name in others)]
    if len(racers) < 2:
        raise NotInstalledError(f"none of {', '.join(names)} is installed beside {DEFAULT}")
    for source in _sources():
        results = {name: list[Values]() for name in racers}
        with threads(1):
            for seed in range(SEEDS):
                for name, values in _raced(source, racers, registry, seed, place).items():
                    results[name].append(values)
        yield from _ratios(source.stem if source else "tiles", results)


def _sources() -> list[Path | None]:
    given = os.environ.get("ARTGAN_BENCHMARK_PICTURES", "")
    return [Path(part) for part in given.split(os.pathsep)] if given else [None]


def _raced(source: Path | None, names: list[str], registry: Registry, seed: int, place: Path) -> dict[str, Values]:
    """Return what each racer's pictures come to after as many seconds of its own steps."""
    trainers = {name: _trainer(source, name, registry, seed, place) for name in names if name != FASTGAN}
    usual = trainers[DEFAULT]
    pictures = np.asarray(usual.data.samples[training_rows(usual.data, usual.recipe.training)])
    contenders = [PlannedTrainer(trainer, SECONDS).contender(name) for name, trainer in trainers.items()]
    if FASTGAN in names:
        contenders.append(of_fastgan(pictures, seed, DEVICE))
    runners = race(contenders, [SECONDS], lambda _: {}, count=1, clock=clock)

    judge, found = Judge(pictures[:COUNT]), {}
    for name, runner in runners.items():
        made = runner.contender.make(COUNT)
        found[name] = judge(made)
        if OUT:
            stem = f"{source.stem if source else 'tiles'}-{name}-{seed}"
            _keep(made, {"steps": runner.steps, **found[name]}, usual.modality, Path(OUT) / stem)
    return found


def _trainer(source: Path | None, preset: str, registry: Registry, seed: int, place: Path) -> Trainer:
    """Return the trainer of a preset, as `artgan run` would compose it of these pictures."""
    request = RunRequest(
        source=source,
        dataset=None if source else "tiles",
        preset=preset,
        budget=Budget(minutes=SECONDS / 60),
        seed=seed,
        device=str(DEVICE),
        settings={"dataset": {"size": f"{SIZE}x{SIZE}"}} if SIZE and source else {},
    )
    recipe = compose_request(request, registry, SILENT).recipe.with_precision(fast_precision(DEVICE))
    data = recipe.dataset.open(Workspace(cache=place / "cache"))
    modality = registry.modality(data.spec)
    assert isinstance(modality, Modality)
    recipe = recipe.with_steps(10_000)
    capture = GraphTrial.of(recipe, data, modality, DEVICE).capture
    return Trainer(recipe=recipe, data=data, modality=modality, device=DEVICE, capture=capture)


def clock() -> float:
    """Return the seconds that this process has worked; on a GPU those that have passed, once its work is done."""
    if DEVICE.type == "cpu":
        return time.process_time()
    torch.accelerator.synchronize(DEVICE)
    return time.perf_counter()


class PlannedTrainer:
    """A trainer whose schedules end with its seconds: it plans its steps by how long they took, on its own clock.

    Args:
        trainer: takes the steps.
        seconds: by `clock`, that its steps are to take in all.
    """

    def __init__(self, trainer: Trainer, seconds: float) -> None:
        self.trainer, self._all, self._spent = trainer, seconds, 0.0

    def contender(self, name: str) -> Contender:
        """Return who races."""
        return replace(of_artgan(name, self.trainer), step=self._step)

    def _step(self) -> None:
        begun = clock()
        self.trainer.step()
        self._spent += clock() - begun

        taken = self.trainer.steps
        if taken % (FIRST_STEPS if taken < REPLANNED else REPLANNED) == 0:
            steps = max(taken + 1, round(taken * self._all / self._spent))
            self.trainer.take_plan(replace(self.trainer.recipe.training, steps=steps, minutes=0.0))


class Judge:
    """Measures generated pictures (N, C, H, W) beside real ones.

    Args:
        real: what was trained on.
    """

    def __init__(self, real: Pictures) -> None:
        self.real, self._features = real, RandomFeatures().build()

    def __call__(self, pictures: Pictures) -> Values:
        """Return the numbers by name."""
        real, fake = self._of_real, self._features(pictures)
        covered, same = coverage(real, fake), min(len(pictures), len(self.real))
        near, which = nearest(coarse(pictures), self._coarse)
        return {
            f"Fréchet ({RandomFeatures.version})": frechet(fake, real),
            "patches": next(iter(patch_distances(self.real[:same], pictures[:same]).values())),
            "coverage": covered.coverage,
            "recall": covered.recall,
            "variety": _spread(coarse(pictures)) / _spread(self._coarse),
            "distinct nearest": len(set(which.tolist())) / same,
            "copies": float((near < COPY * self._usual).mean()),
        }

    @cached_property
    def _of_real(self) -> NDArray[np.float64]:
        return self._features(self.real)

    @cached_property
    def _coarse(self) -> NDArray[np.float64]:
        return coarse(self.real)

    @cached_property
    def _usual(self) -> float:
        """How far a real picture usually is from the nearest other."""
        half = len(self._coarse) // 2
        return float(np.median(nearest(self._coarse[:half], self._coarse[half:])[0]))


def coarse(pictures: Pictures) -> NDArray[np.float64]:
    """Return pictures as the means of 16 × 16 areas, (N, C * 256), in shares of the range of levels."""
    return adaptive_avg_pool2d(torch.from_numpy(pictures / 255), 16).flatten(1).double().numpy()


def _spread(rows: NDArray[np.float64]) -> float:
    """Return the mean distance of two."""
    return float(torch.pdist(torch.from_numpy(rows)).mean())


def _keep(pictures: Pictures, values: Values, modality: Modality, place: Path) -> None:
    """Write pictures, a sheet of the first and the numbers, as files that are called so but for their endings."""
    place.parent.mkdir(parents=True, exist_ok=True)
    np.save(f"{place}.npy", pictures)
    modality.write_sheet(Path(f"{place}.png"), pictures[:48], columns=12)
    Path(f"{place}.json").write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")


def _ratios(what: str, results: Mapping[str, list[Values]]) -> Iterator[Ratio]:
    """Yield each racer's distance as a share of the default's, and its variety, with all means in the first remark."""
    means = {name: {key: mean(row[key] for row in rows) for key in rows[0]} for name, rows in results.items()}
    table = [f"{name}: {', '.join(f'{key} {value:.3g}' for key, value in row.items())}" for name, row in means.items()]
    what_trained = "thread" if DEVICE.type == "cpu" else "GPU"
    remark = "\n".join([f"means of {SEEDS} seeds, {SECONDS:g} s of one {what_trained} each", *table])
    for name in results:
        if name != DEFAULT:
            share = means[name]["patches"] / means[DEFAULT]["patches"]
            yield Ratio(f"{what}: {name}: distance of patches, of the default's", share, at_most=MOST, remark=remark)
            yield Ratio(f"{what}: {name}: variety, of the data's", means[name]["variety"], at_least=LEAST_VARIETY)
            remark = ""
