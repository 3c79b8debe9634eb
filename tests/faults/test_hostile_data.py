"""No file, however damaged or hostile, crashes, hangs, fills memory, or writes anywhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support import corpus, reading

MEMORY = 300 * 2**20
"""Bytes that reading one file may take at its worst: four bytes for each pixel of the largest picture, and some."""

Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def came_of(tmp_path_factory) -> Callable[[str], Rows]:
    """Read one kind of file, each in a process without privileges to lose; return what came of them by name."""
    done: dict[str, Rows] = {}

    def read(kind: str) -> Rows:
        if kind not in done:
            done[kind] = _read(kind, tmp_path_factory.mktemp(kind))
        return done[kind]

    return read


def _read(kind: str, place: Path) -> Rows:
    files = place / "in" / "files"
    files.mkdir(parents=True)
    (files / "good.png").write_bytes(corpus.picture()) if kind == "picture" else None
    for name, content in getattr(corpus, f"{kind}s")():
        (files / name).write_bytes(content)
    before = sorted(files.rglob("*"))
    scratch = place / "in" / "scratch"
    reader = subprocess.run(  # ends with a traceback where a file is read for ever
        [sys.executable, reading.__file__, kind, files, scratch], cwd=place / "in", capture_output=True, text=True
    )
    assert reader.returncode == 0, reader.stderr
    assert sorted(place.iterdir()) == [place / "in"]
    assert sorted((place / "in").iterdir()) == [files, scratch]
    assert {path.name for path in scratch.iterdir()} <= {"data", "cache"}
    assert sorted(files.rglob("*")) == before
    return {row["name"]: row for row in map(json.loads, reader.stdout.splitlines())}


@pytest.fixture(params=list(reading.KINDS))
def rows(request, came_of) -> Rows:
    return came_of(request.param)


def test_the_corpus_is_large():
    assert sum(1 for kind in reading.KINDS for _ in getattr(corpus, f"{kind}s")()) >= 300


class TestEveryFile:
    def test_is_used_or_named_in_one_line_with_a_reason(self, rows):
        for row in rows.values():
            reasons = [text for pair in row.get("left_out", []) for text in pair] + [row.get("error", "no reason")]
            assert all(text and text.isprintable() for text in reasons), row
            assert row.get("used", 1) >= 1

    @pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
    def test_takes_bounded_memory(self, rows):
        assert {name: row["memory"] for name, row in rows.items() if row["memory"] > MEMORY} == {}


class TestPictures:
    def test_beside_any_bad_one_the_good_one_is_used(self, came_of):
        for name, row in came_of("picture").items():
            assert row["used"] + len(row["left_out"]) == (1 if name == "good.png" else 2), row

    def test_that_are_right_are_used_however_odd(self, came_of):
        rows = came_of("picture")
        for name, _ in corpus.odd_pictures():
            assert rows[name]["used"] == 2, rows[name]

    def test_of_other_formats_and_bombs_are_refused(self, came_of):
        rows = came_of("picture")
        refused = [
            *corpus.other_formats(),
            *((name, b"") for name in rows if name.startswith("bomb-") and "full" not in name),
        ]
        for name, _ in refused:
            assert rows[name]["used"] == 1, rows[name]


class TestArchives:
    def test_are_never_extracted_and_members_that_lead_out_are_refused(self, came_of):
        rows = came_of("archive")
        for number in range(len(corpus.LEADING_OUT)):
            row = rows[f"out-{number}.zip"]
            assert (row["used"], row["left_out"][0][1]) == (1, "its name leads out of the zip")

    @pytest.mark.parametrize("name", ["link", "block-device", "device", "pipe", "socket", "locked", "odd-packing"])
    def test_members_that_are_no_plain_files_are_refused(self, came_of, name):
        assert came_of("archive")[f"{name}.zip"]["used"] == 1

    def test_names_that_differ_in_case_alone_count_once(self, came_of):
        row = came_of("archive")["case.zip"]
        assert (row["used"], len(row["left_out"])) == (1, 2)

    @pytest.mark.parametrize("name", ["member-bomb", "picture-bomb"])
    def test_bombs_are_refused(self, came_of, name):
        assert came_of("archive")[f"{name}.zip"]["used"] == 1

    def test_of_a_tar_the_good_picture_is_used_and_nothing_leads_out(self, came_of):
        row = came_of("archive")["tar-.tar"]
        assert row["used"] == 1
        reasons = sorted(reason for _, reason in row["left_out"])
        assert reasons == ["is a link"] * 2 + ["is not a plain file"] + ["its name leads out of the tar"] * 2

    @pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
    def test_compressed_tars_are_refused(self, came_of, packing):
        row = came_of("archive")[f"tar-{packing}.tar"]
        assert "is no plain .tar (truncated header): unpack it first if it is compressed" in row["error"]


class TestTexts:
    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("nul", "holds a NUL character"),
            ("surrogate", "is no UTF-8"),
            ("overlong", "is no UTF-8"),
            ("beyond", "is no UTF-8"),
            ("bomb", "is longer than 65,536 bytes"),
        ],
    )
    def test_a_bad_line_among_good_ones_is_named_by_number(self, came_of, name, reason):
        row = came_of("text")[f"line-{name}.txt"]
        assert row["left_out"][0][0].endswith("line 41")
        assert reason in row["left_out"][0][1]
        assert row["used"] > 70

    @pytest.mark.parametrize("name", ["only-nul", "only-newlines", "one-line", "text-cut-0", "text-cp037"])
    def test_that_hold_nothing_are_one_error(self, came_of, name):
        assert "no text that can be used" in came_of("text")[f"{name}.txt"]["error"]


class TestTables:
    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("row-nul.csv", "holds a NUL character"),
            ("row-no-utf8.csv", "is no UTF-8"),
            ("row-wide.csv", "has 4 columns, not 2"),
            ("row-narrow.csv", "has 1 columns, not 2"),
            ("row-open.csv", "look at its quotation marks"),
            ("row-stray.csv", "look at its quotation marks"),
            ("row-field.csv", "is longer than 65,536 bytes"),
            ("row-many-lines.csv", "look at its quotation marks"),
            ("row-endless-row.csv", "look at its quotation marks"),
            ("row-columns.csv", "is longer than 65,536 bytes"),
            ("line-surrogate.jsonl", "holds half of a pair of surrogates"),
            ("line-nul.jsonl", "holds a NUL character"),
            ("line-number.jsonl", "has no text in column 'text'"),
            ("line-other.jsonl", "has no text in column 'text'"),
            ("line-digits.jsonl", "is no JSON"),
            ("line-deep.jsonl", "is no JSON"),
            ("line-long.jsonl", "is longer than 65,536 bytes"),
            ("line-nan.jsonl", "has no text in column 'text'"),
        ],
    )
    def test_a_bad_row_among_good_ones_is_named_by_number(self, came_of, name, reason):
        row = came_of("table")[name]
        place, said = row["left_out"][0]
        assert place.endswith("line 42" if name.endswith(".csv") else "line 41")
        assert reason in said
        assert row["used"] >= 35

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("deep.json", "is no JSON: mend it"),
            ("large.json", "is longer than 8 MB: write it as JSON lines"),
            ("numbers.csv", "has no column that is text: say which with --dataset lines:column=NAME (id, size)"),
            ("header.csv", "no text that can be used"),
        ],
    )
    def test_that_hold_nothing_are_one_error(self, came_of, name, words):
        assert words in came_of("table")[name]["error"]


SMALL = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "8", "--steps", 4)
VANISHING = """
import pathlib, shutil
import artgan

@artgan.hookimpl
def run_ticked(run, tick):
    shutil.rmtree(pathlib.Path("prints"), ignore_errors=True)
"""


@pytest.fixture
def prints(tmp_path) -> Path:
    """Return a folder of twelve pictures."""
    folder = tmp_path / "prints"
    folder.mkdir()
    for number in range(12):
        Image.linear_gradient("L").resize((32, 32)).rotate(number * 30).save(folder / f"{number}.png")
    return folder


def test_pictures_that_vanish_during_training_have_no_effect(artgan, prints, tmp_path):
    (tmp_path / "vanishing.py").write_text(VANISHING)
    often = ("--set", "training.log_every=1", "--plugin", "vanishing.py")
    assert artgan("run", prints, *SMALL, *often, "--name", "a").code == 0
    assert not prints.exists()
    rows = (tmp_path / "runs/a/log.jsonl").read_text().splitlines()
    assert json.loads(rows[-1])["step"] == 4
    assert (tmp_path / "gallery/index.html").is_file()


def test_a_picture_that_vanishes_while_it_is_read_is_counted(prints, tmp_path):
    from artgan.builtin.dataset import Folder
    from artgan.interfaces import Workspace

    def progress(what: str, done: int, of: int) -> None:
        if what == "decoding pictures":
            (prints / "3.png").unlink(missing_ok=True)

    data = Folder(path=str(prints)).open(Workspace(tmp_path / "cache", progress=progress))
    assert (len(data), [item.name for item in data.left_out]) == (11, ["3.png"])


@pytest.mark.parametrize(
    ("when", "packed"), [("reading pictures", False), ("decoding pictures", False), ("reading pictures", True)]
)
def test_a_drive_that_goes_away_while_it_is_read_is_an_error_and_not_less_data(prints, tmp_path, when, packed):
    from artgan import ArtganError
    from artgan.builtin.dataset import Folder
    from artgan.interfaces import Workspace

    drive = tmp_path / "drive"
    drive.mkdir()
    place = (
        Path(shutil.make_archive(str(drive / "prints"), "zip", prints)) if packed else prints.rename(drive / "prints")
    )

    def progress(what: str, done: int, of: int) -> None:
        if what == when and drive.exists():
            if packed:  # a zip that is open can be read until it ends
                place.write_bytes(b"")
            drive.rename(tmp_path / "elsewhere")

    with pytest.raises(ArtganError, match="went away while it was read: bring it back"):
        Folder(path=str(place)).open(Workspace(tmp_path / "cache", progress=progress))


@pytest.mark.parametrize(("count", "words"), [(0, "no usable pictures"), (1, "add samples"), (5, "choose --batch 2")])
def test_too_few_pictures_are_an_error_before_the_first_step(artgan, prints, tmp_path, count, words):
    for path in sorted(prints.iterdir())[count:]:
        path.unlink()
    shown = artgan("run", prints, *SMALL)
    assert shown.code != 0
    assert words in shown.err.splitlines()[-1]
    assert not (tmp_path / "runs").exists()


def test_pictures_that_are_all_unreadable_are_an_error_before_the_first_step(artgan, prints, tmp_path):
    for path in prints.iterdir():
        path.write_bytes(path.read_bytes()[:40])
    shown = artgan("run", prints, *SMALL)
    assert (shown.code, "none of the 12 pictures can be used" in shown.err) == (2, True)
    assert not (tmp_path / "runs").exists()


def test_a_few_bad_pictures_are_listed_and_the_run_goes_on(artgan, prints):
    (prints / "broken.png").write_bytes(b"")
    shutil.copy(prints / "1.png", prints / "photo.heic")
    shown = artgan("run", prints, *SMALL)
    assert shown.code == 0
    assert "broken.png" in shown.err
    assert "photo.heic" in shown.err


@pytest.mark.parametrize("source", ["prints", "poems.txt"])
def test_a_cache_that_cannot_be_written_is_a_line_that_says_what_to_set(artgan, prints, tmp_path, monkeypatch, source):
    (tmp_path / "poems.txt").write_text("a\nb\n")
    (tmp_path / "taken").write_text("no folder")
    monkeypatch.setenv("ARTGAN_CACHE", str(tmp_path / "taken" / "artgan"))
    shown = artgan("run", source, *SMALL)
    assert shown.code == 1
    assert "set ARTGAN_CACHE to another folder" in shown.err.splitlines()[-1]


def test_pixels_of_good_pictures_are_those_in_their_files(prints, tmp_path):
    from artgan.builtin.dataset import Folder
    from artgan.interfaces import Workspace

    data = Folder(path=str(prints)).open(Workspace(tmp_path / "cache"))
    assert np.array_equal(data.samples[0, 0], np.asarray(Image.open(prints / "0.png")))
