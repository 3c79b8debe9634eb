"""A tune that somebody wrote or played, as the tokens that a model of tunes knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from artgan import ArtganError, printable

from .dataset import ABC_ENDINGS, MIDI_ENDINGS, Abc, Midi
from .grid import Grid
from .sources import Place
from .tune import Tune


def read_tune(path: Path, grid: Grid, track: str) -> list[int]:
    """Return the tokens of the first tune of a file that stands on a grid.

    Args:
        path: MIDI or ABC.
        grid: where it is to stand.
        track: name or number of the track of a MIDI file; empty for the highest line.

    Raises:
        ArtganError: if it cannot be read, or none of its tunes is of this form, with the reason of the first.
    """
    reasons = list[str]()
    for title, given in _given(path, grid.bars, track):
        for tune in [] if isinstance(given, str) else given:
            try:
                return grid.tokens(tune)
            except ValueError as error:
                reasons.append(f"{title} {error}".strip())
        if isinstance(given, str):
            reasons.append(f"{title} {given}".strip())
    raise ArtganError(f"{path} gives no tune of this model's form: it {reasons[0] if reasons else 'is empty'}")


def _given(path: Path, bars: int, track: str) -> Iterator[tuple[str, list[Tune] | str]]:
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
        if ending in ABC_ENDINGS:
            yield from Abc(bars=bars).read_abc(name, content)
        else:
            yield from Midi(bars=bars, track=track).read_midi(name, content)
