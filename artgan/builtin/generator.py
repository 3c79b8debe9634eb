"""The built-in generators and discriminators, of images and of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from artgan import option
from artgan.interfaces import Generator, Spec

from .shapes import CELLS, check_text, image_shape

if TYPE_CHECKING:
    from torch import nn

    from .networks.convolutional import Upsampling
    from .networks.recurrent import Cell


@dataclass(frozen=True)
class CnnGenerator(Generator):
    """Convolutional generator for images of any height and width (the DCGAN family)."""

    name = "cnn"
    paper = "Radford et al. 2015, arXiv:1511.06434"
    representation = "pixels"
    provides = frozenset({"sample-gradient"})
    width: int = option(16, "channels at half the size; each halving doubles them, up to eight times", min=1)
    norm: str = option("batch", "normalisation between the layers", choices=("batch", "none"))
    upsampling: str = option(
        "transposed",
        "how sizes double: transposed convolutions may leave a checkerboard, nearest and subpixel do not",
        choices=("transposed", "nearest", "subpixel"),
    )
    classes: bool = option(False, "make works of each class apart, where the data has classes")
    modulated: bool = option(
        False, "let the latent set each channel's gain and bias, so that grounds and colours agree"
    )

    full: int = option(0, "channels of maps at full size, of which the last layer makes the picture; 0 for none", min=0)

    def __post_init__(self) -> None:
        if self.modulated and self.norm == "none":
            raise ValueError("modulated=true goes with norm=batch, whose gains and biases the latent sets")

    def makes_classes(self) -> bool:
        return self.classes

    def build(self, spec: Spec) -> nn.Module:
        from .networks.convolutional import ConvGenerator

        upsampling = cast("Upsampling", self.upsampling)
        classes = len(spec.classes) if self.classes else 0
        shape = image_shape(spec)
        return ConvGenerator(
            shape,
            self.latent,
            self.width,
            self.norm,
            upsampling=upsampling,
            classes=classes,
            modulated=self.modulated,
            full=self.full,
        )


@dataclass(frozen=True)
class MlpGenerator(Generator):
    """Fully connected generator for images."""

    name = "mlp"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"
    representation = "pixels"
    provides = frozenset({"sample-gradient"})
    opponent = "mlp"
    width: int = option(512, "units in each hidden layer", min=1)
    depth: int = option(3, "hidden layers", min=1, max=32)

    def build(self, spec: Spec) -> nn.Module:
        from .networks.fully_connected import MlpGenerator as Network

        return Network(image_shape(spec), self.latent, self.width, self.depth)


@dataclass(frozen=True)
class RnnGenerator(Generator):
    """Recurrent generator for text: draws token by token, its state and every input given the latent."""

    name = "rnn"
    paper = "de Masson d'Autume et al. 2019, arXiv:1905.09922"
    representation = "tokens"
    provides = frozenset(
        {
            "sample-gradient",
            "log-probabilities",
            "next-token-head",
            "token-draws",
            "relaxation",
            "pretraining",
            "steps",
            "constraints",
        }
    )
    opponent = "rnn"
    estimator = "reinforce"
    sampling = ("temperature", "top_k", "prompt")
    latent: int = option(32, "numbers in a latent", min=1, max=65536)
    width: int = option(128, "units of the recurrent layer", min=1)
    embedding: int = option(64, "numbers in a token's embedding", min=1)
    cell: str = option("lstm", "the kind of recurrent layer", choices=CELLS)
    temperature: float = option(0.9, "of the draws: below 1 for likelier tokens, 0 for the likeliest", min=0, max=10)
    top_k: int = option(0, "how many of the likeliest tokens are drawn from; 0 for all", min=0)
    prompt: str = option("", "the words that texts begin with; for sampling")

    def build(self, spec: Spec) -> nn.Module:
        from .networks.recurrent import RnnGenerator as Network
        from .prompt import Prompt

        check_text(spec)
        return Network(
            spec,
            latent=self.latent,
            width=self.width,
            embedding=self.embedding,
            cell=cast("Cell", self.cell),
            temperature=self.temperature,
            top_k=self.top_k,
            masks=[Prompt(self.prompt, spec)] if self.prompt else [],
        )


@dataclass(frozen=True)
class TransformerGenerator(Generator):
    """Causal transformer for text: draws token by token, each of which attends to all before it.

    By likelihood it learns prose faster than `rnn` does, and draws more slowly.
    """

    name = "transformer"
    paper = "Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745"
    representation = "tokens"
    provides = frozenset({"log-probabilities", "next-token-head", "token-draws", "pretraining", "steps", "constraints"})
    opponent = "rnn"
    estimator = "reinforce"
    sampling = ("temperature", "top_k", "prompt")
    latent: int = option(32, "numbers in a latent", min=1, max=65536)
    width: int = option(128, "numbers at each place, a multiple of heads", min=1)
    depth: int = option(3, "blocks of attention and two layers", min=1, max=48)
    heads: int = option(4, "that attend side by side in a block", min=1)
    temperature: float = option(0.9, "of the draws: below 1 for likelier tokens, 0 for the likeliest", min=0, max=10)
    top_k: int = option(0, "how many of the likeliest tokens are drawn from; 0 for all", min=0)
    prompt: str = option("", "the words that texts begin with; for sampling")

    def build(self, spec: Spec) -> nn.Module:
        from .networks.transformer import TransformerGenerator as Network
        from .prompt import Prompt

        check_text(spec)
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is no multiple of {self.heads} heads")
        return Network(
            spec,
            latent=self.latent,
            width=self.width,
            depth=self.depth,
            heads=self.heads,
            temperature=self.temperature,
            top_k=self.top_k,
            masks=[Prompt(self.prompt, spec)] if self.prompt else [],
        )
