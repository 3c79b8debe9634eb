"""The built-in datasets: declarations only; what reads and decodes is imported when one is opened."""

from artgan.interfaces import Dataset

from .array import Array
from .bundled import Calligraphy, Tiles
from .folder import Folder
from .idx import FashionMnist, Idx
from .texts import Lines, Names, Oracle, Poems

DATASETS: list[type[Dataset]] = [Calligraphy, Tiles, Folder, Idx, FashionMnist, Array, Poems, Names, Lines, Oracle]

__all__ = [
    "DATASETS",
    "Array",
    "Calligraphy",
    "FashionMnist",
    "Folder",
    "Idx",
    "Lines",
    "Names",
    "Oracle",
    "Poems",
    "Tiles",
]
