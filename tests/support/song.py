"""Music that nobody composed."""

from __future__ import annotations

import numpy as np

RATE, PULSE = 22050, 0.5


def song(seconds: float, rate: int = RATE) -> np.ndarray:
    """Return a soft tone and a drum each half second, (N, 2)."""
    time = np.arange(round(seconds * rate)) / rate
    since = time % PULSE
    sound = 0.02 * np.sin(2 * np.pi * 880 * time) + 0.7 * np.exp(-since / 0.03) * np.sin(2 * np.pi * 60 * since)
    return np.stack([sound, sound], 1).astype(np.float32)
