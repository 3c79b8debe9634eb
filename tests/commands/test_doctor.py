"""`artgan doctor`: what it finds, and that what it proposes can be pasted."""

import json
import shlex
import tomllib

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from artgan.commands.doctor import doctor


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGAN_CACHE", str(tmp_path / "cache"))
    return lambda *arguments: CliRunner().invoke(doctor, [str(argument) for argument in arguments])


def noise(seed: int, size=(64, 64)) -> Image.Image:
    blocks = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(blocks).resize(size, Image.Resampling.BICUBIC)


def line(output: str, what: str) -> str:
    return next(line for line in output.splitlines() if line.strip().startswith(what))


def test_without_data_it_tells_what_the_machine_has(run):
    result = run()
    assert result.exit_code == 0
    for what in ("artgan", "Python", "torch", "devices", "threads", "memory", "cache"):
        assert line(result.output, what)
    assert "cpu" in line(result.output, "devices")


def test_a_folder_is_described_with_all_that_is_wrong(run, tmp_path):
    folder = tmp_path / "my prints"
    folder.mkdir()
    for seed in range(5):
        noise(seed, (100 + seed, 80)).save(folder / f"{seed}.png")
    noise(0, (100, 80)).save(folder / "copy.png")
    noise(1, (101, 80)).save(folder / "alike.jpg", quality=90)
    (folder / "broken.png").write_bytes(b"")
    result = run(folder)
    assert result.exit_code == 0
    assert line(result.output, "usable").split()[-1] == "7"
    assert "100 to 104 pixels, median 101" in line(result.output, "widths")
    assert "RGB 7" in line(result.output, "modes")
    assert "PNG 6, JPEG 1" in line(result.output, "formats")
    assert "0.png = copy.png" in result.output
    assert "1.png = alike.jpg" in result.output
    assert "2 in 1 group" in line(result.output, "duplicates")
    assert "broken.png: is empty" in result.output
    assert "1 copy counts twice: remove it" in result.output


def test_the_proposed_command_line_names_the_data(run, tmp_path):
    folder = tmp_path / "my prints"
    folder.mkdir()
    for seed in range(10):
        noise(seed).save(folder / f"{seed}.png")
    assert shlex.split(line(run(folder).output, "artgan run")) == ["artgan", "run", str(folder)]


def sprite(seed: int) -> Image.Image:
    palette = np.array([[0, 0, 0], [255, 255, 255], [220, 40, 30], [30, 60, 200]], np.uint8)
    return Image.fromarray(palette[np.random.default_rng(seed).integers(0, 4, (16, 16))])


def strokes(seed: int) -> Image.Image:
    drawn = Image.new("L", (160, 160), 255)
    drawn.paste(0, (20 + 5 * seed, 30, 40 + 5 * seed, 140))
    return drawn.rotate(10 * seed + 5, fillcolor=255, resample=Image.Resampling.BICUBIC)


FOLDERS = {
    "pixel art": ([sprite(seed) for seed in range(40)], "penalty r1:gamma=0.1,interval=8"),
    "photographs": ([noise(seed) for seed in range(40)], "norm=spectral"),
    "ink": ([strokes(seed) for seed in range(40)], "minutes 3.5: grey strokes"),
    "few": ([noise(seed) for seed in range(10)], "batch 4: 10 samples"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_what_it_says_is_chosen_is_what_a_run_of_its_command_line_chooses(artgan, tmp_path, name, monkeypatch):
    monkeypatch.setenv("ARTGAN_LOAD_PLUGINS", "")  # an installed preset might propose itself
    pictures, expected = FOLDERS[name]
    folder = tmp_path / name
    folder.mkdir()
    for number, picture in enumerate(pictures):
        picture.save(folder / f"{number}.png")

    doctor = artgan("doctor", folder).out
    told = [line.strip() for line in doctor.partition("which chooses\n")[2].splitlines()]
    assert any(expected in line for line in told), told

    run = artgan(*shlex.split(line(doctor, "artgan run"))[1:], "--dry-run")
    assert run.code == 0, run.err
    assert [line for line in run.err.splitlines() if line in told] == told
    assert tomllib.loads(run.out)["dataset"]["path"] == str(folder)


def test_three_unreadable_files_are_listed_and_all_of_them_on_request(run, tmp_path):
    noise(0).save(tmp_path / "good.png")
    for number in range(30):
        (tmp_path / f"bad{number}.png").write_bytes(b"bad")
    shown = run(tmp_path).output
    assert shown.count("bad") == 3
    assert "and 27 more (--verbose lists them)" in shown
    output = run(tmp_path, "--verbose").output
    assert all(f"bad{number}.png:" in output for number in range(30))


def test_data_that_cannot_be_used_exits_with_1_and_still_lists_why(run, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"")
    result = run(folder)
    assert "a.png: is empty" in result.output
    assert result.exception.exit_code == 1
    assert "none of the 1 pictures" in str(result.exception)


def test_a_dataset_is_known_by_name_and_options(run):
    result = run("tiles:part=spell")
    assert result.exit_code == 0
    assert line(result.output, "usable").split()[-1] == "318"
    assert shlex.split(line(result.output, "artgan run")) == ["artgan", "run", "--dataset", "tiles:part=spell"]
    assert "few colours with hard edges (pixel art)" in result.output


def test_texts_are_looked_at_too(run):
    result = run("names")
    assert "5 to 19 tokens" in line(result.output, "lengths")
    assert line(result.output, "script").split()[-1] == "latin"
    assert "so few, short texts are soon known by heart" in result.output


def test_copies_in_an_array_are_counted(run, tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (6, 3, 16, 16), np.uint8)
    pictures[4] = pictures[2]
    np.save(tmp_path / "a.npy", pictures)
    assert "number 2 = number 4" in run(tmp_path / "a.npy").output


def test_an_unknown_name_is_an_error_that_helps(run):
    result = run("tile")
    assert "tiles" in str(result.exception)


def test_what_is_left_out_of_texts_is_counted_by_its_reason_however_much_it_is(run, tmp_path):
    rare = [f"common words and one rare one {number}x" for number in range(1500)]
    (tmp_path / "text.txt").write_text(
        "\n".join(["common words", "common words and one"] + rare + ["common " * 30] * 5)
    )
    told = f"lines:path={tmp_path / 'text.txt'},tokeniser=word,vocabulary=7,longest=20,long=drop"
    output = " ".join(run(told).output.split())
    assert "left out 1,505 1,500: something that is not among the 6 commonest tokens" in output
    assert "and 1,497 more (--verbose lists them)" in output
    assert "5: more than 20 tokens" in output
    assert "tokeniser=subword keeps 1,500 items left out" in output
    assert len(json.loads(run(told, "--json").output)["data"]["left_out"]) == 1505
