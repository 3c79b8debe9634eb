"""A gallery of many runs grows as easily as one of few."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ratio import Ratio

from artgan.artworks.model import Model
from artgan.artworks.provenance import Provenance
from artgan.builtin.generator import CnnGenerator
from artgan.builtin.modality.image import ImageModality
from artgan.gallery.build import RunRecord, hang
from artgan.gallery.front_page import build_index
from artgan.gallery.pages import write_run_pages
from artgan.gallery.run_record import read_run, write_run
from artgan.interfaces import Spec
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Registry

FEW, MANY, WORKS, ROUNDS = 2, 200, 64, 7


def measure(place: Path) -> Iterator[Ratio]:
    """Add runs to a small gallery and to a large one, in turns."""
    registry, first = load_plugins().registry, hang_first(place / "first")
    small, large = place / "small", place / "large"
    for gallery, count in ((small, FEW), (large, MANY)):
        for number in range(count):
            copy(first, gallery, f"run-{number:03}")
        build_index(gallery, registry)
    pairs = [
        [seconds_to_add(first, gallery, f"new-{number}", registry) for gallery in (small, large)]
        for number in range(ROUNDS)
    ]
    few, many = (min(times) for times in zip(*pairs, strict=True))
    remark = f"{1000 * few:.1f} ms beside {FEW}, {1000 * many:.1f} ms beside {MANY}"
    yield Ratio(f"time to add a run to {MANY}, of that to add it to {FEW}", many / few, at_most=2, remark=remark)

    size = (large / "index.html").stat().st_size
    yield Ratio(f"size of the index of {MANY + 1} runs in kB", size / 1000, at_most=60)


def hang_first(gallery: Path) -> Path:
    """Hang a run with its works, which the others are copies of."""
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
    hang(record, model, gallery=gallery, snapshots={}, seeds=range(WORKS))
    return gallery / "first"


def copy(first: Path, gallery: Path, name: str) -> None:
    shutil.copytree(first, gallery / name)
    write_run(gallery / name, read_run(first) | {"id": name})


def seconds_to_add(first: Path, gallery: Path, name: str, registry: Registry) -> float:
    """Return how long a run's pages and the index take; making its works costs the same in any gallery."""
    copy(first, gallery, name)
    begun = time.perf_counter()
    write_run_pages(gallery / name, ImageModality())
    build_index(gallery, registry)
    taken = time.perf_counter() - begun
    shutil.rmtree(gallery / name)
    return taken
