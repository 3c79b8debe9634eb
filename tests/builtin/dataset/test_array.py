"""The dataset `array`: .npy and .npz, which may be damaged, lie, or be larger than memory."""

import io
import tracemalloc
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgan import ArtganError, UsageError
from artgan.builtin.dataset import Array
from artgan.interfaces import Workspace

PICTURES = np.random.default_rng(0).integers(0, 256, (5, 3, 16, 8), np.uint8)


def saved(tmp_path, array=None, **arrays) -> str:
    path = tmp_path / ("array.npz" if arrays else "array.npy")
    if arrays:
        np.savez_compressed(path, **arrays)
    else:
        np.save(path, array)
    return str(path)


def test_bytes_in_the_order_nchw_are_mapped_where_they_lie(tmp_path, workspace):
    data = Array(path=saved(tmp_path, PICTURES)).open(workspace)
    assert isinstance(data.samples, np.memmap)
    assert data.samples.filename == tmp_path / "array.npy"
    assert data.samples.tolist() == PICTURES.tolist()
    assert data.spec.shape == (3, 16, 8)


@pytest.mark.parametrize(
    "array",
    [np.moveaxis(PICTURES, 1, 3), np.asfortranarray(PICTURES), PICTURES / 255, PICTURES / 127.5 - 1],
    ids=["NHWC", "Fortran", "0 to 1", "-1 to 1"],
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, ">f8"])
def test_other_orders_and_floats_come_to_the_same(array, dtype, tmp_path, workspace):
    if array.dtype != np.uint8:
        array = array.astype(dtype)
    data = Array(path=saved(tmp_path, array)).open(workspace)
    assert data.samples.tolist() == PICTURES.tolist()


def test_pictures_without_a_channel_axis_are_grey(tmp_path, workspace):
    data = Array(path=saved(tmp_path, PICTURES[:, 0])).open(workspace)
    assert data.samples.tolist() == PICTURES[:, :1].tolist()


@pytest.mark.parametrize("name", ["samples", "images", "x", "anything"])
def test_a_npz_names_its_pictures_and_labels(name, tmp_path, workspace):
    data = Array(path=saved(tmp_path, **{name: PICTURES, "y": np.array([0, 1, 1, 0, 2])})).open(workspace)
    assert data.samples.tolist() == PICTURES.tolist()
    assert data.labels.tolist() == [0, 1, 1, 0, 2]
    assert data.spec.classes == ("0", "1", "2")


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((5, 3, 16, 3), np.uint8), "two ways"),
        (np.zeros((64, 64, 3), np.uint8), "two ways"),
        (np.zeros((5, 16, 16, 16), np.uint8), "neither"),
        (np.zeros((5, 16), np.uint8), r"\(N, H, W\)"),
        (np.zeros((0, 16, 16), np.uint8), "empty"),
        (np.zeros((5, 16, 16), np.int32), "int32"),
        (np.zeros((5, 16, 16), bool), "bool"),
        (np.full((5, 16, 16), 200.0), "0 to 1|-1, 1"),
        (np.full((5, 16, 16), np.nan), "finite"),
        (np.array([{"a": 1}] * 5), "plain numbers|pickle|object"),
        (np.zeros(5, [("a", "u1")]), "plain numbers"),
    ],
)
def test_arrays_that_are_no_pictures_are_one_line(array, said, tmp_path, workspace):
    with pytest.raises(ArtganError, match=said) as error:
        Array(path=saved(tmp_path, array)).open(workspace)
    assert "\n" not in str(error.value)


def test_the_layout_settles_what_can_be_read_in_two_ways(tmp_path, workspace):
    path = saved(tmp_path, np.zeros((5, 3, 16, 4), np.uint8))
    assert Array(path=path, layout="NCHW").open(workspace).spec.shape == (3, 16, 4)
    assert Array(path=path, layout="NHWC").open(workspace).spec.shape == (4, 3, 16)
    with pytest.raises(ArtganError, match="not NHW"):
        Array(path=path, layout="NHW").open(workspace)


@pytest.mark.parametrize("labels", [np.zeros(4, int), np.zeros(5), np.array([0, 0, 0, 0, -1]), np.full(5, 10**9)])
def test_labels_that_do_not_fit_are_refused(labels, tmp_path, workspace):
    with pytest.raises(ArtganError, match="labels"):
        Array(path=saved(tmp_path, samples=PICTURES, labels=labels)).open(workspace)


def test_a_missing_file_is_an_error(tmp_path, workspace):
    with pytest.raises(UsageError, match="not a file"):
        Array(path=str(tmp_path / "none.npy")).open(workspace)
    with pytest.raises(UsageError, match="needs a path"):
        Array().open(workspace)


def test_a_npz_bomb_is_streamed_in_little_memory(tmp_path, workspace):
    """128 MB of zeros in 130 kB come to the disk by way of a few megabytes."""
    with zipfile.ZipFile(tmp_path / "zeros.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": (2**11, 256, 256)})
        with archive.open("samples.npy", "w") as member:
            member.write(head.getvalue())
            for _ in range(128):
                member.write(bytes(2**20))
    tracemalloc.start()
    data = Array(path=str(tmp_path / "zeros.npz")).open(workspace)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert data.samples.shape == (2048, 1, 256, 256)
    assert peak < 16 * 2**20


@pytest.mark.parametrize("change", [-1, +1])
@pytest.mark.parametrize("array", [PICTURES, PICTURES / 255], ids=["mapped", "converted"])
def test_files_cut_short_or_too_long_are_refused(change, array, tmp_path, workspace):
    path = Path(saved(tmp_path, array))
    content = path.read_bytes()
    path.write_bytes(content[:change] if change < 0 else content + b"0")
    with pytest.raises(ArtganError, match="promises"):
        Array(path=str(path)).open(workspace)


@settings(max_examples=80)
@given(
    at=st.integers(0, 400),
    put=st.one_of(st.binary(max_size=12), st.sampled_from([b"9" * 9, b"-1", b"(((", b"|O", b"True", b"\n" * 5])),
    end=st.integers(0, 3000),
    packed=st.booleans(),
    inside=st.booleans(),
)
def test_no_damage_leads_to_anything_but_one_line(at, put, end, packed, inside):
    def damaged(content: bytes) -> bytes:
        return content[:at] + put + content[at + len(put) : max(end, at)]

    buffer = io.BytesIO()
    np.save(buffer, PICTURES)
    content = buffer.getvalue()
    if packed:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("samples.npy", damaged(content) if inside else content)
        content = buffer.getvalue()
    content = content if packed and inside else damaged(content)
    with TemporaryDirectory() as folder:
        Path(folder, "a.npy").write_bytes(content)
        try:
            data = Array(path=str(Path(folder, "a.npy"))).open(Workspace(Path(folder, "cache")))
        except ArtganError as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert data.samples.nbytes <= 4000
            del data


def test_recognises_arrays(tmp_path):
    assert Array.recognises(Path(saved(tmp_path, PICTURES)))
    assert Array.recognises(Path(saved(tmp_path, x=PICTURES)))
    assert not Array.recognises(tmp_path)
