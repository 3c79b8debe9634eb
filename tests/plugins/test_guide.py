"""The plugin author's guide does as it says: every block of code in it is run."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.distributions import build_wheel

from artgan import testing
from artgan.interfaces import hooks
from artgan.plugins.loader import load_plugins
from artgan.plugins.scaffold import KINDS

FOLDER = Path(__file__).parents[2] / "plugins"
OVERVIEW = (FOLDER / "README.md").read_text(encoding="utf-8")
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("guide/*.md"))}


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


SOURCES = [code for text in (OVERVIEW, *PAGES.values()) for code in blocks("python", text)]
PYTHON = {code.split("\n")[0].removeprefix("# "): code for code in SOURCES}
"""Every example by the name of its file, which its first line says."""

PLUGINS = [name for name in PYTHON if not name.startswith("test_")]


@pytest.fixture
def written(tmp_path):
    for name, code in PYTHON.items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", PLUGINS)
def test_an_example_loads_quickly_and_conforms(written, name):
    testing.check_imports(written / name)
    plugins = load_plugins([str(written / name)])
    assert plugins.problems == []
    for component in plugins.registry.offered_by(plugins.loaded[-1].source):
        testing.check(component, registry=plugins.registry)


def test_every_example_has_a_file_name_of_its_own():
    assert len(PYTHON) == len(SOURCES)
    assert all(re.fullmatch(r"[a-z_]+\.py", name) for name in PYTHON)


def test_there_is_a_page_of_every_kind_and_the_overview_leads_there():
    assert set(PAGES) == set(KINDS)
    assert re.findall(r"^\| \[(\w+)\]\(guide/\1\.md\) \|", OVERVIEW, re.MULTILINE) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_kind_shows_a_plugin_of_it(kind):
    hook = f"register_{KINDS[kind]}" if KINDS[kind] else "run_ticked"
    assert re.search(rf"^def {hook}\(", PAGES[kind], re.MULTILINE)


@pytest.mark.slow
def test_the_examples_of_tests_pass(written):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *(name for name in PYTHON if name.startswith("test_"))],
        cwd=written, env={"PYTHONPATH": str(written)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_the_table_of_hooks_is_that_of_the_contract():
    section = OVERVIEW.split("## The hooks")[1].split("\n## ")[0]
    told = re.findall(r"^\| `(\w+\(.*?\))` \|", section, re.MULTILINE)
    found = [item for item in vars(hooks).values() if hasattr(item, "artgan_spec")]
    assert told == [f"{hook.__name__}({', '.join(inspect.signature(hook).parameters)})" for hook in found]


def test_every_check_of_the_kit_is_named():
    assert all(f"`{name}`" in OVERVIEW for name in testing.__all__ if name not in ("check",))


def test_every_distribution_beside_the_guide_is_in_its_table_and_no_other():
    folders = {path.parent.name for path in FOLDER.glob("*/pyproject.toml")}
    assert set(re.findall(r"^\| \[([\w-]+)\]\(\1\)", OVERVIEW, re.MULTILINE)) == folders


@pytest.mark.slow
def test_from_nothing_to_an_installed_plugin_as_the_guide_types_it(environment, written):
    (toml,) = blocks("toml", OVERVIEW)
    for line in [line for block in blocks("sh", OVERVIEW) for line in block.strip().splitlines()]:
        program, *arguments = shlex.split(line)
        options = ["-m", "artgan"] if program == "artgan" else []
        done = environment.call(*options, *arguments, cwd=written)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert "artgan-watercolour 0.1.0" in done.stdout
    assert len(list((written / "runs").iterdir())) == 2

    source = written / "artgan-softer"
    source.mkdir()
    (source / "softer.py").write_text(PYTHON["softer.py"], encoding="utf-8")
    (source / "pyproject.toml").write_text(toml, encoding="utf-8")
    environment.install(build_wheel(source, source))
    assert "artgan-softer 0.1.0" in environment.artgan("show", "loss", "softer").stdout


@pytest.mark.slow
def test_an_observer_and_a_command_of_the_guide_work(artgan, written, monkeypatch):
    files = [str(written / name) for name in ("diary.py", "diary_command.py")]
    monkeypatch.setenv("ARTGAN_PLUGINS", os.pathsep.join(files))
    small = ["--generator=cnn:width=2", "--discriminator=cnn:width=2", "--steps=4", "--name=observed", "--quiet"]
    assert artgan("run", *small).code == 0
    assert artgan("diary", "runs/observed").out.startswith("step 4 of 4: {")
