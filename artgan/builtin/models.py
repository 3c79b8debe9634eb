"""The built-in generators and discriminators, of images and of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from artgan import option
from artgan.interfaces import Discriminator, Generator, Spec

if TYPE_CHECKING:
    from torch import nn

    from .recurrent import Cell
    from .recurrent import RnnDiscriminator as RnnNetwork


def _image_shape(spec: Spec) -> tuple[int, int, int]:
    channels, height, width = spec.shape
    if not 1 <= channels <= 4:
        raise ValueError(f"images have 1 to 4 channels, not {channels}")
    return channels, height, width


@dataclass(frozen=True)
class CnnGenerator(Generator):
    """Convolutional generator for images of any height and width (the DCGAN family)."""

    name = "cnn"
    paper = "Radford et al. 2015, arXiv:1511.06434"
    modalities = frozenset({"image"})
    gives = frozenset({"sample-gradient"})
    width: int = option(16, "channels at half the size; each halving doubles them, up to eight times", min=1)
    norm: str = option("batch", "normalisation between the layers", choices=("batch", "none"))

    def build(self, spec: Spec) -> nn.Module:
        from .networks import ConvGenerator

        return ConvGenerator(_image_shape(spec), self.latent, self.width, self.norm)


@dataclass(frozen=True)
class MlpGenerator(Generator):
    """Fully connected generator for images."""

    name = "mlp"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    modalities = frozenset({"image"})
    gives = frozenset({"sample-gradient"})
    opponent = "mlp"
    width: int = option(512, "units in each hidden layer", min=1)
    depth: int = option(3, "hidden layers", min=1, max=32)

    def build(self, spec: Spec) -> nn.Module:
        from .networks import MlpGenerator as Network

        return Network(_image_shape(spec), self.latent, self.width, self.depth)


@dataclass(frozen=True)
class CnnDiscriminator(Discriminator):
    """Convolutional discriminator for images of any height and width."""

    name = "cnn"
    paper = "Radford et al. 2015, arXiv:1511.06434; Miyato et al. 2018, arXiv:1802.05957"
    modalities = frozenset({"image"})
    gives = frozenset({"double-backward"})
    width: int = option(16, "channels at half the size; each halving doubles them, up to eight times", min=1)
    norm: str = option("spectral", "normalisation of the layers", choices=("spectral", "batch", "none"))

    def build(self, spec: Spec) -> nn.Module:
        from .networks import ConvDiscriminator

        return ConvDiscriminator(_image_shape(spec), self.width, self.norm)


@dataclass(frozen=True)
class MlpDiscriminator(Discriminator):
    """Fully connected discriminator for images."""

    name = "mlp"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    modalities = frozenset({"image"})
    gives = frozenset({"double-backward"})
    width: int = option(256, "units in each hidden layer", min=1)
    depth: int = option(2, "hidden layers", min=1, max=32)
    norm: str = option("spectral", "normalisation of the layers", choices=("spectral", "none"))

    def build(self, spec: Spec) -> nn.Module:
        from .networks import MlpDiscriminator as Network

        return Network(_image_shape(spec), self.width, self.depth, self.norm)


CELLS = ("lstm", "gru")


def _check_text(spec: Spec) -> None:
    if len(spec.shape) != 2 or spec.shape[1] != spec.vocabulary or spec.vocabulary < 2:
        raise ValueError(f"text is (length, vocabulary), not {spec.shape} with a vocabulary of {spec.vocabulary}")


@dataclass(frozen=True)
class RnnGenerator(Generator):
    """Recurrent generator for text: draws token by token, its state and every input given the latent."""

    name = "rnn"
    paper = "de Masson d'Autume et al. 2019, arXiv:1905.09922"
    modalities = frozenset({"text"})
    gives = frozenset({"sample-gradient", "log-probabilities", "relaxation", "pretraining", "steps"})
    opponent = "rnn"
    estimator = "reinforce"
    sampling = ("temperature", "top_k")
    latent: int = option(32, "numbers in a latent", min=1, max=65536)
    width: int = option(128, "units of the recurrent layer", min=1)
    embedding: int = option(64, "numbers in a token's embedding", min=1)
    cell: str = option("lstm", "the kind of recurrent layer", choices=CELLS)
    temperature: float = option(0.9, "of the draws: below 1 for likelier tokens, 0 for the likeliest", min=0, max=10)
    top_k: int = option(0, "how many of the likeliest tokens are drawn from; 0 for all", min=0)

    def build(self, spec: Spec) -> nn.Module:
        from .recurrent import RnnGenerator as Network

        _check_text(spec)
        return Network(
            spec,
            latent=self.latent,
            width=self.width,
            embedding=self.embedding,
            cell=cast("Cell", self.cell),
            temperature=self.temperature,
            top_k=self.top_k,
        )


@dataclass(frozen=True)
class RnnDiscriminator(Discriminator):
    """Recurrent discriminator for text: a logit for each token, given those before it."""

    name = "rnn"
    paper = "de Masson d'Autume et al. 2019, arXiv:1905.09922"
    modalities = frozenset({"text"})
    gives = frozenset({"token-logits"})
    estimator = "expected"
    width: int = option(128, "units of the recurrent layer", min=1)
    embedding: int = option(64, "numbers in a token's embedding", min=1)
    cell: str = option("lstm", "the kind of recurrent layer", choices=CELLS)
    dropout: float = option(0.1, "share of numbers left out while training", min=0, max=0.9)

    def build(self, spec: Spec) -> nn.Module:
        from .recurrent import RnnDiscriminator as Network

        return self._build(Network, spec)

    def _build(self, network: type[RnnNetwork], spec: Spec) -> nn.Module:
        _check_text(spec)
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
    gives = frozenset()
    estimator = ""
    dropout: float = option(0.35, "share of numbers left out while training", min=0, max=0.9)

    def build(self, spec: Spec) -> nn.Module:
        from .recurrent import WholeRnnDiscriminator as Network

        return self._build(Network, spec)


@dataclass(frozen=True)
class TextCnnDiscriminator(Discriminator):
    """Convolutional discriminator for text: one logit for the whole, from several embedded representations."""

    name = "textcnn"
    paper = "Kim 2014, arXiv:1408.5882; Nie et al. 2019 (RelGAN)"
    modalities = frozenset({"text"})
    gives = frozenset({"double-backward"})
    width: int = option(64, "filters of each length", min=1)
    embedding: int = option(64, "numbers in a token's embedding, over all representations", min=1)
    representations: int = option(16, "parts of the embedding that are judged apart", min=1)
    dropout: float = option(0.25, "share of features left out while training", min=0, max=0.9)

    def build(self, spec: Spec) -> nn.Module:
        from .recurrent import TextCnnDiscriminator as Network

        _check_text(spec)
        return Network(
            spec,
            width=self.width,
            embedding=self.embedding,
            representations=self.representations,
            dropout=self.dropout,
        )
