"""`artgan run`: train, and hang what was made in a gallery."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .options import component_option, plugin_option

if TYPE_CHECKING:
    from ..training.run import Run
    from .running import Session
    from .stopping import Stop


@click.command()
@click.argument("source", required=False, metavar="[DATA | RECIPE.toml]")
@component_option("generator", "What makes the samples.")
@component_option("discriminator", "What judges them.")
@component_option("loss", "The adversarial loss.")
@component_option("penalty", "A penalty on the discriminator, or none; may be given more than once.", multiple=True)
@component_option("augmentation", "A change before the discriminator, or none; as --penalty.", multiple=True)
@component_option("estimator", "How the generator learns through its samples.")
@component_option("dataset", "The real samples; a path as plain argument is recognised.")
@component_option("preset", "The recipe that fills in what is not chosen, instead of default.")
@click.option("--steps", type=click.IntRange(min=1), help="Budget: steps.")
@click.option("--epochs", type=click.FloatRange(min=0, min_open=True), help="Budget: times each sample is seen.")
@click.option("--kimg", type=click.FloatRange(min=0, min_open=True), help="Budget: thousand real samples seen.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Budget: minutes on this machine.")
@click.option("--batch", type=int, help="Samples in a batch.")
@click.option("--lr", type=float, help="Learning rate of both players.")
@click.option("--pretrain", type=int, help="Steps of maximum likelihood before the game.")
@click.option(
    "--evaluate-every", type=click.IntRange(0), help="Judge every so many steps, and keep the best; 0: never."
)
@click.option("--seed", type=int, help="Root of all randomness.")
@click.option("--seeds", default=1, type=click.IntRange(1, 100), help="Train that many runs, each with the next seed.")
@click.option("--set", "settings", multiple=True, metavar="TABLE.KEY=VALUE", help="Any other line of the recipe.")
@click.option("--name", help="Name of the run. [default: dataset-generator-loss-number]")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Holds runs/ and gallery/."
)
@click.option("--device", default="auto", show_default=True, help="Where to train: auto, cpu, cuda, mps...")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped; a new budget may be given.")
@click.option("--changed-data", is_flag=True, help="With --resume: go on though the data was changed.")
@click.option("--dry-run", is_flag=True, help="Print the resolved recipe and the cost; train nothing.")
@click.option("--quiet", is_flag=True, help="Say nothing but warnings and errors.")
@plugin_option
def run(**given: Any) -> int:
    """Train a generator against a discriminator, and hang what it makes in a gallery.

    DATA is a folder or zip of pictures, an array, an IDX file set, or text. RECIPE.toml is a recipe, as of a run.

    \b
    artgan run --generator cnn --loss bce
    artgan run --generator rnn --loss bce
    artgan run ./my-prints --minutes 20
    artgan run ./haiku.txt
    artgan run --dataset tiles:part=mon --loss hinge --penalty r1:gamma=0.1,interval=8
    artgan run --set discriminator_optimiser.updates=2 --set training.ema=0.99
    artgan run --resume runs/calligraphy-cnn-bce-1

    `artgan show` lists what there is to choose from.
    """
    from .stopping import stoppable

    with stoppable() as stop:
        return _run(given, stop)


def _run(given: dict[str, Any], stop: Stop) -> int:
    from ..plugins.loader import load_plugins
    from .composing import check_resume, compose_given, given_budget
    from .display import Display

    display = Display(quiet=given.pop("quiet"))
    plugins, out, device = load_plugins(given.pop("plugin")), given.pop("out"), given.pop("device")
    resumed, name, dry_run = given.pop("resume"), given.pop("name"), given.pop("dry_run")
    seeds = given.pop("seeds")
    changed_data = given.pop("changed_data")
    if resumed:
        check_resume({**given, "name": name, "dry_run": dry_run or None, "seeds": seeds if seeds > 1 else None})
        budget = given_budget(given)
    else:
        if changed_data:
            raise UsageError("--changed-data goes with --resume alone")
        recipe = compose_given(plugins.registry, given)

    from .running import Session

    session = Session(plugins=plugins, out=out, display=display)
    if resumed:
        return _train(session, session.resume(resumed, device=device, budget=budget, changed_data=changed_data), stop)
    trained: list[str] = []
    for seed in range(recipe.training.seed, recipe.training.seed + seeds):
        own = f"{name}-{seed}" if name and seeds > 1 else name
        run = session.start(recipe.with_seed(seed), name=own, device=device, dry_run=dry_run)
        if run is None:
            return 0
        if code := _train(session, run, stop):
            return code
        recipe, trained = run.recipe, [*trained, run.id]
    if seeds > 1:
        display.say(f"Evaluate each, and then: artgan compare {' '.join(trained)}")
    return 0


def _train(session: Session, run: Run, stop: Stop) -> int:
    stop.advice = f"Run {run.id} is as it was last saved. Go on with: artgan run --resume {run.folder}"
    return session.train(run)
