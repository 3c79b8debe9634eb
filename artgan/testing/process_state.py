"""Keeps the process as it was while components are tried, and sees what they change in it."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

_ON_ENTRY: dict[str, Any] = {}
"""How torch's global switches were before components were tried."""


@contextmanager
def isolated() -> Iterator[None]:
    """Put back all global state afterwards; warnings of components are theirs."""
    python, numpy, threads = random.getstate(), np.random.get_state(), torch.get_num_threads()
    _ON_ENTRY.update(_switches())
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.set_num_threads(1)
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)
            _restore()
            torch.set_num_threads(threads)


@contextmanager
def changed_switches() -> Iterator[list[str]]:
    """Fill a list with the names of torch's global switches that were changed meanwhile, and put them back."""
    changed = list[str]()
    _restore()
    try:
        yield changed
    finally:
        changed += [name for name, value in _switches().items() if value != _ON_ENTRY[name]]
        _restore()


def seed_all(seed: int, other: int | None = None) -> None:
    """Seed torch, and with another seed Python's and NumPy's global random states."""
    torch.default_generator.manual_seed(seed)
    random.seed(seed if other is None else other)
    np.random.seed(seed if other is None else other)


def next_numbers() -> dict[str, float]:
    """Return the next number of each global random state."""
    return {"torch": float(torch.rand(())), "Python's random": random.random(), "NumPy": float(np.random.rand())}


def same(first: Tensor, second: Tensor, tolerance: float = 1e-5) -> bool:
    """Return whether two tensors are equal but for rounding."""
    return first.shape == second.shape and torch.allclose(
        first.double(), second.double(), rtol=tolerance, atol=tolerance, equal_nan=True
    )


def _switches() -> dict[str, Any]:
    return {
        "the default dtype": torch.get_default_dtype(),
        "the default device": torch.get_default_device(),
        "whether gradients are recorded": torch.is_grad_enabled(),
        "whether algorithms are deterministic": torch.are_deterministic_algorithms_enabled(),
        "cudnn.benchmark": torch.backends.cudnn.benchmark,
        "cudnn.deterministic": torch.backends.cudnn.deterministic,
        "the precision of float32 products": torch.get_float32_matmul_precision(),
    }


def _restore() -> None:
    now = _switches()
    setters: dict[str, Any] = {
        "the default dtype": torch.set_default_dtype,
        "the default device": torch.set_default_device,
        "whether gradients are recorded": torch.set_grad_enabled,
        "whether algorithms are deterministic": torch.use_deterministic_algorithms,
        "cudnn.benchmark": lambda value: setattr(torch.backends.cudnn, "benchmark", value),
        "cudnn.deterministic": lambda value: setattr(torch.backends.cudnn, "deterministic", value),
        "the precision of float32 products": torch.set_float32_matmul_precision,
    }
    for name, value in _ON_ENTRY.items():
        if now[name] != value:
            setters[name](value)
