"""The directions that are found are those along which pictures change most."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from artgan.artworks.latents import latents
from artgan.artworks.leading_directions import find_directions, measure_directions
from artgan.artworks.model import Model
from artgan.errors import ArtganError, UsageError
from artgan.interfaces import Generator


class LinearNetwork(nn.Module):
    """Pictures that are linear in the latent, with noise where it is wanted."""

    def __init__(self, shape, latent, noise):
        super().__init__()
        self.shape, self.noise = shape, noise
        self.weight = nn.Parameter(torch.zeros(latent, int(np.prod(shape))))

    def forward(self, latents, labels=None):
        made = latents @ self.weight
        return (made + self.noise * torch.randn_like(made)).view(-1, *self.shape)


@dataclass(frozen=True)
class Linear(Generator):
    """A generator whose directions are known: the singular vectors of its weights."""

    name = "linear"
    representation = "pixels"
    noise: float = 0.0

    def build(self, spec):
        return LinearNetwork(spec.shape, self.latent, self.noise)


@pytest.fixture
def linear(model):
    def make(weight, noise=0.0):
        return replace(model, generator=Linear(latent=8, noise=noise), weights={"weight": weight})

    return make


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_are_the_leading_singular_vectors_of_a_linear_generator(linear, noise):
    weight = torch.randn(8, 64, generator=torch.Generator().manual_seed(0))
    vectors, values, _ = np.linalg.svd(weight.numpy())
    found = find_directions(linear(weight, noise), count=3)
    for number, direction in enumerate(found):
        assert abs(np.dot(direction.vector, vectors[:, number])) == pytest.approx(1, abs=1e-5)
        assert direction.change == pytest.approx(values[number] / np.sqrt(np.square(values).mean()), abs=0.01)


def test_are_the_same_each_time_orthogonal_and_ordered(model):
    found = find_directions(model, count=8)
    assert found == find_directions(model, count=8)
    assert found[:2] == find_directions(model, count=2)
    vectors = np.array([direction.vector for direction in found])
    assert np.allclose(vectors @ vectors.T, np.eye(8), atol=1e-4)
    assert [direction.change for direction in found] == sorted((found.change for found in found), reverse=True)
    assert all(max(vector, key=abs) > 0 for vector in vectors.tolist())


def test_change_pictures_more_than_random_ones(make_model):
    model = make_model(shape=(3, 16, 16))
    first = np.array(find_directions(model, count=1)[0].vector)
    others = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0]

    def change(vector):
        points = [model.origin(seed).latent(8) for seed in range(100, 104)]
        ends = [[model.render_latent(z + by * vector, seed=0).astype(float) for by in (-1, 1)] for z in points]
        return np.mean([np.square(end - start).mean() for start, end in ends])

    assert change(first) > 1.5 * np.mean([change(vector) for vector in others])


def test_says_how_far_it_is(model):
    told = []
    find_directions(model, count=1, progress=lambda *far: told.append(far))
    assert told[-1] == ("looking for directions", 24, 24)


def test_of_nothing_are_refused(linear, model):
    with pytest.raises(ArtganError, match="the same picture whatever its latent"):
        find_directions(linear(torch.zeros(8, 64)))
    with pytest.raises(ArtganError, match="not finite"):
        find_directions(linear(torch.full((8, 64), torch.nan)))
    with pytest.raises(UsageError, match="a latent of this model has 8 numbers"):
        find_directions(model, count=9)


GALLERY = Path(__file__).parents[2] / "gallery"
LIKE_RANDOM = 3.0
"""How many times as much as along a random direction a measure must change along one that means something."""


def measured(pictures):
    """Return simple measures of pictures (N, C, H, W) in [-1, 1]: ink, slant, width, of colours warmth and green."""
    grey = pictures.mean(1)
    ink = (grey - grey.flatten(1).median(1).values[:, None, None]).abs()
    down, across = torch.meshgrid(*(torch.arange(float(size)) for size in ink.shape[1:]), indexing="ij")
    whole = ink.sum((1, 2)) + 1e-6
    below, right = (axis - ((ink * axis).sum((1, 2)) / whole)[:, None, None] for axis in (down, across))
    tall, wide, slanted = ((ink * moment).sum((1, 2)) for moment in (below**2, right**2, below * right))
    measures = {"ink": ink.mean((1, 2)), "slant": slanted / tall, "width": (wide / tall).log()}
    if pictures.shape[1] == 3:
        red, green, blue = pictures.mean((2, 3)).T
        measures |= {"warmth": red - blue, "green": green - (red + blue) / 2}
    return measures


@pytest.mark.slow
@pytest.mark.parametrize(("run", "seen"), [("calligraphy", ("width", "slant")), ("tiles", ("warmth", "green"))])
def test_of_the_committed_runs_mean_something(run, seen, registry):
    """Two directions change what a simple measure sees at least three times as much as random ones of the same length.

    Measured: of calligraphy the first changes width 8.6 and ink 4.5 times as much, the second slant 5.1 times; of tiles
    the first ink 11, the second warmth 9.4, the third slant 8.0, the fifth green 9.9 times.
    """
    model = Model.load(GALLERY / run / "model.safetensors", registry)
    network = copy.deepcopy(model.network).float()
    starts = torch.stack([torch.from_numpy(latents(seed, 128)) for seed in range(10_000, 10_064)])

    def slopes(vector):
        with torch.inference_mode():
            above, below = (measured(network(starts + by * vector, None)) for by in (2, -2))
        return {name: float((above[name] - below[name]).mean()) for name in above}

    random = torch.nn.functional.normalize(torch.randn(40, 128, generator=torch.Generator().manual_seed(0)), dim=1)
    usual = [slopes(vector) for vector in random]
    found = [slopes(torch.tensor(direction.vector)) for direction in model.directions]
    best = []
    for name in seen:
        usual_slope = np.sqrt(np.mean([slope[name] ** 2 for slope in usual]))
        ratios = [abs(slope[name]) / usual_slope for slope in found]
        assert max(ratios) >= LIKE_RANDOM, (name, ratios)
        best.append(int(np.argmax(ratios)))
    assert len(set(best)) == len(seen)  # each by a direction of its own


def test_are_measured_in_another_model_as_if_they_had_been_found_there(linear):
    weight = torch.randn(8, 64, generator=torch.Generator().manual_seed(0))
    found = find_directions(linear(weight), count=8)
    assert measure_directions(linear(weight), found) == found
    squares = [direction.change**2 for direction in measure_directions(linear(torch.flip(weight, [0])), found)]
    assert np.mean(squares) == pytest.approx(1, abs=0.01)  # all directions of a space change as random ones do
    assert squares != [direction.change**2 for direction in found]
