"""Whether a plugin loads quickly, as a fresh interpreter sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .findings import NonConforming


def check_imports(target: str | Path) -> None:
    """Load a plugin in a fresh interpreter and check that it is quick: that nothing heavy is imported.

    Args:
        target: what its entry point names, ``module`` or ``module:object``; or a file or a package's folder.

    Raises:
        NonConforming: with all faults.
    """
    command = [sys.executable, "-m", "artgan.testing.import_probe", str(target)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    try:
        faults = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        last = (done.stderr.strip() or "nothing was printed").splitlines()[-1]
        faults = [f"loading it ends the interpreter with status {done.returncode} ({last}): do nothing on import"]
    if faults:
        raise NonConforming(f"plugin {target}", faults)
