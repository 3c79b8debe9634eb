"""A plugin: a loss that fails in a given way at given steps, and an observer that puts NaN where the loss is finite."""

import gc
from dataclasses import dataclass

import torch

import artgan
from artgan import option
from artgan.builtin.loss import Bce
from artgan.training.trainer import Trainer

seen = {"started": False, "calls": 0, "poisoned": False}


@dataclass(frozen=True)
class Sick(Bce):
    """Cross-entropy that becomes NaN, infinite, or needs too much memory."""

    name = "sick"
    how: str = option("nan", "what happens", choices=("nan", "inf", "memory"))
    call: int = option(0, "the call at which it happens, 0 for never", min=0)
    forever: bool = option(False, "whether it goes on happening")
    poison: str = option("", "where an observer puts NaN, once: ema, weights or statistics")

    def discriminator(self, turn):
        loss = super().discriminator(turn)
        # what artgan tries before the first step does not count
        seen["calls"] += seen["started"]
        ill = seen["calls"] >= self.call > 0 if self.forever else seen["calls"] == self.call
        if not ill:
            return loss
        if self.how == "memory":
            torch.empty(2**50)
        return loss * float(self.how)


@artgan.hookimpl
def register_losses():
    return [Sick]


@artgan.hookimpl
def run_started(run):
    seen.update(started=True, calls=0, poisoned=False)


@artgan.hookimpl
def run_ticked(run, tick):
    if tick.step == 8 and not seen["poisoned"]:
        poison(trainer_at(tick.step))


def trainer_at(step):
    """Return the trainer of the run; observers are given none, so it is looked for among all objects."""
    gc.collect()
    trainers = [item for item in gc.get_objects() if type(item) is Trainer]
    return next(item for item in trainers if item.steps == step and item.recipe.loss.name == Sick.name)


def poison(trainer):
    where = trainer.recipe.loss.poison
    if not where:
        return
    seen["poisoned"] = True
    network = trainer.ema.network if where == "ema" else trainer.generator
    tensors, name = network.state_dict(), "running_mean" if where == "statistics" else "weight"
    tensors[next(key for key in tensors if key.endswith(name))].view(-1)[0] = float("nan")
