"""The dataset of scores in several voices: its declaration, how it reads files, and which pieces it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from artgan import UsageError, option, printable
from artgan.interfaces import Data, Dataset, Workspace

from .dataset import ABC_ENDINGS, MIDI_ENDINGS
from .tune import Metre

if TYPE_CHECKING:
    from .part_reader import Form
    from .piece import Piece

STEPS = {"quarter": 12, "eighth": 6, "sixteenth": 3}
WHAT = "scores in MIDI or ABC"


@dataclass(frozen=True)
class Scores(Dataset):
    """The user's own scores of two to four voices in MIDI or ABC: a file, a folder or a zip.

    The voices of MIDI are its tracks, and of ABC those that V: names.
    """

    name = "scores"
    modality = "polyphony"
    path: str = option("", "the file, folder or zip")
    voices: int = option(4, "how many voices; scores of other numbers are left out", min=2, max=4)
    bars: int = option(8, "bars of a piece; one begins at every half of them", min=1, max=32)
    metre: str = option("", "the metre that is taken, such as 3/4; empty for the commonest")
    step: str = option("eighth", "the shortest note; shorter ones are passed over", choices=tuple(STEPS))
    rarest: int = option(5, "a piece with a pitch that a voice has less often is left out", min=1)
    held_out: float = option(0.1, "share of the scores whose pieces nothing is trained on", min=0, max=0.5)

    def __post_init__(self) -> None:
        if self.metre:
            Metre.parse(self.metre)

    @property
    def form(self) -> Form:
        """What pieces are to be like."""
        from .part_reader import Form

        return Form(self.voices, self.bars, STEPS[self.step])

    def open(self, workspace: Workspace) -> Data:
        """Return the pieces as a token for each voice at each step."""
        from .piece import Piece
        from .piece_data import Selection, data_of
        from .sources import Place
        from .tune_data import Credits
        from .tune_store import found_in

        if not self.path:
            raise UsageError(f"dataset {self.name} needs a path: --dataset {self.name}:path=FOLDER")
        place = Place.of(Path(self.path).expanduser(), ABC_ENDINGS | MIDI_ENDINGS, WHAT)
        options = f"scores {self.voices} {self.bars} {self.step}"
        found = found_in(
            place.contents(), self.read, Piece, options=options, workspace=workspace, count=len(place.names)
        )
        found = replace(found, left_out=(*place.left_out, *found.left_out))
        metre = Metre.parse(self.metre) if self.metre else None
        selection = Selection(metre, self.form.step, self.rarest, self.held_out)
        title = place.path.resolve().stem or "scores"
        return data_of(found, selection, Credits(title, "not stated", "the user's own scores", place.notes(WHAT)))

    def read(self, name: str, content: bytes) -> Iterator[tuple[str, list[Piece] | str]]:
        """Yield the title of each score of a file, and the pieces that it gives, or why it gives none."""
        if PurePosixPath(name).suffix.lower() in ABC_ENDINGS:
            yield from self._read_abc(content)
            return
        from .midi_reader import read_performance
        from .part_reader import pieces_of, played_voices

        title = PurePosixPath(name).stem
        try:
            yield "", pieces_of(played_voices(read_performance(content), title, self.voices), self.form)
        except ValueError as error:
            yield "", str(error)

    def _read_abc(self, content: bytes) -> Iterator[tuple[str, list[Piece] | str]]:
        from .abc_reader import MAX_TUNES, read_voices, split_tunes, title_of
        from .part_reader import pieces_of, written_voices

        texts = split_tunes(content.decode("utf-8", errors="replace").removeprefix("\ufeff"))
        if not 0 < len(texts) <= MAX_TUNES:
            yield (
                "",
                f"holds more than {MAX_TUNES:,} scores" if texts else "holds no score in ABC, which begins with X:",
            )
            return
        for text in texts:
            title = printable(title_of(text))
            try:
                yield title, pieces_of(written_voices(read_voices(text, self.voices)), self.form)
            except ValueError as error:
                yield title, str(error)
