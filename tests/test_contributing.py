"""What contributors are told is so: the house and its grid, the walk, the workflows and the hooks."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib

import pytest
import yaml
from support.documents import ROOT, Page
from test_imports import FLOORS

from artgan.plugins.scaffold import KINDS

CONTRIBUTING = Page("CONTRIBUTING.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOOLS = {re.split(r"[^\w-]", wanted)[0] for wanted in PROJECT["optional-dependencies"]["test"]}
"""The distributions that the tests need: each tool has the name of its own."""
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / ".github/workflows").glob("*.yml")}
JOBS = {name: job for workflow in WORKFLOWS.values() for name, job in workflow["jobs"].items()}
RUN = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]


def section(heading: str) -> str:
    return CONTRIBUTING.text.split(f"\n## {heading}")[1].split("\n## ")[0]


def test_the_map_names_every_room_from_above_to_below():
    rooms = re.findall(r"^\| \[(\w+)\]\(artgan/\1\)", section("The house"), re.MULTILINE)
    floors = [floor for floor in reversed(FLOORS) if floor.isdisjoint({"__main__", "errors"})]
    assert len(rooms) == sum(map(len, floors))
    for floor in floors:
        assert {rooms.pop(0) for _ in floor} == floor


@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds_are_the_grid(kind):
    """What has no class, a command or an observer, has a template and a page alone."""
    places = re.findall(r"^\| `(\S*\bloss\.\S+)`", section("Adding a component"), re.MULTILINE)
    assert len(places) == 5
    for place in places:
        path = ROOT / place.replace("loss.", f"{kind}.")
        if kind not in ("command", "observer") or path.suffix != ".py":
            assert path.exists() or path.with_suffix("").is_dir(), path


@pytest.mark.slow
def test_the_walk_names_each_file_once_and_a_run_goes_through_all(tmp_path):
    """The plugin is a file here: what follows is the same."""
    named = re.findall(r"`(artgan/[\w/]+\.py)`", section("A walk"))
    assert len(named) == len(set(named)) >= 15
    plugin = str(ROOT / "plugins/artgan-palette/artgan_palette.py")
    code = f"""if True:
        import sys
        from artgan.commands.main import main
        small = ["--generator=cnn:width=2", "--discriminator=cnn:width=2", "--steps=1", "--quiet"]
        try:
            main(["run", "--plugin", {plugin!r}, "--loss", "pearson", *small])
        except SystemExit as stop:
            assert not stop.code
        loaded = [name for name in {named!r} if name.removesuffix(".py").replace("/", ".") in sys.modules]
        print(*loaded, sep="\\n")"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-len(named) :] == named


def test_the_quick_tests_run_on_every_system_and_python_that_the_project_names():
    matrix = JOBS["quick"]["strategy"]["matrix"]
    told = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert matrix["python"] == told
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert "pytest -n 2" in [step.get("run") for step in JOBS["quick"]["steps"]]


def test_workflows_check_what_the_gate_checks():
    gate = (ROOT / ".ci/run").read_text(encoding="utf-8").replace(".venv/bin/", "")
    steps = {step.strip() for line in gate.splitlines() for step in line.split("&&")}
    checks = {step for step in steps if step.startswith(("ruff", "mypy", "pytest", "python tests"))}
    assert len(checks) >= 7
    assert checks <= set(RUN)


@pytest.mark.parametrize("command", sorted(set(RUN)))
def test_a_workflow_types_what_there_is(command):
    program, *arguments = shlex.split(command)
    if program == "sudo":
        assert arguments[0] == "apt-get"
        return
    assert program in {"python", *TOOLS}
    if program == "python" and arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1])
    for argument in arguments:
        if argument.startswith("tests"):
            assert (ROOT / argument).exists()


def test_hooks_use_the_tools_of_the_environment_and_pin_the_others():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert len({hook["id"] for hook in hooks}) == len(hooks)
    tools = {hook["entry"].split()[0] for hook in hooks if "entry" in hook}
    assert tools == {"ruff", "mypy"}
    assert tools <= TOOLS
    assert [item["rev"] for item in config["repos"] if item["repo"] != "local" and item["rev"].startswith("v")]


def test_the_forms_for_issues_can_be_read():
    for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"):
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= form.keys()
