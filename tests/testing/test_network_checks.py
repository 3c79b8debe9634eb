"""Each fault of a generator, discriminator or augmentation is found, by a network that has this fault alone."""

from __future__ import annotations

import math
import random
import threading
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from support.faulty import faults, told
from torch import nn

from artgan.interfaces import Augmentation, Discriminator, Generator
from artgan.interfaces.component import option
from artgan.interfaces.networks import AugmentationModule
from artgan.testing import check_augmentation, check_discriminator, check_generator


class Right(nn.Module):
    """A generator that conforms."""

    def __init__(self, latent, spec):
        super().__init__()
        self.shape = spec.shape
        self.layer = nn.Linear(latent, math.prod(spec.shape))

    def forward(self, latents, labels=None):
        return self.paint(latents).tanh().view(-1, *self.shape)

    def paint(self, latents):
        return self.layer(latents)


def generator_of(network, **attributes):
    @dataclass(frozen=True)
    class Made(Generator):
        """A generator."""

        name = "made"
        provides = frozenset({"sample-gradient"})
        latent: int = option(6, "numbers in a latent", min=1)

        def build(self, spec):
            return network(self.latent, spec)

    for name, value in attributes.items():
        setattr(Made, name, value)
    return Made


class FlatSamples(Right):
    def forward(self, latents, labels=None):
        return super().forward(latents).flatten(1)


class DoubleSamples(Right):
    def forward(self, latents, labels=None):
        return super().forward(latents).double()


class Pair(Right):
    def forward(self, latents, labels=None):
        return super().forward(latents), labels


class Unbounded(Right):
    def forward(self, latents, labels=None):
        return self.paint(latents).view(-1, *self.shape)


class Overflowing(Right):
    def paint(self, latents):
        return super().paint(latents * latents.exp() / latents.exp())


class Deaf(Right):
    def paint(self, latents):
        return super().paint(0 * latents)


class Detached(Right):
    def forward(self, latents, labels=None):
        return super().forward(latents).detach()


class NoGradientBack(Right):
    def paint(self, latents):
        return super().paint(latents.detach())


class Idle(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.idle = nn.Linear(2, 2)


class RootOfZero(Right):
    def paint(self, latents):
        return super().paint(latents) + (0 * latents).abs().sqrt().sum(1, keepdim=True)


class Untrained(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.requires_grad_(False)


class Lazy(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.layer = nn.LazyLinear(math.prod(spec.shape))


class ExtraState(Right):
    def get_extra_state(self):
        return {"words": "some"}

    def set_extra_state(self, state):
        pass


class Locked(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.lock = threading.Lock()


class Seeding(Right):
    def paint(self, latents):
        torch.manual_seed(1)
        return super().paint(latents)


class SeedingPython(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        random.seed(1)


class Switching(Right):
    def paint(self, latents):
        torch.backends.cudnn.benchmark = True
        return super().paint(latents)


class NumpyWeights(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.layer.bias.data.add_(torch.from_numpy(np.random.rand(math.prod(spec.shape)).astype("float32")))


class NumpyNoise(Right):
    def paint(self, latents):
        return super().paint(latents) + (random.random() if self.training else 0)


class NoiseInEvaluation(Right):
    def paint(self, latents):
        return super().paint(latents) + 0.1 * torch.randn_like(latents[:, :1])


class Squeezed(Right):
    def forward(self, latents, labels=None):
        return super().forward(latents).squeeze(0)


class Together(Right):
    def paint(self, latents):
        return super().paint(latents - latents.mean(0))


class InOrder(Right):
    def paint(self, latents):
        return super().paint(latents) + torch.arange(len(latents))[:, None].to(latents)


class SinglePrecision(Right):
    def paint(self, latents):
        return nn.functional.linear(latents.float(), self.layer.weight.float(), self.layer.bias.float())


class NoAutocast(Right):
    def paint(self, latents):
        painted = super().paint(latents)
        return latents.new_zeros(painted.shape).scatter(1, torch.zeros_like(painted).long(), painted) + painted


class NoAutocastInEvaluation(NoAutocast):
    def paint(self, latents):
        return Right.paint(self, latents) if self.training else super().paint(latents)


class OnTheCpu(Right):
    def paint(self, latents):
        return super().paint(latents * torch.ones(latents.shape[1], dtype=latents.dtype))


class NoMeta(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.scale = float(self.layer.weight.mean())


class InPlace(Right):
    def paint(self, latents):
        with torch.no_grad():
            latents.mul_(0.5)
        return super().paint(latents)


class Counting(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.seen = 0

    def paint(self, latents):
        self.seen += self.training
        return super().paint(latents) * (1 + self.seen)


class Conditional(Right):
    def __init__(self, latent, spec):
        super().__init__(latent, spec)
        self.classes = nn.Embedding(len(spec.classes) or 1, latent)

    def forward(self, latents, labels=None):
        labels = torch.zeros(len(latents), dtype=torch.long, device=latents.device) if labels is None else labels
        return super().forward(latents + self.classes(labels))


class NeedsNoLabels(Right):
    def forward(self, latents, labels=None):
        return super().forward(latents if labels is None else 2 * latents)


def number(latent, spec):
    return 5


def crash(latent, spec):
    raise TypeError("no\nsuch thing")


def refuse(latent, spec):
    raise ValueError("pictures of 17 pixels alone")


def refuse_at_length(latent, spec):
    raise ValueError("first\nsecond")


STYLED = {"provides": frozenset({"sample-gradient", "styles"})}


class Styled(Right):
    def styles(self, latents, labels):
        return latents[:, None].expand(-1, 2, -1)

    def draw(self, styles):
        return super().forward(0.6 * styles[:, 0] + 0.4 * styles[:, 1])


class OtherStyles(Styled):
    def draw(self, styles):
        return super().draw(-styles)


class OneStyle(Styled):
    def styles(self, latents, labels):
        return latents


class LastStyleAlone(Styled):
    def draw(self, styles):
        return super().forward(styles[:, 1])


@pytest.mark.parametrize(
    "component",
    [generator_of(Right), generator_of(Conditional, conditional=True), generator_of(Styled, **STYLED)],
)
def test_a_right_generator_conforms(component):
    check_generator(component)


@pytest.mark.parametrize(
    ("component", "phrase"),
    [
        (generator_of(FlatSamples), "make them (batch, 1, 32, 32)"),
        (generator_of(DoubleSamples), "samples are float64"),
        (generator_of(Pair), "returned tuple: return one tensor"),
        (generator_of(Unbounded), "leave the range from -1 to 1"),
        (generator_of(Overflowing), "infinite or NaN at latents 100 times"),
        (generator_of(Deaf), "the same for different latents"),
        (generator_of(Detached), "is detached from the graph"),
        (generator_of(NoGradientBack), "no gradient reaches the latents"),
        (generator_of(Idle), "no gradient reaches idle.weight, idle.bias"),
        (generator_of(RootOfZero), "gradients are infinite or NaN"),
        (generator_of(Untrained), "no parameters to train"),
        (generator_of(Lazy), "lazy layers"),
        (generator_of(ExtraState), "the state '_extra_state' is a dict"),
        (generator_of(Locked), "copy.deepcopy of the network raised TypeError"),
        (generator_of(Seeding), "forward seeds torch"),
        (generator_of(SeedingPython), "build seeds Python's random"),
        (generator_of(Switching), "forward changes cudnn.benchmark"),
        (generator_of(NumpyWeights), "two networks built under one torch seed differ (in layer.bias)"),
        (generator_of(NumpyNoise), "in training, forward gives something else for the same torch seed"),
        (generator_of(NoiseInEvaluation), "in evaluation, forward gives something else each time"),
        (generator_of(Right, **STYLED), "lacks what styles promises"),
        (generator_of(OtherStyles, **STYLED), "draw(styles(latents, labels)) differs from forward"),
        (generator_of(OneStyle, **STYLED), "styles and draw (styles is in provides) raised"),
        (generator_of(LastStyleAlone, **STYLED), "the style of the coarsest layer changes nothing"),
        (generator_of(Squeezed), "forward of a batch of 1 gives (4, 33, 40)"),
        (generator_of(Together), "depends on the rest of the batch"),
        (generator_of(InOrder), "depends on the order of the batch"),
        (generator_of(SinglePrecision), "in float64, forward gives float32"),
        (generator_of(NoAutocast), "forward under bfloat16 autocast raised"),
        (generator_of(NoAutocastInEvaluation), "forward in evaluation under bfloat16 autocast raised"),
        (generator_of(OnTheCpu), "forward makes tensors on the CPU"),
        (generator_of(NoMeta), "build on the device meta"),
        (generator_of(InPlace), "forward changes its input in place"),
        (generator_of(Counting), "saved and loaded goes on differently"),
        (generator_of(Conditional), "labels change samples though conditional is false"),
        (generator_of(Right, conditional=True), "different labels give the same samples"),
        (generator_of(NeedsNoLabels), "samples with and without labels differ"),
        (generator_of(number), "build returned int: return one that derives from torch.nn.Module"),
        (generator_of(crash), "build raised TypeError: no such thing"),
        (generator_of(refuse), "build refuses every shape"),
        (generator_of(refuse_at_length), "without saying why in one line"),
        (generator_of(Right, provides=frozenset()), "add 'sample-gradient' to provides"),
    ],
    ids=lambda value: None if isinstance(value, str) else "generator",
)
def test_a_fault_of_a_generator_is_found(component, phrase):
    found = faults(check_generator, component)
    assert told(found, phrase), found


def test_a_shape_that_must_be_served_may_not_be_refused():
    assert told(faults(check_generator, generator_of(refuse), shapes=[(3, 32, 32)]), "build refuses it: pictures of 17")


class Judge(nn.Module):
    """A discriminator that conforms."""

    def __init__(self, spec):
        super().__init__()
        self.first = nn.Conv2d(spec.shape[0], 4, 3, padding=1)
        self.last = nn.Linear(4, 1)

    def forward(self, samples, labels=None):
        return self.judge(samples).squeeze(1)

    def judge(self, samples):
        return self.last(torch.tanh(self.first(samples)).mean((2, 3)))


def discriminator_of(network, **attributes):
    @dataclass(frozen=True)
    class Made(Discriminator):
        """A discriminator."""

        name = "made"
        provides = frozenset({"double-backward"})

        def build(self, spec):
            return network(spec)

    for name, value in attributes.items():
        setattr(Made, name, value)
    return Made


class LogitsInColumns(Judge):
    def forward(self, samples, labels=None):
        return self.judge(samples)


class OneLogit(Judge):
    def forward(self, samples, labels=None):
        return self.judge(samples).mean()


class Probabilities(Judge):
    def forward(self, samples, labels=None):
        return super().forward(samples).sigmoid()


class Blind(Judge):
    def judge(self, samples):
        return super().judge(torch.zeros_like(samples))


class Viewing(Judge):
    def judge(self, samples):
        return super().judge(samples.view(len(samples), -1).view(samples.shape))


class Forgetful(torch.autograd.Function):
    @staticmethod
    def forward(context, samples):
        context.save_for_backward(samples)
        return samples.square()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(context, gradient):
        (samples,) = context.saved_tensors
        return 2 * samples * gradient


class OnceDifferentiable(Judge):
    def judge(self, samples):
        return super().judge(Forgetful.apply(samples))


class BatchStatistics(Judge):
    def judge(self, samples):
        return super().judge(samples) - super().judge(samples).mean()


def test_a_right_discriminator_conforms():
    check_discriminator(discriminator_of(Judge))


@pytest.mark.parametrize(
    ("component", "phrase"),
    [
        (discriminator_of(LogitsInColumns), "squeeze the last axis"),
        (discriminator_of(OneLogit), "give (batch,), or (batch, length)"),
        (discriminator_of(Probabilities), "give logits, without the sigmoid"),
        (discriminator_of(Blind), "the same for different samples"),
        (discriminator_of(Viewing), "reshape or flatten instead of view"),
        (discriminator_of(OnceDifferentiable), "differentiating a gradient penalty"),
        (discriminator_of(BatchStatistics), "depends on the rest of the batch"),
    ],
    ids=lambda value: None if isinstance(value, str) else "discriminator",
)
def test_a_fault_of_a_discriminator_is_found(component, phrase):
    found = faults(check_discriminator, component)
    assert told(found, phrase), found


@dataclass(frozen=True)
class Shrinking(Discriminator):
    """A discriminator that becomes smaller when it is eased."""

    name = "shrinking"
    width: int = option(4, "channels", min=1)

    def eased(self, times):
        return replace(self, width=max(1, self.width - times))

    def build(self, spec):
        network = Judge(spec)
        network.first, network.last = nn.Conv2d(spec.shape[0], self.width, 3, padding=1), nn.Linear(self.width, 1)
        return network


@dataclass(frozen=True)
class Gentle(Shrinking):
    """A discriminator that counts less when it is eased."""

    name = "gentle"
    weight: float = option(1.0, "how much it counts", min=0)

    def eased(self, times):
        return replace(self, weight=self.weight / 2**times)


def test_one_that_is_eased_to_other_weights_is_found():
    assert told(found := faults(check_discriminator, Shrinking), "eased(2) is of other weights"), found
    check_discriminator(Gentle)


@pytest.mark.parametrize(
    ("loss", "fault"),
    [
        (lambda network, real: network(real).mean(), "self_supervised_loss gives (): give a finite number for each"),
        (lambda network, real: network(real) / 0, "give a finite number for each sample"),
        (lambda network, real: network(real).detach(), "self_supervised_loss teaches nothing"),
        (lambda network, real: network(real).square(), ""),
    ],
    ids=["one number", "infinite", "detached", "right"],
)
def test_a_loss_of_real_samples_that_teaches_nothing_is_found(loss, fault):
    class Learning(Judge):
        """A judge that learns beside judging."""

        def self_supervised_loss(self, real, labels):
            return loss(self, real)

    checked = faults(check_discriminator, discriminator_of(Learning))
    assert told(checked, fault) if fault else not checked, checked


def test_a_second_derivative_that_is_not_promised_is_not_asked_for():
    check_discriminator(discriminator_of(OnceDifferentiable, provides=frozenset()))


def augmentation_of(change):
    class Network(AugmentationModule):
        def forward(self, samples, random):
            return change(samples, random)

    @dataclass(frozen=True)
    class Made(Augmentation):
        """An augmentation."""

        name = "made"

        def build(self, spec):
            return Network()

    return Made


def brighten(samples, stream):
    return samples + torch.rand(len(samples), 1, 1, 1, generator=stream).to(samples)


def test_a_right_augmentation_conforms():
    check_augmentation(augmentation_of(brighten))


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        (lambda samples, stream: samples[:, :, 1:], "keep the shape"),
        (lambda samples, stream: brighten(samples, stream).float(), "keep the dtype"),
        (lambda samples, stream: brighten(samples, stream).detach(), "is detached from the graph"),
        (lambda samples, stream: samples / (samples - samples).abs(), "infinite or NaN"),
        (lambda samples, stream: samples + torch.rand(1).to(samples), "draw from `random` alone"),
        (lambda samples, stream: samples.flip(0), "depends on others of its batch"),
        (lambda samples, stream: samples - samples.mean(0), "depends on others of its batch"),
        (lambda samples, stream: samples.data.mul_(0.5) + 0 * samples, "changes its input in place"),
        (lambda samples, stream: [samples], "returned list: return one tensor"),
    ],
)
def test_a_fault_of_an_augmentation_is_found(change, phrase):
    found = faults(check_augmentation, augmentation_of(change))
    assert told(found, phrase), found


class Unsaved(AugmentationModule):
    """Counts in an attribute, which no checkpoint holds."""

    calls = 0

    def forward(self, samples, random):
        return brighten(samples, random)

    def adapt(self, real_logits, seen):
        self.calls += 1
        return {"calls": self.calls}


@pytest.mark.parametrize(
    ("adapt", "phrase"),
    [
        (Unsaved.adapt, "what was adapted, saved and loaded goes on differently"),
        (lambda self, real_logits, seen: None, "adapt() returned NoneType: return scalars by name"),
        (lambda self, real_logits, seen: {"logits": real_logits}, "give one finite number"),
        (lambda self, real_logits, seen: {"slope": float("nan")}, "give one finite number"),
        (lambda self, real_logits, seen: {"mean": real_logits.gone}, "adapt() raised AttributeError"),
    ],
)
def test_a_fault_of_an_augmentation_that_adapts_is_found(adapt, phrase):
    made = augmentation_of(brighten)
    build = made.build
    made.build = lambda self, spec: with_adapt(build(self, spec), adapt)
    found = faults(check_augmentation, made)
    assert told(found, phrase), found


def with_adapt(module, adapt):
    module.__class__ = type("Adapting", (type(module),), {"adapt": adapt, "calls": 0})
    return module


def test_an_augmentation_that_derives_from_no_base_is_told_which():
    made = augmentation_of(brighten)
    made.build = lambda self, spec: nn.Identity()
    found = faults(check_augmentation, made)
    assert told(found, "build returned Identity: return one that derives from artgan.interfaces.networks."), found


def test_a_network_that_lacks_what_its_component_gives_is_told_what_to_write():
    found = faults(check_discriminator, discriminator_of(OnceDifferentiable, provides=frozenset({"token-logits"})))
    assert told(found, "lacks what token-logits promises: see artgan.interfaces.networks.TokenDiscriminator"), found
