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
            (("--seeds", "3,,8"), "give one or more seeds or files, split by commas"),
            (("--seeds", "1,2,3", "--frames", "2"), "fewer than the 3 seeds"),
            (("--out", "w.avi"), "no format"),
            (("--seed", 3, "--seeds", "3,8"), "give --seed or --seeds, not both"),
            (("--seed", 3), "at least 2 seeds or files"),
            (("--seed", 3, "--along", "1"), "were not looked for yet: artgan directions finds them"),
            (("--grid", "4"), "write columns and rows, as in 4x3"),
            (("--grid", "9x9"), "is out of range (1 to 64 works at once)"),
            (("--grid", "2x2", "--seeds", "0-4"), "share out 8 seeds, as in --seeds 0-7: these are 5"),
            (("--hold", 3, "--frames", 100), "--hold 3 takes 144 of 100 frames"),
            (("--path", "noise", "--seeds", "3,8"), "share out 1 seed"),
        ],
    )
    def test_says_in_one_line_what_is_wrong(self, hung, arguments, reason):
        refused = hung("walk", "bars", *arguments)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert reason in refused.err


class TestAlong:
    """A walk leads along a direction, from three steps below a work to three above."""

    @pytest.fixture
    def directed(self, hung):
        assert hung("directions", "bars", "-n", 2, "--name", "1=weight").code == 0
        return hung

    def test_ends_where_the_work_is_moved_to(self, directed, tmp_path):
        done = directed("walk", "bars", "--seed", 7, "--along", "weight", "--frames", 7, "--out", "w.png")
        assert done.code == 0, done.err
        ends = {0: "--move=weight=-3", 3: "--move=weight=0", 6: "--move=1=3"}
        for frame, move in ends.items():
            assert directed("sample", "bars", "--seed", 7, "-n", 1, move, "--out", f"own{frame}").code == 0
            with Image.open("w.png") as walk, Image.open(next(tmp_path.glob(f"own{frame}/seed*.png"))) as work:
                walk.seek(frame)
                assert walk.convert("L").resize((8, 8), Image.Resampling.NEAREST).tobytes() == work.tobytes()

    def test_is_told_by_its_record_and_its_name(self, directed, tmp_path):
        done = directed("walk", "bars", "--seed", 7, "--along", "weight", "--frames", 4, "--loop", "--ease")
        file = tmp_path / done.out.strip()
        assert file.name == "walk-7-4-along-weight.webp"
        told = json.loads(file.with_suffix(".json").read_text())["walk"]
        assert (told["seeds"], told["path"], told["loop"], told["ease"]) == ([7], "line", True, True)
        assert told["along"] == [{"name": "weight", "by": 3.0, "direction": told["along"][0]["direction"]}]
        assert "\nwalk.along.1.name: weight\n" in directed("about", file).out

    def test_of_moved_works_stops_at_works_that_are_moved(self, directed, tmp_path):
        moved = ("--move", "weight=2.5", "--move", "2=-1")
        done = directed("walk", "bars", "--seeds", "3,8", *moved, "--frames", 3, "--out", "w.png")
        assert done.code == 0, done.err
        assert "\nwalk.moves.2.by: -1.0\n" in directed("about", "w.png").out
        for frame, seed in {0: 3, 2: 8}.items():
            assert directed("sample", "bars", "--seed", seed, "-n", 1, *moved, "--out", f"own{seed}").code == 0
            with Image.open("w.png") as walk, Image.open(next(tmp_path.glob(f"own{seed}/seed*.png"))) as work:
                walk.seek(frame)
                assert walk.convert("L").resize((8, 8), Image.Resampling.NEAREST).tobytes() == work.tobytes()

    def test_of_what_is_not_there_names_the_closest(self, directed):
        refused = directed("walk", "bars", "--along", "wieght")
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert "no direction is called 'wieght'; did you mean 'weight'?" in refused.err


class TestGrid:
    """Many works move at once, each on a way of its own."""

    def test_shows_ways_of_seeds_that_are_shared_out(self, hung):
        def frames(file, *arguments):
            done = hung("walk", "bars", *arguments, "--frames", 3, "--out", file)
            assert done.code == 0, done.err
            with Image.open(file) as walk:
                for frame in range(3):
                    walk.seek(frame)
                    yield walk.convert("L").copy()

        grid = list(frames("g.png", "--grid", "2x1", "--seeds", "3,8,21,5"))
        first, second = frames("a.png", "--seeds", "3,8"), frames("b.png", "--seeds", "21,5")
        for both, one, other in zip(grid, first, second, strict=True):
            assert both.size == (768, 384)
            for half, own in ((0, one), (1, other)):
                cut = both.crop((half * both.height, 0, (half + 1) * both.height, both.height))
                assert cut.resize((8, 8), Image.Resampling.NEAREST).tobytes() == own.resize((8, 8), 0).tobytes()

    def test_goes_on_with_the_seeds_that_follow(self, hung, tmp_path):
        done = hung("walk", "bars", "--seed", 7, "--path", "noise", "--grid", "3x2", "--frames", 2)
        told = json.loads((tmp_path / done.out.strip()).with_suffix(".json").read_text())["walk"]
        assert (told["seeds"], told["grid"], told["loop"]) == ([7, 8, 9, 10, 11, 12], [3, 2], True)


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
