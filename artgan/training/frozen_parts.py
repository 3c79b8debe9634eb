"""What of a module learns, beside parts that never do."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from ..interfaces.networks import frozen_parts


def learning_parameters(module: nn.Module) -> list[nn.Parameter]:
    """Return the parameters outside of frozen parts, in their order."""
    still = {id(parameter) for part in frozen_parts(module).values() for parameter in part.parameters()}
    return [parameter for parameter in module.parameters() if id(parameter) not in still]


def learning_buffers(module: nn.Module) -> list[Tensor]:
    """Return the buffers outside of frozen parts, in their order."""
    still = {id(buffer) for part in frozen_parts(module).values() for buffer in part.buffers()}
    return [buffer for buffer in module.buffers() if id(buffer) not in still]


def learned_state(module: nn.Module) -> dict[str, Tensor]:
    """Return the state outside of frozen parts, by name."""
    prefixes = tuple(f"{name}." for name in frozen_parts(module))
    return {name: tensor for name, tensor in module.state_dict().items() if not name.startswith(prefixes)}


def misfit(module: nn.Module, state: Mapping[str, Tensor]) -> str:
    """Return in words the first place where a state is of another module than this one, frozen parts apart."""
    here = learned_state(module)
    for name in sorted(here.keys() | state.keys()):
        there, now = (_shape(tensors.get(name)) for tensors in (state, here))
        if there != now:
            return f"its {name} is {there}, here it is {now}"
    return ""


def _shape(tensor: Tensor | None) -> str:
    return "missing" if tensor is None else "×".join(map(str, tensor.shape)) or "a number"


def load_learned_state(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Set the state outside of frozen parts, which stay as they are.

    Raises:
        RuntimeError: if the state is of another module.
    """
    learned, whole = learned_state(module), module.state_dict()
    still = {name: tensor for name, tensor in whole.items() if name not in learned}
    module.load_state_dict({**state, **still})
