"""The face of `artgan.api`: typed functions of frozen requests and results, imported when first asked for."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from artgan import api
from artgan.commands.main import cli

FUNCTIONS = [name for name in api.__all__ if inspect.isfunction(getattr(api, name))]
CLASSES = [name for name in api.__all__ if inspect.isclass(getattr(api, name))]

OF_COMMANDS = {
    "run": {"page_opener", "plan_run", "run_seeds", "resume"},
    "runs": {"list_runs"},
    "runs prune": {"prune_runs"},
    "runs verify": {"verify_runs"},
    "sample": {"sample"},
    "walk": {"walk", "film"},
    "directions": {"directions"},
    "breed": {"breed"},
    "project": {"project"},
    "poster": {"poster"},
    "about": {"about"},
    "evaluate": {"evaluate"},
    "compare": {"compare"},
    "remake": {"remake"},
    "export": {"export"},
    "blend": {"blend"},
    "gallery build": {"build_gallery"},
    "gallery open": {"gallery_page"},
    "gallery serve": {"gallery_server"},
    "doctor": {"inspect_data", "inspect_machine"},
    "show": {"find_component", "list_components"},
    "install": {"install_plugins"},
    "uninstall": {"uninstall_plugins"},
    "plugins": {"list_plugins"},
    "plugins check": {"check_plugins"},
    "plugins new": {"write_plugin"},
    "weights add": {"add_weights"},
    "weights list": {"list_weights"},
    "weights remove": {"remove_weights"},
    "completion": set[str](),  # a script for the shell in which commands are typed
}
"""What a person can do on the command line, and the functions that do it."""

FUNCTIONS_ALONE = {
    "run",  # run_seeds with one seed
    "hang",  # what resume does of a run that is done
}
"""Functions that no command calls by that name."""


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield what is typed after ``artgan`` to do something, and the module that does it."""
    acts = not isinstance(command, click.Group) or command.invoke_without_command
    if path and command.callback and acts:
        yield " ".join(path), command.callback.__module__
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from commands(child, (*path, name))


def imported_functions(module: str) -> set[str]:
    """Return the functions of `artgan.api` that a module imports."""
    tree = ast.parse(Path(sys.modules[module].__file__ or "").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 2]
    names = {alias.name for node in imports if node.module == "api" for alias in node.names}
    return names & set(FUNCTIONS)


def test_each_command_has_its_functions_and_each_function_its_command():
    modules = dict(commands(cli))
    assert modules.keys() == OF_COMMANDS.keys()
    assert set(FUNCTIONS) == set().union(*OF_COMMANDS.values()) | FUNCTIONS_ALONE

    expected: defaultdict[str, set[str]] = defaultdict(set)
    for command, module in modules.items():
        expected[module] |= OF_COMMANDS[command]
    assert {module: imported_functions(module) for module in expected} == expected


def test_all_is_functions_and_the_types_that_they_take_and_return():
    assert sorted(FUNCTIONS + CLASSES) == sorted(api.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_typed_throughout(name):
    signature = inspect.signature(getattr(api, name))
    notes = [parameter.annotation for parameter in signature.parameters.values()] + [signature.return_annotation]
    assert inspect.Signature.empty not in notes
    assert not [note for note in notes if re.search(r"\bAny\b", str(note))]
    assert not [each for each in signature.parameters.values() if each.kind in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]


@pytest.mark.parametrize("name", CLASSES)
def test_a_request_or_result_is_a_frozen_dataclass(name):
    class_ = getattr(api, name)
    assert dataclasses.is_dataclass(class_)
    assert class_.__dataclass_params__.frozen  # type: ignore[union-attr]  # typeshed knows no such attribute
    assert not [field.name for field in dataclasses.fields(class_) if re.search(r"\bAny\b", str(field.type))]


def test_every_module_is_behind_the_face():
    modules = {path.stem for path in Path(api.__file__).parent.glob("*.py")} - {"__init__"}
    assert not [name for name in modules if not name.startswith("_")]


def test_what_there_is_not_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        api.runn  # noqa: B018


def test_importing_it_and_asking_for_a_request_imports_nothing_heavy():
    code = (
        "import sys\nfrom artgan.api import Budget, RunRequest, run\n"
        "print([name for name in ('torch', 'numpy', 'PIL', 'rich', 'jinja2') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_a_mistyped_choice_is_told_without_waiting_for_torch():
    code = (
        "import sys, artgan\nfrom artgan.api import RunRequest, run\n"
        "try: run(RunRequest(loss='bcee'))\n"
        "except artgan.UsageError: print('torch' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
