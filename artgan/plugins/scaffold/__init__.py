"""Writes the source of a new plugin."""

from __future__ import annotations

import keyword
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...errors import ArtganError, UsageError
from ...files import write_text
from ...interfaces import kinds
from ...interfaces.hooks import API_VERSION
from ..catalogue.cache import read_catalogue

KINDS = {kind: interface.plural for kind, interface in kinds.KINDS.items()} | {"command": "commands", "observer": ""}
"""What a plugin can be made of, and the hook ``register_…`` that offers it."""

NETWORKS = {"generator", "discriminator", "augmentation", "estimator"}
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Scaffold:
    """A plugin to be written.

    Attributes:
        name: what users type for its components.
        kinds: what it is made of, of `KINDS`.
    """

    name: str
    kinds: Sequence[str]

    @property
    def distribution(self) -> str:
        """The name of the distribution, and of its folder."""
        return f"artgan-{self.name}"

    @property
    def module(self) -> str:
        """The name of the package."""
        return self.distribution.replace("-", "_")

    @property
    def prefix(self) -> str:
        """What the names of its classes begin with."""
        return "".join(word.capitalize() for word in self.name.split("-"))

    @cached_property
    def files(self) -> dict[str, str]:
        """The content of each file, by path."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

        def render(template: str) -> str:
            return environment.get_template(template).render(plugin=self, hooks=KINDS, api=API_VERSION)

        package = {f"{kind}.py": f"kinds/{kind}.py" for kind in self.kinds} | {"__init__.py": "package.py"}
        package |= {"networks.py": "networks.py"} if NETWORKS & set(self.kinds) else {}
        texts = {f"{self.module}/{path}": template for path, template in package.items()}
        texts |= {path: path for path in ("pyproject.toml", "README.md", "LICENSE")}
        texts |= {".gitignore": "gitignore", f"tests/test_{self.module}.py": "test.py"}
        return {path: render(f"{template}.j2") for path, template in texts.items()}

    def write(self, parent: Path) -> Path:
        """Write the source into a new folder, which is returned.

        Raises:
            UsageError: if there is such a folder.
            ArtganError: if it cannot be written; nothing stays of it then.
        """
        folder = parent / self.distribution
        if folder.exists():
            raise UsageError(f"{folder} exists already: choose another name, or another --out")
        try:
            for path, text in self.files.items():
                write_text(folder / path, text)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise ArtganError(f"cannot write {error.filename}: {error.strerror}; choose another --out") from None
        return folder


def plan(name: str, wanted: Sequence[str]) -> Scaffold:
    """Return the scaffold of a plugin.

    Args:
        name: its name, with or without ``artgan-`` before it.
        wanted: what it is made of, of `KINDS`.

    Raises:
        UsageError: if the name cannot be one, or is taken.
    """
    short = name.removeprefix("artgan-").replace("_", "-")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", short) or keyword.iskeyword(short):
        raise UsageError(f"{name!r} is no name for a plugin: use lower-case letters, digits and single hyphens")
    catalogue = read_catalogue()
    for kind in wanted:
        if short in catalogue.named(kind):
            entry, _ = catalogue.named(kind)[short]
            raise UsageError(f"{entry.distribution} has a {kind} {short!r} already: choose another name")
    return Scaffold(short, tuple(dict.fromkeys(wanted)))
