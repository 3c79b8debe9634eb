"""All commands there are, from click's registry, so that a new one is tried by itself."""

from __future__ import annotations

from collections.abc import Iterator

import click

from artgan.commands.main import cli


def all_commands(group: click.Group = cli, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield each command that does something, by its name with that of the group that it is in."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from all_commands(command, f"{before}{name} ")
