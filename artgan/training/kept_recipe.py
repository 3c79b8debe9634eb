"""The file in a run's folder that holds its recipe, below the command that started it."""

from __future__ import annotations

from pathlib import Path

from ..files import write_text
from ..plugins.registry import Registry
from ..recipe.recipe import Recipe
from .processes import Processes


class KeptRecipe:
    """Where a run keeps its recipe.

    Attributes:
        command: the command line that started the run.

    Args:
        path: the file.
        registry: of the recipe's components.
        processes: those that train the run, of which the first alone writes.
    """

    def __init__(self, path: Path, registry: Registry, processes: Processes) -> None:
        self.command = ""
        self._path, self._registry, self._processes = path, registry, processes

    def text(self, recipe: Recipe) -> str:
        """Return what the file holds for a recipe."""
        return f"# {self.command}\n\n{recipe.to_toml(self._registry)}"

    def read_command(self) -> None:
        """Take the command from the file."""
        first_line = self._path.read_text(encoding="utf-8").partition("\n")[0]
        self.command = first_line.removeprefix("#").strip()

    def write(self, recipe: Recipe) -> None:
        """Write a recipe.

        Raises:
            OSError: if it cannot be written, on the process that writes.
        """
        if self._processes.first:
            write_text(self._path, self.text(recipe))

    def write_for_all(self, recipe: Recipe) -> None:
        """Write a recipe that all processes go on with, or none.

        Raises:
            OSError: if it cannot be written, on each of them.
        """
        wrong = ""
        try:
            self.write(recipe)
        except OSError as error:
            wrong = error.strerror or str(error)
        if wrong := self._processes.told_by_first(wrong):
            raise OSError(0, wrong, str(self._path))
