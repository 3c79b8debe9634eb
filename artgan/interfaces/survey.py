"""What a dataset holds, as far as it matters to how one trains on it; read off a bounded number of samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Self

from .data import Data, LeftOut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOKED_AT = 64
"""How many pictures are looked at, pixel by pixel."""
MAX_ROWS = 4096
"""How many texts are read, token by token."""
MAX_COMPARED_BYTES = 2**26
"""Samples that take more than this are not compared for copies."""

PIXEL_ART_COLOURS, PIXEL_ART_FLAT, PIXEL_ART_HARD = 1 / 8, 0.9, 0.5
"""Pixel art has at most so many colours for each pixel, at most this share of equal neighbours, and at least this share
of hard edges. Chosen on three sets and confirmed on others; artgan/builtin/README.md has the numbers."""
MOSTLY_FLAT = 0.75
"""Share of equal neighbours from which pictures are of strokes on a ground."""
GENTLE = 16
"""Levels of 255 by which a step from one pixel to the next must differ in some channel to be an edge."""
_BYTE = re.compile("<0x[0-9A-F]{2}>")
"""How a token is written that is a single byte, of no writing system."""
STRAIGHT = 0.9
"""Squared cosine, in colour space, from which two steps one after the other are one edge that was smoothed."""
MAX_ENLARGED, MIN_SMALL = 8, 16
"""Up to so many times enlarged, pixel by pixel, a picture is looked at as it was before, but for one that would have
fewer pixels a side than this: that may as well be a flag."""


@dataclass(frozen=True)
class Span:
    """The smallest, the median and the largest of some numbers."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Self:
        """Return the span of at least one number."""
        return cls(min(numbers), median(numbers), max(numbers))


@dataclass(frozen=True)
class PixelSurvey:
    """What pictures are like, all numbers but the sizes being medians over the pictures looked at.

    Attributes:
        looked_at: how many pictures were looked at, at equal distances.
        widths: in pixels, of the originals where they are known.
        heights: likewise.
        channels: 1 where no picture has colours, else 3; one more where any has transparency.
        colours: number of distinct colours in a picture, one enlarged pixel by pixel being made small again first.
        colours_per_pixel: the same, divided by the picture's pixels.
        flat: share of the neighbouring pixels that are equal.
        hard_edges: share of the unequal neighbours that differ at once and clearly, with no steps between.
        modes: how many of the originals have each mode of Pillow's, where known.
        formats: how many have each file format, where known.
        shorter_sides: likewise in pixels, whichever side it is; None where that is not known.
    """

    looked_at: int
    widths: Span
    heights: Span
    channels: int
    colours: float
    colours_per_pixel: float
    flat: float
    hard_edges: float
    modes: Mapping[str, int] = field(default_factory=dict, hash=False)
    formats: Mapping[str, int] = field(default_factory=dict, hash=False)
    shorter_sides: Span | None = None

    @property
    def alpha(self) -> bool:
        """Whether any picture has transparency."""
        return self.channels in (2, 4)

    @property
    def grey(self) -> bool:
        """Whether no picture has colours."""
        return self.channels <= 2

    @property
    def pixel_art(self) -> bool:
        """Whether these are drawn pixel by pixel: few colours, much detail, edges without steps between."""
        few, detailed = self.colours_per_pixel <= PIXEL_ART_COLOURS, self.flat <= PIXEL_ART_FLAT
        return few and detailed and self.hard_edges >= PIXEL_ART_HARD

    @property
    def shorter_side(self) -> float:
        """How many pixels the shorter side of such a picture has."""
        return self.shorter_sides.middle if self.shorter_sides else min(self.widths.middle, self.heights.middle)

    @property
    def strokes(self) -> bool:
        """Whether these are grey strokes on a flat ground, as ink on paper is."""
        return self.grey and self.flat >= MOSTLY_FLAT

    @classmethod
    def of(cls, pictures: Iterable[NDArray[np.uint8]]) -> Self:
        """Look at at least one picture, uint8 (C, H, W) with 1 to 4 channels: grey, grey and alpha, RGB, or RGBA."""
        looks = [_Picture.of(picture) for picture in pictures]
        return cls(
            looked_at=len(looks),
            widths=Span.of([look.width for look in looks]),
            heights=Span.of([look.height for look in looks]),
            channels=(3 if any(look.coloured for look in looks) else 1) + any(look.transparent for look in looks),
            colours=median(look.colours for look in looks),
            colours_per_pixel=median(look.colours / look.pixels for look in looks),
            flat=median(look.flat for look in looks),
            hard_edges=median(look.hard_edges for look in looks),
        )


@dataclass(frozen=True)
class TokenSurvey:
    """What sequences of tokens are like.

    Attributes:
        lengths: in tokens, without what fills up; of those looked at.
        vocabulary: the number of distinct tokens.
        total: about how many tokens there are in all samples together.
        tokeniser: what cuts text up, as the spec's presentation says; empty where it does not.
        script: the writing system of most of the letters, such as ``latin`` or ``cjk``; empty where there are none.
    """

    lengths: Span
    vocabulary: int
    total: int
    tokeniser: str
    script: str

    @classmethod
    def of(cls, data: Data) -> Self:
        """Look at opened samples of tokens."""
        import numpy as np

        rows = data.samples[_spread(len(data), MAX_ROWS)]
        lengths = (rows != 0).sum(1) if data.spec.ends else np.full(len(rows), rows.shape[1])
        numbers, counts = np.unique(rows, return_counts=True)
        written = {data.spec.tokens[number]: int(count) for number, count in zip(numbers, counts, strict=True)}
        return cls(
            lengths=Span.of(lengths.tolist()),
            vocabulary=data.spec.vocabulary,
            total=round(float(lengths.mean()) * len(data)),
            tokeniser=data.spec.presentation.get("tokeniser", ""),
            script=_script(written),
        )


@dataclass(frozen=True)
class Survey:
    """What a dataset holds. It has no name, so that whatever is chosen by it is chosen for any data that is like it.

    Attributes:
        modality: the modality of the samples.
        count: how many samples there seem to be to train on; what cannot be decoded may still be among them.
        held_out: how many more the dataset holds out itself.
        copies: how many samples equal an earlier one; None where that was not looked for.
        classes: the names of the classes, empty without labels.
        pixels: what pictures are like, None for other samples.
        tokens: what sequences of tokens are like, None for other samples.
        left_out: what was seen to be of no use.
    """

    modality: str
    count: int
    held_out: int = 0
    copies: int | None = None
    classes: tuple[str, ...] = ()
    pixels: PixelSurvey | None = None
    tokens: TokenSurvey | None = None
    left_out: tuple[LeftOut, ...] = ()

    @classmethod
    def of(cls, data: Data) -> Self:
        """Survey opened data: bytes of three axes as pictures, tokens as such."""
        import numpy as np

        samples = data.samples
        pictures = len(data) and samples.dtype == np.uint8 and samples.ndim == 4 and 1 <= samples.shape[1] <= 4
        return cls(
            modality=data.spec.modality,
            count=len(data),
            held_out=0 if data.held_out is None else len(data.held_out),
            copies=_copies(samples) if samples.nbytes <= MAX_COMPARED_BYTES else None,
            classes=data.spec.classes,
            pixels=PixelSurvey.of(samples[_spread(len(data), LOOKED_AT)]) if pictures else None,
            tokens=TokenSurvey.of(data) if len(data) and data.spec.tokens else None,
            left_out=data.left_out,
        )


@dataclass(frozen=True)
class _Picture:
    """What one picture is like; `PixelSurvey` says what the numbers are."""

    width: int
    height: int
    coloured: bool
    transparent: bool
    pixels: int
    colours: int
    flat: float
    hard_edges: float

    @classmethod
    def of(cls, picture: NDArray[np.uint8]) -> Self:
        import numpy as np

        # Colours that cannot be seen do not count, and edges are as soft as they look: all stands on white.
        channels, height, width = picture.shape
        alpha = picture[-1] if channels in (2, 4) else np.full((height, width), 255, np.uint8)
        opaque = picture[: channels - (channels in (2, 4))].astype(np.int64)
        seen = (opaque * alpha + 255 * (255 - alpha.astype(np.int64)) + 127) // 255
        coloured = len(seen) == 3 and not (seen[0] == seen).all()

        # Enlarged pixel by pixel it is the same picture, but its edges would be fewer.
        pixels = _made_small(seen.transpose(1, 2, 0))
        across, down = _edges(pixels), _edges(pixels.transpose(1, 0, 2))
        pairs, unequal, hard = (first + second for first, second in zip(across, down, strict=True))
        return cls(
            width=width,
            height=height,
            coloured=coloured,
            transparent=bool((alpha < 255).any()),
            pixels=pixels.shape[0] * pixels.shape[1],
            colours=len(np.unique(pixels @ (256 ** np.arange(pixels.shape[2])))),
            flat=1 - unequal / max(1, pairs),
            hard_edges=hard / max(1, unequal),
        )


def _made_small(pixels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a picture (H, W, C) whose pixels are whole squares of equal ones with one for each square."""
    height, width = pixels.shape[:2]
    for side in range(MAX_ENLARGED, 1, -1):
        if height % side or width % side or min(height, width) < MIN_SMALL * side:
            continue
        squares = pixels.reshape(height // side, side, width // side, side, -1)
        if (squares == squares[:, :1, :, :1]).all():
            return pixels[::side, ::side]
    return pixels


def _edges(pixels: NDArray[np.int64]) -> tuple[int, int, int]:
    """Return how many neighbours along the rows of a picture (H, W, C) there are, are unequal, and part at once.

    Where a step goes on in the direction of the one before it, both belong to an edge that was smoothed.
    """
    import numpy as np

    steps = pixels[:, 1:] - pixels[:, :-1]
    sizes = np.abs(steps).max(-1)
    gentle = sizes < GENTLE
    if steps.shape[1] > 1:
        first, second = steps[:, :-1], steps[:, 1:]
        along = (first * second).sum(-1)
        ramp = (along > 0) & (along**2 >= STRAIGHT * (first**2).sum(-1) * (second**2).sum(-1))
        gentle[:, :-1] |= ramp
        gentle[:, 1:] |= ramp
    return sizes.size, int((sizes > 0).sum()), int(((sizes > 0) & ~gentle).sum())


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """Return the numbers of at most so many samples, at equal distances."""
    import numpy as np

    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def _copies(samples: NDArray[Any]) -> int:
    from hashlib import sha256

    return len(samples) - len({sha256(sample.tobytes()).digest() for sample in samples})


def _script(counts: Mapping[str, int]) -> str:
    """Return the writing system of most letters, as Unicode names them, of tokens with how often each is there."""
    import unicodedata

    scripts: Counter[str] = Counter()
    for token, count in counts.items():
        if _BYTE.fullmatch(token):
            continue
        for letter in filter(str.isalpha, token):
            scripts[unicodedata.name(letter, "").partition(" ")[0].lower()] += count
    return scripts.most_common(1)[0][0] if scripts else ""
