"""A model is shared as one file, which runs no code and takes no more memory than it says."""

from __future__ import annotations

import json
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from artgan.artworks import model_file
from artgan.builtin.modality.image import CHUNK


@pytest.fixture
def shared(artgan, bars, tmp_path) -> Path:
    """Return the exported model of a run."""
    assert artgan(*bars, "--steps", 4, "--name", "a").code == 0
    shown = artgan("export", "a", "mine.artgan")
    assert shown.code == 0
    assert "mine.artgan: step 4" in shown.out
    return tmp_path / "mine.artgan"


class TestExport:
    def test_writes_one_file_that_makes_the_same_works_elsewhere(self, artgan, shared, tmp_path):
        assert artgan("sample", "a", "--seed", 3, "--count", 2, "--out", "here").code == 0
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        shared.rename(elsewhere / "theirs.artgan")
        command = [
            sys.executable,
            "-m",
            "artgan",
            "sample",
            "theirs.artgan",
            "--seed",
            "3",
            "--count",
            "2",
            "--out",
            "there",
        ]
        subprocess.run(command, cwd=elsewhere, check=True, capture_output=True)
        for name in ("seed-00000003.png", "seed-00000004.png"):
            with Image.open(tmp_path / "here" / name) as mine, Image.open(elsewhere / "there" / name) as theirs:
                assert mine.tobytes() == theirs.tobytes()
        command = [sys.executable, "-m", "artgan", "remake", "there/seed-00000003.png", "--model", "theirs.artgan"]
        assert subprocess.run(command, cwd=elsewhere, check=True, capture_output=True, text=True).returncode == 0

    def test_tells_how_it_was_made_and_names_neither_persons_nor_folders(self, shared, tmp_path):
        header = model_file.read_header(shared)
        assert set(header) == {"format", "recipe", "spec", "step", "provenance", "weights_digest"}
        assert 'name = "bce"' in header["recipe"]
        assert {"licence", "dataset", "source", "versions"} <= set(header["provenance"])
        assert str(tmp_path) not in json.dumps(header)

    def test_overwrites_nothing_and_takes_only_its_own_ending(self, artgan, shared):
        before = shared.read_bytes()
        assert "exists already" in artgan("export", "a", "mine.artgan").err
        assert shared.read_bytes() == before
        assert "call it mine.artgan" in artgan("export", "a", "mine.pt").err

    def test_of_what_is_no_run_is_told(self, artgan):
        shown = artgan("export", "nowhere", "mine.artgan")
        assert (shown.code, "holds no model" in shown.err) == (2, True)


class Attack:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path("hacked"),)


def a_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(Attack()))


def a_torch_file(path: Path) -> None:
    torch.save({"weights": Attack()}, path)


def a_zip_with_a_pickle(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Attack()))


def a_huge_header(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 2**40) + b"{}")


def a_header_of_a_gigabyte(path: Path) -> None:
    """The file is as long as it says, and holds nothing."""
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 2**30))
        file.truncate(2**30 + 8)


def a_terabyte(path: Path) -> None:
    head = json.dumps({"w": {"dtype": "F32", "shape": [2**38], "data_offsets": [0, 2**40]}}).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + bytes(64))


def overlapping_tensors(path: Path) -> None:
    table = {name: {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]} for name in "ab"}
    head = json.dumps(table).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + bytes(16))


def deep_json(path: Path) -> None:
    head = b"[" * 100_000
    path.write_bytes(struct.pack("<Q", len(head)) + head)


def somebody_elses_model(path: Path) -> None:
    save_file({"weight": torch.ones(3)}, path)


ATTACKS = [
    a_pickle,
    a_torch_file,
    a_zip_with_a_pickle,
    a_huge_header,
    a_header_of_a_gigabyte,
    a_terabyte,
    overlapping_tensors,
    deep_json,
    somebody_elses_model,
]

UNDER_A_LIMIT = """
import resource, sys
from artgan.commands.main import main
import torch
own = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (own + 2**28, own + 2**28))
main(["sample", sys.argv[1], "--count", "1"])
"""


@pytest.mark.parametrize("write", ATTACKS)
def test_an_attack_is_refused_in_one_line_runs_nothing_and_takes_no_memory(write, tmp_path):
    write(tmp_path / "theirs.artgan")
    shown = subprocess.run(
        [sys.executable, "-c", UNDER_A_LIMIT, "theirs.artgan"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 1
    assert shown.stderr.startswith("Error: theirs.artgan is damaged or no model of artgan's")
    assert shown.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["theirs.artgan"]


def changed(path: Path, old: str, new: str) -> None:
    header, weights = model_file.read(path)
    header["recipe"] = header["recipe"].replace(old, new)
    model_file.write(path, header, weights)


def test_a_model_that_needs_an_unknown_plugin_names_it_and_imports_nothing(artgan, shared):
    changed(shared, 'name = "cnn"\nlatent', 'name = "os"\nlatent')
    shown = artgan("sample", shared)
    assert shown.code == 1
    assert "no generator is called 'os'" in shown.err


def test_a_model_whose_recipe_asks_for_a_giant_is_refused_before_memory_is_taken(artgan, shared):
    changed(shared, "width = 4", "width = 4096")
    shown = artgan("sample", shared)
    assert shown.code == 1
    assert "its weights are not those of its generator cnn" in shown.err


def test_weights_changed_on_their_way_are_refused(artgan, shared):
    header = model_file.read_header(shared)
    weights = load_file(shared)
    name = next(key for key, value in weights.items() if value.is_floating_point())
    weights[name].view(-1)[0] += 1
    model_file.write(shared, header, weights)
    assert "its weights are not those that were written" in artgan("sample", shared).err


def test_a_picture_carries_the_digest_of_the_model_that_made_it(artgan, shared, tmp_path):
    assert artgan("sample", shared, "--count", 1, "--out", "works").code == 0
    with Image.open(tmp_path / "works/seed-00000000.png") as picture:
        record = json.loads(picture.info[CHUNK])
    assert record["weights_digest"] == model_file.read_header(shared)["weights_digest"]
