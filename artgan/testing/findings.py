"""How checks are run and how what they find is told: one line for each fault, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from ..errors import describe

S = TypeVar("S")
Check = Callable[[S], Iterable[str]]
"""Takes what it looks at and yields its faults, each as ``what is wrong: what to do``."""


class NonConforming(AssertionError):  # noqa: N818  (an assertion that failed, as tests know it)
    """A component breaks the contract.

    Attributes:
        subject: the kind and name of the component, or the plugin.
        faults: what is wrong, one line each.
    """

    def __init__(self, subject: str, faults: Sequence[str]) -> None:
        self.subject, self.faults = subject, tuple(faults)
        super().__init__("\n".join([f"{subject} does not conform:", *(f"- {fault}" for fault in faults)]))


class BrokenError(Exception):
    """A component raised where it must not; the message is the fault."""


class Findings:
    """The faults found so far, each once, with the places where it showed."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._looked_at: list[str] = []

    def find_faults(self, checks: Iterable[Check[S]], subject: S, place: str = "") -> bool:
        """Run checks on one subject.

        Args:
            checks: what to run.
            subject: what they look at.
            place: where that is, such as a shape.

        Returns:
            Whether no fault was found.
        """
        if place not in self._looked_at:
            self._looked_at.append(place)
        found = [fault for check in checks for fault in _found(check, subject)]
        for fault in found:
            self.add(fault, place)
        return not found

    def add(self, fault: str, place: str = "") -> None:
        """Take a fault, and the place where it showed."""
        if place not in self._looked_at:
            self._looked_at.append(place)
        places = self._places.setdefault(fault, [])
        if place not in places:
            places.append(place)

    def lines(self) -> list[str]:
        """Return the faults; where they depend on the place, it is told."""
        lines = []
        for fault, places in self._places.items():
            somewhere = [place for place in places if place]
            everywhere = set(places) == {place for place in self._looked_at if place}
            lines.append(fault if everywhere or not somewhere else f"{fault} (with {' and '.join(somewhere)})")
        return lines

    def settle(self, subject: str) -> None:
        """End the checks.

        Raises:
            NonConforming: if there were faults.
        """
        if lines := self.lines():
            raise NonConforming(subject, lines)


def _found(check: Check[S], subject: S) -> list[str]:
    found: list[str] = []
    try:
        found.extend(check(subject))
    except BrokenError as error:
        found.append(str(error))
    except (Exception, SystemExit) as error:
        found.append(f"the check '{check.__name__.replace('_', ' ')}' raised {describe(error)}")
    return found


@contextmanager
def attempt(what: str, *, allowed: type[Exception] | None = None) -> Iterator[None]:
    """Turn whatever is raised into the fault ``WHAT raised ERROR``, but for errors that are allowed."""
    try:
        yield
    except BrokenError:
        raise
    except (Exception, SystemExit) as error:
        if allowed and isinstance(error, allowed):
            raise
        raise BrokenError(f"{what} raised {describe(error)}") from None
