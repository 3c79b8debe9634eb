"""What a person sees of a run in Python: lines, or in a notebook a figure that is shown anew."""

from __future__ import annotations

import pytest

from artgan.interfaces import RunInfo, Tick
from artgan.notebook import display
from artgan.notebook.display import Display
from artgan.training.journal import LOSSES, Journal


class Place:
    """A place in the output of a cell, which keeps all that it showed."""

    def __init__(self):
        self.shown = []

    def update(self, html):
        self.shown.append(html._repr_html_())


@pytest.fixture
def cell(monkeypatch):
    """The places in the output of a notebook's cell."""
    places: list[Place] = []

    def add():
        places.append(Place())
        return places[-1]

    monkeypatch.setattr(display, "in_notebook", lambda: True)
    monkeypatch.setattr(display, "_shown", add)
    monkeypatch.setattr(display, "SECONDS_BETWEEN_REPORTS", 0.0)
    return places


@pytest.fixture
def run(tmp_path):
    info = RunInfo("bars", tmp_path, "", "image", "bars", first_step=0, steps=20)
    for step in (5, 10, 15):
        Journal(tmp_path).add(LOSSES, {"step": step, "loss_generator": 1.0, "loss_discriminator": 2.0 / step})
    return info


def tick(step):
    return Tick(step, 20, 0.1, 1.0, 10.0, (20 - step) / 10, {"loss_generator": 1.0})


def test_outside_of_a_notebook_lines_are_printed(capsys, run):
    told = Display(quiet=False)
    told.run_started(run)
    told.run_ticked(run, tick(5))  # too soon
    told.run_ticked(run, tick(20))
    told.run_warned(run, "careful")
    assert capsys.readouterr() == ("", "step 20/20  0 s left  10.0 steps/s  G 1.000\nWarning: careful\n")


def test_quiet_says_nothing_but_warnings(capsys, run, cell):
    told = Display(quiet=True)
    told.run_started(run)
    told.run_ticked(run, tick(20))
    told.say("hello")
    told.warn("careful")
    assert capsys.readouterr() == ("", "Warning: careful\n")
    assert cell == []


def test_a_run_is_one_figure_which_goes_when_it_ends(run, cell):
    told = Display(quiet=False)
    with told.training():
        told.run_started(run)
        told.run_ticked(run, tick(15))
        told.run_ticked(run, tick(16))  # too soon
        told.run_ticked(run, tick(20))
    (figure,) = cell
    first, last, end = figure.shown
    assert "step 15/20" in first
    assert first.count("<path") == 4
    assert "step 20/20" in last
    assert end == ""


def test_progress_is_a_line_that_goes_again(cell):
    with Display(quiet=False).progress() as progress:
        progress("<making> works", 1, 2)
        progress("<making> works", 2, 2)
    assert [place.shown for place in cell] == [["&lt;making&gt; works: 1 of 2", "&lt;making&gt; works: 2 of 2", ""]]
