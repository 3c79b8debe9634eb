"""The built-in datasets: declarations only; what reads and decodes is imported when one is opened."""

from artgan.interfaces import Dataset

from .array import Array
from .bundled import Calligraphy, Tiles
from .folder import Folder
from .idx import FashionMnist, Idx

DATASETS: list[type[Dataset]] = [Calligraphy, Tiles, Folder, Idx, FashionMnist, Array]

__all__ = ["DATASETS", "Array", "Calligraphy", "FashionMnist", "Folder", "Idx", "Tiles"]
