"""`artgan sample` mixes works layer by layer, as Python does, alone and in tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import support.styled
import torch
from PIL import Image
from support.styled import Styled

import artgan as door

PLUGIN = support.styled.__file__


@pytest.fixture
def call(artgan, model, tmp_path):
    """Call `artgan` with the plugin where a model of its generator lies in a gallery, as the run ``mixed``."""
    torch.manual_seed(0)
    weights = Styled().build(model.spec).state_dict()
    styled = replace(model, recipe='[generator]\nname = "styled"\n', generator=Styled(), weights=weights)
    styled.save(tmp_path / "gallery/mixed/model.safetensors")
    return lambda *arguments: artgan(*arguments, "--plugin", PLUGIN)


def test_a_mixed_work_says_so_and_is_made_again(call, tmp_path):
    done = call("sample", "mixed", "--seed=3", "-n", "1", "--mix=8@fine")
    assert done.code == 0, done.err
    work = done.out.splitlines()[0]
    assert json.loads((tmp_path / work).with_suffix(".json").read_text())["mixes"] == [{"seed": 8, "layers": [5, 6]}]
    assert "mixes.1.layers: [5, 6]" in call("about", work).out
    assert call("remake", work).code == 0

    model = door.load(tmp_path / "gallery/mixed", classes=[Styled])
    assert np.array_equal(np.asarray(model.sample(3, mix={8: "fine"}).image), np.asarray(Image.open(tmp_path / work)))
    assert [work.record["mixes"] for work in model.sheet([3, 4], mix={8: 2})] == [[{"seed": 8, "layers": [2]}]] * 2


def test_several_seeds_make_a_table(call, tmp_path):
    done = call("sample", "mixed", "--seed=3", "-n", "2", "--mix=8,9,11@coarse", "--mix=5@fine")
    *works, sheet = map(Path, done.out.splitlines())
    assert len(works) == 2 * (1 + 3)
    assert [work.name for work in works[:2]] == [
        "seed-00000003.png",
        "seed-00000003-mix-8-layers-1-2-mix-5-layers-5-6.png",
    ]
    table = np.asarray(Image.open(tmp_path / sheet))[..., 0]
    cells = [[table[top : top + 8, left : left + 8] for left in range(0, 40, 10)] for top in range(0, 30, 10)]
    assert (cells[0][0] == 255).all()
    assert np.array_equal(cells[2][1], np.asarray(Image.open(tmp_path / works[5])))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--mix=8"], "cannot read --mix 8: write SEEDS@LAYERS, as in 8@fine"),
        (["--mix=x@fine"], "cannot read --mix x@fine"),
        (["--mix=8@rough"], "'rough' names no layers"),
        (["--mix=8@1-3", "--mix=9@coarse"], "gives layer 1 two styles"),
        (["--mix=8,9@coarse", "--mix=8,9@fine"], "two options --mix name several seeds"),
        ([f"--mix={2**64}@fine"], "seeds, which are 0 to"),
        (["--mix=8@fine", "--batch"], "rendered one by one"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(call, options, told):
    done = call("sample", "mixed", *options)
    assert done.code == 2
    assert told in done.err
    assert done.err.count("\n") == 1


def test_a_generator_without_styles_is_refused_by_its_name(hung):
    done = hung("sample", "bars", "--mix=8@fine")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "generator cnn of this run has none" in done.err
