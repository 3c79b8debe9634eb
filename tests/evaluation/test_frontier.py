"""On which side of a baseline a model stands, in words and in a plot."""

from __future__ import annotations

import re

import pytest

from artgan.evaluation.frontier import copying_to_text, draw_frontier, is_judged, verdict
from artgan.evaluation.report import Row
from artgan.interfaces import Number, Role


def place(quality, diversity):
    return {
        "quality": Number(quality, role=Role.WORKS_LIKELIHOOD),
        "diversity": Number(diversity, role=Role.DATA_LIKELIHOOD),
    }


def share(copied):
    return {} if copied is None else {"copied share": Number(copied, role=Role.COPIED)}


def rows(*points, source="model"):
    return [Row(source, 1.0, place(quality, diversity)) for quality, diversity in points]


FRONTIER = rows((1.7, 3.0), (2.3, 2.9), source="likelihood")


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(2.0, 2.8)], "above"),
        ([(2.0, 2.95)], "on"),
        ([(2.0, 3.3)], "below"),
        ([(2.0, 3.3), (1.8, 2.9)], "above"),
        ([(3.0, 2.9)], "on"),
        ([(1.5, 2.9)], "above"),
    ],
)
def test_the_verdict_is_of_the_best_temperature_beside_the_line_of_the_baseline(points, expected):
    assert verdict([*rows(*points), *FRONTIER], "model", "likelihood") == expected


def test_there_is_no_verdict_unless_all_have_a_place():
    assert is_judged(FRONTIER)
    assert not is_judged([*FRONTIER, Row("model", 1.0, share(0.5))])


@pytest.mark.parametrize(
    ("own", "other", "words"),
    [
        (
            0.02,
            0.0421,
            "; 2.0% of its texts at temperature 1 are copied from the data, and 4.2% of that one's",
        ),
        (0.0, 0.0, "; neither copies from the data"),
        (None, None, ""),
    ],
)
def test_the_verdict_goes_on_with_what_either_copies(own, other, words):
    measured = [Row("a", 0.5, share(1.0)), Row("a", 1.0, share(own)), Row("b", 1.0, share(other))]
    assert copying_to_text(measured, "a", "b") == words


def test_no_label_of_the_plot_leaves_it():
    points = [("this run", 0.5, 4.0, 7.0), ("maximum likelihood", 0.5, 3.0, 6.0), ("maximum likelihood", 1.0, 5.0, 6.1)]
    svg = draw_frontier([Row(source, t, place(lm, rlm)) for source, t, lm, rlm in points])
    labels = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="start"[^>]*>([^<]+)<', svg)
    assert [float(x) for x, words in labels if float(x) + 7 * len(words) > 720] == []
    assert svg.count(">maximum likelihood<") == 1
