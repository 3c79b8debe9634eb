"""The networks of texts: long texts in groups of like length, and token numbers in place of one-hot rows."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from artgan.builtin.networks import length_groups
from artgan.builtin.networks.one_hot import before_end
from artgan.builtin.networks.recurrent import Cell, RnnDiscriminator, RnnGenerator
from artgan.interfaces import Spec

LENGTH, VOCABULARY, TEXTS = 40, 6, 70
SPEC = Spec("text", (LENGTH, VOCABULARY), (), VOCABULARY, ("", *"abcde"))


def generator(cell: Cell = "lstm") -> RnnGenerator:
    torch.manual_seed(0)
    return RnnGenerator(SPEC, latent=4, width=8, embedding=6, cell=cell, temperature=1.0, top_k=0).double()


def discriminator(cell: Cell = "lstm") -> RnnDiscriminator:
    torch.manual_seed(0)
    return RnnDiscriminator(SPEC, width=8, embedding=6, cell=cell, dropout=0.2).double()


@pytest.fixture
def texts() -> torch.Tensor:
    """Return the tokens of texts of all lengths."""
    random = torch.Generator().manual_seed(1)
    tokens = torch.randint(1, VOCABULARY, (TEXTS, LENGTH), generator=random)
    lengths = torch.randint(0, LENGTH + 1, (TEXTS, 1), generator=random)
    return tokens.masked_fill(torch.arange(LENGTH) >= lengths, 0)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_texts_of_like_length_at_once_are_what_they_are_all_together(
    cell: Cell, texts: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, latents = before_end(texts, True), torch.randn(TEXTS, 4, dtype=torch.float64)
    found = []
    for short in (length_groups.SHORT, LENGTH):
        monkeypatch.setattr(length_groups, "SHORT", short)
        players = generator(cell), discriminator(cell).eval()
        logits = players[0].log_distribution(texts, latents, None), players[1].token_logits(texts, None, None)
        torch.stack([(part[kept] ** 2).mean() for part in logits]).sum().backward()
        found.append([*(part[kept] for part in logits), *(w.grad for p in players for w in p.parameters())])
    for grouped, whole in zip(*found, strict=True):
        assert grouped is whole is None or torch.allclose(grouped, whole, atol=1e-12)


def test_token_numbers_are_judged_as_one_hot_rows_are(texts: torch.Tensor) -> None:
    network = discriminator().train()
    judged = []
    for samples in (texts, F.one_hot(texts, VOCABULARY).double()):
        torch.manual_seed(2)
        judged.append(network(samples, None))
    assert torch.equal(*judged)


def test_texts_that_have_ended_are_drawn_no_further() -> None:
    network, latents = generator().eval(), torch.randn(TEXTS, 4, dtype=torch.float64)
    noise = torch.rand(TEXTS, LENGTH, dtype=torch.float64)
    drawn = network.draw(latents, noise)
    ended = ~before_end(drawn, True)
    assert ended.any()
    assert not drawn[ended].any()

    # Each row is what it would be by itself, and as likely as it says.
    for row in (0, 30, 69):
        assert torch.equal(drawn[row : row + 1], network.draw(latents[row, None], noise[row, None]))
    torch.manual_seed(3)
    rows = network(latents, None)
    torch.manual_seed(3)
    assert torch.equal(rows.argmax(2), network.draw_tokens(latents, None))
