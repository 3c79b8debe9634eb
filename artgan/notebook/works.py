"""What a model made, as a person holds it in Python: works, sheets of works, walks, and works found for a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..gallery import markup
from ..interfaces import Reporter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from ..artworks import walk
    from ..artworks.model import Model
    from ..artworks.origin import Origin, Start
    from ..artworks.projection import Projection


@dataclass(frozen=True, eq=False, repr=False)
class Work:
    """One artwork, which lies in no file until it is saved.

    Attributes:
        model: what made it.
        name: what its file is called where a folder is given.
        array: its compact sample: of pixels uint8 (C, H, W), of text the numbers of its tokens (L,).
        record: how it was made, as its file will tell; names neither a person nor a path.
    """

    model: Model
    name: str
    array: NDArray[Any]
    record: Mapping[str, Any]

    @classmethod
    def of(cls, model: Model, origin: Origin, array: NDArray[Any] | None = None) -> Work:
        """Make the work of an origin; an array is what the model makes of it, where that is known.

        Raises:
            ArtganError: if what the network makes is not finite.
        """
        from ..artworks.work import work_record

        made = model.make(origin) if array is None else array
        name = f"{origin.stem(model.changed)}{model.modality.suffix}"
        return cls(model, name, made, work_record(origin, made, model))

    @property
    def image(self) -> Image | None:
        """The work as a picture of Pillow's, of its own size; None where it is none."""
        return self.model.modality.picture(self.array)

    @property
    def text(self) -> str | None:
        """The work as text; None where it is none."""
        texts = self.model.modality.to_text(self.array[None])
        return texts[0] if texts else None

    def start(self, model: Model) -> Start:
        """Return what a model may start from: the latent that the work was made of.

        Raises:
            ArtganError: if another model made it.
        """
        from ..artworks import work

        return work.start_of(work.Work(Path(self.name), self.array, dict(self.record)), model)

    def save(self, path: str | Path) -> Path:
        """Write the work with its record, marked as AI-generated, and return its file.

        Args:
            path: a file that ends as works of its kind do (``.png``, ``.txt``), or a folder that exists; what is
                there already is replaced.

        Raises:
            UsageError: if the file ends otherwise.
        """
        modality = self.model.modality
        file = _file(path, self.name, (modality.suffix,))
        modality.write(file, self.array, self.record)
        return file

    def _repr_png_(self) -> bytes | None:
        return markup.sheet_png(self.array[None], 1, self.model.modality)

    def _repr_html_(self) -> str | None:
        text = self.text
        return None if text is None else markup.texts_html([text], self.model.spec.presentation)

    def __repr__(self) -> str:
        return f"Work({self.name}, {_size(self.array)})"


@dataclass(frozen=True, eq=False, repr=False)
class Sheet:
    """Works side by side.

    Attributes:
        works: at least one, of one model.
        columns: works in a row.
        parents: two works whose children these are, which stand before them; or none.
    """

    works: tuple[Work, ...]
    columns: int = 8
    parents: tuple[Work, ...] = ()

    @property
    def array(self) -> NDArray[Any]:
        """The compact samples of the works, without parents, (N, ...)."""
        import numpy as np

        return np.stack([work.array for work in self.works])

    def __getitem__(self, place: int) -> Work:
        return self.works[place]

    def __iter__(self) -> Iterator[Work]:
        return iter(self.works)

    def __len__(self) -> int:
        return len(self.works)

    def save(self, path: str | Path) -> Path:
        """Write the sheet, marked as AI-generated, and return its file; it carries no record.

        Args:
            path: a file that ends as sheets of its kind do (``.png`` or ``.webp``, ``.txt``), or a folder that exists.

        Raises:
            UsageError: if the file ends otherwise.
        """
        modality = self._model.modality
        suffixes = tuple(dict.fromkeys((modality.exact_sheet_suffix, modality.sheet_suffix)))
        file = _file(path, f"sheet-{Path(self.works[0].name).stem}-{len(self)}{suffixes[0]}", suffixes)
        modality.write_sheet(file, self._shown, self.columns)
        return file

    @property
    def _model(self) -> Model:
        return self.works[0].model

    @property
    def _shown(self) -> NDArray[Any]:
        import numpy as np

        return np.stack([work.array for work in (*self.parents, *self.works)])

    def _repr_png_(self) -> bytes | None:
        return markup.sheet_png(self._shown, self.columns, self._model.modality)

    def _repr_html_(self) -> str | None:
        texts = self._model.modality.to_text(self._shown)
        return markup.texts_html(texts, self._model.spec.presentation) if texts else None

    def __repr__(self) -> str:
        return f"Sheet({len(self)} works, {_size(self.works[0].array)})"


@dataclass(frozen=True, eq=False, repr=False)
class Walk:
    """The way from work to work, whose works are made one by one as it is saved, shown or iterated over.

    Attributes:
        model: what makes the works.
        way: all that decides it.
        reporter: told how far it is.
    """

    model: Model
    way: walk.Walk
    reporter: Reporter

    @property
    def record(self) -> dict[str, Any]:
        """How it is made, as its file will tell."""
        from ..artworks.walk import walk_record

        return walk_record(self.way, self.model)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """Yield the compact sample of each work on the way, (C, H, W) or (L,); of a grid all that are shown at once."""
        from ..artworks.walk import walk_works

        yield from walk_works(self.model, self.way)

    def __len__(self) -> int:
        return self.way.frames

    def save(self, path: str | Path) -> Path:
        """Write the walk with its record, marked as AI-generated, and return its file.

        Args:
            path: a file that ends as walks of its kind do (``.webp``, ``.png``, ``.gif``, with the package ``av`` also
                ``.mp4`` and ``.webm``; text ``.txt``), or a folder that exists.

        Raises:
            UsageError: if the file ends otherwise, or this ending needs what is not installed.
        """
        from ..api._walk import walk_suffixes

        suffixes = walk_suffixes(self.model.modality)
        file = _file(path, f"{self.way.stem(self.model.changed)}{suffixes[0]}", suffixes)
        self._write(file)
        return file

    def _write(self, file: Path) -> Sequence[str]:
        from ..artworks.walk import write_walk

        with self.reporter.progress() as progress:
            return write_walk(self.model, file, self.way, progress).texts

    @cached_property
    def _html(self) -> str | None:
        """The walk as it is shown; kept, since it takes long to make."""
        from ..api._walk import walk_suffixes

        with TemporaryDirectory() as folder:
            path = Path(folder) / f"walk{walk_suffixes(self.model.modality)[0]}"
            texts = self._write(path)
            if self.model.modality.walk_suffixes:
                return markup.moving_html(path)
            return markup.texts_html(texts, self.model.spec.presentation) if texts else None

    def _repr_html_(self) -> str | None:
        return self._html

    def __repr__(self) -> str:
        return f"Walk(through {', '.join(stop.name for stop in self.way.stops)}, {len(self)} works)"


@dataclass(frozen=True, eq=False, repr=False)
class ProjectedPicture:
    """A picture, or another real sample, and the work that is nearest to it.

    Attributes:
        work: the work.
        picture: the real sample as the generator sees it, compact.
        projection: the latent, and how near the work is.
    """

    work: Work
    picture: NDArray[Any]
    projection: Projection

    @property
    def distance(self) -> float:
        """The mean difference of the values of work and picture, in levels of 255 where these are uint8.

        Of tokens, how many must be changed to make the real sample, as a share of all.
        """
        return self.projection.distance

    def save(self, path: str | Path) -> Path:
        """Write the work, as `Work.save` does; of the picture its record holds a digest alone."""
        return self.work.save(path)

    def _repr_png_(self) -> bytes | None:
        import numpy as np

        return markup.sheet_png(np.stack([self.picture, self.work.array]), 2, self.work.model.modality)

    def __repr__(self) -> str:
        distance = f"{self.distance:.0%} of its tokens" if self.projection.likelihood else f"{self.distance:.1f}"
        return f"ProjectedPicture({self.work.name}, {distance} from the picture)"


def _file(path: str | Path, name: str, suffixes: tuple[str, ...]) -> Path:
    """Return the file to write, its folder made.

    Raises:
        UsageError: if it does not end as it must.
    """
    file = Path(path) / name if Path(path).is_dir() else Path(path)
    if file.suffix not in suffixes:
        raise UsageError(f"{path} must end in {' or '.join(suffixes)}, or be a folder that exists")
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _size(array: NDArray[Any]) -> str:
    return "×".join(map(str, array.shape))
