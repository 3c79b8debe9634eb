"""Text as tokens: how it is cut up, put together again, and numbered."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from artgan import UsageError

END = ""
"""What the token that ends a text is written as: number 0 where texts are of unequal length."""

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""What stands for a token that is not in the vocabulary, where texts that hold one are kept."""

BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))
"""What tokens that are single bytes of UTF-8 are written as, among subwords."""

LARGEST_VOCABULARY = 65_536
TOKENISERS = "subword, char, word or line-of-N"

_LINE_OF = re.compile(r"line-of-([1-9]\d{0,2})")
_WORD = r"[\w\p{M}]+(?:['\u2019\-.,](?=\w)[\w\p{M}]+)*|[^\w\s]"
_BYTES = {token: bytes([byte]) for byte, token in enumerate(BYTES)}
_CLOSING = frozenset(".,;:!?%)]}\xbb\u201d\u2019\u2026\u3001\u3002\uff0c\uff01\uff1f\uff1b\uff1a")
_OPENING = frozenset("([{\xab\u201c\u2018")
"""The marks that no space stands before, and after: brackets, quotation marks, points and their wide forms."""


@dataclass(frozen=True)
class Tokeniser:
    """Cuts text into tokens and puts them together again.

    A character is a grapheme cluster (Unicode annex 29), so that accents and vowel signs stay with their letters; all
    text is in Unicode NFC. With ``line-of-5`` each line must have five characters, and tokens tell of no line ends.
    Subwords are cut by what `Subwords` learned of the data, and put together by their names alone.

    Attributes:
        name: ``subword``, ``char``, ``word`` or ``line-of-N``.
        line: characters of a line, 0 for any number.
    """

    name: str
    line: int = 0

    @classmethod
    def named(cls, name: str) -> Tokeniser:
        """Return the tokeniser of a name.

        Raises:
            UsageError: if there is none.
        """
        if name in ("subword", "char", "word"):
            return cls(name)
        if match := _LINE_OF.fullmatch(name):
            return cls(name, int(match[1]))
        raise UsageError(f"no tokeniser is called {name!r}: there are {TOKENISERS}")

    def split(self, text: str) -> list[str]:
        """Return the tokens of a text.

        Raises:
            ValueError: if it is not of the form that the tokeniser wants.
            TypeError: for subwords, which `Subwords` cuts text into.
        """
        import regex

        if self.name == "subword":
            raise TypeError("subwords are learned from data: use Subwords.learn(texts, vocabulary).split(text)")
        text = unicodedata.normalize("NFC", text)
        if self.name == "word":
            return list(regex.findall(_WORD, text))
        if not self.line:
            return _characters(text)
        lines = [_characters(line) for line in text.split("\n")]
        for number, line in enumerate(lines, start=1):
            if len(line) != self.line:
                raise ValueError(f"its line {number} has {len(line)} characters, not {self.line}")
        return [character for line in lines for character in line]

    def join(self, tokens: Sequence[str]) -> str:
        """Return the text of tokens: the other way round for all but `word`, and for that up to spaces.

        Bytes of subwords that are no UTF-8, as a generator may draw them, become the replacement character.
        """
        if self.name == "subword":
            if _BYTES.keys().isdisjoint(tokens):
                return "".join(tokens)
            return b"".join(map(as_bytes, tokens)).decode(errors="replace")
        if self.line:
            return "\n".join("".join(tokens[at : at + self.line]) for at in range(0, len(tokens), self.line))
        if self.name == "char":
            return "".join(tokens)
        text = ""
        for before, token in zip(["", *tokens], tokens, strict=False):
            together = not text or token in _CLOSING or before in _OPENING
            text += token if together else f" {token}"
        return text

    def rules(self) -> dict[str, object]:
        """Return what `join` goes by, as JSON can hold it."""
        closing, opening = sorted(_CLOSING), sorted(_OPENING)
        return {"name": self.name, "line": self.line, "closing": closing, "opening": opening}


def as_bytes(token: str) -> bytes:
    """Return what a subword stands for."""
    return _BYTES.get(token) or token.encode()


def _characters(text: str) -> list[str]:
    """Return the grapheme clusters of a text."""
    import regex

    return list(text) if text.isascii() and "\r" not in text else list(regex.findall(r"\X", text))


def commonest(counts: Counter[str], largest: int) -> list[str]:
    """Return the commonest tokens, the commonest first; of equally common ones the first in the order of Unicode."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [token for token, _ in ordered[:largest]]


def until_end(numbers: Iterable[int], tokens: Sequence[str]) -> list[str]:
    """Return what numbered tokens are written as, up to the one that ends them."""
    written: list[str] = []
    for number in numbers:
        if tokens[number] == END:
            break
        written.append(tokens[number])
    return written
