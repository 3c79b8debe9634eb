"""Networks are called by CUDA graphs where these come to the same bits in less time, and nowhere else."""

from __future__ import annotations

import pytest
import torch
from support.captured import replayed

from artgan import UsageError
from artgan.training import graph_trial
from artgan.training.graph_trial import GraphTrial

CPU = torch.device("cpu")


@pytest.fixture
def compare(small, trainer, monkeypatch):
    """Try a way of capturing on a small game, whose steps take so many seconds without it and with it."""

    def by(capture, *, seconds=(2.0, 1.0), must=False, **tables):
        told = iter(seconds)
        monkeypatch.setattr(graph_trial, "seconds_of_step", lambda game: next(told))
        recipe = small(**tables)
        made = trainer(recipe)
        return GraphTrial.compare(recipe, made.data, made.modality, CPU, capture, must=must)

    return by


def slightly_other(network, given):
    played = replayed(network, given)
    return lambda *inputs: played(*inputs) * (1 + 1e-6)


def failing(network, given):
    raise RuntimeError("operation not permitted when stream is capturing\nCUDA kernel errors might be...")


def test_what_is_faster_and_comes_to_the_same_bits_is_taken(compare):
    trial = compare(replayed)
    assert trial.capture is replayed
    assert trial.words == "networks are called by CUDA graphs where that is faster: 1.0 steps/s, 0.5 without"


def test_what_is_no_faster_is_left_unless_it_was_asked_for(compare):
    assert compare(replayed, seconds=(1.0, 1.0)).capture is None
    assert compare(replayed, seconds=(1.0, 2.0), must=True).capture is replayed


def test_what_comes_to_other_bits_is_left(compare):
    trial = compare(slightly_other, must=True)
    assert (trial.capture, trial.words) == (None, "steps by CUDA graphs come to other bits than without")


def test_what_cannot_be_captured_is_left_in_one_line(compare):
    trial = compare(failing)
    assert trial.capture is None
    assert trial.words.startswith("networks cannot be captured as CUDA graphs: operation not permitted")
    assert "\n" not in trial.words


def test_a_penalty_of_every_step_leaves_the_discriminator_as_it_is_written_in_its_own_turn(compare):
    assert compare(replayed, penalty=[{"name": "r1"}]).capture is replayed


def test_on_a_cpu_nothing_is_tried_and_graphs_are_refused(small, trainer):
    for choice in ("auto", "off"):
        made = trainer(recipe := small(training={"compile": choice}))
        assert GraphTrial.of(recipe, made.data, made.modality, CPU) == GraphTrial(None, "")
    with pytest.raises(UsageError, match="'graph' is for pictures on an NVIDIA GPU, and this trains on cpu: leave"):
        GraphTrial.of(small(training={"compile": "graph"}), made.data, made.modality, CPU)
