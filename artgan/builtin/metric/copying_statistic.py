"""Whether pictures are copies of what was trained on, which every other number takes for perfect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from artgan.interfaces import Comparison, Copies, Metric, Number, Pair, Role

COPY = 0.2
"""A picture is a copy where its distance to a training picture is less than this share of what is usual."""

SHOWN = 16
"""Pictures that are shown beside the training picture nearest to them."""

SPREAD = 1.96
"""C_T is in standard deviations, of which these are half a 95 % interval."""


@dataclass(frozen=True)
class Copying(Metric):
    """C_T, which tells whether pictures lie closer to what was trained on than held-out ones, and which are copies."""

    name = "copying"
    representation = "pixels"
    paper = "Meehan et al. 2020, arXiv:2004.05675"
    role = Role.CLOSENESS
    interval = "own"
    on_features = True
    meaning = "below -3 it copies, about 0 it does not, above 3 it is unlike the data"

    def compare(self, comparison: Comparison) -> Mapping[str, Number]:
        import numpy as np

        from .neighbours import nearest
        from .three_sample_test import copying

        name = comparison.named("C_T")
        if comparison.of_real:  # the test is of real samples against real ones, of which it expects 0
            return {name: Number(0.0, SPREAD)}

        what = f"{self.name} of {comparison.whose}"
        comparison.progress(what, 0, 3)
        fake, held_out, train = (part.features for part in (comparison.fake, comparison.held_out, comparison.train))
        reached, which = nearest(fake, train)
        comparison.progress(what, 1, 3)
        usual = float(np.median(nearest(held_out, train)[0]))
        comparison.progress(what, 2, 3)
        value = copying(train, held_out, fake)
        comparison.progress(what, 3, 3)

        order = np.argsort(reached, kind="stable")[:SHOWN]
        closest = tuple(Pair(int(row), int(which[row])) for row in order)
        copies = Copies(int((reached < COPY * usual).sum()), closest)
        return {name: Number(value, SPREAD, copies=copies)}
