"""Pictures in .tar files are data like those in a folder, with the classes that stand beside them."""

import io
import json
import os
import tarfile

import pytest
from support.archives import picture, tar
from support.prints import open_folder, reasons

from artgan import UsageError
from artgan.builtin.dataset import Folder
from artgan.interfaces import Workspace

LEVELS = (10, 20, 30, 40)
MEMBERS = {f"{number:03}.png": picture(level) for number, level in enumerate(LEVELS)}


def labelled(ending, labels):
    """Return the pictures with a label beside each."""
    beside = {f"{number:03}{ending}": label for number, label in enumerate(labels)}
    return dict(sorted((MEMBERS | beside).items()))


def levels(data):
    return data.samples[:, 0, 0, 0].tolist()


def test_a_tar_is_the_same_data_as_a_folder_with_its_files(tmp_path, workspace):
    names = ["cats/1.png", "cats/2.png", "dogs/1.png", "dogs/2.png"]
    content = dict(zip(names, MEMBERS.values(), strict=True))
    for name, data in content.items():
        (tmp_path / "loose" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "loose" / name).write_bytes(data)
    packed, loose = open_folder(tar(tmp_path / "a.tar", content), workspace), open_folder(tmp_path / "loose", workspace)
    assert packed.fingerprint == loose.fingerprint
    assert packed.spec.classes == ("cats", "dogs")
    assert packed.title == "a"


@pytest.mark.parametrize(
    ("ending", "labels", "classes"),
    [
        (".cls", [b"7", b"11\n", b"7", b"7"], ("7", "11")),
        (".cls", [b"cat", b"dog", b"cat", b"cat"], ("cat", "dog")),
        (".json", [json.dumps({"url": "x", "label": kind}).encode() for kind in (1, 0, 1, 1)], ("0", "1")),
    ],
)
def test_the_classes_are_what_stands_beside_the_pictures(tmp_path, workspace, ending, labels, classes):
    data = open_folder(tar(tmp_path / "a.tar", labelled(ending, labels)), workspace)
    assert data.spec.classes == classes
    assert [data.spec.classes[label] for label in data.labels] in (
        [label.decode().strip() for label in labels],
        ["1", "0", "1", "1"],
    )
    assert not [note for note in data.notes if "passed over" in note]


def test_a_label_that_lacks_is_told_and_there_are_no_classes(tmp_path, workspace):
    data = open_folder(tar(tmp_path / "a.tar", labelled(".cls", [b"0", b"1"])), workspace)
    assert data.labels is None
    assert any("2 pictures have no label" in note for note in data.notes)


def test_other_labels_are_other_data(tmp_path, workspace):
    one = open_folder(tar(tmp_path / "a.tar", labelled(".cls", [b"0", b"1", b"0", b"1"])), workspace)
    other = open_folder(tar(tmp_path / "b.tar", labelled(".cls", [b"0", b"1", b"1", b"1"])), workspace)
    assert one.fingerprint != other.fingerprint


def test_a_folder_of_archives_is_one_set_and_equal_names_in_it_are_told_apart(tmp_path, workspace, registry):
    for number, level in enumerate((10, 20)):
        tar(tmp_path / "set" / f"part-{number}.tar", {"0.png": picture(level), "0.cls": str(level).encode()})
    (tmp_path / "set" / "README.md").write_text("about")
    assert registry.recognise(tmp_path / "set").name == "folder"
    data = open_folder(tmp_path / "set", workspace)
    assert levels(data) == [20, 10]
    assert list(data.names) == ["0 (part-1).png", "0.png"]
    assert [data.spec.classes[label] for label in data.labels] == ["20", "10"]


def test_what_is_in_an_archive_is_looked_for_once(tmp_path, workspace, monkeypatch):
    monkeypatch.setattr("artgan.builtin.dataset.picture_list.SETTLED", -(10**15))
    path = tar(tmp_path / "a.tar", MEMBERS)
    before = open_folder(path, workspace)
    with monkeypatch.context() as patch:
        patch.setattr("artgan.builtin.dataset.tar_members.members_of", lambda path: pytest.fail("read again"))
        assert open_folder(path, workspace).fingerprint == before.fingerprint
    tar(path, {**MEMBERS, "4.png": picture(50)})
    assert len(open_folder(path, workspace)) == 5


def test_captions_are_for_the_dataset_of_texts(tmp_path, workspace):
    data = open_folder(tar(tmp_path / "a.tar", labelled(".txt", [b"a frog"] * 4)), workspace)
    assert [note for note in data.notes if "texts beside pictures (4)" in note and "--dataset lines:path=" in note]


# Bad archives


def test_members_that_are_of_no_use_are_named_and_nothing_is_written_outside(tmp_path, workspace):
    path = tmp_path / "in" / "a.tar"
    tar(path, {**MEMBERS, "../up.png": picture(1), "/abs.png": picture(2), "000.PNG": picture(3), "._0.png": b"x"})
    with tarfile.open(path, "a") as archive:
        for kind, name in ((tarfile.SYMTYPE, "link.png"), (tarfile.CHRTYPE, "device.png")):
            header = tarfile.TarInfo(name)
            header.type, header.linkname = kind, "/etc/passwd"
            archive.addfile(header)
    said = reasons(open_folder(path, workspace))
    assert {name.partition(": ")[2]: reason for name, reason in said.items()} == {
        "../up.png": "its name leads out of the tar",
        "/abs.png": "its name leads out of the tar",
        "000.PNG": "its name is another's but for case",
        "link.png": "is a link",
        "device.png": "is not a plain file",
    }
    assert not (tmp_path / "up.png").exists()


def header_of(size, kind=tarfile.REGTYPE):
    header = tarfile.TarInfo("0.png")
    header.size, header.type = size, kind
    return header.tobuf(tarfile.GNU_FORMAT)


DAMAGED = {
    "cut in a member": (lambda data: data[:1200], "cut off or damaged"),
    "cut in a header": (lambda data: data[:1224], "cut off or damaged"),
    "without an end": (lambda data: data.rstrip(b"\0") + bytes(-len(data.rstrip(b"\0")) % 512), "cut off or damaged"),
    "a damaged header": (lambda data: data[:1024] + b"x" * 512 + data[1536:], "cut off or damaged"),
    "a size below zero": (lambda data: data[:1024] + header_of(-1024) + data[1024:], "cut off or damaged"),
    "a name without end": (lambda data: data[:1024] + header_of(2**33, b"L") + data[1024:], "cut off or damaged"),
    "no tar": (lambda data: b"\x1f\x8b" + data, "is no plain .tar"),
    "nothing": (lambda data: b"", "is no plain .tar"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_archive_is_one_line(tmp_path, workspace, damage):
    harm, said = DAMAGED[damage]
    path = tar(tmp_path / "a.tar", MEMBERS)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(UsageError, match=said) as error:
        open_folder(path, workspace)
    assert "\n" not in str(error.value)
    assert Folder.recognises(path) == 1  # so that opening says what is wrong


def test_a_member_that_claims_a_terabyte_takes_no_memory(tmp_path, workspace):
    path = tmp_path / "a.tar"
    path.write_bytes(tar(path, MEMBERS).read_bytes()[: 4 * 1024] + header_of(2**40) + bytes(1024))
    with pytest.raises(UsageError, match="cut off or damaged"):
        open_folder(path, workspace)


def test_a_tar_that_is_compressed_as_a_whole_says_what_to_do(tmp_path, workspace, registry):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("0.png"), io.BytesIO())
    for place in (path, tmp_path):  # the archive, and the folder that holds it and its licence
        (tmp_path / "LICENSE").touch()
        with pytest.raises(
            UsageError, match=r"a\.tar\.gz.* is compressed as a whole: unpack it to a plain \.tar first"
        ):
            registry.recognise(place).open(workspace)


def test_an_archive_that_is_cut_while_it_is_read_names_its_pictures(tmp_path, workspace, monkeypatch):
    monkeypatch.setattr("artgan.builtin.dataset.picture_list.SETTLED", -(10**15))
    path = tar(tmp_path / "a.tar", MEMBERS)
    open_folder(path, workspace)
    status = path.stat()
    path.write_bytes(path.read_bytes()[:1600])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(UsageError, match="cut off"):
        open_folder(path, Workspace(workspace.cache))
