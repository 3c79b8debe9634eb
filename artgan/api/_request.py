"""What a person asks of a training, and the recipe that this makes; nothing here imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from ..errors import UsageError
from ..files import cache_folder
from ..interfaces import (
    Augmentation,
    Choice,
    Dataset,
    Discriminator,
    Estimator,
    Generator,
    Loss,
    Penalty,
    Preset,
    Reporter,
    Survey,
    Workspace,
)
from ..interfaces.component import Component, OptionValue, split_choice
from ..interfaces.kinds import KINDS
from ..plugins.registry import OWN, Registry
from ..recipe.compose import Composed, compose, compose_surveyed, merge
from ..recipe.qualified_names import with_qualified_names
from ..recipe.recipe import PLAYERS, Recipe, Tables
from ..recipe.recipe_file import read_toml
from ._base import base_table, followed_tables, merged_with_followed, with_followed
from ._data_place import missing_data
from ._machine import machine_of

NONE = "none"
"""The choice of no penalty, or of no augmentation, where a preset has some."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How long to train, in one unit; without any, as long as the preset or the run's own recipe says.

    Attributes:
        steps: turns of both players.
        epochs: times that each real sample is seen.
        kimg: thousand real samples seen.
        minutes: minutes on this machine.

    Raises:
        UsageError: if more than one unit is given.
    """

    steps: int | None = None
    epochs: float | None = None
    kimg: float | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        if len(given := self.tables()) > 1:
            raise UsageError(f"give one budget, not {' and '.join(f'--{unit}' for unit in given)}")

    def tables(self) -> Tables:
        """Return what it adds to the recipe's table ``[training]``."""
        return {unit.name: value for unit in fields(self) if (value := getattr(self, unit.name)) is not None}


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What to train, and how; what is left open is the preset's choice.

    A component is chosen by text such as ``cnn:width=64,latent=128``, or given itself.

    Attributes:
        source: where the real samples are, or a recipe's TOML.
        preset: the recipe that fills in what is left open; None for the usual one of the modality.
        dataset: the real samples, where ``source`` does not say.
        generator: what makes the samples.
        discriminator: what judges them.
        loss: the adversarial loss.
        estimator: how the generator learns through its samples.
        penalties: what is added to the discriminator's loss; None as the preset has it, empty for none.
        augmentations: what stands between samples and discriminator; as ``penalties``.
        budget: how long to train.
        batch: samples in a batch.
        shards: equal parts of a batch that are played one after another.
        lr: learning rate of both players, a number or a schedule such as ``linear:1e-3..0``.
        pretrain: steps of maximum likelihood before the game; up to 1 the share of the run.
        evaluate_every: steps from one judgement of quality to the next; 0 for never.
        seed: root of all randomness.
        threads: threads on the CPU; 0 for as many as are fastest.
        settings: any other lines of the recipe, by table and key.
        base: the model to start from: a run, a gallery folder or a model's file; None to begin with noise. Networks,
            loss and optimisers are then the model's, unless another preset or others are asked for.
        take: what is taken of it, of ``generator``, ``discriminator``, ``ema`` and ``optimisers``; empty for the
            networks that there are.
        freeze_discriminator: how many of the discriminator's layers, the lowest first, do not learn.
        name: the run's name; None for one that tells dataset, generator, loss and a number.
        out: the folder that holds ``runs`` and ``gallery``.
        device: where to train: ``auto``, or what torch calls it.
        command: what was typed, which recipe and page tell.
    """

    source: Path | None = None
    preset: str | None = None
    dataset: str | Dataset | None = None
    generator: str | Generator | None = None
    discriminator: str | Discriminator | None = None
    loss: str | Loss | None = None
    estimator: str | Estimator | None = None
    penalties: tuple[str | Penalty, ...] | None = None
    augmentations: tuple[str | Augmentation, ...] | None = None
    budget: Budget = field(default_factory=Budget)
    batch: int | None = None
    shards: int | None = None
    lr: float | str | None = None
    pretrain: float | None = None
    evaluate_every: int | None = None
    seed: int | None = None
    threads: int | None = None
    settings: Mapping[str, Mapping[str, OptionValue]] = field(default_factory=dict)
    base: Path | None = None
    take: tuple[str, ...] = ()
    freeze_discriminator: int | None = None
    name: str | None = None
    out: Path = Path()
    device: str = "auto"
    command: str = ""


def compose_request(request: RunRequest, registry: Registry, reporter: Reporter, shards: int = 1) -> Composed:
    """Return the recipe that is asked for, and what of it a preset chose by what the data and the machine are like.

    Args:
        request: what to train.
        registry: where names are looked up.
        reporter: told how the survey of the data gets on.
        shards: into how many a batch is cut where nothing else is asked for.

    Raises:
        UsageError: for anything unknown, out of range, or that does not fit together.
        ArtganError: if the data cannot be read.
    """
    wanted = _wanted_tables(request, registry)
    if request.preset:
        registry.chosen(Preset, request.preset)
    source = request.source
    if source and source.suffix == ".toml" and source.is_file():
        wanted = merge(with_qualified_names(registry, read_toml(source)), with_qualified_names(registry, wanted))
        wanted = _with_shards(wanted, shards)
        if request.preset is None:
            return Composed(_with_its_data(compose(registry, wanted), source))
    elif source:
        wanted = _with_source(wanted, source, registry)
    followed = followed_tables(wanted, registry, reporter, of_recipe=request.preset is None)
    wanted = _with_shards(wanted, shards)

    def survey(dataset: Dataset) -> Survey:
        with reporter.progress() as progress:
            return dataset.survey(Workspace(cache=cache_folder(), progress=progress))

    def decide(dataset: Dataset) -> Choice | None:
        with reporter.progress() as progress:
            return dataset.choose(Workspace(cache=cache_folder(), progress=progress))

    composed = compose_surveyed(
        registry,
        merged_with_followed(followed, wanted),
        request.preset,
        survey=survey,
        machine=lambda: machine_of(request.device),
        decide=decide,
    )
    return with_followed(composed, followed, wanted, registry)


def _with_its_data(recipe: Recipe, source: Path) -> Recipe:
    """Return a recipe that was read from a file, if its data is where it says."""
    if gone := missing_data(recipe):
        raise UsageError(f"the data of {source} is not at {gone}: give its place with --set dataset.path=DATA")
    return recipe


def _with_shards(wanted: Tables, usual: int) -> Tables:
    """Return tables that say how many shards there are, where that is not one."""
    if usual == 1 or "shards" in wanted.get("training", {}):
        return wanted
    return wanted | {"training": {**wanted.get("training", {}), "shards": usual}}


def _with_source(wanted: Tables, source: Path, registry: Registry) -> Tables:
    """Return tables whose dataset reads a path: the one that is asked for, or else the one that recognises it.

    Raises:
        UsageError: if the dataset that is asked for takes no path, or has one, or none recognises it.
    """
    given = wanted.get("dataset", {})
    if given.get("path"):
        raise UsageError(f"give {source} or dataset.path={given['path']}, not both")
    if "name" not in given:
        found = registry.recognise(source)
        # Options that are as usual were not asked for, and leave room for what was, such as training.held_out.
        usual = {name: option.default for name, option in found.options().items()}
        told = {name: value for name, value in found.values().items() if value != usual[name]}
        return wanted | {"dataset": {"name": registry.qualified(type(found)), **told, **given}}
    name = str(given["name"])
    if "path" not in registry.get(Dataset, name).options():
        raise UsageError(f"give {source} or --dataset {name}, not both: it has its own data")
    return wanted | {"dataset": {**given, "path": str(source.resolve())}}


def _wanted_tables(request: RunRequest, registry: Registry) -> Tables:
    """Return a recipe's tables with what is asked for, and with nothing else."""
    single: Mapping[str, str | Component | None] = {
        "dataset": request.dataset,
        "generator": request.generator,
        "discriminator": request.discriminator,
        "loss": request.loss,
        "estimator": request.estimator,
    }
    tables: Tables = {kind: _component_table(kind, choice, registry) for kind, choice in single.items() if choice}
    several = {"penalty": request.penalties, "augmentation": request.augmentations}
    tables |= {
        kind: [_component_table(kind, choice, registry) for choice in choices if choice != NONE]
        for kind, choices in several.items()
        if choices is not None
    }

    training = {
        "batch": request.batch,
        "shards": request.shards,
        "seed": request.seed,
        "pretrain": request.pretrain,
        "evaluate_every": request.evaluate_every,
        "threads": request.threads,
    }
    given = request.budget.tables() | {key: value for key, value in training.items() if value is not None}
    tables |= {"training": given} if given else {}
    tables |= {player: {"lr": request.lr} for player in PLAYERS if request.lr is not None}
    tables |= base_table(request.base, request.take, request.freeze_discriminator, request.out)
    return merge(tables, request.settings)


def _component_table(kind: str, choice: str | Component, registry: Registry) -> Tables:
    if isinstance(choice, str):
        name, options = split_choice(choice)
        component = registry.chosen(KINDS[kind], choice)
        return {"name": component.name if registry.source(component).distribution == OWN else name, **options}
    if not isinstance(choice, KINDS[kind]):
        raise UsageError(f"{choice!r} is no {kind}: give text such as 'NAME:option=value', or the {kind} itself")
    return {"name": registry.qualified(type(choice)), **choice.values()}
