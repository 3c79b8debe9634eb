"""What is checked: a component, or its class with the defaults."""

from __future__ import annotations

from typing import TypeVar

from ..errors import UsageError, describe
from ..interfaces.component import Component
from .declaration import hides_its_interface
from .findings import NonConforming

C = TypeVar("C", bound=Component)


def configured(component: C | type[C], interface: type[C]) -> C:
    """Return the component; a class is configured with its defaults.

    Raises:
        NonConforming: if it is none of its kind, or cannot be made.
    """
    subject = subject_of(component)
    cls = component if isinstance(component, type) else type(component)
    if not issubclass(cls, interface):
        raise NonConforming(subject, [f"{cls.__name__} is no {interface.__name__}: derive it from artgan.interfaces"])
    if missing := getattr(cls, "__abstractmethods__", None):
        raise NonConforming(subject, [f"{cls.__name__} lacks {', '.join(sorted(missing))}: implement it"])
    if faults := [*hides_its_interface(cls, interface)]:
        raise NonConforming(subject, faults)
    if not isinstance(component, type):
        return component
    try:
        return cls.configure({})
    except (UsageError, TypeError, NameError) as error:
        raise NonConforming(subject, [f"it cannot be made with its defaults: {describe(error)}"]) from None


def subject_of(component: Component | type[Component]) -> str:
    """Return what a component is called in the head of its faults: its kind and name."""
    cls = component if isinstance(component, type) else type(component)
    return f"{getattr(cls, 'kind', 'component')} {getattr(cls, 'name', cls.__name__)}"
