"""The units of a plan: money, counts, shares and lengths, per thing and per time, as people write them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, Self

from typing_extensions import override

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency
from caudal.core.periods import Grain


class UnitKind(StrEnum):
    """How a number of a unit is shown."""

    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    """A part of one, also a rate of growth: 0.25 is shown as 25 %."""
    TIMES = "times"
    DAYS = "days"
    SCORE = "score"
    POINTS = "points"


class UnknownUnit(Problem):
    """A part of a unit is no currency, thing or time."""

    code = "plan.unknown_unit"
    message = msg("“{unit}” is not a unit: “{part}” is not known.")
    hint = msg(
        "Units look like USD/month, leads/month, USD/customer, ratio or days; things of one's own go in [units]."
    )


NOUNS: Final[Mapping[str, str]] = {
    "activity": "activities",
    "booking": "bookings",
    "course": "courses",
    "customer": "customers",
    "deal": "deals",
    "document": "documents",
    "employee": "employees",
    "event": "events",
    "hour": "hours",
    "invoice": "invoices",
    "lead": "leads",
    "meeting": "meetings",
    "partner": "partners",
    "person": "people",
    "sale": "sales",
    "seat": "seats",
    "student": "students",
    "subscription": "subscriptions",
    "ticket": "tickets",
    "user": "users",
    "visit": "visits",
}
"""The things every plan may count, one and many; a plan names more of its own."""

_ALONE: Final[Mapping[str, UnitKind]] = {
    "ratio": UnitKind.PERCENT,
    "share": UnitKind.PERCENT,
    "uplift": UnitKind.PERCENT,
    "growth": UnitKind.PERCENT,
    "x": UnitKind.TIMES,
    "days": UnitKind.DAYS,
    "points": UnitKind.POINTS,
}
_SCORE: Final = re.compile(r"score ([0-9]{1,3})-([0-9]{1,3})")
_CODE: Final = re.compile(r"[A-Z]{3}")
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, read: what is measured, per what and in which time.

    >>> unit = Unit.parse("USD/customer/month")
    >>> unit.kind.value, unit.counted, unit.per, unit.time.value, unit.is_flow
    ('money', 'USD', 'customer', 'month', False)
    >>> Unit.parse("leads/month").is_flow
    True
    """

    text: str
    kind: UnitKind
    counted: str = ""
    """The currency, or the one thing that is counted."""
    per: str = ""
    """The one thing it is told for, if any."""
    time: Grain | None = None
    scale: tuple[int, int] | None = None
    """From where to where a score goes."""

    @classmethod
    def parse(cls, text: str, own: Mapping[str, str] | None = None) -> Self:
        """Read a unit; `own` names things beyond the usual, one and many. Raises UnknownUnit, UnknownCurrency."""
        nouns = {**NOUNS, **(own or {})}
        if text in _ALONE:
            return cls(text, _ALONE[text])
        score = _SCORE.fullmatch(text)
        if score and int(score[1]) < int(score[2]):
            return cls(text, UnitKind.SCORE, scale=(int(score[1]), int(score[2])))
        top, *rest = text.split("/")
        kind, counted = _top(text, top, nouns)
        per, time = "", None
        for part in rest:
            if part in {grain.value for grain in Grain} and time is None:
                time = Grain(part)
            elif part in nouns and not per:
                per = part
            else:
                raise _unknown(text, part, [*Grain, *nouns])
        if kind is UnitKind.PERCENT and time is None:
            raise _unknown(text, top, _ALONE)
        return cls(text, kind, counted, per, time)

    @property
    def is_flow(self) -> bool:
        """Whether it counts a total in a time, which grows with the company: leads a month, not dollars a lead."""
        return self.is_total and self.time is not None

    @property
    def is_total(self) -> bool:
        """Whether it counts money or things by themselves, in a time or at one."""
        return self.kind in {UnitKind.MONEY, UnitKind.COUNT} and not self.per

    @override
    def __str__(self) -> str:
        """As written."""
        return self.text


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that a mistyped one most likely means, or nothing.

    >>> nearest("custmers", ["customers", "leads"])
    'customers'
    """
    return next(iter(get_close_matches(word[:_SHOWN], list(known), n=1)), "")


def _top(text: str, top: str, nouns: Mapping[str, str]) -> tuple[UnitKind, str]:
    """What is measured: 1 (a rate), a currency, or many of a thing."""
    if top == "1":
        return UnitKind.PERCENT, ""
    if _CODE.fullmatch(top):
        return UnitKind.MONEY, Currency(top).code
    for one, many in nouns.items():
        if top == many:
            return UnitKind.COUNT, one
    raise _unknown(text, top, [*nouns.values(), *_ALONE])


def _unknown(text: str, part: str, known: Iterable[str]) -> UnknownUnit:
    return UnknownUnit(unit=text[:_SHOWN], part=part[:_SHOWN], near=nearest(part, known))
