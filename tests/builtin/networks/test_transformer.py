"""The transformer that draws text: step by step it is what it is at once."""

from __future__ import annotations

import pytest
import torch

from artgan.builtin.generator import TransformerGenerator
from artgan.builtin.networks import length_groups
from artgan.builtin.networks import transformer as networks
from artgan.builtin.networks.one_hot import before_end
from artgan.interfaces import Spec

LENGTH, VOCABULARY, TEXTS = 40, 6, 50
SPEC = Spec("text", (LENGTH, VOCABULARY), (), VOCABULARY, ("", *"abcde"))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> networks.TransformerGenerator:
    """Return one whose weights are large enough to tell places apart."""
    monkeypatch.setattr(networks, "SPREAD", 0.5)
    torch.manual_seed(0)
    built = networks.TransformerGenerator(SPEC, latent=4, width=8, depth=2, heads=2, temperature=1.0, top_k=0)
    return built.double().eval()


@pytest.fixture
def drawn(network: networks.TransformerGenerator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return latents, the noise that decides, and the texts that are drawn by them."""
    latents, noise = torch.randn(TEXTS, 4, dtype=torch.float64), torch.rand(TEXTS, LENGTH, dtype=torch.float64)
    return latents, noise, network.draw(latents, noise)


def test_steps_give_the_logits_that_all_places_have_at_once(network, drawn):
    latents, _, texts = drawn
    head = network.next_token_head(texts, latents, None).every()
    token, state, kept = torch.full((TEXTS,), VOCABULARY), network.begin(latents), before_end(texts, True)
    for place in range(LENGTH):
        before = [part.clone() for part in state]
        logits, following = network.step(token, latents, state)
        assert all(map(torch.equal, state, before))
        assert torch.allclose(logits[kept[:, place]], head[kept[:, place], place])
        token, state = texts[:, place], following


def test_a_text_is_drawn_alike_by_itself_and_among_others(network, drawn):
    latents, noise, texts = drawn
    assert (~before_end(texts, True)).any()
    for row in (0, 20, TEXTS - 1):
        assert torch.equal(texts[row : row + 1], network.draw(latents[row, None], noise[row, None]))


def test_no_place_sees_one_behind_it(network, drawn):
    latents, _, texts = drawn
    changed = texts.clone()
    changed[:, 20:] = (changed[:, 20:] + 1) % VOCABULARY
    both = [network.next_token_head(tokens, latents, None).every() for tokens in (texts, changed)]
    kept = before_end(texts, True)[:, :21] & before_end(changed, True)[:, :21]
    assert torch.allclose(both[0][:, :21][kept], both[1][:, :21][kept])


def test_texts_of_like_length_at_once_are_what_they_are_all_together(network, drawn, monkeypatch):
    latents, _, texts = drawn
    kept, found = before_end(texts, True), []
    for short in (length_groups.SHORT, LENGTH):
        monkeypatch.setattr(length_groups, "SHORT", short)
        found.append(network.log_distribution(texts, latents, None)[kept])
    assert torch.allclose(*found)


def test_a_width_that_heads_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="width 10 is no multiple of 4 heads"):
        TransformerGenerator(width=10).build(SPEC)
