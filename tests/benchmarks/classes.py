"""Features that tell what a picture shows: those of a small classifier, trained in half a minute.

Random features and patches see contrast and texture; a garment that is none costs little by either.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

EPOCHS, BATCH, RATE = 3, 128, 2e-3


def class_features(
    pictures: NDArray[np.uint8], labels: NDArray[np.int64], seed: int = 0
) -> Callable[[NDArray[np.uint8]], NDArray[np.float64]]:
    """Train a classifier, and return what turns pictures (N, 1, 28, 28) into its last hidden features (N, 64)."""
    torch.manual_seed(seed)
    stages = [_stage(1, 24), _stage(24, 48), _stage(48, 64)]
    hidden = nn.Sequential(*stages, nn.Flatten(), nn.Linear(64 * 4 * 4, 64), nn.ReLU())
    classifier = nn.Sequential(hidden, nn.Linear(64, int(labels.max()) + 1))
    optimiser = torch.optim.Adam(classifier.parameters(), RATE)
    random = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        optimiser.param_groups[0]["lr"] = RATE / 4**epoch
        order = random.permutation(len(pictures))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            loss = cross_entropy(classifier(_levels(pictures[rows])), torch.from_numpy(labels[rows]).long())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    hidden.eval()

    def features(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        with torch.inference_mode():
            return hidden(_levels(pictures)).double().numpy()

    return features


def _stage(channels: int, out: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(channels, out, 3, stride=2, padding=1), nn.BatchNorm2d(out), nn.ReLU())


def _levels(pictures: NDArray[np.uint8]) -> Tensor:
    levels = torch.from_numpy(np.array(pictures)).float() / 127.5 - 1
    return levels.contiguous(memory_format=torch.channels_last)
