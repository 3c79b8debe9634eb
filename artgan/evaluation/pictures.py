"""How good, how varied and how original generated pictures are, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError, UsageError, did_you_mean
from ..interfaces import Features as FeaturesComponent
from ..interfaces import Progress
from ..plugins.metric_runner import Gauge
from .comparison import COVERS, SPREAD, Comparison, Side
from .distances import copying, nearest
from .feature_extractor import INCEPTION, Looking

METRICS = ("frechet", "kid", *COVERS, "scores", "detail", "patches", "copying")
"""What can be asked for, in the order in which it is told."""

FEWEST = 20
MOST = 5000
"""Pictures of a set that are compared at most."""

COPY = 0.2
"""A picture is a copy where its distance to a training picture is less than this share of what is usual."""

COPIES = -3.0
"""C_T, in standard deviations, below which chance is no explanation."""

UNLIKE = 0.1
"""Where precision is less than this share of what real pictures reach, next to no work looks like the data."""

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
        copies: how many generated pictures are copies of training pictures; None where nobody looked.
        count: generated pictures in all.
        compared: pictures of each side in a comparison.
        closest: rows of the generated pictures nearest to a training picture, the nearest first, and of those pictures.
    """

    measurements: tuple[Measurement, ...]
    copies: int | None
    count: int
    compared: int
    closest: tuple[tuple[int, int], ...]

    def in_words(self) -> str:
        """Return the verdict, which tells of nothing that was not measured."""
        looks = ", ".join(part for part in (self._varied(), self._sharp()) if part)
        parts = [looks, *([f"{self._original()} among {self.count:,}"] if self.copies is not None else [])]
        return "; ".join(part for part in parts if part) or "measured, not judged"

    def _found(self, *names: str) -> list[Measurement]:
        return [row for row in self.measurements if row.name.split(" ")[0] in names]

    def _varied(self) -> str:
        """Return how varied the works are, which nobody can tell of such as do not look like the data at all."""
        shares, near = self._shares("recall", "coverage"), self._shares("precision")
        if not shares or min(shares) > 0.4:
            return "" if not shares else "varied" if min(shares) > 0.8 else "less varied than the data"
        if near and near[0] < UNLIKE:
            return "unlike the data"
        return "of little variety" if near else "covering little of the data"

    def _shares(self, *names: str) -> list[float]:
        return [row.value / max(row.real, 0.01) for row in self._found(*names)]

    def _sharp(self) -> str:
        for detail in (row.value for row in self._found("detail")):
            if detail > 1.1:
                return "noisy" if detail > 1.3 else "slightly noisy"
            return "sharp" if detail > 0.92 else "slightly blurry" if detail > 0.75 else "blurry"
        return ""

    def _original(self) -> str:
        if self.copies:
            return f"{self.copies:,} {'copy' if self.copies == 1 else 'copies'} of training pictures found"
        if any(row.value < COPIES for row in self._found("C_T")):
            return "no copies, but suspiciously close to the training pictures,"
        return "no copies found"


def chosen_metrics(names: Iterable[str], looking: Looking, others: Iterable[Gauge] = ()) -> tuple[str, ...]:
    """Return the metrics of given names, or all that the features allow where none is given.

    Args:
        names: what is wanted.
        looking: the features.
        others: metrics that plugins offer.

    Raises:
        UsageError: for a wrong name, or one that these features cannot serve.
    """
    known = [*METRICS, *(gauge.name for gauge in others)]
    offered = [name for name in known if name != "scores" or _has_scores(looking)]
    wanted = set[str]()
    for name in names:
        if name == "fid" and looking.identity != INCEPTION:
            raise UsageError(
                f"the Fréchet distance is called FID on the pinned Inception alone, not on {looking.label}: "
                "--metric frechet, or --features inception of the plugin artgan-fidelity"
            )
        if name == "scores" and name not in offered:
            raise UsageError(f"features {looking.label} tell nothing by themselves: leave out --metric scores")
        metric = "frechet" if name == "fid" else name
        if metric not in known:
            raise UsageError(f"no metric of pictures is called {name!r}{did_you_mean(name, known)}")
        wanted.add(metric)
    return tuple(name for name in offered if name in wanted or not wanted)


def _has_scores(looking: Looking) -> bool:
    return type(looking.features).scores is not FeaturesComponent.scores


class PictureJudge:
    """Measures generated pictures against those that nothing was trained on.

    Args:
        train: the pictures trained on, (N, C, H, W).
        held_out: others, (M, C, H, W).
        progress: told how far it is.
        looking: the features that they are compared by.
        metrics: what is measured, of `METRICS` and the others; by default all that the features allow.
        others: metrics that plugins offer.

    Raises:
        ArtganError: if too few are held out.
    """

    def __init__(
        self,
        train: Pictures,
        held_out: Pictures | None,
        progress: Progress,
        looking: Looking,
        metrics: Iterable[str] = (),
        others: Iterable[Gauge] = (),
    ) -> None:
        apart = 0 if held_out is None else len(held_out)
        if held_out is None or apart < FEWEST:
            raise ArtganError(
                f"{apart} pictures were held out of training, and at least {FEWEST} are needed to evaluate: train with "
                "more pictures, or a larger --set training.held_out"
            )
        self.progress, self.looking = progress, looking
        self.others = tuple(others)
        self.metrics = chosen_metrics(metrics, looking, self.others)
        self.train, self.held_out = train[:MOST], held_out[:MOST]

    def size(self, count: int) -> int:
        """Return how many pictures of each side are compared where so many are generated.

        Raises:
            ArtganError: if there are too few.
        """
        size = min(len(self.held_out), len(self.train), count)
        if size < FEWEST:
            raise ArtganError(f"{count} generated pictures are too few: give at least {FEWEST} with --count")
        return size

    def judge(self, fake: Pictures) -> Judgement:
        """Return what is found of generated pictures (K, C, H, W), at least as many as needed for one comparison.

        Raises:
            ArtganError: if there are too few, or no metric measured anything.
        """
        size, copies = self.size(len(fake)), "copying" in self.metrics
        held_out = self.look("held-out pictures", self.held_out if copies else self.held_out[:size])
        train = self.look("training pictures", self.train if copies else self.train[-size:])
        made = self.look("generated pictures", fake)
        comparison = Comparison(held_out.part(slice(size)), self.looking, self.metrics, self.others)
        own = comparison.all(train.part(slice(-size, None)), "training pictures", self.progress)
        found = comparison.all(made.part(slice(size)), "generated pictures", self.progress, more=made.features)
        meanings = MEANINGS | comparison.meanings
        rows = [
            Measurement(name, value, margin, own[name][0], meanings.get(name.split(" ")[0], meanings.get(name, "")))
            for name, (value, margin) in found.items()
            if name in own
        ]
        if not rows and not copies:
            raise ArtganError(f"nothing was measured: {', '.join(self.metrics)} gave no number that is right")
        if not copies:
            return Judgement(tuple(rows), None, len(fake), size, ())
        what = "copying of generated pictures"
        self.progress(what, 0, 3)
        reached, which = nearest(made.features, train.features)
        self.progress(what, 1, 3)
        usual = float(np.median(nearest(held_out.features, train.features)[0]))
        order = np.argsort(reached, kind="stable")[:16]
        self.progress(what, 2, 3)
        original = copying(train.features, held_out.features, made.features)
        self.progress(what, 3, 3)
        rows.append(Measurement(self.looking.named("C_T"), original, SPREAD, 0.0, MEANINGS["C_T"]))
        return Judgement(
            measurements=tuple(rows),
            copies=int((reached < COPY * usual).sum()),
            count=len(fake),
            compared=size,
            closest=tuple((int(row), int(which[row])) for row in order),
        )

    def look(self, what: str, pictures: Pictures) -> Side:
        """Return pictures with their features, which are left out where no metric needs any."""
        if set(self.metrics) <= {"detail", "patches", *(gauge.name for gauge in self.others)}:
            return Side(pictures, np.empty((len(pictures), 0)))
        return Side(pictures, self.looking(pictures, f"looking at {what}", self.progress))


MEANINGS = {
    "Fréchet": "distance of means and spreads; lower is better",
    "FID": "Fréchet distance on Inception; lower is better",
    "KID": "kernel distance, times 1000; lower is better",
    "precision": "share that looks like the data: quality",
    "recall": "share of the data that it can make: diversity",
    "density": "how firmly within the data; 1 as the data itself",
    "coverage": "share of the data with a work nearby",
    "Inception": "sure and varied classes of ImageNet; higher is better",
    "detail": "fine detail beside the data's; below 1 blurry, above noisy",
    "patches": "distance of small patches, times 1000; lower is better",
    "C_T": "below -3 it copies, about 0 it does not, above 3 it is unlike the data",
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
