"""The whole contract with plugins: the hooks that artgan calls.

A plugin is a module or object with functions marked ``@artgan.hookimpl``, named by an entry point in the group
``artgan``::

    [project.entry-points.artgan]
    mine = "artgan_mine"

What may change within one API version, in any minor release: a new hook, a new kind of component, a new attribute or
method with a default in an interface, a new optional argument at the end of a hook, a new field with a default in
`Spec`, `Data` or `Round`, a new capability, a stricter conformance check, and every built-in default (a run's recipe
holds all its options). What may not: to remove or rename any of these, to ask a plugin for more than before, or to
change what a value means. A version goes on working for at least one minor release after the next one has come.

The ``register_*`` hooks take nothing and return a list of component classes (see `artgan.interfaces`); they run when
components are first asked for, so they must be quick and import no torch. The ``run_*`` hooks observe a training;
`artgan.interfaces.Observer` shows when each is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click

    from . import (
        Augmentation,
        Constraint,
        Dataset,
        Discriminator,
        Estimator,
        Features,
        Generator,
        Loss,
        Metric,
        Modality,
        Penalty,
        Preset,
        Quality,
        RunInfo,
        Snapshot,
        Tick,
    )

API_VERSION = 1
"""The version of this contract, which a plugin states as ``ARTGAN_API = 1``. It grows when a plugin written for the one
before may stop working."""

OLDEST_API_VERSION = 1
"""The oldest version whose plugins still work."""

hookspec = pluggy.HookspecMarker("artgan")
hookimpl = pluggy.HookimplMarker("artgan")


@hookspec
def register_generators() -> list[type[Generator]]:
    """Return generators: networks that turn latents into samples."""
    return []


@hookspec
def register_discriminators() -> list[type[Discriminator]]:
    """Return discriminators: networks that turn samples into logits."""
    return []


@hookspec
def register_losses() -> list[type[Loss]]:
    """Return adversarial losses."""
    return []


@hookspec
def register_penalties() -> list[type[Penalty]]:
    """Return penalties on the discriminator."""
    return []


@hookspec
def register_augmentations() -> list[type[Augmentation]]:
    """Return augmentations that stand before the discriminator, on both sides."""
    return []


@hookspec
def register_estimators() -> list[type[Estimator]]:
    """Return estimators: how the generator learns through its samples."""
    return []


@hookspec
def register_constraints() -> list[type[Constraint]]:
    """Return constraints: what is allowed of works while they are drawn token by token."""
    return []


@hookspec
def register_datasets() -> list[type[Dataset]]:
    """Return datasets."""
    return []


@hookspec
def register_metrics() -> list[type[Metric]]:
    """Return metrics over samples."""
    return []


@hookspec
def register_features() -> list[type[Features]]:
    """Return features: what pictures are compared by."""
    return []


@hookspec
def register_modalities() -> list[type[Modality]]:
    """Return modalities: kinds of art."""
    return []


@hookspec
def register_presets() -> list[type[Preset]]:
    """Return presets: named recipes."""
    return []


@hookspec
def register_commands(cli: click.Group) -> None:
    """Add commands to the command line, with ``@cli.command()``."""


@hookspec
def run_started(run: RunInfo) -> None:
    """See a run begin or go on; called once, before its first step."""


@hookspec
def run_ticked(run: RunInfo, tick: Tick) -> None:
    """See a run advance; called once per tick of many steps, with the mean of each scalar since the last."""


@hookspec
def run_judged(run: RunInfo, quality: Quality) -> None:
    """See how good the average generator is now, where the run is judged as it goes on."""


@hookspec
def run_snapshot_taken(run: RunInfo, snapshot: Snapshot) -> None:
    """See a new sheet of works."""


@hookspec
def run_warned(run: RunInfo, message: str) -> None:
    """See what a person should know: a run went back to a healthy checkpoint, or something could not be written."""


@hookspec
def run_finished(run: RunInfo) -> None:
    """See a run reach its end; not called when it is stopped before."""
