"""The dataset `folder`: the user's own pictures, whatever they are."""

import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.prints import open_folder, paint, reasons

from artgan import UsageError
from artgan.builtin.dataset import Folder, folder_pictures
from artgan.builtin.dataset.folder_pictures import FolderPictures
from artgan.interfaces import Workspace, list_folder

# What counts


def test_pictures_are_found_in_all_sub_folders_in_the_order_of_their_names(prints, workspace):
    for name, level in (("b/2.png", 20), ("a.png", 10), ("c/d/3.PNG", 30)):
        paint(prints / name, colour=(level, level, level))
    (prints / "notes.txt").write_text("not a picture")
    (prints / ".hidden.png").write_text("nor this")
    data = open_folder(prints, workspace)
    assert data.samples[:, 0, 0, 0].tolist() == [10, 20, 30]
    assert not data.left_out
    assert data.labels is None


def test_names_that_look_alike_stay_with_their_pictures(prints, workspace):
    for name in ("caf\u00e9.png", "cafe\u0301.png", "z.png"):
        paint(prints / name, colour="black" if name < "caff" else "white")
    (prints / "cafe\u0301.png").write_bytes(b"")
    data = open_folder(prints, workspace)
    assert list(data.names) == ["caf\u00e9.png", "z.png"]


LITTER = {
    ".ipynb_checkpoints/1-checkpoint.png": ".ipynb_checkpoints",
    "@eaDir/1.png/SYNOPHOTO_THUMB_S.png": "@eaDir",
    "cats/.thumbnails/normal/1.png": "cats/.thumbnails",
    "cats/._1.png": "cats/._1.png",
    "__MACOSX/cats/1.png": "__MACOSX",
    "$RECYCLE.BIN/S-1-5/1.png": "$RECYCLE.BIN",
}


def in_folder(names, place):
    for name in names:
        paint(place / name)
    return place


def in_zip(names, place):
    paths = sorted(in_folder(names, place).rglob("*"))
    with zipfile.ZipFile(f"{place}.zip", "w") as archive:
        for path in paths:
            archive.write(path, path.relative_to(place))
    return Path(f"{place}.zip")


@pytest.mark.parametrize("kept", [in_folder, in_zip])
def test_what_is_hidden_or_the_systems_is_passed_over_and_counted_in_a_line(kept, tmp_path, workspace):
    ours = ["cats/1.png", "dogs/1.png"]
    place = kept([*ours, *LITTER], tmp_path / "prints")
    clean = kept(ours, tmp_path / ".config" / "clean")  # which lies under a hidden folder itself
    data = open_folder(place, workspace)
    assert data.spec.classes == ("cats", "dogs")
    assert (len(data), data.left_out) == (2, ())
    named = ", ".join(sorted(LITTER.values())[:3])
    assert data.notes == (f"passed over hidden or system files and folders (6): {named} and 3 more",)
    assert data.fingerprint == open_folder(clean, workspace).fingerprint
    assert Folder(path=str(place)).survey(workspace).count == 2


def test_a_link_to_a_folder_is_named_with_what_to_do(prints, workspace, tmp_path):
    paint(prints / "1.png")
    paint(tmp_path / "elsewhere" / "2.png")
    (prints / "more").symlink_to(tmp_path / "elsewhere")
    (prints / "loop").symlink_to(prints)
    data = open_folder(prints, workspace)
    assert len(data) == 1
    assert sorted(reasons(data)) == ["loop", "more"]
    assert "give that folder itself" in reasons(data)["more"]


def test_a_picture_is_known_by_its_content_where_its_name_does_not_say_what_it_is(prints, workspace):
    odd = ["photo", "photo.jpg?w=640", "photo.jpg_large", "photo.1"]
    for number, name in enumerate(odd):
        paint(prints / f"{number}.png", colour=(number, 0, 0)).rename(prints / name)
    (prints / "notes").write_text("words")
    (prints / "odd.dat").write_bytes((prints / "photo").read_bytes())
    data = open_folder(prints, workspace)
    assert sorted(data.names) == sorted(odd)
    assert data.notes == (
        "passed over files besides the pictures (2): notes, odd.dat",
        "4 files are pictures by their content, not by their names, and used; the first: photo",
    )


def test_a_zip_is_the_same_data_as_the_folder_that_was_packed(prints, workspace, tmp_path):
    for name in ("cats/1.png", "dogs/1.png"):
        paint(prints / name)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(prints.rglob("*.png")):
            archive.write(path, f"wrapper/{path.relative_to(prints)}")
    packed, loose = open_folder(tmp_path / "packed.zip", workspace), open_folder(prints, workspace)
    assert packed.fingerprint == loose.fingerprint
    assert packed.spec.classes == ("cats", "dogs")
    assert packed.title == "packed"


def test_what_is_left_out_is_named_with_the_folders_that_all_pictures_lie_in(prints, workspace):
    paint(prints / "2024" / "1.png")
    (prints / "2024" / "2.png").write_bytes(b"bad")
    (prints / "2024" / "3.heic").write_bytes(b"")
    data = open_folder(prints, workspace)
    assert list(reasons(data)) == ["2024/3.heic", "2024/2.png"]
    assert list(data.names) == ["1.png"]


def test_the_fingerprint_follows_the_content_and_not_the_place(prints, workspace, tmp_path):
    paint(prints / "1.png")
    paint(tmp_path / "elsewhere" / "1.png")
    here, there = open_folder(prints, workspace), open_folder(tmp_path / "elsewhere", workspace)
    assert here.fingerprint == there.fingerprint
    paint(prints / "1.png", colour="blue")
    assert open_folder(prints, workspace).fingerprint != here.fingerprint
    assert open_folder(tmp_path / "elsewhere", workspace, fit="pad").fingerprint != there.fingerprint


def test_nothing_that_is_shown_holds_a_path(prints, workspace, tmp_path):
    paint(prints / "1.png")
    data = open_folder(prints, workspace)
    assert data.title == "prints"
    assert str(tmp_path) not in f"{data.title} {data.licence} {data.source}"


# How pictures are converted


MODES: dict[str, tuple[str, dict[str, Any]]] = {
    "L.png": ("L", {}),
    "LA.png": ("LA", {}),
    "RGB.png": ("RGB", {}),
    "RGBA.png": ("RGBA", {}),
    "1.png": ("1", {}),
    "P.png": ("P", {}),
    "P.gif": ("P", {}),
    "CMYK.jpg": ("CMYK", {"quality": 95}),
    "YCbCr.jpg": ("YCbCr", {"quality": 95}),
    "CMYK.tif": ("CMYK", {}),
    "RGB.webp": ("RGB", {"lossless": True}),
    "RGB.bmp": ("RGB", {}),
    "RGB.ppm": ("RGB", {}),
    "I16.png": ("I;16", {}),
    "I.tif": ("I", {}),
    "F.tif": ("F", {}),
}


@pytest.mark.parametrize("name", MODES)
def test_white_is_white_and_black_is_black_in_every_mode(name, prints, workspace):
    mode, saving = MODES[name]
    for level, number in ((0, 0), (255, 1)):
        if mode in ("I;16", "I", "F"):
            full = np.full((64, 64), level, np.float32) / 255
            image = Image.fromarray(full if mode == "F" else (full * 65535).astype(np.uint16))
            image = image.convert("I") if mode == "I" else image
        else:
            image = Image.new("RGB", (64, 64), (level,) * 3).convert(mode)
        image.save(prints / f"{number}{name}", **saving)
    data = open_folder(prints, workspace, channels="3")
    assert not data.left_out
    assert data.samples[0].max() <= 2
    assert data.samples[1].min() >= 253


@pytest.mark.parametrize("suffix", [".png", ".gif", ".webp"])
def test_transparency_shows_the_background(suffix, prints, workspace):
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 32, 64))
    image.save(prints / f"half{suffix}", lossless=True)  # WebP heeds it
    data = open_folder(prints, workspace, background="#00ff00", channels="3")
    assert data.samples[0, :, 32, 10].tolist() == [0, 0, 255]
    assert data.samples[0, :, 32, 50].tolist() == [0, 255, 0]


def test_a_palette_with_transparency_is_composited(prints, workspace):
    image = Image.new("P", (64, 64), 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(1, (0, 0, 32, 64))
    image.save(prints / "palette.png", transparency=0)
    data = open_folder(prints, workspace, background="#ffffff")
    assert data.samples[0, :, 0, 0].tolist() == [200, 100, 50]
    assert data.samples[0, :, 0, 63].tolist() == [255, 255, 255]


def test_hidden_colours_do_not_bleed_when_alpha_pictures_shrink(prints, workspace):
    image = Image.new("RGBA", (256, 256), (255, 0, 0, 0))  # red, but unseen
    image.paste((0, 0, 255, 255), (0, 0, 127, 256))
    image.save(prints / "edge.png")
    data = open_folder(prints, workspace, channels="4", size="16")
    red, alpha = data.samples[0, 0], data.samples[0, 3]
    assert red[alpha > 0].max() <= 1


@pytest.mark.parametrize("name", ["1.jpg", "1.png", "1.tif", "1.webp"])
def test_the_automatic_size_is_that_of_the_upright_picture(name, prints, workspace):
    exif = Image.Exif()
    exif[0x0112] = 6
    paint(prints / name, (128, 64), exif=exif)
    assert open_folder(prints, workspace).spec.shape == (3, 64, 32)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_pictures_upright(orientation, prints, workspace):
    """A red top left quarter stays there, whatever way the camera was held."""
    upright = Image.new("RGB", (128, 64), "white")
    upright.paste("red", (0, 0, 64, 32))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    for name in ("1.jpg", "2.png", "3.tif", "4.webp"):
        saving: dict[str, Any] = {} if name == "3.tif" else {"quality": 95}
        stored.save(prints / name, exif=exif, **saving)
    data = open_folder(prints, workspace)
    assert data.spec.shape == (3, 32, 64)
    for sample in data.samples.astype(int):
        assert sample[0, 8, 16] - sample[1, 8, 16] > 200  # red
        assert sample[1, 24, 16] > 200 < sample[1, 8, 48]  # white


def test_the_first_frame_of_an_animation_is_taken(prints, workspace):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(prints / "a.gif", save_all=True, append_images=frames[1:])
    frames[0].save(prints / "b.png", save_all=True, append_images=frames[1:])
    frames[0].save(prints / "c.webp", save_all=True, append_images=frames[1:], lossless=True)
    data = open_folder(prints, workspace)
    assert [sample[:, 0, 0].tolist() for sample in data.samples] == [[255, 0, 0]] * 3


def test_shrinking_averages_fine_patterns_instead_of_sampling_them(prints, workspace):
    board = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    Image.fromarray(board).save(prints / "board.png")
    data = open_folder(prints, workspace)
    assert data.samples.shape == (1, 1, 64, 64)
    assert abs(data.samples.astype(int) - 127).max() <= 3


@pytest.mark.parametrize(
    ("fit", "left", "centre"),
    [("crop", [0, 0, 255], [0, 0, 255]), ("pad", [0, 0, 255], [0, 0, 255]), ("stretch", [255, 0, 0], [0, 0, 255])],
)
def test_fit_says_what_becomes_of_the_proportions(fit, left, centre, prints, workspace):
    image = Image.new("RGB", (256, 64), "blue")
    image.paste("red", (0, 0, 64, 64))  # crop cuts this off
    image.save(prints / "wide.png")
    data = open_folder(prints, workspace, fit=fit, size="64", background="#00ff00")
    pixels = data.samples[0]
    assert pixels[:, 32, 32].tolist() == centre
    assert pixels[:, 32, 4].tolist() == (left if fit != "pad" else [255, 0, 0])
    assert (pixels[:, 2, 32].tolist() == [0, 255, 0]) == (fit == "pad")


def test_a_size_is_height_by_width(prints, workspace):
    paint(prints / "1.png", (300, 200))
    assert open_folder(prints, workspace, size="96x64").spec.shape == (3, 96, 64)


def test_grey_pictures_have_one_channel_even_where_they_are_kept_as_rgb(prints, workspace):
    paint(prints / "1.png", colour="#808080")
    paint(prints / "2.png", colour="#202020", mode="L")
    assert open_folder(prints, workspace).spec.shape == (1, 64, 64)
    paint(prints / "3.png", colour="#202120")
    assert open_folder(prints, workspace).spec.shape == (3, 64, 64)


@settings(max_examples=25)
@given(
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "F", "LAB", "HSV"]),
    suffix=st.sampled_from([".png", ".tif", ".gif", ".webp", ".jpg", ".bmp"]),
    width=st.integers(1, 90),
    height=st.integers(1, 90),
    fit=st.sampled_from(["crop", "pad", "stretch"]),
    channels=st.sampled_from(["auto", "1", "2", "3", "4"]),
)
def test_a_picture_of_any_mode_and_size_is_used_or_named(mode, suffix, width, height, fit, channels):
    with TemporaryDirectory() as folder:
        paint(Path(folder, "good.png"))
        try:
            Image.new(mode, (width, height)).save(Path(folder, f"odd{suffix}"))
        except (OSError, ValueError):
            return  # this format has no such mode
        data = open_folder(folder, Workspace(Path(folder, "cache")), fit=fit, channels=channels, size="24x16")
        assert len(data) + len(data.left_out) == 2
        assert data.samples.shape[2:] == (24, 16)
        del data  # so that the folder can be removed on every system


# Bad pictures


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


def test_bad_pictures_are_named_with_a_reason_and_the_rest_is_used(prints, workspace):
    whole = paint(prints / "good.jpg", (200, 200)).read_bytes()
    (prints / "empty.png").write_bytes(b"")
    (prints / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (prints / "text.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    (prints / "bomb.png").write_bytes(png_that_claims(60000, 60000))
    (prints / "large.png").write_bytes(png_that_claims(9000, 9000))
    (prints / "photo.heic").write_bytes(b"0")
    paint(prints / "tiny.png", (5, 70))
    (prints / "gone.png").symlink_to(prints / "nowhere")
    data = open_folder(prints, workspace)
    said = reasons(data)
    assert len(data) == 1
    assert set(said) == {
        "empty.png",
        "cut.jpg",
        "text.png",
        "bomb.png",
        "large.png",
        "photo.heic",
        "tiny.png",
        "gone.png",
    }
    assert "bomb" in said["bomb.png"]
    assert "9000 x 9000" in said["large.png"]
    assert "5 x 70" in said["tiny.png"]
    assert ".heic" in said["photo.heic"]
    assert reasons(open_folder(prints, workspace)) == said  # from the cache


def test_a_format_that_is_not_on_the_list_is_refused_whatever_its_name(prints, workspace):
    paint(prints / "good.png")
    Image.new("RGB", (64, 64)).save(prints / "really-a-tga.png", format="TGA")
    Image.new("RGB", (64, 64)).save(prints / "really-a-jpeg.png", format="JPEG")
    assert set(reasons(open_folder(prints, workspace))) == {"really-a-tga.png"}


def test_names_cannot_harm_a_terminal(prints, workspace):
    paint(prints / "good.png")
    (prints / "\x1b[31mred\n.png").write_bytes(b"")
    assert all(item.name.isprintable() for item in open_folder(prints, workspace).left_out)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no usable pictures"),
        ({"a.txt": b"a"}, "no usable pictures among its 1 files"),
        ({"a.png": b""}, "none of the 1"),
    ],
)
def test_a_folder_without_usable_pictures_is_one_line_of_advice(files, said, prints, workspace):
    for name, content in files.items():
        (prints / name).write_bytes(content)
    with pytest.raises(UsageError, match=said) as error:
        open_folder(prints, workspace)
    assert "\n" not in str(error.value)


def test_a_missing_path_is_an_error(workspace, tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        open_folder(tmp_path / "nowhere", workspace)
    with pytest.raises(UsageError, match="needs a path"):
        Folder().open(workspace)


# Zips


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_members_that_lead_out_of_a_zip_are_refused(prints, workspace, tmp_path):
    good = paint(prints / "good.png").read_bytes()
    odd = ("../up.png", "/root.png", "C:/windows.png", "a\\..\\..\\up.png", "a/../../up.png")
    path = zipped(tmp_path / "odd.zip", {"good.png": good, **dict.fromkeys(odd, good)})
    data = open_folder(path, workspace)
    assert len(data) == 1
    assert len(data.left_out) == len(odd)
    assert all("leads out" in item.reason for item in data.left_out)


def test_links_and_damaged_members_of_a_zip_are_left_out(prints, workspace, tmp_path):
    good = paint(prints / "good.png").read_bytes()
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "good.png")
        archive.writestr("good.png", good)
        archive.writestr("GOOD.png", good)  # differs in case only
        archive.writestr("bad.png", b"0" * 99)
    path.write_bytes(path.read_bytes().replace(b"0" * 99, b"1" * 99))
    data = open_folder(path, workspace)
    assert len(data) == 1
    assert set(reasons(data)) == {"link.png", "bad.png", "GOOD.png"}
    assert "CRC" in reasons(data)["bad.png"]
    assert "but for case" in reasons(data)["GOOD.png"]


def test_a_zip_bomb_is_refused_by_what_it_declares(workspace, tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(2**20))
        for number in range(1100):  # the same megabyte, listed again and again
            copy = zipfile.ZipInfo(f"{number}.png")
            first = archive.filelist[0]
            copy.header_offset, copy.CRC = first.header_offset, first.CRC
            copy.compress_size, copy.file_size, copy.compress_type = first.compress_size, 2**20, first.compress_type
            archive.filelist.append(copy)
    with pytest.raises(UsageError, match="zip bomb"):
        open_folder(path, workspace)


def test_a_member_that_is_larger_than_it_declares_is_cut_there(workspace, tmp_path):
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(2**24))
        archive.filelist[0].file_size = 1000
    with pytest.raises(UsageError, match=r"no usable pictures; a.png: is damaged"):
        open_folder(path, workspace)


def test_a_file_that_is_no_zip_is_one_line(workspace, tmp_path):
    path = tmp_path / "not.zip"
    path.write_bytes(b"PK not a zip")
    with pytest.raises(UsageError, match="not a readable zip"):
        open_folder(path, workspace)


# The cache


def test_unchanged_pictures_are_not_read_again(prints, workspace, monkeypatch):
    monkeypatch.setattr("artgan.builtin.dataset.picture_list.SETTLED", -(10**15))
    for name in ("a.png", "b/1.png", "b.png"):
        paint(prints / name)
    before = open_folder(prints, workspace)
    paint(prints / "a2.png", colour="blue")
    opened, really = [], FolderPictures.open

    def open_and_tell(self, item):
        opened.append(item.name)
        return really(self, item)

    monkeypatch.setattr(FolderPictures, "open", open_and_tell)
    assert open_folder(prints, workspace, size="32", channels="3").fingerprint != before.fingerprint
    assert opened.count("a2.png") == 3  # for its digest, its header, and to decode
    assert opened.count("b.png") == 2
    opened.clear()
    open_folder(prints, workspace, size="32", channels="3")
    assert opened == []


@pytest.mark.parametrize("settled", [2 * 10**9, -(10**15)])
def test_a_changed_picture_is_seen_even_with_the_same_size_and_time(settled, prints, workspace, monkeypatch):
    monkeypatch.setattr("artgan.builtin.dataset.picture_list.SETTLED", settled)
    path = paint(prints / "1.bmp", colour="#101010")
    os.utime(path, (1e9, 1e9))
    before, changed = open_folder(prints, workspace), path.stat().st_ctime_ns
    paint(path, colour="#202020")
    os.utime(path, (1e9, 1e9))
    while path.stat().st_ctime_ns == changed:  # the system's clock of files may be coarse
        os.utime(path, (1e9, 1e9))
    assert open_folder(prints, workspace).fingerprint != before.fingerprint


def test_a_damaged_or_deleted_cache_is_made_again(prints, workspace):
    paint(prints / "1.png")
    before = open_folder(prints, workspace).samples.tolist()
    for target in list(workspace.cache.rglob("samples.npy")) + list(workspace.cache.rglob("*.jsonl")):
        target.write_bytes(target.read_bytes()[:-1])
    assert open_folder(prints, workspace).samples.tolist() == before
    for target in list(workspace.cache.rglob("record.json")):
        target.unlink()
    assert open_folder(prints, workspace).samples.tolist() == before
    assert not list(workspace.cache.rglob("tmp-*"))


def test_two_processes_may_decode_at_once(prints, workspace):
    for number in range(150):
        paint(prints / f"{number}.png", (100, 100), colour=(number, 0, 0))
    code = (
        "import sys, pathlib; from artgan.builtin.dataset import Folder; from artgan.interfaces import Workspace; "
        "print(Folder(path=sys.argv[1]).open(Workspace(pathlib.Path(sys.argv[2]))).samples.sum())"
    )
    command = [sys.executable, "-c", code, str(prints), str(workspace.cache)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate()[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert said == {f"{sum(range(150)) * 64 * 64}\n"}
    assert not list(workspace.cache.rglob("tmp-*"))


def test_decoding_tells_how_far_it_is(prints, workspace):
    for number in range(70):
        paint(prints / f"{number}.png")
    told = []
    open_folder(prints, Workspace(workspace.cache, lambda *news: told.append(news)))
    decoding = [(done, total) for what, done, total in told if what == "decoding pictures"]
    assert decoding == [(0, 70), (64, 70), (70, 70)]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path):
    code = (
        "import sys, pathlib, re; from artgan.builtin.dataset import Folder; from artgan.interfaces import Workspace; "
        "d = Folder(path=sys.argv[1], size='64', channels='3').open(Workspace(pathlib.Path(sys.argv[2]))); "
        "print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    peaks = []
    for count in (300, 3000):
        picture = paint(tmp_path / str(count) / "0.png", (8, 8)).read_bytes()
        for number in range(1, count):
            (tmp_path / str(count) / f"{number}.png").write_bytes(picture)
        command = [sys.executable, "-c", code, str(tmp_path / str(count)), str(tmp_path / "cache")]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    assert peaks[1] - peaks[0] < 10_000  # kB; the samples of 2,700 pictures are 33,000 kB


# Paths given as plain argument


def test_recognises_the_share_of_pictures(prints, tmp_path):
    assert Folder.recognises(prints) == 1  # empty, so that opening can say so
    (prints / "poems.txt").write_text("words")
    assert not Folder.recognises(prints)
    assert not Folder.recognises(prints / "poems.txt")
    (prints / "a.heic").write_bytes(b"")
    assert Folder.recognises(prints) == 0.5
    assert Folder.recognises(prints / "a.heic")
    assert Folder.recognises(zipped(tmp_path / "a.zip", {"a/b.JPG": b""})) == 1
    assert not Folder.recognises(zipped(tmp_path / "b.zip", {"a/b.txt": b""}))
    assert not Folder.recognises(tmp_path / "nowhere")


def test_notes_beside_pictures_do_not_make_a_folder_one_of_texts(prints, registry):
    for name in "abc":
        paint(prints / f"{name}.png")
        (prints / f"{name}.txt").write_text("a caption")
        (prints / f"{name}.png.txt").write_text("another")
    (prints / "README.md").write_text("words")
    assert Folder.recognises(prints) == 1
    assert registry.recognise(prints).name == "folder"


def test_one_picture_is_told_from_a_folder_of_them(prints, workspace, registry):
    picture = paint(prints / "a.png")
    with pytest.raises(UsageError, match="is one picture: give the folder"):
        registry.recognise(picture).open(workspace)


def test_a_folder_is_looked_through_once_by_all_who_ask_in_a_run_and_anew_when_anything_in_it_changed(
    tmp_path, workspace, monkeypatch
):
    place, looked = tmp_path / "prints", []
    for folder in (place, place / "a", place / "b"):
        folder.mkdir()
        Image.new("L", (8, 8)).save(folder / "0.png")
        os.utime(folder, (1, 1))
    monkeypatch.setattr(folder_pictures, "SETTLED", -(10**15))  # as if all this had been done long ago

    def look(folder):
        looked.append(folder)
        return list_folder(folder)

    monkeypatch.setattr(folder_pictures, "list_folder", look)

    assert Folder.recognises(place) == 1
    assert Folder(path=str(place)).survey(workspace).count == 3
    assert len(Folder(path=str(place)).open(workspace)) == 3
    assert len(looked) == 1

    assert Folder.recognises(place) == 1
    Image.new("L", (8, 8)).save(place / "b/1.png")
    (place / "a/0.png").unlink()
    Image.new("L", (8, 8)).save(place / "c.png")
    assert sorted(Folder(path=str(place)).open(workspace).names) == ["0.png", "b/0.png", "b/1.png", "c.png"]
    assert len(looked) == 3
