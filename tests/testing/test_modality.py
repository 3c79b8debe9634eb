"""Each fault of a modality is found."""

from __future__ import annotations

import html
import json
from itertools import islice
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from support.faulty import faults, told

from artgan.ai_mark import MARK
from artgan.builtin.modality.image import ImageModality
from artgan.errors import ArtganError, UsageError
from artgan.interfaces import Modality, PageAsset, Spec
from artgan.testing import check_modality


class Image(ImageModality):
    """Moves in the quickest of its formats alone."""

    walk_suffixes: ClassVar[tuple[str, ...]] = (".png",)


class Truncating(Image):
    """Rounds down."""

    def to_compact(self, samples):
        return ((samples.clamp(-1, 1) + 1) * 127.5).byte()


class Wrapping(Image):
    """Does not clamp."""

    def to_compact(self, samples):
        return ((samples + 1) * 127.5).round().long().byte()


class Wide(Image):
    """Shows networks 0 to 255."""

    def to_float(self, compact):
        return compact.float()


class Raw(Image):
    """Does not escape."""

    def figure(self, path, source, description):
        return f'<img src="{source}" alt="{description}">'


class Lonely(Image):
    """Names a companion that it does not leave."""

    companions = (".abc",)


class Unplayed(Image):
    """Names an asset that is not there."""

    def page_assets(self):
        return [PageAsset(Path("player.js"), script=True)]


class Undescribed(Image):
    """Forgets the description."""

    def figure(self, path, source, description):
        return f'<img src="{html.escape(source, quote=True)}">'


class Forgetful(Image):
    """Forgets the record."""

    def write(self, path, sample, record):
        super().write(path, sample, {})


class Littering(Image):
    """Leaves a file behind."""

    def write(self, path, sample, record):
        super().write(path, sample, record)
        path.with_name("record.json").write_text(json.dumps(dict(record)))


class Believing(Image):
    """Believes any file."""

    def read(self, path):
        try:
            return super().read(path)
        except ArtganError:
            return json.loads(path.read_bytes())


class Dotless(Image):
    """Has no suffix."""

    suffix = "png"


class Sheetless(Image):
    """Writes no sheet."""

    def write_sheet(self, path, samples, columns):
        samples.reshape(columns, -1)


class Unexampled(Image):
    """Gives nothing to try generators on."""

    def examples(self):
        return ()


class Foreign(Image):
    """Gives data of another modality."""

    def examples(self):
        return [Spec("text", (3, 8, 8))]


class Flat(Image):
    """Gives the shape of what it keeps, which networks do not see."""

    def examples(self):
        return [Spec(self.name, (2, 9, 7))]

    def to_float(self, compact):
        return super().to_float(compact).flatten(1)

    def to_compact(self, samples):
        return super().to_compact(samples).view(-1, 2, 9, 7)


class Empty(Image):
    """Gives what is no spec."""

    def examples(self):
        return [(3, 8, 8)]


class Undotted(Image):
    """Has endings without a dot."""

    walk_suffixes = (".png", "gif")


class Twice(Image):
    """Names an ending twice."""

    walk_suffixes = (".png", ".png")


class Unmoved(Image):
    """Names endings and writes none."""

    write_walk = Modality.write_walk


class Elsewhere(Image):
    """Writes its walk somewhere else."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path.with_name("walk.gif"), samples, count, rate, record)


class Hasty(Image):
    """Shows two samples of a walk."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path, islice(samples, 2), 2, rate, record)


class Wanderer(Image):
    """Forgets how it walked."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path, samples, count, rate, {"title": "A walk"})


class Messy(Image):
    """Leaves frames behind."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path, samples, count, rate, record)
        path.with_name("frame-0.png").touch()


class Stumbling(Image):
    """Cannot write a walk."""

    def write_walk(self, path, samples, count, rate, record):
        raise KeyError(rate)


class Demanding(Image):
    """Needs what is not there for its usual ending."""

    walk_suffixes = (".mp4", ".png")

    def write_walk(self, path, samples, count, rate, record):
        if path.suffix == ".mp4":
            raise UsageError("install something")
        super().write_walk(path, samples, count, rate, record)


class Gullible(Image):
    """Believes any walk."""

    def read_walk(self, path):
        return super().read_walk(path) if path.exists() and path.stat().st_size > 500 else {}


class Tripped(Image):
    """Trips over half a walk."""

    def read_walk(self, path):
        try:
            return super().read_walk(path)
        finally:
            if path.exists() and path.stat().st_size > 500:
                assert path.read_bytes()[-8:-4] == b"IEND"


class Hologram(Image):
    """Lives as nothing that a page knows."""

    live = "hologram"


class Unmarked(Image):
    """Does not tell a page the mark."""

    def live_facts(self):
        return {}


class Wordless(Image):
    """Says that pixels are tokens."""

    live = "tokens"


class Unspeakable(Image):
    """Tells a page what JSON cannot hold."""

    def live_facts(self):
        return {**super().live_facts(), "scale": float("inf")}


class Usurping(Image):
    """Overwrites what a page knows of the model."""

    def live_facts(self):
        return {**super().live_facts(), "shape": [1, 8, 8]}


class Paperless(Image):
    """Gives an array for a picture."""

    def picture(self, sample):
        return sample[0]


class Unprinted(Image):
    """Prints pictures as text."""

    paged = True

    def write_pages(self, path, samples, captions, *, title, notes):
        path.write_text(f"{MARK} {title}")
        return ""


class Unsigned(Unprinted):
    """Does not say who made them."""

    def write_pages(self, path, samples, captions, *, title, notes):
        path.write_bytes(b"%PDF-1.4")
        return ""


class Unlettered(Unprinted):
    """Cannot print the title."""

    def write_pages(self, path, samples, captions, *, title, notes):
        path.write_text(f"%PDF-1.4 {MARK}")
        return title[0]


class Unready(Image):
    """Trips over strangers' pictures."""

    def read_real(self, path, spec, options):
        return np.frombuffer(path.read_bytes(), np.uint8)


@pytest.mark.parametrize(
    ("made", "phrase"),
    [
        (Unexampled, "examples() gives none: give specs"),
        (Foreign, "examples() gives a spec of the modality 'text': give specs of 'image'"),
        (Flat, "the example (2, 9, 7) becomes (126,) in to_float()"),
        (Empty, "examples() gives tuple: give artgan.interfaces.Spec"),
        (Undotted, "walk_suffixes is ('.png', 'gif')"),
        (Twice, "walk_suffixes names an ending twice"),
        (Unmoved, "there is no write_walk()"),
        (Elsewhere, "write_walk() does not write the file that it was told to"),
        (Hasty, "takes 2 of 5 samples"),
        (Wanderer, "read_walk() of .png gives another record"),
        (Messy, "write_walk() leaves frame-0.png behind"),
        (Stumbling, "write_walk() of .png raised KeyError"),
        (Demanding, "write_walk() of .mp4, its usual ending, needs what is not installed"),
        (Gullible, "read_walk() of a missing file raises nothing"),
        (Tripped, "read_walk() of a truncated file raised AssertionError"),
        (Hologram, "live is 'hologram'"),
        (Unmarked, "live_facts() has no xmp (str), which a page needs for pixels"),
        (Wordless, "live is tokens and samples are not whole numbers (N, L)"),
        (Unspeakable, "live_facts() is not what JSON can hold"),
        (Usurping, "live_facts() overwrites shape"),
        (Paperless, "picture() gives ndarray"),
        (Unprinted, "write_pages() writes no PDF"),
        (Unsigned, "write_pages() does not mark its PDF"),
        (Unlettered, "says of plain words that it cannot print 'T'"),
        (Unready, "read_real() of a missing file raises FileNotFoundError"),
        (Truncating, "is not what it was: round to the nearest"),
        (Wrapping, "clamp before rounding"),
        (Wide, "to_float() leaves the range"),
        (Raw, "escape both, with quotes"),
        (Lonely, "companions names '.abc', which write() does not leave"),
        (Unplayed, "page_assets() names player.js, which is no file"),
        (Undescribed, "does not hold its description"),
        (Forgetful, "gives another record than was written"),
        (Littering, "write() leaves record.json behind"),
        (Believing, "read() of a missing file raises FileNotFoundError"),
        (Dotless, "suffix is 'png'"),
        (Sheetless, "write_sheet() of 5 in 2 columns"),
    ],
)
def test_a_fault_of_a_modality_is_found(made, phrase):
    found = faults(check_modality, made)
    assert told(found, phrase), found
