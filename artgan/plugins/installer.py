"""Installs and removes plugins with pip, in the environment that artgan runs in."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from ..errors import ArtganError, UsageError, did_you_mean
from .catalogue.cache import forget
from .loader import GROUP

HELD = ("artgan", "torch")
"""What a plugin may not replace by being installed: it would change what other plugins and runs rest on."""

_UNREACHABLE = ("connection broken", "NewConnectionError", "ProxyError", "name resolution", "timed out", "SSLError")
_ARCHIVES = (".whl", ".zip", ".tar.gz")


def install(targets: Sequence[str], options: Sequence[str], *, editable: bool) -> list[str]:
    """Install distributions and return the names of those that were installed or upgraded.

    Args:
        targets: names with or without versions, as pip takes them, or paths of source folders, wheels and archives.
        options: further options for pip.
        editable: whether source folders are used in place.

    Raises:
        UsageError: if a path holds no plugin.
        ArtganError: if pip fails; it then says what has changed all the same.
    """
    for target in targets:
        _check(target)
    before = versions()
    held = [f"{name}=={before[name]}" for name in HELD if name in before and name not in map(_name, targets)]
    with tempfile.TemporaryDirectory() as folder:
        constraints, report = Path(folder) / "held.txt", Path(folder) / "report.json"
        constraints.write_text("\n".join(held), encoding="utf-8")
        limits = ["--constraint", str(constraints), "--retries", "2", "--report", str(report)]
        words = [word for target in targets for word in ("--editable", target)] if editable else targets
        said = _pip("install", *limits, *options, *words)
        if said is not None:
            raise _explained(said, targets, before)
        installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [item["metadata"]["name"] for item in installed]


def uninstall(names: Sequence[str]) -> None:
    """Remove distributions.

    Raises:
        ArtganError: if pip fails.
    """
    before = versions()
    said = _pip("uninstall", "--yes", *names)
    if said is not None:
        raise _explained(said, names, before)


def find_plugin(name: str) -> metadata.Distribution:
    """Return the installed distribution that a person means by its name or by that of its plugin.

    Raises:
        UsageError: if there is none, or if it brings no plugin of artgan's.
    """
    found = {dist.name: dist for dist in metadata.distributions() if dist.entry_points.select(group=GROUP)}
    for known, dist in found.items():
        if _plain(known) == _plain(name) or name in dist.entry_points.select(group=GROUP).names:
            return dist
    if _plain(name) in map(_plain, versions()):
        raise UsageError(f"{name} is no plugin of artgan's: pip uninstall {name} removes it")
    raise UsageError(f"no plugin called {name!r} is installed{did_you_mean(name, list(found))}")


def origin(dist: metadata.Distribution) -> str:
    """Return what installs a distribution again: the folder that it came from, or its name."""
    direct = json.loads(dist.read_text("direct_url.json") or "{}")
    if not direct.get("url", "").startswith("file:"):
        return dist.name
    from urllib.parse import urlparse
    from urllib.request import url2pathname

    return url2pathname(urlparse(direct["url"]).path)


def versions() -> dict[str, str]:
    """Return the version of each installed distribution."""
    importlib.invalidate_caches()
    return {dist.name: dist.version for dist in metadata.distributions()}


def _pip(*arguments: str) -> str | None:
    """Run pip and return what it complained of, or None if it succeeded; its progress is shown on a terminal."""
    if importlib.util.find_spec("pip") is None:
        raise ArtganError(f"this environment has no pip: add it with {sys.executable} -m ensurepip")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    shown = sys.stderr if sys.stderr.isatty() else subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdout=shown, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    finally:
        forget()
    return done.stderr if done.returncode else None


def _check(target: str) -> None:
    """Check a path before pip runs any of its code."""
    path = Path(target)
    if not ("/" in target or "\\" in target or target.startswith(".") or target.endswith((*_ARCHIVES, ".py"))):
        return
    if "://" in target:
        return
    if not path.exists():
        raise UsageError(f"{target} does not exist: give a name, the folder of a plugin's source, or a wheel")
    if path.suffix == ".py":
        raise UsageError(f"{target} is a single file, which needs no installing: use it with --plugin {target}")
    if path.is_dir() and not any((path / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise UsageError(f"{target} has no pyproject.toml: give the folder of a plugin's source, or --plugin for code")
    if not path.is_dir() and not target.endswith(_ARCHIVES):
        raise UsageError(f"{target} is neither a folder nor a wheel or archive ({', '.join(_ARCHIVES)})")
    if not _may_hold_plugin(path):
        raise UsageError(f"{target} holds no plugin: it names no entry point in the group {GROUP!r}")


def _may_hold_plugin(path: Path) -> bool:
    """Return False where what is written down in a folder or wheel names no plugin."""
    try:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                found = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
                return any(f"[{GROUP}]" in wheel.read(name).decode() for name in found)
        project = tomllib.loads((path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return GROUP in project.get("entry-points", {}) or "entry-points" in project.get("dynamic", ())
    except (OSError, KeyError):
        return True  # written down elsewhere: pip will know
    except (ValueError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path} is damaged: {error}") from None


def _explained(said: str, targets: Sequence[str], before: dict[str, str]) -> ArtganError:
    """Return pip's failure in one line, with what it has changed; a note holds all that it said."""
    complaints = re.findall(r"^\s*(?:ERROR|error): (.+)$", said, re.MULTILINE)
    complaints += re.findall(r"^\s*((?:\w+\.)*\w*(?:Error|Exception): .+)$", said, re.MULTILINE)
    what = ", ".join(targets)
    if any(sign in said for sign in _UNREACHABLE):
        reason = f"cannot reach the package index for {what}: check the network, or give --index-url or a path"
    elif missing := re.search(r"No matching distribution found for (\S+)", said):
        reason = f"no distribution {missing[1]} at the package index suits this Python and this artgan"
    elif "ResolutionImpossible" in said or "conflict" in said:
        held = ", ".join(f"{name} {before[name]}" for name in HELD if name in before)
        reason = f"{what} needs other versions than are here ({held}); --debug shows which"
    else:
        reason = f"pip failed on {what}: {complaints[-1] if complaints else 'it gave no reason'}; --debug shows all"

    # A failed pip may have changed something all the same.
    after = versions()
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    error = ArtganError(
        f"{reason}; {'changed all the same: ' + ', '.join(changed) if changed else 'nothing was changed'}"
    )
    error.add_note(said)
    return error


def _name(target: str) -> str:
    return _plain(re.split(r"[\s\[<>=!~;@]", target, maxsplit=1)[0])


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
