"""The command line: `artgan`."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from click.exceptions import NoArgsIsHelpError

from ..errors import UsageError
from ..version import __version__
from .complaint import complain, exit_code
from .terminal import echo, echo_lines, safe_streams

COMMANDS = (
    "run",
    "runs",
    "sample",
    "walk",
    "directions",
    "breed",
    "project",
    "poster",
    "about",
    "evaluate",
    "compare",
    "remake",
    "export",
    "blend",
    "gallery",
    "doctor",
    "show",
    "install",
    "uninstall",
    "plugins",
    "weights",
    "completion",
)


class Cli(click.Group):
    """Commands from this package, each imported when asked for, and then those of plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, then those of plugins as far as they are known without loading any."""
        from ..plugins.catalogue.cache import read_catalogue

        super().format_commands(ctx, formatter)
        if added := read_catalogue(load_changed=False).commands:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(sorted(added.items()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module = importlib.import_module(f"{__package__}.{cmd_name}")
            command: click.Command = getattr(module, cmd_name)
            return command
        if cmd_name not in self.commands:
            from ..plugins.loader import load_plugins

            load_plugins().notify("register_commands", cli=self)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which is the closest."""
        _check_folder()
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from ..errors import did_you_mean

            known = [*COMMANDS, *self.commands]
            raise click.UsageError(f"no command is called {args[0]!r}{did_you_mean(args[0], known)}") from None


def _check_folder() -> None:
    """Check that there is a folder to work in: torch ends the program where there is none.

    Raises:
        UsageError: if it was removed.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise UsageError("the current folder was removed: change to another") from None


@click.command(cls=Cli, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="artgan")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error; works anywhere.")
def cli() -> None:
    """Make art with generative adversarial networks.

    \b
    artgan run                      train on brush calligraphy and hang a gallery
    artgan run ./my-prints          the same with your own pictures
    artgan sample RUN -n 16         more works from a trained run
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 for success, 1 for failure, 2 for wrong usage, 128 + n after signal n."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or os.environ.get("ARTGAN_DEBUG") == "1"
    with safe_streams() as failure:
        code = _call([item for item in given if item != "--debug"], debug=debug)
        if (reason := failure()) and not code:
            echo(f"Error: what was printed could not be written: {reason}", err=True)
            code = 1
    sys.exit(code)


def _call(arguments: list[str], *, debug: bool) -> int:
    """Run a command, print its error, and return the exit code."""
    try:
        code = cli.main(arguments, prog_name="artgan", standalone_mode=False, obj=debug)
    except SystemExit as stop:
        code = stop.code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except NoArgsIsHelpError as asked:
        echo_lines(asked.format_message(), err=True)
        code = asked.exit_code
    except Exception as error:
        from .command_processes import is_follower

        code = exit_code(error) if is_follower() else complain(error, debug=debug)
    return code if isinstance(code, int) else 0
