"""The checks as people call them; torch and NumPy are imported when one is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..interfaces import (
    Augmentation,
    Constraint,
    Dataset,
    Discriminator,
    Estimator,
    Features,
    Generator,
    Loss,
    Metric,
    Modality,
    Penalty,
    Preset,
    Spec,
)
from ..interfaces.component import Component
from ..plugins.loader import load_plugins
from ..plugins.registry import Registry
from .findings import NonConforming
from .subject import configured, subject_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shapes = Sequence[tuple[int, ...]]


def check_generator(
    component: Generator | type[Generator],
    *,
    shapes: Shapes | None = None,
    classes: int = 3,
    vocabulary: int = 0,
    registry: Registry | None = None,
) -> None:
    """Check a generator.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        shapes: shapes of a sample that it must serve; by default those of the examples that its modality gives, of
            which it must serve one.
        classes: how many classes the data of the conditional case has; 0 for no such case.
        vocabulary: the number of distinct tokens, where samples are tokens; the last axis of the shapes.
        registry: where its modality is looked up; by default among the installed ones.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Generator)
    from .generator import find_faults
    from .network_case import WantedCases

    wanted = WantedCases(shapes, classes, vocabulary, registry or load_plugins().registry)
    find_faults(checked, wanted).settle(subject_of(checked))


def check_discriminator(
    component: Discriminator | type[Discriminator],
    *,
    shapes: Shapes | None = None,
    classes: int = 3,
    vocabulary: int = 0,
    registry: Registry | None = None,
) -> None:
    """Check a discriminator.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        shapes: shapes of a sample that it must judge; by default those of the examples that its modality gives, of
            which it must judge one.
        classes: how many classes the data of the labelled case has; 0 for no such case.
        vocabulary: the number of distinct tokens, where samples are tokens; the last axis of the shapes.
        registry: where its modality is looked up; by default among the installed ones.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Discriminator)
    from .discriminator import find_faults
    from .network_case import WantedCases

    wanted = WantedCases(shapes, classes, vocabulary, registry or load_plugins().registry)
    find_faults(checked, wanted).settle(subject_of(checked))


def check_loss(component: Loss | type[Loss]) -> None:
    """Check a loss.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Loss)
    from .loss import find_faults

    find_faults(checked).settle(subject_of(checked))


def check_penalty(component: Penalty | type[Penalty]) -> None:
    """Check a penalty.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Penalty)
    from .penalty import find_faults

    find_faults(checked).settle(subject_of(checked))


def check_augmentation(
    component: Augmentation | type[Augmentation],
    *,
    shapes: Shapes | None = None,
    vocabulary: int = 0,
    registry: Registry | None = None,
) -> None:
    """Check an augmentation.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        shapes: shapes of a sample that it must serve; by default those of the examples that its modality gives, of
            which it must serve one.
        vocabulary: the number of distinct tokens, where samples are tokens; the last axis of the shapes.
        registry: where its modality is looked up; by default among the installed ones.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Augmentation)
    from .augmentation import find_faults
    from .network_case import WantedCases

    wanted = WantedCases(shapes, 0, vocabulary, registry or load_plugins().registry)
    find_faults(checked, wanted).settle(subject_of(checked))


def check_estimator(component: Estimator | type[Estimator]) -> None:
    """Check an estimator.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Estimator)
    from .estimator import find_faults

    find_faults(checked).settle(subject_of(checked))


def check_dataset(component: Dataset | type[Dataset]) -> None:
    """Check a dataset, whose data must be at hand.

    Args:
        component: the configured component, or the class, which is then configured with its defaults; a class whose
            option ``path`` is empty then is only asked to say so in one line.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Dataset)
    from .dataset import find_faults

    find_faults(checked, isinstance(component, type)).settle(subject_of(checked))


def check_metric(
    component: Metric | type[Metric], *, samples: NDArray[Any] | None = None, registry: Registry | None = None
) -> None:
    """Check a metric.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        samples: samples as they are kept, (N, ...), to measure, at least 50; by default made-up ones of each modality
            that it serves, like those that the modality gives as examples.
        registry: where modalities are looked up; by default among the installed ones.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Metric)
    from .metric import find_faults

    find_faults(checked, samples=samples, registry=registry or load_plugins().registry).settle(subject_of(checked))


def check_features(component: Features | type[Features]) -> None:
    """Check features.

    Args:
        component: the class, which is then configured with its defaults, or the configured component; one whose
            weights are not here is only asked to say so in one line.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Features)
    from .features import find_faults

    find_faults(checked).settle(subject_of(checked))


def check_modality(
    component: Modality | type[Modality], *, samples: Sequence[NDArray[Any]] = (), spec: Spec | None = None
) -> None:
    """Check a modality.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        samples: batches of compact samples, (N, ...) each; by default some like its examples.
        spec: what the modality is bound to first, where it must know the vocabulary.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Modality)
    from .modality import find_faults

    find_faults(checked, samples, spec).settle(subject_of(checked))


def check_preset(component: Preset | type[Preset], *, registry: Registry | None = None) -> None:
    """Check a preset.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        registry: where the components that it chooses are looked up; by default among the installed ones.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Preset)
    from .preset import find_faults

    find_faults(checked, registry or load_plugins().registry).settle(subject_of(checked))


def check_constraint(component: Constraint | type[Constraint], *, registry: Registry | None = None) -> None:
    """Check a constraint.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        registry: where the modalities are looked up on whose examples it is tried; by default among the installed ones.

    Raises:
        NonConforming: with all faults.
    """
    checked = configured(component, Constraint)
    from .constraint import find_faults

    find_faults(checked, registry or load_plugins().registry).settle(subject_of(checked))


def check_observer(observer: object) -> None:
    """Check an observer in short real runs, which begin, are stopped, go on, fall back to a checkpoint and end.

    Args:
        observer: an `Observer`, or a plugin's module or object with ``run_*`` hooks.

    Raises:
        NonConforming: with all faults.
    """
    from .observer import find_faults

    name = getattr(observer, "__name__", type(observer).__name__)
    find_faults(observer).settle(f"observer {name}")


_CHECKS: dict[type[Component], Callable[[Any], None]] = {
    Loss: check_loss,
    Penalty: check_penalty,
    Estimator: check_estimator,
    Dataset: check_dataset,
    Features: check_features,
    Modality: check_modality,
}


class _CheckAmongOthers(Protocol):
    """A check that looks others up, which the component depends on."""

    def __call__(self, component: Any, *, registry: Registry | None) -> None: ...


_CHECKS_AMONG_OTHERS: dict[type[Component], _CheckAmongOthers] = {
    Generator: check_generator,
    Discriminator: check_discriminator,
    Augmentation: check_augmentation,
    Constraint: check_constraint,
    Metric: check_metric,
    Preset: check_preset,
}


def check(component: Component | type[Component], *, registry: Registry | None = None) -> None:
    """Check a component of any kind, as the check of its kind does by default.

    Args:
        component: the class, which is then configured with its defaults, or the configured component.
        registry: where what it depends on is looked up; by default among the installed components.

    Raises:
        NonConforming: with all faults.
    """
    cls = component if isinstance(component, type) else type(component)
    for interface, checks in _CHECKS.items():
        if issubclass(cls, interface):
            checks(component)
            return
    for interface, checks_among_others in _CHECKS_AMONG_OTHERS.items():
        if issubclass(cls, interface):
            checks_among_others(component, registry=registry)
            return
    raise NonConforming(subject_of(component), [f"{cls.__name__} is of no kind: derive it from artgan.interfaces"])
