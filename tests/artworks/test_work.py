"""Each work can be made again from its record, to the last pixel."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artgan.artworks.direction import Move
from artgan.artworks.work import find_model, make_works, read_work, remake
from artgan.builtin.modality.image import ImageModality
from artgan.errors import ArtganError

image = ImageModality()
numbers = (
    st.integers() | st.floats() | st.text(max_size=5) | st.none() | st.booleans() | st.lists(st.integers(), max_size=2)
)

KEYS = ["seed", "parents", "latent", "moves", "picture", "truncation", "label", "format", "step", "versions", "shape"]


def first_work(model, folder, **choices):
    return make_works(model, folder, [model.origin(7, **choices)])[0]


def change(work, sample=None, **record):
    image.write(work.path, work.sample if sample is None else sample, {**work.record, **record})


class TestMaking:
    def test_names_each_work_by_its_seed(self, model, tmp_path):
        works = make_works(model, tmp_path, map(model.origin, [7, 2**64 - 1]))
        assert [work.path.name for work in works] == ["seed-00000007.png", "seed-18446744073709551615.png"]

    def test_names_what_else_makes_a_work_another(self, model, tmp_path):
        assert first_work(model, tmp_path, truncation=0.8).path.name == "seed-00000007-psi-0.8.png"
        assert first_work(model, tmp_path, label=3).path.name == "seed-00000007-class-3.png"

    def test_keeps_the_record_in_the_work_and_beside_it(self, model, tmp_path):
        work = first_work(model, tmp_path)
        _, inside = image.read(work.path)
        assert inside == json.loads(work.path.with_suffix(".json").read_text()) == work.record

    def test_records_how_the_work_was_made(self, model, tmp_path):
        record = first_work(model, tmp_path, truncation=0.5).record
        assert record == {
            "format": 1,
            "created_by": "artgan",
            "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            "seed": 7,
            "parents": [],
            "latent": [],
            "picture": "",
            "truncation": 0.5,
            "label": None,
            "sampling": {},
            "run": "a-run",
            "step": 100,
            "recipe_digest": model.recipe_digest,
            "weights_digest": model.weights_digest,
            "pixels": hashlib.sha256(model.render([7], truncation=0.5)[0].tobytes()).hexdigest(),
            "shape": [1, 8, 8],
            "dataset": {"title": "Some data", "licence": "CC0 1.0", "source": "somewhere", "fingerprint": "f" * 64},
            "versions": {"artgan": "0.1.0"},
        }

    def test_tells_how_far_it_is(self, model, tmp_path):
        told = []
        make_works(model, tmp_path, map(model.origin, range(3)), progress=lambda *step: told.append(step))
        assert told == [("making works", done, 3) for done in (1, 2, 3)]

    def test_may_make_the_same_work_again(self, model, tmp_path):
        before = first_work(model, tmp_path).path.read_bytes()
        assert first_work(model, tmp_path).path.read_bytes() == before

    def test_never_overwrites_another_work(self, model, make_model, tmp_path):
        kept = make_works(model, tmp_path, [model.origin(8)])[0].path
        before = kept.read_bytes()
        with pytest.raises(ArtganError, match=r"seed-00000008\.png is there already"):
            make_works(make_model(seed=1), tmp_path, [model.origin(7), model.origin(8)])
        assert kept.read_bytes() == before
        assert not (tmp_path / "seed-00000007.png").exists()

    def test_never_overwrites_what_is_no_work(self, model, tmp_path):
        (tmp_path / "seed-00000007.png").write_text("mine")
        with pytest.raises(ArtganError, match="is there already"):
            first_work(model, tmp_path)


class TestReading:
    @pytest.mark.parametrize("key", ["format", "seed", "truncation", "label", "weights_digest", "dataset"])
    def test_refuses_a_record_that_lacks_something(self, model, tmp_path, key):
        work = first_work(model, tmp_path)
        image.write(work.path, work.sample, {name: value for name, value in work.record.items() if name != key})
        with pytest.raises(ArtganError, match=f"its record has no {key}"):
            read_work(work.path, image)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"seed": -1},
            {"seed": 2**64},
            {"truncation": 0},
            {"truncation": "1"},
            {"format": 2},
            {"seed": True},
            {"parents": [3]},
            {"parents": [3, -1]},
            {"parents": [3, 8, 21]},
            {"latent": [1e39]},
            {"latent": [10**400]},
            {"latent": ["1"]},
            {"latent": [0.5], "parents": [3, 8]},
            {"latent": [0.0] * 8193},
            {"moves": [{"name": "1", "by": 1.0}]},
            {"moves": [{"name": "1", "by": 1e39, "direction": [1.0] * 8}]},
            {"moves": [{"name": "1", "by": 1.0, "direction": [1.0] * 8192}]},
        ],
    )
    def test_refuses_values_out_of_range(self, model, tmp_path, wrong):
        work = first_work(model, tmp_path)
        change(work, **wrong)
        with pytest.raises(ArtganError):
            read_work(work.path, image)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
    @given(key=st.sampled_from(KEYS), value=numbers | st.lists(st.floats(), min_size=8, max_size=8))
    def test_lets_through_only_what_can_be_made_again_or_refused(self, model, tmp_path, key, value):
        work = first_work(model, tmp_path)
        record = {**work.record, key: value}
        work.path.unlink()
        try:
            image.write(work.path, work.sample, record)
            again = remake(read_work(work.path, image), model)
        except (ArtganError, ValueError):
            work.path.unlink(missing_ok=True)
        else:
            assert isinstance(again.difference, str)
            work.path.unlink()


class TestRemaking:
    def test_gives_the_same_pixels(self, model, tmp_path):
        work = read_work(first_work(model, tmp_path, truncation=0.7).path, image)
        again = remake(work, model)
        assert again.difference == ""
        assert np.array_equal(again.sample, work.sample)

    def test_gives_the_same_pixels_of_a_work_that_was_moved_whatever_directions_the_model_has(self, model, tmp_path):
        moves = (Move("weight", 2.5, (0.6, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),)
        work = read_work(first_work(model, tmp_path, truncation=0.7, moves=moves).path, image)
        assert work.path.name == "seed-00000007-psi-0.7-weight-2.5.png"
        assert not np.array_equal(work.sample, model.render([7], truncation=0.7)[0])
        assert model.directions == ()
        assert remake(work, model).difference == ""

    def test_tells_by_how_much_a_changed_work_differs(self, model, tmp_path):
        work = first_work(model, tmp_path)
        sample = work.sample.copy()
        sample[0, 0, 0] ^= 4
        sample[0, 3, 3] ^= 1
        change(work, sample)
        assert remake(read_work(work.path, image), model).difference == "2 of 64 values differ, by up to 4"

    def test_tells_a_changed_size(self, model, tmp_path):
        work = first_work(model, tmp_path)
        change(work, work.sample[:, :4])
        assert "shape" in remake(read_work(work.path, image), model).difference

    def test_refuses_a_latent_that_the_model_does_not_take(self, model, tmp_path):
        work = first_work(model, tmp_path)
        change(work, latent=[0.5, 0.5])
        with pytest.raises(ArtganError, match="has 2 numbers, and this model takes 8"):
            remake(read_work(work.path, image), model)

    def test_refuses_another_model(self, model, make_model, tmp_path):
        with pytest.raises(ArtganError, match="other weights"):
            remake(first_work(model, tmp_path), make_model(seed=1))


class TestFindingTheModel:
    @pytest.mark.parametrize("place", [".", "..", "../..", "../checkpoints/step-00000100"])
    def test_looks_near_the_work(self, model, tmp_path, place):
        work = first_work(model, tmp_path / "a/b/works")
        model.save(work.path.parent / place / "model.safetensors")
        assert find_model(work).samefile(work.path.parent / place / "model.safetensors")

    def test_looks_into_the_runs(self, model, make_model, tmp_path):
        work = first_work(model, tmp_path / "elsewhere/deep/down/here")
        make_model(seed=1).save(tmp_path / "runs/other/checkpoints/step-00000100/model.safetensors")
        model.save(tmp_path / "runs/right/checkpoints/step-00000100/model.safetensors")
        assert "right" in str(find_model(work, [tmp_path / "runs"]))

    def test_passes_over_other_and_damaged_models(self, model, make_model, tmp_path):
        work = first_work(model, tmp_path / "works")
        make_model(seed=1).save(work.path.parent / "model.safetensors")
        (tmp_path / "checkpoints/step-00000200").mkdir(parents=True)
        (tmp_path / "checkpoints/step-00000200/model.safetensors").write_text("damaged")
        model.save(tmp_path / "model.safetensors")
        assert find_model(work) == tmp_path.resolve() / "model.safetensors"

    def test_says_how_to_give_it_where_there_is_none(self, model, tmp_path):
        with pytest.raises(ArtganError, match="--model"):
            find_model(first_work(model, tmp_path))


class TestCommands:
    @pytest.fixture
    def run(self, model, tmp_path):
        model.save(tmp_path / "run/checkpoints/step-00000100/model.safetensors")
        return tmp_path / "run"

    @staticmethod
    def call(name, *arguments):
        from artgan.commands import remake, sample

        command = {"sample": sample.sample, "remake": remake.remake}[name]
        return CliRunner().invoke(command, [os.fspath(item) for item in arguments])

    def test_sample_writes_works_and_a_sheet_and_says_where(self, run, tmp_path):
        result = self.call("sample", run, "--seed", "7", "-n", "2", "--truncation", "0.8", "--out", tmp_path / "out")
        assert result.exit_code == 0
        names = ["seed-00000007-psi-0.8.png", "seed-00000008-psi-0.8.png", "sheet-00000007-2-psi-0.8.png"]
        assert [Path(line).name for line in result.output.splitlines()] == names
        assert all((tmp_path / "out" / name).exists() for name in names)

    def test_sample_writes_into_the_run_where_nothing_else_is_said(self, run):
        assert self.call("sample", run, "-n", "1").exit_code == 0
        assert (run / "samples/step-00000100/seed-00000000.png").exists()

    def test_remake_proves_a_sample(self, run):
        self.call("sample", run, "-n", "1")
        result = self.call("remake", run / "samples/step-00000100/seed-00000000.png")
        assert result.exit_code == 0
        assert "identical to the last pixel" in result.output

    def test_remake_fails_where_a_work_was_changed(self, run, tmp_path):
        self.call("sample", run, "-n", "1")
        path = run / "samples/step-00000100/seed-00000000.png"
        change(read_work(path, image), np.zeros((1, 8, 8), np.uint8))
        result = self.call("remake", path, "--out", tmp_path / "again.png")
        assert result.exit_code == 1
        assert "values differ" in result.output
        assert read_work(tmp_path / "again.png", image).sample.any()

    def test_remake_takes_the_model_that_it_is_given(self, run, model, tmp_path):
        path = first_work(model, tmp_path / "far/away/from/it").path
        assert isinstance(self.call("remake", path).exception, ArtganError)
        assert self.call("remake", path, "--model", run).exit_code == 0

    def test_remake_refuses_what_no_modality_writes(self, tmp_path):
        assert "does not end like a work" in str(self.call("remake", tmp_path / "poem.xyz").exception)
