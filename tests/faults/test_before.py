"""What the version before made still opens: runs go on to their end, works are remade, recipes say what they said.

`tests/fixtures/before/README.txt` tells how it was made, and its ``expected.json`` what the runs come to.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from support.outcome import Outcome

from artgan.artworks.model import Model
from artgan.gallery.run_record import read_run
from artgan.plugins.registry import Registry
from artgan.recipe.compose import compose
from artgan.recipe.decay import with_schedules
from artgan.recipe.recipe_file import read_toml
from artgan.recipe.settings import ALL_STEPS_BEFORE

BEFORE = Path(__file__).parents[1] / "fixtures/before"
RUNS = {"pictures": "tiles", "texts": "names"}
"""The run of each folder."""
WORKS = sorted(path for path in BEFORE.glob("*/works/*") if path.suffix in (".png", ".txt", ".webp"))
SINGLE = [path for path in WORKS if path.stem != "walk"]
TOLERANCE = 1e-3
"""Other processors and numbers of threads moved means and norms by less than 1e-5; a lost optimiser by 0.4."""
TENSORS = "tensors (type, shape, mean, norm)"


def name_of(path: Path) -> str:
    return path.relative_to(BEFORE).as_posix()


def sha256(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()


def digest_of(tensors: dict[str, torch.Tensor]) -> str:
    """Return the digest of names, types, shapes and bytes in the order of names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Ended:
    """A copy of a run after it was resumed: where it lies, and what it must have come to."""

    run: Path
    expected: dict[str, Any]

    @property
    def checkpoint(self) -> Path:
        (only,) = (self.run / "checkpoints").iterdir()
        return only

    @property
    def tensors(self) -> dict[str, torch.Tensor]:
        return load_file(self.checkpoint / "training.safetensors")


@pytest.fixture(scope="module", params=RUNS)
def ended(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, done: Callable[..., None]
) -> Iterator[Ended]:
    folder = BEFORE / request.param
    run = tmp_path_factory.mktemp(request.param) / "runs" / RUNS[request.param]
    shutil.copytree(folder / "runs" / run.name, run)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(run.parents[1])
        done("run", "--resume", f"runs/{run.name}", "--device", "cpu", "--quiet")
        yield Ended(run, json.loads((folder / "expected.json").read_text(encoding="utf-8")))


class TestARunThatGoesOn:
    def test_ends_where_it_was_to_end(self, ended: Ended) -> None:
        state = json.loads((ended.checkpoint / "state.json").read_text(encoding="utf-8"))
        assert state["step"] == ended.expected["step"]

    def test_comes_to_the_same_tensors(self, ended: Ended) -> None:
        found, wanted = ended.tensors, ended.expected[TENSORS]
        assert {name: [str(tensor.dtype), list(tensor.shape)] for name, tensor in found.items()} == {
            name: row[:2] for name, row in wanted.items()
        }
        for name, tensor in found.items():
            mean, norm = wanted[name][2:]
            spread = norm / max(tensor.numel(), 1) ** 0.5
            assert float(tensor.double().norm()) == pytest.approx(norm, rel=TOLERANCE), name
            assert float(tensor.double().mean()) == pytest.approx(mean, abs=TOLERANCE * spread), name

    def test_logs_the_same_last_row(self, ended: Ended) -> None:
        last = json.loads((ended.run / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
        last.pop("seconds")
        assert last == pytest.approx(ended.expected["last_log"], rel=TOLERANCE)

    def test_makes_the_same_works_to_the_bit_where_its_tensors_are_the_same_to_the_bit(
        self, ended: Ended, registry: Registry
    ) -> None:
        if digest_of(ended.tensors) != ended.expected["state_sha256"]:
            pytest.skip("other arithmetic: another processor or torch")
        model = Model.load(ended.checkpoint / "model.safetensors", registry)
        assert model.weights_digest == ended.expected["weights_digest"]
        assert sha256(model.render([7]).tobytes()) == ended.expected["sample_7_sha256"]


@pytest.mark.parametrize(("folder", "name"), RUNS.items())
def test_an_exported_model_makes_the_works_that_it_made(
    folder: str, name: str, artgan: Callable[..., Outcome], tmp_path: Path
) -> None:
    assert artgan("sample", BEFORE / folder / f"{name}.artgan", "--seed", 7, "-n", 1, "--out", tmp_path).code == 0
    (made,) = tmp_path.rglob("seed-00000007.json")
    records = [json.loads(path.read_text(encoding="utf-8")) for path in (made, BEFORE / folder / "works" / made.name)]
    assert records[0]["pixels"] == records[1]["pixels"]


@pytest.mark.parametrize("work", SINGLE, ids=name_of)
def test_a_work_is_remade_to_the_bit(work: Path, artgan: Callable[..., Outcome]) -> None:
    done = artgan("remake", work)
    assert (done.code, "is identical to the last" in done.out) == (0, True), done.err


@pytest.mark.parametrize("work", [*WORKS, *(path.with_suffix(".json") for path in WORKS)], ids=name_of)
def test_a_work_tells_of_itself(work: Path, artgan: Callable[..., Outcome]) -> None:
    done = artgan("about", work)
    assert done.code == 0, done.err
    record = json.loads(work.with_suffix(".json").read_text(encoding="utf-8"))
    assert f"weights digest: {record['weights_digest']}" in done.out


@pytest.mark.parametrize("recipe", sorted(BEFORE.glob("recipes/*.toml")), ids=lambda path: path.stem)
def test_a_recipe_composes_to_what_it_says(recipe: Path, registry: Registry) -> None:
    said = with_schedules(read_toml(recipe))  # which learning rates of then are written as now
    if said["training"]["pretrain"] == ALL_STEPS_BEFORE:
        said["training"]["pretrain"] = 1.0
    composed = tomllib.loads(compose(registry, said, None).to_toml(registry))
    assert said.keys() <= composed.keys()
    for table, values in said.items():
        if isinstance(values, list):
            for row, value in zip(composed[table], values, strict=True):
                assert value.items() <= row.items(), table
        else:
            assert {key: composed[table].get(key) for key in values} == values, table


def test_the_pages_of_a_gallery_are_built_anew(artgan: Callable[..., Outcome], tmp_path: Path) -> None:
    gallery = tmp_path / "gallery"
    shutil.copytree(BEFORE / "pictures/gallery", gallery)
    pages = [gallery / "index.html", *gallery.glob("*/index.html"), *gallery.glob("*/works/*.html")]
    assert len(pages) == 4
    for page in pages:
        page.unlink()
    assert artgan("gallery", "build", gallery).err == ""
    assert all(page.is_file() for page in pages)
    assert 'href="tiles/index.html"' in (gallery / "index.html").read_text(encoding="utf-8")
    for work in read_run(gallery / "tiles")["works"]:
        assert work["file"] in (gallery / "tiles/index.html").read_text(encoding="utf-8")
        assert artgan("remake", gallery / "tiles/works" / work["file"]).code == 0
