"""Chooses the pieces that have enough in common to learn from, and numbers them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artgan import ArtganError, printable
from artgan.interfaces import Data, LeftOut

from .piece import Piece
from .tune import Metre
from .tune_data import FEWEST, KNOWN_BY_NAME, Credits, too_few
from .tune_store import Found
from .voices import VoiceGrid


@dataclass(frozen=True)
class Selection:
    """Which pieces are taken.

    Attributes:
        metre: that is taken; None for the commonest.
        step: ticks from one place at which notes may begin to the next.
        rarest: a piece with a pitch that a voice has less often is left out.
        held_out: the share of the scores whose pieces nothing is trained on.
    """

    metre: Metre | None
    step: int
    rarest: int
    held_out: float


def data_of(found: Found[Piece], selection: Selection, told: Credits) -> Data:
    """Return pieces as a token for each voice at each step; all those of one score are held out, or none.

    Raises:
        ArtganError: if too few are left.
    """
    left_out = list(found.left_out)
    pieces, note = _of_metre(found.pieces, selection.metre, left_out)
    pieces = _common(pieces, selection.rarest, left_out)
    if len(pieces) < FEWEST:
        raise ArtganError(too_few(told.title, len(pieces), left_out))

    grid = VoiceGrid.of_pieces(pieces, selection.step)
    samples = np.array([grid.tokens(piece) for piece in pieces], np.uint16)
    apart = np.array([_share_of(piece.title) < selection.held_out for piece in pieces])
    apart &= apart.sum() < len(pieces) - 1
    kept = [piece.title for piece, out in zip(pieces, apart, strict=True) if not out]
    return Data(
        spec=grid.spec,
        samples=samples[~apart],
        labels=None,
        fingerprint=hashlib.sha256(repr(grid.spec).encode() + samples.tobytes() + apart.tobytes()).hexdigest(),
        title=told.title,
        licence=told.licence,
        source=told.source,
        left_out=tuple(left_out),
        held_out=samples[apart] if apart.any() else None,
        names=kept,
        notes=(*told.notes, *note),
    )


def _of_metre(
    pieces: Sequence[Piece], wanted: Metre | None, left_out: list[LeftOut]
) -> tuple[list[Piece], tuple[str, ...]]:
    """Return the pieces of one metre, and a line about the others."""
    counts = Counter(piece.metre for piece in pieces)
    metre = wanted or max(counts, key=lambda metre: (counts[metre], metre), default=None)
    others = [f"{count:,} in {other}" for other, count in counts.most_common() if other != metre]
    left_out += [
        LeftOut(printable(piece.title), f"is in {piece.metre}, and {metre} is taken")
        for piece in pieces
        if piece.metre != metre
    ]
    note = (f"left out, which metre= takes: {', '.join(others)}",) if others else ()
    return [piece for piece in pieces if piece.metre == metre], note


def _common(pieces: list[Piece], rarest: int, left_out: list[LeftOut]) -> list[Piece]:
    """Return the pieces all of whose pitches others have in the same voice, and tell why the rest are left out."""
    while True:
        counts = Counter(pitch for piece in pieces for pitch in _pitches(piece))
        limit = rarest if len(pieces) > KNOWN_BY_NAME * rarest else 1
        rare = [any(counts[pitch] < limit for pitch in _pitches(piece)) for piece in pieces]
        if not any(rare):
            return pieces
        reason = f"has a pitch that a voice has less than {limit} times"
        left_out += [
            LeftOut(printable(piece.title), reason) for piece, is_rare in zip(pieces, rare, strict=True) if is_rare
        ]
        pieces = [piece for piece, is_rare in zip(pieces, rare, strict=True) if not is_rare]


def _pitches(piece: Piece) -> list[tuple[int, int | None]]:
    return [(place, pitch) for place, part in enumerate(piece.parts) for pitch, _ in part.events]


def _share_of(title: str) -> float:
    """Return a number from 0 to 1 that is a function of a score's title, which decides whether it is held out."""
    return int.from_bytes(hashlib.blake2b(title.encode(), digest_size=8).digest(), "little") / 2**64
