"""The directions that are found are those along which pictures change most."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import nn

from artgan.artworks.leading_directions import find_directions
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
        latents = [model.origin(seed).latent(8) for seed in range(100, 104)]
        ends = [[model.render_latent(z + by * vector, seed=0).astype(float) for by in (-1, 1)] for z in latents]
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
