"""What the README says can be done can be done."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from artgan.commands.main import cli
from artgan.plugins.loader import load_plugins

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
TYPED = re.findall(r"^(artgan .*)$", README, re.MULTILINE) + re.findall(r"`(artgan [a-z][^`]*)`", README)


def test_the_two_commands_are_those_that_ci_runs():
    ci = (Path(__file__).parents[1] / ".ci/run").read_text(encoding="utf-8")
    commands = re.findall(r"^(?:python3|\.venv).*$", README, re.MULTILINE)
    steps = [step.replace(" install ", " install -q ") for command in commands for step in command.split(" && ")]
    assert len(commands) == 2
    assert [step for step in steps if step not in ci] == []


@pytest.mark.parametrize("command", TYPED)
def test_every_command_is_understood(command):
    _, name, *arguments = shlex.split(command, comments=True)
    found = cli.get_command(None, name)
    assert found is not None
    found.make_context(name, arguments)


def test_the_example_of_a_plugin_works(tmp_path):
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "softer.py").write_text(block, encoding="utf-8")
    plugins = load_plugins([str(tmp_path / "softer.py")])
    assert not plugins.problems
    assert plugins.registry.parse("loss", "softer:target=0.8").values() == {"target": 0.8}


def test_every_component_that_it_names_is_there_and_every_one_there_is_named(registry):
    section = README.split("- **Generators**")[1].split("Whatever you do not choose")[0]
    named = set(re.findall(r"`([a-z0-9-]+)`", section))
    kinds = ("generator", "discriminator", "loss", "estimator", "penalty", "augmentation", "dataset", "preset")
    assert named == {name for kind in kinds for name in registry.names(kind)}
