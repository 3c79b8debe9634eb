"""The generators and the discriminators of tunes and of pieces: declarations only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan import option
from artgan.interfaces import Discriminator, Generator, Spec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class TuneGenerator(Generator):
    """Recurrent generator of tunes, told its place in the bar and what sounded 1, 2, 4 and 8 bars before.

    It may copy that with a gate for each, masks what would overrun a bar, and keeps events enough to end.
    """

    name = "tune"
    modalities = frozenset({"music"})
    provides = frozenset({"log-probabilities", "pretraining", "steps"})
    opponent = "tune"
    estimator = "ratio"
    conditional = True
    sampling = ("temperature",)
    latent: int = option(32, "numbers in a latent", min=1, max=65536)
    width: int = option(160, "units of the recurrent layer", min=1)
    embedding: int = option(32, "numbers in a token's embedding", min=1)
    echo: bool = option(True, "whether it is told what sounded bars before")
    temperature: float = option(
        0.9, "what logits are divided by when events are drawn; 0 takes the likeliest", min=0, max=10
    )

    def build(self, spec: Spec) -> nn.Module:
        from .networks import TuneNetwork

        return TuneNetwork(
            spec,
            latent=self.latent,
            width=self.width,
            embedding=self.embedding,
            echo=self.echo,
            temperature=self.temperature,
        )


@dataclass(frozen=True)
class TuneDiscriminator(Discriminator):
    """Recurrent discriminator of tunes: a logit for each event, told its place and what sounded bars before."""

    name = "tune"
    modalities = frozenset({"music"})
    provides = frozenset({"token-logits"})
    estimator = "expected"
    width: int = option(160, "units of the recurrent layer", min=1)
    embedding: int = option(32, "numbers in a token's embedding", min=1)
    dropout: float = option(0.3, "share of numbers left out while training", min=0, max=0.9)
    echo: bool = option(True, "whether it is told what sounded bars before")

    def build(self, spec: Spec) -> nn.Module:
        from .networks import TuneJudge

        return TuneJudge(spec, width=self.width, embedding=self.embedding, dropout=self.dropout, echo=self.echo)


@dataclass(frozen=True)
class ChorusGenerator(Generator):
    """Recurrent generator of pieces in several voices: at each step soprano, bass, tenor, alto, told what sounds."""

    name = "chorus"
    modalities = frozenset({"polyphony"})
    provides = frozenset({"log-probabilities", "pretraining", "steps"})
    opponent = "chorus"
    estimator = "ratio"
    sampling = ("temperature",)
    latent: int = option(32, "numbers in a latent", min=1, max=65536)
    width: int = option(160, "units of the recurrent layer", min=1)
    embedding: int = option(24, "numbers in a token's embedding", min=1)
    temperature: float = option(
        0.8, "what logits are divided by when tokens are drawn; 0 takes the likeliest", min=0, max=10
    )

    def build(self, spec: Spec) -> nn.Module:
        from .chorus import ChorusNetwork

        return ChorusNetwork(
            spec, latent=self.latent, width=self.width, embedding=self.embedding, temperature=self.temperature
        )


@dataclass(frozen=True)
class ChorusDiscriminator(Discriminator):
    """Recurrent discriminator of pieces in several voices: a logit for each token, told what sounds."""

    name = "chorus"
    modalities = frozenset({"polyphony"})
    provides = frozenset({"token-logits"})
    estimator = "expected"
    width: int = option(160, "units of the recurrent layer", min=1)
    embedding: int = option(24, "numbers in a token's embedding", min=1)
    dropout: float = option(0.3, "share of numbers left out while training", min=0, max=0.9)

    def build(self, spec: Spec) -> nn.Module:
        from .chorus import ChorusJudge

        return ChorusJudge(spec, width=self.width, embedding=self.embedding, dropout=self.dropout)
