"""Whatever surrounds a command, it works or says in one line what is wrong: locale, width, home, disk, folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.processes import SMALL
from support.streams import Streams

NAME = "画廊é"
WORK = "runs/kept/samples/step-00000002/seed-00000003.png"
NOWHERE = ("/dev/null/x", "/nonexistent/x", "")
SURROUNDINGS: dict[str, tuple[str, ...]] = {
    "LC_ALL": ("C", "POSIX", "C.UTF-8", "nonsense", ""),
    "PYTHONUTF8": ("0", "1"),
    "PYTHONIOENCODING": ("ascii", "ascii:strict", "cp1252", "cp932", "latin-1", "utf-16", "utf-8:surrogateescape"),
    "PYTHONUNBUFFERED": ("1",),
    "COLUMNS": ("0", "1", "3", "-5", "100000", "nonsense", ""),
    "LINES": ("0", "nonsense"),
    "NO_COLOR": ("1",),
    "FORCE_COLOR": ("1",),
    "TERM": ("dumb", "nonsense", ""),
    "HOME": NOWHERE,
    "XDG_CACHE_HOME": NOWHERE,
    "XDG_DATA_HOME": NOWHERE,
    "TMPDIR": NOWHERE,
    "ARTGAN_CACHE": NOWHERE,
    "ARTGAN_DATA": NOWHERE,
    "ARTGAN_PLUGINS": ("nonsense", "/dev/null", "\x1b[2J.py"),
    "ARTGAN_LOAD_PLUGINS": ("nonsense", ""),
    "OMP_NUM_THREADS": ("1", "0", "nonsense"),
}
LINES = (
    ("--help",),
    ("runs",),
    ("runs", "--json"),
    ("show", "loss", "bce"),
    ("plugins",),
    ("weights", "list"),
    ("about", WORK),
    ("about", f"no-{NAME}.png"),
    ("doctor", f"{NAME}.npy"),
    ("run", f"{NAME}.npy", *SMALL, "--steps", "2", "--dry-run"),
    ("sample", "kept", "-n", "1", "--out", NAME),
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it is that of another system")


@pytest.fixture(scope="module")
def place(done: Callable[..., None], pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data and a run."""
    folder = tmp_path_factory.mktemp("surrounded")
    shutil.copyfile(pictures, folder / f"{NAME}.npy")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done("run", f"{NAME}.npy", *SMALL, "--steps", 2, "--name", "kept", "--quiet")
        done("sample", "kept", "--seed", 3, "-n", 1)
    return folder


def check(place: Path, line: tuple[str, ...], changed: dict[str, str]) -> None:
    """Check that a process works, or is refused in one line, and prints no sign that harms a terminal."""
    command = [sys.executable, "-m", "artgan", *line]
    done = subprocess.run(command, cwd=place, capture_output=True, env=os.environ | changed)
    encoding = changed.get("PYTHONIOENCODING", "utf-8").partition(":")[0]
    out, err = done.stdout.decode(encoding, "replace"), done.stderr.decode(encoding, "replace")

    assert done.returncode in (0, 1, 2), (line, changed, err)
    assert "Traceback" not in err, (line, changed, err)
    assert "fault in artgan" not in err, (line, changed, err)
    errors = re.findall(r"(?<![A-Za-z])Error: ", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", err))
    assert len(errors) == (done.returncode != 0), (line, changed, err)
    if "FORCE_COLOR" not in changed:
        assert re.search(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", out + err) is None, (line, changed, out, err)


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        (("runs",), {"LC_ALL": "nonsense", "PYTHONUTF8": "0", "COLUMNS": "0"}),
        (("about", f"no-{NAME}.png"), {"PYTHONIOENCODING": "cp932", "HOME": "", "TMPDIR": "/dev/null"}),
        (("plugins",), {"ARTGAN_PLUGINS": "\x1b[2J.py", "ARTGAN_CACHE": "/dev/null/x", "COLUMNS": "nonsense"}),
    ],
)
def test_a_strange_machine_changes_no_command(place, line, changed):
    check(place, line, changed)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(
    line=st.sampled_from(LINES),
    changed=st.fixed_dictionaries({}, optional={name: st.sampled_from(any_) for name, any_ in SURROUNDINGS.items()}),
)
def test_whatever_surrounds_it_a_command_works_or_is_refused_in_one_line(place, line, changed):
    check(place, line, changed)


def test_a_folder_that_was_removed_is_told(tmp_path):
    (tmp_path / "gone").mkdir()
    line = f'cd gone; rmdir ../gone; exec "{sys.executable}" -m artgan runs'
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "Error: the current folder was removed: change to another\n")


FILLING = {
    "sample": ("kept", "-n", 200, "--out"),
    "breed": ("kept", 1, 2, "-n", 200, "--out"),
    "walk": ("kept", "--frames", 300, "--out", "{}/w.gif"),
    "project": ("kept", WORK, "--steps", 1, "--starts", 1, "--out"),
    "poster": ("kept", "-n", 2, "--out", "{}/p.pdf"),
    "export": ("kept", "{}/m.artgan"),
    "remake": (WORK, "--out", "{}/r.png"),
    "plugins new": ("new", "--out"),
    "run": (f"{NAME}.npy", *SMALL, "--steps", 2, "--out"),
}

SMALL_FILES = {"project", "export", "remake", "plugins new"}
"""What fits a disk of twenty thousand bytes, unless it is full already."""


@pytest.mark.slow
@pytest.mark.parametrize("command", FILLING)
def test_a_full_disk_is_told_with_the_file_and_leaves_no_half_of_one(place, small_disk, monkeypatch, command):
    disk = small_disk("20k")
    if command in SMALL_FILES:
        (disk / "full").write_bytes(b"\0" * 20_480)
    monkeypatch.chdir(place)
    words = [str(word).format(disk) for word in FILLING[command]]
    streams = Streams()
    code = streams.call(*command.split(), *words, *([disk] if words[-1] == "--out" else []))

    error = streams.told().splitlines()[-1]
    assert (code, error.startswith("Error: "), str(disk) in error, "None" in error) == (1, True, True, False), error
    assert "fault in artgan" not in error
    assert not [path for path in disk.rglob("*") if path.name.startswith(".") or path.stat().st_size == 0]
