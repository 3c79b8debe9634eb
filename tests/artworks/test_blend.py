"""Two models in one."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from support.strangers import Tunes

from artgan.artworks.blend import blend
from artgan.artworks.model import Model
from artgan.errors import UsageError


@pytest.fixture
def pair(make_model):
    """Two models of 16×16, of which the second was started from the first."""
    first = make_model(seed=1, shape=(1, 16, 16), run="one", dataset="Portraits", licence="CC0")
    second = make_model(seed=2, shape=(1, 16, 16), run="two", dataset="Ink", licence="CC BY", fingerprint="a" * 64)
    return first, replace(second, provenance=replace(second.provenance, bases=(first.as_base("all"),)))


def test_coarse_layers_are_of_one_and_fine_ones_of_the_other(pair):
    first, second = pair
    made = blend(first, second, at=8)
    assert made.sizes == (4, 8, 16)
    for name, tensor in made.model.weights.items():
        whose = second if name.startswith("layers.5") else first
        assert torch.equal(tensor, whose.weights[name])
    assert 0 < made.coarse_share < 1


def test_the_order_decides_which_gives_what(pair):
    one, other = blend(*pair, at=8).model, blend(*reversed(pair), at=8).model
    assert one.weights_digest != other.weights_digest
    assert not np.array_equal(one.render([1]), other.render([1]))


def test_it_tells_of_both_and_of_both_licences_and_is_a_model_as_any_other(pair, registry, tmp_path):
    made = blend(*pair, at=8).model
    made.save(tmp_path / "both.artgan")
    opened = Model.load(tmp_path / "both.artgan", registry)
    assert np.array_equal(opened.render([3]), made.render([3]))
    bases = opened.provenance.bases
    assert [base.run for base in bases] == ["one", "two"]
    assert [base.weights_digest for base in bases] == [model.weights_digest for model in pair]
    assert opened.provenance.licence == "CC0; CC BY"
    assert re.search(r"\[blend\]\nat = 8\n", opened.recipe)


def test_models_that_were_started_from_the_same_one_can_be_blended(pair, make_model):
    first, second = pair
    third = make_model(seed=3, shape=(1, 16, 16), run="three", fingerprint="b" * 64)
    third = replace(third, provenance=replace(third.provenance, bases=(first.as_base("all"),)))
    assert blend(second, third, at=4).model.provenance.run == "two-three-at-4"


@pytest.mark.parametrize("at", [2, 16, 99])
def test_each_of_the_two_gives_a_layer(pair, at):
    if at == 2:
        assert blend(*pair, at=at).coarse_share > 0  # the layer of latents
        return
    with pytest.raises(UsageError, match=f"--at {at} leaves one of the models no layer: .* at 4, 8 and 16"):
        blend(*pair, at=at)


def test_what_cannot_be_blended_is_refused_naming_both(pair, make_model):
    first, second = pair
    with pytest.raises(UsageError, match="one and other were not started from each other"):
        blend(first, make_model(seed=4, shape=(1, 16, 16), run="other", fingerprint="c" * 64), at=8)
    with pytest.raises(UsageError, match="small and two do not fit each other"):
        blend(make_model(run="small"), second, at=8)
    with pytest.raises(UsageError, match="are the same model"):
        blend(first, first, at=8)
    with pytest.raises(UsageError, match="one makes tunes: only layers of pictures can be blended"):
        blend(replace(first, modality=Tunes()), second, at=8)
