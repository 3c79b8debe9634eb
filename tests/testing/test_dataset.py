"""Each fault of a dataset, metric, modality or preset is found."""

from __future__ import annotations

import copy
import html
import json
import random
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from support.faulty import faults, told

from artgan.builtin.modality.image import ImageModality
from artgan.errors import ArtganError, UsageError
from artgan.interfaces import Choice, Data, Dataset, LeftOut, Metric, Modality, Number, Preset, Spec
from artgan.interfaces.component import option
from artgan.testing import check_dataset, check_metric, check_modality, check_preset

DATA = Data(
    spec=Spec("image", (1, 8, 6), ("even", "odd")),
    samples=np.random.default_rng(0).integers(0, 256, (20, 1, 8, 6), dtype=np.uint8),
    labels=np.arange(20, dtype=np.int64) % 2,
    fingerprint="0123456789abcdef" * 4,
    title="Noise",
    licence="CC0-1.0",
    source="made by its test",
)


def dataset_of(data=None, opening=None, recognises=None):
    @dataclass(frozen=True)
    class Made(Dataset):
        """A dataset."""

        name = "made"
        modality = "image"

        @classmethod
        def recognises(cls, path):
            return recognises(path) if recognises else False

        def open(self, workspace):
            return opening(workspace) if opening else data

    return Made


def write_here(workspace):
    Path("index.txt").write_text("index")
    return DATA


def draw(workspace):
    return replace(DATA, samples=np.random.default_rng().integers(0, 256, DATA.samples.shape, dtype=np.uint8))


def name_anew(workspace):
    return replace(DATA, fingerprint=f"{random.getrandbits(256):064x}")


def depend_on_cache(workspace):
    workspace.cache.mkdir(parents=True, exist_ok=True)
    seen = workspace.cache / "seen"
    data = replace(DATA, title="Noise", labels=DATA.labels[::-1].copy()) if seen.exists() else DATA
    seen.touch()
    return data


def crash(workspace):
    raise KeyError("index")


@dataclass(frozen=True)
class Pathless(Dataset):
    """A dataset that needs a path and says so."""

    name = "pathless"
    modality = "image"
    path: str = option("", "a file")

    def open(self, workspace):
        raise ArtganError("give it a path")


@dataclass(frozen=True)
class Tripping(Pathless):
    """A dataset that needs a path and trips without."""

    name = "tripping"

    def open(self, workspace):
        return Path(self.path).read_bytes()


def test_a_right_dataset_conforms():
    check_dataset(dataset_of(DATA))
    check_dataset(Pathless)


@pytest.mark.parametrize(
    ("made", "phrase"),
    [
        (dataset_of(replace(DATA, samples=DATA.samples / 255)), "keep pictures as uint8 (N, C, H, W)"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, shape=(1, 6, 8)))), "the spec says (1, 6, 8)"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, modality="text"))), "its spec says text"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, classes=()))), "give both or neither"),
        (dataset_of(replace(DATA, spec=replace(DATA.spec, classes=("a", "a")))), "have the same name"),
        (dataset_of(replace(DATA, labels=DATA.labels + 1)), "labels run from 1 to 2"),
        (dataset_of(replace(DATA, labels=DATA.labels.astype(np.int32))), "labels are int32"),
        (dataset_of(replace(DATA, samples=DATA.samples[:0])), "there are no samples"),
        (dataset_of(replace(DATA, licence="")), "its licence is empty"),
        (dataset_of(replace(DATA, source="/home/somebody/pictures")), "its source holds a path"),
        (dataset_of(replace(DATA, left_out=(LeftOut("/home/somebody/a.png", "small"),))), "left_out holds absolute"),
        (dataset_of(replace(DATA, fingerprint="new")), "is no SHA-256"),
        (dataset_of(opening=name_anew), "it has another fingerprint"),
        (dataset_of(opening=draw), "it has other samples, labels or spec"),
        (dataset_of(opening=depend_on_cache), "opened a second time, it has other samples"),
        (dataset_of(opening=write_here), "writes index.txt into the current folder"),
        (dataset_of(opening=crash), "open() raised KeyError"),
        (dataset_of([1, 2]), "open() returned list"),
        (dataset_of(DATA, recognises=lambda path: True), "takes a strange file for its own"),
        (dataset_of(DATA, recognises=lambda path: path.name), "return a share of 0 to 1, or true or false"),
        (dataset_of(DATA, recognises=lambda path: 2.0), "returned 2.0: return a share"),
        (dataset_of(DATA, recognises=lambda path: path.read_text() == ""), "recognises() of an empty folder raised"),
        (Tripping, "open() raised IsADirectoryError"),
    ],
)
def test_a_fault_of_a_dataset_is_found(made, phrase, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # one of them leaves a file behind
    found = faults(check_dataset, made)
    assert told(found, phrase), found


def metric_of(measure):
    @dataclass(frozen=True)
    class Made(Metric):
        """A metric."""

        name = "made"

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


class Image(ImageModality):
    """Moves in the quickest of its formats alone."""

    walk_suffixes: ClassVar[tuple[str, ...]] = (".png",)


class Truncating(Image):
    """Rounds down."""

    def to_compact(self, samples):
        return ((samples.clamp(-1, 1) + 1) * 127.5).byte()


class Wrapping(Image):
    """Does not clamp."""

    def to_compact(self, samples):
        return ((samples + 1) * 127.5).round().long().byte()


class Wide(Image):
    """Shows networks 0 to 255."""

    def to_float(self, compact):
        return compact.float()


class Raw(Image):
    """Does not escape."""

    def figure(self, path, source, description):
        return f'<img src="{source}" alt="{description}">'


class Undescribed(Image):
    """Forgets the description."""

    def figure(self, path, source, description):
        return f'<img src="{html.escape(source, quote=True)}">'


class Forgetful(Image):
    """Forgets the record."""

    def write(self, path, sample, record):
        super().write(path, sample, {})


class Littering(Image):
    """Leaves a file behind."""

    def write(self, path, sample, record):
        super().write(path, sample, record)
        path.with_name("record.json").write_text(json.dumps(dict(record)))


class Believing(Image):
    """Believes any file."""

    def read(self, path):
        try:
            return super().read(path)
        except ArtganError:
            return json.loads(path.read_bytes())


class Dotless(Image):
    """Has no suffix."""

    suffix = "png"


class Sheetless(Image):
    """Writes no sheet."""

    def write_sheet(self, path, samples, columns):
        samples.reshape(columns, -1)


class Unexampled(Image):
    """Gives nothing to try generators on."""

    def examples(self):
        return ()


class Foreign(Image):
    """Gives data of another modality."""

    def examples(self):
        return [Spec("text", (3, 8, 8))]


class Flat(Image):
    """Gives the shape of what it keeps, which networks do not see."""

    def examples(self):
        return [Spec(self.name, (2, 9, 7))]

    def to_float(self, compact):
        return super().to_float(compact).flatten(1)

    def to_compact(self, samples):
        return super().to_compact(samples).view(-1, 2, 9, 7)


class Empty(Image):
    """Gives what is no spec."""

    def examples(self):
        return [(3, 8, 8)]


class Undotted(Image):
    """Has endings without a dot."""

    walk_suffixes = (".png", "gif")


class Twice(Image):
    """Names an ending twice."""

    walk_suffixes = (".png", ".png")


class Unmoved(Image):
    """Names endings and writes none."""

    write_walk = Modality.write_walk


class Elsewhere(Image):
    """Writes its walk somewhere else."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path.with_name("walk.gif"), samples, count, rate, record)


class Hasty(Image):
    """Shows two samples of a walk."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path, islice(samples, 2), 2, rate, record)


class Wanderer(Image):
    """Forgets how it walked."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path, samples, count, rate, {"title": "A walk"})


class Messy(Image):
    """Leaves frames behind."""

    def write_walk(self, path, samples, count, rate, record):
        super().write_walk(path, samples, count, rate, record)
        path.with_name("frame-0.png").touch()


class Stumbling(Image):
    """Cannot write a walk."""

    def write_walk(self, path, samples, count, rate, record):
        raise KeyError(rate)


class Demanding(Image):
    """Needs what is not there for its usual ending."""

    walk_suffixes = (".mp4", ".png")

    def write_walk(self, path, samples, count, rate, record):
        if path.suffix == ".mp4":
            raise UsageError("install something")
        super().write_walk(path, samples, count, rate, record)


class Gullible(Image):
    """Believes any walk."""

    def read_walk(self, path):
        return super().read_walk(path) if path.exists() and path.stat().st_size > 500 else {}


class Tripped(Image):
    """Trips over half a walk."""

    def read_walk(self, path):
        try:
            return super().read_walk(path)
        finally:
            if path.exists() and path.stat().st_size > 500:
                assert path.read_bytes()[-8:-4] == b"IEND"


class Hologram(Image):
    """Lives as nothing that a page knows."""

    live = "hologram"


class Unmarked(Image):
    """Does not tell a page the mark."""

    def live_facts(self):
        return {}


class Wordless(Image):
    """Says that pixels are tokens."""

    live = "tokens"


class Unspeakable(Image):
    """Tells a page what JSON cannot hold."""

    def live_facts(self):
        return {**super().live_facts(), "scale": float("inf")}


class Usurping(Image):
    """Overwrites what a page knows of the model."""

    def live_facts(self):
        return {**super().live_facts(), "shape": [1, 8, 8]}


class Paperless(Image):
    """Gives an array for a picture."""

    def picture(self, sample):
        return sample[0]


class Unready(Image):
    """Trips over strangers' pictures."""

    def read_real(self, path, spec, options):
        return np.frombuffer(path.read_bytes(), np.uint8)


@pytest.mark.parametrize(
    ("made", "phrase"),
    [
        (Unexampled, "examples() gives none: give specs"),
        (Foreign, "examples() gives a spec of the modality 'text': give specs of 'image'"),
        (Flat, "the example (2, 9, 7) becomes (126,) in to_float()"),
        (Empty, "examples() gives tuple: give artgan.interfaces.Spec"),
        (Undotted, "walk_suffixes is ('.png', 'gif')"),
        (Twice, "walk_suffixes names an ending twice"),
        (Unmoved, "there is no write_walk()"),
        (Elsewhere, "write_walk() does not write the file that it was told to"),
        (Hasty, "takes 2 of 5 samples"),
        (Wanderer, "read_walk() of .png gives another record"),
        (Messy, "write_walk() leaves frame-0.png behind"),
        (Stumbling, "write_walk() of .png raised KeyError"),
        (Demanding, "write_walk() of .mp4, its usual ending, needs what is not installed"),
        (Gullible, "read_walk() of a missing file raises nothing"),
        (Tripped, "read_walk() of a truncated file raised AssertionError"),
        (Hologram, "live is 'hologram'"),
        (Unmarked, "live_facts() has no xmp (str), which a page needs for pixels"),
        (Wordless, "live is tokens and samples are not whole numbers (N, L)"),
        (Unspeakable, "live_facts() is not what JSON can hold"),
        (Usurping, "live_facts() overwrites shape"),
        (Paperless, "picture() gives ndarray"),
        (Unready, "read_real() of a missing file raises FileNotFoundError"),
        (Truncating, "is not what it was: round to the nearest"),
        (Wrapping, "clamp before rounding"),
        (Wide, "to_float() leaves the range"),
        (Raw, "escape both, with quotes"),
        (Undescribed, "does not hold its description"),
        (Forgetful, "gives another record than was written"),
        (Littering, "write() leaves record.json behind"),
        (Believing, "read() of a missing file raises FileNotFoundError"),
        (Dotless, "suffix is 'png'"),
        (Sheetless, "write_sheet() of 5 in 2 columns"),
    ],
)
def test_a_fault_of_a_modality_is_found(made, phrase):
    found = faults(check_modality, made)
    assert told(found, phrase), found


RIGHT = [
    Choice({"generator": {"name": "cnn"}, "loss": {"name": "bce"}}, "well tried"),
    Choice({"training": {"steps": 10}}, "a sketch"),
]
SHARED = copy.deepcopy(RIGHT)


def preset_of(choose, **attributes):
    class Made(Preset):
        """A preset."""

        name = "made"

        def choose(self, wishes, survey, machine):
            return choose(wishes, survey)

    return dataclass(frozen=True)(type("Made", (Made,), {"__doc__": "A preset.", **attributes}))


def right(**more):
    return [*copy.deepcopy(RIGHT), Choice(**more)]


def test_a_right_preset_conforms(registry):
    check_preset(preset_of(lambda wishes, survey: copy.deepcopy(RIGHT)), registry=registry)


def grow(wishes, survey):
    wishes.tables.setdefault("loss", {})["name"] = "bce"
    return copy.deepcopy(RIGHT)


@pytest.mark.parametrize(
    ("choose", "phrase"),
    [
        (lambda wishes, survey: [Choice({"generator": {"name": "ccn"}}, "new")], "did you mean 'cnn'?"),
        (lambda wishes, survey: RIGHT[:1], "its choices make no recipe (give one budget"),
        (lambda wishes, survey: wishes.tables["dataset"], "choose() raised KeyError"),
        (lambda wishes, survey: [{"loss": {"name": "bce"}}], "choose() gives dict: give artgan.interfaces.Choice"),
        (
            lambda wishes, survey: right(tables={"training": {"batch": 1 + survey.pixels.channels}}, reason="x"),
            "raised",
        ),
        (lambda wishes, survey: right(tables={"training": {"batch": 8}}, reason=" "), "the reason for training is ' '"),
        (lambda wishes, survey: right(tables={"training": {"batch": 8}}, reason="so\nlong"), "in one line"),
        (lambda wishes, survey: right(tables={}, reason="nothing"), "a choice sets nothing (nothing)"),
        (lambda wishes, survey: right(tables={"dataset": {"name": "tiles"}}, reason="nice"), "it chooses a dataset"),
        (lambda wishes, survey: SHARED, "make new tables in each call"),
        (grow, "choose() changes the wishes"),
    ],
)
def test_a_fault_of_a_preset_is_found(choose, phrase, registry):
    found = faults(check_preset, preset_of(choose), registry=registry)
    assert told(found, phrase), found


def test_a_preset_needs_a_dataset_for_those_who_name_none(registry):
    made = preset_of(lambda wishes, survey: copy.deepcopy(RIGHT), dataset="calligrafy")
    assert told(faults(check_preset, made, registry=registry), "name one that is there")
