"""Checks of discriminators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from ..interfaces import Discriminator
from ..interfaces.networks import SelfSupervisedDiscriminator
from .declaration import DECLARATION
from .findings import Findings, attempt
from .network_case import BATCH, Case, WantedCases, awake
from .network_checks import SHARED, answers_its_input, find_network_faults, learns, passes_gradients_on


def find_faults(component: Discriminator, wanted: WantedCases) -> Findings:
    """Return what is wrong with a discriminator."""
    return find_network_faults(component, wanted, declaration=DECLARATION, checks=[*DISCRIMINATOR, *SHARED])


def gives_logits(case: Case) -> Iterator[str]:
    """Find outputs that are no logits."""
    for mode in (True, False):
        logits = case.forward(case.build().train(mode))
        if logits.dim() not in (1, 2) or len(logits) != BATCH:
            yield f"logits are of shape {tuple(logits.shape)}: give (batch,), or (batch, length) for sequences"
            return
        if logits.dim() == 2 and logits.shape[1] == 1:
            yield f"logits are of shape {tuple(logits.shape)}: squeeze the last axis, or pairs become {BATCH} x {BATCH}"
            return
        if logits.dtype != torch.float32:
            yield f"logits are {str(logits.dtype).removeprefix('torch.')}: give float32 for float32 samples"
            return
        if not logits.isfinite().all():
            yield "logits are infinite or NaN: bound what overflows"
            return


def gives_unbounded_logits(case: Case) -> Iterator[str]:
    """Find probabilities where logits are meant."""
    logits = []
    for seed in range(8):
        network = awake(case.build(seed)).eval()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.mul_(30)
            logits.append(case.forward(network, case.inputs(seed=seed)))
    both = torch.cat(logits)
    if both.min() >= 0 and 0.5 < both.max() <= 1:
        yield "logits stay between 0 and 1 however large the weights: give logits, without the sigmoid"


def judges_samples(case: Case) -> Iterator[str]:
    """Find samples that play no part."""
    return answers_its_input(case, "samples")


def lets_samples_learn(case: Case) -> Iterator[str]:
    """Find broken gradients."""
    return passes_gradients_on(case, "samples")


def can_be_differentiated_twice(case: Case) -> Iterator[str]:
    """Find a promised second derivative that is not there."""
    if "double-backward" not in case.component.provides:
        return
    network, samples = awake(case.build()).train(), case.inputs().requires_grad_()
    logits = case.forward(network, samples)
    if not logits.requires_grad:
        return
    with attempt("differentiating a gradient penalty (double-backward is in provides)"):
        (gradient,) = torch.autograd.grad(logits.sum(), samples, create_graph=True)
        if gradient.requires_grad:
            gradient.square().sum().backward()  # type: ignore[no-untyped-call]
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    if not any(gradient.any() for gradient in gradients):
        yield "a gradient penalty teaches it nothing though double-backward is in provides: let autograd see all steps"
    elif not all(gradient.isfinite().all() for gradient in gradients):
        yield "a gradient penalty has gradients that are infinite or NaN: avoid roots at zero"


def learns_from_real_samples(case: Case) -> Iterator[str]:
    """Find a loss beside the game's that is none, or teaches nothing."""
    network = awake(case.build()).train()
    if not isinstance(network, SelfSupervisedDiscriminator):
        return
    with attempt("self_supervised_loss"):
        values = network.self_supervised_loss(case.inputs(), case.labels())
    if values.shape != (BATCH,) or not values.isfinite().all():
        yield f"self_supervised_loss gives {tuple(values.shape)}: give a finite number for each sample, (batch,)"
    elif not values.requires_grad:
        yield "self_supervised_loss teaches nothing: let autograd see all steps"


def keeps_its_weights_when_eased(case: Case) -> Iterator[str]:
    """Find what goes on with other weights after a collapse."""
    with attempt("eased"):
        eased = case.component.eased(2)
    if eased == case.component:
        return
    one, other = (
        {name: tensor.shape for name, tensor in some.build().state_dict().items()}
        for some in (case, replace(case, component=eased))
    )
    if one != other:
        yield "eased(2) is of other weights, which a run cannot go on with: change options that shape none"


DISCRIMINATOR = [
    learns,
    gives_logits,
    gives_unbounded_logits,
    judges_samples,
    lets_samples_learn,
    can_be_differentiated_twice,
    learns_from_real_samples,
    keeps_its_weights_when_eased,
]
