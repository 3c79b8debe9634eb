"""Each fault of a declaration, whatever its kind, is found."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass

import pytest
from support.faulty import faults, told

from artgan.builtin.generator import CnnGenerator
from artgan.interfaces import Generator, Loss
from artgan.interfaces.component import option
from artgan.testing import check, check_generator, check_loss


class Base(Loss):
    """A loss."""

    name = "base"

    def discriminator(self, turn):
        return turn.fake_logits - turn.real_logits

    def generator(self, turn):
        return -turn.fake_logits


@dataclass(frozen=True)
class Right(Base):
    """A loss that conforms."""

    margin: float = option(1.0, "the margin", min=0)
    pairs: bool = option(False, "compare pairs")
    mode: str = option("a", "how", choices=("a", "b"))


class Undecorated(Base):
    """A loss whose option is none."""

    margin: float = option(1.0, "the margin")


@dataclass(frozen=True, eq=False)
class Unhashable(Base):
    """A loss that compares itself."""

    def __eq__(self, other):
        return True


@dataclass(frozen=True)
class Spaced(Base):
    """A loss."""

    name = "two words"


@dataclass(frozen=True)
class Silent(Base):
    __doc__ = None


@dataclass(frozen=True)
class Words(Base):
    """A loss whose modalities are letters."""

    modalities = "image"  # type: ignore[assignment]  # the fault


@dataclass(frozen=True)
class Helpless(Base):
    """A loss."""

    margin: float = 1.0


@dataclass(frozen=True)
class Rounded(Base):
    """A loss."""

    margin: float = option(1, "the margin")


@dataclass(frozen=True)
class Listed(Base):
    """A loss."""

    margins: tuple = field(default=(1, 2))


@dataclass(frozen=True)
class OutOfRange(Base):
    """A loss."""

    margin: float = option(1.0, "the margin", min=2)


@dataclass(frozen=True)
class Changing(Base):
    """A loss."""

    margin: float = option(1.0, "the margin")

    def __post_init__(self):
        object.__setattr__(self, "margin", self.margin + 1)


@dataclass(frozen=True)
class Refusing(Base):
    """A loss."""

    margin: float = option(1.0, "the margin")

    def __post_init__(self):
        raise ValueError("never")


@dataclass(frozen=True)
class Unfinished(Loss):
    """A loss."""

    name = "unfinished"


def test_a_right_declaration_conforms():
    check_loss(Right)
    check_loss(Right(margin=3.0))


@pytest.mark.parametrize(
    ("component", "phrase"),
    [
        (Undecorated, "decorate it with @dataclass(frozen=True)"),
        (Unhashable, "cannot be hashed"),
        (Spaced, "cannot be typed on a command line"),
        (Silent, "has no docstring"),
        (Words, "modalities is 'image': make it a frozenset"),
        (Helpless, "option margin has no help"),
        (Rounded, "the default 1 of option margin is no float"),
        (Listed, "option margins is of type tuple"),
        (OutOfRange, "the default of option margin is refused"),
        (Changing, "its values configure another component"),
        (Refusing, "cannot be made with its defaults"),
        (Unfinished, "lacks discriminator, generator: implement it"),
    ],
)
def test_a_fault_of_a_declaration_is_found(component, phrase):
    found = faults(check_loss, component)
    assert told(found, phrase), found


@pytest.mark.parametrize(("name", "default"), [("at", 0), ("options", ""), ("name", "hiding"), ("generator", 1.0)])
def test_an_option_that_hides_the_interface_is_the_one_fault_that_is_told(name, default):
    declared = (name, type(default), option(default, "what it is"))
    hiding = make_dataclass("Hiding", [declared], bases=(Base,), namespace={"__doc__": "A loss."}, frozen=True)
    assert faults(check_loss, hiding) == (f"option {name} hides Loss.{name}: give the option another name",)


def test_an_option_that_the_interface_has_may_have_another_default():
    @dataclass(frozen=True)
    class Wide(CnnGenerator):
        """Pictures from more numbers."""

        latent: int = option(256, "numbers in a latent", min=1)

    check_generator(Wide)


def test_a_component_of_another_kind_is_told():
    assert faults(check_generator, Right) == ("Right is no Generator: derive it from artgan.interfaces",)
    assert told(faults(check, int), "int is of no kind")
    assert told(faults(check, Generator), "Generator lacks build")
