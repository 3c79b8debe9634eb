"""What a run will be on this machine, and what it will cost, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..errors import UsageError
from ..files import cache_folder
from ..interfaces import Choice, Data, Modality, Reporter, Workspace
from ..plugins.loader import Plugins
from ..quantities import counted, duration
from ..recipe.choices import to_text
from ..recipe.compose import Composed
from ..recipe.recipe import Recipe
from ..training.budget import in_steps, seconds_per_step
from ..training.device import choose_device, crowded_cores, fast_precision, prepare_process
from ..training.held_out import held_out_rows, training_rows

SHOWN_LEFT_OUT = 5


@dataclass(frozen=True)
class RunPlan:
    """What a run will be on this machine.

    Attributes:
        recipe: every choice, its budget in steps.
        choices: what of it a preset chose, and why.
        data: the real samples.
        modality: what kind of art it makes.
        device: where it is trained.
        step_seconds: how long a step takes, as measured.
    """

    recipe: Recipe
    choices: tuple[Choice, ...]
    data: Data
    modality: Modality
    device: torch.device
    step_seconds: float

    @property
    def seconds(self) -> float:
        """How long the run will take, without the gallery."""
        return self.recipe.training.steps * self.step_seconds


def make_plan(composed: Composed, *, device: str, plugins: Plugins, reporter: Reporter) -> RunPlan:
    """Open the data, tell what was chosen for it, and measure what a step costs.

    Raises:
        UsageError: if there is no such device, or the data is too small or does not fit the components.
        ArtganError: if the data cannot be read, or memory runs out.
    """
    tell_surroundings(plugins, reporter)
    place = choose_device(device)
    prepare_process(place)
    recipe = composed.recipe.with_precision(fast_precision(place))
    data = open_data(recipe, reporter)
    _check_batch(recipe, data)
    for choice in composed.choices:
        reporter.say(to_text(choice))

    modality = plugins.registry.modality(data.spec)
    step_seconds = seconds_per_step(recipe, data, modality, place)
    recipe = recipe.with_steps(in_steps(recipe, data, step_seconds))
    plan = RunPlan(
        recipe=recipe,
        choices=composed.choices,
        data=data,
        modality=modality,
        device=place,
        step_seconds=step_seconds,
    )

    reporter.say(f"{_components(recipe)}, on {place} in {recipe.training.precision}")
    reporter.say(
        f"{recipe.training.steps:,} steps will take about {duration(plan.seconds)} "
        f"({1 / step_seconds:.1f} steps/s measured)"
    )
    return plan


def tell_surroundings(plugins: Plugins, reporter: Reporter) -> None:
    """Tell what was left out of the plugins, and whether others keep the machine busy."""
    for problem in plugins.problems:
        reporter.warn(str(problem))
    if cores := crowded_cores():
        reporter.say(
            f"Other processes keep the {cores} cores of this machine busy: "
            f"with OMP_NUM_THREADS=1 set for each, runs that share cores are faster"
        )


def open_data(recipe: Recipe, reporter: Reporter) -> Data:
    """Open a recipe's data, and tell what it holds."""
    with reporter.progress() as progress:
        data = recipe.dataset.open(Workspace(cache=cache_folder(), progress=progress))
    reporter.say(
        f"{data.title}: {counted(len(data), 'sample')} {_size(data)}{_held_out(recipe, data)}; licence: {data.licence}"
    )
    for note in data.notes:
        reporter.say(f"{data.title}: {note}")
    for item in data.left_out[:SHOWN_LEFT_OUT]:
        reporter.warn(f"left out {item.name}: {item.reason}")
    if (more := len(data.left_out) - SHOWN_LEFT_OUT) > 0:
        reporter.warn(f"left out {more} more; `artgan doctor` lists them")
    return data


def _check_batch(recipe: Recipe, data: Data) -> None:
    trained_on = len(training_rows(data, recipe.training))
    if trained_on < recipe.training.batch:
        raise UsageError(
            f"{data.title} holds {counted(trained_on, 'sample')} to train on, fewer than a batch of "
            f"{recipe.training.batch}: choose --batch {max(1, trained_on // 2)} or add samples"
        )


def _size(data: Data) -> str:
    if not data.spec.tokens:
        return "of " + "×".join(str(side) for side in data.spec.shape)
    length, vocabulary = data.spec.shape
    tokeniser = data.spec.presentation.get("tokeniser", "")
    return f"of at most {length} tokens ({tokeniser}, vocabulary {vocabulary:,})"


def _held_out(recipe: Recipe, data: Data) -> str:
    if data.held_out is not None:
        return f", {len(data.held_out):,} more held out"
    rows = held_out_rows(data, recipe.training)
    return f", {len(rows):,} of them held out" if len(rows) else ""


def _components(recipe: Recipe) -> str:
    parts = [f"generator {recipe.generator.name}", f"discriminator {recipe.discriminator.name}"]
    parts += [f"loss {recipe.loss.name}"]
    parts += [f"{component.kind} {component.name}" for component in (*recipe.penalties, *recipe.augmentations)]
    return ", ".join(parts)
