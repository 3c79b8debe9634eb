"""The page that leads through artgan in Python does as it says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.documents import Page

import artgan
from artgan.commands.main import COMMANDS

PAGE = Page("artgan/notebook/README.md")
GENERATOR = 'generator="cnn:width=2,latent=8", '
SMALL = 'steps=4, discriminator="cnn:width=2", settings={"training": {"held_out": 0.3}}'
"""What is trained in place of minutes of training."""


def in_steps(code: str) -> str:
    """Return code that trains for a moment, where it gave minutes."""
    code = code.replace("minutes=30", "steps=6").replace("CnnGenerator(", "CnnGenerator(width=2, ")
    return code.replace("minutes=20", SMALL if "CnnGenerator(" in code else GENERATOR + SMALL)


@pytest.mark.slow
def test_its_blocks_work_one_after_the_other(tmp_path, monkeypatch, pictures):
    monkeypatch.chdir(tmp_path)
    Path("my-prints").mkdir()
    for number, sample in enumerate(np.load(pictures)):
        Image.fromarray(sample).save(f"my-prints/{number}.png")
    Image.fromarray(np.load(pictures)[0]).save("photo.jpg")

    names: dict[str, object] = {}
    for block in PAGE.blocks("py"):
        exec(in_steps(block), names)
    assert {"seven.png", "walk.webp"} <= {path.name for path in tmp_path.iterdir()}


def test_it_names_every_command_and_what_stands_for_it():
    rows = re.findall(r"^\| (.*artgan .*) \| (.*) \|$", PAGE.text, re.MULTILINE)
    named = {word for command, _ in rows for word in re.findall(r"`artgan (\w+)", command)}
    assert named == set(COMMANDS) - {"completion"}
    for owner, name in re.findall(r"`(artgan|artgan\.api|model)\.(\w+)`", " ".join(means for _, means in rows)):
        if (owner, name) != ("artgan", "api"):
            place = {"artgan": artgan, "artgan.api": artgan.api, "model": artgan.TrainedModel}[owner]
            assert callable(getattr(place, name))
