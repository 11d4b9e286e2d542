"""The standard identities applied to a plan: metrics become targets, periods are made equal, and out come checks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from caudal.core.checks.identities import FAMILIES, IDENTITIES, PRICES, Identity, Role
from caudal.core.expressions import Apply, Literal, Name, Node, Unit, parse, show
from caudal.core.plans import VOCABULARY, Check, Label, Plan, Sense, Target, term_unit

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}
_TIMES: Final = {"second", "minute", "hour", *_DAYS, *_MONTHS}
_FAMILY: Final = re.compile(r"\{(\w+)\}")


def standard_checks(plan: Plan) -> tuple[Check, ...]:
    """All checks that follow from the metrics of a plan, for the whole company and for each pillar.

    A pillar takes ratios, prices and lengths from the company where it has none of its own, but never totals.
    """
    cast = _Cast(plan)
    found: list[Check] = []
    for scope in ("", *(pillar.id for pillar in plan.pillars)):
        for identity in IDENTITIES:
            check = cast.check(identity, scope)
            if check is not None:
                found.append(check)
        found.extend(cast.prices(scope))
    found.extend(cast.pillars())
    return tuple(found)


class _Cast:
    """Which targets play the roles of identities in one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.currency = plan.currency.code
        self.by_metric: dict[tuple[str, str], list[Target]] = {}
        for target in plan.targets:
            if target.metric is not None:
                self.by_metric.setdefault((target.metric, target.pillar or ""), []).append(target)

    def check(self, identity: Identity, scope: str) -> Check | None:
        if any((metric, scope) in self.by_metric for metric in identity.unless):
            return None
        parts: dict[str, str] = {}
        for name in _FAMILY.findall(identity.value):
            present = [metric for metric in FAMILIES[name] if (metric, scope) in self.by_metric]
            if not present:
                return None
            parts[name] = " + ".join(present)
        value = parse(_FAMILY.sub(lambda match: f"({parts[match[1]]})", identity.value))
        stated = parse(identity.stated) if identity.stated else None
        names = sorted({*_names(value), *(_names(stated) if stated is not None else ())})
        found = self._casting(identity, names, scope)
        own = any((identity.roles.get(name, Role(name)).metric, scope) in self.by_metric for name in names)
        if len(found) < len(names) or (scope and not own):
            return None
        return Check(
            id=f"{identity.id}_{scope}" if scope else identity.id,
            statement=self._statement(identity.statement, scope),
            value=show(_cast(value, found)),
            sense=identity.sense,
            stated=show(_cast(stated, found)) if stated is not None else "",
            unit="share" if stated is None else "",
            group=identity.group,
            standard=identity.id,
        )

    def _casting(self, identity: Identity, names: Sequence[str], scope: str) -> Mapping[str, Node]:
        """Who plays which role, told per month, or per year where fewer targets are then converted."""
        roles = {name: identity.roles.get(name, Role(name)) for name in names}
        fixed = bool(identity.roles) or "[" in identity.value + identity.stated
        found = [
            {name: node for name, role in roles.items() if (node := self._played(role, scope, time)) is not None}
            for time in (("month",) if fixed else ("month", "quarter", "year"))
        ]
        return max(found, key=lambda cast: sum(isinstance(node, Name) for node in cast.values()))

    def prices(self, scope: str) -> Iterable[Check]:
        """What a customer pays at a time lies between the cheapest and the dearest thing on sale."""
        paid = self._played(Role("revenue_per_customer", "money/customer"), scope)
        prices = [each.id for metric in PRICES for each in self.by_metric.get((metric, scope), ())]
        if paid is None or len(prices) < 2:  # noqa: PLR2004  a range has two ends
            return
        per = Literal(Fraction(1), Unit.parse("customer"))
        cheapest, dearest = (Apply(name, tuple(map(Name, prices))) for name in ("min", "max"))
        yield Check(
            id=f"prices_{scope}" if scope else "prices",
            statement=self._statement(
                Label(
                    "What a customer pays lies between the lowest and the highest price",
                    "Lo que paga un cliente está entre el precio más bajo y el más alto",
                ),
                scope,
            ),
            value=show(Apply("*", (paid, per))),
            stated=show(Apply("interval", (cheapest, dearest))),
            group="revenue",
            standard="prices",
        )

    def pillars(self) -> Iterable[Check]:
        """Totals of the lines of business add up to those of the company."""
        for whole in ("revenue_primary", "revenue_gross"):
            parts = [
                node
                for pillar in self.plan.pillars
                if (node := self._played(Role("revenue_gross"), pillar.id)) is not None
            ]
            company = self._played(Role(whole), "")
            if len(parts) > 1 and company is not None:
                yield Check(
                    id=f"pillars_{whole}",
                    statement=Label(
                        "The revenue of all pillars adds up to that of the company",
                        "Los ingresos de los pilares suman los de la empresa",
                    ),
                    value=show(_sum(parts)),
                    sense=Sense.PARTS,
                    stated=show(company),
                    group="revenue",
                    standard="pillars",
                )
                return

    def _played(self, role: Role, scope: str, time: str = "month") -> Node | None:
        """The one target that plays a role, in the role's unit; None where none does, or more than one."""
        known = VOCABULARY.get(role.metric)
        unit = role.unit if role.unit is not None else known.unit if known else None
        if unit is None:
            return None
        said = Unit.parse(unit.replace("/month", f"/{time}") if role.unit is None else unit)
        basis = _in_currency(said, self.currency)
        for place in (scope,) if not scope or _is_total(basis) else (scope, ""):
            fitting = [
                node
                for target in self.by_metric.get((role.metric, place), ())
                if role.period in {"", target.period.value} and (node := _converted(target, basis)) is not None
            ]
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
        return None

    def _statement(self, statement: Label, scope: str) -> Label:
        pillar = next((each.label for each in self.plan.pillars if each.id == scope), None)
        if pillar is None:
            return statement
        return replace(statement, en=f"{statement.en} ({pillar.en})", es=f"{statement.es} ({pillar.es})")


def _is_total(unit: Unit) -> bool:
    """Whether it counts money or things that a line of business has only a part of: not prices, lengths or ratios."""
    counted = any(power > 0 and symbol not in _TIMES for symbol, power in unit.powers)
    return counted and all(power > 0 or symbol in _TIMES for symbol, power in unit.powers)


def _converted(target: Target, basis: Unit) -> Node | None:
    """A target told in another unit: months for years, one's own word for a thing; None where that means nothing.

    Rates of growth are never converted: twelve times a month's growth is not a year's.
    """
    own, node = term_unit(target.unit), Name(target.id)
    if own == basis:
        return node
    rate = {symbol for symbol, _ in basis.powers} <= _TIMES
    rest = own / basis
    times = {symbol: power for symbol, power in rest.powers if symbol in _TIMES}
    things = tuple((symbol, power) for symbol, power in rest.powers if symbol not in _TIMES)
    factor = _factor(times)
    if rate or factor is None or not _renames(things):
        return None
    converted: Node = node
    if times:
        scale = Literal(Fraction(max(factor, 1 / factor)), Unit(tuple(sorted((s, -p) for s, p in times.items()))))
        if factor < 1:
            scale = Literal(1 / factor, Unit(tuple(sorted(times.items()))))
            converted = Apply("/", (converted, scale))
        else:
            converted = Apply("*", (converted, scale))
    if things:
        renamed = Unit(tuple((symbol, -power) for symbol, power in things))
        converted = Apply("*", (converted, Literal(Fraction(1), renamed)))
    return converted


def _factor(times: Mapping[str, int]) -> Fraction | None:
    """What turns one unit of time into another, both of one calendar: (year)^-1 (month) is 1/12."""
    for lengths in (_MONTHS, _DAYS):
        if set(times) <= set(lengths) and sum(times.values()) == 0:
            factor = Fraction(1)
            for symbol, power in times.items():
                factor *= Fraction(lengths[symbol]) ** power
            return factor
    return None


def _renames(things: Sequence[tuple[str, int]]) -> bool:
    """Whether two units differ by the word for one thing only: members a month for customers a month."""
    return not things or (
        len(things) == 2  # noqa: PLR2004  one word for another
        and things[0][1] + things[1][1] == 0
        and not any(symbol.isupper() for symbol, _ in things)
    )


def _in_currency(unit: Unit, currency: str) -> Unit:
    return Unit(tuple(sorted((currency if symbol == "money" else symbol, power) for symbol, power in unit.powers)))


def _names(node: Node) -> Iterable[str]:
    match node:
        case Name(name):
            yield name
        case Apply(arguments=arguments):
            for argument in arguments:
                yield from _names(argument)


def _cast(node: Node, found: Mapping[str, Node]) -> Node:
    match node:
        case Name(name):
            return found[name]
        case Apply(function, arguments):
            return Apply(function, tuple(_cast(argument, found) for argument in arguments))
    return node


def _sum(nodes: Sequence[Node]) -> Node:
    total = nodes[0]
    for node in nodes[1:]:
        total = Apply("+", (total, node))
    return total
