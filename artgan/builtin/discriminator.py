"""The built-in discriminators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from artgan import option
from artgan.interfaces import Discriminator, Spec

from .shapes import CELLS, check_text, image_shape

if TYPE_CHECKING:
    from torch import nn

    from .networks.recurrent import Cell
    from .networks.recurrent import RnnDiscriminator as RnnNetwork


@dataclass(frozen=True)
class CnnDiscriminator(Discriminator):
    """Convolutional discriminator for images of any height and width."""

    name = "cnn"
    paper = "Radford et al. 2015, arXiv:1511.06434; Miyato et al. 2018, arXiv:1802.05957"
    representation = "pixels"
    provides = frozenset({"double-backward"})
    width: int = option(16, "channels at half the size; each halving doubles them, up to eight times", min=1)
    norm: str = option("spectral", "normalisation of the layers", choices=("spectral", "batch", "none"))
    classes: bool = option(False, "judge whether samples are of their class, where the data has classes")

    def build(self, spec: Spec) -> nn.Module:
        from .networks.convolutional import ConvDiscriminator

        classes = len(spec.classes) if self.classes else 0
        return ConvDiscriminator(image_shape(spec), self.width, self.norm, classes=classes)


@dataclass(frozen=True)
class MlpDiscriminator(Discriminator):
    """Fully connected discriminator for images."""

    name = "mlp"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    representation = "pixels"
    provides = frozenset({"double-backward"})
    width: int = option(256, "units in each hidden layer", min=1)
    depth: int = option(2, "hidden layers", min=1, max=32)
    norm: str = option("spectral", "normalisation of the layers", choices=("spectral", "none"))

    def build(self, spec: Spec) -> nn.Module:
        from .networks.fully_connected import MlpDiscriminator as Network

        return Network(image_shape(spec), self.width, self.depth, self.norm)


@dataclass(frozen=True)
class RnnDiscriminator(Discriminator):
    """Recurrent discriminator for text: a logit for each token, given those before it."""

    name = "rnn"
    paper = "de Masson d'Autume et al. 2019, arXiv:1905.09922"
    representation = "tokens"
    provides = frozenset({"token-logits", "token-logits-head", "token-numbers"})
    estimator = "expected"
    width: int = option(128, "units of the recurrent layer", min=1)
    embedding: int = option(64, "numbers in a token's embedding", min=1)
    cell: str = option("lstm", "the kind of recurrent layer", choices=CELLS)
    dropout: float = option(0.1, "share of numbers left out while training", min=0, max=0.9)

    def build(self, spec: Spec) -> nn.Module:
        from .networks.recurrent import RnnDiscriminator as Network

        return self._build(Network, spec)

    def _build(self, network: type[RnnNetwork], spec: Spec) -> nn.Module:
        check_text(spec)
        cell = cast("Cell", self.cell)
        return network(spec, width=self.width, embedding=self.embedding, cell=cell, dropout=self.dropout)


@dataclass(frozen=True)
class TextRnnDiscriminator(RnnDiscriminator):
    """Recurrent discriminator for text: one logit for the whole, the sum of those of its tokens.

    With cross-entropy the best logit is the logarithm of a ratio of probabilities (Goodfellow et al. 2014,
    arXiv:1406.2661, proposition 1); that of a text is the sum of those of its tokens, each given those before it.
    """

    name = "textrnn"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    provides = frozenset({"token-numbers"})
    estimator = ""
    dropout: float = option(0.35, "share of numbers left out while training", min=0, max=0.9)

    def build(self, spec: Spec) -> nn.Module:
        from .networks.recurrent import WholeRnnDiscriminator as Network

        return self._build(Network, spec)


@dataclass(frozen=True)
class TextCnnDiscriminator(Discriminator):
    """Convolutional discriminator for text: one logit for the whole, from several embedded representations."""

    name = "textcnn"
    paper = "Kim 2014, arXiv:1408.5882; Nie et al. 2019 (RelGAN)"
    representation = "tokens"
    provides = frozenset({"double-backward", "token-numbers"})
    width: int = option(64, "filters of each length", min=1)
    embedding: int = option(64, "numbers in a token's embedding, over all representations", min=1)
    representations: int = option(16, "parts of the embedding that are judged apart", min=1)
    dropout: float = option(0.25, "share of features left out while training", min=0, max=0.9)

    def build(self, spec: Spec) -> nn.Module:
        from .networks.text_convolutional import TextCnnDiscriminator as Network

        check_text(spec)
        return Network(
            spec,
            width=self.width,
            embedding=self.embedding,
            representations=self.representations,
            dropout=self.dropout,
        )
