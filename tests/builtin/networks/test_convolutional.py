"""The built-in networks: any height and width, 1 to 4 channels, one logit a picture."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import interpolate

from artgan.builtin.discriminator import CnnDiscriminator
from artgan.builtin.generator import CnnGenerator
from artgan.builtin.networks.convolutional import ConvGenerator, Modulation, Up
from artgan.interfaces import Spec
from artgan.interfaces.kinds import KINDS
from artgan.testing import check_generator

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(1, 40))


def build(registry, text: str, shape: tuple[int, int, int]) -> nn.Module:
    kind, choice = text.split(" ")
    return registry.parse(KINDS[kind], choice).build(Spec("image", shape))


@pytest.mark.parametrize(
    "text",
    [
        "generator cnn:width=2",
        "generator cnn:width=2,norm=none",
        "generator mlp:width=4",
        "generator cnn:width=2,upsampling=nearest",
        "generator cnn:width=2,upsampling=subpixel",
        "generator cnn:width=2,modulated=true",
        "generator cnn:width=2,full=3",
    ],
)
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


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("upsampling", "checkered"), [("transposed", True), ("nearest", False), ("subpixel", False)])
def test_a_new_generator_without_transposed_convolutions_shows_no_checkerboard(upsampling, checkered, training):
    """On an even ground, pixels of even and of odd columns come from different weights, or from the same."""
    torch.manual_seed(3)
    up = Up(8, 4, (32, 32), bias=True, upsampling=upsampling).train(training)
    inner = up(torch.randn(1, 8, 1, 1).expand(1, 8, 16, 16))[:, :, 4:-4, 4:-4]
    apart = (inner[..., ::2] - inner[..., 1::2]).abs().max().item()
    assert (apart > 0.05) == checkered


@given(size=st.tuples(st.integers(1, 9), st.integers(1, 9)), odd=st.tuples(st.booleans(), st.booleans()))
@settings(max_examples=15)
def test_neighbours_are_doubled_alike_while_training_and_when_works_are_made(size, odd):
    height, width = (2 * side - less for side, less in zip(size, odd, strict=True))
    up = Up(3, 2, (height, width), bias=True, upsampling="nearest").double()
    maps = torch.randn(2, 3, *size, dtype=torch.float64, requires_grad=True)
    found = []
    for training in (True, False):
        made = up.train(training)(maps)
        found.append((made, *torch.autograd.grad(made.square().sum(), [maps, *up.parameters()])))
    learning, working = found
    assert all(torch.allclose(one, other, atol=1e-9) for one, other in zip(learning, working, strict=True))
    assert torch.equal(working[0], up.convolution(interpolate(maps, scale_factor=2)[..., :height, :width]))


def test_maps_lie_channels_last_while_training_as_convolutions_are_fastest():
    up = Up(8, 4, (32, 32), bias=True, upsampling="nearest")
    up.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    assert up(torch.randn(2, 8, 16, 16)).is_contiguous(memory_format=torch.channels_last)


CLASSED = Spec("image", (3, 17, 24), ("cats", "dogs"))


def test_told_the_class_a_generator_makes_others_of_each_and_a_discriminator_judges_by_it():
    torch.manual_seed(0)
    generator = CnnGenerator(width=2, classes=True)
    assert generator.makes_classes()
    latents, labels = torch.randn(1, 128).repeat(2, 1), torch.tensor([0, 1])
    first, second = generator.build(CLASSED)(latents, labels)
    assert not torch.allclose(first, second)
    logits = CnnDiscriminator(width=2, classes=True).build(CLASSED)(first[None].repeat(2, 1, 1, 1), labels)
    assert logits[0] != logits[1]


def test_a_modulated_generator_lets_the_latent_set_what_is_everywhere_in_a_picture():
    """Of maps that are the same for all latents, the mean of each channel follows the latent all the same."""
    torch.manual_seed(0)
    modulation, maps = Modulation(6, 5), torch.randn(1, 5, 8, 8).expand(3, -1, -1, -1)
    means = modulation(maps, torch.randn(3, 6)).mean((2, 3))
    assert means.std(0).min() > 0.01
    assert torch.allclose(modulation(maps, torch.zeros(3, 6)), maps)


@pytest.mark.parametrize("modulated", [False, True])
def test_maps_at_full_size_are_normalised_as_all_others_before_the_picture_is_made_of_them(modulated):
    torch.manual_seed(0)
    network = ConvGenerator((1, 16, 24), 6, 2, "batch", full=5, modulated=modulated)
    seen = []
    last = next(layer for layer in reversed(network.layers) if isinstance(layer, nn.Conv2d))
    last.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    network(torch.randn(8, 6))
    (maps,) = seen
    assert maps.shape == (8, 5, 16, 24)
    assert maps.min() == 0
    assert 0.2 < maps.mean() < 0.6  # of a half-normal distribution it is 0.4


def test_a_generator_without_batch_norm_cannot_be_modulated():
    with pytest.raises(ValueError, match="modulated=true goes with norm=batch"):
        CnnGenerator(norm="none", modulated=True)


@pytest.mark.parametrize(
    "options",
    [
        {"classes": True},
        {"upsampling": "subpixel"},
        {"upsampling": "nearest"},
        {"modulated": True, "classes": True},
        {"modulated": True, "full": 3, "upsampling": "nearest"},
    ],
)
def test_generators_with_these_options_conform(options):
    check_generator(CnnGenerator(width=2, latent=6, **options), shapes=[(3, 9, 12)])
