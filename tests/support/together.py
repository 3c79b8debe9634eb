"""Processes that train one run together, as torchrun starts them, but forked: they need not import torch anew."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkProcess as Fork
from pathlib import Path


def start_together(
    count: int, work: Callable[[int], int | None], folder: Path, variables: Mapping[str, str] | None = None
) -> list[Fork]:
    """Start processes and return them; what each says on stderr lies in a file of its number in the folder.

    Args:
        count: how many.
        work: called in each with its number; returns the exit code.
        folder: where they work.
        variables: more for the environment.
    """
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]

    def begin(number: int) -> None:
        os.environ |= {"RANK": str(number), "WORLD_SIZE": str(count), "LOCAL_RANK": str(number)}
        os.environ |= {"MASTER_ADDR": "localhost", "MASTER_PORT": str(port), "LOCAL_WORLD_SIZE": str(count)}
        os.environ |= variables or {}
        os.chdir(folder)
        said = (folder / f"said-{number}").open("w", buffering=1)
        sys.stdout = sys.stderr = said
        code: object = 1
        try:
            code = work(number)
        except SystemExit as stop:
            code = stop.code
        finally:
            said.flush()
            os._exit(code if isinstance(code, int) else 0)

    started = [Fork(target=begin, args=(number,), daemon=True) for number in range(count)]
    for process in started:
        process.start()
    return started


def codes_of(processes: list[Fork], seconds: float = 120) -> list[int | None]:
    """Wait for processes to end, and return their exit codes."""
    for process in processes:
        process.join(seconds)
    return [process.exitcode for process in processes]


def said(folder: Path) -> str:
    """Return what all of them said, one after another."""
    return "".join(path.read_text() for path in sorted(folder.glob("said-*")))
