"""One network under test: what it is built for, and what it is shown."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..interfaces import Augmentation, Discriminator, Generator, Spec
from ..interfaces.networks import find_lack
from .findings import BrokenError, Findings, attempt, describe
from .process_state import seed_all

BATCH = 4
TEXTS = (6, 9), (10, 30)
"""What is tried of components for text alone: lengths and vocabularies."""

FALLBACKS = (3, 64, 64), (3, 128, 128), (3, 256, 256)
"""What is tried of a component that refuses the usual shapes."""


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
    def is_image(self) -> bool:
        """Whether samples are pictures."""
        return self.spec.modality == "image"

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
        random = torch.Generator().manual_seed(seed)
        if isinstance(self.component, Generator):
            return torch.randn(batch, self.component.latent, generator=random).to(dtype)
        if self.spec.vocabulary:
            tokens = torch.randint(self.spec.vocabulary, (batch, *self.spec.shape[:-1]), generator=random)
            return nn.functional.one_hot(tokens, self.spec.vocabulary).to(dtype)
        return (2 * torch.rand(batch, *self.spec.shape, generator=random) - 1).to(dtype)

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


def find_cases(
    component: Generator | Discriminator | Augmentation,
    shapes: Sequence[tuple[int, ...]] | None,
    usual: Sequence[tuple[int, ...]],
    classes: int,
    vocabulary: int,
    findings: Findings,
) -> list[Case]:
    """Return the cases to look at: each shape that the component accepts, and the first of them with classes too.

    Args:
        component: what is checked.
        shapes: shapes that it must accept; None for the usual ones, of which it must accept one.
        usual: the usual shapes.
        classes: how many classes there are in the last case; 0 for no such case.
        vocabulary: the number of distinct tokens.
        findings: takes the faults.
    """
    modality = _modality(component)
    accepted: list[Case] = []
    refusals: dict[str, str] = {}
    usual = TEXTS if modality == "text" else usual
    for shape in [*(shapes or usual), *(() if shapes or modality != "image" else FALLBACKS)]:
        if accepted and shape in FALLBACKS:
            break
        case = Case(component, _spec(modality, tuple(shape), vocabulary))
        refusal, fault = _try(case)
        if fault:
            findings.look([_tell(fault)], None, case.place)
        if refusal:
            refusals[case.place] = refusal
        if not refusal and not fault:
            accepted.append(case)
    for place, refusal in refusals.items():
        if "\n" in refusal or not refusal.strip():
            findings.look(
                [_tell("build refuses a shape without saying why in one line: say what it can do")], None, place
            )
        elif shapes:
            findings.look([_tell(f"build refuses it: {refusal}")], None, place)
    if refusals and not accepted and not shapes:
        findings.look([_tell("build refuses every shape that was tried: say with shapes=… which it serves")], None)
    if accepted and classes:
        spec = accepted[0].spec
        names = tuple(f"class {number}" for number in range(classes))
        accepted.append(Case(component, replace(spec, classes=names)))
    return accepted


def _modality(component: Generator | Discriminator | Augmentation) -> str:
    """Return a modality that the component serves, pictures and texts before others."""
    for modality, representation in (("image", "pixels"), ("text", "tokens")):
        if component.serves(modality, representation):
            return modality
    return min(component.modalities)


def _spec(modality: str, shape: tuple[int, ...], vocabulary: int) -> Spec:
    """Return what a network is sized by; texts of an even vocabulary are of unequal length."""
    if modality != "text":
        return Spec(modality, shape, (), vocabulary)
    vocabulary = vocabulary or shape[-1]
    end = "" if vocabulary % 2 == 0 else "0"
    return Spec(modality, shape, (), vocabulary, (end, *map(str, range(1, vocabulary))))


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


def _tell(fault: str) -> Any:
    return lambda subject: [fault]
