"""Real distributions, and virtual environments to install them in."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import textwrap
import venv
from dataclasses import dataclass, field
from pathlib import Path

LOSS = '''
from dataclasses import dataclass

import artgan
from artgan import option
from artgan.interfaces import Loss


@dataclass(frozen=True)
class Mine(Loss):
    """A loss."""

    name = "mine"
    margin: float = option(1.0, "a margin", min=0)

    def discriminator(self, turn):
        return turn.fake_logits - turn.real_logits + self.margin

    def generator(self, turn):
        return -turn.fake_logits


@artgan.hookimpl
def register_losses():
    return [Mine]
'''


@dataclass(frozen=True)
class Environment:
    """A virtual environment that sees the packages of the tests' own, and where nothing else is installed yet."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def site(self) -> Path:
        return Path(sysconfig.get_path("purelib", "venv", vars={"base": str(self.folder)}))

    def call(self, *arguments: object, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run its Python with arguments."""
        return subprocess.run(
            [str(self.python), *map(str, arguments)],
            cwd=cwd or self.folder,
            env={**os.environ, **self.variables, **variables},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def artgan(self, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """Call `artgan` as a user does."""
        return self.call("-m", "artgan", *arguments, cwd=None, **variables)

    def install(self, *targets: object) -> None:
        """Install with `artgan install`, which must succeed."""
        done = self.artgan("install", *targets)
        assert done.returncode == 0, done.stderr


def make_environment(folder: Path) -> Environment:
    """Make an environment; pip in it uses no index and builds with what is here."""
    venv.create(folder, symlinks=sys.platform != "win32")
    variables = {
        "ARTGAN_CACHE": str(folder / "cache"),
        "ARTGAN_DATA": str(folder / "data"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "OMP_NUM_THREADS": "1",
    }
    environment = Environment(folder, variables)
    seen = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (environment.site / "tests.pth").write_text(seen, encoding="utf-8")
    return environment


def write_distribution(
    folder: Path, code: str = LOSS, *, name: str = "artgan-mine", version: str = "1.0", project: str = ""
) -> Path:
    """Write the source of a distribution with one plugin of one module."""
    module = name.replace("-", "_")
    folder.mkdir(parents=True, exist_ok=True)
    text = f"""\
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"

        [project]
        name = "{name}"
        version = "{version}"
        {project}

        [project.entry-points.artgan]
        {name.removeprefix("artgan-")} = "{module}"
        """
    (folder / "pyproject.toml").write_text(textwrap.dedent(text), encoding="utf-8")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    return folder


def build_wheel(source: Path, out: Path) -> Path:
    """Build a wheel of a distribution's source."""
    before = set(out.glob("*.whl"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,) = set(out.glob("*.whl")) - before
    return wheel
