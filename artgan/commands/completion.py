"""`artgan completion`: the script that lets a shell complete commands, options and names."""

from __future__ import annotations

import click

from .terminal import echo_lines


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a SHELL.

    \b
    bash   eval "$(artgan completion bash)"        in ~/.bashrc
    zsh    eval "$(artgan completion zsh)"         in ~/.zshrc
    fish   artgan completion fish | source         in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from .main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    echo_lines(kind(cli, {}, "artgan", "_ARTGAN_COMPLETE").source())
