"""Examples of prepaid credits: which wallet pays which fee, what is left in it, and when it is filled up."""

from collections.abc import Mapping
from typing import Any, Final

from caudal.cli.cases.invoices import told_amounts
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, day, minor, number
from caudal.core.money import Money, Rounding, round_money, total
from caudal.core.settling import in_order

LAST: Final = 50
"""The priority of a wallet that tells none: it is used last."""
NO_END: Final = "9999-12-31"


def wallet(case: Case) -> Outputs:
    """A wallet or several, by what the inputs are."""
    if case.has("wallets"):
        return drawn_down(case)
    if case.has("target"):
        return filled_up(case)
    return balance(case)


def drawn_down(case: Case) -> Outputs:
    """Wallets that pay fees with their tax, each what it may: by priority, the first to expire, and the first told."""
    told: list[Mapping[str, Any]] = case.take("wallets")
    names = [str(row.get("name", place)) for place, row in enumerate(told, 1)]
    kinds, left = fees_of(case)
    due = total(left, case.currency)
    held = {name: amount_of(case, row, "balance") for name, row in zip(names, told, strict=True)}
    used: dict[str, Money] = {}
    order = sorted(range(len(told)), key=lambda place: rank(told[place]))
    for place in order:
        allowed = told[place].get("fee_types", told[place].get("allowed_fee_types"))
        open_now = [
            one if allowed is None or kind in allowed else Money(0, case.currency)
            for kind, one in zip(kinds, left, strict=True)
        ]
        parts = in_order(held[names[place]], open_now)
        left = [one - part for one, part in zip(left, parts, strict=True)]
        used[names[place]] = total(parts, case.currency)
    remaining: dict[str, Output] = {name: held[name] - used[name] for name in names}
    values: dict[str, Output] = {
        "used": dict(used),
        "remaining": remaining,
        "prepaid": total(used.values(), case.currency),
        **dict.fromkeys(("due", "total_due"), due - total(used.values(), case.currency)),
    }
    return {**values, **{f"{name}_cents": value for name, value in values.items()}}


def rank(row: Mapping[str, Any]) -> tuple[int, str]:
    """Where a wallet stands: its priority, then the day on which it expires."""
    ends = row.get("expires", row.get("expiration_at"))
    return int(number(row.get("priority", LAST))), NO_END if ends is None else day(ends).isoformat()


def fees_of(case: Case) -> tuple[list[str], list[Money]]:
    """The fees of an invoice by kind, with their tax, or its total alone."""
    if not case.has("fees"):
        return [""], [case.money("total", "amount", "invoice")]
    rows = case.take("fees")
    sums = [amount_of(case, row, "amount") + amount_of(case, row, "tax") for row in rows]
    return [str(row.get("type", row.get("fee_type", ""))) for row in rows], sums


def amount_of(case: Case, row: Mapping[str, Any], name: str) -> Money:
    """An amount of a row by its name, as `cents` alone, or nothing."""
    if name == "amount" and "cents" in row:
        return minor(row["cents"], case.currency)
    return case.row(row).money(name, default=0)


def balance(case: Case) -> Outputs:
    """What is left in a wallet after invoices took what they needed, and what was voided."""
    if case.has("rate_amount"):
        worth = case.number("rate_amount") * case.number("credits", "paid_credits", "granted_credits")
        return dict.fromkeys(("balance", "amount"), round_money(worth, case.currency, Rounding.HALF_UP))
    bought, given = case.money("paid", "purchased", "balance", "top_up", default=0), case.money("granted", default=0)
    invoices = told_amounts(case, "invoices")
    if not bought and not given:
        raise NotUnderstood(reason="Nothing is told to be in the wallet.")
    parts = in_order(bought + given, invoices)
    kept = bought + given - total(parts, case.currency)
    left = kept - min(kept, case.money("voided", default=0))
    return {
        **dict.fromkeys(("balance", "remaining"), left),
        **dict.fromkeys(("used", "consumed"), total(parts, case.currency)),
        "applied": list(parts),
    }


def filled_up(case: Case) -> Outputs:
    """What is bought when what is left falls to a threshold or below it, up to a target."""
    now, target = case.money("ongoing_balance", "balance"), case.money("target")
    low = case.limit("threshold")
    nothing = Money(0, case.currency)
    due = nothing if low is not None and now > low else max(target - now, nothing)
    return {**dict.fromkeys(("top_up", "paid_credits", "credits"), due), "balance": now + due}
