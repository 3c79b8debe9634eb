"""Whatever lies in a folder, it is used, or named, or counted, and nothing that is said takes more than a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from support import odd_folders
from support.odd_folders import Entry, make
from support.outcome import Outcome

from artgan import ArtganError, printable
from artgan.api import DoctorRequest, inspect_data
from artgan.builtin.dataset import Folder, Lines
from artgan.interfaces import Data, Workspace, list_folder
from artgan.plugins.loader import Plugins

OUR_FAULT = "a fault in artgan"
examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
quick, thorough = settings(examples, max_examples=40), settings(examples, max_examples=1500)


def said(data: Data) -> list[str]:
    return [*data.notes, data.title, *(text for item in data.left_out for text in (item.name, item.reason))]


def passed_over(data: Data) -> int:
    """Return how many files the notes say are of another kind."""
    return sum(
        int(found.replace(",", "")) for found in re.findall(r"files besides the \w+ \(([\d,]+)\)", str(data.notes))
    )


def check(place: Path, plugins: Plugins, cache: Path) -> None:
    """Check that recognising, surveying, opening and inspecting a folder agree, in words of one line."""
    workspace, registry = Workspace(cache), plugins.registry
    try:
        dataset = registry.recognise(place)
        own = dataset.choose(workspace)
        dataset = dataset.decided(own) if own else dataset
        survey, data = dataset.survey(workspace), dataset.open(workspace)
    except ArtganError as error:
        assert str(error).isprintable()  # noqa: PT017 - others pass
        return

    # Whoever asks is told the same.
    assert all(text.isprintable() for text in said(data))
    findings = inspect_data(DoctorRequest(data=str(place)), plugins=plugins)
    assert findings.data
    assert findings.survey == survey
    assert (findings.count, findings.left_out) == (len(data), data.left_out)
    assert survey.count >= len(data) > 0
    assert len(data.names) in (0, len(data))
    assert survey.modality == data.spec.modality == dataset.modality
    assert data.left_out or survey.classes == data.spec.classes
    assert dataset.open(workspace).fingerprint == data.fingerprint

    # Nothing that a person would say is in the folder vanishes without a word.
    visible = [printable(unicodedata.normalize("NFC", name)) for name in list_folder(place).files]
    left_out = {item.name for item in data.left_out}
    if isinstance(dataset, Folder):
        labels = any("the labels in dataset.json" in note or note.startswith("no classes") for note in data.notes)
        accounted = len(data) + sum(name in left_out for name in visible) + passed_over(data) + labels
        assert len(visible) - accounted in (0, 1)  # a file of labels that says that there are none goes without
    elif isinstance(dataset, Lines):
        assert passed_over(data) + sum(name in left_out for name in visible) < len(visible)


LABELLED: list[Entry] = [("", "dataset.json", "labels"), ("00000", "img00000001.png", "png"), ("", "1.png", "grey")]


@quick
@given(drawn=odd_folders.folders)
@example(drawn=LABELLED)
@example(drawn=[("train", "1.png", "png"), ("val", "1.png", "grey"), ("val", "1.txt", "lines")])
@example(drawn=[("", "1.tif", "floats"), ("", "2.tif", "minus"), ("", "x", "link to a folder")])
def test_any_folder_is_told_alike_by_whoever_is_asked(drawn, plugins, tmp_path_factory):
    place = tmp_path_factory.mktemp("drawn")
    check(make(place / "data", drawn), plugins, place / "cache")


@pytest.mark.slow
@thorough
@given(drawn=odd_folders.folders)
def test_a_great_many_folders_are_told_alike_by_whoever_is_asked(drawn, plugins, tmp_path_factory):
    place = tmp_path_factory.mktemp("drawn")
    check(make(place / "data", drawn), plugins, place / "cache")


@pytest.mark.slow
@settings(examples, max_examples=60)
@given(drawn=odd_folders.folders)
def test_commands_end_in_a_line_and_never_in_a_traceback(
    drawn: list[Entry], artgan: Callable[..., Outcome], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = make(tmp_path_factory.mktemp("drawn") / "data", drawn)
    for arguments in (["doctor", place], ["run", place, "--dry-run", "--batch", 1, "--steps", 1]):
        shown = artgan(*arguments)
        assert shown.code in (0, 1, 2)
        assert "Traceback" not in shown.err
        assert OUR_FAULT not in shown.err
        assert not shown.code or shown.err.splitlines()[-1].startswith("Error: ")
