"""The datasets of text: declarations only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan import UsageError, option, printable
from artgan.interfaces import Choice, Data, Dataset, Workspace

from ..subwords import MIN_VOCABULARY
from ..tokeniser import LARGEST_VOCABULARY, Tokeniser
from .terms import LICENCE, UNKNOWN, stated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .text_form import Form
    from .text_source import Source

DATA = Path(__file__).parent / "data"
LONGEST, VOCABULARY = {"word": 24}, 2000
"""Tokens of the longest item, and how many there are, in runs that began before texts were surveyed."""
CORPORA = "GitHub dariusk/corpora, commit cf30ca27"
CHINESE_POETRY = "GitHub chinese-poetry/chinese-poetry, commit 99ebbef7"


@dataclass(frozen=True)
class Poems(Dataset):
    """Tang verse in lines of five characters: 17,782 couplets or 3,785 quatrains; bundled."""

    name = "poems"
    modality = "text"
    form: str = option("couplet", "two lines or four", choices=("couplet", "quatrain"))
    vocabulary: int = option(3000, "most characters there may be, the commonest first", min=2, max=LARGEST_VOCABULARY)
    held_out: float = option(0.1, "share of the poems that nothing is trained on", min=0, max=0.5)
    writing: str = option("vertical", "how the gallery sets them", choices=("vertical", "horizontal"))

    def open(self, workspace: Workspace) -> Data:
        """Return the poems as numbered characters."""
        from .text_form import Form
        from .text_reader import open_texts
        from .text_source import Source

        couplets = self.form == "couplet"
        source = Source(
            files=(DATA / ("tang-couplets.txt" if couplets else "tang-quatrains.txt"),),
            title="Tang couplets" if couplets else "Tang quatrains",
            licence="public domain (texts), MIT (collection)",
            origin=CHINESE_POETRY,
            parse=_verses,
            presentation={"lang": "zh-Hant", "writing": self.writing},
        )
        form = Form(Tokeniser.named("line-of-5"), 20, self.vocabulary, 1, "drop", "line", self.held_out)
        return open_texts(source, form, workspace)


@dataclass(frozen=True)
class Names(Dataset):
    """1,449 names of dinosaurs, or 4,224 of paints; bundled."""

    name = "names"
    modality = "text"
    of: str = option("dinosaurs", "whose names", choices=("dinosaurs", "paints"))
    held_out: float = option(0.1, "share of the names that nothing is trained on", min=0, max=0.5)

    def open(self, workspace: Workspace) -> Data:
        """Return the names as numbered characters."""
        from .text_form import Form
        from .text_reader import open_texts
        from .text_source import Source

        dinosaurs = self.of == "dinosaurs"
        source = Source(
            files=(DATA / ("dinosaurs.txt" if dinosaurs else "paint-names.txt"),),
            title="Dinosaurs" if dinosaurs else "Paint names",
            licence="CC0 1.0",
            origin=CORPORA,
            presentation={"lang": "la" if dinosaurs else "en"},
        )
        return open_texts(source, Form(Tokeniser.named("char"), 24, 256, 2, "drop", "line", self.held_out), workspace)


@dataclass(frozen=True)
class Lines(Dataset):
    """The user's own text: a file or a folder of files in UTF-8, a line or a paragraph an item.

    Of .csv, .tsv, .json, .jsonl, .parquet and .tar each row's text in one column is an item. What is left open is
    chosen by a survey of the texts when a run begins.
    """

    name = "lines"
    modality = "text"
    path: str = option("", "the text file, or the folder with text files")
    item: str = option("auto", "what a sample is; auto: by the blank lines", choices=("auto", "line", "paragraph"))
    column: str = option("", "the column of a table; empty for the one that is likeliest the text")
    tokeniser: str = option("auto", "subword, char, word, line-of-N, or auto: what suits the texts")
    longest: int = option(0, "tokens that a sample may have; 0: as many as nearly all have", min=0, max=4096)
    long: str = option(
        "auto", "of longer items: their beginning, parts of it all, or none", choices=("auto", "cut", "split", "drop")
    )
    vocabulary: int = option(
        0, "most tokens there may be, the commonest first; 0: as many as it takes", min=0, max=LARGEST_VOCABULARY
    )
    rarest: int = option(1, "tokens that occur less often are unknown", min=1)
    unknown: str = option("drop", "leave out items with unknown tokens, or mark these", choices=("drop", "mark"))
    held_out: float = option(0.1, "share of the items that nothing is trained on", min=0, max=0.5)
    language: str = option("", "the language as a tag of BCP 47, such as en or zh-Hant")
    writing: str = option("horizontal", "how the gallery sets it", choices=("horizontal", "vertical"))
    licence: str = option(UNKNOWN, LICENCE)

    def __post_init__(self) -> None:
        if self.tokeniser != "auto":
            Tokeniser.named(self.tokeniser)
        least = MIN_VOCABULARY if self.tokeniser == "subword" else 2
        if 0 < self.vocabulary < least:
            raise ValueError(f"vocabulary = {self.vocabulary} is too small for {self.tokeniser}: give {least} or more")

    @classmethod
    def recognises(cls, path: Path) -> float:
        """Return whether a path is a text file, surely if its ending says so; of a folder, the share of texts."""
        from .text_files import share_of_text

        return share_of_text(path)

    def choose(self, workspace: Workspace) -> Choice | None:
        """Return the form that suits the texts, as far as it is left open."""
        from .text_survey import TextForm, suitable_form

        wanted = TextForm(self.item, self.tokeniser, self.vocabulary, self.longest, self.long)
        if wanted.decided:
            return None
        workspace.progress("surveying the text", 0, 1)
        form, reason = suitable_form(self._source(), wanted)
        workspace.progress("surveying the text", 1, 1)
        before = asdict(wanted)
        decided = {name: value for name, value in asdict(form).items() if value != before[name]}
        return Choice({"dataset": decided}, reason) if decided else None

    def open(self, workspace: Workspace) -> Data:
        """Return the items as numbered tokens."""
        from .text_reader import open_texts

        source = self._source()
        return open_texts(source, self._form(source), workspace)

    def _source(self) -> Source:
        from .text_files import text_files
        from .text_source import Source
        from .text_tables import choose_column, is_table

        if not self.path:
            raise UsageError("dataset lines needs a path: artgan run FILE.txt, or --dataset lines:path=FILE.txt")
        path = Path(self.path).expanduser()
        found = text_files(path)
        column = choose_column(found.files, self.column) if is_table(found.files[0]) else None
        if self.column and not column:
            raise UsageError(f"{printable(found.files[0].name)} has no columns: leave column={self.column} out")
        return Source(
            files=found.files,
            title=path.resolve().stem or "text",
            licence=stated(self.licence),
            origin="the user's own text",
            column=column.name if column else "",
            presentation={"writing": self.writing} | ({"lang": self.language} if self.language else {}),
            left_out=found.left_out,
            notes=(*found.notes, *([column.note] if column and column.note else [])),
        )

    def _form(self, source: Source) -> Form:
        """Return the form; what is still open is as it was in runs that began before texts were surveyed."""
        from .text_form import DROP, Form

        name = self.tokeniser
        if name == "auto":
            name = "word" if source.looks_like_words() else "char"
        return Form(
            tokeniser=Tokeniser.named(name),
            longest=self.longest or LONGEST.get(name, 64),
            vocabulary=self.vocabulary or VOCABULARY,
            rarest=self.rarest,
            unknown=self.unknown,
            unit="line" if self.item == "auto" else self.item,
            held_out=self.held_out,
            long=DROP if self.long == "auto" else self.long,
        )


@dataclass(frozen=True)
class Oracle(Dataset):
    """Sequences drawn from an LSTM with random weights, whose true likelihood is known (Yu et al. 2017)."""

    name = "oracle"
    modality = "text"
    vocabulary: int = option(500, "number of tokens", min=2, max=LARGEST_VOCABULARY)
    width: int = option(32, "units of the LSTM and numbers in an embedding", min=1, max=1024)
    length: int = option(20, "tokens in a sequence", min=1, max=1000)
    seed: int = option(0, "draws the weights, each from N(0, 1)", min=0, max=2**31)
    count: int = option(10_000, "training sequences", min=10, max=10_000_000)
    held_out: int = option(5_000, "fresh sequences that nothing is trained on", min=0, max=10_000_000)

    def negative_log_likelihood(self, samples: NDArray[Any]) -> NDArray[np.float64]:
        """Return that of each sequence under the oracle, (N,), in nats per token."""
        import torch

        from .oracle_network import OracleNetwork

        network = OracleNetwork(self.vocabulary, self.width, self.seed)
        tokens = torch.from_numpy(samples.astype("int64"))
        values: NDArray[np.float64] = network.negative_log_likelihood(tokens).double().mean(1).numpy()
        return values

    def open(self, workspace: Workspace) -> Data:
        """Return the sequences, drawn once into the cache."""
        from .oracle_network import open_oracle

        options = (self.vocabulary, self.width, self.length, self.seed)
        return open_oracle(*options, count=self.count, held_out=self.held_out, workspace=workspace)


def _verses(line: str) -> str:
    """Return a poem of lines of five characters; lines are parted by a bar or not at all."""
    line = line.strip().replace("|", "")
    return "\n".join(line[at : at + 5] for at in range(0, len(line), 5))
