"""IDX files, the format of MNIST and its kin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from artgan import UsageError, option
from artgan.interfaces import Data, Dataset, Workspace

from .terms import LICENCE, UNKNOWN, stated

FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
DEBIAN = "/usr/share/datasets/fashion-mnist"


@dataclass(frozen=True)
class Idx(Dataset):
    """Grey pictures in IDX files, as MNIST and its kin come: NAME-images-idx3-ubyte, plain or gzipped.

    The labels in NAME-labels-idx1-ubyte beside them, where there are any, are the classes.
    """

    name = "idx"
    modality = "image"
    path: str = option("", "the images file, or the folder that holds it")
    part: str = option("train", "which set of a folder", choices=("train", "test"))
    licence: str = option(UNKNOWN, LICENCE)

    @classmethod
    def recognises(cls, path: Path) -> float:
        """Return whether a path is an IDX file of images; of a folder with one, the share of IDX files."""
        from .idx_files import share_of_idx

        return share_of_idx(path)

    def open(self, workspace: Workspace) -> Data:
        """Return the pictures, read on first use."""
        from .idx_files import open_idx

        if not self.path:
            raise UsageError("dataset idx needs a path: artgan run DIR, or --dataset idx:path=DIR")
        path = Path(self.path).expanduser()
        whole = path.resolve()
        return open_idx(
            path,
            self.part,
            workspace,
            title=whole.name,
            licence=stated(self.licence),
            source="the user's own pictures",
        )


@dataclass(frozen=True)
class FashionMnist(Dataset):
    """Fashion-MNIST: 60,000 grey 28 x 28 pictures of clothes in 10 classes (Xiao et al. 2017, arXiv:1708.07747)."""

    name = "fashion-mnist"
    modality = "image"
    path: str = option(DEBIAN, "the folder with its IDX files")
    part: str = option("train", "60,000 pictures to train, 10,000 to test", choices=("train", "test"))

    def open(self, workspace: Workspace) -> Data:
        """Return the pictures, read on first use."""
        from .idx_files import open_idx

        path = Path(self.path).expanduser()
        if not path.exists():
            raise UsageError(
                f"Fashion-MNIST is not in {path}: sudo apt install dataset-fashion-mnist (Debian, Ubuntu), or download "
                "its four files and give --dataset fashion-mnist:path=DIR"
            )
        return open_idx(
            path,
            self.part,
            workspace,
            title="Fashion-MNIST",
            licence="MIT",
            source="Zalando Research, github.com/zalandoresearch/fashion-mnist",
            classes=FASHION,
        )
