"""A tune or a piece that somebody wrote or played, as the tokens that a model knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from artgan import ArtganError, printable

from .dataset import ABC_ENDINGS, MIDI_ENDINGS, Abc, Midi
from .grid import Grid
from .scores import STEPS, Scores
from .sources import Place
from .tune import Tune
from .tune_store import Read, T
from .voices import VoiceGrid

Given = tuple[str, list[T] | str]


def read_tune(path: Path, grid: Grid, track: str) -> list[int]:
    """Return the tokens of the first tune of a file that stands on a grid.

    Args:
        path: MIDI or ABC.
        grid: where it is to stand.
        track: name or number of the track of a MIDI file; empty for the highest line.

    Raises:
        ArtganError: if it cannot be read, or none of its tunes is of this form, with the reason of the first.
    """
    return _first(path, _given(path, lambda name: _reader(name, grid.bars, track)), grid.tokens, "tune")


def read_piece(path: Path, grid: VoiceGrid) -> list[int]:
    """Return the tokens of the first piece of a score that stands on a grid.

    Args:
        path: MIDI or ABC.
        grid: where it is to stand.

    Raises:
        ArtganError: if it cannot be read, or none of its pieces is of this form, with the reason of the first.
    """
    step = next((name for name, ticks in STEPS.items() if ticks == grid.step), None)
    if step is None:
        raise ArtganError(f"{path} cannot be read in steps of {grid.step} ticks")
    scores = Scores(voices=grid.voices, bars=grid.bars, step=step)
    return _first(path, _given(path, lambda name: scores.read), grid.tokens, "piece")


def _first(path: Path, given: Iterator[Given[T]], tokens: Callable[[T], list[int]], what: str) -> list[int]:
    """Return the tokens of the first tune or piece that stands on a grid."""
    reasons = list[str]()
    for title, found in given:
        for music in [] if isinstance(found, str) else found:
            try:
                return tokens(music)
            except ValueError as error:
                reasons.append(f"{title or 'it'} {error}")
        if isinstance(found, str):
            reasons.append(f"{title or 'it'} {found}")
    raise ArtganError(f"{path} gives no {what} of this model's form: {reasons[0] if reasons else 'it is empty'}")


def _reader(name: str, bars: int, track: str) -> Read[Tune]:
    if Path(name).suffix.lower() in ABC_ENDINGS:
        return Abc(bars=bars).read_abc
    return Midi(bars=bars, track=track).read_midi


def _given(path: Path, reader: Callable[[str], Read[T]]) -> Iterator[Given[T]]:
    """Yield the name of each tune of a file that has one, and what it gives, or why it gives none."""
    ending = path.suffix.lower()
    if ending not in ABC_ENDINGS | MIDI_ENDINGS:
        raise ArtganError(
            f"{path} is neither MIDI nor ABC, which end in {', '.join(sorted(ABC_ENDINGS | MIDI_ENDINGS))}"
        )
    if not path.is_file():
        raise ArtganError(f"{path} does not exist, or is not a file")
    place = Place.of(path, ABC_ENDINGS | MIDI_ENDINGS, "tunes")
    for name, content in place.contents():
        if isinstance(content, str):
            raise ArtganError(f"{path} {printable(content)}")
        yield from reader(name)(name, content)
