"""Works that were made, and what is written beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artworks.model import Model
from ..artworks.model_file import FILE_NAME
from ..artworks.work import Work

SHEET_COLUMNS = 8
MOST_ON_SHEET = 800


@dataclass(frozen=True)
class WorksResult:
    """Works that were made.

    Attributes:
        works: the works, each with the path of its file.
        sheet: the file that shows them, of many the first 800.
        texts: these as text; empty where they have none.
    """

    works: Sequence[Work]
    sheet: Path
    texts: Sequence[str]


def finish(
    model: Model,
    works: Sequence[Work],
    sheet: Path,
    *,
    first: Sequence[NDArray[Any]] = (),
    columns: int = SHEET_COLUMNS,
) -> WorksResult:
    """Write a sheet of works, of many the first, and the model that made them beside it.

    Args:
        model: what made them.
        works: at least one.
        sheet: the path of the sheet, without its ending.
        first: compact samples that stand before them on the sheet.
        columns: samples in a row.
    """
    model.save(sheet.with_name(FILE_NAME))  # so that the works can be made again when the run has moved on
    samples = [work.sample for work in works[:MOST_ON_SHEET]]
    path = sheet.with_name(f"{sheet.name}{model.modality.exact_sheet_suffix}")
    model.modality.write_sheet(path, np.stack([*first, *samples]), columns)
    return WorksResult(works=works, sheet=path, texts=model.modality.to_text(np.stack(samples)))
