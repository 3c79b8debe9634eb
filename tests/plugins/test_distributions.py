"""The distributions beside artgan: each is installed as users do, passes its own tests there, and goes again."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path

import pytest
from support.distributions import build_wheel, make_environment

ROOT = Path(__file__).parents[2]
HELPERS = os.pathsep.join(filter(None, [str(ROOT / "tests"), os.environ.get("PYTHONPATH")]))
"""Where tests find what drives browsers."""
SOURCES = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_distribution_works_from_its_folder_and_as_a_wheel(tmp_path, source):
    environment = make_environment(tmp_path / "environment")
    environment.install(source)
    assert environment.artgan("uninstall", source.name).returncode == 0
    environment.install(build_wheel(source, tmp_path))

    rows = {row["distribution"]: row for row in json.loads(environment.artgan("plugins", "--json").stdout)}
    assert rows[source.name]["problems"] == []
    assert not rows[source.name]["imported_torch"]
    checked = environment.artgan("plugins", "check", source.name)
    assert checked.returncode == 0, checked.stdout
    tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "", source)
    tested = environment.call(*tests, cwd=tmp_path, PYTHONPATH=HELPERS)
    assert tested.returncode == 0, tested.stdout

    assert environment.artgan("uninstall", source.name).returncode == 0
    assert source.name not in environment.artgan("plugins").stdout


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_its_readme_and_licence_are_there(source):
    readme = (source / "README.md").read_text(encoding="utf-8")
    assert f"artgan install ./plugins/{source.name}" in readme
    assert (source / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert (source / "tests").is_dir()


def test_from_a_fresh_environment_to_works_of_a_strangers_plugin_and_to_its_absence(tmp_path):
    """Everything in an environment that has nothing yet, from the package index and this repository."""
    wheel = build_wheel(ROOT, tmp_path)
    venv.create(tmp_path / "fresh", with_pip=True)
    programs = tmp_path / "fresh" / ("Scripts" if os.name == "nt" else "bin")

    def call(program, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        environment["ARTGAN_CACHE"] = str(tmp_path / "cache")
        command = [str(programs / program), *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    def done(program, *arguments):
        finished = call(program, *arguments)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    done("pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel)
    assert "preset          sngan" in done("artgan", "install", ROOT / "plugins/artgan-resnet")
    done(
        *("artgan", "run", "--generator", "resnet", "--loss", "hinge", "--dataset", "tiles", "--steps", "2"),
        *("--name", "first", "--quiet"),
    )
    assert 'artgan-resnet = "0.1.0"' in (tmp_path / "runs/first/recipe.toml").read_text()
    assert "artgan install artgan-resnet" in (tmp_path / "gallery/first/index.html").read_text()
    works = done("artgan", "sample", "first", "-n", "4", "--class", "2").splitlines()
    assert len(works) == 5
    assert all((tmp_path / work).is_file() for work in works)
    assert done("artgan", "uninstall", "artgan-resnet").startswith("Removed artgan-resnet 0.1.0")
    gone = call("artgan", "sample", "first", "-n", "4")
    assert gone.returncode == 1
    (line,) = gone.stderr.splitlines()
    assert "no generator is called 'artgan-resnet/resnet'" in line
    assert "artgan-resnet 0.1.0, which is not installed: artgan install artgan-resnet==0.1.0" in line
