"""Tests mirror the package, and no name in it says two things."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from artgan.interfaces.kinds import KINDS

ROOT = Path(__file__).parents[1]
TESTS, PACKAGE = ROOT / "tests", ROOT / "artgan"
OWN = {"support", "faults", "benchmarks", "fixtures"}
"""Folders of tests that are no room of the package."""
SCENARIOS = {
    "api": {"api"},
    "builtin/metric": {"against_fidelity"},
    "commands": {"classes", "poems"},
    "evaluation": {"pictures", "texts"},
    "components": {"components"},
    "gallery": {"browsing", "committed", "firefox", "webkit"},
    "notebook": {"first_steps", "kernel", "page"},
    "plugins": {"distributions", "guard", "guide"},
    "training": {"adaptation", "gpu", "text_game"},
}
"""Tests of a whole room, or of several of its modules together."""
GRID = {*KINDS, "observer"}
"""Each kind may have a module of its name in several rooms."""

FILES = [
    path.relative_to(TESTS)
    for path in sorted(TESTS.rglob("test_*.py"))
    if path.parent != TESTS and path.relative_to(TESTS).parts[0] not in OWN
]


def modules() -> list[Path]:
    return [path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py")) if not path.stem.startswith("__")]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_each_file_of_tests_lies_beside_what_it_tests(file: Path) -> None:
    room, name = PACKAGE / file.parent, file.stem.removeprefix("test_")
    assert room.is_dir()
    found = {path.stem.lstrip("_") for path in room.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert name in found | SCENARIOS.get(file.parent.as_posix(), set())


def test_every_scenario_is_there() -> None:
    for room, names in SCENARIOS.items():
        assert [name for name in names if not (TESTS / room / f"test_{name}.py").exists()] == []


def test_no_name_of_a_module_says_two_things() -> None:
    rooms = defaultdict(set)
    for path in modules():
        room = path.parts[0]
        if room not in {"api", "commands"} and path.stem not in GRID:  # a command and its function have one name
            rooms[path.stem].add(room)
    assert {name: found for name, found in rooms.items() if len(found) > 1} == {}


def test_modules_are_named_after_things() -> None:
    assert [path.as_posix() for path in modules() if path.stem.endswith("ing")] == []
