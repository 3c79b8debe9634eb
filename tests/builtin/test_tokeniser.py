"""How text is cut into tokens, and put together again."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.tokeniser import Tokeniser
from artgan.errors import UsageError


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@given(st.text())
def test_characters_put_together_are_the_text_in_nfc(text):
    tokeniser = Tokeniser.named("char")
    assert tokeniser.join(tokeniser.split(text)) == nfc(text)


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("e\u0301te", ["é", "t", "e"]),
        ("\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd", ["\u05e9\u05b8", "\u05dc", "\u05d5\u05b9", "\u05dd"]),
        ("क्षि", None),
        ("👩‍👩‍👧🇫🇷", ["👩‍👩‍👧", "🇫🇷"]),
        ("山水", ["山", "水"]),
    ],
)
def test_a_character_keeps_its_marks(text, characters):
    cut = Tokeniser.named("char").split(text)
    if characters:
        assert cut == [nfc(character) for character in characters]
    assert all(not unicodedata.combining(token[0]) for token in cut)


@given(
    st.lists(
        st.sampled_from(["a", "dog's", "well-known", ",", ".", "!", "3.5", "house", "\u0645\u0631\u062d\u0628\u0627"]),
        min_size=1,
    )
)
def test_words_put_together_are_cut_the_same_again(words):
    tokeniser = Tokeniser.named("word")
    assert tokeniser.split(tokeniser.join(words)) == tokeniser.split(" ".join(words))


def test_no_space_stands_before_a_point_or_after_a_bracket():
    tokeniser = Tokeniser.named("word")
    assert tokeniser.join(tokeniser.split("a dog (brown) , asleep .")) == "a dog (brown), asleep."


def test_lines_of_equal_length_need_no_token_for_their_ends():
    tokeniser = Tokeniser.named("line-of-5")
    poem = "白日依山盡\n黃河入海流"
    assert tokeniser.split(poem) == list("白日依山盡黃河入海流")
    assert tokeniser.join(tokeniser.split(poem)) == poem


def test_a_line_of_another_length_is_refused_by_its_number():
    with pytest.raises(ValueError, match="line 2 has 4 characters, not 5"):
        Tokeniser.named("line-of-5").split("白日依山盡\n黃河入海")


@pytest.mark.parametrize("name", ["chars", "line-of-0", "line-of-x", ""])
def test_an_unknown_tokeniser_is_refused_with_those_there_are(name):
    with pytest.raises(UsageError, match="subword, char, word or line-of-N"):
        Tokeniser.named(name)


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["The", " king", "<0xF0>", "<0x9F>", "<0x91>", "<0x91>"], "The king👑"),
        (["<0xE2>", "<0x96>", "<0x81>", "\n", " "], "\u2581\n "),
        (["a", "<0xC3>", "b"], "a\N{REPLACEMENT CHARACTER}b"),
        (["<0xFF>", "<0x41>"], "\N{REPLACEMENT CHARACTER}A"),
        ([], ""),
    ],
)
def test_subwords_put_together_are_text_whatever_bytes_a_generator_draws(tokens, text):
    assert Tokeniser.named("subword").join(tokens) == text


def test_subwords_are_not_cut_before_they_are_learned():
    with pytest.raises(TypeError, match="Subwords"):
        Tokeniser.named("subword").split("text")
