"""Where a text that is too long may be cut: at the end of a sentence, or between words, never within a character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..tokeniser import BYTES, Tokeniser

_SENTENCE = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]['\"\u2019\u201d\xbb\u300d\u300f)\]]*\s*$")
_CLAUSE = re.compile(r"[,;:\u2014\u3001\uff0c\uff1b\uff1a]\s*$")
_BETWEEN_SENTENCES = re.compile(
    r"(?<=[.!?\u2026])(?=\s)|(?<=[.!?\u2026]['\"\u2019\u201d\xbb)\]])(?=\s)|(?<=[\u3002\uff01\uff1f])(?![\u300d\u300f\u201d])"
)
_INNER_BYTES = frozenset(BYTES[0x80:0xC0])
"""The bytes of UTF-8 that no character begins with."""


def beginning(tokens: Sequence[str], most: int, tokeniser: Tokeniser) -> int:
    """Return how many of more than ``most`` tokens make a good beginning: a whole sentence, clause or word.

    Shorter than half of what there is room for it does not become; where no boundary is, it ends between characters.
    """
    if tokeniser.line:
        return max(most - most % tokeniser.line, min(most, tokeniser.line))
    places = [place for place in range(most, most // 2, -1) if _may_end(tokens, place, tokeniser)]
    for ends in (_SENTENCE, _CLAUSE):
        for place in places:
            if ends.search("".join(tokens[max(0, place - 3) : place])):
                return place
    if places:
        return places[0]
    return next((place for place in range(most, 0, -1) if tokens[place] not in _INNER_BYTES), most)


def parts(text: str, split: Callable[[str], list[str]], most: int, tokeniser: Tokeniser) -> Iterator[list[str]]:
    """Yield the tokens of all of a text in parts of at most so many: its sentences, and parts of those too long."""
    for sentence in [text] if tokeniser.line else map(str.strip, _BETWEEN_SENTENCES.split(text)):
        rest = split(sentence)
        while rest:
            end = len(rest) if len(rest) <= most else beginning(rest, most, tokeniser)
            part = split(tokeniser.join(rest[:end]).strip())
            while len(part) > most and end > 1:  # a word may take more tokens without the space before it
                end = beginning(rest, end - 1, tokeniser)
                part = split(tokeniser.join(rest[:end]).strip())
            if part:
                yield part[:most]
            rest = rest[end:]


def _may_end(tokens: Sequence[str], place: int, tokeniser: Tokeniser) -> bool:
    """Return whether a text may end before a place: where a word begins, or behind a wide mark."""
    if tokeniser.name == "word":
        return True
    before, after = tokens[place - 1], tokens[place]
    return after[:1].isspace() or before[-1:] in "\u3002\uff01\uff1f\u3001\uff0c\uff1b\uff1a"
