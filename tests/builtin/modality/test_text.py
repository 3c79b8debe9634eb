"""Text as artworks: what is written, read back and shown."""

from __future__ import annotations

import json

import numpy as np
import pytest

from artgan import ArtganError
from artgan.builtin.modality.text import TextModality
from artgan.interfaces import Spec
from artgan.testing import check_modality

LETTERS = Spec("text", (6, 5), (), 5, ("", "a", "b", "<i>", "\u05d0"), {"tokeniser": "char"})
VERSE = Spec(
    "text", (10, 4), (), 4, tuple("山水花月"), {"tokeniser": "line-of-5", "lang": "zh-Hant", "writing": "vertical"}
)
text, verse = TextModality().with_spec(LETTERS), TextModality().with_spec(VERSE)


@pytest.mark.parametrize("spec", [LETTERS, VERSE], ids=["letters", "verse"])
def test_it_conforms(spec):
    random = np.random.default_rng(0)
    samples = random.integers(0, spec.vocabulary, (5, spec.shape[0])).astype(np.int32)
    check_modality(TextModality, samples=[samples], spec=spec)


def test_a_file_holds_the_text_up_to_its_end_and_says_what_made_it(tmp_path):
    text.write(tmp_path / "work.txt", np.array([1, 2, 1, 0, 2, 2]), {"seed": 7})
    assert (tmp_path / "work.txt").read_text(encoding="utf-8") == "aba\n\n— AI-generated with artgan\n"
    record = json.loads((tmp_path / "work.json").read_text(encoding="utf-8"))
    assert record == {"seed": 7, "text": {"text": "aba", "tokens": [1, 2, 1, 0, 2, 2], "tokeniser": "char"}}


def test_verse_is_set_vertically_in_its_language(tmp_path):
    verse.write(tmp_path / "work.txt", np.array([0, 1, 2, 3, 0, 1, 1, 1, 1, 1]), {})
    html = verse.figure(tmp_path / "work.txt", "work.txt", "Work from seed 1")
    assert '<span class="text vertical" dir="auto" lang="zh-Hant">山水花月山<br>水水水水水</span>' in html


def test_whatever_a_text_holds_is_escaped(tmp_path):
    text.write(tmp_path / "work.txt", np.array([3, 3, 4, 0, 0, 0]), {})
    text.write_sheet(tmp_path / "sheet.txt", np.array([[3, 3, 4, 0, 0, 0]] * 2), 2)
    for html in (text.figure(tmp_path / "work.txt", "", ""), text.sheet(tmp_path / "sheet.txt", "", "")):
        assert "<i>" not in html
        assert "&lt;i&gt;" in html


@pytest.mark.parametrize(
    "kept",
    [
        {"text": "a", "tokens": [-1]},
        {"text": "a", "tokens": "1"},
        {"text": "a", "tokens": [True]},
        {"text": "a", "tokens": [2**40]},
        {"text": 5, "tokens": [1]},
        {"text": "a", "tokens": [1], "lang": 3},
        {"tokens": [1]},
        [],
        "a",
    ],
)
def test_a_strange_record_is_refused_in_one_line(tmp_path, kept):
    (tmp_path / "work.txt").write_text("a\n\n— AI-generated with artgan\n", encoding="utf-8")
    (tmp_path / "work.json").write_text(json.dumps({"text": kept}), encoding="utf-8")
    with pytest.raises(ArtganError, match="is not the record of a text") as raised:
        text.read(tmp_path / "work.txt")
    assert "\n" not in str(raised.value)


def test_the_nearest_real_texts_share_most_of_their_letters_and_their_order():
    real = np.array([[1, 2, 1, 2, 0, 0], [3, 3, 3, 0, 0, 0], [2, 1, 2, 0, 0, 0], [4, 4, 0, 0, 0, 0]])
    assert text.neighbours(np.array([[1, 2, 1, 0, 0, 0]]), real)[0][0] == "abab"
    assert text.neighbours(np.array([[4, 0, 0, 0, 0, 0]]), real)[0][0] == "\u05d0\u05d0"
