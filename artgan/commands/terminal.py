"""What is written to the terminal, a pipe or a file: whole, harmless, and never a reason to fail.

Everything that a command prints goes through here. A sign that does a terminal nothing but harm, or that its encoding
lacks, is written as ``\\uXXXX``, as JSON writes it, so that JSON stays JSON.
"""

from __future__ import annotations

import codecs
import dataclasses
import errno
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from rich.console import Console

ESCAPED = "artgan.escaped"
"""The name of the codecs' error handler that writes what an encoding lacks as JSON does."""

_HARMFUL = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
"""What moves the cursor, turns the writing around, ends a line unseen, or is half a sign."""

_IN_TEXT, _IN_LINE = re.compile(f"[{_HARMFUL}]"), re.compile(f"[{_HARMFUL}\t\n]")
_GONE = (errno.EPIPE, errno.EBADF)


def escaped(text: str, *, lines: bool = False) -> str:
    """Return text that does nothing to a terminal but print.

    Args:
        text: anything.
        lines: whether it may be of several lines, with tabs in them; else their ends are escaped too.
    """
    return (_IN_TEXT if lines else _IN_LINE).sub(lambda found: _number(found[0]), text)


def echo(text: object = "", *, err: bool = False) -> None:
    """Print one line.

    Args:
        text: what stands in it; whatever would end the line is escaped.
        err: on stderr rather than stdout.
    """
    click.echo(escaped(str(text)), file=sys.stderr if err else sys.stdout)


def echo_lines(text: str, *, err: bool = False) -> None:
    """Print text of several lines."""
    click.echo(escaped(text, lines=True).removesuffix("\n"), file=sys.stderr if err else sys.stdout)


def echo_row(cells: Iterable[str]) -> None:
    """Print a row of a table for programs to read: one line, with a tab between cells."""
    click.echo("\t".join(map(escaped, cells)), file=sys.stdout)


def echo_json(value: object) -> None:
    """Print a value as JSON: dataclasses as tables of their fields, and what JSON has no kind for as text."""
    import json

    echo_lines(json.dumps(value, ensure_ascii=False, indent=1, default=_as_json))


def _as_json(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)


def console(*, stderr: bool = False, wrap: bool = False) -> Console:
    """Return a console of rich's that reads no markup and escapes what harms a terminal.

    Args:
        stderr: whether it prints on stderr rather than stdout.
        wrap: whether it breaks lines by the width of the terminal.
    """
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class HarmlessConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for text, style, control in super().render(renderable, options):
                yield Segment(text if control else escaped(text, lines=True), style, control)

    return HarmlessConsole(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=not wrap)


@contextmanager
def safe_streams() -> Iterator[Callable[[], str]]:
    """Within the context, nothing that is printed fails: neither for its signs, nor because it cannot be written.

    What nobody reads any more, as with ``| head``, is dropped, and the command does what it was asked for.

    Yields:
        What says why something that was printed could not be written, as where the disk is full; empty if all was.
    """
    codecs.register_error(ESCAPED, _escape)
    _open_closed_files()
    before = sys.stdout, sys.stderr
    sinks = [_Sink(stream.buffer) for stream in before if isinstance(stream, io.TextIOWrapper)]

    def failure() -> str:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        return next((sink.failure for sink in sinks if sink.failure), "")

    try:
        sys.stdout, sys.stderr = _through(before[0], sinks), _through(before[1], sinks)
        yield failure
    finally:
        failure()
        sys.stdout, sys.stderr = before


class _Sink(io.RawIOBase):
    """A file that takes whatever is written, and after a first failure drops it.

    Args:
        file: where bytes go.

    Attributes:
        failure: why something could not be written, but for a reader who has gone.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.file, self.failure, self._dropping = file, "", False

    def writable(self) -> bool:
        return True

    def write(self, content: ReadableBuffer) -> int:
        """Write all of it, or drop it, and return its length."""
        if not self._dropping:
            try:
                self.file.write(content)
                self.file.flush()
            except OSError as error:
                self._dropping = True
                self.failure = "" if error.errno in _GONE else error.strerror or type(error).__name__
        return memoryview(content).nbytes

    def isatty(self) -> bool:
        return self.file.isatty()

    def fileno(self) -> int:
        return self.file.fileno()


def _through(stream: TextIO, sinks: Iterable[_Sink]) -> TextIO:
    """Return a stream that writes through one of the sinks; the stream itself where it is no file, as in a notebook."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    stream.flush()
    sink = next(sink for sink in sinks if sink.file is stream.buffer)
    return io.TextIOWrapper(
        io.BufferedWriter(sink), encoding=stream.encoding, errors=ESCAPED, line_buffering=stream.line_buffering
    )


def _open_closed_files() -> None:
    """Open what the shell has closed, as by ``>&-``, or else a file opened later gets its number, and is written to."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Return what is written for signs that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_number, error.object[error.start : error.end])), error.end


def _number(sign: str) -> str:
    """Return a sign by its number, as JSON writes it: those beyond 16 bits as two halves."""
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place] << 8 | units[place + 1]:04x}" for place in range(0, len(units), 2))
