"""Starts the processes of a run on this machine, by the engine that is behind torchrun, and starts them anew."""

from __future__ import annotations

import logging
import os
import signal
import sys
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from tempfile import TemporaryDirectory
from typing import Any

from .job import JOB, RESTARTS
from .process_group import LOST

MAX_RESTARTS = 3
"""How often processes are started anew, when one was lost."""

SAVING = 900
"""Seconds in which processes that were told to stop must have saved."""


def start_processes(count: int, arguments: Sequence[str], tell: Callable[[str], None]) -> int:
    """Call `artgan` on several processes that train one run, until they end, and return the exit code.

    Where one is lost, all are started anew and go on from the newest checkpoint.

    Args:
        count: how many.
        arguments: what `artgan` is called with.
        tell: told in one line when they are started anew.
    """
    job = f"{uuid.uuid4()}"
    for restarts in range(MAX_RESTARTS + 1):
        code = _run(count, arguments, {JOB: job, RESTARTS: str(restarts)})
        if code != LOST or restarts == MAX_RESTARTS:
            break
        tell(f"starting all {count} processes anew ({restarts + 1} of {MAX_RESTARTS})")
    return code


def _run(count: int, arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)  # its processes tell what went wrong themselves
    known = {field.name for field in fields(LaunchConfig)}
    patience: dict[str, Any] = {"shutdown_timeout": SAVING} if "shutdown_timeout" in known else {}  # not in torch 2.11
    with _environment({"OMP_NUM_THREADS": "1", **os.environ, **variables}), TemporaryDirectory() as logs:
        config = LaunchConfig(
            min_nodes=1,
            max_nodes=1,
            nproc_per_node=count,
            run_id=variables[JOB],
            rdzv_backend="c10d",
            rdzv_endpoint="localhost:0",
            local_addr="localhost",
            max_restarts=0,
            logs_specs=DefaultLogsSpecs(log_dir=logs),
            **patience,
        )
        try:
            elastic_launch(config, sys.executable)("-m", "artgan", *arguments)
        except ChildFailedError as error:
            return common_code({failure.exitcode for failure in error.failures.values()})
        except SignalException as stop:
            return 128 + int(stop.sigval)
    return 0


def common_code(codes: Collection[int]) -> int:
    """Return the exit code that processes have in common: of one that was killed, that others were lost.

    Those that had not met it yet were told to stop by the engine, because of it.

    Args:
        codes: of those that did not end well; below zero for a signal that could not be caught.
    """
    of_lost = {LOST, 128 + signal.SIGTERM} if any(code < 0 for code in codes) else {LOST}
    return next((code for code in sorted(codes) if code > 0 and code not in of_lost), LOST)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Have other variables in the environment, which processes that are started take over."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
