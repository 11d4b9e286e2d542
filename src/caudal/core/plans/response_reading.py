"""Curves of what spending brings, from the tables of a plan file."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from caudal.core.errors import Finding, Place, msg
from caudal.core.plans.conformity import Checker, number
from caudal.core.plans.document import Span, Table
from caudal.core.plans.pieces import exact_at, head_of, items_at, label_at, must_at, word_at
from caudal.core.plans.ranges import RangeReader
from caudal.core.plans.responses import CURVE_KEYS, Curve, Response

_ABOVE_ZERO: Final = ("most", "half", "steepness", "brings", "at", "exponent")
_ONLY_OF_SOME: Final = frozenset(word for words in CURVE_KEYS.values() for word in words)
_POINTS_MAX: Final = 20
_POWER_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class CurveReader:
    """Reads the curves of one plan file."""

    checker: Checker
    ranges: RangeReader

    def findings(self, table: Table, key: Span, name: str) -> Iterator[Finding]:
        """What is wrong with the numbers of a curve."""
        curve = _curve(table)
        if curve is None:
            return
        wanted = CURVE_KEYS[curve]
        missing = [word for word in wanted if word not in table.entries]
        if missing and not table.broken:
            message = msg("“{name}” is a curve of the form {curve}, which needs {missing}.")
            yield self.checker.finding(
                "plan.curve_incomplete", message, key, name, curve=curve.value, missing=", ".join(missing)
            )
        for word in sorted(_ONLY_OF_SOME & table.entries.keys() - set(wanted)):
            message = msg("A curve of the form {curve} has no “{word}”.")
            yield self.checker.finding(
                "plan.curve_other_form",
                message,
                table.entries[word].key,
                f"{name}.{word}",
                curve=curve.value,
                word=word,
            )
        for word in _ABOVE_ZERO:
            value = exact_at(table, word)
            if value is not None and value <= 0:
                message = msg("“{name}” must be above zero.")
                yield self.checker.finding("plan.bad_curve", message, table.entries[word].key, f"{name}.{word}")
        for word in ("steepness", "exponent"):
            if (exact_at(table, word) or 0) > _POWER_MAX:
                message = msg("“{name}” must be at most {most}.")
                span = table.entries[word].key
                yield self.checker.finding("plan.bad_curve", message, span, f"{name}.{word}", most=_POWER_MAX)
        if curve is Curve.PIECES and not missing and not _are_points(table):
            message = msg("“{name}” needs from 1 to {most} sums and as many things they bring, both rising from zero.")
            yield self.checker.finding("plan.bad_curve", message, head_of(table), name, most=_POINTS_MAX)
        if not _rise(Fraction(0), exact_at(table, "lo"), exact_at(table, "hi")):
            message = msg("“{name}” must spend from lo up to hi, and nothing below zero.")
            yield self.checker.finding("plan.bad_curve", message, head_of(table), name)

    def read(self, name: str, table: Table, place: Place) -> Response:
        """The curve of a document without errors."""
        curve = _curve(table) or Curve.SATURATION
        most, half, power = ("brings", "at", "exponent") if curve is Curve.POWER else ("most", "half", "steepness")
        return Response(
            id=name,
            label=label_at(table),
            spend=must_at(table, "spend"),
            unit=self.ranges.unit(table),
            curve=curve,
            most=exact_at(table, most) or Fraction(0),
            half=exact_at(table, half) or Fraction(0),
            power=exact_at(table, power) or Fraction(1),
            points=tuple(zip(_numbers(table, "sums"), _numbers(table, "bring"), strict=False)),
            lo=exact_at(table, "lo"),
            hi=exact_at(table, "hi"),
            why=label_at(table, "why") if "why" in table.entries else None,
            place=place,
        )


def _curve(table: Table) -> Curve | None:
    word = word_at(table, "curve")
    if word is None:
        return None if "curve" in table.entries else Curve.SATURATION
    return Curve(word) if word in set(Curve) else None


def _numbers(table: Table, key: str) -> tuple[Fraction, ...]:
    return tuple(value for item in items_at(table, key) if (value := number(item)) is not None)


def _are_points(table: Table) -> bool:
    sums, bring = (_numbers(table, key) for key in ("sums", "bring"))
    rising = all(one < other for values in (sums, bring) for one, other in pairwise((Fraction(0), *values)))
    return rising and len(sums) == len(bring) and 0 < len(sums) <= _POINTS_MAX


def _rise(*values: Fraction | None) -> bool:
    known = [value for value in values if value is not None]
    return all(one <= other for one, other in pairwise(known))
