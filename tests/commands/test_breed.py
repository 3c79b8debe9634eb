"""`artgan breed`: children of seeds and of works."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from artgan.artworks.latents import child, latents


class TestChildren:
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


class TestChildrenOfWorks:
    """A parent may be the file of a work."""

    def test_a_child_has_each_number_from_the_seed_or_the_file_and_is_made_again(self, hung, bred, projected, model):
        found = json.loads(projected.with_suffix(".json").read_text())
        record = json.loads(bred.with_suffix(".json").read_text())
        seed, work = record["parents"]
        assert seed == 7
        assert work == {"seed": 9, "label": None, "pixels": found["pixels"], "latent": found["latent"]}
        latent = child(latents(7, 8).astype(np.float64), np.array(found["latent"]), 5)
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

    def test_a_file_of_a_seed_is_that_seed(self, hung, tmp_path):
        hung("sample", "bars", "--seed", 3, "-n", 1, "--out", "own")
        work = (
            tmp_path / hung("breed", "bars", "own/seed-00000003.png", 8, "-n", 1, "--out", "kids").out.splitlines()[0]
        )
        assert work.name == "child-00000000-of-3-and-8.png"
        assert json.loads(work.with_suffix(".json").read_text())["parents"] == [3, 8]

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
