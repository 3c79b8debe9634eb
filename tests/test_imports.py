"""Imports go one way through the house, never in a circle, and plugins import public names alone.

Imports within functions and those for type checkers count like all others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = (
    {"errors", "files", "quantities", "schema", "shell", "ai_mark", "version"},
    {"interfaces"},
    {"plugins"},
    {"recipe"},
    {"artworks"},
    {"training"},
    {"gallery", "evaluation", "testing"},
    {"api"},
    {"commands", "notebook"},
    {"__main__"},
)
"""What may be imported from below, the ground first; rooms on one floor do not know each other."""

FACE = {"artgan", "artgan.interfaces", "artgan.interfaces.networks"}
"""What built-in components and those of strangers may import."""


def modules(folder: Path, root: Path) -> dict[str, Path]:
    found = {path.relative_to(root).with_suffix(""): path for path in sorted(folder.rglob("*.py"))}
    return {".".join(path.parts).removesuffix(".__init__"): file for path, file in found.items()}


CORE = modules(ROOT / "artgan", ROOT)
PLUGINS = {
    name: path
    for folder in (ROOT / "plugins").glob("*/")
    for name, path in modules(folder, folder).items()
    if not name.startswith("tests")
}


def imported(name: str, path: Path) -> Iterator[str]:
    """Yield the modules, or names in modules, that a module imports from artgan."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "artgan")
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            target = ".".join([*parts, *([node.module] if node.module else [])])
            if target.split(".")[0] == "artgan":
                yield from (f"{target}.{alias.name}" for alias in node.names)


def module_of(name: str) -> str:
    return name if name in CORE else name.rpartition(".")[0]


def floor(module: str) -> int | None:
    room = module.split(".")[1] if "." in module else ""
    return next((number for number, rooms in enumerate(FLOORS) if room in rooms), None)


@pytest.mark.parametrize("name", CORE)
def test_imports_lead_downstairs(name):
    """The face above all, and the built-in components with their names beside it, alone stand outside of the floors."""
    own = floor(name)
    if own is None:
        assert name.split(".")[:2] in (["artgan"], ["artgan", "builtin"], ["artgan", "components"])
        return
    for target in map(module_of, imported(name, CORE[name])):
        same_room = target.split(".")[1:2] == name.split(".")[1:2]
        assert same_room or (floor(target) is not None and floor(target) < own), f"{name} imports {target}"


def test_there_is_no_circle():
    graph = {name: {module_of(target) for target in imported(name, path)} - {name} for name, path in CORE.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("name", [*(name for name in CORE if name.startswith("artgan.builtin")), *PLUGINS])
def test_components_import_public_names_alone(name):
    for target in imported(name, CORE.get(name) or PLUGINS[name]):
        if name in PLUGINS or not target.startswith("artgan.builtin"):
            assert {target, target.rpartition(".")[0]} & FACE, f"{name} imports {target}"


def test_the_ground_floor_is_small():
    assert len(FLOORS[0]) <= 8
    assert {path.stem for path in (ROOT / "artgan").glob("*.py")} == FLOORS[0] | {"__init__", "__main__"}
