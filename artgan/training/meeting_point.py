"""Where the processes of a job meet: at a store that process 0 has, or torchrun."""

from __future__ import annotations

import os
import socket
import threading
import time
from concurrent.futures import Future, wait
from datetime import timedelta

import torch.distributed as dist
from torch.distributed.distributed_c10d import Store

from ..errors import ArtganError
from .job import Job

ANSWER = 30.0
"""Seconds in which whoever listens at the address must answer."""
SECONDS_BETWEEN_LOOKS = 0.5
"""From one look whether anybody listens there to the next."""


class SilenceError(ArtganError):
    """Whoever listens at the address does not answer as a process of the job would.

    Args:
        message: where, and what to do.
        told_by: the number of the process that is to tell of it.
    """

    def __init__(self, message: str, *, told_by: int) -> None:
        super().__init__(message)
        self.told_by = told_by


def shared_store(job: Job, seconds: float) -> Store:
    """Return the store of all processes of a job, once whoever has it is there.

    A stranger that takes connections there and says nothing would keep `TCPStore` waiting, whatever its timeout.

    Args:
        job: which of the processes this is.
        seconds: in which all must have come.

    Raises:
        RuntimeError: if nobody came in time, or the address is taken.
        SilenceError: if a stranger listens there.
    """
    of_torchrun = os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"
    found = Future[Store]()

    def connect() -> None:
        limit, has_it = timedelta(seconds=seconds), job.number == 0 and not of_torchrun
        try:
            store = dist.TCPStore(  # type: ignore[attr-defined]  # which torch documents and does not list
                job.address, job.port, job.count, has_it, limit, wait_for_workers=False, multi_tenant=True
            )
        except (RuntimeError, ValueError) as error:
            found.set_exception(error)
        else:
            found.set_result(store)

    threading.Thread(target=connect, daemon=True).start()
    patience, heard_nobody = min(ANSWER, seconds), time.monotonic()
    while not wait([found], SECONDS_BETWEEN_LOOKS).done:
        if not _listens(job.address, job.port):
            heard_nobody = time.monotonic()
        elif time.monotonic() - heard_nobody > patience:
            raise SilenceError(
                f"processes cannot meet at {job.address}:{job.port}: what listens there did not answer for "
                f"{patience:.0f} s as one of them would; give all another port, by --master-port or MASTER_PORT",
                told_by=0 if of_torchrun else 1,
            )
    return found.result()


def _listens(address: str, port: int) -> bool:
    """Return whether anybody takes connections at an address."""
    try:
        socket.create_connection((address, port), timeout=SECONDS_BETWEEN_LOOKS).close()
    except OSError:
        return False
    return True
