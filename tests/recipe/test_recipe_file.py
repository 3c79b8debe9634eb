"""A recipe's file is read however an editor saved it, or refused in a line."""

from __future__ import annotations

import pytest

from artgan import UsageError
from artgan.recipe.recipe_file import read_toml

TEXT = '[dataset]\nname = "calligraphy"\n'


@pytest.mark.parametrize("content", [TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n")])
def test_a_byte_order_mark_and_the_ends_of_lines_change_nothing(tmp_path, content):
    (tmp_path / "recipe.toml").write_bytes(content.encode())
    assert read_toml(tmp_path / "recipe.toml") == {"dataset": {"name": "calligraphy"}}


@pytest.mark.parametrize("content", [b"\xff\xfe[\0", b"name =", b"a=1\na=2"])
def test_what_is_no_toml_is_named_in_a_line(tmp_path, content):
    (tmp_path / "recipe.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"cannot read recipe .*recipe\.toml"):
        read_toml(tmp_path / "recipe.toml")
