"""Whether the processes of a run were given the same."""

from __future__ import annotations

import json
import platform

from ..errors import UsageError
from ..recipe.recipe_file import differences
from .processes import Processes

SHARED = "let all machines see the same folder"
"""What to do where processes find different files."""


def check_same(processes: Processes, what: str, own: str, advice: str) -> None:
    """Check that all processes have the same.

    Args:
        processes: all of them call this.
        what: in words, what they have.
        own: what this process has.
        advice: what to do where they differ.

    Raises:
        UsageError: naming the first process that has another than process 0, and both.
    """
    for number, theirs, first in _others(processes, own):
        raise UsageError(f"{number} has {what} {theirs}, process 0 has {first}: {advice}")


def check_same_recipe(processes: Processes, toml: str) -> None:
    """Check that all processes were given the same recipe.

    Raises:
        UsageError: naming the first process that has another than process 0, and where they differ.
    """
    for number, theirs, first in _others(processes, toml):
        if changed := differences(first, theirs):
            raise UsageError(
                f"{number} has another recipe than process 0 ({'; '.join(changed)}): "
                f"start all with the same options, data and plugins"
            )


def find_difference(processes: Processes, what: str, own: str) -> str:
    """Return in words where processes differ in what does not keep them from working together; empty for nowhere."""
    return next(
        (f"{number} has {what} {theirs}, process 0 has {first}" for number, theirs, first in _others(processes, own)),
        "",
    )


def _others(processes: Processes, own: str) -> list[tuple[str, str, str]]:
    """Return, of each process that has another text than process 0, its name, its text and that of process 0."""
    rows = [json.loads(text) for text in processes.texts(json.dumps([platform.node(), own]))]
    return [
        (f"process {number} on {node}", theirs, rows[0][1])
        for number, (node, theirs) in enumerate(rows)
        if theirs != rows[0][1]
    ]
