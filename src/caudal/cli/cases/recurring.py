"""Examples of what recurs per month: what prices bring, and the movements between two months."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from caudal.cli.cases.calendars import length_of
from caudal.cli.cases.invoices import HALF_UP, grain_of
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, major, number
from caudal.cli.cases.vocabulary import in_our_words
from caudal.core.money import Money, round_money, total
from caudal.core.mrr import Movement, MovementKind, monthly, movements, retention
from caudal.core.periods import Grain

_PERCENT: Final = 100
NAMED: Final = frozenset({"monthly", "annual", "yearly", "quarterly", "weekly", "daily"})
"""Prices that bear the name of their interval."""
HALVES: Final = frozenset({"semiannual", "half_yearly"})
"""The same of half a year."""
TOLD: Final = frozenset({"amount", "plan", "price"})
"""Prices whose interval is told besides."""
LABELS: Final = frozenset({"id", "name", "customer", "plan_name"})
"""What a subscription is told that says nothing of its price."""


def recurring(case: Case) -> Outputs:
    """What prices bring per month, or the movements between two months."""
    if case.has("before", "after"):
        return moved(case)
    if case.has("opening"):
        return bridged(case)
    several = next((name for name in ("subscriptions", "plans", "prices") if case.has(name)), None)
    if several is not None:
        told = [in_our_words(row) for row in case.take(several)]
        rows = [case.within(row, but=several) for row in told]
        if any(row.currency != case.currency for row in rows):
            raise NotUnderstood(reason="Several currencies have no sum.")
        each = [per_month(row) for row in rows]
        for names, row in zip(told, rows, strict=True):
            if unread := sorted((names.keys() & set(row.unread())) - LABELS):
                raise NotUnderstood(reason=f"Nobody reads {', '.join(unread)} of a subscription.")
    else:
        each = [per_month(case)]
    sums = sum(each, Fraction(0))
    shown, yearly = (round_money(one, case.currency, HALF_UP) for one in (sums, sums * 12))
    per_row: Output = [round_money(one, case.currency, HALF_UP) for one in each]
    return {"mrr": shown, "mrr_cents": shown, "arr": yearly, "arr_cents": yearly, "per_subscription": per_row}


def per_month(case: Case) -> Fraction:
    """What the prices of one subscription bring per month, exact: so many of them, less what a discount takes off."""
    told = {name.removesuffix("_cents") for name in case.inputs}
    if not told & (NAMED | HALVES | TOLD):
        raise NotUnderstood(reason=f"There is no price among {', '.join(sorted(case.inputs)) or 'no inputs'}.")
    sums = Fraction(0)
    for name in told & NAMED:
        sums += monthly(amount_of(case, name), grain_of(name))
    for name in told & HALVES:
        sums += monthly(amount_of(case, name), Grain.MONTH, 6)
    grain, every = Grain.MONTH, 1
    if case.has("interval"):
        grain, every = length_of(str(case.take("interval")), int(case.number("interval_count", default=1)))
    elif told & TOLD:
        raise NotUnderstood(reason="How often the price is paid is not told.")
    if told & TOLD:
        price = amount_of(case, *sorted(told & TOLD)) * case.number("quantity", default=1)
        added = sum((number(one) for one in case.take("addons", default=[])), Fraction(0))
        sums += monthly(price + added, grain, every)
    else:
        sums *= case.number("quantity", default=1)
    off = case.take("discount", default=0)
    if isinstance(off, Mapping):
        raise NotUnderstood(reason="How long the discount lasts is not told.")
    sums -= monthly(number(off), grain, every)
    return sums * (1 - case.number("discount_pct", default=0) / _PERCENT)


def amount_of(case: Case, *names: str) -> Fraction:
    """A price in major units, of any precision, told in major or in minor ones."""
    return Fraction(case.rate(*names))


def moved(case: Case) -> Outputs:
    """The movements of customers from one month to another."""
    before, after = (
        {str(name): major(number(size), case.currency) for name, size in case.take(month).items() if number(size)}
        for month in ("before", "after")
    )
    found = movements(before, after, known={str(name) for name in case.take("known", default=())})
    nothing = Money(0, case.currency)
    sums = {kind: sum((one.amount for one in found if one.kind is kind), nothing) for kind in MovementKind}
    opening, closing = total(before.values(), case.currency), total(after.values(), case.currency)
    named: dict[str, Output] = {kind.value: amount for kind, amount in sums.items()}
    return {**named, "opening": opening, "closing": closing, "net": closing - opening}


def bridged(case: Case) -> Outputs:
    """What recurs at the end of a month, of what there was and its movements; what is lost may have either sign."""
    opening = case.money("opening")
    sums = {kind: abs(case.money(kind.value, default=0)) * (-1 if kind in LOST else 1) for kind in MovementKind}
    net = total(sums.values(), case.currency)
    kept = retention(opening, [Movement("", kind, amount) for kind, amount in sums.items()])
    found: dict[str, Output] = {"closing": opening + net, "net": net, "net_new": net, "opening": opening}
    if opening:
        found |= dict.fromkeys(("growth_pct", "growth"), Fraction(net.minor * _PERCENT, opening.minor))
    for name, share in zip(("gross", "net"), kept, strict=True):
        if share is not None:
            short = f"{name[0]}rr"
            found |= dict.fromkeys(
                (f"{name}_retention_pct", f"{name}_revenue_retention_pct", f"{short}_pct"), share * _PERCENT
            )
            found |= dict.fromkeys((f"{name}_retention", f"{name}_revenue_retention", short), share)
            found |= dict.fromkeys((f"{name}_churn_pct", f"{name}_mrr_churn_pct"), (1 - share) * _PERCENT)
            found |= dict.fromkeys((f"{name}_churn", f"{name}_churn_rate", f"{name}_mrr_churn"), 1 - share)
    return found


LOST: Final = frozenset({MovementKind.CONTRACTION, MovementKind.CHURN})
"""The movements that take away."""
