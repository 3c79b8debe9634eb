"""Both players see places alike, bars add up whatever the weights are, and every tune ends."""

from __future__ import annotations

import math

import pytest
import torch
from artgan_music.grid import Grid
from artgan_music.gumbel import drawn_token, gumbel_noise
from artgan_music.modality import Music
from artgan_music.models import TuneGenerator
from artgan_music.tune import Metre
from hypothesis import given, settings
from hypothesis import strategies as st

SPEC = Music().examples()[0]
GRID = Grid.of_spec(SPEC)


def network(seed=0, **options):
    torch.manual_seed(seed)
    return TuneGenerator(width=12, **options).build(SPEC).double().eval()


def tunes(tokens):
    return [GRID.tune(row) for row in tokens.tolist()]


@given(seed=st.integers(0, 2**31), temperature=st.sampled_from([0, 0.5, 1, 10]))
@settings(max_examples=25, deadline=None)
def test_every_tune_is_full_bars_of_its_metre_whatever_the_weights(seed, temperature):
    drawn = network(seed, temperature=temperature).draw(torch.randn(8, 32, dtype=torch.float64) * 5, None)
    for tune in tunes(drawn):
        assert len(tune.bars) == GRID.bars
        assert {sum(ticks for _, ticks in bar) for bar in tune.bars} == {tune.metre.ticks}


def test_a_class_is_the_metre_of_its_name():
    labels = torch.tensor([0, 1, 1, 0])
    drawn = network().draw(torch.randn(4, 32, dtype=torch.float64), labels)
    assert [str(tune.metre) for tune in tunes(drawn)] == [SPEC.classes[label] for label in labels]


@pytest.mark.parametrize("echo", [True, False])
def test_all_places_at_once_are_told_what_they_are_told_one_by_one(echo):
    made = network(echo=echo)
    with torch.no_grad():
        for weight in made.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    latents = torch.randn(6, 32, dtype=torch.float64)
    tokens = made.draw(latents, None)
    expected = made.log_distribution(tokens, latents, None)

    token, state = torch.full((6,), SPEC.vocabulary), made.begin(latents)
    for place in range(made.length):
        logits, state = made.step(token, latents, state)
        assert torch.allclose(logits.log_softmax(1), expected[:, place], atol=1e-9)
        token = tokens[:, place]


def test_a_gate_lifts_the_event_that_began_bars_before():
    made = network()
    jig = GRID.tokens(GRID.tune([1, *[GRID.events.index((60, 18)) + 3, GRID.events.index((62, 18)) + 3] * 4]))
    tokens = torch.tensor([jig])
    latents = torch.zeros(1, 32, dtype=torch.float64)
    with torch.no_grad():
        made.gates.weight.zero_()
        made.gates.bias.copy_(torch.tensor([3.0, *[0] * 7]))
    again = made.log_distribution(tokens, latents, None)[0].exp()
    assert (again[3:9].argmax(1) == tokens[0, 3:9]).all()


@pytest.mark.parametrize(("temperature", "share"), [(1.0, 0.75), (0.5, 0.9), (0.0, 1.0)])
def test_a_token_is_drawn_as_often_as_its_logit_says_at_the_temperature(temperature, share):
    logits = torch.tensor([[0.0, math.log(3)]]).expand(4000, 2)
    drawn = drawn_token(logits, torch.arange(4000), torch.zeros(4000, dtype=torch.long), temperature)
    assert drawn.double().mean() == pytest.approx(share, abs=0.025)


def test_the_noise_is_gumbel_and_its_own_for_each_key_tick_and_token():
    noise = gumbel_noise(torch.arange(300), torch.arange(300) % 7, 200)
    assert noise.mean().item() == pytest.approx(0.5772, abs=0.02)
    assert noise.var().item() == pytest.approx(math.pi**2 / 6, abs=0.05)
    assert len(noise.unique()) > 0.99 * noise.numel()
    assert gumbel_noise(torch.tensor([7]), torch.tensor([3]), 5).equal(
        gumbel_noise(torch.tensor([7]), torch.tensor([3]), 5)
    )


def test_a_little_further_in_the_latents_most_of_a_tune_stays():
    made = network()
    start, end = torch.randn(2, 1, 32, dtype=torch.float64)
    alike = []
    for seed in range(20):
        drawn = []
        for share in (0.0, 0.02):
            torch.manual_seed(seed)
            drawn.append(made.draw(start + share * (end - start), None))
        alike.append((drawn[0] == drawn[1]).double().mean().item())
    assert sum(alike) / len(alike) > 0.8


def test_a_spec_without_a_grid_is_refused():
    from artgan.interfaces import Spec

    text = Spec("text", (6, 3), (), 3, ("", "a", "b"))
    with pytest.raises(ValueError, match="it takes tunes on a grid of bars, not text"):
        TuneGenerator().build(text)


def test_bars_that_cannot_be_filled_are_refused():
    grid = Grid((Metre(3, 4),), ((60, 24),), 2, {Metre(3, 4): {0: (24,)}}, 12)
    with pytest.raises(ValueError, match="cannot be filled"):
        TuneGenerator().build(grid.spec)
