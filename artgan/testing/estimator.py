"""Checks of estimators, with a small generator of pictures."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ..interfaces import Estimator, Round, Spec
from ..interfaces.networks import EstimatorModule, find_lack
from ..training.played_round import PlayedRound
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .plain_discriminator import PlainDiscriminator
from .process_state import isolated, same, seed_all

BATCH, SPEC = 5, Spec("image", (1, 4, 3))
SERVED = frozenset({"sample-gradient"})


class Painter(nn.Module):
    """A small generator."""

    def __init__(self) -> None:
        super().__init__()
        torch.default_generator.manual_seed(0)
        self.layer = nn.Linear(6, 12)

    def forward(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        return torch.tanh(self.layer(latents)).view(-1, *SPEC.shape)


def find_faults(component: Estimator) -> Findings:
    """Return what is wrong with an estimator; one that needs more than samples' gradients is looked at from outside."""
    findings = Findings()
    with isolated():
        findings.find_faults(DECLARATION, component)
        if component.requires <= SERVED and findings.find_faults([builds], component):
            findings.find_faults(ESTIMATOR, component)
    return findings


def builds(component: Estimator) -> Iterator[str]:
    """Find modules that are none."""
    module = _built(component)
    for name, value in module.state_dict().items():
        if not isinstance(value, Tensor):
            yield f"the state {name!r} is a {type(value).__name__}: keep state in buffers"


def gives_a_scalar_that_teaches(component: Estimator) -> Iterator[str]:
    """Find objectives that cannot be minimised."""
    _, objective, painter = _turn(_built(component))
    if objective.shape != ():
        yield f"objective() gives values of shape {tuple(objective.shape)}: give one scalar"
        return
    if not objective.isfinite():
        yield "objective() is infinite or NaN: bound what overflows"
    if objective.requires_grad:
        with attempt("backward of the objective"):
            objective.backward()  # type: ignore[no-untyped-call]
    if painter.layer.weight.grad is None or not painter.layer.weight.grad.any():
        yield "no gradient of objective() reaches the generator: keep the graph"


def saves_its_state(component: Estimator) -> Iterator[str]:
    """Find state that a checkpoint would lose."""
    first, second = _built(component), _built(component)
    for step in range(3):
        _turn(first, step)
    with attempt("load_state_dict of its own state_dict"):
        second.load_state_dict(copy.deepcopy(first.state_dict()))
    if not same(_turn(first)[1], _turn(second)[1]):
        yield "an estimator that was saved and loaded goes on differently: keep all state in buffers"


def draws_from_torch_alone(component: Estimator) -> Iterator[str]:
    """Find randomness of which a run's seed knows nothing."""
    if not same(_turn(_built(component), other=1)[1], _turn(_built(component), other=2)[1]):
        yield "objective() differs for the same torch seed: draw from torch's random state alone"


def _built(component: Estimator) -> EstimatorModule:
    with attempt("build"):
        module = component.build(SPEC)
    if lack := find_lack(component, module):
        raise BrokenError(lack)
    return module


def _turn(module: EstimatorModule, seed: int = 0, other: int = 0) -> tuple[Tensor, Tensor, Painter]:
    """Return the fakes, the objective and the generator of one turn."""
    random = torch.Generator().manual_seed(seed)
    painter, latents = Painter(), torch.randn(BATCH, 6, generator=random)
    slope = torch.linspace(-1, 1, 12)

    # Generate.
    seed_all(seed, other)
    with attempt("generate()"):
        fake = module.generate(painter, latents, None)
    if not isinstance(fake, Tensor):
        raise BrokenError(f"generate() returned {type(fake).__name__}: return one tensor")
    if fake.shape != (BATCH, *SPEC.shape):
        raise BrokenError(f"generate() gives {tuple(fake.shape)} for samples of {SPEC.shape}: give the fakes, (B, ...)")

    # Discriminate, by the slope.
    turn: Round = PlayedRound(
        real=torch.rand(BATCH, *SPEC.shape, generator=random),
        fake=fake,
        latents=latents,
        real_labels=None,
        fake_labels=None,
        discriminator=PlainDiscriminator(lambda samples, labels: samples.flatten(1) @ slope),
        mixed=False,
    )
    with attempt("generator_round()"):
        turn = module.generator_round(turn, painter)

    # What the generator minimises.
    with attempt("objective()"):
        objective = module.objective(nn.functional.softplus(-turn.fake_logits), turn, painter)
    if not isinstance(objective, Tensor):
        raise BrokenError(f"objective() returned {type(objective).__name__}: return one tensor")
    return fake, objective, painter


ESTIMATOR = [gives_a_scalar_that_teaches, saves_its_state, draws_from_torch_alone]
