"""The processes that carry out one command, of which one speaks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..training.job import Job, job_of
from ..training.processes import ALONE, Processes
from .complaint import complain, exit_code
from .stop_advice import stop_code

if TYPE_CHECKING:
    from ..training.process_group import ProcessGroup


def is_follower() -> bool:
    """Return whether another process speaks for this one."""
    job = job_of()
    return job is not None and job.number > 0


@contextmanager
def processes_of(job: Job | None, *, debug: bool) -> Iterator[Processes]:
    """Yield the processes that carry out a command together; of an error that they share, one tells.

    Args:
        job: which of them this is; None for one alone.
        debug: whether a traceback is told too.
    """
    if job is None:
        yield ALONE
        return

    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")  # what it says of lost connections, one line says better
    from ..training.meeting_point import SilenceError
    from ..training.process_group import PeerError, ProcessGroup

    try:
        group = ProcessGroup(job)
    except SilenceError as error:
        sys.exit(complain(error, debug=debug) if job.number == error.told_by else exit_code(error))
    try:
        yield group
    except PeerError as error:
        group.leave()
        sys.exit(error.exit_code)
    except Exception as error:
        sys.exit(_tell(group, job, error, debug=debug))
    except KeyboardInterrupt as stop:
        group.ends(stop, stop_code(stop))
        raise
    finally:
        group.close()


def _tell(group: ProcessGroup, job: Job, error: Exception, *, debug: bool) -> int:
    """Print an error, unless another process does, and return its exit code."""
    from ..training.process_group import LostError

    if group.ends(error, exit_code(error)):
        complain(error, debug=debug, where="" if job.number == 0 or isinstance(error, LostError) else job.name)
    return exit_code(error)
