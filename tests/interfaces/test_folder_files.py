"""A folder's files are those that a person would say are in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.interfaces import hidden_part, list_folder

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("a/b.png", ""),
        ("a/.b.png", "a/.b.png"),
        ("a/.git/b/.c", "a/.git"),
        ("@eaDir/x.png/y.png", "@eaDir"),
        ("THUMBS.DB", "THUMBS.DB"),
        ("~$essay.txt", "~$essay.txt"),
        ("../b.png", ""),
        ("a..b/c...png", ""),
    ],
)
def test_any_part_of_a_name_may_be_hidden(name, hidden):
    assert hidden_part(name) == hidden


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_the_hidden_part_begins_the_name_and_nothing_before_it_is_hidden(parts):
    name = "/".join(parts)
    hidden = hidden_part(name)
    assert name == hidden or name.startswith(f"{hidden}/" if hidden else "")
    assert not hidden_part(hidden.rpartition("/")[0])


def test_a_folder_is_listed_in_order_without_what_is_hidden(tmp_path):
    place = tmp_path / ".data" / "set"
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".git/config", "b/Thumbs.db", "lost+found/3.txt"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("")
    listing = list_folder(place)
    assert listing.files == ["a.txt", "b/1.txt", "b/2.txt"]
    assert sorted(listing.hidden) == [".git", "b/Thumbs.db", "lost+found"]
    assert listing.left_out == []
