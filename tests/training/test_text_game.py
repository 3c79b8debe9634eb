"""Text in the game: what its networks learn from, that the latent matters, and what cannot be played."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from support.builtins import REGISTRY

from artgan import Component, UsageError
from artgan.builtin.networks.one_hot import before_end
from artgan.builtin.networks.ratio_estimator import RatioEstimator
from artgan.builtin.networks.recurrent import RnnDiscriminator, RnnGenerator
from artgan.builtin.networks.token_estimators import ExpectedEstimator, ReinforceEstimator
from artgan.interfaces import Discriminator, Estimator, Loss, Spec
from artgan.recipe.compose import compose, merge
from artgan.training.played_round import PlayedRound

SMALL = {
    "dataset": {"name": "names"},
    "generator": {"name": "rnn", "latent": 8, "width": 16, "embedding": 8},
    "discriminator": {"name": "rnn", "width": 16, "embedding": 8},
    "loss": {"name": "bce"},
    "training": {"steps": 20, "batch": 16, "precision": "float32"},
    "generator_optimiser": {"lr": 0.01, "clip": 5},
}
TINY = Spec("text", (3, 5), (), 5, ("", "a", "b", "c", "d"))


@pytest.fixture
def text(registry, trainer):
    """Make a trainer of small networks for text; keyword arguments are tables that replace parts of the recipe."""

    def make(**tables):
        return trainer(compose(registry, merge(SMALL, tables), None))

    return make


def tiny_generator(**options):
    torch.manual_seed(0)
    choices: dict[str, Any] = {"latent": 4, "width": 8, "embedding": 6, "cell": "lstm", "temperature": 1.0, "top_k": 0}
    return RnnGenerator(TINY, **choices | options).eval()


def fits(loss: str, discriminator: str, estimator: str) -> bool:
    names = {"loss": loss, "discriminator": discriminator, "estimator": estimator}
    try:
        compose(REGISTRY, merge(SMALL, {kind: {"name": name} for kind, name in names.items()}), None)
    except UsageError:
        return False
    return True


def for_text(interface: type[Component]) -> list[str]:
    """Return the names of all that serve text."""
    return [name for name in REGISTRY.names(interface) if REGISTRY.get(interface, name).serves("text", "tokens")]


ESTIMATORS = for_text(Estimator)
LOSSES = [name for name in for_text(Loss) if "sample-gradient" not in REGISTRY.get(Loss, name).requires]
"""Those that compare no samples place by place, which texts of unequal length do not allow."""
GAMES = [game for game in product(LOSSES, for_text(Discriminator), ESTIMATORS) if fits(*game)]


def test_every_loss_discriminator_and_estimator_of_text_has_a_game_that_it_fits():
    """The ratio is for the losses whose logits are one."""
    everything = (LOSSES, for_text(Discriminator), ESTIMATORS)
    assert [set(played) for played in zip(*GAMES, strict=True)] == [set(names) for names in everything]
    assert {loss for loss, _, estimator in GAMES if estimator == "ratio"} == {"bce", "minimax"}


@pytest.mark.parametrize(("loss", "discriminator", "estimator"), GAMES)
def test_losses_made_for_pictures_train_both_players_unchanged(text, loss, discriminator, estimator):
    game = text(loss={"name": loss}, discriminator={"name": discriminator}, estimator={"name": estimator})
    before = [[weight.clone() for weight in player.parameters()] for player in (game.generator, game.discriminator)]
    for _ in range(2):
        game.step()
    for player, weights in zip((game.generator, game.discriminator), before, strict=True):
        assert any(not torch.equal(now, then) for now, then in zip(player.parameters(), weights, strict=True))
    assert all(torch.tensor(value).isfinite() for value in game.read_scalars().values())


def test_the_estimator_is_the_best_that_the_discriminator_allows(text):
    assert text().recipe.estimator.name == "expected"
    assert text(discriminator={"name": "textcnn"}).recipe.estimator.name == "reinforce"


@pytest.mark.parametrize(
    ("wanted", "estimator"),
    [
        ({}, "ratio"),
        ({"loss": {"name": "minimax"}}, "ratio"),
        ({"loss": {"name": "hinge"}}, "expected"),
        ({"discriminator": {"name": "textcnn"}}, "reinforce"),
        ({"estimator": {"name": "gumbel"}}, "gumbel"),
    ],
)
def test_the_preset_of_text_plays_by_the_ratio_where_the_logits_of_the_players_are_one(registry, wanted, estimator):
    assert compose(registry, wanted, "scratch").estimator.name == estimator


class Judge:
    """A discriminator of three tokens whose logit is that of a fixed table of place and token."""

    table = torch.randn(3, 5, generator=torch.Generator().manual_seed(1))

    def __call__(self, samples, labels):
        kept = before_end(samples.argmax(2), True)
        return (samples * self.table).sum(2) * kept

    def token_logits(self, samples, labels, tokens):
        return self.table.expand(len(samples), -1, -1)

    def token_logits_head(self, samples, labels):
        return None


def round_of(fake, latents):
    return PlayedRound(
        real=fake,
        fake=fake,
        latents=latents,
        real_labels=None,
        fake_labels=None,
        discriminator=Judge(),
        mixed=False,
    )


def gradient_of(estimator, generator, batch):
    """Return the gradient of the objective of the loss -logit, as one vector."""
    latents = torch.randn(1, 4, generator=torch.Generator().manual_seed(2)).expand(batch, -1)
    torch.manual_seed(3)
    fake = estimator.generate(generator, latents, None)
    turn = estimator.generator_round(round_of(fake, latents), generator)
    generator.zero_grad()
    estimator.objective(-turn.fake_logits, turn, generator).backward()
    return torch.cat([weight.grad.flatten() for weight in generator.parameters() if weight.grad is not None])


def test_the_expectation_over_every_token_is_what_reinforce_estimates_with_less_variance():
    generator, size = tiny_generator(), 64
    expected = [gradient_of(ExpectedEstimator(0.5, 0.0, True), generator, size * 400)]
    reference = gradient_of(ReinforceEstimator(0.5, 1.0, True), generator, size * 400)
    assert torch.nn.functional.cosine_similarity(expected[0], reference, dim=0) > 0.9

    def spread(make):
        draws = []
        for seed in range(20):
            latents = torch.randn(1, 4, generator=torch.Generator().manual_seed(2)).expand(size, -1)
            torch.manual_seed(seed)
            estimator = make()
            played = round_of(estimator.generate(generator, latents, None), latents)
            turn = estimator.generator_round(played, generator)
            generator.zero_grad()
            estimator.objective(-turn.fake_logits, turn, generator).backward()
            draws.append(torch.cat([w.grad.flatten() for w in generator.parameters() if w.grad is not None]))
        return torch.stack(draws).std(0).mean()

    assert spread(lambda: ExpectedEstimator(0.0, 0.0, True)) < 0.7 * spread(lambda: ReinforceEstimator(0.0, 1.0, True))


class Table:
    """A discriminator that gives the same logits (L, V) to every token at each place of any text."""

    def __init__(self, logits):
        self.logits = logits

    def __call__(self, samples, labels):
        return (samples * self.logits).sum(2)

    def token_logits(self, samples, labels, tokens):
        every = self.logits.expand(len(samples), -1, -1)
        return every if tokens is None else every.gather(2, tokens)

    def token_logits_head(self, samples, labels):
        return None


def ratio_round(real, fake, latents, logits):
    """Return a round whose discriminator gives the same logits (L, V) to every token at each place of any text."""
    return PlayedRound(
        real=torch.nn.functional.one_hot(real, 5).float(),
        fake=fake,
        latents=latents,
        real_labels=None,
        fake_labels=None,
        discriminator=Table(logits),
        mixed=True,
    )


class TestRatio:
    """The estimator that learns from how much likelier the discriminator finds a token in real texts."""

    latents = torch.randn(64, 4, generator=torch.Generator().manual_seed(5))
    real = torch.randint(0, 5, (64, 3), generator=torch.Generator().manual_seed(6))

    def test_a_discriminator_that_is_right_draws_the_generator_to_the_real_distribution(self):
        generator, estimator = tiny_generator(), RatioEstimator(20.0, False)
        truth = torch.tensor([[0.5, 0.2, 0.1, 0.1, 0.1], [0.1, 0.6, 0.1, 0.1, 0.1], [0.05, 0.05, 0.1, 0.2, 0.6]])
        optimiser = torch.optim.Adam(generator.parameters(), 0.02)

        def said():
            return generator.log_distribution(self.real, self.latents, None).exp().mean(0)

        for _ in range(150):
            with torch.no_grad():
                ratio = truth.log() - said().log()
            fake = estimator.generate(generator, self.latents, None)
            turn = estimator.generator_round(ratio_round(self.real, fake, self.latents, ratio), generator)
            optimiser.zero_grad()
            estimator.objective(turn.fake_logits, turn, generator).backward()
            optimiser.step()
        assert torch.allclose(said(), truth, atol=0.03)

    def test_the_discriminator_is_shown_what_the_generator_would_write_after_real_words(self):
        generator, estimator = tiny_generator(), RatioEstimator(5.0, True)
        latents = self.latents[:1].expand(20_000, -1)
        real = torch.tensor([[1, 0, 0]]).expand(20_000, -1)
        torch.manual_seed(0)
        fake = estimator.generate(generator, latents, None)
        shown = estimator.discriminator_round(
            ratio_round(real, fake, latents, torch.arange(1.0, 6.0).expand(3, 5)), generator
        )
        assert torch.equal(shown.real_logits[0, :, 0], torch.tensor([2.0, 1.0, 0.0])), "nothing behind the end"
        own, after_real = (shown.fake_logits[:, :, kind].mean(0) for kind in (0, 1))
        chances = generator.log_distribution(real[:1], latents[:1], None)[0].exp()
        expected = (chances * torch.arange(1.0, 6.0)).sum(1)
        assert torch.allclose(own[0], expected[0], atol=0.05)
        assert torch.allclose(after_real[:2], expected[:2], atol=0.05)
        assert after_real[2] == 0

    def test_the_trainer_teaches_the_discriminator_by_what_it_is_shown(self, text):
        game, seen = text(estimator={"name": "ratio"}), []
        show = game.estimator.discriminator_round

        def keep(*given):
            seen.append(show(*given))
            return seen[-1]

        game.estimator.discriminator_round = keep
        game.step()
        assert [shown.fake_logits.shape for shown in seen] == [(16, game.data.spec.shape[0], 2)]
        taught = game.recipe.loss.discriminator(seen[0]).mean()
        noted = {"loss_discriminator": taught, "logit_fake": seen[0].fake_logits.mean()}
        scalars = game.read_scalars()
        for name, value in noted.items():
            assert scalars[name] == pytest.approx(float(value.detach()), abs=1e-6)

    def test_logits_above_the_bound_are_believed_up_to_it(self):
        generator, estimator = tiny_generator(), RatioEstimator(1.0, True)
        fake = estimator.generate(generator, self.latents, None)
        objectives = []
        for logit in (50.0, 1.0, 0.5):
            logits = torch.zeros(3, 5)
            logits[:, 2] = logit
            turn = estimator.generator_round(ratio_round(self.real, fake, self.latents, logits), generator)
            objectives.append(float(estimator.objective(turn.fake_logits, turn, generator).detach()))
        assert objectives[0] == pytest.approx(objectives[1])
        assert objectives[1] != pytest.approx(objectives[2])

    def test_each_turn_looks_at_its_own_fakes(self):
        generator, estimator = tiny_generator(), RatioEstimator(5.0, True)
        for seed in range(2):
            torch.manual_seed(seed)
            fake = estimator.generate(generator, self.latents, None)
            turn = estimator.generator_round(ratio_round(self.real, fake, self.latents, torch.zeros(3, 5)), generator)
            assert torch.equal(turn.words.tokens[:64], fake.argmax(2))

    def test_no_gradient_reaches_the_generator_while_the_discriminator_learns(self):
        generator, estimator = tiny_generator(), RatioEstimator(5.0, True)
        fake = estimator.generate(generator, self.latents, None)
        logits = torch.zeros(3, 5, requires_grad=True)
        shown = estimator.discriminator_round(ratio_round(self.real, fake, self.latents, logits), generator)
        (shown.fake_logits - shown.real_logits).mean().backward()
        assert logits.grad.any()
        assert all(weight.grad is None for weight in generator.parameters())


def test_a_discriminator_weighs_every_token_as_it_would_judge_it():
    torch.manual_seed(0)
    network = RnnDiscriminator(TINY, width=8, embedding=6, cell="gru", dropout=0.1).eval()
    tokens = torch.tensor([[1, 2, 3]])
    every = network.token_logits(torch.nn.functional.one_hot(tokens, 5).float(), None, None)
    for token in range(5):
        other = torch.nn.functional.one_hot(torch.tensor([[1, 2, token]]), 5).float()
        assert torch.allclose(network(other, None)[0, 2], every[0, 2, token], atol=1e-6)
    chosen = torch.tensor([[[0, 4], [1, 1], [2, 3]]])
    assert torch.allclose(
        network.token_logits(torch.nn.functional.one_hot(tokens, 5).float(), None, chosen),
        every.gather(2, chosen),
        atol=1e-6,
    )


def test_nothing_behind_the_end_of_a_text_is_judged():
    torch.manual_seed(0)
    network = RnnDiscriminator(TINY, width=8, embedding=6, cell="lstm", dropout=0.1).eval()
    logits = network(torch.nn.functional.one_hot(torch.tensor([[1, 0, 0], [1, 2, 3]]), 5).float(), None)
    assert logits[0, 2] == 0
    assert (logits[0, :2] != 0).all()
    assert (logits[1] != 0).all()


def test_a_discriminator_of_whole_texts_adds_up_the_logits_of_their_tokens(registry):
    tokens, whole = (
        registry.parse(Discriminator, f"{name}:width=8,embedding=6").build(TINY).eval() for name in ("rnn", "textrnn")
    )
    tokens.load_state_dict(whole.state_dict())
    texts = torch.nn.functional.one_hot(torch.tensor([[1, 0, 0], [1, 2, 3]]), 5).float()
    logits = whole(texts, None)
    assert logits.shape == (2,)
    torch.testing.assert_close(logits, tokens(texts, None).sum(1))


def test_the_preset_of_a_pre_trained_game_keeps_the_likelihood_beside_it(registry):
    recipe = compose(registry, {"training": {"steps": 5, "pretrain": 2}}, "relgan")
    assert recipe.training.likelihood > 0
    assert (recipe.loss.name, recipe.discriminator.name) == ("relativistic", "textrnn")
    assert recipe.estimator.name == "reinforce"


class TestGenerator:
    latents = torch.randn(200, 4, generator=torch.Generator().manual_seed(5))
    noise = torch.rand(200, 3, generator=torch.Generator().manual_seed(6))

    def test_draws_tokens_as_often_as_it_says(self):
        generator = tiny_generator(cell="gru")
        latents = self.latents[:1].expand(40_000, -1)
        torch.manual_seed(0)
        drawn = generator.draw(latents)
        said = generator.log_distribution(drawn[:1], latents[:1], None).exp()[0, 0]
        seen = torch.bincount(drawn[:, 0], minlength=5) / len(drawn)
        assert torch.allclose(said, seen, atol=0.01)

    def test_temperature_and_top_k_narrow_the_draws(self):
        torch.manual_seed(0)
        counts = [
            len(tiny_generator(**options).draw(self.latents[:1].expand(3000, -1)).unique(dim=0))
            for options in ({}, {"temperature": 0.3}, {"top_k": 2}, {"temperature": 0.0})
        ]
        assert counts[0] > max(counts[1:])
        assert counts[3] == 1
        assert counts[2] <= 2**3

    def test_temperature_and_top_k_change_nothing_while_training(self):
        plain, narrow = (tiny_generator(**options).train() for options in ({}, {"temperature": 0.3, "top_k": 2}))
        assert torch.equal(plain.draw(self.latents, self.noise), narrow.draw(self.latents, self.noise))

    def test_repeats_the_end_to_the_last_place(self):
        drawn = tiny_generator().draw(self.latents)
        ended = (drawn == 0).long().cumsum(1) > 0
        assert ended.any()
        assert (drawn[ended] == 0).all()

    def test_relaxes_to_hard_tokens_that_carry_gradients(self):
        latents = self.latents.clone().requires_grad_()
        samples = tiny_generator().relaxed(latents, None, 0.5)
        assert torch.equal(samples.detach().sort(2).values[:, :, -1], torch.ones(200, 3))
        (samples * torch.randn(3, 5)).sum().backward()
        assert latents.grad.any()

    def test_a_draw_depends_on_its_own_row_alone(self):
        generator = tiny_generator()
        whole = generator.draw(self.latents, self.noise)
        assert torch.equal(whole[7:9], generator.draw(self.latents[7:9], self.noise[7:9]))


def trained(registry, trainer, steps, estimator):
    larger = {"width": 64, "embedding": 32}
    tables = merge(SMALL, {"generator": larger, "discriminator": larger, "estimator": {"name": estimator}})
    tables["training"] = tables["training"] | {"steps": steps, "batch": 64}
    game = trainer(compose(registry, tables, None))
    for _ in range(steps):
        game.step()
    return game


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ["expected", "ratio"])
def test_the_text_depends_on_the_latent_and_on_the_draws(registry, trainer, estimator):
    game = trained(registry, trainer, 150, estimator)
    network, random = game.ema.network, torch.Generator().manual_seed(0)
    latents, others = (torch.randn(256, game.recipe.generator.latent, generator=random) for _ in range(2))
    noise, other_noise = (torch.rand(256, network.length, generator=random) for _ in range(2))
    first = network.draw(latents, noise)
    by_latent = (first != network.draw(others, noise)).any(1).float().mean()
    by_noise = (first != network.draw(latents, other_noise)).any(1).float().mean()
    assert by_latent > 0.5, "the latent must matter"
    assert by_noise > 0.5, "and so must what is drawn"
    scores = network.log_distribution(first, latents, None).gather(2, first[:, :, None])
    strangers = network.log_distribution(first, others, None).gather(2, first[:, :, None])
    kept = before_end(first, True)
    assert ((scores - strangers).squeeze(2) * kept).sum(1).mean() > 0.05, "a text is likelier under its own latent"


def test_pre_training_raises_the_likelihood_and_leaves_the_discriminator_alone(text):
    game = text(training={"pretrain": 15})
    before = [weight.clone() for weight in game.discriminator.parameters()]
    values = []
    for _ in range(15):
        game.step()
        values.append(game.read_scalars()["loss_pretraining"])
    assert values[-1] < values[0] - 0.3
    assert all(torch.equal(now, then) for now, then in zip(game.discriminator.parameters(), before, strict=True))
    game.step()
    assert "loss_discriminator" in game.read_scalars()


def test_pre_training_may_have_a_learning_rate_of_its_own(text):
    game = text(training={"pretrain": 2, "pretrain_lr": 0.05})
    rates = []
    for _ in range(3):
        game.step()
        rates.append([game.optimisers[player].param_groups[0]["lr"] for player in ("generator", "discriminator")])
    own = game.recipe.discriminator_optimiser.lr
    assert rates == [[0.05, own], [0.05, own], [0.01, own]]


def likelihood_loss(game):
    real = torch.nn.functional.one_hot(torch.tensor(game.data.held_out).long(), game.data.spec.vocabulary).float()
    torch.manual_seed(0)
    with torch.no_grad():
        return float(game.generator.pretraining_loss(real, None).mean())


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_likelihood_beside_the_game_keeps_real_texts_likely(text, estimator):
    losses = {}
    for weight in (0, 1, 3):
        game = text(training={"likelihood": weight}, estimator={"name": estimator})
        for _ in range(20):
            game.step()
        losses[weight] = likelihood_loss(game)
        scalars = game.read_scalars()
        assert ("loss_pretraining" in scalars) == (weight > 0)
        assert "loss_generator" in scalars, "the game goes on"
    assert losses[1] < losses[0] - 0.3
    assert losses[3] < losses[0] - 0.3


def test_the_game_is_played_beside_the_likelihood_and_not_left_out(text):
    games = [text(training={"likelihood": 1, "steps": 1, "ema": 0}, loss={"name": loss}) for loss in ("bce", "wgan")]
    for game in games:
        game.step()
    first, second = (torch.cat([weight.flatten() for weight in game.generator.parameters()]) for game in games)
    assert not torch.allclose(first, second), "another loss of the game, another generator"


def test_the_temperature_of_relaxed_tokens_falls_over_the_run(text):
    game = text(estimator={"name": "gumbel", "first": 1.0, "last": 0.01}, training={"steps": 3})
    temperatures = []
    for _ in range(3):
        game.step()
        temperatures.append(float(game.estimator.temperature))
    assert temperatures == pytest.approx([1.0, 0.01 ** (1 / 3), 0.01 ** (2 / 3)])


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ({"loss": {"name": "mse"}}, "loss mse does not fit dataset names: it compares samples place by place"),
        ({"penalty": [{"name": "r1"}]}, "penalty r1 needs double-backward"),
        ({"generator": {"name": "cnn"}}, "generator cnn is for pixels but dataset names holds text"),
        ({"dataset": {"name": "calligraphy"}}, "but dataset calligraphy holds image"),
        ({"discriminator": {"name": "textcnn"}, "estimator": {"name": "expected"}}, "expected needs token-logits"),
        ({"discriminator": {"name": "textrnn"}, "estimator": {"name": "ratio"}}, "ratio needs token-logits"),
        ({"loss": {"name": "hinge"}, "estimator": {"name": "ratio"}}, "estimator ratio needs log-ratio"),
        ({"augmentation": [{"name": "flip"}]}, "augmentation flip is for pixels"),
    ],
)
def test_what_cannot_be_played_is_refused_before_the_first_step_with_the_reason(text, tables, reason):
    with pytest.raises(UsageError) as raised:
        text(**tables)
    assert reason in str(raised.value)


def test_pictures_cannot_be_pre_trained(small):
    with pytest.raises(UsageError, match="generator cnn cannot be pre-trained"):
        small(training={"pretrain": 5})


def test_pictures_have_no_likelihood_beside_the_game(small):
    with pytest.raises(UsageError, match=r"generator cnn has no likelihood: leave out training\.likelihood"):
        small(training={"likelihood": 1})


def test_a_gradient_penalty_goes_through_convolutions_over_text(text):
    game = text(discriminator={"name": "textcnn"}, penalty=[{"name": "r1", "gamma": 0.1}])
    game.step()
    assert game.read_scalars()["penalty_r1"] > 0
