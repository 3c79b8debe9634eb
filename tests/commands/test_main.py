"""The command line itself: quick, silent about itself, and clear in its errors."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import artgan as package


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"], ["completion", "bash"]])
def test_asking_for_help_imports_no_heavy_package(arguments):
    code = (
        "import sys\nfrom artgan.commands.main import main\n"
        f"try: main({arguments})\n"
        "finally: print([m for m in ('torch', 'numpy', 'PIL', 'rich', 'jinja2') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_listing_the_commands_imports_no_interfaces(arguments):
    code = (
        "import sys\nfrom artgan.commands.main import main\n"
        f"try: main({arguments})\n"
        "finally: print([m for m in sys.modules if m.startswith('artgan.interfaces')])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("group", [(), ("runs",), ("gallery",), ("plugins",), ("weights",)])
def test_every_command_has_help_of_one_whole_line(artgan, group):
    commands = artgan(*group, "--help").out.split("\nCommands:\n")[1].splitlines()
    assert len(commands) >= 2
    assert [line for line in commands if not re.fullmatch(r"  \w+ +[A-Z][^.]+\.", line)] == []


@pytest.mark.parametrize("group", [(), ("gallery",), ("weights",)])
def test_without_a_command_the_help_is_shown_as_it_is_with_help(artgan, group):
    asked, bare = artgan(*group, "--help"), artgan(*group)
    assert (bare.code, bare.out, bare.err) == (2, "", asked.out)


def test_the_version_is_that_of_the_package(artgan):
    assert artgan("--version").out.strip().endswith(package.__version__)


def test_a_mistyped_command_is_named_with_the_closest(artgan):
    shown = artgan("rnu")
    assert (shown.code, shown.err) == (2, "Error: no command is called 'rnu'; did you mean 'run'?\n")


def test_a_traceback_is_shown_with_debug_alone(artgan):
    assert "Traceback" not in artgan("run", "--loss", "none-such").err
    assert "Traceback" in artgan("run", "--loss", "none-such", "--debug").err


def test_show_lists_components_and_prints_the_options_of_one(artgan):
    assert "hinge" in artgan("show", "loss").out
    shown = artgan("show", "generator", "cnn").out
    assert all(word in shown for word in ("latent", "128", "1 to 65536", "arXiv:1511.06434", "artgan"))
    assert "did you mean 'generator'" in artgan("show", "generater").err


def test_plugins_lists_what_was_loaded_and_what_is_wrong(artgan, tmp_path):
    (tmp_path / "bad.py").write_text("import no_such_module_anywhere")
    shown = artgan("plugins", "--plugin", tmp_path / "bad.py")
    assert "builtin" in shown.out
    assert "bad.py  (plugin bad)\n  left out        failed to import: ModuleNotFoundError" in shown.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(artgan, shell):
    assert "_ARTGAN_COMPLETE" in artgan("completion", shell).out


def test_names_of_components_complete():
    from click.shell_completion import ShellComplete

    from artgan.commands.main import cli

    complete = ShellComplete(cli, {}, "artgan", "_ARTGAN_COMPLETE")
    assert [item.value for item in complete.get_completions(["run", "--loss"], "b")] == ["bce"]
    assert "sample" in [item.value for item in complete.get_completions([], "s")]


def test_a_plugin_adds_a_command(artgan, tmp_path, monkeypatch):
    (tmp_path / "extra.py").write_text(
        "import artgan, click\n@artgan.hookimpl\ndef register_commands(cli):\n"
        "    @cli.command()\n    def greet(): click.echo('good day')\n"
    )
    monkeypatch.setenv("ARTGAN_PLUGINS", str(tmp_path / "extra.py"))
    assert artgan("greet").out == "good day\n"


def test_what_is_shown_is_broken_by_the_width_of_the_terminal_and_not_by_that_of_the_source(artgan):
    paragraph = artgan("show", "estimator", "ratio").out.split("\n\n")[1].splitlines()
    assert all(len(line) > 60 for line in paragraph[:-1])
