"""The modality of pieces in several voices: token numbers (L,), kept as music is, with a track and a staff for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan import MARK, ArtganError, write_text
from artgan.interfaces import LiveFacts, Modality, Spec

from .modality import NEAREST, Music
from .piece import Piece
from .tune import Metre
from .voices import NAME, Range, VoiceGrid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True)
class Polyphony(Music):
    """Pieces of two to four voices, a token for each voice at each step of a grid of bars."""

    name = NAME
    preset = "chorus"
    noun = "piece"
    unit = "tokens"

    def examples(self) -> Sequence[Spec]:
        """Return pieces of two bars in four voices, of one in three, and of two in two, which may rest."""
        ranges = (Range(64, 69, False), Range(60, 65, False), Range(55, 60, False), Range(48, 53, True))
        four = VoiceGrid(Metre(2, 4), 12, 2, ranges)
        three, two = VoiceGrid(Metre(3, 4), 12, 1, ranges[:3]), VoiceGrid(Metre(3, 8), 6, 2, ranges[::3])
        return [four.spec, three.spec, two.spec]

    def with_spec(self, spec: Spec) -> Modality:
        """Return the modality with a grid."""
        return _Bound(spec)

    def read_real(self, path: Path, spec: Spec, options: Mapping[str, object]) -> NDArray[np.int32]:
        """Read the first piece of a score of anybody's (L,), in MIDI or ABC, as the dataset does.

        Args:
            path: the file.
            spec: tells the grid.
            options: of the dataset; none is used, for the grid tells all.

        Raises:
            ArtganError: if it cannot be read, or is no piece on this grid.
        """
        import numpy as np

        from .real_tune import read_piece

        try:
            grid = VoiceGrid.of_spec(spec)
        except ValueError as error:
            raise ArtganError(f"{path} cannot be a piece of this model: {error}") from error
        return np.array(read_piece(path, grid), np.int32)


class _Bound(Polyphony):
    """The modality with what it must know of the data."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    @cached_property
    def _grid(self) -> VoiceGrid:
        return VoiceGrid.of_spec(self.spec)

    def live_facts(self) -> LiveFacts:
        """Return how tokens are written, and that the plugin's own script draws them."""
        return {
            "vocabulary": list(self.spec.tokens),
            "presentation": dict(self.spec.presentation),
            "tokeniser": {"name": "steps"},
            "art": "piece",
        }

    def to_float(self, compact: Tensor) -> Tensor:
        """Turn token numbers (B, L) into one-hot float32 (B, L, V)."""
        import torch

        return torch.nn.functional.one_hot(compact.long(), self.spec.vocabulary).float()

    def for_metrics(self, samples: NDArray[Any]) -> NDArray[Any]:
        """Turn token numbers (N, L) into an array (N,) of text: the metre, and a line of events for each bar."""
        import numpy as np

        pieces = np.empty(len(samples), object)
        pieces[:] = [self._piece(sample).to_text() for sample in samples]
        return pieces

    def to_text(self, samples: NDArray[Any]) -> list[str]:
        """Return the pieces in ABC."""
        from .abc_writer import piece_to_words

        return [piece_to_words(self._piece(sample)) for sample in samples]

    def neighbours(self, samples: NDArray[Any], real: NDArray[Any]) -> list[list[str]]:
        """Return for each piece the real ones with which it has most bars of all voices in common, in ABC."""
        from .abc_writer import piece_to_words

        known = [self._piece(tokens) for tokens in real]
        bars = [set(piece.bars) for piece in known]
        found = []
        for piece in map(self._piece, samples):
            common = [len(set(piece.bars) & own) for own in bars]
            ranked = sorted(range(len(known)), key=lambda row: (-common[row], row))[:NEAREST]
            found.append([piece_to_words(known[row]) for row in ranked if common[row]])
        return found

    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        """Write a piece (L,) as MIDI with its record, marked as AI-generated; ABC and its score lie beside it."""
        from .abc_writer import piece_to_abc
        from .midi_work import write_midi
        from .score_svg import drawn
        from .staves import engrave_piece

        piece = self._piece(sample, title=path.stem.replace("-", " "))
        write_text(path.with_suffix(".abc"), piece_to_abc(piece, comment=MARK))
        write_text(path.with_suffix(".svg"), drawn(piece, engrave_piece, f"{piece.title} ({MARK})"))
        write_midi(path, piece, sample.tolist(), record, MARK)

    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        """Write the scores of pieces (N, L)."""
        from .score_svg import sheet_of
        from .staves import engrave_piece

        write_text(path, sheet_of([self._piece(sample) for sample in samples], engrave_piece, min(columns, 4), MARK))

    def write_beside_walk(self, path: Path, samples: NDArray[Any]) -> Sequence[Path]:
        """Write a medley of pieces (N, L) as MIDI: of each the bars that follow on those of the one before."""
        from .midi_work import write_medley_of_pieces

        medley = path.with_suffix(self.suffix)
        write_medley_of_pieces(medley, [self._piece(sample) for sample in samples], MARK)
        return [medley]

    def write_pages(
        self, path: Path, samples: Sequence[NDArray[Any]], captions: Sequence[str], *, title: str, notes: Sequence[str]
    ) -> str:
        """Write pieces as a song sheet: pages of A4, drawn by lines and curves."""
        from .song_sheet import write_pages
        from .staves import engrave_piece

        pieces = [self._piece(sample) for sample in samples]
        return write_pages(path, pieces, engrave_piece, captions, title=title, notes=notes)

    def _piece(self, sample: NDArray[Any], title: str = "") -> Piece:
        return self._grid.piece(sample.tolist(), title)
