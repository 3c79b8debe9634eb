"""What a run will be on this machine, and what it will cost, before anything is written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from ..errors import UsageError
from ..files import cache_folder
from ..interfaces import Choice, Data, Dataset, LeftOutGroup, Modality, Reporter, Workspace
from ..interfaces.data import told_once
from ..plugins.loader import Plugins
from ..plugins.registry import Registry
from ..quantities import counted, duration
from ..recipe.choices import to_text
from ..recipe.compose import Composed
from ..recipe.recipe import Recipe
from ..shell import command
from ..training.agreement import check_same, check_same_recipe, find_difference
from ..training.base_weights import BaseWeights
from ..training.budget import in_steps
from ..training.captured_network import Capture
from ..training.device import choose_device, fast_precision, kind_of, prepare_process
from ..training.graph_trial import GraphTrial
from ..training.held_out import held_out_rows, training_rows
from ..training.pace import Pace, measure_pace
from ..training.processes import ALONE, Processes
from ..version import __version__
from ._base import weights_of_base

SHOWN_LEFT_OUT = 5
"""How many items left out, or reasons why, are told before a run."""
TOLD_SECONDS = 2.0
"""From how many seconds on it is told how long it took to open the data."""
MAX_LEFT_OUT = 0.01
"""The share of items left out from which the first line says so."""


@dataclass(frozen=True)
class RunPlan:
    """What a run will be on this machine.

    Attributes:
        recipe: every choice, its budget in steps.
        choices: what of it a preset chose, and why.
        data: the real samples.
        modality: what kind of art it makes.
        device: where it is trained.
        pace: what a step takes, as measured.
        weights: what it takes of the model that it starts from; None where it begins with noise.
        capture: records what its networks do; None where they are called as they are written.
    """

    recipe: Recipe
    choices: tuple[Choice, ...]
    data: Data
    modality: Modality
    device: torch.device
    pace: Pace
    weights: BaseWeights | None = None
    capture: Capture | None = None

    @property
    def seconds(self) -> float:
        """How long the run will take, without the gallery."""
        return self.pace.seconds(self.recipe)


def make_plan(
    composed: Composed, *, device: str, plugins: Plugins, reporter: Reporter, processes: Processes = ALONE
) -> RunPlan:
    """Open the data, tell what was chosen for it, and measure what a step costs.

    Raises:
        UsageError: if there is no such device, the data is too small or does not fit the components, or processes
            differ in what they were given.
        ArtganError: if the data cannot be read, or memory runs out.
    """
    for problem in plugins.problems:
        reporter.warn(str(problem))
    place = choose_device(device, processes)
    prepare_process(place)
    recipe = composed.recipe.with_precision(fast_precision(place))
    check_processes(processes, recipe, plugins.registry, place, reporter)
    data = open_data(recipe, reporter, processes)
    _check_batch(recipe, data)
    for choice in composed.choices:
        reporter.say(to_text(choice))
    if composed.advice:
        reporter.say(composed.advice)

    modality = plugins.registry.modality(data.spec)
    with _explained(recipe):
        capture = try_graphs(recipe, data, modality, place, processes, reporter)
        pace = measure_pace(recipe, data, modality, place, processes, capture)
    recipe, weights = weights_of_base(_planned(recipe, data, pace), data.spec, reporter)
    plan = RunPlan(
        recipe=recipe,
        choices=composed.choices,
        data=data,
        modality=modality,
        device=place,
        pace=pace,
        weights=weights,
        capture=capture,
    )

    where = f"{place} with {counted(pace.threads, 'thread')}" if place.type == "cpu" else str(place)
    reporter.say(f"{_components(recipe)}, on {where} in {recipe.training.precision}")
    steps = counted(recipe.training.steps, "step")
    held = f", {pace.memory / 2**30:.2f} GiB held" if pace.memory else ""
    speed = f"({recipe.training.steps / plan.seconds:.1f} steps/s measured{held})"
    if minutes := recipe.training.minutes:
        reporter.say(f"in {duration(60 * minutes)} there is room for about {steps} {speed}")
    else:
        reporter.say(f"{steps} will take about {duration(plan.seconds)} {speed}")
    return plan


def try_graphs(
    recipe: Recipe, data: Data, modality: Modality, device: torch.device, processes: Processes, reporter: Reporter
) -> Capture | None:
    """Return what records the networks of a run, where that is to be done, and tell what was found.

    Raises:
        UsageError: if the recipe asks for it in vain.
    """
    trial = GraphTrial.of(recipe, data, modality, device, processes)
    if trial.words:
        reporter.say(trial.words)
    return trial.capture


@contextmanager
def _explained(recipe: Recipe) -> Iterator[None]:
    """Say of too small a batch what to do.

    Raises:
        UsageError: if the networks normalise over a batch that has one value of each.
    """
    try:
        yield
    except ValueError as error:
        if "Expected more than 1 value per channel" not in str(error):
            raise
        batch, shards = recipe.training.batch, recipe.training.shards
        cut, more = (f" in {shards} shards", "fewer --shards") if shards > 1 else ("", "--batch 2 or more")
        raise UsageError(
            f"a batch of {batch}{cut} leaves generator {recipe.generator.name} and discriminator "
            f"{recipe.discriminator.name} one value to normalise over: choose {more}"
        ) from None


def _planned(recipe: Recipe, data: Data, pace: Pace) -> Recipe:
    """Return a recipe with its budget in steps, beside the minutes where it is in these, and with its threads."""
    minutes = recipe.training.minutes
    planned = recipe.with_steps(in_steps(recipe, data, pace))
    return planned.with_training(minutes=minutes, threads=pace.threads)


def check_processes(
    processes: Processes, recipe: Recipe, registry: Registry, device: torch.device, reporter: Reporter
) -> None:
    """Check that processes can train together: that they share the shards, and were given the same.

    Raises:
        UsageError: if they cannot.
    """
    shards, count = recipe.training.shards, processes.count
    if shards % count:
        *some, most = [str(number) for number in range(1, shards + 1) if shards % number == 0]
        fitting = f"{', '.join(some)} or {most}" if some else most
        raise UsageError(
            f"{count} processes cannot share {counted(shards, 'shard')} equally: start {fitting} of them, "
            f"or begin another run with --shards {count * max(1, round(shards / count))}"
        )
    if count == 1:
        return
    for name, version in (("artgan", __version__), ("torch", torch.__version__)):
        check_same(processes, name, version, "install the same version for all")
    check_same_recipe(processes, recipe.public().to_toml(registry))
    if difference := find_difference(processes, "devices of kind", kind_of(device)):
        reporter.warn(f"{difference}: numbers differ in their last bits from those of processes on devices of one kind")
    reporter.say(f"{count} processes play {counted(shards, 'shard')} of {recipe.training.batch // shards} samples")


def open_data(recipe: Recipe, reporter: Reporter, processes: Processes = ALONE) -> Data:
    """Open a recipe's data, and tell what it holds.

    Raises:
        UsageError: if processes find other data than the first.
    """
    begun = time.monotonic()
    with processes.first_on_machine(), reporter.progress() as progress:
        data = recipe.dataset.open(Workspace(cache=cache_folder(), progress=progress))
    seconds = time.monotonic() - begun
    check_same(processes, "data with the fingerprint", data.fingerprint[:16], "give all processes the same data")
    samples = f"{counted(len(data), 'sample')} {_size(data)}{_held_out(recipe, data)}{_share_left_out(data)}"
    pace = f", opened in {duration(seconds)} ({len(data) / seconds:,.0f} a second)" if seconds >= TOLD_SECONDS else ""
    reporter.say(f"{data.title}: {samples}{pace}; licence: {data.licence}")
    for note in data.notes:
        reporter.say(f"{data.title}: {note}")
    _warn_of_left_out(recipe, data, reporter)
    return data


def _share_left_out(data: Data) -> str:
    """Return how many items are left out and what keeps them, where that is more than a hundredth of all."""
    left_out = data.count_left_out
    total = left_out + len(data) + (0 if data.held_out is None else len(data.held_out))
    if left_out <= MAX_LEFT_OUT * total:
        return ""
    remedies = dict.fromkeys(group.remedy for group in LeftOutGroup.of(data.left_out) if group.remedy)
    keep = f": {' and '.join(remedies)} would keep {'it' if left_out == 1 else 'them'}" if remedies else ""
    return f", {left_out:,} of {total:,} left out ({left_out / total:.0%}{keep})"


def _warn_of_left_out(recipe: Recipe, data: Data, reporter: Reporter) -> None:
    """Tell what is left out: one by one where it is little, else by its reasons."""
    lists = f"{command('artgan', 'doctor', _as_typed(recipe.dataset))} --verbose lists them"
    if data.count_left_out <= SHOWN_LEFT_OUT:
        for line, _ in told_once(data.left_out):
            reporter.warn(f"left out {line}")
        return

    groups = LeftOutGroup.of(data.left_out)
    for group in groups[:SHOWN_LEFT_OUT]:
        examples = f" ({group.items[0].name}{', …' if group.count > 1 else ''})" if group.items else ""
        reporter.warn(f"left out {group.count:,}: {group.reason}{examples}")
    more = sum(group.count for group in groups[SHOWN_LEFT_OUT:])
    reporter.warn(f"left out {more:,} more for other reasons; {lists}" if more else lists)


def _as_typed(dataset: Dataset) -> str:
    """Return a dataset as `artgan doctor` takes it: by its path where that says all."""
    choice, path = dataset.to_choice(), str(dataset.values().get("path", ""))
    return path if choice == f"{dataset.name}:path={path}" else choice


def _check_batch(recipe: Recipe, data: Data) -> None:
    trained_on = len(training_rows(data, recipe.training))
    if trained_on < recipe.training.batch:
        shards = recipe.training.shards
        raise UsageError(
            f"{data.title} holds {counted(trained_on, 'sample')} to train on, fewer than a batch of "
            f"{recipe.training.batch}: choose --batch {max(1, trained_on // 2 // shards) * shards} or add samples"
        )


def _size(data: Data) -> str:
    if not data.spec.tokens:
        return "of " + "×".join(str(side) for side in data.spec.shape)
    length, vocabulary = data.spec.shape
    known = filter(None, [data.spec.presentation.get("tokeniser", ""), f"vocabulary {vocabulary:,}"])
    return f"of at most {length} tokens ({', '.join(known)})"


def _held_out(recipe: Recipe, data: Data) -> str:
    if data.held_out is not None:
        return f", {len(data.held_out):,} more held out"
    rows = held_out_rows(data, recipe.training)
    return f", {len(rows):,} of them held out" if len(rows) else ", none held out"


def _components(recipe: Recipe) -> str:
    parts = [f"generator {recipe.generator.name}", f"discriminator {recipe.discriminator.name}"]
    parts += [f"loss {recipe.loss.name}"]
    parts += [f"{component.kind} {component.name}" for component in (*recipe.penalties, *recipe.augmentations)]
    return ", ".join(parts)
