"""The errors a person sees: one line that says what is wrong, where, and what to do."""

MAX_TEXT = 400
"""Signs that are told of the text of another library's error, which may be of any length."""


class ArtganError(Exception):
    """Something went wrong that the user can act on; the command line exits with 1."""

    exit_code = 1


class UsageError(ArtganError):
    """What was asked for cannot be done as it stands; the command line exits with 2."""

    exit_code = 2


class StoppedError(ArtganError):
    """A signal stopped what others wait for; what was done so far is saved. The command line exits with 128 + signal.

    Args:
        message: how to go on.
        signal: its number.
    """

    def __init__(self, message: str, signal: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal


def did_you_mean(word: str, known: list[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest of the known words, or a list of them all."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(sorted(known))}" if known else ""


def printable(name: str) -> str:
    """Return text without anything that would harm a terminal or a page."""
    if name.isprintable():
        return name
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)


def one_line(error: BaseException) -> str:
    """Return the beginning of an error's text in one line, or the name of its type."""
    text = printable(" ".join(str(error).split())) or type(error).__name__
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def describe(error: BaseException) -> str:
    """Return an error's type and the beginning of its text, in one line: ``KeyError: 'latent'``."""
    return f"{type(error).__name__}: {one_line(error)}" if str(error).strip() else type(error).__name__
