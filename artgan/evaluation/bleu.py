"""BLEU of generated texts against real ones, and of each against all the others (Self-BLEU).

As in Texygen (Zhu et al. 2018, arXiv:1802.01886): the mean over texts of the sentence BLEU against all references at
once, weights of n-grams equal, counts of zero smoothed to 0.1 (method 1 of Chen and Cherry 2014), the brevity penalty
by the reference of the closest length.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

SMOOTHED = 0.1

Text = Sequence[str]
Gram = tuple[str, ...]


def bleu(texts: Sequence[Text], references: Sequence[Text], longest: int) -> float:
    """Return the mean BLEU of texts, at least one, against all references; as `sentence_bleus` takes them."""
    return sum(sentence_bleus(texts, references, longest)) / len(texts)


def sentence_bleus(texts: Sequence[Text], references: Sequence[Text], longest: int) -> list[float]:
    """Return the BLEU of each text against all references.

    Args:
        texts: tokens of each text.
        references: tokens of each reference, at least one.
        longest: the n of the longest n-grams.
    """
    counts = [_most(references, size) for size in range(1, longest + 1)]
    lengths = sorted({len(reference) for reference in references})
    return [_sentence(text, counts, lengths, None) for text in texts]


def self_bleu(texts: Sequence[Text], longest: int) -> float:
    """Return the mean BLEU of each text against all the others; none is among its own references.

    Args:
        texts: tokens of each text, at least two.
        longest: the n of the longest n-grams.
    """
    counts = [_most(texts, size) for size in range(1, longest + 1)]
    lengths = Counter(len(text) for text in texts)
    total = 0.0
    for index, text in enumerate(texts):
        others = [length for length, count in lengths.items() if count > (length == len(text))]
        total += _sentence(text, counts, others, index)
    return total / len(texts)


Most = dict[Gram, tuple[int, int, int]]
"""For each n-gram the most times that one text has it, the number of that text, and the most in any other."""


def _most(texts: Iterable[Text], size: int) -> Most:
    most: Most = {}
    for index, text in enumerate(texts):
        for gram, count in Counter(_grams(text, size)).items():
            first, whose, second = most.get(gram, (0, -1, 0))
            if count > first:
                most[gram] = (count, index, first)
            elif count > second:
                most[gram] = (first, whose, count)
    return most


def _sentence(text: Text, most: Sequence[Most], lengths: Sequence[int], own: int | None) -> float:
    if not text:
        return 0.0
    total = 0.0
    for size, known in enumerate(most, start=1):
        matched, possible = 0, max(1, len(text) - size + 1)
        for gram, count in Counter(_grams(text, size)).items():
            first, whose, second = known.get(gram, (0, -1, 0))
            matched += min(count, second if whose == own else first)
        if size == 1 and not matched:
            return 0.0
        total += math.log((matched or SMOOTHED) / possible)
    closest = min(lengths, key=lambda length: (abs(length - len(text)), length))
    brevity = 1.0 if len(text) > closest else math.exp(1 - closest / len(text))
    return brevity * math.exp(total / len(most))


def _grams(text: Text, size: int) -> Iterable[Gram]:
    return zip(*(text[start:] for start in range(size)), strict=False)
