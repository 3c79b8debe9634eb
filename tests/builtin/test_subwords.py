"""Subwords are learned from text, and cut any other text up so that it comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from artgan.builtin.subwords import MIN_VOCABULARY, SPACE, Subwords
from artgan.builtin.tokeniser import BYTES, Tokeniser

WHO = ("king", "LORD", "sea", "prophet", "men of the city")
VERSES = [f"And the {who} said unto the {whom}, Fear not.\nSelah." for who in WHO for whom in WHO]
learned = Subwords.learn(VERSES, 400)

ODD = [
    "  ",
    "\t",
    "\r\n",
    SPACE,
    "<0x41>",
    "<unk>",
    "</s>",
    "e\u0301",
    "\u202eabc\u202c",
    "\ufeff",
    "👩‍👩‍👧🇫🇷",
    "שָׁלוֹם",
    "مرحبا",
]


@given(st.lists(st.text() | st.sampled_from([*ODD, *VERSES])).map("".join))
@example(" ".join(ODD))
@example("\0 \U0010ffff")
def test_any_text_comes_back_to_the_last_character(text):
    assert Tokeniser.named("subword").join(learned.split(text)) == text


def test_what_is_common_is_one_token_and_what_is_unknown_is_bytes():
    assert " king" in learned.split(VERSES[0])
    assert learned.split("山") == [BYTES[byte] for byte in "山".encode()]


def test_no_piece_goes_over_the_end_of_a_line():
    tokens = [token for verse in VERSES for token in learned.split(verse)]
    assert {token for token in tokens if "\n" in token} == {"\n"}


def test_the_same_texts_teach_the_same_pieces():
    assert Subwords.learn(VERSES, 400).split(VERSES[0]) == learned.split(VERSES[0])


@pytest.mark.parametrize(
    "texts",
    [
        [""],
        ["a"],
        ["same"] * 100,
        ["\n"],
        [SPACE],
        [chr(0x4E00 + number) * 2 for number in range(2000)],
        ["x" * 100_000],
    ],
    ids=["nothing", "a letter", "copies", "a line feed", "a mark", "many characters", "a long line"],
)
def test_any_texts_can_be_learned_from_within_the_vocabulary(texts):
    subwords = Subwords.learn(texts, MIN_VOCABULARY)
    tokens = {token for text in texts for token in subwords.split(text)}
    assert len(tokens - set(BYTES)) < MIN_VOCABULARY - len(BYTES)
