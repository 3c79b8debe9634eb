"""A race's curves are read and drawn rightly."""

import re
from xml.etree import ElementTree

import pytest
from benchmarks.race import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, plot, reached


@pytest.mark.parametrize(
    ("distance", "seconds"),
    [(9.0, 1.0), (8.0, 1.0), (4.0, 2.0), (2.0, 4.0), (1.0, None)],
)
def test_a_distance_is_reached_between_the_points_of_a_curve(distance, seconds):
    curve = [(1.0, 8.0), (4.0, 2.0), (8.0, 3.0)]
    assert reached(curve, distance) == (None if seconds is None else pytest.approx(seconds))


def test_a_plot_draws_every_curve_within_its_frame():
    svg = plot({"one": [(1.0, 8.0), (4.0, 2.0)], "other": [(2.0, 9.0), (3.0, 3.0)]}, title="distance", floor=0.5)
    paths = [path.get("d", "") for path in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")]
    curves = [[float(number) for number in re.findall(r"[\d.]+", path)] for path in paths if "L" in path]
    assert len(curves) == 2
    assert all(LEFT <= x <= WIDTH - RIGHT for curve in curves for x in curve[::2])
    assert all(TOP <= y <= HEIGHT - BOTTOM for curve in curves for y in curve[1::2])
