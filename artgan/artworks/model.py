"""A trained generator as people use it: one file from which every artwork can be made again."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from ..errors import ArtganError, UsageError, one_line
from ..interfaces import Constraint, Generator, Modality, Spec
from ..interfaces.component import OptionValue
from ..plugins.registry import Registry
from ..plugins.versions import explain
from . import model_file
from .direction import Direction, Move, directions_from_header
from .origin import Origin, SeedStart, Start, WorkStart
from .places import newest_model
from .provenance import Base, Provenance
from .styles import STYLES, Mix, StyleChanges, draw_layered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from ..interfaces.networks import StyledGenerator

LARGEST_SAMPLE = 2**26

CONSTRAINT = "constraint"
"""The option of sampling that all generators have which draw within a constraint."""


@dataclass(frozen=True, eq=False)
class Model:
    """A trained generator.

    Attributes:
        recipe: the complete recipe as TOML, as anybody may see it; its table ``[generator]`` tells the generator.
        generator: the component that builds the network.
        modality: the modality of its samples.
        spec: what the network is sized by.
        weights: the network's state as it is used and stored: float16, whole numbers as they are.
        step: how many steps it was trained.
        provenance: where it comes from.
        changed: options of sampling that were chosen anew since the training.
        directions: along which its works change, as far as they were looked for; no part of what a work is made from.
        constraint: what is asked of its works while they are drawn; None for nothing.
        registry: where constraints are looked up.
    """

    recipe: str
    generator: Generator
    modality: Modality
    spec: Spec
    weights: Mapping[str, Tensor]
    step: int
    provenance: Provenance
    changed: Mapping[str, OptionValue] = field(default_factory=dict)
    directions: tuple[Direction, ...] = ()
    constraint: Constraint | None = None
    registry: Registry = field(default_factory=Registry, repr=False)

    @classmethod
    def from_state(
        cls,
        state: Mapping[str, Tensor],
        *,
        recipe: str,
        generator: Generator,
        modality: Modality,
        spec: Spec,
        step: int,
        provenance: Provenance,
    ) -> Self:
        """Make a model of a network's ``state_dict``, its weights rounded to float16."""
        weights = {name: _rounded(tensor) for name, tensor in state.items()}
        return cls(recipe, generator, modality, spec, weights, step, provenance)

    @cached_property
    def recipe_digest(self) -> str:
        """SHA-256 of the recipe, in hexadecimal."""
        return hashlib.sha256(self.recipe.encode()).hexdigest()

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 of names, types, shapes and values of all weights in the order of names, in hexadecimal."""
        return digest_weights(sorted(self.weights.items()))

    def as_base(self, taken: str) -> Base:
        """Return what the provenance of another model tells of this one.

        Args:
            taken: in words, what of it was taken.
        """
        return self.provenance.as_base(
            step=self.step, recipe_digest=self.recipe_digest, weights_digest=self.weights_digest, taken=taken
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes that it makes samples of; empty where it knows none."""
        return self.spec.classes if self.generator.makes_classes() else ()

    def label_of(self, seed: int) -> int | None:
        """Return the class of a seed where none is asked for: the classes take turns; None where there are none."""
        return seed % len(self.classes) if self.classes else None

    def label_at(self, start: Start) -> int | None:
        """Return the class of a start: its own if it came as a file, else its seed's."""
        return start.label if isinstance(start, WorkStart) else self.label_of(start.seed)

    def origin(
        self,
        seed: int,
        *,
        parents: tuple[Start, ...] = (),
        truncation: float = 1.0,
        label: int | None = None,
        moves: tuple[Move, ...] = (),
        mixes: tuple[Mix, ...] = (),
    ) -> Origin:
        """Return where a work of this model comes from, with the options of sampling that are chosen now.

        Args:
            seed: of the work, or the number of the child.
            parents: two whose child it is, or none.
            truncation: factor of the latent, above 0; below 1 for more typical works.
            label: index of the class, for models that know classes; None for the seed's own, or the first parent's.
            moves: along directions.
            mixes: layers that take the styles of other seeds.
        """
        usual = self.label_at(parents[0] if parents else SeedStart(seed))
        return Origin(
            seed=seed,
            parents=parents,
            truncation=truncation,
            label=usual if label is None else label,
            sampling=self.sampling,
            moves=moves,
            mixes=mixes,
        )

    @cached_property
    def style_layers(self) -> int:
        """How many layers take a style; 0 for generators that have none."""
        import torch

        if STYLES not in self.generator.provides:
            return 0
        labels = torch.zeros(1, dtype=torch.long) if self.classes else None
        latent = torch.zeros(1, self.generator.latent, dtype=torch.float64)
        return int(cast("StyledGenerator", self.network).styles(latent, labels).shape[1])

    @property
    def sampling(self) -> dict[str, OptionValue]:
        """The options of sampling by name; they are part of what a work is made from."""
        asked = {CONSTRAINT: self.registry.choice(self.constraint)} if self.constraint else {}
        own = self.generator.values()
        return {name: value for name, value in own.items() if name in self.generator.sampling} | asked

    def with_sampling(self, options: Mapping[str, object]) -> Self:
        """Return the model with options of sampling chosen anew.

        Args:
            options: by name; with ``constraint``, a constraint or what it is called, empty for none.

        Raises:
            UsageError: for an option that the generator does not have, or that would change its weights.
        """
        if CONSTRAINT in options and "constraints" in self.generator.provides:
            rest = {name: value for name, value in options.items() if name != CONSTRAINT}
            return self._within(options[CONSTRAINT]).with_sampling(rest)
        for name in options:
            if name not in self.generator.sampling:
                own = ", ".join(self.generator.sampling) or "none"
                raise UsageError(
                    f"{name} cannot be chosen in sampling generator {self.generator.name}; such are: {own}"
                )
        generator = type(self.generator).configure({**self.generator.values(), **options})
        before = self.generator.values() | dict(self._trained)
        changed = {name: value for name, value in generator.values().items() if value != before[name]}
        if self.constraint:
            changed[CONSTRAINT] = self.registry.choice(self.constraint)
        return replace(self, generator=generator, changed=changed)

    def _within(self, wanted: object) -> Self:
        """Return the model with a constraint on what it draws, or with none.

        Raises:
            UsageError: if there is no such constraint, or this model cannot keep to it.
        """
        if not wanted:
            return replace(self, constraint=None)
        constraint = wanted if isinstance(wanted, Constraint) else self.registry.parse(Constraint, str(wanted))
        if not constraint.serves(self.modality.name, self.modality.representation):
            raise UsageError(f"constraint {constraint.name} is not for {self.modality.noun}s")
        try:
            constraint.build(self.spec)
        except ValueError as error:
            raise UsageError(f"constraint {constraint.name}: {error}") from None
        return replace(self, constraint=constraint)

    @property
    def _trained(self) -> dict[str, OptionValue]:
        options = tomllib.loads(self.recipe)["generator"]
        return {name: options[name] for name in self.generator.sampling if name in options}

    @cached_property
    def network(self) -> nn.Module:
        """The generator's network in float64 on the CPU, in evaluation mode."""
        import torch

        from ..interfaces.networks import ConstrainedGenerator

        with torch.random.fork_rng(devices=[]):
            network = self.generator.build(self.spec).double()
        network.load_state_dict(dict(self.weights))
        if self.constraint and isinstance(network, ConstrainedGenerator):
            network.constrain([self.constraint.build(self.spec)])
        return network.eval().requires_grad_(False)

    def render(
        self,
        seeds: Iterable[int],
        *,
        truncation: float = 1.0,
        label: int | None = None,
    ) -> NDArray[Any]:
        """Make the canonical samples of seeds: in float64, one by one, on the CPU, whatever the model was trained on.

        Args:
            seeds: 0 to 2^64 - 1 each, at least one.
            truncation: factor of the latents; below 1 for more typical samples.
            label: index of the class, for models that know classes; None for each seed's own.

        Returns:
            Compact samples, (N, ...). They depend on nothing but the arguments; a network that draws random numbers
            draws them from the seed.

        Raises:
            ArtganError: if what the network makes is not finite.
        """
        import numpy as np

        return np.stack([self.make(self.origin(seed, truncation=truncation, label=label)) for seed in seeds])

    def make(self, origin: Origin) -> NDArray[Any]:
        """Make the canonical sample of an origin, compact, as `render` makes those of seeds.

        The options of sampling are the model's: where they are others than the origin's, take `with_sampling` first.

        Raises:
            ArtganError: if a latent is not of the generator's size, layers are mixed that there are not, or what the
                network makes is not finite.
        """
        latent = origin.latent(self.generator.latent)
        return self.render_latent(latent, seed=origin.seed, label=origin.label, changes=origin.style_changes())

    def make_start(self, start: Start) -> NDArray[Any]:
        """Make the canonical sample of what others start from, as `make`.

        Raises:
            ArtganError: as for `make`.
        """
        latent = start.latent(self.generator.latent)
        return self.render_latent(latent, seed=start.seed, label=self.label_at(start))

    def render_latent(
        self, latent: NDArray[Any], *, seed: int, label: int | None = None, changes: StyleChanges | None = None
    ) -> NDArray[Any]:
        """Make the canonical sample of a latent, compact, as `render` makes those of seeds.

        Args:
            latent: (latent,).
            seed: what the network draws at random comes from it.
            label: index of the class, for models that know classes; None for the seed's own.
            changes: what gives layers other styles than the latent does.

        Raises:
            ArtganError: if the latent is not of the generator's size, layers are changed that there are not, or what
                the network makes is not finite.
        """
        import numpy as np

        if len(latent) != self.generator.latent:
            raise ArtganError(f"the latent has {len(latent)} numbers, and this model takes {self.generator.latent}")
        if changes and STYLES not in self.generator.provides:
            raise ArtganError(f"generator {self.generator.name} has no layers whose styles could be changed")
        label = self.label_of(seed) if label is None else label
        return self._made(latent.astype(np.float64), seed, label, changes)

    def _made(
        self, latent: NDArray[np.float64], seed: int, label: int | None, changes: StyleChanges | None
    ) -> NDArray[Any]:
        """Return the compact sample of a latent; the seed decides what the network draws at random."""
        import torch

        labels = None if label is None else torch.tensor([label])
        with torch.inference_mode(), torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            if changes:
                rows = torch.from_numpy(changes.latents(latent, self.style_layers))
                samples = draw_layered(cast("StyledGenerator", self.network), rows, labels)
            else:
                samples = self.network(torch.from_numpy(latent)[None], labels)
        if not samples.isfinite().all():
            raise ArtganError("the model makes nothing: its numbers are not finite, so its training must have diverged")
        return self.modality.to_compact(samples)[0].numpy()

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        header: dict[str, object] = {
            "recipe": self.recipe,
            "spec": asdict(self.spec),
            "step": self.step,
            "provenance": self.provenance.to_table(),
            "weights_digest": self.weights_digest,
        }
        if self.directions:
            header["directions"] = [direction.to_table() for direction in self.directions]
        model_file.write(path, header, self.weights)

    @classmethod
    def load(cls, path: Path, registry: Registry) -> Self:
        """Read a model, which may come from anybody.

        Args:
            path: the file.
            registry: where its generator and modality are looked up.

        Raises:
            ArtganError: if the file is missing, damaged or no model, or needs what no installed plugin offers.
        """
        header, weights = model_file.read(path)
        recipe: dict[str, Any] = {}
        try:
            spec = spec_of(header["spec"])
            recipe = tomllib.loads(header["recipe"])
            options = recipe["generator"]
            made_with = recipe.get("plugins", {})
            generator = registry.get(Generator, options.pop("name"), made_with=made_with).configure(options)
            modality = registry.modality(spec)
            provenance = Provenance.from_table(header["provenance"])
            _check_shapes(generator, spec, weights)
            model = cls(
                recipe=header["recipe"],
                generator=generator,
                modality=modality,
                spec=spec,
                weights=weights,
                step=int(header["step"]),
                provenance=provenance,
                directions=directions_from_header(header.get("directions", []), generator.latent),
                registry=registry,
            )

            # What was written is what is used, and fits.
            if model.weights_digest != header["weights_digest"]:
                raise ValueError("its weights are not those that were written")
            model.network  # noqa: B018  (built now, so that weights that do not fit are known here)
        except UsageError as error:
            raise ArtganError(f"{path} cannot be used here: {explain(error, recipe.get('plugins'))}") from error
        except (KeyError, AttributeError, TypeError, ValueError, OverflowError, RuntimeError) as error:
            raise ArtganError(f"{path} is damaged or no model of artgan's: {one_line(error)}") from error

        return model


def load_newest(place: Path, registry: Registry) -> tuple[Model, Path]:
    """Read the newest model at a place, and return it with its path.

    A run that saves may remove an older checkpoint at any moment; one that is gone is looked for again.

    Args:
        place: as in `artgan.artworks.places.newest_model`.
        registry: as in `Model.load`.

    Raises:
        ArtganError: as in `Model.load`.
        UsageError: if there is none.
    """
    while True:
        path = newest_model(place)
        try:
            return Model.load(path, registry), path
        except ArtganError:
            if path.exists():
                raise


def _rounded(tensor: Tensor) -> Tensor:
    """Return a copy on the CPU in float16; values that float16 cannot hold keep theirs in float32."""
    import torch

    copy = tensor.detach().cpu().clone().contiguous()
    if not copy.is_floating_point():
        return copy
    half = copy.half()
    return half if torch.equal(half.isfinite(), copy.isfinite()) else copy.float()


def digest_weights(weights: Iterable[tuple[str, Tensor]]) -> str:
    """Return the SHA-256 of names, types, shapes and values of weights, in their order, in hexadecimal."""
    digest = hashlib.sha256()
    for name, tensor in weights:
        digest.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()


def spec_of(table: Mapping[str, Any]) -> Spec:
    """Return the spec that a model file tells of, which may come from anybody.

    Raises:
        KeyError: if something is missing.
        TypeError: if something is of another kind.
        ValueError: if it cannot be.
    """
    shape = tuple(int(size) for size in table["shape"])
    if min(shape) < 1 or math.prod(shape) > LARGEST_SAMPLE:
        raise ValueError(f"its samples are of shape {shape}")
    vocabulary, tokens = int(table["vocabulary"]), tuple(map(str, table.get("tokens", ())))
    if tokens and len(tokens) != vocabulary:
        raise ValueError(f"it knows {len(tokens)} tokens of {vocabulary}")
    presentation = {str(name): str(value) for name, value in table.get("presentation", {}).items()}
    classes = tuple(map(str, table["classes"]))
    return Spec(str(table["modality"]), shape, classes, vocabulary, tokens, presentation)


def _check_shapes(generator: Generator, spec: Spec, weights: Mapping[str, Tensor]) -> None:
    """Compare the weights with those of a network that takes no memory, so that no file can ask for a huge one."""
    import torch

    with torch.device("meta"):
        expected = generator.build(spec).state_dict()
    if {name: tensor.shape for name, tensor in expected.items()} != {name: w.shape for name, w in weights.items()}:
        raise ValueError(f"its weights are not those of its generator {generator.name}")
