"""Checks of augmentations; the global random states are torch's own, the stream is theirs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import cast

import torch
from torch import Tensor

from ..interfaces import Augmentation
from ..interfaces.networks import AugmentationModule
from .declaration import DECLARATION
from .findings import Findings, attempt
from .network_case import BATCH, Case, WantedCases
from .network_checks import (
    can_be_copied,
    find_network_faults,
    has_known_weights,
    keeps_its_input,
    leaves_the_process_as_it_was,
    runs_channels_last,
    saves_its_state,
    stays_on_its_device,
    takes_a_batch_of_one,
)
from .process_state import same


def find_faults(component: Augmentation, wanted: WantedCases) -> Findings:
    """Return what is wrong with an augmentation."""
    return find_network_faults(component, wanted, declaration=DECLARATION, checks=AUGMENTATION)


def keeps_shape_and_type(case: Case) -> Iterator[str]:
    """Find samples of another shape or type, and numbers that are none."""
    for dtype in (torch.float32, torch.float64):
        samples = case.inputs(dtype=dtype)
        changed = case.forward(case.build(), samples, what=f"forward in {str(dtype).removeprefix('torch.')}")
        if changed.shape != samples.shape:
            yield f"samples of shape {tuple(samples.shape)} become {tuple(changed.shape)}: keep the shape"
        if changed.dtype != dtype:
            was, now = (str(some).removeprefix("torch.") for some in (dtype, changed.dtype))
            yield f"samples in {was} become {now}: keep the dtype"
        if not changed.isfinite().all():
            yield "samples become infinite or NaN: bound what overflows"


def passes_the_gradient_on(case: Case) -> Iterator[str]:
    """Find steps that cannot be differentiated."""
    total = torch.zeros(())
    network = case.build()
    for seed in range(4):
        samples = case.inputs().requires_grad_()
        changed = case.forward(network, samples, seed=seed)
        if not changed.requires_grad:
            yield "what forward gives is detached from the graph: use no detach, no_grad, numpy or uint8 on the way"
            return
        with attempt("backward"):
            changed.sum().backward()  # type: ignore[no-untyped-call]
        if samples.grad is not None:
            total = total + samples.grad.abs().sum()

    if not total.isfinite():
        yield "gradients are infinite or NaN: avoid roots, logarithms and quotients at zero"
    elif not total:
        yield "no gradient reaches the samples: keep the graph from input to output"


def draws_from_its_stream_alone(case: Case) -> Iterator[str]:
    """Find randomness of which a run's seed knows nothing."""
    network = case.build()
    first, second = (case.forward(copy.deepcopy(network), seed=1, other=other) for other in (1, 2))
    if not same(first, second, 1e-6):
        yield "samples differ for the same stream: draw from `random` alone, with generator=random"


def treats_each_sample_alone(case: Case) -> Iterator[str]:
    """Find samples that leak into others: reals and fakes share a batch."""
    network, samples = case.build(), case.inputs(dtype=torch.float64)
    others = samples.clone()
    others[-1] = -others[-1]
    for seed in range(4):
        first, second = (case.forward(copy.deepcopy(network), some, seed=seed) for some in (samples, others))
        if first.shape == second.shape and not same(first[: BATCH - 1], second[: BATCH - 1], 1e-9):
            yield "a sample depends on others of its batch, where reals and fakes are mixed: change each alone"
            return


def adapts_by_scalars(case: Case) -> Iterator[str]:
    """Find what cannot be logged, and state beside the buffers."""
    first, second = (cast(AugmentationModule, case.build(seed)) for seed in (1, 2))
    for logits in (torch.linspace(-1, 3, BATCH), torch.linspace(-3, 1, BATCH)[:, None].expand(-1, 5)):
        scalars = _adapted(first, logits)
        if not isinstance(scalars, Mapping):
            yield f"adapt() returned {type(scalars).__name__}: return scalars by name, or {{}} for none"
            return
        for name, value in scalars.items():
            number = torch.as_tensor(value)
            if number.numel() != 1 or not number.isfinite().all():
                yield f"adapt() gives {name} as {value!r}: give one finite number"

    second.load_state_dict(copy.deepcopy(first.state_dict()))
    logits = torch.linspace(-1, 3, BATCH)
    expected, actual = (_adapted(module, logits) for module in (first, second))
    if {name: float(value) for name, value in expected.items()} != {n: float(value) for n, value in actual.items()}:
        yield "what was adapted, saved and loaded goes on differently: keep all state in buffers"


def _adapted(module: AugmentationModule, logits: Tensor) -> Mapping[str, Tensor | float]:
    with attempt("adapt()"):
        return module.adapt(logits, 640)


AUGMENTATION = [
    adapts_by_scalars,
    has_known_weights,
    can_be_copied,
    keeps_shape_and_type,
    passes_the_gradient_on,
    draws_from_its_stream_alone,
    treats_each_sample_alone,
    leaves_the_process_as_it_was,
    takes_a_batch_of_one,
    runs_channels_last,
    stays_on_its_device,
    keeps_its_input,
    saves_its_state,
]
