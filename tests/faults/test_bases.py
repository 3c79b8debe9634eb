"""A run is asked to start from what a stranger made: what fits is taken and told, or it is refused in one line."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import artgan
from artgan.api import Budget, RunRequest, run
from artgan.artworks.model import Model

Change = Callable[[Model, Path], None]


def saved(change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]) -> Change:
    """Return what writes a model whose weights are others."""

    def write(model: Model, path: Path) -> None:
        replace(model, weights=change(dict(model.weights))).save(path)

    return write


def with_number(number: float) -> Change:
    return saved(
        lambda weights: {
            name: torch.full_like(tensor.float(), number) if name == "project.weight" else tensor
            for name, tensor in weights.items()
        }
    )


def as_pickle(model: Model, path: Path) -> None:
    path.write_bytes(pickle.dumps({"artgan": 1}))


def with_claim(model: Model, path: Path) -> None:
    """Write a header that claims a tensor of a terabyte."""
    header = json.dumps({"project.weight": {"dtype": "F16", "shape": [2**39], "data_offsets": [0, 2**40]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 64)


def with_changed_byte(model: Model, path: Path) -> None:
    model.save(path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("write", "line"),
    [
        (with_number(float("nan")), "cannot be started from: project.weight is not finite"),
        (with_number(3e38), "cannot be started from: what its networks make is not finite"),
        (saved(lambda weights: {f"x.{name}": tensor for name, tensor in weights.items()}), "nothing of a-run, whose"),
        (saved(lambda weights: {name: tensor[None] for name, tensor in weights.items()}), "nothing of a-run, whose"),
        (as_pickle, "is damaged or no model of artgan's"),
        (with_claim, "is damaged or no model of artgan's"),
        (with_changed_byte, "its weights are not those that were written"),
    ],
)
@pytest.mark.slow
def test_it_is_refused_and_nothing_is_begun(write, line, model, plugins, pictures, tmp_path):
    file = tmp_path / "strange.artgan"
    write(model, file)
    request = RunRequest(
        source=pictures,
        base=file,
        generator="cnn:width=2,latent=8",
        discriminator="cnn:width=2",
        batch=8,
        budget=Budget(steps=2),
        name="b",
        out=tmp_path,
        device="cpu",
    )
    with pytest.raises(artgan.ArtganError, match=line) as refused:
        run(request, plugins=plugins)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "runs/b").exists()
