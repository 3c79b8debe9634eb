"""The plugin keeps to artgan's contract, and classes matter to both networks; it must be installed for this."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch
from artgan_resnet.models import ResnetDiscriminator, ResnetGenerator
from artgan_resnet.presets import Sngan

from artgan import testing
from artgan.interfaces import Spec

SHAPES = [(1, 32, 32), (3, 64, 64), (4, 128, 128)]
CLASSED = Spec("image", (3, 32, 32), ("a", "b", "c"))


def test_it_loads_quickly():
    testing.check_imports("artgan_resnet")


def test_the_generator_conforms():
    testing.check_generator(ResnetGenerator(width=4), shapes=SHAPES)


def test_the_discriminator_conforms():
    testing.check_discriminator(ResnetDiscriminator(width=4), shapes=SHAPES)


def test_the_preset_conforms():
    testing.check_preset(Sngan)


@pytest.mark.parametrize("shape", [(3, 33, 33), (3, 32, 64), (1, 16, 16), (3, 256, 256)])
@pytest.mark.parametrize("component", [ResnetGenerator(), ResnetDiscriminator()])
def test_other_sizes_are_refused_with_those_that_are_served(component, shape):
    with pytest.raises(ValueError, match="makes pictures of 32x32, 64x64, 128x128, not "):
        component.build(Spec("image", shape))


def test_a_class_has_gains_and_biases_of_its_own():
    torch.manual_seed(0)
    network = ResnetGenerator(width=4).build(CLASSED).eval()
    latents = torch.randn(1, 128).repeat(2, 1)
    with torch.no_grad():
        network.blocks[0].norms[0].gain.weight[2] *= 3
        first, third = network(latents, torch.tensor([0, 2]))
    assert not torch.equal(first, third)


def test_the_logit_holds_the_projection_of_the_class():
    torch.manual_seed(0)
    network = ResnetDiscriminator(width=4).build(CLASSED).eval()
    samples = torch.randn(2, 3, 32, 32).tanh()
    labels = torch.tensor([1, 2])
    with torch.no_grad():
        features = network.blocks(samples).relu().sum((2, 3))
        expected = network(samples, None) + (network.classes.weight[labels] * features).sum(1)
        assert torch.allclose(network(samples, labels), expected, atol=1e-5)


def test_every_weight_of_the_discriminator_is_spectrally_normalised():
    torch.manual_seed(0)
    network = ResnetDiscriminator(width=4).build(CLASSED).train()
    for _ in range(60):
        network(torch.randn(2, 3, 32, 32), torch.tensor([0, 1]))
    layers = [module for module in network.modules() if hasattr(module, "parametrizations")]
    assert len(layers) == 4 * 2 + 3 + 2
    for layer in layers:
        assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() == pytest.approx(1, abs=0.02)


def artgan(folder, *arguments):
    command = [sys.executable, "-m", "artgan", *arguments]
    environment = {**os.environ, "ARTGAN_LOAD_PLUGINS": "artgan-resnet"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_preset_trains_and_a_class_can_be_asked_for(tmp_path):
    small = ["--generator=resnet:width=2", "--discriminator=resnet:width=2", "--batch=8"]
    artgan(tmp_path, "run", "--preset=sngan", *small, "--steps=3", "--name=first", "--quiet")
    works = artgan(tmp_path, "sample", "first", "--class=2", "-n", "2").splitlines()
    assert [work.rsplit("-", 2)[-2:] for work in works[:2]] == [["class", "2.png"]] * 2
    assert 'name = "hinge"' in (tmp_path / "runs/first/recipe.toml").read_text()
