"""One trainer to a run: a lock that the system frees when its process dies."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ArtganError

LOCK, HOLDER = "lock", "lock.holder"


@contextmanager
def locked(run: Path) -> Iterator[None]:
    """Hold a run's lock.

    Raises:
        ArtganError: if another process holds it, named with its host.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(run / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ArtganError(f"run {run.name} is being trained by {_holder(run)}; wait for it or stop it") from None
    with suppress(OSError):
        (run / HOLDER).write_text(f"process {os.getpid()} on {platform.node()}", encoding="utf-8")
    try:
        yield
    finally:
        (run / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_locked(run: Path) -> bool:
    """Return whether a process trains a run."""
    from filelock import FileLock, Timeout

    if not (run / LOCK).exists():
        return False
    lock = FileLock(run / LOCK, timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def _holder(run: Path) -> str:
    try:
        return (run / HOLDER).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "another process"
