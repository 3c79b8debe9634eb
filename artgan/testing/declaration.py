"""What every component must be, whatever its kind: a frozen dataclass that documents itself. Imports no torch."""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from collections.abc import Iterator

from ..errors import UsageError, describe
from ..interfaces.component import Component, Option

OPTION_TYPES = (bool, int, float, str)


def hides_its_interface(cls: type[Component], interface: type[Component]) -> Iterator[str]:
    """Find options named as what artgan calls or reads of every component of the kind; nothing else works then."""
    inherited = {*dir(interface), *Component.__annotations__} - {item.name for item in dataclasses.fields(interface)}
    for item in dataclasses.fields(cls):
        if item.name in inherited:
            yield f"option {item.name} hides {interface.__name__}.{item.name}: give the option another name"


def is_a_frozen_dataclass(component: Component) -> Iterator[str]:
    """Find options that the decorator was forgotten for."""
    cls = type(component)
    annotated = {name for name, kind in inspect.get_annotations(cls).items() if "ClassVar" not in str(kind)}
    if "__dataclass_params__" not in vars(cls) and annotated:
        yield (
            f"{cls.__name__} is no dataclass of its own, so {', '.join(sorted(annotated))} is no option: "
            "decorate it with @dataclass(frozen=True)"
        )
    if isinstance(cls.__hash__, type(None)):
        yield f"{cls.__name__} cannot be hashed: leave __eq__ and __hash__ to @dataclass(frozen=True)"


def has_a_usable_name(component: Component) -> Iterator[str]:
    """Find names that cannot be typed."""
    name = getattr(component, "name", None)
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+", name):
        yield f"its name {name!r} cannot be typed on a command line: use letters, digits and any of - _ ."


def says_what_it_is(component: Component) -> Iterator[str]:
    """Find missing docstrings; a dataclass without one is given its signature."""
    cls = type(component)
    if not cls.summary() or cls.summary().startswith(f"{cls.__name__}("):
        yield f"{cls.__name__} has no docstring: its first line is what `artgan show` prints"


def declares_its_capabilities_as_sets(component: Component) -> Iterator[str]:
    """Find sets that are strings, each letter of which would be taken for a word."""
    for attribute in ("modalities", "requires", "provides"):
        value = getattr(component, attribute)
        if not isinstance(value, set | frozenset) or not all(isinstance(word, str) for word in value):
            yield f"{attribute} is {value!r}: make it a frozenset of words, as in frozenset({{'image'}})"


def declares_its_options_well(component: Component) -> Iterator[str]:
    """Find options without help, or whose type or default is wrong."""
    cls = type(component)
    for item in dataclasses.fields(component):
        kind = typing.get_type_hints(cls)[item.name]
        if kind not in OPTION_TYPES:
            yield f"option {item.name} is of type {getattr(kind, '__name__', kind)}: make it bool, int, float or str"
        elif item.default is dataclasses.MISSING:
            yield f"option {item.name} has no default: declare it with option(default, help)"
        else:
            yield from _faults_of_option(cls.options()[item.name])


def survives_a_recipe(component: Component) -> Iterator[str]:
    """Find components that a recipe's values do not make again, from their own types or from text."""
    values: dict[str, object] = {**component.values()}
    text: dict[str, object] = {name: str(value) for name, value in values.items()}
    for how, given in (("its values", values), ("its values as text", text)):
        try:
            same = type(component).configure(given) == component
        except UsageError as error:
            yield f"{how} do not configure it again ({error}): accept every value that it can have"
            continue
        if not same:
            yield f"{how} configure another component: keep options as they were given"


DECLARATION = [
    is_a_frozen_dataclass,
    has_a_usable_name,
    says_what_it_is,
    declares_its_capabilities_as_sets,
    declares_its_options_well,
    survives_a_recipe,
]


def _faults_of_option(option: Option) -> Iterator[str]:
    if not option.info.help.strip():
        yield f"option {option.name} has no help: declare it with option(default, help)"
    if type(option.default) is not option.type:
        yield (
            f"the default {option.default!r} of option {option.name} is no {option.type.__name__}: "
            "write it as one, so that recipes record what they read"
        )
    try:
        option.convert(option.default)
    except ValueError as error:
        yield f"the default of option {option.name} is refused ({describe(error)}): choose one that it accepts"
