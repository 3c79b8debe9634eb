"""artgan: a plugin-based toolkit for making art with generative adversarial networks.

Importing it imports neither torch nor any plugin.
"""

from .components import Component, option
from .errors import ArtganError, UsageError
from .hookspecs import API_VERSION, hookimpl

__version__ = "0.1.0"

__all__ = ["API_VERSION", "ArtganError", "Component", "UsageError", "__version__", "hookimpl", "option"]
