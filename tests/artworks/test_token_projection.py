"""From a text or tune back to a latent, by its likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from artgan.artworks.model import Model
from artgan.artworks.provenance import Provenance
from artgan.artworks.token_projection import edits, project_tokens
from artgan.builtin.modality.text import TextModality
from artgan.errors import ArtganError
from artgan.interfaces import Generator, Spec

TOKENS = ("", *"abcde")
LENGTH = 6
SPEC = Spec("text", (LENGTH, len(TOKENS)), (), len(TOKENS), TOKENS, {"tokeniser": "char"})


class Table(nn.Module):
    """Draws each letter from logits that are the latent itself."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(3.0))

    def forward(self, latents, labels):
        chances = self.log_distribution(None, latents, labels).exp()
        drawn = torch.multinomial(chances.flatten(0, 1), 1).view(len(latents), LENGTH)
        return nn.functional.one_hot(drawn, len(TOKENS)).to(latents.dtype)

    def log_distribution(self, tokens, latents, labels):
        return (self.scale * latents.view(-1, LENGTH, len(TOKENS))).log_softmax(2)


@dataclass(frozen=True)
class TableGenerator(Generator):
    """Says what it likes."""

    name = "table"
    modalities = frozenset({"text"})
    provides = frozenset({"log-probabilities"})
    latent: int = LENGTH * len(TOKENS)

    def build(self, spec):
        return Table()


def model_of(network):
    return Model.from_state(
        network.state_dict(),
        recipe='[generator]\nname = "table"\n',
        generator=TableGenerator(),
        modality=TextModality().with_spec(SPEC),
        spec=SPEC,
        step=1,
        provenance=Provenance("a", "b", "c", "d", "e", {}, 1, 1),
    )


@pytest.fixture
def model():
    return model_of(Table())


def numbers(text):
    return np.array([TOKENS.index(letter) for letter in text] + [0] * (LENGTH - len(text)), np.int32)


@pytest.mark.parametrize(
    ("made", "wanted", "share"),
    [("abc", "abc", 0), ("", "abc", 1), ("abcd", "abc", 1 / 3), ("bc", "abc", 1 / 3), ("xbc", "abc", 1 / 3)],
)
def test_edits_put_in_take_out_and_replace(made, wanted, share):
    found = edits([numbers(made.replace("x", "e"))], numbers(wanted), ends=True)
    assert found == pytest.approx([share])


def test_edits_of_what_has_one_length_count_token_0_as_any_other():
    assert edits([np.array([0, 1, 0, 2])], np.array([0, 1, 2, 2]), ends=False) == pytest.approx([0.25])


def test_a_text_that_a_latent_can_write_is_found_to_the_letter(model):
    target = numbers("decab")
    found = project_tokens(model, target, steps=100, starts=2)
    assert found.distance == 0
    assert found.likelihood.found < 0.2
    assert found.likelihood.usual > 2
    assert found.distance < found.nearest_distance < found.usual_distance
    assert np.array_equal(model.render_latent(found.latent, seed=found.seed), target)
    assert np.linalg.norm(found.latent) < 2 * np.sqrt(len(found.latent))


def test_what_is_drawn_at_random_is_part_of_what_is_found(model):
    found = project_tokens(model, numbers("a"), steps=1, starts=1, seed=40)
    assert 40 <= found.seed < 40 + 64
    assert np.array_equal(model.render_latent(found.latent, seed=found.seed), found.sample)


def test_the_same_seed_finds_the_same(model):
    one, same, other = (project_tokens(model, numbers("bad"), steps=3, starts=1, seed=seed) for seed in (5, 5, 700))
    assert (one.seed, one.latent.tolist()) == (same.seed, same.latent.tolist())
    assert one.latent.tolist() != other.latent.tolist()


def test_numbers_that_are_not_finite_are_told(model):
    broken = Table()
    with torch.no_grad():
        broken.scale.fill_(torch.inf)
    with pytest.raises(ArtganError, match="not finite"):
        project_tokens(model_of(broken), numbers("bad"), steps=1)
