"""One network under test: what it is built for, and what it is shown."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import describe
from ..interfaces import Augmentation, Discriminator, Generator, Modality, Spec
from ..interfaces.component import Component
from ..interfaces.networks import find_lack
from ..plugins.registry import Registry
from .findings import BrokenError, Findings, attempt
from .process_state import seed_all

BATCH = 4
USUAL = 3
"""How many of a modality's examples are tried in any case; the others are where none of those before was accepted."""


@dataclass(frozen=True)
class Case:
    """A component together with what its network is sized by.

    Attributes:
        component: the generator, discriminator or augmentation.
        spec: what its network is sized by.
    """

    component: Generator | Discriminator | Augmentation
    spec: Spec

    @property
    def place(self) -> str:
        """What is special about this case, in words."""
        classes = f" in {len(self.spec.classes)} classes" if self.spec.classes else ""
        return f"samples of {self.spec.shape}{classes}"

    @property
    def has_pixels(self) -> bool:
        """Whether networks see samples as pixels from -1 to 1."""
        return self.component.representation == "pixels" or self.spec.modality == "image"

    def build(self, seed: int = 0, other: int | None = None) -> nn.Module:
        """Return the network; torch is seeded with one seed, the other global random states with another."""
        seed_all(seed, other)
        with attempt("build"):
            network = self.component.build(self.spec)
        if lack := find_lack(self.component, network):
            raise BrokenError(lack)
        return network

    def inputs(self, batch: int = BATCH, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return latents for a generator, samples for anything else."""
        if isinstance(self.component, Generator):
            random = torch.Generator().manual_seed(seed)
            return torch.randn(batch, self.component.latent, generator=random).to(dtype)
        return make_up(self.spec, batch, seed=seed, dtype=dtype)

    def labels(self, batch: int = BATCH) -> Tensor | None:
        """Return class indices, or None where there are no classes."""
        return torch.arange(batch) % len(self.spec.classes) if self.spec.classes else None

    def forward(
        self,
        network: nn.Module,
        inputs: Tensor | None = None,
        *,
        what: str = "forward",
        labels: Tensor | None = None,
        seed: int = 0,
        other: int | None = None,
    ) -> Tensor:
        """Return what the network makes of inputs, with all random states seeded.

        Args:
            network: the network.
            inputs: what it is shown; by default ``inputs()``.
            what: what this is, for the fault where it raises.
            labels: class indices; by default ``labels()`` of the batch.
            seed: the seed of torch's random state, and of the stream that augmentations draw from.
            other: the seed of the other global random states.
        """
        inputs = self.inputs() if inputs is None else inputs
        seed_all(seed, other)
        context: Any = self.labels(len(inputs)) if labels is None else labels
        if isinstance(self.component, Augmentation):
            context = torch.Generator().manual_seed(seed)
            torch.default_generator.manual_seed(seed if other is None else other)
        with attempt(what):
            output = network(inputs, context)
        if not isinstance(output, Tensor):
            raise BrokenError(f"{what} returned {type(output).__name__}: return one tensor")
        return output


def awake(network: nn.Module) -> nn.Module:
    """Return a copy with noise on all weights, so that what starts at zero takes part."""
    with attempt("copy.deepcopy of the network"):
        network = copy.deepcopy(network)
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in network.parameters():
            noise = torch.randn(parameter.shape, generator=random).to(parameter)
            scale = parameter.square().mean().sqrt()
            parameter.copy_(parameter + noise * torch.where(scale > 0, 0.1 * scale, 0.1))
    return network


def make_up(spec: Spec, count: int, *, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return random samples as networks see them, (count, *spec.shape): one-hot tokens, or numbers from -1 to 1."""
    random = torch.Generator().manual_seed(seed)
    if spec.vocabulary:
        tokens = torch.randint(spec.vocabulary, (count, *spec.shape[:-1]), generator=random)
        return nn.functional.one_hot(tokens, spec.vocabulary).to(dtype)
    return (2 * torch.rand(count, *spec.shape, generator=random) - 1).to(dtype)


@dataclass(frozen=True)
class WantedCases:
    """What the networks of a component are to be tried on.

    Attributes:
        shapes: shapes that it must accept; None for the examples of a modality that it serves, of which it must accept
            one.
        classes: how many classes there are in the last case; 0 for no such case.
        vocabulary: the number of distinct tokens.
        registry: where the modality is looked up.
    """

    shapes: Sequence[tuple[int, ...]] | None
    classes: int
    vocabulary: int
    registry: Registry

    def specs(self, component: Component) -> Sequence[Spec]:
        """Return what data a component is to serve.

        Raises:
            BrokenError: if there is no modality that it serves, or no example of it.
        """
        modality = served_modalities(component, self.registry)[0]
        return [_spec(modality, tuple(shape), self.vocabulary) for shape in self.shapes or ()] or _examples(modality)


def find_cases(
    component: Generator | Discriminator | Augmentation, wanted: WantedCases, findings: Findings
) -> list[Case]:
    """Return the cases to look at: each spec that the component accepts, and the first of them with classes too.

    Args:
        component: what is checked.
        wanted: what it is to be tried on.
        findings: takes the faults.
    """
    shapes, classes = wanted.shapes, wanted.classes
    try:
        specs = wanted.specs(component)
    except BrokenError as error:
        findings.add(str(error))
        return []

    # What it accepts; of examples beyond the usual ones, the first.
    accepted: list[Case] = []
    refusals: dict[str, str] = {}
    for number, spec in enumerate(specs):
        if accepted and not shapes and number >= USUAL:
            break
        case = Case(component, spec)
        refusal, fault = _try(case)
        if fault:
            findings.add(fault, case.place)
        elif refusal:
            refusals[case.place] = refusal
        else:
            accepted.append(case)

    # What it refuses, it must refuse in words, and may refuse.
    for place, refusal in refusals.items():
        if "\n" in refusal or not refusal.strip():
            findings.add("build refuses a shape without saying why in one line: say what it can do", place)
        elif shapes:
            findings.add(f"build refuses it: {refusal}", place)
    if refusals and not accepted and not shapes:
        findings.add("build refuses every shape that was tried: say with shapes=… which it serves")

    if accepted and classes:
        spec = accepted[0].spec
        names = tuple(f"class {number}" for number in range(classes))
        accepted.append(Case(component, replace(spec, classes=names)))
    return accepted


def served_modalities(component: Component, registry: Registry) -> list[Modality]:
    """Return the modalities that a component serves, pictures and texts before others.

    Raises:
        BrokenError: if there are none.
    """
    offers = sorted(
        registry.offers(Modality), key=lambda offer: (offer.name != "image", offer.name != "text", offer.name)
    )
    served = [offer.configure({}) for offer in offers if component.serves(offer.name, offer.representation)]
    if not served:
        wanted = " and ".join(filter(None, [", ".join(sorted(component.modalities)), component.representation]))
        raise BrokenError(f"it is for {wanted}, and there is no such modality: install the plugin that offers it")
    return served


def _examples(modality: Modality) -> Sequence[Spec]:
    with attempt(f"examples() of modality {modality.name}"):
        specs = modality.examples()
    if not specs:
        raise BrokenError(
            f"modality {modality.name} gives no examples to try it on: write its examples(), or say with shapes=… what "
            "it serves"
        )
    return specs


def _spec(modality: Modality, shape: tuple[int, ...], vocabulary: int) -> Spec:
    """Return what a network is sized by; token samples of an even vocabulary are of unequal length."""
    if modality.representation != "tokens":
        return Spec(modality.name, shape, (), vocabulary)
    vocabulary = vocabulary or shape[-1]
    end = "" if vocabulary % 2 == 0 else "0"
    return Spec(modality.name, shape, (), vocabulary, (end, *map(str, range(1, vocabulary))))


def _try(case: Case) -> tuple[str, str]:
    """Return why the component refuses this case, and what fault it shows."""
    seed_all(0)
    try:
        case.component.build(case.spec)
    except ValueError as error:
        return str(error) or " ", ""
    except (Exception, SystemExit) as error:
        return "", f"build raised {describe(error)}: refuse what cannot be served by ValueError"
    return "", ""
