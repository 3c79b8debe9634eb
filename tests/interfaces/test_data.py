"""What a dataset left out is told item by item."""

from __future__ import annotations

from artgan.interfaces import LeftOut
from artgan.interfaces.data import told_once


def test_items_of_one_name_and_reason_are_told_once_with_their_count():
    items = [LeftOut("a.mid", "is short"), LeftOut("b.mid", "is short"), LeftOut("a.mid", "is short")]
    other = LeftOut("a.mid", "is loud")
    assert told_once([*items, other]) == [
        ("a.mid: is short (2 times)", 2),
        ("b.mid: is short", 1),
        ("a.mid: is loud", 1),
    ]
