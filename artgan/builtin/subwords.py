"""Subwords: pieces of words that are learned from text, and single bytes for what no piece covers."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence

from .tokeniser import BYTES

MIN_VOCABULARY = 300
"""All bytes, and a few pieces."""
SPACE = "\u2581"
"""How the library writes a space; one that a text holds itself is written byte by byte, so that both come back."""
LINE_FEED = "\n"
"""Is always a token of its own, so that no piece goes over the end of a line."""
CHARACTERS = 0.75
"""The share of the pieces that single characters may take; rarer ones are written byte by byte."""
LARGEST_PART = 1000
"""Characters of a text that are learned from at once: what has no spaces is searched whole."""


class Subwords:
    """Cuts any text into pieces of words and bytes, the likeliest way (Kudo 2018, arXiv:1804.10959).

    No character of any script is unknown, and what is put together again is the text, to the last character: nothing
    is normalised.

    Args:
        model: what the library learned.
    """

    def __init__(self, model: bytes) -> None:
        from sentencepiece import SentencePieceProcessor

        self._processor = SentencePieceProcessor(model_proto=model)
        self._written = _Written()

    @classmethod
    def learn(cls, texts: Sequence[str], vocabulary: int) -> Subwords:
        """Learn pieces from texts: always the same from the same.

        Args:
            texts: what to learn from.
            vocabulary: most tokens there may be, `MIN_VOCABULARY` or more, the bytes among them.
        """
        from sentencepiece import SentencePieceTrainer

        model = io.BytesIO()
        SentencePieceTrainer.train(
            sentence_iterator=_parts(texts, vocabulary),
            model_writer=model,
            model_type="unigram",
            vocab_size=vocabulary,
            hard_vocab_limit=False,  # fewer where the texts have no more
            character_coverage=1.0,
            required_chars=SPACE,
            user_defined_symbols=[LINE_FEED],
            byte_fallback=True,
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            remove_extra_whitespaces=False,
            bos_id=-1,
            eos_id=-1,
            max_sentence_length=4 * LARGEST_PART,  # in bytes
            num_threads=1,  # on more, sums are made in another order
            minloglevel=2,
        )
        return cls(model.getvalue())

    def split(self, text: str) -> list[str]:
        """Return the tokens of a text: pieces as they are written, and bytes as `BYTES` names them."""
        tokens: list[str] = []
        for number, part in enumerate(text.split(SPACE)):
            tokens += [BYTES[byte] for byte in SPACE.encode()] if number else []
            tokens += map(self._written.__getitem__, self._processor.encode(part, out_type=str))
        return tokens


class _Written(dict[str, str]):
    """How the library's pieces are written, each worked out once: a large file holds some a hundred million times."""

    def __missing__(self, piece: str) -> str:
        self[piece] = piece.replace(SPACE, " ")
        return self[piece]


def _parts(texts: Sequence[str], vocabulary: int) -> Iterator[str]:
    """Yield texts in parts, line feeds standing for the characters that are too rare to have a token of their own."""
    counts = Counter[str]()
    for text in texts:
        counts.update(text)
    ordered = sorted(counts, key=lambda character: (-counts[character], character))
    rare = dict.fromkeys(map(ord, ordered[int(CHARACTERS * (vocabulary - len(BYTES))) :]), LINE_FEED)

    for text in texts:
        known = text.translate(rare)
        yield from (known[at : at + LARGEST_PART] for at in range(0, len(known), LARGEST_PART))
    yield " "  # so that there is something to learn
