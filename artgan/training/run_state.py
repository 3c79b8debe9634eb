"""All that a checkpoint keeps of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from torch import Tensor

from ..artworks.model import Model
from ..artworks.provenance import BASE, MOST_BASES, Base
from ..errors import ArtganError
from ..interfaces import Quality
from ..schema import fault
from .checkpoint import load_checkpoint, save_checkpoint

_SCHEMA = {"seconds": float, "rollbacks": int, "fingerprint": str, "recipe": str}


@dataclass(frozen=True)
class RunState:
    """A run at one moment.

    Attributes:
        tensors: the trainer's state.
        step: the steps that were taken.
        seconds: seconds of training so far, over all sittings.
        rollbacks: how often the run went back to a healthy checkpoint.
        fingerprint: of the data.
        recipe: as anybody may see it, in TOML.
        bases: the models that it was started from, the nearest first.
    """

    tensors: Mapping[str, Tensor]
    step: int
    seconds: float
    rollbacks: int
    fingerprint: str
    recipe: str
    bases: tuple[Base, ...] = ()

    def write(
        self, folder: Path, model: Model, *, keep: int, again: bool = False, quality: Quality | None = None
    ) -> Path:
        """Write a checkpoint into a folder of checkpoints and return its path.

        Args:
            folder: where checkpoints are kept.
            model: the average generator of the same moment.
            keep: how many stay there.
            again: write it though there is one of this step already.
            quality: how good the generator was found to be, to be kept with it.

        Raises:
            CheckpointError: if it cannot be written; older ones are then untouched.
        """
        words = {
            "step": self.step,
            "seconds": self.seconds,
            "rollbacks": self.rollbacks,
            "fingerprint": self.fingerprint,
            "recipe": self.recipe,
            "versions": dict(model.provenance.versions),
        }
        if self.bases:
            words["bases"] = [base.to_table() for base in self.bases]
        if quality:
            words["quality"] = [quality.name, quality.value]
        return save_checkpoint(folder, tensors=self.tensors, state=words, save_model=model.save, keep=keep, again=again)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a checkpoint whose manifest is right.

        Raises:
            ArtganError: if it was written by nothing that this version knows.
        """
        saved = load_checkpoint(path)
        if wrong := fault(saved.state, _SCHEMA):
            raise ArtganError(f"checkpoint {path.name} is not one of artgan's: {wrong}")
        return cls(
            tensors=saved.tensors,
            step=saved.state["step"],
            seconds=saved.state["seconds"],
            rollbacks=saved.state["rollbacks"],
            fingerprint=saved.state["fingerprint"],
            recipe=saved.state["recipe"],
            bases=_bases(saved.state.get("bases", []), path),
        )


def _bases(told: object, path: Path) -> tuple[Base, ...]:
    """Return the bases that a checkpoint tells of.

    Raises:
        ArtganError: if they are none.
    """
    if wrong := fault(told, [BASE], "its bases"):
        raise ArtganError(f"checkpoint {path.name} is not one of artgan's: {wrong}")
    return tuple(map(Base.from_table, cast("list[dict[str, Any]]", told)[:MOST_BASES]))
