"""What `artgan compare` knows of runs that were evaluated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from ..artworks.places import RunFolder, find_run
from ..errors import ArtganError, UsageError
from ..recipe.recipe_file import differences
from ..schema import Schema, fault
from .evaluate import MODEL

_PICTURES: Schema = {"fingerprint": str, "step": int, "measurements": [{"name": str, "value": float}]}
_TEXTS: Schema = {"fingerprint": str, "step": int, "rows": [{"source": str, "values": {str: float}}]}


@dataclass(frozen=True)
class Evaluated:
    """A run with what was measured of it.

    Attributes:
        folder: where it is kept.
        recipe: its TOML.
        fingerprint: of its data.
        step: at which it was evaluated.
        numbers: by name.
    """

    folder: RunFolder
    recipe: str
    fingerprint: str
    step: int
    numbers: dict[str, float]


@dataclass(frozen=True)
class Group:
    """Runs that differ in nothing but their seed.

    Attributes:
        runs: at least one.
    """

    runs: Sequence[Evaluated]

    @property
    def title(self) -> str:
        """Their names."""
        return ", ".join(run.folder.id for run in self.runs)

    @property
    def names(self) -> list[str]:
        """The names of what was measured of any of them."""
        return list(dict.fromkeys(name for run in self.runs for name in run.numbers))

    def cell(self, name: str) -> str:
        """Return a number, or mean and standard deviation over seeds; nothing where it was not measured."""
        values = [run.numbers[name] for run in self.runs if name in run.numbers]
        if not values:
            return ""
        number = f"{values[0]:.3f}" if len(values) == 1 else f"{mean(values):.3f} ± {stdev(values):.3f}"
        return number if len(values) == len(self.runs) else f"{number} ({len(values)} of {len(self.runs)} runs)"


def evaluated(run: Path) -> Evaluated:
    """Return a run, by folder or by name in ``runs``, with what was measured of it.

    Raises:
        UsageError: if there is no such run, or it was not evaluated.
        ArtganError: if what was measured cannot be read.
    """
    folder = find_run(run)
    path = folder.evaluation / "evaluation.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        recipe = folder.recipe.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{folder.id} was not evaluated: artgan evaluate {run}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ArtganError(f"{path} cannot be read: {type(error).__name__}; artgan evaluate {run}") from None
    if wrong := fault(record, (_PICTURES, _TEXTS)):
        raise ArtganError(f"{path} is damaged ({wrong}): artgan evaluate {run}")
    return Evaluated(folder, recipe, record["fingerprint"], record["step"], _numbers(record))


def grouped(runs: Sequence[Evaluated]) -> list[Group]:
    """Return runs in groups that differ in nothing but the seed.

    Raises:
        UsageError: if they were trained on different data, whose numbers cannot be compared.
    """
    first = runs[0]
    groups: list[list[Evaluated]] = []
    for run in runs:
        if run.fingerprint != first.fingerprint:
            raise UsageError(
                f"{first.folder.id} and {run.folder.id} were trained on different data, so their numbers "
                "cannot be compared"
            )
        same = next((group for group in groups if _but_for_seed(group[0], run)), None)
        if same is None:
            groups.append([run])
        else:
            same.append(run)
    return [Group(group) for group in groups]


def _but_for_seed(first: Evaluated, second: Evaluated) -> bool:
    changes = differences(first.recipe, second.recipe)
    return first.step == second.step and all(change.startswith("training.seed:") for change in changes)


def _numbers(record: dict[str, Any]) -> dict[str, float]:
    if "measurements" in record:
        return {row["name"]: row["value"] for row in record["measurements"]}
    own = [row for row in record["rows"] if row["source"] == MODEL]
    return {f"{name} at T = {row.get('temperature')}": row["values"][name] for row in own for name in row["values"]}
