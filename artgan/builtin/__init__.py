"""The built-in plugins. They register through the same hooks as a stranger's."""

from __future__ import annotations

from artgan import hookimpl
from artgan.interfaces import (
    Augmentation,
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
)


@hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the built-in generators."""
    from . import models

    return [models.CnnGenerator, models.MlpGenerator, models.RnnGenerator]


@hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the built-in discriminators."""
    from . import models

    return [
        models.CnnDiscriminator,
        models.MlpDiscriminator,
        models.RnnDiscriminator,
        models.TextRnnDiscriminator,
        models.TextCnnDiscriminator,
    ]


@hookimpl
def register_losses() -> list[type[Loss]]:
    """Offer the built-in losses."""
    from . import losses

    return [
        losses.Bce,
        losses.Minimax,
        losses.Mse,
        losses.Lsgan,
        losses.Hinge,
        losses.Wgan,
        losses.Relativistic,
    ]


@hookimpl
def register_penalties() -> list[type[Penalty]]:
    """Offer the built-in penalties."""
    from . import penalties

    return [penalties.R1, penalties.R2, penalties.GradientPenalty]


@hookimpl
def register_augmentations() -> list[type[Augmentation]]:
    """Offer the built-in augmentations."""
    from . import augmentations

    return [augmentations.DiffAug, augmentations.Flip]


@hookimpl
def register_estimators() -> list[type[Estimator]]:
    """Offer the built-in estimators."""
    from . import estimators

    return [estimators.Pathwise, estimators.Reinforce, estimators.Expected, estimators.Ratio, estimators.Gumbel]


@hookimpl
def register_datasets() -> list[type[Dataset]]:
    """Offer the built-in datasets."""
    from . import datasets

    return datasets.DATASETS


@hookimpl
def register_metrics() -> list[type[Metric]]:
    """Offer the built-in metrics."""
    from . import metrics

    return [metrics.Diversity, metrics.Frechet, metrics.Ngrams, metrics.Tones, metrics.Copied, metrics.Distinct]


@hookimpl
def register_features() -> list[type[Features]]:
    """Offer the built-in features."""
    from . import features

    return [features.RandomFeatures]


@hookimpl
def register_modalities() -> list[type[Modality]]:
    """Offer the built-in modalities."""
    from . import image, text

    return [image.ImageModality, text.TextModality]


@hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the built-in presets."""
    from . import presets

    return [
        presets.Default,
        presets.Original,
        presets.WganGp,
        presets.Quick,
        presets.Scratch,
        presets.Mle,
        presets.RelGan,
    ]
