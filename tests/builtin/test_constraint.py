"""A generator of texts writes nothing that it is held not to."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from artgan.builtin.constraint import BeginsWith
from artgan.builtin.generator import RnnGenerator
from artgan.errors import ArtganError
from artgan.interfaces import Spec, TokenMask

TOKENS = ("", *"abcde ")
SPEC = Spec("text", (8, len(TOKENS)), (), len(TOKENS), TOKENS, {"tokeniser": "char"})
FIXED = Spec("text", (8, 6), (), 6, TOKENS[1:], {"tokeniser": "char"})


class After(TokenMask):
    """Allows by what was written last, and sees whole texts.

    Args:
        table: what may follow nothing, then each token: rows of bool.
    """

    def __init__(self, table):
        self.table, self.whole = table, []

    def allowed(self, written, room):
        assert room == 8 - len(written)
        return self.table[written[-1] + 1 if written else 0]

    def check(self, written):
        self.whole.append(tuple(written))


def network_of(spec, **options):
    torch.manual_seed(0)
    return RnnGenerator(latent=4, width=8, embedding=4, **options).build(spec).eval()


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.booleans(), min_size=6, max_size=6).filter(any), min_size=7, max_size=7),
    st.sampled_from([SPEC, FIXED]),
    st.sampled_from([{}, {"temperature": 0.0}, {"top_k": 2}]),
)
def test_each_token_is_one_that_all_masks_allow_and_whole_texts_are_looked_at(rows, spec, options):
    table = np.array([[True] * (spec.vocabulary - 6) + row for row in [*rows, rows[0]]])
    masks, network = [After(table), After(table)], network_of(spec, **options)
    network.constrain(masks[:1])
    network.constrain(masks[1:])
    drawn = network.draw(torch.randn(5, 4)).tolist()
    texts = [tuple(row[: row.index(0)] if spec.ends and 0 in row else row) for row in drawn]
    for text in texts:
        assert all(
            table[before][token] for before, token in zip([0, *(1 + token for token in text)], text, strict=False)
        )
    assert all(sorted(mask.whole) == sorted(texts) for mask in masks)


def test_where_nothing_is_left_to_write_it_is_said_in_one_line():
    network = network_of(SPEC)
    network.constrain([BeginsWith(words="ab").build(SPEC), BeginsWith(words="ba").build(SPEC)])
    with pytest.raises(ArtganError, match=r"^nothing can be written that is all that is asked for: ask for less$"):
        network(torch.zeros(2, 4), None)


def test_words_to_begin_with_are_the_same_as_a_constraint_and_as_an_option():
    asked, own = network_of(SPEC), network_of(SPEC, prompt="dad")
    asked.constrain([BeginsWith(words="dad").build(SPEC)])
    latents, noise = torch.randn(20, 4), torch.rand(20, 8)
    assert torch.equal(asked.draw(latents, noise), own.draw(latents, noise))
    assert {tuple(row[:3]) for row in own.draw(latents, noise).tolist()} == {(4, 1, 4)}


def test_while_training_nothing_is_left_out():
    held, free = network_of(SPEC).train(), network_of(SPEC).train()
    held.constrain([BeginsWith(words="dad").build(SPEC)])
    latents, noise = torch.randn(20, 4), torch.rand(20, 8)
    assert torch.equal(held.draw(latents, noise), free.draw(latents, noise))
