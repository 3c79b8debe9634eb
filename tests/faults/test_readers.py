"""Readers of files that come from anybody: whatever is in them, the answer is a value or an error of one line."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from artgan import ArtganError
from artgan.artworks.model import Model
from artgan.artworks.work import make_works, read_work
from artgan.builtin.dataset import Idx
from artgan.builtin.modality.image import CHUNK, ImageModality
from artgan.builtin.modality.text import TextModality
from artgan.interfaces import Observer, Workspace
from artgan.recipe.compose import compose
from artgan.recipe.recipe_file import read_toml
from artgan.training.checkpoint import MANIFEST, MODEL, STATE, TRAINING, newest
from artgan.training.run import Run
from artgan.training.training_loop import TrainingLoop

examples = settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

nonsense = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["name", "cnn", "../..", "\x1b[2J", 2**64, -1, 1e308, "9" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DEEP = "[" * 50_000


@contextmanager
def one_line_or_nothing() -> Iterator[None]:
    """Check that what happens is right or one line of error; pytest ends what hangs (``faulthandler_timeout``)."""
    said = "nothing"
    try:
        yield
    except ArtganError as error:
        said = str(error)
    assert said
    assert "\n" not in said


@st.composite
def damages(draw: Any) -> Callable[[bytes], bytes]:
    """Draw a function that overwrites, inserts, cuts, or flips."""
    at, put = draw(st.floats(0, 1)), draw(st.binary(min_size=1, max_size=12))
    kind = draw(st.sampled_from(["overwrite", "insert", "cut", "flip", "zero"]))

    def damage(content: bytes) -> bytes:
        place = int(at * len(content))
        return {
            "overwrite": content[:place] + put + content[place + len(put) :],
            "insert": content[:place] + put + content[place:],
            "cut": content[:place],
            "flip": content[:place]
            + bytes(byte ^ put[0] for byte in content[place : place + 1])
            + content[place + 1 :],
            "zero": content[:place] + bytes(len(content) - place),
        }[kind]

    return damage


def changed(table: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Return a table with nonsense in one place, however deep."""
    key = data.draw(st.sampled_from(sorted(table)))
    inner = table[key]
    if isinstance(inner, dict) and inner and data.draw(st.booleans()):
        return table | {key: changed(inner, data)}
    if data.draw(st.integers(0, 3)) == 0:
        return {name: value for name, value in table.items() if name != key}
    return table | {key: data.draw(nonsense)}


class TestIdx:
    @examples
    @given(data=st.data())
    def test_any_header_and_any_content(self, data, tmp_path):
        sizes = data.draw(st.lists(st.sampled_from([0, 1, 3, 28, 4096, 2**31, 2**32 - 1]), max_size=4))
        kind = data.draw(st.sampled_from([8, 9, 11, 13, 14, 255]))
        head = bytes([0, 0, kind, data.draw(st.integers(0, 255) | st.just(len(sizes)))])
        content = head + struct.pack(f">{len(sizes)}I", *sizes) + data.draw(st.binary(max_size=64))
        path = tmp_path / "a-idx3-ubyte"
        path.write_bytes(content)
        with one_line_or_nothing():
            found = Idx(path=str(path)).open(Workspace(tmp_path / "cache"))
            assert found.samples.size <= len(content)


class TestRecipe:
    @examples
    @given(damage=damages())
    def test_any_damage_to_its_file(self, damage, small, registry, tmp_path):
        path = tmp_path / "recipe.toml"
        path.write_bytes(damage(small().to_toml(registry).encode()))
        with one_line_or_nothing():
            compose(registry, read_toml(path), None)

    @examples
    @given(data=st.data())
    def test_any_value_in_any_place(self, data, small, registry):
        with one_line_or_nothing():
            compose(registry, changed(small().tables(registry), data), None)

    @pytest.mark.parametrize("content", [b"a = " + DEEP.encode(), b"\xff\xfe", b"", b"a.b" * 20_000, b"[" * 90_000])
    def test_an_attack(self, content, registry, tmp_path):
        path = tmp_path / "recipe.toml"
        path.write_bytes(content)
        with one_line_or_nothing():
            compose(registry, read_toml(path), None)


@pytest.fixture(scope="module")
def trained(registry, pictures, tmp_path_factory) -> Run:
    """Return a run of two steps, saved."""
    tables = {
        "dataset": {"name": "array", "path": str(pictures)},
        "generator": {"name": "cnn", "width": 4, "latent": 4},
        "discriminator": {"name": "cnn", "width": 4},
        "training": {"steps": 2, "batch": 8, "snapshots": 1},
    }
    run = new_run(tables, tmp_path_factory.mktemp("run") / "a")
    run.create("artgan run")
    TrainingLoop(run, Observer()).train()
    return run


def new_run(tables: dict[str, Any], folder: Path) -> Run:
    from artgan.plugins.loader import load_plugins

    plugins = load_plugins()
    recipe = compose(plugins.registry, tables, "default").with_precision("float32")
    data = recipe.dataset.open(Workspace(folder.parent / "cache"))
    return Run(
        folder=folder,
        recipe=recipe,
        data=data,
        modality=plugins.registry.modality(data.spec),
        registry=plugins.registry,
        device=torch.device("cpu"),
    )


class TestRecord:
    @pytest.fixture
    def work(self, trained, tmp_path) -> Path:
        model = trained.model()
        return make_works(model, tmp_path / "works", [model.origin(3)])[0].path

    @examples
    @given(damage=damages())
    def test_any_damage_to_a_picture(self, damage, work, tmp_path):
        path = tmp_path / "damaged.png"
        path.write_bytes(damage(work.read_bytes()))
        with one_line_or_nothing():
            read_work(path, ImageModality())

    @examples
    @given(data=st.data())
    def test_any_value_in_any_place(self, data, work, tmp_path):
        sample, record = ImageModality().read(work)
        self.keep(tmp_path / "odd.png", sample, json.dumps(changed(record, data)))
        with one_line_or_nothing():
            read_work(tmp_path / "odd.png", ImageModality())

    @pytest.mark.parametrize("name", ["\n", "\x1b[2J", "\u202e", "x" * 10_000])
    def test_a_name_that_would_break_the_line(self, name, work, tmp_path):
        sample, record = ImageModality().read(work)
        self.keep(tmp_path / "odd.png", sample, json.dumps(record | {"versions": {name: None}}))
        with pytest.raises(ArtganError) as error:
            read_work(tmp_path / "odd.png", ImageModality())
        assert str(error.value).isprintable()
        assert len(str(error.value)) < 500

    @pytest.mark.parametrize("text", [DEEP, '{"a":' * 50_000, "9" * 5000, '{"seed": 1e999}', "x" * 2**19, "\ud800"])
    def test_an_attack(self, text, work, tmp_path):
        sample, _ = ImageModality().read(work)
        self.keep(tmp_path / "odd.png", sample, text.encode(errors="replace").decode())
        with pytest.raises(ArtganError) as error:
            read_work(tmp_path / "odd.png", ImageModality())
        assert "\n" not in str(error.value)

    @examples
    @given(content=st.binary(max_size=40) | nonsense.map(lambda value: json.dumps(value).encode()))
    def test_anything_beside_a_text(self, content, tmp_path):
        (tmp_path / "a.txt").write_text("a poem")
        (tmp_path / "a.json").write_bytes(content)
        with one_line_or_nothing():
            read_work(tmp_path / "a.txt", TextModality())

    def keep(self, path: Path, sample: np.ndarray, record: str) -> None:
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_itxt(CHUNK, record)
        Image.fromarray(sample[0]).save(path, pnginfo=info)


class TestCheckpoint:
    """A run's folder from anybody: its manifest may be right for files that are not."""

    @pytest.fixture
    def again(self, trained, tmp_path) -> Callable[[Callable[[Path], None]], None]:
        """Change a copy of the run's checkpoint, make the manifest fit, and go on from it."""
        original = newest(trained.folder / "checkpoints")
        assert original is not None
        run = new_run(trained.recipe.tables(trained.registry), tmp_path / "b")
        place = tmp_path / "b/checkpoints" / original.name
        place.mkdir(parents=True)
        (tmp_path / "b/recipe.toml").write_bytes((trained.folder / "recipe.toml").read_bytes())

        def go_on(change: Callable[[Path], None]) -> None:
            for path in original.iterdir():
                (place / path.name).write_bytes(path.read_bytes())
            change(place)
            files = {name: (place / name).read_bytes() for name in (TRAINING, MODEL, STATE)}
            manifest = {
                name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in files.items()
            }
            (place / MANIFEST).write_text(json.dumps(manifest))
            with one_line_or_nothing():
                run.restore(lambda line: None)

        return go_on

    @examples
    @given(damage=damages(), name=st.sampled_from([TRAINING, STATE]))
    def test_any_damage(self, damage, name, again):
        again(lambda place: put(place / name, damage((place / name).read_bytes())))

    @examples
    @given(data=st.data())
    def test_any_value_in_any_place_of_its_state(self, data, again):
        def change(place: Path) -> None:
            state = json.loads((place / STATE).read_text())
            (place / STATE).write_text(json.dumps(changed(state, data)))

        again(change)

    @examples
    @given(data=st.data())
    def test_tensors_of_any_shape_and_type_or_of_other_names(self, data, again):
        def change(place: Path) -> None:
            tensors = load_file(place / TRAINING)
            name = data.draw(st.sampled_from(sorted(tensors)))
            shape = data.draw(st.lists(st.integers(0, 4), max_size=3))
            kind = data.draw(st.sampled_from([torch.float32, torch.float16, torch.int64, torch.bool]))
            tensors[data.draw(st.sampled_from([name, f"{name}.more", "optimiser.generator.999.step", "x"]))] = (
                torch.ones(shape, dtype=kind)
            )
            save_file(tensors, place / TRAINING)

        again(change)

    @examples
    @given(damage=damages(), data=st.data())
    def test_any_damage_to_its_manifest_or_journal(self, damage, data, trained, tmp_path):
        original = newest(trained.folder / "checkpoints")
        assert original is not None
        place = tmp_path / "c" / original.name
        place.mkdir(parents=True, exist_ok=True)
        for path in original.iterdir():
            put(place / path.name, path.read_bytes())
        put(place / MANIFEST, damage((place / MANIFEST).read_bytes()))
        with one_line_or_nothing():
            newest(tmp_path / "c")
        put(trained.folder / "events.jsonl", damage(b'{"step": 1, "event": "failed", "message": "m"}\n'))
        assert all(isinstance(row["step"], int) for row in trained.journal.rows("events.jsonl"))


class TestModel:
    @examples
    @given(damage=damages())
    def test_any_damage(self, damage, trained, registry, tmp_path):
        trained.model().save(tmp_path / "whole.artgan")
        put(tmp_path / "damaged.artgan", damage((tmp_path / "whole.artgan").read_bytes()))
        with one_line_or_nothing():
            Model.load(tmp_path / "damaged.artgan", registry)


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)
