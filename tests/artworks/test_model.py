"""A model is one file from which the same works come, whatever happens around it."""

import json
import struct
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import nn

from artgan.artworks import model_file
from artgan.artworks.latents import latents
from artgan.artworks.model import Model
from artgan.artworks.provenance import Provenance
from artgan.builtin.modality.image import ImageModality
from artgan.errors import ArtganError
from artgan.interfaces import Generator, Spec, option
from artgan.plugins.registry import Registry, Source

SPEC = Spec("image", (1, 4, 6))
RECIPE = '[generator]\nname = "tiny"\nlatent = 5\nnoise = 0.0\n'
PROVENANCE = Provenance("a-run", "Some data", "CC0", "somewhere", "f" * 64, {"artgan": "0.1.0"}, 1.5, 2.5)


class TinyNetwork(nn.Module):
    def __init__(self, shape, latent, noise):
        super().__init__()
        self.shape, self.noise = shape, noise
        self.norm = nn.BatchNorm1d(latent)
        self.linear = nn.Linear(latent, int(np.prod(shape)))

    def forward(self, latents, labels=None):
        self.last = latents
        x = self.linear(self.norm(latents))
        if labels is not None:
            x = x + labels[:, None]
        return (x + self.noise * torch.randn_like(x)).tanh().view(-1, *self.shape)


@dataclass(frozen=True)
class Tiny(Generator):
    """A linear layer."""

    name = "tiny"
    noise: float = option(0.0, "noise in the network", min=0)

    def build(self, spec):
        return TinyNetwork(spec.shape, self.latent, self.noise)


def offering(*components):
    """Return a registry of these components alone."""
    registry = Registry()
    for component in components:
        registry.add(component, Source("mine", "mine", "1"))
    return registry


def make_model(generator=Tiny(latent=5), recipe=RECIPE, scale=1.0):
    torch.manual_seed(0)
    network = generator.build(SPEC)
    state = {
        name: tensor * scale if tensor.is_floating_point() else tensor for name, tensor in network.state_dict().items()
    }
    return Model.from_state(
        state, recipe=recipe, generator=generator, modality=ImageModality(), spec=SPEC, step=7, provenance=PROVENANCE
    )


@pytest.fixture
def model():
    return make_model()


@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "model.safetensors"
    model.save(path)
    return path


def with_header(path, change):
    """Rewrite the model file's header, its weights untouched."""
    header, weights = model_file.read(path)
    change(header)
    model_file.write(path, header, weights)


class TestWeights:
    def test_are_rounded_to_float16_but_for_whole_numbers(self, model):
        assert model.weights["linear.weight"].dtype == torch.float16
        assert model.weights["norm.num_batches_tracked"].dtype == torch.int64

    def test_that_float16_cannot_hold_stay_float32(self):
        huge = make_model(scale=1e6)
        assert huge.weights["norm.running_var"].dtype == torch.float32
        assert huge.weights["norm.running_var"].isfinite().all()

    def test_have_a_digest_of_names_types_shapes_and_values(self, model):
        weight = model.weights["linear.weight"]
        others = [
            {**model.weights, "linear.weight": weight + 1},
            {**model.weights, "linear.weight": weight.view(torch.int16)},
            {**model.weights, "linear.weight": weight.view(-1)},
            {**{name: w for name, w in model.weights.items() if name != "linear.weight"}, "renamed": weight},
        ]
        digests = {replace(model, weights=weights).weights_digest for weights in [model.weights, *others]}
        assert len(digests) == 5

    def test_have_a_digest_that_does_not_depend_on_their_order(self, model):
        turned = dict(reversed(model.weights.items()))
        assert replace(model, weights=turned).weights_digest == model.weights_digest


class TestRendering:
    def test_is_the_network_in_float64_on_the_latent_of_the_seed(self, model):
        network = TinyNetwork(SPEC.shape, 5, 0.0).double().eval()
        network.load_state_dict(dict(model.weights))
        z = torch.from_numpy(latents(3, 5)).double()[None] * 0.7
        expected = ((network(z) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        assert np.array_equal(model.render([3], truncation=0.7), expected.detach().numpy())
        assert model.network.last.dtype == torch.float64

    def test_gives_compact_samples_by_seed(self, model):
        samples = model.render([1, 2, 1])
        assert samples.shape == (3, 1, 4, 6)
        assert samples.dtype == np.uint8
        assert np.array_equal(samples[0], samples[2])
        assert not np.array_equal(samples[0], samples[1])

    def test_of_one_seed_does_not_depend_on_the_others(self, model):
        assert np.array_equal(model.render([5, 6])[1], model.render([6])[0])

    def test_neither_reads_nor_moves_the_global_random_state(self):
        noisy = make_model(Tiny(latent=5, noise=1.0))
        torch.manual_seed(1)
        first = noisy.render([4])
        drawn = torch.rand(1)
        torch.manual_seed(1)
        assert torch.equal(drawn, torch.rand(1))
        assert np.array_equal(noisy.render([4]), first)

    def test_draws_what_the_network_draws_from_the_seed(self):
        noisy = make_model(Tiny(latent=5, noise=1.0))
        noisy.weights["linear.weight"].zero_()
        assert not np.array_equal(noisy.render([4]), noisy.render([5]))

    def test_hands_the_label_on(self, model):
        assert not np.array_equal(model.render([1]), model.render([1], label=2))

    def test_of_a_diverged_model_is_an_error(self):
        with pytest.raises(ArtganError, match="diverged"):
            make_model(scale=float("nan")).render([0])


class TestFile:
    def test_brings_everything_back(self, model, saved):
        back = Model.load(saved, offering(Tiny, ImageModality))
        assert (back.recipe, back.generator, back.modality) == (model.recipe, model.generator, model.modality)
        assert (back.spec, back.step, back.provenance) == (model.spec, model.step, model.provenance)
        assert (back.weights_digest, back.recipe_digest) == (model.weights_digest, model.recipe_digest)
        assert np.array_equal(back.render(range(4)), model.render(range(4)))

    def test_is_the_same_bytes_each_time(self, model, saved, tmp_path):
        model.save(tmp_path / "again.safetensors")
        assert (tmp_path / "again.safetensors").read_bytes() == saved.read_bytes()

    def test_leaves_nothing_else_behind(self, saved):
        assert [path.name for path in saved.parent.iterdir()] == ["model.safetensors"]

    def test_that_is_missing_is_said_in_one_line(self, tmp_path):
        with pytest.raises(ArtganError, match="does not exist"):
            Model.load(tmp_path / "none.safetensors", offering(Tiny, ImageModality))

    @pytest.mark.parametrize("size", [0, 4, 100, -1])
    def test_that_is_cut_off_is_an_error(self, saved, size):
        saved.write_bytes(saved.read_bytes()[:size])
        with pytest.raises(ArtganError, match="damaged"):
            Model.load(saved, offering(Tiny, ImageModality))

    def test_that_claims_a_huge_header_is_an_error(self, saved):
        saved.write_bytes(struct.pack("<Q", 2**60) + saved.read_bytes()[8:])
        with pytest.raises(ArtganError, match="damaged"):
            Model.load(saved, offering(Tiny, ImageModality))

    def test_with_one_wrong_bit_in_its_weights_is_an_error(self, saved):
        content = bytearray(saved.read_bytes())
        content[-1] ^= 1
        saved.write_bytes(content)
        with pytest.raises(ArtganError, match="not those that were written"):
            Model.load(saved, offering(Tiny, ImageModality))

    def test_of_another_format_is_an_error(self, saved, monkeypatch):
        monkeypatch.setattr(model_file, "FORMAT", 2)
        with pytest.raises(ArtganError, match="format 1; this artgan reads format 2"):
            Model.load(saved, offering(Tiny, ImageModality))

    def test_that_needs_an_unknown_generator_names_it(self, saved):
        with_header(saved, lambda header: header.update(recipe='[generator]\nname = "stranger"'))
        with pytest.raises(ArtganError, match="cannot be used here: no generator is called 'stranger'") as caught:
            Model.load(saved, offering(Tiny, ImageModality))
        assert caught.value.exit_code == 1

    def test_whose_weights_do_not_fit_its_generator_is_an_error(self, saved):
        with_header(saved, lambda header: header.update(recipe=RECIPE.replace("5", "60000")))
        with pytest.raises(ArtganError, match="not those of its generator tiny"):
            Model.load(saved, offering(Tiny, ImageModality))

    def test_that_promises_huge_samples_is_an_error(self, saved):
        with_header(saved, lambda header: header["spec"].update(shape=[1, 10**6, 10**6]))
        with pytest.raises(ArtganError, match=r"its samples are of shape \(1, 1000000, 1000000\)"):
            Model.load(saved, offering(Tiny, ImageModality))

    @pytest.mark.parametrize(
        "change",
        [
            {"spec": {"modality": "image", "shape": [0, 4, 6], "classes": [], "vocabulary": 0}},
            {"spec": {"modality": "image", "shape": [], "classes": [], "vocabulary": 0}},
            {"spec": None},
            {"recipe": 5},
            {"recipe": "not = toml = at all"},
            {"recipe": "generator = 3"},
            {"recipe": "[generator]\nlatent = 5"},
            {"step": "many"},
            {"step": 1e400},
            {"provenance": {}},
            {"provenance": []},
            {"weights_digest": "00"},
        ],
    )
    def test_with_nonsense_in_its_header_is_an_error_in_one_line(self, saved, change):
        header, weights = model_file.read(saved)
        text = json.dumps({"format": 1, **header, **change})
        from safetensors.torch import save_file

        save_file(weights, saved, metadata={"artgan": text})
        with pytest.raises(ArtganError, match="damaged") as caught:
            Model.load(saved, offering(Tiny, ImageModality))
        assert "\n" not in str(caught.value)
