"""A text that somebody wrote becomes the tokens of a model, or one line says why it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgan.builtin.real_text import numbers_of, read_words
from artgan.builtin.tokeniser import BYTES, Tokeniser
from artgan.errors import ArtganError
from artgan.interfaces import Spec

PIECES = ("the", " the", " se", "a", "sea", " ", "th", "e", "s")
SUBWORDS = ("", *BYTES, *PIECES)


def spec(tokeniser, *tokens, length=40):
    return Spec("text", (length, len(tokens)), (), len(tokens), tokens, {"tokeniser": tokeniser})


def written(numbers, of):
    return [of.tokens[number] for number in numbers if number]


@given(text=st.text(st.sampled_from([*"these a", "é", "海"]), min_size=1, max_size=12))
@settings(max_examples=50)
def test_subwords_write_any_text_as_it_was(text):
    of = spec("subword", *SUBWORDS)
    numbers = numbers_of(text, of)
    assert len(numbers) == 40
    assert Tokeniser("subword").join(written(numbers, of)) == text


def test_subwords_are_as_few_as_can_be():
    of = spec("subword", "", *BYTES, "abc", "ab", "cde")
    assert written(numbers_of("abcde", of), of) == ["ab", "cde"]


def test_words_that_a_model_does_not_know_are_marked_where_it_has_a_mark():
    of = spec("word", "", "red", "sea", "\N{REPLACEMENT CHARACTER}")
    assert written(numbers_of("red fog sea", of), of) == ["red", "\N{REPLACEMENT CHARACTER}", "sea"]


@pytest.mark.parametrize(
    ("text", "of", "reason"),
    [
        ("red fog", spec("word", "", "red", "sea"), "it has 'fog', which this model cannot write"),
        ("abc", spec("char", "a", "b", "c", length=4), "it has 3 tokens, and texts of this model 4"),
        ("abc", spec("char", "", "a", "b", "c", length=2), "it has 3 tokens, and texts of this model at most 2"),
        ("abc", spec("line-of-2", "", "a", "b", "c"), "its line 1 has 3 characters, not 2"),
        ("the", spec("subword", "", "a", "b"), "it has characters that this model cannot write"),
    ],
)
def test_a_text_of_another_form_is_refused(text, of, reason):
    with pytest.raises(ValueError, match=reason):
        numbers_of(text, of)


def test_a_file_is_one_text_whatever_ends_its_lines(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n\r\n")
    assert read_words(path) == "one\ntwo"
    path.write_bytes(b"one\0")
    with pytest.raises(ArtganError, match="holds no text"):
        read_words(path)
