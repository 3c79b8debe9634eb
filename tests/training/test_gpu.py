"""Training on a GPU: repeated to the last bit, resumed, recorded, and never waited for. Skipped where there is none."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from support.games import GAMES, both, differing

from artgan.recipe.compose import compose
from artgan.training.captured_network import cuda_graphs
from artgan.training.device import prepare_process

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU")

TEXTS = {
    "recurrent, from noise": ({"generator": {"name": "rnn"}}, "scratch"),
    "recurrent, by likelihood": ({"generator": {"name": "rnn"}}, "mle"),
    "attention, by likelihood": ({"generator": {"name": "transformer", "width": 32}}, "mle"),
    "convolutions judge": ({"discriminator": {"name": "textcnn"}}, "scratch"),
}


@pytest.fixture(autouse=True)
def _prepared() -> None:
    prepare_process(torch.device("cuda"))


@contextmanager
def never_waiting() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Synchronization debug mode is a prototype")  # as torch says the first time
        torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("tables", GAMES.values(), ids=GAMES)
def test_a_game_of_pictures_comes_to_the_same_bits_each_time(small, trainer, tables):
    one, other = both(small(**tables), trainer, None, "cuda")
    for _ in range(4):
        one.step()
        other.step()
    assert differing(one, other) == []


@pytest.mark.parametrize(("tables", "preset"), TEXTS.values(), ids=TEXTS)
def test_a_game_of_texts_comes_to_the_same_bits_each_time(registry, trainer, tables, preset):
    recipe = compose(
        registry, {"dataset": {"name": "names"}, "training": {"steps": 100, "batch": 16}, **tables}, preset
    )
    one, other = both(recipe, trainer, None, "cuda")
    for _ in range(3):
        one.step()
        other.step()
    assert differing(one, other) == []


@pytest.mark.parametrize("tables", GAMES.values(), ids=GAMES)
def test_a_game_by_cuda_graphs_comes_to_the_same_bits_and_never_waits_for_the_gpu(small, trainer, tables):
    plain, captured = both(small(**tables), trainer, cuda_graphs, "cuda")
    for _ in range(4):
        plain.step()
        captured.step()
    with never_waiting():
        captured.step()
    plain.step()
    assert differing(plain, captured) == []


def test_no_step_waits_for_the_gpu(small, trainer):
    recipe = small(augmentation=[{"name": "diffaug"}], penalty=[{"name": "r1", "interval": 2}])
    game, _ = both(recipe, trainer, None, "cuda")
    for _ in range(4):  # what is allocated and chosen once may be waited for
        game.step()
    with never_waiting():
        for _ in range(4):
            game.step()


@pytest.mark.parametrize("optimiser", ["Adam", "AdamW", "SGD", "RMSprop", "NAdam"])
def test_what_was_saved_goes_on_to_the_same_bits(small, trainer, optimiser):
    tables = {f"{player}_optimiser": {"optimiser": optimiser} for player in ("generator", "discriminator")}
    one, other = both(small(**tables), trainer, None, "cuda")
    for _ in range(3):
        one.step()
    other.load_state({name: tensor.cpu() for name, tensor in one.state().items()}, one.steps)
    for _ in range(2):
        one.step()
        other.step()
    assert differing(one, other) == []
