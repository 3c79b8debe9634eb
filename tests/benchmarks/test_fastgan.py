"""FastGAN as it races: its networks fit together at every size, and it learns from pictures that are moved whole."""

import numpy as np
import pytest
import torch
from benchmarks.fastgan import LATENT, SHIFTED, SIDES, FastGanDiscriminator, FastGanGenerator, of_fastgan, shifted
from torch.nn.functional import pad

CPU = torch.device("cpu")


@pytest.mark.parametrize("side", SIDES)
def test_pictures_are_made_judged_and_drawn_again(side):
    with torch.no_grad():
        pictures = FastGanGenerator(3, side)(torch.randn(2, LATENT))
        discriminator = FastGanDiscriminator(3, side)
        logits, maps = discriminator(pictures)
        loss = discriminator.reconstruction_loss(pictures, maps)
    assert pictures.shape == (2, 3, side, side)
    assert logits.shape == (2, 50)  # a map of 5 by 5 from each of two branches
    assert 0 < loss.item() < 6  # three drawings, each at most 2 away


def test_pictures_are_moved_whole_within_a_border_of_zeros():
    torch.manual_seed(1)
    side, border = 16, round(16 * SHIFTED)
    pictures = torch.rand(40, 2, side, side) + 1
    wide, places = pad(pictures, (border,) * 4), range(2 * border + 1)
    found = list[tuple[int, int]]()
    for picture, moved in zip(wide, shifted(pictures), strict=True):
        crops = {
            (row, column): picture[:, row : row + side, column : column + side] for row in places for column in places
        }
        found += [place for place, crop in crops.items() if torch.equal(crop, moved)]
    assert len(found) == len(pictures)  # each is a crop, and of one place alone
    assert len(set(found)) > 15  # of 25 places
    assert {row for row, _ in found} == {column for _, column in found} == set(places)


def test_what_is_not_a_square_of_its_sizes_is_refused():
    with pytest.raises(ValueError, match="not 48×32: ARTGAN_BENCHMARK_SIZE=64"):
        of_fastgan(np.zeros((4, 3, 32, 48), np.uint8), seed=0, device=CPU)


@pytest.mark.slow
def test_it_takes_steps_and_makes_pictures():
    pictures = np.random.default_rng(1).integers(0, 256, (12, 3, 64, 64), dtype=np.uint8)
    still, moved = (of_fastgan(pictures, seed=0, device=CPU) for _ in range(2))
    moved.step()
    made = []
    for contender in (still, moved):
        torch.manual_seed(1)
        made.append(contender.make(2))
    assert [(each.shape, each.dtype) for each in made] == 2 * [((2, 3, 64, 64), np.uint8)]
    assert not np.array_equal(made[0], made[1])
