"""What is measured while a run trains: how many works are copies, beyond what real samples are of each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from artgan.builtin.dataset import Lines
from artgan.interfaces import Data, Spec, Workspace
from artgan.plugins.registry import Registry
from artgan.recipe.settings import Training
from artgan.training.quality_monitor import QualityMonitor, judged_seeds

WORDS = ("red", "blue", "grey", "dim", "cold", "old", "wide", "low", "far", "new")


@pytest.fixture
def opened(tmp_path: Path, registry: Registry) -> tuple[Data, QualityMonitor]:
    """Lines of which none is like another, half of them held out, and their monitor."""
    lines = [
        f"{WORDS[a]} {WORDS[b]} {WORDS[(7 * a + 3 * b) % 10]} {WORDS[a - b]}" for a in range(10) for b in range(10)
    ]
    (tmp_path / "lines.txt").write_text("\n".join(lines), encoding="utf-8")
    dataset = Lines(path=str(tmp_path / "lines.txt"), tokeniser="char", held_out=0.5)
    data = dataset.open(Workspace(tmp_path / "cache"))
    return data, QualityMonitor(registry, data, registry.modality(data.spec), Training(), pytest.fail)


def changed_once(rows: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return texts of which each has another letter at its third place."""
    letters = rows.copy()
    letters[:, 2] = np.where(letters[:, 2] == 5, 6, 5)
    return letters


def test_works_that_stand_in_the_data_are_copies(opened: tuple[Data, QualityMonitor]) -> None:
    data, monitor = opened
    copied = monitor.copied(monitor.measure(np.asarray(data.samples)))
    assert copied is not None
    assert (copied.name, copied.share, copied.excess) == ("copied share", 1.0, 1.0)


def test_near_copies_count_a_tenth_beyond_those_that_real_ones_are(opened: tuple[Data, QualityMonitor]) -> None:
    data, monitor = opened
    copied = monitor.copied(monitor.measure(changed_once(np.asarray(data.samples))))
    assert copied is not None
    assert (copied.name, copied.share) == ("near copied share", 1.0)
    assert copied.excess == (1.0 - copied.of_real) / 10
    assert str(copied).startswith("near copied share 100.0%")


def test_works_like_those_held_out_are_none(opened: tuple[Data, QualityMonitor]) -> None:
    data, monitor = opened
    copied = monitor.copied(monitor.measure(np.asarray(data.held_out)))
    assert copied is not None
    assert copied.excess == 0.0


def test_where_nothing_is_held_out_near_copies_are_not_known(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(f"a line that has the number {number}" for number in range(30)), encoding="utf-8")
    data = Lines(path=str(path), tokeniser="char", held_out=0.0).open(Workspace(tmp_path / "cache"))
    training = Training(held_out=0.0)
    monitor = QualityMonitor(registry, data, registry.modality(data.spec), training, pytest.fail)
    copied = monitor.copied(monitor.measure(changed_once(np.asarray(data.samples))))
    assert copied is not None
    assert (copied.name, copied.excess) == ("copied share", 0.0)


@pytest.mark.parametrize(("side", "works"), [(64, 512), (256, 512), (512, 170), (1024, 64)])
def test_of_large_pictures_fewer_works_are_looked_at(side: int, works: int) -> None:
    shape = (3, side, side)
    samples = np.zeros((1, *shape), np.uint8)
    data = Data(Spec("image", shape), samples, None, fingerprint="", title="large", licence="", source="")
    assert judged_seeds(data) == range(works)
