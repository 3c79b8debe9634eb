"""The built-in plugins. They register through the same hooks as a stranger's."""

from __future__ import annotations

from artgan import hookimpl
from artgan.interfaces import (
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
)


@hookimpl
def register_generators() -> list[type[Generator]]:
    """Offer the built-in generators."""
    from . import generator

    return [generator.CnnGenerator, generator.MlpGenerator, generator.RnnGenerator, generator.TransformerGenerator]


@hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    """Offer the built-in discriminators."""
    from . import discriminator

    return [
        discriminator.CnnDiscriminator,
        discriminator.MlpDiscriminator,
        discriminator.RnnDiscriminator,
        discriminator.TextRnnDiscriminator,
        discriminator.TextCnnDiscriminator,
    ]


@hookimpl
def register_losses() -> list[type[Loss]]:
    """Offer the built-in loss."""
    from . import loss

    return [
        loss.Bce,
        loss.Minimax,
        loss.Mse,
        loss.Lsgan,
        loss.Hinge,
        loss.Wgan,
        loss.Relativistic,
    ]


@hookimpl
def register_penalties() -> list[type[Penalty]]:
    """Offer the built-in penalty."""
    from . import penalty

    return [penalty.R1, penalty.R2, penalty.GradientPenalty]


@hookimpl
def register_augmentations() -> list[type[Augmentation]]:
    """Offer the built-in augmentation."""
    from . import augmentation

    return [augmentation.Ada, augmentation.DiffAug, augmentation.Flip]


@hookimpl
def register_estimators() -> list[type[Estimator]]:
    """Offer the built-in estimator."""
    from . import estimator

    return [estimator.Pathwise, estimator.Reinforce, estimator.Expected, estimator.Ratio, estimator.Gumbel]


@hookimpl
def register_constraints() -> list[type[Constraint]]:
    """Offer the built-in constraint."""
    from . import constraint

    return [constraint.BeginsWith]


@hookimpl
def register_datasets() -> list[type[Dataset]]:
    """Offer the built-in dataset."""
    from . import dataset

    return dataset.DATASETS


@hookimpl
def register_metrics() -> list[type[Metric]]:
    """Offer the built-in metrics."""
    from . import metric

    return metric.METRICS


@hookimpl
def register_features() -> list[type[Features]]:
    """Offer the built-in features."""
    from . import features

    return [features.RandomFeatures]


@hookimpl
def register_modalities() -> list[type[Modality]]:
    """Offer the built-in modalities."""
    from .modality import image, text

    return [image.ImageModality, text.TextModality]


@hookimpl
def register_presets() -> list[type[Preset]]:
    """Offer the built-in preset."""
    from . import preset

    return [
        preset.Default,
        preset.Original,
        preset.WganGp,
        preset.Quick,
        preset.Scratch,
        preset.Mle,
        preset.RelGan,
    ]
