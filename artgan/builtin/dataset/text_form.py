"""How the items of a source become samples, and what is left out of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from artgan.interfaces import LeftOut, Workspace

from ..subwords import Subwords
from ..tokeniser import Tokeniser
from .text_boundaries import beginning, parts
from .text_lines import NO_UTF8, TOO_LONG
from .text_source import Source

DROP, CUT, SPLIT = "drop", "cut", "split"
"""What becomes of a text that is too long: nothing, its beginning, or parts of it all."""
LISTED = 10_000
"""How many of the items left out are told one by one."""


@dataclass(frozen=True)
class Form:
    """How items become samples.

    Attributes:
        tokeniser: cuts them up.
        longest: how many tokens a sample may have.
        vocabulary: how many tokens there may be, the commonest first.
        rarest: tokens that occur less often are unknown.
        unknown: ``drop`` leaves out items with unknown tokens, ``mark`` replaces the tokens.
        unit: what an item is: ``line`` or ``paragraph``.
        held_out: the share of items that nothing is trained on.
        long: what becomes of items of more tokens: ``drop``, ``cut`` or ``split``.
    """

    tokeniser: Tokeniser
    longest: int
    vocabulary: int
    rarest: int
    unknown: str
    unit: str
    held_out: float
    long: str = field(default=DROP, repr=False)

    @property
    def subwords(self) -> bool:
        """Whether the tokens are learned pieces of words, of which none is unknown."""
        return self.tokeniser.name == "subword"

    @property
    def key(self) -> str:
        """What decides how the same text is cut up, as one line; that of forms there were before stays the same."""
        return repr(self) if self.long == DROP else f"{self!r}, long={self.long}"

    def holds_out(self, cut: list[str]) -> bool:
        """Return whether a sample is held out; of the same texts the same are, by characters and by subwords."""
        same = Tokeniser.named("char").split(self.tokeniser.join(cut)) if self.subwords else cut
        digest = hashlib.blake2b("\0".join(same).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "little") < self.held_out * 2**64


class Tally:
    """Counts what is left out and what is not kept whole, and remembers the first of what is left out.

    Attributes:
        items: those left out that are told one by one.
        shortened: how many items were cut or split.
    """

    def __init__(self) -> None:
        self.items: list[LeftOut] = []
        self.shortened = 0
        self._more: Counter[tuple[str, str]] = Counter()

    @property
    def count(self) -> int:
        """How many items are left out."""
        return len(self.items) + self._more.total()

    def add(self, item: LeftOut) -> None:
        """Count an item that is left out."""
        if len(self.items) < LISTED:
            self.items.append(item)
        else:
            self._more[item.group or item.reason, item.remedy] += 1

    def copy(self) -> Tally:
        """Return another of the same."""
        copy = Tally()
        copy.items, copy.shortened, copy._more = list(self.items), self.shortened, self._more.copy()
        return copy

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what is left out, that which is not told one by one in one item for each reason."""
        more = [
            LeftOut(f"{count:,} more", reason, remedy=remedy, count=count)
            for (reason, remedy), count in self._more.items()
        ]
        return (*self.items, *more)


@dataclass(frozen=True)
class Cutter:
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

    def samples(self, tally: Tally) -> Iterator[tuple[str, list[str]]]:
        """Yield where each usable item stands, and its tokens; of one that is split, those of each part."""
        form, split, shortened = self.form, self.split, ""
        for place, text, reason in self.source.items(form.unit, self.workspace, in_parts=form.long == SPLIT):
            if reason:
                tally.add(unreadable(place, reason))
                continue
            try:
                cut = split(text)
            except ValueError as error:
                tally.add(
                    LeftOut(place, str(error), f"lines without {form.tokeniser.line} characters", "tokeniser=char")
                )
                continue

            if len(cut) <= form.longest:
                if cut:
                    yield place, cut
                continue
            if form.long == DROP:
                reason = f"has {len(cut):,} tokens, more than {form.longest:,}"
                tally.add(LeftOut(place, reason, f"more than {form.longest:,} tokens", "long=cut or long=split"))
                continue
            tally.shortened += place != shortened  # a line that is read in parts is one
            shortened = place
            if form.long == CUT:
                yield place, cut[: beginning(cut, form.longest, form.tokeniser)]
            else:
                yield from ((place, part) for part in parts(text, split, form.longest, form.tokeniser))


def unreadable(place: str, reason: str) -> LeftOut:
    """Return an item that is left out before it is cut up."""
    if reason.startswith(NO_UTF8):
        return LeftOut(place, reason, NO_UTF8)
    return LeftOut(place, reason, remedy="long=split" if reason.startswith(TOO_LONG) else "")
