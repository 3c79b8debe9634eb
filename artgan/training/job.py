"""Which of the processes this is that an engine, such as torchrun or Slurm, has started for one run; without torch."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..artworks.places import RunFolder, all_runs, runs_folder
from .processes import Processes

JOB, RESTARTS = "ARTGAN_JOB", "ARTGAN_RESTARTS"
"""What `artgan run --processes` tells those that it starts: a name of their own, and how often it has started them."""

_SLURM = {
    "RANK": "SLURM_PROCID",
    "WORLD_SIZE": "SLURM_STEP_NUM_TASKS",
    "LOCAL_RANK": "SLURM_LOCALID",
}
"""What torchrun calls the variables of `srun`."""

_FIRST_PORT, _PORTS = 20_000, 10_000
"""Where processes of Slurm meet that were told no port: one that follows from the number of their job."""


@dataclass(frozen=True)
class Job:
    """One of several processes that train one run.

    Attributes:
        number: this process's, from 0 on.
        count: how many there are.
        local: this process's number on its machine.
        local_count: how many there are on its machine.
        address: of the machine of process 0.
        port: on it, where all meet.
        id: the same for all that were started at once, and when they are started anew.
        restarts: how often they were started anew.
    """

    number: int
    count: int
    local: int
    local_count: int
    address: str
    port: int
    id: str
    restarts: int

    @property
    def name(self) -> str:
        """The process, in words."""
        return f"process {self.number} of {self.count} on {platform.node()}"


def job_of(environment: Mapping[str, str] = os.environ) -> Job | None:
    """Return the job that the environment tells of, or None where this process is alone."""
    values = _with_slurm(environment)
    if any(name not in values for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")):
        return None
    number, count = int(values["RANK"]), int(values["WORLD_SIZE"])
    return Job(
        number=number,
        count=count,
        local=int(values.get("LOCAL_RANK", number)),
        local_count=int(values.get("LOCAL_WORLD_SIZE", count)),
        address=values["MASTER_ADDR"],
        port=int(values["MASTER_PORT"]),
        id=values.get(JOB) or f"{values.get('TORCHELASTIC_RUN_ID', '')} {os.getppid()} on {platform.node()}",
        restarts=int(values.get("TORCHELASTIC_RESTART_COUNT", 0)) + int(values.get(RESTARTS, 0)),
    )


def _tasks_on(node: int, counts: str) -> int:
    """Return how many tasks a node has, of what Slurm tells of all: ``4``, ``2,3`` or ``4(x2),1``."""
    each = [part.rstrip(")").partition("(x") for part in counts.split(",")]
    return [int(tasks) for tasks, _, times in each for _ in range(int(times or 1))][node]


def _with_slurm(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables of torchrun as they follow from those of `srun`, if it has started more than one process."""
    if "RANK" in environment or int(environment.get("SLURM_STEP_NUM_TASKS", 1)) < 2:
        return environment
    here = {"MASTER_ADDR": "localhost"} if environment.get("SLURM_STEP_NUM_NODES", "1") == "1" else {}
    port = _FIRST_PORT + int(environment.get("SLURM_JOB_ID", 0)) % _PORTS
    told = {name: environment[slurm] for name, slurm in _SLURM.items() if slurm in environment}
    if counts := environment.get("SLURM_STEP_TASKS_PER_NODE"):
        told["LOCAL_WORLD_SIZE"] = str(_tasks_on(int(environment.get("SLURM_NODEID", 0)), counts))
    return {**here, "MASTER_PORT": str(port), **environment, **told}


def begun_by(processes: Processes, out: Path) -> list[Path]:
    """Return the folders of the runs that processes had begun before they were started anew, the newest last.

    Args:
        processes: all of them call this.
        out: the folder that holds ``runs``.
    """
    own = [run.path for run in all_runs(out) if run.job.is_file() and run.job.read_text("utf-8") == processes.job]
    own.sort(key=lambda path: RunFolder(path).job.stat().st_mtime_ns)
    names = processes.told_by_first("/".join(path.name for path in own))
    return [runs_folder(out) / name for name in names.split("/") if name]
