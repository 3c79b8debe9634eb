"""What a preset chose is told with its reason, as far as nothing stands above it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from artgan import option
from artgan.errors import ArtganError, UsageError
from artgan.interfaces import Choice, Dataset, Machine, Preset, Survey, Workspace
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Source
from artgan.recipe.choices import standing, to_text
from artgan.recipe.compose import compose_surveyed


@dataclass(frozen=True)
class Stranger(Preset):
    """A stranger's: larger networks where there is a GPU, and fewer minutes for fewer pictures."""

    name = "stranger"

    def choose(self, wishes, survey, machine):
        width = 64 if machine.device == "cuda" else 8
        loss = "hinge" if wishes.name("generator", "cnn") == "cnn" else "bce"
        return [
            Choice({"generator": {"name": "cnn", "width": width}}, f"what a {machine.device} can do"),
            Choice({"discriminator": {"name": "cnn"}, "loss": {"name": loss}}, "good company"),
            Choice({"training": {"minutes": survey.count / 1000}}, f"{survey.count} samples"),
        ]


@pytest.fixture
def composed(registry):
    def composed(count=2000, machine=None, **wanted):
        survey = Survey("image", count)
        return compose_surveyed(
            registry, wanted, Stranger(), survey=lambda _: survey, machine=lambda: machine or Machine()
        )

    return composed


def lines(composed):
    return [to_text(choice) for choice in composed.choices]


def test_a_strangers_preset_goes_by_survey_and_machine_and_says_so(composed):
    assert lines(composed()) == [
        "generator cnn:width=8: what a cpu can do",
        "discriminator cnn, loss hinge: good company",
        "minutes 2: 2000 samples",
    ]
    large = composed(5000, Machine(device="cuda"))
    assert large.recipe.generator.values()["width"] == 64
    assert large.recipe.training.minutes == 5
    assert lines(large)[0] == "generator cnn:width=64: what a cuda can do"


def test_what_the_user_chose_is_not_told_as_the_presets(composed):
    told = lines(composed(generator={"width": 16}, training={"steps": 5}, loss={"name": "bce"}))
    assert told == ["generator cnn: what a cpu can do", "discriminator cnn: good company"]


def test_another_generator_brings_its_own_opponent_and_the_presets_is_not_told(composed):
    made = composed(generator={"name": "mlp"})
    assert made.recipe.discriminator.name == "mlp"
    assert lines(made) == ["loss bce: good company", "minutes 2: 2000 samples"]


@pytest.mark.parametrize(
    ("later", "left"),
    [
        ({"training": {"minutes": 1}}, {"training": {"batch": 32}}),
        ({"training": {"steps": 9}}, {"training": {"batch": 32}}),
        ({"training": {"batch": 8}}, {"training": {"minutes": 8}}),
    ],
)
def test_the_later_of_two_choices_stands(later, left):
    first = Choice({"training": {"minutes": 8, "batch": 32}}, "first")
    assert standing([first, Choice(later, "then")], {}) == (Choice(left, "first"), Choice(later, "then"))


def test_penalties_are_replaced_as_a_whole_and_none_is_nothing_to_tell():
    choices = [Choice({"penalty": [{"name": "r1", "gamma": 0.5}]}, "smooth")]
    assert [to_text(choice) for choice in standing(choices, {})] == ["penalty r1:gamma=0.5: smooth"]
    assert standing(choices, {"penalty": []}) == ()
    assert standing([Choice({"penalty": []}, "none is needed")], {}) == ()


def test_optimisers_are_told_once_where_they_are_the_same():
    adam = {"optimiser": "Adam", "lr": 1e-4}
    same = Choice({"generator_optimiser": adam, "discriminator_optimiser": dict(adam)}, "alike")
    assert to_text(same) == "both optimisers Adam:lr=0.0001: alike"
    other = Choice({"generator_optimiser": adam, "discriminator_optimiser": adam | {"updates": 5}}, "unlike")
    assert to_text(other) == (
        "generator_optimiser Adam:lr=0.0001, discriminator_optimiser Adam:lr=0.0001,updates=5: unlike"
    )


def refuse(*_):
    raise AssertionError("looked at")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"loss": {"name": "bcee"}}, "did you mean 'bce'"),
        ({"training": {"batch": 0}}, "batch = 0 is out of range"),
        ({"augmentation": [{"name": "flap"}]}, "no augmentation is called 'flap'"),
        ({"generator_optimiser": {"rate": 1}}, "no option 'rate'"),
    ],
)
def test_what_is_wrong_in_the_users_words_is_said_before_the_data_is_looked_at(registry, wanted, words):
    with pytest.raises(UsageError, match=words):
        compose_surveyed(registry, wanted, "default", survey=refuse, machine=refuse)


def test_what_is_wrong_with_the_data_is_said_as_the_dataset_says_it(registry):
    def survey(dataset):
        raise ArtganError("the disk is gone")

    with pytest.raises(ArtganError, match=r"^the disk is gone$"):
        compose_surveyed(registry, {}, "default", survey=survey, machine=refuse)


def test_a_preset_is_not_told_the_name_of_the_dataset(registry):
    asked = []

    @dataclass(frozen=True)
    class Curious(Stranger):
        """Wants to know."""

        def choose(self, wishes, survey, machine):
            asked.append(wishes.tables)
            return super().choose(wishes, survey, machine)

    wanted = {"dataset": {"name": "tiles"}, "loss": {"name": "bce"}}
    compose_surveyed(registry, wanted, Curious(), survey=lambda _: Survey("image", 9), machine=Machine)
    assert asked == [{"loss": {"name": "bce"}}]


@dataclass(frozen=True)
class Deciding(Dataset):
    """A dataset whose content says how many are read, where nobody else does."""

    name = "deciding"
    modality = "image"
    count: int = option(0, "how many are read; 0: as many as there are")

    def choose(self, workspace):
        return None if self.count else Choice({"dataset": {"count": 12}}, "there are 12")

    def open(self, workspace):
        raise NotImplementedError


def test_what_data_decides_is_told_and_written_before_a_preset_sees_it(tmp_path):
    registry = load_plugins().registry
    registry.add(Deciding, Source("deciding", "deciding", "1"))

    def composed(**options):
        return compose_surveyed(
            registry,
            {"dataset": {"name": "deciding", **options}},
            Stranger(),
            survey=lambda dataset: Survey("image", int(dataset.values()["count"])),
            machine=Machine,
            decide=lambda dataset: dataset.choose(Workspace(tmp_path)),
        )

    open_to_it = composed()
    assert lines(open_to_it)[0] == "dataset count=12: there are 12"
    assert "minutes 0.012: 12 samples" in lines(open_to_it)
    assert open_to_it.recipe.dataset.values() == {"count": 12}
    assert composed(count=5).recipe.dataset.values() == {"count": 5}
    assert not any(line.startswith("dataset") for line in lines(composed(count=5)))


@dataclass(frozen=True)
class Suiting(Deciding):
    """A dataset of which as many are read as there are minutes for."""

    name = "suiting"

    def choose(self, workspace):
        return None

    def choose_for(self, survey, machine, minutes):
        return None if self.count else Choice({"dataset": {"count": round(1000 * minutes)}}, f"on {machine.device}")


@pytest.mark.parametrize(
    ("wanted", "count", "told"),
    [
        ({}, 50, True),  # as long as the preset chose
        ({"training": {"minutes": 2.0}}, 2000, True),
        ({"training": {"steps": 9}}, 0, True),
        ({"dataset": {"name": "suiting", "count": 5}}, 5, False),
        ({"base": {"model": "another"}}, 0, False),
    ],
)
def test_what_follows_from_the_minutes_is_told_and_written_where_the_user_left_it_open(wanted, count, told):
    registry = load_plugins().registry
    registry.add(Suiting, Source("suiting", "suiting", "1"))
    composed = compose_surveyed(
        registry,
        {"dataset": {"name": "suiting"}, **wanted},
        Stranger(),
        survey=lambda _: Survey("image", 50),
        machine=Machine,
    )
    assert composed.recipe.dataset.values() == {"count": count}
    assert (f"dataset count={count}: on cpu" in lines(composed)) == told
