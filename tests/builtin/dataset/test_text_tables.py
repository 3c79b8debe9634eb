"""Of tables the texts of one column are learned, and neither headers nor numbers beside them."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan.builtin.dataset import Lines
from artgan.builtin.dataset.text_tables import choose_column, texts_of
from artgan.errors import UsageError
from artgan.interfaces import Workspace

POEMS = ["the old pond", "a frog jumps in", "the sound, of water"]
QUOTED = "id,author,poem\n" + "".join(f'{number},"Anon, A.","{poem}"\n' for number, poem in enumerate(POEMS))
CASES = {
    "quoted.csv": (QUOTED, "poem"),
    "semicolons.csv": (
        QUOTED.replace("Anon, A.", "Anon").replace('"', "").replace(",", ";").replace("d; ", "d, "),
        "poem",
    ),
    "unknown-words.csv": ("nr,werk\n" + "".join(f'{number},"{poem}"\n' for number, poem in enumerate(POEMS)), "werk"),
    "no-header.csv": ("".join(f'{number},"{poem}"\n' for number, poem in enumerate(POEMS)), "2"),
    "one-column.csv": ("text\n" + "".join(f'"{poem}"\n' for poem in POEMS), "text"),
    "lines.csv": ("".join(f"{poem}\n" for poem in POEMS), ""),
    "tabs.tsv": ("key\tverse\n" + "".join(f"k{number}\t{poem}\n" for number, poem in enumerate(POEMS)), "verse"),
    "strings.json": (json.dumps(POEMS), ""),
    "within.json": (json.dumps({"description": "poems", "poems": POEMS}), ""),
    "named.json": (json.dumps({str(number): poem for number, poem in enumerate(POEMS)}), ""),
    "objects.json": (json.dumps([{"title": "untitled", "paragraphs": [poem]} for poem in POEMS]), "paragraphs"),
    "objects.jsonl": ("".join(json.dumps({"hash": "9f" * 20, "content": poem}) + "\n" for poem in POEMS), "content"),
    "two-lists.json": (json.dumps({"ids": [1, 2, 3, 4], "poems": POEMS}), ""),
    "nan.jsonl": ("".join(f'{{"score": NaN, "text": "{poem}"}}\n' for poem in POEMS), "text"),
    "strings.ndjson": ("".join(json.dumps(poem) + "\n" for poem in POEMS), ""),
}


@pytest.mark.parametrize("name", CASES)
def test_the_column_of_the_texts_is_found_and_told(tmp_path, registry, name):
    content, column = CASES[name]
    path = tmp_path / name
    path.write_text(content, encoding="utf-8-sig")
    data = Lines(path=str(path), held_out=0).open(Workspace(tmp_path / "cache"))
    assert list(registry.modality(data.spec).for_metrics(np.asarray(data.samples))) == POEMS
    assert data.left_out == ()
    told = " ".join(data.notes)
    assert (f"the texts are those of column {column!r}" in told) == bool(column)
    assert ("its header is passed over" in told) == (path.suffix in (".csv", ".tsv") and column not in ("", "2"))
    assert registry.recognise(path).name == "lines"


def test_another_column_may_be_asked_for_and_is_other_data(tmp_path):
    path = tmp_path / "poems.csv"
    path.write_text("title,poem\npond,the old pond\nfrog,a frog jumps in\n")
    workspace = Workspace(tmp_path / "cache")
    poems, titles = (Lines(path=str(path), column=column, held_out=0).open(workspace) for column in ("", "title"))
    assert titles.spec.tokens != poems.spec.tokens
    assert titles.fingerprint != poems.fingerprint
    plain = tmp_path / "poems.txt"
    plain.write_bytes(path.read_bytes())
    assert Lines(path=str(plain), held_out=0).open(workspace).fingerprint != poems.fingerprint
    with pytest.raises(UsageError, match="has no column 'verse': there are title, poem"):
        Lines(path=str(path), column="verse").open(workspace)
    with pytest.raises(UsageError, match="has no columns: leave column=title out"):
        Lines(path=str(plain), column="title").open(workspace)


def test_in_a_folder_either_tables_or_plain_texts_are_used(tmp_path):
    for name, content in {"1.txt": "a\nb\n", "2.txt": "c\n", "about.json": '{"by": "somebody"}'}.items():
        (tmp_path / name).write_text(content)
    data = Lines(path=str(tmp_path), held_out=0).open(Workspace(tmp_path / "cache"))
    assert len(data) == 3
    assert [(item.name, item.reason) for item in data.left_out] == [
        ("about.json", "lies beside plain texts: give it itself")
    ]


def test_one_bad_table_of_many_is_left_out(tmp_path):
    (tmp_path / "1.json").write_text("[")
    (tmp_path / "2.json").write_text(json.dumps([{"text": poem} for poem in POEMS]))
    (tmp_path / "3.json").write_text(json.dumps([{"words": "a"}, 3]))
    data = Lines(path=str(tmp_path), held_out=0).open(Workspace(tmp_path / "cache"))
    assert len(data) == len(POEMS)
    assert [(item.name, item.reason.partition(":")[0]) for item in data.left_out] == [
        ("1.json, the file", "is no JSON"),
        ("3.json, item 1", "has no text in column 'text'"),
        ("3.json, item 2", "has no text in column 'text'"),
    ]


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_the_standard_library_writes_comes_back(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "written.csv"
    text = io.StringIO()
    csv.writer(text).writerows([["id", "poem", "source"], *rows])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    assert choose_column([path], "poem").name == "poem"
    assert [(text, fault) for _, text, fault in texts_of(path, "poem")] == [(row[1], "") for row in rows]
