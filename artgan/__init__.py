"""artgan: a plugin-based toolkit for making art with generative adversarial networks.

Importing it imports neither torch nor any plugin.
"""

from .errors import ArtganError, UsageError
from .interfaces.component import Component, option
from .interfaces.hooks import API_VERSION, hookimpl
from .version import __version__

__all__ = ["API_VERSION", "ArtganError", "Component", "UsageError", "__version__", "hookimpl", "option"]
