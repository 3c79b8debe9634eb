"""Reads tunes in ABC notation, voice by voice, in time that grows with their length alone.

Of the standard (abcnotation.com, version 2.1) what matters to pitches, durations, bars and repeats is read; grace
notes, chord symbols, decorations and words are passed over; of chords the highest note is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from .tune import Metre

LARGEST_TUNE = 2**15
"""Characters of a tune; a longer one is left out."""
MAX_NOTES, MAX_TUNES = 4096, 50_000
"""Notes of a tune, and tunes of a file."""
LONGEST_NOTE, SHORTEST_NOTE = Fraction(16), Fraction(1, 512)
"""In whole notes; what is beyond them is no note."""

SHARPS = "FCGDAEB"
TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
MODES = {"maj": 0, "ion": 0, "": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4, "lyd": 1, "loc": -5}
ALTERATIONS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
TUPLETS = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""In the time of how many a tuplet is played; of others, 2, or 3 where the metre is compound."""

_LENGTH = r"(\d{0,4})(/{0,4})(\d{0,4})"
_TOKEN = re.compile(
    r"""\[(?P<tag>[A-Za-z]):(?P<value>[^\]]*)\]      # a field within the line
    |(?P<none>\{[^}]*\}|"[^"]*"|![^!\s|]{1,40}!|\+[a-z]{1,40}\+|\\)
    |(?P<bar>:*\|[\]|:]*|::+|\[\|:*)\s*(?P<ending>\[?\d[\d,.-]*)?
    |\[(?P<alone>\d)[\d,.-]*                        # an ending without its bar line
    |\((?P<tuplet>[2-9])(?::(?P<time>\d?))?(?::(?P<many>\d{0,2}))?
    |\[(?P<chord>[^\]]*)\](?P<after>\d{0,4}/{0,4}\d{0,4})
    |(?P<note>(?:\^\^|\^|__|_|=)?[A-Ga-g][,']*)(?P<length>\d{0,4}/{0,4}\d{0,4})
    |(?P<rest>[zx])(?P<silence>\d{0,4}/{0,4}\d{0,4})
    |(?P<broken>>{1,3}|<{1,3})
    |(?P<tie>-)""",
    re.VERBOSE,
)
_NOTE = re.compile(rf"(\^\^|\^|__|_|=)?([A-Ga-g])([,']*){_LENGTH}")
_LENGTHS = re.compile(_LENGTH)
_FIELD = re.compile(r"([A-Za-z]):(.*)")
_KEY = re.compile(r"([A-G])([#b]?)\s*([A-Za-z]*)")


@dataclass
class WrittenNote:
    """A note or a rest as it is written.

    Attributes:
        pitch: of MIDI, None for a rest.
        length: in whole notes.
        tied: whether it is tied to the one that follows.
    """

    pitch: int | None
    length: Fraction
    tied: bool = False


@dataclass
class WrittenBar:
    """A bar as it is written, full or not.

    Attributes:
        line: the bar line before it, such as ``|:``.
        ending: the number of the ending that begins here, or 0.
        notes: what is in it.
    """

    line: str = ""
    ending: int = 0
    notes: list[WrittenNote] = field(default_factory=list)

    @property
    def length(self) -> Fraction:
        """In whole notes."""
        return sum((note.length for note in self.notes), Fraction())

    @property
    def begins_part(self) -> bool:
        """Whether a part ends before it."""
        return any(sign in self.line for sign in (":", "||", "|]", "[|"))


@dataclass
class WrittenTune:
    """A tune as it is written.

    Attributes:
        title: the first that it has.
        metre: of all its bars.
        fifths: sharps of its key signature, or less than nothing for flats.
        bars: from the first to the last.
    """

    title: str
    metre: Metre
    fifths: int
    bars: list[WrittenBar]


def split_tunes(text: str) -> list[str]:
    """Return the tunes of a file, each from its ``X:`` on, or a file without one as a tune."""
    found = re.split(r"(?m)^(?=X:)", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [part for part in found if part.startswith("X:")] or ([text] if re.search(r"(?m)^K:", text) else [])


def title_of(text: str) -> str:
    """Return the title of a tune, or its number."""
    match = re.search(r"(?m)^T:\s*(\S.{0,99})", text) or re.search(r"(?m)^X:\s*(\S.{0,19})", text)
    return " ".join(match[1].split()) if match else "untitled"


def read_tune(text: str) -> WrittenTune:
    """Read one tune.

    Raises:
        ValueError: why it is none that can be used, in words that follow its name.
    """
    if len(text) > LARGEST_TUNE:
        raise ValueError(f"is longer than {LARGEST_TUNE:,} characters")
    return _Reader(text).tune()


def read_voices(text: str, count: int) -> list[WrittenTune]:
    """Read one piece of so many voices, in the order in which these are named.

    Raises:
        ValueError: why it is none that can be used, in words that follow its name.
    """
    if len(text) > LARGEST_TUNE:
        raise ValueError(f"is longer than {LARGEST_TUNE:,} characters")
    first = _Reader(text)
    voices = [first.tune()]
    if len(first.voices) != count:
        raise ValueError(f"has {len(first.voices)} voices, not {count}")
    return voices + [_Reader(text, place).tune() for place in range(1, count)]


def key_signature(text: str) -> int:
    """Return the sharps of a key as ABC names it, or less than nothing for flats."""
    match = _KEY.match(text.strip())
    if not match:
        return 0
    letter, accidental, mode = match.groups()
    mode = mode.lower() if mode.lower() == "m" else mode.lower()[:3]
    return SHARPS.index(letter) - 1 + {"": 0, "#": 7, "b": -7}[accidental] + MODES.get(mode, 0)


class _Reader:
    """Reads one voice of a tune line by line; the others are passed over.

    Args:
        text: the tune.
        wanted: the number of the voice, from 0, in the order in which they are named.
    """

    def __init__(self, text: str, wanted: int = 0) -> None:
        self.title, self.fields = title_of(text), dict[str, str]()
        self.bars, self.count = [WrittenBar()], 0
        self.wanted, self.voices, self.voice = wanted, list[str](), 0
        self.altered: dict[str, int] = {}
        self.tuplet, self.factor = 0, Fraction(1)
        self.owed: Fraction | None = None
        body = list[str]()
        for line in text.split("\n"):
            line = line.partition("%")[0]
            match = _FIELD.match(line)
            if "K" not in self.fields:
                if match and match[1] == "V":
                    self._turn_to(match[2])
                elif match:
                    self.fields.setdefault(match[1], match[2].strip())
            elif match and match[1] != "w":
                body.append(f"[{match[1]}:{match[2]}]")
            elif not match:
                body.append(line)
        self.body, self.voice = " ".join(body), 0

    def tune(self) -> WrittenTune:
        if "K" not in self.fields:
            raise ValueError("has no key")
        self.metre = Metre.parse(self.fields.get("M", "C"))
        self.fifths = key_signature(self.fields["K"])
        if abs(self.fifths) > 7:
            raise ValueError(f"has a key of {abs(self.fifths)} accidentals")
        whole = Fraction(self.metre.beats, self.metre.unit)
        self.unit = Fraction(1, 16) if whole < Fraction(3, 4) else Fraction(1, 8)
        self.compound = self.metre.beats % 3 == 0 and self.metre.unit >= 8
        self._field("L", self.fields.get("L", ""))

        for match in _TOKEN.finditer(self.body):
            self._take(match)
            if self.count > MAX_NOTES:
                raise ValueError(f"has more than {MAX_NOTES:,} notes")
        self.voices = self.voices or [""]
        bars = [bar for bar in self.bars if bar.notes]
        if not bars:
            raise ValueError("has no notes")
        return WrittenTune(self.title, self.metre, self.fifths, bars)

    def _take(self, match: re.Match[str]) -> None:
        """Take what stands at one place."""
        if match["tag"] == "V":
            self._turn_to(match["value"])
        elif self.voice != self.wanted:
            return
        elif match["tag"]:
            self._field(match["tag"], match["value"])
        elif match["bar"] or match["alone"]:
            self._bar(match["bar"] or "", match["ending"] or match["alone"] or "")
        elif match["tuplet"]:
            count = int(match["tuplet"])
            time = int(match["time"] or TUPLETS.get(count, 3 if self.compound else 2)) or 1
            self.tuplet, self.factor = int(match["many"] or count), Fraction(time, count)
        elif match["note"]:
            self._note(self._pitch(match["note"]), _length(match["length"]))
        elif match["chord"] is not None:
            self._chord(match["chord"], match["after"])
        elif match["rest"]:
            self._note(None, _length(match["silence"]))
        elif match["broken"]:
            self._broken(match["broken"])
        elif match["tie"] and self.bars[-1].notes:
            self.bars[-1].notes[-1].tied = True

    def _field(self, tag: str, value: str) -> None:
        value = value.strip()
        if tag == "L" and (match := re.fullmatch(r"(\d{1,2})/(\d{1,2})", value)) and int(match[1]) and int(match[2]):
            self.unit = Fraction(int(match[1]), int(match[2]))
        elif tag == "K" and self.count and key_signature(value) != self.fifths and _KEY.match(value):
            raise ValueError("changes its key")
        elif tag == "M" and self.count and Metre.parse(value) != self.metre:
            raise ValueError("changes its metre")

    def _turn_to(self, value: str) -> None:
        """Go on in the voice that a field names; what stands before the first such field belongs to the first voice."""
        name = (value.split() or [""])[0]
        if name not in self.voices:
            self.voices.append(name)
        self.voice = self.voices.index(name)

    def _bar(self, line: str, ending: str) -> None:
        number = int(next(iter(re.findall(r"\d+", ending)), 0))
        self.altered = {}
        if self.bars[-1].notes:
            self.bars.append(WrittenBar(line, number))
        else:
            self.bars[-1].line += line
            self.bars[-1].ending = number or self.bars[-1].ending

    def _pitch(self, written: str) -> int:
        match = _NOTE.match(written)
        assert match is not None
        accidental, letter, octaves = match[1], match[2], match[3]
        octave = (5 if letter.islower() else 4) + octaves.count("'") - octaves.count(",")
        name = letter.upper()
        if accidental:  # which holds to the end of the bar, in all octaves
            self.altered[name] = ALTERATIONS[accidental]
        usual = _signature(self.fifths).get(name, 0)
        return 12 * (octave + 1) + TONICS[name] + self.altered.get(name, usual)

    def _chord(self, inside: str, after: str) -> None:
        notes = list(_NOTE.finditer(inside))
        if notes:
            own = _length("".join(notes[0].group(4, 5, 6)))
            self._note(max(self._pitch(note[0]) for note in notes), own * _length(after))

    def _note(self, pitch: int | None, length: Fraction) -> None:
        length *= self.unit
        if self.tuplet:
            length, self.tuplet = length * self.factor, self.tuplet - 1
        if self.owed is not None:
            length, self.owed = length * self.owed, None
        if not SHORTEST_NOTE <= length <= LONGEST_NOTE or (pitch is not None and not 0 <= pitch <= 127):
            raise ValueError("has notes that are none")
        self.bars[-1].notes.append(WrittenNote(pitch, length))
        self.count += 1

    def _broken(self, signs: str) -> None:
        if notes := self.bars[-1].notes:
            short = Fraction(1, 2 ** len(signs))
            notes[-1].length *= 2 - short if signs[0] == ">" else short
            self.owed = short if signs[0] == ">" else 2 - short


def _signature(fifths: int) -> dict[str, int]:
    letters = SHARPS[:fifths] if fifths > 0 else SHARPS[::-1][: -fifths or 0] if fifths else ""
    return dict.fromkeys(letters, 1 if fifths > 0 else -1)


def _length(text: str) -> Fraction:
    match = _LENGTHS.match(text)
    assert match is not None
    over, slashes, under = match.groups()
    length = Fraction(int(over)) if over else Fraction(1)
    if slashes:
        length /= int(under) or 1 if under else 2 ** len(slashes)
    return length


def tunes_in(text: str) -> Iterator[tuple[str, WrittenTune | str]]:
    """Yield the title of each tune of a file, and the tune, or why it cannot be used."""
    parts = split_tunes(text)
    if len(parts) > MAX_TUNES:
        yield "", f"holds more than {MAX_TUNES:,} tunes: give it in parts"
        return
    for part in parts:
        try:
            yield title_of(part), read_tune(part)
        except ValueError as error:
            yield title_of(part), str(error)
