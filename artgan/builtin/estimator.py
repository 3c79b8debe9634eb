"""The built-in estimators: how the generator learns through its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Estimator, Spec

if TYPE_CHECKING:
    from artgan.interfaces.networks import EstimatorModule


@dataclass(frozen=True)
class Pathwise(Estimator):
    """Differentiates the samples themselves: the gradient flows from the loss through them into the generator."""

    name = "pathwise"
    requires = frozenset({"sample-gradient"})

    def build(self, spec: Spec) -> EstimatorModule:
        from artgan.interfaces.networks import EstimatorModule

        return EstimatorModule()


@dataclass(frozen=True)
class Reinforce(Estimator):
    """The score function, dense: minus the loss's value at each token is its reward, discounted over what follows."""

    name = "reinforce"
    paper = "Williams 1992; de Masson d'Autume et al. 2019, arXiv:1905.09922"
    requires = frozenset({"log-probabilities"})
    provides = frozenset({"token-numbers"})
    discount: float = option(0.23, "weight of the next token's reward against this one's", min=0, max=1)
    decay: float = option(0.08, "how much of the moving baseline is new at each step", min=0, max=1)

    def build(self, spec: Spec) -> EstimatorModule:
        from .networks.token_estimators import ReinforceEstimator

        return ReinforceEstimator(self.discount, self.decay, spec.ends)


@dataclass(frozen=True)
class Expected(Estimator):
    """The expectation over every token at each place, which has no variance; what follows as in `reinforce`."""

    name = "expected"
    paper = "Ciosek and Whiteson 2018, arXiv:1706.05374"
    requires = frozenset({"log-probabilities", "token-logits"})
    provides = frozenset({"token-numbers"})
    discount: float = option(0.23, "weight of the next token's reward against this one's", min=0, max=1)
    entropy: float = option(0.0, "what a nat of entropy of the distribution at a place is worth", min=0, max=10)

    def build(self, spec: Spec) -> EstimatorModule:
        from .networks.token_estimators import ExpectedEstimator

        return ExpectedEstimator(self.discount, self.entropy, spec.ends)


@dataclass(frozen=True)
class Ratio(Estimator):
    """The distribution that the discriminator finds to be the real one, learned by cross-entropy.

    A discriminator's logit estimates the logarithm of how much likelier a token is in real texts. The generator's own
    distribution times that ratio, brought to a sum of 1, is what it is drawn to; as in MaliGAN, but for every token at
    each place and not for drawn texts alone. The generator goes on with its own words and with those of real texts, and
    the discriminator tells its next token from the real one; what is real the generator learns from the logits alone.
    """

    name = "ratio"
    paper = "Che et al. 2017 (MaliGAN), arXiv:1702.07983"
    requires = frozenset({"log-probabilities", "token-logits", "log-ratio"})
    provides = frozenset({"token-numbers"})
    bound: float = option(5.0, "the highest logit that is believed", min=0, max=20)

    def build(self, spec: Spec) -> EstimatorModule:
        from .networks.ratio_estimator import RatioEstimator

        return RatioEstimator(self.bound, spec.ends)


@dataclass(frozen=True)
class Gumbel(Estimator):
    """Straight-through Gumbel-softmax: hard tokens whose gradient is that of a softmax, ever colder."""

    name = "gumbel"
    paper = "Jang et al. 2017, arXiv:1611.01144"
    requires = frozenset({"relaxation"})
    first: float = option(1.0, "temperature of the softmax at the first step", min=0.001, max=100)
    last: float = option(0.1, "temperature at the last step, reached exponentially", min=0.001, max=100)

    def build(self, spec: Spec) -> EstimatorModule:
        from .networks.token_estimators import GumbelEstimator

        return GumbelEstimator(self.first, self.last)
