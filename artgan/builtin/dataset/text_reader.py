"""Reads texts from files of any size, line by line, and keeps them as numbered tokens."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan import ArtganError, printable
from artgan.interfaces import Data, LeftOut, Spec, Workspace

from ..subwords import Subwords
from ..tokeniser import BYTES, END, UNKNOWN, Tokeniser, commonest
from .file_digests import content_key, file_digest
from .sample_store import Begin, stored
from .text_lines import NO_UTF8, TOO_LONG
from .text_source import Source
from .text_tables import is_table

FORMAT, TABLES = "artgan text 1", "tables 1"
LISTED = 1000
"""How many of the items left out are told by number."""
ROWS = 4096
MIN_TRAINED = 2
"""Nothing is held out where fewer items would remain to train on."""
NONE_HELD_OUT = "nothing is held out to judge by: there are too few different texts"
ADVICE = {
    NO_UTF8: "save the text as UTF-8",
    TOO_LONG: "put each sample on a line of its own",
    "has": "allow more tokens with longest=, or put each sample on a line of its own",
}
"""What to do where nothing can be used, by how the first reason begins."""


@dataclass(frozen=True)
class Form:
    """How items become samples.

    Attributes:
        tokeniser: cuts them up.
        longest: items of more tokens are left out.
        vocabulary: how many tokens there may be, the commonest first.
        rarest: tokens that occur less often are unknown.
        unknown: ``drop`` leaves out items with unknown tokens, ``mark`` replaces the tokens.
        unit: what an item is: ``line`` or ``paragraph``.
        held_out: the share of items that nothing is trained on.
    """

    tokeniser: Tokeniser
    longest: int
    vocabulary: int
    rarest: int
    unknown: str
    unit: str
    held_out: float

    @property
    def subwords(self) -> bool:
        """Whether the tokens are learned pieces of words, of which none is unknown."""
        return self.tokeniser.name == "subword"

    @property
    def key(self) -> str:
        """What decides how the same text is cut up, as one line."""
        return repr(self)


class _Rejects:
    """Counts what is left out, and remembers the first of it."""

    def __init__(self) -> None:
        self.items: list[LeftOut] = []
        self.count = 0

    def add(self, place: str, reason: str) -> None:
        self.count += 1
        if len(self.items) < LISTED:
            self.items.append(LeftOut(place, reason))

    def copy(self) -> _Rejects:
        copy = _Rejects()
        copy.items, copy.count = list(self.items), self.count
        return copy

    def settled(self) -> tuple[LeftOut, ...]:
        more = self.count - len(self.items)
        return (*self.items, LeftOut(f"{more:,} more", "not listed one by one")) if more else tuple(self.items)


@dataclass(frozen=True)
class _Cutter:
    """Yields the usable items of a source, cut into tokens as a form says."""

    source: Source
    form: Form
    workspace: Workspace

    @cached_property
    def split(self) -> Callable[[str], list[str]]:
        """Cuts one text up; subwords are learned when it is first asked for."""
        form = self.form
        if not form.subwords:
            return form.tokeniser.split
        texts = self.source.sample(form.unit)
        self.workspace.progress("learning subwords", 0, 1)
        subwords = Subwords.learn(texts, form.vocabulary)
        self.workspace.progress("learning subwords", 1, 1)
        return subwords.split

    def cut(self, rejects: _Rejects) -> Iterator[tuple[str, list[str]]]:
        """Yield where each usable item stands, and its tokens."""
        for place, text, reason in self.source.items(self.form.unit, self.workspace):
            if reason:
                rejects.add(place, reason)
                continue
            try:
                cut = self.split(text)
            except ValueError as error:
                rejects.add(place, str(error))
                continue
            if len(cut) > self.form.longest:
                rejects.add(place, f"has {len(cut):,} tokens, more than {self.form.longest:,}")
            elif cut:
                yield place, cut

    @cached_property
    def survey(self) -> Survey:
        """How often there is each token and each length, and what is left out."""
        counts: Counter[str] = Counter()
        lengths: Counter[int] = Counter()
        rejects = _Rejects()
        for _, cut in self.cut(rejects):
            counts.update(cut)
            lengths[len(cut)] += 1
        if not lengths:
            _check(self.source, 0, 0, 0, "train", rejects)
        return counts, lengths, rejects


Survey = tuple[Counter[str], Counter[int], _Rejects]
"""How often there is each token, and each length, and what is left out."""


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
    cutter = _Cutter(source, form, workspace)
    entries = {
        part: stored(workspace.cache, content_key(key, part, *names), partial(_fill, cutter, part))
        for part in ("train", "held out")
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
        notes=(*source.notes, *([NONE_HELD_OUT] if form.held_out and not len(held_out) else [])),
    )


def _fill(cutter: _Cutter, part: str, begin: Begin) -> None:
    form = cutter.form
    counts, lengths, seen_rejects = cutter.survey
    rejects = seen_rejects.copy()
    tokens = _vocabulary(counts, form, lengths)
    known = {token: number for number, token in enumerate(tokens)}
    longest = max(lengths)
    dtype = np.uint16 if len(tokens) > 256 else np.uint8

    writer = begin((longest,), sum(lengths.values()), dtype)
    rows: list[NDArray[Any]] = []
    spare: list[NDArray[Any]] = []
    kept = trained = 0
    seen: set[bytes] = set()

    # Rows are written in chunks, so that memory does not grow with the file.
    for place, cut in cutter.cut(_Rejects()):
        if unknown := [] if UNKNOWN in known else [token for token in cut if token not in known]:
            rejects.add(place, f"{printable(unknown[0])!r} is not among the {len(tokens):,} commonest tokens")
            continue
        row = np.zeros(longest, dtype)
        row[: len(cut)] = [known.get(token, known.get(UNKNOWN, 0)) for token in cut]
        if len(seen) < 2:
            seen.add(row.tobytes())

        kept += 1
        held_out = _is_held_out(cut, form)
        trained += not held_out
        if held_out == (part == "held out"):
            rows.append(row)
        elif trained < MIN_TRAINED:
            spare.append(row)
        if len(rows) == ROWS:
            writer.add(np.stack(rows))
            rows = []

    # So little as would be held out all together is all trained on.
    if trained < MIN_TRAINED:
        rows = rows + spare if part == "train" else []
    if rows:
        writer.add(np.stack(rows))
    _check(cutter.source, kept, len(seen), writer.count, part, rejects)
    writer.finish(left_out=rejects.settled(), more={"tokens": tokens})


def _check(source: Source, kept: int, distinct: int, count: int, part: str, rejects: _Rejects) -> None:
    if part == "train" and not count:
        raise ArtganError(f"{source.title} holds no text that can be used{_reason(rejects)}")
    if kept > 1 and distinct < 2:
        raise ArtganError(f"all {kept:,} items of {source.title} are equal: there is nothing to learn from them")


def _reason(rejects: _Rejects) -> str:
    if not rejects.items:
        return ": give a file in which there is some"
    first = rejects.items[0]
    advice = next((advice for start, advice in ADVICE.items() if first.reason.startswith(start)), "mend it")
    items = "item" if rejects.count == 1 else "items"
    return f" ({rejects.count:,} {items} left out; first {first.name}: {first.reason}): {advice}"


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


def _is_held_out(cut: list[str], form: Form) -> bool:
    """Return whether an item is held out, which of the same items is the same by characters and by subwords."""
    parts = Tokeniser.named("char").split(form.tokeniser.join(cut)) if form.subwords else cut
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") < form.held_out * 2**64
