"""A plugin in one file: a generator that makes samples of a class, and a dataset of two."""

CLASSED = '''
import math
from dataclasses import dataclass

import artgan
from artgan.interfaces import Data, Dataset, Generator, Spec


@dataclass(frozen=True)
class Classed(Generator):
    """One layer for each class."""

    name = "classed"
    provides = frozenset({"sample-gradient"})
    conditional = True
    latent: int = artgan.option(4, "numbers in a latent", min=1)

    def build(self, spec):
        from torch import nn

        class Network(nn.Module):
            def __init__(network):
                super().__init__()
                network.classes = nn.Embedding(len(spec.classes), math.prod(spec.shape))
                network.layer = nn.Linear(self.latent, math.prod(spec.shape))

            def forward(network, latents, labels=None):
                return (network.layer(latents) + network.classes(labels)).tanh().view(-1, *spec.shape)

        return Network()


@dataclass(frozen=True)
class Shades(Dataset):
    """Dark and light squares."""

    name = "shades"
    modality = "image"

    def open(self, workspace):
        import numpy as np
        import hashlib

        labels = np.arange(64, dtype=np.int64) % 2
        samples = (np.full((64, 1, 8, 8), 40) + 170 * labels[:, None, None, None]).astype("uint8")
        digest = hashlib.sha256(samples.tobytes()).hexdigest()
        return Data(Spec("image", (1, 8, 8), ("dark", "light")), samples, labels, digest, "shades", "CC0-1.0", "a test")


@artgan.hookimpl
def register_generators():
    return [Classed]


@artgan.hookimpl
def register_datasets():
    return [Shades]
'''
