"""A run as a notebook shows it, while it goes on and afterwards: what it has come to, its losses, its newest sheet."""

from __future__ import annotations

from contextlib import suppress

from ..artworks.places import RunFolder
from ..training.journal import LOSSES, Journal
from .curves import chart, thin
from .markup import sentence_html, sheet_html
from .page_writer import environment

PLAYERS = {"loss_pretraining": "likelihood", "loss_discriminator": "discriminator", "loss_generator": "generator"}
"""Scalars of the log that are drawn, and what they are called."""


def run_figure(run: RunFolder, status: str) -> str:
    """Return a run as HTML that needs no style sheet.

    Args:
        run: its folder; what is not there yet, or can no longer be read, is left out.
        status: what it has come to, in words.
    """
    rows = Journal(run.path).rows(LOSSES)
    curves = chart({name: thin(rows, key) for key, name in PLAYERS.items()})
    drawn = environment().get_template("figure.html").render(chart=curves) if curves else ""

    sheet = ""
    if snapshots := sorted(run.snapshots.glob("step-*")):
        with suppress(OSError):
            sheet = sheet_html(snapshots[-1])
    return f"{sentence_html(status)}{drawn}{sheet}"
