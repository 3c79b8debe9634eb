"""How long and how the players train, as tables of a recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self, cast

from ..interfaces.component import Component, option
from ..interfaces.schedule import Schedule

BUDGETS = ("steps", "epochs", "kimg", "minutes")

BASE_PARTS = ("generator", "discriminator", "ema", "optimisers")
"""What a run can take of the model that it starts from."""

ALL_STEPS_BEFORE = 10**9
"""What recipes had for a pre-training that takes all steps when it was no share yet."""


@dataclass(frozen=True)
class Training(Component):
    """How long and how the players train.

    A step is one turn of each player. One of the four budgets is given; the others are 0. Beside minutes, a run's own
    recipe has the steps that are planned so far, and when it has ended the steps alone.

    Raises:
        ValueError: if the pre-training is neither a share nor a whole number of steps.
    """

    kind = "table"
    name = "training"
    seed: int = option(0, "root of all randomness", min=0, max=2**63 - 1)
    batch: int = option(64, "samples in a batch", min=1)
    shards: int = option(1, "equal parts of a batch that are played one after another, or by as many processes", min=1)
    steps: int = option(0, "budget: steps", min=0)
    epochs: float = option(0.0, "budget: times that each real sample is seen", min=0)
    kimg: float = option(0.0, "budget: thousand real samples seen", min=0)
    minutes: float = option(0.0, "budget: minutes, turned into steps by what these take while the run goes on", min=0)
    schedule_steps: int = option(
        0, "steps that schedules go over; 0 for those of the budget, unless minutes were over before them", min=0
    )
    held_out: float = option(
        0.1,
        "share of the samples that nothing is trained on, to judge by; a dataset that holds out its own takes it",
        min=0,
        max=0.5,
    )
    pretrain: float = option(
        0.0, "steps that train the generator alone first, by maximum likelihood; up to 1: share of the run", min=0
    )
    pretrain_lr: float = option(
        0.0, "learning rate of the generator in those steps; 0 for that of the game", min=0, schedule=True
    )
    likelihood: float = option(
        0.0, "weight of maximum likelihood beside the loss of the game; 0 for none", min=0, schedule=True
    )
    precision: str = option(
        "auto",
        "arithmetic of the networks while they train; auto: bfloat16 where the device is fast at it",
        choices=("auto", "float32", "bfloat16"),
    )
    compile: str = option(
        "auto",
        "how networks of pictures are called on an NVIDIA GPU: off as they are written, graph by CUDA graphs, which "
        "must come to the same bits; auto: by these where they do and are faster when the run begins",
        choices=("auto", "off", "graph"),
    )
    ema: float = option(
        0.995, "decay of the moving average of the generator's weights; 0 for none", min=0, max=0.99999, schedule=True
    )
    log_every: int = option(25, "steps from one line of the log to the next", min=1)
    checkpoint_every: int = option(500, "steps from one checkpoint to the next", min=1)
    keep: int = option(2, "checkpoints that are kept", min=1)
    evaluate_every: int = option(
        0, "steps from one judgement of quality to the next, by which the best checkpoint is kept; 0 for none", min=0
    )
    copied: float = option(
        1.0,
        "largest share of works that copy real samples, beyond that of real ones; a run ends before it; 1 for any",
        min=0,
        max=1,
    )
    patience: float = option(
        1.0,
        "share of the run for which works may stay clearly worse than they were before it ends as then; 1 for any",
        min=0,
        max=1,
    )
    collapses: int = option(
        0, "times that a run goes back from works that look alike, and on otherwise; 0 for never", min=0, max=10
    )
    collapsed: int = option(
        0, "times that it has: so often learning rates are halved, and components eased", min=0, max=10
    )
    snapshots: int = option(24, "pictures of the same latents taken on the way", min=1, max=1000)
    threads: int = option(0, "threads on the CPU; 0 for as many as are fastest when the run begins", min=0, max=1024)

    def __post_init__(self) -> None:
        if self.pretrain >= ALL_STEPS_BEFORE:
            object.__setattr__(self, "pretrain", 1.0)
        if self.pretrain > 1 and self.pretrain % 1:
            raise ValueError(f"pretrain = {self.pretrain} is neither a share (up to 1) nor a whole number of steps")

    @property
    def pretraining_steps(self) -> int:
        """Steps of the budget that train the generator alone."""
        return round(self.pretrain * (self.schedule_steps or self.steps)) if self.pretrain <= 1 else int(self.pretrain)


@dataclass(frozen=True)
class BaseChoice(Component):
    """The model that a run starts from, where it does not begin with noise.

    Raises:
        ValueError: if no model is given, or what is to be taken of it is no part of a run.
    """

    kind = "table"
    name = "base"
    model: str = option("", "a run's name or folder, a gallery folder or a model's file")
    weights: str = option("", "SHA-256 of its weights; empty for whatever they are when the run begins")
    take: str = option("", f"what is taken of it, of {','.join(BASE_PARTS)}; empty for the networks that there are")
    freeze_discriminator: int = option(0, "layers of the discriminator, the lowest first, that do not learn", min=0)

    def __post_init__(self) -> None:
        if not self.model:
            raise ValueError("there is no model to start from: give one with --from")
        if unknown := [part for part in self.parts if part not in BASE_PARTS]:
            raise ValueError(f"take = {self.take!r} names {unknown[0]!r}, which is none of {', '.join(BASE_PARTS)}")
        if self.parts and not set(self.parts) & set(BASE_PARTS[:2]):
            raise ValueError(f"take = {self.take!r} names no network: take the generator or the discriminator too")

    @property
    def parts(self) -> tuple[str, ...]:
        """What is to be taken; empty for the networks that there are."""
        return tuple(part.strip() for part in self.take.split(",")) if self.take else ()


@dataclass(frozen=True)
class Optimiser(Component):
    """One player's optimiser, of `torch.optim` by name."""

    kind = "table"
    name = "optimiser"
    optimiser: str = option("Adam", "class of torch.optim")
    lr: float = option(1e-3, "learning rate", min=0, schedule=True)
    beta1: float = option(0.0, "decay of the mean of gradients, for the Adam family", min=0, max=1, schedule=True)
    beta2: float = option(
        0.9, "decay of the mean of squared gradients, for the Adam family", min=0, max=1, schedule=True
    )
    clip: float = option(0.0, "largest norm of the gradients of all weights together; 0 for any", min=0)
    updates: int = option(1, "updates of this player in a step", min=1, max=1000)

    def eased(self, times: int) -> Self:
        """Return it with a learning rate that was halved so often."""
        lr: float | Schedule = self.lr
        factor = 0.5**times
        return replace(self, lr=cast(float, lr.scaled(factor) if isinstance(lr, Schedule) else factor * lr))
