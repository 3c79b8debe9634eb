"""Each fault of a metric is found."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from support.faulty import faults, told

from artgan.interfaces import Metric, Modality, Number, Spec
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Registry, Source
from artgan.testing import check_metric


def metric_of(measure):
    @dataclass(frozen=True)
    class Made(Metric):
        """A metric."""

        name = "made"
        representation = "pixels"

        def measure(self, real, fake):
            return measure(real / 255, fake / 255)

    return Made


def test_a_right_metric_conforms():
    check_metric(metric_of(lambda real, fake: {"distance": float(abs(real.mean() - fake.mean()))}))


@pytest.mark.parametrize(
    ("measure", "phrase"),
    [
        (lambda real, fake: float(real.mean() - fake.mean()), "returned float: return a mapping"),
        (lambda real, fake: {}, "gives no number"),
        (lambda real, fake: {"": 1.0}, "a number is called ''"),
        (lambda real, fake: {"distance": real.mean(0)}, "distance is a ndarray"),
        (lambda real, fake: {"distance": float("nan")}, "distance is nan: give a finite number"),
        (
            lambda real, fake: {"spread": float(np.log(np.ptp(fake, axis=0).mean()))},
            "spread is -inf where all",
        ),
        (lambda real, fake: {"distance": float((real[: len(fake)] - fake).mean())}, "measure() of"),
        (lambda real, fake: {f"n{len(real)}": 1.0}, "depend on how many samples there are"),
        (lambda real, fake: {"distance": random.random()}, "gives something else each time"),
        (lambda real, fake: {"distance": float(fake[0].mean())}, "depends on the order of the fake samples"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_fault_of_a_metric_is_found(measure, phrase):
    found = faults(check_metric, metric_of(measure))
    assert told(found, phrase), found


@dataclass(frozen=True)
class Reaching(Metric):
    """A metric of a comparison: how far features are from held-out ones."""

    name = "reaching"
    on_features = True

    def compare(self, comparison):
        apart = comparison.fake.features.mean() - comparison.held_out.features.mean()
        return {comparison.named("reach"): Number(float(abs(apart)), margin=0.1)}


def test_a_right_metric_of_comparisons_conforms():
    check_metric(Reaching)


@pytest.mark.parametrize(
    ("wrong", "phrase"),
    [
        ({"interval": "quarters"}, "its interval is 'quarters': take one of 'halves', 'sets', 'own'"),
        ({"reference": "all"}, "its reference is 'all': take one of 'held out', 'trained on'"),
        ({"drawn": True}, "it is to be measured while training: write measure()"),
        ({"compare": Metric.compare}, "it has neither measure() nor compare()"),
        ({"cost": lambda self, samples, features: 1 / samples}, "give a finite number that grows with them"),
        ({"compare": lambda self, comparison: 1 / 0}, "compare() raised ZeroDivisionError"),
        ({"compare": lambda self, comparison: {"reach": Number(float("inf"))}}, "reach is inf: give a finite number"),
    ],
)
def test_a_fault_of_a_metric_of_comparisons_is_found(wrong, phrase):
    found = faults(check_metric, type("Wrong", (Reaching,), wrong | {"__doc__": "A metric."}))
    assert told(found, phrase), found


@dataclass(frozen=True)
class Chords(Modality):
    """Rows of notes, of unequal length, and no text."""

    name = "chord"
    representation = "tokens"
    suffix = sheet_suffix = ".json"

    def examples(self):
        tokens = ("", *"CDEFG")
        return [Spec(self.name, (length, len(tokens)), (), len(tokens), tokens) for length in (6, 4)]

    def to_float(self, compact):
        return torch.nn.functional.one_hot(compact.long(), 6).float()

    def to_compact(self, samples):
        return samples.argmax(-1).to(torch.int16)

    def write(self, path, sample, record):
        raise NotImplementedError

    def read(self, path):
        raise NotImplementedError

    def write_sheet(self, path, samples, columns):
        raise NotImplementedError

    def figure(self, path, source, description):
        raise NotImplementedError

    def sheet(self, path, source, description):
        raise NotImplementedError


@dataclass(frozen=True)
class Silence(Metric):
    """The share of places after the end of a sample."""

    name = "silence"
    representation = "tokens"
    seen: ClassVar[list[tuple[Spec, np.ndarray]]] = []

    def compare(self, comparison):
        self.seen.append((comparison.spec, comparison.fake.compact))
        return {"silence": float((comparison.fake.compact == 0).mean())}


@dataclass(frozen=True)
class Letters(Metric):
    """The mean number of letters, of what is taken for texts."""

    name = "letters"
    representation = "tokens"

    def measure(self, real, fake):
        return {"letters": float(np.mean([len(text.strip()) for text in fake]))}


@dataclass(frozen=True)
class Bourdon(Letters):
    """One that has something to say of texts alone."""

    name = "bourdon"

    def applies(self, spec):
        return spec.modality == "text"


@pytest.fixture
def with_chords() -> Registry:
    plugins = load_plugins()
    plugins.registry.add(Chords, Source("chords", "test", ""))
    return plugins.registry


def test_a_metric_is_checked_on_samples_of_each_modality_that_it_serves(with_chords):
    Silence.seen.clear()
    check_metric(Silence, registry=with_chords)
    assert list(dict.fromkeys((spec.modality, spec.shape) for spec, _ in Silence.seen)) == [
        *(("text", (6, 12)), ("text", (12, 10))),
        *(("chord", (6, 6)), ("chord", (4, 6))),
    ]
    for spec, compact in Silence.seen:
        ended = np.cumsum(compact == 0, axis=1) > 0
        assert spec.ends
        assert (compact[ended] == 0).all()


def test_a_metric_that_fails_on_a_modality_that_it_serves_is_found(with_chords):
    check_metric(Letters)
    (found,) = faults(check_metric, Letters, registry=with_chords)
    assert found.startswith("measure() raised AttributeError")
    assert found.endswith("(with samples of (6,) and samples of (4,))")


def test_a_metric_is_not_checked_on_what_it_does_not_apply_to(with_chords):
    check_metric(Bourdon, registry=with_chords)


def test_a_metric_of_a_modality_that_is_not_installed_is_told_in_one_line():
    wanting = type("Wanting", (Silence,), {"__doc__": "A metric.", "modalities": frozenset({"chord"})})
    (found,) = faults(check_metric, wanting)
    assert found == "it is for chord and tokens, and there is no such modality: install the plugin that offers it"


def test_a_metric_of_a_modality_without_examples_is_told_to_give_some(with_chords):
    mute = type("Mute", (Chords,), {"__doc__": "Chords.", "name": "mute", "examples": lambda self: ()})
    with_chords.add(mute, Source("mute", "test", ""))
    wanting = type("Wanting", (Silence,), {"__doc__": "A metric.", "modalities": frozenset({"mute"})})
    (found,) = faults(check_metric, wanting, registry=with_chords)
    assert found == "no modality that it serves gives examples to try it on: give some with samples=…"
