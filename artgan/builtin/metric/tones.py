"""The tones of classical Chinese verse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Metric, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Tones(Metric):
    """Tone alternation of classical Chinese verse: how often the second and fourth character of a line differ in tone.

    By the rules of regulated verse one is level, the other oblique; chance is about one half. Lines of other lengths
    than five and seven, and characters of unknown tone, do not count.
    """

    name = "tones"
    modalities = frozenset({"text"})
    drawn = True
    reference = "trained on"

    def applies(self, spec: Spec) -> bool:
        return spec.presentation.get("lang", "").split("-")[0] == "zh"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        tones, judged = _tones(), []
        for line in (line for text in fake for line in text.split("\n") if len(line) in (5, 7)):
            second, fourth = tones.get(line[1]), tones.get(line[3])
            if second and fourth:
                judged.append(second != fourth)
        return {"tone alternation": sum(judged) / len(judged) if judged else 0.0}


@cache
def _tones() -> dict[str, str]:
    from ..dataset.texts import DATA

    rows = (DATA / "tones.tsv").read_text(encoding="utf-8").splitlines()
    return dict(row.split("\t") for row in rows)
