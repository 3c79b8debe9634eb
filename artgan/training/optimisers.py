"""Optimisers of `torch.optim` by name, their learning rate, and their state as named tensors."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import UsageError, did_you_mean
from ..recipe.settings import Optimiser


def make_optimiser(choice: Optimiser, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """Return the optimiser of a network's parameters, fused where torch has it.

    Raises:
        UsageError: if torch has no such optimiser, or it cannot train this network.
    """
    known = [name for name in torch.optim.__all__ if inspect.isclass(getattr(torch.optim, name, None))]
    kind = getattr(torch.optim, choice.optimiser, None) if choice.optimiser in known else None
    if kind is None or not issubclass(kind, torch.optim.Optimizer):
        raise UsageError(f"torch.optim has no {choice.optimiser!r}{did_you_mean(choice.optimiser, known)}")
    if inspect.signature(kind.step).parameters["closure"].default is inspect.Parameter.empty:
        raise UsageError(f"optimiser {choice.optimiser} cannot train networks that play against each other; try Adam")

    accepted = inspect.signature(kind).parameters
    arguments: dict[str, Any] = {"lr": choice.lr}
    if "betas" in accepted:
        arguments["betas"] = (choice.beta1, choice.beta2)
    if "fused" in accepted:
        arguments["fused"] = True

    try:
        optimiser: torch.optim.Optimizer = kind(parameters, **arguments)
    except (ValueError, TypeError, RuntimeError) as error:
        raise UsageError(f"optimiser {choice.optimiser} cannot train this network: {error}") from None
    return optimiser


def set_rates(optimiser: torch.optim.Optimizer, *, lr: float, choice: Optimiser) -> None:
    """Set the learning rate of every parameter, and the decays of the Adam family as they are chosen at this step."""
    for group in optimiser.param_groups:
        group["lr"] = lr
        if "betas" in group:
            group["betas"] = (choice.beta1, choice.beta2)


def optimiser_tensors(optimiser: torch.optim.Optimizer, prefix: str) -> dict[str, Tensor]:
    """Return the optimiser's state as tensors named ``prefix.parameter.key``; numbers become 0-dimensional."""
    tensors = {}
    for number, parameter in enumerate(_parameters(optimiser)):
        for key, value in optimiser.state.get(parameter, {}).items():
            if isinstance(value, Tensor | int | float):
                tensors[f"{prefix}.{number}.{key}"] = torch.as_tensor(value)
    return tensors


def load_optimiser_tensors(optimiser: torch.optim.Optimizer, prefix: str, tensors: dict[str, Tensor]) -> None:
    """Set the optimiser's state from `optimiser_tensors`, in each parameter's own memory layout.

    Raises:
        UsageError: if the state is of other parameters.
    """
    parameters = {str(number): parameter for number, parameter in enumerate(_parameters(optimiser))}
    fused = any(group.get("fused") for group in optimiser.param_groups)
    optimiser.state.clear()
    for name, value in tensors.items():
        if name.startswith(f"{prefix}."):
            number, _, key = name.removeprefix(f"{prefix}.").partition(".")
            parameter = parameters.get(number)
            if parameter is None or value.shape not in (parameter.shape, ()):
                raise UsageError(f"the checkpoint does not fit the recipe's networks: {name} is of another")
            # Fused, torch counts steps where the parameters are, and otherwise on the CPU.
            count = torch.empty_like(value, device=parameter.device if fused else value.device)
            like = torch.empty_like(parameter) if value.shape == parameter.shape else count
            optimiser.state[parameter][key] = like.detach().to(value.dtype).copy_(value)


def _parameters(optimiser: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimiser.param_groups for parameter in group["params"]]
