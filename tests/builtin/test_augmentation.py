"""Augmentations: they keep shape and gradient, treat each picture alone, and draw from their stream alone."""

from __future__ import annotations

import pytest
import torch
from support.builtins import REGISTRY

from artgan.interfaces import Augmentation, Spec
from artgan.training.random_streams import stream

ALL = [
    *(name for name in REGISTRY.names(Augmentation) if name != "ada"),
    "ada:initial=0.8,filter=true,cutout=true",
    "diffaug:color=false",
    "diffaug:translation=0",
    "diffaug:cutout=0",
]


def augment(registry, text: str, images: torch.Tensor, step: int = 0) -> torch.Tensor:
    augmentation = registry.parse(Augmentation, text).build(Spec("image", tuple(images.shape[1:])))
    return augmentation(images, stream(7, "augmentation", step))


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("shape", [(4, 1, 8, 8), (1, 3, 5, 9), (2, 4, 1, 3)])
def test_shape_and_gradient_are_kept(registry, text, shape):
    images = torch.rand(shape).requires_grad_()
    changed = augment(registry, text, images)
    assert changed.shape == shape
    changed.sum().backward()
    assert images.grad.isfinite().all()


@pytest.mark.parametrize("text", ALL)
def test_the_same_stream_gives_the_same_change_and_another_gives_another(registry, text):
    images = torch.rand(16, 3, 8, 8)
    torch.manual_seed(1)
    once = augment(registry, text, images)
    torch.manual_seed(2)
    assert torch.equal(once, augment(registry, text, images))
    assert not torch.equal(once, augment(registry, text, images, step=1))


def test_flip_mirrors_about_half_of_the_pictures_and_changes_nothing_else(registry):
    images = torch.rand(400, 1, 2, 5)
    flipped = augment(registry, "flip", images)
    same = (flipped == images).flatten(1).all(1)
    mirrored = (flipped == images.flip(3)).flatten(1).all(1)
    assert (same ^ mirrored).all()
    assert 150 < mirrored.sum() < 250


def test_translation_shifts_by_at_most_its_share_and_fills_with_the_middle_grey(registry):
    images = torch.ones(200, 1, 8, 8)
    shifted = augment(registry, "diffaug:color=false,cutout=0,translation=0.25", images)
    kept = shifted.sum((1, 2, 3))
    assert set(shifted.unique().tolist()) == {0.0, 1.0}
    assert kept.min() == 6 * 6
    assert kept.max() == 8 * 8
    mark = torch.zeros(200, 1, 9, 9)
    mark[:, :, 4, 4] = 1
    places = augment(registry, "diffaug:color=false,cutout=0,translation=0.25", mark).sum(0)[0].nonzero()
    assert places.min() == 2
    assert places.max() == 6


def test_cutout_blanks_a_square_of_its_share(registry):
    cut = augment(registry, "diffaug:color=false,translation=0,cutout=0.5", torch.ones(200, 1, 8, 8))
    blanked = 64 - cut.sum((1, 2, 3))
    assert blanked.max() == 16
    assert blanked.min() == 4  # half of the square may lie outside


def test_color_changes_brightness_saturation_and_contrast_alone(registry):
    images = torch.rand(8, 3, 6, 6)
    changed = augment(registry, "diffaug:cutout=0,translation=0", images)
    for before, after in zip(images, changed, strict=True):
        order = before.mean(0).flatten().argsort()
        assert (after.mean(0).flatten()[order].diff() >= -1e-5).all()
