"""Checks of features, on pictures of 1 to 4 channels and several sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError, describe
from ..interfaces import Extractor, Features
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .process_state import changed_switches, isolated, seed_all

SHAPES = (3, 32, 32), (1, 17, 12), (2, 8, 9), (4, 40, 24)
PICTURES = 6


@dataclass(frozen=True)
class Sight:
    """Features at work.

    Attributes:
        features: what is checked.
        extract: what they build.
        pictures: what is looked at.
    """

    features: Features
    extract: Extractor
    pictures: NDArray[np.uint8]

    def see(self, pictures: NDArray[np.uint8] | None = None, seed: int = 0) -> NDArray[np.float64]:
        """Return the features of pictures, which are read-only as memory-mapped ones are."""
        given = (self.pictures if pictures is None else pictures).copy()
        given.flags.writeable = False
        seed_all(seed)
        with attempt(f"the function of build(), on {len(given)} pictures of {given.shape[1:]},"):
            found = self.extract(given)
        if not isinstance(found, np.ndarray) or found.dtype != np.float64:
            kind = found.dtype if isinstance(found, np.ndarray) else type(found).__name__
            raise BrokenError(f"features are {kind}: return a NumPy array of float64")
        if found.ndim != 2 or len(found) != len(given) or not found.shape[1]:
            raise BrokenError(f"features of {len(given)} pictures have the shape {found.shape}: return (N, D)")
        return found


def find_faults(component: Features) -> Findings:
    """Return what is wrong with features."""
    findings = Findings()
    with isolated():
        findings.find_faults(DECLARATION, component)
        findings.find_faults(KNOWN, component)
        extract = _build(component, findings)
        widths = set[int]()
        for shape in SHAPES if extract else ():
            sight = Sight(component, extract, _pictures(shape))  # type: ignore[arg-type]  # checked just before
            place = f"pictures of {shape}"
            if findings.find_faults([works], sight, place):
                widths.add(sight.see().shape[1])
                findings.find_faults(FEATURES, sight, place)
        if len(widths) > 1:
            findings.add(f"there are {sorted(widths)} features by the picture's shape: return as many always")
    return findings


def says_what_numbers_are_to_carry(features: Features) -> Iterator[str]:
    """Find what a report would lack."""
    version, size, resize = (getattr(features, name, None) for name in ("version", "size", "resize"))
    if not isinstance(version, str) or not re.fullmatch(r"[\w.-]+", version):
        yield f"its version is {version!r}: name what its numbers are to carry, as in 'mine-v1'"
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        yield f"its size is {size!r}: say to how many pixels pictures are brought"
    if not isinstance(resize, str) or not resize.strip():
        yield f"its resize is {resize!r}: say in words how pictures are brought to the size"


def has_a_digest(features: Features) -> Iterator[str]:
    """Find digests that tell nothing."""
    try:
        first, second = features.digest(), features.digest()
    except ArtganError as error:
        yield from _of_refusal("digest", error)
        return
    except Exception as error:
        yield f"digest() raised {describe(error)}"
        return
    if not isinstance(first, str) or not re.fullmatch("[0-9a-f]{64}", first):
        yield f"digest() is {first!r}: return the SHA-256 of the weights, in 64 hexadecimal digits"
    elif first != second:
        yield "digest() gives another each time: let it depend on the weights alone"


def works(sight: Sight) -> Iterator[str]:
    """Find features that fail at once."""
    sight.see()
    return iter(())


def gives_finite_numbers(sight: Sight) -> Iterator[str]:
    """Find what no distance can be taken of."""
    black, white = (np.full_like(sight.pictures, level) for level in (0, 255))
    for name, pictures in (("noise", sight.pictures), ("black pictures", black), ("white pictures", white)):
        if not np.isfinite(sight.see(pictures)).all():
            yield f"features of {name} are not finite: give finite numbers"


def sees_each_picture_alone(sight: Sight) -> Iterator[str]:
    """Find features of a picture that depend on those beside it."""
    together, alone = sight.see(), sight.see(sight.pictures[2:3])
    if not _alike(together[2:3], alone):
        yield "the features of a picture depend on the others: put the network in evaluation mode"


def tells_pictures_apart(sight: Sight) -> Iterator[str]:
    """Find features that see nothing."""
    found = sight.see()
    if np.ptp(found, axis=0).max() == 0:
        yield "all pictures have the same features: look at them"


def gives_the_same_again(sight: Sight) -> Iterator[str]:
    """Find randomness."""
    with changed_switches() as changed:
        first, second = (sight.see(seed=seed) for seed in (1, 2))
        seed_all(3)
        with attempt("build"):
            again = sight.features.build()
        third = Sight(sight.features, again, sight.pictures).see()
    if not _alike(first, second):
        yield "features are others each time: let nothing be random, and put the network in evaluation mode"
    elif not _alike(first, third):
        yield "features are others each time they are built: let the weights be fixed"
    for name in changed:
        yield f"looking changes {name}: leave torch's settings alone"


def scores_are_named_numbers(sight: Sight) -> Iterator[str]:
    """Find scores that no table can hold."""
    with attempt("scores"):
        found = sight.features.scores(np.concatenate([sight.see()] * 5))
    if not isinstance(found, Mapping):
        raise BrokenError(f"scores() returned {type(found).__name__}: return a mapping from names to numbers")
    for name, number in found.items():
        if not isinstance(name, str) or not name or not isinstance(number, float) or not np.isfinite(number):
            yield f"scores() gives {name!r}: {number!r}: give finite floats by name"


KNOWN = [says_what_numbers_are_to_carry, has_a_digest]
FEATURES = [
    gives_finite_numbers,
    sees_each_picture_alone,
    tells_pictures_apart,
    gives_the_same_again,
    scores_are_named_numbers,
]


def _build(component: Features, findings: Findings) -> Extractor | None:
    """Return what is built; None where there is a fault, or the weights are not here."""
    try:
        extract = component.build()
    except ArtganError as error:
        for fault in _of_refusal("build", error):
            findings.add(fault)
        return None
    except (Exception, SystemExit) as error:
        fault = f"build raised {describe(error)}: say by ArtganError in one line what is missing"
        findings.add(fault)
        return None
    if not callable(extract):
        findings.add(f"build returned {type(extract).__name__}: return a function of pictures")
        return None
    return extract


def _of_refusal(what: str, error: ArtganError) -> Iterator[str]:
    if "\n" in str(error) or not str(error).strip():
        yield f"{what} refuses without saying why in one line: say what is missing, and which command brings it"


def _alike(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    scale = max(1e-6, float(np.abs(first).max()))
    return first.shape == second.shape and np.allclose(first, second, rtol=1e-3, atol=1e-4 * scale, equal_nan=True)


def _pictures(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    random = np.random.default_rng(1)
    brightness = random.integers(40, 216, (PICTURES, 1, 1, 1))
    return (brightness + random.integers(-40, 40, (PICTURES, *shape))).astype(np.uint8)
