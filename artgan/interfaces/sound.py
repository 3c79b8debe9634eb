"""Sound that goes with works that move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..errors import ArtganError, UsageError, one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MISSING = "music needs the packages soundfile, librosa and av: pip install soundfile librosa av"
"""What is said where one of them is not installed."""
BLOCK = 2**16
"""Samples that are read at once."""
STREAMED = 2**31
"""Bytes that a WAV claims to hold whose writer did not know how many there would be."""


@dataclass(frozen=True)
class Sound:
    """A file of sound, of which no more than a block is in memory at once.

    Attributes:
        path: the file: WAV, FLAC, OGG, MP3 or what else libsndfile reads.
        rate: samples in a second.
        channels: how many.
        samples: of each channel.
    """

    path: Path
    rate: int
    channels: int
    samples: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Look at a file of sound, which may come from anybody.

        Raises:
            UsageError: if the package ``soundfile`` is not installed.
            ArtganError: if there is no such file, it is no sound, holds none, or ends earlier than it says.
        """
        soundfile = _soundfile()
        if not path.is_file():
            raise ArtganError(f"{path} does not exist, or is no file")
        try:
            found = soundfile.info(str(path), verbose=True)
        except (soundfile.LibsndfileError, RuntimeError, TypeError, ValueError) as error:
            raise ArtganError(f"{path} is no sound that can be read: {_reason(error)}") from None
        if not found.frames or not found.channels or not found.samplerate:
            raise ArtganError(f"{path} holds no sound")
        claim = re.search(r"^data : (\d+) \(should be (\d+)\)", found.extra_info, re.MULTILINE)
        if claim and int(claim[2]) < int(claim[1]) < STREAMED:
            raise ArtganError(f"{path} is truncated: it ends before the sound that it says to hold")
        return cls(path, found.samplerate, found.channels, found.frames)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.samples / self.rate

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the samples in blocks (N, channels), about -1 to 1.

        Raises:
            ArtganError: if it is damaged, or a sample is not finite.
        """
        import numpy as np

        soundfile = _soundfile()
        left = self.samples
        try:
            with soundfile.SoundFile(str(self.path)) as file:
                while left and len(block := file.read(min(BLOCK, left), dtype="float32", always_2d=True)):
                    if not np.isfinite(block).all():
                        raise ArtganError(f"{self.path} has samples that are no finite numbers")
                    left -= len(block)
                    yield block
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise ArtganError(f"{self.path} is damaged: {_reason(error)}") from None
        if left:
            raise ArtganError(f"{self.path} is damaged: it ends {left / self.rate:.2f} s before it says to")


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError):
        raise UsageError(MISSING) from None
    return soundfile


def _reason(error: Exception) -> str:
    """Return what libsndfile says, without the path that it puts before it."""
    return one_line(error).rpartition(": ")[2]
