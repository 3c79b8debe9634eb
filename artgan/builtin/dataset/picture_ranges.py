"""Judges over all pictures of a place what their levels run from and to, where they are of more than 8 bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from artgan.interfaces import Progress

from .picture_decoder import span
from .picture_layout import Range
from .picture_levels import FULL, Ranges, Span, judge, note_on
from .picture_list import Item, Pictures, UnreadableError
from .reader_pool import read_each


@dataclass(frozen=True)
class Judged:
    """What was found.

    Attributes:
        ranges: what levels run from and to.
        notes: a line for each kind of levels that there is, unless a person said what they are.
        key: the ranges by kind that differ from those that the kinds usually have.
    """

    ranges: Ranges
    notes: tuple[str, ...]
    key: Mapping[str, Range]


def judge_levels(
    pictures: Pictures, deep: Mapping[str, Sequence[Item]], progress: Progress, given: Range | None = None
) -> Judged:
    """Return what levels run from and to.

    Args:
        pictures: the place.
        deep: its pictures of more than 8 bits, by what their levels are.
        progress: told how far it is.
        given: what a person says of all; None to judge.
    """
    if given:
        return Judged(Ranges(given), (), dict.fromkeys(sorted(deep), given))
    spans = {kind: _spans(pictures, items, progress) for kind, items in sorted(deep.items())}
    found = {kind: judge(kind, known) for kind, known in spans.items() if known}
    notes = tuple(note_on(kind, spans[kind], levels) for kind, levels in found.items())
    return Judged(Ranges(judged=found), notes, {kind: levels for kind, levels in found.items() if levels != FULL[kind]})


def _spans(pictures: Pictures, items: Sequence[Item], progress: Progress) -> list[Span]:
    def one(item: Item) -> Span | None:
        try:
            return span(pictures.read(item))
        except UnreadableError:
            return None

    found = read_each(one, items, "measuring levels", progress)
    return [each for each in found if each is not None]
