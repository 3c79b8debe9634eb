"""What a component of each kind must offer.

Shapes: B is the batch; an image sample is (C, H, W) in [-1, 1]; a text sample is (L, V), L tokens as one-hot rows over
a vocabulary of V. Networks are ``torch.nn.Module``; components themselves are plain declarations and import torch only
in the methods that build.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from .components import Component, option
from .errors import ArtganError, UsageError
from .weights import weights as weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Generator as RandomStream
    from torch import Tensor, nn


@dataclass(frozen=True)
class Spec:
    """What networks are sized by.

    Attributes:
        modality: the name of the modality.
        shape: the shape of one sample as the networks see it: (C, H, W) for images, (L, V) for text.
        classes: the names of the classes, empty without labels.
        vocabulary: the number of distinct tokens, 0 where samples are not tokens.
        tokens: what each token is written as; where the first is empty, it ends a sample and fills up what follows.
        presentation: what the modality must know to show samples, such as the language of text.
    """

    modality: str
    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()
    vocabulary: int = 0
    tokens: tuple[str, ...] = ()
    presentation: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def ends(self) -> bool:
        """Whether samples are of unequal length: token 0 ends each."""
        return self.tokens[:1] == ("",)


@dataclass(frozen=True)
class LeftOut:
    """One item of a dataset that was not used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Data:
    """An opened dataset.

    Attributes:
        spec: what networks are sized by.
        samples: the compact samples, (N, ...), memory-mapped where they are many; uint8 (N, C, H, W) for images,
            token numbers (N, L) for text.
        labels: class indices (N,), or None.
        fingerprint: SHA-256 of the content, in hexadecimal; the same content has the same fingerprint anywhere.
        title: what a person calls it.
        licence: under what terms the data is.
        source: where the data comes from; never a path of the user's machine.
        left_out: what could not be used.
        held_out: compact samples (M, ...) that nothing is trained on, to judge what was learned; None for none.
    """

    spec: Spec
    samples: NDArray[Any]
    labels: NDArray[np.int64] | None
    fingerprint: str
    title: str
    licence: str
    source: str
    left_out: tuple[LeftOut, ...] = ()
    held_out: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.samples)


Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many items are done, and how many there are."""


@dataclass(frozen=True)
class Workspace:
    """Where a dataset may keep what it decoded, and how it tells how far it is.

    Attributes:
        cache: a folder for decoded data, shared by all runs; may be deleted at any time.
        progress: called while a long decoding goes on.
    """

    cache: Path
    progress: Progress = field(default=lambda what, done, total: None)


class Round:
    """One round of the game, as losses and penalties see it; logits are computed on first use.

    Attributes:
        real: real samples, (B, ...).
        fake: generated samples, (B, ...).
        latents: what the fakes were generated from, (B, latent).
        real_labels: class indices of the reals, (B,), or None.
        fake_labels: class indices of the fakes, (B,), or None.
        discriminate: augments samples and returns their logits; takes samples and labels.
        weigh: as ``discriminate``, but returns the logits (B, L, K) that other tokens would have at each place; takes
            these as well, (B, L, K) or None for all. Given where the discriminator gives ``token-logits``.
    """

    def __init__(
        self,
        *,
        real: Tensor,
        fake: Tensor,
        latents: Tensor,
        real_labels: Tensor | None,
        fake_labels: Tensor | None,
        discriminate: Callable[[Tensor, Tensor | None], Tensor],
        mixed: bool,
        weigh: Callable[[Tensor, Tensor | None, Tensor | None], Tensor] | None = None,
    ) -> None:
        self.real, self.fake, self.latents = real, fake, latents
        self.real_labels, self.fake_labels = real_labels, fake_labels
        self.discriminate, self.weigh = discriminate, weigh
        self._mixed = mixed

    @cached_property
    def _both(self) -> tuple[Tensor, Tensor]:
        import torch

        labels = None
        if self.real_labels is not None and self.fake_labels is not None:
            labels = torch.cat([self.real_labels, self.fake_labels])
        logits = self.discriminate(torch.cat([self.real, self.fake]), labels)
        return logits[: len(self.real)], logits[len(self.real) :]

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals, (B,) or (B, L); shown in one batch mixed with the fakes."""
        return self._both[0]

    @cached_property
    def fake_logits(self) -> Tensor:
        """The logits of the fakes, (B,) or (B, L)."""
        if self._mixed or "_both" in self.__dict__:
            return self._both[1]
        return self.discriminate(self.fake, self.fake_labels)


@dataclass(frozen=True)
class Generator(Component):
    """Turns latents into samples.

    Attributes:
        opponent: the discriminator it plays against unless told otherwise.
        estimator: how it learns through its samples unless told otherwise.
        conditional: whether its network makes samples of the class asked for, where the data has classes; it is then
            always given labels.
        sampling: the names of options that change how samples are drawn but no weights, such as a temperature; they may
            be chosen anew for each artwork.
    """

    kind = "generator"
    opponent: ClassVar[str] = "cnn"
    estimator: ClassVar[str] = "pathwise"
    conditional: ClassVar[bool] = False
    sampling: ClassVar[tuple[str, ...]] = ()
    latent: int = option(128, "numbers in a latent", min=1, max=65536)

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return the network: ``forward(latents (B, latent), labels (B,) or None) -> samples (B, *spec.shape)``.

        Image samples lie in [-1, 1]; text samples are one-hot. The weights are drawn from torch's global random state,
        and so is what a generator of tokens draws on its way, in evaluation too.

        What it ``gives`` is more methods of its network:

        - ``log-probabilities``: ``log_distribution(tokens (B, L), latents, labels) -> (B, L, V)``, the logarithm of the
          probability of every token at each place, given those before it.
        - ``relaxation``: ``relaxed(latents, labels, temperature) -> samples``, hard one-hots whose gradient is that of
          the softmax at the temperature.
        - ``pretraining``: ``pretraining_loss(real samples, labels) -> (B,)``, which is minimised alone for the first
          ``--pretrain`` steps.
        - ``steps``: ``begin(latents) -> state``, a tuple of tensors (B, ...), and ``step(token (B,), latents, state) ->
          (logits (B, V), state)``, the size of the vocabulary being the token before the first; so that a page can draw
          text token by token.

        Raises:
            ValueError: if it cannot make samples of this shape.
        """


@dataclass(frozen=True)
class Discriminator(Component):
    """Turns samples into logits, high for real.

    Attributes:
        estimator: how a generator that is able to learns from it, unless told otherwise; empty for the generator's own.
    """

    kind = "discriminator"
    estimator: ClassVar[str] = ""

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return the network: ``forward(samples (B, *spec.shape), labels (B,) or None) -> logits (B,) or (B, L)``.

        Where it ``gives`` ``token-logits``, its network has the method ``every_token(samples, labels, tokens) -> (B, L,
        K)``: the logits that tokens (B, L, K), or all for None, would have at a place, given those before it.

        Raises:
            ValueError: if it cannot judge samples of this shape.
        """


@dataclass(frozen=True)
class Loss(Component):
    """The adversarial loss: what each player minimises.

    Both methods return one value for each logit, pair or sample, without averaging.
    """

    kind = "loss"

    def check(self, spec: Spec) -> None:
        """Check that it fits the data, before the first step.

        Raises:
            ValueError: saying why it does not.
        """
        return

    @abstractmethod
    def discriminator(self, round: Round) -> Tensor:
        """Return what the discriminator minimises."""

    @abstractmethod
    def generator(self, round: Round) -> Tensor:
        """Return what the generator minimises, the discriminator being frozen."""


@dataclass(frozen=True)
class Penalty(Component):
    """A term added to the discriminator's loss.

    With an interval of n it is computed every n-th step and multiplied by n (lazy regularisation, Karras et al. 2020).
    """

    kind = "penalty"
    needs = frozenset({"double-backward"})
    interval: int = option(1, "steps from one computation to the next", min=1)

    @abstractmethod
    def value(self, round: Round, random: RandomStream) -> Tensor:
        """Return the penalty of each sample, (B,); ``round.real`` and ``round.fake`` require gradients.

        Args:
            round: the discriminator's turn.
            random: the stream to draw from; nothing else may be random.
        """


@dataclass(frozen=True)
class Augmentation(Component):
    """A random change applied to real and fake samples alike before the discriminator."""

    kind = "augmentation"

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return the module: ``forward(samples (B, ...), random) -> samples`` of the same shape, differentiable.

        What it must remember from step to step it keeps in buffers. ``random`` is the ``torch.Generator`` (on the CPU)
        to draw from.
        """


@dataclass(frozen=True)
class Estimator(Component):
    """How the generator learns through its samples."""

    kind = "estimator"

    @abstractmethod
    def build(self, spec: Spec) -> nn.Module:
        """Return a module with the methods ``generate`` and ``objective``, its state in buffers.

        ``generate(generator, latents, labels)`` returns the fakes as the discriminator sees them.
        ``objective(values, round)`` turns the loss's values into the scalar that is differentiated; it follows the
        ``generate`` of the same fakes. Where the module has a method ``begin(progress)``, it is called before each
        step with the share of the run that is done, for schedules. Where it has a method ``view(round)``, the loss
        for the generator is computed of what that returns, and so is the objective; where it has a method
        ``show(round)``, the loss for the discriminator is computed of what that returns.
        """


@dataclass(frozen=True)
class Dataset(Component):
    """Real samples.

    Attributes:
        modality: the modality of its samples.
    """

    kind = "dataset"
    modality: ClassVar[str]

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Return whether a path given as plain argument is meant for this dataset, which then takes it as ``path``."""
        return False

    def negative_log_likelihood(self, samples: NDArray[Any]) -> NDArray[np.float64] | None:
        """Return the true one of each compact sample (N,), in nats per value, where it is known."""
        return None

    @abstractmethod
    def open(self, workspace: Workspace) -> Data:
        """Read the data, decoding it once into the workspace's cache where it is many.

        Raises:
            ArtganError: if there is nothing that can be used.
        """


@dataclass(frozen=True)
class Metric(Component):
    """A number for how good, varied or original samples are.

    Attributes:
        drawn: whether it is quick enough to be measured at each snapshot, and drawn on the run's page.
        judges: whether its first number, of which less is better, says which checkpoint is the best; it must be quick,
            and ``real`` then holds samples that nothing is trained on.
    """

    kind = "metric"
    drawn: ClassVar[bool] = False
    judges: ClassVar[bool] = False

    def applies(self, spec: Spec) -> bool:
        """Return whether it has something to say about such data."""
        return True

    @abstractmethod
    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        """Return named numbers for samples as the modality's `Modality.readable` gives them.

        Args:
            real: real samples, compact (N, ...); for text an array (N,) of ``str``, lines parted by newlines.
            fake: generated samples, the same.
        """


Extractor = Callable[["NDArray[np.uint8]"], "NDArray[np.float64]"]
"""Turns pictures, uint8 (N, C, H, W) of 1 to 4 channels, into their features, float64 (N, D)."""


@dataclass(frozen=True)
class Features(Component):
    """What pictures are compared by: some numbers for each, by a network that is fixed.

    Attributes:
        version: the name that all numbers on them carry; whatever changes the features changes it.
        size: the height and width that pictures are brought to, in pixels.
        resize: how they are brought to it, in words.
    """

    kind = "features"
    modalities = frozenset({"image"})
    version: ClassVar[str]
    size: ClassVar[int]
    resize: ClassVar[str]

    @property
    def label(self) -> str:
        """The version, and the options that are not at their default: ``mine-v1:layer=2``."""
        known = type(self).options()
        chosen = [f"{name}={value}" for name, value in self.values().items() if value != known[name].default]
        return ":".join([self.version, *([",".join(chosen)] if chosen else [])])

    @abstractmethod
    def digest(self) -> str:
        """Return the SHA-256 of the network's weights, in hexadecimal.

        Raises:
            ArtganError: if they are not here, or not what they should be.
        """

    @abstractmethod
    def build(self) -> Extractor:
        """Return the function that gives pictures their features, each picture's independent of the others.

        Raises:
            ArtganError: if the weights are not here, or not what they should be; saying which command brings them.
        """

    def scores(self, features: NDArray[np.float64]) -> Mapping[str, float]:
        """Return what features (N, D) tell of generated pictures by themselves, such as the Inception Score."""
        return {}

    @staticmethod
    def as_rgb(pictures: NDArray[np.uint8]) -> Tensor:
        """Return pictures (N, C, H, W), grey, with alpha, RGB or RGBA, as float32 RGB in [-1, 1], alpha over white."""
        import numpy as np
        import torch

        compact = torch.from_numpy(np.array(pictures))
        levels = compact.float() / 127.5 - 1
        colours = levels[:, :1] if compact.shape[1] <= 2 else levels[:, :3]
        if compact.shape[1] in (2, 4):
            alpha = compact[:, -1:].float() / 255
            colours = colours * alpha + (1 - alpha)
        return colours.expand(-1, 3, -1, -1)


@dataclass(frozen=True)
class Modality(Component):
    """A kind of art: how samples are kept, shown to networks, and shown to people.

    Attributes:
        suffix: the ending of an artwork's file name, with its dot.
        sheet_suffix: the ending of a sheet that need not be exact, with its dot.
        exact_sheet_suffix: the ending of a sheet that must be exact, with its dot.
        preset: the preset that fills in what a user does not choose.
        unit: what a compact sample consists of, in the plural, as people call it.
        walk_suffixes: the endings of the files in which a walk can move, with their dots, the usual one first; empty
            where a walk is a sheet.
        live: how a page draws what a generator makes in it: ``pixels``, ``tokens``, or empty where it cannot.
    """

    kind = "modality"
    suffix: ClassVar[str]
    sheet_suffix: ClassVar[str]
    exact_sheet_suffix: ClassVar[str] = ".png"
    preset: ClassVar[str] = "default"
    unit: ClassVar[str] = "values"
    walk_suffixes: ClassVar[tuple[str, ...]] = ()
    live: ClassVar[str] = ""

    def live_facts(self) -> dict[str, Any]:
        """Return what else a page must know to draw samples, as JSON can hold it.

        For ``pixels``: ``xmp``, the mark of what is downloaded. For ``tokens``: ``vocabulary``, what each token is
        written as; ``presentation``, how text is set; ``tokeniser``, how tokens are put together.
        """
        return {}

    def bound(self, spec: Spec) -> Modality:
        """Return the modality with what it must know of the data, such as the vocabulary."""
        return self

    @abstractmethod
    def to_float(self, compact: Tensor) -> Tensor:
        """Turn compact samples (B, ...) on their device into what networks see."""

    @abstractmethod
    def to_compact(self, samples: Tensor) -> Tensor:
        """Turn what a generator made into compact samples."""

    def readable(self, samples: NDArray[Any]) -> NDArray[Any]:
        """Turn compact samples (N, ...) into what metrics measure."""
        return samples

    def in_words(self, samples: NDArray[Any]) -> list[str]:
        """Return compact samples (N, ...) as a terminal can show them; none where it cannot."""
        return []

    def neighbours(self, samples: NDArray[Any], real: NDArray[Any]) -> list[list[str]]:
        """Return for each compact sample the real ones that are nearest to it, in words; none where words fail."""
        return [[] for _ in samples]

    @abstractmethod
    def write(self, path: Path, sample: NDArray[Any], record: Mapping[str, Any]) -> None:
        """Write one compact sample as an artwork that carries its record and is marked as AI-generated."""

    @abstractmethod
    def read(self, path: Path) -> tuple[NDArray[Any], dict[str, Any]]:
        """Read an artwork back: the compact sample and its record, which may come from anybody; needs no `bound`.

        Raises:
            ArtganError: if it is no artwork, or its record is damaged.
        """

    def read_real(self, path: Path, spec: Spec, options: Mapping[str, object]) -> NDArray[Any]:
        """Read a file that is no artwork, such as a photograph, as the compact sample that a dataset would make of it.

        Args:
            path: the file, which may come from anybody.
            spec: what samples are like.
            options: those of the dataset that the networks were trained on, as the recipe tells them.

        Raises:
            UsageError: where this kind of art has no such files; so it is unless a modality says otherwise.
            ArtganError: if the file cannot be read.
        """
        raise UsageError(f"{path} cannot be compared with {self.name}: only pictures are projected")

    @abstractmethod
    def write_sheet(self, path: Path, samples: NDArray[Any], columns: int) -> None:
        """Write many compact samples (N, ...) as one file, row by row, for people to look at.

        Args:
            path: a file that ends in ``sheet_suffix`` or ``exact_sheet_suffix``, and is written in that format.
            samples: the samples.
            columns: how many stand in a row.
        """

    def write_walk(
        self, path: Path, samples: Iterable[NDArray[Any]], count: int, rate: float, record: Mapping[str, Any]
    ) -> None:
        """Write compact samples one after another as one file that moves, with its record and marked as AI-generated.

        Args:
            path: a file that ends in one of ``walk_suffixes``.
            samples: the samples, made one by one as they are taken.
            count: how many there are.
            rate: how many are shown in a second.
            record: how the walk was made.

        Raises:
            UsageError: if this ending needs what is not installed.
        """
        raise TypeError(f"{self.name} has no walk_suffixes")

    def read_walk(self, path: Path) -> dict[str, Any]:
        """Read the record of a file that moves, which may come from anybody; needs no `bound`.

        Raises:
            ArtganError: if it carries none, or it is damaged.
        """
        raise TypeError(f"{self.name} has no walk_suffixes")

    def picture(self, sample: NDArray[Any]) -> Image | None:
        """Return a compact sample as a picture of its own size, to be printed; None where it is none."""
        return None

    @abstractmethod
    def figure(self, path: Path, source: str, description: str) -> str:
        """Return HTML that shows an artwork's file; what is not artgan's own is escaped here. Needs no `bound`.

        Args:
            path: the file, where its content is to stand in the page.
            source: the relative link to the file.
            description: what the work is, in words, for those who cannot see it.
        """

    def sheet(self, path: Path, source: str, description: str) -> str:
        """Return HTML that shows a sheet's file, as `figure` does an artwork's; here, that of a picture.

        Raises:
            ArtganError: if the file is missing or damaged.
        """
        from markupsafe import Markup
        from PIL import Image

        try:
            with Image.open(path) as picture:
                width, height = picture.size
        except Exception as error:  # Pillow raises errors of many kinds on damaged files
            raise ArtganError(f"{path} is not a sheet that artgan can read: {error}") from error
        markup = '<img src="{}" width="{}" height="{}" alt="{}" loading="lazy">'
        return Markup(markup).format(source, width, height, description)


@dataclass(frozen=True)
class Preset(Component):
    """A named recipe: choices that stand wherever the user makes none."""

    kind = "preset"

    @abstractmethod
    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return recipe tables, as in the TOML of a recipe.

        Args:
            wanted: the tables that the user's own choices make, so that a preset can suit itself to a loss or dataset.
        """
