"""The generator of maximum likelihood that one of tokens is measured beside: as large, and trained on the same data."""

from __future__ import annotations

import torch

from ..artworks.model import Model, load_newest
from ..artworks.places import RunFolder, check_writable
from ..errors import StoppedError
from ..interfaces import Observer, Reporter
from ..plugins.loader import Plugins
from ..plugins.registry import Registry
from ..quantities import duration
from ..recipe.compose import compose
from ..recipe.recipe import Recipe, Tables
from ..recipe.recipe_file import read_toml
from ..training.device import choose_device, fast_precision, prepare_process
from ..training.run import Run
from ..training.training_loop import TrainingLoop
from ._evaluation import TrainedRun

FEWEST_STEPS, MOST_STEPS = 500, 2000
"""Steps that it learns for: as many as the run took, each of which takes longer, within these."""

PRESET = "mle"


def train_baseline(trained: TrainedRun, *, plugins: Plugins, reporter: Reporter, observer: Observer) -> Model:
    """Return a run's baseline, which is trained beside it, once; where that was cut short, it goes on.

    Raises:
        StoppedError: if a signal stops it.
        ArtganError: if it cannot be trained.
    """
    folder = RunFolder(trained.folder.path.with_name(f"{trained.folder.id}-mle"))
    run = _open(folder, trained, plugins, reporter)
    if run.trainer.steps < run.steps:
        reporter.say(f"Training the baseline {run.id}: {run.steps:,} steps of maximum likelihood")
        stopped_by = TrainingLoop(run, observer).train()
        if stopped_by:
            again = plugins.registry.command("artgan", "evaluate", trained.folder.path)
            raise StoppedError(f"Stopped and saved. Go on with: {again}", stopped_by)
        reporter.say(f"It took {duration(run.seconds)}")
    return load_newest(folder.path, plugins.registry)[0]


def _open(folder: RunFolder, trained: TrainedRun, plugins: Plugins, reporter: Reporter) -> Run:
    """Return the baseline's run as it was last saved, or at its beginning."""
    registry, begun = plugins.registry, folder.is_begun
    check_writable(folder.path.parent, "give a run of preset mle that is trained already with --baseline")
    device = choose_device("auto")
    prepare_process(device)
    run = Run(
        folder=folder.path,
        recipe=compose(registry, read_toml(folder.recipe), None) if begun else _recipe(trained, registry, device),
        data=trained.data,
        modality=registry.modality(trained.data.spec),
        registry=registry,
        device=device,
    )

    if begun:
        run.restore(reporter.warn)
    else:
        run.create(registry.command("artgan", "evaluate", trained.folder.path))
    return run


def _recipe(trained: TrainedRun, registry: Registry, device: torch.device) -> Recipe:
    """Return a recipe of the same data and networks, trained by likelihood alone."""
    tables = trained.recipe.tables(registry)
    wanted: Tables = {kind: tables[kind] for kind in ("dataset", "generator", "discriminator")}
    steps = min(max(trained.recipe.training.steps, FEWEST_STEPS), MOST_STEPS)
    wanted["training"] = {"steps": steps, "seed": trained.recipe.training.seed, "copied": 1.0, "patience": 1.0}
    return compose(registry, wanted, PRESET).with_precision(fast_precision(device))
