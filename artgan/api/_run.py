"""Train, and hang what was made in a gallery.

Whatever is wrong with a request is told before torch is imported, as far as it can be: that takes seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..artworks.places import check_writable, gallery_folder, runs_folder
from ..errors import UsageError
from ..files import is_utf8
from ..interfaces import Observer, Reporter
from ..plugins.loader import Plugins, load_plugins
from ..plugins.observers import GuardedObservers
from ..training.agreement import SHARED, check_same
from ..training.processes import ALONE, Processes
from ._context import SILENT
from ._request import RunRequest, compose_request
from ._run_name import check_name, free_name

if TYPE_CHECKING:
    from ..plugins.registry import Registry
    from ..recipe.recipe import Recipe
    from ..training.run import Run
    from ._plan import RunPlan
    from ._result import RunResult


def plan_run(
    request: RunRequest,
    *,
    seeds: int = 1,
    begun: int = 0,
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
    processes: Processes = ALONE,
) -> RunPlan:
    """Find out what a run would be, and what it would cost; nothing is written.

    Args:
        request: what to train.
        seeds: how many runs, each with the next seed.
        begun: how many of these there are already.
        plugins: what was loaded; None loads what is installed.
        reporter: told what the data is, what was chosen, and how long it will take.
        processes: those that are to train it together.

    Raises:
        UsageError: for whatever cannot be as it was asked for.
        ArtganError: if the data cannot be read, or memory runs out.
    """
    plugins = plugins or load_plugins()
    composed = compose_request(request, plugins.registry, reporter, processes.count)
    if processes.first:
        _check_writable(request.out)
        for name in _names(request, composed.recipe, seeds)[begun:]:
            if name is not None:
                check_name(request.out, name)

    from ._plan import make_plan

    return make_plan(composed, device=request.device, plugins=plugins, reporter=reporter, processes=processes)


def run(
    request: RunRequest,
    *,
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
    observers: Sequence[Observer] = (),
) -> RunResult:
    """Train one run and hang it in the gallery.

    Args:
        request: what to train.
        plugins: what was loaded; None loads what is installed.
        reporter: told what is being done.
        observers: see the run advance; one that raises is reported and told no more.

    Raises:
        UsageError: for whatever cannot be as it was asked for; nothing is written then.
        ArtganError: if it cannot be trained to the end.
    """
    return next(run_seeds(request, 1, plugins=plugins, reporter=reporter, observers=observers))


def run_seeds(
    request: RunRequest,
    seeds: int,
    *,
    begun: int = 0,
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
    observers: Sequence[Observer] = (),
    processes: Processes = ALONE,
) -> Iterator[RunResult]:
    """Train several runs that differ by their seed alone, and yield each when it is hung; none follows a stopped one.

    Everything that can be refused is refused before the first of them begins.

    Args:
        request: what to train; its seed is that of the first. With more than one, a name gets the seed at its end.
        seeds: how many.
        begun: how many of these there are already, which are passed over.
        plugins: as for `run`.
        reporter: as for `run`.
        observers: as for `run`; the first process tells them.
        processes: those that train them together, each of which calls this; the first writes.

    Raises:
        UsageError: as for `run`.
        ArtganError: as for `run`.
    """
    plugins = plugins or load_plugins()
    observer = GuardedObservers(plugins, observers, report=reporter.warn)
    plan = plan_run(request, seeds=seeds, begun=begun, plugins=plugins, reporter=reporter, processes=processes)

    from ._result import train_and_hang

    planned, first = plan.recipe, plan.recipe.training.seed
    for seed, name in enumerate(_names(request, plan.recipe, seeds)[begun:], start=first + begun):
        own = _begin(plan, planned.with_seed(seed), request, name, plugins.registry, processes)
        result = train_and_hang(own, reporter=reporter, observer=observer, pace=plan.pace)
        yield result
        if result.stopped_by:
            return
        planned = own.recipe  # with the steps that the minutes of the first had room for


def _begin(
    plan: RunPlan, recipe: Recipe, request: RunRequest, name: str | None, registry: Registry, processes: Processes
) -> Run:
    """Return a new run, its folder made under the name that was asked for, or else under the next that is free.

    Of many processes the first makes it, and says how many steps and threads it has.
    """
    if not processes.first:
        told = json.loads(processes.told_by_first(""))
        recipe = recipe.with_training(**told["training"])
        begun = _new_run(plan, recipe, runs_folder(request.out) / told["id"], registry, processes)
        begun.create(request.command, plan.weights)
    else:
        begun = _created(plan, recipe, request, name, registry, processes)
        training = recipe.training
        told = {"steps": training.steps, "minutes": training.minutes, "threads": training.threads}
        processes.told_by_first(json.dumps({"id": begun.id, "training": told}))
    check_same(processes, "the run's recipe", "in its folder" if begun.places.is_begun else "nowhere", SHARED)
    return begun


def _created(
    plan: RunPlan, recipe: Recipe, request: RunRequest, name: str | None, registry: Registry, processes: Processes
) -> Run:
    from ..recipe.choices import to_text
    from ..training.journal import CHOSEN, EVENTS
    from ..training.run import NameTakenError

    while True:
        folder = runs_folder(request.out) / (name or free_name(request.out, recipe))
        begun = _new_run(plan, recipe, folder, registry, processes)
        try:
            begun.create(request.command, plan.weights)
        except NameTakenError:
            if name:
                raise
        else:
            for choice in plan.choices:  # for its page to tell, also when it goes on
                begun.journal.add(EVENTS, {"step": 0, "event": CHOSEN, "message": to_text(choice)})
            return begun


def _new_run(plan: RunPlan, recipe: Recipe, folder: Path, registry: Registry, processes: Processes) -> Run:
    import torch

    from ..training.run import Run

    if recipe.training.threads:
        torch.set_num_threads(recipe.training.threads)
    return Run(
        folder=folder,
        recipe=recipe,
        data=plan.data,
        modality=plan.modality,
        registry=registry,
        device=plan.device,
        processes=processes,
        capture=plan.capture,
    )


def _names(request: RunRequest, recipe: Recipe, seeds: int) -> list[str | None]:
    """Return the names that were asked for, one a seed."""
    if request.name is None or seeds == 1:
        return [request.name] * seeds
    first = recipe.training.seed
    return [f"{request.name}-{seed}" for seed in range(first, first + seeds)]


def _check_writable(out: Path) -> None:
    if not is_utf8(out):
        raise UsageError(f"--out {out} is a name that is no UTF-8, in which weights cannot be read: rename it")
    for folder in (runs_folder(out), gallery_folder(out)):
        check_writable(folder)
