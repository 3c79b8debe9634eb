"""What components build: the networks of the players, and the modules beside them.

Networks are plain ``torch.nn.Module``; the protocols say what the trainer calls of them. What a component ``provides``
beyond that is a protocol too (`CAPABILITIES`), checked before the first step. Estimators and augmentations derive from
the base of their kind, whose methods do nothing unless they are written anew.

This module imports torch, as modules of networks do; what declares components imports `artgan.interfaces` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, Self, cast, runtime_checkable

import torch
from torch import Generator as RandomStream
from torch import Tensor, nn

from .component import Component
from .constraint import TokenMask
from .device_feed import to_device as to_device
from .discriminator import Discriminator
from .masked_draws import MaskedDraws as MaskedDraws
from .round import Round
from .token_head import TokenHead as TokenHead


class GeneratorNetwork(Protocol):
    """What every generator builds, an ``nn.Module``."""

    def __call__(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return samples (B, ...) of latents (B, latent) and class indices (B,)."""
        ...


@runtime_checkable
class ExplicitGenerator(Protocol):
    """What provides ``log-probabilities``: a generator of tokens that knows how likely each is."""

    def log_distribution(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logarithm of the probability (B, L, V) of every token at each place of (B, L) given those before.

        It is differentiated by the weights.
        """
        ...


@runtime_checkable
class HeadedGenerator(Protocol):
    """What provides ``next-token-head``: a generator of tokens whose logits are a product with weights of each token.

    It is what makes long texts and large vocabularies cheap; ``log-probabilities`` alone will do without.
    """

    def next_token_head(self, tokens: Tensor, latents: Tensor, labels: Tensor | None) -> TokenHead:
        """Return what every token's logit is the product of at each place of (B, L), given those before it.

        Their ``log_softmax`` is what `ExplicitGenerator.log_distribution` gives, up to the end of each text.
        """
        ...


@runtime_checkable
class DrawingGenerator(Protocol):
    """What provides ``token-draws``: a generator of tokens that can give their numbers instead of one-hot rows."""

    def draw_tokens(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the tokens (B, L) of new samples, int64, without a gradient."""
        ...


@runtime_checkable
class RelaxedGenerator(Protocol):
    """What provides ``relaxation``: a generator of tokens whose samples can be differentiated."""

    def relaxed(self, latents: Tensor, labels: Tensor | None, temperature: float) -> Tensor:
        """Return samples (B, L, V), hard one-hots whose gradient is that of the softmax at the temperature."""
        ...


@runtime_checkable
class PretrainableGenerator(Protocol):
    """What provides ``pretraining``: a generator that can learn from real samples without a discriminator."""

    def pretraining_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        """Return what is minimised for each real sample, (B,).

        Alone for the first `training.pretrain` steps, and beside the loss of the game where the recipe weighs it.
        """
        ...


@runtime_checkable
class StepwiseGenerator(Protocol):
    """What provides ``steps``: a generator of tokens that a page can draw from token by token."""

    def begin(self, latents: Tensor) -> tuple[Tensor, ...]:
        """Return the state before the first token: tensors (B, ...)."""
        ...

    def step(self, token: Tensor, latents: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the logits (B, V) of the next token and the state after this one.

        Args:
            token: the number of the token before, (B,); the size of the vocabulary for the first.
            latents: (B, latent).
            state: before the token.
        """
        ...


@runtime_checkable
class ConstrainedGenerator(Protocol):
    """What provides ``constraints``: a generator of tokens that draws none that may not come next.

    `MaskedDraws` does that for what is drawn side by side.

    Attributes:
        masks: what it holds its works to.
    """

    masks: tuple[TokenMask, ...]

    def constrain(self, masks: Sequence[TokenMask]) -> None:
        """Hold works to all of these too from now on, but while training."""
        ...


@runtime_checkable
class StyledGenerator(Protocol):
    """What provides ``styles``: a generator whose layers each take a style, so that works can be mixed layer by layer.

    In evaluation, ``draw(styles(latents, labels))`` is what it makes of latents and labels.
    """

    def styles(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the styles (B, layers, width) of latents (B, latent) and labels (B,), the coarsest layer first."""
        ...

    def draw(self, styles: Tensor) -> Tensor:
        """Return the samples (B, ...) of styles (B, layers, width)."""
        ...


class DiscriminatorNetwork(Protocol):
    """What every discriminator builds, an ``nn.Module``."""

    def __call__(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return logits (B,) or (B, L), high for real, of samples (B, ...) and class indices (B,)."""
        ...


@runtime_checkable
class SizedGenerator(Protocol):
    """A generator of pictures that tells at which size its layers work, where watching its modules would not."""

    def layer_sizes(self) -> Mapping[str, int]:
        """Return the longer side, in pixels, of what each layer makes, by the name of its module; 0 for no picture."""
        ...


@runtime_checkable
class LayeredDiscriminator(Protocol):
    """A discriminator that tells in which order its layers see a sample, where their modules have another order."""

    def layers_from_below(self) -> Sequence[nn.Module]:
        """Return its layers, that which sees the sample first, which some runs keep as it is."""
        ...


@runtime_checkable
class SteppedDiscriminator(Protocol):
    """A discriminator that does not do the same in every step, and is told which one begins."""

    def begin_step(self, step: int) -> Hashable:
        """Be another from now on, as in this step: a function of its number alone, asked of any step in any order.

        Args:
            step: the number of steps taken before it, the same in each shard.

        Returns:
            Which of its ways this is: in steps of one way it does the same operations on tensors, so that what was
            recorded of one can be replayed in another. They should be few.
        """
        ...


@runtime_checkable
class SelfSupervisedDiscriminator(Protocol):
    """A discriminator that learns something of real samples beside judging them, such as to draw them anew."""

    def self_supervised_loss(self, real: Tensor, labels: Tensor | None) -> Tensor:
        """Return what is minimised for each real sample beside the loss of the game, (B,).

        Args:
            real: (B, ...), augmented as those are that are judged, by other random numbers.
            labels: class indices (B,).
        """
        ...


@runtime_checkable
class TokenDiscriminator(Protocol):
    """What provides ``token-logits``: a discriminator that judges tokens that might stand at a place."""

    def token_logits(self, samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Return the logits (B, L, K) that tokens (B, L, K), or all for None, would have, given those before them."""
        ...


@runtime_checkable
class HeadedDiscriminator(Protocol):
    """What provides ``token-logits-head``: a discriminator whose logits are a product with weights of each token."""

    def token_logits_head(self, samples: Tensor, labels: Tensor | None) -> TokenHead:
        """Return what `TokenDiscriminator.token_logits` is the product of at each place (B, L)."""
        ...


CAPABILITIES: dict[str, type] = {
    "log-probabilities": ExplicitGenerator,
    "next-token-head": HeadedGenerator,
    "token-draws": DrawingGenerator,
    "relaxation": RelaxedGenerator,
    "pretraining": PretrainableGenerator,
    "steps": StepwiseGenerator,
    "constraints": ConstrainedGenerator,
    "styles": StyledGenerator,
    "token-logits": TokenDiscriminator,
    "token-logits-head": HeadedDiscriminator,
}
"""What a network must offer for what its component provides."""

TOKEN_NUMBERS = "token-numbers"
"""What a discriminator and an estimator provide that take token numbers (B, L) wherever samples are one-hot (B, L, V).

Where both do, the generator draws numbers and nothing else looks at samples, none are made one-hot.
"""


class EstimatorModule(nn.Module):
    """How the generator learns through its samples; by itself, by differentiating them.

    The trainer calls it in this order, what it must remember from step to step being kept in buffers::

        for step in range(steps):
            estimator.begin(step / steps)
            for update in range(discriminator_updates):
                fake = estimator.generate(generator, latents, labels)
                turn = estimator.discriminator_round(round of real and fake.detach(), generator)
                minimise loss.discriminator(turn).mean()
            for update in range(generator_updates):    # the first learns from the last fakes above
                turn = estimator.generator_round(round of real and fake, generator)
                minimise estimator.objective(loss.generator(turn), turn, generator)

    Of a batch in shards each update is played for every shard, from the same buffers, of which the mean stays; the last
    fakes are then generated a second time, the same ones, for the generator to learn from.
    """

    def begin(self, progress: float) -> None:
        """Prepare a step.

        Args:
            progress: the share of the run that is done, 0 to 1.
        """

    def generate(self, generator: GeneratorNetwork, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the fakes (B, ...) as the discriminator sees them."""
        return generator(latents, labels)

    def discriminator_round(self, turn: Round, generator: GeneratorNetwork) -> Round:
        """Return the round as the discriminator's loss sees it; no gradient may reach the generator."""
        return turn

    def generator_round(self, turn: Round, generator: GeneratorNetwork) -> Round:
        """Return the round as the generator's loss and `objective` see it."""
        return turn

    def objective(self, values: Tensor, turn: Round, generator: GeneratorNetwork) -> Tensor:
        """Return the scalar whose gradient teaches the generator.

        Args:
            values: what the loss gives for each logit, pair or sample of the turn.
            turn: as `generator_round` gave it.
            generator: which made the turn's fakes.
        """
        return values.mean()


class AugmentationModule(nn.Module):
    """A random change of real and fake samples alike before the discriminator.

    The trainer calls it in this order, what it must remember from step to step being kept in buffers::

        for step in range(steps):
            for update in range(discriminator_updates):
                logits = discriminator(augmentation(real and fake, random))
                update the discriminator
                log augmentation.adapt(logits of the reals, seen)
            for update in range(generator_updates):
                logits = discriminator(augmentation(fake, random))
                update the generator

    Of a batch in shards each is augmented on its own, and `adapt` is told of all of them at once.
    """

    def forward(self, samples: Tensor, random: RandomStream) -> Tensor:
        """Return samples of the same shape, each changed on its own, differentiable.

        Args:
            samples: (B, ...).
            random: the stream, on the CPU, to draw from; nothing else may be random.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def adapt(self, real_logits: Tensor, seen: int) -> Mapping[str, Tensor | float]:
        """Adapt to how the discriminator judges real samples, after each of its updates.

        Args:
            real_logits: their logits in that update, (B,) or (B, L), detached.
            seen: how many real samples have been drawn so far, all updates of all steps counted.

        Returns:
            Scalars for the log, by name, which it writes behind that of the augmentation; a tensor is read when the
            log is written, so that nothing waits for the device here.
        """
        return {}

    if TYPE_CHECKING:

        def __call__(self, samples: Tensor, random: RandomStream) -> Tensor: ...


class FrozenModule(nn.Module):
    """A part of a discriminator that never learns, such as a pretrained feature network.

    Gradients pass through it to the samples, but its weights stay as they are: it is in no optimiser, always in
    evaluation mode, and left out of checkpoints. Instead the recipe holds its digest, see
    `Discriminator.frozen_digests`.

    Args:
        network: what it is; takes one tensor.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.eval().requires_grad_(False)

    def forward(self, samples: Tensor) -> Tensor:
        """Return what the network makes of samples."""
        return cast(Tensor, self.network(samples))

    def train(self, mode: bool = True) -> Self:
        """Stay in evaluation mode."""
        return super().train(False)

    def digest(self) -> str:
        """Return the SHA-256 of names, types, shapes and bytes of its tensors, in the order of names."""
        found = hashlib.sha256()
        for name, tensor in sorted(self.network.state_dict().items()):
            found.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
            found.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
        return found.hexdigest()


def frozen_parts(module: nn.Module) -> dict[str, FrozenModule]:
    """Return the parts of a module that never learn, by name."""
    return {name: part for name, part in module.named_modules() if isinstance(part, FrozenModule)}


BASES: dict[str, type[nn.Module]] = {"estimator": EstimatorModule, "augmentation": AugmentationModule}
"""What the modules of these kinds derive from; those of others are any ``nn.Module``."""


def find_lack(component: Component, module: object) -> str:
    """Return what a built module lacks of what its component promises, and what to do; empty for nothing.

    Args:
        component: the generator, discriminator, estimator or augmentation.
        module: what its `build` returned.
    """
    base = BASES.get(component.kind, nn.Module)
    if not isinstance(module, base):
        place = "torch.nn.Module" if base is nn.Module else f"{__name__}.{base.__name__}"
        return f"build returned {type(module).__name__}: return one that derives from {place}"
    for capability, protocol in CAPABILITIES.items():
        if capability in component.provides and not isinstance(module, protocol):
            return f"its network lacks what {capability} promises: see {__name__}.{protocol.__name__}"
    return _find_unfaithful_part(component, module)


def _find_unfaithful_part(component: Component, module: nn.Module) -> str:
    """Return how the frozen parts of a module differ from those that its component declares; empty for not."""
    declared = component.frozen_digests() if isinstance(component, Discriminator) else {}
    parts = frozen_parts(module)
    if undeclared := sorted(parts.keys() - declared.keys()):
        kind = "" if isinstance(component, Discriminator) else "; only discriminators may hold one"
        return f"frozen_digests() does not name its frozen part {undeclared[0]!r}{kind}"
    if missing := sorted(declared.keys() - parts.keys()):
        return f"frozen_digests() names {missing[0]!r}, which is no FrozenModule of its network"
    for name, part in parts.items():
        if (digest := part.digest()) != declared[name]:
            return f"its frozen part {name!r} has another digest than frozen_digests() says: {digest}"
    return ""
