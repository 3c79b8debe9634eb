"""`artgan.components` names the built-in components that a run is made of, and imports them when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import artgan
from artgan import components
from artgan.interfaces import Augmentation, Constraint, Dataset, Discriminator, Estimator, Generator, Loss, Penalty
from artgan.plugins.loader import BUILTIN, load_plugins

KINDS = (Generator, Discriminator, Loss, Penalty, Augmentation, Estimator, Constraint, Dataset)


def test_it_names_every_built_in_component_that_a_run_takes(monkeypatch):
    monkeypatch.setenv("ARTGAN_LOAD_PLUGINS", "")
    registry = load_plugins().registry
    offered = {offer for kind in KINDS for offer in registry.offers(kind) if offer.__module__.startswith(BUILTIN)}
    assert {getattr(components, name) for name in components.__all__} == offered
    assert sorted(offer.__name__ for offer in offered) == sorted(components.__all__) == sorted(dir(components))


def test_what_there_is_not_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'Hing'"):
        components.Hing  # noqa: B018 - asking is what raises


def test_it_is_there_once_artgan_is_imported_and_imports_no_torch():
    code = "import sys, artgan; print(artgan.components.Hinge(), artgan.api.run.__name__, 'torch' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "Hinge() run False\n"
    assert {"api", "components"} <= set(dir(artgan))
