"""The Inception network of torch-fidelity, with weights that the user brought."""

from __future__ import annotations

import importlib
import io
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from artgan import ArtganError
from artgan.interfaces import Extractor, Features

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE = "torch_fidelity"
LAYER = "2048"
BATCH = 4
"""Pictures that pass the network together: more take more memory, and on a processor no less time for each."""
PARTS = 10


def extractor(path: Path) -> Extractor:
    """Return the function from pictures to features.

    Args:
        path: weights whose digest was just checked.
    """
    network = _network(path)

    @torch.inference_mode()
    def extract(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        parts = [pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH)]
        found: list[Tensor] = [network(_as_levels(part))[0] for part in parts]
        features: NDArray[np.float64] = torch.cat(found).double().numpy()
        return features

    return extract


def classifier(path: Path) -> NDArray[np.float64]:
    """Return the weights (1008, 2048) of the last layer, which is used without its bias."""
    last: NDArray[np.float64] = _network(path).fc.weight.double().numpy()
    return last


def inception_score(logits: NDArray[np.float64]) -> float:
    """Return the mean over ten parts of the exponential of the mean divergence of each picture's classes from all.

    Source: Salimans et al. 2016, arXiv:1606.03498.

    Args:
        logits: (N, classes), at least ten.
    """
    logs = logits - logits.max(1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(1, keepdims=True))
    count, scores = len(logs), []
    for number in range(PARTS):
        part = logs[number * count // PARTS : (number + 1) * count // PARTS]
        chances = np.exp(part)
        scores.append(np.exp((chances * (part - np.log(chances.mean(0)))).sum(1).mean()))
    return float(np.mean(scores))


def network_class() -> Any:
    """Return torch-fidelity's network, without the rest of that package: it needs torchvision and its compiled code.

    Raises:
        ArtganError: if torch-fidelity is not installed.
    """
    name = f"{PACKAGE}.feature_extractor_inceptionv3"
    if name in sys.modules:
        return sys.modules[name].FeatureExtractorInceptionV3
    spec = find_spec(PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        raise ArtganError("features inception need torch-fidelity: pip install torch-fidelity")
    before = {known: module for known, module in sys.modules.items() if _is_of_package(known)}
    alone = ModuleType(PACKAGE)
    alone.__path__ = list(spec.submodule_search_locations)
    sys.modules[PACKAGE] = alone
    try:
        return importlib.import_module(name).FeatureExtractorInceptionV3
    finally:
        for known in [known for known in sys.modules if _is_of_package(known)]:
            del sys.modules[known]
        sys.modules.update(before)


@cache
def _network(path: Path) -> Any:
    """Return the network with the weights of a file, read by torch's restricted reader alone.

    torch-fidelity would unpickle the file without restriction; it is given a copy made of nothing but tensors.

    Raises:
        ArtganError: if the file holds no such weights.
    """
    build, copy = network_class(), io.BytesIO()
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        torch.save({name: tensor for name, tensor in state.items() if isinstance(tensor, Tensor)}, copy)
        copy.seek(0)
        return build("inception", [LAYER], feature_extractor_weights_path=copy)
    except (UnpicklingError, RuntimeError, AttributeError, EOFError) as error:
        raise ArtganError(f"the weights 'inception' are none of this network: {type(error).__name__}") from None


def _as_levels(pictures: NDArray[np.uint8]) -> Tensor:
    """Return pictures as uint8 RGB, which the network resizes itself."""
    return ((Features.as_rgb(pictures) + 1) * 127.5).round().to(torch.uint8)


def _is_of_package(name: str) -> bool:
    return name == PACKAGE or name.startswith(f"{PACKAGE}.")
