"""`artgan about`: what a work or a walk tells of itself."""

from __future__ import annotations

import pytest
from PIL import Image

from artgan.artworks.origin import SeedStart
from artgan.artworks.walk import Walk, walk_record
from artgan.interfaces import Modality

SIZE = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4")


@pytest.fixture
def trained(artgan, pictures):
    """Call `artgan` where a small run called ``bars`` was trained."""
    made = artgan("run", pictures, *SIZE, "--steps", "4", "--batch", "16", "--name", "bars", "--quiet")
    assert made.code == 0, made.err
    return artgan


class TestWorks:
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
        assert "run: \\u001b[2J\\u202eevil\\u000axxx" in told
        assert max(map(len, told.splitlines())) < 400

    def test_refuses_what_is_no_work(self, trained, tmp_path):
        Image.new("L", (8, 8)).save(tmp_path / "plain.png")
        refused = trained("about", "plain.png")
        assert (refused.code, refused.err.count("\n")) == (1, 1)


class TestWalks:
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
    def test_refuses_a_record_that_is_none_in_one_line(self, hung, model, tmp_path, wrong, suffix):
        record = walk_record(Walk((SeedStart(3), SeedStart(8)), 2), model) | wrong
        model.modality.write_walk(tmp_path / f"w{suffix}", model.render([3, 8]), 2, 24, record)
        refused = hung("about", f"w{suffix}")
        assert (refused.code, refused.err.count("\n")) == (1, 1)

    def test_shows_signs_that_would_move_the_cursor_by_their_numbers(self, hung, model, tmp_path):
        record = walk_record(Walk((SeedStart(3), SeedStart(8)), 2, path="\x1b[2J"), model)
        model.modality.write_walk(tmp_path / "w.gif", model.render([3, 8]), 2, 24, record)
        assert "walk.path: \\u001b[2J\n" in hung("about", "w.gif").out
