"""What generated samples are judged by."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .component import Component
from .spec import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Metric(Component):
    """A number for how good, varied or original samples are.

    Attributes:
        drawn: whether it is quick enough to be measured at each snapshot, and drawn on the run's page.
        judges: whether its first number, of which less is better, says which checkpoint is the best; it must be quick,
            and ``real`` then holds samples that nothing is trained on.
    """

    kind = "metric"
    plural = "metrics"
    drawn: ClassVar[bool] = False
    judges: ClassVar[bool] = False

    def applies(self, spec: Spec) -> bool:
        """Return whether it has something to say about such data."""
        return True

    @abstractmethod
    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        """Return named numbers for samples as the modality's `Modality.for_metrics` gives them.

        Args:
            real: real samples, compact (N, ...); for text an array (N,) of ``str``, lines parted by newlines.
            fake: generated samples, the same.

        Raises:
            ArtganError: if it cannot measure such samples, as where they are too few; the run goes on without.
        """
