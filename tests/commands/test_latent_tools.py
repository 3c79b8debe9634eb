"""Walks through latents, children of works, and what a work tells of itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artgan.artworks.interpolation import KINDS, path
from artgan.artworks.latents import child, latents
from artgan.artworks.origin import SeedStart
from artgan.artworks.walk import Walk, read_walk, walk_record
from artgan.interfaces import Modality

SIZE = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4")
SEEDS = st.integers(0, 2**64 - 1)


@pytest.fixture
def trained(artgan, pictures):
    """Call `artgan` where a small run called ``bars`` was trained."""
    made = artgan("run", pictures, *SIZE, "--steps", "4", "--batch", "16", "--name", "bars", "--quiet")
    assert made.code == 0, made.err
    return artgan


def stops(*seeds, size=64):
    return [latents(seed, size).astype(np.float64) for seed in seeds]


class TestPaths:
    @given(st.lists(SEEDS, min_size=2, max_size=5, unique=True), st.sampled_from(KINDS), st.booleans())
    def test_lead_through_every_seed(self, seeds, kind, loop):
        between = len(seeds) if loop else len(seeds) - 1
        made = list(path(stops(*seeds, size=16), 4 * between + (not loop), kind=kind, loop=loop))
        for place, seed in enumerate(seeds):
            assert np.allclose(made[4 * place], latents(seed, 16), atol=1e-6)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_loop_closes_without_showing_its_first_place_twice(self, kind):
        made = list(path(stops(3, 8, 21), 90, kind=kind, loop=True))
        steps = [np.linalg.norm(after - before) for before, after in zip(made, [*made[1:], made[0]], strict=True)]
        assert min(steps) > 0
        assert max(steps) < 3 * np.median(steps)

    @pytest.mark.parametrize("kind", KINDS)
    def test_stay_as_far_out_as_latents_are(self, kind):
        norms = [np.linalg.norm(latent) for latent in path(stops(3, 8, 21, size=512), 60, kind=kind)]
        assert min(norms) > 0.9 * min(np.linalg.norm(latents(seed, 512)) for seed in (3, 8, 21))
        assert max(norms) < 1.1 * max(np.linalg.norm(latents(seed, 512)) for seed in (3, 8, 21))


class TestChildren:
    @given(SEEDS, SEEDS, SEEDS)
    def test_have_each_number_from_one_parent_or_the_other(self, first, second, number):
        made = child(latents(first, 64), latents(second, 64), number)
        assert ((made == latents(first, 64)) | (made == latents(second, 64))).all()

    def test_have_about_half_of_each(self):
        first, second = latents(3, 256), latents(8, 256)
        share = np.mean([(child(first, second, number) == first).mean() for number in range(40)])
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


class TestWorksThatOthersStartFrom:
    """`breed` and `walk` take the files of works beside seeds."""

    @pytest.fixture
    def projected(self, hung, tmp_path):
        """A work with a latent of its own."""
        Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(tmp_path / "ramp.png")
        done = hung("project", "bars", "ramp.png", "--steps", 3, "--seed", 9, "--out", "found")
        return tmp_path / done.out.splitlines()[0]

    @pytest.fixture
    def bred(self, hung, tmp_path, projected):
        """A child of a seed and of the projected work."""
        done = hung("breed", "bars", 7, projected, "-n", 1, "--from", 5, "--out", "kids")
        assert done.code == 0, done.err
        return tmp_path / done.out.splitlines()[0]

    def test_a_child_has_each_number_from_the_seed_or_the_file_and_is_made_again(self, hung, bred, projected, model):
        found = json.loads(projected.with_suffix(".json").read_text())
        record = json.loads(bred.with_suffix(".json").read_text())
        seed, work = record["parents"]
        assert seed == 7
        assert work == {"seed": 9, "label": None, "pixels": found["pixels"], "latent": found["latent"]}
        latent = child(*stops(7, size=8), np.array(found["latent"]), 5)
        made = model.render_latent(latent, seed=5)
        with Image.open(bred) as picture:
            assert np.array_equal(np.array(picture), made[0])
        assert hung("remake", bred).code == 0
        assert bred.name == f"child-00000005-of-7-and-work-{found['pixels'][:8]}.png"

    def test_children_have_children(self, hung, bred, tmp_path):
        done = hung("breed", "bars", bred, bred, "-n", 2, "--out", "more")
        for line in done.out.splitlines()[:2]:
            assert hung("remake", line).code == 0
            with Image.open(tmp_path / line) as one, Image.open(bred) as parent:
                assert one.tobytes() == parent.tobytes()  # both parents are the same

    def test_the_family_begins_with_the_parents(self, hung, projected, tmp_path):
        sheet = hung("breed", "bars", projected, 7, "-n", 1, "--out", "kids").out.splitlines()[-1]
        hung("sample", "bars", "--seed", 7, "-n", 1, "--out", "own")
        with Image.open(sheet) as family, Image.open(projected) as one, Image.open("own/seed-00000007.png") as two:
            pixels = np.array(family.convert("L"))
            gap = (pixels.shape[1] - 3 * 8) // 2
            assert np.array_equal(pixels[:, :8], np.array(one))
            assert np.array_equal(pixels[:, 8 + gap : 16 + gap], np.array(two))

    def test_a_walk_begins_at_the_file_and_ends_at_the_child(self, hung, projected, bred, tmp_path):
        done = hung("walk", "bars", "--seeds", f"{projected},3,{bred}", "--frames", 5, "--out", "w.png")
        assert done.code == 0, done.err
        with Image.open("w.png") as walk:
            for frame, path in ((0, projected), (4, bred)):
                walk.seek(frame)
                with Image.open(path) as work:
                    assert walk.convert("L").resize((8, 8), Image.Resampling.NEAREST).tobytes() == work.tobytes()
        text = (tmp_path / "w.json").read_text()
        assert str(tmp_path) not in text
        assert projected.name not in text
        assert json.loads(text)["walk"]["seeds"][1] == 3
        told = hung("about", "w.png").out
        assert "\nwalk.seeds.1.seed: 9\n" in told
        assert "\nwalk.seeds.2: 3\nwalk.seeds.3.seed: 5\n" in told

    def test_a_file_of_a_seed_is_that_seed(self, hung, tmp_path):
        hung("sample", "bars", "--seed", 3, "-n", 1, "--out", "own")
        work = (
            tmp_path / hung("breed", "bars", "own/seed-00000003.png", 8, "-n", 1, "--out", "kids").out.splitlines()[0]
        )
        assert work.name == "child-00000000-of-3-and-8.png"
        assert json.loads(work.with_suffix(".json").read_text())["parents"] == [3, 8]

    def test_a_truncated_work_is_one_as_it_is_seen(self, hung, tmp_path):
        hung("sample", "bars", "--seed", 3, "-n", 1, "--truncation", 0.5, "--out", "own")
        hung("walk", "bars", "--seeds", "own/seed-00000003-psi-0.5.png,8", "--frames", 2, "--out", "w.png")
        with Image.open("w.png") as walk, Image.open("own/seed-00000003-psi-0.5.png") as work:
            assert walk.convert("L").resize((8, 8), Image.Resampling.NEAREST).tobytes() == work.tobytes()

    def test_only_works_of_that_very_model_are_taken(self, hung, make_model, tmp_path):
        make_model(seed=1).save(tmp_path / "gallery/other/model.safetensors")
        hung("sample", "other", "--seed", 3, "-n", 1, "--out", "own")
        for command in (
            ("breed", "bars", 3, "own/seed-00000003.png"),
            ("walk", "bars", "--seeds", "3,own/seed-00000003.png"),
        ):
            refused = hung(*command, "--out", "w.webp")
            assert (refused.code, refused.err.count("\n")) == (1, 1)
            assert "was made by other weights" in refused.err
            assert not (tmp_path / "w.webp").exists()

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"latent": [0.5] * 9}, "9 numbers"),
            ({"latent": [1e39] * 8}, "out of range"),
            ({"truncation": 1e300}, "out of range"),
            ({"parents": [3, {"seed": 1}]}, "parents[1]"),
            ({"parents": [3, {"seed": 2**64, "label": None, "pixels": "", "latent": [0.5] * 8}]}, "out of range"),
            ({"parents": [3, {"seed": 1, "label": None, "pixels": "", "latent": [0.5] * 9}]}, "9 numbers"),
            ({"parents": [3, {"seed": 1, "label": None, "pixels": "", "latent": ["x"] * 8}]}, "parents[1]"),
            ({"parents": [3, {"seed": 1, "label": None, "pixels": "", "latent": [0.0] * 9000}]}, "out of range"),
        ],
    )  # fmt: skip
    def test_a_record_that_lies_is_refused_in_one_line(self, hung, model, tmp_path, changes, reason):
        hung("sample", "bars", "--seed", 3, "-n", 1, "--out", "own")
        path = tmp_path / "own/seed-00000003.png"
        sample, record = model.modality.read(path)
        model.modality.write(path, sample, record | changes)
        refused = hung("breed", "bars", 8, path, "--out", "kids")
        assert (refused.code, refused.err.count("\n")) == (1, 1)
        assert reason in refused.err

    @pytest.mark.parametrize("name", ["nowhere.png", "plain.png", "-1"])
    def test_what_is_no_work_is_told_in_one_line(self, hung, tmp_path, name):
        Image.new("L", (8, 8)).save(tmp_path / "plain.png")
        refused = hung("breed", "bars", "--", 3, name)
        assert refused.code in (1, 2)
        assert refused.err.count("\n") == 1


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
        record = walk_record(Walk((SeedStart(3), SeedStart(8)), 2), model) | wrong
        model.modality.write_walk(tmp_path / f"w{suffix}", model.render([3, 8]), 2, 24, record)
        refused = hung("about", f"w{suffix}")
        assert (refused.code, refused.err.count("\n")) == (1, 1)

    def test_about_shows_signs_that_would_move_the_cursor_by_their_numbers(self, hung, model, tmp_path):
        record = walk_record(Walk((SeedStart(3), SeedStart(8)), 2, path="\x1b[2J"), model)
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
            (("--seeds", "3"), "at least 2 seeds or files"),
            (("--seeds", "3,x"), "x is neither a file nor a seed"),
            (("--seeds", f"3,{2**64}"), "is neither a file nor a seed"),
            (("--seeds", "3,,8"), "at least 2 seeds or files"),
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
        modality = registry.get(Modality, "image").configure({})
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
