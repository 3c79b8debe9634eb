"""Look for the work that is nearest to a real picture, text or tune."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..interfaces import Progress, Reporter
from ..plugins.loader import Plugins, load_plugins
from ._choices import SEEDS, label_of
from ._context import SILENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..artworks.model import Model
    from ..artworks.projection import Projection
    from ..artworks.work import Work

BY_LIKELIHOOD = "log-probabilities"
"""What generators of tokens provide, whose samples have no gradient."""


@dataclass(frozen=True, kw_only=True)
class ProjectRequest:
    """What to look for.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        picture: the real sample: a PNG, JPEG, WebP or another common format; of texts a text file; else what the
            modality reads, as tunes are MIDI or ABC.
        steps: of each descent.
        starts: descents to choose from.
        seed: of the search.
        label: name or number of a class; None for that of each start.
        out: where the work is written; None for the samples of the run.

    Raises:
        UsageError: if a number is out of range.
    """

    run: Path
    picture: Path
    steps: int = 500
    starts: int = 4
    seed: int = 0
    label: str | None = None
    out: Path | None = None

    def __post_init__(self) -> None:
        if self.steps < 1 or self.starts < 1:
            raise UsageError("a search takes at least one start and one step")
        if not 0 <= self.seed < SEEDS:
            raise UsageError(f"--seed {self.seed} is out of range (0 to {SEEDS - 1})")


@dataclass(frozen=True)
class ProjectResult:
    """What was found.

    Attributes:
        work: the nearest work, with the path of its file.
        beside: a sheet with the real sample, as the generator sees it, to the left of the work.
        projection: the latent, and how near the work is.
    """

    work: Work
    beside: Path
    projection: Projection


def project(
    request: ProjectRequest,
    *,
    plugins: Plugins | None = None,
    reporter: Reporter = SILENT,
    found: Callable[[Projection], None] = lambda projection: None,
) -> ProjectResult:
    """Look for the work that is nearest to a real sample, and write it.

    Args:
        request: what to look for.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.
        found: called with what was found, before anything is written.

    Raises:
        UsageError: if there is no such model or class, the file cannot be compared, or the generator cannot be sought
            through.
        ArtganError: if the file cannot be read, or the latent is too long for a record.
    """
    from ..artworks.model import load_newest
    from ..artworks.model_file import FILE_NAME
    from ..artworks.places import check_writable, samples_folder

    # All that can be refused is refused before the search, which takes long.
    plugins = plugins or load_plugins()
    model, place = load_newest(request.run, plugins.registry)
    target = read_target(request.picture, model)
    check_can_project(model)
    label = label_of(request.label, model)
    folder = request.out or samples_folder(place)
    check_writable(folder)

    from ..artworks.work import write_projection

    with reporter.progress() as progress:
        projection = find_latent(
            model,
            target,
            seed=request.seed,
            starts=request.starts,
            steps=request.steps,
            label=label,
            progress=progress,
        )
    found(projection)

    work, beside = write_projection(model, folder, projection, target)
    model.save(folder / FILE_NAME)  # so that the work can be made again when the run has moved on
    return ProjectResult(work=work, beside=beside, projection=projection)


def read_target(file: Path, model: Model) -> NDArray[Any]:
    """Return a file as the compact sample that the dataset of a model would have made of it.

    Raises:
        UsageError: if works of the model cannot be compared with files.
        ArtganError: if the file cannot be read.
    """
    options = tomllib.loads(model.recipe).get("dataset")
    return model.modality.read_real(file, model.spec, options if isinstance(options, dict) else {})


def check_can_project(model: Model) -> None:
    """Check that the latent of a real sample can be looked for in a model.

    Raises:
        UsageError: if no gradient reaches it, or it would not fit into a record.
    """
    from ..artworks.origin import LARGEST_LATENT

    needed = _needed(model)
    if needed not in model.generator.provides:
        raise UsageError(f"generator {model.generator.name} gives no {needed}, which this search needs")
    if model.generator.latent > LARGEST_LATENT:
        size = f"{model.generator.latent:,}"
        raise UsageError(f"a latent of this run has {size} numbers; a record holds at most {LARGEST_LATENT:,}")


def find_latent(
    model: Model,
    target: NDArray[Any],
    *,
    seed: int,
    starts: int,
    steps: int,
    label: int | None,
    progress: Progress | None,
) -> Projection:
    """Look for the latent of a real sample: through samples of pixels, or by the likelihood of tokens.

    Args:
        model: what makes the samples.
        target: the real one, compact.
        seed: of the search.
        starts: descents to choose from.
        steps: of each.
        label: index of the class; None for that of each seed.
        progress: told of each step.

    Raises:
        ArtganError: if what the network makes is not finite, or no gradient reaches the latent.
    """
    from ..artworks.projection import project as project_pixels
    from ..artworks.token_projection import project_tokens

    search = project_tokens if _needed(model) == BY_LIKELIHOOD else project_pixels
    return search(model, target, seed=seed, starts=starts, steps=steps, label=label, progress=progress)


def _needed(model: Model) -> str:
    """Return what a generator must provide for latents of its works to be looked for."""
    return BY_LIKELIHOOD if model.modality.representation == "tokens" else "sample-gradient"
