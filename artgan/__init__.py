"""artgan: a plugin-based toolkit for making art with generative adversarial networks.

What stands in ``__all__`` here and in `artgan.interfaces` is public, for users and for authors of plugins; all else may
change from one version to the next. Importing it imports neither torch nor any plugin, and next to nothing else: the
module of a name is imported when the name is first asked for, and so are `artgan.api` and `artgan.components`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .ai_mark import DIGITAL_SOURCE_TYPE, MARK, RECORD_BEGIN, RECORD_END, xmp
    from .artworks.latents import latents
    from .errors import ArtganError, UsageError, one_line, printable
    from .files import replacing, write_text
    from .interfaces.component import Component, option
    from .interfaces.hooks import API_VERSION, hookimpl
    from .notebook.component_list import ComponentList
    from .notebook.direction_strips import DirectionStrips
    from .notebook.model_place import load
    from .notebook.short_form import compare, doctor, evaluate, resume, run, show
    from .notebook.trained_model import TrainedModel
    from .notebook.works import ProjectedPicture, Sheet, Walk, Work
    from .plugins.weight_files import weight_file
    from .schema import parse_json

__all__ = [
    "API_VERSION",
    "DIGITAL_SOURCE_TYPE",
    "MARK",
    "RECORD_BEGIN",
    "RECORD_END",
    "ArtganError",
    "Component",
    "ComponentList",
    "DirectionStrips",
    "ProjectedPicture",
    "Sheet",
    "TrainedModel",
    "UsageError",
    "Walk",
    "Work",
    "__version__",
    "compare",
    "doctor",
    "evaluate",
    "hookimpl",
    "latents",
    "load",
    "one_line",
    "option",
    "parse_json",
    "printable",
    "replacing",
    "resume",
    "run",
    "show",
    "weight_file",
    "write_text",
    "xmp",
]

_MODULES = {
    "ai_mark": ("DIGITAL_SOURCE_TYPE", "MARK", "RECORD_BEGIN", "RECORD_END", "xmp"),
    "artworks.latents": ("latents",),
    "errors": ("ArtganError", "UsageError", "one_line", "printable"),
    "files": ("replacing", "write_text"),
    "interfaces.component": ("Component", "option"),
    "interfaces.hooks": ("API_VERSION", "hookimpl"),
    "notebook.component_list": ("ComponentList",),
    "notebook.direction_strips": ("DirectionStrips",),
    "notebook.model_place": ("load",),
    "notebook.short_form": ("compare", "doctor", "evaluate", "resume", "run", "show"),
    "notebook.trained_model": ("TrainedModel",),
    "notebook.works": ("ProjectedPicture", "Sheet", "Walk", "Work"),
    "plugins.weight_files": ("weight_file",),
    "schema": ("parse_json",),
}
_PACKAGES = ("api", "components")
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f".{name}", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value  # so that it is looked up but once
    return value


def __dir__() -> list[str]:
    return [*__all__, *_PACKAGES]
