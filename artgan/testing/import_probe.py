"""Imports a plugin in a fresh interpreter and prints, as JSON on the last line, what fails and what that pulls in.

Run as ``python -m artgan.testing.import_probe TARGET``, where the target is a file, a folder, ``module`` or
``module:object``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from ..plugins.loader import Installed, load
from ..plugins.registry import Source

HEAVY = frozenset(
    {"torch", "torchvision", "numpy", "scipy", "pandas", "matplotlib", "PIL", "cv2", "skimage", "sklearn"}
    | {"tensorflow", "tensorboard", "keras", "jax", "flax", "transformers", "diffusers", "datasets", "numba"}
    | {"onnxruntime", "safetensors", "rich", "jinja2", "requests", "IPython"}
)
"""What takes long to import."""


class Watcher(MetaPathFinder):
    """Sees heavy packages come in, and which line asked for each."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in HEAVY and fullname not in self.seen:
            module, place = next(_callers(), ("", "its code"))
            if module.partition(".")[0] not in HEAVY:
                self.seen[fullname] = place
        return None


def faults_of(target: str) -> list[str]:
    """Return what is wrong with how a plugin loads: one line each."""
    path = Path(target)
    item = Installed(Source(path.stem, "checked", ""), target, is_path=path.suffix == ".py" or path.is_dir())
    watcher, plugins = Watcher(), load([])
    sys.meta_path.insert(0, watcher)
    plugins.load(item)
    faults = [problem.reason for problem in plugins.problems]
    faults += [
        f"loading it imports {package} ({place}): import it in the methods that need it"
        for package, place in watcher.seen.items()
    ]
    if not faults and not plugins.hooks(plugins.loaded[0].plugin):
        faults.append("it has no hooks: mark functions with @artgan.hookimpl")
    return faults


def _callers() -> Iterator[tuple[str, str]]:
    """Yield module and ``FILE, line N`` of what is on the stack, the innermost first, without the import machinery."""
    frame = sys._getframe(2)
    while frame := frame.f_back:  # type: ignore[assignment]  # the last one has none, which ends the loop
        module = str(frame.f_globals.get("__name__", ""))
        if not module.startswith("importlib"):
            yield module, f"{Path(frame.f_code.co_filename).name}, line {frame.f_lineno}"


if __name__ == "__main__":
    print("\n" + json.dumps(faults_of(sys.argv[1])))
