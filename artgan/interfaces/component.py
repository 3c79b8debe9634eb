"""What a component is: a frozen dataclass whose fields are its options.

One declaration serves as name, help, validation, saved record and factory. Nothing here imports torch.
"""

from __future__ import annotations

import dataclasses
import math
import re
import typing
from abc import ABC
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ..errors import UsageError, did_you_mean
from ..files import is_utf8
from .schedule import Schedule

OptionValue = bool | int | float | str
"""What an option is as a recipe records it."""


@dataclass(frozen=True)
class OptionInfo:
    """What is known of one option beyond its name, type and default."""

    help: str
    min: float | None = None
    max: float | None = None
    choices: tuple[OptionValue, ...] = ()
    schedule: bool = False


@dataclass(frozen=True)
class Option:
    """One option of a component, as `artgan show` prints it."""

    name: str
    type: type
    default: OptionValue
    info: OptionInfo

    def convert(self, value: object) -> OptionValue | Schedule:
        """Return the value as this option's type, or the schedule that stands for it.

        Args:
            value: text from the command line, or a value from a recipe.

        Raises:
            ValueError: if it is of another type, out of range or not among the choices.
        """
        if self.info.schedule and (isinstance(value, Schedule) or (isinstance(value, str) and ":" in value)):
            schedule = Schedule.parse(str(value))
            for extreme in schedule.extremes:
                self._check(extreme)
            return schedule
        try:
            converted = _convert(value, self.type)
        except ValueError as error:
            raise ValueError(f"{self.name} = {error}") from None
        return self._check(converted)

    def _check(self, converted: OptionValue) -> OptionValue:
        low, high = self.info.min, self.info.max
        if not isinstance(converted, str) and not (
            (low is None or converted >= low) and (high is None or converted <= high)
        ):
            raise ValueError(f"{self.name} = {converted} is out of range ({self.range})")
        if self.info.choices and converted not in self.info.choices:
            choices = [str(choice) for choice in self.info.choices]
            raise ValueError(f"{self.name} = {converted!r} is not a choice{did_you_mean(str(converted), choices)}")
        return converted

    @property
    def range(self) -> str:
        """The range in words, empty where there is none."""
        return f"{self._numbers or 'a number'} or a schedule" if self.info.schedule else self._numbers

    @property
    def _numbers(self) -> str:
        low, high = self.info.min, self.info.max
        if self.info.choices:
            return ", ".join(str(choice) for choice in self.info.choices)
        if low is not None and high is not None:
            return f"{low} to {high}"
        if low is not None:
            return f"at least {low}"
        return f"at most {high}" if high is not None else ""


def option(
    default: OptionValue,
    help: str,
    *,
    min: float | None = None,
    max: float | None = None,
    choices: Iterable[OptionValue] = (),
    schedule: bool = False,
) -> Any:
    """Declare an option of a component: the right-hand side of a dataclass field.

    Args:
        default: the value where the user gives none; of the field's type (bool, int, float or str).
        help: one line that says what it does, with its unit.
        min: the smallest value allowed.
        max: the largest value allowed.
        choices: the values allowed, where they can be listed.
        schedule: whether a recipe may give a schedule in place of the number. The component is then asked with the
            number of the step, as `Component.at` makes it; what it builds is built before, and sees the schedule.
    """
    return field(default=default, metadata={"option": OptionInfo(help, min, max, tuple(choices), schedule)})


@dataclass(frozen=True)
class Component(ABC):
    """The base of everything that a plugin can offer under a name.

    Attributes:
        kind: what it is: generator, discriminator, loss...; set by the interface it derives from.
        plural: the same in the plural: the hook ``register_PLURAL`` offers it.
        name: what the user types.
        modalities: the modalities it serves; empty for all.
        representation: what networks must see, where it serves that alone: ``pixels`` or ``tokens``; or empty.
        requires: capabilities that a partner in the recipe must provide.
        provides: capabilities that it brings.
        paper: where its method comes from, as ``Author et al. year, arXiv:number``; empty for none.
    """

    kind: ClassVar[str]
    plural: ClassVar[str]
    name: ClassVar[str]
    modalities: ClassVar[frozenset[str]] = frozenset()
    representation: ClassVar[str] = ""
    requires: ClassVar[frozenset[str]] = frozenset()
    provides: ClassVar[frozenset[str]] = frozenset()
    paper: ClassVar[str] = ""

    @classmethod
    def serves(cls, modality: str, representation: str) -> bool:
        """Return whether it serves a modality, which has a representation."""
        return modality in (cls.modalities or {modality}) and cls.representation in ("", representation)

    @classmethod
    def options(cls) -> dict[str, Option]:
        """Return the options by name, in the order of declaration."""
        types = typing.get_type_hints(cls)
        return {
            item.name: Option(item.name, types[item.name], typing.cast(OptionValue, item.default), _info(item))
            for item in dataclasses.fields(cls)
        }

    @classmethod
    def configure(cls, values: Mapping[str, object]) -> Self:
        """Make the component with the given options.

        Args:
            values: option values by name, as text or as their own type.

        Raises:
            UsageError: naming the option, the value and the closest right spelling.
        """
        known = cls.options()
        checked: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                raise UsageError(f"{cls.kind} {cls.name} has no option {name!r}{did_you_mean(name, list(known))}")
            try:
                checked[name] = known[name].convert(value)
            except ValueError as error:
                raise UsageError(f"{cls.kind} {cls.name}: {error}") from None
        try:
            return cls(**checked)
        except ValueError as error:
            raise UsageError(f"{cls.kind} {cls.name}: {error}") from None

    def values(self) -> dict[str, OptionValue]:
        """Return the option values by name: what a recipe records, schedules as text."""
        values = {name: getattr(self, name) for name in self.options()}
        return {name: str(value) if isinstance(value, Schedule) else value for name, value in values.items()}

    def at(self, progress: float) -> Self:
        """Return the component as it is at a share of the run, 0 to 1: with numbers for its schedules."""
        if not (schedules := self._schedules()):
            return self
        return dataclasses.replace(self, **{name: schedule.at(progress) for name, schedule in schedules.items()})

    def eased(self, times: int) -> Self:
        """Return the component as it plays after its run went back so often, at least once, from works that look alike.

        What makes a collapse less likely is changed, each time a little more: a learning rate, the weight of a judge,
        the strength of an augmentation. What a network is made of stays, for its weights are gone on with. By default
        nothing changes.
        """
        return self

    @property
    def changes_from(self) -> float:
        """The share of the run until which all its schedules stay the same; 1 where it has none."""
        return min((schedule.changes_from for schedule in self._schedules().values()), default=1.0)

    def _schedules(self) -> dict[str, Schedule]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Schedule)}

    def to_choice(self) -> str:
        """Return the component as the command line takes it, options at their defaults left out."""
        defaults = {name: option.default for name, option in self.options().items()}
        options = [f"{name}={value}" for name, value in self.values().items() if value != defaults[name]]
        return ":".join(filter(None, [self.name, ",".join(options)]))

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the docstring."""
        return (cls.__doc__ or "").strip().split("\n")[0]


def split_choice(text: str) -> tuple[str, dict[str, str]]:
    """Split ``name:key=value,key=value`` into the name and its options.

    The text is split on the first ``:`` and on each ``,`` that stands before ``key=``, so that values may hold
    commas and colons, as paths do.

    Raises:
        UsageError: if what follows the colon is not ``key=value``.
    """
    name, _, rest = text.partition(":")
    options: dict[str, str] = {}
    for part in re.split(r",(?=\s*[A-Za-z_]\w*=)", rest) if rest else []:
        key, equals, value = part.partition("=")
        if not equals or not key.strip().isidentifier():
            raise UsageError(f"cannot read {part!r} in {text!r}: write options as name:key=value,key=value")
        options[key.strip()] = value
    return name.strip(), options


def _info(item: dataclasses.Field[Any]) -> OptionInfo:
    return item.metadata.get("option") or OptionInfo("")


def _convert(value: object, kind: type) -> OptionValue:
    if kind is bool:
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in words:
            return words[value.lower()]
        raise ValueError(f"{value!r} is not true or false")

    if kind is str:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            text = str(value)
            if not is_utf8(text):
                raise ValueError(f"{text!r} is no UTF-8, so that it cannot be written down: rename it")
            return text
        raise ValueError(f"{value!r} is not text")

    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is not a number")
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{value!r} is not a {'finite ' * isinstance(error, OverflowError)}number") from None
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number if kind is float else _whole(value, number)


def _whole(value: int | float | str, number: float) -> int:
    """Return a value as the whole number that it is; digits are read one by one, since floats hold 16 of them."""
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        with suppress(ValueError):
            return int(value)
    if not number.is_integer():
        raise ValueError(f"{value!r} is not a whole number")
    return int(number)
