"""`artgan.api.inspect_data`: what is known of a dataset of any kind."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from support import strangers
from support.strangers import Icons

import artgan
from artgan.api import DoctorRequest, inspect_data
from artgan.interfaces import Machine
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Source


@dataclass(frozen=True)
class Pairs(Icons):
    """Two icons that are the same, and two that nearly are."""

    name = "pairs"

    def open(self, workspace):
        icons = super().open(workspace)
        first, second = icons.samples[:2]
        return replace(icons, samples=np.stack([first, first, second, second + 1]))


@artgan.hookimpl
def register_datasets():
    return [Pairs]


def test_what_to_do_about_texts_left_out_is_a_command_that_shows_the_options_of_the_dataset(tmp_path):
    (tmp_path / "long.txt").write_text("\n".join([*(f"line {number}" for number in range(30)), "x" * 400]))
    found = inspect_data(DoctorRequest(data=f"lines:path={tmp_path / 'long.txt'},long=drop"))
    advice = "1 item left out: mend it, or choose other options: artgan show dataset lines"
    assert advice in found.advice


def test_pictures_of_any_kind_are_told_where_they_are_the_same_or_look_it():
    plugins = load_plugins()
    for module in (strangers, sys.modules[__name__]):
        plugins.register(module, Source(module.__name__, module.__name__, "1"))
    found = inspect_data(DoctorRequest(data="pairs"), plugins=plugins)
    assert found.duplicates == (("number 0", "number 1"),)
    assert found.similar == (("number 2", "number 3"),)


def test_pictures_are_looked_at_as_large_as_the_machine_would_train_them(tmp_path, monkeypatch):
    for level in range(4):
        Image.new("L", (130, 130), 60 * level).save(tmp_path / f"{level}.png")
    for device, side in (("cpu", 64), ("cuda", 128)):
        monkeypatch.setattr("artgan.api._doctor.machine_of", lambda _, device=device: Machine(device=device))
        found = inspect_data(DoctorRequest(data=str(tmp_path)))
        assert found.data is not None
        assert found.data.spec.shape == (1, side, side)
        assert {"max_side": side} in [dict(choice.tables.get("dataset", {})) for choice in found.choices]
