"""Plugins come and go through `artgan install` and `artgan uninstall`; what goes wrong is said in one line."""

from __future__ import annotations

import http.server
import json
import threading
from functools import partial

import pytest
from support.distributions import LOSS, build_wheel, write_distribution


def plugins(environment):
    return {row["distribution"]: row for row in json.loads(environment.artgan("plugins", "--json").stdout)}


def refused(done, *phrases):
    """Check that a command failed with one line that holds the phrases, and return the line."""
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    for phrase in phrases:
        assert phrase in line
    return line


@pytest.mark.parametrize(
    "form", [pytest.param("folder", marks=pytest.mark.slow), pytest.param("wheel", marks=pytest.mark.slow), "editable"]
)
def test_a_plugin_is_installed_seen_used_and_removed(environment, tmp_path, form):
    source = write_distribution(tmp_path / "source")
    target = build_wheel(source, tmp_path) if form == "wheel" else source
    done = environment.artgan("install", *["-e"] * (form == "editable"), target)
    assert done.returncode == 0, done.stderr
    assert "artgan-mine 1.0  (plugin mine, API 1" in done.stdout
    assert "loss            mine" in done.stdout
    assert [(offer["kind"], offer["name"]) for offer in plugins(environment)["artgan-mine"]["offers"]] == [
        ("loss", "mine")
    ]
    assert "margin" in environment.artgan("show", "loss", "mine").stdout
    assert "mine, minimax" in " ".join(environment.artgan("run", "--help").stdout.split())

    done = environment.artgan("uninstall", "mine")
    assert done.returncode == 0, done.stderr
    assert f"Removed artgan-mine 1.0. To have it again: artgan install {target.resolve()}" in done.stdout
    assert list(plugins(environment)) == ["artgan"]
    refused(environment.artgan("show", "loss", "mine"), "no loss is called 'mine'")


@pytest.mark.slow
def test_what_is_installed_already_is_left_alone_and_upgraded_when_asked(environment, tmp_path):
    environment.install(build_wheel(write_distribution(tmp_path / "old"), tmp_path))
    build_wheel(write_distribution(tmp_path / "new", version="1.1"), tmp_path)
    again = environment.artgan("install", "artgan-mine", PIP_FIND_LINKS=str(tmp_path))
    assert "-U upgrades it" in again.stdout
    environment.artgan("install", "-U", "artgan-mine", PIP_FIND_LINKS=str(tmp_path))
    assert plugins(environment)["artgan-mine"]["version"] == "1.1"


def test_an_index_serves_plugins_by_name_and_says_what_it_does_not_have(environment, tmp_path):
    (tmp_path / "index/empty").mkdir(parents=True)
    folder = tmp_path / "index/artgan-mine"
    folder.mkdir()
    wheel = build_wheel(write_distribution(tmp_path / "source"), folder)
    (folder / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>')
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "index")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{server.server_port}"
        missing = environment.artgan("install", "artgan-minne", "--index-url", index, PIP_NO_INDEX="0")
        further = ("--index-url", f"{index}/empty", "--extra-index-url", index)
        found = environment.artgan("install", "artgan-mine", *further, PIP_NO_INDEX="0")
        server.shutdown()
    refused(missing, "no distribution artgan-minne at the package index", "nothing was changed")
    assert found.returncode == 0, found.stderr
    assert "artgan-mine" in plugins(environment)


def test_an_index_that_cannot_be_reached_is_an_error_that_says_so(environment):
    done = environment.artgan("install", "artgan-mine", "--index-url", "http://127.0.0.1:9", PIP_NO_INDEX="0")
    refused(done, "cannot reach the package index for artgan-mine", "nothing was changed")


def test_a_path_that_holds_no_plugin_is_refused_before_pip_runs(environment, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "loss.py").write_text(LOSS)
    (tmp_path / "damaged.whl").write_bytes(b"PK no zip")
    (tmp_path / "notes.txt").write_text("nothing")
    library = write_distribution(tmp_path / "library")
    pyproject = library / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().split("[project.entry-points")[0])
    install = partial(environment.artgan, "install")
    refused(install(tmp_path / "nowhere"), "does not exist")
    refused(install(tmp_path / "empty"), "has no pyproject.toml")
    refused(install(tmp_path / "loss.py"), "use it with --plugin")
    refused(install(tmp_path / "damaged.whl"), "is damaged")
    refused(install(tmp_path / "notes.txt"), "neither a folder nor a wheel")
    refused(install(library), "holds no plugin")
    refused(install(build_wheel(library, tmp_path)), "holds no plugin")
    assert list(plugins(environment)) == ["artgan"]


def test_a_source_that_does_not_build_is_an_error_and_changes_nothing(environment, tmp_path):
    source = write_distribution(tmp_path / "source", version="not a version")
    refused(environment.artgan("install", source), str(source), "nothing was changed", "--debug")
    assert "not a version" in environment.artgan("install", source, "--debug").stderr


def test_no_plugin_replaces_torch_or_artgan(environment, tmp_path):
    source = write_distribution(tmp_path / "source", project='dependencies = ["torch<2"]')
    refused(environment.artgan("install", source), "needs other versions than are here (artgan ", "nothing was changed")


@pytest.mark.slow
def test_a_plugin_that_does_not_load_is_installed_with_a_warning_and_can_be_removed(environment, tmp_path):
    source = write_distribution(tmp_path / "source", "import no_such_module_anywhere")
    done = environment.artgan("install", source)
    refused(done, "artgan-mine is installed, but see what was left out")
    assert "failed to import: ModuleNotFoundError: No module named 'no_such_module_anywhere'" in done.stdout
    assert environment.artgan("uninstall", "artgan-mine").returncode == 0
    assert list(plugins(environment)) == ["artgan"]


@pytest.mark.slow
def test_what_is_no_plugin_is_not_uninstalled(environment, tmp_path):
    environment.install(write_distribution(tmp_path / "source"))
    refused(environment.artgan("uninstall", "artgan-mime"), "did you mean 'artgan-mine'")
    refused(environment.artgan("uninstall", "numpy"), "numpy is no plugin of artgan's")
    assert "artgan-mine" in plugins(environment)


def test_a_pip_that_is_missing_is_an_error(environment, tmp_path):
    source = write_distribution(tmp_path / "source")
    without = "import sys; sys.modules['pip'] = None; from artgan.commands.main import main; main(sys.argv[1:])"
    done = environment.call("-c", without, "install", source)
    refused(done, "this environment has no pip")
