"""A plan as the schema of its checks' expressions: targets are fields, with their units or without."""

from caudal.core.expressions import BARE_NUMBER, Field, Schema, number
from caudal.core.expressions import Unit as TermUnit
from caudal.core.plans.plan import Plan
from caudal.core.plans.units import Unit, UnitKind


def schema_of(plan: Plan, *, converts: bool = False) -> Schema:
    """The targets of a plan as the fields of expressions; with `converts` they are numbers without units."""
    return Schema(
        {
            target.id: Field((BARE_NUMBER if converts else number(term_unit(target.unit))).required)
            for target in plan.targets
        }
    )


def term_unit(unit: Unit) -> TermUnit:
    """The unit of a plan as the arithmetic of expressions knows it: shares and multiples count nothing.

    >>> str(term_unit(Unit.parse("USD/customer/month"))), str(term_unit(Unit.parse("ratio")))
    ('USD/customer/month', '1')
    """
    tops = {
        UnitKind.MONEY: unit.counted,
        UnitKind.COUNT: unit.counted,
        UnitKind.DAYS: "day",
        UnitKind.SCORE: "score",
        UnitKind.POINTS: "point",
    }
    powers: dict[str, int] = {}
    for symbol, power in ((tops.get(unit.kind, ""), 1), (unit.per, -1), (unit.time.value if unit.time else "", -1)):
        if symbol:
            powers[symbol] = powers.get(symbol, 0) + power
    return TermUnit(tuple(sorted((symbol, power) for symbol, power in powers.items() if power)))
