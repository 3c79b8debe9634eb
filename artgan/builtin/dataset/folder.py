"""The user's own pictures: a folder, a zip, a .tar or a .parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from artgan import UsageError, option
from artgan.interfaces import Choice, Data, Dataset, Machine, Survey, Workspace

from .picture_layout import (
    FITS,
    LARGEST,
    SMALLEST,
    USUAL_SIDE,
    Layout,
    parse_channels,
    parse_colour,
    parse_range,
    parse_size,
    suitable_side,
)
from .terms import LICENCE, UNKNOWN, stated


@dataclass(frozen=True)
class Folder(Dataset):
    """Pictures in a folder or zip, of any format, size and mode; nested folders are classes.

    A folder is searched with all that is in it. Where all pictures lie in two sub-folders or more, these are the
    classes. A .tar as WebDataset writes it, a .parquet as data sets of Hugging Face come, or a folder of either will do
    as well: their labels are the classes. Pictures are turned upright, resized with a Lanczos filter and decoded once.
    Where levels are of more than 8 bits, what they run from and to is judged over all pictures.
    """

    name = "folder"
    modality = "image"
    path: str = option("", "the folder, .zip, .tar or .parquet with the pictures")
    size: str = option("auto", "pixels: one number (64), HEIGHTxWIDTH (96x64), or auto: up to max_side")
    channels: str = option("auto", "auto (1 if all are grey, else 3), 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA")
    fit: str = option("crop", "crop: cover and cut; pad: fit and fill up; stretch: change proportions", choices=FITS)
    background: str = option("#ffffff", "colour behind transparent pixels and beside padded pictures")
    range: str = option(
        "auto", "black and white of levels of more than 8 bits: LOW..HIGH, auto: judged over all pictures"
    )
    licence: str = option(UNKNOWN, LICENCE)
    max_side: int = option(
        0,
        "where size is auto, pixels of the longer side at most; 0: 64, or what machine and minutes of a new run allow",
        min=0,
        max=LARGEST,
    )

    def __post_init__(self) -> None:
        # So that a wrong option is an error before anything is read.
        _ = self._layout
        parse_range(self.range)
        if 0 < self.max_side < SMALLEST:
            raise ValueError(f"max_side = {self.max_side} is out of range ({SMALLEST} to {LARGEST}, or 0)")

    @property
    def _layout(self) -> Layout:
        size, channels, background = parse_size(self.size), parse_channels(self.channels), parse_colour(self.background)
        return Layout(size, channels, self.fit, background, self.max_side or USUAL_SIDE)

    @classmethod
    def recognises(cls, path: Path) -> float:
        """Return the share of pictures in a folder or file."""
        from .picture_sources import share_of_pictures

        return share_of_pictures(path)

    @property
    def _place(self) -> Path:
        if not self.path:
            raise UsageError("dataset folder needs a path: artgan run DIR, or --dataset folder:path=DIR")
        return Path(self.path).expanduser()

    def choose_for(self, survey: Survey, machine: Machine, minutes: float) -> Choice | None:
        """Return how large the pictures are trained at, where that is open and they are larger than usual."""
        if self.max_side or parse_size(self.size):
            return None
        if survey.pixels is None or survey.pixels.shorter_side <= USUAL_SIDE:
            return None
        max_side, reason = suitable_side(survey.pixels.shorter_side, machine, minutes)
        return Choice({"dataset": {"max_side": max_side}}, reason)

    def survey(self, workspace: Workspace) -> Survey:
        """Return what the pictures are like before they are resized."""
        from .picture_survey import survey_pictures

        return survey_pictures(self._place, self._layout, workspace, levels=parse_range(self.range))

    def open(self, workspace: Workspace) -> Data:
        """Return the pictures, read on first use."""
        from .pictures import open_pictures

        path = self._place
        whole = path.resolve()
        return open_pictures(
            path,
            self._layout,
            workspace,
            title=(whole.stem if whole.is_file() else whole.name) or "pictures",
            licence=stated(self.licence),
            source="the user's own pictures",
            levels=parse_range(self.range),
        )
