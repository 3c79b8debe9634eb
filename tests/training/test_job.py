"""Who a process is among others follows from what torchrun or Slurm has told it."""

from __future__ import annotations

import pytest

from artgan.training.job import job_of

TORCHRUN = {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4", "MASTER_ADDR": "a"}
SLURM = {"SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "5", "SLURM_LOCALID": "0", "SLURM_JOB_ID": "7"}


def test_a_process_that_nobody_started_with_others_is_alone():
    assert job_of({}) is None
    assert job_of({"SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0", "SLURM_STEP_TASKS_PER_NODE": "1"}) is None


@pytest.mark.parametrize(
    ("told", "node", "here"),
    [("5", 0, 5), ("2,3", 0, 2), ("2,3", 1, 3), ("4(x2)", 1, 4), ("2(x3),1", 2, 2), ("2(x3),1", 3, 1)],
)
def test_slurm_tells_how_many_tasks_each_node_has(told, node, here):
    job = job_of({**SLURM, "SLURM_STEP_TASKS_PER_NODE": told, "SLURM_NODEID": str(node), "MASTER_ADDR": "first"})
    assert (job.number, job.count, job.local, job.local_count) == (2, 5, 0, here)


def test_what_torchrun_says_counts_within_a_job_of_slurm():
    job = job_of({**SLURM, **TORCHRUN, "MASTER_PORT": "9", "SLURM_STEP_TASKS_PER_NODE": "1(x2)", "SLURM_NODEID": "1"})
    assert (job.number, job.count, job.local, job.local_count) == (5, 8, 1, 4)
