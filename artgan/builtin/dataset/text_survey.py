"""What texts are like, told by a sample of them, and the form that suits them."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from artgan import ArtganError, printable

from ..subwords import MIN_VOCABULARY, Subwords
from ..tokeniser import BYTES, Tokeniser, commonest
from . import text_lines
from .text_boundaries import parts
from .text_form import CUT, SPLIT
from .text_source import SAMPLED, Source

AUTO = "auto"
WHOLE = 0.99
"""The share of items that are to be whole: neither cut nor with anything that is unknown."""
MOST_TOKENS = 128
"""The longest sample that is chosen: a step takes as much longer as there are more tokens in it, and one of 64 texts of
so many about a second on one thread (the table is in the README of the components)."""
STEP = 8
"""Longest samples are multiples of so many tokens."""
SHORT = 40
"""Texts of at most so many characters, all but a few, are written character by character."""
MOST_CHARACTERS, MOST_WORDS = 4000, 2000
"""More characters or words than these are not told apart: a step takes as much longer as there are more, at 4,000 half
as long again as at 2,000."""
FEW = 256
"""So few kinds of tokens are all told apart."""
REPEATED = 20
"""How often words occur on average where each is a token: rarer ones are learned by their pieces."""
FEWEST_PIECES, MOST_PIECES = 256, 1792
A_PIECE = 400
"""Characters of text for each piece of words, so that none is too rare to be learned."""
LOST = 0.2
"""The share of tokens that cutting may lose; where it would be more, items are split."""
MIN_PARAGRAPHS, MOST_LINES, LONGEST_PARAGRAPH = 20, 40, 800
"""From how many paragraphs on, of how few lines and characters, blank lines part items."""
LARGEST_CHARACTER = 4
"""Bytes that a character takes at most: a line that is read in parts has a quarter as many characters at least."""
LOOKED_AT = 2**20
"""Characters of texts that are cut up to count their tokens."""
MAX_UNREADABLE = 0.5
"""The share of lines that are no UTF-8 from which a file is taken for none of text."""
MUCH_MARKUP = 0.3
"""The share of items with markup from which it is told."""

_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|\\[A-Za-z]+|\[[^\[\]]+\]\(\S+\)")
"""Tags, commands of TeX, and links of Markdown."""


@dataclass(frozen=True)
class TextForm:
    """The options of a form that texts themselves may decide: `AUTO`, or 0, where nobody has.

    Attributes:
        item: ``line`` or ``paragraph``.
        tokeniser: by its name.
        vocabulary: most tokens there may be.
        longest: tokens of a sample.
        long: what becomes of longer items: ``cut``, ``split`` or ``drop``.
    """

    item: str
    tokeniser: str
    vocabulary: int
    longest: int
    long: str

    @property
    def decided(self) -> bool:
        """Whether nothing is left to decide."""
        return AUTO not in (self.item, self.tokeniser, self.long) and self.vocabulary > 0 and self.longest > 0


def suitable_form(source: Source, wanted: TextForm) -> tuple[TextForm, str]:
    """Return the form that suits texts, and why, in a phrase; what was decided before stays.

    Raises:
        ArtganError: if the files cannot be read, or are hardly text.
    """
    if (share := source.share_unreadable()) > MAX_UNREADABLE:
        raise ArtganError(
            f"{source.title} is hardly text: {share:.0%} of its lines are not in UTF-8, or hold NUL: {_remedy(source)}"
        )
    item = _item(source) if wanted.item == AUTO else wanted.item
    texts = source.sample(item)
    if not texts:
        return replace(wanted, item=item), "there is no text in it"
    count = f"{len(texts):,}" if sum(map(len, texts)) < SAMPLED // 2 else "many"
    texts = texts[:: 1 + sum(map(len, texts)) // LOOKED_AT]
    name, vocabulary, why = _tokens(texts, wanted)
    split = _splitter(texts, name, vocabulary)
    longest, long, fit = _lengths(texts, split, Tokeniser.named(name), wanted)

    middle = sorted(map(len, texts))[len(texts) // 2]
    marked = sum(bool(_MARKUP.search(text)) for text in texts) > MUCH_MARKUP * len(texts)
    markup = "; its markup is learned as it is" if marked else ""
    items = f"1 {item} of" if count == "1" else f"{count} {item}s of"
    if middle >= (read_at_once := text_lines.LARGEST_LINE // LARGEST_CHARACTER):
        items, middle = f"{item}s of more than", read_at_once  # known by their parts alone
    reason = f"{items} {middle:,} characters (median): {why}; {fit}{markup}"
    return TextForm(item, name, vocabulary, longest, long), reason


def _remedy(source: Source) -> str:
    """Return what to do with a file that is not in UTF-8."""
    if not (encoding := source.wide_encoding()):
        return "save it as UTF-8, or give a file of text"
    path = source.files[0]
    old, new = (printable(shlex.quote(str(name))) for name in (path, path.with_name(f"utf-8-{path.name}")))
    return f"it is in {encoding}: save it as UTF-8, or type iconv -f {encoding} -t UTF-8 < {old} > {new}"


def _item(source: Source) -> str:
    """Return what items are: paragraphs where most blank lines part a few short lines, as those between poems do."""
    paragraphs = source.sample("paragraph")
    short = [1 <= text.count("\n") < MOST_LINES and len(text) <= LONGEST_PARAGRAPH for text in paragraphs]
    return "paragraph" if len(short) >= MIN_PARAGRAPHS and sum(short) >= 0.8 * len(short) else "line"


def _tokens(texts: Sequence[str], wanted: TextForm) -> tuple[str, int, str]:
    """Return the tokeniser, the vocabulary, and why."""
    characters = [_cut(Tokeniser.named("char").split, text) for text in texts]
    lengths = sorted(map(len, characters))
    signs = _needed(characters)
    if wanted.tokeniser not in (AUTO, "word", "subword"):
        return wanted.tokeniser, wanted.vocabulary or min(signs, MOST_CHARACTERS), f"{signs:,} characters write 99 %"
    short = lengths[int(0.95 * (len(lengths) - 1))] <= SHORT
    if wanted.tokeniser == AUTO and short and signs <= (wanted.vocabulary or MOST_CHARACTERS):
        return "char", wanted.vocabulary or signs, f"so short that {signs:,} characters write them best"

    if wanted.tokeniser != "subword":
        words = [_cut(Tokeniser.named("word").split, text) for text in texts]
        needed, kinds = _needed(words), len({word for line in words for word in line})
        often = sum(map(len, words)) >= REPEATED * kinds and needed <= (wanted.vocabulary or MOST_WORDS)
        if wanted.tokeniser == "word" or (often and lengths[len(lengths) // 2] > SHORT):
            return "word", wanted.vocabulary or min(needed, 4 * MOST_WORDS), f"{needed:,} words write 99 %"

    # A script of many characters needs a piece for each; they are commoner than words.
    pieces = min(MOST_PIECES, max(FEWEST_PIECES, sum(lengths) // A_PIECE))
    pieces = max(pieces, min(MOST_CHARACTERS, 3 * signs // 2))
    return "subword", wanted.vocabulary or len(BYTES) + pieces, "pieces of words write all of them"


def _splitter(texts: Sequence[str], name: str, vocabulary: int) -> Callable[[str], list[str]]:
    if name != "subword":
        return Tokeniser.named(name).split
    return Subwords.learn(texts, max(MIN_VOCABULARY, vocabulary)).split


def _lengths(
    texts: Sequence[str], split: Callable[[str], list[str]], tokeniser: Tokeniser, wanted: TextForm
) -> tuple[int, str, str]:
    """Return the longest sample, what becomes of longer items, and how many items fit."""
    sizes = sorted(size for text in texts if (size := len(_cut(split, text))))
    most = wanted.longest or min(MOST_TOKENS, _rounded(sizes))
    lost = sum(max(0, size - most) for size in sizes) / max(1, sum(sizes))
    long = wanted.long if wanted.long != AUTO else SPLIT if lost > LOST else CUT
    if long == SPLIT:
        found = [part for text in texts if len(text) for part in parts(text, split, most, tokeniser)]
        longest = wanted.longest or min(MOST_TOKENS, _rounded(sorted(map(len, found))))
        return longest, long, f"too long for a sample each, so split into sentences of at most {longest:,} tokens"
    whole = sum(size <= most for size in sizes) / max(1, len(sizes))
    rest = {CUT: ", the rest is cut", "drop": ", the rest is left out"}[long] if whole < 1 else ""
    return most, long, f"{whole:.1%} have at most {most:,} tokens{rest}".replace("100.0%", "all").replace("%", " %")


def _rounded(sizes: Sequence[int]) -> int:
    """Return a multiple of `STEP` in which nearly all sizes, smallest first, fit; all, where little more does it."""
    if not sizes:
        return MOST_TOKENS
    nearly = sizes[int(WHOLE * (len(sizes) - 1))]
    enough = sizes[-1] if 4 * sizes[-1] <= 5 * nearly else nearly
    return -(-enough // STEP) * STEP


def _cut(split: Callable[[str], list[str]], text: str) -> list[str]:
    try:
        return split(text)
    except ValueError:  # it is not of the form that the tokeniser wants, and will be left out
        return []


def _needed(cut: Sequence[Sequence[str]]) -> int:
    """Return how many of the commonest tokens write nearly all of some texts, with room for those that are special."""
    counts = Counter(token for tokens in cut for token in tokens)
    rank = {token: number for number, token in enumerate(commonest(counts, len(counts)), start=1)}
    if len(rank) <= FEW:
        return len(rank) + 2
    rarest = sorted(max(map(rank.__getitem__, tokens)) for tokens in cut if tokens)
    allowed = (1 + WHOLE) / 2  # what a sample tells of all texts is not exact
    return rarest[min(len(rarest) - 1, int(allowed * len(rarest)))] + 3
