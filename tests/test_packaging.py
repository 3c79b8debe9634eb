"""The source distribution and the wheel hold what they should, install, and work."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from support.distributions import Environment, make_environment
from support.documents import ROOT, is_kept

from artgan import __version__

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both; the wheel is built from the source distribution, as for the package index."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return built / f"artgan-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def source(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the unpacked source distribution."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(built / f"artgan-{__version__}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / f"artgan-{__version__}"


@pytest.fixture
def install(tmp_path: Path):
    """Install one of both into a fresh environment, which sees only the dependencies of this one."""

    def install(distribution: Path) -> Environment:
        environment = make_environment(tmp_path / "environment")
        environment.variables["PYTHONPATH"] = ""
        succeed(environment, "-m", "pip", "install", "-q", "--no-deps", "--ignore-installed", distribution)
        place = succeed(environment, "-P", "-c", "import artgan; print(artgan.__file__)")
        assert Path(place.strip()).is_relative_to(environment.site)
        return environment

    return install


def succeed(environment: Environment, *arguments: object, cwd: Path | None = None) -> str:
    done = environment.call(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if is_kept(path)}


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {f"artgan/{name}" for name in files(ROOT / "artgan")}
    assert {"artgan/py.typed", "artgan/gallery/templates/run.html", "artgan/gallery/assets/style.css"} <= names


def test_the_source_distribution_holds_what_the_tests_read(source):
    for folder in ("artgan", "plugins", "tests", ".github", ".ci"):
        assert files(source / folder) == files(ROOT / folder)
    assert {path.name for path in source.glob("gallery/*")} >= {"README.md", "calligraphy", "poems", "tiles"}
    assert not list(source.rglob("__pycache__"))
    assert not (source / "runs").exists()


@pytest.mark.parametrize("suffix", ["whl", "tar.gz"])
def test_what_is_installed_trains_and_hangs_works(built, install, tmp_path, suffix):
    (distribution,) = built.glob(f"*.{suffix}")
    environment = install(distribution)
    program = environment.python.with_name("artgan")
    shown = subprocess.run(
        [program, "--version"], env={**os.environ, **environment.variables}, capture_output=True, text=True, check=True
    )
    assert shown.stdout == f"artgan, version {__version__}\n"

    small = ("--generator=cnn:width=2", "--discriminator=cnn:width=2", "--steps=2", "--name=first", "--quiet")
    succeed(environment, "-P", "-m", "artgan", "run", *small, cwd=tmp_path)
    assert (tmp_path / "gallery/first/index.html").is_file()
    works = succeed(environment, "-P", "-m", "artgan", "sample", "first", "-n", "2", cwd=tmp_path).splitlines()
    assert all((tmp_path / work).is_file() for work in works)


ELSEWHERE = (
    *(
        "api",
        "artworks",
        "builtin/metric",
        "builtin/networks",
        "evaluation",
        "faults",
        "gallery",
        "notebook",
        "plugins",
    ),
    *("testing", "training"),
)
"""Tests that take most of the time and see no more of where artgan was installed from: they are found, and not run."""


def test_the_quick_tests_of_the_source_distribution_pass_with_the_installed_wheel(wheel, source, install):
    """In two processes: the one that waits for them here takes no time of its own."""
    environment = install(wheel)
    succeed(environment, "-P", "-m", "pytest", "-q", "--collect-only", cwd=source)
    others = [f"--ignore=tests/{folder}" for folder in ELSEWHERE]
    said = succeed(environment, "-P", "-m", "pytest", "-q", "-n", "2", *others, cwd=source)
    assert " passed" in said
