"""Checks of generators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import torch

from ..interfaces import Generator
from ..interfaces.networks import StyledGenerator
from .declaration import DECLARATION
from .findings import Findings, attempt
from .network_case import BATCH, Case, WantedCases, awake
from .network_checks import SHARED, answers_its_input, draws_tokens, find_network_faults, learns, passes_gradients_on
from .process_state import same

FAR = 100.0


def find_faults(component: Generator, wanted: WantedCases) -> Findings:
    """Return what is wrong with a generator."""
    declared = [*DECLARATION, names_its_capability]
    return find_network_faults(component, wanted, declaration=declared, checks=[*GENERATOR, *SHARED])


def names_its_capability(component: Generator) -> Iterator[str]:
    """Find generators that their own estimator would refuse."""
    if component.estimator == "pathwise" and "sample-gradient" not in component.provides:
        yield (
            "its estimator pathwise needs the gradient of samples: add 'sample-gradient' to provides, or name another "
            "estimator"
        )


def makes_samples_of_its_shape(case: Case) -> Iterator[str]:
    """Find wrong shapes and types."""
    for mode in (True, False):
        samples = case.forward(case.build().train(mode))
        if tuple(samples.shape) != (BATCH, *case.spec.shape):
            shape = "".join(f", {size}" for size in case.spec.shape)
            yield f"samples are of shape {tuple(samples.shape)}: make them (batch{shape})"
            return
        if samples.dtype != torch.float32:
            yield f"samples are {str(samples.dtype).removeprefix('torch.')}: make float32 of float32 latents"
            return


def stays_in_range(case: Case) -> Iterator[str]:
    """Find samples that leave the range of pictures, or all numbers."""
    network = case.build().eval()
    for factor in (1.0, FAR):
        samples = case.forward(network, factor * case.inputs())
        where = "" if factor == 1 else f" at latents {factor:g} times as large as usual"
        if not samples.isfinite().all():
            yield f"samples are infinite or NaN{where}: bound what overflows"
            return
        if case.has_pixels and samples.abs().max() > 1 + 1e-5:
            yield f"samples leave the range from -1 to 1{where}: end in tanh, or clamp"
            return


def makes_samples_of_latents(case: Case) -> Iterator[str]:
    """Find latents that play no part."""
    return answers_its_input(case, "latents")


def lets_the_latents_learn(case: Case) -> Iterator[str]:
    """Find broken gradients, where the generator promises them."""
    assert isinstance(case.component, Generator)
    if "sample-gradient" in case.component.provides or case.component.estimator == "pathwise":
        yield from passes_gradients_on(case, "latents")


def takes_labels_as_it_says(case: Case) -> Iterator[str]:
    """Find classes that play no part, or one that was not announced."""
    if not case.spec.classes:
        return

    assert isinstance(case.component, Generator)
    network = awake(case.build()).eval()
    latents = case.inputs(1).repeat(len(case.spec.classes), 1)
    classes = torch.arange(len(latents))
    each = case.forward(network, latents, labels=classes, what="forward with each of the labels")
    if len(each) != len(latents):
        return

    if case.component.makes_classes():
        if any(torch.equal(each[0], other) for other in each[1:]):
            yield "different labels give the same samples though conditional is true: use them, or do not say so"
        return
    if not draws_tokens(case) and not all(same(each[0], other) for other in each[1:]):
        yield "labels change samples though conditional is false: set conditional = True"
    elif not same(each, _without_labels(case, network, latents)):
        yield "samples with and without labels differ though conditional is false: ignore the labels"


def draws_what_its_styles_say(case: Case) -> Iterator[str]:
    """Find styles that are not those of its samples, or of no layer apart."""
    if "styles" not in case.component.provides:
        return
    network, inputs, labels = awake(case.build()).eval(), case.inputs(), case.labels()
    with torch.no_grad(), attempt("styles and draw (styles is in provides)"):
        styles = cast(StyledGenerator, network).styles(inputs, labels)
        drawn = cast(StyledGenerator, network).draw(styles)
        mixed = cast(StyledGenerator, network).draw(torch.cat([styles[:1, :1], styles[1:2, 1:]], 1))
    if styles.dim() != 3 or len(styles) != len(inputs) or styles.shape[1] < 2:
        yield f"styles are of shape {tuple(styles.shape)}: give (batch, layers, width), of two layers or more"
    elif not same(drawn, case.forward(network, inputs), 1e-5):
        yield "in evaluation, draw(styles(latents, labels)) differs from forward: make samples of styles alone"
    elif same(mixed, drawn[1:2], 1e-6):
        yield "the style of the coarsest layer changes nothing: let each layer take its own"


def _without_labels(case: Case, network: torch.nn.Module, latents: torch.Tensor) -> torch.Tensor:
    plain = Case(case.component, replace(case.spec, classes=()))
    return plain.forward(network, latents, what="forward with labels None")


GENERATOR = [
    learns,
    makes_samples_of_its_shape,
    stays_in_range,
    makes_samples_of_latents,
    lets_the_latents_learn,
    takes_labels_as_it_says,
    draws_what_its_styles_say,
]
