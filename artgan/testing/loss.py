"""Checks of losses, on a round in which a linear discriminator gives any logits that are wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ..interfaces import Loss, Round
from ..training.played_round import PlayedRound
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .plain_discriminator import PlainDiscriminator
from .process_state import changed_switches, isolated, next_numbers, same, seed_all

BATCH, SIDE = 6, 4
LARGE = 300.0
PLAYERS = ("discriminator", "generator")


@dataclass
class Game:
    """A round of the game whose logits are known.

    Attributes:
        round: the round, as the trainer would make it for the player.
        weight: the discriminator's only parameter.
        fake: the fakes, as they came from the generator.
    """

    round: Round
    weight: Tensor
    fake: Tensor


@dataclass(frozen=True)
class LossCase:
    """One player's turn by a loss.

    Attributes:
        loss: the loss that is checked.
        player: whose turn it is.
        length: the logits of a sample, 0 for one without an axis.
    """

    loss: Loss
    player: str
    length: int

    def game(self, real: Tensor | None = None, fake: Tensor | None = None, seed: int = 0) -> Game:
        """Return a round in which reals and fakes have these logits, (B,) each; by default random ones."""
        random = torch.Generator().manual_seed(seed)
        logits = [torch.randn(BATCH, generator=random, dtype=torch.float64) for _ in range(2)]
        logits = [given if given is not None else drawn for given, drawn in zip((real, fake), logits, strict=True)]
        batch, dtype = len(logits[0]), logits[0].dtype
        samples = [0.1 * torch.randn(batch, 3, SIDE, SIDE, generator=random).to(dtype) for _ in range(2)]
        weight = torch.zeros(3 * SIDE * SIDE, dtype=dtype)
        weight[0] = 1
        for some, wanted in zip(samples, logits, strict=True):
            some[:, 0, 0, 0] = wanted
        weight.requires_grad_(self.player == "discriminator")
        made = samples[1].requires_grad_(self.player == "generator")
        offsets = torch.linspace(0, 0.5, max(self.length, 1)).to(dtype)

        def discriminate(samples: Tensor, labels: Tensor | None) -> Tensor:
            values = samples.flatten(1) @ weight
            return values[:, None] + offsets if self.length else values

        labels = torch.arange(batch) % 2 if "labels" in self.loss.requires else None
        played = PlayedRound(
            real=samples[0],
            fake=made,
            latents=torch.randn(batch, 8, generator=random).to(dtype),
            real_labels=labels,
            fake_labels=labels,
            discriminator=PlainDiscriminator(discriminate),
            mixed=self.player == "discriminator",
        )
        return Game(played, weight, made)

    def values(self, game: Game, seed: int = 0) -> Tensor:
        """Return what the loss makes of a round, with all random states seeded."""
        seed_all(seed)
        with attempt(f"{self.player}()"):
            values = getattr(self.loss, self.player)(game.round)
        if not isinstance(values, Tensor):
            raise BrokenError(f"{self.player}() returned {type(values).__name__}: return one tensor")
        return values


def find_faults(component: Loss) -> Findings:
    """Return what is wrong with a loss."""
    findings = Findings()
    with isolated():
        findings.find_faults(DECLARATION, component)
        for player in PLAYERS:
            for length in (0, 5):
                place = f"logits of shape {(BATCH, length) if length else (BATCH,)}"
                case = LossCase(component, player, length)
                if findings.find_faults([runs], case, place):
                    findings.find_faults(LOSS, case, place)
    return findings


def runs(case: LossCase) -> Iterator[str]:
    """Find losses that fail at once."""
    case.values(case.game())
    return iter(())


def gives_a_value_for_each(case: LossCase) -> Iterator[str]:
    """Find losses that average."""
    values = case.values(case.game())
    if values.shape[:1] != (BATCH,):
        yield (
            f"{case.player}() gives values of shape {tuple(values.shape)} for a batch of {BATCH}: give one for each "
            "logit, pair or sample, and leave averaging to the trainer"
        )
    if values.dtype != torch.float64:
        name = str(values.dtype).removeprefix("torch.")
        yield f"{case.player}() gives {name} for logits in float64: keep to their dtype"


def stays_finite(case: LossCase) -> Iterator[str]:
    """Find formulas that overflow."""
    large = torch.tensor([-LARGE, LARGE, -LARGE, LARGE])
    game = case.game(large, large.sort().values)
    values = case.values(game)
    if not values.isfinite().all():
        yield (
            f"{case.player}() is infinite or NaN at logits of {LARGE:g}: use stable forms, such as softplus instead of "
            "log(sigmoid)"
        )
    elif values.requires_grad:
        learner = game.weight if case.player == "discriminator" else game.fake
        (gradient,) = torch.autograd.grad(values.sum(), learner, allow_unused=True)
        if gradient is not None and not gradient.isfinite().all():
            yield f"{case.player}() has gradients that are infinite or NaN at logits of {LARGE:g}: use stable forms"


def teaches_its_player(case: LossCase) -> Iterator[str]:
    """Find detached graphs."""
    game = case.game()
    values = case.values(game)
    learner, what = (game.weight, "discriminator") if case.player == "discriminator" else (game.fake, "fakes")
    gradient = None
    if values.requires_grad:
        (gradient,) = torch.autograd.grad(values.sum(), learner, allow_unused=True)
    if gradient is None or not gradient.any():
        yield f"no gradient of {case.player}() reaches the {what}: keep the graph from the round to the values"


def points_the_right_way(case: LossCase) -> Iterator[str]:
    """Find players that are rewarded for losing."""
    high, low = torch.full((BATCH,), 1.0, dtype=torch.float64), torch.full((BATCH,), -1.0, dtype=torch.float64)
    if case.player == "discriminator":
        right, wrong = case.values(case.game(high, low)), case.values(case.game(low, high))
        if not right.mean() < wrong.mean():
            yield "discriminator() is no smaller where reals have the higher logits: high logits mean real"
    else:
        right, wrong = case.values(case.game(low, high)), case.values(case.game(low, low))
        if right.mean() > wrong.mean() and not _looks_at_samples(case):
            yield "generator() grows with the logits of fakes: the generator wants them high"


def estimates_the_ratio(case: LossCase) -> Iterator[str]:
    """Find losses whose logits are no log-ratio, where one kind of sample is thrice as often real as fake."""
    if "log-ratio" not in case.loss.provides or case.player == "generator" or case.length:
        return

    ratio = math.log(3)
    real = torch.tensor([ratio, ratio, ratio, -ratio], dtype=torch.float64)
    fake = torch.tensor([ratio, -ratio, -ratio, -ratio], dtype=torch.float64)
    game = case.game(real, fake)
    samples = [game.round.real.requires_grad_(), game.round.fake.requires_grad_()]
    gradients = torch.autograd.grad(case.values(game).sum(), samples, materialize_grads=True)
    slopes = [gradient[:, 0, 0, 0] / game.weight[0].detach() for gradient in gradients]
    often = slopes[0][real > 0].sum() + slopes[1][fake > 0].sum()
    seldom = slopes[0][real < 0].sum() + slopes[1][fake < 0].sum()

    if max(abs(often), abs(seldom)) > 1e-6:
        yield (
            "provides log-ratio, but its discriminator wants another logit than log 3 for samples thrice as often "
            "real as fake: leave log-ratio out of provides"
        )


def draws_nothing(case: LossCase) -> Iterator[str]:
    """Find randomness."""
    numbers, values = [], list[Tensor]()
    with changed_switches() as changed:
        for seed in (1, 2):
            values.append(case.values(case.game(), seed=seed))
            numbers.append(next_numbers())
    if not same(values[0], values[1], 1e-12):
        yield f"{case.player}() gives something else each time: a loss draws nothing and keeps nothing"
    for name, number in numbers[0].items():
        if number == numbers[1][name]:
            yield f"{case.player}() seeds {name}: leave the random state to the trainer"
    for name in changed:
        yield f"{case.player}() changes {name}: leave torch's settings alone"


def follows_the_order(case: LossCase) -> Iterator[str]:
    """Find values that belong to another sample."""
    order = torch.tensor([3, 0, 5, 1, 2, 4])
    game, other = case.game(), case.game()
    with torch.no_grad():
        for samples in (other.round.real, other.round.fake, other.round.latents):
            samples.copy_(samples[order].clone())
        for labels in {id(x): x for x in (other.round.real_labels, other.round.fake_labels) if x is not None}.values():
            labels.copy_(labels[order].clone())
    values, permuted = case.values(game), case.values(other)
    comparable = values.shape == permuted.shape and values.shape in ((BATCH,), (BATCH, case.length))
    if comparable and not same(values[order], permuted, 1e-9):
        yield f"{case.player}() depends on the order of the batch: give each pair its own value"


def keeps_the_round(case: LossCase) -> Iterator[str]:
    """Find rounds that are changed in place."""
    game = case.game()
    tensors = {"real": game.round.real, "fake": game.round.fake, "latents": game.round.latents}
    logits = {"real_logits": game.round.real_logits, "fake_logits": game.round.fake_logits}
    before = {name: tensor.detach().clone() for name, tensor in (tensors | logits).items()}
    case.values(game)
    for name, tensor in (tensors | logits).items():
        if not torch.equal(before[name], tensor):
            yield f"{case.player}() changes turn.{name} in place: work on a new tensor"


def _looks_at_samples(case: LossCase) -> bool:
    """Return whether the generator's values depend on samples other than through their logits."""
    game, other = case.game(), case.game()
    with torch.no_grad():
        other.round.fake[:, 1:] += 1
    return not same(case.values(game), case.values(other), 1e-9)


LOSS = [
    gives_a_value_for_each,
    stays_finite,
    teaches_its_player,
    points_the_right_way,
    estimates_the_ratio,
    draws_nothing,
    follows_the_order,
    keeps_the_round,
]
