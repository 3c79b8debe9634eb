"""Plugins: each is loaded in its own guard, and its components are known by where they came from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from artgan import ArtganError, UsageError
from artgan.interfaces import Generator, Loss, hooks
from artgan.interfaces.kinds import KINDS
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Source

LOSS = """
from dataclasses import dataclass
import artgan
from artgan.interfaces import Loss

@dataclass(frozen=True)
class Mine(Loss):
    "A loss."
    name = "{name}"
    def discriminator(self, turn): return turn.fake_logits - turn.real_logits
    def generator(self, turn): return -turn.fake_logits

@artgan.hookimpl
def register_losses(): return [Mine]
"""


def plugin(tmp_path: Path, text: str, name: str = "mine") -> str:
    path = tmp_path / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_is_a_plugin_whose_components_work_like_built_in_ones(tmp_path):
    registry = load_plugins([plugin(tmp_path, LOSS.format(name="mine"))]).registry
    assert "mine" in registry.names(Loss)
    assert registry.parse(Loss, "mine").name == "mine"
    assert registry.source(registry.get(Loss, "mine")).distribution == "mine.py"


def test_built_in_components_come_through_the_hooks(plugins):
    assert [item.source.plugin for item in plugins.loaded] == ["builtin"]
    assert not plugins.problems
    assert {"cnn", "mlp"} <= set(plugins.registry.names(Generator))


def test_every_kind_of_component_has_a_hook():

    assert {f"register_{kind.plural}" for kind in KINDS.values()} <= set(vars(hooks))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module_anywhere", "failed to import: ModuleNotFoundError"),
        ("raise SystemExit(3)", "failed to import: SystemExit"),
        ("def (", "failed to import: SyntaxError"),
        ("import artgan\n@artgan.hookimpl\ndef register_losses(): return 1/0", "raised ZeroDivisionError"),
        ("import artgan\n@artgan.hookimpl\ndef register_losses(): return 'bce'", "returned str, not a list"),
        ("import artgan\n@artgan.hookimpl\ndef register_losses(): return [int]", "is no Loss class"),
        ("import artgan\n@artgan.hookimpl\ndef register_loses(): return []", "did you mean 'register_losses'"),
        ("ARTGAN_API = 99", "made for plugin API 99"),
        (LOSS.format(name="no good"), "has no usable name"),
        (LOSS.format(name="half").replace("def generator", "def generate"), "does not implement generator"),
    ],
)
def test_a_broken_plugin_is_named_and_skipped_and_the_rest_works(tmp_path, text, reason):
    plugins = load_plugins([plugin(tmp_path, text)])
    (problem,) = plugins.problems
    assert problem.source.plugin == "mine"
    assert reason in str(problem)
    assert "\n" not in str(problem)
    assert "bce" in plugins.registry.names(Loss)


def test_a_missing_name_is_an_error_that_tells_of_broken_plugins(tmp_path):
    registry = load_plugins([plugin(tmp_path, "import no_such_module_anywhere")]).registry
    with pytest.raises(UsageError, match="no_such_module_anywhere"):
        registry.get(Loss, "mine")


def test_any_problem_is_fatal_under_strict(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGAN_STRICT", "1")
    with pytest.raises(ArtganError, match="plugin mine"):
        load_plugins([plugin(tmp_path, "1/0")])


def test_only_the_choice_of_a_name_that_two_offer_is_an_error_and_each_can_be_told_apart(tmp_path):
    registry = load_plugins([plugin(tmp_path, LOSS.format(name="bce"))]).registry
    with pytest.raises(UsageError, match=r"artgan/bce and mine\.py/bce"):
        registry.chosen(Loss, "bce")
    builtin, mine = registry.chosen(Loss, "artgan/bce"), registry.chosen(Loss, "mine.py/bce")
    assert registry.get(Loss, "bce") is builtin is not mine
    assert (registry.qualified(builtin), registry.qualified(mine)) == ("bce", "mine.py/bce")


def test_an_observer_that_raises_is_reported_once_and_never_called_again(tmp_path):
    text = "import artgan\ncalls = []\n@artgan.hookimpl\ndef run_finished(run):\n    calls.append(run)\n    1/0"
    plugins = load_plugins([plugin(tmp_path, text)])
    plugins.notify("run_finished", run=None)
    plugins.notify("run_finished", run=None)
    (problem,) = plugins.problems
    assert "run_finished raised ZeroDivisionError" in str(problem)


def test_the_source_of_a_plugin_is_its_distribution_and_version():
    assert str(Source("x", "artgan-x", "1.2")) == "artgan-x 1.2"


@pytest.mark.parametrize("call", ["import artgan", "from artgan.plugins.loader import load_plugins; load_plugins()"])
def test_importing_artgan_and_asking_for_components_import_no_heavy_package(call):
    code = f"{call}; import sys; print([m for m in ('torch', 'numpy', 'PIL', 'rich', 'jinja2') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


STUMBLES = """
from artgan import hookimpl
from artgan.interfaces import Dataset

class Stumbling(Dataset):
    name = "stumbling"
    modality = "image"

    @classmethod
    def recognises(cls, path):
        return path.read_bytes()[0] == 7

    def open(self, workspace):
        raise NotImplementedError

@hookimpl
def register_datasets():
    return [Stumbling]
"""


def test_a_dataset_of_a_plugin_that_stumbles_over_a_path_is_named_and_another_takes_it(artgan, tmp_path):
    (tmp_path / "stumbles.py").write_text(STUMBLES)
    (tmp_path / "haiku").mkdir()
    (tmp_path / "haiku/haiku.txt").write_text("\n".join(f"old pond {number}" for number in range(60)))
    shown = artgan("run", "haiku", "--steps", 1, "--dry-run", "--plugin", "stumbles.py")
    assert shown.code == 0, shown.err
    assert "dataset stumbling raised IsADirectoryError in recognises()" in " ".join(shown.err.split())
    assert 'name = "lines"' in shown.out
