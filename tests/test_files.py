"""Nobody ever sees half of a file, or of a folder."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from artgan.files import making, replacing, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_whole_in_a_folder_that_is_made_for_it(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with replacing(path) as draft:
        draft.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert names(path.parent) == ["a.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(OSError), replacing(path) as draft:  # noqa: PT011, PT012 - any error of any line
        draft.write_text("half")
        raise OSError
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_text_is_utf8_with_line_feeds_everywhere(tmp_path):
    write_text(tmp_path / "a.txt", "é\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\n"


class TestMaking:
    def test_a_folder_appears_with_what_is_in_it(self, tmp_path):
        folder = tmp_path / "new/a"
        with making(folder) as draft:
            (draft / "b.txt").write_text("b")
            assert not folder.exists()
        assert names(folder) == ["b.txt"]
        assert names(folder.parent) == ["a"]

    def test_a_failure_leaves_nothing(self, tmp_path):
        with pytest.raises(OSError), making(tmp_path / "a") as draft:  # noqa: PT011, PT012 - any error of any line
            (draft / "b.txt").write_text("b")
            raise OSError
        assert names(tmp_path) == []

    @pytest.mark.parametrize("taken", ["folder", "file", "link"])
    def test_what_has_the_name_already_stays(self, tmp_path, taken):
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder/mine.txt").write_text("mine")
        (tmp_path / "file").write_text("mine")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        before = names(tmp_path)
        with pytest.raises(FileExistsError), making(tmp_path / taken) as draft:
            (draft / "b.txt").write_text("b")
        assert names(tmp_path) == before
        assert names(tmp_path / "folder") == ["mine.txt"]

    def test_an_empty_folder_is_replaced(self, tmp_path):
        (tmp_path / "a").mkdir()
        with making(tmp_path / "a") as draft:
            (draft / "b.txt").write_text("b")
        assert names(tmp_path / "a") == ["b.txt"]

    def test_of_eight_at_once_one_gets_the_name(self, tmp_path):
        def make(owner: int, name: int) -> bool:
            try:
                with making(tmp_path / str(name)) as draft:
                    (draft / "owner").write_text(str(owner))
            except FileExistsError:
                return False
            return True

        for name in range(100):
            with ThreadPoolExecutor(8) as pool:
                got = list(pool.map(make, range(8), [name] * 8))
            assert got.count(True) == 1
            assert (tmp_path / str(name) / "owner").read_text() == str(got.index(True))
