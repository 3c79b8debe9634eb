"""Each fault of features is found."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from support.faulty import faults, told

from artgan.errors import ArtganError
from artgan.interfaces import Features
from artgan.testing import check, check_features

WORD = "0" * 64


def means(pictures):
    return pictures.mean((2, 3)).repeat(4, axis=1)[:, :4] / 255


def features_of(extract=means, build=None, digest=lambda: WORD, score=None, **attributes):
    @dataclass(frozen=True)
    class Made(Features):
        """Features."""

        name, version, size, resize = "made", "made-v1", 8, "none"

        def digest(self):
            return digest()

        def build(self):
            return build() if build else extract

        def scores(self, features):
            return score(features) if score else {}

    for name, value in attributes.items():
        setattr(Made, name, value)
    return Made


def missing():
    raise ArtganError("no weights are kept as 'made': artgan weights add made FILE")


def crash(*given):
    raise KeyError("layer")


def refuse():
    raise ArtganError("not here\ntype something")


def drawn_at_build():
    factor = float(torch.rand(()))
    return lambda pictures: factor * means(pictures)


def normalised(pictures):
    found = means(pictures)
    return found - found.mean(0)


def write(pictures):
    pictures[:] = 0
    return means(pictures)


def settle(pictures):
    torch.use_deterministic_algorithms(True)
    return means(pictures)


def test_right_features_conform():
    check_features(features_of())
    check(features_of(score=lambda features: {"score": float(features.mean())}))


def test_features_whose_weights_are_not_here_are_asked_to_say_so_in_one_line():
    check_features(features_of(build=missing, digest=missing))


@pytest.mark.parametrize(
    ("made", "phrase"),
    [
        (features_of(version="two words"), "its version is 'two words'"),
        (features_of(size=0), "its size is 0"),
        (features_of(resize=""), "its resize is ''"),
        (features_of(digest=lambda: "new"), "digest() is 'new'"),
        (features_of(digest=lambda: f"{random.getrandbits(256):064x}"), "digest() gives another each time"),
        (features_of(digest=crash), "digest() raised KeyError"),
        (features_of(digest=refuse), "digest refuses without saying why in one line"),
        (features_of(build=refuse), "build refuses without saying why in one line"),
        (features_of(build=crash), "build raised KeyError"),
        (features_of(build=lambda: 3), "build returned int: return a function"),
        (features_of(build=drawn_at_build), "others each time they are built"),
        (features_of(crash), "raised KeyError"),
        (features_of(write), "raised ValueError"),
        (features_of(lambda pictures: means(pictures).tolist()), "features are list: return a NumPy array"),
        (features_of(lambda pictures: means(pictures).astype(np.float32)), "features are float32"),
        (features_of(lambda pictures: means(pictures)[:, 0]), "have the shape (6,): return (N, D)"),
        (features_of(lambda pictures: means(pictures)[:1]), "have the shape (1, 4)"),
        (features_of(lambda pictures: np.log(means(pictures))), "features of black pictures are not finite"),
        (features_of(normalised), "the features of a picture depend on the others"),
        (features_of(lambda pictures: 0 * means(pictures)), "all pictures have the same features"),
        (features_of(lambda pictures: random.random() + means(pictures)), "features are others each time"),
        (features_of(lambda pictures: pictures.mean((2, 3)) / 255), "there are [1, 2, 3, 4] features"),
        (features_of(settle), "looking changes whether algorithms are deterministic"),
        (features_of(score=lambda features: 1.0), "scores() returned float: return a mapping"),
        (features_of(score=lambda features: {"score": float("nan")}), "scores() gives 'score': nan"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_fault_of_features_is_found(made, phrase):
    found = faults(check_features, made)
    assert told(found, phrase), found
