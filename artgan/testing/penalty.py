"""Checks of penalties, on rounds with small discriminators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ..interfaces import Penalty, Round
from ..training.played_round import PlayedRound
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .plain_discriminator import PlainDiscriminator
from .process_state import changed_switches, isolated, next_numbers, same, seed_all

BATCH, SHAPE = 5, (3, 5, 4)


class Critic(nn.Module):
    """A smooth discriminator in float64.

    Args:
        length: the logits of a sample, 0 for one without an axis.
        flat: whether its slope is zero everywhere, so that norms of gradients are at their root.
    """

    def __init__(self, length: int, flat: bool) -> None:
        super().__init__()
        torch.default_generator.manual_seed(0)
        self.first, self.last = nn.Linear(60, 8), nn.Linear(8, max(length, 1))
        self.length = length
        if flat:
            nn.init.zeros_(self.first.weight)
        self.double()

    def forward(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        logits: Tensor = self.last(torch.tanh(self.first(samples.flatten(1))))
        return logits if self.length else logits.squeeze(1)


@dataclass(frozen=True)
class PenaltyCase:
    """A turn of the discriminator in which the penalty is due.

    Attributes:
        penalty: what is checked.
        length: the logits of a sample, 0 for one without an axis.
    """

    penalty: Penalty
    length: int = 0

    def play(self, flat: bool = False) -> tuple[Round, Critic]:
        """Return a round as the trainer makes it, and its discriminator."""
        critic = Critic(self.length, flat)
        random = torch.Generator().manual_seed(1)
        real, fake = (torch.rand(BATCH, *SHAPE, generator=random, dtype=torch.float64) for _ in range(2))
        labels = torch.arange(BATCH) % 2 if "labels" in self.penalty.requires else None
        played = PlayedRound(
            real=real.requires_grad_(),
            fake=fake.requires_grad_(),
            latents=torch.randn(BATCH, 4, generator=random),
            real_labels=labels,
            fake_labels=labels,
            discriminator=PlainDiscriminator(critic),
            mixed=True,
        )
        return played, critic

    def value(self, played: Round, stream: int = 0, seed: int = 0) -> Tensor:
        """Return the penalty, drawn from a stream while the global random states have another seed."""
        seed_all(seed)
        with attempt("value()"):
            value = self.penalty.value(played, torch.Generator().manual_seed(stream))
        if not isinstance(value, Tensor):
            raise BrokenError(f"value() returned {type(value).__name__}: return one tensor")
        return value


def find_faults(component: Penalty) -> Findings:
    """Return what is wrong with a penalty."""
    findings = Findings()
    with isolated():
        findings.find_faults(DECLARATION, component)
        for length in (0, 4):
            case, place = PenaltyCase(component, length), f"logits of shape {(BATCH, length) if length else (BATCH,)}"
            if findings.find_faults([runs], case, place):
                findings.find_faults(PENALTY, case, place)
    return findings


def runs(case: PenaltyCase) -> Iterator[str]:
    """Find penalties that fail at once."""
    case.value(case.play()[0])
    return iter(())


def gives_a_value_for_each_sample(case: PenaltyCase) -> Iterator[str]:
    """Find penalties that average, and numbers that are none."""
    value = case.value(case.play()[0])
    if value.shape != (BATCH,):
        yield f"values are of shape {tuple(value.shape)} for a batch of {BATCH}: give (batch,), without averaging"
    if not value.isfinite().all():
        yield "values are infinite or NaN: bound what overflows"


def teaches_the_discriminator(case: PenaltyCase) -> Iterator[str]:
    """Find detached graphs."""
    played, critic = case.play()
    value = case.value(played)
    if any(weight.grad is not None for weight in critic.parameters()) or played.real.grad is not None:
        yield "value() leaves gradients behind: differentiate with torch.autograd.grad instead of backward"
    gradients: tuple[Tensor | None, ...] = ()
    if value.requires_grad:
        gradients = torch.autograd.grad(value.sum(), tuple(critic.parameters()), allow_unused=True)
    if not any(gradient is not None and gradient.any() for gradient in gradients):
        yield "no gradient reaches the discriminator: differentiate with create_graph=True, and detach nothing"


def stays_finite_where_the_slope_is_zero(case: PenaltyCase) -> Iterator[str]:
    """Find the root of zero, whose gradient is infinite."""
    played, critic = case.play(flat=True)
    value = case.value(played)
    gradients: tuple[Tensor | None, ...] = ()
    if value.requires_grad:
        gradients = torch.autograd.grad(value.sum(), tuple(critic.parameters()), allow_unused=True)
    finite = [gradient.isfinite().all() for gradient in gradients if gradient is not None]
    if not value.isfinite().all() or not all(finite):
        yield "value or gradient is NaN where the discriminator is flat: add a small number under the root"


def draws_from_its_stream_alone(case: PenaltyCase) -> Iterator[str]:
    """Find randomness of which a run's seed knows nothing."""
    numbers, values = [], list[Tensor]()
    with changed_switches() as changed:
        for seed in (1, 2):
            values.append(case.value(case.play()[0], seed=seed))
            numbers.append(next_numbers())
    if not same(values[0], values[1], 1e-9):
        yield "values differ for the same stream: draw from `random` alone, with generator=random"
    for name, number in numbers[0].items():
        if number == numbers[1][name]:
            yield f"value() seeds {name}: leave the random state to the trainer"
    for name in changed:
        yield f"value() changes {name}: leave torch's settings alone"


def leaves_its_interval_to_the_trainer(case: PenaltyCase) -> Iterator[str]:
    """Find penalties that weigh themselves by the interval, which the trainer does."""
    often, seldom = replace(case.penalty, interval=1), replace(case.penalty, interval=16)
    first, second = (replace(case, penalty=penalty) for penalty in (often, seldom))
    if not same(first.value(first.play()[0]), second.value(second.play()[0]), 1e-9):
        yield "values depend on the interval: leave it to the trainer, which multiplies by it"


def keeps_the_round(case: PenaltyCase) -> Iterator[str]:
    """Find rounds that are changed in place."""
    played, _ = case.play()
    before = played.real.detach().clone(), played.fake.detach().clone()
    case.value(played)
    for name, tensor, copy in zip(("real", "fake"), (played.real, played.fake), before, strict=True):
        if not torch.equal(tensor, copy):
            yield f"value() changes turn.{name} in place: work on a new tensor"


PENALTY = [
    gives_a_value_for_each_sample,
    teaches_the_discriminator,
    stays_finite_where_the_slope_is_zero,
    draws_from_its_stream_alone,
    leaves_its_interval_to_the_trainer,
    keeps_the_round,
]
