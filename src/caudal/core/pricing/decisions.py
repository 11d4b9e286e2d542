"""Why a price is what it is: a waterfall of named steps that begins with the catalogue price and ends with the price.

Every step is rounded where it is made, so that the steps shown add up to the price shown. A decision is a value that is
stored with the document: it is read back, and never worked out again from today's rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any, Final, Self

from caudal.core.errors import Problem, msg
from caudal.core.money import RATE_PLACES, Exact, Rate, Rounding

_PERCENT: Final = 100


class BadGuard(Problem):
    """The floor is above the ceiling."""

    code = "pricing.bad_guard"
    message = msg("No price is at least {floor} and at most {ceiling}.")


class Stage(IntEnum):
    """When an adjustment is made: the order of the waterfall, whatever the order in which rules were written."""

    CATALOGUE = 0
    VOLUME = 10
    PLAN = 20
    TERM = 30
    SEGMENT = 40
    SEASON = 50
    PROMOTION = 60
    NEGOTIATED = 70
    GUARD = 80
    ROUNDING = 90


class Effect(StrEnum):
    """What an adjustment does to the price before it."""

    SET = "set"
    """Puts `value` in its place."""
    ADD = "add"
    """Adds `value`, which may be negative."""
    PERCENT = "percent"
    """Adds `value` percent of it: -15 takes 15 % off."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A rule that matched. Of a `group` one is used: the one with the highest `priority`, then the first by name."""

    name: str
    stage: Stage
    effect: Effect
    value: Decimal
    group: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One line of a waterfall: the price before it, and after it, in major units."""

    name: str
    stage: Stage
    before: Decimal
    after: Decimal

    @property
    def delta(self) -> Decimal:
        """What it added or took."""
        return _exactly(Fraction(self.after) - Fraction(self.before), _places(self.after, self.before))

    def to_json(self) -> dict[str, str]:
        """The step as it is stored."""
        stage = self.stage.name.lower()
        return {"name": self.name, "stage": stage, "before": f"{self.before:f}", "after": f"{self.after:f}"}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Self:
        """Read what `to_json` wrote."""
        stage = Stage[value["stage"].upper()]
        return cls(value["name"], stage, Decimal(value["before"]), Decimal(value["after"]))


@dataclass(frozen=True, slots=True)
class Guard:
    """The least and the most that may be asked, in major units; None is no limit. Raises BadGuard."""

    floor: Decimal | None = None
    ceiling: Decimal | None = None

    def __post_init__(self) -> None:
        if self.floor is not None and self.ceiling is not None and self.floor > self.ceiling:
            raise BadGuard(floor=self.floor, ceiling=self.ceiling)

    def within(self, price: Decimal) -> Decimal:
        """The nearest price that may be asked."""
        raised = price if self.floor is None else max(price, self.floor)
        return raised if self.ceiling is None else min(raised, self.ceiling)


@dataclass(frozen=True, slots=True)
class PriceDecision:
    """A price with every step that led to it; the first is the catalogue price, and the deltas add up."""

    price: Rate
    steps: tuple[PriceStep, ...]

    def to_json(self) -> dict[str, object]:
        """The decision as it is stored: every number a string."""
        return {
            "price": f"{self.price.amount:f}",
            "currency": self.price.currency.code,
            "steps": [step.to_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; nothing is worked out again. Raises UnreadableAmount, UnknownCurrency."""
        steps = tuple(PriceStep.from_json(step) for step in value["steps"])
        return cls(Rate.of(value["price"], value["currency"]), steps)


def decide(
    catalogue: Rate,
    adjustments: Iterable[Adjustment] = (),
    *,
    guard: Guard | None = None,
    step_places: int = 2,
    multiple: Decimal | None = None,
    rounding: Rounding = Rounding.HALF_UP,
) -> PriceDecision:
    """Decide a price: adjustments by stage, then the guard, then rounding to a multiple if one is asked for.

    Each step is rounded to `step_places` decimal places. Where rounding to a multiple would leave the guard, the
    guard's own limit counts. Adjustments that change nothing are not steps; the catalogue price always is one.

    >>> from caudal.core.money import Currency
    >>> found = decide(
    ...     Rate.of("499.00", "USD"),
    ...     [
    ...         Adjustment("launch", Stage.PROMOTION, Effect.ADD, Decimal(-20)),
    ...         Adjustment("annual", Stage.TERM, Effect.PERCENT, Decimal(-15)),
    ...         Adjustment("education", Stage.SEGMENT, Effect.PERCENT, Decimal(-10)),
    ...     ],
    ...     guard=Guard(floor=Decimal(210)),
    ...     multiple=Decimal(1),
    ... )
    >>> [(step.name, str(step.delta)) for step in found.steps]
    [('catalogue', '499.00'), ('annual', '-74.85'), ('education', '-42.42'), ('launch', '-20.00'), ('rounding', '0.27')]
    >>> str(found.price)
    '362.00 USD'
    """
    asked = guard or Guard()
    price = catalogue.amount
    steps = [PriceStep("catalogue", Stage.CATALOGUE, Decimal(0), price)]
    for one in _chosen(adjustments):
        change = _to_places(_change(one, price), step_places, rounding)
        after = _exactly(Fraction(price) + Fraction(change), _places(price, change))
        price = _step(steps, one.name, one.stage, after)
    price = _step(steps, "guard", Stage.GUARD, asked.within(price))
    if multiple is not None:
        nearest = rounding.whole(Fraction(price) / Fraction(multiple)) * Fraction(multiple)
        price = _step(steps, "rounding", Stage.ROUNDING, asked.within(_to_places(nearest, step_places, rounding)))
    return PriceDecision(Rate(price, catalogue.currency), tuple(steps))


def _chosen(adjustments: Iterable[Adjustment]) -> Sequence[Adjustment]:
    """One of each group, in the order of the waterfall; within a stage by group and name, never as they came."""
    by_rank = sorted(
        adjustments, key=lambda one: (one.stage, one.group, -one.priority, one.name, one.effect, one.value)
    )
    seen: set[str] = set()
    chosen = []
    for one in sorted(by_rank, key=lambda one: (-one.priority, one.name)):
        if not one.group or one.group not in seen:
            seen.add(one.group)
            chosen.append(one)
    return [one for one in by_rank if one in chosen]


def _change(adjustment: Adjustment, price: Decimal) -> Exact:
    if adjustment.effect is Effect.SET:
        return Fraction(adjustment.value) - Fraction(price)
    if adjustment.effect is Effect.ADD:
        return adjustment.value
    return Fraction(price) * Fraction(adjustment.value) / _PERCENT


def _step(steps: list[PriceStep], name: str, stage: Stage, after: Decimal) -> Decimal:
    before = steps[-1].after
    if after != before:
        steps.append(PriceStep(name, stage, before, after))
    return after


def _to_places(number: Exact, places: int, rounding: Rounding) -> Decimal:
    assert 0 <= places <= RATE_PLACES, "a rate has up to 12 places"  # noqa: S101  our own mistake
    return _exactly(Fraction(rounding.whole(Fraction(number) * 10**places), 10**places), places)


def _places(*numbers: Decimal) -> int:
    """As many decimal places as the one with the most has."""
    exponents = (number.as_tuple().exponent for number in numbers)
    return max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))


def _exactly(number: Fraction, places: int) -> Decimal:
    """A decimal of so many places; made from a text, which no context of decimal arithmetic shortens."""
    return Decimal(f"{(number * 10**places).numerator}E-{places}")
