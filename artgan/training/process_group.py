"""Processes that train a run together, by `torch.distributed`: gloo on CPUs, NCCL on NVIDIA's accelerators."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.distributed_c10d import PrefixStore, Store

from ..errors import ArtganError, one_line
from .job import Job
from .meeting_point import shared_store
from .processes import Processes
from .tree_sum import TreeSum, nodes_of

T = TypeVar("T")

TIMEOUT = "ARTGAN_TIMEOUT"
"""The variable with the seconds that processes wait for one of them before it counts as lost."""
USUAL_TIMEOUT = 900.0
"""Longer than the first process may wait for space to save in, while the others wait for it."""
ROLL_CALL = 10.0
"""Seconds in which those that are left must say so, when one was lost."""
LAST_ANSWER = 5.0
"""Seconds that a process which leaves waits for its last answer to others."""
CALL = "roll call"
"""The key by which a process asks who is left."""
FIRST_TELLS = 1.0
"""Seconds in which the first process may tell of an error, before another does."""
LOST = 75
"""The exit code where a process was lost, and the run can go on when they are started anew: EX_TEMPFAIL."""


class LostError(ArtganError):
    """Some of the processes died or hang.

    Args:
        message: which, and what to do.
        missing: their numbers; the others may have met by the first.
    """

    exit_code = LOST

    def __init__(self, message: str, *, missing: Collection[int]) -> None:
        super().__init__(message)
        self.missing = missing


class PeerError(ArtganError):
    """Another process has ended with an error of its own, which it tells.

    Args:
        message: what it was.
        code: with which exit code.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code


@dataclass(frozen=True)
class _End:
    """How a process has ended."""

    message: str
    code: int


class ProcessGroup(Processes):
    """The processes of a job, once all are there.

    Sums go by chunks: each process adds one chunk of all nodes of the tree, and gives all others what it comes to. So
    what a process sends does not grow with their number.

    Args:
        job: which of the processes this is.

    Raises:
        ArtganError: if they do not come together.
    """

    def __init__(self, job: Job) -> None:
        self.number, self.count, self.local, self.local_count = job.number, job.count, job.local, job.local_count
        self.job, self._name, self._parent = job.id, job.name, os.getppid()
        self._seconds = float(os.environ.get(TIMEOUT, USUAL_TIMEOUT))
        self._store = self._meet(job)
        self._leaving = threading.Event()
        self._answering = threading.Thread(target=self._answer_roll_call, daemon=True)
        self._answering.start()

    def _meet(self, job: Job) -> Store:
        # What the engine's own libraries say of a lost connection, this says in one line.
        logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)
        os.environ |= {"RANK": str(job.number), "WORLD_SIZE": str(job.count)}
        os.environ |= {"MASTER_ADDR": job.address, "MASTER_PORT": str(job.port)}
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() and dist.is_nccl_available() else "gloo"
        wait = timedelta(seconds=self._seconds)
        try:
            store = shared_store(job, self._seconds)
            shared = PrefixStore("artgan", store)
            dist.init_process_group(backend, store=shared, rank=job.number, world_size=job.count, timeout=wait)
        except (RuntimeError, ValueError) as error:
            reason = one_line(error).partition(". ")[0]
            if "EADDRINUSE" in str(error) or "address already in use" in str(error):
                reason = "another program uses that port; give another, as with --master-port"
            raise ArtganError(f"processes cannot meet at {job.address}:{job.port}: {reason}") from None
        return store

    def close(self) -> None:
        """Leave the others."""
        self._leaving.set()
        self._answering.join(LAST_ANSWER)  # one that asks the store while Python ends would abort the process
        if dist.is_initialized():
            with suppress(RuntimeError):
                dist.destroy_process_group()

    def gather(self, own: Tensor) -> Tensor:
        """Return the tensors (n, ...) of all processes one after another, (count * n, ...)."""
        everywhere = [torch.empty_like(own, memory_format=torch.contiguous_format) for _ in range(self.count)]
        with self._together():
            dist.all_gather(everywhere, own.contiguous())
        return torch.cat(everywhere)

    def from_first(self, own: Tensor) -> Tensor:
        """Return the tensor of the first process."""
        shared = own.clone()
        if shared.numel():
            with self._together():
                dist.broadcast(shared, 0)
        return shared

    def sum(self, own: TreeSum, shards: int) -> Tensor:
        """Return the sum over all shards, the same to the last bit on every process and for any number of them."""
        each = shards // self.count
        places = [nodes_of(range(process * each, (process + 1) * each)) for process in range(self.count)]
        nodes = torch.stack(own.nodes)
        size = nodes.shape[1]
        chunk = -(-size // self.count)

        # To each process go its chunk of every node, and from each come its nodes.
        padded = torch.nn.functional.pad(nodes, (0, chunk * self.count - size))
        sent = padded.view(len(nodes), self.count, chunk).transpose(0, 1).contiguous()
        received = nodes.new_empty(sum(map(len, places)) * chunk)
        with self._together():
            dist.all_to_all_single(
                received, sent.view(-1), [len(own) * chunk for own in places], [len(nodes) * chunk] * self.count
            )

        total = TreeSum()
        for place, value in zip([place for own in places for place in own], torch.split(received, chunk), strict=True):
            total.add(place, value)
        return self.gather(total.total())[:size]

    def agree(self, signal: int, order: str = "") -> tuple[int, str]:
        """Agree before a step on whether to stop, and on what to change; see `Processes.agree`.

        A process whose engine is gone stops as if it had been told to.
        """
        numbers = torch.tensor([signal or self._orphaned(), bool(order) and self.first])
        with self._together():
            dist.all_reduce(numbers, dist.ReduceOp.MAX)
        received, ordered = numbers.tolist()
        return received, self.told_by_first(order) if ordered else ""

    def texts(self, own: str) -> Sequence[str]:
        """Return a text of each process."""
        written = torch.frombuffer(bytearray(own.encode() + b"\n"), dtype=torch.uint8)
        sizes = self.gather(torch.tensor([len(written)])).tolist()
        padded = torch.nn.functional.pad(written, (0, max(sizes) - len(written)))
        everywhere = self.gather(padded).view(self.count, max(sizes))
        return [text[: size - 1].numpy().tobytes().decode() for text, size in zip(everywhere, sizes, strict=True)]

    def told_by_first(self, own: str) -> str:
        """Return the text of the first process."""
        return self.texts(own if self.first else "")[0]

    def wait(self) -> None:
        """Wait until all have come so far."""
        with self._together():
            dist.all_reduce(torch.zeros(1))

    def ends(self, error: BaseException, code: int) -> bool:
        """Let the others know that this process ends with an error of its own; return whether it is to tell of it."""
        missing = error.missing if isinstance(error, LostError) else ()
        if 0 in missing:
            return self.number == 1

        def end() -> bool:
            self._store.set(f"end of {self.number}", json.dumps([f"{self._name}: {one_line(error)}", code]))
            if not self.first and not isinstance(error, LostError):
                self._leave_it_to_first()
            tells = bool(self._store.add("errors", 1) == 1)
            self._leave(missing)
            return tells

        return _within(4 * ROLL_CALL, end, otherwise=self.number == 1)

    def leave(self) -> None:
        """End because another process has ended, which tells why."""
        _within(4 * ROLL_CALL, self._leave, otherwise=None)

    def _leave(self, missing: Collection[int] = ()) -> None:
        """Let the first process go last, for it may be there that all meet."""
        self._store.set(f"out {self.number}", "")
        until = time.monotonic() + 2 * ROLL_CALL
        others = [f"out {number}" for number in range(self.count) if number not in missing]
        while self.first and not self._store.check(others) and time.monotonic() < until:
            time.sleep(0.05)

    def _leave_it_to_first(self) -> None:
        """Give the first process time to tell of what went wrong with it too."""
        until = time.monotonic() + FIRST_TELLS
        while not self._store.check(["end of 0"]) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.1)

    def _orphaned(self) -> int:
        return int(signal.SIGTERM) if os.getppid() != self._parent else 0

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Name those that are missing where the others cannot be reached.

        Raises:
            PeerError: if another process has ended with an error of its own.
            LostError: if one died, or did not answer in time.
        """
        begun = time.monotonic()
        try:
            yield
        except RuntimeError:
            waited = time.monotonic() - begun
            where_all_meet: tuple[list[int], _End | None] = [0], None
            missing, end = _within(2 * ROLL_CALL, self._roll_call, otherwise=where_all_meet)
        else:
            return
        if end:
            raise PeerError(end.message, end.code)
        which = " and ".join(map(str, missing))
        names = f"process {which} of {self.count}" if missing else "the connection between processes"
        how = f"did not answer for {waited:.0f} s" if waited >= self._seconds else "was lost"
        raise LostError(
            f"{names} {how}, so all others ended: --resume goes on, where they are not started anew by themselves",
            missing=missing,
        )

    def _roll_call(self) -> tuple[list[int], _End | None]:
        """Return which processes are lost, and how one has ended that has told of its end."""
        self._store.set(CALL, "")
        left = self._answered()
        for number in range(self.count):
            if self._store.check([f"end of {number}"]):
                return [], _End(*json.loads(self._store.get(f"end of {number}")))
        return sorted(set(range(self.count)) - left), None

    def _answer_roll_call(self) -> None:
        """Say that this process is left when another asks, for it may be waiting for one that waits in vain itself.

        Where the first ends, and goes last, this one is not kept waiting for it: it has nothing to write.
        """
        with suppress(RuntimeError):
            while not self._leaving.wait(0.25):
                if self._store.check([CALL]):
                    self._store.set(f"left {self.number}", "")
                if not self.first and self._store.check(["end of 0"]) and not self._leaving.wait(1.0):
                    end = _End(*json.loads(self._store.get("end of 0")))
                    self._store.set(f"out {self.number}", "")
                    os._exit(end.code)

    def _answered(self) -> set[int]:
        """Return which processes say that they are left, once all have, or in time, or as soon as one has ended."""
        until = time.monotonic() + ROLL_CALL
        while True:
            answered = {number for number in range(self.count) if self._store.check([f"left {number}"])}
            ended = any(self._store.check([f"end of {number}"]) for number in range(self.count))
            if ended or len(answered) == self.count or time.monotonic() > until:
                return answered
            time.sleep(0.05)


def _within(seconds: float, ask: Callable[[], T], otherwise: T) -> T:
    """Return what the place where all meet answers, or the other where it is gone or does not answer in time."""
    answers = list[T]()

    def wait() -> None:
        with suppress(RuntimeError):
            answers.append(ask())

    asking = threading.Thread(target=wait, daemon=True)
    asking.start()
    asking.join(seconds)
    return answers[0] if answers else otherwise
