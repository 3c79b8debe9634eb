"""From a seed to a latent: the identity of an artwork, the same numbers on every machine and in every language.

A seed starts SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). The
upper 53 bits of each output, centred in their interval, are a probability strictly between 0 and 1; Wichura's AS241
("The percentage points of the normal distribution", Applied Statistics 37, 1988) makes it a standard normal number.
All arithmetic is in float64 and rounded once to float32, which hides what ``log`` may differ by from system to system.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError

LARGEST_SEED = 2**64 - 1
Real = TypeVar("Real", np.float32, np.float64)

_BELOW_ONE = 1 - 2.0**-53  # the largest output would be rounded up to 1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

# PPND16 of AS241: numerator and denominator, lowest power first, for the centre and for the two parts of the tails.
_CENTRE = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_TAIL = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_FAR_TAIL = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)


def latents(seed: int, count: int) -> NDArray[np.float32]:
    """Return the latent of a seed.

    Args:
        seed: 0 to 2^64 - 1.
        count: how many numbers; a longer latent begins with the shorter one.

    Returns:
        Standard normal numbers, (count,).

    Raises:
        UsageError: if the seed is out of range.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"seed {seed} is out of range (0 to {LARGEST_SEED})")
    probability = ((split_mix(seed, count) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return inverse_normal(np.minimum(probability, _BELOW_ONE)).astype(np.float32)


def child(first: NDArray[Real], second: NDArray[Real], number: int) -> NDArray[Real]:
    """Return the latent of a child of two: each number is that of one parent or the other, by a fair coin.

    Uniform crossover keeps a latent standard normal, which the mean of two would not.

    Args:
        first: the latent of one parent.
        second: that of the other, as long.
        number: which of their children; the coins come from it.

    Raises:
        UsageError: if the number is out of range.
    """
    return np.where(latents(number, len(first)) < 0, first, second)


def split_mix(seed: int, count: int) -> NDArray[np.uint64]:
    """Return the first ``count`` outputs of SplitMix64, (count,)."""
    index = np.arange(1, count + 1, dtype=np.uint64)
    z = np.uint64(seed) + index * _GOLDEN  # arrays of uint64 wrap around, as they should here
    z = (z ^ (z >> np.uint64(30))) * _MIX[0]
    z = (z ^ (z >> np.uint64(27))) * _MIX[1]
    return z ^ (z >> np.uint64(31))


def inverse_normal(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard normal quantiles of probabilities strictly between 0 and 1, to about 1 part in 10^16."""
    q = probability - 0.5
    tail = np.abs(q) > 0.425
    quantile = q * _ratio(_CENTRE, 0.180625 - q * q)
    r = np.sqrt(-np.log(np.minimum(probability[tail], 1 - probability[tail])))
    size = np.where(r <= 5, _ratio(_TAIL, r - 1.6), _ratio(_FAR_TAIL, r - 5))
    quantile[tail] = np.copysign(size, q[tail])
    return quantile


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: NDArray[np.float64]) -> NDArray[np.float64]:
    numerator, denominator = coefficients
    return _polynomial(numerator, x) / _polynomial(denominator, x)


def _polynomial(coefficients: tuple[float, ...], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate by Horner's rule in a fixed order, so that no library may choose another."""
    value = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = value * x + coefficient
    return value
