"""Where real samples come from."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from .component import Component
from .data import Data, Workspace
from .machine import Machine
from .preset import Choice
from .survey import Survey

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Dataset(Component):
    """Real samples.

    Attributes:
        modality: the modality of its samples.
    """

    kind = "dataset"
    plural = "datasets"
    modality: ClassVar[str]

    @classmethod
    def recognises(cls, path: Path) -> float:
        """Return how much of what lies at a path is for this dataset: a share, or just true or false.

        The dataset that recognises most of a path given as plain argument takes it as its option ``path``.
        """
        return 0

    def negative_log_likelihood(self, samples: NDArray[Any]) -> NDArray[np.float64] | None:
        """Return the true one of each compact sample (N,), in nats per value, where it is known."""
        return None

    def choose(self, workspace: Workspace) -> Choice | None:
        """Return the options that the data itself decides where the user has not, in a table ``dataset``, and why.

        Called before anything else of a new run; what is decided is written into its recipe, and stays. Where it is
        not asked, an option that is left open means what it meant before.

        Raises:
            ArtganError: as `open` does, if there is nothing that can be used.
        """
        return None

    def decided(self, choice: Choice) -> Self:
        """Return the dataset with what `choose` decided."""
        return self.configure({**self.values(), **choice.tables["dataset"]})

    def choose_for(self, survey: Survey, machine: Machine, minutes: float) -> Choice | None:
        """Return the options that follow from where and how long a run trains, in a table ``dataset``, and why.

        Called of a new run when all else is chosen, unless it starts from a model. It is for options that are left
        open; what is decided is written into the recipe. Where it is not asked, such an option means what it meant
        before.

        Args:
            survey: what `survey` gave.
            machine: what is trained on.
            minutes: how long; 0 where the budget is in another unit.
        """
        return None

    def survey(self, workspace: Workspace) -> Survey:
        """Return what presets go by, called before anything is trained.

        Opens the data and looks at some of it. A dataset that takes long to open, or whose originals tell more than
        what is made of them, had better look at these: at a bounded number, the same ones each time.

        Raises:
            ArtganError: as `open` does, if there is nothing that can be used.
        """
        return Survey.of(self.open(workspace))

    @abstractmethod
    def open(self, workspace: Workspace) -> Data:
        """Read the data, decoding it once into the workspace's cache where it is many.

        Raises:
            ArtganError: if there is nothing that can be used.
        """
