"""Reads texts from files of any size, line by line, and keeps them as numbered tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, printable
from artgan.interfaces import Data, LeftOut, Spec, Workspace

from ..tokeniser import BYTES, END, UNKNOWN, commonest
from .file_digests import content_key, file_digest
from .row_spool import RowSpool
from .sample_store import Begin, stored
from .text_form import CUT, Cutter, Form, Tally
from .text_lines import NO_UTF8, TOO_LONG
from .text_source import Source
from .text_tables import is_table

FORMAT, TABLES, KEPT = "artgan text 1", "tables 1", "2"
ROWS = 4096
MIN_TRAINED = 2
"""Nothing is held out where fewer items would remain to train on."""
NONE_HELD_OUT = "nothing is held out to judge by: there are too few different texts"
ADVICE = {
    NO_UTF8: "save the text as UTF-8",
    TOO_LONG: "put each sample on a line of its own, or take parts of it: long=split",
    "has": "allow more tokens with longest=, take parts with long=split, or put each sample on a line of its own",
}
"""What to do where nothing can be used, by how the first reason begins."""


def open_texts(source: Source, form: Form, workspace: Workspace) -> Data:
    """Return the texts of files as numbered tokens, cut up once into the cache.

    Which items are held out depends on their text alone, and equal ones stay together.

    Raises:
        ArtganError: if there is nothing that can be used.
    """
    digests = [file_digest(path, workspace.cache) for path in source.files]
    tables = [path.suffix.lower() if is_table(path) else "" for path in source.files]
    key = content_key(FORMAT, form.key, *digests, *([TABLES, source.column, *tables] if any(tables) else []))
    names = [path.name for path in source.files]  # by which is told what was left out
    title = source.title
    cutter = Cutter(source, form, workspace)
    contents = cache(lambda: _contents(cutter))
    with RowSpool(workspace.cache) as spool:
        entries = {
            part: stored(workspace.cache, content_key(key, KEPT, part, *names), partial(fill, cutter, contents, spool))
            for part, fill in (("train", _fill_train), ("held out", _fill_held_out))
        }

    train = entries["train"]
    tokens = tuple(train.more["tokens"])
    presentation = {"tokeniser": form.tokeniser.name, **source.presentation}
    spec = Spec("text", (train.samples.shape[1], len(tokens)), (), len(tokens), tokens, presentation)
    held_out = entries["held out"].samples

    return Data(
        spec=spec,
        samples=train.samples,
        labels=None,
        fingerprint=content_key(key, *tokens) if form.subwords else key,
        title=title,
        licence=source.licence,
        source=source.origin,
        left_out=(*source.left_out, *train.left_out),
        held_out=held_out if len(held_out) else None,
        notes=(
            *source.notes,
            *_on_shortened(train.more["shortened"], form),
            *([NONE_HELD_OUT] if form.held_out and not len(held_out) else []),
        ),
    )


@dataclass(frozen=True)
class _Contents:
    """How often there is each token and each length, and what is left out before tokens are numbered."""

    counts: Counter[str]
    lengths: Counter[int]
    tally: Tally


def _contents(cutter: Cutter) -> _Contents:
    found = _Contents(Counter(), Counter(), Tally())
    for _, cut in cutter.samples(found.tally):
        found.counts.update(cut)
        found.lengths[len(cut)] += 1
    if not found.lengths:
        _check(cutter.source, 0, 0, 0, "train", found.tally)
    return found


def _fill_train(cutter: Cutter, contents: Callable[[], _Contents], spool: RowSpool, begin: Begin) -> None:
    _fill(cutter, contents, "train", spool, begin)


def _fill_held_out(cutter: Cutter, contents: Callable[[], _Contents], spool: RowSpool, begin: Begin) -> None:
    """Write what was read along with what is trained on; where that was there already, read it."""
    if not spool.whole:
        with RowSpool(cutter.workspace.cache) as nothing:
            _fill(cutter, contents, "held out", nothing, begin)
        return
    found, form = contents(), cutter.form
    tokens = _vocabulary(found.counts, form, found.lengths)
    writer = begin((max(found.lengths),), found.lengths.total(), _dtype(tokens))
    for rows in spool.chunks():
        writer.add(rows)
    writer.finish(left_out=spool.left_out, more={"tokens": tokens, "shortened": found.tally.shortened})


def _fill(cutter: Cutter, contents: Callable[[], _Contents], part: str, spool: RowSpool, begin: Begin) -> None:
    """Write the rows of one part, and spool those of the other where that is held out."""
    form, found = cutter.form, contents()
    tally = found.tally.copy()
    tokens = _vocabulary(found.counts, form, found.lengths)
    known = {token: number for number, token in enumerate(tokens)}
    longest = max(found.lengths)
    dtype = _dtype(tokens)

    writer = begin((longest,), found.lengths.total(), dtype)
    rows: list[NDArray[Any]] = []
    spare: list[NDArray[Any]] = []
    kept = trained = 0
    seen: set[bytes] = set()

    # Rows are written in chunks, so that memory does not grow with the file.
    for place, cut in cutter.samples(Tally()):
        if unknown := [] if UNKNOWN in known else [token for token in cut if token not in known]:
            tally.add(_with_unknown(place, unknown[0], len(tokens)))
            continue
        row = np.zeros(longest, dtype)
        row[: len(cut)] = [known.get(token, known.get(UNKNOWN, 0)) for token in cut]
        if len(seen) < 2:
            seen.add(row.tobytes())

        kept += 1
        held_out = form.holds_out(cut)
        trained += not held_out
        if held_out == (part == "held out"):
            rows.append(row)
        else:
            if held_out:
                spool.add(row)
            if trained < MIN_TRAINED:
                spare.append(row)
        if len(rows) == ROWS:
            writer.add(np.stack(rows))
            rows = []

    # So little as would be held out all together is all trained on.
    if trained < MIN_TRAINED:
        rows = rows + spare if part == "train" else []
    if rows:
        writer.add(np.stack(rows))
    _check(cutter.source, kept, len(seen), writer.count, part, tally)
    writer.finish(left_out=tally.left_out(), more={"tokens": tokens, "shortened": tally.shortened})
    spool.finish(tally.left_out(), none=trained < MIN_TRAINED)


def _dtype(tokens: Sequence[str]) -> type[np.uint8] | type[np.uint16]:
    return np.uint16 if len(tokens) > 256 else np.uint8


def _with_unknown(place: str, token: str, known: int) -> LeftOut:
    among = f"among the {known:,} commonest tokens"
    return LeftOut(
        name=place,
        reason=f"{printable(token)!r} is not {among}",
        group=f"something that is not {among}",
        remedy="tokeniser=subword",
    )


def _on_shortened(count: int, form: Form) -> list[str]:
    """Return what is to be known where items were cut or split."""
    if not count:
        return []
    items, most = f"{count:,} {form.unit}{'' if count == 1 else 's'}", f"{form.longest:,} tokens"
    if form.long == CUT:
        return [f"{items} cut to {most} (long=split keeps all of them, longest= allows more)"]
    return [f"{items} of more than {most} split into sentences, or where these are longer, between words"]


def _check(source: Source, kept: int, distinct: int, count: int, part: str, tally: Tally) -> None:
    if part == "train" and not count:
        raise ArtganError(f"{source.title} holds no text that can be used{_reason(tally)}")
    if kept > 1 and distinct < 2:
        raise ArtganError(f"all {kept:,} items of {source.title} are equal: there is nothing to learn from them")


def _reason(tally: Tally) -> str:
    if not tally.items:
        return ": give a file in which there is some"
    first = tally.items[0]
    advice = next((advice for start, advice in ADVICE.items() if first.reason.startswith(start)), "mend it")
    items = "item" if tally.count == 1 else "items"
    return f" ({tally.count:,} {items} left out; first {first.name}: {first.reason}): {advice}"


def _vocabulary(counts: Counter[str], form: Form, lengths: Counter[int]) -> list[str]:
    special = [END] if len(lengths) > 1 else []
    if form.subwords:
        used = commonest(counts, len(counts))
        return [*special, *used, *sorted(set(BYTES) - set(used))]
    common = commonest(counts, form.vocabulary - len(special) - 1)
    common = [token for token in common if counts[token] >= form.rarest] or common[:1]
    if form.unknown == "mark" and len(common) < len(counts):
        special.append(UNKNOWN)
    if len(common) < 2:
        raise ArtganError(f"the vocabulary is {common[0]!r} alone: give text of more than one kind of token")
    return special + common
