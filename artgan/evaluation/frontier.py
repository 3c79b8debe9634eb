"""Quality against diversity: the plot, as SVG, and on which side of a baseline a model stands."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from .text import Row

WIDTH, HEIGHT, LEFT, TOP = 720, 480, 80, 30
MARGIN = 0.08
COLOURS = ("#1f6a8c", "#b3491d", "#67635c")
STYLE = "text{font:14px system-ui,sans-serif;fill:#1c1b19}.quiet{fill:#67635c}path{fill:none;stroke-width:2}"
TICKS = 5

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
    line = sorted((row.values["LM"], row.values["RLM"]) for row in rows if row.source == baseline)
    gains = [_gain(line, row.values["LM"], row.values["RLM"]) for row in rows if row.source == model]
    best = max(gains)
    return "above" if best > NEAR else "on" if best >= -NEAR else "below"


def _gain(line: Sequence[tuple[float, float]], quality: float, diversity: float) -> float:
    """Return by what share a point's RLM is lower than that of the line at its LM, which goes on level at its ends."""
    at, known = zip(*line, strict=True)
    return 1 - diversity / float(np.interp(quality, at, known))


def draw_frontier(rows: Sequence[Row]) -> str:
    """Return an SVG: LM to the right, RLM upwards, a line through each source's temperatures."""
    points = {id(row): (row.values["LM"], row.values["RLM"]) for row in rows}
    left, right = _range([x for x, _ in points.values()])
    low, high = _range([y for _, y in points.values()])
    inner = WIDTH - LEFT - 30, HEIGHT - TOP - 70

    def place(row: Row) -> tuple[float, float]:
        x, y = points[id(row)]
        return LEFT + inner[0] * (x - left) / (right - left), TOP + inner[1] * (high - y) / (high - low)

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#faf9f6"/>']
    for step in range(TICKS):
        share = step / (TICKS - 1)
        x, y = LEFT + inner[0] * share, TOP + inner[1] * (1 - share)
        parts.append(f'<path d="M{LEFT} {y:.1f}h{inner[0]}" stroke="#e2dfd8"/>')
        parts.append(_text(LEFT - 10, y + 5, f"{low + share * (high - low):.2f}", "end", "quiet"))
        parts.append(_text(x, HEIGHT - 44, f"{left + share * (right - left):.2f}", "middle", "quiet"))
    parts.append(_text(LEFT + inner[0] / 2, HEIGHT - 14, "LM: quality, lower is better", "middle"))
    parts.append(_text(LEFT, 18, "RLM: diversity, lower is better", "start"))
    for source, colour in zip(dict.fromkeys(row.source for row in rows), COLOURS, strict=False):
        own = [row for row in rows if row.source == source]
        places = [place(row) for row in own]
        parts.append(f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}" stroke="{colour}"/>')
        for row, (x, y) in zip(own, places, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
            if row.temperature is not None:
                parts.append(_text(x + 9, y - 7, f"T = {row.temperature:g}", "start", "quiet"))
        parts.append(_text(places[-1][0] + 9, places[-1][1] + 20, source, "start", colour=colour))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Quality against diversity">\n<style>{STYLE}</style>\n{body}\n</svg>\n'
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = MARGIN * (high - low) or 0.5
    return low - margin, high + margin


def _text(x: float, y: float, text: str, anchor: str, kind: str = "", colour: str = "") -> str:
    style = f' class="{kind}"' if kind else f' style="fill:{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(text)}</text>'
