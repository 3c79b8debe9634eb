"""Folders may be called anything: what lies in them works from its first step to its last command, or is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.processes import SMALL
from support.streams import Streams

ODD = {
    "line ends": "a\nb\rc",
    "escape": "\x1b[2J\x1b]0;evil\x07",
    "quotes": """it's a "gallery" \\ of `$(touch lost)` & more""",
    "right to left": "\u202egnp.exe",
    "an option": "-n",
    "long": "x" * 240,
    "other scripts": "画廊 é",
}
NO_UTF8 = os.fsdecode(b"caf\xe9")
COMMAND = re.compile(r"artgan (?:run|sample|evaluate|plugins check)\b.*$", re.MULTILINE)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no folder can be called so")


@pytest.fixture
def here(tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with data in it."""
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(pictures, "pictures.npy")
    return tmp_path


def artgan(*arguments: object) -> tuple[int, str]:
    """Call `artgan`; return its exit code and all that it printed, which must not harm a terminal."""
    streams = Streams()
    code = streams.call(*arguments)
    printed = streams.printed() + streams.told()
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", printed) is None, ascii(printed)
    return code, printed


def in_bash(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type a line into bash, where `artgan` is the program under test."""
    known = f'artgan() {{ "{sys.executable}" -m artgan "$@"; }}; '
    return subprocess.run(["bash", "-c", known + line], cwd=folder, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_a_run_lives_its_whole_life_under_an_odd_name(here, name):
    assert artgan("run", "pictures.npy", *SMALL, "--steps", 2, "--name", "a", "--out", f"./{name}")[0] == 0
    run = here / name / "runs/a"
    tomllib.loads((run / "recipe.toml").read_text(encoding="utf-8"))
    assert all(json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines())

    assert artgan("run", "--resume", run, "--steps", 4)[0] == 0
    assert artgan("sample", run, "-n", 1, "--out", f"./{name}/more")[0] == 0
    assert artgan("remake", here / name / "more/seed-00000000.png")[0] == 0
    assert artgan("gallery", "build", here / name / "gallery")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ODD.values() if len(name) < 200])
def test_every_command_that_is_printed_works_as_printed(here, name):
    (here / name).mkdir()
    random = np.random.default_rng(1)
    np.save(here / name / "data.npy", random.integers(0, 256, (240, 8, 8), dtype=np.uint8))
    data, run = here / name / "data.npy", here / name / "runs/a"
    printed = [artgan("doctor", data)[1]]
    best = (*SMALL, "--steps", 4, "--evaluate-every", 2, "--set", "training.held_out=0.2")
    printed.append(artgan("run", data, *best, "--name", "a", "--out", here / name)[1])
    printed.append(artgan("compare", run, run)[1])
    shutil.rmtree(run / "checkpoints")
    printed.append(artgan("run", "--resume", run)[1])

    lines = [line for text in printed for line in COMMAND.findall(text)]
    assert {line.split()[1] for line in lines} == {"run", "sample", "evaluate"}
    for line in lines:
        again = line.replace("artgan run", "artgan run --dry-run") if line.startswith("artgan run") else line
        done = in_bash(again, here)
        told = done.stderr.splitlines()[-1:]
        assert done.returncode == 0 or "holds no model" in told[0], (line, done.stderr)


def test_names_that_are_no_utf8_are_refused_before_anything_is_written(here):
    shutil.copyfile("pictures.npy", f"{NO_UTF8}.npy")
    for arguments in (("pictures.npy", "--out", NO_UTF8), (f"{NO_UTF8}.npy",)):
        code, printed = artgan("run", *arguments, *SMALL, "--steps", 2)
        assert (code, "no UTF-8" in printed) == (2, True)
    assert sorted(path.name for path in here.iterdir()) == sorted(["pictures.npy", f"{NO_UTF8}.npy"])


@pytest.mark.slow
def test_a_folder_that_was_renamed_to_bytes_that_are_no_utf8_keeps_no_other_from_the_gallery(here):
    train = ("run", "pictures.npy", *SMALL, "--steps", 2, "--quiet")
    assert artgan(*train, "--name", "a")[0] == 0
    (here / "gallery/a").rename(here / "gallery" / NO_UTF8)
    assert artgan(*train, "--name", "b")[0] == 0
    assert 'href="b/index.html"' in (here / "gallery/index.html").read_text(encoding="utf-8")
    code, printed = artgan("gallery", "build")
    assert (code, printed.count("caf\\udce9 is left out")) == (0, 1)
