"""The project's pages do as they say: what they give to type exists, what they name is there, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image
from support.documents import PAGES, ROOT, Page, is_kept, parse
from support.song import RATE, song

from artgan.commands.main import cli
from artgan.interfaces.kinds import KINDS
from artgan.plugins.loader import Plugins, load_plugins

DISTRIBUTIONS = [str(path) for path in ROOT.glob("plugins/artgan-*/artgan_*")]
COMMANDS = [
    pytest.param(page, words, id=f"{page.name}: {shlex.join(words[1:])}") for page in PAGES for words in page.commands
]


@pytest.fixture(scope="module")
def plugins_of(tmp_path_factory):
    """Return what there is to choose from for a page's reader: built in, beside artgan, and shown on the page."""
    loaded: dict[Page, Plugins] = {}

    def load(page: Page) -> Plugins:
        if page not in loaded:
            folder = tmp_path_factory.mktemp("examples")
            for name, code in page.examples.items():
                (folder / name).write_text(code, encoding="utf-8")
            shown = [str(folder / name) for name in page.examples if not name.startswith("test_")]
            loaded[page] = load_plugins([*DISTRIBUTIONS, *shown])
        return loaded[page]

    return load


def test_the_pages_are_found():
    assert {"README.md", "gallery/README.md", "plugins/README.md"} <= {page.name for page in PAGES}
    assert {path.name for path in ROOT.glob("plugins/artgan-*")} <= {page.path.parent.name for page in PAGES}


def test_what_a_tool_leaves_in_a_hidden_folder_is_no_page_of_the_project():
    left = ("plugins/artgan-palette/.pytest_cache/README.md", "artgan/__pycache__/README.md", ".venv/README.md")
    assert [name for name in left if is_kept(Path(name))] == []
    assert is_kept(Path(".github/SECURITY.md"))


@pytest.mark.parametrize(("page", "words"), COMMANDS)
def test_a_command_is_understood_and_what_it_names_is_there(page, words, plugins_of):
    context = parse(cli, words)
    given = [(parameter, value) for parameter in context.command.params for value in values(context, parameter)]
    made_there = {new[3] for new in page.commands if new[1:3] == ["plugins", "new"] and len(new) > 3}

    for parameter, value in given:
        if parameter.name in KINDS and value not in {"none", "NAME", *made_there}:
            plugins_of(page).registry.parse(KINDS[parameter.name], value)
        elif parameter.name == "plugin":
            assert value in page.examples or (page.path.parent / str(value)).is_file()
        elif re.match(r"(\./)?(plugins|gallery)/", str(value)):
            assert (ROOT / str(value)).exists()


def values(context: click.Context, parameter: click.Parameter) -> list[object]:
    value = context.params.get(parameter.name or "")
    return list(value) if isinstance(value, tuple) else [] if value is None else [value]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_option_that_the_prose_names_is_one_of_artgan(page):
    """An option stands alone where a command before it says which command it belongs to."""
    named = {span.split()[0].split("=")[0] for span in page.spans if span.startswith("--")}
    assert named <= OPTIONS


def _options(command: click.Command) -> set[str]:
    own = {name for parameter in command.params for name in parameter.opts}
    if isinstance(command, click.Group):
        context = click.Context(command)
        return own.union(*(_options(command.get_command(context, name)) for name in command.list_commands(context)))
    return own


OPTIONS = _options(cli)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_its_links_lead_somewhere(page):
    for link in page.links:
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        assert path.exists(), link
        assert path.is_relative_to(ROOT), link
        if anchor:
            assert anchor in Page(path.relative_to(ROOT).as_posix()).anchors, link


@pytest.mark.parametrize("page", [page for page in PAGES if page.examples], ids=lambda page: page.name)
def test_its_examples_load(page, plugins_of):
    assert plugins_of(page).problems == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_path_in_the_prose_is_there(page):
    """A path from the project's root."""
    paths = [span for span in page.spans if re.fullmatch(r"(artgan|plugins|tests|gallery)(/[\w.-]+)+", span)]
    assert [path for path in paths if not (ROOT / path).exists() and path != "gallery/NAME"] == []


QUICK = {"about", "breed", "completion", "doctor", "export", "remake", "runs", "sample", "show", "walk"}
"""Commands that need no more than seconds on a small run."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.commands and not page.name.startswith("plugins")],
    ids=lambda page: page.name,
)
def test_its_quick_commands_work_on_a_small_run(page, artgan, tmp_path, pictures):
    """Those on a model with classes or styles are left out: the small run has none."""
    players = ("--generator=cnn:width=2", "--discriminator=cnn:width=2", "--quiet")
    texts = ("--generator=rnn:width=8", "--discriminator=rnn:width=8", "--dataset=names", "--loss=bce", "--quiet")
    assert artgan("run", pictures, *players, "--steps=4", "--evaluate-every=2", "--name=small").code == 0
    assert artgan("run", *texts, "--steps=2", "--name=texts").code == 0
    (tmp_path / "my-prints").mkdir()
    for number, sample in enumerate(np.load(pictures)):
        Image.fromarray(sample).save(tmp_path / f"my-prints/{number}.png")
    shutil.copytree(ROOT / "gallery/calligraphy", tmp_path / "gallery/calligraphy", dirs_exist_ok=True)
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / "song.wav", song(4), RATE)
    assert artgan("directions", "small", "--name", "1=weight").code == 0
    work = artgan("sample", "small", "-n", "1").out.splitlines()[0]

    whole = [words[1:] for words in page.commands if len(words) > 2 or words[1] in ("runs", "show")]
    for words in [words for words in whole if words[0] in QUICK and not {"--class", "--mix"} & {*words}]:
        of_texts = any("temperature" in word or word in ("--prompt", "--constraint") for word in words)
        run = "texts" if of_texts else "small"
        meant = {
            "RUN": run,
            "songs": "texts",
            "runs/NAME/best": f"runs/{run}/best",
            "FILE": work,
            "3,8,FILE": f"3,8,{work}",
        }
        done = artgan(*(meant.get(word, word) for word in words))
        assert done.code == 0, f"{words}\n{done.err}"
