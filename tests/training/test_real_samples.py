"""Real samples come in the order of a seed, whoever reads them and whenever."""

from __future__ import annotations

import pytest
import torch

from artgan.training.real_samples import RealSamples


class Elsewhere:
    """A device to which samples would be fed ahead, so that this can be tried on the CPU."""

    type = "elsewhere"


def samples(trainer, recipe, device):
    game = trainer(recipe)
    return RealSamples(game.data, game.modality, recipe.training, device)


@pytest.fixture
def fed(small, trainer, monkeypatch) -> RealSamples:
    """Samples that are read ahead of their use."""
    monkeypatch.setattr("artgan.training.real_samples.to_device", lambda tensor, device: tensor)
    return samples(trainer, small(), Elsewhere())


def test_what_is_read_ahead_is_what_would_be_read_then(small, trainer, fed):
    read = samples(trainer, small(), torch.device("cpu"))
    for number in (0, 1, 2, 2, 7, 3, 4):
        assert torch.equal(fed.draw(number, 0)[0], read.draw(number, 0)[0])


def test_what_was_read_ahead_is_not_drawn_from_another_order(small, trainer, fed):
    read = samples(trainer, small(), torch.device("cpu"))
    fed.draw(0, 0)
    for each in (fed, read):
        each.shuffle(5)
    assert torch.equal(fed.draw(1, 0)[0], read.draw(1, 0)[0])
