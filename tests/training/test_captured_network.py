"""Networks that are called by what was recorded of them play the same game, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from support.captured import replayed
from support.stepped import Stepped
from torch import nn

from artgan.training.captured_network import CapturedNetwork, cuda_graphs
from artgan.training.trainer import Trainer

GAMES = {
    "batch norm in both": {"discriminator": {"norm": "batch"}},
    "spectral norm": {"discriminator": {"norm": "spectral"}},
    "a lazy penalty": {"penalty": [{"name": "r1", "interval": 2}]},
    "a loss of pairs": {"loss": {"name": "relativistic"}},
    "an augmentation that adapts": {"augmentation": [{"name": "ada", "initial": 0.5}]},
    "several updates": {"discriminator_optimiser": {"updates": 2}, "generator_optimiser": {"updates": 2}},
    "shards": {"training": {"batch": 16, "shards": 2}, "augmentation": [{"name": "ada", "initial": 0.5}]},
    "bfloat16": {"training": {"batch": 16, "precision": "bfloat16"}},
}


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


def both(recipe, trainer, capture, device="cpu"):
    """Return the same game twice: as networks are written, and captured."""
    made = trainer(recipe)
    place = torch.device(device)
    return [
        Trainer(recipe=recipe, data=made.data, modality=made.modality, device=place, capture=by)
        for by in (None, capture)
    ]


def differing(plain, captured):
    theirs = captured.state()
    return [name for name, tensor in plain.state().items() if not torch.equal(tensor, theirs[name])]


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


def test_a_discriminator_that_is_another_in_each_step_is_not_recorded(small, trainer):
    recorded = []

    def capture(module, given):
        recorded.append(module.network)
        return replayed(module, given)

    plain, captured = both(replace(small(), discriminator=Stepped()), trainer, capture)
    for _ in range(4):
        plain.step()
        captured.step()
    assert recorded == [captured.generator]
    assert differing(plain, captured) == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU")
@pytest.mark.parametrize("tables", GAMES.values(), ids=GAMES)
def test_a_game_by_cuda_graphs_comes_to_the_same_bits_and_never_waits_for_the_gpu(small, trainer, tables):
    plain, captured = both(small(**tables), trainer, cuda_graphs, "cuda")
    for _ in range(4):
        plain.step()
        captured.step()
    torch.cuda.set_sync_debug_mode("error")
    try:
        captured.step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    plain.step()
    assert differing(plain, captured) == []
