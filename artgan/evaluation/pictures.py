"""How good, how varied and how original generated pictures are, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces import Progress
from .distances import Features, copying, coverage, frechet, kernel_distance, nearest
from .features import RANDOM, random_features
from .patches import patch_distances, sharpness

NEIGHBOURS = 5
FEWEST = 4 * NEIGHBOURS
MOST = 5000
"""Pictures of a set that are compared at most."""

REPEATS, SPREAD = 10, 1.96
COPY = 0.2
"""A picture is a copy where its distance to a training picture is less than this share of what is usual."""

COPIES, UNLIKE = -3.0, 3.0
"""C_T, in standard deviations, beyond which chance is no explanation."""

Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class Measurement:
    """A number with its interval, and what real pictures reach.

    Attributes:
        name: of the metric, with the features it is taken on.
        value: of the generated pictures.
        margin: half the width of its 95 % interval.
        real: of pictures trained on, against the same held-out ones.
        meaning: in words.
    """

    name: str
    value: float
    margin: float
    real: float
    meaning: str


@dataclass(frozen=True)
class Judgement:
    """What was found of a set of generated pictures.

    Attributes:
        measurements: the numbers.
        copies: how many generated pictures are copies of training pictures.
        count: generated pictures in all.
        compared: pictures of each side in a comparison.
        closest: rows of the generated pictures nearest to a training picture, the nearest first, and of those pictures.
    """

    measurements: tuple[Measurement, ...]
    copies: int
    count: int
    compared: int
    closest: tuple[tuple[int, int], ...]

    def __getitem__(self, name: str) -> Measurement:
        return next(measurement for measurement in self.measurements if measurement.name.startswith(name))

    def in_words(self) -> str:
        """Return the verdict."""
        return f"{self._varied()}, {self._sharp()}; {self._original()} among {self.count:,}"

    def _varied(self) -> str:
        recall, cover = self["recall"], self["coverage"]
        share = min(recall.value / max(recall.real, 0.01), cover.value / max(cover.real, 0.01))
        return "varied" if share > 0.8 else "less varied than the data" if share > 0.4 else "of little variety"

    def _sharp(self) -> str:
        detail = self["detail"].value
        if detail > 1.1:
            return "noisy" if detail > 1.3 else "slightly noisy"
        return "sharp" if detail > 0.92 else "slightly blurry" if detail > 0.75 else "blurry"

    def _original(self) -> str:
        if self.copies:
            return f"{self.copies:,} {'copy' if self.copies == 1 else 'copies'} of training pictures found"
        if self["C_T"].value < COPIES:
            return "no copies, but suspiciously close to the training pictures,"
        return "no copies found"


class PictureJudge:
    """Measures generated pictures against those that nothing was trained on.

    Args:
        train: the pictures trained on, (N, C, H, W).
        held_out: others, (M, C, H, W).
        progress: told how far it is.

    Raises:
        ArtganError: if too few are held out.
    """

    def __init__(self, train: Pictures, held_out: Pictures | None, progress: Progress) -> None:
        apart = 0 if held_out is None else len(held_out)
        if held_out is None or apart < FEWEST:
            raise ArtganError(
                f"{apart} pictures were held out of training, and at least {FEWEST} are needed to evaluate: train with "
                "more pictures, or a larger --set training.held_out"
            )
        self.progress = progress
        self.train, self.held_out = train[:MOST], held_out[:MOST]
        self._of_train = self._features("looking at training pictures", self.train)
        self._of_held_out = self._features("looking at held-out pictures", self.held_out)

    def judge(self, fake: Pictures) -> Judgement:
        """Return what is found of generated pictures (K, C, H, W), at least as many as needed for one comparison.

        Raises:
            ArtganError: if there are too few.
        """
        size = min(len(self.held_out), len(self.train), len(fake))
        if size < FEWEST:
            raise ArtganError(f"{len(fake)} generated pictures are too few: give at least {FEWEST} with --count")
        made = self._features("looking at generated pictures", fake)
        comparison = Comparison(self.held_out[:size], self._of_held_out[:size])
        own = comparison.all(self.train[-size:], self._of_train[-size:], self.progress)
        found = comparison.all(fake[:size], made[:size], self.progress, more=made)
        reached, which = nearest(made, self._of_train)
        usual = float(np.median(nearest(self._of_held_out, self._of_train)[0]))
        order = np.argsort(reached, kind="stable")[:16]
        original = copying(self._of_train, self._of_held_out, made)
        rows = [
            Measurement(name, value, margin, own[name][0], MEANINGS[name.split(" ")[0]])
            for name, (value, margin) in found.items()
        ]
        rows.append(Measurement(f"C_T ({RANDOM})", original, SPREAD, 0.0, MEANINGS["C_T"]))
        return Judgement(
            measurements=tuple(rows),
            copies=int((reached < COPY * usual).sum()),
            count=len(fake),
            compared=size,
            closest=tuple((int(row), int(which[row])) for row in order),
        )

    def _features(self, what: str, pictures: Pictures) -> Features:
        self.progress(what, 0, len(pictures))
        features = random_features(pictures)
        if not np.isfinite(features).all():
            raise ArtganError(f"{what}: features are not finite")
        self.progress(what, len(pictures), len(pictures))
        return features


MEANINGS = {
    "Fréchet": "distance of means and spreads; lower is better",
    "KID": "kernel distance, times 1000; lower is better",
    "precision": "share that looks like the data: quality",
    "recall": "share of the data that it can make: diversity",
    "density": "how firmly within the data; 1 as the data itself",
    "coverage": "share of the data with a work nearby",
    "detail": "fine detail beside the data's; below 1 blurry, above noisy",
    "patches": "distance of small patches, times 1000; lower is better",
    "C_T": "below -3 it copies, about 0 it does not, above 3 it is unlike the data",
}


class Comparison:
    """Compares sets of pictures with the same reference.

    Args:
        reference: pictures (N, C, H, W).
        features: theirs, (N, D).
    """

    def __init__(self, reference: Pictures, features: Features) -> None:
        self.reference, self.features = reference, features

    def all(
        self, pictures: Pictures, features: Features, progress: Progress, more: Features | None = None
    ) -> dict[str, tuple[float, float]]:
        """Return each metric's value and the margin of its 95 % interval.

        Margins come from subsamples of half the size, drawn without replacement, whose spread is that of the whole
        (Politis and Romano 1994; the delete-half jackknife). The Fréchet distance, which is biased by the number of
        samples, takes its margin from further sets of equal size where there are ``more``.

        Args:
            pictures: as many as the reference.
            features: theirs.
            progress: told how far it is.
            more: features of further pictures by the same source.
        """
        values = self._on_features(features, self.features) | self._on_pixels(pictures, self.reference)
        random = np.random.default_rng(0)
        half = len(features) // 2
        halves: dict[str, list[float]] = {name: [] for name in values}
        for repeat in range(REPEATS):
            progress("repeating on halves", repeat, REPEATS)
            mine, others = (random.permutation(len(features))[:half] for _ in range(2))
            found = self._on_features(features[mine], self.features[others])
            found |= self._on_pixels(pictures[mine], self.reference[others])
            for name, value in found.items():
                halves[name].append(value)
        progress("repeating on halves", REPEATS, REPEATS)
        margins = {name: SPREAD * float(np.std(parts, ddof=1)) for name, parts in halves.items()}
        name = f"Fréchet ({RANDOM})"
        sets = self._sets(more, len(features))
        if len(sets) > 1:
            drawn = [frechet(part, self.features) for part in sets]
            values[name] = float(np.mean(drawn))
            margins[name] = SPREAD * float(np.std(drawn, ddof=1))
        return {name: (value, margins[name]) for name, value in values.items()}

    def _sets(self, features: Features | None, size: int) -> list[Features]:
        count = 0 if features is None else min(REPEATS, len(features) // size)
        return [] if features is None else [features[part * size : (part + 1) * size] for part in range(count)]

    def _on_features(self, features: Features, reference: Features) -> dict[str, float]:
        cover = coverage(reference, features, NEIGHBOURS)
        return {
            f"Fréchet ({RANDOM})": frechet(features, reference),
            f"KID ({RANDOM})": 1000 * kernel_distance(features, reference),
            f"precision ({RANDOM})": cover.precision,
            f"recall ({RANDOM})": cover.recall,
            f"density ({RANDOM})": cover.density,
            f"coverage ({RANDOM})": cover.coverage,
        }

    def _on_pixels(self, pictures: Pictures, reference: Pictures) -> dict[str, float]:
        levels = patch_distances(reference, pictures)
        return {"detail": sharpness(pictures) / sharpness(reference)} | {
            f"patches at {height} px": value for height, value in levels.items()
        }


def closest_pairs(judgement: Judgement, fake: Pictures, train: Pictures) -> Pictures:
    """Return pictures (2K, C, H, W): those nearest to a training picture, each before that picture."""
    rows = [picture for made, own in judgement.closest for picture in (fake[made], train[own])]
    return np.stack(rows)


def as_table(judgement: Judgement) -> list[tuple[str, str, str, str]]:
    """Return name, value with margin, what the data reaches, and meaning, as text."""
    return [
        (row.name, f"{row.value:.3f} ± {row.margin:.3f}", f"{row.real:.3f}", row.meaning)
        for row in judgement.measurements
    ]
