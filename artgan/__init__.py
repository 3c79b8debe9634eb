"""artgan: a plugin-based toolkit for making art with generative adversarial networks.

What stands in ``__all__`` here and in `artgan.interfaces` is public, for users and for authors of plugins; all else may
change from one version to the next. Importing it imports neither torch nor any plugin.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .ai_mark import DIGITAL_SOURCE_TYPE, MARK, RECORD_BEGIN, RECORD_END, xmp
from .errors import ArtganError, UsageError, one_line, printable
from .files import replacing, write_text
from .interfaces.component import Component, option
from .interfaces.hooks import API_VERSION, hookimpl
from .schema import parse_json
from .version import __version__

if TYPE_CHECKING:
    from .artworks.latents import latents
    from .plugins.weight_files import weight_file

__all__ = [
    "API_VERSION",
    "DIGITAL_SOURCE_TYPE",
    "MARK",
    "RECORD_BEGIN",
    "RECORD_END",
    "ArtganError",
    "Component",
    "UsageError",
    "__version__",
    "hookimpl",
    "latents",
    "one_line",
    "option",
    "parse_json",
    "printable",
    "replacing",
    "weight_file",
    "write_text",
    "xmp",
]

_HEAVY = {"latents": "artgan.artworks.latents", "weight_file": "artgan.plugins.weight_files"}
"""Where public names lie whose modules are imported when they are first asked for."""


def __getattr__(name: str) -> Any:
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HEAVY[name]), name)
