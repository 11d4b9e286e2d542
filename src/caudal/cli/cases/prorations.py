"""Examples of parts of periods: stubs, trials, shares of days, and periods themselves."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from caudal.cli.cases.calendars import days_between
from caudal.cli.cases.changes import (
    change,
    of_named_prices,
    period_and_change,
    policy_of,
    seats,
    several_changes,
    two_plans,
)
from caudal.cli.cases.charges import charge, tiers_of
from caudal.cli.cases.invoices import HALF_UP, grain_of, period_and_days, told_amounts
from caudal.cli.cases.reading import Adapter, Case, NotUnderstood, Output, Outputs, day, number, numbers
from caudal.cli.cases.taxing import with_tax
from caudal.cli.cases.usage import movements_of, operation_of
from caudal.core.money import Exact, Money, portion, round_money, total
from caudal.core.periods import Cycle, Days, Grain, Period, start_of_day
from caudal.core.pricing import Mode, Tier, TierPrice
from caudal.core.proration import (
    Terms,
    after_trial,
    comings_and_goings,
    price_of_changes,
    price_over,
    proration,
    running_levels,
)
from caudal.core.schedules import Alignment, BilledPeriod, Schedule
from caudal.core.settling import in_order

UTC: Final = ZoneInfo("UTC")
ONE_DAY: Final = timedelta(days=1)
LENGTHS: Final = ("period_days", "month_days", "week_days", "year_days", "days_total", "total_days")
"""What sources call the days of a whole period."""


def prorate(case: Case) -> Outputs:
    """A part of a period, by what its inputs are, with its tax where one is told."""
    for names, adapter in SHAPES:
        if all(case.told(name) or (name == "price" and case.told("amount")) for name in names):
            return adapter(case)
    return change(case)


def part_of_a_price(case: Case) -> Outputs:
    """A price for so many days of a period."""
    for name in ("start", "terminated"):
        case.take(name, default=None)
    share = case.number("days_used") / case.number(*LENGTHS)
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
    unused = policy_of(case).share_of_days(Days(days.end, whole.end), whole) if days.end < whole.end else Fraction(0)
    found = {
        **dict.fromkeys(("amount", "total", "prorated", "used"), amount),
        **dict.fromkeys(("credit", "refund", "unused"), portion(case.money("price", "amount"), unused, HALF_UP)),
        **dict.fromkeys(("days", "days_used"), days.count),
        **dict.fromkeys(("period_days", "days_total"), whole.count),
        **dict.fromkeys(("factor", "coefficient"), share),
    }
    return with_tax(case, found)


def from_its_start(case: Case) -> Outputs:
    """A price from a day of a month on, to its end: the month is told by how many days it has."""
    left = int(case.number("period_days")) - case.day("start").day + 1
    return part_of_a_price(case.within({"days_used": left}, but="start"))


def added_seat(case: Case) -> Outputs:
    """Seats that are there from a day of a period on, in the days of that period: of a month where none is told."""
    case.take("rounded", "days_used", default=None)
    if isinstance(case.take("added_on"), list):
        return added_seats(case)
    added = case.day("added_on")
    whole = case.days("period") if case.has("period") else Cycle(added.replace(day=1), Grain.MONTH).days_of(0)
    if case.has("period_days") and case.number("period_days") != whole.count:
        raise NotUnderstood(reason=f"{added:%B} has {whole.count} days.")
    end = min(case.day("removed_on") + ONE_DAY, whole.end) if case.has("removed_on") else whole.end
    share = policy_of(case).share_of_days(Days(added, end), whole)
    if case.has("days_used") and any(case.has(name) for name in ("period_days", "month_days")):
        share = case.number("days_used") / case.number("period_days", "month_days")
    price = case.money("price")
    full = round_money(price.amount * case.number("units", "quantity", "seats", default=1), case.currency, HALF_UP)
    return {**dict.fromkeys(("prorated", "amount"), portion(full, share, HALF_UP)), "full": full, "factor": share}


def added_seats(case: Case) -> Outputs:
    """The same of several seats that are added on days of their own."""
    found = [added_seat(case.within({"added_on": on}, but="added_on")) for on in case.take("added_on")]
    parts = [number(one["prorated"].amount) for one in found if isinstance(one["prorated"], Money)]
    return {
        **{name: [one[name] for one in found] for name in ("prorated", "full", "factor")},
        "total": round_money(sum(parts, Fraction(0)), case.currency, HALF_UP),
    }


def after_the_last_cycle(case: Case) -> Outputs:
    """The days after the last whole period, in periods like the first of them."""
    if case.day("start") == case.day("end"):
        case.take("interval")
        return {"value": 0, "days": 0}
    days = Days(case.day("start"), case.day("end"))
    cycle = Cycle(days.start, grain_of(str(case.take("interval"))))
    return {"value": policy_of(case).share_of_days(days, cycle.days_of(0)), "days": days.count}


def before_the_first_cycle(case: Case) -> Outputs:
    """The days before the first whole period, in the period that they are the end of."""
    first = case.day("first_cycle")
    cycle = Cycle(first, grain_of(str(case.take("interval"))))
    if case.day("start") == first:
        return {"value": 0, "days": 0}
    days = Days(case.day("start"), first)
    whole = cycle.days_of(-1)
    fraction = [days.count, whole.count]
    return {"value": policy_of(case).share_of_days(days, whole), "days": days.count, "fraction": fraction}


def shares_of_ranges(case: Case) -> Outputs:
    """Days as shares of a month whose days are fixed, or of the period that begins with the first of them."""
    ranges = [Days(day(start), day(end)) for start, end in case.take("ranges")]
    if case.has("fixed_days") or any(word in case.topic for word in ("fixed", "thirty")):
        length = int(case.number("fixed_days", default=THIRTY.count))
        policy = replace(proration("thirty_days"), whole_days=length)
        shares = [policy.share_of_days(one, THIRTY) for one in ranges]
        counts: list[Output] = [share * length for share in shares]
    else:
        grain = grain_of(str(case.take("interval")))
        shares = [policy_of(case).share_of_days(one, Cycle(one.start, grain).days_of(0)) for one in ranges]
        counts = [one.count for one in ranges]
    alike = dict.fromkeys(("each", "value"), shares[0]) if len(set(shares)) == 1 else {}
    return {**alike, "values": shares, "days": counts[0] if alike else counts}


THIRTY: Final = Days(date(2023, 4, 1), date(2023, 5, 1))
"""Any month will do: all of them have as many days here."""


def stub(case: Case) -> Outputs:
    """A price for the first part of a period that ends before the period does."""
    if case.has("stub"):
        part, whole = case.period("stub"), case.period("full_period" if case.has("full_period") else "period")
    else:
        start = case.instant("start")
        part, whole = Period(start, case.instant("stub_end")), Period(start, case.instant("period_end", "full_end"))
    share = policy_of(case).share(part, whole, case.zone)
    amount = portion(case.money("price", "amount", "new"), share, HALF_UP)
    return {
        **dict.fromkeys(("amount", "charge", "net", "amount_cents"), amount),
        **dict.fromkeys(("factor", "coefficient"), share),
    }


def around_a_billing_day(case: Case) -> Outputs:
    """A subscription that is billed in advance on a day of the month, up to and with a day.

    There is a part before the first such day, whole periods, and a part before the end.
    """
    schedule = Schedule(
        case.day("start"),
        grain_of(str(case.take("interval"))),
        UTC,
        alignment=Alignment.PERIOD_DAY if "killbill" in case.source.lower() else Alignment.BILLING_DAY,
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
    interval, begun = str(case.take("interval")), case.day("subscribed", "start")
    # An anniversary is counted from the first day that is paid, and by Lago from the first day of the trial.
    since = Alignment.GIVEN_DAY if "lago" in case.source.lower() else Alignment.ANNIVERSARY
    schedule = Schedule(
        begun,
        grain_of(interval),
        UTC,
        alignment=Alignment.CALENDAR if "calendar" in interval else since,
        trial_days=int(case.number("trial_days")),
        anchor=begun,
    )
    first: BilledPeriod = next(schedule.periods())
    whole = case.days("period") if case.has("period") else first.whole
    paid = Terms(case.money("amount", "price", "plan"), whole.in_zone(UTC), UTC, proration("by_day"), HALF_UP)
    begins = max(schedule.paid_from, case.day("upgraded")) if case.has("upgraded") else schedule.paid_from
    if begins != schedule.paid_from and begins >= whole.end:
        raise NotUnderstood(reason="The price changes after the first period that is paid.")
    amount = after_trial(paid, start_of_day(begins, UTC))
    if case.has("terminated"):
        ended = case.day("terminated") + ONE_DAY
        over = ended <= schedule.paid_from
        amount = Money(0, case.currency) if over else amount - after_trial(paid, start_of_day(ended, UTC))
    starts = (
        "paid_from", "first_paid_day", "first_paid_on", "trial_end", "trial_ends", "trial_ends_on", "billed_on",
    )  # fmt: skip
    days = (whole.end - max(begins, whole.start)).days
    return with_tax(
        case,
        {
            **dict.fromkeys(("amount_cents", "amount"), amount),
            **dict.fromkeys(starts, schedule.paid_from),
            **dict.fromkeys(("days", "days_billed", "days_used"), days),
            "period_days": whole.count,
        },
    )


def granted(case: Case) -> Outputs:
    """Credits that are granted for the rest of a period, that are set off against lines, or that find their limit."""
    if case.has("potential_credit") or case.has("potential_credit_cents"):
        return no_more_than_paid(case)
    if (case.has("lines") or case.has("lines_cents")) and (case.has("credits") or case.has("credits_cents")):
        return set_off(case)
    if case.has("grants"):
        return used_in_turn(case)
    period, at = period_and_change(case)
    share = policy_of(case).left(period, at, case.zone)
    return {"credits": case.number("credits", "amount") * share, "coefficient": share}


GRANT_NAMES: Final = frozenset({"amount", "amount_cents", "credits", "priority", "expires", "expires_at", "id", "name"})
"""What a grant of credits may be told."""


def used_in_turn(case: Case) -> Outputs:
    """Grants of credits that are used up: by their priority, of equal ones those that expire first, then as told."""
    rows = case.take("grants")
    if unknown := sorted({name for row in rows for name in row} - GRANT_NAMES):
        raise NotUnderstood(reason=f"A grant has {', '.join(unknown)}.")
    inner = [case.within(row, but="grants") for row in rows]
    amounts = [row.money("amount", "credits") for row in inner]
    ends = [str(row.get("expires", row.get("expires_at")) or "9999") for row in rows]
    order = sorted(range(len(rows)), key=lambda place: (number(rows[place].get("priority", 0)), ends[place], place))
    parts = in_order(case.money("used", "consumed", "usage"), [amounts[place] for place in order])
    used = dict(zip(order, parts, strict=True))
    each = [used[place] for place in range(len(rows))]
    left = [amount - part for amount, part in zip(amounts, each, strict=True)]
    return {
        **dict.fromkeys(("consumed", "used", "applied"), each),
        **dict.fromkeys(("remaining", "left", "balances"), left),
        **dict.fromkeys(("balance", "remaining_total"), total(left, case.currency)),
    }


def no_more_than_paid(case: Case) -> Outputs:
    """A credit is no more than what is left of what was paid, and never less than nothing."""
    nothing = Money(0, case.currency)
    left = case.money("original_amount", "paid") - case.money("previous_credits", "credited", default=0)
    (found,) = in_order(max(case.money("potential_credit"), nothing), [max(left, nothing)])
    return dict.fromkeys(("credit", "amount", "capped"), found)


def set_off(case: Case) -> Outputs:
    """Credits that pay lines one after the other, each in its turn."""
    left = told_amounts(case, "lines")
    applied: list[tuple[Money, ...]] = []
    for one in told_amounts(case, "credits"):
        parts = in_order(one, left)
        left = [line - part for line, part in zip(left, parts, strict=True)]
        applied.append(parts)
    per_line = [total(parts, case.currency) for parts in zip(*applied, strict=True)]
    return {
        **dict.fromkeys(("credits_per_line", "credits", "per_line"), per_line),
        "applied": [list(parts) for parts in zip(*applied, strict=True)],
        **dict.fromkeys(("totals", "line_totals", "left"), left),
        **dict.fromkeys(("total", "amount"), total(left, case.currency)),
        "credits_total": total(per_line, case.currency),
    }


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
        **dict.fromkeys(("amount_cents", "amount"), amounts[-1]),
        f"{following}_opening_cents": price.money(level, HALF_UP),
        "units": Decimal(level.numerator) / Decimal(level.denominator),
    }


def of_one_price(case: Case) -> Outputs:
    """The same of units that cost all the same."""
    if not case.has("events", "period"):
        return charge(case)
    name = next((name for name in ("unit_price", "price") if case.has(name)), "unit_price")
    one_each = TierPrice(case.currency, (Tier(unit=Decimal(1)),))
    carried = case.number("carried_in", "opening", default=0)
    counted = price_over(one_each, levels_of(case, case.take("events"), carried), case.days("period"), carried=carried)
    found = recurring(case.within({"tiers": [{"last": None, "unit": case.take(name)}]}, but=name))
    return {**found, "prorated_units": counted}


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
    (("ranges",), shares_of_ranges),
    (("stub",), stub),
    (("stub_end",), stub),
    (("bcd",), around_a_billing_day),
    (("old_prices",), of_named_prices),
    (("old_prices_cents",), of_named_prices),
    (("changes",), several_changes),
    (("seats_before",), seats),
    (("potential_credit",), no_more_than_paid),
    (("plan_a",), two_plans),
    (("price", "added_on"), added_seat),
    (("days_used",), part_of_a_price),
    (("price", "start", "period_days"), from_its_start),
    (("price", "start", "interval"), part_that_was_served),
    (("price", "start", "period"), part_that_was_served),
    (("price", "subscribed"), part_that_was_served),
    (("price", "terminated"), part_that_was_served),
    (("start", "first_cycle"), before_the_first_cycle),
    (("start", "end", "interval"), after_the_last_cycle),
    (("start", "end"), days_between),
)
"""Which inputs say which kind of example it is; the first that are all there count."""
