"""Checkpoints: all that is needed to go on, as safetensors and JSON.

A checkpoint is a folder ``step-00001000`` with ``training.safetensors`` (networks, averages, optimisers),
``model.safetensors`` (the generator as artworks use it), ``state.json`` (counters and versions) and ``manifest.json``
(size and SHA-256 of each file). It is written to a temporary folder, synced, renamed and read back; only then are older
ones removed. Random state and data position need no saving: they are functions of the seed and the step.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..artworks.model_file import has_weights
from ..artworks.places import RunFolder, models_in
from ..errors import ArtganError, one_line, printable
from ..files import in_size, is_utf8, sha256, with_usual_mode
from ..schema import fault

if TYPE_CHECKING:
    from ..artworks.model import Model

FORMAT = 2
MANIFEST = "manifest.json"
TRAINING = "training.safetensors"
STATE = "state.json"
MODEL = "model.safetensors"
SCHEMA = {"step": int, "tensors": [str]}

_WRITING, _REMOVING = ".writing-", ".removing-"


class CheckpointError(ArtganError):
    """A checkpoint could not be written; older ones are as they were."""


@dataclass(frozen=True)
class Checkpoint:
    """What was read from a checkpoint.

    Attributes:
        tensors: the trainer's state.
        state: counters and versions.
    """

    tensors: dict[str, Tensor]
    state: dict[str, Any]


def save_checkpoint(
    folder: Path,
    *,
    tensors: Mapping[str, Tensor],
    state: Mapping[str, Any],
    save_model: Callable[[Path], object],
    keep: int,
    again: bool = False,
) -> Path:
    """Write a checkpoint, prove that it can be read, and remove all but the newest ``keep``.

    Args:
        folder: the run's folder of checkpoints.
        tensors: the trainer's state.
        state: what else goes on needs; ``state["step"]`` names the checkpoint.
        save_model: writes the generator to the path that it is given.
        keep: how many checkpoints stay.
        again: write it even where there is a valid one of the same step.

    Returns:
        The checkpoint's folder.

    Raises:
        CheckpointError: if it cannot be written or read back; older checkpoints are then untouched.
    """
    final = folder / name_of(state["step"])
    temporary = folder / f"{_WRITING}{final.name}"
    if not again and final.exists() and not verify(final):
        return final

    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        with with_usual_mode(temporary / TRAINING):
            arrays = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
            save_file(arrays, temporary / TRAINING)
        save_model(temporary / MODEL)
        words = {"format": FORMAT, "tensors": sorted(tensors), **state}
        (temporary / STATE).write_text(json.dumps(words, indent=1), encoding="utf-8")
        _write_manifest(temporary)
        _put_in_place(temporary, final)
    except (OSError, SafetensorError, RuntimeError, ArtganError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise CheckpointError(f"cannot write checkpoint {final.name}: {_reason(error, folder, tensors)}") from None

    # Older ones go when the new one has been read back.
    if fault := verify(final):
        raise CheckpointError(f"checkpoint {final.name} does not read back: {fault}")
    for old in checkpoints(folder)[keep:]:
        remove(old)
    return final


def replace_models(run: RunFolder, model: Model) -> None:
    """Write a model, such as one with directions, in place of all of the same weights that a run keeps.

    Raises:
        CheckpointError: as for `replace_model`.
    """
    for path in [*models_in(run.path), *models_in(run.best)]:
        if has_weights(path, model.weights_digest):
            replace_model(path.parent, model.save)


def replace_model(checkpoint: Path, save_model: Callable[[Path], object]) -> None:
    """Write a checkpoint anew with another file of its model, such as one with directions.

    Args:
        checkpoint: its folder; nobody may be training its run.
        save_model: writes the model to the path that it is given.

    Raises:
        CheckpointError: if the checkpoint is damaged, or cannot be written; it is then as it was.
    """
    if fault := verify(checkpoint):
        raise CheckpointError(f"checkpoint {checkpoint.name} is damaged ({fault})")
    temporary = checkpoint.with_name(f"{_WRITING}{checkpoint.name}")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        for name in (TRAINING, STATE):
            shutil.copyfile(checkpoint / name, temporary / name)
        save_model(temporary / MODEL)
        _write_manifest(temporary)
        if fault := verify(temporary):
            raise CheckpointError(fault)
        _put_in_place(temporary, checkpoint)
    except (OSError, SafetensorError, RuntimeError, ArtganError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise CheckpointError(f"cannot write checkpoint {checkpoint.name}: {one_line(error)}") from None


def size_of(tensors: Mapping[str, Tensor]) -> int:
    """Return about how many bytes a checkpoint of a trainer's state takes."""
    return sum(tensor.nbytes for tensor in tensors.values()) + 2**18


def clean(folder: Path, report: Callable[[str], None]) -> None:
    """Remove what a process left that died while it saved.

    Args:
        folder: the run's folder of checkpoints.
        report: told in one line of each.
    """
    for left in sorted([*folder.glob(f"{_WRITING}*"), *folder.glob(f"{_REMOVING}*")]):
        shutil.rmtree(left, ignore_errors=True)
        report(f"removed {left.name}, which a process that died had left")


def prune(folder: Path, keep: int) -> None:
    """Remove all but the newest whole checkpoints, and all that is not whole.

    Args:
        folder: the run's folder of checkpoints.
        keep: how many stay.
    """
    whole = [checkpoint for checkpoint in checkpoints(folder) if not verify(checkpoint)]
    if not whole:
        return
    for checkpoint in checkpoints(folder):
        if checkpoint not in whole[:keep]:
            remove(checkpoint)
    clean(folder, lambda line: None)


def remove(checkpoint: Path) -> None:
    """Remove a checkpoint, if there is one, so that nobody ever sees half of it."""
    if checkpoint.exists():
        moved = checkpoint.with_name(f"{_REMOVING}{checkpoint.name}")
        shutil.rmtree(moved, ignore_errors=True)
        checkpoint.rename(moved)
        shutil.rmtree(moved, ignore_errors=True)


def _reason(error: Exception, folder: Path, tensors: Mapping[str, Tensor]) -> str:
    """Return why a checkpoint was not written; a full disk comes in many guises."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return str(error)
    needed = size_of(tensors)
    if free < needed or "No space left" in str(error):
        return f"no space left: it needs {in_size(needed)}, {in_size(free)} are free"
    return one_line(error)


def name_of(step: int) -> str:
    """Return the name of the checkpoint of a step; a later one's sorts after it."""
    return f"step-{step:08d}"


def step_of(checkpoint: Path) -> int | None:
    """Return the step of a checkpoint by its name, or None where that is none of a checkpoint."""
    step = checkpoint.name.removeprefix("step-")
    return int(step) if step.isdecimal() else None


def checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints in a run's folder of checkpoints, the newest first, without looking into them."""
    return sorted(folder.glob("step-*"), reverse=True)


def verify(checkpoint: Path) -> str:
    """Return what is wrong with a checkpoint, or nothing."""
    try:
        manifest = json.loads((checkpoint / MANIFEST).read_text(encoding="utf-8"))
        for name in (TRAINING, MODEL, STATE):
            path = checkpoint / name
            if path.stat().st_size != manifest[name]["size"]:
                return f"{name} has the wrong size"
            if sha256(path) != manifest[name]["sha256"]:
                return f"{name}: SHA-256 mismatch"
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def newest(folder: Path, report: Callable[[str], None] = lambda line: None) -> Path | None:
    """Return the newest valid checkpoint, if any.

    Args:
        folder: the run's folder of checkpoints.
        report: told in one line of each checkpoint that had to be passed over.
    """
    for checkpoint in checkpoints(folder):
        fault = verify(checkpoint)
        if not fault:
            return checkpoint
        report(f"checkpoint {checkpoint.name} is damaged ({fault}); looking for an older one")
    return None


def load_checkpoint(checkpoint: Path) -> Checkpoint:
    """Read a checkpoint whose manifest is right; it may have been written by another version, or by anybody.

    Raises:
        ArtganError: if its format is another than this version's, or it lacks some of its tensors, or is damaged.
    """
    if not is_utf8(checkpoint):
        raise ArtganError(f"{checkpoint} is a name that is no UTF-8, in which weights cannot be read: rename it")

    # Of another format only the name is read, for the error to tell.
    try:
        state = json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
        found = state["format"]
        if found == FORMAT and (wrong := fault(state, SCHEMA, "its state")):
            raise ValueError(wrong)
        tensors = load_file(checkpoint / TRAINING) if found == FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError, SafetensorError) as error:
        raise ArtganError(f"checkpoint {checkpoint.name} is not one of artgan's: {one_line(error)}") from None

    if found != FORMAT:
        raise ArtganError(f"checkpoint {checkpoint.name} has format {found}, this artgan reads {FORMAT}")
    if missing := set(state["tensors"]) - set(tensors):
        raise ArtganError(
            f"checkpoint {checkpoint.name} lacks {printable(min(missing))} and {len(missing) - 1} more tensors"
        )
    return Checkpoint(tensors, state)


def _write_manifest(folder: Path) -> None:
    """Write the size and SHA-256 of each file of a checkpoint."""
    files = [TRAINING, MODEL, STATE]
    manifest = {name: {"size": (folder / name).stat().st_size, "sha256": sha256(folder / name)} for name in files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _put_in_place(temporary: Path, final: Path) -> None:
    """Give a checkpoint its name when all of it is on disk, so that nobody ever sees half of one."""
    for path in [*temporary.iterdir(), temporary]:
        _sync(path)
    remove(final)
    temporary.rename(final)
    _sync(final.parent)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot sync a folder
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
