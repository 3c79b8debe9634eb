"""The modality of text: token numbers (L,), kept as UTF-8 text with its record beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from artgan import ArtganError, UsageError, one_line, parse_json, write_text
from artgan.interfaces import LiveFacts, Modality, Spec

from ..tokeniser import Tokeniser, until_end

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

TEXT = "text"
"""The key of a record under which the text, its tokens and how it is set are kept."""

LARGEST_FILE = 2**22
LARGEST_SEARCH = 20_000
NEAREST = 3
MARK = "\n\n— AI-generated with artgan\n"
BETWEEN = "\n\n\n"
WRITINGS = ("horizontal", "vertical")


@dataclass(frozen=True)
class TextModality(Modality):
    """Text in any language, as tokens of a vocabulary that is learned from the data."""

    name = "text"
    representation = "tokens"
    suffix = ".txt"
    sheet_suffix = exact_sheet_suffix = ".txt"
    preset = "scratch"
    noun = "text"
    companions = (".json",)
    unit = "characters"
    live = "tokens"

    def examples(self) -> Sequence[Spec]:
        """Return texts of one length, and texts of unequal length, which token 0 ends."""
        one_length = tuple("abcdefghi")
        unequal = ("", *map(str, range(1, 30)))
        return [
            Spec(self.name, (length, len(tokens)), (), len(tokens), tokens)
            for length, tokens in ((6, one_length), (10, unequal))
        ]

    def with_spec(self, spec: Spec) -> Modality:
        """Return the modality with a vocabulary and a setting."""
        return _Bound(spec)

    def to_float(self, compact: Tensor) -> Tensor:
        raise TypeError("the vocabulary is missing: use with_spec(spec)")

    def to_compact(self, samples: Tensor) -> Tensor:
        """Turn (B, L, V) into the number of the largest value at each place, (B, L): int32 numbers."""
        import torch

        return samples.argmax(-1).to(torch.int32)

    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        raise TypeError("the vocabulary is missing: use with_spec(spec)")

    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        raise TypeError("the vocabulary is missing: use with_spec(spec)")

    def read_real(self, path: Path, spec: Spec, options: Mapping[str, object]) -> NDArray[np.int32]:
        """Read a text of anybody's (L,), the whole file as one.

        Args:
            path: the file.
            spec: tells the vocabulary.
            options: of a dataset; not needed here.

        Raises:
            ArtganError: if it cannot be read, or not be written in this vocabulary.
        """
        import numpy as np

        from ..real_text import numbers_of, read_words

        text = read_words(path).removesuffix(MARK.rstrip("\n")).rstrip("\n")
        try:
            return np.array(numbers_of(text, spec), np.int32)
        except (ValueError, UsageError) as error:
            raise ArtganError(f"{path} cannot be a text of this model: {error}") from error

    def read(self, path: Path) -> tuple[NDArray[np.int32], dict[str, Any]]:
        """Read a text's tokens (L,) and its record, which may come from anybody.

        Raises:
            ArtganError: if it is no text of artgan's, too large, damaged, or not the one that its record tells of.
        """
        import numpy as np

        record, kept = _read_record(path)
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise ValueError("it is too large")
            written = path.read_bytes().decode()  # carriage returns as they are
        except FileNotFoundError:
            raise ArtganError(f"{path} does not exist") from None
        except (OSError, ValueError) as error:
            raise ArtganError(f"{path} is not an artwork that artgan can read: {one_line(error)}") from error
        if written != kept["text"] + MARK:
            raise ArtganError(f"{path} is not the text that {path.with_suffix('.json').name} tells of")
        return np.array(kept["tokens"], np.int32), record

    def figure(self, path: Path, source: str, description: str) -> str:
        """Return the text of a work, set as its record says."""
        from markupsafe import Markup

        _, kept = _read_record(path)
        html = _set(kept["text"], kept.get("lang", ""), kept.get("writing", ""))
        return Markup('<span class="work" data-source="{}" aria-label="{}" role="group">{}</span>').format(
            source, description, html
        )

    def sheet(self, path: Path, source: str, description: str) -> str:
        raise TypeError("the setting is missing: use with_spec(spec)")


class _Bound(TextModality):
    """The modality with what it must know of the data."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    @cached_property
    def _tokeniser(self) -> Tokeniser:
        return Tokeniser.named(self.spec.presentation.get("tokeniser", "word"))

    def live_facts(self) -> LiveFacts:
        """Return how tokens are written and put together."""
        return {
            "vocabulary": list(self.spec.tokens),
            "presentation": dict(self.spec.presentation),
            "tokeniser": self._tokeniser.rules(),
        }

    def to_float(self, compact: Tensor) -> Tensor:
        """Turn token numbers (B, L) into one-hot float32 (B, L, V)."""
        import torch

        return torch.nn.functional.one_hot(compact.long(), self.spec.vocabulary).float()

    def for_metrics(self, samples: NDArray[Any]) -> NDArray[Any]:
        """Turn token numbers (N, L) into an array (N,) of texts."""
        import numpy as np

        texts = np.empty(len(samples), object)
        texts[:] = self.to_text(samples)
        return texts

    def to_text(self, samples: NDArray[Any]) -> list[str]:
        """Return the texts."""
        return [self._text(sample) for sample in samples]

    def neighbours(self, samples: NDArray[Any], real: NDArray[Any]) -> list[list[str]]:
        """Return for each text the real ones that share most tokens and pairs of tokens with it (Jaccard index).

        Where there are more than 20,000 real ones, the first of them are looked at alone.
        """
        parts = [_parts(sample) for sample in real[:LARGEST_SEARCH].tolist()]
        found = []
        for sample in samples.tolist():
            mine = _parts(sample)
            ranked = sorted(range(len(parts)), key=lambda row: -len(mine & parts[row]) / len(mine | parts[row]))
            found.append([self._text(real[row]) for row in ranked[:NEAREST]])
        return found

    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        """Write a text (L,) in UTF-8, marked as AI-generated, and its record with the tokens beside it as JSON."""
        text = self._text(sample)
        kept = {"text": text, "tokens": sample.tolist(), **self.spec.presentation}
        content = json.dumps({**record, TEXT: kept}, ensure_ascii=False, indent=1, allow_nan=False)
        write_text(path.with_suffix(".json"), content + "\n")
        write_text(path, text + MARK)

    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        """Write texts (N, L) one after another."""
        write_text(path, BETWEEN.join(self._text(sample) or " " for sample in samples) + MARK)

    def sheet(self, path: Path, source: str, description: str) -> str:
        """Return the texts of a sheet.

        Raises:
            ArtganError: if the file is missing or damaged.
        """
        from markupsafe import Markup

        try:
            written = path.read_bytes().decode().removesuffix(MARK)
        except (OSError, ValueError) as error:
            raise ArtganError(f"{path} is not a sheet that artgan can read: {one_line(error)}") from error
        lang, writing = (self.spec.presentation.get(key, "") for key in ("lang", "writing"))
        texts = Markup("").join(_set(text, lang, writing) for text in written.split(BETWEEN))
        return Markup('<div class="texts" data-source="{}" aria-label="{}" role="group">{}</div>').format(
            source, description, texts
        )

    def _text(self, sample: Sequence[int] | NDArray[Any]) -> str:
        return self._tokeniser.join(until_end(sample, self.spec.tokens))


def _parts(sample: list[int]) -> set[object]:
    return {*sample, *pairwise(sample)}


def _set(text: str, lang: str, writing: str) -> str:
    """Return a text as HTML, line by line."""
    from markupsafe import Markup

    lines = Markup("<br>").join(text.split("\n"))
    kind = writing if writing in WRITINGS else WRITINGS[0]
    language = Markup(' lang="{}"').format(lang) if lang else ""
    return Markup('<span class="text {}" dir="auto"{}>{}</span>').format(kind, language, lines)


def _read_record(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record beside a text, without and with its text, checked."""
    beside = path.with_suffix(".json")
    try:
        if beside.stat().st_size > LARGEST_FILE:
            raise ValueError("it is too large")
        record = parse_json(beside.read_text(encoding="utf-8"))
        if TEXT not in record:
            raise ValueError("it tells of no single text")

        kept = record.pop(TEXT)
        numbers = kept["tokens"]
        if not isinstance(kept["text"], str) or not all(type(number) is int and number >= 0 for number in numbers):
            raise ValueError("its text or tokens are none")
        if not all(isinstance(kept.get(key, ""), str) for key in ("lang", "writing")):
            raise ValueError("its language or writing is no text")
        if numbers and max(numbers) >= 2**31:
            raise ValueError("its tokens are too large")
    except FileNotFoundError:
        raise ArtganError(f"{beside} does not exist: a text is kept with its record") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArtganError(f"{beside} is not the record of a text: {one_line(error)}") from error

    return cast(dict[str, Any], record), cast(dict[str, Any], kept)
