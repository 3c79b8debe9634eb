"""What commands print reaches whoever reads it, and is never a reason to fail: any encoding, any reader, or none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from support.command_list import all_commands
from support.processes import SMALL
from support.streams import Streams

NAME = "画廊é"
ESCAPED = "\\u753b\\u5eca\\u00e9"
WORK = f"runs/{NAME}/samples/step-00000002/seed-00000003.png"

ARGUMENTS: dict[str, tuple[object, ...]] = {
    "run": ("pictures.npy", *SMALL, "--steps", 2, "--out", NAME),
    "runs": (),
    "runs verify": (),
    "runs prune": (),
    "sample": (NAME, "-n", 1),
    "walk": (NAME, "--frames", 2, "--out", f"{NAME}.webp"),
    "directions": (NAME, "--name", f"1={NAME}"),
    "blend": (f"no-{NAME}", NAME),
    "breed": (NAME, 1, 2, "-n", 1),
    "project": (NAME, WORK, "--steps", 1, "--starts", 1),
    "poster": (NAME, "-n", 2, "--out", f"{NAME}.pdf"),
    "about": (WORK,),
    "evaluate": (f"no-{NAME}",),
    "compare": (f"no-{NAME}", NAME),
    "remake": (WORK,),
    "export": (NAME, f"{NAME}.artgan"),
    "gallery build": (f"{NAME}/gallery",),
    "gallery open": (f"no-{NAME}",),
    "gallery serve": (f"no-{NAME}",),
    "doctor": (f"{NAME}.npy",),
    "show": ("loss", "--plugin", f"{NAME}.py"),
    "install": (f"./no-{NAME}",),
    "uninstall": (f"no-{NAME}",),
    "plugins": ("--plugin", f"{NAME}.py"),
    "plugins check": (f"{NAME}.py",),
    "plugins new": (f"no {NAME}",),
    "weights add": (NAME, NAME, "--sha256", NAME),
    "weights list": (),
    "weights remove": (NAME,),
    "completion": ("bash",),
}
"""Of each command, arguments that make it print signs that ASCII lacks."""

PLUGIN = f'''
import artgan
from artgan.builtin.loss import Hinge

class Named(Hinge):
    """{NAME}."""
    name = "named"

@artgan.hookimpl
def register_losses():
    return [Named]
'''

LISTING = {"runs", "runs verify", "runs prune", "show", "plugins", "plugins check", "about", "doctor", "weights list"}
LISTING |= {"directions"}
EVALUATED = {"evaluate", "compare"}
"""Those that print JSON; the latter of runs that were evaluated, as `test_compare` tries it."""

SILENT_OF_NAMES = {"weights list", "completion"}


@pytest.fixture(scope="module")
def place(done: Callable[..., None], pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, data and a plugin whose names ASCII has no signs for."""
    folder = tmp_path_factory.mktemp("named")
    np.save(folder / "pictures.npy", np.load(pictures))
    np.save(folder / f"{NAME}.npy", np.load(pictures))
    (folder / f"{NAME}.py").write_text(PLUGIN, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done("run", f"{NAME}.npy", *SMALL, "--steps", 2, "--name", NAME, "--quiet")
        done("run", f"{NAME}.npy", *SMALL, "--steps", 2, "--name", NAME, "--out", NAME, "--quiet")
        done("sample", NAME, "--seed", 3, "-n", 1)
    return folder


def test_every_command_is_tried_here():
    assert {name for name, _ in all_commands()} == ARGUMENTS.keys()


@pytest.mark.parametrize("command", ARGUMENTS)
def test_every_command_prints_in_ascii_whatever_signs_it_prints(monkeypatch, place, command):
    monkeypatch.chdir(place)
    streams = Streams("ascii")
    code = streams.call(*command.split(), *ARGUMENTS[command])
    shown = streams.printed() + streams.told()
    assert code == 0 or shown.count("Error: ") == 1
    assert "fault in artgan" not in shown
    assert (ESCAPED in shown) or command in SILENT_OF_NAMES


def test_every_command_that_lists_prints_json_too():
    with_json = {name for name, command in all_commands() if any("--json" in item.opts for item in command.params)}
    assert with_json == LISTING | EVALUATED


@pytest.mark.parametrize("command", sorted(LISTING))
@pytest.mark.parametrize("encoding", ["ascii", "cp932"])
def test_json_stays_json_in_every_encoding(monkeypatch, place, command, encoding):
    monkeypatch.chdir(place)
    streams = Streams(encoding)
    assert streams.call(*command.split(), *ARGUMENTS[command], "--json") == 0
    assert (NAME in str(json.loads(streams.printed()))) or command in SILENT_OF_NAMES


def test_what_is_piped_is_a_row_a_line_and_whole(artgan, place, monkeypatch):
    monkeypatch.chdir(place)
    monkeypatch.setenv("COLUMNS", "20")
    headings, *rows = [line.split("\t") for line in artgan("runs").out.splitlines()]
    assert headings == ["run", "step", "state", "size", "checkpoints"]
    assert [row[:3] for row in rows if row[0] == NAME] == [[NAME, "2 of 2", "finished"]]
    assert {len(row) for row in rows} == {5}


def typed(place: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Type a line in which `$artgan` is the program."""
    known = os.environ | {"artgan": f"{sys.executable} -m artgan"}
    return subprocess.run(["bash", "-c", line], cwd=place, capture_output=True, text=True, env=known)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
class TestShells:
    @pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
    def test_what_the_shell_closed_is_not_missed(self, place, closed):
        done = typed(place, f"$artgan runs {closed}")
        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.slow
    @pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-", "2>&-"])
    def test_a_file_that_is_written_does_not_take_the_place_of_what_the_shell_closed(self, place, closed):
        done = typed(place, f"$artgan sample {NAME} -n 1 --seed 7 --out closed {closed}")
        assert (done.returncode, done.stderr) == (0, "")
        assert (place / "closed/seed-00000007.png").read_bytes().startswith(b"\x89PNG")

    def test_a_pipe_that_ends_early_ends_nothing_else(self, place):
        done = typed(place, f"$artgan walk {NAME} --frames 2 --out early.webp 2>&1 | true; exit ${{PIPESTATUS[0]}}")
        assert (done.returncode, done.stderr) == (0, "")
        assert (place / "early.webp").is_file()

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk at hand")
    def test_what_cannot_be_written_is_told_and_fails(self, place):
        done = typed(place, "$artgan runs >/dev/full")
        told = "Error: what was printed could not be written: No space left on device\n"
        assert (done.returncode, done.stderr) == (1, told)

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["[/bold]", "e\x1b[2Jvil"])
    def test_the_bar_of_a_run_shows_names_as_they_are_and_harms_no_terminal(self, place, name):
        ours, theirs = os.openpty()
        command = [sys.executable, "-m", "artgan", "run", "pictures.npy", *SMALL, "--steps", "2", "--out", name]
        with subprocess.Popen(command, cwd=place, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            with suppress(OSError):  # the end of a terminal that nobody has open
                while some := os.read(ours, 4096):
                    shown += some
        os.close(ours)
        assert process.returncode == 0
        assert b"Traceback" not in shown
        assert b"\x1b[2J" not in shown
        assert name.replace("\x1b", "\\u001b").encode() in shown
