"""Two models in one: the coarse layers of one, and the fine layers of the other.

Pinkney & Adler 2020 (arXiv:2010.05334): where one model was started from the other, their layers still understand each
other. Coarse layers decide what stands where, fine ones strokes, texture and colour.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import product

import tomli_w

from ..errors import UsageError, printable
from .layer_sizes import layer_sizes
from .model import Model
from .provenance import Base, Provenance, line_of

TABLE = "blend"
"""The table of a blend's recipe that tells what was blended."""


@dataclass(frozen=True)
class Blend:
    """A model that was blended of two.

    Attributes:
        model: the blend.
        sizes: at which sizes the layers work, in pixels.
        coarse_share: of the numbers, those that are of the coarse model, 0 to 1.
    """

    model: Model
    sizes: tuple[int, ...]
    coarse_share: float


def blend(coarse: Model, fine: Model, *, at: int) -> Blend:
    """Return the layers of one model up to a size, and those of another beyond it, as one model.

    Args:
        coarse: gives the layers whose pictures have at most ``at`` pixels along their longer side.
        fine: gives the others.
        at: in pixels.

    Raises:
        UsageError: if the models make no pictures, do not fit each other, share no line, or one would give all layers.
    """
    _check_fit(coarse, fine)
    places = layer_sizes(fine.network, latent=fine.generator.latent, spec=fine.spec)
    sizes = tuple(sorted({size for size in places.values() if size}))
    if not any(size <= at for size in places.values()) or at >= sizes[-1]:
        could = ", ".join(map(str, sizes[:-1])) or "none"
        raise UsageError(f"--at {at} leaves one of the models no layer: their layers work at {could} and {sizes[-1]}")

    weights = {name: (coarse if size <= at else fine).weights[name] for name, size in places.items()}
    taken = sum(coarse.weights[name].numel() for name, size in places.items() if size <= at)
    model = replace(
        fine,
        recipe=fine.recipe.rstrip() + "\n\n" + tomli_w.dumps({TABLE: _table(coarse, fine, at)}),
        weights=weights,
        step=coarse.step + fine.step,
        provenance=_provenance(coarse, fine, at),
        directions=(),
    )
    return Blend(model, sizes, taken / sum(tensor.numel() for tensor in weights.values()))


def _check_fit(coarse: Model, fine: Model) -> None:
    """Check that layers of two models can work together."""
    names = f"{_name(coarse)} and {_name(fine)}"
    for model in (coarse, fine):
        if model.modality.representation != "pixels":
            raise UsageError(f"{_name(model)} makes {model.modality.noun}s: only layers of pictures can be blended")
    shapes = [{name: tensor.shape for name, tensor in model.weights.items()} for model in (coarse, fine)]
    if shapes[0] != shapes[1] or coarse.spec != fine.spec or type(coarse.generator) is not type(fine.generator):
        raise UsageError(
            f"{names} do not fit each other: generator {coarse.generator.to_choice()} for {_spec(coarse)} and "
            f"{fine.generator.to_choice()} for {_spec(fine)}: blend a model with one that was started from it"
        )
    if coarse.weights_digest == fine.weights_digest:
        raise UsageError(f"{names} are the same model: give one, and one that was started from it")
    if not any(_is_same(one, two) for one, two in product(_line(coarse), _line(fine))):
        raise UsageError(
            f"{names} were not started from each other, nor from the same model, so that their layers know nothing of "
            f"each other: start one with --from the other"
        )


def _line(model: Model) -> tuple[Base, ...]:
    """Return a model as a base, and those that it was made of."""
    return (model.as_base(""), *model.provenance.bases)


def _is_same(one: Base, two: Base) -> bool:
    """Return whether two bases are of the same run, be it at another step."""
    return one.weights_digest == two.weights_digest or (one.run, one.fingerprint) == (two.run, two.fingerprint)


def _table(coarse: Model, fine: Model, at: int) -> dict[str, int | str]:
    return {"at": at, "coarse": coarse.weights_digest, "fine": fine.weights_digest}


def _provenance(coarse: Model, fine: Model, at: int) -> Provenance:
    """Return where a blend comes from: its data is that of both, and so are its licences."""
    one, two = coarse.provenance, fine.provenance
    bases = (coarse.as_base(f"layers up to {at} pixels"), fine.as_base(f"layers beyond {at} pixels"))
    return Provenance(
        run=f"{one.run}-{two.run}-at-{at}",
        dataset=_both(one.dataset, two.dataset),
        licence=_both(one.licence, two.licence),
        source=_both(one.source, two.source),
        fingerprint=hashlib.sha256(f"{one.fingerprint}{two.fingerprint}".encode()).hexdigest(),
        versions={**one.versions, **two.versions},
        kimg=one.kimg + two.kimg,
        seconds=one.seconds + two.seconds,
        bases=line_of(bases, one.bases, two.bases),
    )


def _both(one: str, two: str) -> str:
    return one if one == two else f"{one}; {two}"


def _name(model: Model) -> str:
    return printable(model.provenance.run)


def _spec(model: Model) -> str:
    return "×".join(map(str, model.spec.shape))
