"""The front page can be scanned in a minute, and the page of the components names each of them."""

from __future__ import annotations

import re

import pytest
from support.documents import ROOT, Page

from artgan.interfaces.kinds import KINDS

README = Page("README.md")
COMPONENTS = Page("artgan/builtin/README.md")


def test_it_can_be_scanned_in_a_minute():
    assert len(README.text.splitlines()) <= 110
    assert max(map(len, README.prose.splitlines())) <= 125


def test_the_two_commands_are_those_that_ci_runs():
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")
    commands = re.findall(r"^(?:python3|\.venv).*$", README.text, re.MULTILINE)
    steps = [step.replace(" install ", " install -q ") for command in commands for step in command.split(" && ")]
    assert len(commands) == 2
    assert [step for step in steps if step not in ci] == []


def test_the_two_commands_are_the_first_after_the_picture():
    picture = README.text.index("![")
    first, second = (README.text.index(f"```\n{block}") for block in README.blocks("")[:2])
    assert picture < first < second < README.text.index("`artgan run")


def test_the_plugin_has_fifteen_lines():
    (code,) = README.examples.values()
    assert len([line for line in code.splitlines() if line]) == 15


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"metric", "features", "modality"}))
def test_the_page_of_the_components_names_each_and_no_other(kind, registry):
    (row,) = re.findall(rf"^\| {kind}\b(.*)$", COMPONENTS.text, re.MULTILINE)
    assert set(re.findall(r"`([a-z0-9-]+)`", row)) == set(registry.names(KINDS[kind]))
