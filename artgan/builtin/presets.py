"""The built-in presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artgan.interfaces import Preset


@dataclass(frozen=True)
class Default(Preset):
    """The best recipe that was measured for pictures on two CPU cores."""

    name = "default"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        dataset = wanted.get("dataset", {}).get("name", "calligraphy")
        adam = {"optimiser": "Adam", "lr": 2e-3, "beta1": 0.0, "beta2": 0.9}
        return {
            "dataset": {"name": "calligraphy"},
            "generator": {"name": "cnn", "width": 32},
            "discriminator": {"name": "cnn", "width": 16, "norm": "spectral"},
            "loss": {"name": "hinge"},
            "penalty": [{"name": "gp"}] if wanted.get("loss", {}).get("name") == "wgan" else [],
            "training": {"minutes": 4 if dataset == "calligraphy" else 8, "batch": 32, "ema": 0.995, "decay": 0.5},
            "generator_optimiser": adam,
            "discriminator_optimiser": adam,
        }


@dataclass(frozen=True)
class Original(Preset):
    """The recipe that the project comes from: cross-entropy, plain CNNs, Adam at 1e-4, 50 epochs."""

    name = "original"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        adam = {"optimiser": "Adam", "lr": 1e-4, "beta1": 0.9, "beta2": 0.999}
        return {
            "dataset": {"name": "calligraphy"},
            "generator": {"name": "cnn"},
            "discriminator": {"name": "cnn", "norm": "none"},
            "loss": {"name": "bce"},
            "training": {"epochs": 50, "batch": 32, "ema": 0.0},
            "generator_optimiser": adam,
            "discriminator_optimiser": adam,
        }


@dataclass(frozen=True)
class WganGp(Preset):
    """Wasserstein loss with gradient penalty, five discriminator updates a step (Gulrajani et al. 2017)."""

    name = "wgan-gp"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        adam = {"optimiser": "Adam", "lr": 1e-4, "beta1": 0.0, "beta2": 0.9}
        return {
            "dataset": {"name": "calligraphy"},
            "generator": {"name": "cnn"},
            "discriminator": {"name": "cnn", "norm": "none"},
            "loss": {"name": "wgan"},
            "penalty": [{"name": "gp", "weight": 10.0}],
            "training": {"minutes": 10, "batch": 64},
            "generator_optimiser": adam,
            "discriminator_optimiser": adam | {"updates": 5},
        }


@dataclass(frozen=True)
class Quick(Preset):
    """A first look in about a minute: the default with a smaller budget."""

    name = "quick"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        tables = dict(Default().tables(wanted))
        return tables | {"training": tables["training"] | {"minutes": 1}}
