"""What is measured of sequences of tokens, beside the same of real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from artgan.artworks.model import Model
from artgan.artworks.provenance import Provenance
from artgan.builtin.dataset.texts import Names
from artgan.builtin.generator import RnnGenerator
from artgan.builtin.metric.likelihood import LATENTS, negative_log_likelihood
from artgan.builtin.modality.text import TextModality
from artgan.evaluation.selection import chosen_metrics, offered_metrics
from artgan.evaluation.tokens import Probabilities, TokenSession
from artgan.interfaces import Data, Generator, Spec


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


class HeadlessNetwork(torch.nn.Module):
    """Tells probabilities, and no product that its logits are."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def log_distribution(self, tokens, latents, labels):
        return self.network.log_distribution(tokens, latents, labels)


@dataclass(frozen=True)
class Headless(RnnGenerator):
    """Builds such a network."""

    provides = RnnGenerator.provides - {"next-token-head"}

    def build(self, spec):
        return HeadlessNetwork(super().build(spec))


def probabilities(generator: Generator, ends: bool) -> Probabilities:
    spec = Spec("text", (40, 9), (), 9, ("", *"abcdefgh") if ends else tuple("abcdefghi"), {"tokeniser": "char"})
    torch.manual_seed(0)
    model = Model.from_state(
        generator.build(spec).state_dict(),
        recipe="",
        generator=generator,
        modality=TextModality().with_spec(spec),
        spec=spec,
        step=1,
        provenance=Provenance("a", "b", "c", "d", "e", {}, 1, 1),
    )
    return Probabilities(model)


@pytest.mark.parametrize("generator", [RnnGenerator, Headless])
@pytest.mark.parametrize("ends", [True, False])
def test_a_sequence_is_as_likely_as_its_tokens_are_up_to_its_end(generator, ends):
    known = probabilities(generator(latent=4, width=8, embedding=4), ends)
    tokens, latents = torch.randint(0, 9, (30, 40)), torch.randn(30, 4, dtype=torch.float64)
    tokens[0] = 5
    each = known.log_distribution(tokens, latents)
    expected = [
        sum(float(each[row, place, token]) for place, token in enumerate(text[: stop_of(text, ends)]))
        for row, text in enumerate(tokens.tolist())
    ]
    assert known.log_likelihood(tokens, latents).tolist() == pytest.approx(expected, rel=1e-5)


def stop_of(text: list[int], ends: bool) -> int:
    return text.index(0) + 1 if ends and 0 in text else len(text)


def test_some_of_many_long_sequences_tell_what_all_do_within_the_margin():
    class Certain:
        """Says of each token that its chance is its number in tenths, whatever the latent."""

        latent = 2

        def log_distribution(self, tokens, latents):
            raise NotImplementedError

        def log_likelihood(self, tokens, latents):
            return (tokens / 10).log().sum(1)

    spec, tokens = Spec("text", (80, 9), (), 9), torch.randint(1, 9, (4000, 80), generator=torch.manual_seed(0))
    found = negative_log_likelihood(Certain(), tokens, spec)
    whole = -float((tokens / 10).log().mean())
    assert 0 < abs(found.value - whole) < 2 * found.margin < 0.02
    assert negative_log_likelihood(Certain(), tokens[:500], spec).value == pytest.approx(
        -float((tokens[:500] / 10).log().mean())
    ), f"few are all looked at, and {LATENTS} latents that change nothing count as one"
