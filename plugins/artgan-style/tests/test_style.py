"""The networks keep what their papers and this plugin promise; it must be installed for this."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from artgan_style.layers import Resampling
from artgan_style.players import R3Discriminator, R3Generator, ResidualDiscriminator, StyleGenerator
from artgan_style.presets import R3Preset, StylePreset
from artgan_style.residual import BatchDeviation

from artgan import testing
from artgan.interfaces import Machine, Spec, Survey, Wishes

PICTURES = Spec("image", (3, 16, 16))
IN_CLASSES = replace(PICTURES, classes=("day", "night"))


def seeded(component, spec=PICTURES):
    torch.manual_seed(0)
    return component.build(spec)


def noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def test_it_loads_quickly():
    testing.check_imports("artgan_style")


@pytest.mark.slow
@pytest.mark.parametrize("component", [StyleGenerator(width=2), R3Generator(width=4)])
def test_the_generators_conform(component):
    testing.check_generator(component, shapes=[(1, 8, 8), (4, 17, 20)])


@pytest.mark.slow
@pytest.mark.parametrize("component", [ResidualDiscriminator(width=2), R3Discriminator(width=4)])
def test_the_discriminators_conform(component):
    testing.check_discriminator(component, shapes=[(1, 8, 8), (4, 17, 20)])


@pytest.mark.parametrize("preset", [StylePreset, R3Preset])
def test_the_presets_conform(preset):
    testing.check_preset(preset)


@pytest.mark.parametrize("preset", [StylePreset, R3Preset])
def test_the_presets_keep_a_batch_within_half_of_the_pictures(preset):
    def batch(count):
        choices = preset().choose(Wishes({}), Survey("image", count=count), Machine())
        return next(choice.tables["training"]["batch"] for choice in choices if "training" in choice.tables)

    assert [batch(count) for count in (0, 2, 5, 31, 32, 900)] == [16, 1, 2, 8, 16, 16]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((3, 200, 3000), "sides of 4 to 1024 pixels here, not 3000x200"),
        ((3, 3, 64), "sides of 4 to 1024 pixels here, not 64x3"),
        ((3, 64, 320), "at most 4 times the other here, not 320x64"),
        ((5, 64, 64), "1 to 4 channels, not 5"),
    ],
)
@pytest.mark.parametrize("component", [StyleGenerator(), ResidualDiscriminator(), R3Generator(), R3Discriminator()])
def test_what_is_not_served_is_refused_with_what_is(component, shape, reason):
    with pytest.raises(ValueError, match=reason):
        component.build(Spec("image", shape))


@pytest.mark.parametrize("component", [StyleGenerator(width=2), R3Generator(width=2)])
def test_models_are_blended_by_the_sizes_that_layers_work_at(component):
    network = seeded(component, Spec("image", (3, 16, 24)))
    sizes = network.layer_sizes()
    assert set(sizes.values()) == {6, 12, 24}
    told = {
        name: next((size for layer, size in sizes.items() if name.startswith(f"{layer}.")), 0)
        for name in network.state_dict()
    }
    assert {name.partition(".")[0] for name, size in told.items() if not size} <= {
        "mapping",
        "constant",
        "project",
        "basis",
    }
    assert {size for name, size in told.items() if "style" in name} <= {6, 12, 24}


class TestResampling:
    @pytest.mark.parametrize("size", [(8, 8), (7, 10)])
    def test_neither_way_changes_what_is_flat(self, size):
        resampling, flat = Resampling(), torch.ones(1, 2, *size)
        smaller = resampling.down(flat)
        again = resampling.up(smaller, size)
        assert smaller.shape[2:] == ((size[0] + 1) // 2, (size[1] + 1) // 2)
        assert again.shape == flat.shape
        assert torch.allclose(smaller[:, :, 1:-1, 1:-1], torch.ones(()))
        assert torch.allclose(resampling.up(flat, (2 * size[0], 2 * size[1])), torch.ones(()))

    def test_the_finest_stripes_leave_no_alias(self):
        stripes = torch.tensor([1.0, -1.0]).repeat(8).expand(1, 1, 16, 16)
        assert Resampling().down(stripes)[:, :, 1:-1, 1:-1].abs().max() < 1e-6


class TestGenerator:
    def test_a_longer_latent_lies_as_much_farther_from_the_mean_style(self):
        mapping = seeded(StyleGenerator(width=2)).mapping.train()
        latents = noise(4, 128)
        for _ in range(3):
            mapping(latents, None)
        mapping.eval()
        near, far = (mapping(factor * latents, None) - mapping.mean for factor in (0.5, 1.0))
        assert mapping.mean.any()
        assert torch.allclose(near, 0.5 * far, atol=1e-5)

    def test_a_truncated_latent_is_drawn_to_the_mean_of_its_class(self):
        mapping = seeded(StyleGenerator(width=2), IN_CLASSES).mapping.train()
        mapping(noise(4, 128), torch.tensor([1, 1, 1, 1]))
        assert not mapping.mean[0].any()
        mapping.eval()
        styles = mapping(1e-4 * noise(2, 128), torch.tensor([0, 1]))
        assert torch.allclose(styles, mapping.mean, atol=1e-3)

    def test_convolving_as_it_does_is_the_papers_with_weights_of_each_sample(self):
        layer = seeded(StyleGenerator(width=2)).layers[2].eval()
        maps, style = noise(3, layer.weight.shape[1], 6, 6), noise(3, 128)
        weights = layer.weight[None] * layer.style(style)[:, None, :, None, None]
        weights = weights / (weights.square().sum((2, 3, 4), keepdim=True) + 1e-8).sqrt()
        with torch.no_grad():
            layer.noise.zero_()
        expected = [
            torch.nn.functional.conv2d(one[None], weight, padding=1) for one, weight in zip(maps, weights, strict=True)
        ]
        paper = 2**0.5 * torch.nn.functional.leaky_relu(torch.cat(expected), 0.2)
        layer.noise.resize_(1, 1, 6, 6).zero_()
        assert torch.allclose(layer(maps, style), paper, atol=1e-5)

    def test_a_layer_takes_the_style_that_it_is_given(self):
        network = seeded(StyleGenerator(width=2)).eval()
        first, second = network.styles(noise(2, 128), None)
        for layer in range(len(first)):
            mixed = first.clone()
            mixed[layer] = second[layer]
            assert not torch.equal(network.draw(mixed[None]), network.draw(first[None]))

    def test_without_noise_training_and_evaluation_draw_the_same(self):
        network, latents = seeded(StyleGenerator(width=2, mixing=0, noise=False)), noise(1, 128)
        assert not any("noise" in name or "strength" in name for name in network.state_dict())
        styles = network.styles(latents, None)
        assert torch.equal(network.train().draw(styles), network.eval().draw(styles))

    def test_noise_changes_in_training_and_stays_in_evaluation(self):
        network = seeded(StyleGenerator(width=2, mixing=0))
        with torch.no_grad():
            for layer in network.layers:
                layer.strength.fill_(1.0)
        latents = noise(1, 128)
        assert not torch.equal(network.train()(latents), network(latents))
        assert torch.equal(network.eval()(latents), network(latents))

    def test_mixing_in_training_changes_the_share_of_samples_that_is_asked_for(self):
        latents = noise(400, 128)
        network = seeded(StyleGenerator(width=1, mixing=0.25), Spec("image", (1, 4, 4))).train()
        alone = network.styles(latents, None)
        torch.manual_seed(0)
        mixed = network._mixed(alone, None)
        changed = (mixed != alone).flatten(1).any(1)
        assert 0.15 < changed.float().mean() < 0.35
        assert torch.equal(mixed[:, 0], alone[:, 0])

    def test_the_mapping_learns_a_hundredth_as_fast(self):
        network = seeded(StyleGenerator(width=2)).train()
        before = copy.deepcopy(network)
        torch.optim.Adam(network.parameters(), lr=1e-3).zero_grad()
        optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
        network(noise(8, 128)).square().mean().backward()
        optimiser.step()

        def moved(part):
            now, then = part(network), part(before)
            return ((now.weight - then.weight).abs().max() * now.scale).item()

        mapping, other = moved(lambda net: net.mapping.layers[0]), moved(lambda net: net.layers[0].style)
        assert mapping == pytest.approx(0.01 * other, rel=0.05)


class TestDiscriminator:
    def test_reals_and_fakes_of_one_batch_do_not_mix(self):
        for count in (2, 4, 6, 8):
            deviation = BatchDeviation().train()
            real, fake, other = noise(count, 1, 2, 2), -noise(count, 1, 2, 2), torch.zeros(count, 1, 2, 2)
            judged, same = (deviation(torch.cat([real, them]))[:count] for them in (fake, other))
            assert torch.equal(judged, same)

    def test_works_that_are_all_alike_are_judged_otherwise(self):
        samples = noise(8, 3, 16, 16)
        network = seeded(ResidualDiscriminator(width=2)).train()
        alike, apart = (network(batch)[0] for batch in (samples[:1].repeat(8, 1, 1, 1), samples))
        assert not torch.allclose(alike, apart, atol=1e-6)

    def test_a_sample_is_judged_by_its_class(self):
        network = seeded(ResidualDiscriminator(width=2), IN_CLASSES).eval()
        sample = noise(1, 3, 16, 16).repeat(2, 1, 1, 1)
        first, second = network(sample, torch.tensor([0, 1]))
        assert first != second


class TestR3:
    @pytest.mark.parametrize("blocks", [1, 3])
    def test_blocks_add_nothing_at_first_and_numbers_keep_their_size(self, blocks):
        network = seeded(R3Generator(width=4, blocks=blocks), Spec("image", (3, 32, 32)))
        x = network.basis * network.project(noise(16, 128))[:, :, None, None]
        size = x.std()
        assert torch.equal(network.stages[0](x), x)
        assert 0.3 < torch.atanh(network(noise(16, 128)).clamp(-0.9999, 0.9999)).std() / size < 3

    def test_weights_inside_start_the_smaller_the_more_blocks_there_are(self):
        one, many = (
            seeded(R3Discriminator(width=8, blocks=blocks)).stages[2][0].layers[0].weight.std().item()
            for blocks in (1, 16)
        )
        assert many / one == pytest.approx(16**-0.25, rel=0.05)

    def test_a_sample_is_judged_by_its_class(self):
        network = seeded(R3Discriminator(width=4), IN_CLASSES)
        first, second = network(noise(1, 3, 16, 16).repeat(2, 1, 1, 1), torch.tensor([0, 1]))
        assert first != second


def artgan(folder, *arguments, start=("-m", "artgan")):
    command = [sys.executable, *start, *arguments]
    environment = {**os.environ, "ARTGAN_LOAD_PLUGINS": "artgan-style", "ARTGAN_LIVE": "0", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_what_two_processes_began_one_brings_to_the_same_bits_as_one_alone(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 4), dtype=np.uint8)
    np.savez(tmp_path / "twelve.npz", images=pictures, labels=np.arange(12) % 2)
    game = ["--loss=relativistic", "--penalty=r1:interval=2", "--penalty=r2", "--augmentation=ada"]
    cut = ["--batch=8", "--set=training.shards=2", "--set=training.decay=0", "--threads=1", "--quiet"]
    small = ["--generator=style:width=2", "--discriminator=residual:width=2"]
    run = ["run", "twelve.npz", "--preset=style", *small, *game, *cut]
    artgan(tmp_path, *run, "--steps=4", "--name=whole")
    two = ("-m", "torch.distributed.run", "--nproc-per-node=2", "-m", "artgan")
    artgan(tmp_path, *run, "--steps=2", "--name=parts", start=two)
    artgan(tmp_path, "run", "--resume=runs/parts", "--steps=4", "--quiet")

    newest = [max((tmp_path / "runs" / name / "checkpoints").glob("*/*.safetensors")) for name in ("whole", "parts")]
    whole, parts = (path.read_bytes() for path in newest)
    assert whole == parts
