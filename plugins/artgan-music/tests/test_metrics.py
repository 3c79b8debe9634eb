"""Known answers of what is measured of tunes."""

from __future__ import annotations

import numpy as np
import pytest
from artgan_music import features
from artgan_music.energy_distance import Rows, energy_distance
from artgan_music.metric import METRICS, Bars, Form, Originality, Overlap, TuneDistance
from artgan_music.music_metric import mean_of
from artgan_music.overlap import density, overlapped_area
from artgan_music.piece import Piece
from artgan_music.piece_metric import PIECE_METRICS, CopiedPieces, Harmony
from artgan_music.tune import Metre, Tune

from artgan import testing

A, B, C, D = (((60, 12), (62, 12), (64, 24)), ((65, 24), (67, 24)), ((69, 48),), ((72, 6),) * 8)


def tune(*bars):
    return Tune("", Metre(4, 4), bars)


def texts(*tunes):
    found = np.empty(len(tunes), object)
    found[:] = [each.to_text() for each in tunes]
    return found


@pytest.mark.parametrize("metric", [*METRICS, *PIECE_METRICS])
def test_a_metric_conforms(metric):
    testing.check_metric(metric)


def test_form_is_the_share_of_eighths_that_return():
    assert features.form(tune(A, B, A, B), 2) == 1
    assert features.form(tune(A, A, A, A), 1) == 1
    assert features.form(tune(A, B, C, D), 2) == 0
    half = (A[0], A[1], (65, 24))
    assert features.form(tune(A, half), 1) == 0.5
    assert features.form(tune(A), 4) == 0


def test_bars_that_return_are_those_that_are_the_same_as_one_before():
    assert features.repeated_bars(tune(A, B, A, A)) == 0.5
    assert features.repeated_bars(tune(A, B, C, D)) == 0


def test_a_close_is_on_the_note_of_the_first_halfs():
    assert features.cadence(tune(A, C, B, C)) == 1
    assert features.cadence(tune(A, C, B, B)) == 0


def test_rhythm_is_kept_where_notes_begin_together():
    assert features.groove(tune(A, A)) == 1
    assert features.groove(tune(C, D)) == 1 / 8


def test_the_scale_is_that_of_the_white_keys():
    assert features.scale(tune(A, ((61, 48),))) == 0.75


def test_histograms_are_shares():
    assert features.pitch_classes(tune(A))[[0, 2, 4]].tolist() == pytest.approx([1 / 3] * 3)
    assert features.intervals(tune(A))[[14]].tolist() == [1]
    assert features.intervals(tune(((60, 24), (90, 24))))[24] == 1
    assert features.transitions(tune(A)).sum() == pytest.approx(1)


def test_bars_are_full_or_not():
    short = tune(A, ((60, 6),))
    measured = Bars().measure(texts(tune(A, B)), texts(tune(A, B), short, tune(A)))
    assert measured == {"full bars": pytest.approx((1 + 0.5 + 1) / 3), "whole tunes": pytest.approx(1 / 3)}


def test_half_the_bars_from_one_tune_is_copied_and_from_two_is_not():
    train = texts(tune(A, B, A, B), tune(C, D, C, D))
    other = ((71, 48),)
    assert Originality().measure(train, texts(tune(A, B, other, other)))["half copied"] == 1
    assert Originality().measure(train, texts(tune(A, C, other, other)))["half copied"] == 0
    assert Originality().measure(train, texts(tune(D, D, D, D)))["known phrases"] == 1


def test_numbers_are_means_over_tunes():
    assert Form().measure(texts(tune(A)), texts(tune(A, A), tune(A, C)))["form at 1 bar"] == pytest.approx(0.5)


def test_densities_and_their_overlap_are_those_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    integrate = pytest.importorskip("scipy.integrate")
    random = np.random.default_rng(3)
    first, second = random.normal(0, 1, 300), random.normal(1, 2, 200)
    points = np.linspace(-4, 6, 50)
    one, other = stats.gaussian_kde(first), stats.gaussian_kde(second)
    assert density(first, points) == pytest.approx(one(points), abs=1e-12)

    low, high = min(first.min(), second.min()), max(first.max(), second.max())
    expected = integrate.quad(lambda x: min(one(x)[0], other(x)[0]), low, high, limit=200)[0]
    assert overlapped_area(first, second) == pytest.approx(expected, abs=1e-3)


def random_tunes(seed, count, low=60):
    random = np.random.default_rng(seed)
    return [
        tune(*(tuple((int(low + random.integers(12)), 6) for _ in range(8)) for _ in range(4))) for _ in range(count)
    ]


def test_tunes_of_one_kind_are_near_and_of_another_far():
    real, same, other = texts(*random_tunes(1, 80)), texts(*random_tunes(2, 80)), texts(*random_tunes(3, 80, low=72))
    steady = texts(*[tune(A, B, A, B)] * 80)
    assert TuneDistance().measure(real, same)["tune distance"] == pytest.approx(0, abs=0.1)
    assert TuneDistance().measure(real, steady)["tune distance"] > 1
    assert Overlap().measure(real, same)["overlap"] > 0.9
    assert Overlap().measure(real, steady)["overlap"] < 0.6
    assert Overlap().measure(real, other)["overlap of pitch classes"] > 0.8


def test_pieces_of_one_score_are_known_by_the_bars_that_they_share():
    def piece(*numbers):
        return Piece.of_text("4/4\n" + "\n".join(f"{60 + n}:48 & {40 + n}:48" for n in numbers))

    first = [piece(0, 1, 2, 3), piece(2, 3, 4, 5), piece(3, 4, 5, 6)]
    other = [piece(6, 1, 2, 3), piece(3, 0, 0, 1)]
    assert Harmony().lots([*first, *other]).tolist() == [0, 0, 0, 1, 2]
    assert CopiedPieces().lots([]).tolist() == []


def test_the_error_of_a_mean_is_that_over_lots():
    values = np.array([1.0, 1, 1, 4, 4, 4])
    by_each, by_lots = (mean_of(values, lots) for lots in (np.arange(6), np.array([0, 0, 0, 1, 1, 1])))
    assert by_each.margin == pytest.approx(1.96 * values.std(ddof=1) / 6**0.5)
    assert by_lots.margin == pytest.approx(1.96 * np.std([1, 4], ddof=1) / 2**0.5)
    assert mean_of(values, np.zeros(6, int)).margin is None


def energy_by_hand(real, fake, lots):
    def between(pairs):
        return np.mean([np.linalg.norm(one - other) for one, other in pairs])

    within = [
        (one, other) for one, a in zip(real, lots, strict=True) for other, b in zip(real, lots, strict=True) if a != b
    ]
    apart = [(one, other) for n, one in enumerate(fake) for m, other in enumerate(fake) if n != m]
    return 2 * between([(one, other) for one in real for other in fake]) - between(within) - between(apart)


def test_an_energy_distance_compares_no_works_of_one_lot_and_its_error_is_that_of_leaving_lots_out():
    random = np.random.default_rng(5)
    real, fake, lots = random.normal(0, 1, (7, 3)), random.normal(1, 1, (5, 3)), np.array([0, 0, 1, 2, 2, 2, 3])
    unit = real.std(0)
    real, fake = real / unit, fake / unit
    alike = [np.column_stack([side, np.full(len(side), 0.1)]) for side in (real, fake)]  # tells nothing
    found = energy_distance(Rows(alike[0], lots), Rows(alike[1], np.arange(5)))
    assert found.value == pytest.approx(energy_by_hand(real, fake, lots))

    without = [energy_by_hand(real[lots != lot], fake, lots[lots != lot]) for lot in range(4)]
    others = [energy_by_hand(real, np.delete(fake, row, 0), lots) for row in range(5)]
    variance = sum((len(left) - 1) * np.var(left) for left in (without, others))
    assert found.margin == pytest.approx(1.96 * variance**0.5)
