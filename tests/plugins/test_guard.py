"""Installed plugins that are broken, made for another artgan, or in each other's way; each a real distribution."""

from __future__ import annotations

import json
import subprocess
import threading

import pytest
from support.distributions import LOSS, build_wheel, make_environment, write_distribution
from support.processes import wait_for

HOOK = "import artgan\n@artgan.hookimpl\n"
PICTURES = (
    "import numpy, sys; numpy.save(sys.argv[1], numpy.random.default_rng(1).integers(0, 255, (64, 8, 8), 'uint8'))"
)
SMALL = ["--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--batch", "16"]


@pytest.fixture
def run(environment, tmp_path):
    """Train a small run named `first` with the loss `mine`; further arguments replace these."""
    pictures = tmp_path / "pictures.npy"
    assert environment.call("-c", PICTURES, pictures).returncode == 0

    def call(*arguments):
        arguments = arguments or ("--loss", "mine:margin=2", "--name", "first", "--steps", "4")
        return environment.artgan("run", *SMALL, f"--dataset=array:path={pictures}", "--quiet", *arguments)

    return call


BROKEN = {
    "missing": ("import no_such_module_anywhere", "failed to import: ModuleNotFoundError"),
    "exit": ("raise SystemExit(3)", "failed to import: SystemExit: 3"),
    "raise": (HOOK + "def register_losses(): return 1/0", "register_losses raised ZeroDivisionError: division by zero"),
    "dict": (HOOK + "def register_losses(): return {'mine': 1}", "register_losses returned dict, not a list"),
    "number": (HOOK + "def register_losses(): return [42]", "register_losses: 42 is no Loss class"),
    "typo": (
        HOOK + "def register_loses(): return []",
        "unknown hook 'register_loses'; did you mean 'register_losses'?",
    ),
    "tock": (HOOK + "def run_ticked(run, tock): pass", "PluginValidationError"),
    "command": (HOOK + "def register_commands(cli): 1/0", "register_commands raised ZeroDivisionError"),
    "newer": ("ARTGAN_API = 99\n" + LOSS, "made for plugin API 99, this artgan has 1: upgrade artgan"),
    "older": ("ARTGAN_API = 0\n" + LOSS, "made for plugin API 0, this artgan needs 1 or later: upgrade the plugin"),
    "words": ("ARTGAN_API = '1.0'\n" + LOSS, "ARTGAN_API is '1.0', not a whole number"),
}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """An environment with all broken distributions and a good one."""
    folder = tmp_path_factory.mktemp("crowded")
    environment = make_environment(folder / "environment")
    wheels = [
        build_wheel(write_distribution(folder / name, code, name=f"artgan-{name}"), folder)
        for name, (code, _) in BROKEN.items()
    ]
    environment.artgan("install", *wheels, build_wheel(write_distribution(folder / "good"), folder))
    return environment


@pytest.fixture(scope="module")
def rows(crowded):
    """What `artgan plugins` says of each distribution in the crowded environment."""
    return {row["distribution"]: row for row in json.loads(crowded.artgan("plugins", "--json").stdout)}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_distribution_is_named_with_its_reason(crowded, rows, name):
    reason = BROKEN[name][1]
    (problem,) = rows[f"artgan-{name}"]["problems"]
    assert reason in problem
    assert "\n" not in problem
    assert rows[f"artgan-{name}"]["offers"] == []
    strict = crowded.artgan("show", ARTGAN_STRICT="1", ARTGAN_LOAD_PLUGINS=f"artgan-{name}")
    assert strict.returncode == 1
    assert reason in strict.stderr


def test_whatever_is_broken_the_others_work(crowded, rows):
    assert [offer["name"] for offer in rows["artgan-mine"]["offers"]] == ["mine"]
    assert crowded.artgan("--help").returncode == 0
    assert "a margin" in crowded.artgan("show", "loss", "mine").stdout
    assert crowded.artgan("show", ARTGAN_STRICT="1", ARTGAN_LOAD_PLUGINS="artgan-mine").returncode == 0


@pytest.mark.slow
def test_once_what_is_broken_is_uninstalled_nothing_is_left_of_it(environment, tmp_path):
    environment.artgan("install", write_distribution(tmp_path / "bad", "1/0", name="artgan-bad"))
    assert environment.artgan("show", ARTGAN_STRICT="1").returncode == 1
    assert environment.artgan("uninstall", "artgan-bad").returncode == 0
    assert environment.artgan("show", ARTGAN_STRICT="1").returncode == 0


@pytest.mark.slow
def test_a_broken_plugin_is_reported_by_a_run_that_does_not_need_it_and_fatal_to_one_that_does(
    environment, run, tmp_path
):
    environment.artgan("install", write_distribution(tmp_path / "bad", "1/0", name="artgan-bad"))
    spared = run("--loss", "bce", "--steps", "2")
    assert spared.returncode == 0
    assert "Warning: plugin bad (artgan-bad 1.0): failed to import: ZeroDivisionError" in spared.stderr
    needed = run("--loss", "worse", "--steps", "2")
    assert needed.returncode == 2
    assert "no loss is called 'worse'" in needed.stderr
    assert "artgan-bad 1.0): failed to import: ZeroDivisionError" in needed.stderr


@pytest.mark.slow
def test_of_two_distributions_with_one_name_neither_wins(environment, run, tmp_path):
    for name in ("artgan-one", "artgan-two"):
        environment.install(write_distribution(tmp_path / name, LOSS, name=name))
    assert run("--loss", "bce", "--steps", "2").returncode == 0
    unclear = run("--loss", "mine", "--steps", "2")
    assert unclear.returncode == 2
    assert "loss 'mine' is offered more than once: say which with artgan-one/mine and artgan-two/mine" in unclear.stderr
    assert run("--loss", "artgan-two/mine:margin=3", "--name", "clear", "--steps", "2").returncode == 0
    assert 'name = "artgan-two/mine"' in (environment.folder / "runs/clear/recipe.toml").read_text()
    shown = environment.artgan("show", "loss").stdout
    assert "artgan-one/mine" in shown
    assert "artgan-two/mine" in shown
    assert "from artgan-one 1.0" in environment.artgan("show", "loss", "artgan-one/mine").stdout
    assert "say which with artgan-one/mine or" in environment.artgan("show", "loss", "mine").stderr


@pytest.mark.slow
def test_a_distribution_never_replaces_a_built_in_name_or_command(environment, run, tmp_path):
    code = LOSS.replace('"mine"', '"bce"') + (
        "\n@artgan.hookimpl\ndef register_commands(cli):\n"
        "    @cli.command()\n    def show(): print('mine')\n"
        "    @cli.command()\n    def shout(): 'Say it aloud.'; print('ARTGAN')\n"
    )
    assert run("--loss", "bce", "--name", "before", "--steps", "2").returncode == 0
    environment.install(write_distribution(tmp_path / "source", code))
    assert "offered more than once" in run("--loss", "bce", "--steps", "2").stderr
    assert run("--loss", "artgan/bce", "--name", "between", "--steps", "2").returncode == 0
    assert run("--name", "of-a-preset", "--steps", "2").returncode == 0
    for name in ("before", "between"):
        assert environment.artgan("run", "--resume", name, "--steps", "3").returncode == 0
    assert "diffaug" in environment.artgan("show").stdout
    assert "shout  Say it aloud." in environment.artgan("--help").stdout
    assert environment.artgan("shout").stdout == "ARTGAN\n"


@pytest.mark.slow
def test_two_entry_points_to_one_module_are_one_plugin(environment, tmp_path):
    source = write_distribution(tmp_path / "source")
    pyproject = source / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().rstrip() + '\nagain = "artgan_mine"\n')
    environment.artgan("install", source)
    shown = environment.artgan("plugins", ARTGAN_STRICT="0").stdout
    assert "mine" in environment.artgan("show", "loss").stdout
    assert environment.artgan("run", "--loss", "mine", "--dry-run", "--steps", "1").returncode == 0, shown


@pytest.mark.slow
def test_works_of_a_plugin_that_is_gone_name_it_and_the_command_that_installs_it(environment, run, tmp_path):
    source = write_distribution(tmp_path / "source", GENERATOR)
    environment.install(source)
    made = run("--generator", "dots", "--discriminator", "cnn:width=4", "--name", "first", "--steps", "4")
    assert made.returncode == 0, made.stderr
    assert environment.artgan("sample", "first", "-n", "1").returncode == 0
    environment.artgan("uninstall", "artgan-mine")
    phrase = "the recipe was made with artgan-mine 1.0, which is not installed: artgan install artgan-mine==1.0"
    for command in (["sample", "first"], ["run", "--resume", "first"], ["run", "runs/first/recipe.toml"]):
        done = environment.artgan(*command)
        assert done.returncode in (1, 2)
        assert "no generator is called 'artgan-mine/dots'" in done.stderr
        assert phrase in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    environment.install(source)
    assert environment.artgan("sample", "first", "-n", "2").returncode == 0


@pytest.mark.slow
def test_a_recipe_of_another_version_whose_options_changed_names_both_versions(environment, run, tmp_path):
    environment.install(write_distribution(tmp_path / "old"))
    assert run().returncode == 0
    environment.install("-U", write_distribution(tmp_path / "new", LOSS.replace("margin", "gap"), version="2.0"))
    done = environment.artgan("run", "--resume", "first", "--steps", "8")
    assert done.returncode == 2
    assert "loss mine" in done.stderr
    assert "'margin'" in done.stderr
    assert "the recipe was made with artgan-mine 1.0, installed is 2.0" in done.stderr


@pytest.mark.slow
def test_a_run_that_goes_on_with_another_version_says_so(environment, run, tmp_path):
    environment.install(write_distribution(tmp_path / "old"))
    assert run().returncode == 0
    environment.install("-U", write_distribution(tmp_path / "new", version="1.1"))
    done = environment.artgan("run", "--resume", "first", "--steps", "8")
    assert done.returncode == 0, done.stderr
    assert "made with artgan-mine 1.0, installed is 1.1" in done.stderr
    assert 'artgan-mine = "1.1"' in (environment.folder / "runs/first/recipe.toml").read_text()


WAITING = """
import pathlib, time, artgan

@artgan.hookimpl
def run_ticked(run, tick):
    pathlib.Path("trains").touch()
    while not pathlib.Path("removed").exists():
        time.sleep(0.01)
"""


@pytest.mark.slow
def test_a_run_whose_plugin_is_removed_under_it_trains_to_its_end(environment, tmp_path, run):
    environment.install(write_distribution(tmp_path / "source"))
    done: list[subprocess.CompletedProcess[str]] = []
    (environment.folder / "waiting.py").write_text(WAITING)
    often = ("--set", "training.log_every=1")
    arguments = ("--loss", "mine", "--plugin", "waiting.py", "--name", "first", "--steps", "40", *often)
    thread = threading.Thread(target=lambda: done.append(run(*arguments)))
    thread.start()
    try:
        wait_for(lambda: (environment.folder / "trains").exists() or not thread.is_alive())
        assert environment.artgan("uninstall", "artgan-mine").returncode == 0
    finally:
        (environment.folder / "removed").touch()
        thread.join()
    assert done[0].returncode == 0, done[0].stderr
    assert (environment.folder / "gallery/first/index.html").exists()
    log = environment.folder / "runs/first/log.jsonl"
    assert json.loads(log.read_text().splitlines()[-1])["step"] == 40


GENERATOR = '''
from dataclasses import dataclass

import artgan
from artgan.interfaces import Generator


@dataclass(frozen=True)
class Dots(Generator):
    """A layer of dots."""

    name = "dots"
    provides = frozenset({"sample-gradient"})

    def build(self, spec):
        import math

        from torch import nn

        return Flat(nn, self.latent, spec.shape, math.prod(spec.shape))


def Flat(nn, latent, shape, size):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(latent, size)

        def forward(self, latents, labels=None):
            return self.layer(latents).tanh().view(-1, *shape)

    return Network()


@artgan.hookimpl
def register_generators():
    return [Dots]
'''
