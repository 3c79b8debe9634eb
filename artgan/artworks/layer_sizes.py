"""At which size each layer of a generator of pictures works."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..interfaces import Spec

if TYPE_CHECKING:
    from torch import nn


def layer_sizes(network: nn.Module, *, latent: int, spec: Spec) -> dict[str, int]:
    """Return the longer side, in pixels, of what the layer of each tensor of a network makes, by the tensor's name.

    A network may tell it (`artgan.interfaces.networks.SizedGenerator`); else it makes one sample, and its modules are
    watched. A layer that makes no picture, such as one of latents, has size 0; a tensor that belongs to no layer has
    that of what holds it.

    Args:
        network: of a generator.
        latent: numbers in a latent.
        spec: what the network is sized by.
    """
    from ..interfaces.networks import SizedGenerator

    sizes = network.layer_sizes() if isinstance(network, SizedGenerator) else _watched(network, latent, spec)
    return {name: _size(name, sizes) for name in network.state_dict()}


def _watched(network: nn.Module, latent: int, spec: Spec) -> dict[str, int]:
    """Return the size of what each module makes, by its name; of one that is called more than once, the largest."""
    import torch
    from torch import Tensor

    sizes: dict[str, int] = {}

    def note(name: str, module: nn.Module, given: object, made: object) -> None:
        if isinstance(made, Tensor):
            size = max(made.shape[2:]) if made.dim() == 4 else 0
            sizes[name] = max(size, sizes.get(name, 0))

    hooks = [module.register_forward_hook(partial(note, name)) for name, module in network.named_modules()]
    kind = next(network.parameters())
    labels = torch.zeros(1, dtype=torch.long, device=kind.device) if spec.classes else None
    try:
        with torch.inference_mode(), torch.random.fork_rng(devices=[]):
            network(torch.zeros(1, latent, dtype=kind.dtype, device=kind.device), labels)
    finally:
        for hook in hooks:
            hook.remove()
    return sizes


def _size(name: str, sizes: Mapping[str, int]) -> int:
    """Return the size of a tensor's module, or of the nearest that holds it and is known."""
    place = name.partition(".parametrizations.")[0] if ".parametrizations." in name else name.rpartition(".")[0]
    while place not in sizes and place:
        place = place.rpartition(".")[0]
    return sizes.get(place, 0)
