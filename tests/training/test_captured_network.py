"""Networks that are called by what was recorded of them play the same game, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from support.captured import replayed
from support.games import GAMES, both, differing
from support.stepped import Stepped, SteppedNetwork
from torch import nn

from artgan.training.captured_network import CapturedNetwork


class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout())

    def forward(self, samples, labels):
        return self.layer(samples)


class Labelled(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.classes = nn.Linear(3, 3), nn.Embedding(2, 3)

    def forward(self, samples, labels):
        return self.layer(samples) + self.classes(labels)


@pytest.mark.parametrize("tables", GAMES.values(), ids=GAMES)
def test_a_game_by_captured_networks_comes_to_the_same_bits(small, trainer, tables):
    calls = []

    def counted(network, given):
        played = replayed(network, given)

        def call(*inputs):
            calls.append(inputs)
            return played(*inputs)

        return call

    plain, captured = both(small(**tables), trainer, counted)
    for _ in range(4):
        plain.step()
        captured.step()
    assert differing(plain, captured) == []
    assert plain.read_scalars() == captured.read_scalars()
    assert len(calls) >= 4 * 2, "the generator, and the discriminator where no penalty is due"


def test_recording_leaves_a_network_and_what_is_drawn_as_they_were():
    network = Noisy()
    buffers, drawn = [buffer.clone() for buffer in network.buffers()], torch.get_rng_state()

    def capture(module, given):
        replayed(module, given)
        return lambda *inputs: inputs[0]

    CapturedNetwork(network, capture)(torch.ones(4, 3), None)
    assert all(torch.equal(now, then) for now, then in zip(network.buffers(), buffers, strict=True))
    assert torch.equal(torch.get_rng_state(), drawn)


def test_each_shape_and_what_learns_is_recorded_once_and_labels_are_passed_on():
    network, kinds = Labelled(), list[tuple[torch.Size, int]]()

    def capture(module, given):
        kinds.append((given[0].shape, sum(parameter.requires_grad for parameter in module.parameters())))
        return replayed(module, given)

    captured, labels = CapturedNetwork(network, capture), torch.tensor([1, 0])
    for _ in range(2):
        for rows in (2, 4):
            samples = torch.randn(rows, 3)
            assert torch.equal(captured(samples, labels.repeat(rows // 2)), network(samples, labels.repeat(rows // 2)))
        network.requires_grad_(False)
        captured(torch.randn(2, 3, requires_grad=True), labels).sum().backward()
        network.requires_grad_(True)
    assert kinds == [((2, 3), 3), ((4, 3), 3), ((2, 3), 0)]


def test_a_discriminator_that_is_another_in_each_step_is_recorded_in_each_of_its_ways(small, trainer):
    recorded = []

    def capture(module, given):
        if isinstance(module.network, SteppedNetwork):
            recorded.append((module.network.told[-1] % 2, len(given[0])))
        return replayed(module, given)

    plain, captured = both(replace(small(), discriminator=Stepped()), trainer, capture)
    for _ in range(4):
        plain.step()
        captured.step()
    reals_and_fakes, fakes = 2 * captured.recipe.training.batch, captured.recipe.training.batch
    assert recorded == [(way, rows) for way in (0, 1) for rows in (reals_and_fakes, fakes)]
    assert differing(plain, captured) == []
