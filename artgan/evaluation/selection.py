"""Which metrics and features are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..errors import UsageError, did_you_mean
from ..interfaces import FeatureExtractor, Features, Metric, Spec
from ..plugins.metric_runner import MetricRunner, metric_runners
from ..plugins.registry import Registry

DEFAULT_FEATURES = "random-v1"
"""The features by which pictures are compared unless told otherwise."""


def feature_extractor(registry: Registry, text: str) -> FeatureExtractor:
    """Return what a text like ``mine:layer=2`` names, ready to look.

    Raises:
        UsageError: for a wrong name, option, type or range.
        ArtganError: if it cannot be built.
    """
    return FeatureExtractor(registry.parse(Features, text))


def offered_metrics(registry: Registry, spec: Spec, tell: Callable[[str], None]) -> list[MetricRunner]:
    """Return the metrics that have something to say about such data, in the order in which a report tells them.

    Args:
        registry: where they are looked up.
        spec: what samples are like.
        tell: told in one line of what is wrong with one of them.
    """
    order = {component: number for number, component in enumerate(registry.offers(Metric))}
    runners = metric_runners(registry, spec, tell)
    return sorted(runners, key=lambda runner: order[type(runner.metric)])


def chosen_metrics(
    names: Iterable[str], offered: Sequence[MetricRunner], *, noun: str, extractor: FeatureExtractor | None = None
) -> list[MetricRunner]:
    """Return the metrics of given names, or all that the features allow where none is given.

    Args:
        names: what is wanted.
        offered: what there is.
        noun: what samples are called.
        extractor: the features, where there are any.

    Raises:
        UsageError: for a wrong name, or one that these features cannot serve.
    """
    wanted, known = set(names), {runner.name: runner for runner in offered}
    refusals = {runner: runner.refusal(extractor) for runner in offered}
    for name in sorted(wanted):
        if name not in known:
            raise UsageError(f"no metric of {noun}s is called {name!r}{did_you_mean(name, list(known))}")
        if refusals[known[name]]:
            raise UsageError(refusals[known[name]])
    if wanted:
        return [runner for runner in offered if runner.name in wanted]
    return [runner for runner in offered if runner.metric.by_default and not refusals[runner]]
