"""`artgan walk`: works that move from latent to latent, and their records."""

from __future__ import annotations

import json

import pytest
from PIL import Image
from support.moving import frame_count

from artgan.artworks.walk import read_walk


class TestWalk:
    @pytest.mark.parametrize(("suffix", "kind"), [(".webp", "WEBP"), (".png", "PNG"), (".gif", "GIF")])
    def test_moves_in_every_format_and_is_marked(self, hung, tmp_path, suffix, kind):
        assert hung("walk", "bars", "--seeds", "3,8,21", "--frames", 9, "--loop", "--out", f"w{suffix}").code == 0
        with Image.open(tmp_path / f"w{suffix}") as walk:
            assert (walk.format, frame_count(walk)) == (kind, 9)
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


class TestWalkOfWorks:
    """A stop may be the file of a work."""

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

    def test_a_truncated_work_is_one_as_it_is_seen(self, hung, tmp_path):
        hung("sample", "bars", "--seed", 3, "-n", 1, "--truncation", 0.5, "--out", "own")
        hung("walk", "bars", "--seeds", "own/seed-00000003-psi-0.5.png,8", "--frames", 2, "--out", "w.png")
        with Image.open("w.png") as walk, Image.open("own/seed-00000003-psi-0.5.png") as work:
            assert walk.convert("L").resize((8, 8), Image.Resampling.NEAREST).tobytes() == work.tobytes()
