"""Pictures in a column of .parquet files are data like those in a folder, with the classes of another column."""

import sys

import pytest
from support.archives import cells, parquet, picture
from support.prints import open_folder, reasons

from artgan import ArtganError, UsageError
from artgan.builtin.dataset import Folder
from artgan.builtin.dataset.parquet_pictures import ParquetPictures
from artgan.builtin.dataset.reader_pool import silent

pytest.importorskip("pyarrow", reason="artgan[parquet] is not installed")

LEVELS = [10, 20, 30, 40, 50, 60, 70]
PICTURES = [picture(level) for level in LEVELS]
KINDS = [0, 1, 2, 0, 1, 2, 0]
FEATURES = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": ["cat", "ape", "dog"]}}


def test_rows_are_samples_in_their_order_and_classes_have_their_names(tmp_path, workspace, registry):
    path = parquet(tmp_path / "a.parquet", {"label": KINDS, "image": cells(PICTURES)}, FEATURES)
    data = registry.recognise(path).open(workspace)
    assert data.samples[:, 0, 0, 0].tolist() == LEVELS
    assert [data.spec.classes[label] for label in data.labels] == ["cat", "ape", "dog", "cat", "ape", "dog", "cat"]
    assert data.notes == ("the classes are the labels in column label",)


@pytest.mark.parametrize(
    ("columns", "classes"),
    [
        ({"photo": PICTURES}, ()),
        ({"photo": PICTURES, "label": KINDS}, ("0", "1", "2")),
        ({"photo": cells(PICTURES), "category": ["b", "a", "b", "a", "b", "a", "a"]}, ("a", "b")),
        ({"photo": cells(PICTURES), "label": [0, 1, 0, 1, 0, 1, -1]}, ()),
        ({"photo": cells(PICTURES), "label": [[0]] * 7}, ()),
    ],
)
def test_without_what_tells_of_the_columns_they_are_known_by_what_is_in_them(tmp_path, workspace, columns, classes):
    data = open_folder(parquet(tmp_path / "a.parquet", columns), workspace)
    assert data.samples[:, 0, 0, 0].tolist() == LEVELS
    assert data.spec.classes == classes


def test_a_folder_of_tables_is_one_set(tmp_path, workspace, registry):
    for number, part in enumerate((slice(0, 4), slice(4, 7))):
        columns = {"image": cells(PICTURES[part]), "label": KINDS[part]}
        parquet(tmp_path / "set" / "data" / f"train-{number:05}-of-00002.parquet", columns, FEATURES)
    (tmp_path / "set" / "README.md").write_text("about")
    data = registry.recognise(tmp_path / "set").open(workspace)
    assert data.samples[:, 0, 0, 0].tolist() == LEVELS
    assert data.spec.classes == ("ape", "cat", "dog")
    assert "passed over files besides the pictures (1): README.md" in data.notes
    assert registry.recognise(tmp_path / "set").survey(workspace).count == 7


def test_any_row_can_be_asked_for_at_any_time(tmp_path):
    count = 200
    path = parquet(tmp_path / "a.parquet", {"image": [bytes([137, row]) for row in range(count)]}, group=30)
    parquet(path, {"image": cells([b"\x89PNG\r\n\x1a\n" + bytes([row]) for row in range(count)])}, group=30)
    with ParquetPictures(tmp_path, ["a.parquet"], silent) as pictures:
        for row in (0, 199, 3, 4, 100, 31, 30, 29, 198, 0):
            assert pictures.read(pictures.items[row])[-1] == row


def test_cells_without_a_picture_are_named(tmp_path, workspace):
    content = [*PICTURES[:2], None, b"", b"no picture", *PICTURES[2:]]
    data = open_folder(parquet(tmp_path / "a.parquet", {"image": cells(content)}, FEATURES), workspace)
    assert data.samples[:, 0, 0, 0].tolist() == LEVELS
    said = reasons(data)
    assert said["a.parquet:00000002"] == "has no bytes in the table, only a path"
    assert {name[-1] for name in said} == {"2", "3", "4"}


# Bad tables


@pytest.mark.parametrize(
    ("columns", "features"),
    [
        ({"label": [1, 2], "caption": ["a", "b"]}, None),
        ({"image": ["a.png", "b.png"]}, {"image": {"_type": "Image"}}),
        ({"image": [b"no", b"picture"]}, None),
        ({"image": [[b"\x89PNG\r\n\x1a\n"], []]}, {"image": [{"_type": "Image"}]}),
        ({"image": []}, None),
    ],
)
def test_a_table_without_a_column_of_pictures_names_those_that_it_has(tmp_path, workspace, columns, features):
    path = parquet(tmp_path / "a.parquet", columns, features)
    with pytest.raises(UsageError, match=f"no column of pictures: it has {next(iter(columns))} "):
        open_folder(path, workspace)
    assert Folder.recognises(path) == 0


@pytest.mark.parametrize("harm", [lambda data: data[:-9], lambda data: data[: len(data) // 2], lambda data: b"", None])
def test_a_damaged_table_is_one_line(tmp_path, workspace, harm):
    path = parquet(tmp_path / "a.parquet", {"image": cells(PICTURES)}, FEATURES)
    whole = path.read_bytes()
    path.write_bytes(harm(whole) if harm else whole[:8] + bytes(len(whole) // 2) + whole[8 + len(whole) // 2 :])
    with pytest.raises(ArtganError, match=r"a\.parquet cannot be read") as error:
        open_folder(path, workspace)
    assert "\n" not in str(error.value)


def test_a_column_that_would_unpack_to_far_more_is_refused(tmp_path, workspace, monkeypatch):
    monkeypatch.setattr("artgan.builtin.dataset.parquet_file.MAX_UNPACKED", 2**16)
    bomb = b"\x89PNG\r\n\x1a\n" + bytes(2**22)
    path = parquet(tmp_path / "a.parquet", {"image": cells([bomb])}, compression="zstd")
    with pytest.raises(ArtganError, match="a bomb, not read"):
        open_folder(path, workspace)


def test_without_pyarrow_a_table_says_what_to_install(tmp_path, workspace, registry, monkeypatch):
    path = parquet(tmp_path / "a.parquet", {"image": cells(PICTURES)}, FEATURES)
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=r"needs pyarrow: pip install 'artgan\[parquet\]'"):
        registry.recognise(path).open(workspace)
