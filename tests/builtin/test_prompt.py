"""Texts begin with the words that are asked for, written in whatever tokens a model has."""

from __future__ import annotations

from unicodedata import normalize

import pytest
import torch

from artgan.builtin.generator import RnnGenerator
from artgan.builtin.modality.text import TextModality
from artgan.builtin.networks.recurrent import RnnGenerator as Network
from artgan.builtin.prompt import Prompt
from artgan.builtin.tokeniser import BYTES
from artgan.errors import UsageError
from artgan.interfaces import Spec


def spec_of(tokens, tokeniser, length=12):
    return Spec("text", (length, len(tokens)), (), len(tokens), tuple(tokens), {"tokeniser": tokeniser})


SUBWORDS = spec_of(["", "The", " king", " kind", "T", "he", " ", "k", "i", "n", *BYTES], "subword", 24)
CHARACTERS = spec_of(["", *"abcdehikngT ", "\u00e9"], "char")
WORDS = spec_of(["", "The", "king", "of", "Spain", ",", "kingdom"], "word")
VERSE = spec_of("山水花月", "line-of-5", 10)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (SUBWORDS, "The ki"),
        (SUBWORDS, "The 山"),
        (CHARACTERS, "The king"),
        (CHARACTERS, "Te\u0301"),
        (WORDS, "The king, of"),
        (VERSE, "山水花月山水"),
    ],
)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_every_text_begins_with_the_words(spec, words, temperature):
    torch.manual_seed(0)
    generator = RnnGenerator(latent=4, width=8, embedding=4, prompt=words, temperature=temperature)
    network = generator.build(spec).eval()
    samples = network(torch.randn(16, 4), None).argmax(-1).numpy()
    texts = TextModality().with_spec(spec).to_text(samples)
    assert all(text.replace("\n", "").startswith(normalize("NFC", words)) for text in texts)
    assert len(set(texts)) > 1 or temperature == 0


def test_a_subword_may_go_on_where_the_words_end():
    prompt = Prompt("The ki", SUBWORDS)
    allowed = prompt.allowed([SUBWORDS.tokens.index("The")], 23)
    may = {token for token, yes in zip(SUBWORDS.tokens, allowed, strict=True) if yes}
    assert may == {" king", " kind", " ", "<0x20>"}


@pytest.mark.parametrize(
    ("spec", "words", "told"),
    [
        (WORDS, "The queen", "'queen', which this model cannot write"),
        (CHARACTERS, "The quick", "'q', which this model cannot write"),
        (CHARACTERS, "a" * 13, "more than the 12 tokens"),
    ],
)
def test_words_that_cannot_be_written_are_refused(spec, words, told):
    with pytest.raises(UsageError, match=told):
        RnnGenerator(prompt=words).build(spec)


def test_words_too_long_for_subwords_are_refused_when_they_do_not_end():
    network = RnnGenerator(latent=4, width=8, embedding=4, prompt="山" * 9).build(SUBWORDS).eval()
    with pytest.raises(UsageError, match="more than the 24 tokens"):
        network(torch.zeros(1, 4), None)


def test_nothing_is_learned_of_a_prompt():
    torch.manual_seed(0)
    prompted = RnnGenerator(latent=4, width=8, embedding=4, prompt="The").build(CHARACTERS)
    plain = RnnGenerator(latent=4, width=8, embedding=4).build(CHARACTERS)
    assert isinstance(prompted, Network)
    assert isinstance(plain, Network)
    plain.load_state_dict(prompted.state_dict())
    noise = torch.rand(3, 12)
    assert torch.equal(prompted.draw(torch.zeros(3, 4), noise), plain.draw(torch.zeros(3, 4), noise))
