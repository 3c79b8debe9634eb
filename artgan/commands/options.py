"""Options that several commands share, and completion of component names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])


class ComponentType(click.ParamType[str]):
    """A component with its options, as ``name:key=value,...``; completes the name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = "name[:key=value,...]"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the names that begin as typed."""
        from ..plugins import load_plugins

        registry = load_plugins(ctx.params.get("plugin", ())).registry
        return [CompletionItem(name) for name in registry.names(self.kind) if name.startswith(incomplete)]


def component_option(kind: str, help: str, *, multiple: bool = False) -> Callable[[F], F]:
    """Return the option ``--kind name[:key=value,...]``."""
    return click.option(f"--{kind}", type=ComponentType(kind), multiple=multiple, help=help)


plugin_option = click.option(
    "--plugin",
    "plugin",
    multiple=True,
    type=click.Path(),
    help="Load a plugin from a file or folder; may be given more than once.",
)
