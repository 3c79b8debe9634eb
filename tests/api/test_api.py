"""The face of `artgan.api`: typed functions of frozen requests and results, imported when first asked for."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from artgan import api

FUNCTIONS = [name for name in api.__all__ if inspect.isfunction(getattr(api, name))]
CLASSES = [name for name in api.__all__ if inspect.isclass(getattr(api, name))]


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
    assert class_.__dataclass_params__.frozen
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
