"""The plugins that a function works with: what is installed, files that are given, and classes of a notebook's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..interfaces import Reporter
from ..interfaces.component import Component
from ..plugins.loader import Plugins, load_plugins
from ..plugins.registry import NO_PLUGIN


def given_plugins(files: Iterable[str | Path], classes: Iterable[type[Component]] = ()) -> Plugins:
    """Load plugins, and beside them classes that no plugin offers.

    Args:
        files: single-file plugins or package folders, beside what is installed.
        classes: of components.

    Raises:
        UsageError: if a class is none of a component.
    """
    plugins = load_plugins([str(file) for file in files])
    for component in classes:
        plugins.add_class(component)
    return plugins


def classes_of(*given: object) -> tuple[type[Component], ...]:
    """Return the classes of those that are components themselves, rather than their names."""
    return tuple(dict.fromkeys(type(each) for each in given if isinstance(each, Component)))


def tell_classes(plugins: Plugins, classes: Iterable[type[Component]], reporter: Reporter) -> None:
    """Say in one line what a run needs later that is trained with classes which no plugin offers."""
    own = [each.__name__ for each in classes if plugins.registry.source(each).distribution == NO_PLUGIN]
    listed = ", ".join(own)
    if own:
        reporter.say(
            f"{listed} lies in no plugin: artgan.resume, load and evaluate need classes=[{listed}], and the command "
            f"line a plugin file that offers it"
        )
