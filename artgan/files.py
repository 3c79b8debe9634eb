"""Where files are kept, and how they are written so that nobody ever sees half of one."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a new path beside ``path``; what is written there takes its place when the block ends well.

    The folder is made where it is missing. When the block raises, ``path`` stays as it was, and an error of the system
    tells of ``path`` rather than of nothing or of the draft.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid.uuid4().hex[:12]}{path.suffix}")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        if error.filename is None or str(error.filename) == str(draft):
            error.filename = str(path)
        raise
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside ``folder``, which gets that name when the block ends well: whole, or not at all.

    When the block raises, nothing stays. An empty folder of that name is replaced.

    Raises:
        FileExistsError: if something else has that name by then, whoever was quicker.
    """
    draft = folder.with_name(f".{uuid.uuid4().hex[:12]}")
    draft.mkdir(parents=True)
    try:
        yield draft
        with suppress(OSError):
            folder.rmdir()
        _rename(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def with_usual_mode(path: Path) -> Iterator[None]:
    """Give the file at ``path``, which the block writes, the mode that new files have here.

    Safetensors makes files that their owner alone may read; a gallery that is copied to a server is read by others.
    """
    path.touch()
    mode = path.stat().st_mode
    yield
    path.chmod(mode)


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8 with line feeds, the same bytes on every system."""
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _rename(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        if os.path.lexists(folder):
            raise FileExistsError(f"there is {folder} already") from None
        raise


def is_utf8(name: Path | str) -> bool:
    """Return whether a name can be written as UTF-8: those of files may be any bytes, and stand for them then."""
    try:
        str(name).encode()
    except UnicodeEncodeError:
        return False
    return True


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_folder() -> Path:
    """Return the folder for what can be made again at any time: ``ARTGAN_CACHE``, or where the system keeps caches."""
    from platformdirs import user_cache_path

    return Path(os.environ["ARTGAN_CACHE"]) if os.environ.get("ARTGAN_CACHE") else user_cache_path("artgan")


def data_folder() -> Path:
    """Return the folder for what a user gave: ``ARTGAN_DATA``, or where the system keeps data."""
    from platformdirs import user_data_path

    return Path(os.environ["ARTGAN_DATA"]) if os.environ.get("ARTGAN_DATA") else user_data_path("artgan")


def in_size(size: int) -> str:
    """Return bytes as people read them: ``12.3 MB``."""
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.2f} GB"
