"""Go on with a run that was stopped, or that is to go on for longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..artworks.places import RunFolder, check_writable, find_run
from ..errors import UsageError
from ..interfaces import Observer, Reporter
from ..plugins.loader import Plugins, load_plugins
from ..plugins.observers import GuardedObservers
from ..plugins.versions import changes
from ..quantities import counted, duration
from ..recipe.compose import compose, merge
from ..recipe.recipe import PLUGINS, Recipe
from ..recipe.recipe_file import read_toml
from ..training.processes import ALONE, Processes
from ._context import SILENT
from ._data_place import with_data
from ._request import Budget

if TYPE_CHECKING:
    from ..training.pace import Pace
    from ..training.run import Run
    from ._result import RunResult


@dataclass(frozen=True, kw_only=True)
class ResumeRequest:
    """Which run goes on, and how.

    Attributes:
        run: its folder, or its name in ``out``.
        data: where its data lies now; None for where its recipe says. The recipe has it from then on.
        budget: how long it is to be in all; empty for as long as its recipe says.
        changed_data: go on though the data is another than it was started with.
        threads: threads on the CPU, 0 for as many as are fastest; None for as many as before.
        out: the folder that holds ``runs``, where the run is given by name; it hangs in the gallery beside them.
        device: where to go on: ``auto``, or what torch calls it.
    """

    run: str | Path
    data: Path | None = None
    budget: Budget = field(default_factory=Budget)
    changed_data: bool = False
    threads: int | None = None
    out: Path = Path()
    device: str = "auto"


def resume(
    request: ResumeRequest,
    *,
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
    observers: Sequence[Observer] = (),
    processes: Processes = ALONE,
) -> RunResult:
    """Train a run on from its newest checkpoint to its end, and hang it in the gallery; one that is done is hung anew.

    Where nothing was saved yet, it begins again.

    Args:
        request: the run.
        plugins: what was loaded; None loads what is installed.
        reporter: told what is being done.
        observers: see the run advance; one that raises is reported and told no more.
        processes: those that train it together, each of which calls this; the first writes, and tells observers.

    Raises:
        UsageError: if there is no such run, its data is gone, or it has reached the budget already.
        ArtganError: if none of its checkpoints is valid, its recipe or its data has changed, another process trains it,
            or it cannot be trained to the end.
    """
    from ._result import train_and_hang

    plugins = plugins or load_plugins()
    observer = GuardedObservers(plugins, observers, report=reporter.warn)
    run = restore(request, plugins=plugins, reporter=reporter, processes=processes)
    if processes.first:
        check_writable(run.places.gallery, f"{run.id} is to hang there, so let it be a folder that can be written")
    pace = _change(run, request, reporter)
    reporter.say(_goes_on(run))
    return train_and_hang(run, reporter=reporter, observer=observer, pace=pace)


def restore(request: ResumeRequest, *, plugins: Plugins, reporter: Reporter, processes: Processes = ALONE) -> Run:
    """Return a run as it was when it was last saved, or at its beginning where it was not, on as many threads.

    Raises:
        UsageError: as for `resume`.
        ArtganError: as for `resume`.
    """
    import torch

    from ..training.device import choose_device, prepare_process
    from ..training.run import Run
    from ._plan import check_processes, open_data, try_graphs

    for problem in plugins.problems:
        reporter.warn(str(problem))
    folder = find_run(request.run, request.out)
    device = choose_device(request.device, processes)
    prepare_process(device)
    again = ("artgan", "run", "--resume", folder.path)
    recipe = with_data(
        _recipe(folder, plugins, reporter), request.data, run=folder.id, again=again, registry=plugins.registry
    )
    check_processes(processes, recipe, plugins.registry, device, reporter)
    data = open_data(recipe, reporter, processes)

    torch.set_num_threads(recipe.training.threads or torch.get_num_threads())
    modality = plugins.registry.modality(data.spec)
    on_gpu = device.type == "cuda"  # elsewhere a run goes on without graphs, to the same bits
    run = Run(
        folder=folder.path,
        recipe=recipe,
        data=data,
        modality=modality,
        registry=plugins.registry,
        device=device,
        processes=processes,
        capture=try_graphs(recipe, data, modality, device, processes, reporter) if on_gpu else None,
    )
    run.restore(reporter.warn, changed_data=request.changed_data)
    if request.data:
        run.write_recipe()
    return run


def _recipe(folder: RunFolder, plugins: Plugins, reporter: Reporter) -> Recipe:
    """Return a run's recipe, and warn of plugins that have changed since it was made."""
    tables = read_toml(folder.recipe)
    recipe = compose(plugins.registry, tables, None)
    recorded = tables.get(PLUGINS, {})
    installed = {name: version for name, version in recorded.items() if version}  # files are here, or it would not fit
    for change in changes(installed):
        reporter.warn(f"run {folder.id}: {change}")
    return recipe


def _change(run: Run, request: ResumeRequest, reporter: Reporter) -> Pace | None:
    """Give a run the budget and the threads that are asked for.

    Returns:
        What a step takes, where it had to be measured.

    Raises:
        UsageError: if the run has reached the budget already.
    """
    import torch

    from ..training.pace import measure_pace

    registry, recipe, wanted = run.registry, run.recipe, request.budget.tables()
    if wanted:
        recipe = compose(registry, merge(recipe.tables(registry), {"training": wanted}), None)
        if run.seconds >= 60 * (recipe.training.minutes or float("inf")):
            over = duration(run.seconds)
            raise UsageError(f"run {run.id} was trained for {over}, which --minutes counts: give more of them")
    if not wanted and not recipe.training.minutes and request.threads is None:
        return None

    # What is measured is one number of threads: the run's, unless others are to be tried.
    before = torch.get_num_threads()
    threads = before if request.threads is None else request.threads
    pace = measure_pace(
        recipe.with_training(threads=threads), run.data, run.modality, run.trainer.device, run.processes
    )
    if wanted:
        planned = _planned(run, recipe, pace)
        run.prolong(planned.with_training(steps=int(run.processes.told_by_first(str(planned.training.steps)))).training)
    if request.threads is not None and pace.threads != run.recipe.training.threads:
        run.take_threads(pace.threads)
        reporter.say(
            f"{counted(pace.threads, 'thread')} from here on, {before} before: "
            f"the numbers are not those of a run that was never stopped"
        )
    return pace


def _planned(run: Run, recipe: Recipe, pace: Pace) -> Recipe:
    """Return a recipe with the steps that its budget has room for, of which the run has taken some."""
    from ..training.budget import in_steps, steps_in

    training = recipe.training
    if not training.minutes:
        return recipe.with_steps(in_steps(recipe, run.data, pace))
    left, step = 60 * training.minutes - run.seconds, run.trainer.steps
    return recipe.with_training(steps=max(step + 1, steps_in(left, training, pace, step)))


def _goes_on(run: Run) -> str:
    """Return in words how far a run is."""
    step, minutes = run.trainer.steps, run.recipe.training.minutes
    begun = (
        f"{run.id} goes on at step {step:,}" if step else f"{run.id} had not been saved yet: it begins again at step 0"
    )
    if not minutes:
        return f"{begun} of {run.steps:,}"
    return f"{begun} of about {run.steps:,}: {minutes:g} minutes in all, of which {duration(run.seconds)} are over"
