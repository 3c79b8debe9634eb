"""What a person does with runs and data, in short: each function says how it goes, and returns what shows itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from ..api import (
    Budget,
    ComparisonRequest,
    DataFindings,
    DoctorRequest,
    EvaluationRequest,
    MachineFindings,
    ResumeRequest,
    RunRequest,
)
from ..interfaces import (
    Augmentation,
    Dataset,
    Discriminator,
    Estimator,
    Generator,
    Loss,
    Observer,
    Penalty,
)
from ..interfaces.component import Component, OptionValue
from .component_list import ComponentList
from .display import Display
from .given_plugins import classes_of, given_plugins, tell_classes

if TYPE_CHECKING:
    from ..api import Evaluation, RunComparison, RunResult

    RunGiven = str | Path | RunResult


def run(
    source: str | Path | None = None,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    epochs: float | None = None,
    kimg: float | None = None,
    preset: str | None = None,
    dataset: str | Dataset | None = None,
    generator: str | Generator | None = None,
    discriminator: str | Discriminator | None = None,
    loss: str | Loss | None = None,
    estimator: str | Estimator | None = None,
    penalties: Sequence[str | Penalty] | None = None,
    augmentations: Sequence[str | Augmentation] | None = None,
    batch: int | None = None,
    shards: int | None = None,
    lr: float | str | None = None,
    pretrain: float | None = None,
    evaluate_every: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    settings: Mapping[str, Mapping[str, OptionValue]] | None = None,
    base: str | Path | None = None,
    take: Sequence[str] = (),
    freeze_discriminator: int | None = None,
    name: str | None = None,
    out: str | Path = ".",
    device: str = "auto",
    plugin_files: Iterable[str | Path] = (),
    observers: Sequence[Observer] = (),
    open_page: bool = False,
    quiet: bool = False,
) -> RunResult:
    """Train a run and hang it in the gallery; interrupted, it is saved, and `artgan.resume` goes on with it.

    What is left open is the preset's choice, which is told with its reasons. A component is given as text such as
    ``cnn:width=64``, or itself, such as ``artgan.components.Hinge()``, of a class of your own, too.

    Args:
        source: a folder or zip of pictures, an array, text, or a recipe's TOML.
        minutes: budget in minutes on this machine; one budget may be given.
        steps: budget in turns of both players.
        epochs: budget in times that each real sample is seen.
        kimg: budget in thousand real samples seen.
        preset: the recipe that fills in what is left open.
        dataset: the real samples, where ``source`` does not say.
        generator: what makes the samples.
        discriminator: what judges them.
        loss: the adversarial loss.
        estimator: how the generator learns through its samples.
        penalties: what is added to the discriminator's loss; None as the preset has it, empty for none.
        augmentations: what stands between samples and discriminator; as ``penalties``.
        batch: samples in a batch.
        shards: equal parts of a batch that are played one after another, in less memory.
        lr: learning rate of both players, a number or a schedule such as ``linear:1e-3..0``.
        pretrain: steps of maximum likelihood before the game; up to 1 the share of the run.
        evaluate_every: steps from one judgement of quality to the next; 0 for never.
        seed: root of all randomness.
        threads: threads on the CPU; 0 for as many as are fastest.
        settings: any other lines of the recipe, by table and key.
        base: the model to start from: a run, a gallery folder or a model's file; None to begin with noise.
        take: what is taken of it, of ``generator``, ``discriminator``, ``ema`` and ``optimisers``; empty for the
            networks that there are.
        freeze_discriminator: how many of the discriminator's layers, the lowest first, do not learn.
        name: the run's name; None for one that tells dataset, generator, loss and a number.
        out: the folder that holds ``runs`` and ``gallery``.
        device: where to train: ``auto``, or what torch calls it.
        plugin_files: single-file plugins or package folders, beside what is installed.
        observers: see the run advance.
        open_page: open the run's page in the browser, which shows how it goes.
        quiet: say nothing but warnings.

    Raises:
        UsageError: for whatever cannot be as it was asked for; nothing is written then.
        ArtganError: if it cannot be trained to the end.
    """
    from ..api import run as train

    request = RunRequest(
        source=None if source is None else Path(source),
        preset=preset,
        dataset=dataset,
        generator=generator,
        discriminator=discriminator,
        loss=loss,
        estimator=estimator,
        penalties=None if penalties is None else tuple(penalties),
        augmentations=None if augmentations is None else tuple(augmentations),
        budget=Budget(steps=steps, epochs=epochs, kimg=kimg, minutes=minutes),
        batch=batch,
        shards=shards,
        lr=lr,
        pretrain=pretrain,
        evaluate_every=evaluate_every,
        seed=seed,
        threads=threads,
        settings=settings or {},
        base=None if base is None else Path(base),
        take=tuple(take),
        freeze_discriminator=freeze_discriminator,
        name=name,
        out=Path(out),
        device=device,
    )
    components = dataset, generator, discriminator, loss, estimator, *(penalties or ()), *(augmentations or ())
    display, classes = Display(quiet=quiet), classes_of(*components)
    plugins = given_plugins(plugin_files, classes)
    tell_classes(plugins, classes, display)
    watching = [display, *observers, *_openers(open_page)]
    with display.training():
        return _told(train(request, plugins=plugins, reporter=display, observers=watching), display)


def resume(
    run: RunGiven,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    epochs: float | None = None,
    kimg: float | None = None,
    data: str | Path | None = None,
    changed_data: bool = False,
    threads: int | None = None,
    out: str | Path = ".",
    device: str = "auto",
    plugin_files: Iterable[str | Path] = (),
    classes: Iterable[type[Component]] = (),
    observers: Sequence[Observer] = (),
    open_page: bool = False,
    quiet: bool = False,
) -> RunResult:
    """Go on with a run that was stopped, or that is to go on for longer, and hang it in the gallery.

    Args:
        run: its folder, its name in ``out``, or what `artgan.run` returned.
        minutes: how long it is to be in all; without any budget, as long as its recipe says.
        steps: as ``minutes``.
        epochs: as ``minutes``.
        kimg: as ``minutes``.
        data: where its data lies now, if it was moved.
        changed_data: go on though the data is another than it was started with.
        threads: threads on the CPU, 0 for as many as are fastest; None for as many as before.
        out: the folder that holds ``runs``, where the run is given by name.
        device: as for `run`.
        plugin_files: as for `run`.
        classes: of components that it was trained with and that no plugin offers.
        observers: as for `run`.
        open_page: as for `run`.
        quiet: as for `run`.

    Raises:
        UsageError: if there is no such run, or it has reached the budget already.
        ArtganError: if none of its checkpoints is valid, its data has changed, another process trains it, or it cannot
            be trained to the end.
    """
    from ..api import resume as go_on

    request = ResumeRequest(
        run=_folder(run),
        budget=Budget(steps=steps, epochs=epochs, kimg=kimg, minutes=minutes),
        data=None if data is None else Path(data),
        changed_data=changed_data,
        threads=threads,
        out=Path(out),
        device=device,
    )
    display, plugins = Display(quiet=quiet), given_plugins(plugin_files, classes)
    watching = [display, *observers, *_openers(open_page)]
    with display.training():
        return _told(go_on(request, plugins=plugins, reporter=display, observers=watching), display)


def evaluate(
    run: RunGiven,
    *,
    data: str | Path | None = None,
    count: int | None = None,
    features: str | None = None,
    metrics: Sequence[str] = (),
    baseline: str | Path | None = None,
    out: str | Path | None = None,
    plugin_files: Iterable[str | Path] = (),
    classes: Iterable[type[Component]] = (),
    observers: Sequence[Observer] = (),
    quiet: bool = False,
) -> Evaluation:
    """Measure how good, how varied and how original a run's works are; it is written beside the run and on its page.

    Args:
        run: its folder, its name in ``runs``, or what `artgan.run` returned.
        data: where the data that it was trained on lies now, if it was moved.
        count: works that are made, at least 100; None for 2,000 pictures, or 5,000 texts at each temperature.
        features: what pictures are compared by, as ``name:option=value``; None for ``random-v1``.
        metrics: names of what is measured; empty for all.
        baseline: for texts, the folder of a run of preset ``mle``; None to train one beside the run.
        out: where it is written; None for ``evaluation`` in the run's folder.
        plugin_files: as for `run`.
        classes: of components that it was trained with and that no plugin offers.
        observers: see the baseline's training advance.
        quiet: as for `run`.

    Raises:
        UsageError: if there is no such run, metric or features, or a number is out of range.
        StoppedError: if the baseline's training is interrupted.
        ArtganError: if the run's data has changed, or nothing could be measured.
    """
    from ..api import evaluate as measure

    request = EvaluationRequest(
        run=_folder(run),
        data=None if data is None else Path(data),
        count=count,
        features=features,
        metrics=tuple(metrics),
        baseline=None if baseline is None else Path(baseline),
        out=None if out is None else Path(out),
    )
    display, plugins = Display(quiet=quiet), given_plugins(plugin_files, classes)
    with display.training():
        return measure(request, plugins=plugins, reporter=display, observers=[display, *observers])


def compare(runs: Iterable[RunGiven], *, plugin_files: Iterable[str | Path] = ()) -> RunComparison:
    """Put runs that were evaluated side by side: in numbers, and on a page of the gallery in works of the same seeds.

    Args:
        runs: at least two, each as for `evaluate`.
        plugin_files: as for `run`.

    Raises:
        UsageError: if there is no such run, one was not evaluated, or they were trained on different data.
        ArtganError: if what was measured of one is damaged.
    """
    from ..api import compare as put_together

    return put_together(ComparisonRequest(runs=tuple(map(_folder, runs))), plugins=given_plugins(plugin_files))


@overload
def doctor(data: None = None, *, device: str = "auto", plugin_files: Iterable[str | Path] = ()) -> MachineFindings: ...


@overload
def doctor(data: str | Path, *, device: str = "auto", plugin_files: Iterable[str | Path] = ()) -> DataFindings: ...


def doctor(
    data: str | Path | None = None, *, device: str = "auto", plugin_files: Iterable[str | Path] = ()
) -> DataFindings | MachineFindings:
    """Tell what is right and wrong with a dataset and what a run would choose for it; without one, of the machine.

    Args:
        data: a path, or a dataset's name with its options.
        device: what would be trained on.
        plugin_files: as for `run`.

    Raises:
        UsageError: if there is no such path or dataset.
    """
    from ..api import inspect_data, inspect_machine

    if data is None:
        return inspect_machine()
    request, display = DoctorRequest(data=str(data), device=device), Display(quiet=False)
    return inspect_data(request, plugins=given_plugins(plugin_files), reporter=display)


def show(kind: str | None = None, name: str | None = None, *, plugin_files: Iterable[str | Path] = ()) -> ComponentList:
    """Return what there is to choose from: of all kinds, of one, or a single component with its options.

    Args:
        kind: generator, discriminator, loss...
        name: of a component of that kind.
        plugin_files: as for `run`.

    Raises:
        UsageError: if there is no such kind or name.
    """
    from ..api import find_component, list_components

    files = [str(file) for file in plugin_files]
    if kind and name:
        return ComponentList((find_component(kind, name, files=files),))
    return ComponentList(list_components(kind, files=files))


def _told(result: RunResult, display: Display) -> RunResult:
    """Say how to go on with a run that was stopped."""
    if result.stopped_by:
        display.say(
            f"Stopped at step {result.step:,} of {result.steps:,} and saved: artgan.resume({str(result.folder)!r})"
        )
    return result


def _openers(wanted: bool) -> list[Observer]:
    import webbrowser

    from ..api import page_opener

    return [page_opener(webbrowser.open)] if wanted else []


def _folder(run: RunGiven) -> str | Path:
    return run if isinstance(run, str | Path) else run.folder
