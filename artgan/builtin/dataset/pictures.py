"""Opens a folder or zip of pictures as a dataset: digests them, settles their shape, and decodes them once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, UsageError, printable
from artgan.interfaces import Data, LeftOut, Progress, Spec, Workspace, notes_on_passed_over

from .file_digests import Digests, content_key, digest_of
from .folder_pictures import FolderPictures
from .picture_classes import Classifier
from .picture_decoder import Look, decode, is_grey, look, quiet_decoding
from .picture_layout import Layout, Range, choose_size
from .picture_list import FORMATS_IN_WORDS, Item, Pictures, UnreadableError
from .picture_ranges import Judged, judge_levels
from .picture_sources import open_source
from .reader_pool import read_each, silent
from .sample_store import Begin, stored

FORMAT = "artgan pictures 1"
"""Goes into the key of what was decoded: to be raised whenever decoding comes to give other pixels."""
DECODED = "decoded 3"
"""Goes into the key of the cache alone: to be raised whenever more is kept of the same pixels."""
DIGESTED_TOGETHER = 1024
"""How many pictures are digested before it is told how far it is."""


def open_pictures(
    path: Path,
    layout: Layout,
    workspace: Workspace,
    *,
    title: str,
    licence: str,
    source: str,
    part: str = "",
    levels: Range | None = None,
) -> Data:
    """Return the pictures of a folder or zip as data, decoded on first use.

    Args:
        path: the folder or zip.
        layout: the shape that the pictures are brought to.
        workspace: holds what is decoded.
        title: what a person calls the pictures.
        licence: under what terms they are.
        source: where they come from.
        part: take only the sub-folder of this name.
        levels: what those of more than 8 bits run from and to; None to be judged over all pictures.

    Raises:
        ArtganError: if there is no picture that can be used.
    """
    with open_source(path, workspace, part) as pictures:
        digests = digest_pictures(pictures, path, workspace)
        refuse_none(pictures, path)
        pairs = zip((item.name for item in pictures.items), digests, strict=True)
        classifier = Classifier.of(pictures)
        more = [classifier.key] if classifier.key else []
        key = content_key(FORMAT, layout.key, *(text for pair in pairs for text in pair), *more)

        def fill(begin: Begin) -> None:
            with quiet_decoding():
                settled, deep = _settle(layout, pictures, workspace.progress)
                judged = judge_levels(pictures, deep, workspace.progress, levels)
                _decode_all(pictures, path, digests, settled, judged, classifier, begin, workspace.progress)

        entry = stored(workspace.cache, content_key(DECODED, key, repr(levels)), fill)
        if entry.more["levels"]:
            key = content_key(key, repr(entry.more["levels"]))
        undecodable = (replace(item, name=printable(pictures.shared) + item.name) for item in entry.left_out)
        left_out = (*pictures.left_out, *undecodable)
        undecoded = set(entry.more["undecoded"])
        names = [item.name for number, item in enumerate(pictures.items) if number not in undecoded]
        notes = (*pictures.notes, *entry.more["notes"], *classifier.classify(names).notes)
    FolderPictures.forget()
    return Data(
        spec=Spec("image", tuple(entry.samples.shape[1:]), entry.classes),
        samples=entry.samples,
        labels=entry.labels,
        fingerprint=key,
        title=printable(title),
        licence=licence,
        source=source,
        left_out=left_out,
        names=[printable(name) for name in names],
        notes=notes,
    )


def digest_pictures(pictures: Pictures, path: Path, workspace: Workspace) -> list[str]:
    """Return the SHA-256 of each picture, and leave out those that cannot be read."""
    known, count = Digests(workspace.cache, path), len(pictures.items)
    if unchanged := known.all((item.name, pictures.stamp(item)) for item in pictures.items):
        workspace.progress("reading pictures", count, count)
        return unchanged

    digests: list[str] = []
    items: list[Item] = []
    try:
        with known:
            for start in range(0, count, DIGESTED_TOGETHER):
                workspace.progress("reading pictures", start, count)
                for item, digest in _digested(pictures, pictures.items[start : start + DIGESTED_TOGETHER], known):
                    if isinstance(digest, UnreadableError):
                        _refuse_gone(pictures, path)
                        pictures.left_out.append(LeftOut(pictures.whole_name(item), str(digest)))
                    else:
                        digests.append(digest)
                        items.append(item)
    except OSError as error:
        raise ArtganError(f"cannot use {error.filename or path} ({error.strerror})") from None

    workspace.progress("reading pictures", count, count)
    pictures.items = items
    return digests


def _digested(
    pictures: Pictures, items: Sequence[Item], known: Digests
) -> Iterator[tuple[Item, str | UnreadableError]]:
    """Yield the digests of some pictures, as they are remembered or as all cores find them now."""
    stamps = [pictures.stamp(item) for item in items]
    remembered = [known.known(item.name, stamp) for item, stamp in zip(items, stamps, strict=True)]
    new = [item for item, digest in zip(items, remembered, strict=True) if not digest]

    def one(item: Item) -> str | UnreadableError:
        try:
            return digest_of(partial(pictures.open, item))
        except UnreadableError as error:
            return error

    found = read_each(one, new, "reading pictures", silent)
    for item, stamp, before in zip(items, stamps, remembered, strict=True):
        digest = before or next(found)
        if not isinstance(digest, UnreadableError):
            known.take(item.name, stamp, digest, new=not before)
        yield item, digest


def refuse_none(pictures: Pictures, path: Path) -> None:
    """Raise UsageError if no file is a picture by its name and can be read."""
    if pictures.items:
        return
    seen = f" among its {len(pictures.others):,} files" if pictures.others else ""
    odd = f"; {pictures.left_out[0].name}: {pictures.left_out[0].reason}" if pictures.left_out else ""
    notes = "".join(f"; {note}" for note in notes_on_passed_over(pictures.hidden, (), wanted="pictures"))
    raise UsageError(
        f"{path} holds no usable pictures{seen}{odd}{notes}: give a folder or zip with {FORMATS_IN_WORDS} files"
    )


def _refuse_gone(pictures: Pictures, path: Path) -> None:
    """Raise ArtganError if a picture cannot be read because none is there any more."""
    if not pictures.is_there():
        raise ArtganError(f"{path} went away while it was read: bring it back, such as its drive, and start again")


def _settle(layout: Layout, pictures: Pictures, progress: Progress) -> tuple[Layout, dict[str, list[Item]]]:
    """Choose what the layout leaves open, from the headers of the pictures; return those of more than 8 bits too."""
    widths, heights = list[int](), list[int]()
    grey = layout.channels is None and len(set(layout.background)) == 1
    deep: dict[str, list[Item]] = {}

    def one(item: Item) -> tuple[Look | None, bool | None]:
        seen = None
        try:
            with pictures.open(item) as file:
                seen = look(file)
                file.seek(0)
                return seen, grey and is_grey(file)
        except UnreadableError:
            return seen, None  # decoding will say so

    found = read_each(one, pictures.items, "measuring pictures", progress)
    for item, (seen, colourless) in zip(pictures.items, found, strict=True):
        if seen:
            widths.append(seen.width)
            heights.append(seen.height)
        if seen and colourless is not None:
            grey = grey and colourless
            if seen.deep:
                deep.setdefault(seen.deep, []).append(item)

    size = layout.size or (choose_size(widths, heights, layout.max_side) if widths else (8, 8))
    return replace(layout, size=size, channels=layout.channels or (1 if grey else 3)), deep


def _decode_all(
    pictures: Pictures,
    path: Path,
    digests: Sequence[str],
    layout: Layout,
    judged: Judged,
    classifier: Classifier,
    begin: Begin,
    progress: Progress,
) -> None:
    assert layout.size
    assert layout.channels
    kept: list[str] = []
    left_out: list[LeftOut] = []
    undecoded: list[int] = []
    writer = begin((layout.channels, *layout.size), len(digests))

    def one(job: tuple[Item, str]) -> NDArray[np.uint8] | str:
        item, digest = job
        try:
            data = pictures.read(item)
            if sha256(data).hexdigest() == digest:
                return decode(data, layout, judged.ranges)
        except UnreadableError as error:
            _refuse_gone(pictures, path)
            return str(error)
        raise ArtganError(f"picture {printable(item.name)} changed while it was read: start again")

    jobs = list(zip(pictures.items, digests, strict=True))
    for (item, _), result in zip(jobs, read_each(one, jobs, "decoding pictures", progress), strict=True):
        if isinstance(result, str):
            undecoded.append(len(kept) + len(left_out))
            left_out.append(LeftOut(printable(item.name), result))
        else:
            kept.append(item.name)
            writer.add(result[None])
    if not kept:
        raise UsageError(
            f"none of the {len(digests):,} pictures can be used; {left_out[0].name}: {left_out[0].reason}; "
            "artgan doctor DATA --verbose lists them all"
        )
    classes = classifier.classify(kept)
    more = {"levels": judged.key, "notes": judged.notes, "undecoded": undecoded}
    writer.finish(classes.labels, classes.names, tuple(left_out), more)
