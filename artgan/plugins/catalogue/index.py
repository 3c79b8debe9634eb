"""Loads plugins one by one and writes down what each offers, for the catalogue."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping

import click

from ...interfaces.component import Component
from ...interfaces.kinds import KINDS
from ..environment import allowed
from ..loader import Installed, Plugins, in_files, installed, load
from .entries import Entry, Key, Offer, OptionOffer, Row, file_stamp


def index_installed(known: Mapping[Key, Row]) -> list[Row]:
    """Return a row for each plugin that may be loaded, in order; those that are known are not loaded."""
    return [
        known.get(_key(item)) or _index(item)
        for item in installed()
        if allowed(item.source.plugin, item.source.distribution)
    ]


def index_files(files: Iterable[str]) -> list[Row]:
    """Load the plugins in the given files and in those of ``ARTGAN_PLUGINS``."""
    return [_index(item) for item in in_files(files)]


def _key(item: Installed) -> Key:
    return item.source.plugin, item.source.distribution, item.source.version, item.target


def _index(item: Installed) -> Row:
    plugins = load([item])
    files = {path: file_stamp(path) for loaded in plugins.loaded for path in loaded.files}
    return Row(_describe(item, plugins), files)


def _describe(item: Installed, plugins: Plugins) -> Entry:
    loaded = plugins.loaded[0] if plugins.loaded else None
    added = click.Group()
    plugins.notify("register_commands", cli=added)
    plugins.settle()
    registry = plugins.registry

    return Entry(
        plugin=item.source.plugin,
        distribution=item.source.distribution,
        version=item.source.version,
        target=item.target,
        api=loaded.api if loaded else None,
        offers=[_offer(registry.get(kind, name)) for _, kind in sorted(KINDS.items()) for name in registry.names(kind)],
        hooks=[hook for hook in plugins.hooks(loaded.plugin) if hook.startswith("run_")] if loaded else [],
        commands={name: command.get_short_help_str(80) for name, command in sorted(added.commands.items())},
        problems=[problem.reason for problem in plugins.problems],
        load_seconds=loaded.seconds if loaded else 0.0,
        imported_torch=loaded.imported_torch if loaded else False,
    )


def _offer(component: type[Component]) -> Offer:
    return Offer(
        kind=component.kind,
        name=component.name,
        summary=component.summary(),
        text=inspect.getdoc(component) or "",
        modalities=sorted(component.modalities),
        representation=component.representation,
        paper=component.paper,
        options=[
            OptionOffer(item.name, item.type.__name__, item.default, item.range, item.info.help)
            for item in component.options().values()
        ],
    )
