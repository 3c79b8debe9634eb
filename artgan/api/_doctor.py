"""What is right and wrong with a dataset, and what a run of it would choose: the findings of `artgan doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import ArtganError
from ..files import cache_folder
from ..interfaces import Choice, Data, Dataset, LeftOut, LeftOutGroup, Modality, Reporter, Survey, Workspace
from ..plugins.loader import Plugins, load_plugins
from ..plugins.registry import Registry
from ..quantities import counted
from ..recipe.choices import to_text
from ..recipe.compose import Composed, compose_surveyed
from ..recipe.recipe import Tables
from ._context import SILENT
from ._duplicates import Groups, duplicates
from ._machine import machine_of

FEW, VERY_FEW = 2000, 100
"""Below so many samples a discriminator soon knows them by heart; below the second no recipe helps much."""

SHOWN = 10
"""How many names of a kind a notebook lists."""
EXAMPLES = 3
"""How many items that were left out for one reason are named."""


@dataclass(frozen=True, kw_only=True)
class DoctorRequest:
    """Which dataset to look at.

    Attributes:
        data: a path, or a dataset's name with its options, as `artgan run` takes them.
        device: what would be trained on: ``auto``, or what torch calls it.
    """

    data: str
    device: str = "auto"


@dataclass(frozen=True, repr=False)
class DataFindings:
    """What is known of a dataset, as far as it can be used.

    Attributes:
        survey: what it is like; None where there is nothing to look at.
        data: the opened dataset, None where it cannot be used.
        error: why it cannot be used, else empty.
        duplicates: names of samples that are the same, group by group.
        similar: names of pictures that look the same at 8 x 8, group by group, each duplicate named once.
        choices: what `artgan run` would choose for it, and why.
        advice: what to mend, a sentence each.
        command: the command line that trains on it.
    """

    survey: Survey | None = None
    data: Data | None = None
    error: str = ""
    duplicates: Groups = ()
    similar: Groups = ()
    choices: tuple[Choice, ...] = ()
    advice: tuple[str, ...] = ()
    command: str = ""

    @property
    def count(self) -> int:
        """How many samples can be used."""
        return len(self.data) if self.data else 0

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What cannot be used."""
        known = self.data or self.survey
        return known.left_out if known else ()

    @property
    def left_out_groups(self) -> tuple[LeftOutGroup, ...]:
        """What cannot be used, by the reason why; the commonest reason first."""
        return LeftOutGroup.of(self.left_out)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What is known in words: what it is about, and what is so, in lines."""
        facts = (
            ("cannot be used", self.error),
            ("samples", f"{self.count:,}"),
            ("trained as", " × ".join(map(str, self.data.spec.shape)) if self.data else ""),
            ("left out", "\n".join(map(_group_line, self.left_out_groups))),
            ("the same", "\n".join(" = ".join(group) for group in self.duplicates[:SHOWN])),
            ("look the same", "\n".join(" = ".join(group) for group in self.similar[:SHOWN])),
            ("advice", "\n".join(self.advice)),
            ("choices", "\n".join(map(to_text, self.choices))),
            ("train with", self.command),
        )
        return tuple(fact for fact in facts if fact[1])

    def _repr_html_(self) -> str:
        from ..gallery.markup import table_html

        return table_html(["", ""], self.facts)

    def __repr__(self) -> str:
        return "\n".join(f"{about}: {what}" for about, what in self.facts)


def inspect_data(
    request: DoctorRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT
) -> DataFindings:
    """Return what is known of a dataset, and what `artgan run` would choose for it.

    Args:
        request: which one.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such path or dataset.
    """
    registry = (plugins or load_plugins()).registry
    path = Path(request.data)
    named = not path.exists()
    if named:
        registry.chosen(Dataset, request.data)
    dataset = registry.parse(Dataset, request.data) if named else registry.recognise(path)

    survey: Survey | None = None
    try:
        with reporter.progress() as progress:
            workspace = Workspace(cache_folder(), progress)
            own = dataset.choose(workspace)
            dataset = dataset.decided(own) if own else dataset
            survey = dataset.survey(workspace)
            wanted = {"dataset": {"name": registry.qualified(type(dataset)), **dataset.values()}}
            composed, refused = _composed(registry, wanted, survey, request.device)
            data = (composed.recipe.dataset if composed else dataset).open(workspace)
    except ArtganError as error:
        return DataFindings(survey=survey, error=str(error))

    same, similar = duplicates(data, registry.get(Modality, data.spec.modality).representation)
    if composed is None:
        return DataFindings(survey, data, refused, same, similar)

    options = registry.command("artgan", "show", "dataset", wanted["dataset"]["name"])
    words = ["--dataset", request.data] if named else [path]
    return DataFindings(
        survey=survey,
        data=data,
        duplicates=same,
        similar=similar,
        choices=(*([own] if own else []), *composed.choices),
        advice=(*_advice(data, same, options), *([composed.advice] if composed.advice else [])),
        command=registry.command("artgan", "run", *words),
    )


def _composed(registry: Registry, wanted: Tables, survey: Survey, device: str) -> tuple[Composed | None, str]:
    """Return what a run would choose, or why there is none."""
    try:
        composed = compose_surveyed(registry, wanted, None, survey=lambda _: survey, machine=lambda: machine_of(device))
    except ArtganError as error:
        return None, str(error)
    return composed, ""


def _group_line(group: LeftOutGroup) -> str:
    names = list(dict.fromkeys(item.name for item in group.items))[:EXAMPLES]
    return f"{group.count:,}: {group.reason} ({', '.join(names)}{', …' if group.count > len(names) else ''})"


def _advice(data: Data, same: Groups, options: str) -> list[str]:
    """Return what the user could mend; ``options`` is the command that shows those of the dataset."""
    advice: list[str] = []
    if copies := sum(len(group) - 1 for group in same):
        count_twice = "1 copy counts twice: remove it" if copies == 1 else f"{copies:,} copies count twice: remove them"
        advice.append(count_twice)
    if len(data) < FEW:
        few = "very few: expect variations on them" if len(data) < VERY_FEW else "few: more make works more varied"
        advice.append(f"{counted(len(data), 'sample')} {'is' if len(data) == 1 else 'are'} {few}")
    advice += [
        f"{group.remedy} keeps {counted(group.count, 'item')} left out: {group.reason}"
        for group in LeftOutGroup.of(data.left_out)
        if group.remedy
    ]
    if data.left_out:
        left_out = counted(data.count_left_out, "item" if data.spec.tokens else "file")
        them = "it" if data.count_left_out == 1 else "them"
        what = f"mend {them}, or choose other options: {options}" if data.spec.tokens else f"mend or remove {them}"
        advice.append(f"{left_out} left out: {what}")
    return advice
