"""Of several processes that train one run some die, hang, are told to stop, or were given something else."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from support.processes import wait_for
from support.together import Fork, codes_of, said, start_together

from artgan.commands.main import main
from artgan.training import variety
from artgan.training.checkpoint import newest

pytestmark = pytest.mark.slow
LOST = 75
CLONE_NEWNS = 0x20000
STEPS = 40


@pytest.fixture
def arguments(bars):
    """What a run of four shards is started with."""
    often = ("--set", "training.log_every=1", "--set", "training.checkpoint_every=5", "--set", "training.snapshots=1")
    return [*bars, "--shards", 4, "--threads", 1, *often]


def begin(
    folder: Path, arguments: list[object], *, processes: int = 2, restarts: int = 0, timeout: float = 60
) -> list[Fork]:
    """Start processes that call `artgan` with arguments; where they are started anew, as their engine says so."""
    variables = {"ARTGAN_JOB": "job", "ARTGAN_RESTARTS": str(restarts), "ARTGAN_TIMEOUT": str(timeout)}
    words = [str(word) for word in arguments]
    return start_together(processes, lambda number: main(words), folder, variables)


def steps_of(folder: Path, name: str = "a") -> int:
    """Return how many steps a run has logged."""
    log = folder / "runs" / name / "log.jsonl"
    return len(log.read_text().splitlines()) if log.exists() else 0


def has_logged_more(folder: Path, steps: int) -> bool:
    return steps_of(folder) > steps


def digest_of(folder: Path, name: str = "a") -> str:
    """Return the digest of what a run has come to at its end."""
    last = newest(folder / "runs" / name / "checkpoints")
    assert last is not None
    assert last.name == f"step-{STEPS:08d}"
    return hashlib.sha256((last / "training.safetensors").read_bytes()).hexdigest()


@pytest.fixture
def whole(artgan, arguments, tmp_path):
    """The digest of the run that nothing happened to, on one process."""
    assert artgan(*arguments, "--steps", STEPS, "--name", "whole").code == 0
    return digest_of(tmp_path, "whole")


def test_a_killed_process_is_named_by_the_others_and_the_restart_goes_on_by_itself_to_the_same_bits(
    arguments, whole, tmp_path
):
    """SIGKILL after random numbers of steps: of the one that writes, then of others."""
    moments, arguments = random.Random(3), [*arguments, "--steps", STEPS, "--name", "a"]
    for restarts, victim in enumerate((0, 1, 2)):
        logged = max(steps_of(tmp_path), 5) + moments.randrange(1, 5)
        going = begin(tmp_path, arguments, processes=4, restarts=restarts)
        wait_for(partial(has_logged_more, tmp_path, logged))
        going[victim].kill()
        codes = codes_of(going)
        assert codes == [-9 if number == victim else LOST for number in range(4)]
        assert said(tmp_path).count("Error:") == 1
        assert f"process {victim} of 4 was lost" in said(tmp_path)

    assert codes_of(begin(tmp_path, arguments, processes=2, restarts=3)) == [0, 0]
    assert "a goes on at step" in said(tmp_path)
    assert digest_of(tmp_path) == whole
    assert (tmp_path / "gallery/a/index.html").is_file()


def test_a_restart_trains_the_runs_of_other_seeds_that_had_not_begun(arguments, whole, tmp_path):
    arguments = [*arguments, "--steps", STEPS, "--seeds", 3, "--name", "a"]
    going = begin(tmp_path, arguments)
    wait_for(lambda: steps_of(tmp_path, "a-1") >= 6)
    going[1].kill()
    assert codes_of(going) == [LOST, -9]

    assert codes_of(begin(tmp_path, arguments, restarts=1)) == [0, 0]
    assert [steps_of(tmp_path, f"a-{seed}") for seed in range(3)] == [STEPS] * 3
    assert digest_of(tmp_path, "a-0") == whole
    assert digest_of(tmp_path, "a-2") not in (whole, digest_of(tmp_path, "a-1"))


@pytest.mark.parametrize("victim", [0, 1])
def test_a_process_that_hangs_is_named_after_the_timeout(arguments, tmp_path, victim):
    going = begin(tmp_path, [*arguments, "--steps", 100_000, "--name", "a"], timeout=3)
    wait_for(lambda: steps_of(tmp_path))
    stopped, other = going[victim].pid, going[1 - victim]
    assert stopped
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert codes_of([other]) == [LOST]
    finally:
        os.kill(stopped, signal.SIGKILL)
    assert said(tmp_path).count("Error:") == 1
    assert f"process {victim} of 2 did not answer for 3 s" in said(tmp_path)


def test_a_slow_process_is_waited_for(arguments, whole, tmp_path):
    going = begin(tmp_path, [*arguments, "--steps", STEPS, "--name", "a"], timeout=20)
    wait_for(lambda: steps_of(tmp_path))
    for _ in range(3):
        assert going[1].pid
        os.kill(going[1].pid, signal.SIGSTOP)
        time.sleep(0.3)
        os.kill(going[1].pid, signal.SIGCONT)
        time.sleep(0.1)
    assert codes_of(going) == [0, 0]
    assert digest_of(tmp_path) == whole


@pytest.mark.parametrize(("number", "told"), [(signal.SIGTERM, 1), (signal.SIGINT, 0)])
def test_a_signal_to_any_process_saves_and_ends_all(arguments, whole, artgan, tmp_path, number, told):
    going = begin(tmp_path, [*arguments, "--steps", STEPS * 100, "--name", "a"])
    wait_for(lambda: steps_of(tmp_path))
    assert going[told].pid
    os.kill(going[told].pid, number)
    assert codes_of(going) == [128 + number] * 2
    assert said(tmp_path).count("and saved. Go on with:") == 1
    assert f"Stopped at step {steps_of(tmp_path)} of {STEPS * 100} and saved" in said(tmp_path)


def test_a_run_goes_on_under_another_number_of_processes_to_the_same_bits(arguments, artgan, tmp_path):
    parts = STEPS // 4, STEPS // 2, STEPS
    assert artgan(*arguments, "--steps", parts[0], "--name", "alone").code == 0
    for steps in parts[1:]:
        assert artgan("run", "--resume", "alone", "--steps", steps).code == 0

    assert codes_of(begin(tmp_path, [*arguments, "--steps", parts[0], "--name", "a"], processes=4)) == [0] * 4
    assert codes_of(begin(tmp_path, ["run", "--resume", "a", "--steps", parts[1]], processes=2)) == [0] * 2
    assert artgan("run", "--resume", "a", "--steps", parts[2]).code == 0
    log = [json.loads(line)["step"] for line in (tmp_path / "runs/a/log.jsonl").read_text().splitlines()]
    assert log == [*range(1, STEPS + 1)]
    assert digest_of(tmp_path) == digest_of(tmp_path, "alone")


def test_works_that_look_alike_send_back_all_processes_to_the_same_bits(arguments, artgan, tmp_path, monkeypatch):
    """All works are taken for alike, those of the data too."""
    monkeypatch.setattr(variety, "EARLY_STEPS", 4)
    monkeypatch.setattr(variety, "LIMITS", {name: variety.Limits(1.5, 2.0) for name in variety.LIMITS})
    looked_at = ("--set", "training.snapshots=6", "--set", "training.collapses=2")
    arguments = [*arguments, *looked_at, "--steps", STEPS]
    assert artgan(*arguments, "--name", "alone").code == 0
    assert codes_of(begin(tmp_path, [*arguments, "--name", "a"])) == [0] * 2

    assert said(tmp_path).count("back to step 0, and on with") == 2
    assert digest_of(tmp_path) == digest_of(tmp_path, "alone")


GIVEN = {
    "data": ("data with the fingerprint", ("--dataset", "array:path=other.npy")),
    "recipe": ("another recipe than process 0 (discriminator.width: 4 → 3)", ("--discriminator", "cnn:width=3")),
}


@pytest.mark.parametrize(("words", "other"), GIVEN.values(), ids=GIVEN)
def test_processes_that_were_given_something_else_are_refused_before_the_first_step(
    arguments, pictures, tmp_path, words, other
):
    (tmp_path / "other.npy").write_bytes(pictures.read_bytes()[:-1] + b"\7")
    (tmp_path / pictures.name).write_bytes(pictures.read_bytes())
    base = ["run", "--dataset", f"array:path={pictures.name}", *map(str, arguments[2:]), "--steps", "9"]
    if "--dataset" in other:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / pictures.name).write_bytes((tmp_path / "other.npy").read_bytes())
        other = ("--dataset", f"array:path=elsewhere/{pictures.name}")
    going = start_together(2, lambda number: main([*base, *(other if number else ())]), tmp_path)
    assert codes_of(going) == [2, 2], said(tmp_path)
    assert said(tmp_path).count("Error:") == 1
    assert "process 1 on" in said(tmp_path)
    assert words in said(tmp_path)
    assert not list(tmp_path.glob("runs/*"))


@pytest.mark.parametrize(("what", "version"), [("artgan", "0.0.9"), ("torch", "2.0")])
def test_processes_of_other_versions_are_refused_before_the_first_step(arguments, tmp_path, monkeypatch, what, version):
    from artgan.api import _plan

    def begin_other(number):
        if number and what == "artgan":
            _plan.__version__ = version
        elif number:
            _plan.torch.__version__ = version
        main([str(word) for word in [*arguments, "--steps", 9]])

    going = start_together(2, begin_other, tmp_path)
    assert codes_of(going) == [2, 2], said(tmp_path)
    assert f"has {what} {version}, process 0 has" in said(tmp_path)
    assert said(tmp_path).count("Error:") == 1
    assert not list(tmp_path.glob("runs/*"))


def test_devices_of_two_kinds_are_told_once_and_train_all_the_same(arguments, tmp_path):
    from artgan.api import _plan

    def begin_on(number):
        _plan.kind_of = lambda device: f"GPU of kind {number}"
        main([str(word) for word in [*arguments, "--steps", 2, "--name", "a"]])

    assert codes_of(start_together(2, begin_on, tmp_path)) == [0, 0], said(tmp_path)
    (line,) = [line for line in said(tmp_path).splitlines() if "of kind" in line]
    assert "has devices of kind GPU of kind 1, process 0 has GPU of kind 0: numbers differ in their last bits" in line


def test_a_folder_that_only_one_machine_sees_is_told_once_before_the_first_step(arguments, tmp_path):
    def begin_in(number):
        os.chdir(tmp_path / f"machine-{number}")
        main([str(word) for word in [*arguments, "--steps", 2, "--name", "a"]])

    for number in range(2):
        (tmp_path / f"machine-{number}").mkdir()
    assert codes_of(start_together(2, begin_in, tmp_path)) == [2, 2], said(tmp_path)
    (line,) = [line for line in said(tmp_path).splitlines() if "Error:" in line]
    assert "process 1 on" in line
    assert "let all machines see the same folder" in line
    assert not list((tmp_path / "machine-1").iterdir())


def test_a_port_that_is_taken_is_one_line(arguments, tmp_path):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()

        def begin_there(number):
            os.environ["MASTER_PORT"] = str(taken.getsockname()[1])
            if number == 0:  # the others wait for it, until their engine stops them
                main([str(word) for word in [*arguments, "--steps", 2]])

        assert codes_of(start_together(2, begin_there, tmp_path)) == [1, 0]
    assert "another program uses that port; give another" in said(tmp_path)
    assert "Traceback" not in said(tmp_path)


def test_a_stranger_at_the_port_that_never_answers_is_waited_for_no_longer_than_a_process_and_told_once(
    arguments, tmp_path
):
    with socket.socket() as stranger:
        stranger.bind(("localhost", 0))
        stranger.listen()
        port = stranger.getsockname()[1]

        def begin_there(number):
            os.environ |= {"MASTER_PORT": str(port), "ARTGAN_TIMEOUT": "2"}
            if number:  # the first, elsewhere, was refused the port, and has told so
                main([str(word) for word in [*arguments, "--steps", 2]])

        assert codes_of(start_together(3, begin_there, tmp_path)) == [0, 1, 1]
    (line,) = said(tmp_path).splitlines()
    assert line == (
        f"Error: processes cannot meet at localhost:{port}: what listens there did not answer for 2 s as one of them "
        "would; give all another port, by --master-port or MASTER_PORT"
    )


def read_only(folder: Path) -> None:
    """Let this process, in a namespace of its own, see a folder that it cannot write."""
    assert ctypes.CDLL(None).unshare(CLONE_NEWNS) == 0
    for options in (["--make-rprivate", "/"], ["--bind", folder, folder], ["-o", "remount,bind,ro", folder]):
        subprocess.run(["mount", *options], check=True)
    os.chdir(folder)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")
@pytest.mark.parametrize(("sees", "codes"), [(1, [0, 0]), (0, [1, 1])], ids=["another", "the first"])
def test_the_first_process_alone_needs_to_write_where_the_run_is(arguments, tmp_path, sees, codes):
    def begin_on(number):
        if number == sees:
            read_only(tmp_path)
        main([*map(str, arguments), "--steps", "4", "--name", "a"])

    assert codes_of(start_together(2, begin_on, tmp_path, {"ARTGAN_TIMEOUT": "60"})) == codes, said(tmp_path)
    errors = [line for line in said(tmp_path).splitlines() if "Error:" in line]
    if sees:
        assert not errors
        assert (tmp_path / "gallery/a/index.html").is_file()
    else:
        assert errors == [f"Error: cannot write in {tmp_path}: choose another folder with --out"]


def test_a_full_disk_on_the_process_that_writes_is_a_warning_of_it_alone_and_training_goes_on(
    arguments, whole, tmp_path, monkeypatch
):
    from artgan.training import checkpoint

    save, tries = checkpoint.save_file, []

    def full(arrays, path):
        tries.append(path)
        if len(tries) == 2:
            raise OSError(28, "No space left on device")
        save(arrays, path)

    monkeypatch.setattr(checkpoint, "save_file", full)
    going = begin(tmp_path, [*arguments, "--steps", STEPS, "--name", "a"])
    assert codes_of(going) == [0, 0]
    assert " ".join(said(tmp_path).split()).count("training goes on, and saves again at the next checkpoint") == 1
    assert digest_of(tmp_path) == whole


REFUSED = {
    "processes that cannot share the shards": (3, (), 2, "3 processes cannot share 4 shards equally: start 1, 2 or 4"),
    "a name that is taken": (2, ("--name", "taken"), 2, "there is a run 'taken' already"),
    "an option that is none": (2, ("--nothing",), 2, "No such option"),
    "a folder that cannot be made": (2, ("--out", "file/x"), 1, "cannot write in"),
    "processes that would start more": (2, ("--processes", 2), 2, "--processes starts its own"),
    "a device that is none": (2, ("--device", "nothing"), 2, "--device nothing cannot be used here"),
}


@pytest.mark.parametrize(("count", "more", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_told_once_by_the_first_process(arguments, tmp_path, count, more, code, words):
    (tmp_path / "runs/taken").mkdir(parents=True)
    (tmp_path / "runs/taken/recipe.toml").touch()
    (tmp_path / "file").touch()
    going = begin(tmp_path, [*arguments, "--steps", 9, *more], processes=count)
    codes = codes_of(going)
    lines = said(tmp_path).splitlines()
    assert codes == [code] * count, lines
    assert sum("Error:" in line for line in lines) == 1
    assert any(line.startswith("Error: ") and words in line for line in lines), lines


def test_the_engine_starts_all_anew_when_one_was_killed_and_stops_all_when_it_is_told(bars, whole, tmp_path, arguments):
    command = [sys.executable, "-m", "artgan", *map(str, arguments), "--processes", "2", "--name", "a"]
    going = subprocess.Popen(
        [*command, "--steps", str(STEPS)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: steps_of(tmp_path) >= 6)
    workers = Path(f"/proc/{going.pid}/task/{going.pid}/children").read_text().split()
    os.kill(int(workers[1]), signal.SIGKILL)
    _, shown = going.communicate(timeout=120)
    assert going.returncode == 0, shown
    assert "was lost" in shown
    assert "starting all 2 processes anew (1 of 3)" in shown
    assert "Traceback" not in shown
    assert digest_of(tmp_path) == whole


def test_processes_whose_torchrun_is_killed_save_and_end(arguments, tmp_path):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "artgan"]
    going = subprocess.Popen(
        [*torchrun, *map(str, arguments), "--steps", str(STEPS * 1000), "--name", "a"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: steps_of(tmp_path))
    going.kill()
    _, shown = going.communicate(timeout=60)  # the pipe is theirs too, so this waits for them
    assert f"Stopped at step {steps_of(tmp_path)} of {STEPS * 1000} and saved. Go on with:" in shown
    assert newest(tmp_path / "runs/a/checkpoints")
    assert "Traceback" not in shown
