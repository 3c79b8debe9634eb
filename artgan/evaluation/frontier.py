"""Quality against diversity: the plot, as SVG, and on which side of a baseline a model stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from ..interfaces import Role
from .report import Row

WIDTH, HEIGHT, LEFT, TOP = 720, 480, 80, 30
MARGIN = 0.08
LINES = ("first", "second", "quiet")
SHAPES = "text{font:14px system-ui,sans-serif}path{fill:none;stroke-width:2}"
LIGHT = {
    "wall": "#faf9f6",
    "rule": "#e2dfd8",
    "ink": "#1c1b19",
    "quiet": "#67635c",
    "first": "#1f6a8c",
    "second": "#b3491d",
}
DARK = {
    "wall": "#151413",
    "rule": "#302e2b",
    "ink": "#eae7e1",
    "quiet": "#a39e95",
    "first": "#7cc0de",
    "second": "#f0a079",
}
TICKS = 5
LETTER = 8
"""About how wide a letter is."""

NEAR = 0.01
"""The share of RLM by which two are held to be equal."""


def verdict(rows: Sequence[Row], model: str, baseline: str) -> str:
    """Return where a model stands to the frontier of a baseline: ``above``, ``on`` or ``below``.

    The frontier is the line through the baseline's LM and RLM over temperatures; above is a lower RLM at the same LM.
    The model's best temperature counts.

    Args:
        rows: what was measured.
        model: the source of the model's rows.
        baseline: the source of the baseline's rows, at least one.
    """
    line = sorted(_point(row) for row in rows if row.source == baseline)
    gains = [_gain(line, *_point(row)) for row in rows if row.source == model]
    best = max(gains)
    return "above" if best > NEAR else "on" if best >= -NEAR else "below"


def is_judged(rows: Sequence[Row]) -> bool:
    """Return whether quality and diversity are known of all, so that a verdict can be given."""
    return all(row.value_of(role) is not None for row in rows for role in (Role.WORKS_LIKELIHOOD, Role.DATA_LIKELIHOOD))


def _point(row: Row) -> tuple[float, float]:
    """Return the quality and the diversity of a row, of which less is better."""
    quality, diversity = row.value_of(Role.WORKS_LIKELIHOOD), row.value_of(Role.DATA_LIKELIHOOD)
    if quality is None or diversity is None:
        raise ValueError(f"{row.source} has no place on the frontier")
    return quality, diversity


def _gain(line: Sequence[tuple[float, float]], quality: float, diversity: float) -> float:
    """Return by what share a point's RLM is lower than that of the line at its LM, which goes on level at its ends."""
    at, known = zip(*line, strict=True)
    return 1 - diversity / float(np.interp(quality, at, known))


def copying_to_text(rows: Sequence[Row], model: str, baseline: str, noun: str = "text") -> str:
    """Return in words, to go on with after the verdict, how much is copied, which the frontier takes for quality.

    Args:
        rows: what was measured, at temperature 1 among others.
        model: the source of the model's rows.
        baseline: the source of the baseline's rows.
        noun: what samples are called.

    Returns:
        What share of either's samples at temperature 1 stands in the data; nothing where it was not measured.
    """
    shares = {row.source: row.value_of(Role.COPIED) for row in rows if row.temperature == 1}
    own, other = shares[model], shares[baseline]
    if own is None or other is None:
        return ""
    if own == other == 0:
        return "; neither copies from the data"
    return f"; {own:.1%} of its {noun}s at temperature 1 are copied from the data, and {other:.1%} of that one's"


def draw_frontier(rows: Sequence[Row]) -> str:
    """Return an SVG: LM to the right, RLM upwards, a line through each source's temperatures."""
    points = {id(row): _point(row) for row in rows}
    left, right = _range([x for x, _ in points.values()])
    low, high = _range([y for _, y in points.values()])
    inner = WIDTH - LEFT - 30, HEIGHT - TOP - 70

    def place(row: Row) -> tuple[float, float]:
        x, y = points[id(row)]
        return LEFT + inner[0] * (x - left) / (right - left), TOP + inner[1] * (high - y) / (high - low)

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" class="wall"/>']
    for step in range(TICKS):
        share = step / (TICKS - 1)
        x, y = LEFT + inner[0] * share, TOP + inner[1] * (1 - share)
        parts.append(f'<path d="M{LEFT} {y:.1f}h{inner[0]}" class="rule"/>')
        parts.append(_text(LEFT - 10, y + 5, f"{low + share * (high - low):.2f}", "end", "quiet"))
        parts.append(_text(x, HEIGHT - 44, f"{left + share * (right - left):.2f}", "middle", "quiet"))
    parts.append(_text(LEFT + inner[0] / 2, HEIGHT - 14, "LM: quality, lower is better", "middle"))
    parts.append(_text(LEFT, 18, "RLM: diversity, lower is better", "start"))
    for source, line in zip(dict.fromkeys(row.source for row in rows), LINES, strict=False):
        own = [row for row in rows if row.source == source]
        places = [place(row) for row in own]
        parts.append(f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}" class="{line}"/>')
        for row, (x, y) in zip(own, places, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="{line}"/>')
            if row.temperature is not None:
                parts.append(_text(x + 9, y - 7, f"T = {row.temperature:g}", "start", "quiet"))
        x, y = places[-1]
        fits = x + 9 + LETTER * len(source) < WIDTH
        parts.append(_text(x + 9 if fits else x, y + 20, source, "start" if fits else "end", line))
    style = f"{SHAPES}{_coloured(LIGHT)}@media (prefers-color-scheme: dark){{{_coloured(DARK)}}}"
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Quality against diversity">\n<style>{style}</style>\n{body}\n</svg>\n'
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = MARGIN * (high - low) or 0.5
    return low - margin, high + margin


def _coloured(colours: Mapping[str, str]) -> str:
    """Return the style of what has a class named after a colour: strokes of paths, and fills of all else."""
    return "".join(
        f".{name}{{fill:{colour}}}path.{name}{{fill:none;stroke:{colour}}}" for name, colour in colours.items()
    )


def _text(x: float, y: float, text: str, anchor: str, colour: str = "ink") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{colour}">{escape(text)}</text>'
