"""A printed command, typed as it stands, gives the program the very words that it was made of."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from artgan.shell import cmd, command, posix, powershell

ANY_BYTES = st.binary(max_size=40).map(lambda value: os.fsdecode(value.replace(b"\0", b"")))
"""Whatever can be an argument or the name of a file, UTF-8 or not."""

pytestmark = pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="it asks bash")


def words_of(line: str) -> list[str]:
    """Return the words that bash makes of a line."""
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    return [os.fsdecode(word) for word in done.stdout.split(b"\0")[:-1]]


@settings(max_examples=60)
@given(words=st.lists(ANY_BYTES | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
@example(words=["it's", 'a "b"', "$HOME `id` \\", "a\nb\r\x1b[2J", "caf\udce9", "画廊", "", "*", "~", "!x", "a=b"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp932"])
def test_bash_reads_words_as_they_were_and_every_sign_can_be_printed(encoding, words):
    line = " ".join(posix(word, encoding) for word in ["-", *words])
    assert words_of(line) == ["-", *words]
    assert line.isprintable()
    line.encode(encoding)


def test_a_path_is_never_taken_for_an_option():
    assert command("artgan", "sample", Path("-n"), "-n", 4) == "artgan sample ./-n -n 4"


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("runs\\a-1", "runs\\a-1"),
        ("C:\\my prints", "'C:\\my prints'"),
        ("o'brien", "'o''brien'"),
        ("cnn:width=4,latent=8", "'cnn:width=4,latent=8'"),
        ("$HOME `x`", "'$HOME `x`'"),
        ("", "''"),
    ],
)
def test_powershell_takes_what_stands_in_single_quotes_literally(word, quoted):
    assert powershell(word) == quoted


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("runs\\a-1", "runs\\a-1"),
        ("C:\\my prints\\", '"C:\\my prints\\\\"'),
        ("a&b", '"a&b"'),
        ('say "x"', '"say \\"x\\""'),
        ("", '""'),
    ],
)
def test_cmd_takes_double_quotes_with_backslashes_doubled_before_them(word, quoted):
    assert cmd(word) == quoted


@pytest.mark.parametrize(
    ("modules", "quoted"), [("C:\\all;C:\\system", '"my prints"'), ("C:\\mine;C:\\all;C:\\system", "'my prints'")]
)
def test_the_shell_of_windows_is_told_by_where_modules_are_looked_for(monkeypatch, modules, quoted):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "pathsep", ";")
    monkeypatch.setenv("PSMODULEPATH", modules)
    assert command("artgan", "run", "my prints") == f"artgan run {quoted}"


def test_no_other_module_writes_a_command_together():
    by_hand = re.compile(r"""f["'].*\bartgan (run|sample|evaluate|install|compare|plugins check|weights add) .*\{""")
    sources = Path(__file__).parents[1].glob("artgan/**/*.py")
    found = [str(path) for path in sources if by_hand.search(path.read_text(encoding="utf-8"))]
    assert not found, "let artgan.shell.command make the command"
