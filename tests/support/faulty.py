"""How tests of the kit ask what it says of a wrong component."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from artgan.testing import NonConforming


def faults(check: Callable[..., None], component: Any, **options: Any) -> tuple[str, ...]:
    """Return the faults that a check finds."""
    try:
        check(component, **options)
    except NonConforming as error:
        return error.faults
    return ()


def told(found: tuple[str, ...], phrase: str) -> bool:
    """Return whether one of the faults holds a phrase."""
    return any(phrase in fault for fault in found)
