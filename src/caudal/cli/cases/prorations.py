"""Examples of parts of periods: changes of plan and of seats, stubs, trials, and periods themselves."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from caudal.cli.cases.charges import tiers_of
from caudal.cli.cases.invoices import HALF_UP, coupon, grain_of, period_and_days, told_amounts
from caudal.cli.cases.reading import Adapter, Case, NotUnderstood, Output, Outputs, day, decimal, number, numbers
from caudal.cli.cases.taxing import TAXED, with_tax
from caudal.cli.cases.usage import movements_of, operation_of
from caudal.core.money import Exact, Money, portion, round_money, total
from caudal.core.periods import Cycle, Days, Grain, Period, day_in, start_of_day
from caudal.core.pricing import Mode, Tier, TierPrice, discounted
from caudal.core.proration import (
    BY_SECOND,
    ProratedEntry,
    ProrationPolicy,
    Terms,
    When,
    after_trial,
    change_price,
    change_seats,
    comings_and_goings,
    price_of_changes,
    price_over,
    proration,
    running_levels,
)
from caudal.core.schedules import Alignment, BilledPeriod, Schedule

UTC: Final = ZoneInfo("UTC")
ONE_DAY: Final = timedelta(days=1)
CHANGED: Final = frozenset({"old", "new", "old_price", "new_price", "added", "removed", "old_quantity", "new_quantity"})
"""What says that a price changes."""


def policy_of(case: Case) -> ProrationPolicy:
    """The policy of an example: named, or the unit that its topic names."""
    if case.has("proration_policy"):
        return proration(str(case.take("proration_policy")))
    unit = str(case.take("unit", default="day" if ".day" in case.topic else "second"))
    return proration({"day": "by_day", "days": "by_day"}.get(unit, unit)) if "second" not in unit else BY_SECOND


def prorate(case: Case) -> Outputs:
    """A part of a period, by what its inputs are, with its tax where one is told."""
    for names, adapter in SHAPES:
        if all(case.told(name) or (name == "price" and case.told("amount")) for name in names):
            return adapter(case)
    return change(case)


def change(case: Case) -> Outputs:
    """A change from one price to another: what is given back of the old, and asked for the new."""
    currency = case.currency
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
    }


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
    below = any(key.startswith("credit") and str(value).startswith("-") for key, value in case.stated.items())
    return below or any(key.startswith("net") for key in case.stated)


def with_discount(case: Case, price: Money, name: str) -> Money:
    """The price of a whole period after its discount."""
    row = case.take(name, default=None)
    return price if row is None else discounted(price, [coupon(row, case.currency)], HALF_UP)


def behaviour(case: Case) -> When:
    """When a change counts: as told, and a new cycle where the interval changes.

    What Polar calls a reset gives nothing back of the old price, as if all of it had been used.
    """
    told = str(case.take("behavior", "behaviour", default=""))
    names = {"invoice": When.INVOICE_NOW, "next_period": When.NEXT_PERIOD, "reset": When.RESET_CYCLE}
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


def several_changes(case: Case) -> Outputs:
    """Changes one after the other within one period."""
    period = case.period("period" if case.has("period") else "cycle")
    prices = told_amounts(case, "prices")
    entries: list[ProratedEntry] = []
    for old, new, changed in zip(prices, prices[1:], case.take("changes"), strict=False):
        paid = Terms(old, period, case.zone, policy_of(case), HALF_UP)
        entries += change_price(paid, new, at=case.instant_of(changed), when=When.PRORATE).entries
    net = sum((entry.signed for entry in entries), Money(0, case.currency))
    return {
        "entries": [[entry.direction.value, entry.amount.minor] for entry in entries],
        "net_cents": net,
        "net": net,
    }


def seats(case: Case) -> Outputs:
    """More or fewer seats for the rest of a period."""
    period, at = period_and_change(case)
    if case.has("tiers"):
        mode = Mode.VOLUME if "volume" in case.topic else Mode.GRADUATED
        price = TierPrice(case.currency, tiers_of(case, case.take("tiers"), mode), mode)
    else:
        each = case.money("price_per_seat", "price")
        price = TierPrice(case.currency, (Tier(unit=decimal(each.amount)),))
    before, after = (int(case.number(name)) for name in ("seats_before", "seats_after"))
    paid = Terms(price.money(before, HALF_UP), period, case.zone, policy_of(case), HALF_UP)
    entry = change_seats(paid, price, count=after, at=at)
    nothing = Money(0, case.currency)
    amount = entry.amount if entry else nothing
    direction = entry.direction.value if entry else "debit"
    values = {
        "amount": amount,
        "credit": amount if direction == "credit" else nothing,
        "debit": amount if direction == "debit" else nothing,
        "net": entry.signed if entry else nothing,
    }
    return {**values, **{f"{name}_cents": value for name, value in values.items()}, "direction": direction}


def two_plans(case: Case) -> Outputs:
    """A change of plans: each is paid for its days, and what was paid of the first in advance is given back."""
    whole = int(case.number("month_days"))
    first = case.day("change_on").day - 1
    shares = {"plan_a": Fraction(first, whole), "plan_b": Fraction(whole - first, whole)}
    found: dict[str, Output] = {"plan_a_days": first, "plan_b_days": whole - first}
    for name, share in shares.items():
        found[f"{name}_amount"] = portion(case.money(name), share, HALF_UP)
    back = portion(case.money("plan_a"), shares["plan_b"], HALF_UP)
    found |= dict.fromkeys(("credit", "credit_note", "plan_a_credit", "credit_excl"), back)
    charged = found["plan_b_amount"]
    if case.has(TAXED):
        returned, asked = with_tax(case, {"amount": back}), with_tax(case, {"amount": charged})
        found |= {"credit_tax": returned["tax"], "credit_total": returned["total"]}
        found |= {"charge_tax": asked["tax"], "charge_total": asked["total"]}
    return {**found, **dict.fromkeys(("charge", "debit", "charge_excl"), charged)}


def part_of_a_price(case: Case) -> Outputs:
    """A price for so many days of a period."""
    for name in ("start", "terminated"):
        case.take(name, default=None)
    share = case.number("days_used") / case.number("period_days", "month_days", "days_total")
    price = case.money("price", "amount")
    amount, left = portion(price, share, HALF_UP), portion(price, 1 - share, HALF_UP)
    found = {
        **dict.fromkeys(("amount", "total", "prorated", "used"), amount),
        **dict.fromkeys(("credit", "refund", "unused"), left),
    }
    return with_tax(case, {**found, "factor": share})


def part_that_was_served(case: Case) -> Outputs:
    """A price for the days of a period on which a subscription was there, the day of its end among them."""
    whole, days = period_and_days(case, aligned="anniversary")
    share = policy_of(case).share_of_days(days, whole)
    amount = portion(case.money("price", "amount"), share, HALF_UP)
    found = {
        **dict.fromkeys(("amount", "total", "prorated", "used"), amount),
        **dict.fromkeys(("days", "days_used"), days.count),
        **dict.fromkeys(("period_days", "days_total"), whole.count),
        **dict.fromkeys(("factor", "coefficient"), share),
    }
    return with_tax(case, found)


def added_seat(case: Case) -> Outputs:
    """Seats that are there from a day of a period on, in the days of that period: of a month where none is told."""
    case.take("rounded", "days_used", default=None)
    added = case.day("added_on")
    whole = case.days("period") if case.has("period") else Cycle(added.replace(day=1), Grain.MONTH).days_of(0)
    share = policy_of(case).share_of_days(Days(added, whole.end), whole)
    if case.has("days_used") and any(case.has(name) for name in ("period_days", "month_days")):
        share = case.number("days_used") / case.number("period_days", "month_days")
    price = case.money("price")
    full = round_money(price.amount * case.number("units", "quantity", "seats", default=1), case.currency, HALF_UP)
    return {**dict.fromkeys(("prorated", "amount"), portion(full, share, HALF_UP)), "full": full, "factor": share}


def after_the_last_cycle(case: Case) -> Outputs:
    """The days after the last whole period, in periods like the first of them."""
    days = Days(case.day("start"), case.day("end"))
    cycle = Cycle(days.start, grain_of(str(case.take("interval"))))
    return {"value": policy_of(case).share_of_days(days, cycle.days_of(0)), "days": days.count}


def days_between(case: Case) -> Outputs:
    """The days between two instants, by the calendar of a zone: one that summer time shortens is a day."""
    first, last = (day_in(case.instant(name), case.zone) for name in ("start", "end"))
    return dict.fromkeys(("days", "count"), (last - first).days)


def before_the_first_cycle(case: Case) -> Outputs:
    """The days before the first whole period, in the period that they are the end of."""
    first = case.day("first_cycle")
    cycle = Cycle(first, grain_of(str(case.take("interval"))))
    days = Days(case.day("start"), first)
    whole = cycle.days_of(-1)
    fraction = [days.count, whole.count]
    return {"value": policy_of(case).share_of_days(days, whole), "days": days.count, "fraction": fraction}


def shares_of_thirty(case: Case) -> Outputs:
    """Days as shares of a month of thirty."""
    policy = proration("thirty_days")
    shares = [policy.share_of_days(Days(day(start), day(end)), THIRTY) for start, end in case.take("ranges")]
    if len(set(shares)) > 1:
        return {"values": shares, "days": [share * THIRTY.count for share in shares]}
    return {"each": shares[0], "values": shares, "days": shares[0] * THIRTY.count}


THIRTY: Final = Days(date(2023, 4, 1), date(2023, 5, 1))
"""Any month will do: all of them have thirty days here."""


def around_a_billing_day(case: Case) -> Outputs:
    """A subscription that is billed in advance on a day of the month, up to and with a day.

    There is a part before the first such day, whole periods, and a part before the end.
    """
    schedule = Schedule(
        case.day("start"),
        grain_of(str(case.take("interval"))),
        UTC,
        alignment=Alignment.BILLING_DAY,
        billing_day=int(case.number("bcd")),
        end=case.day("end") if case.has("end") else None,
    )
    found = list(schedule.until(case.day("target", "end", "start") + ONE_DAY))
    stubs = [one for one in found if one.is_stub]
    price = case.limit("price")
    amounts = [] if price is None else [portion(price, one.share, HALF_UP) for one in found]
    return {
        **({"amounts": amounts, "amount": amounts[0], "total": total(amounts, case.currency)} if amounts else {}),
        "sum_of_fractions": [[one.days.count, one.whole.count] for one in stubs],
        "plus": len(found) - len(stubs),
        "value": sum((one.share for one in found), Fraction(0)),
        "periods": [[one.days.start, one.days.end] for one in found],
    }


def trial(case: Case) -> Outputs:
    """The first period that is paid after a trial, in advance and by the calendar."""
    case.take("upgraded", default=None)
    interval = str(case.take("interval"))
    schedule = Schedule(
        case.day("subscribed"),
        grain_of(interval),
        UTC,
        alignment=Alignment.CALENDAR if "calendar" in interval else Alignment.ANNIVERSARY,
        trial_days=int(case.number("trial_days")),
    )
    first: BilledPeriod = next(schedule.periods())
    paid = Terms(case.money("amount"), first.whole.in_zone(UTC), UTC, proration("by_day"), HALF_UP)
    amount = after_trial(paid, start_of_day(schedule.paid_from, UTC))
    return with_tax(case, {"amount_cents": amount, "amount": amount, "paid_from": schedule.paid_from})


def granted(case: Case) -> Outputs:
    """Credits that are granted for the rest of a period."""
    period, at = period_and_change(case)
    share = policy_of(case).left(period, at, case.zone)
    return {"credits": case.number("credits", "amount") * share, "coefficient": share}


def recurring(case: Case) -> Outputs:
    """Units that come and go within a period, paid for the days that they are there; they are kept for the next one."""
    price = TierPrice(case.currency, tiers_of(case, case.take("tiers"), Mode.GRADUATED))
    if case.has("event_units"):
        return by_shares(case, price)
    period = case.days("period")
    rows = case.take("events")
    carried = case.number("carried_in", "opening", default=0)
    begun = [levels_of(case, rows[:count], carried) for count in range(len(rows) + 1)]
    if case.has("terminated"):
        begun.append((*begun[-1], (case.day("terminated") + ONE_DAY, Fraction(0))))
    spent = [price_over(price, levels, period, carried=carried) for levels in begun]
    amounts = [Money(HALF_UP.whole(one * case.currency.minor_per_major), case.currency) for one in spent]
    level = begun[-1][-1][1] if begun[-1] else carried
    following = Cycle(period.start, Grain.MONTH).start_of(1).strftime("%B").lower()
    return {
        "amount_cents_after_each_event": amounts[1:],
        "amount_cents_before_events": amounts[0],
        "invoice_cents": amounts[-1],
        "amount_cents": amounts[-1],
        f"{following}_opening_cents": price.money(level, HALF_UP),
        "units": Decimal(level.numerator) / Decimal(level.denominator),
    }


def levels_of(case: Case, rows: list[Any], carried: Fraction) -> tuple[tuple[date, Fraction], ...]:
    """The level from each day on: of changes that events tell, or of what they add and remove by name."""
    if any(operation_of(row) is not None for row in rows):
        changes: list[tuple[date, Exact]] = list(comings_and_goings(movements_of(rows)))
        if case.has("carried_in"):
            raise NotUnderstood(reason="Who is there at the beginning is not told by name.")
    else:
        changes = [(day(on), number(quantity)) for on, quantity in rows]
    return running_levels(changes, carried=carried)


def by_shares(case: Case, price: TierPrice) -> Outputs:
    """The same, where each event tells its units and which of them count after its share of the period."""
    units, counted = (numbers(case.take(*names)) for names in (("event_units",), ("event_prorated_units",)))
    changes = [(size, part / size) for size, part in zip(units, counted, strict=True) if size]
    amount = price_of_changes(price, changes)
    level = sum(units, Fraction(0))
    return {
        **dict.fromkeys(("amount", "total"), amount),
        "units": level,
        "prorated_units": sum(counted, Fraction(0)),
        "unit_amount": amount / level if level else Fraction(0),
    }


SHAPES: Final[tuple[tuple[tuple[str, ...], Adapter], ...]] = (
    (("ranges",), shares_of_thirty),
    (("bcd",), around_a_billing_day),
    (("changes",), several_changes),
    (("seats_before",), seats),
    (("plan_a",), two_plans),
    (("price", "added_on"), added_seat),
    (("days_used",), part_of_a_price),
    (("price", "start", "interval"), part_that_was_served),
    (("price", "start", "period"), part_that_was_served),
    (("price", "subscribed"), part_that_was_served),
    (("price", "terminated"), part_that_was_served),
    (("start", "first_cycle"), before_the_first_cycle),
    (("start", "end", "interval"), after_the_last_cycle),
    (("start", "end"), days_between),
)
"""Which inputs say which kind of example it is; the first that are all there count."""
