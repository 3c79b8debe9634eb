"""Many processes play one game: the result is the same to the last bit, whoever plays which shard."""

from __future__ import annotations

import hashlib
import json
import threading
import time

import pytest
import torch
from support.together import codes_of, said, start_together
from torch.distributed import TCPStore

from artgan.training.job import job_of
from artgan.training.process_group import ProcessGroup
from artgan.training.processes import ALONE
from artgan.training.trainer import Trainer

PICTURES = {
    "discriminator": {"norm": "batch"},
    "augmentation": [{"name": "diffaug"}],
    "penalty": [{"name": "r1", "interval": 2}],
    "training": {"batch": 16, "shards": 4, "ema": 0.9},
}
TEXTS = {
    "dataset": {"name": "names"},
    "generator": {"name": "rnn", "width": 8, "latent": 4},
    "discriminator": {"name": "rnn", "width": 8},
    "estimator": {"name": "ratio"},
    "training": {"batch": 8, "shards": 4},
}
STEPS = 4


def digest_of(game: Trainer) -> str:
    """Return the digest of all that a game has come to, and of what it logs."""
    found = hashlib.sha256(repr(game.read_scalars()).encode())
    for name, tensor in sorted(game.state().items()):
        found.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return found.hexdigest()


def play(recipe, data, modality, processes, steps):
    game = Trainer(recipe=recipe, data=data, modality=modality, device=torch.device("cpu"), processes=processes)
    for _ in range(steps):
        game.step()
    return digest_of(game)


def on_processes(count, folder, work):
    """Return what work comes to on each of the processes of a group, which leave nothing behind that still runs.

    A thread that asks the store while Python ends aborts the process.
    """

    def begin(number):
        before = threading.active_count()
        group = ProcessGroup(job_of())
        (folder / f"result-{number}").write_text(json.dumps(work(group)))
        group.close()
        return threading.active_count() - before

    folder.mkdir()
    assert codes_of(start_together(count, begin, folder)) == [0] * count, said(folder)
    return [json.loads((folder / f"result-{number}").read_text()) for number in range(count)]


@pytest.mark.slow
@pytest.mark.parametrize("tables", [PICTURES, TEXTS], ids=["pictures", "texts"])
def test_one_two_and_four_processes_come_to_the_same_bits(small, trainer, tmp_path, tables):
    recipe = small(**tables)
    made = trainer(recipe)
    alone = play(recipe, made.data, made.modality, ALONE, STEPS)
    for count in (2, 4):
        together = on_processes(
            count, tmp_path / str(count), lambda group: play(recipe, made.data, made.modality, group, STEPS)
        )
        assert together == [alone] * count


@pytest.mark.slow
def test_processes_agree_on_signals_orders_and_texts(tmp_path):
    def ask(group):
        number = group.number
        return [
            group.agree(15 if number == 2 else 0, f"order of {number}"),
            group.agree(0, ""),
            group.texts("é" * number),
            group.told_by_first(f"said by {number}"),
            group.from_first(torch.tensor([number])).tolist(),
            group.gather(torch.tensor([[number]])).tolist(),
        ]

    expected = [[15, "order of 0"], [0, ""], ["", "é", "éé"], "said by 0", [0], [[0], [1], [2]]]
    assert on_processes(3, tmp_path / "three", ask) == [expected] * 3


@pytest.mark.slow
def test_a_process_leaves_when_it_has_its_last_answer_from_a_slow_store(tmp_path, monkeypatch):
    def work(group):
        asked, check = threading.Event(), TCPStore.check

        def slow(store, keys):
            asked.set()
            time.sleep(0.5)
            return check(store, keys)

        monkeypatch.setattr(TCPStore, "check", slow)
        return asked.wait(5)

    assert on_processes(2, tmp_path / "two", work) == [True, True]
