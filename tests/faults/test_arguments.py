"""Whatever is typed behind a command, it works or is refused in one line, and what is written can be read again."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.command_list import all_commands
from support.processes import SMALL
from support.streams import Streams

COMMANDS = dict(all_commands())
BARRED = {"install", "uninstall", "completion", "gallery open", "gallery serve"}
"""Not given arguments at random: pip may fetch what is asked for, a browser opens, a server serves."""

MEAN = st.sampled_from(
    [
        *(
            "",
            " ",
            "-",
            "--",
            "0",
            "1",
            "2",
            "-1",
            "1e3",
            "1e999",
            "nan",
            "9" * 30,
            "0x10",
            "true",
            "none",
            "a",
            "画廊",
        ),
        *(
            "it's",
            "a\nb",
            "a\rb",
            "\x1b[2J",
            "\u202egnp.exe",
            "caf\udce9",
            '"',
            "\\",
            "$(id)",
            "%PATH%",
            "*",
            "~",
            "a,b",
        ),
        *("a=b", "a.b=c", "training.ema=0.9", "training.ema=a\nb", "dataset.path=\x1b[2J", "cnn", "cnn:width=4"),
        *("cnn:width=", "cnn:", ":", "bce", "linear:1..0", "linear:", "tiles", "pictures.npy", "lost/pictures.npy"),
        *(".", "..", "/", "/dev/null", "runs/kept", "kept", "runs", "gallery", "word.txt", "x" * 4000, "x/" * 300),
    ]
)
"""What has a meaning somewhere, or is apt to be taken for one."""

WORDS = MEAN | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


WORK = "runs/kept/samples/step-00000002/seed-00000003.png"
RIGHT: dict[str, tuple[str, ...]] = {
    "run": ("pictures.npy", *SMALL, "--steps", "2", "--dry-run"),
    "sample": ("kept", "-n", "1"),
    "walk": ("kept", "--frames", "2"),
    "breed": ("kept", "1", "2", "-n", "1"),
    "project": ("kept", WORK, "--steps", "1", "--starts", "1"),
    "poster": ("kept", "-n", "2"),
    "about": (WORK,),
    "evaluate": ("lost",),
    "compare": ("kept", "lost"),
    "remake": (WORK,),
    "export": ("kept", "kept.artgan"),
    "gallery build": ("gallery",),
    "doctor": ("pictures.npy",),
    "plugins check": ("lost.py",),
    "plugins new": ("new", "--out", "new"),
    "weights add": ("kept", "word.txt", "--sha256", "0" * 64),
    "weights remove": ("kept",),
}
"""Arguments that are right, of those that need any."""


@st.composite
def typed(draw: st.DrawFn) -> list[str]:
    """Return a command whose arguments are right but for one or two, which are anything."""
    name = draw(st.sampled_from(sorted(COMMANDS.keys() - BARRED)))
    words = list(RIGHT.get(name, ()))
    options = [option for option in COMMANDS[name].params if isinstance(option, click.Option)]
    for _ in range(draw(st.integers(1, 2))):
        of_words: bool = draw(st.booleans())
        if words and of_words:
            words[draw(st.integers(0, len(words) - 1))] = draw(WORDS)
        elif options:
            option = draw(st.sampled_from(options))
            words += [option.opts[0], *([] if option.is_flag else [draw(WORDS)])]
    return [*name.split(), *words, *(["--dry-run"] if name == "run" else [])]


@pytest.fixture(scope="module")
def place(done: Callable[..., None], pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, a text and a run."""
    folder = tmp_path_factory.mktemp("typed")
    np.save(folder / "pictures.npy", np.load(pictures))
    (folder / "word.txt").write_text("word", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done("run", "pictures.npy", *SMALL, "--steps", 2, "--name", "kept", "--quiet")
        done("sample", "kept", "--seed", 3, "-n", 1)
    return folder


def check(line: list[str]) -> None:
    """Check that a command works, or is refused in one line, and prints nothing but signs."""
    streams = Streams()
    code = streams.call(*line)
    out, err = streams.printed(), streams.told()
    errors = [said for said in err.split("\n") if said.startswith("Error: ")]
    assert code in (0, 1, 2), (line, code)
    assert "Traceback" not in err, (line, err)
    assert "a fault in artgan" not in err, (line, err)
    if line[0] == "run" and not code:
        tomllib.loads(out)
    assert len(errors) == (0 if code == 0 else 1) or line[:2] == ["runs", "verify"], (line, out, err)
    assert all(sign.isprintable() or sign in "\n\t" or not sign.isascii() for sign in out + err), (line, out, err)


FUZZED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None, print_blob=False
)


@settings(FUZZED, max_examples=30)
@given(line=typed())
def test_whatever_is_typed_works_or_is_refused_in_one_line(place, monkeypatch, line):
    monkeypatch.chdir(place)
    check(line)


@pytest.mark.slow
@settings(FUZZED, max_examples=1000)
@given(line=typed())
def test_whatever_is_typed_at_length_works_or_is_refused_in_one_line(place, monkeypatch, line):
    monkeypatch.chdir(place)
    check(line)
