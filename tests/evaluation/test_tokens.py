"""What is measured of sequences of tokens, beside the same of real ones."""

from __future__ import annotations

import numpy as np
import pytest

from artgan.builtin.dataset.texts import Names
from artgan.evaluation.selection import chosen_metrics, offered_metrics
from artgan.evaluation.tokens import TokenSession
from artgan.interfaces import Data, Spec


def test_texts_like_the_real_ones_get_the_numbers_of_the_real_ones(registry):
    texts = np.random.default_rng(0).integers(0, 30, (200, 8)).astype(np.uint8)
    spec = Spec("text", (8, 30))
    data = Data(spec, texts, None, "0" * 64, "digits", "none", "drawn here", held_out=texts[:140])
    offered = offered_metrics(registry, spec, pytest.fail)
    session = TokenSession(
        data,
        dataset=Names(),
        runners=chosen_metrics(["bleu", "distinct", "self-bleu"], offered, noun="text"),
        for_metrics=lambda tokens: tokens,
        progress=lambda *how_far: None,
    )

    def values(row):
        return {name: number.value for name, number in row.numbers.items()}

    real = values(session.real())
    same = values(session.measure("same", data.held_out[::2], 1.0))
    twice = values(session.measure("twice", data.held_out.repeat(2, axis=0), 1.0))
    for size in (2, 3, 4, 5):
        assert same[f"BLEU-{size}"] == pytest.approx(real[f"BLEU-{size}"])
        assert real[f"BLEU-{size}"] < 0.9  # none is among its own references
        assert twice[f"Self-BLEU-{size}"] == pytest.approx(real[f"Self-BLEU-{size}"])
    for size in (1, 2, 3):
        assert twice[f"distinct-{size}"] == pytest.approx(real[f"distinct-{size}"])
