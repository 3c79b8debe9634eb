"""`artgan plugins new` writes plugins that work, and `artgan plugins check` tells those from others."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest
from support.distributions import LOSS, build_wheel, write_distribution

from artgan.interfaces import kinds
from artgan.plugins.loader import in_files, load
from artgan.plugins.scaffold import KINDS, plan


def lint(folder):
    for command in (["format", "--check"], ["check"]):
        options = ["--isolated", "--line-length=120", *(["--select=F,E,I,UP,B"] if command == ["check"] else [])]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *options], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_of_any_one_kind_is_tidy_and_loads(tmp_path, kind):
    folder = plan(f"{kind}-of-mine", [kind]).write(tmp_path)
    lint(folder)
    module = folder / f"artgan_{kind}_of_mine"
    plugins = load(in_files([str(module)]))
    assert plugins.problems == []
    if kind not in ("command", "observer"):
        assert plugins.registry.names(kinds.KINDS[kind]) == [f"{kind}-of-mine"]
    else:
        assert plugins.hooks(plugins.loaded[0].plugin)


@pytest.mark.slow
def test_a_new_plugin_of_all_kinds_is_installed_checked_tested_and_used(environment, tmp_path):
    kinds = [word for kind in KINDS for word in ("--kind", kind)]
    made = environment.artgan("plugins", "new", "water-colour", *kinds, "--out", tmp_path)
    assert made.returncode == 0, made.stderr
    source = tmp_path / "artgan-water-colour"
    lint(source)
    assert f"artgan install -e {source}" in made.stdout
    environment.install("-e", source)

    checked = environment.artgan("plugins", "check", "artgan-water-colour")
    assert checked.returncode == 0, checked.stdout
    environment.artgan("uninstall", "artgan-water-colour")
    environment.install(build_wheel(source, tmp_path))
    tested = environment.call("-m", "pytest", "-q", "-p", "no:cacheprovider", source)
    assert tested.returncode == 0, tested.stdout
    words = [f"--{kind}=water-colour" for kind in ("generator", "discriminator", "loss", "penalty", "augmentation")]
    run = environment.artgan("run", *words, "--dataset=water-colour:count=64", "--steps=20", "--name=first", "--quiet")
    assert run.returncode == 0, run.stderr
    assert (environment.folder / "runs/first/water-colour.txt").read_text().endswith("after 20 steps\n")
    assert "loss_generator" in environment.artgan("water-colour", "runs/first").stdout


@pytest.mark.slow
def test_what_new_says_to_do_next_is_what_works(environment, tmp_path):
    made = environment.artgan("plugins", "new", "artgan-mild", "--kind", "loss", "--out", tmp_path)
    commands = [line.split() for line in made.stdout.splitlines() if line.startswith("  artgan")]
    assert [command[1] for command in commands] == ["install", "plugins", "run"]
    for command in commands[:2]:
        done = environment.artgan(*command[1:])
        assert done.returncode == 0, done.stderr
    assert "ok      loading\n  ok      loss mild" in done.stdout
    assert environment.artgan(*commands[2][1:], "--dry-run").returncode == 0
    with zipfile.ZipFile(build_wheel(tmp_path / "artgan-mild", tmp_path)) as wheel:
        names = wheel.namelist()
    assert "artgan_mild/loss.py" in names
    assert not any(name.startswith("tests/") for name in names)


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["Two Words"], "'Two Words' is no name for a plugin: use lower-case letters, digits and single hyphens"),
        (["../up"], "is no name for a plugin"),
        (["lambda"], "is no name for a plugin"),
        (["cnn", "--kind", "generator"], "artgan has a generator 'cnn' already: choose another name"),
        (["mine", "--kind", "lose"], "'lose' is not one of"),
        (["there"], "exists already: choose another name, or another --out"),
        (["here", "--out", "file"], "file"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(artgan, tmp_path, arguments, phrase):
    (tmp_path / "artgan-there").mkdir()
    (tmp_path / "file").touch()
    done = artgan("plugins", "new", *arguments)
    assert done.code == 2
    assert phrase in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["artgan-there", "file"]


def test_a_plugin_that_does_not_conform_is_told_and_the_exit_code_says_so(artgan, tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text("import numpy\n" + LOSS.replace("turn.real_logits", "turn.real_logits.flip(0)"))
    done = artgan("plugins", "check", str(path))
    assert done.code == 1
    assert "  faulty  loading\n          - loading it imports numpy (wrong.py, line 1)" in done.out
    assert "  faulty  loss mine\n          - discriminator() depends on the order" in done.out
    assert "2 not conforming" in done.err


def write_tunes(folder, name, changes=()):
    """Write a new plugin of a modality and of a generator that makes samples of that modality alone; with changes."""
    package = plan(name, ["modality", "generator"]).write(folder) / f"artgan_{name}"
    refusal = "        if len(spec.shape) != 2:\n            raise ValueError('tunes alone')\n"
    own = [
        ("generator.py", 'representation = "pixels"', f'modalities = frozenset({{"{name}"}})'),
        ("generator.py", "(self, spec):\n", f"(self, spec):\n{refusal}"),
    ]
    for file, old, new in [*own, *changes]:
        code = (package / file).read_text(encoding="utf-8")
        assert old in code
        (package / file).write_text(code.replace(old, new), encoding="utf-8")
    return package


def test_a_generator_of_a_new_modality_is_checked_on_the_examples_of_that_modality(artgan, tmp_path):
    done = artgan("plugins", "check", str(write_tunes(tmp_path, "reel")))
    assert done.code == 0, done.out
    assert "ok      generator reel" in done.out
    assert "ok      modality reel" in done.out

    flat = [("networks.py", "-1, *self.shape", "-1, self.shape[-1]")]
    found = artgan("plugins", "check", str(write_tunes(tmp_path, "jig", flat)))
    assert "samples are of shape (4, 400): make them (batch, 1, 400)" in found.out


def test_a_modality_without_examples_is_told_in_one_line(artgan, tmp_path):
    without = [("modality.py", "def examples", "def instances")]
    told = artgan("plugins", "check", str(write_tunes(tmp_path, "polka", without))).out
    assert "faulty  modality polka\n          - examples() gives none: give specs" in told
    assert "faulty  generator polka\n          - modality polka gives no examples to try it on" in told


def test_a_generator_of_a_modality_that_is_not_installed_is_told_in_one_line(artgan, tmp_path):
    renamed = [("modality.py", 'name = "waltz"', 'name = "air"')]
    told = artgan("plugins", "check", str(write_tunes(tmp_path, "waltz", renamed))).out
    assert "- it is for waltz, and there is no such modality: install the plugin that offers it" in told


OBSERVER = """import artgan

@artgan.hookimpl
def run_ticked(run, tick):
    print(tick.scalars["los"])
"""


def test_what_a_plugin_sees_of_runs_is_checked(artgan, tmp_path):
    path = tmp_path / "watch.py"
    path.write_text(OBSERVER, encoding="utf-8")
    told = artgan("plugins", "check", str(path)).out
    assert (
        "  ok      loading\n  faulty  observer\n          - run_ticked raised KeyError: 'los' (watch.py, line 5)"
        in told
    )


def test_several_plugins_are_checked(artgan, tmp_path):
    code = LOSS.replace('"mine"', '"fair"')
    good = write_distribution(tmp_path / "good") / "artgan_mine.py"
    fair = write_distribution(tmp_path / "fair", code, name="artgan-fair") / "artgan_fair.py"
    done = artgan("plugins", "check", str(good), str(fair))
    assert done.code == 0
    assert "ok      loss mine" in done.out
    assert "ok      loss fair" in done.out


def test_an_unknown_plugin_is_named(artgan):
    done = artgan("plugins", "check", "artgann")
    assert done.code == 2
    assert "no installed plugin is called 'artgann'; did you mean 'artgan'?" in done.err
