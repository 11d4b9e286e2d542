"""Examples of single transactions: a percentage of each of them, and amounts that they bring themselves."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any, Final

from caudal.cli.cases.reading import Case, NotUnderstood, Outputs, decimal, number, numbers
from caudal.cli.cases.taxing import with_tax
from caudal.core.money import Rounding, round_money
from caudal.core.pricing import Carried, DynamicPrice, PercentagePrice

COUNT_MAX: Final = 100_000
PAIR: Final = ("units", "precise_total_amount_cents")
"""What a pair tells of an event that brings its own amount."""
PERCENTAGES: Final = frozenset({"rate_pct", "fixed_per_event", "free_events", "free_total", "min_per_tx", "max_per_tx"})
"""What a percentage of transactions is told by."""


def of_transactions(case: Case) -> Outputs:
    """A percentage of each of some transactions."""
    price = percentage(case)
    sizes = numbers(case.take("transactions"))
    fees = price.fees(sizes)
    units, amount = sum(sizes, Fraction(0)), sum((fee.total for fee in fees), Fraction(0))
    running = [round_money(so_far, case.currency, Rounding.HALF_UP) for so_far in accumulate(fee.total for fee in fees)]
    taxed = [with_tax(case, {"amount": so_far}) for so_far in running]
    gross = [one.get("total", one["amount"]) for one in taxed]
    return {
        **dict.fromkeys(("amount_after_each_event", "amount_cents_after_each_event"), running),
        **dict.fromkeys(("total_after_each_event", "total_cents_after_each_event"), gross),
        "min_max_adjustment": sum((fee.limited for fee in fees), Fraction(0)),
        **{key: [fee.total for fee in fees] for key in ("charge_per_transaction", "amounts")},
        "amount": amount,
        "units": units,
        "unit_amount": amount / units if units else Fraction(0),
        "free_events": sum(not fee.paid for fee in fees),
        "paid_events": sum(fee.paid for fee in fees),
        "free_units": sum((fee.free_amount for fee in fees), Fraction(0)),
        "paid_units": sum((fee.paid_amount for fee in fees), Fraction(0)),
        "percentage_part": sum((fee.percentage for fee in fees), Fraction(0)),
        "fixed_part": sum((fee.fixed for fee in fees), Fraction(0)),
    }


def of_a_total(case: Case) -> Outputs:
    """A percentage of a total of which only the first transactions are told one by one."""
    running = numbers(case.take("running_total_of_first_free_events", "running_total", default=[]))
    first = [after - before for before, after in zip([Fraction(0), *running], running, strict=False)]
    count, whole = int(case.number("events")), case.number("total")
    if not whole:
        return dict.fromkeys(("amount", "percentage_part", "fixed_part", "paid_units"), Fraction(0))
    if len(first) < case.number("free_events", default=0) < count:
        raise NotUnderstood(reason="How large the free transactions are is not told.")
    left = count - len(first)
    if count > COUNT_MAX:
        raise NotUnderstood(reason=f"More than {COUNT_MAX:,} transactions are not told by their number.")
    if left < 0 or (left == 0 and sum(first) != whole):
        raise NotUnderstood(reason="The transactions do not add up to the total.")
    rest = [whole - sum(first), *[Fraction(0)] * (left - 1)] if left else []
    inputs = {**case.inputs, "transactions": [*first, *rest]}
    inner = Case(case.id, case.source, case.topic, inputs, seen=case.seen)
    return of_transactions(inner)


def percentage(case: Case) -> PercentagePrice:
    """A percentage price; an allowance of zero is none of its kind."""
    count = int(case.number("free_events", default=0))
    amount = case.number("free_total", default=0)
    least, most = (limit_of_a_transaction(case, name) for name in ("min_per_tx", "max_per_tx"))
    return PercentagePrice(
        case.currency,
        decimal(case.take("rate_pct")),
        fixed=case.rate("fixed_per_event", default=0),
        free_count=count or None,
        free_amount=amount or None,
        minimum=least,
        maximum=most,
    )


def limit_of_a_transaction(case: Case, name: str) -> Decimal | None:
    """The least or the most of a transaction, or None where none is told."""
    return case.rate(name) if case.has(name) or case.has(f"{name}_cents") else None


def dynamic(case: Case) -> Outputs:
    """Amounts that events carry, in minor units with any number of places, or in major units."""
    rows = case.take("events", default=None)
    if rows is None:
        rows = [{name: case.take(name) for name in PAIR}]
    told = [row if isinstance(row, Mapping) else dict(zip(PAIR, row, strict=True)) for row in rows]
    events = [Carried(number(row.get("units", row.get("quantity"))), carried_amount(row, case)) for row in told]
    price = DynamicPrice(case.currency)
    each = price.unit_price(events) or Fraction(0)
    return {
        "units": sum((Fraction(event.units) for event in events), Fraction(0)),
        "amount": price.amount(events),
        "amount_cents": round_money(price.amount(events), case.currency, Rounding.HALF_UP),
        "unit_price": each,
        "unit_amount": each,
        **{key: each for key in case.stated if key.startswith("unit_price_rounded")},
    }


def carried_amount(row: Mapping[str, Any], case: Case) -> Fraction:
    """What an event costs, in major units."""
    cents = next((row[name] for name in ("precise_total_amount_cents", "amount_cents") if name in row), None)
    if cents is not None:
        return number(cents) / case.currency.minor_per_major
    return number(next(row[name] for name in ("total_amount", "amount") if name in row))
