"""Pictures that move with sound: MP4 by the optional package ``av``, frame by frame and block by block.

The sound is AAC, which every browser plays; a frame of it, of 1,024 samples, is the most by which it may end later.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.interfaces import Sound

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000)
"""Samples in a second that AAC knows; a sound of another rate is brought to the usual one."""
USUAL_RATE = 48000
BITS = 192_000
"""Of sound in a second."""


class SoundTrack:
    """A sound beside pictures, which is encoded as far as these are.

    Args:
        container: of ``av``, to be written.
        sound: what is heard.
    """

    def __init__(self, container: Any, sound: Sound) -> None:
        import av

        self._container, self._sound, self._blocks = container, sound, sound.blocks()
        self._layout = "stereo" if sound.channels == 2 else "mono"
        rate = sound.rate if sound.rate in RATES else USUAL_RATE
        self._stream = container.add_stream("aac", rate=rate, layout=self._layout)
        self._stream.bit_rate = BITS
        self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=rate)
        self._written = 0

    def write_until(self, seconds: float) -> None:
        """Encode blocks until so many seconds of sound are written, or it ends."""
        while self._written < seconds * self._sound.rate and (block := next(self._blocks, None)) is not None:
            for frame in self._resampler.resample(self._frame(block)):
                self._container.mux(self._stream.encode(frame))
            self._written += len(block)

    def end(self) -> None:
        """Encode what is left."""
        self.write_until(float("inf"))
        for frame in self._resampler.resample(None):
            self._container.mux(self._stream.encode(frame))
        self._container.mux(self._stream.encode(None))

    def _frame(self, block: NDArray[np.float32]) -> Any:
        """Return a block (N, channels) as a frame; of more than two channels their mean."""
        import av

        make_frame: Any = av.AudioFrame
        kept = block if self._sound.channels <= 2 else block.mean(1, keepdims=True, dtype=np.float32)
        packed = np.ascontiguousarray(kept.reshape(1, -1))
        frame = make_frame.from_ndarray(packed, format="flt", layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = self._sound.rate, self._written, Fraction(1, self._sound.rate)
        return frame
