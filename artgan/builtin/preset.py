"""The built-in presets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artgan.interfaces import Choice, Machine, PixelSurvey, Preset, Recommendation, Survey, Wishes

LARGE = 64
"""Pixels a side from which pictures have more of shades and materials than a small network learns."""
MOST_STRETCHED = 4
"""How many times as long as the other a side is at most in pictures that artgan-fewshot serves."""
FEW_TOKENS = 50_000
"""Fewer than these in all texts together are soon known by heart."""

MOST_COPIED = 0.01
"""The share of texts that may be copies at most."""

COLLAPSES = 2
"""Times that a run of pictures goes back from works that have come to look alike."""

PATIENCE = 0.2
"""The share of a run of texts in which they may stay clearly worse than they were."""


@dataclass(frozen=True)
class Default(Preset):
    """The best recipe that was measured for pictures on two CPU cores.

    A spectrally normalised discriminator at a high learning rate learns fastest; only against pixel art does it hardly
    get off the ground, and one held back by a lazy R1 does. Drawings and photographs of 64 pixels and more come out
    cleaner where nearest neighbours double the maps, the latent sets gains and biases, and batches are smaller.
    """

    name = "default"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        soft = wishes.name("generator", "cnn") == "cnn" and survey.pixels is not None and _soft(survey.pixels)
        batch = 16 if soft else 32
        common = {
            "generator": {"name": "cnn", "width": 32},
            "loss": {"name": "bce"},
            "training": {"batch": batch, "ema": 0.995, "decay": 0.5, "collapses": COLLAPSES},
        }
        bound = Choice({"penalty": [{"name": "gp"}]}, "loss wgan needs a discriminator of bounded slope")
        return (
            Choice(common, "the best that was measured for pictures"),
            _game_of_soft_pictures() if soft else _opponent_of_pictures(survey),
            *([bound] if wishes.name("loss") == "wgan" else []),
            _picture_minutes(survey),
            *_smaller_batch(batch, survey),
        )

    def recommendation(self, wishes: Wishes, survey: Survey) -> Recommendation | None:
        pixels = survey.pixels
        if wishes.choose_players or not pixels or pixels.pixel_art or pixels.grey or pixels.shorter_side < LARGE:
            return None
        sides = pixels.widths.middle, pixels.heights.middle
        if max(sides) > MOST_STRETCHED * min(sides):
            return None
        return Recommendation("artgan-fewshot", "drawings and photographs come out nearly twice as near with it")


@dataclass(frozen=True)
class Original(Preset):
    """The recipe that the project comes from: cross-entropy, plain CNNs, Adam at 1e-4, 50 epochs."""

    name = "original"
    paper = "Goodfellow et al. 2014, arXiv:1406.2661"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        tables = {
            "generator": {"name": "cnn"},
            "discriminator": {"name": "cnn", "norm": "none"},
            "loss": {"name": "bce"},
            "training": {"epochs": 50, "batch": 32, "ema": 0.0},
            **_both({"optimiser": "Adam", "lr": 1e-4, "beta1": 0.9, "beta2": 0.999}),
        }
        return Choice(tables, "as the project began"), *_smaller_batch(32, survey)


@dataclass(frozen=True)
class WganGp(Preset):
    """Wasserstein loss with gradient penalty, five discriminator updates a step."""

    name = "wgan-gp"
    paper = "Gulrajani et al. 2017, arXiv:1704.00028"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        adam = {"optimiser": "Adam", "lr": 1e-4, "beta1": 0.0, "beta2": 0.9}
        tables = {
            "generator": {"name": "cnn"},
            "discriminator": {"name": "cnn", "norm": "none"},
            "loss": {"name": "wgan"},
            "penalty": [{"name": "gp", "weight": 10.0}],
            "training": {"batch": 64},
            "generator_optimiser": adam,
            "discriminator_optimiser": adam | {"updates": 5},
        }
        minutes = Choice({"training": {"minutes": 10}}, "five updates of the discriminator a step take long")
        return Choice(tables, "as in the paper"), minutes, *_smaller_batch(64, survey)


@dataclass(frozen=True)
class Quick(Preset):
    """A first look in about a minute: the default with a smaller budget."""

    name = "quick"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        return *Default().choose(wishes, survey, machine), Choice({"training": {"minutes": 1}}, "a first look")


@dataclass(frozen=True)
class Scratch(Preset):
    """Text from noise, without pre-training: the default for text."""

    name = "scratch"
    paper = "de Masson d'Autume et al. 2019, arXiv:1905.09922; Che et al. 2017 (MaliGAN), arXiv:1702.07983"
    dataset = "poems"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        common = {
            "generator": {"name": "rnn"},
            "loss": {"name": "bce"},
            "training": {"ema": 0.995, "precision": "float32"},
        }
        game = _game_of_ratios(survey) if _estimates_ratios(wishes) else _game_of_tokens(survey)
        return Choice(common, "the best of those measured for texts"), *game, _text_minutes(survey), _end_in_time()


@dataclass(frozen=True)
class Mle(Preset):
    """Maximum likelihood alone, without a game: the baseline that every GAN of text is measured beside."""

    name = "mle"
    dataset = "poems"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        adam = {"optimiser": "Adam", "lr": 3e-3, "beta1": 0.9, "beta2": 0.999, "clip": 5.0}
        likelihood = {"training": {"batch": 128, "pretrain": 1.0, "decay": 0.5}, "generator_optimiser": adam}
        return (
            *Scratch().choose(wishes, survey, machine),
            Choice(likelihood, "maximum likelihood alone"),
            *([_warmed_up()] if wishes.name("generator") == "transformer" else []),
            _text_minutes(survey, share=0.25),
            *_smaller_batch(128, survey),
        )


@dataclass(frozen=True)
class RelGan(Preset):
    """Maximum likelihood first, then a relativistic game beside it.

    Unlike the paper's, tokens are not relaxed, and the discriminator is recurrent: a text is made likelier by how real
    it is found to be. The likelihood of real texts stays in the generator's loss, as in the interleaved training of Guo
    et al. 2018 (LeakGAN, arXiv:1709.08624), but at every step, and weighs much: against a discriminator that learns
    fast and a small weight, a generator forgets what it had learned. The longer both go on, the more texts would be
    copied (of the 1,309 names of dinosaurs 1 % after 600 steps, and 81 % after 2,000), so that a run ends before.
    """

    name = "relgan"
    paper = "Nie et al. 2019 (RelGAN)"
    dataset = "poems"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        tables = {
            "generator": {"name": "rnn"},
            "discriminator": {"name": "textrnn"},
            "loss": {"name": "relativistic"},
            "estimator": {"name": "reinforce"},
            "training": {"batch": 128, "likelihood": 3.0, "ema": 0.995, "decay": 0.5, "precision": "float32"},
            **_both({"optimiser": "Adam", "lr": 3e-3, "beta1": 0.9, "beta2": 0.999, "clip": 5.0}, lr=5e-4),
        }
        steps, reason = (600, "longer, it would copy so few") if _few_tokens(survey) else (2000, "texts enough")
        budget = {"training": {"steps": steps, "pretrain": 0.5}}
        game = Choice(tables, "likelihood beside a relativistic game")
        return game, Choice(budget, reason), _end_in_time(), *_smaller_batch(128, survey)


def _opponent_of_pictures(survey: Survey) -> Choice:
    """Return a discriminator that learns neither too fast nor too slowly for the generator, and how both learn."""
    if survey.pixels and survey.pixels.pixel_art:
        tables = {
            "discriminator": {"name": "cnn", "width": 32, "norm": "none"},
            "penalty": [{"name": "r1", "gamma": 0.1, "interval": 8}],
            **_both({"optimiser": "Adam", "lr": 1e-3, "beta1": 0.0, "beta2": 0.99}),
        }
        return Choice(tables, "few colours with hard edges (pixel art)")
    tables = {
        "discriminator": {"name": "cnn", "width": 16, "norm": "spectral"},
        "penalty": [],
        **_both({"optimiser": "Adam", "lr": 2e-3, "beta1": 0.0, "beta2": 0.9}),
    }
    return Choice(tables, "learns fastest where edges are soft" if survey.pixels else "learns fastest")


def _soft(pixels: PixelSurvey) -> bool:
    """Return whether these are drawings or photographs with room for lines, shades and materials."""
    return not (pixels.pixel_art or pixels.strokes) and pixels.shorter_side >= LARGE


def _game_of_soft_pictures() -> Choice:
    tables = {
        "generator": {"name": "cnn", "width": 32, "upsampling": "nearest", "modulated": True, "full": 16},
        "discriminator": {"name": "cnn", "width": 16, "norm": "spectral"},
        "loss": {"name": "hinge"},
        "penalty": [],
        "augmentation": [{"name": "diffaug", "color": False, "cutout": 0.0}],
        **_both({"optimiser": "Adam", "lr": 1e-3, "beta1": 0.0, "beta2": 0.99}, lr=5e-4),
    }
    return Choice(tables, "draws lines, grounds and materials cleanest")


def _picture_minutes(survey: Survey) -> Choice:
    if survey.pixels and survey.pixels.strokes:
        return Choice({"training": {"minutes": 3.5}}, "grey strokes on a flat ground are soon learnt")
    return Choice({"training": {"minutes": 8}}, "colours and shades take a while")


def _estimates_ratios(wishes: Wishes) -> bool:
    """Return whether the estimator `ratio` fits the players and the loss, and no other is asked for."""
    players = wishes.name("generator", "rnn"), wishes.name("discriminator", "rnn")
    fits = players == ("rnn", "rnn") and wishes.name("loss", "bce") in ("bce", "minimax")
    return fits and wishes.name("estimator", "ratio") == "ratio"


def _game_of_ratios(survey: Survey) -> Sequence[Choice]:
    tables = {
        "discriminator": {"name": "rnn", "dropout": 0.35},
        "estimator": {"name": "ratio"},
        "training": {"batch": 64, "decay": 0.5},
        **_both({"optimiser": "Adam", "lr": 2e-3, "beta1": 0.5, "beta2": 0.999, "clip": 5.0}, lr=6e-3),
    }
    return Choice(tables, "the discriminator judges each token, so its ratios can teach"), *_smaller_batch(64, survey)


def _game_of_tokens(survey: Survey) -> Sequence[Choice]:
    tables = {
        "discriminator": {"name": "rnn"},
        "training": {"batch": 128, "decay": 0.0},
        **_both({"optimiser": "Adam", "lr": 1e-3, "beta1": 0.5, "beta2": 0.999, "clip": 5.0}, lr=2e-3),
    }
    return Choice(tables, "what is wished for gives no ratios to learn by"), *_smaller_batch(128, survey)


def _warmed_up() -> Choice:
    adam = {"optimiser": "Adam", "lr": "warmup:3e-3@0.02", "beta1": 0.9, "beta2": 0.98, "clip": 1.0}
    return Choice({"training": {"batch": 64}, "generator_optimiser": adam}, "a transformer has to warm up")


def _text_minutes(survey: Survey, share: float = 1.0) -> Choice:
    if _few_tokens(survey):
        return Choice({"training": {"minutes": 0.8 * share}}, "so few, short texts are soon known by heart")
    if survey.tokens and survey.tokens.tokeniser.startswith("line-of-"):
        return Choice({"training": {"minutes": 12.0 * share}}, "verse of a fixed form takes longest")
    return Choice({"training": {"minutes": 10.0 * share}}, "texts enough to learn from")


def _end_in_time() -> Choice:
    training = {"copied": MOST_COPIED, "patience": PATIENCE}
    return Choice({"training": training}, "what is known by heart is nothing new, nor is worse better: it ends before")


def _few_tokens(survey: Survey) -> bool:
    return survey.tokens is not None and survey.tokens.total < FEW_TOKENS


def _smaller_batch(usual: int, survey: Survey) -> Sequence[Choice]:
    """Return the largest power of two within half of the samples, where they are fewer than the usual batch."""
    if not 0 < survey.count < usual:
        return ()
    batch = 1 << max(1, survey.count // 2).bit_length() - 1
    return (Choice({"training": {"batch": batch}}, f"{survey.count:,} samples alone"),)


def _both(generator: Mapping[str, Any], **discriminator: Any) -> dict[str, Any]:
    """Return the tables of both optimisers: the discriminator's is the generator's, but for what is given."""
    return {"generator_optimiser": {**generator}, "discriminator_optimiser": {**generator, **discriminator}}
