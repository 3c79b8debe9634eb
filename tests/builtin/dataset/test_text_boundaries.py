"""Texts that are too long are cut where a reader would, and split without a word lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.dataset.text_boundaries import beginning, parts
from artgan.builtin.subwords import Subwords
from artgan.builtin.tokeniser import Tokeniser

characters, words = Tokeniser.named("char"), Tokeniser.named("word")
subwords = Subwords.learn(["the king said, fear not. the sea rose, and the men wept."] * 3, 300)


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("He came. She saw it all", 14, "He came."),
        ("He came, she saw it all", 14, "He came,"),
        ("He came and she saw it", 14, "He came and"),
        ("He came (or so he says) late", 10, "He came"),
        ("“Go!” he said to them all", 9, "“Go!”"),
        ("Donaudampfschiffahrt", 9, "Donaudamp"),
        ("床前明月光\uff0c疑是地上霜。舉頭望明月", 14, "床前明月光\uff0c疑是地上霜。"),
        ("A. Then comes what is far too long", 20, "A. Then comes what"),
    ],
)
def test_a_beginning_ends_with_a_sentence_or_a_clause_or_a_word(text, most, kept):
    cut = characters.split(text)
    assert characters.join(cut[: beginning(cut, most, characters)]) == kept


def test_a_beginning_of_verse_has_whole_lines():
    verse = Tokeniser.named("line-of-5")
    assert beginning(verse.split("白日依山盡\n黃河入海流\n欲窮千里目"), 12, verse) == 10


@given(st.text(min_size=4), st.integers(1, 60))
def test_a_beginning_never_ends_within_a_character(text, most):
    cut = subwords.split(text)
    if len(cut) > most:
        end = beginning(cut, most, Tokeniser.named("subword"))
        kept = Tokeniser.named("subword").join(cut[:end])
        assert 1 <= end <= most
        assert text.startswith(kept) or most < 4  # a character of four bytes may not fit


@pytest.mark.parametrize("tokeniser", [characters, Tokeniser.named("subword")], ids=["char", "subword"])
@given(st.text(alphabet="ab .,!?é漢。\n", max_size=200), st.integers(4, 40))
def test_parts_hold_all_but_the_space_between_them(tokeniser, text, most):
    split = subwords.split if tokeniser.name == "subword" else tokeniser.split
    found = [tokeniser.join(part) for part in parts(text, split, most, tokeniser)]
    assert all(len(split(part)) <= most for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_parts_are_sentences_where_these_are_short_enough():
    text = "He came. “Did you?” she said. No! And so it went on and on"
    found = [characters.join(part) for part in parts(text, characters.split, 20, characters)]
    assert found == ["He came.", "“Did you?”", "she said.", "No!", "And so it went on", "and on"]
