"""Which layers of a discriminator are the lowest."""

from __future__ import annotations

import pytest
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from artgan.errors import UsageError
from artgan.interfaces.networks import FrozenModule
from artgan.training.layers import lowest_layers


def names(network: nn.Module, count: int) -> set[str]:
    kept = {id(parameter) for parameter in lowest_layers(network, count)}
    return {name for name, parameter in network.named_parameters() if id(parameter) in kept}


def test_norms_belong_to_the_layer_before_them():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Conv2d(2, 2, 3), nn.Flatten())
    assert names(network, 1) == {"0.weight", "0.bias", "1.weight", "1.bias"}


def test_what_a_constrained_layer_is_made_of_belongs_to_it():
    network = nn.Sequential(spectral_norm(nn.Conv2d(1, 2, 3)), spectral_norm(nn.Linear(2, 1)))
    assert names(network, 1) == {"0.bias", "0.parametrizations.weight.original"}


def test_parts_that_never_learn_are_no_layers():
    network = nn.Sequential(FrozenModule(nn.Linear(2, 2)), nn.Linear(2, 2), nn.Linear(2, 1))
    assert names(network, 1) == {"1.weight", "1.bias"}


def test_a_network_may_tell_its_order():
    class Backwards(nn.Sequential):
        def layers_from_below(self):
            return [self[1], self[0]]

    assert names(Backwards(nn.Linear(2, 1), nn.Linear(2, 2)), 1) == {"1.weight", "1.bias"}


def test_one_layer_at_least_learns():
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    assert lowest_layers(network, 0) == []
    with pytest.raises(UsageError, match="freeze at most 1"):
        lowest_layers(network, 2)
