"""`artgan run`: it trains, keeps the run, hangs a gallery, and says in one line what it cannot do."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from PIL import Image
from safetensors.torch import load_file
from support.builtins import REGISTRY

from artgan.interfaces import Loss

SMALL = ["--generator", "cnn:width=2,latent=4", "--discriminator", "cnn:width=2", "--batch", 8]


@pytest.fixture
def bars(pictures: Path) -> list[object]:
    """Arguments for a training of a fraction of a second."""
    return ["run", pictures, *SMALL, "--set", "training.log_every=2", "--set", "training.snapshots=3"]


def test_a_run_keeps_its_recipe_log_and_checkpoint_and_hangs_a_gallery(artgan, bars, tmp_path):
    shown = artgan(*bars, "--steps", 6, "--loss", "bce")
    assert shown.code == 0, shown.err
    assert shown.out.strip() == str(Path("gallery/index.html"))
    assert "bars-cnn-bce-1" in (tmp_path / "gallery/index.html").read_text(encoding="utf-8")
    assert len(list((tmp_path / "gallery/bars-cnn-bce-1/works").glob("seed-*.png"))) == 48
    run = tmp_path / "runs/bars-cnn-bce-1"
    rows = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [2, 4, 6]
    assert {"kimg", "seconds", "loss_generator", "loss_discriminator"} <= rows[0].keys()
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["step-00000006"]
    recipe = tomllib.loads((run / "recipe.toml").read_text())
    assert recipe["training"]["steps"] == 6
    assert recipe["discriminator"] == {"name": "cnn", "width": 2, "norm": "spectral", "classes": False}


def test_a_second_run_gets_a_name_of_its_own(artgan, bars, tmp_path):
    for _ in range(2):
        assert artgan(*bars, "--steps", 1, "--loss", "hinge").code == 0
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["bars-cnn-hinge-1", "bars-cnn-hinge-2"]


@pytest.mark.parametrize("loss", REGISTRY.names(Loss))
def test_every_loss_runs(artgan, bars, loss):
    assert artgan(*bars, "--steps", 3, "--loss", loss, "--quiet").code == 0


def test_a_run_of_a_recipe_is_the_same_run(artgan, bars, tmp_path):
    artgan(*bars, "--steps", 5, "--name", "one")
    assert artgan("run", tmp_path / "runs/one/recipe.toml", "--name", "two").code == 0
    one, two = (
        load_file(tmp_path / f"runs/{name}/checkpoints/step-00000005/training.safetensors") for name in ("one", "two")
    )
    assert all((one[name] == two[name]).all() for name in one)


def test_a_dry_run_prints_the_resolved_recipe_and_the_cost_and_writes_nothing(artgan, bars, tmp_path):
    shown = artgan(*bars, "--epochs", 2, "--dry-run")
    assert tomllib.loads(shown.out)["training"]["steps"] == 2 * 96 / 8
    assert "24 steps will take about" in shown.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("budget", "steps"),
    [(["--steps", 7], 7), (["--epochs", 0.5], 6), (["--kimg", 0.1], 13), (["--minutes", 0.05], None)],
)
def test_a_budget_is_given_in_any_one_unit_and_turned_into_steps(artgan, bars, budget, steps):
    shown = artgan(*bars, *budget, "--dry-run")
    resolved = tomllib.loads(shown.out)["training"]
    assert resolved["steps"] == steps if steps else resolved["steps"] >= 1
    assert resolved["epochs"] == resolved["kimg"] == 0
    assert resolved["minutes"] == (0.05 if steps is None else 0), "minutes stay until their steps are known"


def test_settings_and_shorthands_reach_the_recipe(artgan, bars):
    arguments = ["--lr", 0.003, "--seed", 5, "--set", "discriminator_optimiser.updates=3", "--set", "training.ema=0.5"]
    recipe = tomllib.loads(artgan(*bars, "--steps", 9, "--dry-run", "--penalty", "gp", *arguments).out)
    falling = "linear:0.003..0@0.5..1"  # the preset's, from the rate that is asked for
    assert recipe["generator_optimiser"]["lr"] == recipe["discriminator_optimiser"]["lr"] == falling
    assert recipe["discriminator_optimiser"]["updates"] == 3
    assert (recipe["training"]["seed"], recipe["training"]["ema"]) == (5, 0.5)
    assert recipe["penalty"] == [{"name": "gp", "interval": 1, "weight": 10.0}]


def test_the_precision_is_chosen_by_the_device_and_recorded(artgan, bars):
    chosen = tomllib.loads(artgan(*bars, "--steps", 2, "--dry-run").out)["training"]["precision"]
    assert chosen in ("float32", "bfloat16")
    asked = artgan(*bars, "--steps", 2, "--dry-run", "--set", "training.precision=float32")
    assert tomllib.loads(asked.out)["training"]["precision"] == "float32"


def test_a_folder_of_pictures_is_recognised(artgan, tmp_path):
    (tmp_path / "prints").mkdir()
    for number in range(9):
        Image.new("RGB", (20 + number, 30), (number * 20, 90, 200)).save(tmp_path / f"prints/{number}.png")
    (tmp_path / "prints/broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    shown = artgan("run", "prints", *SMALL, "--steps", 2)
    assert shown.code == 0, shown.err
    assert "broken.png" in shown.err
    assert str(tmp_path) not in "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "gallery").rglob("*.json")
    )


@pytest.mark.slow
def test_a_stopped_run_is_saved_and_goes_on_to_the_same_end(artgan, start, bars, tmp_path):
    whole = [*bars, "--steps", 400, "--penalty", "r1:interval=3", "--augmentation", "diffaug"]
    artgan(*whole, "--name", "whole")
    process = start(*whole, "--name", "parts", "--out", tmp_path)
    log = tmp_path / "runs/parts/log.jsonl"
    while not (log.exists() and log.read_text().count("\n") > 3) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + signal.SIGTERM, err
    assert "artgan run --resume" in err
    stopped = int(re.search(r"Stopped at step (\d+) of 400", err)[1])
    assert 0 < stopped < 400
    assert artgan("run", "--resume", "parts").code == 0
    states = [
        load_file(tmp_path / f"runs/{name}/checkpoints/step-00000400/training.safetensors")
        for name in ("whole", "parts")
    ]
    assert all((states[0][name] == states[1][name]).all() for name in states[0])
    steps = [json.loads(line)["step"] for line in log.read_text().splitlines()]
    assert steps == sorted(set(steps))


def test_a_finished_run_goes_on_with_a_larger_budget_alone(artgan, bars, tmp_path):
    artgan(*bars, "--steps", 4, "--name", "a")
    assert artgan("run", "--resume", "a", "--steps", 6).code == 0
    assert (tmp_path / "runs/a/checkpoints/step-00000006").is_dir()
    smaller = artgan("run", "--resume", "a", "--steps", 3)
    assert (smaller.code, "give a larger budget" in smaller.err) == (2, True)
    changed = artgan("run", "--resume", "a", "--lr", 1)
    assert (changed.code, "leave out --lr" in changed.err) == (2, True)


def test_a_changed_dataset_is_noticed_on_resume(artgan, pictures, tmp_path):
    import numpy as np

    path = tmp_path / "mine.npy"
    np.save(path, np.load(pictures))
    artgan("run", path, *SMALL, "--steps", 2, "--name", "a")
    np.save(path, np.load(pictures) // 2)
    shown = artgan("run", "--resume", "a", "--steps", 4)
    assert (shown.code, "has changed since run a was started" in shown.err) == (1, True)


def test_numbers_that_stop_being_finite_stop_the_run_with_advice(artgan, bars):
    shown = artgan(*bars, "--steps", 200, "--lr", 1e30, "--loss", "lsgan", "--discriminator", "cnn:width=2,norm=none")
    assert shown.code == 1
    assert "lower the learning rates" in shown.err.splitlines()[-1]


USAGE = {
    "unknown loss": (["--loss", "bcee"], "did you mean 'bce'"),
    "unknown option": (["--generator", "cnn:wdth=3"], "did you mean 'width'"),
    "wrong type": (["--generator", "cnn:width=wide"], "'wide' is not a number"),
    "out of range": (["--generator", "cnn:latent=0"], "latent = 0 is out of range"),
    "unknown flag": (["--los", "bce"], "--loss"),
    "unknown setting": (["--set", "training.batsch=3"], "did you mean 'batch'"),
    "unknown table": (["--set", "trainning.batch=3"], "did you mean 'training'"),
    "no setting": (["--set", "batch"], "TABLE.KEY=VALUE"),
    "two budgets": (["--steps", 3, "--epochs", 3], "--steps and --epochs"),
    "no step": (["--minutes", 1e-9], "less than one step"),
    "larger batch than data": (["--batch", 97], "fewer than a batch of 97"),
    "odd name": (["--name", "../up"], "is no name"),
    "unknown device": (["--device", "abacus"], "--device abacus cannot be used here"),
    "device without numbers": (["--device", "meta"], "--device meta cannot be used here"),
    "batch of one": (["--generator", "mlp", "--batch", 1], "choose --batch 2 or more"),
    "seed of 87 bits": (["--seed", 10**26], f"seed = {10**26} is out of range"),
    "unknown optimiser": (["--set", "generator_optimiser.optimiser=Adan"], "did you mean 'Adam'"),
    "data twice": (["--dataset", "tiles"], "not both"),
}


@pytest.mark.parametrize(("arguments", "words"), USAGE.values(), ids=USAGE)
def test_wrong_usage_is_one_line_and_writes_nothing(artgan, bars, tmp_path, arguments, words):
    shown = artgan(
        *bars, *(["--steps", 3] if "--steps" not in arguments and "--minutes" not in arguments else []), *arguments
    )
    *_, error = shown.err.splitlines()
    assert (shown.code, error.startswith("Error: "), words in error) == (2, True, True), shown.err
    assert "Traceback" not in shown.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("source", ["nowhere", "empty", "words.doc"])
def test_data_that_cannot_be_read_is_named(artgan, tmp_path, source):
    (tmp_path / "empty").mkdir()
    (tmp_path / "words.doc").write_bytes(b"\xd0\xcf\x11\xe0words")
    shown = artgan("run", source, "--steps", 1)
    assert shown.code == 2
    assert source in shown.err
    assert not (tmp_path / "runs").exists()


def test_a_run_is_never_overwritten(artgan, bars, tmp_path):
    artgan(*bars, "--steps", 2, "--name", "mine")
    before = (tmp_path / "runs/mine/log.jsonl").read_bytes()
    shown = artgan(*bars, "--steps", 2, "--name", "mine")
    assert (shown.code, "choose another --name, or --resume" in shown.err) == (2, True)
    assert (tmp_path / "runs/mine/log.jsonl").read_bytes() == before


TWICE = """
import subprocess, sys
import artgan

@artgan.hookimpl
def run_ticked(run, tick):
    if tick.step == 4:
        left = run.folder / "checkpoints/.writing-step-00000004"
        left.mkdir()
        before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
        command = [sys.executable, "-m", "artgan", "run", "--resume", run.folder, "--steps", "9", "--plugin", __file__]
        done = subprocess.run(command, capture_output=True, text=True)
        print(done.returncode, done.stderr.splitlines()[-1])
        assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before
        left.rmdir()
"""


def test_a_run_that_is_being_trained_is_neither_trained_twice_nor_touched(artgan, bars, tmp_path):
    (tmp_path / "twice.py").write_text(TWICE)
    shown = artgan(
        *bars, "--steps", 6, "--set", "training.checkpoint_every=2", "--name", "busy", "--plugin", "twice.py"
    )
    assert (shown.code, "twice.py" in shown.err) == (0, False), shown.err
    assert shown.out.startswith("1 Error: run busy is being trained by process")


@pytest.mark.parametrize(("typed", "code"), [("2", 0), ("auto", 0), ("0", 2), ("many", 2)])
def test_threads_are_a_number_or_auto(artgan, bars, typed, code):
    shown = artgan(*bars, "--steps", 2, "--threads", typed, "--dry-run")
    assert shown.code == code
    if code:
        assert "neither auto nor a number from 1 to 1024" in shown.err


def test_the_page_is_opened_once_it_hangs_if_asked_for(artgan, bars, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("click.launch", lambda url: opened.append((url, (tmp_path / "gallery/a/index.html").exists())))
    assert artgan(*bars, "--steps", 4, "--name", "a", "--open").code == 0
    assert opened == [((tmp_path / "gallery/a/index.html").as_uri(), True)]


def test_quiet_says_nothing_but_where_the_gallery_is(artgan, bars):
    shown = artgan(*bars, "--steps", 2, "--quiet")
    assert (shown.err, len(shown.out.splitlines())) == ("", 1)


def test_a_plugin_file_takes_part(artgan, bars, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\nimport artgan\nfrom artgan.interfaces import Loss\n"
        "@dataclass(frozen=True)\nclass Mine(Loss):\n    'Mine.'\n    name = 'mine'\n"
        "    def discriminator(self, turn): return turn.fake_logits - turn.real_logits\n"
        "    def generator(self, turn): return -turn.fake_logits\n"
        "@artgan.hookimpl\ndef register_losses(): return [Mine]\n"
        "@artgan.hookimpl\ndef run_ticked(run, tick): print('seen', tick.step)\n"
    )
    shown = artgan(*bars, "--steps", 4, "--plugin", "mine.py", "--loss", "mine")
    assert shown.code == 0, shown.err
    assert "seen 2\nseen 4" in shown.out


def test_samples_can_be_made_again_when_the_run_has_moved_on(artgan, bars, tmp_path):
    artgan(*bars, "--steps", 4, "--name", "mine")
    made = artgan("sample", "mine", "-n", 2, "--seed", 9)
    first, second, sheet = map(Path, made.out.splitlines())
    assert (first.name, second.name, sheet.suffix) == ("seed-00000009.png", "seed-00000010.png", ".png")
    assert first.parent.name == "step-00000004"
    artgan("run", "--resume", "mine", "--steps", 8)
    for checkpoint in (tmp_path / "runs/mine/checkpoints").iterdir():
        shutil.rmtree(checkpoint)
    again = artgan("remake", first)
    assert (again.code, "identical to the last pixel" in again.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sample", "nowhere"], "holds no model"),
        (["sample", "nowhere", "--seed", -1], "--seed"),
        (["sample", "nowhere", "--seed", 2**64 - 1], "seeds end at"),
        (["remake", "nowhere.png"], "does not exist"),
    ],
)
def test_wrong_samples_and_works_are_one_line(artgan, arguments, words):
    shown = artgan(*arguments)
    (line,) = shown.err.splitlines()
    assert (shown.code in (1, 2), words in line) == (True, True), line


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not tell how much memory is free")
def test_a_run_that_memory_cannot_hold_is_told_before_anything_is_written(tmp_path):
    import resource

    def with_little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30))

    command = [sys.executable, "-m", "artgan", "run", "--batch", "2600", "--steps", "2"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, preexec_fn=with_little_memory)
    assert shown.returncode == 1, shown.stderr
    assert "Error: out of memory with a batch of 2600 samples of 1×64×64: try --shards 2" in shown.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [(), ("--dataset", "lines:item=paragraph")])
def test_what_is_left_out_is_listed_by_the_command_that_is_named(artgan, tmp_path, options):
    items = [f"old pond {number}".encode() for number in range(40)] + [b"\xff bad"] * 8
    (tmp_path / "my haiku.txt").write_bytes(b"\n\n".join(items))
    shown = artgan("run", "my haiku.txt", *options, "--batch", 4, "--steps", 1, "--dry-run")
    assert shown.code == 0, shown.err
    words = re.search(r"artgan (doctor .* --verbose) lists them", " ".join(shown.err.split()))
    assert words, shown.err
    listed = artgan(*shlex.split(words[1]))
    assert listed.code == 0
    assert listed.out.count("is no UTF-8 (byte") == 8
