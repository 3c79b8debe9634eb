"""Standard streams as a terminal of some encoding has them."""

from __future__ import annotations

import io
import sys

import pytest

from artgan.commands.main import main


class Streams:
    """Where a command prints, and fails for what it cannot write.

    Args:
        encoding: of the terminal or pipe.
    """

    def __init__(self, encoding: str = "utf-8") -> None:
        self.encoding = encoding
        self.out, self.err = (io.TextIOWrapper(io.BytesIO(), encoding, errors="strict") for _ in range(2))

    def call(self, *arguments: object) -> int:
        """Call `artgan`, and return its exit code."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", self.out)
            patch.setattr(sys, "stderr", self.err)
            with pytest.raises(SystemExit) as stop:
                main([str(item) for item in arguments])
        return int(stop.value.code or 0)

    def printed(self) -> str:
        """Return what was printed on stdout."""
        return _text(self.out)

    def told(self) -> str:
        """Return what was printed on stderr."""
        return _text(self.err)


def _text(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode(stream.encoding)
