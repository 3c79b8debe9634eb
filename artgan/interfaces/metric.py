"""What generated samples are judged by.

A metric that needs samples alone writes `Metric.measure`. One that needs more, such as features or what the networks
were trained on, writes `Metric.compare`, which is given all that is known of a `Comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol, TypeVar, cast

from ..errors import ArtganError
from .component import Component
from .dataset import Dataset
from .progress import Progress
from .spec import Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from .features import FeatureExtractor

T = TypeVar("T")

Reference = Literal["held out", "trained on"]
Interval = Literal["halves", "sets", "own"]


class Role(StrEnum):
    """What a number tells, so that a verdict in words can be made of it, whoever measures it."""

    FIDELITY = "the share of works that look like the data"
    DIVERSITY = "the share of the data that works cover"
    DETAIL = "fine detail beside the data's: 1 for as much"
    CLOSENESS = "standard deviations by which works are farther from what was trained on than held-out samples are"
    COPIED = "the share of works that stand in the data"
    WORKS_LIKELIHOOD = "nats per token of works under a model of the data: quality"
    DATA_LIKELIHOOD = "nats per token of the data under a model of works: diversity"


class Pair(NamedTuple):
    """A work and the training sample that is nearest to it, by their places in their sets."""

    fake: int
    train: int


@dataclass(frozen=True)
class Copies:
    """Which works are copies.

    Attributes:
        count: how many are.
        closest: works with what they are nearest to, the nearest first, for people to look at.
    """

    count: int
    closest: tuple[Pair, ...]


@dataclass(frozen=True)
class Number:
    """What a metric measured.

    Attributes:
        value: finite.
        margin: half the width of its 95 % interval, where the metric knows it.
        meaning: one phrase that says how to read it; empty for the metric's.
        role: what it tells in the verdict; None for the metric's.
        copies: the copies that it is about, where the metric looked for them.
    """

    value: float
    margin: float | None = None
    meaning: str = ""
    role: Role | None = None
    copies: Copies | None = None


class TokenProbabilities(Protocol):
    """A generator that knows the probability of what it draws."""

    @property
    def latent(self) -> int:
        """Numbers in a latent."""

    def log_distribution(self, tokens: Tensor, latents: Tensor) -> Tensor:
        """Return the logarithm of the probability of every token at each place (B, L, V), given those before it.

        Args:
            tokens: (B, L).
            latents: (B, latent), float64.
        """

    def log_likelihood(self, tokens: Tensor, latents: Tensor) -> Tensor:
        """Return the logarithm of the probability of each sequence up to its end, (B,), float64.

        It takes little memory whatever the length and the vocabulary, and is right to six digits.

        Args:
            tokens: (B, L).
            latents: (B, latent), float64.
        """


class Samples:
    """A set of samples, and what metrics see of it: all is computed when it is first asked for, and once.

    Args:
        compact: the samples as they are kept, (N, ...).
        for_metrics: turns compact samples into what people read; by default they are that.
        extractor: gives them features.
        what: what they are, in words.
        progress: told how far the features are.

    Attributes:
        compact: the samples as they are kept, (N, ...), read-only.
    """

    def __init__(
        self,
        compact: NDArray[Any],
        *,
        for_metrics: Callable[[NDArray[Any]], NDArray[Any]] = lambda compact: compact,
        extractor: FeatureExtractor | None = None,
        what: str = "samples",
        progress: Progress = lambda what, done, total: None,
    ) -> None:
        self.compact = _read_only(compact)
        self._for_metrics, self._extractor, self._what, self._progress = for_metrics, extractor, what, progress
        self._whole: tuple[Samples, Any] | None = None
        self._known: dict[Hashable, object] = {}

    def __len__(self) -> int:
        return len(self.compact)

    def part(self, rows: NDArray[np.integer[Any]] | slice) -> Samples:
        """Return some of them; what is known of each is that of the whole."""
        part = Samples(
            self.compact[rows],
            for_metrics=self._for_metrics,
            extractor=self._extractor,
            what=self._what,
            progress=self._progress,
        )
        part._whole = self, rows
        return part

    @cached_property
    def readable(self) -> NDArray[Any]:
        """The samples as `Modality.for_metrics` gives them: pictures as they are, texts as ``str``."""
        if self._whole:
            whole, rows = self._whole
            return _read_only(whole.readable[rows])
        return _read_only(self._for_metrics(self.compact))

    @cached_property
    def features(self) -> NDArray[np.float64]:
        """Their features, (N, D).

        Raises:
            ArtganError: if there are none for such samples.
        """
        if self._whole:
            whole, rows = self._whole
            part: NDArray[np.float64] = whole.features[rows]
            return part
        if self._extractor is None:
            raise ArtganError(f"{self._what} are compared without features here")
        return self._extractor(self.compact, f"looking at {self._what}", self._progress)

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is computed of the set, and keep it for whoever asks for it by the same key."""
        if key not in self._known:
            self._known[key] = compute()
        return cast(T, self._known[key])


@dataclass(frozen=True)
class Comparison:
    """Generated samples, and all that they can be compared with.

    Attributes:
        spec: what samples are like.
        fake: generated samples; where ``of_real``, real ones in their place, to know what those reach.
        held_out: real samples that nothing was trained on.
        train: real samples that were trained on.
        whose: what the generated samples are, in words.
        of_real: whether ``fake`` holds real samples, which stand among ``held_out`` or ``train`` too.
        extractor: what samples are compared by, where there are features of such.
        dataset: where real samples come from.
        generator: what the generated samples come from, where it knows their probabilities.
        progress: told how far what takes long is.
    """

    spec: Spec
    fake: Samples
    held_out: Samples
    train: Samples
    whose: str = "generated samples"
    of_real: bool = False
    extractor: FeatureExtractor | None = None
    dataset: Dataset | None = None
    generator: TokenProbabilities | None = None
    progress: Progress = lambda what, done, total: None

    def named(self, number: str) -> str:
        """Return what a number that is taken on features is called: ``KID (random-v1)``."""
        return self.extractor.named(number) if self.extractor else number


@dataclass(frozen=True)
class Metric(Component):
    """Numbers for how good, varied or original samples are.

    Attributes:
        drawn: whether `measure` is quick enough for each snapshot of a run, and drawn on its page.
        judges: whether the first number of `measure`, of which less is better, says which checkpoint is the best; it
            must be quick, and ``real`` then holds samples that nothing is trained on.
        reference: which real samples works are compared with; what the others reach is told beside each number.
        interval: how a number's 95 % interval is taken. ``halves``: by the spread over halves of either side, drawn
            without replacement (Politis and Romano 1994; the delete-half jackknife). ``sets``: by that over further
            sets of equal size where there are such, whose mean is then the number: for what depends on how many samples
            there are. ``own``: the metric gives it, and is given all samples at once.
        on_features: whether it needs features.
        by_default: whether it is measured unless others are asked for by name.
        beside_baseline: whether its numbers mean little without those of a generator that is trained by likelihood.
        role: what its numbers tell in the verdict, unless they say so themselves; while training, the first number of
            `measure` is the share of copies where the role is that, and says when a run ends (`training.copied`).
        leeway: how many times `training.copied` that share may be beyond that of real samples; above 1 for shares that
            real samples have too, which are looked at where some are held out.
        meaning: one phrase that says how to read its numbers, unless they say so themselves; empty for its summary.
    """

    kind = "metric"
    plural = "metrics"
    drawn: ClassVar[bool] = False
    judges: ClassVar[bool] = False
    reference: ClassVar[Reference] = "held out"
    interval: ClassVar[Interval] = "halves"
    on_features: ClassVar[bool] = False
    by_default: ClassVar[bool] = True
    beside_baseline: ClassVar[bool] = False
    role: ClassVar[Role | None] = None
    leeway: ClassVar[float] = 1.0
    meaning: ClassVar[str] = ""

    def applies(self, spec: Spec) -> bool:
        """Return whether it has something to say about such data."""
        return True

    def refusal(self, extractor: FeatureExtractor) -> str:
        """Return in words why it cannot be taken on some features; empty where it can."""
        return ""

    def cost(self, samples: int, features: int) -> float:
        """Return about how long it takes, in any unit, so that the time can be told beforehand.

        Args:
            samples: of each side.
            features: of each sample.
        """
        return samples**2

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        """Return named numbers for samples as the modality's `Modality.for_metrics` gives them.

        Args:
            real: real samples, compact (N, ...); for text an array (N,) of ``str``, lines parted by newlines.
            fake: generated samples, the same.

        Raises:
            ArtganError: if it cannot measure such samples, as where they are too few; the run goes on without.
        """
        raise ArtganError("it measures comparisons alone")

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        """Return named numbers for a comparison: those of `measure` unless a metric needs more.

        Raises:
            ArtganError: as in `measure`.
        """
        real = comparison.held_out if self.reference == "held out" else comparison.train
        return self.measure(real.readable, comparison.fake.readable)


def _read_only(samples: NDArray[Any]) -> NDArray[Any]:
    """Return a view of samples that cannot be written to, for other metrics measure them too."""
    view = samples.view()
    view.flags.writeable = False
    return view
