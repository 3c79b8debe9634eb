"""A trained generator, opened to make works with."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api._choices import check_seeds
from ..errors import UsageError
from ..interfaces import Reporter
from .direction_strips import DirectionStrips
from .given_values import (
    StartGiven,
    as_start,
    given_label,
    given_moves,
    given_origin,
    given_picture,
    given_seed,
    given_work,
)
from .works import ProjectedPicture, Sheet, Walk, Work

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from torch import nn

    from ..artworks.model import Model
    from ..artworks.origin import Origin
    from ..artworks.provenance import Provenance
    from ..interfaces import Spec


class TrainedModel:
    """A trained generator, as `artgan.load` opens it.

    Args:
        model: what was read.
        path: the file that it was read from.
        reporter: told how far that is which takes long.
    """

    def __init__(self, model: Model, path: Path, reporter: Reporter) -> None:
        self._model, self._path, self._reporter = model, path, reporter

    @property
    def path(self) -> Path:
        """The file that it was read from."""
        return self._path

    @property
    def step(self) -> int:
        """How many steps it was trained."""
        return self._model.step

    @property
    def spec(self) -> Spec:
        """What its samples are like: their modality and shape, a vocabulary, classes."""
        return self._model.spec

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it makes samples of; empty where it knows none."""
        return self._model.classes

    @property
    def provenance(self) -> Provenance:
        """The run, the data with its licence, and the versions that it comes from."""
        return self._model.provenance

    @property
    def recipe(self) -> str:
        """The complete recipe as TOML."""
        return self._model.recipe

    @property
    def latent_size(self) -> int:
        """How many numbers a latent has."""
        return self._model.generator.latent

    def directions(
        self, *, count: int | None = None, anew: bool = False, names: Mapping[int | str, str] | None = None
    ) -> DirectionStrips:
        """Find the directions along which pictures change most, and keep them in the model's file and on its page.

        It takes seconds, and the same model always gives the same ones; its works stay as they are.

        Args:
            count: how many; None for those that the model has, or 8 where it has none yet.
            anew: look for them although the model has some; those that lead the same way keep their names.
            names: new names by number, from 1 on, or by the name before.

        Raises:
            UsageError: if there is no such direction, a name cannot be one, or the model makes no pictures.
            ArtganError: if its file cannot be written, or its run is being trained.
        """
        from ..api import DirectionsRequest
        from ..api._directions import direct

        given = {str(number): name for number, name in (names or {}).items()}
        request = DirectionsRequest(run=self.path, count=count, anew=anew, names=given)
        found = direct(self._model, self.path, request, reporter=self._reporter).directions
        self._model = replace(self._model, directions=found)
        return DirectionStrips(self._model)

    def sample(
        self,
        seed: int = 0,
        *,
        latent: ArrayLike | None = None,
        truncation: float = 1.0,
        label: str | int | None = None,
        sampling: Mapping[str, object] | None = None,
        moves: Mapping[int | str, float] | None = None,
        mix: Mapping[int, int | str] | None = None,
    ) -> Work:
        """Make a work, the same for the same arguments on every machine.

        Args:
            seed: 0 to 2^64 - 1.
            latent: (latent_size,), rounded to float32, in place of the seed's own; what a network draws at random still
                comes from the seed.
            truncation: factor of the latent, above 0; below 1 for more typical works, and less varied.
            label: name or number of a class; None for the seed's own.
            sampling: options of sampling that the generator has, such as ``temperature``; the others are as trained.
                With ``constraint``, what texts are held to while they are drawn, by its name or itself.
            moves: how far along directions, by their names or numbers, -10 to 10; see `directions`.
            mix: layers that take the style of another seed, by that seed: ``coarse``, ``middle``, ``fine`` or numbers,
                as in ``{8: "fine"}`` and ``{8: "3-6"}``; for generators whose layers take styles.

        Raises:
            UsageError: if there is no such class, direction, layer or option of sampling, or a number is out of range.
            ArtganError: if what the network makes is not finite.
        """
        model = self._sampled(sampling)
        origin = given_origin(model, seed, truncation=truncation, label=label, latent=latent, moves=moves, mix=mix)
        return Work.of(model, origin)

    def sheet(
        self,
        seeds: Iterable[int] = range(16),
        *,
        columns: int = 8,
        truncation: float = 1.0,
        label: str | int | None = None,
        sampling: Mapping[str, object] | None = None,
        moves: Mapping[int | str, float] | None = None,
        mix: Mapping[int, int | str] | None = None,
    ) -> Sheet:
        """Make the works of seeds, side by side.

        Args:
            seeds: at least one.
            columns: works in a row.
            truncation: as for `sample`.
            label: as for `sample`.
            sampling: as for `sample`.
            moves: as for `sample`.
            mix: as for `sample`.

        Raises:
            UsageError: as for `sample`, or if there are no seeds or no columns.
            ArtganError: as for `sample`.
        """
        model = self._sampled(sampling)
        origins = [
            given_origin(model, seed, truncation=truncation, label=label, moves=moves, mix=mix) for seed in seeds
        ]
        if not origins or columns < 1:
            raise UsageError("a sheet has at least one work and one column")
        return Sheet(self._made(model, origins), columns)

    def walk(
        self,
        stops: Sequence[StartGiven],
        *,
        frames: int | None = None,
        loop: bool = False,
        path: str = "slerp",
        along: int | str = "",
        moves: Mapping[int | str, float] | None = None,
        grid: tuple[int, int] = (1, 1),
        ease: bool = False,
        hold: float = 0.0,
        rate: float = 24.0,
        truncation: float = 1.0,
        sampling: Mapping[str, object] | None = None,
    ) -> Walk:
        """Return the way from work to work, which is made when it is saved or shown.

        Args:
            stops: at least two works that it leads through, of this very model; along a direction or through noise one.
            frames: how many works are shown; None for 120, or 12 of text.
            loop: whether it leads back to the first.
            path: ``slerp`` for great arcs, ``spline`` for one curve through all, ``noise`` for a loop through noise.
            along: the name or number of a direction, from 3 steps below the work to 3 above; see `directions`.
            moves: as for `sample`, of every work on the way.
            grid: columns and rows of works that are shown at once; stops are shared out evenly, row by row, or, where
                they are enough for one alone, followed by the seeds after them.
            ease: whether it goes slowly where a stop is near.
            hold: seconds for which each stop stays.
            rate: works shown in a second, 1 to 100.
            truncation: factor of the latents, above 0.
            sampling: as for `sample`.

        Raises:
            UsageError: if there are too few stops or frames, a number is out of range, or no such path or direction.
            ArtganError: if a file is no work, or a stop is of another model.
        """
        from ..api import WalkRequest
        from ..api._walk import plan_walk

        given = [given_work(stop, self._model) for stop in stops]
        request = WalkRequest(
            run=self.path,
            stops=tuple(each if isinstance(each, int) else Path(each.name) for each in given),
            frames=frames,
            loop=loop,
            path=path,
            along=str(along),
            moves=given_moves(moves),
            grid=grid,
            ease=ease,
            hold=hold,
            rate=rate,
            truncation=float(truncation),
        )
        model = self._sampled(sampling)
        way = plan_walk(model, tuple(as_start(each, model) for each in given), request)
        return Walk(model, way, self._reporter)

    def film(
        self,
        music: str | Path,
        stops: Sequence[int | str | Path],
        path: str | Path,
        *,
        beats: int = 4,
        bands: Mapping[str, tuple[str, float]] | None = None,
        moves: Mapping[int | str, float] | None = None,
        rate: float = 24.0,
        truncation: float = 1.0,
        sampling: Mapping[str, object] | None = None,
        hang: bool = False,
    ) -> Path:
        """Write a film of works that move with music, and return its file.

        Args:
            music: a file of sound: WAV, FLAC, OGG, MP3.
            stops: at least two works that it leads through again and again, by seeds or files.
            path: a file that ends in ``.mp4``.
            beats: from one of them to the next.
            bands: directions that follow a band (``bass``, ``mid``, ``treble``): their name, and how far at most.
            moves: as for `sample`, of every work on the way.
            rate: works shown in a second, 1 to 100.
            truncation: factor of the latents, above 0.
            sampling: as for `sample`.
            hang: whether the run's page in the gallery plays it.

        Raises:
            UsageError: if there are too few stops, no such direction or band, or a package is missing.
            ArtganError: if the music cannot be read, is damaged, silent, too short or too long.
        """
        from ..api import FilmRequest
        from ..api._film import make_film

        request = FilmRequest(
            run=self.path,
            music=Path(music),
            stops=tuple(stop if isinstance(stop, int) else Path(stop) for stop in stops),
            beats=beats,
            bands=bands or {},
            moves=given_moves(moves),
            rate=rate,
            truncation=float(truncation),
            out=Path(path),
            hang=hang,
        )
        return make_film(self._sampled(sampling), self.path, request, reporter=self._reporter).file

    def breed(self, first: StartGiven, second: StartGiven, *, count: int = 8, start: int = 0) -> Sheet:
        """Make children of two works of this very model, each latent number that of one parent or the other.

        Args:
            first: one parent.
            second: the other.
            count: how many children.
            start: number of the first child; it decides which numbers come from which parent.

        Returns:
            The children, with their parents before them.

        Raises:
            UsageError: if a number is out of range, or the parents' latents do not fit into a record.
            ArtganError: if a parent is no work of this model.
        """
        from ..api._breed import MOST_CHILDREN
        from ..artworks.origin import are_recordable

        check_seeds(start, count, most=MOST_CHILDREN, option="start", what="children", ends="their numbers")
        model, (one, other) = self._model, (given_work(first, self._model), given_work(second, self._model))
        starts = as_start(one, model), as_start(other, model)
        if not are_recordable(starts):
            raise UsageError("the latents of two works of this model do not fit into a record: give one by its seed")

        children = [model.origin(number, parents=starts) for number in range(start, start + count)]
        parents = tuple(Work.of(model, model.origin(each)) if isinstance(each, int) else each for each in (one, other))
        return Sheet(self._made(model, children), parents=parents)

    def project(
        self,
        picture: str | Path | NDArray[Any],
        *,
        steps: int = 500,
        starts: int = 4,
        seed: int = 0,
        label: str | int | None = None,
    ) -> ProjectedPicture:
        """Look for the work that is nearest to a real picture, text or tune, which takes from seconds to minutes.

        Args:
            picture: a PNG, JPEG, WebP or another common format, a text file, MIDI or ABC; or a compact sample, uint8
                (C, H, W) of this size, or numbers of tokens (L,).
            steps: of each descent.
            starts: descents to choose from.
            seed: of the search.
            label: name or number of a class; None for that of each start.

        Raises:
            UsageError: if a number is out of range, or this generator cannot be sought through.
            ArtganError: if the picture cannot be read.
        """
        from ..api import ProjectRequest
        from ..api._project import check_can_project, find_latent, read_target
        from ..artworks.work import projection_origin

        # All that can be refused is refused before the search, which takes long.
        ProjectRequest(run=self.path, picture=Path(), steps=steps, starts=starts, seed=seed)
        given = Path(picture) if isinstance(picture, str) else picture
        target = read_target(given, self._model) if isinstance(given, Path) else given_picture(given, self._model)
        check_can_project(self._model)
        chosen = given_label(label, self._model)

        with self._reporter.progress() as progress:
            found = find_latent(
                self._model, target, seed=seed, starts=starts, steps=steps, label=chosen, progress=progress
            )
        origin = projection_origin(self._model, found, target)
        return ProjectedPicture(Work.of(self._model, origin, found.sample), target, found)

    def latents(self, seeds: Iterable[int], *, truncation: float = 1.0) -> NDArray[Any]:
        """Return the latents of seeds, (N, latent_size), float64.

        Raises:
            UsageError: if a seed or the truncation is out of range, or there are no seeds.
        """
        import numpy as np

        origins = [given_origin(self._model, seed, truncation=truncation) for seed in seeds]
        if not origins:
            raise UsageError("give at least one seed")
        return np.stack([origin.latent(self.latent_size) for origin in origins])

    def render(
        self,
        latents: ArrayLike,
        *,
        seed: int = 0,
        label: str | int | None = None,
        sampling: Mapping[str, object] | None = None,
    ) -> NDArray[Any]:
        """Make the samples of latents, in float64 on the CPU, one by one.

        Args:
            latents: (N, latent_size).
            seed: what a network draws at random comes from it, for each latent anew.
            label: name or number of a class; None for the seed's own.
            sampling: as for `sample`.

        Returns:
            Compact samples: of pixels uint8 (N, C, H, W), of text the numbers of tokens (N, L).

        Raises:
            UsageError: if the latents are of another shape or not finite, or as for `sample`.
            ArtganError: if what the network makes is not finite.
        """
        import numpy as np

        model, given = self._sampled(sampling), np.asarray(latents, np.float64)
        if given.ndim != 2 or not len(given) or given.shape[1] != self.latent_size or not np.isfinite(given).all():
            raise UsageError(f"latents are finite numbers (N, {self.latent_size}), and these are {given.shape}")
        number, chosen = given_seed(seed), given_label(label, model)
        return np.stack([model.render_latent(latent, seed=number, label=chosen) for latent in given])

    def torch(self) -> nn.Module:
        """Return a copy of the network, in float32 on the CPU, in evaluation mode.

        It takes latents (B, latent_size) and the numbers of classes (B,), or None where it knows none. It returns what
        networks see: pixels -1 to 1 (B, C, H, W), or probabilities of tokens (B, L, V).
        """
        return copy.deepcopy(self._model.network).float()

    def export(self, path: str | Path) -> Path:
        """Write the model as one new file, which holds neither code nor paths nor names of persons, and return it.

        Raises:
            UsageError: if the file does not end in ``.artgan``, or exists.
        """
        from ..api import ExportRequest

        request = ExportRequest(run=self.path, file=Path(path))
        self._model.save(request.file)
        return request.file

    def blend(self, fine: TrainedModel, path: str | Path, *, at: int = 16) -> TrainedModel:
        """Write the model that has this one's coarse layers and another's fine ones, and open it.

        Args:
            fine: gives the layers beyond ``at``; one of the two was started from the other.
            path: a new file that ends in ``.artgan``.
            at: the longer side, in pixels, up to which layers are coarse.

        Raises:
            UsageError: if the models do not fit each other, or the file cannot be so or exists.
        """
        from ..api._blend import check_file
        from ..artworks.blend import blend

        file = Path(path)
        check_file(file)
        blended = blend(self._model, fine._model, at=at).model
        blended.save(file)
        return TrainedModel(blended, file, self._reporter)

    def __repr__(self) -> str:
        shape = "×".join(map(str, self.spec.shape))
        return f"TrainedModel({self.provenance.run}, step {self.step}, {self.spec.modality} {shape})"

    def _sampled(self, sampling: Mapping[str, object] | None) -> Model:
        return self._model.with_sampling(sampling) if sampling else self._model

    def _made(self, model: Model, origins: Sequence[Origin]) -> tuple[Work, ...]:
        from ..artworks.work import tracked

        with self._reporter.progress() as progress:
            made = (Work.of(model, origin) for origin in origins)
            return tuple(tracked(made, len(origins), progress, "making works"))
