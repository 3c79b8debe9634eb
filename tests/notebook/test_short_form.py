"""Runs and data in short: what the functions take, return, say and show."""

from __future__ import annotations

import inspect
import pkgutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
import pytest

import artgan
from artgan import api
from artgan.commands.main import COMMANDS, cli
from artgan.commands.run import WITH_RESUME
from artgan.errors import UsageError
from artgan.interfaces import Loss, Observer

SMALL: dict[str, Any] = {"generator": "cnn:width=2,latent=8", "discriminator": "cnn:width=2", "quiet": True}

KEYWORDS: dict[str, dict[str, str | None]] = {
    "run": {
        "penalty": "penalties",
        "augmentation": "augmentations",
        "seeds": "seed",  # in a loop
        "resume": None,  # `artgan.resume`
        "changed_data": None,
        "dry_run": None,  # `artgan.api.plan_run`
        "processes": None,  # they carry out a command, and a notebook is one process
    },
    "evaluate": {"metric": "metrics"},
    "compare": {},
    "doctor": {"verbose": None},  # all that is left out is in the findings
    "show": {},
}
"""Options that are called otherwise in Python; None for what is not asked of this function."""

OTHERWISE = {
    "runs": {"list_runs", "prune_runs", "verify_runs"},
    "about": {"about"},
    "poster": {"poster"},
    "remake": {"remake"},
    "gallery": {"build_gallery", "gallery_page", "gallery_server"},
    "install": {"install_plugins"},
    "uninstall": {"uninstall_plugins"},
    "plugins": {"list_plugins", "check_plugins", "write_plugin"},
    "weights": {"add_weights", "list_weights", "remove_weights"},
}
"""Commands that are functions of `artgan.api` alone."""


class Interrupting(Observer):
    """Interrupts a run at its first tick, as a notebook interrupts a cell."""

    def run_ticked(self, run, tick):
        signal.raise_signal(signal.SIGINT)


@dataclass(frozen=True)
class Own(Loss):
    """A loss that no plugin offers."""

    name = "own"
    sharpness: float = artgan.option(1.0, "how sharply it tells apart", min=0.0)

    def discriminator(self, turn):
        return (turn.fake_logits - turn.real_logits) * self.sharpness

    def generator(self, turn):
        return -turn.fake_logits


@pytest.fixture
def artgan_command(request):
    return request.getfixturevalue("artgan")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_each_command_is_a_function_a_method_or_a_function_of_the_api():
    in_short = {name for name in COMMANDS if inspect.isfunction(getattr(artgan, name, None))}
    methods = {name for name in COMMANDS if hasattr(artgan.TrainedModel, name)}
    assert in_short | methods | OTHERWISE.keys() == set(COMMANDS) - {"completion"}
    assert in_short >= KEYWORDS.keys()
    assert set().union(*OTHERWISE.values()) <= set(api.__all__)


@pytest.mark.parametrize("command", KEYWORDS)
def test_a_function_takes_what_the_command_of_its_name_does(command):
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    own = {"plugin": "plugin_files", "as_json": None, **KEYWORDS[command]}
    options = {own.get(str(parameter.name), str(parameter.name)) for parameter in found.params} - {None}
    assert options <= set(inspect.signature(getattr(artgan, command)).parameters)


def test_a_run_goes_on_with_all_that_the_command_takes():
    own = {"resume": "run", "source": "data", "plugin": "plugin_files"}
    taken = WITH_RESUME - {"processes"}
    assert {own.get(name, name) for name in taken} <= set(inspect.signature(artgan.resume).parameters)


def test_no_module_takes_the_name_of_a_function():
    assert not {module.name for module in pkgutil.iter_modules(artgan.__path__)} & set(artgan.__all__)


def test_naming_the_functions_imports_no_torch():
    code = "import sys, artgan; artgan.run, artgan.evaluate; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.usefixtures("here")
class TestRun:
    def test_is_trained_opened_and_shown(self, pictures):
        run = artgan.run(pictures, steps=12, name="bars", settings={"training": {"log_every": 5}}, **SMALL)
        assert (run.id, run.step, run.stopped_by) == ("bars", 12, 0)
        assert run.page.is_file()
        assert artgan.load(run).step == 12
        html = run._repr_html_()
        assert html.startswith('<p style="white-space: pre-line">bars: 12 steps</p><svg')
        assert html.count("<path") == 4
        assert '<img src="data:image/webp;base64,' in html

    def test_that_is_interrupted_is_saved_and_goes_on(self, pictures, capsys):
        small = SMALL | {"quiet": False}
        run = artgan.run(pictures, steps=200, name="bars", observers=[Interrupting()], **small)
        assert run.stopped_by == signal.SIGINT
        assert 0 < run.step < 200
        assert f"saved: artgan.resume({str(run.folder)!r})" in capsys.readouterr().err
        assert "stopped at step" in run._repr_html_()
        assert artgan.resume(run, steps=run.step + 1, quiet=True).stopped_by == 0

    def test_takes_components_themselves_and_none(self, pictures):
        from artgan.builtin.loss import Hinge

        run = artgan.run(pictures, steps=1, loss=Hinge(), penalties=["r1:gamma=0.5"], augmentations=[], **SMALL)
        recipe = artgan.load(run).recipe
        assert 'name = "hinge"' in recipe
        assert "gamma = 0.5" in recipe
        assert "[[augmentation]]" not in recipe

    def test_takes_a_class_of_ones_own_which_is_needed_again(self, pictures, artgan_command, capsys):
        small = SMALL | {"quiet": False}
        run = artgan.run(pictures, steps=2, loss=Own(sharpness=2.0), name="bars", threads=1, **small)
        said = capsys.readouterr().err
        assert "Own lies in no plugin: artgan.resume, load and evaluate need classes=[Own]" in said
        recipe = (run.folder / "recipe.toml").read_text(encoding="utf-8")
        assert 'name = "class-without-plugin.py/own"\nsharpness = 2.0' in recipe

        # With the class it goes on; without, it says what is missing.
        assert artgan.resume(run, steps=3, classes=[Own], quiet=True).step == 3
        assert artgan.load(run, classes=[Own]).step == 3
        with pytest.raises(
            UsageError, match=r"made with a class that lay in no plugin: give it with classes=\[\.\.\.\]"
        ):
            artgan.resume(run, steps=4, quiet=True)

        # Nor does the command line, until a plugin offers it.
        refused = artgan_command("run", "--resume", "bars", "--steps", 4)
        assert refused.code == 2
        assert "--plugin" in refused.err

    @pytest.mark.parametrize("given", [int, artgan.Component, type("Odd", (Loss,), {})])
    def test_refuses_classes_that_are_no_components(self, pictures, given):
        with pytest.raises(UsageError):
            artgan.resume("bars", classes=[given])

    def test_is_refused_before_anything_is_written(self, pictures, tmp_path):
        with pytest.raises(UsageError, match="give one budget"):
            artgan.run(pictures, steps=1, minutes=1)
        with pytest.raises(UsageError, match="no loss is called 'hing'"):
            artgan.run(pictures, loss="hing")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_runs_are_evaluated_and_compared(pictures):
    apart = {"training": {"held_out": 0.3}}
    runs = [artgan.run(pictures, steps=4, seed=seed, settings=apart, **SMALL) for seed in (1, 2)]
    found = [artgan.evaluate(run, count=100, quiet=True) for run in runs]
    assert found[0].sentence in repr(found[0])
    html = found[0]._repr_html_()
    assert html.startswith("<table>")
    assert found[0].sentence in html
    assert '<img src="data:image/png;base64,' in html
    compared = artgan.compare(runs)
    assert compared.titles == [f"{runs[0].id}, {runs[1].id}"]
    assert "±" in compared._repr_html_()
    assert repr(compared).startswith(f"{compared.titles[0]}\n{compared.rows[0][0]}  ")


class TestDoctor:
    def test_tells_of_data(self, pictures):
        findings = artgan.doctor(pictures)
        assert "samples: 96" in repr(findings)
        assert "<td" in findings._repr_html_()
        assert findings.command in repr(findings)

    def test_tells_why_data_cannot_be_used(self, tmp_path):
        np.save(tmp_path / "nothing.npy", np.zeros((0, 1, 8, 8), np.uint8))
        assert repr(artgan.doctor(tmp_path / "nothing.npy")).startswith("cannot be used: ")

    def test_tells_of_the_machine(self):
        assert "cpu" in artgan.doctor().devices


class TestShow:
    def test_lists_a_kind(self):
        losses = artgan.show("loss")
        assert {"bce", "hinge"} <= set(losses.names)
        assert "loss hinge: Hinge loss." in repr(losses)
        assert losses._repr_html_().count("<tr>") == len(losses) + 1

    def test_shows_the_options_of_one(self):
        cnn = artgan.show("generator", "cnn")
        assert "latent" in repr(cnn)
        assert "<td" in cnn._repr_html_()

    def test_says_which_is_closest(self):
        with pytest.raises(UsageError, match="did you mean 'hinge'"):
            artgan.show("loss", "hing")
