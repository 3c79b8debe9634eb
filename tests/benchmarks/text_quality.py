"""How good the texts are that the usual recipes make of data nobody tuned them for, beside likelihood in the same time.

Four sets: King James verses (of the Debian package bible-kjv), captions (image_coco.txt of Texygen, where
ARTGAN_BENCHMARK_CAPTIONS says), the bundled names of paints and Tang couplets. Three contenders with the same
generator: from noise (the default), by the preset relgan, and by likelihood alone. Each trains on one thread in as many
steps as take ARTGAN_BENCHMARK_SECONDS of the processor, 600 unless told otherwise, or to where it would copy.

All are judged by what `artgan evaluate` judges by: a language model of the real texts, and one of each set of works;
and by the distance of their n-grams. ARTGAN_BENCHMARK_SETS names the sets, such as kjv,paints; in the folder
ARTGAN_BENCHMARK_OUT runs, numbers and fifty texts of each are kept, and what is there is not made again. It takes
three hours of the processor, and is run where it is named alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from shutil import which

import numpy as np
from benchmarks.ratio import NotInstalledError, Ratio, threads

from artgan.api import Budget, RunPlan, RunRequest, plan_run
from artgan.artworks.places import RunFolder
from artgan.builtin.metric.likelihood import Likelihood
from artgan.builtin.metric.ngrams import Copied, Ngrams
from artgan.evaluation.frontier import verdict
from artgan.evaluation.report import Row
from artgan.evaluation.tokens import Probabilities, draw
from artgan.interfaces import Comparison, Number, Observer, Role, Samples
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose
from artgan.recipe.recipe import Recipe
from artgan.recipe.recipe_file import read_toml
from artgan.training.run import Run
from artgan.training.trainer import Trainer
from artgan.training.training_loop import TrainingLoop

SECONDS = float(os.environ.get("ARTGAN_BENCHMARK_SECONDS", "600"))
OUT, CAPTIONS = os.environ.get("ARTGAN_BENCHMARK_OUT"), os.environ.get("ARTGAN_BENCHMARK_CAPTIONS")
SETS = ("kjv", "captions", "paints", "couplets")
NOISE, RELGAN, LIKELIHOOD = "from noise", "relgan", "likelihood"
PRESETS = {NOISE: "scratch", RELGAN: "relgan", LIKELIHOOD: "mle"}

TEMPERATURES = (0.8, 0.9, 1.0)
WORKS, HELD_OUT, SHOWN = 3000, 1000, 50
WARM_UP, TIMED = 1, 3
"""Steps that are taken to learn what one costs."""

BITS_APART, MOST_COPIED = 0.1, 0.01


def measure(place: Path) -> Iterator[Ratio]:
    """Train all contenders on each set, and judge what they make."""
    wanted = [name for name in os.environ.get("ARTGAN_BENCHMARK_SETS", "").split(",") if name] or list(SETS)
    out = Path(OUT) if OUT else place / "out"
    with threads(1):
        for name in wanted:
            yield from measure_set(name, out)


def measure_set(name: str, out: Path) -> Iterator[Ratio]:
    """Yield what the contenders reach on one set, beside the goals."""
    numbers = {contender: judged(name, contender, out) for contender in PRESETS}
    remark = table(numbers)
    best = {contender: min(rows, key=lambda row: row["n-gram distance"]) for contender, rows in numbers.items()}
    apart = best[NOISE]["LM bits/byte"] - best[LIKELIHOOD]["LM bits/byte"]
    yield Ratio(f"{name}: bits a byte from noise, beyond likelihood's", apart, at_most=BITS_APART, remark=remark)

    rows = [Row(contender, row["temperature"], roles(row)) for contender in numbers for row in numbers[contender]]
    above = verdict(rows, RELGAN, LIKELIHOOD) != "below"
    yield Ratio(f"{name}: relgan is on or above the frontier of likelihood", float(above), at_least=1)
    copied = max(row["copied share"] - row["copied share of real"] for each in numbers.values() for row in each)
    yield Ratio(f"{name}: copied share, beyond that of held-out texts", copied, at_most=MOST_COPIED)


def judged(name: str, contender: str, out: Path) -> list[dict[str, float]]:
    """Return a contender's numbers at each temperature."""
    kept = out / name / f"{PRESETS[contender]}.json"
    if not kept.exists():
        run = trained(name, contender, out)
        kept.write_text(json.dumps(list(numbers_of(run)), indent=1), encoding="utf-8")
    rows: list[dict[str, float]] = json.loads(kept.read_text(encoding="utf-8"))
    return rows


def trained(name: str, contender: str, out: Path) -> Run:
    """Return a contender's run when its time is over; one that was cut short goes on."""
    registry, folder = load_plugins().registry, out / name / PRESETS[contender]
    folder.parent.mkdir(parents=True, exist_ok=True)
    request = replace(request_of(name, out), preset=PRESETS[contender], budget=Budget(steps=1), threads=1)
    plan = plan_run(request)
    begun = RunFolder(folder).is_begun
    recipe = compose(registry, read_toml(folder / "recipe.toml"), None) if begun else within(SECONDS, plan)
    run = Run(
        folder=folder,
        recipe=recipe,
        data=plan.data,
        modality=plan.modality,
        registry=registry,
        device=plan.device,
    )
    if begun:
        run.restore(print)
    else:
        run.create("python tests/benchmarks text_quality")

    took = time.process_time()
    if run.trainer.steps < run.steps and TrainingLoop(run, Observer()).train():
        raise KeyboardInterrupt
    note = {"steps": run.trainer.steps, "CPU seconds of the last sitting": time.process_time() - took}
    (folder / "cost.json").write_text(json.dumps(note), encoding="utf-8")
    return run


def request_of(name: str, out: Path) -> RunRequest:
    """Return a request for a set alone.

    Raises:
        NotInstalledError: if it is not on this machine.
    """
    if name == "captions":
        if not CAPTIONS:
            raise NotInstalledError("ARTGAN_BENCHMARK_CAPTIONS names no file of captions")
        return RunRequest(source=Path(CAPTIONS))
    if name != "kjv":
        return RunRequest(dataset={"paints": "names:of=paints", "couplets": "poems"}[name])

    if not which("bible"):
        raise NotInstalledError("the Debian package bible-kjv is not installed")
    verses, told = out / name / "kjv.txt", ["bible", "-f", "gen1:1-rev22:21"]
    if not verses.exists():
        printed = subprocess.run(told, capture_output=True, text=True, check=True).stdout.splitlines()
        verses.write_text("".join(line.partition(" ")[2] + "\n" for line in printed), encoding="utf-8")
    return RunRequest(source=verses)


def within(seconds: float, plan: RunPlan) -> Recipe:
    """Return the recipe with as many steps as take so many seconds of the processor."""
    share = plan.recipe.training.pretrain
    costs = [share and share * cost(plan, pretrain=1.0), (1 - share) and (1 - share) * cost(plan, pretrain=0.0)]
    return plan.recipe.with_steps(round(seconds / sum(costs)))


def cost(plan: RunPlan, *, pretrain: float) -> float:
    """Return the seconds of the processor that a step takes, all being of one kind."""
    recipe = plan.recipe.with_steps(1000).with_training(pretrain=pretrain)
    trainer = Trainer(recipe=recipe, data=plan.data, modality=plan.modality, device=plan.device)
    seconds = []
    for _ in range(WARM_UP + TIMED):
        begun = time.process_time()
        trainer.step()
        seconds.append(time.process_time() - begun)
    return sum(seconds[WARM_UP:]) / TIMED


def numbers_of(run: Run) -> Iterator[dict[str, float]]:
    """Yield what is measured of a run's works at each temperature, and keep the first of them as text."""
    model, readable = run.model(), run.modality.for_metrics
    assert run.data.held_out is not None
    spread = np.linspace(0, len(run.data.held_out) - 1, min(HELD_OUT, len(run.data.held_out))).astype(int)
    held_out = Samples(run.data.held_out[spread], for_metrics=readable)
    known = Samples(run.data.samples, for_metrics=readable)

    for temperature in TEMPERATURES:
        fake = Samples(draw(model, WORKS, temperature), for_metrics=readable)
        knows = Probabilities(model) if temperature == 1 else None
        comparison = Comparison(run.data.spec, fake=fake, held_out=held_out, train=known, generator=knows)
        likelihood = {name: number.value for name, number in Likelihood().compare(comparison).items()}
        yield {
            "temperature": temperature,
            "steps": run.trainer.steps,
            **likelihood,
            **Ngrams().measure(held_out.readable, fake.readable),
            **Copied().measure(known.readable, fake.readable),
            "copied share of real": Copied().measure(known.readable, held_out.readable)["copied share"],
        }
        shown = run.folder.with_name(f"{run.id}-{temperature:g}.txt")
        shown.write_text("\n".join(fake.readable[:SHOWN]) + "\n", encoding="utf-8")


def roles(row: Mapping[str, float]) -> dict[str, Number]:
    """Return what decides the place on the frontier."""
    return {
        "LM": Number(row["LM"], role=Role.WORKS_LIKELIHOOD),
        "RLM": Number(row["RLM"], role=Role.DATA_LIKELIHOOD),
    }


def table(numbers: Mapping[str, list[dict[str, float]]]) -> str:
    """Return all numbers, a line for each contender and temperature."""
    named = {
        "LM bits/byte": "LM",
        "RLM": "RLM",
        "n-gram distance": "n-grams",
        "copied share": "copied",
        "NLL test bits/byte": "held out",
    }
    lines = [f"{'':<12}{'steps':>7}{'T':>5}" + "".join(f"{name:>10}" for name in named.values())]
    for contender, rows in numbers.items():
        for row in rows:
            cells = "".join(f"{row[name]:>10.3f}" if name in row else f"{'':>10}" for name in named)
            lines.append(f"{contender:<12}{row['steps']:>7,}{row['temperature']:>5}{cells}")
    return "\n".join(lines)
