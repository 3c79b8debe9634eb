"""The modality of pictures: uint8 pixels (C, H, W), kept as PNG with their record inside and beside.

One channel is grey, two are grey and alpha, three RGB, four RGBA.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from artgan import ArtganError, one_line, parse_json, replacing, write_text, xmp
from artgan.interfaces import LiveFacts, Modality, Sound, Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

CHUNK = "artgan"
LARGEST_RECORD = 2**18
LARGEST_PICTURE = 2**26
WEBP_QUALITY = 85
_MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


@dataclass(frozen=True)
class ImageModality(Modality):
    """Pictures of any size with 1 to 4 channels."""

    name = "image"
    representation = "pixels"
    suffix = ".png"
    sheet_suffix = ".webp"
    noun = "picture"
    companions: ClassVar[tuple[str, ...]] = (".json",)
    unit = "pixels"
    walk_suffixes: ClassVar[tuple[str, ...]] = (".webp", ".png", ".gif", ".mp4", ".webm")
    film_suffixes: ClassVar[tuple[str, ...]] = (".mp4",)
    live = "pixels"

    def examples(self) -> Sequence[Spec]:
        """Return small pictures of odd sizes, then the usual sizes, for networks that serve no others."""
        odd = (1, 32, 32), (3, 48, 33), (4, 33, 40)
        usual = (3, 64, 64), (3, 128, 128), (3, 256, 256)
        return [Spec(self.name, shape) for shape in (*odd, *usual)]

    def live_facts(self) -> LiveFacts:
        """Return the mark that a picture made in a page carries."""
        return {"xmp": xmp()}

    def to_float(self, compact: Tensor) -> Tensor:
        """Turn uint8 (B, C, H, W) into float32 in [-1, 1]."""
        return compact.float().div_(127.5).sub_(1)

    def to_compact(self, samples: Tensor) -> Tensor:
        """Turn [-1, 1] into uint8, rounded to the nearest level; what lies outside is clamped."""
        import torch

        return samples.add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)

    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        """Write a picture (C, H, W) as PNG with its record, and the record beside it as JSON."""
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
        write_text(path.with_suffix(".json"), text + "\n")
        _save(path, sample, text)

    def read(self, path: Path) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Read a picture (C, H, W) and its record, which may come from anybody.

        Raises:
            ArtganError: if it is no picture of artgan's, too large, or damaged.
        """
        import numpy as np
        from PIL import Image

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with Image.open(path, formats=["PNG"]) as picture:
                    record = _record(picture)
                    pixels = np.array(picture)
        except FileNotFoundError:
            raise ArtganError(f"{path} does not exist") from None
        except Exception as error:  # Pillow raises errors of many kinds on damaged files
            raise ArtganError(f"{path} is not an artwork that artgan can read: {one_line(error)}") from error
        return pixels.reshape(*pixels.shape[:2], -1).transpose(2, 0, 1), record

    def read_real(self, path: Path, spec: Spec, options: Mapping[str, object]) -> NDArray[np.uint8]:
        """Read a picture of anybody's and fit it (C, H, W) as the dataset ``folder`` does.

        Args:
            path: the file.
            spec: tells the shape.
            options: of a dataset; of them ``fit`` and ``background`` are used.

        Raises:
            ArtganError: if it cannot be read.
        """
        from ..dataset.picture_file import read_picture

        return read_picture(path, spec.shape, options)

    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        """Write pictures (N, C, H, W) side by side, as PNG or WebP, with a gutter that suits any background."""
        import numpy as np

        opaque = samples.shape[1] in (1, 3)
        if opaque:
            samples = np.concatenate([samples, np.full_like(samples[:, :1], 255)], axis=1)
        count, channels, height, width = samples.shape
        gutter = max(2, min(height, width) // 16)
        columns = min(columns, count)
        rows = -(-count // columns)
        shape = channels, rows * (height + gutter) - gutter, columns * (width + gutter) - gutter
        sheet = np.zeros(shape, np.uint8)
        for index, sample in enumerate(samples):
            top, left = index // columns * (height + gutter), index % columns * (width + gutter)
            sheet[:, top : top + height, left : left + width] = sample
        _save(path, sheet)

    def write_walk(
        self, path: Path, samples: Iterable[NDArray[Any]], count: int, rate: float, record: Mapping[str, Any]
    ) -> None:
        """Write pictures (C, H, W) as an animation with its record, those of pixel art enlarged.

        Raises:
            UsageError: for a video where the package ``av`` is not installed, or cannot write it.
        """
        from .animation import write_animation

        write_animation(path, samples, count, rate, record)

    def write_film(
        self, path: Path, samples: Iterable[NDArray[Any]], rate: float, record: Mapping[str, Any], sound: Sound
    ) -> None:
        """Write pictures (C, H, W) as a video with sound and its record, those of pixel art enlarged.

        Raises:
            UsageError: where the package ``av`` is not installed, or cannot write it.
            ArtganError: if the sound is damaged.
        """
        from .animation import write_film

        write_film(path, samples, rate, record, sound)

    def read_walk(self, path: Path) -> dict[str, Any]:
        """Read the record of an animation, which may come from anybody; no picture in it is decoded.

        Raises:
            ArtganError: if there is none, or it is damaged.
        """
        from .animation import read_animation

        return read_animation(path)

    def picture(self, sample: NDArray[Any]) -> Image:
        """Return a picture (C, H, W)."""
        return _picture(sample)

    def figure(self, path: Path, source: str, description: str) -> str:
        """Return an ``<img>``; the page it stands in gives it its size."""
        from markupsafe import Markup

        return Markup('<img src="{}" alt="{}" loading="lazy" decoding="async">').format(source, description)


def _picture(sample: NDArray[Any]) -> Image:
    import numpy as np
    from PIL import Image

    pixels = np.ascontiguousarray(sample.transpose(1, 2, 0))
    return Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def _save(path: Path, sample: NDArray[Any], record: str = "") -> None:
    """Write a picture (C, H, W) as PNG or WebP, marked as made by a trained algorithm."""
    from PIL.PngImagePlugin import PngInfo

    picture = _picture(sample)
    with replacing(path) as draft:
        if path.suffix == ".webp":
            picture.save(draft, format="WEBP", quality=WEBP_QUALITY, xmp=xmp().encode())
            return
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp())
        if record:
            info.add_itxt(CHUNK, record)
        picture.save(draft, format="PNG", pnginfo=info, optimize=True)


def _record(picture: Image) -> dict[str, Any]:
    if picture.mode not in _MODES:
        raise ValueError(f"its pixels are of mode {picture.mode}")
    if picture.width * picture.height > LARGEST_PICTURE:
        raise ValueError(f"{picture.width} x {picture.height} pixels are too many")
    text = picture.info.get(CHUNK)
    if not isinstance(text, str):
        raise ValueError("it carries no record")
    if len(text) > LARGEST_RECORD:
        raise ValueError("its record is too long")
    record = parse_json(text)
    if not isinstance(record, dict):
        raise ValueError("its record is not a table")
    return cast(dict[str, Any], record)
