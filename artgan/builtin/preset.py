"""The built-in presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artgan.interfaces import Preset

ALL_STEPS = 10**9
"""More steps than any run has."""


@dataclass(frozen=True)
class Default(Preset):
    """The best recipe that was measured for pictures on two CPU cores.

    A spectrally normalised discriminator at a high learning rate learns fastest; only against pixel art (`tiles`) does
    it hardly get off the ground, and one held back by a lazy R1 does.
    """

    name = "default"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        dataset = _name(wanted, "dataset", "calligraphy")
        lazy = dataset == "tiles"
        adam = {"optimiser": "Adam", "lr": 1e-3 if lazy else 2e-3, "beta1": 0.0, "beta2": 0.99 if lazy else 0.9}
        penalty = [{"name": "r1", "gamma": 0.1, "interval": 8}] if lazy else []
        if _name(wanted, "loss", "") == "wgan":
            penalty = [{"name": "gp"}]
        return {
            "dataset": {"name": "calligraphy"},
            "generator": {"name": "cnn", "width": 32},
            "discriminator": {"name": "cnn", "width": 32 if lazy else 16, "norm": "none" if lazy else "spectral"},
            "loss": {"name": "bce"},
            "penalty": penalty,
            "training": {"minutes": 3.5 if dataset == "calligraphy" else 8, "batch": 32, "ema": 0.995, "decay": 0.5},
            "generator_optimiser": adam,
            "discriminator_optimiser": adam,
        }


@dataclass(frozen=True)
class Original(Preset):
    """The recipe that the project comes from: cross-entropy, plain CNNs, Adam at 1e-4, 50 epochs."""

    name = "original"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"

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
    """Wasserstein loss with gradient penalty, five discriminator updates a step."""

    name = "wgan-gp"
    paper = "Gulrajani et al. 2017, arXiv:1704.00028"

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


@dataclass(frozen=True)
class Scratch(Preset):
    """Text from noise, without pre-training: the default for text."""

    name = "scratch"
    paper = "de Masson d'Autume et al. 2019, arXiv:1905.09922; Che et al. 2017 (MaliGAN), arXiv:1702.07983"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        adam = {"optimiser": "Adam", "beta1": 0.5, "beta2": 0.999, "clip": 5.0}
        ratio = _estimates_ratios(wanted)
        tables = {
            "dataset": {"name": "poems"},
            "generator": {"name": "rnn"},
            "discriminator": {"name": "rnn", "dropout": 0.35} if ratio else {"name": "rnn"},
            "loss": {"name": "bce"},
            "training": {
                "minutes": _text_minutes(wanted),
                "batch": 64 if ratio else 128,
                "ema": 0.995,
                "decay": 0.5 if ratio else 0.0,
                "precision": "float32",
            },
            "generator_optimiser": adam | {"lr": 2e-3 if ratio else 1e-3},
            "discriminator_optimiser": adam | {"lr": 6e-3 if ratio else 2e-3},
        }
        return tables | {"estimator": {"name": "ratio"}} if ratio else tables


@dataclass(frozen=True)
class Mle(Preset):
    """Maximum likelihood alone, without a game: the baseline that every GAN of text is measured beside."""

    name = "mle"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        tables = dict(Scratch().tables(wanted))
        adam = {"optimiser": "Adam", "lr": 3e-3, "beta1": 0.9, "beta2": 0.999, "clip": 5.0}
        training = tables["training"] | {"batch": 128, "pretrain": ALL_STEPS, "decay": 0.5}
        training |= {"minutes": _text_minutes(wanted) / 4}
        return tables | {"training": training, "generator_optimiser": adam}


@dataclass(frozen=True)
class RelGan(Preset):
    """Maximum likelihood first, then a relativistic game beside it.

    Unlike the paper's, tokens are not relaxed, and the discriminator is recurrent: a text is made likelier by how real
    it is found to be. The likelihood of real texts stays in the generator's loss, as in the interleaved training of Guo
    et al. 2018 (LeakGAN, arXiv:1709.08624), but at every step. The longer both go on, the more texts are copied:
    of the 1,309 names of dinosaurs 1 % after 600 steps, and 81 % after 2,000.
    """

    name = "relgan"
    paper = "Nie et al. 2019 (RelGAN)"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        adam = {"optimiser": "Adam", "lr": 3e-3, "beta1": 0.9, "beta2": 0.999, "clip": 5.0}
        steps = 600 if _name(wanted, "dataset", "poems") == "names" else 2000
        return dict(Scratch().tables(wanted)) | {
            "discriminator": {"name": "textrnn"},
            "loss": {"name": "relativistic"},
            "estimator": {"name": "reinforce"},
            "training": {
                "steps": steps,
                "batch": 128,
                "pretrain": steps // 2,
                "likelihood": 0.5,
                "ema": 0.995,
                "decay": 0.5,
                "precision": "float32",
            },
            "generator_optimiser": adam,
            "discriminator_optimiser": adam,
        }


def _estimates_ratios(wanted: Mapping[str, Any]) -> bool:
    """Return whether the estimator `ratio` fits the players and the loss, and no other is asked for."""
    players = _name(wanted, "generator", "rnn"), _name(wanted, "discriminator", "rnn")
    fits = players == ("rnn", "rnn") and _name(wanted, "loss", "bce") in ("bce", "minimax")
    return fits and _name(wanted, "estimator", "ratio") == "ratio"


def _text_minutes(wanted: Mapping[str, Any]) -> float:
    return {"names": 0.8, "poems": 12.0}.get(_name(wanted, "dataset", "poems"), 10.0)


def _name(wanted: Mapping[str, Any], kind: str, otherwise: str) -> str:
    return str(wanted.get(kind, {}).get("name", otherwise))
