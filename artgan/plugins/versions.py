"""The plugins that a recipe was made with, and what has become of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

from ..shell import command
from .registry import NO_PLUGIN


def changes(recorded: Mapping[str, str]) -> list[str]:
    """Return a line for each plugin that is not here in the version that was recorded.

    Args:
        recorded: version by distribution, as in a recipe's table ``[plugins]``; empty for a single file.
    """
    lines = []
    for distribution, version in recorded.items():
        if distribution == NO_PLUGIN:
            lines.append(
                "the recipe was made with a class that lay in no plugin: give it with classes=[...] in Python, or put "
                "it into a file, return it from a hook, and give that with --plugin"
            )
            continue
        if not version:
            lines.append(f"the recipe was made with the plugin {distribution}: give it with --plugin")
            continue

        try:
            here = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            install = command("artgan", "install", f"{distribution}=={version}")
            lines.append(
                f"the recipe was made with {distribution} {version}, which is not installed: {install} (or its folder)"
            )
            continue
        if here != version:
            lines.append(f"the recipe was made with {distribution} {version}, installed is {here}")
    return lines


def explain(error: Exception, recorded: object) -> str:
    """Return an error's message, and after it what has become of the plugins that were recorded."""
    known = recorded if isinstance(recorded, Mapping) else {}
    return "; ".join([str(error), *changes({str(name): str(version) for name, version in known.items()})])
