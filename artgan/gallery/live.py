"""Live works: the trained generator as a file that runs in a run's page and makes new works there.

A generator is exported to ONNX, compared with the network in Python, and written as a script that a page opened by
double click can load, which ``fetch`` of a file cannot. ONNX Runtime Web runs it; see ``artgan/gallery/runtime``.
"""

from __future__ import annotations

import base64
import filecmp
import gzip
import json
import logging
import os
import shutil
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from ..artworks.latents import latents
from ..artworks.model import Model
from ..artworks.styles import Mix, StyleChanges, draw_layered, groups_of
from ..errors import one_line
from ..files import write_text
from ..interfaces.networks import ConstrainedGenerator
from .page_writer import LIVE

if TYPE_CHECKING:
    from onnx import ModelProto

RUNTIME = Path(__file__).parent / "runtime" / "runtime.js"
OPSET = 20
CLOSE = 1e-4
"""What the exported generator may be off by, in the units of samples or logits."""

LARGEST = 12 * 2**20
"""Bytes that a page may have to load for its generator."""

CHECKED_SEEDS = (7, 8)
_BEGIN, _END = "window.artganModel=", ";\n"


class LiveError(Exception):
    """Why a generator cannot run in a page, in words that may stand in it."""


class Whole(nn.Module):
    """A generator that makes a sample in one go, for export.

    Args:
        network: the generator's network.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Any:
        return self.network(latents, labels)


class Layered(nn.Module):
    """A generator whose layers each take a style, that of a latent of its own, for export.

    Args:
        network: a `StyledGenerator`.
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return draw_layered(self.network, latents, labels)


class Step(nn.Module):
    """One step of a generator of tokens, for export; the token that begins a text starts the state.

    Args:
        network: a network that offers ``begin`` and ``step``.
        vocabulary: number of tokens, which is the number of the one that begins.
    """

    def __init__(self, network: Any, vocabulary: int) -> None:
        super().__init__()
        self.network, self.vocabulary = network, vocabulary

    def forward(self, token: Tensor, latents: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        first = (token == self.vocabulary)[:, None]
        begun = tuple(torch.where(first, start, part) for start, part in zip(self.network.begin(latents), state))  # noqa: B905  (strict zip cannot be exported)
        logits, following = self.network.step(token, latents, begun)
        return (logits, *following)


def write_live(model: Model, folder: Path, record: Mapping[str, Any]) -> str:
    """Write the file with which a page makes new works of a model; one that is there already is replaced.

    ``ARTGAN_LIVE=0`` leaves it out.

    Args:
        model: what makes the works.
        folder: of the run in the gallery.
        record: of any of its works.

    Returns:
        Why it cannot, for its page to tell: export, the comparison with Python, or the size is what can fail; empty
        where it can.
    """
    try:
        described = _described(model, record)
    except LiveError as error:
        return str(error)
    _write(folder / LIVE, described)
    return ""


def change_live(folder: Path, changed: Mapping[str, Any]) -> None:
    """Write the file that `write_live` writes anew with other values for some of its keys, if it is there."""
    path = folder / LIVE
    if is_data(path):
        _write(path, json.loads(path.read_text(encoding="utf-8")[len(_BEGIN) : -len(_END)]) | changed)


def described_directions(model: Model) -> list[dict[str, Any]]:
    """Return what a page must know of a model's directions."""
    return [
        {"name": direction.name, "vector": list(direction.vector), "layers": list(direction.layers)}
        for direction in model.directions
    ]


def _write(path: Path, described: Mapping[str, Any]) -> None:
    write_text(path, f"{_BEGIN}{json.dumps(described, allow_nan=False)}{_END}")


def is_data(path: Path) -> bool:
    """Return whether a file is there and does what `write_live` writes and nothing else: it may come from anybody."""
    try:
        text = path.read_text(encoding="utf-8")
        if not (text.startswith(_BEGIN) and text.endswith(_END)):
            return False
        return isinstance(json.loads(text[len(_BEGIN) : -len(_END)]), dict)
    except (OSError, ValueError, RecursionError):
        return False


def copy_runtime(assets: Path) -> None:
    """Put what runs a generator in a page beside the other assets of a gallery, unless it is there."""
    target = assets / RUNTIME.name
    if not target.exists() or not filecmp.cmp(target, RUNTIME, shallow=False):
        assets.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(RUNTIME, target)


def _described(model: Model, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that a page must know.

    Raises:
        LiveError: if the model cannot run in one.
    """
    if os.environ.get("ARTGAN_LIVE") == "0":
        raise LiveError("it was hung without its generator (ARTGAN_LIVE=0)")
    kind = model.modality.live
    if not kind:
        raise LiveError(f"pages cannot show a new {model.modality.name}")
    of_one = ("seed", "truncation", "moves", "mixes", "label", "pixels", "rendering")
    own = {key: value for key, value in record.items() if key not in of_one}

    described = {
        "kind": kind,
        "latent": model.generator.latent,
        "shape": list(model.modality.to_compact(torch.zeros(1, *model.spec.shape)).shape[1:]),
        "classes": list(model.classes),
        "sampling": model.sampling,
        "directions": described_directions(model),
        "layers": model.style_layers,
        "groups": groups_of(model.style_layers),
        "record": own | {"created_by": "artgan, live in a page"},
        **model.modality.live_facts(),
    }

    exported, states = _in_steps(model) if kind == "tokens" else (_in_one(model), [])
    described["states"] = states
    packed = base64.b64encode(gzip.compress(exported, mtime=0)).decode()
    if len(packed) > LARGEST:
        raise LiveError(f"its generator is too large for a page: {len(packed) / 2**20:.0f} MB")
    return described | {"onnx": packed}


def takes_prompts(model: Model) -> bool:
    """Return whether works made in a page can begin with words, as those of `artgan sample --prompt` do."""
    return "tokeniser" in model.modality.live_facts() and "prompt" in model.generator.sampling


def _network(model: Model) -> Any:
    """Return the network in float32, as a page runs it."""
    with torch.random.fork_rng(devices=[]):
        network = model.generator.build(model.spec).float()
    network.load_state_dict(dict(model.weights))
    return network.eval().requires_grad_(False)


def _in_one(model: Model) -> bytes:
    """Return a generator that makes a sample in one go, as ONNX."""
    drawn = torch.from_numpy(np.stack([latents(seed, model.generator.latent) for seed in CHECKED_SEEDS]))
    labels = [torch.tensor([model.label_of(seed)]) if model.classes else None for seed in CHECKED_SEEDS]
    given = [
        {"latents": latent[None]} | ({} if label is None else {"labels": label})
        for latent, label in zip(drawn, labels, strict=True)
    ]
    network: nn.Module = Whole(_network(model))
    if model.style_layers:
        network = Layered(network.network)
        for inputs in given:
            inputs["latents"] = _with_other_layers(inputs["latents"], model.style_layers)
    exported = _exported(network, given[0], ["samples"])
    for inputs in given:
        _compare(exported, network, inputs)
    return bytes(exported.SerializeToString())


def _with_other_layers(latent: Tensor, layers: int) -> Tensor:
    """Return the latents of all layers (layers, latent): one latent (1, latent), and for the fine layers another."""
    changes = StyleChanges((Mix(CHECKED_SEEDS[0] + 2, groups_of(layers)["fine"] or (layers,)),))
    return torch.from_numpy(changes.latents(latent[0].numpy(), layers))


def _in_steps(model: Model) -> tuple[bytes, list[int]]:
    """Return a generator of tokens step by step, as ONNX, and the sizes of the parts of its state."""
    if "steps" not in model.generator.provides:
        raise LiveError(f"generator {model.generator.name} cannot be taken token by token")
    network, vocabulary = _network(model), model.spec.vocabulary
    if isinstance(network, ConstrainedGenerator) and network.masks:
        raise LiveError("its works are held to a constraint, such as words to begin with, that pages cannot keep to")
    latent = torch.from_numpy(latents(CHECKED_SEEDS[0], model.generator.latent))[None]
    state = network.begin(latent)
    step = Step(network, vocabulary)
    names = [f"state{number}" for number in range(len(state))]
    given = [
        {"token": torch.tensor([token]), "latents": latent, **dict(zip(names, parts, strict=True))}
        for token, parts in ((vocabulary, [torch.zeros_like(part) for part in state]), (1, state))
    ]
    exported = _exported(step, given[0], ["logits", *(f"next{number}" for number in range(len(state)))])
    for inputs in given:
        _compare(exported, step, inputs)
    return exported.SerializeToString(), [part.shape[1] for part in state]


def _exported(network: nn.Module, inputs: Mapping[str, Tensor], outputs: list[str]) -> ModelProto:
    """Export a network to ONNX, its weights in float16 where that is what they are.

    Raises:
        LiveError: if it cannot be.
    """
    try:
        import onnx  # noqa: F401  (imported to know whether they can be)
        import onnxscript  # noqa: F401  (as above)
    except ImportError:
        raise LiveError("its generator was not exported, which needs artgan[live]") from None

    chatter = logging.getLogger("torch.onnx")
    before, chatter.level = chatter.level, logging.CRITICAL
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                network.eval(),
                tuple(inputs.values()),
                input_names=list(inputs),
                output_names=outputs,
                opset_version=OPSET,
                dynamo=True,
                external_data=False,
                optimize=False,
                verbose=False,
            )
    except Exception as error:  # whatever a stranger's network makes the exporter raise
        raise LiveError(f"its generator cannot be exported: {one_line(error)[:200]}") from error
    finally:
        chatter.level = before

    assert program is not None
    return _halved(program.model_proto)


def _halved(exported: ModelProto) -> ModelProto:
    """Return a model whose float32 weights are kept as float16, where that loses nothing, and cast when used."""
    from onnx import TensorProto, helper, numpy_helper

    graph = exported.graph
    for weights in graph.initializer:
        values = numpy_helper.to_array(weights)
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if weights.data_type != TensorProto.FLOAT or not np.array_equal(half.astype(np.float32), values):
            continue
        name = weights.name
        weights.CopyFrom(numpy_helper.from_array(half, f"{name}.half"))
        graph.node.insert(0, helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    return exported


def _compare(exported: ModelProto, network: nn.Module, inputs: Mapping[str, Tensor]) -> None:
    """Compare what an exported network makes with what it makes in Python.

    Raises:
        LiveError: if it cannot be run, or they are apart.
    """
    from onnx.reference import ReferenceEvaluator

    try:
        made = ReferenceEvaluator(exported).run(None, {name: tensor.numpy() for name, tensor in inputs.items()})
    except Exception as error:  # as in `_exported`
        raise LiveError(f"its exported generator cannot be run: {one_line(error)[:200]}") from error
    with torch.inference_mode():
        expected = network(*inputs.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    apart = max(float(np.abs(mine - its.numpy()).max()) for mine, its in zip(made, expected, strict=True))
    if not apart <= CLOSE:
        raise LiveError(
            f"its exported generator makes other works: they are {apart:.1g} apart, at most {CLOSE:g} may be"
        )
