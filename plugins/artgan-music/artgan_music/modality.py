"""The modality of music: token numbers (L,), kept as MIDI with their record inside, with ABC and a score beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan import MARK, ArtganError, one_line, write_text
from artgan.interfaces import LiveFacts, Modality, PageAsset, Spec

from .grid import NAME, Grid
from .tune import Metre, Tune

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

PAGE = Path(__file__).parent / "page"
ABCJS = ("abcjs.js", "abcjs.LICENCE.txt")
NEAREST = 3
MOST_HEARD = 12
"""Tunes of a sheet that can be heard one after the other."""
LARGEST_SHEET = 2**25


@dataclass(frozen=True)
class Music(Modality):
    """Tunes of one voice, as events (pitch, duration) on a grid of bars."""

    name = NAME
    representation = "tokens"
    suffix = ".mid"
    sheet_suffix = exact_sheet_suffix = ".svg"
    preset = "tunes"
    noun = "tune"
    unit = "events"
    paged = True
    live = "tokens"
    companions = (".abc", ".svg")

    def examples(self) -> Sequence[Spec]:
        """Return tunes of four bars in two metres, and of two bars in one."""
        jig, waltz = Metre(6, 8), Metre(3, 4)
        events = tuple((pitch, ticks) for ticks in (6, 12, 18) for pitch in (None, 60, 62, 64))
        moves = {0: (6, 12, 18), 6: (6, 12), 12: (6, 12), 18: (6, 12, 18), 24: (6, 12), 30: (6,)}
        both = Grid((jig, waltz), events, 4, {jig: moves, waltz: moves}, 20)
        return [both.spec, Grid((waltz,), events, 2, {waltz: moves}, 12).spec]

    def page_assets(self) -> Sequence[PageAsset]:
        """Return the script that plays tunes and composes new ones, and abcjs, which it draws them with."""
        return [PageAsset(PAGE / "music.js", script=True), *(PageAsset(PAGE / name) for name in ABCJS)]

    def with_spec(self, spec: Spec) -> Modality:
        """Return the modality with a grid."""
        return _Bound(spec)

    def to_float(self, compact: Tensor) -> Tensor:
        raise TypeError("the grid is missing: use with_spec(spec)")

    def to_compact(self, samples: Tensor) -> Tensor:
        """Turn (B, L, V) into the number of the largest value at each place, (B, L): int32 numbers."""
        import torch

        return samples.argmax(-1).to(torch.int32)

    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        raise TypeError("the grid is missing: use with_spec(spec)")

    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        raise TypeError("the grid is missing: use with_spec(spec)")

    def read(self, path: Path) -> tuple[NDArray[np.int32], dict[str, Any]]:
        """Read a tune's tokens (L,) and its record, which may come from anybody.

        Raises:
            ArtganError: if it is no tune of artgan's, too large, damaged, or not the one that its record tells of.
        """
        import numpy as np

        from .midi_work import read_midi

        tokens, record, _ = read_midi(path)
        return np.array(tokens, np.int32), record

    def read_real(self, path: Path, spec: Spec, options: Mapping[str, object]) -> NDArray[np.int32]:
        """Read a tune of anybody's (L,), in MIDI or ABC, as the datasets do.

        Args:
            path: the file.
            spec: tells the grid.
            options: of a dataset; of them ``track`` is used.

        Raises:
            ArtganError: if it cannot be read, or is no tune on this grid.
        """
        import numpy as np

        from .real_tune import read_tune

        track = options.get("track", "")
        try:
            grid = Grid.of_spec(spec)
        except ValueError as error:
            raise ArtganError(f"{path} cannot be a tune of this model: {error}") from error
        return np.array(read_tune(path, grid, track if isinstance(track, str) else ""), np.int32)

    def figure(self, path: Path, source: str, description: str) -> str:
        """Return the score of a work, with the tune for the script that plays it."""
        from markupsafe import Markup

        from .midi_work import read_midi

        score, tune = f"{source.removesuffix(self.suffix)}.svg", read_midi(path)[2].to_text()
        markup = '<span class="work" data-source="{}" data-tune="{}"><img src="{}" alt="{}" loading="lazy"></span>'
        return Markup(markup).format(source, tune, score, description)

    def sheet(self, path: Path, source: str, description: str) -> str:
        """Return the scores of a sheet, with tunes for the script that plays them.

        Raises:
            ArtganError: if the file is missing or damaged.
        """
        from markupsafe import Markup

        from .score_svg import tunes_of_sheet

        try:
            if path.stat().st_size > LARGEST_SHEET:
                raise ValueError("it is too large")
            content = path.read_bytes().decode()
            if not content.startswith("<svg"):
                raise ValueError("it is no score")
        except (OSError, ValueError) as error:
            raise ArtganError(f"{path} is not a sheet that artgan can read: {one_line(error)}") from error

        # Of many tunes the first stands for all, so that a page does not hold them twice.
        tunes = tunes_of_sheet(content)
        told = "\n\n".join(tunes if len(tunes) <= MOST_HEARD else tunes[:1])
        shown = Markup('<img src="{}" alt="{}" loading="lazy" data-tunes="{}">').format(source, description, told)
        if not path.with_suffix(self.suffix).is_file():
            return shown
        medley = source.removesuffix(self.exact_sheet_suffix) + self.suffix
        return shown + Markup('<a href="{}">Medley as MIDI</a>').format(medley)


class _Bound(Music):
    """The modality with what it must know of the data."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    @cached_property
    def _grid(self) -> Grid:
        return Grid.of_spec(self.spec)

    def live_facts(self) -> LiveFacts:
        """Return how tokens are written, and that the plugin's own script draws them."""
        return {
            "vocabulary": list(self.spec.tokens),
            "presentation": dict(self.spec.presentation),
            "tokeniser": {"name": "tune"},
            "art": "tune",
        }

    def to_float(self, compact: Tensor) -> Tensor:
        """Turn token numbers (B, L) into one-hot float32 (B, L, V)."""
        import torch

        return torch.nn.functional.one_hot(compact.long(), self.spec.vocabulary).float()

    def for_metrics(self, samples: NDArray[Any]) -> NDArray[Any]:
        """Turn token numbers (N, L) into an array (N,) of text: the metre, and a line of events for each bar."""
        import numpy as np

        tunes = np.empty(len(samples), object)
        tunes[:] = [self._tune(sample).to_text() for sample in samples]
        return tunes

    def to_text(self, samples: NDArray[Any]) -> list[str]:
        """Return the tunes in ABC."""
        from .abc_writer import to_words

        return [to_words(self._tune(sample)) for sample in samples]

    def neighbours(self, samples: NDArray[Any], real: NDArray[Any]) -> list[list[str]]:
        """Return for each tune the real ones with which it has most bars in common, in ABC."""
        from .abc_writer import to_words

        known = [self._tune(tokens) for tokens in real]
        bars = [set(tune.bars) for tune in known]
        found = []
        for tune in map(self._tune, samples):
            common = [len(set(tune.bars) & own) for own in bars]
            ranked = sorted(range(len(known)), key=lambda row: (-common[row], row))[:NEAREST]
            found.append([to_words(known[row]) for row in ranked if common[row]])
        return found

    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        """Write a tune (L,) as MIDI with its record, marked as AI-generated; ABC and its score lie beside it."""
        from .abc_writer import to_abc
        from .midi_work import write_midi
        from .score_svg import score_of

        tune = self._tune(sample, title=path.stem.replace("-", " "))
        write_text(path.with_suffix(".abc"), to_abc(tune, comment=MARK))
        write_text(path.with_suffix(".svg"), score_of(tune, f"{tune.title} ({MARK})"))
        write_midi(path, tune, sample.tolist(), record, MARK)

    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        """Write the scores of tunes (N, L)."""
        from .score import engrave
        from .score_svg import sheet_of

        write_text(path, sheet_of([self._tune(sample) for sample in samples], engrave, min(columns, 4), MARK))

    def write_beside_walk(self, path: Path, samples: NDArray[Any]) -> Sequence[Path]:
        """Write a medley of tunes (N, L) as MIDI: of each the bars that follow on those of the one before."""
        from .midi_work import write_medley

        medley = path.with_suffix(self.suffix)
        write_medley(medley, [self._tune(sample) for sample in samples], MARK)
        return [medley]

    def write_pages(
        self, path: Path, samples: Sequence[NDArray[Any]], captions: Sequence[str], *, title: str, notes: Sequence[str]
    ) -> str:
        """Write tunes as a song sheet: pages of A4, drawn by lines and curves."""
        from .score import engrave
        from .song_sheet import write_pages

        tunes = [self._tune(sample) for sample in samples]
        return write_pages(path, tunes, engrave, captions, title=title, notes=notes)

    def _tune(self, sample: NDArray[Any], title: str = "") -> Tune:
        return self._grid.tune(sample.tolist(), title)
