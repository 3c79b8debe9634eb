"""A small model with random weights."""

from dataclasses import replace

import pytest

from artgan.builtin.image import ImageModality
from artgan.builtin.models import CnnGenerator
from artgan.interfaces import Spec
from artgan.model import Model, Provenance

RECIPE = '[generator]\nname = "cnn"\nlatent = 8\nwidth = 2\n\n[[penalty]]\nname = "r1"\ngamma = 1.0\n'
PROVENANCE = Provenance("a-run", "Some data", "CC0 1.0", "somewhere", "f" * 64, {"artgan": "0.1.0"}, 1.5, 200)


@pytest.fixture
def make_model():
    """Return a model with random weights."""

    def make(seed=0, shape=(1, 8, 8), **provenance):
        import torch

        torch.manual_seed(seed)
        generator, spec = CnnGenerator(latent=8, width=2), Spec("image", shape)
        return Model.from_state(
            generator.build(spec).state_dict(),
            recipe=RECIPE,
            generator=generator,
            modality=ImageModality(),
            spec=spec,
            step=100,
            provenance=replace(PROVENANCE, **provenance),
        )

    return make


@pytest.fixture
def model(make_model):
    return make_model()
