"""What a machine has, and what is right and wrong with a dataset: the findings of `artgan doctor`."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ArtganError
from ..interfaces import Data, Dataset, LeftOut, Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..plugins.registry import Registry

FEW, VERY_FEW = 2000, 100
"""Below so many pictures a discriminator soon knows them by heart; below the second no recipe helps much."""
BATCH, TEXT_BATCH = 64, 128
BITS, ALIKE = 4, 4
"""Near-duplicates differ in so many of the 64 bits of their average hash at the most, and in their thumbnails by a
mean of less than so many levels of 255."""
MOST_COMPARED = 256
"""How many thumbnails one picture is compared with."""

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Machine:
    """What there is to train on.

    Attributes:
        python: the version of Python and the system.
        torch: the version of torch.
        devices: where torch can train, the best first.
        threads: how many torch computes with.
        memory: bytes, or None where the system does not tell.
        free: bytes free for the cache.
    """

    python: str
    torch: str
    devices: tuple[str, ...]
    threads: int
    memory: int | None
    free: int


@dataclass
class Findings:
    """What is known of a dataset, as far as it can be used.

    Attributes:
        count: how many samples can be used.
        data: the opened dataset, None where it cannot be used.
        error: why it cannot be used, else empty.
        widths: the pictures' own widths in pixels; empty where the dataset has but one size.
        heights: their heights.
        modes: how many pictures have each mode.
        formats: how many files have each format.
        duplicates: names of samples that are the same, group by group.
        similar: names of pictures that look the same at 8 x 8, group by group, each duplicate named once.
        left_out: what cannot be used.
        advice: what to mend, a sentence each.
        command: a command line that trains on it.
    """

    count: int = 0
    data: Data | None = None
    error: str = ""
    widths: Sequence[int] = ()
    heights: Sequence[int] = ()
    modes: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    duplicates: Groups = ()
    similar: Groups = ()
    left_out: Sequence[LeftOut] = ()
    advice: list[str] = field(default_factory=list)
    command: str = ""


def inspect_machine(cache: Path) -> Machine:
    """Return what this machine has.

    Args:
        cache: the folder for decoded data.
    """
    import torch

    devices = [f"cuda ({torch.cuda.get_device_name(number)})" for number in range(torch.cuda.device_count())]
    devices += ["mps"] if torch.backends.mps.is_available() else []
    existing = next(path for path in (cache.absolute(), *cache.absolute().parents) if path.exists())
    return Machine(
        python=f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        torch=torch.__version__,
        devices=(*devices, "cpu"),
        threads=torch.get_num_threads(),
        memory=_memory(),
        free=shutil.disk_usage(existing).free,
    )


def inspect_data(text: str, registry: Registry, workspace: Workspace) -> Findings:
    """Return what is known of a dataset.

    Args:
        text: a path, or a dataset's name with its options, as `artgan run` takes them.
        registry: knows the datasets.
        workspace: holds what is decoded.

    Raises:
        UsageError: if there is no such path or dataset.
    """
    path = Path(text)
    dataset = registry.recognise(path) if path.exists() else registry.parse(Dataset, text)
    findings, folder = Findings(), getattr(dataset, "path", "")
    try:
        if dataset.name == "folder" and folder:
            _survey(findings, Path(folder).expanduser(), workspace)
        findings.data = dataset.open(workspace)
        findings.count = len(findings.data)
        if not findings.formats:
            _compare(findings, findings.data)
    except ArtganError as error:
        findings.error = str(error)
    else:
        findings.command = _propose(findings, [text] if path.exists() else ["--dataset", text])
    return findings


def _survey(findings: Findings, path: Path, workspace: Workspace) -> None:
    from ..builtin.dataset.survey import survey

    seen = survey(path, workspace)
    findings.count, findings.left_out = len(seen.names), seen.left_out
    findings.widths, findings.heights = seen.widths, seen.heights
    findings.modes, findings.formats = seen.modes, seen.formats
    _note_duplicates(findings, seen.names, seen.digests, seen.thumbs)


def _compare(findings: Findings, data: Data) -> None:
    """Compare the decoded samples of a dataset that has no files of its own to look at."""
    from ..builtin.dataset.survey import sample_thumbnail

    findings.left_out = data.left_out
    names = [f"number {number}" for number in range(len(data))]
    digests = [sha256(sample.tobytes()).hexdigest() for sample in data.samples]
    thumbs = [sample_thumbnail(sample) for sample in data.samples] if data.spec.modality == "image" else None
    _note_duplicates(findings, names, digests, thumbs)


def _note_duplicates(
    findings: Findings, names: Sequence[str], digests: Sequence[str], thumbs: Sequence[NDArray[np.uint8]] | None
) -> None:
    findings.duplicates = _groups(zip(digests, names, strict=True))
    if thumbs is None:
        return
    first = {digest: number for number, digest in reversed(list(enumerate(digests)))}  # each duplicate once
    kept = sorted(first.values())
    if kept:
        findings.similar = _similar([names[number] for number in kept], [thumbs[number] for number in kept])


def _similar(names: Sequence[str], thumbs: Sequence[NDArray[np.uint8]]) -> Groups:
    """Group pictures that have nearly the average hash, and nearly the 8 x 8 thumbnail, of the group's first."""
    import numpy as np

    levels = np.stack(thumbs).astype(np.int16)
    grey = levels.mean(axis=-1).reshape(len(names), -1)
    hashes = np.packbits(grey > grey.mean(axis=1, keepdims=True), axis=1).view(np.uint64)[:, 0]
    firsts = np.zeros(len(names), np.int64)
    groups: list[list[str]] = []
    for number, name in enumerate(names):
        known = firsts[: len(groups)]
        near = np.flatnonzero(np.bitwise_count(hashes[known] ^ hashes[number]) <= BITS)[:MOST_COMPARED]
        alike = near[np.abs(levels[known[near]] - levels[number]).mean(axis=(1, 2, 3)) < ALIKE]
        if len(alike):
            groups[alike[0]].append(name)
        else:
            firsts[len(groups)] = number
            groups.append([name])
    return tuple(tuple(names) for names in groups if len(names) > 1)


def _groups(pairs: Iterable[tuple[Hashable, str]]) -> Groups:
    """Return the names that share a key, where two or more do."""
    found: dict[Hashable, list[str]] = defaultdict(list)
    for key, name in pairs:
        found[key].append(name)
    return tuple(tuple(names) for names in found.values() if len(names) > 1)


def _propose(findings: Findings, data: list[str]) -> str:
    """Note what is to be mended, and return a command line that suits the data."""
    options: list[str] = []
    assert findings.data
    text = bool(findings.data.spec.vocabulary)
    usual = TEXT_BATCH if text else BATCH
    copies = sum(len(group) - 1 for group in findings.duplicates)
    if copies:
        findings.advice.append(f"{copies:,} copies count twice: remove them")
    if findings.count < usual:
        batch = 1 << max(1, findings.count // 2).bit_length() - 1
        options += ["--batch", str(batch)]
    if findings.count < FEW:
        few = "very few: expect variations on them" if findings.count < VERY_FEW else "few"
        helps = "" if text else "; the augmentation diffaug helps"
        options += [] if text else ["--augmentation", "diffaug"]
        findings.advice.append(f"{findings.count:,} samples are {few}{helps}")
    if findings.left_out:
        files, texts = "files are left out: mend or remove them", "items are left out: mend them, or see `artgan show`"
        findings.advice.append(f"{len(findings.left_out):,} {texts if text else files}")
    words = ["artgan", "run", *data, *options]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def _memory() -> int | None:
    if sys.platform == "win32":
        import ctypes

        kilobytes = ctypes.c_ulonglong()
        known: Any = ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
        return kilobytes.value * 1024 if known else None
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None
