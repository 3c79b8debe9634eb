"""Works that are rendered many at a time are next to the canonical ones, say so, and are made but once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from artgan.artworks.batches import LEVELS, RENDERING, Batches
from artgan.artworks.work import make_works, read_work, remake
from artgan.builtin.generator import CnnGenerator
from artgan.errors import UsageError

CPU = torch.device("cpu")


def contents(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@dataclass(frozen=True)
class Noisy(CnnGenerator):
    """A generator whose pictures have noise in them."""

    def build(self, spec):
        network = super().build(spec)
        network.register_forward_hook(lambda module, given, made: made + torch.randn_like(made))
        return network


def test_are_those_of_their_origins_to_within_levels_and_say_so(make_model, tmp_path):
    model = make_model(shape=(3, 16, 16))
    origins = [model.origin(seed, truncation=0.8) for seed in range(5)]
    works = make_works(model, tmp_path, origins, batches=Batches(model, CPU))
    for work, canonical in zip(works, model.render(range(5), truncation=0.8), strict=True):
        read = read_work(work.path, model.modality)
        assert read.record["rendering"] == RENDERING
        assert np.abs(read.sample.astype(int) - canonical.astype(int)).max() <= LEVELS
        assert (remake(read, model).difference, remake(read, model).within) == ("", LEVELS)


def test_that_are_further_off_are_told(model, tmp_path):
    (work,) = make_works(model, tmp_path, [model.origin(7)], batches=Batches(model, CPU))
    sample = model.make(model.origin(7))
    sample[0, 0, 0] = 255 if sample[0, 0, 0] < 128 else 0
    model.modality.write(work.path, sample, work.record)
    assert remake(read_work(work.path, model.modality), model).difference.startswith("1 of 64 values differ")


@pytest.mark.parametrize("batched", [False, True])
def test_go_on_where_they_were_interrupted_without_half_files(model, tmp_path, batched):
    batches = Batches(model, CPU) if batched else None
    origins = [model.origin(seed) for seed in range(6)]

    def interrupt(what, done, count):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_works(model, tmp_path, origins, batches=batches, progress=interrupt)
    before = contents(tmp_path)
    assert {name for name in before if name.endswith(".png")} == {f"seed-0000000{seed}.png" for seed in range(3)}
    works = make_works(model, tmp_path, origins, batches=batches)
    assert [work.origin.seed for work in works] == list(range(6))
    after = contents(tmp_path)
    assert len(after) == 12
    assert all(after[name] == kept for name, kept in before.items())


def test_make_way_for_canonical_works_and_never_take_their_place(model, tmp_path):
    origin = model.origin(7)
    make_works(model, tmp_path, [origin], batches=Batches(model, CPU))
    (canonical,) = make_works(model, tmp_path, [origin])
    assert "rendering" not in canonical.record
    before = contents(tmp_path)
    make_works(model, tmp_path, [origin], batches=Batches(model, CPU))
    assert contents(tmp_path) == before


def test_of_a_network_that_draws_noise_are_refused_before_anything_is_written(model, tmp_path):
    noisy = replace(model, generator=Noisy(latent=8, width=2))
    with pytest.raises(UsageError, match="this generator makes other works in batches"):
        make_works(noisy, tmp_path, [noisy.origin(7)], batches=Batches(noisy, CPU))
    assert list(tmp_path.iterdir()) == []
