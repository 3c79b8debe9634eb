"""`artgan run`: train, and hang what was made in a gallery."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from ..errors import UsageError
from ..shell import command
from .options import base_options, budget_options, component_options, plugin_option, setting_option, training_options
from .terminal import echo, echo_lines

if TYPE_CHECKING:
    from ..api import ResumeRequest, RunRequest, RunResult
    from ..interfaces import Observer
    from ..interfaces.component import OptionValue
    from ..plugins.loader import Plugins
    from ..training.processes import Processes
    from .display import Display

WITH_RESUME = {
    "resume",
    "source",
    "changed_data",
    "steps",
    "epochs",
    "kimg",
    "minutes",
    "threads",
    "processes",
    "out",
    "device",
    "open_page",
    "quiet",
    "plugin",
}
"""What may be said of a run that goes on, its data where that was moved; all else is in its own recipe."""


@click.command(short_help="Train, and hang what was made in a gallery.")
@click.argument("source", required=False, metavar="[DATA | RECIPE.toml]", type=click.Path(path_type=Path))
@component_options
@budget_options
@training_options
@click.option("--seeds", default=1, type=click.IntRange(1, 100), help="Train that many runs, each with the next seed.")
@setting_option
@base_options
@click.option("--name", help="Name of the run. [default: dataset-generator-loss-number]")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Holds runs/ and gallery/."
)
@click.option(
    "--processes", type=click.IntRange(1, 1024),
    help="Train on that many processes of this machine, each with its own shards; on more machines: torchrun.",
)  # fmt: skip
@click.option("--device", default="auto", show_default=True, help="Where to train: auto, cpu, cuda, mps...")
@click.option(
    "--resume", metavar="RUN", type=click.Path(path_type=Path),
    help="Go on with a run that was stopped; a new budget may be given, and DATA where that was moved.",
)  # fmt: skip
@click.option("--changed-data", is_flag=True, help="With --resume: go on though the data was changed.")
@click.option("--open", "open_page", is_flag=True, help="Open the run's page in the browser, which shows how it goes.")
@click.option("--dry-run", is_flag=True, help="Print the resolved recipe and the cost; train nothing.")
@click.option("--quiet", is_flag=True, help="Say nothing but warnings and errors.")
@plugin_option
@click.pass_context
def run(
    context: click.Context,
    *,
    source: Path | None,
    generator: str | None,
    discriminator: str | None,
    loss: str | None,
    penalty: tuple[str, ...],
    augmentation: tuple[str, ...],
    estimator: str | None,
    dataset: str | None,
    preset: str | None,
    steps: int | None,
    epochs: float | None,
    kimg: float | None,
    minutes: float | None,
    batch: int | None,
    shards: int | None,
    lr: str | None,
    pretrain: float | None,
    evaluate_every: int | None,
    seed: int | None,
    threads: int | None,
    seeds: int,
    settings: Mapping[str, Mapping[str, OptionValue]],
    base: Path | None,
    take: tuple[str, ...],
    freeze_discriminator: int | None,
    name: str | None,
    out: Path,
    processes: int | None,
    device: str,
    resume: Path | None,
    changed_data: bool,
    open_page: bool,
    dry_run: bool,
    quiet: bool,
    plugin: tuple[str, ...],
) -> int:
    """Train a generator against a discriminator, and hang what it makes in a gallery.

    DATA is a folder or zip of pictures, an array, an IDX file set, or text. RECIPE.toml is a recipe, as of a run.

    \b
    artgan run --generator cnn --loss bce
    artgan run --generator rnn --loss bce
    artgan run ./my-prints --minutes 20
    artgan run ./haiku.txt
    artgan run --dataset tiles:part=mon --loss hinge --penalty r1:gamma=0.1,interval=8
    artgan run --set discriminator_optimiser.updates=2 --set training.ema=0.99
    artgan run ./my-prints --from runs/calligraphy-cnn-bce-1
    artgan run --resume runs/calligraphy-cnn-bce-1
    artgan run ./my-prints --processes 4

    `artgan show` lists what there is to choose from.
    """
    from ..api import Budget, ResumeRequest, RunRequest, page_opener
    from ..plugins.loader import load_plugins
    from ..training.job import begun_by, job_of
    from .command_processes import is_follower, processes_of
    from .display import Display
    from .stop_advice import ResumeAdvice, stoppable

    job = job_of()
    if processes and job:
        raise UsageError("--processes starts its own: leave it out where torchrun or another engine started this one")
    if processes and processes > 1:
        return _start(processes)

    display = Display(quiet=quiet, silent=is_follower())
    with (
        stoppable(silent=is_follower()) as stop,
        display.training(),
        processes_of(job, debug=bool(context.obj)) as group,
    ):
        plugins = load_plugins(plugin)
        if resume:
            _check_resume(context)
        elif changed_data:
            raise UsageError("--changed-data goes with --resume alone")
        budget = Budget(steps=steps, epochs=epochs, kimg=kimg, minutes=minutes)
        observers: list[Observer] = [display, ResumeAdvice(stop, plugins.registry)]
        if open_page:
            observers.append(page_opener(click.launch))
        begun = begun_by(group, out) if job and job.restarts and not resume else []
        if begun:
            again = ResumeRequest(run=begun[-1], out=out, device=device)
            code, steps = _resume(again, plugins, display, observers, group)
            if code or len(begun) == seeds:
                return code
            budget = Budget(steps=steps)  # those that the minutes of the first had room for

        if resume:
            again = ResumeRequest(
                run=resume,
                data=source,
                budget=budget,
                changed_data=changed_data,
                threads=threads,
                out=out,
                device=device,
            )
            return _resume(again, plugins, display, observers, group)[0]

        request = RunRequest(
            source=source,
            preset=preset,
            dataset=dataset,
            generator=generator,
            discriminator=discriminator,
            loss=loss,
            estimator=estimator,
            penalties=penalty or None,
            augmentations=augmentation or None,
            budget=budget,
            batch=batch,
            shards=shards,
            lr=lr,
            pretrain=pretrain,
            evaluate_every=evaluate_every,
            seed=seed,
            threads=threads,
            settings=settings,
            base=base,
            take=take,
            freeze_discriminator=freeze_discriminator,
            name=name,
            out=out,
            device=device,
            command=command("artgan", *sys.argv[1:]),
        )
        if dry_run:
            return _print_plan(request, seeds, plugins, display, group)
        return _train(request, seeds, begun, plugins, display, observers, group)


def _start(processes: int) -> int:
    """Start processes that carry out this command together, and return their exit code."""
    from ..training.engine import start_processes

    arguments = sys.argv[1:]
    place = next(number for number, text in enumerate(arguments) if text.partition("=")[0] == "--processes")
    del arguments[place : place + (1 if "=" in arguments[place] else 2)]
    return start_processes(processes, arguments, lambda message: echo(message, err=True))


def _print_plan(request: RunRequest, seeds: int, plugins: Plugins, display: Display, group: Processes) -> int:
    from ..api import plan_run

    plan = plan_run(request, seeds=seeds, plugins=plugins, reporter=display, processes=group)
    if group.first:
        echo_lines(plan.recipe.to_toml(plugins.registry))
    return 0


def _train(
    request: RunRequest,
    seeds: int,
    begun: Sequence[Path],
    plugins: Plugins,
    display: Display,
    observers: Sequence[Observer],
    group: Processes,
) -> int:
    from ..api import run_seeds

    trained = [*begun]
    results = run_seeds(
        request,
        seeds,
        begun=len(begun),
        plugins=plugins,
        reporter=display,
        observers=observers,
        processes=group,
    )
    for result in results:
        if code := _print_result(result, plugins, display):
            return code
        trained.append(result.folder)
    if seeds > 1:
        display.say(f"Evaluate each, and then: {command('artgan', 'compare', *trained)}")
    return 0


def _resume(
    request: ResumeRequest, plugins: Plugins, display: Display, observers: Sequence[Observer], group: Processes
) -> tuple[int, int]:
    """Train a run on, and return the exit code and how many steps it has in all."""
    from ..api import resume

    result = resume(request, plugins=plugins, reporter=display, observers=observers, processes=group)
    return _print_result(result, plugins, display), result.steps


def _print_result(result: RunResult, plugins: Plugins, display: Display) -> int:
    """Print what came of a run, and return the exit code."""
    display.end()
    if result.stopped_by:
        display.say(f"Stopped at step {result.step} of {result.steps} and saved. Go on with:")
        display.say(f"  {plugins.registry.command('artgan', 'run', '--resume', result.folder)}")
        return 128 + result.stopped_by
    if best := result.best:
        quality = best.quality
        display.say(
            f"Best at step {quality.step} of {result.steps}, with {quality.name} {quality.value:.3f}. Use it with:"
        )
        display.say(f"  {plugins.registry.command('artgan', 'sample', best.folder)}")
    if result.page:
        echo(result.page)
    return 0


def _check_resume(context: click.Context) -> None:
    """Check that a run to go on with is changed in nothing but its budget and the place of its data.

    Raises:
        UsageError: naming the option that cannot be changed.
    """
    for parameter in context.command.params:
        name = parameter.name or ""
        if name not in WITH_RESUME and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"--resume goes on with the run's own recipe: leave out {parameter.opts[0]}, or start a new run"
            )
