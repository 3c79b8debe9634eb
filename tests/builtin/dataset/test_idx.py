"""The datasets `idx` and `fashion-mnist`: IDX files, which may be damaged or lie."""

import gzip
import struct
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgan import ArtganError, UsageError
from artgan.builtin.dataset import FashionMnist, Folder, Idx
from artgan.builtin.dataset.idx import DEBIAN
from artgan.interfaces import Workspace


def idx(array) -> bytes:
    array = np.asarray(array, np.uint8)
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


PICTURES = np.arange(5 * 4 * 6, dtype=np.uint8).reshape(5, 4, 6)
LABELS = np.array([0, 2, 1, 2, 0], np.uint8)


def write_set(folder: Path, name: str = "train-", packed: bool = False, labels=LABELS) -> Path:
    pack, ending = (gzip.compress, ".gz") if packed else (bytes, "")
    (folder / f"{name}labels-idx1-ubyte{ending}").write_bytes(pack(idx(labels)))
    images = folder / f"{name}images-idx3-ubyte{ending}"
    images.write_bytes(pack(idx(PICTURES)))
    return images


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_set_is_read_with_its_labels(packed, tmp_path, workspace):
    write_set(tmp_path, packed=packed)
    data = Idx(path=str(tmp_path)).open(workspace)
    assert data.samples.tolist() == PICTURES[:, None].tolist()
    assert data.labels.tolist() == LABELS.tolist()
    assert data.spec.classes == ("0", "1", "2")
    assert data.spec.shape == (1, 4, 6)


def test_one_images_file_is_enough(tmp_path, workspace):
    (tmp_path / "whatever").write_bytes(idx(PICTURES))
    data = Idx(path=str(tmp_path / "whatever")).open(workspace)
    assert len(data) == 5
    assert data.labels is None


def test_the_part_says_which_set_of_a_folder(tmp_path, workspace):
    write_set(tmp_path, "train-")
    write_set(tmp_path, "t10k-", labels=[1, 1, 1, 1, 1])
    assert Idx(path=str(tmp_path)).open(workspace).labels.tolist() == LABELS.tolist()
    assert Idx(path=str(tmp_path), part="test").open(workspace).labels.tolist() == [1] * 5


def test_several_sets_that_might_be_meant_are_listed(tmp_path, workspace):
    write_set(tmp_path, "letters-train-")
    write_set(tmp_path, "digits-train-")
    with pytest.raises(UsageError, match=r"digits-train.*letters-train"):
        Idx(path=str(tmp_path)).open(workspace)


def test_an_empty_folder_says_what_is_looked_for(tmp_path, workspace):
    with pytest.raises(UsageError, match="images-idx3-ubyte"):
        Idx(path=str(tmp_path)).open(workspace)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("change", [-1, -40, +1])
def test_files_cut_short_or_too_long_are_refused(change, packed, tmp_path, workspace):
    content = idx(PICTURES)
    content = content[:change] if change < 0 else content + b"0" * change
    (tmp_path / "file").write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(ArtganError, match=r"cut short|more than"):
        Idx(path=str(tmp_path / "file")).open(workspace)
    assert not list(workspace.cache.rglob("samples.npy"))


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "no IDX"),
        (b"\0\0\x0d\x03", "0x0d"),
        (b"\0\0\x08\x02", "2 axes"),
        (b"\0\0\x08\x03\0\0", "within its header"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 0, 4, 4), "impossible size 0 x 4 x 4"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1), "impossible"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 1000000, 4000, 4000), "cut short"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_header_that_cannot_be_is_refused_before_memory_is_taken(head, said, packed, tmp_path, workspace):
    (tmp_path / "file").write_bytes(gzip.compress(head) if packed else head)
    with pytest.raises(ArtganError, match=said):
        Idx(path=str(tmp_path / "file")).open(workspace)


def test_a_gzip_bomb_is_read_no_further_than_its_header_promises(tmp_path, workspace):
    (tmp_path / "bomb").write_bytes(gzip.compress(idx(PICTURES) + bytes(2**28)))
    tracemalloc.start()
    with pytest.raises(ArtganError, match="more than"):
        Idx(path=str(tmp_path / "bomb")).open(workspace)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_labels_must_fit_the_pictures(tmp_path, workspace):
    write_set(tmp_path, labels=[0, 1])
    with pytest.raises(ArtganError, match="labels 2 pictures"):
        Idx(path=str(tmp_path)).open(workspace)


def test_labels_beyond_the_named_classes_are_refused(tmp_path, workspace):
    write_set(tmp_path, labels=[0, 1, 2, 3, 10])
    with pytest.raises(ArtganError, match="label 10"):
        FashionMnist(path=str(tmp_path)).open(workspace)


@settings(max_examples=60)
@given(
    at=st.integers(0, 140),
    put=st.binary(min_size=0, max_size=20),
    end=st.integers(0, 140),
    packed=st.sampled_from(["no", "inside", "outside"]),
)
def test_no_damage_leads_to_anything_but_one_line(at, put, end, packed):
    def damaged(content: bytes) -> bytes:
        return content[:at] + put + content[at + len(put) : end]

    content = damaged(idx(PICTURES)) if packed != "outside" else idx(PICTURES)
    content = gzip.compress(content) if packed != "no" else content
    content = damaged(content) if packed == "outside" else content
    with TemporaryDirectory() as folder:
        Path(folder, "file").write_bytes(content)
        try:
            data = Idx(path=str(Path(folder, "file"))).open(Workspace(Path(folder, "cache")))
        except ArtganError as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert data.samples.size <= 140
            del data


def test_recognises_idx_files_by_name_or_first_bytes(tmp_path):
    images = write_set(tmp_path, packed=True)
    assert Idx.recognises(images)
    assert Idx.recognises(tmp_path)
    assert not Folder.recognises(tmp_path)
    (tmp_path / "plain").write_bytes(idx(PICTURES))
    assert Idx.recognises(tmp_path / "plain")
    (tmp_path / "poem.txt").write_text("a poem")
    assert not Idx.recognises(tmp_path / "poem.txt")


@pytest.mark.skipif(not Path(DEBIAN).is_dir(), reason="needs the Debian package dataset-fashion-mnist")
def test_fashion_mnist_is_ten_named_classes(workspace):
    data = FashionMnist(part="test").open(workspace)
    assert data.samples.shape == (10000, 1, 28, 28)
    assert np.bincount(data.labels).tolist() == [1000] * 10
    assert data.spec.classes[9] == "Ankle boot"
