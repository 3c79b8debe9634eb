"""The built-in networks: any height and width, 1 to 4 channels, one logit a picture."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from artgan.interfaces import Spec
from artgan.interfaces.kinds import KINDS

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(1, 40))


def build(registry, text: str, shape: tuple[int, int, int]) -> nn.Module:
    kind, choice = text.split(" ")
    return registry.parse(KINDS[kind], choice).build(Spec("image", shape))


@pytest.mark.parametrize("text", ["generator cnn:width=2", "generator cnn:width=2,norm=none", "generator mlp:width=4"])
@given(shape=SHAPES)
@settings(max_examples=15)
def test_a_generator_makes_pictures_of_any_shape_within_range(registry, text, shape):
    network = build(registry, f"{text},latent=6", shape)
    samples = network(10 * torch.randn(2, 6), None)
    assert samples.shape == (2, *shape)
    assert samples.abs().max() <= 1
    assert samples.requires_grad


DISCRIMINATORS = [
    "discriminator cnn:width=2,norm=spectral",
    "discriminator cnn:width=2,norm=batch",
    "discriminator cnn:width=2,norm=none",
    "discriminator mlp:width=4",
]


@pytest.mark.parametrize("text", DISCRIMINATORS)
@given(shape=SHAPES)
@settings(max_examples=15)
def test_a_discriminator_gives_one_logit_for_pictures_of_any_shape(registry, text, shape):
    samples = torch.rand(3, *shape, requires_grad=True)
    logits = build(registry, text, shape)(samples, None)
    assert logits.shape == (3,)
    logits.sum().backward()
    assert samples.grad.isfinite().all()


def test_a_spectrally_normalised_discriminator_has_layers_of_slope_about_one(registry):
    network = build(registry, "discriminator cnn:width=4", (3, 32, 32))
    for _ in range(300):
        network(torch.rand(1, 3, 32, 32), None)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            assert torch.linalg.matrix_norm(module.weight.flatten(1), 2).item() == pytest.approx(1, rel=0.1)


def test_the_stages_of_the_generator_halve_in_size_and_double_in_width(registry):
    network = build(registry, "generator cnn:width=16,latent=64", (1, 64, 64))
    sizes = [tuple(layer.weight.shape) for layer in network.modules() if isinstance(layer, nn.ConvTranspose2d)]
    assert sizes == [(64, 32, 4, 4), (32, 16, 4, 4), (16, 1, 4, 4)]


def test_five_channels_are_no_picture(registry):
    with pytest.raises(ValueError, match="1 to 4 channels, not 5"):
        build(registry, "generator cnn", (5, 8, 8))
