"""What a run's networks take of the model that it starts from.

A run's checkpoint has both networks, the average and the optimisers; a model's file has the average generator alone. No
more is ever read of either than the networks here have room for, whatever a stranger's file claims to hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ..artworks.model import digest_weights
from ..artworks.provenance import Base, line_of
from ..errors import ArtganError, UsageError, printable
from ..interfaces import Discriminator, Generator, Spec
from ..recipe.recipe import Recipe
from .base_model import BaseModel
from .frozen_parts import learned_state, learning_parameters
from .network_part import NetworkPart, TensorFile, opened, read_part
from .optimisers import load_optimiser_tensors
from .overlap import named_axes
from .trainer import Trainer

LEAST = 0.01
"""The share of a generator's numbers below which nothing of it fits: so few of one name and shape are chance."""
NETWORKS = ("generator", "discriminator")
"""What is taken of a run unless told otherwise."""


@dataclass(frozen=True)
class BaseWeights:
    """What a run takes of the model that it starts from.

    Attributes:
        base: the model.
        parts: what each network takes, by its name: ``generator``, ``discriminator``, ``ema``.
        optimisers: the state of the optimisers that are taken, as of `Trainer.state`.
        told: in one line, how much that is.
    """

    base: BaseModel
    parts: Mapping[str, NetworkPart]
    optimisers: Mapping[str, Tensor] = field(default_factory=dict)
    told: str = ""

    @property
    def bases(self) -> tuple[Base, ...]:
        """What the provenance of the run's models tells: the model, and those that it was made of."""
        return line_of((self.base.as_base(self.told),), self.base.provenance.bases)

    def give(self, trainer: Trainer) -> None:
        """Let a trainer that has taken no step start with what is taken.

        Raises:
            ArtganError: if what the networks then make is not finite.
        """
        average = trainer.ema.network
        with torch.no_grad():
            for name in NETWORKS:
                if part := self.parts.get(name):
                    part.give(getattr(trainer, name))
            average.load_state_dict(trainer.generator.state_dict())
            if part := self.parts.get("ema"):
                part.give(average)

        for player, optimiser in trainer.optimisers.items():
            numbers = _numbers(getattr(trainer, player), optimiser)
            state = _renumbered(self.optimisers, f"optimiser.{player}", numbers)
            if state:
                load_optimiser_tensors(optimiser, f"optimiser.{player}", state)
        self._check_samples(trainer)

    def _check_samples(self, trainer: Trainer) -> None:
        """Check that the networks can do with what they were given."""
        latents = torch.ones(2, trainer.recipe.generator.latent, device=trainer.device)
        labels = torch.zeros(2, dtype=torch.long, device=trainer.device) if trainer.data.spec.classes else None
        average, judge = trainer.ema.network, trainer.discriminator
        with torch.inference_mode(), torch.random.fork_rng(devices=[]):
            samples = average(latents, labels)
            judge.eval()
            logits = judge(samples, labels)
            judge.train()

        if not (samples.isfinite().all() and logits.isfinite().all()):
            raise ArtganError(f"{self.base.name} cannot be started from: what its networks make is not finite")


def take_weights(base: BaseModel, recipe: Recipe, spec: Spec) -> BaseWeights:
    """Read what the networks of a recipe can take of a model.

    Args:
        base: the model.
        recipe: has the networks, and what of the model is to be taken.
        spec: what the networks are sized by.

    Raises:
        UsageError: if the model has not what is to be taken, or nothing of it fits.
        ArtganError: if its numbers are not finite or not those that were written, or it cannot be read.
    """
    assert recipe.base
    wanted = recipe.base.parts or (NETWORKS if base.training else NETWORKS[:1])
    if not base.training and (lacks := [part for part in wanted if part != "generator"]):
        raise UsageError(
            f"{base.place} holds a generator and no {lacks[0]}: leave that out of --take, or start from the run itself"
        )
    if recipe.base.freeze_discriminator and "discriminator" not in wanted:
        raise UsageError(
            f"--freeze-discriminator keeps layers as they are, and of {base.place} no discriminator is taken: "
            f"start from a run, and take both networks"
        )
    if bool(spec.vocabulary) != bool(base.spec.vocabulary):
        raise UsageError(_nothing_fits(base, recipe, spec))

    _check_digest(base)
    with opened(base.training or base.file) as file:
        parts = {name: _part(name, base, recipe, spec, file) for name in (*NETWORKS, "ema") if name in wanted}
        if next(parts[name].share for name in NETWORKS if name in parts) < LEAST:
            raise UsageError(_nothing_fits(base, recipe, spec))
        optimisers, left = _optimisers(parts, base, recipe, file) if "optimisers" in wanted else ({}, ())

    told = ", ".join([*(f"{name} {part}" for name, part in parts.items()), *left])
    return BaseWeights(base, parts, optimisers, told)


def _nothing_fits(base: BaseModel, recipe: Recipe, spec: Spec) -> str:
    generator = base.recipe.get("generator")
    theirs = generator.get("name") if isinstance(generator, dict) else None
    return (
        f"nothing of {base.name}, whose generator {printable(str(theirs))} makes {_shape(base.spec)}, fits generator "
        f"{recipe.generator.name} for {_shape(spec)}: choose the same --generator, or start without --from"
    )


def _shape(spec: Spec) -> str:
    if spec.vocabulary:
        return f"{printable(spec.modality)} of {spec.shape[0]} tokens"
    return f"{printable(spec.modality)}s of {'×'.join(map(str, spec.shape))}"


def _check_digest(base: BaseModel) -> None:
    """Check that a model's weights are those that were written, one tensor after the other."""
    with opened(base.file) as file:
        found = digest_weights((name, file.get_tensor(name)) for name in sorted(file.keys()))
    if found != base.weights_digest:
        raise ArtganError(f"{base.file} is damaged: its weights are not those that were written")


def _part(name: str, base: BaseModel, recipe: Recipe, spec: Spec, file: TensorFile) -> NetworkPart:
    """Read what one network can take."""
    component: Generator | Discriminator = recipe.discriminator if name == "discriminator" else recipe.generator
    with torch.random.fork_rng(devices=[]):
        own = learned_state(component.build(spec))
    return read_part(
        own,
        file,
        f"{name}." if base.training else "",
        named=named_axes(component, spec, base.spec, {key: tuple(tensor.shape) for key, tensor in own.items()}),
        resized=not spec.vocabulary and spec.shape[1:] != base.spec.shape[1:],
        what=f"{base.name}'s {name}",
    )


def _optimisers(
    parts: Mapping[str, NetworkPart], base: BaseModel, recipe: Recipe, file: TensorFile
) -> tuple[dict[str, Tensor], list[str]]:
    """Read the state of the optimisers that are of the same kind, of networks that are taken whole.

    Returns:
        The tensors as of `Trainer.state`, and a word of each optimiser that is not taken.
    """
    tensors: dict[str, Tensor] = {}
    left = []
    for player in NETWORKS:
        table = base.recipe.get(f"{player}_optimiser")
        kind = table.get("optimiser") if isinstance(table, dict) else None
        own = recipe.generator_optimiser if player == "generator" else recipe.discriminator_optimiser
        if player not in parts or not parts[player].whole or kind != own.optimiser:
            left.append(f"{player}'s optimiser new")
            continue
        prefix = f"optimiser.{player}."
        for name in file.keys():  # noqa: SIM118
            if name.startswith(prefix):
                tensors[name] = file.get_tensor(name).clone()
                if not tensors[name].isfinite().all():
                    raise ArtganError(f"{base.name} cannot be started from: {printable(name)} is not finite")
    return tensors, left


def _numbers(network: nn.Module, optimiser: torch.optim.Optimizer) -> dict[int, int]:
    """Return the number of each parameter in an optimiser by that among all that can learn, some of which may not."""
    place = {id(parameter): number for number, parameter in enumerate(learning_parameters(network))}
    held = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    return {place[id(parameter)]: number for number, parameter in enumerate(held)}


def _renumbered(tensors: Mapping[str, Tensor], prefix: str, numbers: Mapping[int, int]) -> dict[str, Tensor]:
    """Return the state of an optimiser with its parameters numbered anew, without those that it does not hold."""
    state = {}
    for name, tensor in tensors.items():
        if name.startswith(f"{prefix}."):
            number, _, key = name.removeprefix(f"{prefix}.").partition(".")
            if number.isdecimal() and int(number) in numbers:
                state[f"{prefix}.{numbers[int(number)]}.{key}"] = tensor
    return state
