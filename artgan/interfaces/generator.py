"""The two players: what makes samples, and what tells them from real ones."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .component import Component, option
from .spec import Spec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Generator(Component):
    """Turns latents into samples.

    Attributes:
        opponent: the discriminator it plays against unless told otherwise.
        estimator: how it learns through its samples unless told otherwise.
        conditional: whether its network makes samples of the class asked for, where the data has classes; it is then
            always given labels.
        sampling: the names of options that change how samples are drawn but no weights, such as a temperature; they may
            be chosen anew for each artwork.
    """

    kind = "generator"
    plural = "generators"
    opponent: ClassVar[str] = "cnn"
    estimator: ClassVar[str] = "pathwise"
    conditional: ClassVar[bool] = False
    sampling: ClassVar[tuple[str, ...]] = ()
    latent: int = option(128, "numbers in a latent", min=1, max=65536)

    def makes_classes(self) -> bool:
        """Return whether its network, with these options, makes samples of the class asked for."""
        return self.conditional

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return the network: ``forward(latents (B, latent), labels (B,) or None) -> samples (B, *spec.shape)``.

        Image samples lie in [-1, 1]; text samples are one-hot. The weights are drawn from torch's global random state,
        and so is what a generator of tokens draws on its way, in evaluation too.

        What it ``provides`` is more methods of its network, as `artgan.interfaces.networks` spells out:
        ``log-probabilities`` (`ExplicitGenerator`), ``next-token-head`` (`HeadedGenerator`), ``token-draws``
        (`DrawingGenerator`), ``relaxation`` (`RelaxedGenerator`), ``pretraining`` (`PretrainableGenerator`), ``steps``
        (`StepwiseGenerator`), ``constraints`` (`ConstrainedGenerator`) and ``styles`` (`StyledGenerator`).

        Raises:
            ValueError: if it cannot make samples of this shape.
        """
