"""The project's pages in Markdown: what they give to type, to run and to follow."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
FOLDERS = ("", ".github/**/", "artgan/**/", "gallery/", "plugins/**/")


@dataclass(frozen=True)
class Page:
    """A page, by its path from the project's root."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def blocks(self, language: str) -> list[str]:
        """Return its blocks of code in a language, or, for an empty name, those without one."""
        found = re.findall(r"^```(\w*)\n(.*?)^```", self.text, re.DOTALL | re.MULTILINE)
        return [code for name, code in found if name == language]

    @cached_property
    def prose(self) -> str:
        """The text without its blocks of code."""
        return re.sub(r"^```.*?^```", "", self.text, flags=re.DOTALL | re.MULTILINE)

    @cached_property
    def spans(self) -> list[str]:
        """What stands between backticks in the prose."""
        return re.findall(r"`([^`]+)`", self.prose.replace("\n", " "))

    @cached_property
    def examples(self) -> dict[str, str]:
        """Its blocks of Python by the name of the file, as the first line or, below the block, the prose says it."""
        named = [re.match(r"# (\w+\.py)\n", code) for code in self.blocks("python")]
        below = iter(re.findall(r"^```\n\nSaved as `(\w+\.py)`", self.text, re.MULTILINE))
        return {
            found[1] if found else next(below): code for found, code in zip(named, self.blocks("python"), strict=True)
        }

    @cached_property
    def commands(self) -> list[list[str]]:
        """The words of each `artgan` command that it gives to type, in blocks and in the prose."""
        lines = [line for language in ("", "sh") for block in self.blocks(language) for line in block.splitlines()]
        steps = [step for line in lines for step in line.split(" && ")]
        typed = [shlex.split(step, comments=True) for step in [*steps, *self.spans] if "artgan " in step]
        return [["artgan", *words[1:]] for words in typed if Path(words[0]).name == "artgan" and words[1][0].islower()]

    @property
    def links(self) -> list[str]:
        """The targets of its links and pictures that lie in the project."""
        return [link for link in re.findall(r"\]\(([^)\s]+)\)", self.prose) if not re.match(r"\w+:", link)]

    @property
    def anchors(self) -> set[str]:
        """The names by which its headings can be linked."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_kept(path: Path) -> bool:
    """Return whether a path, from a folder of the project, is the project's: nothing that a tool hides or compiles."""
    return not any((part.startswith(".") and part != ".github") or part == "__pycache__" for part in path.parts)


def _pages() -> list[Page]:
    found = {path.relative_to(ROOT) for part in FOLDERS for path in ROOT.glob(f"{part}*.md")}
    return [Page(name) for name in sorted(path.as_posix() for path in found if is_kept(path))]


PAGES = _pages()


def parse(command: click.Command, words: list[str], parent: click.Context | None = None) -> click.Context:
    """Parse a command line as `artgan` would, down to the last of its commands, and execute nothing.

    A command that is named alone may lack its arguments: prose speaks of it.

    Raises:
        click.UsageError: for a command, an option or a value that there is not.
    """
    name, *arguments = words
    context = command.make_context(name, arguments, parent=parent, resilient_parsing=not arguments)
    rest = [*context._protected_args, *context.args]
    if not isinstance(command, click.Group) or not rest:
        return context
    _, found, _ = command.resolve_command(context, rest)
    assert found is not None
    return parse(found, rest, context)
