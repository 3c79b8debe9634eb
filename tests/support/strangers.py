"""A plugin with kinds of art that artgan does not know: one of tokens, one of pixels, and one of neither."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import artgan
from artgan import ArtganError
from artgan.builtin.modality.image import ImageModality
from artgan.interfaces import Data, Dataset, Discriminator, Generator, Modality, Spec, Workspace

NOTES, BEATS = 5, 6


@dataclass(frozen=True)
class Tunes(Modality):
    """Tunes of six beats, each with one of five notes."""

    name = "tune"
    representation = "tokens"
    noun = "tune"
    suffix = sheet_suffix = exact_sheet_suffix = ".json"

    def to_float(self, compact: Any) -> Any:
        import torch

        return torch.nn.functional.one_hot(compact.long(), NOTES).float()

    def to_compact(self, samples: Any) -> Any:
        import torch

        return samples.argmax(-1).to(torch.int32)

    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        path.write_text(json.dumps({"notes": sample.tolist(), "record": dict(record)}), encoding="utf-8")

    def read(self, path: Path) -> tuple[NDArray[Any], dict[str, Any]]:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return np.array(kept["notes"], np.int32), kept["record"]
        except (OSError, ValueError, KeyError) as error:
            raise ArtganError(f"{path} is no tune: {error}") from None

    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        path.write_text(json.dumps(samples.tolist()), encoding="utf-8")

    def figure(self, path: Path, source: str, description: str) -> str:
        return f'<a href="{html.escape(source)}">{html.escape(description)}</a>'

    def sheet(self, path: Path, source: str, description: str) -> str:
        return self.figure(path, source, description)


@dataclass(frozen=True)
class Sprites(ImageModality):
    """Small pictures for games."""

    name = "sprite"
    noun = "sprite"


@dataclass(frozen=True)
class Scents(Tunes):
    """What is neither seen nor read."""

    name = "scent"
    representation = ""


@dataclass(frozen=True)
class Nose(Generator):
    """Makes scents."""

    name = "nose"
    modalities = frozenset({"scent"})
    provides = frozenset({"sample-gradient"})
    opponent = "critic"

    def build(self, spec: Spec) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Critic(Discriminator):
    """Judges scents."""

    name = "critic"
    modalities = frozenset({"scent"})

    def build(self, spec: Spec) -> Any:
        raise NotImplementedError


def _data(spec: Spec, samples: NDArray[Any], held_out: NDArray[Any] | None = None) -> Data:
    fingerprint = hashlib.sha256(samples.tobytes()).hexdigest()
    return Data(spec, samples, None, fingerprint, spec.modality, "CC0-1.0", "made by a test", held_out=held_out)


@dataclass(frozen=True)
class Melodies(Dataset):
    """Tunes that rise."""

    name = "melodies"
    modality = "tune"

    def open(self, workspace: Workspace) -> Data:
        random = np.random.default_rng(0)
        notes = np.sort(random.integers(0, NOTES, (360, BEATS)), axis=1).astype(np.int32)
        spec = Spec(self.modality, (BEATS, NOTES), vocabulary=NOTES, tokens=tuple("CDEFG"))
        return _data(spec, notes[:240], notes[240:])


@dataclass(frozen=True)
class Perfumes(Melodies):
    """What cannot be measured."""

    name = "perfumes"
    modality = "scent"


@dataclass(frozen=True)
class Icons(Dataset):
    """Sprites with a bright bar."""

    name = "icons"
    modality = "sprite"

    def open(self, workspace: Workspace) -> Data:
        random = np.random.default_rng(0)
        samples = random.integers(0, 60, (240, 1, 8, 8), dtype=np.uint8)
        samples[np.arange(240), :, :, np.arange(240) % 8] = 230
        return _data(Spec(self.modality, (1, 8, 8)), samples)


@artgan.hookimpl
def register_modalities() -> list[type[Modality]]:
    return [Tunes, Sprites, Scents]


@artgan.hookimpl
def register_datasets() -> list[type[Dataset]]:
    return [Melodies, Perfumes, Icons]


@artgan.hookimpl
def register_generators() -> list[type[Generator]]:
    return [Nose]


@artgan.hookimpl
def register_discriminators() -> list[type[Discriminator]]:
    return [Critic]
