"""What plugins offer is known without importing them, and never out of date."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.distributions import LOSS, write_distribution

import artgan

LOUD = "import sys\nprint('imported', file=sys.stderr)\n"


@pytest.fixture
def loud(environment, tmp_path):
    """An environment with a plugin that says when it is imported, installed in place."""
    source = write_distribution(tmp_path / "source", LOUD + LOSS)
    environment.install("-e", source)
    assert environment.artgan("plugins").returncode == 0
    return environment, source / "artgan_mine.py"


def losses(environment):
    done = environment.artgan("plugins", "--json")
    rows = {row["distribution"]: row for row in json.loads(done.stdout)}
    return [offer["name"] for offer in rows["artgan-mine"]["offers"]], "imported" in done.stderr


def touch(path, text):
    """Write a file as an editor does, at another time than before."""
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 10**9, before + 10**9))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["plugins"], ["show"], ["show", "loss", "mine"], ["run", "--help"], ["completion", "zsh"]]
)
def test_what_is_remembered_is_not_imported_again(loud, arguments):
    environment, _ = loud
    done = environment.artgan(*arguments)
    assert done.returncode == 0
    assert "imported" not in done.stderr


def test_a_plugin_whose_file_has_changed_is_loaded_once_more(loud):
    environment, path = loud
    assert losses(environment) == (["mine"], False)
    touch(path, LOUD + LOSS.replace('"mine"', '"ours"'))
    assert losses(environment) == (["ours"], True)
    assert losses(environment) == (["ours"], False)


def test_a_plugin_that_could_not_be_loaded_is_tried_each_time(loud):
    environment, path = loud
    touch(path, LOUD + "import artgan_helper_module\n" + LOSS)
    assert losses(environment) == ([], True)
    (environment.site / "artgan_helper_module.py").write_text("")
    assert losses(environment) == (["mine"], True)


def test_a_plugin_is_told_of_anew_where_artgan_itself_has_changed_though_not_its_version(tmp_path):
    ignored = shutil.ignore_patterns("__pycache__", "data", "*.js")
    copy = shutil.copytree(Path(artgan.__file__).parent, tmp_path / "site/artgan", ignore=ignored)
    settings = os.environ | {"PYTHONPATH": str(copy.parent), "ARTGAN_CACHE": str(tmp_path / "cache")}

    def show() -> str:
        command = [sys.executable, "-m", "artgan", "show", "penalty", "r1"]
        return subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=True).stdout

    before = show()
    assert "at least 0" in before
    component = copy / "interfaces/component.py"
    touch(component, component.read_text(encoding="utf-8").replace("at least", "at worst"))
    assert show() == before.replace("at least", "at worst")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"stamp": [], "rows": [{}]}', '{"rows": 3, "stamp": 4}', "\x00"])
def test_a_damaged_memory_costs_a_new_look_and_no_more(loud, content):
    environment, _ = loud
    (memory,) = (environment.folder / "cache").glob("plugins-*.json")
    memory.write_text(content)
    assert losses(environment) == (["mine"], True)
    assert losses(environment) == (["mine"], False)


def test_without_a_place_to_remember_plugins_are_loaded_each_time(loud, tmp_path):
    environment, _ = loud
    (tmp_path / "file").touch()
    for _ in range(2):
        done = environment.artgan("plugins", ARTGAN_CACHE=str(tmp_path / "file/no"))
        assert "mine" in done.stdout
        assert "imported" in done.stderr


def test_a_selection_of_plugins_is_obeyed_and_spoils_no_memory(loud):
    environment, _ = loud
    done = environment.artgan("plugins", ARTGAN_LOAD_PLUGINS="")
    assert "artgan-mine" not in done.stdout
    assert "bce" in done.stdout
    assert losses(environment) == (["mine"], False)
