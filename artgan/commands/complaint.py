"""An error as a person sees it: one line."""

from __future__ import annotations

import traceback

import click

from ..errors import ArtganError
from .terminal import echo


def complain(error: Exception, *, debug: bool = False, where: str = "") -> int:
    """Print an error in one line and return the exit code.

    Args:
        error: what went wrong.
        debug: print the traceback too.
        where: in which process, if that is not plain.
    """
    if debug:
        traceback.print_exception(error)
    lines = _message(error).split("\n")
    echo(f"Error: {where and where + ': '}{' '.join(line.strip() for line in lines)}", err=True)
    return exit_code(error)


def exit_code(error: BaseException) -> int:
    """Return the exit code of an error."""
    return error.exit_code if isinstance(error, click.ClickException | ArtganError) else 1


def _message(error: Exception) -> str:
    """Return what went wrong, for a person who does not read Python."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, ArtganError):
        return str(error)
    if isinstance(error, OSError):
        reason = error.strerror or str(error) or type(error).__name__
        return f"{reason}: {error.filename}" if error.filename else reason
    return f"{type(error).__name__}: {error} (a fault in artgan or a plugin; --debug shows where)"
