"""Pictures that move: WebP by Pillow, PNG and GIF frame by frame, MP4 and WebM by the optional package ``av``.

Frames are taken and encoded one by one, so that memory does not grow with the length of a walk but for what WebP's
encoder has compressed. Every file is marked as AI-generated and carries its record: in XMP (WebP, GIF), in a text of
its own beside the XMP (PNG), or in the description (video).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import unescape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan import (
    DIGITAL_SOURCE_TYPE,
    MARK,
    RECORD_BEGIN,
    RECORD_END,
    ArtganError,
    UsageError,
    one_line,
    parse_json,
    replacing,
    write_text,
    xmp,
)
from artgan.interfaces import Sound

from .animation_files import LARGEST_TEXT, gif_xmp, png_text, webp_xmp, write_apng, write_gif
from .film import SoundTrack

CHUNK, XMP_CHUNK = "artgan", "XML:com.adobe.xmp"
QUALITY = 80
SMALL, ENLARGED = 48, 384
"""Pictures of at most so many pixels a side are enlarged with hard edges, by a whole number, to about that many."""

VIDEO: dict[str, tuple[str, dict[str, str]]] = {
    ".mp4": ("libx264", {"crf": "18"}),
    ".webm": ("libvpx-vp9", {"crf": "24", "b": "0", "cpu-used": "4"}),
}
"""The encoder of each format, and how it weighs quality and speed."""


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


def write_animation(
    path: Path, samples: Iterable[NDArray[Any]], count: int, rate: float, record: Mapping[str, Any]
) -> None:
    """Write pictures as an animation that goes round for ever, and its record beside it as JSON.

    Args:
        path: ends in .webp, .png, .gif, .mp4 or .webm.
        samples: uint8 pictures (C, H, W).
        count: how many.
        rate: frames in a second.
        record: what the file carries.

    Raises:
        UsageError: for a video where the package ``av`` is not installed, or cannot write it.
    """
    frames, shown = map(_picture, samples), round(1000 / rate)
    told = json.dumps(record, allow_nan=False)
    with replacing(path) as draft:
        if path.suffix in VIDEO:
            _write_video(draft, frames, rate, told)
        else:
            with draft.open("wb") as file:
                _write_pictures(file, path.suffix, frames, count, shown, told)
    write_text(path.with_suffix(".json"), json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _write_pictures(
    file: BinaryIO, suffix: str, frames: Iterator[Image.Image], count: int, milliseconds: int, record: str
) -> None:
    if suffix == ".png":
        write_apng(file, frames, count, milliseconds, {XMP_CHUNK: xmp(), CHUNK: record})
    elif suffix == ".gif":
        write_gif(file, frames, milliseconds, xmp(record), MARK)
    else:
        options: dict[str, Any] = {"save_all": True, "loop": 0, "duration": milliseconds, "quality": QUALITY}
        Sequence(frames, count).save(file, format="WEBP", xmp=xmp(record).encode(), **options)


def read_animation(path: Path) -> dict[str, Any]:
    """Return the record of an animation, which may come from anybody; that of a video is the one beside it.

    Raises:
        ArtganError: if there is none, or it is damaged.
    """
    if not path.is_file():
        raise ArtganError(f"{path} does not exist")
    source = path.with_suffix(".json") if path.suffix.lower() in VIDEO else path
    try:
        with source.open("rb") as file:
            text = _record_text(file, source.suffix.lower())
        if not text:
            raise ValueError("it carries no record")
        record = parse_json(text)
        if not isinstance(record, dict):
            raise ValueError("its record is not a table")
    except (OSError, ValueError, RecursionError) as error:
        raise ArtganError(f"{path} is no animation that artgan can read: {one_line(error)}") from error
    return record


def _record_text(file: BinaryIO, suffix: str) -> str:
    """Return the record that a file holds, as text; empty where it holds none."""
    if suffix == ".png":
        return png_text(file, CHUNK)
    if suffix in (".webp", ".gif"):
        return _inside(webp_xmp(file) if suffix == ".webp" else gif_xmp(file))
    return file.read(LARGEST_TEXT + 1).decode()


def _inside(found: str) -> str:
    """Return the record that XMP holds; empty where it holds none."""
    _, _, after = found.partition(RECORD_BEGIN)
    record, end, _ = after.partition(RECORD_END)
    return unescape(record) if end else ""


def _picture(sample: NDArray[Any]) -> Image.Image:
    pixels = np.ascontiguousarray(sample.transpose(1, 2, 0))
    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    longest = max(picture.size)
    if longest > SMALL:
        return picture
    factor = ENLARGED // longest
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)


def write_film(
    path: Path, samples: Iterable[NDArray[Any]], rate: float, record: Mapping[str, Any], sound: Sound
) -> None:
    """Write pictures as a video with sound, and its record beside it as JSON.

    Args:
        path: ends in .mp4.
        samples: uint8 pictures (C, H, W).
        rate: frames in a second.
        record: what the file carries.
        sound: what is heard.

    Raises:
        UsageError: where the package ``av`` is not installed, or cannot write it.
        ArtganError: if the sound is damaged.
    """
    with replacing(path) as draft:
        _write_video(draft, map(_picture, samples), rate, json.dumps(record, allow_nan=False), sound)
    write_text(path.with_suffix(".json"), json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _write_video(
    path: Path, frames: Iterator[Image.Image], rate: float, record: str, sound: Sound | None = None
) -> None:
    try:
        import av
    except ImportError:
        raise UsageError(f"{path.suffix} needs the package av: pip install av, or choose .webp") from None

    codec, options = VIDEO[path.suffix]
    make_frame: Any = av.VideoFrame
    with av.open(str(path), "w", format=path.suffix[1:]) as container:
        container.metadata.update({"title": MARK, "comment": f"{MARK} ({DIGITAL_SOURCE_TYPE})", "description": record})
        try:
            stream: Any = container.add_stream(codec, rate=Fraction(rate).limit_denominator(1000), options=options)
        except ValueError:  # as of an encoder that av was built without
            raise UsageError(f"this av cannot write {path.suffix} (no {codec}): choose .webp") from None
        track = SoundTrack(container, sound) if sound else None
        for number, picture in enumerate(frames):
            shown = _on_white(picture)
            if not number:
                stream.width, stream.height, stream.pix_fmt = shown.width, shown.height, "yuv420p"
            container.mux(stream.encode(make_frame.from_image(shown)))
            if track:
                track.write_until((number + 1) / rate)
        container.mux(stream.encode(None))
        if track:
            track.end()


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB over white, its sides even, as videos want them."""
    ground = Image.new("RGB", (picture.width + picture.width % 2, picture.height + picture.height % 2), "white")
    shown = picture.convert("RGBA")
    ground.paste(shown, (0, 0), shown)
    return ground
