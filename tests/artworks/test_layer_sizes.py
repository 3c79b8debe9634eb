"""At which size each layer of a generator works."""

from __future__ import annotations

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from artgan.artworks.layer_sizes import layer_sizes
from artgan.builtin.generator import CnnGenerator
from artgan.interfaces import Spec


class Told(nn.Module):
    """Tells sizes that watching would not show."""

    def __init__(self):
        super().__init__()
        self.deep = nn.Sequential(nn.Linear(4, 4))

    def layer_sizes(self):
        return {"deep": 32}


def test_the_sizes_of_layers_are_those_of_what_they_make():
    spec = Spec("image", (3, 48, 64))
    network = CnnGenerator(latent=4, width=2).build(spec)
    sizes = layer_sizes(network, latent=4, spec=spec)
    assert sizes.keys() == network.state_dict().keys()
    assert sizes["project.weight"] == 0
    assert sorted(set(sizes.values())) == [0, 16, 32, 64]


def test_what_a_constrained_layer_is_made_of_has_its_size():
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = spectral_norm(nn.ConvTranspose2d(4, 1, 8))

        def forward(self, latents, labels=None):
            return self.first(latents[:, :, None, None])

    sizes = layer_sizes(Network(), latent=4, spec=Spec("image", (1, 8, 8)))
    assert set(sizes.values()) == {8}


def test_a_network_may_tell_them():
    sizes = layer_sizes(Told(), latent=4, spec=Spec("image", (1, 64, 64)))
    assert set(sizes.values()) == {32}
