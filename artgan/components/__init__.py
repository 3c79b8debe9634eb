"""The built-in components of a run as objects: ``artgan.run("my-prints", loss=artgan.components.Hinge())``.

Those of other plugins are imported from these, and given in the same way. Each is imported when its name is first asked
for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..builtin.augmentation import Ada, DiffAug, Flip
    from ..builtin.constraint import BeginsWith
    from ..builtin.dataset import Array, Calligraphy, FashionMnist, Folder, Idx, Lines, Names, Oracle, Poems, Tiles
    from ..builtin.discriminator import (
        CnnDiscriminator,
        MlpDiscriminator,
        RnnDiscriminator,
        TextCnnDiscriminator,
        TextRnnDiscriminator,
    )
    from ..builtin.estimator import Expected, Gumbel, Pathwise, Ratio, Reinforce
    from ..builtin.generator import CnnGenerator, MlpGenerator, RnnGenerator, TransformerGenerator
    from ..builtin.loss import Bce, Hinge, Lsgan, Minimax, Mse, Relativistic, Wgan
    from ..builtin.penalty import R1, R2, GradientPenalty

__all__ = [
    "R1",
    "R2",
    "Ada",
    "Array",
    "Bce",
    "BeginsWith",
    "Calligraphy",
    "CnnDiscriminator",
    "CnnGenerator",
    "DiffAug",
    "Expected",
    "FashionMnist",
    "Flip",
    "Folder",
    "GradientPenalty",
    "Gumbel",
    "Hinge",
    "Idx",
    "Lines",
    "Lsgan",
    "Minimax",
    "MlpDiscriminator",
    "MlpGenerator",
    "Mse",
    "Names",
    "Oracle",
    "Pathwise",
    "Poems",
    "Ratio",
    "Reinforce",
    "Relativistic",
    "RnnDiscriminator",
    "RnnGenerator",
    "TextCnnDiscriminator",
    "TextRnnDiscriminator",
    "Tiles",
    "TransformerGenerator",
    "Wgan",
]

_MODULES = {
    "builtin.augmentation": ("Ada", "DiffAug", "Flip"),
    "builtin.constraint": ("BeginsWith",),
    "builtin.dataset": (
        "Array",
        "Calligraphy",
        "FashionMnist",
        "Folder",
        "Idx",
        "Lines",
        "Names",
        "Oracle",
        "Poems",
        "Tiles",
    ),
    "builtin.discriminator": (
        "CnnDiscriminator",
        "MlpDiscriminator",
        "RnnDiscriminator",
        "TextCnnDiscriminator",
        "TextRnnDiscriminator",
    ),
    "builtin.estimator": ("Expected", "Gumbel", "Pathwise", "Ratio", "Reinforce"),
    "builtin.generator": ("CnnGenerator", "MlpGenerator", "RnnGenerator", "TransformerGenerator"),
    "builtin.loss": ("Bce", "Hinge", "Lsgan", "Minimax", "Mse", "Relativistic", "Wgan"),
    "builtin.penalty": ("GradientPenalty", "R1", "R2"),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"..{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
