"""Let works move with music."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..interfaces import Reporter, Sound
from ..interfaces.sound import MISSING
from ..plugins.loader import Plugins, load_plugins
from ..quantities import duration
from ._choices import check_truncation, moves_of, starts_of
from ._context import SILENT
from ._walk import FASTEST, MOST_FRAMES, SLOWEST

if TYPE_CHECKING:
    from ..artworks.model import Model
    from ..artworks.music_walk import BandMove

MOST_BEATS = 64


@dataclass(frozen=True, kw_only=True)
class FilmRequest:
    """Which works move, and with what music.

    Attributes:
        run: a run's name or folder, its folder in a gallery, or a model's file.
        music: a file of sound: WAV, FLAC, OGG, MP3.
        stops: at least two works that the walk leads through again and again, as for `WalkRequest`.
        beats: from one of them to the next.
        bands: directions that follow the level of a band, ``bass``, ``mid`` or ``treble``: by the band, the name or
            number of a direction and how far it leads at most.
        moves: how far along directions all works are moved, by their names or numbers, -10 to 10.
        rate: works shown in a second, 1 to 100.
        truncation: factor of the latents, above 0.
        sampling: options of sampling that the generator has; the others are as trained.
        out: the file; None for one in the samples of the run.
        hang: whether the run's page in the gallery plays it.

    Raises:
        UsageError: if there are too few stops, or a number is out of range.
    """

    run: Path
    music: Path
    stops: tuple[int | Path, ...] = (0, 1)
    beats: int = 4
    bands: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    moves: Mapping[str, float] = field(default_factory=dict)
    rate: float = 24.0
    truncation: float = 1.0
    sampling: Mapping[str, object] = field(default_factory=dict)
    out: Path | None = None
    hang: bool = False

    def __post_init__(self) -> None:
        check_truncation(self.truncation)
        if len(self.stops) < 2:
            raise UsageError("a walk with music leads through at least 2 seeds or files")
        if not 1 <= self.beats <= MOST_BEATS:
            raise UsageError(f"--beats {self.beats} is out of range (1 to {MOST_BEATS})")
        if not SLOWEST <= self.rate <= FASTEST:
            raise UsageError(f"--fps {self.rate:g} is out of range ({SLOWEST} to {FASTEST})")


@dataclass(frozen=True)
class FilmResult:
    """A film that was written.

    Attributes:
        file: the video; its record lies beside it.
        frames: how many works it shows.
        seconds: how long its sound lasts.
        beats: how many beats were found.
        page: the page that plays it; None for none.
    """

    file: Path
    frames: int
    seconds: float
    beats: int
    page: Path | None


def film(request: FilmRequest, *, plugins: Plugins | None = None, reporter: Reporter = SILENT) -> FilmResult:
    """Make a film of works that move with music, with its sound and its record.

    Works are made and written one by one, and the sound block by block, so that an hour takes no more memory than a
    minute.

    Args:
        request: which works, and what music.
        plugins: what was loaded; None loads what is installed.
        reporter: told how far it is.

    Raises:
        UsageError: if there is no such model, work, direction or band, the run makes no pictures, or a package is
            missing.
        ArtganError: if the music cannot be read, is damaged, silent, too short or too long.
    """
    from ..artworks.model import load_newest

    model, place = load_newest(request.run, (plugins or load_plugins()).registry)
    return make_film(model.with_sampling(request.sampling), place, request, reporter=reporter)


def make_film(model: Model, place: Path, request: FilmRequest, *, reporter: Reporter) -> FilmResult:
    """Make a film of a model's works, as `film`.

    Args:
        model: with the options of sampling that are asked for.
        place: its file.
        request: all else.
        reporter: told how far it is.
    """
    from ..artworks.music_walk import MusicWalk, write_film
    from ..artworks.places import check_writable, samples_folder
    from ..artworks.sound_features import listen
    from ..artworks.walk import Walk

    # All that can be refused is refused before the first work is made.
    suffix = _suffix(request, model)
    stops, moves = starts_of(request.stops, model), _band_moves(request.bands, model)
    moved = moves_of(request.moves, model)
    sound = Sound.open(request.music)
    frames = _frames(sound, request.rate)
    page = _page_of(place) if request.hang else None
    with reporter.progress() as progress:
        features = listen(sound, progress)
    walk = Walk(
        stops,
        frames,
        rate=request.rate,
        truncation=request.truncation,
        label=model.label_at(stops[0]),
        moves=moved,
    )
    way = MusicWalk(walk, sound, features, request.beats, moves)
    file = request.out or samples_folder(place) / f"{way.stem(model.changed)}{suffix}"
    check_writable(file.parent)
    file.parent.mkdir(parents=True, exist_ok=True)

    with reporter.progress() as progress:
        write_film(model, file, way, progress)
    if page:
        from ..gallery.pages import add_film

        add_film(page.parent, file, model.modality)
    return FilmResult(file=file, frames=frames, seconds=sound.seconds, beats=len(features.beats), page=page)


def _suffix(request: FilmRequest, model: Model) -> str:
    """Return the ending of the film's file.

    Raises:
        UsageError: if the model makes nothing that moves with sound, or the file ends otherwise.
    """
    suffixes = model.modality.film_suffixes
    if not suffixes:
        raise UsageError(f"{request.run} makes {model.modality.noun}s, which cannot move with music: only pictures can")
    if request.out is not None and request.out.suffix not in suffixes:
        raise UsageError(f"--out {request.out} ends in no format that a film has: {', '.join(suffixes)}")
    try:
        import av  # noqa: F401  (asked only whether it is there)
    except ImportError:
        raise UsageError(MISSING) from None
    return suffixes[0]


def _band_moves(bands: Mapping[str, tuple[str, float]], model: Model) -> tuple[BandMove, ...]:
    """Return the directions that follow bands.

    Raises:
        UsageError: if there is no such band or direction.
    """
    from ..artworks.music_walk import BandMove
    from ..artworks.sound_features import BANDS

    for band in bands:
        if band not in BANDS:
            raise UsageError(f"--map {band}: there is no such band; there are {', '.join(BANDS)}")
    return tuple(BandMove(band, moves_of({name: by}, model)[0]) for band, (name, by) in bands.items())


def _frames(sound: Sound, rate: float) -> int:
    """Return how many works a film shows while a sound lasts.

    Raises:
        UsageError: if they are too few or too many.
    """
    frames = round(sound.seconds * rate)
    if frames < 2:
        raise UsageError(f"{sound.path} lasts {sound.seconds:.3f} s, which is too short for two works")
    if frames > MOST_FRAMES:
        raise UsageError(
            f"{sound.path} lasts {duration(sound.seconds)}, which are {frames:,} works at {rate:g} in a second, "
            f"more than {MOST_FRAMES:,}: cut it, or choose a smaller --fps"
        )
    return frames


def _page_of(model: Path) -> Path:
    """Return the page of the run that a model is of.

    Raises:
        UsageError: if it has none.
    """
    from ..artworks.places import RunFolder

    run = model.parents[2] if len(model.parents) > 2 else model.parent
    for folder in (model.parent, RunFolder(run).hung):
        if (folder / "run.json").is_file():
            return folder / "index.html"
    raise UsageError(f"{model} hangs in no gallery, whose page could play the film: leave out --hang")
