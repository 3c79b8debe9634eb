"""A kind of art."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

from ..errors import ArtganError, UsageError
from .component import Component
from .sound import Sound
from .spec import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor


class LiveFacts(TypedDict, total=False):
    """What a page must know to draw samples, beside what the model tells it.

    Attributes:
        xmp: the mark of pictures that are downloaded; for ``pixels``.
        vocabulary: what each token is written as; for ``tokens``, as are the following.
        presentation: how text is set.
        tokeniser: how tokens are put together.
        art: the name by which a script of `Modality.page_assets` draws samples, where artgan's own script does not.
    """

    xmp: str
    vocabulary: list[str]
    presentation: dict[str, str]
    tokeniser: Mapping[str, object]
    art: str


@dataclass(frozen=True)
class PageAsset:
    """A file that the pages of works need, which a gallery keeps in ``assets/MODALITY``.

    Attributes:
        path: where it lies now; its name is that of its copy.
        script: whether pages run it, after artgan's own scripts; else it is there for scripts to load.
    """

    path: Path
    script: bool = False


@dataclass(frozen=True)
class Modality(Component):
    """A kind of art: how samples are kept, shown to networks, and shown to people.

    Attributes:
        representation: what networks see: ``pixels``, which are -1 to 1 (B, C, H, W) of 1 to 4 channels, kept as uint8;
            ``tokens``, which are probabilities over a vocabulary (B, L, V), kept as whole numbers (N, L); or empty for
            what is neither.
        suffix: the ending of an artwork's file name, with its dot.
        sheet_suffix: the ending of a sheet that need not be exact, with its dot.
        exact_sheet_suffix: the ending of a sheet that must be exact, with its dot.
        preset: the preset that fills in what a user does not choose.
        noun: what people call a sample, whose plural ends in s.
        unit: what a compact sample consists of, in the plural, as people call it.
        walk_suffixes: the endings of the files in which a walk can move, with their dots, the usual one first; empty
            where a walk is a sheet.
        companions: the endings of files that `write` leaves beside a work, with their dots, which its page links.
        film_suffixes: the endings of the files in which a walk can move with sound, with their dots, the usual one
            first; empty where it cannot.
        paged: whether `write_pages` sets works on pages of paper; else artgan sets them on a sheet of A3.
        live: how a page draws what a generator makes in it: ``pixels``, ``tokens``, or empty where it cannot.
    """

    kind = "modality"
    plural = "modalities"
    suffix: ClassVar[str]
    sheet_suffix: ClassVar[str]
    exact_sheet_suffix: ClassVar[str] = ".png"
    preset: ClassVar[str] = "default"
    noun: ClassVar[str] = "work"
    unit: ClassVar[str] = "values"
    walk_suffixes: ClassVar[tuple[str, ...]] = ()
    companions: ClassVar[tuple[str, ...]] = ()
    film_suffixes: ClassVar[tuple[str, ...]] = ()
    paged: ClassVar[bool] = False
    live: ClassVar[str] = ""

    def live_facts(self) -> LiveFacts:
        """Return what else a page must know to draw samples, all of what ``live`` asks for."""
        return {}

    def page_assets(self) -> Sequence[PageAsset]:
        """Return the files that pages of works need beside artgan's own, such as a script that plays them.

        A script is run once the page is read. It may load other assets, from the folder that its own address tells, and
        nothing else. Where a generator runs in the page, ``window.artgan.arts`` takes a class by the name that
        `LiveFacts` tells as ``art``: ``new Art(network, model)`` has ``element``, ``make(plan)``, ``show(sample)``,
        ``bytes(sample)`` and ``files(sample, record)``, as those in ``artgan/gallery/assets/live.js``. Where it has
        ``linger(sample, frame)`` too, a walk waits for that promise at each step; ``hush()`` ends what it waits for.
        """
        return ()

    def examples(self) -> Sequence[Spec]:
        """Return what data of this modality may be like, for the conformance kit to try components on; small is quick.

        Of each modality, generator, discriminator or augmentation the first three are tried, and of the latter the
        others in turn, where it refused all before. Samples are made up: distinct tokens where there is a vocabulary,
        else numbers from -1 to 1.
        """
        return ()

    def with_spec(self, spec: Spec) -> Modality:
        """Return the modality with what it must know of the data, such as the vocabulary."""
        return self

    @abstractmethod
    def to_float(self, compact: Tensor) -> Tensor:
        """Turn compact samples (B, ...) on their device into what networks see."""

    @abstractmethod
    def to_compact(self, samples: Tensor) -> Tensor:
        """Turn what a generator made into compact samples."""

    def for_metrics(self, samples: NDArray[Any]) -> NDArray[Any]:
        """Turn compact samples (N, ...) into what metrics measure."""
        return samples

    def to_text(self, samples: NDArray[Any]) -> list[str]:
        """Return compact samples (N, ...) as a terminal can show them; none where it cannot."""
        return []

    def neighbours(self, samples: NDArray[Any], real: NDArray[Any]) -> list[list[str]]:
        """Return for each compact sample the real ones that are nearest to it, in words; none where words fail."""
        return [[] for _ in samples]

    @abstractmethod
    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        """Write one compact sample as an artwork that carries its record and is marked as AI-generated."""

    @abstractmethod
    def read(self, path: Path) -> tuple[NDArray[Any], dict[str, Any]]:
        """Read an artwork back: the compact sample and its record, which may come from anybody; needs no `with_spec`.

        Raises:
            ArtganError: if it is no artwork, or its record is damaged.
        """

    def read_real(self, path: Path, spec: Spec, options: Mapping[str, object]) -> NDArray[Any]:
        """Read a file that is no artwork, such as a photograph, as the compact sample that a dataset would make of it.

        Args:
            path: the file, which may come from anybody.
            spec: what samples are like.
            options: those of the dataset that the networks were trained on, as the recipe tells them.

        Raises:
            UsageError: where this kind of art has no such files; so it is unless a modality says otherwise.
            ArtganError: if the file cannot be read.
        """
        raise UsageError(f"{path} cannot be compared with {self.noun}s: this kind of art reads no files of others")

    @abstractmethod
    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        """Write many compact samples (N, ...) as one file, row by row, for people to look at.

        Args:
            path: a file that ends in ``sheet_suffix`` or ``exact_sheet_suffix``, and is written in that format.
            samples: the samples.
            columns: how many stand in a row.
        """

    def write_walk(
        self, path: Path, samples: Iterable[NDArray[Any]], count: int, rate: float, record: Mapping[str, Any]
    ) -> None:
        """Write compact samples one after another as one file that moves, with its record and marked as AI-generated.

        Args:
            path: a file that ends in one of ``walk_suffixes``.
            samples: the samples, made one by one as they are taken.
            count: how many there are.
            rate: how many are shown in a second.
            record: how the walk was made.

        Raises:
            UsageError: if this ending needs what is not installed.
        """
        raise TypeError(f"{self.name} has no walk_suffixes")

    def write_beside_walk(self, path: Path, samples: NDArray[Any]) -> Sequence[Path]:
        """Write what belongs beside a walk that is a sheet, such as a file in which its works sound in turn.

        Args:
            path: the sheet; what is written is named after it, with other endings.
            samples: all works of the walk, (N, ...).

        Returns:
            The files; none unless a modality says otherwise.
        """
        return ()

    def write_film(
        self, path: Path, samples: Iterable[NDArray[Any]], rate: float, record: Mapping[str, Any], sound: Sound
    ) -> None:
        """Write compact samples as one file that moves with sound, with its record and marked as AI-generated.

        Args:
            path: a file that ends in one of ``film_suffixes``.
            samples: the samples, made one by one as they are taken.
            rate: how many are shown in a second.
            record: how the film was made.
            sound: what is heard, as long as the samples are shown.

        Raises:
            UsageError: if this ending needs what is not installed.
            ArtganError: if the sound is damaged.
        """
        raise TypeError(f"{self.name} has no film_suffixes")

    def read_walk(self, path: Path) -> dict[str, Any]:
        """Read the record of a file that moves, which may come from anybody; needs no `with_spec`.

        Raises:
            ArtganError: if it carries none, or it is damaged.
        """
        raise TypeError(f"{self.name} has no walk_suffixes")

    def picture(self, sample: NDArray[Any]) -> Image | None:
        """Return a compact sample as a picture of its own size, to be printed; None where it is none."""
        return None

    def write_pages(
        self, path: Path, samples: Sequence[NDArray[Any]], captions: Sequence[str], *, title: str, notes: Sequence[str]
    ) -> str:
        """Write compact samples as pages of a PDF, as people print this kind of art, marked as AI-generated.

        Args:
            path: the PDF.
            samples: at least one.
            captions: what stands at each.
            title: what stands above all.
            notes: what stands below each page, a line each: how the works were made.

        Returns:
            The characters of the words that cannot be printed here, each once; they are left out.
        """
        raise TypeError(f"{self.name} is not paged")

    @abstractmethod
    def figure(self, path: Path, source: str, description: str) -> str:
        """Return HTML that shows an artwork's file; what is not artgan's own is escaped here. Needs no `with_spec`.

        Args:
            path: the file, where its content is to stand in the page.
            source: the relative link to the file.
            description: what the work is, in words, for those who cannot see it.
        """

    def sheet(self, path: Path, source: str, description: str) -> str:
        """Return HTML that shows a sheet's file, as `figure` does an artwork's; here, that of a picture.

        Raises:
            ArtganError: if the file is missing or damaged.
        """
        from markupsafe import Markup
        from PIL import Image

        try:
            with Image.open(path) as picture:
                width, height = picture.size
        except Exception as error:  # Pillow raises errors of many kinds on damaged files
            raise ArtganError(f"{path} is not a sheet that artgan can read: {error}") from error
        markup = '<img src="{}" width="{}" height="{}" alt="{}" loading="lazy">'
        return Markup(markup).format(source, width, height, description)
