"""A text that somebody wrote, as the token numbers that a model of texts knows."""

from __future__ import annotations

import math
from pathlib import Path

from artgan import ArtganError, one_line, printable
from artgan.interfaces import Spec

from .tokeniser import UNKNOWN, Tokeniser, as_bytes

LARGEST_FILE = 2**22


def read_words(path: Path) -> str:
    """Return the content of a text file, which may come from anybody, without the line feeds at its end.

    Raises:
        ArtganError: if it is missing, too large, or no text.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError(f"it has more than {LARGEST_FILE // 2**20} MiB")
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").strip("\n")
        if not text or "\0" in text:
            raise ValueError("it holds no text")
    except FileNotFoundError:
        raise ArtganError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        raise ArtganError(f"{path} is not a text that artgan can read: {one_line(error)}") from error
    return text


def numbers_of(text: str, spec: Spec) -> list[int]:
    """Return the tokens of a text by their numbers, filled up with the token that ends it.

    Raises:
        ValueError: if the tokens cannot write it, or it has too many or too few for a sample.
    """
    tokeniser = Tokeniser.named(spec.presentation.get("tokeniser", "word"))
    if tokeniser.name == "subword":
        numbers = _fewest(text.encode(), spec)
    else:
        known = {token: number for number, token in enumerate(spec.tokens)}
        parts = tokeniser.split(text)
        if UNKNOWN in known:
            parts = [part if part in known else UNKNOWN for part in parts]
        if unknown := [part for part in parts if part not in known]:
            raise ValueError(f"it has {printable(unknown[0])!r}, which this model cannot write")
        numbers = [known[part] for part in parts]

    length = spec.shape[0]
    if len(numbers) > length or (len(numbers) < length and not spec.ends):
        raise ValueError(f"it has {len(numbers):,} tokens, and texts of this model {'at most ' * spec.ends}{length:,}")
    return numbers + [0] * (length - len(numbers))


def _fewest(text: bytes, spec: Spec) -> list[int]:
    """Return the fewest subwords that write a text; any will do, since all of them write it alike."""
    known = {as_bytes(token): number for number, token in enumerate(spec.tokens) if token}
    longest = max(map(len, known))
    cost: list[float] = [0.0] + [math.inf] * len(text)
    last = [b""] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        for begin in range(max(0, end - longest), end):
            piece = text[begin:end]
            if piece in known and cost[begin] + 1 < cost[end]:
                cost[end], last[end] = cost[begin] + 1, piece
    if math.isinf(cost[-1]):
        raise ValueError("it has characters that this model cannot write")

    numbers, end = list[int](), len(text)
    while end:
        numbers.append(known[last[end]])
        end -= len(last[end])
    return numbers[::-1]
