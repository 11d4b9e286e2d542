"""Values of drivers from how unlikely they are to be lower: the quantile functions of all distributions."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from caudal.core.plans import Distribution, Driver, Together

Floats: TypeAlias = NDArray[np.float64]

P95_SIGMAS: Final = 1.6448536269514722
"""How many standard deviations above its middle a normal variable has 95 % of its cases below."""
ENDS_SIGMAS: Final = 2.0
"""A bell without a p95 has the ends of its range this many standard deviations away."""
_GRID: Final = 4097
_REACH: Final = 8.0
"""Standard deviations beyond which nothing is drawn."""
_ABOVE: Final = (
    3.52624965998911e-02,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
_BELOW: Final = (
    8.83883476483184e-02,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)
_FAR: Final = 7.07106781186547
"""From here on the tail is computed as a continued fraction, of which this is the last term."""
_LAST: Final = 0.65
_ROOT_OF_TURN: Final = 2.506628274631
"""The square root of two pi."""


def normal_share(z: Floats) -> Floats:
    """The share of a standard normal variable below `z`, to fifteen digits.

    Source: G. West, Better approximations to cumulative normal functions (2005), after Hart's algorithm 5666 (1968).

    >>> [f"{value:.12f}" for value in normal_share(np.array([0.0, P95_SIGMAS, -3.0]))]
    ['0.500000000000', '0.950000000000', '0.001349898032']
    """
    size = np.abs(z)
    tail = np.exp(-size * size / 2)
    near = tail * np.polyval(_ABOVE, size) / np.polyval(_BELOW, size)
    deep = size + _LAST
    for step in (4.0, 3.0, 2.0, 1.0):
        deep = size + step / deep
    below = np.where(size < _FAR, near, tail / deep / _ROOT_OF_TURN)
    return np.asarray(np.where(z > 0, 1 - below, below), dtype=np.float64)


def values_at(driver: Driver, u: Floats) -> Floats:
    """The values of a driver that are undercut in the shares `u` (from 0 to 1) of all cases.

    >>> from caudal.core.plans import Label, Unit
    >>> words = {"id": "leads", "label": Label("", ""), "unit": Unit.parse("leads/month")}
    >>> ends = {"lo": Fraction(100), "hi": Fraction(400), "likely": Fraction(100)}
    >>> leads = Driver(shape=Distribution.TRIANGULAR, **ends, **words)
    >>> [float(value) for value in values_at(leads, np.array([0.0, 0.75, 1.0]))]  # 3/4 of the triangle lie below 250
    [100.0, 250.0, 400.0]
    """
    lo = float(driver.lo)
    if driver.shape is Distribution.FIXED or driver.lo == driver.hi:
        return np.full(u.shape, float(driver.middle))
    if driver.shape is Distribution.EMPIRICAL:
        known = np.sort(np.array([float(value) for value in driver.values]))
        return np.asarray(np.interp(u, np.linspace(0.0, 1.0, len(known)), known), dtype=np.float64)
    if driver.shape in {Distribution.NORMAL, Distribution.LOGNORMAL}:
        return _bell(driver, u)
    assert driver.hi is not None, "only a bell may be open"  # noqa: S101  our mistake
    hi = float(driver.hi)
    likely = float(driver.middle)
    match driver.shape:
        case Distribution.TRIANGULAR:
            return _triangle(lo, likely, hi, u)
        case Distribution.PERT:
            return _hill(lo, likely, hi, u)
    return np.asarray(np.clip(lo + u * (hi - lo), lo, hi), dtype=np.float64)


def draw(
    drivers: Sequence[Driver], *, runs: int, generator: np.random.Generator, together: Together | None = None
) -> tuple[Floats, ...]:
    """Values of each driver for every run, and always the same for a generator in the same state.

    Drivers that go together are drawn by a Gaussian copula. Every driver takes its part of the chance, also one that
    is fixed, so two scenarios meet the same fortune.
    """
    shares = generator.random((len(drivers), runs))
    if together is not None and together.of:
        normal = generator.standard_normal((len(together.of), runs))
        lower = np.array([[float(value) for value in row] for row in together.lower])
        scale = np.sqrt(np.array([float(value) for value in together.diagonal]))
        joined = normal_share((lower * scale) @ normal)
        places = {driver.id: place for place, driver in enumerate(drivers)}
        for row, name in enumerate(together.of):
            if name in places:
                shares[places[name]] = joined[row]
    return tuple(values_at(driver, shares[place]) for place, driver in enumerate(drivers))


def _triangle(lo: float, likely: float, hi: float, u: Floats) -> Floats:
    share = (likely - lo) / (hi - lo)
    left = lo + np.sqrt(u * (hi - lo) * (likely - lo))
    right = hi - np.sqrt((1 - u) * (hi - lo) * (hi - likely))
    return np.where(u < share, left, right)


def _hill(lo: float, likely: float, hi: float, u: Floats) -> Floats:
    """A beta distribution with the exponents of PERT, by the table of its density."""
    a = 1 + 4 * (likely - lo) / (hi - lo)
    b = 1 + 4 * (hi - likely) / (hi - lo)
    x = (1 - np.cos(np.linspace(0, np.pi, _GRID))) / 2  # dense at both ends
    return lo + (hi - lo) * _tabled(x, x ** (a - 1) * (1 - x) ** (b - 1), u)


def _tabled(x: Floats, density: Floats, u: Floats) -> Floats:
    """Quantiles of a density given at points: its area by trapezia, turned round."""
    areas = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(x))))
    return np.interp(u, areas / areas[-1], x)


def _bell(driver: Driver, u: Floats) -> Floats:
    """A normal or lognormal variable, cut off at the ends of its range."""
    logs = driver.shape is Distribution.LOGNORMAL
    lo, hi = _scale(driver.lo, logs=logs), None if driver.hi is None else _scale(driver.hi, logs=logs)
    middle, sigma = _middle(driver, lo, hi, logs=logs)
    if sigma <= 0:
        return np.full_like(u, float(driver.middle))
    begins = max((lo - middle) / sigma, -_REACH)
    ends = _REACH if hi is None else min((hi - middle) / sigma, _REACH)
    z = np.linspace(begins, ends, _GRID)
    shares = normal_share(z)
    found = middle + sigma * np.interp(u, (shares - shares[0]) / (shares[-1] - shares[0]), z)
    values = np.exp(found) if logs else found
    return np.clip(values, float(driver.lo), None if driver.hi is None else float(driver.hi))


def _scale(value: Fraction, *, logs: bool) -> float:
    if not logs:
        return float(value)
    return float(np.log(float(value))) if value > 0 else -np.inf


def _middle(driver: Driver, lo: float, hi: float | None, *, logs: bool) -> tuple[float, float]:
    """The middle and the standard deviation, in logarithms where those are normal."""
    if driver.likely is not None:
        middle = _scale(driver.likely, logs=logs)
    else:
        assert hi is not None, "an open bell says what is likely"  # noqa: S101  our mistake
        middle = (lo + hi) / 2 if np.isfinite(lo) else hi - ENDS_SIGMAS
    if driver.p95 is not None:
        return middle, (_scale(driver.p95, logs=logs) - middle) / P95_SIGMAS
    assert hi is not None, "an open bell says its p95"  # noqa: S101  our mistake
    return middle, ((hi - lo) / 2 if np.isfinite(lo) else hi - middle) / ENDS_SIGMAS
