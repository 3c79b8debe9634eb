"""What `auto` chooses for texts: at least 99 % of the lines are trained on, whatever they are like."""

from __future__ import annotations

import random
import subprocess
from shutil import which

import pytest

from artgan.builtin.dataset import Lines, text_lines, text_source
from artgan.errors import ArtganError, UsageError

WORDS = ["".join(random.Random(number).choices("abcdeilmnorstu", k=2 + number % 7)) for number in range(3000)]


def prose(lines, words, seed=0):
    """Return sentences whose words are as rare as those of a language are."""
    chance = random.Random(seed)
    rarity = [1 / (number + 1) for number in range(len(WORDS))]
    return ["{}.".format(" ".join(chance.choices(WORDS, rarity, k=words))).capitalize() for _ in range(lines)]


@pytest.fixture
def decided(tmp_path, workspace):
    def decide(texts, between="\n", **options):
        path = tmp_path / "text.txt"
        path.write_text(between.join(texts), encoding="utf-8")
        lines = Lines.configure({"path": str(path), **options})
        choice = lines.choose(workspace)
        return (lines.decided(choice) if choice else lines), choice

    return decide


def usable(lines, workspace):
    data = lines.open(workspace)
    return len(data) + len(data.held_out if data.held_out is not None else ())


@pytest.mark.parametrize(
    ("texts", "tokeniser"),
    [
        (prose(600, 12), "subword"),
        ([f"{first} {last}" for first in WORDS[:30] for last in WORDS[30:60]], "char"),
        (["a red dog sat on the mat and the cat sat on the dog"[number % 9 :] for number in range(600)], "word"),
        ([chr(0x4E00 + number) + chr(0x4E00 + 7 * number % 900) + "山水" for number in range(900)], "char"),
        (["".join(chr(0x4E00 + place * number % 6000) for place in range(60)) for number in range(1, 500)], "subword"),
    ],
    ids=["prose", "names", "few words", "short verse", "prose without spaces"],
)
def test_all_but_a_hundredth_of_the_lines_are_trained_on(decided, workspace, texts, tokeniser):
    lines, choice = decided(texts)
    assert lines.tokeniser == tokeniser
    assert usable(lines, workspace) >= 0.99 * len(texts)
    assert str(len(texts)) in choice.reason


def test_nothing_is_left_open_and_the_same_is_chosen_again(decided, workspace):
    lines, choice = decided(prose(100, 10))
    assert {"item", "tokeniser", "vocabulary", "longest", "long"} == set(choice.tables["dataset"])
    assert lines.choose(workspace) is None
    assert decided(prose(100, 10))[1] == choice


def test_what_the_user_chose_stays(decided):
    lines, choice = decided(prose(100, 10), tokeniser="char", longest=90)
    assert (lines.tokeniser, lines.longest, lines.long) == ("char", 90, "cut")
    assert not {"tokeniser", "longest"} & set(choice.tables["dataset"])


def test_a_few_lines_much_longer_than_the_others_are_cut(decided, workspace):
    texts = [*prose(300, 12), *prose(2, 300)]
    lines, _ = decided(texts)
    assert (lines.long, usable(lines, workspace)) == ("cut", 302)
    assert any("2 lines cut to" in note for note in lines.open(workspace).notes)


def test_a_novel_of_one_line_is_split_into_its_sentences(decided, workspace):
    sentences = prose(500, 15)
    lines, choice = decided(sentences, between=" ")
    assert lines.long == "split"
    assert "split into sentences" in choice.reason
    assert usable(lines, workspace) >= 495


def test_a_line_longer_than_can_be_read_at_once_is_split_without_a_word_lost(decided, workspace, registry, monkeypatch):
    monkeypatch.setattr(text_lines, "LARGEST_LINE", 2**12)
    sentences = prose(300, 15)
    lines, choice = decided(sentences, between=" ", vocabulary=600)
    assert "lines of more than 1,024 characters (median)" in choice.reason
    data = lines.open(workspace)
    held_out = data.held_out if data.held_out is not None else ()
    written = registry.modality(data.spec).to_text([*data.samples, *held_out])
    assert sum(map(len, sentences)) > 4 * 2**12
    assert sorted(" ".join(written).split()) == sorted(" ".join(sentences).split())
    assert any("1 line of more than" in note for note in data.notes)


@pytest.mark.parametrize(
    "content",
    ["Brücke und Mädchen\n".encode("latin-1") * 50, "a line\n".encode("utf-16") * 50, bytes(range(256)) * 40],
    ids=["latin-1", "utf-16", "binary"],
)
def test_what_is_hardly_text_is_refused_in_one_line(tmp_path, workspace, content):
    (tmp_path / "notes.txt").write_bytes(content)
    with pytest.raises(ArtganError, match="notes is hardly text") as raised:
        Lines.configure({"path": str(tmp_path / "notes.txt")}).choose(workspace)
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(not which("iconv"), reason="there is no iconv")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("line", ["a line\n", "床前明月光\n"])
def test_text_in_wide_characters_is_refused_with_the_command_that_converts_it(
    tmp_path, workspace, monkeypatch, encoding, line
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my notes.txt").write_bytes((line * 50).encode(encoding))
    with pytest.raises(ArtganError, match="my notes is hardly text") as raised:
        Lines.configure({"path": "my notes.txt"}).choose(workspace)
    subprocess.run(str(raised.value).rpartition(", or type ")[2], shell=True, check=True)
    converted = (tmp_path / "utf-8-my notes.txt").read_text(encoding="utf-8")
    assert converted.removeprefix("\ufeff") == line * 50


def test_text_in_which_a_few_lines_are_of_another_encoding_is_read(tmp_path, workspace):
    texts = [sentence.encode() for sentence in prose(90, 12)] + ["Brücke".encode("latin-1")] * 10
    (tmp_path / "text.txt").write_bytes(b"\n".join(texts))
    lines = Lines.configure({"path": str(tmp_path / "text.txt")})
    data = lines.decided(lines.choose(workspace)).open(workspace)
    assert (data.count_left_out, {item.group for item in data.left_out}) == (10, {"is no UTF-8"})


@pytest.mark.parametrize("markup", ["<p class=verse>{}</p>", "\\\\textbf{{{}}}", "see [{}](https://example.org)"])
def test_markup_is_learned_as_it_is_and_said(decided, markup):
    assert decided([markup.format(sentence) for sentence in prose(60, 6)])[1].reason.endswith(
        "its markup is learned as it is"
    )
    assert "markup" not in decided(prose(60, 6))[1].reason


def test_of_a_large_file_parts_are_surveyed_and_all_is_read(decided, workspace, monkeypatch):
    monkeypatch.setattr(text_source, "SAMPLED", 2**15)
    monkeypatch.setattr(text_source, "WINDOW", 2**11)
    texts = prose(1000, 10)
    lines, _ = decided(texts)
    assert usable(lines, workspace) == 1000
    assert len(lines._source().sample("line")) < 600


def test_poems_between_blank_lines_are_samples(decided, workspace, registry):
    poems = ["\n".join(prose(3, 4, seed)) for seed in range(60)]
    lines, _ = decided(poems, between="\n\n")
    data = lines.open(workspace)
    assert lines.item == "paragraph"
    assert usable(lines, workspace) == 60
    assert set(registry.modality(data.spec).to_text(data.samples)) <= set(poems)


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_lines_are_samples_where_blank_lines_part_nothing_else(decided, between):
    assert decided(prose(60, 10), between)[0].item == "line"


@pytest.mark.parametrize("texts", [["one", "two", "three"], ["a"], [""], ["same line"] * 50, ["x" * 5000]])
def test_so_little_text_is_chosen_for_without_a_fault(decided, texts):
    decided(texts)


def test_a_missing_file_is_told(workspace, tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        Lines.configure({"path": str(tmp_path / "missing.txt")}).choose(workspace)
