"""How the generator learns through its samples."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .component import Component
from .spec import Spec

if TYPE_CHECKING:
    from .networks import EstimatorModule


@dataclass(frozen=True)
class Estimator(Component):
    """How the generator learns through its samples."""

    kind = "estimator"
    plural = "estimators"

    @abstractmethod
    def build(self, spec: Spec) -> EstimatorModule:
        """Return the module, which derives from `artgan.interfaces.networks.EstimatorModule`, its state in buffers.

        That class says when the trainer calls which method, and what each does unless it is written anew.

        Raises:
            ValueError: if it cannot estimate for samples of this shape.
        """
