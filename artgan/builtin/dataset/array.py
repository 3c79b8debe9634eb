"""Arrays of pictures that NumPy saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from artgan import UsageError, option
from artgan.interfaces import Data, Dataset, Workspace

from .terms import LICENCE, UNKNOWN, stated

LAYOUTS = ("auto", "NHW", "NHWC", "NCHW")


@dataclass(frozen=True)
class Array(Dataset):
    """Pictures in a .npy or .npz of NumPy, N of one size with 1 to 4 channels.

    Levels are uint8 from 0 to 255, or floats: in [-1, 1] where any is below -0.01, else in [0, 1]. In a .npz the
    pictures are called samples, images or x, or are the only array; labels or y are the class of each.
    """

    name = "array"
    modality = "image"
    path: str = option("", "the .npy or .npz file")
    layout: str = option("auto", "order of the axes: N pictures, H height, W width, C channels", choices=LAYOUTS)
    licence: str = option(UNKNOWN, LICENCE)

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Return whether a path is a .npy or .npz."""
        return path.suffix.lower() in (".npy", ".npz") and path.is_file()

    def open(self, workspace: Workspace) -> Data:
        """Return the pictures, read on first use."""
        from .array_files import open_array

        if not self.path:
            raise UsageError("dataset array needs a path: artgan run FILE.npy, or --dataset array:path=FILE.npy")
        return open_array(Path(self.path).expanduser(), self.layout, workspace, stated(self.licence))
