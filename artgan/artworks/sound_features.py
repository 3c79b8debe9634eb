"""What can be heard in a sound over time: loudness, onsets, bands and beats, by librosa (McFee et al. 2015).

A sound is gone through block by block, so that an hour takes no more memory than a minute but for a few numbers for
each fortieth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError, UsageError
from ..interfaces import Progress, Sound
from ..interfaces.sound import MISSING

RESOLUTION = 43
"""About how many times in a second is listened."""
CHUNK = 512
"""How many of these times are taken at once."""
BANDS = {"bass": (20.0, 250.0), "mid": (250.0, 4000.0), "treble": (4000.0, 20000.0)}
"""The bands, from one frequency in Hz to another."""
MELS, FLOOR = 64, -80.0
"""Bands by which onsets are found, and the level in dB below which nothing is heard."""
BEAT_SECONDS = 60
"""Seconds over which one tempo holds; beats of each such part are found on their own."""
SILENCE = 1e-5
"""The largest level, of 1, that is still silence."""
LOUD = 0.95
"""The share of the time in which a level is below what counts as 1."""

Envelope = NDArray[np.float64]


@dataclass(frozen=True)
class SoundFeatures:
    """What can be heard over time, each level from 0 to 1.

    Attributes:
        rate: how many numbers a second has.
        loudness: (n,).
        onset: how much begins, (n,).
        bands: loudness of each band, (n,).
        beats: when beats fall, in seconds.
    """

    rate: float
    loudness: Envelope
    onset: Envelope
    bands: Mapping[str, Envelope]
    beats: tuple[float, ...]


def listen(sound: Sound, progress: Progress | None = None) -> SoundFeatures:
    """Go through a sound and return what can be heard in it.

    Raises:
        UsageError: if the package ``librosa`` is not installed.
        ArtganError: if it is damaged or silent.
    """
    try:
        librosa: Any = import_module("librosa")
    except ImportError:
        raise UsageError(MISSING) from None

    hop = max(1, round(sound.rate / RESOLUTION))
    size = 1 << (4 * hop - 1).bit_length()
    mel = librosa.filters.mel(sr=sound.rate, n_fft=size, n_mels=MELS)
    heard = librosa.fft_frequencies(sr=sound.rate, n_fft=size)
    inside = {band: (heard >= low) & (heard < high) for band, (low, high) in BANDS.items()}

    levels: dict[str, list[Envelope]] = {"loudness": [], "onset": [], **{band: [] for band in BANDS}}
    before = np.full((MELS, 1), FLOOR)
    for done, part in _parts(sound, hop, size):
        power = np.abs(librosa.stft(part, n_fft=size, hop_length=hop, center=False)) ** 2
        levels["loudness"].append(np.sqrt(power.mean(0)) / size**0.5)
        for band, rows in inside.items():
            levels[band].append(np.sqrt(power[rows].sum(0)))
        tones = np.concatenate([before, np.maximum(librosa.power_to_db(mel @ power, top_db=None), FLOOR)], 1)
        levels["onset"].append(librosa.onset.onset_strength(S=tones, center=False)[1:])
        before = tones[:, -1:]
        if progress:
            progress("listening", min(done, sound.samples) // sound.rate, sound.samples // sound.rate)

    whole = {name: np.concatenate(parts).astype(np.float64) for name, parts in levels.items()}
    if whole["loudness"].max() < SILENCE:
        raise ArtganError(f"{sound.path} is silent: nothing in it moves works")
    beats = tuple(_beats(whole["onset"], sound.rate, hop))
    scaled = {name: _scaled(level) for name, level in whole.items()}
    return SoundFeatures(
        rate=sound.rate / hop,
        loudness=scaled["loudness"],
        onset=scaled["onset"],
        bands={band: scaled[band] for band in BANDS},
        beats=beats,
    )


def _parts(sound: Sound, hop: int, size: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield overlapping parts of a sound in one channel, each of whole windows, with how many samples were read.

    Half a window of silence lies before it and behind it, so that windows are centred.
    """
    kept, read = np.zeros(size // 2, np.float32), 0
    whole = CHUNK * hop
    for block in sound.blocks():
        kept, read = np.concatenate([kept, block.mean(1, dtype=np.float32)]), read + len(block)
        while len(kept) >= whole + size:
            yield read, kept[: whole + size - hop]
            kept = kept[whole:]
    kept = np.concatenate([kept, np.zeros(size // 2, np.float32)])
    if len(kept) >= size:
        yield read, kept


def _beats(onset: Envelope, rate: int, hop: int) -> Iterator[float]:
    """Yield when beats fall, in seconds: dynamic programming over the onsets (Ellis 2007)."""
    librosa: Any = import_module("librosa")
    length = max(1, round(BEAT_SECONDS * rate / hop))
    for start in range(0, len(onset), length):
        part = onset[start : start + length]
        if part.any():
            _, found = librosa.beat.beat_track(onset_envelope=part, sr=rate, hop_length=hop, trim=False)
            yield from ((start + int(place)) * hop / rate for place in np.atleast_1d(found))


def _scaled(level: Envelope) -> Envelope:
    """Return a level from 0 to 1, where 1 is what it seldom exceeds."""
    loud = float(np.quantile(level, LOUD)) or float(level.max())
    return np.clip(level / loud, 0, 1) if loud > 0 else level
