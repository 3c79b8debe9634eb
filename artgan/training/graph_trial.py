"""Whether a run's networks are called by CUDA graphs: where that was seen to change no bit, and to be faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch

from ..errors import UsageError, one_line
from ..interfaces import Data, Modality
from ..recipe.recipe import Recipe
from .captured_network import Capture, cuda_graphs
from .pace import seconds_of_step
from .processes import ALONE, Apart, Processes
from .trainer import Trainer

COMPARED_STEPS = 4
"""Steps after which both ways must have come to the same bits; a lazy penalty is due in the first of them."""
PLANNED_STEPS = 2000
"""Steps that schedules go over meanwhile."""


@dataclass(frozen=True)
class GraphTrial:
    """What came of a few steps by graphs beside the same steps without, on trainers that are then thrown away.

    Attributes:
        capture: records what the run's networks do; None where they are to be called as they are written.
        words: what was found; empty where nothing was tried.
    """

    capture: Capture | None
    words: str

    @classmethod
    def of(
        cls, recipe: Recipe, data: Data, modality: Modality, device: torch.device, processes: Processes = ALONE
    ) -> Self:
        """Decide as `training.compile` says.

        Each of several processes decides for itself: both ways come to the same bits.

        Raises:
            UsageError: if graphs are asked for, and cannot be had.
        """
        choice = recipe.training.compile
        usable = device.type == "cuda" and not data.spec.tokens
        if choice == "graph" and not usable:
            lacking = "text is not played by graphs" if data.spec.tokens else f"this trains on {device}"
            raise UsageError(
                f"training.compile = 'graph' is for pictures on an NVIDIA GPU, and {lacking}: leave it at 'auto'"
            )
        if choice == "off" or not usable:
            return cls(None, "")

        trial = cls.compare(recipe, data, modality, device, cuda_graphs, processes, must=choice == "graph")
        torch.cuda.empty_cache()
        if choice == "graph" and trial.capture is None:
            raise UsageError(f"training.compile = 'graph' cannot be: {trial.words}; leave it at 'auto'")
        return trial

    @classmethod
    def compare(
        cls,
        recipe: Recipe,
        data: Data,
        modality: Modality,
        device: torch.device,
        capture: Capture,
        processes: Processes = ALONE,
        *,
        must: bool = False,
    ) -> Self:
        """Play some steps in both ways, and take graphs where they come to the same bits in less time.

        Args:
            recipe: of the run.
            data: its samples.
            modality: their kind.
            device: where it trains.
            capture: records a pass of a network.
            processes: those that train together, of which each plays its own shards alone.
            must: take graphs though they are no faster.
        """
        measured = recipe.with_steps(PLANNED_STEPS).with_training(pretrain=0.0)
        own = Apart(processes) if processes.count > 1 else processes

        def trainer(capture: Capture | None) -> Trainer:
            return Trainer(recipe=measured, data=data, modality=modality, device=device, processes=own, capture=capture)

        try:
            plain, captured = trainer(None), trainer(capture)
            for _ in range(COMPARED_STEPS):
                plain.step()
                captured.step()
            if not _same(plain, captured):
                return cls(None, "steps by CUDA graphs come to other bits than without")
            without, with_graphs = (1 / seconds_of_step(game) for game in (plain, captured))
        except (RuntimeError, AssertionError) as error:
            return cls(None, f"networks cannot be captured as CUDA graphs: {one_line(error)}")
        told = (
            f"networks are called by CUDA graphs where that is faster: {with_graphs:.1f} steps/s, {without:.1f} without"
        )
        return cls(capture if must or with_graphs > without else None, told)


def _same(one: Trainer, other: Trainer) -> bool:
    """Return whether two trainers have come to the same bits, and log the same."""
    theirs = other.state()
    states = all(torch.equal(tensor, theirs[name]) for name, tensor in one.state().items())
    return states and repr(one.read_scalars()) == repr(other.read_scalars())
