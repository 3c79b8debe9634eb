"""Weights that a user brings are kept only where their digest is right, and used only while it is."""

from __future__ import annotations

import hashlib

import pytest

from artgan import ArtganError, weight_file

CONTENT = b"some weights"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
OTHER = hashlib.sha256(b"others").hexdigest()


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGAN_DATA", str(tmp_path / "data"))
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    (tmp_path / "other.pth").write_bytes(b"others")
    return tmp_path / "data"


def files(folder):
    return sorted(path.name for path in folder.rglob("*"))


def test_what_was_added_is_listed_asked_for_and_removed(artgan, data):
    assert artgan("weights", "list").out == "no weights are kept\n"
    added = artgan("weights", "add", "inception", "mine.pth", "--sha256", f"sha256:{DIGEST.upper()}")
    assert added.code == 0, added.err
    assert added.out == f"Kept inception: 0.0 MB, {DIGEST}\n"
    path = weight_file("inception", sha256=DIGEST)
    assert path.read_bytes() == CONTENT
    assert path.is_relative_to(data)
    assert DIGEST in artgan("weights", "list").out
    assert artgan("weights", "remove", "inception").out == f"Removed inception: {DIGEST}\n"
    assert artgan("weights", "list").out == "no weights are kept\n"
    assert files(data) == ["weights"]


@pytest.mark.parametrize(
    ("name", "file", "digest", "phrase"),
    [
        ("inception", "mine.pth", OTHER, f"mine.pth is another file: its SHA-256 is {DIGEST}, not {OTHER}; nothing"),
        ("inception", "none.pth", DIGEST, "none.pth does not exist"),
        ("inception", ".", DIGEST, ". is no file"),
        ("inception", "mine.pth", DIGEST[:8], "is no SHA-256: give 64 hexadecimal digits"),
        ("../up", "mine.pth", DIGEST, "'../up' is no name for weights"),
        ("", "mine.pth", DIGEST, "'' is no name for weights"),
    ],
)
def test_what_is_not_what_was_said_is_refused_in_one_line_and_nothing_is_kept(artgan, data, name, file, digest, phrase):
    refused = artgan("weights", "add", name, file, "--sha256", digest)
    (line,) = refused.err.splitlines()
    assert (refused.code, refused.out) == (2, "")
    assert phrase in line
    assert [path for path in data.rglob("*") if path.is_file()] == []
    assert artgan("weights", "list").out == "no weights are kept\n"


def test_a_wrong_file_leaves_the_right_one_in_its_place_and_a_right_one_takes_it(artgan, data):
    assert artgan("weights", "add", "mine", "mine.pth", "--sha256", DIGEST).code == 0
    assert artgan("weights", "add", "mine", "other.pth", "--sha256", DIGEST).code == 2
    assert weight_file("mine", sha256=DIGEST).read_bytes() == CONTENT
    assert artgan("weights", "add", "mine", "other.pth", "--sha256", OTHER).code == 0
    assert files(data) == sorted(["mine", OTHER, "weights"])


def test_whoever_asks_is_told_what_to_type(artgan, data):
    command = f"artgan weights add mine FILE --sha256 {DIGEST}"
    with pytest.raises(ArtganError, match=f"no weights 'mine' here: download https://x and type: {command}"):
        weight_file("mine", sha256=DIGEST, source="https://x")
    assert artgan("weights", "add", "mine", "other.pth", "--sha256", OTHER).code == 0
    with pytest.raises(ArtganError, match=f"'mine' are others .{OTHER[:8]}….* than are needed: {command}"):
        weight_file("mine", sha256=DIGEST)


def test_a_file_that_changed_since_is_damaged_and_never_given(artgan, data):
    assert artgan("weights", "add", "mine", "mine.pth", "--sha256", DIGEST).code == 0
    weight_file("mine", sha256=DIGEST).write_bytes(b"evil")
    with pytest.raises(ArtganError, match="the weights 'mine' are damaged: add them again"):
        weight_file("mine", sha256=DIGEST)
    assert "damaged" in artgan("weights", "list").out
    assert artgan("weights", "add", "mine", "mine.pth", "--sha256", DIGEST).code == 0
    assert weight_file("mine", sha256=DIGEST).read_bytes() == CONTENT


def test_removing_what_is_not_there_names_the_closest(artgan, data):
    assert artgan("weights", "add", "inception", "mine.pth", "--sha256", DIGEST).code == 0
    refused = artgan("weights", "remove", "inceptoin")
    assert refused.code == 2
    assert "there are no weights 'inceptoin'; did you mean 'inception'?" in refused.err


def test_nothing_heavy_is_imported_to_ask(artgan, data):
    import subprocess
    import sys

    code = (
        "import sys\nfrom artgan import weight_file\ntry:\n    weight_file('none', sha256='0')\n"
        "except Exception:\n    pass\nassert not {'torch', 'numpy', 'pickle'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
