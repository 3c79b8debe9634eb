"""What a run's networks take of the model that it starts from.

A run's checkpoint has both networks, the average and the optimisers; a model's file has the average generator alone. No
more is ever read of either than the networks here have room for, whatever a stranger's file claims to hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ..artworks.model import digest_weights
from ..artworks.provenance import Base, line_of
from ..errors import ArtganError, UsageError, one_line, printable
from ..interfaces import Discriminator, Generator, Spec
from ..recipe.recipe import Recipe
from .base_model import BaseModel
from .frozen_parts import learned_state, learning_parameters
from .optimisers import load_optimiser_tensors
from .overlap import Overlap, find_overlap, named_axes
from .trainer import Trainer


class StoredTensor(Protocol):
    """A tensor in a file, of which nothing is read before it is cut."""

    def get_shape(self) -> list[int]:
        """Return its shape."""
        ...

    def __getitem__(self, cut: tuple[slice, ...]) -> Tensor:
        """Read a part of it."""
        ...


class TensorFile(Protocol):
    """What is used of `safetensors.safe_open`."""

    def keys(self) -> list[str]:
        """Return the names of its tensors."""
        ...

    def get_tensor(self, name: str) -> Tensor:
        """Read a tensor."""
        ...

    def get_slice(self, name: str) -> StoredTensor:
        """Return a tensor of which nothing is read yet."""
        ...


LEAST = 0.01
"""The share of a generator's numbers below which nothing of it fits: so few of one name and shape are chance."""
MOST_NAMED = 3
"""Parts of a network that are named where they are new."""
NETWORKS = ("generator", "discriminator")
"""What is taken of a run unless told otherwise."""


@dataclass(frozen=True)
class Part:
    """What one network takes.

    Attributes:
        overlaps: what is taken of each tensor, by name.
        tensors: the numbers, cut to that.
        new: the modules of which a tensor is not taken, by their names.
        cut: those of which one is taken in part.
        share: of the network's numbers that are taken, 0 to 1.
        whole: whether the two networks are the same in all names and shapes.
    """

    overlaps: Mapping[str, Overlap]
    tensors: Mapping[str, Tensor]
    new: tuple[str, ...]
    cut: tuple[str, ...]
    share: float
    whole: bool

    def give(self, network: nn.Module) -> None:
        """Write what is taken into the network."""
        state = learned_state(network)
        for name, overlap in self.overlaps.items():
            overlap.write(state[name], self.tensors[name])

    def __str__(self) -> str:
        told = {"new": self.new, "in part": self.cut}
        rest = "; ".join(f"{word}: {_listed(names)}" for word, names in told.items() if names)
        return f"{100 * self.share:.3g} %{f' ({rest})' if rest else ''}"


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
    parts: Mapping[str, Part]
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
    with _opened(base.training or base.file) as file:
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
    with _opened(base.file) as file:
        found = digest_weights((name, file.get_tensor(name)) for name in sorted(file.keys()))
    if found != base.weights_digest:
        raise ArtganError(f"{base.file} is damaged: its weights are not those that were written")


@contextmanager
def _opened(path: Path) -> Iterator[TensorFile]:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            yield file
    except (OSError, SafetensorError) as error:
        raise ArtganError(f"{path} cannot be read: {one_line(error)}") from error


def _part(name: str, base: BaseModel, recipe: Recipe, spec: Spec, file: TensorFile) -> Part:
    """Read what one network can take."""
    component: Generator | Discriminator = recipe.discriminator if name == "discriminator" else recipe.generator
    with torch.random.fork_rng(devices=[]):
        own = learned_state(component.build(spec))
    shapes = {key: tuple(tensor.shape) for key, tensor in own.items()}
    named = named_axes(component, spec, base.spec, shapes)
    resized = not spec.vocabulary and spec.shape[1:] != base.spec.shape[1:]

    prefix = f"{name}." if base.training else ""
    there = {key.removeprefix(prefix) for key in file.keys() if key.startswith(prefix)}  # noqa: SIM118
    overlaps: dict[str, Overlap] = {}
    tensors: dict[str, Tensor] = {}
    for key in (name for name in shapes if name in there):
        stored = file.get_slice(prefix + key)
        overlap = find_overlap(shapes[key], tuple(stored.get_shape()), named.get(key), resized=resized)
        if overlap:
            overlaps[key] = overlap
            tensors[key] = _read(file, prefix + key, overlap, f"{base.name}'s {name}")

    numbers = sum(tensor.numel() for tensor in own.values())
    return Part(
        overlaps=overlaps,
        tensors=tensors,
        new=_modules_of(name for name in shapes if name not in overlaps),
        cut=_modules_of(name for name, overlap in overlaps.items() if not overlap.whole),
        share=sum(overlap.count for overlap in overlaps.values()) / max(1, numbers),
        whole=shapes.keys() == there and all(key in overlaps and overlaps[key].whole for key in shapes),
    )


def _read(file: TensorFile, name: str, overlap: Overlap, what: str) -> Tensor:
    """Return the numbers that are taken of a tensor, and no more of it."""
    if not overlap.sides:
        values = file.get_tensor(name)
    else:
        values = file.get_slice(name)[tuple(slice(0, side) for side in overlap.sides)]
    if not values.isfinite().all():
        raise ArtganError(f"{what} cannot be started from: {printable(name)} is not finite")
    return values.clone()


def _modules_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that tensors belong to, by their names, each once."""
    found = (name.partition(".parametrizations.") for name in names)
    return tuple(dict.fromkeys(before if dot else before.rpartition(".")[0] or before for before, dot, _ in found))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _optimisers(
    parts: Mapping[str, Part], base: BaseModel, recipe: Recipe, file: TensorFile
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
