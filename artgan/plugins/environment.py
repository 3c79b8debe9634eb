"""The environment variables that say which plugins may be loaded."""

from __future__ import annotations

import os


def allowed(plugin: str, distribution: str) -> bool:
    """Return whether ``ARTGAN_LOAD_PLUGINS`` lets an installed plugin be loaded; artgan's own always are.

    It names entry points or distributions, split by commas; empty lets none; unset lets all.
    """
    wanted = os.environ.get("ARTGAN_LOAD_PLUGINS")
    if wanted is None or distribution == "artgan":
        return True
    return not {plugin, distribution}.isdisjoint(name.strip() for name in wanted.split(","))


def plugin_files() -> list[str]:
    """Return the files and folders that ``ARTGAN_PLUGINS`` names, split as in ``PATH``."""
    return [path for path in os.environ.get("ARTGAN_PLUGINS", "").split(os.pathsep) if path]
