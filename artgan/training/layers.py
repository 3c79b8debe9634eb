"""The layers of a discriminator from the lowest up, of which a run may keep some as they are.

Mo et al. 2020 (Freeze the discriminator, arXiv:2002.10964): where a few samples teach a model that exists, the layers
that see the sample first know already what edges and strokes are like.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from ..errors import UsageError
from ..interfaces.networks import LayeredDiscriminator
from .frozen_parts import learning_parameters


def lowest_layers(network: nn.Module, count: int) -> list[nn.Parameter]:
    """Return the parameters of the lowest layers of a discriminator.

    Raises:
        UsageError: if that are all layers, so that nothing would learn.
    """
    layers = list(_layers(network)) if count else []
    if count and count >= len(layers):
        raise UsageError(
            f"of the discriminator's {len(layers)} layers --freeze-discriminator {count} leaves none to learn: "
            f"freeze at most {max(0, len(layers) - 1)}"
        )
    return [parameter for layer in layers[:count] for parameter in layer]


def _layers(network: nn.Module) -> Iterator[list[nn.Parameter]]:
    """Yield the learning parameters of each layer: as the network tells them, or in the order of its modules.

    A layer begins with a module that has a matrix, a kernel or the like; vectors after it, as of norms, belong to it.
    """
    learning = {id(parameter) for parameter in learning_parameters(network)}
    if isinstance(network, LayeredDiscriminator):
        for layer in network.layers_from_below():
            yield [parameter for parameter in layer.parameters() if id(parameter) in learning]
        return

    current: list[nn.Parameter] = []
    for name, module in network.named_modules():
        own = [parameter for parameter in _own(module) if id(parameter) in learning]
        if not name or "parametrizations" in name.split(".") or not own:
            continue
        if current and any(parameter.dim() > 1 for parameter in own):
            yield current
            current = []
        current += own
    if current:
        yield current


def _own(module: nn.Module) -> Iterator[nn.Parameter]:
    """Yield the parameters that a module has itself, what others parametrise among them."""
    yield from module.parameters(recurse=False)
    if is_parametrized(module):
        yield from module.parametrizations.parameters()  # type: ignore[union-attr]
