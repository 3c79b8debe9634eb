"""Folders of tunes are recognised, and what few tunes share is named and left out."""

from __future__ import annotations

import zipfile

import pytest
from artgan_music.dataset import Abc, Midi
from artgan_music.grid import Grid

from artgan import ArtganError
from artgan.interfaces import Workspace


def tune(number, metre="4/4", bars=16, notes="CDEFGABc"):
    beats, unit = map(int, metre.split("/"))
    shift = number % 8
    bar = ((notes[shift:] + notes[:shift]) * 2)[: 8 * beats // unit]
    half = (bar + "|") * (bars // 2 - 1) + bar
    return f"X:{number}\nT:Tune {number}\nM:{metre}\nL:1/8\nK:G\n|:{half}:|\n|:{half[::-1]}:|\n"


@pytest.fixture
def opened(tmp_path):
    def open_book(*tunes, **options):
        (tmp_path / "book.abc").write_text("\n".join(tunes))
        return Abc(path=str(tmp_path), rarest=1, held_out=0, **options).open(Workspace(tmp_path / "cache"))

    return open_book


def test_a_folder_is_taken_by_what_most_of_its_files_are(tmp_path):
    for name in ("a.abc", "b.ABC", "c.mid", ".hidden.mid", "notes.txt"):
        (tmp_path / name).write_text("")
    assert (Abc.recognises(tmp_path), Midi.recognises(tmp_path)) == (0.5, 0.25)


def test_a_zip_is_read_as_the_folder_that_it_holds(tmp_path):
    book = "\n".join(tune(number) for number in range(6))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "book.abc").write_text(book)
    with zipfile.ZipFile(tmp_path / "tunes.zip", "w") as archive:
        archive.writestr("in/book.abc", book)
        archive.writestr("__MACOSX/in/book.abc", "no tune")
    first, second = (
        Abc(path=str(tmp_path / name), rarest=1).open(Workspace(tmp_path / "cache")) for name in ("folder", "tunes.zip")
    )
    assert Abc.recognises(tmp_path / "tunes.zip") == 1
    assert (first.samples == second.samples).all()


@pytest.mark.parametrize("metre", ["5/4", "7/8", "3/4", "12/8"])
def test_any_metre_is_kept_where_tunes_enough_have_it(opened, metre):
    data = opened(*(tune(number, metre) for number in range(8)), longest=200)
    assert Grid.of_spec(data.spec).metres[0].ticks == 48 * int(metre.split("/")[0]) // int(metre.split("/")[1])
    assert data.labels is None


def test_a_rare_metre_is_left_out_unless_it_is_asked_for(opened):
    tunes = [tune(number, notes="CDEFGABcdefgab"[number % 7 :][:8]) for number in range(40)] + [tune(50, "7/8")]
    data = opened(*tunes)
    assert [str(metre) for metre in Grid.of_spec(data.spec).metres] == ["4/4"]
    assert any("is in 7/8" in item.reason for item in data.left_out)
    with pytest.raises(ArtganError, match="too few tunes"):
        opened(*tunes, metres="7/8")


def test_tunes_of_24_bars_are_named_with_the_option_that_takes_them(opened):
    data = opened(tune(1), tune(2), tune(3, bars=24))
    assert [(item.name, item.reason) for item in data.left_out] == [
        ("book.abc, Tune 3", "has no two parts of 8 full bars, but 2 of 12, which bars=24 takes")
    ]
    assert len(opened(*(tune(number, bars=24) for number in range(3)), bars=24).left_out) == 0


def test_one_tune_is_too_few(opened):
    with pytest.raises(ArtganError, match="gives too few tunes to learn from"):
        opened(tune(1))


def test_what_was_read_is_read_once_and_a_damaged_cache_costs_nothing(opened, tmp_path):
    first = opened(tune(1), tune(2))
    (kept,) = (tmp_path / "cache" / "music").iterdir()
    kept.write_text(kept.read_text()[:-40])
    again = opened(tune(1), tune(2))
    assert again.fingerprint == first.fingerprint


@pytest.mark.parametrize(("option", "value"), [("bars", 15), ("metres", "4/4 x")])
def test_options_that_mean_nothing_are_refused(option, value):
    with pytest.raises(ValueError, match=r"bars|metre"):
        Abc(**{option: value})
