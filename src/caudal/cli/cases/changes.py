"""Examples of changes within a period: of a price, of components, of seats and of plans."""

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from caudal.cli.cases.charges import tiers_of
from caudal.cli.cases.invoices import HALF_UP, coupon, grain_of, told_amounts
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, decimal, is_number, major, minor, number
from caudal.cli.cases.taxing import TAXED, with_tax
from caudal.core.money import Currency, Money, portion, round_money, total
from caudal.core.periods import Cycle, Days, Grain, Period, day_in
from caudal.core.pricing import Mode, Tier, TierPrice, discounted, spread
from caudal.core.proration import (
    BY_SECOND,
    ProratedEntry,
    ProrationPolicy,
    Terms,
    When,
    change_price,
    change_seats,
    proration,
)

CHANGED: Final = frozenset({"old", "new", "old_price", "new_price", "added", "removed", "old_quantity", "new_quantity"})
"""What says that a price changes."""
COMPONENT_NAMES: Final = frozenset(
    {
        "one_time",
        "one_time_cents",
        "quantity",
        "cents",
        "price",
        "amount",
        "interval",
        "name",
        "change",
        "period",
        "period_end",
    }
)
"""What a component of a change may be told, besides what is told of the change."""
DAYS_APART: Final = 3
"""How many days months, quarters and years differ by among themselves."""


def policy_of(case: Case) -> ProrationPolicy:
    """The policy of an example: named, or the unit that its topic names."""
    if case.has("proration_policy"):
        return proration(str(case.take("proration_policy")))
    unit = str(case.take("unit", default="day" if ".day" in case.topic else "second"))
    return proration({"day": "by_day", "days": "by_day"}.get(unit, unit)) if "second" not in unit else BY_SECOND


def change(case: Case) -> Outputs:
    """A change from one price to another: what is given back of the old, and asked for the new."""
    currency = case.currency
    if case.has("matched") or is_told_in_rows(case, "added") or is_told_in_rows(case, "removed"):
        return of_components(case)
    if not CHANGED & {name.removesuffix("_cents") for name in case.inputs}:
        raise NotUnderstood(reason=f"Nothing changes in {', '.join(sorted(case.inputs)) or 'no inputs'}.")
    old, new = (with_discount(case, bought(case, name), f"{name}_discount") for name in ("old", "new"))
    nothing = Money(0, currency)
    share = told_share(case)
    days: dict[str, Output] = {}
    if share is not None:
        credit, debit = portion(old, share, HALF_UP), portion(new, share, HALF_UP)
    else:
        period, at = period_and_change(case)
        share = policy_of(case).left(period, at, case.zone)
        days = days_of(period, at)
        paid = Terms(old, period, case.zone, policy_of(case), HALF_UP)
        unused = Fraction(case.inputs.get("behavior", case.inputs.get("behaviour")) != "reset")
        found = change_price(paid, new, at=at, when=behaviour(case), unused=unused, new_period=new_period(case, at))
        credit, debit = (entry.amount for entry in found.entries) if found.entries else (nothing, nothing)
    credit += total((portion(one, share, HALF_UP) for one in told_amounts(case, "removed")), currency)
    debit += total((portion(one, share, HALF_UP) for one in told_amounts(case, "added")), currency)
    shown = -credit if signed(case) else credit
    values = {
        "credit": shown,
        "refund": credit,
        "debit": debit,
        "charge": debit,
        "net": debit - credit,
        "amount": abs(debit - credit),
    }
    return {
        **values,
        **{f"{name}_cents": value for name, value in values.items()},
        **days,
        **dict.fromkeys(("factor", "coefficient", "fraction_remaining"), share),
        "direction": "debit" if debit >= credit else "credit",
        **dict.fromkeys(("next_invoice", "next_invoice_total"), debit - credit + new),
    }


def is_told_in_rows(case: Case, name: str) -> bool:
    """Whether an input is a list of objects."""
    rows = case.inputs.get(name)
    return isinstance(rows, list) and any(isinstance(row, Mapping) for row in rows)


def of_components(case: Case) -> Outputs:
    """A change of some components of a subscription: credits and charges of those that are there before and after."""
    period, at = period_and_change(case)
    share = policy_of(case).left(period, at, case.zone)
    nothing = Money(0, case.currency)
    lines: list[Money] = []
    for row in case.take("matched", default=[]):
        check_row(row, {"old", "new", "old_cents", "new_cents", "name"})
        pair = case.within(row, but="matched")
        old, new = (portion(pair.money(name, default=0), share, HALF_UP) for name in ("old", "new"))
        lines += [-old, new]
    for name, way in (("removed", -1), ("added", 1)):
        plain = (
            [portion(one, share, HALF_UP) for one in told_amounts(case, name)]
            if not is_told_in_rows(case, name)
            else []
        )
        rows = case.take(name, default=[]) if is_told_in_rows(case, name) else []
        parts = [*plain, *(part_of_component(case.within(row, but=name), period, at, share) for row in rows)]
        lines += [part * way for part in parts]
    credit = total((-line for line in lines if line.minor < 0), case.currency)
    charge = total((line for line in lines if line.minor > 0), case.currency)
    values = {
        "credit": -credit if signed(case) else credit,
        "refund": credit,
        **dict.fromkeys(("charge", "debit"), charge),
        "net": charge - credit,
    }
    shown: Output = [line for line in lines if line != nothing]
    return {
        **values,
        **{f"{name}_cents": value for name, value in values.items()},
        "lines": shown,
        "lines_cents": shown,
        **dict.fromkeys(("factor", "coefficient"), share),
    }


def check_row(row: Mapping[str, object], known: set[str]) -> None:
    """Raise NotUnderstood when a row tells more than is read."""
    if unknown := sorted(row.keys() - known):
        raise NotUnderstood(reason=f"A component has {', '.join(unknown)}.")


def part_of_component(row: Case, period: Period, at: datetime, share: Fraction) -> Money:
    """What the rest of a period costs of a component: what is paid once in full, another interval by its own length."""
    check_row(row.inputs, row.seen | COMPONENT_NAMES)
    once = row.limit("one_time")
    if once is not None:
        return round_money(once.amount * row.number("quantity", default=1), row.currency, HALF_UP)
    price = row.money("price", "amount") if not row.has("cents") else Money(int(row.number("cents")), row.currency)
    price = round_money(price.amount * row.number("quantity", default=1), row.currency, HALF_UP)
    if not row.has("interval"):
        return portion(price, share, HALF_UP)
    rest = Days(day_in(at, row.zone), day_in(period.end, row.zone))
    own = Cycle(rest.start, grain_of(str(row.take("interval")))).days_of(0)
    if (
        abs(own.count - (period.end - period.start).days) <= DAYS_APART
    ):  # the same interval: its days are those of the period
        return portion(price, share, HALF_UP)
    return portion(price, min(Fraction(1), policy_of(row).share_of_days(rest, own)), HALF_UP)


def bought(case: Case, name: str) -> Money:
    """What a price is in all: for one, or for so many of it."""
    each = case.limit("price") if case.has(f"{name}_quantity") else None
    price = case.money(name, f"{name}_price", default=0) if each is None else each
    return round_money(price.amount * case.number(f"{name}_quantity", default=1), case.currency, HALF_UP)


def days_of(period: Period, at: datetime) -> dict[str, Output]:
    """How many days there are, and how many are left."""
    whole, left = (period.end - period.start).days, (period.end - at).days
    return {"days_total": whole, "total_days": whole, "days_remaining": left, "remaining_days": left}


def told_share(case: Case) -> Fraction | None:
    """The share that is left where the example tells it itself."""
    if case.has("seconds_total"):
        share = case.number("seconds_remaining") / case.number("seconds_total")
    elif case.has("days_remaining"):
        share = case.number("days_remaining") / case.number("days_total", "period_days", "month_days")
    elif case.has("fraction_remaining") or case.has("fraction"):
        share = case.number("fraction_remaining", "fraction")
    else:
        return None
    if not 0 <= share <= 1:
        raise NotUnderstood(reason="What is left is no share from 0 to 1.")
    return share


def signed(case: Case) -> bool:
    """Whether a credit is shown as a negative number: where the example adds it up with the rest, or shows it so."""
    told = [str(value) for key, value in case.stated.items() if key.startswith("credit") and is_number(value)]
    if any(number(one) for one in told):
        return any(one.startswith("-") for one in told)
    return any(key.startswith("net") for key in case.stated)


def with_discount(case: Case, price: Money, name: str) -> Money:
    """The price of a whole period after its discount: its own, or one of both prices."""
    row = case.take(name, default=None) if name in case.inputs else case.take("discount", default=None)
    if row is None and case.has("discount_pct"):
        row = {"pct": case.take("discount_pct")}
    fixed = case.limit("discount_fixed", "fixed_discount") if row is None else None
    if fixed is not None:
        row = {"amount": fixed.amount}
    return price if row is None else discounted(price, [coupon(row, case.currency)], HALF_UP)


def behaviour(case: Case) -> When:
    """When a change counts: as told, and a new cycle where the interval changes.

    What Polar calls a reset gives nothing back of the old price, as if all of it had been used.
    """
    told = str(case.take("behavior", "behaviour", "policy", "change_policy", default="")).lower()
    names = {"invoice": When.INVOICE_NOW, "reset": When.RESET_CYCLE}
    names |= dict.fromkeys(("next_period", "end_of_term", "end_of_period"), When.NEXT_PERIOD)
    old, new = intervals(case)
    return When.RESET_CYCLE if old is not new else names.get(told, When.PRORATE)


def intervals(case: Case) -> tuple[Grain, Grain]:
    """The interval before a change and after it: told one by one, or as `month->year`; a month where none is told."""
    told = case.take("interval", default="month")
    both = told if isinstance(told, list) else re.split(r"\s*(?:->|→|/|_to_|\bto\b)\s*", str(told))
    old, new = case.take("old_interval", "from", default=both[0]), case.take("new_interval", "to", default=both[-1])
    return grain_of(str(old)), grain_of(str(new))


def period_and_change(case: Case) -> tuple[Period, datetime]:
    """The paid period, and the instant at which it changes."""
    at = case.instant("change", "at")
    if case.has("period"):
        return case.period("period"), at
    return Cycle(case.day("start"), intervals(case)[0]).days_of(0).in_zone(case.zone), at


def new_period(case: Case, at: datetime) -> Period | None:
    """The period that begins with a change of the interval."""
    old, new = intervals(case)
    return None if old is new else Cycle(day_in(at, case.zone), new).days_of(0).in_zone(case.zone)


def of_named_prices(case: Case) -> Outputs:
    """A change of a plan of several prices: a discount of an amount falls on all of them in proportion."""
    period, at = period_and_change(case)
    share = policy_of(case).left(period, at, case.zone)
    sides: dict[str, Output] = {}
    sums: list[Money] = []
    for side, name in (("credit", "old_prices"), ("debit", "new_prices")):
        told = case.take(f"{name}_cents", default=None)
        rows = case.take(name) if told is None else told
        prices = {
            str(key): minor(one, case.currency) if told is not None else major(number(one), case.currency)
            for key, one in rows.items()
        }
        row = case.take(f"{name[:3]}_discount", "discount", default=None)
        nets = after_discount(prices, row, case.currency)
        parts = {key: portion(net, share, HALF_UP) for key, net in nets.items()}
        sides |= dict.fromkeys((side, f"{side}_cents"), parts)
        sums.append(total(parts.values(), case.currency))
    return {**sides, **dict.fromkeys(("net", "net_cents"), sums[1] - sums[0])}


def after_discount(prices: Mapping[str, Money], row: Mapping[str, Any] | None, currency: Currency) -> dict[str, Money]:
    """What is left of each of some prices after a discount on all of them."""
    if row is None:
        return dict(prices)
    one = coupon(row, currency)
    if one.percent is not None:
        return {key: discounted(price, [one], HALF_UP) for key, price in prices.items()}
    whole = total(prices.values(), currency)
    off = spread(list(prices.values()), whole - discounted(whole, [one], HALF_UP))
    return {key: price - less for (key, price), less in zip(prices.items(), off, strict=True)}


def several_changes(case: Case) -> Outputs:
    """Changes one after the other within one period."""
    period = case.period("period" if case.has("period") else "cycle")
    if case.has("seats"):
        return several_changes_of_seats(case, period)
    prices = told_amounts(case, "prices")
    entries: list[ProratedEntry] = []
    for old, new, changed in zip(prices, prices[1:], case.take("changes"), strict=False):
        paid = Terms(old, period, case.zone, policy_of(case), HALF_UP)
        entries += change_price(paid, new, at=case.instant_of(changed), when=When.PRORATE).entries
    return told_entries(case, entries)


def told_entries(case: Case, entries: list[ProratedEntry]) -> Outputs:
    """Entries as examples list them, and what they come to."""
    net = sum((entry.signed for entry in entries), Money(0, case.currency))
    return {
        "entries": [[entry.direction.value, entry.amount.minor] for entry in entries],
        "net_cents": net,
        "net": net,
    }


def several_changes_of_seats(case: Case, period: Period) -> Outputs:
    """The same of numbers of seats at one price: each change is one entry."""
    price, counts = price_of_seats(case), [int(number(one)) for one in case.take("seats")]
    entries = []
    for before, after, changed in zip(counts, counts[1:], case.take("changes"), strict=False):
        paid = Terms(price.money(before, HALF_UP), period, case.zone, policy_of(case), HALF_UP)
        entries.append(change_seats(paid, price, count=after, at=case.instant_of(changed)))
    return told_entries(case, [entry for entry in entries if entry is not None])


def price_of_seats(case: Case) -> TierPrice:
    """What seats cost: each the same, or by tiers."""
    if case.has("tiers"):
        mode = Mode.VOLUME if "volume" in case.topic else Mode.GRADUATED
        return TierPrice(case.currency, tiers_of(case, case.take("tiers"), mode), mode)
    each = case.money("price_per_seat", "price")
    return TierPrice(case.currency, (Tier(unit=decimal(each.amount)),))


def seats(case: Case) -> Outputs:
    """More or fewer seats for the rest of a period."""
    price = price_of_seats(case)
    before, after = (int(case.number(name)) for name in ("seats_before", "seats_after"))
    if told_share(case) is not None:
        amounts = {name: price.money(count, HALF_UP) for name, count in (("old", before), ("new", after))}
        return change(case.within(amounts_told(amounts), but="seats_before"))
    period, at = period_and_change(case)
    paid = Terms(price.money(before, HALF_UP), period, case.zone, policy_of(case), HALF_UP)
    entry = change_seats(paid, price, count=after, at=at)
    nothing = Money(0, case.currency)
    amount = entry.amount if entry else nothing
    direction = entry.direction.value if entry else "debit"
    credit, debit = (amount, nothing) if direction == "credit" else (nothing, amount)
    asked = {key.removesuffix("_cents") for key in case.stated}
    if "credit" in asked and asked & {"charge", "debit"}:  # all seats are given back, and all of them are paid anew
        credit, debit = paid.part(at), paid.at_price(price.money(after, HALF_UP)).part(at)
    values = {
        "amount": amount,
        "credit": -credit if signed(case) else credit,
        **dict.fromkeys(("debit", "charge"), debit),
        "net": debit - credit,
    }
    if (later := case.limit("new_price_per_seat")) is not None:
        values |= dict.fromkeys(("next_cycle", "next_period", "post_cycle"), later * after)
    return {**values, **{f"{name}_cents": value for name, value in values.items()}, "direction": direction}


def amounts_told(amounts: Mapping[str, Money]) -> dict[str, Any]:
    """Amounts as an example would tell them."""
    return {f"{name}_cents": amount.minor for name, amount in amounts.items()}


def two_plans(case: Case) -> Outputs:
    """A change of plans: each is paid for its days, and what was paid of the first in advance is given back."""
    if case.has("period"):
        days, at = case.days("period"), case.day("change", "change_on")
        if not days.start <= at <= days.end:
            raise NotUnderstood(reason=f"{at} lies outside of the period.")
        whole, first = days.count, (at - days.start).days
    else:
        whole = int(case.number("month_days", "period_days"))
        first = case.day("change_on").day - 1 if case.has("change_on") else whole - int(case.number("days_left"))
    shares = {"plan_a": Fraction(first, whole), "plan_b": Fraction(whole - first, whole)}
    found: dict[str, Output] = {"plan_a_days": first, "plan_b_days": whole - first}
    for name, share in shares.items():
        found[f"{name}_amount"] = portion(case.money(name), share, HALF_UP)
    back = portion(case.money("plan_a"), shares["plan_b"], HALF_UP)
    found |= dict.fromkeys(("credit", "credit_note", "plan_a_credit", "credit_excl"), back)
    charged = portion(case.money("plan_b"), shares["plan_b"], HALF_UP)
    if "arrear" in case.topic:  # both plans are asked for at the end
        used = portion(case.money("plan_a"), shares["plan_a"], HALF_UP)
        found |= dict.fromkeys(("total", "amount", "sum", "total_cents"), used + charged)
    else:
        found |= dict.fromkeys(("net", "net_cents"), charged - back)
    if case.has(TAXED):
        returned, asked = with_tax(case, {"amount": back}), with_tax(case, {"amount": charged})
        found |= {"credit_tax": returned["tax"], "credit_note_tax": returned["tax"]}
        found |= {"credit_total": returned["total"], "credit_note_total": returned["total"]}
        found |= {"charge_tax": asked["tax"], "charge_total": asked["total"]}
    return {**found, **dict.fromkeys(("charge", "debit", "charge_excl", "plan_b_charge"), charged)}
