"""`artgan.api`: plugins are listed, checked and written, and their components found."""

from __future__ import annotations

from pathlib import Path

import pytest

import artgan
from artgan.api import check_plugins, find_component, list_components, list_plugins, uninstall_plugins, write_plugin

LOSS = '''
from dataclasses import dataclass
import artgan
from artgan.interfaces import Loss

@dataclass(frozen=True)
class Mine(Loss):
    """Mine."""
    name = "{offered}"
    def discriminator(self, round): return round.fake_logits - round.real_logits
    def generator(self, round): return -round.fake_logits

@artgan.hookimpl
def register_losses(): return [Mine]
'''


@pytest.fixture
def plugin(tmp_path):
    """Write a single-file plugin that offers one loss."""

    def write(file: str, offered: str) -> str:
        path = tmp_path / f"{file}.py"
        path.write_text(LOSS.format(offered=offered))
        return str(path)

    return write


def test_plugins_are_listed_with_what_they_offer(plugin):
    entries = {entry.plugin: entry for entry in list_plugins([plugin("mine", "mine")])}
    assert [(offer.kind, offer.name) for offer in entries["mine"].offers] == [("loss", "mine")]
    assert "cnn" in [offer.name for offer in entries["builtin"].offers if offer.kind == "generator"]


def test_components_are_listed_by_kind(plugin):
    losses = list_components("loss", files=[plugin("mine", "mine")])
    assert {component.offer.kind for component in losses} == {"loss"}
    assert {"bce", "mine"} <= {component.name for component in losses}
    assert {"generator", "loss", "preset"} <= {component.offer.kind for component in list_components()}


def test_a_component_is_found_by_its_name_alone_or_with_where_it_comes_from(plugin):
    file = plugin("mine", "bce")
    assert find_component("loss", "mine.py/bce", files=[file]).source == "mine.py"
    assert find_component("loss", "hinge").offer.name == "hinge"
    with pytest.raises(artgan.UsageError, match=r"offered more than once: say which with artgan/bce or mine\.py/bce"):
        find_component("loss", "bce", files=[file])


@pytest.mark.parametrize(
    ("kind", "name", "words"), [("loss", "bcee", "did you mean 'bce'"), ("los", "bce", "did you mean 'loss'")]
)
def test_a_component_that_there_is_not_is_told_with_the_closest(kind, name, words):
    with pytest.raises(artgan.UsageError, match=words):
        find_component(kind, name)


def test_each_part_of_a_plugin_gets_a_verdict(plugin):
    verdicts = list(check_plugins([plugin("mine", "mine")]))
    assert [(verdict.plugin.plugin, verdict.subject) for verdict in verdicts] == [
        ("mine", "loading"),
        ("mine", "loss mine"),
    ]
    assert [fault for verdict in verdicts for fault in verdict.faults] == []


def test_what_does_not_conform_is_told(tmp_path):
    path = tmp_path / "heavy.py"
    path.write_text("import torch\n")
    (loading,) = check_plugins([str(path)])
    assert any("torch" in fault for fault in loading.faults)


@pytest.mark.parametrize("act", [check_plugins, uninstall_plugins])
def test_a_plugin_that_is_not_installed_is_told(act):
    with pytest.raises(artgan.UsageError, match="'no-such-plugin'"):
        list(act(["no-such-plugin"]))


def test_a_plugin_is_written_and_never_over_another(tmp_path):
    written = write_plugin("watercolour", kinds=["loss", "penalty"], out=tmp_path)
    assert (written.folder, written.distribution) == (tmp_path / "artgan-watercolour", "artgan-watercolour")
    assert written.kinds == ("loss", "penalty")
    assert Path(written.folder, "pyproject.toml").is_file()
    with pytest.raises(artgan.UsageError, match="exists already"):
        write_plugin("watercolour", out=tmp_path)
