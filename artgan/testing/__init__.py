"""The conformance kit: finds what is wrong with a component before anybody trains with it.

In a plugin's own tests::

    from . import check_loss

    def test_my_loss_conforms():
        check_loss(MyLoss)

Each check looks for all faults of a component and raises one `NonConforming` that tells them, one line each. What a
method computes is not judged: a loss may conform and train badly.
"""

from .conformance import (
    check,
    check_augmentation,
    check_constraint,
    check_dataset,
    check_discriminator,
    check_estimator,
    check_features,
    check_generator,
    check_loss,
    check_metric,
    check_modality,
    check_observer,
    check_penalty,
    check_preset,
)
from .findings import NonConforming
from .import_check import check_imports

__all__ = [
    "NonConforming",
    "check",
    "check_augmentation",
    "check_constraint",
    "check_dataset",
    "check_discriminator",
    "check_estimator",
    "check_features",
    "check_generator",
    "check_imports",
    "check_loss",
    "check_metric",
    "check_modality",
    "check_observer",
    "check_penalty",
    "check_preset",
]
