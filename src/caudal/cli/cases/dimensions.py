"""Examples of prices by dimension: a region, a model, a kind of transaction, each with a row of its own."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from caudal.cli.cases.reading import Case, NotUnderstood, Outputs, number
from caudal.cli.cases.transactions import PERCENTAGES, percentage
from caudal.cli.cases.vocabulary import in_our_words
from caudal.core.money import Rounding, round_money
from caudal.core.pricing import MatrixPrice, Row, Tier, TierPrice


def by_dimension(case: Case) -> Outputs:
    """Usage that is told apart by what it is of (a region, a model), each at the price of its row, or all at one."""
    rows = tuple(
        Row(str(place), one_price(case, row), {name: frozenset({str(value)}) for name, value in labels(row).items()})
        for place, row in enumerate(case.take("filters", default=[]))
    )
    if not rows or case.has("unit_price") or case.has("default_unit_price"):
        told = {"unit_price": case.rate("unit_price", "default_unit_price")}
        rows = (*rows, Row("all", one_price(case, told), {}))
    matrix = MatrixPrice(rows)
    groups = case.take("groups", default=None)
    usage = [{"group": name, "quantity": size} for name, size in groups.items()] if groups else case.take("usage")
    found = []
    for row in usage:
        given = {name: str(value) for name, value in labels(row).items()}
        found.append(matrix.row(given).price.amount(number(row.get("quantity", row.get("units")))))
    whole = sum(found, Fraction(0))
    named = {str(row.get("group", place)): amount for place, (row, amount) in enumerate(zip(usage, found, strict=True))}
    money = {name: round_money(amount, case.currency, Rounding.HALF_UP) for name, amount in named.items()}
    return {
        **dict.fromkeys(("amounts", "lines"), found),
        "amounts_cents": list(money.values()),
        **dict.fromkeys(("groups", "group_amounts"), named),
        "group_cents": money,
        "amount": whole,
        "total": whole,
    }


def percentages_by_dimension(case: Case) -> Outputs:
    """Transactions that are told apart by what they are, each at the percentage of its row."""
    filters = [in_our_words(row) for row in case.take("filters")]
    nothing = TierPrice(case.currency, (Tier(),))
    matrix = MatrixPrice(
        tuple(
            Row(str(place), nothing, {name: frozenset({str(value)}) for name, value in labels(row).items()})
            for place, row in enumerate(filters)
        )
    )
    steps: list[Fraction] = []
    for one in case.take("transactions"):
        row = matrix.row({name: str(value) for name, value in labels(one).items()})
        price = percentage(case.row(filters[int(row.name)]))
        if price.free_count is not None or price.free_amount is not None:
            raise NotUnderstood(reason="Which transactions are free is not told by row.")
        steps.append(price.amount([number(one["amount"])]))
    whole = sum(steps, Fraction(0))
    return {"charge_per_transaction": steps, "amount": whole, "total": whole}


def labels(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row of a price list or of usage is of, without its price and its quantity."""
    figures = {"unit_price", "unit_price_cents", "quantity", "units", "name", "group", "amount", *PERCENTAGES}
    return {name: value for name, value in row.items() if name not in figures}


def one_price(case: Case, row: Mapping[str, Any]) -> TierPrice:
    """The price of a row: of a unit."""
    return TierPrice(case.currency, (Tier(unit=case.row(row).rate("unit_price")),))
