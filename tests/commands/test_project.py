"""`artgan project`: the nearest work to a real picture."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image
from support.classed import CLASSED

from artgan.artworks.latents import latents
from artgan.artworks.model import Model
from artgan.artworks.projection import apart, project, rate
from artgan.interfaces import Generator, Modality


@pytest.fixture
def picture(hung, model, tmp_path):
    """A work that is none of the seeds that are looked through, as a picture of another size and mode, and its path."""
    sample = model.render([1000])[0]
    path = tmp_path / "somebodys name.png"
    Image.fromarray(sample[0]).convert("RGB").save(path)
    return sample, path


class TestLoss:
    def test_is_nothing_between_equals_and_the_square_of_a_shift_at_each_scale(self):
        target = torch.rand(1, 3, 16, 16)
        assert apart(target, target).item() == 0
        assert apart(target + 0.5, target).item() == pytest.approx(3 * 0.25)  # 16, 8 and 4 pixels a side

    def test_tells_fine_differences_less_than_coarse_ones(self):
        fine = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(4, 4)[None, None]
        assert apart(fine, torch.zeros(1, 1, 8, 8)).item() == pytest.approx(1)
        assert apart(torch.ones(1, 1, 8, 8), torch.zeros(1, 1, 8, 8)).item() == pytest.approx(2)

    def test_takes_samples_of_other_kinds(self):
        assert apart(torch.ones(2, 1, 8), torch.zeros(1, 1, 8)).tolist() == [2, 2]
        assert apart(torch.ones(2, 5), torch.zeros(1, 5)).tolist() == [1, 1]


def test_the_rate_rises_stays_and_falls():
    assert (rate(0), rate(0.025), rate(0.05), rate(0.75), rate(1)) == (0, 0.5, 1, 1, 0)


class TestSearch:
    def test_comes_nearer_than_any_seed(self, model):
        found = project(model, model.render([1000])[0], steps=100)
        assert found.distance < found.nearest_distance / 2 < found.usual_distance / 2
        assert np.array_equal(found.sample, model.render_latent(found.latent, seed=0))

    def test_finds_a_seed_that_it_looks_through(self, model):
        found = project(model, model.render([77])[0], steps=2)
        assert (found.distance, found.nearest, found.nearest_distance) == (0, 77, 0)
        assert np.array_equal(found.latent, latents(77, 8))

    def test_stays_where_latents_are(self, model):
        found = project(model, np.full((1, 8, 8), 255, np.uint8), steps=100)
        assert np.linalg.norm(found.latent) < 2 * np.sqrt(8)

    def test_gives_the_same_for_the_same_seed_alone(self, model):
        target = np.arange(64, dtype=np.uint8).reshape(1, 8, 8)
        one, same, other = (project(model, target, seed=seed, steps=10, starts=1) for seed in (3, 3, 2**64 - 1))
        assert np.array_equal(one.latent, same.latent)
        assert not np.array_equal(one.latent, other.latent)

    def test_leaves_the_random_state_and_the_model_alone(self, model):
        torch.manual_seed(5)
        expected = torch.rand(1)
        torch.manual_seed(5)
        project(model, np.zeros((1, 8, 8), np.uint8), steps=2)
        assert torch.equal(torch.rand(1), expected)
        assert next(model.network.parameters()).dtype == torch.float64


class TestCommand:
    def test_makes_a_work_that_can_be_made_again_and_a_sheet(self, hung, picture, tmp_path):
        sample, path = picture
        done = hung("project", "bars", path.name, "--steps", 60, "--starts", 4, "--out", "out")
        assert done.code == 0, done.err
        work, sheet = (tmp_path / line for line in done.out.splitlines())
        assert hung("remake", work).code == 0
        with Image.open(sheet) as both:
            assert np.array_equal(np.array(both)[:, :8, 0], sample[0])
            with Image.open(work) as alone:
                assert np.array_equal(np.array(both)[:, -8:, 0], np.array(alone))
        assert "of 255 levels from the picture" in done.err
        assert "The nearest of 500 seeds (" in done.err

    def test_its_record_holds_the_latent_and_nothing_of_the_picture_but_a_digest(self, hung, picture, tmp_path):
        done = hung("project", "bars", picture[1], "--steps", 2, "--seed", 9, "--out", "out")
        work = tmp_path / done.out.splitlines()[0]
        text = work.with_suffix(".json").read_text()
        record = json.loads(text)
        assert "somebody" not in text + done.out
        assert str(tmp_path) not in text
        assert (record["seed"], record["parents"], len(record["latent"]), len(record["picture"])) == (9, [], 8, 64)
        assert np.array_equal(np.float32(record["latent"]), record["latent"])
        assert "latent: [" in hung("about", work).out

    def test_a_changed_latent_is_noticed(self, hung, picture, registry, tmp_path):
        work = tmp_path / hung("project", "bars", picture[1], "--steps", 2, "--out", "out").out.splitlines()[0]
        image = registry.get(Modality, "image").configure({})
        sample, record = image.read(work)
        image.write(work, sample, record | {"latent": [-number for number in record["latent"]]})
        assert hung("remake", work).code == 1

    def test_fits_a_picture_as_the_data_was(self, hung, tmp_path, model):
        (tmp_path / "padded").mkdir()
        recipe = model.recipe + '\n[dataset]\nname = "folder"\nfit = "pad"\nbackground = "#0a0a0a"\n'
        padding = Model(recipe, model.generator, model.modality, model.spec, model.weights, 100, model.provenance)
        padding.save(tmp_path / "gallery/padded/model.safetensors")
        Image.new("L", (16, 32), 200).save("tall.png")
        for run, expected in (("bars", [200] * 8), ("padded", [10] * 2 + [200] * 4 + [10] * 2)):
            sheet = hung("project", run, "tall.png", "--steps", 1, "--out", run).out.splitlines()[1]
            with Image.open(sheet) as both:
                assert np.array(both)[4, :8, 0].tolist() == expected

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (("nowhere.png",), "nowhere.png is not a file"),
            (("evil.png",), "evil.png cannot be used: is empty, damaged"),
            (("tiny.png",), "tiny.png cannot be used: 2 x 2 pixels are too few"),
            (("tiny.png", "--steps", "0"), "0 is not in the range"),
            (("tiny.png", "--starts", "65"), "65 is not in the range"),
            (("good.png", "--class", "1"), "makes no classes apart"),
        ],
    )
    def test_says_in_one_line_what_is_wrong(self, hung, tmp_path, arguments, reason):
        (tmp_path / "evil.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
        Image.new("L", (2, 2)).save("tiny.png")
        Image.new("L", (9, 9)).save("good.png")
        refused = hung("project", "bars", *arguments)
        assert refused.code in (1, 2)
        assert refused.err.count("\n") == 1
        assert reason in refused.err
        assert list((tmp_path / "gallery/bars").iterdir()) == [tmp_path / "gallery/bars/model.safetensors"]

    def test_stopped_by_ctrl_c_it_writes_nothing_and_says_so(self, hung, picture, tmp_path, monkeypatch):
        def stop(share):
            if share > 0.5:
                raise KeyboardInterrupt
            return 1.0

        monkeypatch.setattr("artgan.artworks.projection.rate", stop)
        stopped = hung("project", "bars", picture[1], "--steps", 20)
        assert (stopped.code, stopped.out) == (130, "")
        assert "nothing was written" in stopped.err
        assert [path.name for path in (tmp_path / "gallery/bars").iterdir()] == ["model.safetensors"]

    def test_says_how_near_it_is_also_where_the_work_cannot_be_written(self, hung, picture, tmp_path):
        (tmp_path / "out/model.safetensors").mkdir(parents=True)  # a folder where a file must be
        failed = hung("project", "bars", picture[1], "--steps", 2, "--out", "out")
        assert failed.code == 1
        assert "The nearest of 500 seeds (" in failed.err

    def test_a_place_that_can_hold_no_folder_is_refused_before_the_search(self, hung, picture, tmp_path):
        (tmp_path / "out").write_text("a file where a folder must be")
        failed = hung("project", "bars", picture[1], "--steps", 2, "--out", "out/in")
        assert failed.code == 1
        assert failed.err == f"Error: cannot write in {tmp_path / 'out'}: choose another folder with --out\n"

    @pytest.mark.parametrize("table", ['dataset = "folder"', "[dataset]\nfit = 3\nbackground = []"])
    def test_takes_a_strange_recipe_for_none(self, hung, picture, tmp_path, model, table):
        recipe = f"{table}\n{model.recipe}" if "=" in table.split("\n")[0] else f"{model.recipe}\n{table}\n"
        strange = Model(recipe, model.generator, model.modality, model.spec, model.weights, 1, model.provenance)
        strange.save(tmp_path / "strange/model.safetensors")
        assert hung("project", "strange", picture[1], "--steps", 1).code == 0

    def test_a_seed_is_no_picture_nor_a_picture_a_work(self, hung, picture):
        for command in (("breed", "bars", picture[1], 3), ("walk", "bars", "--seeds", f"3,{picture[1]}")):
            refused = hung(*command)
            assert (refused.code, refused.err.count("\n")) == (1, 1)


UNABLE = CLASSED.replace('provides = frozenset({"sample-gradient"})', "provides = frozenset()").replace(
    ".tanh()", ".tanh().detach()"
)
LYING = CLASSED.replace(".tanh()", ".tanh().detach()")


class TestOtherGenerators:
    @pytest.fixture
    def saved(self, artgan, tmp_path):
        """Save a model of a plugin's conditional generator as the run ``classed``."""

        def save(code):
            from artgan.interfaces import Spec
            from artgan.plugins.loader import load_plugins

            (tmp_path / "classed.py").write_text(code, encoding="utf-8")
            Image.new("L", (8, 8), 210).save("light.png")
            generator = load_plugins(["classed.py"]).registry.get(Generator, "classed").configure({})
            spec = Spec("image", (1, 8, 8), ("dark", "light"))
            torch.manual_seed(0)
            network = generator.build(spec)
            with torch.no_grad():
                weight = network.get_parameter("classes.weight")
                weight[0], weight[1] = -1, 1
            from artgan.artworks.provenance import Provenance
            from artgan.builtin.modality.image import ImageModality

            made = Model.from_state(
                network.state_dict(), recipe='[generator]\nname = "classed"\n', generator=generator,
                modality=ImageModality(), spec=spec, step=1, provenance=Provenance("a", "b", "c", "d", "e", {}, 1, 1),
            )  # fmt: skip
            made.save(tmp_path / "gallery/classed/model.safetensors")
            return lambda *arguments: artgan(*arguments, "--plugin=classed.py")

        return save

    def test_a_class_is_found_or_taken_as_asked(self, saved):
        call = saved(CLASSED)
        for wanted, label in (((), 1), (("--class", "dark"), 0)):
            done = call("project", "classed", "light.png", "--steps", 5, "--out", f"out{label}", *wanted)
            assert done.code == 0, done.err
            work = done.out.splitlines()[0]
            assert f"-class-{label}.png" in work
            assert f"\nlabel: {label}\n" in call("about", work).out
            assert call("remake", work).code == 0

    @pytest.mark.parametrize(("code", "reason"), [(UNABLE, "no sample-gradient"), (LYING, "no gradient reaches")])
    def test_one_without_gradient_is_refused_in_one_line(self, saved, code, reason):
        refused = saved(code)("project", "classed", "light.png")
        assert refused.code in (1, 2)
        assert refused.err.count("\n") == 1
        assert reason in refused.err
