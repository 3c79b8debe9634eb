"""Text on the command line: from a file of lines to poems that can be made again."""

from __future__ import annotations

import json
import shutil
import tomllib

import numpy as np
import pytest
from PIL import Image
from support.documents import Page

SMALL = (
    *("--generator", "rnn:width=16,embedding=8,latent=4", "--discriminator", "rnn:width=16,embedding=8"),
    *("--loss", "bce", "--batch", "8", "--quiet"),
)
LINES = [f"{first} {second}" for first in ("red", "blue", "grey", "dim") for second in ("moon", "sun", "sea", "fog")]


@pytest.fixture(scope="module")
def verses(tmp_path_factory):
    path = tmp_path_factory.mktemp("verses") / "verses.txt"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def kept(done, verses, tmp_path_factory):
    """A folder with a short run on lines of two words."""
    folder = tmp_path_factory.mktemp("kept")
    done("run", verses, *SMALL, "--steps", "30", "--name", "small", "--out", folder)
    return folder


@pytest.fixture
def trained(artgan, kept, tmp_path):
    """Call `artgan` beside a copy of that run."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return artgan


def test_a_text_file_is_all_that_is_needed(trained, tmp_path):
    page = (tmp_path / "gallery/small/index.html").read_text()
    assert page.count('class="work"') == 48
    assert 'href="sheet.txt"' in page
    assert "How it learned" in page
    assert "copied share" in page
    work = (tmp_path / "gallery/small/works/seed-00000000.html").read_text()
    assert "Nearest in the data" in work
    assert any(line in work for line in LINES)


def test_a_poem_is_made_again_exactly_and_a_changed_one_is_told(trained, tmp_path):
    work = tmp_path / "gallery/small/works/seed-00000003.txt"
    assert trained("remake", work).out.endswith("is identical to the last character\n")
    work.write_text(work.read_text().replace("\n\n—", "x\n\n—"))
    changed = trained("remake", work)
    assert changed.code == 1
    assert "is not the text that seed-00000003.json tells of" in changed.err


def test_the_time_lapse_ends_with_the_poems_that_hang(trained, tmp_path):
    folder = tmp_path / "gallery/small"
    last = sorted((folder / "timelapse").iterdir())[-1].read_text()
    first = (folder / "works/seed-00000000.txt").read_text().partition("\n\n—")[0]
    assert last.startswith(first)


def test_temperature_and_top_k_are_chosen_anew_and_kept_in_the_record(trained, tmp_path):
    done = trained("sample", "small", "-n", "3", "--temperature", "0.5", "--top-k", "4")
    paths = done.out.splitlines()
    assert paths[0].rpartition("/")[2] == "seed-00000000-temperature-0.5-top_k-4.txt"
    record = json.loads((tmp_path / paths[0]).with_suffix(".json").read_text())
    assert record["sampling"] == {"temperature": 0.5, "top_k": 4, "prompt": ""}
    assert trained("remake", paths[0]).code == 0


def test_works_begin_with_the_words_of_a_prompt_which_is_kept_in_the_record(trained, tmp_path):
    words = (tmp_path / "gallery/small/works/seed-00000000.txt").read_text()[:2]
    done = trained("sample", "small", "-n", "2", "--seed", "5", "--prompt", words)
    paths = [tmp_path / path for path in done.out.splitlines() if "/seed-" in path]
    assert all(path.read_text().startswith(words) for path in paths)
    assert json.loads(paths[0].with_suffix(".json").read_text())["sampling"]["prompt"] == words
    assert trained("remake", paths[0]).code == 0
    assert "which this model cannot write" in trained("sample", "small", "--prompt", "xyz").err


def test_lines_end_in_a_letter_by_the_guides_plugin_as_the_record_says_and_remake_repeats(trained, tmp_path):
    plugin = tmp_path / "ends_with.py"
    plugin.write_text(*Page("plugins/guide/constraint.md").blocks("python"), encoding="utf-8")
    asked = ("sample", "small", "-n", "4", "--constraint", "ends-with:letter=e")
    done = trained(*asked, "--prompt", "b", "--plugin", plugin)
    paths = [tmp_path / path for path in done.out.splitlines() if "/seed-" in path]
    texts = [path.read_text().partition("\n\n—")[0] for path in paths]
    assert len(texts) == 4
    assert all(line.endswith("e") for text in texts for line in text.split("\n"))
    assert all(text.startswith("b") for text in texts)

    sampling = json.loads(paths[0].with_suffix(".json").read_text())["sampling"]
    assert sampling["constraint"] == "ends_with.py/ends-with"
    assert trained("remake", paths[0], "--plugin", plugin).out.endswith("is identical to the last character\n")
    assert "no constraint is called 'ends_with.py/ends-with'" in trained("remake", paths[0]).err


@pytest.mark.parametrize(
    ("constraint", "told"),
    [
        ("begins-wth", "no constraint is called 'begins-wth'; did you mean 'begins-with'?"),
        ("begins-with:words=xyz", "which this model cannot write"),
    ],
)
def test_a_constraint_that_cannot_be_is_refused_in_one_line_and_nothing_is_written(trained, tmp_path, constraint, told):
    refused = trained("sample", "small", "--constraint", constraint, "--out", "refused")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert told in refused.err
    assert not (tmp_path / "refused").exists()


@pytest.mark.parametrize("command", [("sample", "-n", "1", "--out"), ("walk", "--frames", "3", "--out")])
def test_any_option_of_sampling_is_chosen_by_its_name_and_one_of_its_own_goes_first(trained, tmp_path, command):
    name, *options = command
    files = {}
    for out, chosen in {
        "own": ("--temperature", "0.5", "--top-k", "4"),
        "named": ("--sampling", "temperature=0.5", "--sampling", "top_k=4"),
        "both": ("--temperature", "0.5", "--sampling", "temperature=2", "--sampling", "top_k=4"),
    }.items():
        place = tmp_path / (out if name == "sample" else f"{out}.txt")
        assert trained(name, "small", *options, place, *chosen).code == 0
        files[out] = next(place.glob("seed-*.txt")) if place.is_dir() else place
    own, named, both = (path.read_bytes() for path in files.values())
    assert own == named == both
    sampling = json.loads(files["both"].with_suffix(".json").read_text())["sampling"]
    assert sampling == {"temperature": 0.5, "top_k": 4, "prompt": ""}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("temperature", "write NAME=VALUE, as in temperature=0.8"),
        ("=1", "write NAME=VALUE"),
        ("width=4", "width cannot be chosen in sampling generator rnn"),
        ("temperature=warm", "'warm' is not a number"),
        ("temprature=1", "temprature cannot be chosen"),
    ],
)
def test_an_option_of_sampling_that_there_is_not_is_refused_in_one_line(trained, given, words):
    refused = trained("sample", "small", "--sampling", given)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert words in refused.err


def test_the_estimator_that_is_typed_is_the_recipes(artgan, verses):
    planned = artgan("run", verses, *SMALL, "--estimator", "gumbel:last=0.1", "--steps", "30", "--dry-run")
    assert tomllib.loads(planned.out)["estimator"] == {"name": "gumbel", "first": 1.0, "last": 0.1}


def test_the_same_seed_gives_the_same_poem_and_coldness_the_likeliest(trained, tmp_path):
    hung = (tmp_path / "gallery/small/works/seed-00000005.txt").read_text()
    path = trained("sample", "small", "--seed", "5", "-n", "1").out.splitlines()[0]
    assert (tmp_path / path).read_text() == hung
    cold = trained("sample", "small", "-n", "1", "--temperature", "0", "--out", "cold").out.splitlines()[0]
    again = trained("sample", "small", "-n", "1", "--temperature", "0", "--out", "again").out.splitlines()[0]
    assert (tmp_path / cold).read_text() == (tmp_path / again).read_text()


def test_a_walk_prints_a_line_for_each_poem_and_begins_at_the_first_seed(trained, tmp_path):
    lines = trained("walk", "small", "--seeds", "2,9", "--frames", "5").out.splitlines()
    assert len(lines) == 5
    hung = (tmp_path / "gallery/small/works/seed-00000002.txt").read_text()
    assert hung.partition("\n\n—")[0] == lines[0]


def test_a_walk_of_poems_has_its_record_beside_it_which_about_prints_and_nobodys_name(trained, tmp_path):
    options = ("--seeds", "2,9", "--frames", "5", "--temperature", "0.5", "--truncation", "0.7", "--loop")
    assert trained("walk", "small", *options, "--out", "walk.txt").code == 0
    text = (tmp_path / "walk.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert json.loads(text)["sampling"] == {"temperature": 0.5, "top_k": 0, "prompt": ""}
    for file in ("walk.txt", "walk.json"):
        told = trained("about", file)
        assert told.code == 0, told.err
        assert "\nwalk.seeds: [2, 9]\nwalk.frames: 5\nwalk.path: slerp\nwalk.loop: true\n" in told.out
        assert "\ntruncation: 0.7\n" in told.out


def test_poems_have_children_and_walks_by_their_files(trained, tmp_path):
    kid = trained("breed", "small", "2", "gallery/small/works/seed-00000009.txt", "-n", "1", "--out", "kids").out
    assert "child-00000000-of-2-and-9.txt" in kid
    grandchild = ("breed", "small", "2", "kids/child-00000000-of-2-and-9.txt", "-n", "1", "--out", "more")
    work = next(line for line in trained(*grandchild).out.splitlines() if "child-" in line)
    assert trained("remake", work).code == 0
    lines = trained("walk", "small", "--seeds", f"{work},3", "--out", "walk.txt").out.splitlines()
    assert (tmp_path / work).read_text().partition("\n\n—")[0] == lines[0]


def test_poems_come_to_paper(trained, tmp_path):
    done = trained("poster", "small", "--seeds", "2,9", "--out", "poster.pdf")
    assert done.code == 0, done.err
    with Image.open(tmp_path / "poster.png") as sheet:
        assert sheet.size == (3508, 4961)
        assert "trainedAlgorithmicMedia" in sheet.info["Source"]
        middle = np.array(sheet.convert("L"))[650:-600, 260:-260]
    assert 0.001 < (middle < 128).mean() < 0.3
    assert trained("poster", "small", "--seeds", "2,3", "--out", "other.pdf").code == 0
    assert (tmp_path / "poster.png").read_bytes() != (tmp_path / "other.png").read_bytes()


def test_a_walk_is_no_work_that_can_be_made_again_or_bred(trained):
    assert trained("walk", "small", "--out", "walk.txt").code == 0
    for command in (("remake", "walk.txt"), ("breed", "small", "3", "walk.txt")):
        refused = trained(*command)
        assert (refused.code, refused.err.count("\n")) == (1, 1)
        assert "tells of no single text" in refused.err


def test_about_prints_the_record_beside_a_poem_too(trained):
    told = trained("about", "gallery/small/works/seed-00000003.json")
    assert told.code == 0, told.err
    assert "\nseed: 3\n" in told.out


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value"),
        (b"[]", "holds no table"),
        (b"\xff", "decode"),
        (b'{"walk": NaN}', "NaN is not a number"),
        (b"[" * 100_000, "recursion"),
        (b" " * 5_000_000, "too large"),
        (b'{"walk": {}}', "has no format"),
        (None, "does not exist"),
    ],
)
@pytest.mark.parametrize("file", ["walk.json", "walk.txt"])
def test_about_refuses_what_is_no_record_beside_a_walk_in_one_line(artgan, tmp_path, content, reason, file):
    (tmp_path / "walk.txt").write_text("a poem\n\n— AI-generated with artgan\n", encoding="utf-8")
    if content is not None:
        (tmp_path / "walk.json").write_bytes(content)
    refused = artgan("about", file)
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    if file == "walk.json":
        assert reason in refused.err


def test_about_shows_signs_of_a_walk_of_poems_that_would_move_the_cursor_by_their_numbers(trained, tmp_path):
    assert trained("walk", "small", "--out", "walk.txt").code == 0
    record = json.loads((tmp_path / "walk.json").read_text(encoding="utf-8"))
    record["walk"]["path"] = "\x1b[2J"
    (tmp_path / "walk.json").write_text(json.dumps(record))
    assert "walk.path: \\u001b[2J\n" in trained("about", "walk.txt").out


def test_sampling_options_are_for_generators_that_have_them(artgan, pictures):
    size = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4")
    assert artgan("run", pictures, *size, "--steps", "2", "--batch", "8", "--name", "bars", "--quiet").code == 0
    refused = artgan("sample", "bars", "--temperature", "0.5")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "temperature cannot be chosen in sampling generator cnn" in refused.err


@pytest.mark.slow
def test_a_run_that_goes_on_equals_one_that_never_stopped(artgan, verses, tmp_path):
    for name, steps in (("whole", 20), ("halves", 10)):
        assert artgan("run", verses, *SMALL, "--set", "training.decay=0", "--steps", steps, "--name", name).code == 0
    assert artgan("run", "--resume", "halves", "--steps", "20", "--quiet").code == 0
    states = [sorted((tmp_path / f"runs/{name}/checkpoints").iterdir())[-1] for name in ("whole", "halves")]
    state, again = ((folder / "training.safetensors").read_bytes() for folder in states)
    assert state == again


def test_text_that_changed_since_is_refused_at_resume_and_nothing_is_lost(artgan, tmp_path):
    verses = tmp_path / "verses.txt"
    verses.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    assert artgan("run", verses, *SMALL, "--steps", "2", "--name", "small").code == 0
    before = sorted((tmp_path / "runs/small").rglob("*"))
    verses.write_text("山\n水\n花\n", encoding="utf-8")
    refused = artgan("run", "--resume", "small", "--steps", "60")
    assert refused.code == 1
    assert "dataset lines has changed since run small was started" in refused.err
    assert sorted((tmp_path / "runs/small").rglob("*")) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds no text that can be used"),
        (b"one line\n", "fewer than a batch of 8"),
        (b"same\n" * 20, "are equal: there is nothing to learn from them"),
        (b"\xff\n" * 20, "is hardly text"),
    ],
)
def test_bad_text_is_one_line_and_leaves_no_run(artgan, tmp_path, content, reason):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    refused = artgan("run", path, *SMALL, "--steps", "5")
    assert refused.code != 0
    assert len(refused.err.splitlines()) == 1
    assert reason in refused.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_maximum_likelihood_alone_and_pre_training_are_presets(artgan, verses):
    size = ("--generator", "rnn:width=16,embedding=8,latent=4", "--batch", "8", "--steps", "6", "--quiet")
    assert artgan("run", verses, "--preset", "mle", *size, "--name", "likelihood").code == 0
    relgan = ("--preset", "relgan", "--pretrain", "3", "--discriminator", "textcnn:embedding=16,representations=4")
    assert artgan("run", verses, *relgan, *size, "--name", "both").code == 0


def test_the_nearest_text_to_one_of_the_users_own_is_made_again_and_led_on_from(trained, tmp_path):
    (tmp_path / "mine.txt").write_text("grey fog\n", encoding="utf-8")
    done = trained("project", "small", "mine.txt", "--steps", 5, "--starts", 1)
    assert done.code == 0, done.err
    work, beside = (tmp_path / line for line in done.out.splitlines())
    assert beside.read_text(encoding="utf-8").startswith("grey fog\n\n\n")
    assert "bits a token here" in done.err
    assert "mine" not in work.with_suffix(".json").read_text()
    assert trained("remake", work).code == 0
    assert trained("breed", "small", work, 3, "-n", 2).code == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"red zoo", "it has 'z', which this model cannot write"),
        (b"red moon red moon", "it has 17 tokens, and texts of this model at most"),
        (b"\xff\xfe", "mine.txt is not a text that artgan can read"),
        (b"\n", "it holds no text"),
        (None, "mine.txt does not exist"),
    ],
)
def test_a_file_that_is_no_text_of_the_model_is_refused_in_one_line(trained, tmp_path, content, reason):
    if content is not None:
        (tmp_path / "mine.txt").write_bytes(content)
    refused = trained("project", "small", "mine.txt")
    assert refused.code in (1, 2)
    assert reason in refused.err
    assert refused.err.count("\n") == 1
