"""`artgan.api`: runs that were trained are listed, verified and pruned."""

from __future__ import annotations

import pytest

import artgan
from artgan.api import CheckpointVerdict, PrunedRun, list_runs, prune_runs, verify_runs


def checkpoints(out) -> list[str]:
    return sorted(path.name for path in (out / "runs/a/checkpoints").iterdir())


def test_runs_are_listed_with_what_they_have_come_to(out):
    (listed,) = list_runs(out=out)
    assert (listed.run, listed.step, listed.steps, listed.state, listed.checkpoints) == ("a", 4, 4, "finished", 2)


def test_a_folder_without_runs_has_none(tmp_path):
    assert list_runs(out=tmp_path) == ()


def test_every_checkpoint_is_compared_with_its_digest(out):
    model = out / "runs/a/checkpoints/step-00000002/model.safetensors"
    content = bytearray(model.read_bytes())
    content[-1] ^= 1
    model.write_bytes(content)
    assert list(verify_runs(out=out)) == [
        CheckpointVerdict("a", "step-00000004", ""),
        CheckpointVerdict("a", "step-00000002", "model.safetensors: SHA-256 mismatch"),
    ]


def test_pruning_keeps_the_newest_and_tells_what_is_freed(out):
    before = list_runs(out=out)[0].bytes
    (pruned,) = prune_runs(["a"], keep=1, out=out)
    assert pruned == PrunedRun("a", before - list_runs(out=out)[0].bytes)
    assert checkpoints(out) == ["step-00000004"]


@pytest.mark.parametrize("act", [verify_runs, prune_runs])
def test_nothing_is_done_where_one_of_several_is_no_run(out, act):
    with pytest.raises(artgan.UsageError, match="b is no run"):
        list(act(["a", "b"], out=out))
    assert checkpoints(out) == ["step-00000002", "step-00000004"]
