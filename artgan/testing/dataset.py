"""Checks of datasets, opened in workspaces that are thrown away."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces import Choice, Data, Dataset, Machine, Workspace
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .process_state import isolated, seed_all

MINUTES = 60.0
"""How long the run takes that it is asked about."""
ABSOLUTE = re.compile(r"(?:^|[\s'\"(])(?:/[\w.-]+){2,}|\b[A-Za-z]:\\")


@dataclass(frozen=True)
class Opening:
    """A dataset and the folder in which it may keep what it decodes.

    Attributes:
        dataset: what is checked.
        folder: a folder for workspaces.
    """

    dataset: Dataset
    folder: Path
    told: list[tuple[str, int, int]] = field(default_factory=list)

    def open(self, cache: str, seed: int = 0) -> Data:
        """Open the dataset in a workspace."""
        seed_all(seed)
        with attempt("open()"):
            workspace = Workspace(self.folder / cache, lambda what, done, total: self.told.append((what, done, total)))
            data = self.dataset.open(workspace)
        if not isinstance(data, Data):
            raise BrokenError(f"open() returned {type(data).__name__}: return artgan.interfaces.Data")
        return data

    @cached_property
    def data(self) -> Data:
        """What the dataset holds."""
        return self.open("cache")


def find_faults(component: Dataset, unconfigured: bool) -> Findings:
    """Return what is wrong with a dataset.

    Args:
        component: the dataset.
        unconfigured: whether it was made with its defaults, so that it may lack a path.
    """
    findings = Findings()
    with isolated(), tempfile.TemporaryDirectory() as folder:
        findings.find_faults(DECLARATION, component)
        opening = Opening(component, Path(folder))
        findings.find_faults([recognises_paths], opening)
        if unconfigured and "path" in component.options() and _lacks_its_path(opening, findings):
            return findings
        if findings.find_faults([opens], opening):
            findings.find_faults(DATASET, opening)
            del opening.__dict__["data"]  # whose files are mapped into memory
    return findings


def recognises_paths(opening: Opening) -> Iterator[str]:
    """Find datasets that trip over a path that is not theirs."""
    empty, strange = opening.folder / "empty", opening.folder / "strange.bin"
    empty.mkdir()
    strange.write_bytes(bytes(range(256)))
    for path, what in ((empty, "an empty folder"), (strange, "a strange file"), (empty / "none", "a missing path")):
        with attempt(f"recognises() of {what}"):
            answer = opening.dataset.recognises(path)
        if not isinstance(answer, int | float) or not 0 <= answer <= 1:
            yield f"recognises() of {what} returned {answer!r}: return a share of 0 to 1, or true or false"
        elif answer and path.suffix == ".bin":
            yield f"recognises() takes {what} for its own: say so only of what open() can read"


def opens(opening: Opening) -> Iterator[str]:
    """Find datasets that fail at once."""
    if not len(opening.data):
        yield "there are no samples: raise ArtganError where nothing can be used"


def decides_its_own_options(opening: Opening) -> Iterator[str]:
    """Find choices that a recipe cannot hold, or that are made anew each time."""
    workspace = Workspace(opening.folder / "cache")
    yield from _decides(opening.dataset, "choose()", lambda dataset: dataset.choose(workspace))
    with attempt("survey()"):
        survey = opening.dataset.survey(workspace)
    yield from _decides(opening.dataset, "choose_for()", lambda dataset: dataset.choose_for(survey, Machine(), MINUTES))


def _decides(dataset: Dataset, method: str, decide: Callable[[Dataset], Choice | None]) -> Iterator[str]:
    """Find what is wrong with what one of its methods decides."""
    with attempt(method):
        choice = decide(dataset)
    if choice is None:
        return
    if set(choice.tables) != {"dataset"} or not choice.reason.strip():
        yield f"{method} gives no table dataset alone with a reason: return Choice({{'dataset': {{...}}}}, 'why')"
        return
    with attempt(f"{method}, and configure() with what it decides,"):
        decided = dataset.decided(choice)
    if decide(decided) is not None:
        yield f"{method} decides something anew once all is decided: return None where nothing is left open"


def agrees_with_its_spec(opening: Opening) -> Iterator[str]:
    """Find samples that networks would be sized wrongly for."""
    data, modality = opening.data, opening.dataset.modality
    if data.spec.modality != modality:
        yield f"its spec says {data.spec.modality} but the dataset says {modality}: make them agree"
    if modality != "image":
        return
    if data.samples.dtype != np.uint8 or data.samples.ndim != 4:
        yield f"samples are {data.samples.dtype} of shape {data.samples.shape}: keep pictures as uint8 (N, C, H, W)"
    elif data.samples.shape[1:] != tuple(data.spec.shape):
        yield f"samples are of shape {data.samples.shape[1:]} but the spec says {data.spec.shape}: make them agree"
    elif not 1 <= data.samples.shape[1] <= 4:
        yield f"samples have {data.samples.shape[1]} channels: pictures have 1 to 4"


def labels_its_samples(opening: Opening) -> Iterator[str]:
    """Find labels that are no class indices."""
    data = opening.data
    if (data.labels is None) != (not data.spec.classes):
        yield "there are labels without classes or classes without labels: give both or neither"
    if data.labels is None:
        return
    if data.labels.dtype != np.int64 or data.labels.shape != (len(data),):
        yield f"labels are {data.labels.dtype} of shape {data.labels.shape}: give int64 (N,)"
    elif data.spec.classes and not (data.labels.min() >= 0 and data.labels.max() < len(data.spec.classes)):
        yield f"labels run from {data.labels.min()} to {data.labels.max()}: they are indices of the classes"
    if len(set(data.spec.classes)) < len(data.spec.classes) or not all(data.spec.classes):
        yield "some classes have the same name, or none: tell them apart"


def can_be_drawn_from(opening: Opening) -> Iterator[str]:
    """Find samples that the trainer cannot draw."""
    samples, indices = opening.data.samples, np.array([len(opening.data) - 1, 0, 0])
    with attempt("samples[array of indices]"):
        drawn = samples[indices]
    if not isinstance(drawn, np.ndarray) or len(drawn) != 3 or not np.array_equal(drawn[1], np.asarray(samples[0])):
        yield "samples[array of indices] does not give these samples: make samples a NumPy array"


def says_where_it_comes_from(opening: Opening) -> Iterator[str]:
    """Find data that no work could name, or that names its user."""
    data = opening.data
    for name in ("title", "licence", "source"):
        value = getattr(data, name)
        if not isinstance(value, str) or not value.strip():
            yield f"its {name} is empty: works carry it, so say what is known ('not stated' where nothing is)"
        elif str(Path.home()) in value or str(opening.folder) in value or ABSOLUTE.search(value):
            yield f"its {name} holds a path: works carry it to strangers, so leave folders out"
    if any(ABSOLUTE.search(item.name) or "\n" in item.name + item.reason for item in data.left_out):
        yield "left_out holds absolute paths or line breaks: name items in one line, relative to the data"
    if any(ABSOLUTE.search(note) or not note.strip() or "\n" in note for note in data.notes):
        yield "notes hold absolute paths, line breaks, or nothing: say each in one line, relative to the data"


def has_a_fingerprint(opening: Opening) -> Iterator[str]:
    """Find content that cannot be told from other content."""
    if not re.fullmatch(r"[0-9a-f]{64}", opening.data.fingerprint):
        yield "its fingerprint is no SHA-256 of 64 hexadecimal digits: use hashlib.sha256(content).hexdigest()"


def is_the_same_again(opening: Opening) -> Iterator[str]:
    """Find data that depends on the workspace, on what was cached, or on chance."""
    first = opening.data
    for cache, what in (("cache", "a second time"), ("another", "in another workspace")):
        other = opening.open(cache, seed=1)
        if other.fingerprint != first.fingerprint:
            yield f"opened {what}, it has another fingerprint: make it of the content alone"
        same = np.array_equal(first.samples, other.samples) and first.spec == other.spec
        if not same or not np.array_equal(_labels(first), _labels(other)):
            yield f"opened {what}, it has other samples, labels or spec: read files in a fixed order, draw nothing"


def writes_to_its_workspace_alone(opening: Opening) -> Iterator[str]:
    """Find files left in the current folder."""
    texts = [value for value in opening.dataset.values().values() if isinstance(value, str)]
    if any(value and Path(value).exists() and not Path(value).is_absolute() for value in texts):
        return
    here = opening.folder / "here"
    here.mkdir()
    with contextlib.chdir(here):
        opening.open("third")
    if left := sorted(path.name for path in here.iterdir()):
        yield f"open() writes {', '.join(left[:3])} into the current folder: write into workspace.cache alone"


def _lacks_its_path(opening: Opening, findings: Findings) -> bool:
    """Return whether the dataset rightly says that it needs a path."""
    try:
        opening.dataset.open(Workspace(opening.folder / "cache"))
    except ArtganError:
        return True
    except (Exception, SystemExit):
        findings.find_faults([_needs_a_path], opening)
        return True
    return False


def _needs_a_path(opening: Opening) -> Iterator[str]:
    opening.open("cache")
    return iter(())


def _labels(data: Data) -> NDArray[np.int64]:
    return np.zeros(0, np.int64) if data.labels is None else data.labels


DATASET = [
    decides_its_own_options,
    agrees_with_its_spec,
    labels_its_samples,
    can_be_drawn_from,
    says_where_it_comes_from,
    has_a_fingerprint,
    is_the_same_again,
    writes_to_its_workspace_alone,
]
