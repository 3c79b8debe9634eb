"""Go on with a run that was stopped, or that is to go on for longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..artworks.places import RunFolder, find_run
from ..interfaces import Observer, Reporter
from ..plugins.loader import Plugins, load_plugins
from ..plugins.observers import GuardedObservers
from ..plugins.versions import changes
from ..recipe.compose import compose, merge
from ..recipe.recipe import PLUGINS, Recipe
from ..recipe.recipe_file import read_toml
from ._context import SILENT
from ._request import Budget

if TYPE_CHECKING:
    from ..training.run import Run
    from ._result import RunResult


@dataclass(frozen=True, kw_only=True)
class ResumeRequest:
    """Which run goes on, and how.

    Attributes:
        run: its folder, or its name in ``out``.
        budget: how long it is to be in all; empty for as long as its recipe says.
        changed_data: go on though the data is another than it was started with.
        out: the folder that holds ``runs`` and ``gallery``.
        device: where to go on: ``auto``, or what torch calls it.
    """

    run: str | Path
    budget: Budget = field(default_factory=Budget)
    changed_data: bool = False
    out: Path = Path()
    device: str = "auto"


def resume(
    request: ResumeRequest,
    *,
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
    observers: Sequence[Observer] = (),
) -> RunResult:
    """Train a run on from its newest checkpoint to its end, and hang it in the gallery; one that is done is hung anew.

    Args:
        request: the run.
        plugins: what was loaded; None loads what is installed.
        reporter: told what is being done.
        observers: see the run advance; one that raises is reported and told no more.

    Raises:
        UsageError: if there is no such run, or it has reached the budget already.
        ArtganError: if it has no valid checkpoint, its recipe or its data has changed, another process trains it, or it
            cannot be trained to the end.
    """
    from ._result import train_and_hang

    plugins = plugins or load_plugins()
    observer = GuardedObservers(plugins, observers, report=reporter.warn)
    run = restore(request, plugins=plugins, reporter=reporter)
    reporter.say(f"{run.id} goes on at step {run.trainer.steps} of {run.steps}")
    return train_and_hang(run, out=request.out, reporter=reporter, observer=observer)


def restore(request: ResumeRequest, *, plugins: Plugins, reporter: Reporter) -> Run:
    """Return a run as it was when it was last saved, with the budget that is asked for.

    Raises:
        UsageError: as for `resume`.
        ArtganError: as for `resume`.
    """
    from ..training.device import choose_device, prepare_process
    from ..training.run import Run
    from ._plan import open_data, tell_surroundings

    tell_surroundings(plugins, reporter)
    folder = find_run(request.run, request.out)
    device = choose_device(request.device)
    prepare_process(device)
    recipe = _recipe(folder, plugins, reporter)
    data = open_data(recipe, reporter)

    modality = plugins.registry.modality(data.spec)
    run = Run(
        folder=folder.path,
        recipe=recipe,
        data=data,
        modality=modality,
        registry=plugins.registry,
        device=device,
    )
    run.restore(reporter.warn, changed_data=request.changed_data)
    _prolong(run, request.budget)
    return run


def _recipe(folder: RunFolder, plugins: Plugins, reporter: Reporter) -> Recipe:
    """Return a run's recipe, and warn of plugins that have changed since it was made."""
    tables = read_toml(folder.recipe)
    recipe = compose(plugins.registry, tables, None)
    for change in changes(tables.get(PLUGINS, {})):
        reporter.warn(f"run {folder.id}: {change}")
    return recipe


def _prolong(run: Run, budget: Budget) -> None:
    """Give a run another budget, if there is one."""
    from ..training.budget import in_steps, seconds_per_step

    if not (wanted := budget.tables()):
        return
    registry = run.registry
    recipe = compose(registry, merge(run.recipe.tables(registry), {"training": wanted}), None)
    step_seconds = seconds_per_step(recipe, run.data, run.modality, run.trainer.device)
    run.prolong(recipe.with_steps(in_steps(recipe, run.data, step_seconds)))
