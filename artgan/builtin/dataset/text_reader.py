"""Reads texts from files of any size, line by line, and keeps them as numbered tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, printable
from artgan.interfaces import Data, LeftOut, Spec, Workspace

from ..tokeniser import BYTES, END, UNKNOWN, commonest
from .file_digests import content_key, file_digest
from .sample_store import Begin, stored
from .text_form import CUT, Cutter, Form, Tally
from .text_lines import NO_UTF8, TOO_LONG
from .text_source import Source
from .text_spool import TextSpool
from .text_tables import is_table

FORMAT, TABLES, KEPT = "artgan text 1", "tables 1", "2"
TRAINED, HELD_OUT = "train", "held out"
NOT_KEPT = -1
"""Stands among the numbers of an item for a token that nothing in the vocabulary stands for."""
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
    with ExitStack() as stack:
        spooled = cache(lambda: _read(cutter, stack.enter_context(TextSpool(workspace.cache))))
        entries = {
            part: stored(workspace.cache, content_key(key, KEPT, part, *names), partial(_fill, cutter, spooled, part))
            for part in (TRAINED, HELD_OUT)
        }

    train = entries[TRAINED]
    tokens = tuple(train.more["tokens"])
    presentation = {"tokeniser": form.tokeniser.name, **source.presentation}
    spec = Spec("text", (train.samples.shape[1], len(tokens)), (), len(tokens), tokens, presentation)
    held_out = entries[HELD_OUT].samples

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


def _read(cutter: Cutter, spool: TextSpool) -> TextSpool:
    """Return a spool with all items of a source, cut up."""
    for place, cut in cutter.samples(spool.tally):
        spool.add(place, cut, held_out=cutter.form.holds_out(cut))
    spool.finish()
    if not spool.lengths:
        raise _nothing(cutter.source, spool.tally)
    return spool


def _fill(cutter: Cutter, spooled: Callable[[], TextSpool], part: str, begin: Begin) -> None:
    """Write the rows of one part; so little as would be held out all together is all trained on."""
    spool, form = spooled(), cutter.form
    numbered = _Numbered(spool, _vocabulary(spool.counts, form, spool.lengths))
    enough, tally, held_out = numbered.enough_to_train(), spool.tally.copy(), part == HELD_OUT
    total = spool.lengths.total()
    writer = begin((numbered.longest,), spool.held_out if held_out else total - spool.held_out * enough, numbered.dtype)

    first, kept, distinct = np.zeros(0), 0, False
    for rows, held in numbered.rows(tally):
        if len(rows):
            first = first if kept else rows[0]
            distinct = distinct or bool((rows != first).any())
        kept += len(rows)
        if enough or not held_out:
            writer.add(rows[held == held_out])
        cutter.workspace.progress("numbering tokens", kept, total)
    cutter.workspace.progress("numbering tokens", total, total)
    if not (enough or held_out):
        for rows, held in numbered.rows(Tally()):
            writer.add(rows[held])

    if not (writer.count or held_out):
        raise _nothing(cutter.source, tally)
    if kept > 1 and not distinct:
        raise ArtganError(f"all {kept:,} items of {cutter.source.title} are equal: there is nothing to learn from them")
    writer.finish(left_out=tally.left_out(), more={"tokens": numbered.tokens, "shortened": tally.shortened})


class _Numbered:
    """The items of a spool, their tokens numbered as a vocabulary has them."""

    def __init__(self, spool: TextSpool, tokens: list[str]) -> None:
        self.tokens, self.longest = tokens, max(spool.lengths)
        self.dtype = np.uint16 if len(tokens) > 256 else np.uint8
        self._spool, self._met = spool, list(spool.counts)
        known = {token: number for number, token in enumerate(tokens)}
        self._number = np.array([known.get(token, known.get(UNKNOWN, NOT_KEPT)) for token in self._met])

    def rows(self, tally: Tally) -> Iterator[tuple[NDArray[Any], NDArray[np.bool_]]]:
        """Yield the rows of those items whose tokens are all known, (n, L) at a time, and which are held out, (n,).

        Args:
            tally: told of the others.
        """
        for items in self._spool.items():
            numbers = self._number[items.numbers]
            rows = np.zeros((len(items.lengths), self.longest), self.dtype)
            rows[np.arange(self.longest) < items.lengths[:, None]] = np.maximum(numbers, 0)

            # An item goes by the first token that is not known.
            unknown = np.flatnonzero(numbers == NOT_KEPT)
            owners = np.repeat(np.arange(len(rows)), items.lengths)[unknown]
            left_out, first = np.unique(owners, return_index=True)
            for item, at in zip(left_out, unknown[first], strict=True):
                tally.add(_with_unknown(items.places[item], self._met[items.numbers[at]], len(self.tokens)))
            kept = np.ones(len(rows), bool)
            kept[left_out] = False
            yield rows[kept], items.held_out[kept]

    def enough_to_train(self) -> bool:
        """Return whether enough remains where some is held out."""
        trained = 0
        for _, held in self.rows(Tally()):
            trained += int((~held).sum())
            if trained >= MIN_TRAINED:
                return True
        return False


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


def _nothing(source: Source, tally: Tally) -> ArtganError:
    return ArtganError(f"{source.title} holds no text that can be used{_reason(tally)}")


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
