"""The datasets that artgan carries with it; the licence of each stands beside its data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from artgan import option
from artgan.interfaces import Data, Dataset, Survey, Workspace

from .picture_layout import Layout, parse_colour

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Calligraphy(Dataset):
    """2,965 brush kanji by the calligrapher Kouzan Aoyagi, ink on white, 64 x 64, grey; bundled."""

    name = "calligraphy"
    modality = "image"
    size: int = option(64, "pixels of a side", min=8, max=64)

    @property
    def _layout(self) -> Layout:
        return Layout((self.size, self.size), 1, "crop", (255, 255, 255))

    def survey(self, workspace: Workspace) -> Survey:
        """Return what the pictures are like at their full size."""
        from .picture_survey import survey_pictures

        return survey_pictures(DATA / "calligraphy-64.zip", self._layout, workspace)

    def open(self, workspace: Workspace) -> Data:
        """Return the pictures, read on first use."""
        from .pictures import open_pictures

        return open_pictures(
            DATA / "calligraphy-64.zip",
            self._layout,
            workspace,
            title="Brush calligraphy",
            licence="public domain",
            source="the font Aoyagi Kouzan T by Kouzan Aoyagi (Debian fonts-aoyagi-kouzan-t 20160404-6)",
        )


@dataclass(frozen=True)
class Tiles(Dataset):
    """2,246 pixel-art tiles of Dungeon Crawl Stone Soup, 32 x 32, in the classes item, mon and spell; bundled."""

    name = "tiles"
    modality = "image"
    part: str = option("all", "which tiles", choices=("all", "mon", "spell", "item"))
    alpha: bool = option(False, "keep transparency as a fourth channel")
    background: str = option("#141218", "colour behind transparent pixels")

    def __post_init__(self) -> None:
        parse_colour(self.background)

    @property
    def _layout(self) -> Layout:
        return Layout((32, 32), 4 if self.alpha else 3, "crop", parse_colour(self.background))

    @property
    def _folder(self) -> str:
        return "" if self.part == "all" else self.part

    def survey(self, workspace: Workspace) -> Survey:
        """Return what the pictures are like."""
        from .picture_survey import survey_pictures

        return survey_pictures(DATA / "dcss-tiles-32.zip", self._layout, workspace, self._folder)

    def open(self, workspace: Workspace) -> Data:
        """Return the pictures, read on first use."""
        from .pictures import open_pictures

        return open_pictures(
            DATA / "dcss-tiles-32.zip",
            self._layout,
            workspace,
            title="Dungeon Crawl tiles" + ("" if self.part == "all" else f" ({self.part})"),
            licence="CC0 1.0",
            source="Dungeon Crawl Stone Soup tiles, GitHub crawl/tiles, commit a6ea1655",
            part=self._folder,
        )
