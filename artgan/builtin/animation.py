"""Pictures that move: WebP, PNG and GIF by Pillow, MP4 and WebM by the optional package ``av``.

Frames are taken one by one. WebP and video are also encoded as they come, so that memory does not grow with the length
of a walk; Pillow keeps the frames of a PNG or GIF until the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from artgan import UsageError
from artgan.files import replacing

QUALITY = 80
SMALL, ENLARGED = 48, 384
"""Pictures of at most so many pixels a side are enlarged with hard edges, by a whole number, to about that many."""

VIDEO = {".mp4": "libx264", ".webm": "libvpx-vp9"}
MARK = "AI-generated with artgan"


class Sequence(Image.Image):
    """Frames that Pillow takes one after another, each made when it is asked for.

    Args:
        frames: pictures of one size and mode.
        count: how many.
    """

    def __init__(self, frames: Iterator[Image.Image], count: int) -> None:
        super().__init__()
        self.n_frames, self.is_animated = count, count > 1
        self._frames, self._at = frames, -1
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Go on to the next frame; Pillow asks for the first one again at the end, which is gone."""
        if frame >= self.n_frames:
            raise EOFError
        while self._at < frame:
            shown = next(self._frames)
            self.im, self._mode, self._size = shown.im, shown.mode, shown.size
            self._at += 1

    def tell(self) -> int:
        return self._at


def write_animation(path: Path, samples: Iterable[NDArray[Any]], count: int, rate: float, xmp: str) -> None:
    """Write pictures as an animation that goes round for ever.

    Args:
        path: ends in .webp, .png, .gif, .mp4 or .webm.
        samples: uint8 pictures (C, H, W).
        count: how many.
        rate: frames in a second.
        xmp: what marks it as AI-generated; a GIF and a video carry a comment instead.

    Raises:
        UsageError: for a video where the package ``av`` is not installed.
    """
    frames = map(_picture, samples)
    if path.suffix in VIDEO:
        _write_video(path, frames, rate)
        return
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp)
    options: dict[str, dict[str, Any]] = {
        ".webp": {"format": "WEBP", "quality": QUALITY, "xmp": xmp.encode()},
        ".png": {"format": "PNG", "pnginfo": info},
        ".gif": {"format": "GIF", "comment": MARK},
    }
    with replacing(path) as draft:
        first, *others = [Sequence(frames, count)] if path.suffix == ".webp" else frames
        given = options[path.suffix] | {"append_images": others}
        first.save(draft, save_all=True, loop=0, duration=round(1000 / rate), **given)


def _picture(sample: NDArray[Any]) -> Image.Image:
    pixels = np.ascontiguousarray(sample.transpose(1, 2, 0))
    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    longest = max(picture.size)
    if longest > SMALL:
        return picture
    factor = ENLARGED // longest
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)


def _write_video(path: Path, frames: Iterator[Image.Image], rate: float) -> None:
    try:
        import av
    except ImportError:
        raise UsageError(f"{path.suffix} needs the package av: pip install av, or choose .webp") from None
    frame: Any = av.VideoFrame
    with replacing(path) as draft, av.open(str(draft), "w", format=path.suffix[1:]) as container:
        container.metadata["comment"] = MARK
        stream: Any = container.add_stream(VIDEO[path.suffix], rate=round(rate))
        for number, picture in enumerate(frames):
            shown = _on_white(picture)
            if not number:
                stream.width, stream.height, stream.pix_fmt = shown.width, shown.height, "yuv420p"
            container.mux(stream.encode(frame.from_image(shown)))
        container.mux(stream.encode(None))


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB over white, its sides even, as videos want them."""
    ground = Image.new("RGB", (picture.width + picture.width % 2, picture.height + picture.height % 2), "white")
    shown = picture.convert("RGBA")
    ground.paste(shown, (0, 0), shown)
    return ground
