"""What a call of the command line came to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """The exit code, and what was printed."""

    code: int
    out: str
    err: str
