"""Each transform against a case made by hand, and a strength that follows the signs of logits."""

from __future__ import annotations

import math

import pytest
import torch

from artgan.builtin.augmentation import Ada
from artgan.builtin.networks.adaptive_augmentation import (
    amplify,
    brightened,
    contrasted,
    hue_turned,
    luma_scaled,
    recolor,
    saturated,
    warp,
)
from artgan.interfaces import Spec
from artgan.training.random_streams import stream

NOTHING = dict.fromkeys(("flip", "turn", "rotation", "scaling", "translation", "color", "filter", "cutout"), False)
PICTURE = torch.arange(2 * 3 * 5, dtype=torch.float64).view(1, 2, 3, 5) / 30


def alone(name: str, shape: tuple[int, int, int]):
    """Return `ada` with one transform, which always takes place."""
    chosen = {**NOTHING, name: True}
    return Ada(initial=1.0, most=1.0, **chosen).build(Spec("image", shape))


def moved(*rows: list[float]) -> torch.Tensor:
    return torch.tensor([[*rows, [0, 0, 1]]], dtype=torch.float64)


def one(value: float) -> torch.Tensor:
    return torch.tensor([value], dtype=torch.float64)


class TestWarp:
    def test_by_nothing_keeps_every_bit(self):
        assert torch.equal(warp(PICTURE, moved([1, 0, 0], [0, 1, 0])), PICTURE)

    def test_by_whole_pixels_shifts_and_mirrors_at_the_border(self):
        shifted = warp(PICTURE, moved([1, 0, 2], [0, 1, -1]))
        columns, rows = [2, 3, 4, 4, 3], [0, 0, 1]
        assert torch.equal(shifted, PICTURE[:, :, rows][:, :, :, columns])

    def test_by_half_a_pixel_is_the_mean_of_neighbours(self):
        shifted = warp(PICTURE, moved([1, 0, 0.5], [0, 1, 0]))
        assert torch.allclose(shifted[..., :4], (PICTURE[..., :4] + PICTURE[..., 1:]) / 2)

    def test_of_the_plane_finds_a_slope_where_it_is(self):
        y, x = torch.meshgrid(*[torch.arange(9, dtype=torch.float64) - 4] * 2, indexing="ij")
        angle = math.pi / 6
        turn = moved([math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0])
        turned = warp((3 * x + y)[None, None], turn)[0, 0]
        expected = 3 * (math.cos(angle) * x - math.sin(angle) * y) + math.sin(angle) * x + math.cos(angle) * y
        near = x.square() + y.square() <= 9
        assert torch.allclose(turned[near], expected[near])

    def test_can_be_differentiated_twice(self):
        images = torch.rand(1, 1, 3, 4, dtype=torch.float64).requires_grad_()
        assert torch.autograd.gradgradcheck(
            lambda some: warp(some, moved([0.8, 0.3, 1], [0, 1.2, -2])).square(), images
        )


class TestColours:
    RED, GREEN, GREY = (
        torch.tensor(color, dtype=torch.float64)[:, None, None] for color in ([1, 0, 0], [0, 1, 0], [0.5] * 3)
    )

    @pytest.mark.parametrize(
        ("matrix", "before", "after"),
        [
            (brightened(one(0.25)), [0.5, 0, -1], [0.75, 0.25, -0.75]),
            (contrasted(one(2.0)), [0.5, 0, -1], [1, 0, -2]),
            (saturated(one(0.0)), [0.9, 0, 0], [0.3, 0.3, 0.3]),
            (saturated(one(2.0)), [0.9, 0, 0], [1.5, -0.3, -0.3]),
            (hue_turned(one(2 * math.pi / 3)), [1, 0, 0], [0, 1, 0]),
            (hue_turned(one(1.0)), [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
            (luma_scaled(one(-1.0)), [0.5, 0.5, 0.5], [-0.5, -0.5, -0.5]),
            (luma_scaled(one(-1.0)), [1, 0, -1], [1, 0, -1]),
        ],
    )
    def test_become_what_one_reckons(self, matrix, before, after):
        pixel = torch.tensor(before, dtype=torch.float64).view(1, 3, 1, 1)
        assert recolor(pixel, matrix).flatten().tolist() == pytest.approx(after)

    def test_leave_transparency_alone_and_grey_grey(self):
        images = torch.rand(1, 4, 2, 3, dtype=torch.float64)
        changed = recolor(images, brightened(one(0.5)) @ contrasted(one(2.0)))
        assert torch.equal(changed[:, 3], images[:, 3])
        grey = recolor(images[:, 2:], brightened(one(0.5)) @ contrasted(one(2.0)) @ hue_turned(one(1.0)))
        assert torch.allclose(grey[:, :1], 2 * images[:, 2:3] + 0.5)
        assert torch.equal(grey[:, 1:], images[:, 3:])


class TestFilters:
    def test_of_gain_one_change_nothing(self):
        assert torch.allclose(amplify(PICTURE, torch.ones(1, 4).double()), PICTURE)

    def test_of_the_highest_band_take_the_finest_stripes_away(self):
        stripes = torch.tensor([1.0, -1.0]).double().repeat(8).expand(1, 1, 16, 16)
        assert amplify(stripes, torch.tensor([[1.0, 1, 1, 0]]).double())[..., 1:-1].abs().max() < 1e-12

    def test_leave_even_grounds_to_the_lowest(self):
        even = torch.full((1, 1, 8, 8), 0.5).double()
        assert torch.allclose(amplify(even, torch.tensor([[2.0, 9, 9, 9]]).double()), 2 * even)


class TestAlone:
    def test_flips_mirror_about_half_of_the_pictures(self):
        images = torch.rand(200, 1, 3, 5)
        changed = alone("flip", (1, 3, 5))(images, stream(1, "a", 0))
        mirrored = [
            torch.allclose(after, before.flip(2), atol=1e-5) for before, after in zip(images, changed, strict=True)
        ]
        same = [torch.allclose(after, before, atol=1e-5) for before, after in zip(images, changed, strict=True)]
        assert all(a != b for a, b in zip(mirrored, same, strict=True))
        assert 70 < sum(mirrored) < 130

    @pytest.mark.parametrize(("size", "turns"), [((5, 5), {0, 1, 2, 3}), ((4, 6), {0, 2})])
    def test_turns_are_by_quarters_and_of_oblong_pictures_by_halves(self, size, turns):
        images = torch.rand(60, 1, *size)
        changed = alone("turn", (1, *size))(images, stream(1, "a", 0))
        found = {
            next(turn for turn in turns if torch.allclose(after, before.rot90(turn, (1, 2)), atol=1e-4))
            for before, after in zip(images, changed, strict=True)
        }
        assert found == turns

    def test_a_cut_blanks_a_rectangle_of_half_of_each_side(self):
        changed = alone("cutout", (1, 16, 32))(torch.ones(300, 1, 16, 32), stream(1, "a", 0))
        blank = changed == 0
        assert blank.flatten(1).sum(1).max() == 8 * 16
        assert blank.any(0).all()
        assert (blank | (changed == 1)).all()

    @pytest.mark.parametrize(
        ("name", "low", "high"), [("scaling", 0.1, 1.5), ("translation", 0.05, 1.5), ("rotation", 0.1, 1.5)]
    )
    def test_other_moves_keep_most_of_an_even_ground_and_change_pictures(self, name, low, high):
        images, transform = torch.rand(40, 1, 12, 12), alone(name, (1, 12, 12))
        assert torch.allclose(transform(torch.ones_like(images), stream(1, "a", 0)), torch.ones_like(images))
        apart = (transform(images, stream(1, "a", 0)) - images).abs().mean() / images.std()
        assert low < apart < high

    @pytest.mark.parametrize("name", ["color", "filter"])
    def test_of_strength_zero_nothing_changes(self, name):
        images = torch.rand(8, 3, 6, 6)
        transform = Ada(**{**NOTHING, name: True}).build(Spec("image", (3, 6, 6)))
        assert torch.allclose(transform(images, stream(1, "a", 0)), images, atol=1e-6)


class TestStrength:
    def test_rises_while_more_reals_than_the_target_are_told_and_falls_else(self):
        transform = Ada(target=0.6, speed=1.0).build(Spec("image", (1, 8, 8)))
        sure, fooled = torch.ones(50), -torch.ones(50)
        for update in range(1, 5):
            assert transform.adapt(sure, 0)["strength"] == pytest.approx(0.05 * update)
        for _ in range(8):
            scalars = transform.adapt(fooled, 0)
        assert scalars["strength"] == 0
        assert scalars["sign"] < -0.7

    def test_stops_at_the_most(self):
        transform = Ada(speed=0.1, most=0.3).build(Spec("image", (1, 8, 8)))
        for _ in range(9):
            strength = transform.adapt(torch.ones(50), 0)["strength"]
        assert strength == pytest.approx(0.3)

    def test_above_the_most_is_refused(self):
        with pytest.raises(ValueError, match=r"initial 0\.9 is above most 0\.8"):
            Ada(initial=0.9)
