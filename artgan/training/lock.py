"""One trainer to a run: a lock that the system frees when its process dies."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ArtganError
from ..files import write_text

LOCK, HOLDER = "lock", "lock.holder"


@contextmanager
def locked(run: Path) -> Iterator[None]:
    """Hold a run's lock.

    Raises:
        ArtganError: if another process holds it, named with its host, or the run cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(run / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ArtganError(f"run {run.name} is being trained by {_holder(run)}; wait for it or stop it") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ArtganError(f"cannot write in {run} ({reason}): copy the run to where you can, and go on there") from None
    with suppress(OSError):
        write_text(run / HOLDER, f"process {os.getpid()} on {platform.node()}")
    try:
        yield
    finally:
        (run / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_locked(run: Path) -> bool:
    """Return whether a process trains a run, also where its disk can only be read."""
    from filelock import FileLock, Timeout

    if not (run / LOCK).is_file():
        return False
    lock = FileLock(run / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return _is_held(run / LOCK)
    lock.release()
    return False


def _is_held(lock: Path) -> bool:
    """Return whether somebody holds a lock that can be read but not written, as that of another user's run."""
    try:
        import fcntl
    except ImportError:  # on Windows, where a lock that cannot be opened tells nothing
        return False
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    return False


def _holder(run: Path) -> str:
    try:
        return (run / HOLDER).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "another process"
