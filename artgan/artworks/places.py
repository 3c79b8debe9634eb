"""Where runs, models, galleries and samples lie.

::

    OUT/runs/ID/recipe.toml          every choice of a run
    OUT/runs/ID/checkpoints/step-…   all that is needed to go on, with a model in each; the best apart, in best/
    OUT/runs/ID/snapshots/step-…     sheets of works on the way
    OUT/runs/ID/samples/step-…       works made later, by the checkpoint whose model made them
    OUT/runs/ID/evaluation           what was measured of it
    OUT/gallery/ID                   what people look at, with the model that made it
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import ArtganError, UsageError
from .model_file import FILE_NAME

RECIPE = "recipe.toml"
"""The file that makes a folder a run."""

HERE = Path()
"""The folder that holds ``runs`` and ``gallery`` where none is given."""

RUNS = "runs"
"""The folder of runs, beside which the gallery lies."""

ASSETS = "assets"
"""The folder of what the pages of a gallery share."""

_CHECKPOINTS = "checkpoints"


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run, there or yet to be made.

    Attributes:
        path: the folder; its name is the run's.
    """

    path: Path

    @property
    def id(self) -> str:
        """The run's name."""
        return self.path.name

    @property
    def recipe(self) -> Path:
        """The file of the complete recipe."""
        return self.path / RECIPE

    @property
    def is_begun(self) -> bool:
        """Whether a run was made here."""
        return self.recipe.is_file()

    @property
    def job(self) -> Path:
        """The file that names the processes which began the run together; there where there were several."""
        return self.path / "job"

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints, the best apart."""
        return self.path / _CHECKPOINTS

    @property
    def best(self) -> Path:
        """The folder that holds the best checkpoint."""
        return self.path / "best"

    @property
    def original(self) -> Path:
        """The folder of the checkpoints that the run may return to while it is trained."""
        return self.path / "original"

    @property
    def snapshots(self) -> Path:
        """The folder of the sheets that show works on the way."""
        return self.path / "snapshots"

    @property
    def stop_request(self) -> Path:
        """The file that asks the process that trains the run to save it and stop."""
        return self.path / "stop"

    @property
    def evaluation(self) -> Path:
        """The folder of what was measured."""
        return self.path / "evaluation"

    @property
    def gallery(self) -> Path:
        """The gallery beside the folder of runs that this one lies in; beside the run where that is no such folder."""
        place = self.path.parent
        return gallery_folder(place.parent if place.name == RUNS else place)

    @property
    def hung(self) -> Path:
        """Its own folder in that gallery."""
        return self.gallery / self.id


def is_reserved(name: str) -> bool:
    """Return whether a gallery keeps a name for its own files, beside the folders of runs."""
    name = name.casefold()
    return name == ASSETS or name.endswith(".html")


def runs_folder(out: Path = HERE) -> Path:
    """Return the folder of runs in an ``--out`` folder."""
    return out / RUNS


def gallery_folder(out: Path = HERE) -> Path:
    """Return the gallery in an ``--out`` folder."""
    return out / "gallery"


def all_runs(out: Path = HERE) -> list[RunFolder]:
    """Return the runs in an ``--out`` folder, by name."""
    return [RunFolder(path.parent) for path in sorted(runs_folder(out).glob(f"[!.]*/{RECIPE}"))]


def find_run(given: Path | str, out: Path = HERE) -> RunFolder:
    """Return the run that a person means: by its folder, or by its name in the folder of runs.

    Args:
        given: the folder or the name.
        out: the folder that holds ``runs``.

    Raises:
        UsageError: if there is no such run; lists those that there are.
    """
    for place in (Path(given), runs_folder(out) / given):
        found = RunFolder(_named(place))
        if found.is_begun:
            return found

    known = ", ".join(run.id for run in all_runs(out)) or "none"
    raise UsageError(f"{given} is no run: give a run's folder or name; runs in {runs_folder(out)}: {known}")


def newest_model(place: Path, out: Path = HERE) -> Path:
    """Return the model file that a person means: the file itself, that of a gallery folder, or a run's newest.

    Args:
        place: a file, a folder, or a name in ``runs`` or ``gallery``.
        out: the folder that holds these two.

    Raises:
        UsageError: if there is none.
    """
    found = model_place(place, out)
    return found if found.is_file() else models_in(found)[0]


def model_place(place: Path, out: Path = HERE) -> Path:
    """Return the file or the folder that a person means, which is or holds a model, as `newest_model` finds it.

    Raises:
        UsageError: if there is none.
    """
    if place.is_file():
        return place
    for folder in (place, runs_folder(out) / place, gallery_folder(out) / place):
        if models_in(folder):
            return folder
    raise UsageError(f"{place} holds no model: give a run's name or folder, a gallery folder or a {FILE_NAME}")


def models_in(folder: Path) -> list[Path]:
    """Return the model files of a gallery folder, a run or its folder of the best checkpoint, the newest first.

    A run that saves may remove a checkpoint while it is looked at. The next has come before; so where none is found, it
    is looked again until what is there stays the same.
    """
    own, before = folder / FILE_NAME, list[Path]()
    while True:
        steps = sorted([*folder.glob(f"{_CHECKPOINTS}/step-*"), *folder.glob("step-*")], reverse=True)
        kept = [step / FILE_NAME for step in steps if (step / FILE_NAME).is_file()]
        if kept or steps == before:
            return [own] * own.is_file() + kept
        before = steps


def check_writable(folder: Path, advice: str = "choose another folder with --out") -> None:
    """Check that files can be written in a folder, there or yet to be made, before something takes long.

    Args:
        folder: where they are to be written.
        advice: what can be done where they cannot.

    Raises:
        ArtganError: if they cannot.
    """
    place = folder.absolute()
    nearest = next(path for path in (place, *place.parents) if os.path.lexists(path))
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        raise ArtganError(f"cannot write in {nearest}: {advice}")


def samples_folder(model: Path) -> Path:
    """Return where the samples of a model go: one folder for each checkpoint of a run."""
    kept_in = model.parent.parent
    if kept_in.name == _CHECKPOINTS:
        return kept_in.parent / "samples" / model.parent.name
    return model.parent / "samples"


def _named(folder: Path) -> Path:
    """Return a folder by a path that names it and the two folders that it lies in, as ``.`` and ``../mine`` do not."""
    last = folder.parts[-2:]
    return folder if len(last) == 2 and ".." not in last else folder.resolve()
