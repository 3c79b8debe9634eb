"""Walks through latents, children of works, and what a work tells of itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artgan.gallery.walks import read_walk, walk_record
from artgan.latents import child, latents
from artgan.paths import KINDS, path

SIZE = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4")
SEEDS = st.integers(0, 2**64 - 1)


@pytest.fixture
def trained(artgan, pictures):
    """Call `artgan` where a small run called ``bars`` was trained."""
    made = artgan("run", pictures, *SIZE, "--steps", "4", "--batch", "16", "--name", "bars", "--quiet")
    assert made.code == 0, made.err
    return artgan


class TestPaths:
    @given(st.lists(SEEDS, min_size=2, max_size=5, unique=True), st.sampled_from(KINDS), st.booleans())
    def test_lead_through_every_seed(self, seeds, kind, loop):
        between = len(seeds) if loop else len(seeds) - 1
        made = list(path(seeds, 16, 4 * between + (not loop), kind=kind, loop=loop))
        for place, seed in enumerate(seeds):
            assert np.allclose(made[4 * place], latents(seed, 16), atol=1e-6)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_loop_closes_without_showing_its_first_place_twice(self, kind):
        made = list(path([3, 8, 21], 64, 90, kind=kind, loop=True))
        steps = [np.linalg.norm(after - before) for before, after in zip(made, [*made[1:], made[0]], strict=True)]
        assert min(steps) > 0
        assert max(steps) < 3 * np.median(steps)

    @pytest.mark.parametrize("kind", KINDS)
    def test_stay_as_far_out_as_latents_are(self, kind):
        norms = [np.linalg.norm(latent) for latent in path([3, 8, 21], 512, 60, kind=kind)]
        assert min(norms) > 0.9 * min(np.linalg.norm(latents(seed, 512)) for seed in (3, 8, 21))
        assert max(norms) < 1.1 * max(np.linalg.norm(latents(seed, 512)) for seed in (3, 8, 21))


class TestChildren:
    @given(SEEDS, SEEDS, SEEDS)
    def test_have_each_number_from_one_parent_or_the_other(self, first, second, number):
        made = child(first, second, number, 64)
        assert ((made == latents(first, 64)) | (made == latents(second, 64))).all()

    def test_have_about_half_of_each(self):
        share = np.mean([(child(3, 8, number, 256) == latents(3, 256)).mean() for number in range(40)])
        assert 0.47 < share < 0.53

    def test_are_made_again_to_the_last_pixel_and_name_their_parents(self, hung, tmp_path):
        printed = hung("breed", "bars", 3, 8, "-n", 4, "--out", "kids").out.splitlines()
        assert len(printed) == 5
        assert len({(tmp_path / work).read_bytes() for work in printed[:4]}) == 4
        for work in printed[:4]:
            assert json.loads((tmp_path / work).with_suffix(".json").read_text())["parents"] == [3, 8]
            assert hung("remake", work).code == 0

    def test_are_not_those_of_other_parents(self, hung):
        work = hung("breed", "bars", 3, 8, "-n", 1, "--out", "kids").out.splitlines()[0]
        other = hung("breed", "bars", 3, 9, "-n", 1, "--out", "others").out.splitlines()[0]
        with Image.open(work) as one, Image.open(other) as two:
            assert one.tobytes() != two.tobytes()


class TestWalk:
    @pytest.mark.parametrize(("suffix", "kind"), [(".webp", "WEBP"), (".png", "PNG"), (".gif", "GIF")])
    def test_moves_in_every_format_and_is_marked(self, hung, tmp_path, suffix, kind):
        assert hung("walk", "bars", "--seeds", "3,8,21", "--frames", 9, "--loop", "--out", f"w{suffix}").code == 0
        with Image.open(tmp_path / f"w{suffix}") as walk:
            assert (walk.format, walk.n_frames) == (kind, 9)
            assert walk.size == (384, 384)
        assert b"trainedAlgorithmicMedia" in (tmp_path / f"w{suffix}").read_bytes()
        told = hung("about", f"w{suffix}").out
        assert "\nwalk.seeds: [3, 8, 21]\nwalk.frames: 9\nwalk.path: slerp\nwalk.loop: true\n" in told

    def test_its_record_names_the_model_and_all_that_was_chosen_and_no_place(self, hung, model, tmp_path):
        options = ("--seeds", "3,8", "--frames", 4, "--path", "spline", "--fps", 12, "--truncation", 0.7)
        file = tmp_path / hung("walk", "bars", *options).out.strip()
        assert file.name == "walk-3-8-4-psi-0.7.webp"
        text = file.with_suffix(".json").read_text()
        assert str(tmp_path) not in text
        record = json.loads(text)
        assert record["walk"] == {
            "seeds": [3, 8], "frames": 4, "path": "spline", "loop": False, "frames_per_second": 12.0,
        }  # fmt: skip
        assert (record["truncation"], record["label"]) == (0.7, None)
        assert record["weights_digest"] == model.weights_digest
        assert record["dataset"]["licence"] == "CC0 1.0"
        assert read_walk(file, model.modality) == record

    def test_a_truncated_one_begins_at_the_truncated_work(self, hung, tmp_path):
        hung("walk", "bars", "--seeds", "3,8", "--frames", 4, "--truncation", 0.5, "--out", "w.png")
        hung("sample", "bars", "--seed", 3, "-n", 1, "--truncation", 0.5, "--out", "own")
        with Image.open("w.png") as walk, Image.open("own/seed-00000003-psi-0.5.png") as work:
            assert walk.convert("L").resize((8, 8), Image.Resampling.NEAREST).tobytes() == work.tobytes()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"walk": {"seeds": [3, 8]}},
            {"walk": None},
            {"format": 2},
            {"truncation": 0},
            {"truncation": 10**400},
            {"weights_digest": 3},
            {"walk": {"seeds": [3], "frames": 4, "path": "slerp", "loop": False, "frames_per_second": 24}},
            {"walk": {"seeds": [3, 2**64], "frames": 4, "path": "slerp", "loop": False, "frames_per_second": 24}},
            {"walk": {"seeds": [3, 8], "frames": 4, "path": "slerp", "loop": 1, "frames_per_second": 24}},
        ],
    )
    @pytest.mark.parametrize("suffix", [".webp", ".png"])
    def test_about_refuses_a_record_that_is_none_in_one_line(self, hung, model, tmp_path, wrong, suffix):
        record = walk_record(model, [3, 8], 2, kind="slerp", loop=False, rate=24, truncation=1) | wrong
        model.modality.write_walk(tmp_path / f"w{suffix}", model.render([3, 8]), 2, 24, record)
        refused = hung("about", f"w{suffix}")
        assert (refused.code, refused.err.count("\n")) == (1, 1)

    def test_about_shows_signs_that_would_move_the_cursor_by_their_numbers(self, hung, model, tmp_path):
        record = walk_record(model, [3, 8], 2, kind="\x1b[2J", loop=False, rate=24, truncation=1)
        model.modality.write_walk(tmp_path / "w.gif", model.render([3, 8]), 2, 24, record)
        assert "walk.path: <U+001B>[2J\n" in hung("about", "w.gif").out

    def test_begins_at_the_work_of_its_first_seed(self, hung, tmp_path):
        hung("walk", "bars", "--seeds", "3,8", "--frames", 4, "--out", "w.png")
        hung("sample", "bars", "--seed", 3, "-n", 1, "--out", "own")
        with Image.open("w.png") as walk, Image.open("own/seed-00000003.png") as work:
            assert walk.convert("L").resize((8, 8), Image.Resampling.NEAREST).tobytes() == work.tobytes()

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (("--seeds", "3"), "at least 2 seeds"),
            (("--seeds", "3,x"), "no list of seeds"),
            (("--seeds", f"3,{2**64}"), "no list of seeds"),
            (("--seeds", "1,2,3", "--frames", "2"), "fewer than the 3 seeds"),
            (("--out", "w.avi"), "no format"),
        ],
    )
    def test_says_in_one_line_what_is_wrong(self, hung, arguments, reason):
        refused = hung("walk", "bars", *arguments)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert reason in refused.err


class TestAbout:
    def test_tells_what_a_work_was_made_from(self, trained):
        told = trained("about", "gallery/bars/works/seed-00000003.png").out
        assert "\nseed: 3\n" in told
        assert "dataset.licence: " in told

    def test_shows_signs_that_would_move_the_cursor_by_their_numbers(self, trained, registry, tmp_path):
        modality = registry.get("modality", "image").configure({})
        sample, record = modality.read(tmp_path / "gallery/bars/works/seed-00000003.png")
        record["run"] = "\x1b[2J\u202eevil\n" + "x" * 1000
        modality.write(tmp_path / "evil.png", sample, record)
        told = trained("about", "evil.png").out
        assert "run: <U+001B>[2J<U+202E>evil<U+000A>xxx" in told
        assert max(map(len, told.splitlines())) < 400

    def test_refuses_what_is_no_work(self, trained, tmp_path):
        Image.new("L", (8, 8)).save(tmp_path / "plain.png")
        refused = trained("about", "plain.png")
        assert (refused.code, refused.err.count("\n")) == (1, 1)
