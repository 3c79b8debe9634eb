"""The datasets of tunes: declarations, and how each reads its files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from artgan import UsageError, option, printable
from artgan.interfaces import Data, Dataset, Workspace

from .tune import Metre, Tune

if TYPE_CHECKING:
    from .sources import Place
    from .tune_data import Selection
    from .tune_store import Found

DATA = Path(__file__).parent / "data"
BOOKS = {"ryan": "ryansMammoth.abc.gz", "irish": "irish.abc.gz"}
SOURCES = {
    "ryan": "Ryan's Mammoth Collection (1883), from PyPI music21 10.5.1",
    "irish": "Irish tunes, from GitHub aamini/introtodeeplearning, commit fd8023c7",
}
ABC_ENDINGS = frozenset({".abc"})
EVENTS_OF_BAR = 10
MIDI_ENDINGS = frozenset({".mid", ".midi", ".smf", ".kar"})


@dataclass(frozen=True)
class TuneDataset(Dataset):
    """Tunes of so many bars, in one form."""

    modality = "music"
    provides = frozenset({"labels"})
    bars: int = option(16, "bars of a tune: two parts of half as many", min=2, max=64)
    metres: str = option("", "metres that are taken, such as 6/8 9/8; empty for all that are common")
    rarest: int = option(5, "a tune with an event or a rhythm that occurs less often is left out", min=1)
    longest: int = option(0, "events; a tune with more is left out; 0 for ten a bar", min=0, max=2000)
    held_out: float = option(0.1, "share of the tunes that nothing is trained on", min=0, max=0.5)

    def __post_init__(self) -> None:
        if self.bars % 2:
            raise ValueError(f"bars = {self.bars} is odd: give an even number")
        for name in self.metres.split():
            Metre.parse(name)

    @property
    def _selection(self) -> Selection:
        from .tune_data import Selection

        metres = tuple(map(Metre.parse, self.metres.split()))
        rarest_move = -(-self.rarest * 3 // 5)
        longest = self.longest or EVENTS_OF_BAR * self.bars
        return Selection(self.bars, metres, self.rarest, rarest_move, longest, self.held_out)

    def read_abc(self, name: str, content: bytes) -> Iterator[tuple[str, list[Tune] | str]]:
        """Yield the title of each tune in ABC, and the tunes that it gives, or why it gives none."""
        from .abc_reader import tunes_in
        from .form import tunes_of

        tune_count = 0
        for title, written in tunes_in(content.decode("utf-8", errors="replace").removeprefix("\ufeff")):
            tune_count += 1
            known = printable(title)
            try:
                yield known, written if isinstance(written, str) else tunes_of(written, self.bars)
            except ValueError as error:
                yield known, str(error)
        if not tune_count:
            yield "", "holds no tune in ABC, which begins with X: and a number"


@dataclass(frozen=True)
class Tunes(TuneDataset):
    """Fiddle tunes of 16 bars: reels, hornpipes and jigs of Ryan's collection (1883) and of Ireland; bundled."""

    name = "tunes"
    book: str = option("all", "which tunes", choices=("all", *BOOKS))

    def open(self, workspace: Workspace) -> Data:
        """Return the tunes as numbered events."""
        from .tune_data import Credits, data_of
        from .tune_store import found_in, the_part

        books = [file for name, file in BOOKS.items() if self.book in ("all", name)]
        files = [(name.removesuffix(".abc.gz"), gzip.decompress((DATA / name).read_bytes())) for name in books]
        found = found_in(
            files, self.read_abc, the_part, options=f"abc {self.bars}", workspace=workspace, count=len(files)
        )
        sources = [source for name, source in SOURCES.items() if self.book in ("all", name)]
        licence = "public domain" if self.book == "ryan" else "public domain (tunes), MIT (the Irish collection)"
        told = Credits("Fiddle tunes", licence, "; ".join(sources))
        data = data_of(found, self._selection, told)
        note = f"{len(data.left_out):,} tunes are left out, whose form, rhythms or pitches too few others share"
        return replace(data, left_out=(), notes=(*data.notes, note) if data.left_out else data.notes)


@dataclass(frozen=True)
class Abc(TuneDataset):
    """The user's own tunes in ABC notation: a file, a folder or a zip."""

    name = "abc"
    path: str = option("", "the file, folder or zip")

    @classmethod
    def recognises(cls, path: Path) -> float:
        """Return the share of the files at a path that are in ABC."""
        from .sources import Place

        return Place.share(path, ABC_ENDINGS)

    def open(self, workspace: Workspace) -> Data:
        """Return the tunes as numbered events."""
        from .tune_store import found_in, the_part

        place = _place(self.name, self.path, ABC_ENDINGS, "tunes in ABC")
        found = found_in(
            place.contents(),
            self.read_abc,
            the_part,
            options=f"abc {self.bars}",
            workspace=workspace,
            count=len(place.names),
        )
        return _own(place, found, self._selection, "tunes in ABC")


@dataclass(frozen=True)
class Midi(TuneDataset):
    """The user's own MIDI files, a folder or a zip: the melody of each, on a grid of sixteenths and triplets."""

    name = "midi"
    path: str = option("", "the file, folder or zip")
    track: str = option("", "name or number of the melody's track in all files; empty for the highest line")

    @classmethod
    def recognises(cls, path: Path) -> float:
        """Return the share of the files at a path that are MIDI files."""
        from .sources import Place

        return Place.share(path, MIDI_ENDINGS)

    def open(self, workspace: Workspace) -> Data:
        """Return the melodies as numbered events."""
        from .tune_store import found_in, the_part

        place = _place(self.name, self.path, MIDI_ENDINGS, "MIDI files")
        options = f"midi {self.bars} {self.track}"
        found = found_in(
            place.contents(), self.read_midi, the_part, options=options, workspace=workspace, count=len(place.names)
        )
        return _own(place, found, self._selection, "MIDI files")

    def read_midi(self, name: str, content: bytes) -> Iterator[tuple[str, list[Tune] | str]]:
        """Yield the tunes of the melody of a file, or why it gives none."""
        from .melody import tunes_of
        from .midi_reader import read_performance

        try:
            yield "", tunes_of(read_performance(content), PurePosixPath(name).stem, self.bars, self.track)
        except ValueError as error:
            yield "", str(error)


def _place(name: str, path: str, endings: frozenset[str], what: str) -> Place:
    from .sources import Place

    if not path:
        raise UsageError(f"dataset {name} needs a path: artgan run FOLDER, or --dataset {name}:path=FOLDER")
    return Place.of(Path(path).expanduser(), endings, what)


def _own(place: Place, found: Found[Tune], selection: Selection, what: str) -> Data:
    from .tune_data import Credits, data_of

    title = place.path.resolve().stem or "tunes"
    found = replace(found, left_out=(*place.left_out, *found.left_out))
    return data_of(found, selection, Credits(title, "not stated", "the user's own tunes", place.notes(what)))
