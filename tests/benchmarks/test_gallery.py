"""A gallery of many runs grows as easily as one of few."""

from __future__ import annotations

import shutil
import time

import pytest

from artgan.artworks.model import Model, Provenance
from artgan.builtin.generator import CnnGenerator
from artgan.builtin.modality.image import ImageModality
from artgan.gallery.build import RunRecord, hang
from artgan.gallery.index import build_index
from artgan.gallery.pages import write_run_pages
from artgan.gallery.run_record import read_run, write_run
from artgan.interfaces import Spec

pytestmark = pytest.mark.slow

FEW, MANY, WORKS, ROUNDS = 2, 200, 64, 7
MOST = 2.0
HEAVIEST = 60_000


@pytest.fixture
def add(tmp_path):
    """Return what adds a run of 64 works to a gallery."""
    generator, spec = CnnGenerator(latent=8, width=2), Spec("image", (1, 16, 16))
    model = Model.from_state(
        generator.build(spec).state_dict(),
        recipe='[generator]\nname = "cnn"\nlatent = 8\nwidth = 2\n',
        generator=generator,
        modality=ImageModality(),
        spec=spec,
        step=100,
        provenance=Provenance("a-run", "Some data", "CC0 1.0", "somewhere", "f" * 64, {"artgan": "0.1.0"}, 1.5, 200),
    )
    record = RunRecord(
        "first", title="A data set of pictures", command="artgan run", device="CPU", parameters={}, log=[]
    )
    hang(record, model, gallery=tmp_path / "first", snapshots={}, seeds=range(WORKS))
    first = tmp_path / "first/first"

    def copy(gallery, name):
        shutil.copytree(first, gallery / name)
        write_run(gallery / name, read_run(first) | {"id": name})

    return copy


def seconds_to_add(gallery, add, name, registry):
    """Return how long a run's pages and the index take; making its works costs the same in any gallery."""
    add(gallery, name)
    begun = time.perf_counter()
    write_run_pages(gallery / name, ImageModality())
    build_index(gallery, registry)
    taken = time.perf_counter() - begun
    shutil.rmtree(gallery / name)
    return taken


def test_adding_a_run_to_many_costs_what_adding_it_to_few_costs(tmp_path, add, registry, capsys):
    small, large = tmp_path / "small", tmp_path / "large"
    for gallery, count in ((small, FEW), (large, MANY)):
        for number in range(count):
            add(gallery, f"run-{number:03}")
        build_index(gallery, registry)
    pairs = [
        [seconds_to_add(gallery, add, f"new-{number}", registry) for gallery in (small, large)]
        for number in range(ROUNDS)
    ]
    few, many = (min(times) for times in zip(*pairs, strict=True))
    size = (large / "index.html").stat().st_size
    with capsys.disabled():
        print(f"\nadding a run to {FEW} {1000 * few:.1f} ms, to {MANY} {1000 * many:.1f} ms: {many / few:.2f}")
        print(f"the index of {MANY + 1} runs is of {size:,} bytes")
    assert many / few < MOST
    assert size < HEAVIEST
