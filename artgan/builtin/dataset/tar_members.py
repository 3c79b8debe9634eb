"""What is in a .tar: where its members lie, found once and remembered; nothing is ever unpacked to disk."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO, Self

from artgan import UsageError, one_line, parse_json, printable
from artgan.interfaces import hidden_part

from .picture_list import MAX_BYTES, Stamp, ending_of, is_settled, name_fault, stamp_of
from .sample_store import kept_in

FORMAT = 1
"""To be raised whenever more is remembered of an archive."""
BLOCK = tarfile.BLOCKSIZE
MAX_NAME = 2**20
"""Bytes of the longest name or table of attributes before a member."""
NAMES = (*tarfile.GNU_TYPES[:2], tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
"""The types of headers that only tell of the member after them."""
MAX_KIND = 100
"""Letters of the longest class."""
MAX_LABEL = 2**16
"""Bytes of the largest member that is read for a label."""
LABEL_KEYS = ("cls", "class", "label", "category", "class_name", "class_id", "label_id")
"""What people call the class in the JSON beside a picture, the likeliest first."""
CLASS, TABLE, TEXTS = ".cls", ".json", frozenset({".txt", ".text", ".caption"})
BESIDE = TEXTS | {CLASS, TABLE}
"""What stands beside a picture under the same name: its class, what is known of it, what is written of it."""


@dataclass(frozen=True)
class TarMembers:
    """The members of one archive.

    Attributes:
        files: name, first byte and size of each file that is of use.
        left_out: name and reason of each that is not.
        labels: the class of what has a key, which is a name up to the first dot of its last part.
        texts: how many texts stand beside something else of their key.
        hidden: the hidden and system files and folders.
    """

    files: list[tuple[str, int, int]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, int | str] = field(default_factory=dict)
    texts: int = 0
    hidden: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, cache: Path) -> Self:
        """Return what is in an archive, as remembered or as it is found now.

        Raises:
            UsageError: if it is no .tar, or is cut off.
        """
        stamp = stamp_of(path.stat())
        memory = cache / "archives" / f"{hashlib.sha256(os.fsencode(path.resolve())).hexdigest()}.json"
        if found := cls._remembered(memory, stamp):
            return found
        found = cls._scan(path)
        if is_settled(stamp):
            with kept_in(cache):
                memory.parent.mkdir(parents=True, exist_ok=True)
                draft = memory.with_name(f".{uuid.uuid4().hex[:12]}.json")
                draft.write_text(json.dumps({"format": FORMAT, "stamp": stamp, **asdict(found)}), encoding="utf-8")
                draft.replace(memory)
        return found

    @classmethod
    def _remembered(cls, memory: Path, stamp: Stamp) -> Self | None:
        try:
            known = json.loads(memory.read_text(encoding="utf-8"))
            if known.pop("format") != FORMAT or tuple(known.pop("stamp")) != stamp:
                return None
            files = [(str(name), int(offset), int(size)) for name, offset, size in known.pop("files")]
            return cls(files=files, **known)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    @classmethod
    def _scan(cls, path: Path) -> Self:
        found, beside = cls(), list[tuple[str, str, tuple[str, int, int]]]()
        seen: set[str] = set()
        hidden: set[str] = set()
        for member, file in members_of(path):
            name = member.name.removeprefix("./")
            place = name, member.offset_data, member.size
            key, ending = split_key(name)
            if passed_over := hidden_part(name):
                hidden.add(passed_over)
            elif fault := name_fault(name, seen, "tar") or _member_fault(member):
                found.left_out.append((name, fault))
            elif ending in BESIDE:
                label = _label(file, member, ending)
                if label is not None and (ending == CLASS or key not in found.labels):
                    found.labels[key] = label
                beside.append((key, ending, place))
            else:
                found.files.append(place)
            seen.add(name.lower())
        found.hidden.extend(sorted(hidden))

        # What stands beside nothing is a file of its own.
        keys = {split_key(name)[0] for name, _, _ in found.files}
        found.files.extend(place for key, _, place in beside if key not in keys)
        return cls(**{**vars(found), "texts": sum(key in keys and ending in TEXTS for key, ending, _ in beside)})


def members_of(path: Path) -> Iterator[tuple[tarfile.TarInfo, BinaryIO]]:
    """Yield the members of an archive that are no folders, with the file, in which anything may be looked up.

    Raises:
        UsageError: if it is no .tar, or is cut off.
    """
    count, before = 0, -1
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:", tarinfo=_BoundedHeader) as tar:
            for member in tar:
                if member.offset <= before:
                    raise tarfile.ReadError("a member leads back to one before it")
                count, before = count + 1, member.offset
                if not member.isdir():
                    yield member, file
            # A damaged header ends the archive without a word, where its end should be empty blocks.
            file.seek(tar.offset)
            if file.read(BLOCK) != bytes(BLOCK):
                raise tarfile.ReadError("it has no end")
    except OSError as error:
        raise UsageError(f"{printable(path.name)} cannot be read ({error.strerror or error})") from None
    except (tarfile.TarError, ValueError, OverflowError) as error:
        if not count:
            raise UsageError(
                f"{printable(path.name)} is no plain .tar ({one_line(error)}): unpack it first if it is compressed"
            ) from None
        raise UsageError(
            f"{printable(path.name)} is cut off or damaged after {count:,} members ({one_line(error)}): fetch it again"
        ) from None


def split_key(name: str) -> tuple[str, str]:
    """Return what parts of one sample have in common in their names, and the last ending in lower case."""
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(".")[0], ending_of(name)


class _BoundedHeader(tarfile.TarInfo):
    """A header that is refused where it would have much memory taken, or leads nowhere."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Return the header that is in a block."""
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.type in NAMES and header.size > MAX_NAME):
            raise tarfile.ReadError("a header with a size that cannot be")
        return header


def _member_fault(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "is a link"
    if not member.isreg() or member.issparse():
        return "is not a plain file"
    return f"is larger than {MAX_BYTES >> 20} MB" if member.size > MAX_BYTES else ""


def _label(file: BinaryIO, member: tarfile.TarInfo, ending: str) -> int | str | None:
    """Return the class that a member gives; None where it gives none."""
    if ending in TEXTS or member.size > MAX_LABEL:
        return None
    file.seek(member.offset_data)
    try:
        text = file.read(member.size).decode().strip()
        return _kind(text) if ending == CLASS else _kind_in(parse_json(text))
    except (ValueError, RecursionError):
        return None


def _kind(text: str) -> int | str | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text[:MAX_KIND] or None


def _kind_in(record: object) -> int | str | None:
    if not isinstance(record, dict):
        return None
    kinds = [record[key] for key in LABEL_KEYS if key in record]
    kind = kinds[0] if kinds else None
    return kind if type(kind) is int and kind >= 0 else _kind(kind.strip()) if isinstance(kind, str) else None
