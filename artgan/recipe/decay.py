"""The shorthand ``training.decay``, which recipes of before there were schedules are written with."""

from __future__ import annotations

from fractions import Fraction

from ..errors import UsageError
from ..interfaces.component import Option, OptionInfo
from ..interfaces.schedule import Schedule
from .recipe import PLAYERS, Tables
from .settings import Optimiser, Training

DECAY = Option("decay", float, 0.0, OptionInfo("last share of the run in which the learning rates fall to zero", 0, 1))


def with_schedules(tables: Tables) -> Tables:
    """Return tables in which each learning rate that is a number falls to zero in the share that ``decay`` says.

    A learning rate that is a schedule already stays as it is.

    Args:
        tables: of a recipe; where there is no ``training.decay`` they are returned as they are.

    Raises:
        UsageError: if the share is none.
    """
    if "decay" not in tables.get("training", {}):
        return tables
    training = dict(tables["training"])
    try:
        share = DECAY.convert(training.pop("decay"))
    except ValueError as error:
        raise UsageError(f"recipe table training: {error}") from None
    assert isinstance(share, float)

    changed: Tables = {**tables, "training": training}
    if share:
        start = float(1 - Fraction(repr(share)))
        for player in PLAYERS:
            table = tables.get(player, {})
            changed[player] = {**table, "lr": _falling(table.get("lr", Optimiser.lr), start)}
        if rate := training.get("pretrain_lr", Training.pretrain_lr):
            training["pretrain_lr"] = _falling(rate, start)
    return changed


def _falling(rate: object, start: float) -> object:
    """Return the schedule from a rate to zero; what is no positive number is left to be judged as it is."""
    try:
        number = float(str(rate))
    except ValueError:
        return rate
    return str(Schedule("linear", number, 0.0, start)) if 0 < number < float("inf") else rate
