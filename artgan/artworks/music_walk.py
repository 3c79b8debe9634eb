"""Walks that move with music: towards the next work from beat to beat, the faster the louder it is and the more begins.

Every so many beats a work is reached, and the way turns towards the next one. Between two turns the way that is done is
the share of what is heard between them, loudness and onsets together. A direction may follow the level of a band.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..files import sha256
from ..interfaces import Progress, Sound
from ..interfaces.component import OptionValue
from .direction import Move
from .interpolation import slerp
from .model import Model
from .record import creation_record, model_record
from .sound_features import Envelope, SoundFeatures
from .styles import StyleChanges
from .walk import Walk
from .work import tracked

QUIET = 0.15
"""How fast works move where nothing is heard, where a loud onset moves them by 2."""
WITHOUT_BEATS = 2.0
"""Seconds from one turn to the next where no beats were found."""
SMOOTHED = 0.2
"""Seconds over which the level of a band is taken, so that nothing trembles."""
SHORTEST = 0.2
"""Seconds that lie between two turns at least."""


@dataclass(frozen=True)
class BandMove:
    """A direction that follows a band.

    Attributes:
        band: ``bass``, ``mid`` or ``treble``.
        move: where its level leads, of 1.
    """

    band: str
    move: Move


@dataclass(frozen=True)
class MusicWalk:
    """All that decides a walk with music, but for its model.

    Attributes:
        walk: the stops in their order, which come again and again; how many works there are, and how many in a second.
        sound: the music.
        features: what is heard in it.
        beats: from one stop to the next.
        moves: directions that follow bands.
    """

    walk: Walk
    sound: Sound
    features: SoundFeatures
    beats: int
    moves: tuple[BandMove, ...] = ()

    def latents(self, size: int) -> Iterator[NDArray[np.float64]]:
        """Return the latents on the way one by one, truncation and moves included, (size,) each.

        Raises:
            ArtganError: if that of a stop, or a direction, is not of that size.
        """
        stops, moved = [stop.latent(size) for stop in self.walk.stops], self.walk.moved(size)
        steps = {number: band.move.step(size) for number, band in enumerate(self.moves) if not band.move.layers}
        times = np.arange(self.walk.frames) / self.walk.rate
        legs, shares = _places(times, self.turns(), self.features)
        levels = self._levels()
        for frame, (leg, share) in enumerate(zip(legs, shares, strict=True)):
            first, last = stops[leg % len(stops)], stops[(leg + 1) % len(stops)]
            latent = self.walk.truncation * slerp(first, last, float(share))
            yield latent + sum((levels[number][frame] * step for number, step in steps.items()), moved)

    def style_changes(self) -> Iterator[StyleChanges]:
        """Return what gives layers other styles than the latents on the way do, for each of these."""
        levels = self._levels()
        layered = [number for number, band in enumerate(self.moves) if band.move.layers]
        for frame, always in zip(range(self.walk.frames), self.walk.style_changes(), strict=False):
            bands = [(self.moves[number].move, float(levels[number][frame])) for number in layered]
            yield StyleChanges(moves=(*always.moves, *(replace(move, by=move.by * level) for move, level in bands)))

    def _levels(self) -> list[Envelope]:
        """Return how much each band's direction is followed, at each work on the way."""
        times = np.arange(self.walk.frames) / self.walk.rate
        return [_at(times, _smoothed(self.features, band.band), self.features.rate) for band in self.moves]

    def turns(self) -> tuple[float, ...]:
        """Return when works are reached, in seconds: the beginning, every so many beats, and the end."""
        end = self.sound.seconds
        beats = self.features.beats[:: self.beats] or tuple(np.arange(WITHOUT_BEATS, end, WITHOUT_BEATS))
        turns = [0.0]
        for beat in beats:
            if beat - turns[-1] >= SHORTEST and end - beat >= SHORTEST:
                turns.append(float(beat))
        return (*turns, end)

    def stem(self, changed: Mapping[str, OptionValue]) -> str:
        """Return what the film's file is called, without its ending.

        Args:
            changed: those of the options of sampling that were chosen anew since the training.
        """
        return f"{self.walk.stem(changed)}-to-{sha256(self.sound.path)[:8]}"

    def to_record(self) -> dict[str, Any]:
        """Return what a record tells of it: of the music its digest, and neither name nor place."""
        bands = [{"band": band.band, **band.move.to_record()} for band in self.moves]
        music = {
            "sha256": sha256(self.sound.path),
            "seconds": round(self.sound.seconds, 6),
            "beats_found": len(self.features.beats),
            "beats_from_work_to_work": self.beats,
            "bands": bands,
        }
        return {**self.walk.to_record(), "music": music}


def write_film(model: Model, file: Path, way: MusicWalk, progress: Progress | None = None) -> None:
    """Write a walk with its music, and its record beside it as JSON.

    Args:
        model: what makes the works, with the options of sampling that they are made with.
        file: of one of the modality's endings for films.
        way: where it leads.
        progress: told of each work.

    Raises:
        ArtganError: if the latent of a stop is not of the generator's size, what the network makes is not finite, or
            the music is damaged.
        UsageError: if this ending needs what is not installed.
    """
    record = {**creation_record(), **way.to_record(), **model_record(model)}
    seed = way.walk.stops[0].seed
    made = (
        model.render_latent(latent, seed=seed, label=way.walk.label, changes=changes)
        for latent, changes in zip(way.latents(model.generator.latent), way.style_changes(), strict=True)
    )
    works = tracked(made, way.walk.frames, progress, "walking")
    model.modality.write_film(file, works, way.walk.rate, record, way.sound)


def _places(
    times: NDArray[np.float64], turns: Sequence[float], features: SoundFeatures
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return between which two turns each time lies, and what share of the way between them is done by then."""
    heard = np.concatenate([[0.0], np.cumsum(QUIET + features.loudness + features.onset)])
    when = np.arange(len(heard)) / features.rate
    done, at_turns = np.interp(times, when, heard), np.interp(turns, when, heard)
    legs = np.clip(np.searchsorted(turns, times, side="right") - 1, 0, len(turns) - 2)
    length = np.maximum(at_turns[legs + 1] - at_turns[legs], 1e-12)
    return legs, np.clip((done - at_turns[legs]) / length, 0, 1)


def _smoothed(features: SoundFeatures, band: str) -> Envelope:
    width = max(1, round(SMOOTHED * features.rate))
    return np.convolve(features.bands[band], np.full(width, 1 / width), mode="same")


def _at(times: NDArray[np.float64], level: Envelope, rate: float) -> Envelope:
    return np.interp(times, np.arange(len(level)) / rate, level)
