"""How fast artgan is and what it costs, as ratios beside their goals: ``python tests/benchmarks [NAMES] [--strict]``.

Each ratio is of two things measured in turns on the same machine. A goal that is missed is said, and fails with
``--strict`` alone, since a busy machine misses some; a benchmark that breaks always fails.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # of processes that are started; benchmarks of training take more
os.environ["ARTGAN_LIVE"] = "0"
sys.path.insert(0, str(Path(__file__).parents[1]))

NAMES = (
    "startup",
    "speed",
    "text_speed",
    "long_texts",
    "checkpoints",
    "gallery",
    "training_page",
    "quality",
)
"""Modules of this folder, each with a function ``measure(place)`` that yields ratios."""

ASKED_FOR = ("budget", "time_to_quality", "start_from", "fewshot", "text_quality", "scaling")
"""Others, which take long or need data of one's own: they run where they are named."""


def main() -> int:
    """Measure what is asked for, print it, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"[default: {', '.join(NAMES)}; and {', '.join(ASKED_FOR)}]"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a goal is missed")
    wanted = parser.parse_args()
    if unknown := [name for name in wanted.names if name not in NAMES + ASKED_FOR]:
        parser.error(f"no benchmark is called {unknown[0]!r}; there are {', '.join(NAMES + ASKED_FOR)}")

    broken, missed = [], []
    for name in wanted.names or NAMES:
        try:
            missed += _measure(name)
        except Exception:  # one that breaks must not hide the others
            traceback.print_exc()
            broken.append(name)
    print(f"broken: {', '.join(broken) or 'none'}; goals missed: {', '.join(missed) or 'none'}")
    return 1 if broken or (missed and wanted.strict) else 0


def _measure(name: str) -> list[str]:
    """Print one benchmark's ratios, and return those that miss their goals."""
    from benchmarks.ratio import NotInstalledError

    missed, begun = [], time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        os.environ["ARTGAN_CACHE"] = f"{place}/cache"
        os.environ["ARTGAN_DATA"] = f"{place}/data"
        try:
            for ratio in importlib.import_module(f"benchmarks.{name}").measure(Path(place)):
                mark = "" if ratio.reached else "  MISSED"
                print(f"{name}: {ratio.what}: {ratio.value:.3f} (goal: {ratio.goal}){mark}")
                print("".join(f"    {line}\n" for line in ratio.remark.splitlines()), end="", flush=True)
                if not ratio.reached:
                    missed.append(f"{name} ({ratio.what})")
        except NotInstalledError as reason:
            print(f"{name}: left out: {reason}")
    print(f"{name}: took {time.perf_counter() - begun:.0f} s", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
