"""Examples of revenue."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from caudal.cli.cases.comparing import in_minor_units
from caudal.cli.cases.happenings import MONTHS as LONG_MONTHS
from caudal.cli.cases.happenings import (
    after_coupon,
    contra,
    disputed,
    in_all,
    invoiced_and_paid,
    overdue,
    paid,
    prepaid,
    taxed,
)
from caudal.cli.cases.invoices import HALF_UP, allocation, told_amounts
from caudal.cli.cases.reading import Adapter, Case, NotUnderstood, Output, Outputs, day, is_number, major, minor, number
from caudal.core.journal import Entry, balance_of, move
from caudal.core.money import Currency, Money, cumulative, portion, round_money, total
from caudal.core.periods import Days, Period, add_months, start_of_day
from caudal.core.pricing import Commitment
from caudal.core.proration import BY_SECOND
from caudal.core.recognition import (
    ChangeKind,
    Pattern,
    Promise,
    Recognition,
    Units,
    allocate_price,
    blended_price,
    catch_up,
    expected_value,
    kind_of_change,
    most_likely,
    worth_of_option,
)

WHOLE_UNITS: Final = Currency("JPY")
"""Examples whose figures have no decimals are told in whole units, and split in them."""
_PERCENT: Final = 100
MONTHS_MAX: Final = 1_000
ONE_DAY: Final = timedelta(days=1)
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PATTERNS: Final = {"second": Pattern.BY_SECOND, "da": Pattern.BY_DAY, "month": Pattern.BY_MONTH}
"""What sources call the ways in which revenue is spread."""


def allocated(case: Case) -> Outputs:
    """An amount on what it is for: by weights, or by standalone prices."""
    return by_standalone_prices(case) if case.has("ssp") else allocation(case)


def revenue(case: Case) -> Outputs:
    """Revenue, by what the inputs are."""
    for word, adapter in WORDS:
        if word in case.topic:
            return adapter(case)
    for names, adapter in SHAPES:
        if all(case.told(name) for name in names):
            return adapter(case)
    if any(name.startswith("booked") for name in case.inputs):
        return from_deferred(case)
    raise NotUnderstood(reason=f"Nobody computes {case.topic} of {', '.join(sorted(case.inputs))}.")


def over_time(case: Case) -> Outputs:
    """An amount that is spread over days or months, and what of it is revenue by a day."""
    start = case.day("start") if case.has("start") else date(2023, 1, 1)
    case.take("end", default=None)
    if case.has("months"):
        end = add_months(start, int(case.number("months")))
        until = add_months(start, int(case.number("through_months")))
        pattern = Pattern.BY_MONTH
    else:
        length = case.take("days", "days_in_year", "period_days", default=None)
        end = start + timedelta(days=int(number(length))) if length is not None else case.day("end") + ONE_DAY
        if isinstance(days := case.take("through_days", default=None), list):
            return one_by_one(case, days)
        until = end if days is None else start + timedelta(days=int(number(days)))
        until = case.day("through") + ONE_DAY if case.has("through") else until
        pattern = Pattern.BY_DAY
    found = Recognition(case.money("amount", "price", "booked"), Days(start, end), pattern)
    recognised, deferred = found.recognised(until), found.deferred(until)
    nothing = Money(0, case.currency)
    begun = case.day("from") if case.has("from") else found.days.start
    in_arrears = "arrear" in f"{case.topic} {case.take('billed', 'timing', 'billing', default='advance')}"
    return {
        **dict.fromkeys(("recognized", "recognized_to_date", "earned"), recognised),
        **dict.fromkeys(("recognized_in_period", "in_period"), found.between(Days(begun, until))),
        "deferred": nothing if in_arrears else deferred,
        "unbilled": recognised if in_arrears else nothing,
        **dict.fromkeys(("remaining", "refund"), deferred),
        "last_day": found.between(Days(until - ONE_DAY, until)),
        **dict.fromkeys(("daily", "daily_recognized", "per_day"), found.amount.amount / found.days.count),
    }


def one_by_one(case: Case, days: list[Any]) -> Outputs:
    """The same by several days: every output is a list."""
    found = [over_time(case.within({"through_days": one}, but="through_days")) for one in days]
    return {name: [one[name] for one in found] for name in found[0]}


def by_month(case: Case) -> Outputs:
    """An amount that is spread over days or instants, month by month of the calendar."""
    unit = str(case.take("granularity", "pattern", default="day")).lower()
    amount, first, last = case.money("amount", "price", "booked"), case.take("start"), case.take("end")
    days = Days(case.day("start"), case.day("end") if has_time(last) else case.day("end") + ONE_DAY)
    pattern = next((found for word, found in PATTERNS.items() if word in unit), None)
    if pattern is Pattern.BY_MONTH and "even" in unit:
        months = next(count for count in range(1, MONTHS_MAX) if add_months(days.start, count) >= days.end)
        begun = days.start.replace(day=1)
        days, last = Days(begun, add_months(begun, months)), ""  # each month that has begun bears the same
    if pattern is None or (pattern is Pattern.BY_MONTH and days.start.day != 1):
        raise NotUnderstood(reason=f"Nobody spreads from {days.start} on by {unit!r}.")
    if pattern is not Pattern.BY_SECOND and "T00:00:00" in str(last):
        raise NotUnderstood(reason="Whether the last day is part of it is not told.")
    found = Recognition(amount, days, pattern)
    stretch = Period(case.instant_of(first), case.instant_of(last)) if has_time(first) and has_time(last) else None
    steps: dict[str, Money] = {}
    deferred: dict[str, Money] = {}
    begun, before = days.start.replace(day=1), Money(0, case.currency)
    while begun < days.end:
        end = add_months(begun, 1)
        reached = found.recognised(end)
        if stretch is not None and pattern is Pattern.BY_SECOND:
            reached = portion(amount, 1 - BY_SECOND.left(stretch, start_of_day(end, case.zone), case.zone), HALF_UP)
        steps[begun.strftime("%Y-%m")], deferred[begun.strftime("%Y-%m")] = reached - before, amount - reached
        begun, before = end, reached
    named: dict[str, Output] = {}
    for month, step in steps.items():
        name = MONTHS[int(month[-2:]) - 1]
        left = deferred[month]
        named |= {month: step, name: step, f"recognized_{name}": step, f"deferred_{name}": left}
        named |= {f"remaining_after_{month}": left}
        named |= {f"remaining_after_{word}": left for word in (name, LONG_MONTHS[int(month[-2:]) - 1])}
    listed = any(isinstance(case.stated.get(key), list) for key in ("by_month", "months", "recognized"))
    shown: Output = list(steps.values()) if listed else named
    still: Output = list(deferred.values())
    return {"by_month": shown, "months": shown, "recognized": shown, "total": amount, "deferred": still, **named}


def has_time(value: Any) -> bool:
    """Whether an end of a stretch is an instant, and not a day."""
    return len(str(value)) > len("2024-01-01")


def one_january(case: Case) -> Outputs:
    """A month of a customer with everything in it, posted as entries and read from balances."""
    currency = case.currency
    paid, used = case.money("subscription"), case.money("usage")
    tax, note, payment = (case.money(name, default=0) for name in ("subscription_tax", "credit_note", "payment"))
    first = date(2023, 1, 1)
    month = Days(first, first + timedelta(days=int(case.number("days_in_month"))))
    year = Days(first, first + timedelta(days=int(case.number("days_in_year"))))
    true_up = Commitment(minimum=case.money("commitment")).settle([used]).true_up
    earned = Recognition(paid, year).between(month)
    entries = [
        move(paid, debit="receivable", credit="deferred", day=first),
        *([move(tax, debit="receivable", credit="tax", day=first)] if tax else []),
        *([move(payment, debit="cash", credit="receivable", day=first)] if payment else []),
        move(earned, debit="deferred", credit="revenue subscription", day=month.last),
        move(used, debit="unbilled", credit="revenue usage", day=month.last),
        *([move(note, debit="revenue credit_note", credit="receivable", day=month.last)] if note else []),
        *([move(true_up, debit="receivable", credit="revenue true_up", day=month.last)] if true_up else []),
    ]
    names = ("subscription", "usage", "true_up", "credit_note")
    recognised = {name: -balance_of(entries, f"revenue {name}", currency) for name in names}
    balances = {
        "deferred": -balance_of(entries, "deferred", currency),
        "unbilled": balance_of(entries, "unbilled", currency),
        "tax_liability": -balance_of(entries, "tax", currency),
        "cash": balance_of(entries, "cash", currency),
        "receivable": balance_of(entries, "receivable", currency),
    }
    return {
        "recognized": {**recognised, "total": total(recognised.values(), currency)},
        "balances": balances,
    }


def with_commitment(case: Case) -> Outputs:
    """Usage as it is used, and what makes up for a minimum."""
    used = total(told_amounts(case, "usage"), case.currency)
    true_up = Commitment(minimum=case.money("commitment")).settle([used]).true_up
    return {"usage_recognized": used, "true_up": true_up, "total": used + true_up}


def as_used(case: Case) -> Outputs:
    """Usage that is revenue on the day on which it is used."""
    price = case.number("unit_price")
    if case.has("units"):
        amount = round_money(price * case.number("units"), case.currency, HALF_UP)
        return dict.fromkeys(("recognized", "total", "unbilled", "amount"), amount)
    told = case.take("daily_units")
    rows = sorted(told.items()) if isinstance(told, Mapping) else told
    daily = cumulative([number(units) * price for _, units in rows], case.currency, HALF_UP)
    to_date = [total(daily[: count + 1], case.currency) for count in range(len(daily))]
    return {"daily": list(daily), "to_date": to_date, "total": total(daily, case.currency)}


def from_deferred(case: Case) -> Outputs:
    """What was booked, what of it became revenue in later periods, and what is left: in all, and after each month."""
    entries: list[Entry] = []
    months: dict[str, date] = {}
    for name, size in parts_of_a_waterfall(case):
        month = name.partition("_")[2]
        sides = ("receivable", "deferred") if name.startswith("booked") else ("deferred", "revenue")
        began = month_told(month)
        entries.append(move(size, debit=sides[0], credit=sides[1], day=began or date(2023, 1, 1)))
        if began is not None:
            months[month] = began
    left = -balance_of(entries, "deferred", case.currency)
    if left < Money(0, case.currency):
        raise NotUnderstood(reason="More was recognised than was booked.")
    found: dict[str, Output] = {
        f"{word}_{month}": -balance_of(entries, "deferred", case.currency, until=add_months(began, 1))
        for month, began in months.items()
        for word in ("remaining", "deferred")
    }
    earned = -balance_of(entries, "revenue", case.currency)
    return {**found, **dict.fromkeys(("recognized_total", "recognized"), earned), "remaining": left, "deferred": left}


def parts_of_a_waterfall(case: Case) -> Iterator[tuple[str, Money]]:
    """What was booked and recognised, each by the name of its month: told one by one, or month by month."""
    for name in case.inputs:
        if name.startswith(("booked", "recognized")):
            told = case.inputs[name]
            if not isinstance(told, Mapping):
                yield name.removesuffix("_cents"), case.money(name.removesuffix("_cents"))
                continue
            row = case.take(name)
            for month, size in row.items():
                if month_told(month) is None:
                    raise NotUnderstood(reason=f"{month!r} is no month.")
                amount = minor(size, case.currency) if in_minor_units(name) else major(number(size), case.currency)
                yield f"{name.removesuffix('_cents')}_{month}", amount


def month_told(month: str) -> date | None:
    """The first day of a month: `2026-04`, or its name in a year like any other; None if it is none."""
    if month[:4].isdigit():
        return day(f"{month}-01")
    return date(2023, MONTHS.index(month[:3].lower()) + 1, 1) if month[:3].lower() in MONTHS else None


def changed_contract(case: Case) -> Outputs:
    """More units bought within a contract: a contract of its own, or a new one with what is left of both."""
    old = Units(case.number("units"), case.number("price"), case.number("delivered", default=0))
    extra = Units(case.number("extra_units"), case.number("extra_price"))
    if "prospective" in case.topic:
        case.take("ssp_at_modification", "ssp", default=None)
        kind = ChangeKind.PROSPECTIVE
    else:
        standalone = case.number("ssp_at_modification", "ssp", default=case.inputs.get("extra_price"))
        kind = kind_of_change(distinct=True, extra_price=extra.price, standalone_price=standalone)
    left = old.total + extra.total - old.recognised
    found: dict[str, Output] = {
        "kind": kind.value,
        "original_total": old.total,
        "extra_total": extra.total,
        "total": old.total + extra.total,
        **dict.fromkeys(("recognized", "recognized_before", "original_recognized"), old.recognised),
        "remaining_units": old.left + extra.left,
        **dict.fromkeys(("remaining", "remaining_total", "remaining_consideration"), left),
    }
    if kind is ChangeKind.PROSPECTIVE:
        found |= dict.fromkeys(("blended_price", "price_per_unit", "new_price_per_unit"), blended_price(old, extra))
    return found


def repriced(case: Case) -> Outputs:
    """Units whose price turns out lower or higher when more of them are bought: it holds for those before, too."""
    sold, more = case.number("units", "delivered"), case.number("extra_units")
    before, price = case.number("price") * sold, case.number("new_price")
    whole = major(before, case.currency)
    found = catch_up(major(price * (sold + more), case.currency), 1, whole, HALF_UP)
    adjusted = catch_up(major(price * sold, case.currency), 1, whole, HALF_UP)
    return {
        **dict.fromkeys(("cumulative_adjustment", "adjustment", "catch_up"), adjusted),
        **dict.fromkeys(("revenue", "recognized"), found),
        **dict.fromkeys(("total", "recognized_total"), whole + found),
    }


def with_returns(case: Case) -> Outputs:
    """Units some of which are expected back: no revenue, but a liability to refund, and an asset at what they cost."""
    sold, back = case.number("units", "quantity"), case.number("expected_returns")
    if not 0 <= back <= sold:
        raise NotUnderstood(reason="More is expected back than was sold, or less than nothing.")
    price, cost = case.number("price", "unit_price"), case.number("cost", "unit_cost", default=0)
    return {
        **dict.fromkeys(("revenue", "recognized", "transaction_price"), Units(sold, price, sold - back).recognised),
        "refund_liability": Units(back, price).total,
        **dict.fromkeys(("return_asset", "asset"), Units(back, cost).total),
        **dict.fromkeys(("cost_of_sales", "cost_of_goods_sold"), Units(sold - back, cost).total),
    }


def for_the_future(case: Case) -> Outputs:
    """What is left of a contract and what a change adds to it, over the periods or units that are left."""
    left = Units(1, case.number("remaining_consideration")), Units(1, case.number("extra_consideration", default=0))
    whole = sum((one.total for one in left), Fraction(0))
    count = case.number("remaining_periods", "remaining_units", "remaining_years")
    each = whole / count
    return {"remaining_total": whole, **dict.fromkeys(("per_period", "per_unit", "per_year", "blended_price"), each)}


def caught_up(case: Case) -> Outputs:
    """What is recognised at once when the price or the progress of a promise changes."""
    changed = case.told("new_price")
    price = case.money("new_price" if changed else "contract_price", "transaction_price", "price")
    if case.has("recognized") or case.has("recognized_cents"):
        before = case.money("recognized")
    else:
        old = case.money("price", "old_price", *(("contract_price", "transaction_price") if changed else ()))
        before = portion(old, case.number("old_progress", "progress"), HALF_UP)
    change = catch_up(price, case.number("new_progress", "progress"), before, HALF_UP)
    after = before + change
    return {
        **dict.fromkeys(("catch_up", "adjustment"), change),
        "recognized_before": before,
        **dict.fromkeys(("recognized", "recognized_after"), after),
    }


def upgraded(case: Case) -> Outputs:
    """Two prices within a month, each of which is revenue for its days."""
    whole = int(case.number("month_days", "period_days", "days"))
    before = int(case.number("days_before")) if case.has("days_before") else case.day("change", "change_on").day - 1
    case.take("days_after", default=None)
    first = Recognition(case.money("old"), Days(date(2023, 1, 1), date(2023, 1, 1) + whole * ONE_DAY))
    second = Recognition(case.money("new"), first.days)
    changed = first.days.start + before * ONE_DAY
    earned, later = first.recognised(changed), second.between(Days(changed, first.days.end))
    return {
        **dict.fromkeys(("old", "old_recognized", "recognized_old"), earned),
        **dict.fromkeys(("new", "new_recognized", "recognized_new"), later),
        **dict.fromkeys(("total", "recognized", "revenue"), earned + later),
    }


def by_standalone_prices(case: Case) -> Outputs:
    """The price of a contract on its promises."""
    if case.has("ssp_cents"):
        return by_minor_units(case)
    told = case.take("ssp", "prices")
    rows = told if isinstance(told, Mapping) else dict(enumerate(told))
    currency = currency_of([*rows.values(), *told_figures(case.stated)], case)
    promises = [Promise(str(name), major(number(size), currency)) for name, size in rows.items()]
    whole = total((promise.standalone for promise in promises), currency)
    if case.has("discount") or case.has("bundle_discount"):
        price = whole - major(case.number("discount", "bundle_discount"), currency)
    else:
        price = major(case.number("price", "transaction_price", "contract_price", "total"), currency)
    group = case.take("bundle", default=())
    inner = group if isinstance(group, Mapping) else {}
    bundle = {str(name) for name in inner.get("products", inner.get("items", group if not inner else ()))}
    usual = major(number(inner.get("price") or case.take("bundle_price")), currency) if bundle else None
    parts = allocate_price(price, promises, bundle=bundle, bundle_price=usual)
    off = [promise.standalone - part for promise, part in zip(promises, parts, strict=True)]
    shown: Output = dict(zip(rows, parts, strict=True)) if isinstance(told, Mapping) else list(parts)
    named = {str(name): part for name, part in zip(rows, parts, strict=True)}
    keys = ("allocated", "allocation", "prices", "price_allocation", "amounts", "net", "after")
    return {
        **named,
        **dict.fromkeys(keys, shown),
        "discounts": off,
        **dict.fromkeys(("discount", "discount_total"), total(off, currency)),
        "total": price,
        "standalone_total": whole,
    }


def estimated(case: Case) -> Outputs:
    """A price that depends on what happens: what is expected of all outcomes, or the likeliest of them."""
    rows = [row if isinstance(row, list) else (row["amount"], row["probability"]) for row in case.take("outcomes")]
    likelihoods = [number(likelihood) for _, likelihood in rows]
    scale = 1 if sum(likelihoods) == 1 else _PERCENT
    outcomes = [(number(amount), one / scale) for (amount, _), one in zip(rows, likelihoods, strict=True)]
    ways = {"expected_value": expected_value(outcomes), "most_likely": most_likely(outcomes)}
    method = str(case.take("method", "approach")).lower().replace(" ", "_").removesuffix("_amount")
    if method not in ways:
        raise NotUnderstood(reason=f"Nobody estimates by {method!r}.")
    price = case.number("fixed", "fixed_amount", default=0) + ways[method]
    names = ("transaction_price", "price", "total", "estimate")
    return {**ways, **dict.fromkeys(names, price), **dict.fromkeys(("variable", "variable_amount"), ways[method])}


def with_an_option(case: Case) -> Outputs:
    """A product sold with a right to a discount later: the right is a promise of its own, at what it is worth."""
    purchase = case.number("average_purchase", "expected_purchase")
    beyond, usual, likely = (
        case.number(*names, default=0) / _PERCENT
        for names in (("discount_pct",), ("normal_discount_pct", "usual_discount_pct"), ("likelihood_pct",))
    )
    worth = worth_of_option(purchase, beyond, usual=usual, likelihood=likely)
    product = case.number("ssp")
    price = case.number("transaction_price", "price", "total", default=product)
    currency = currency_of([product, worth, price, *case.stated.values()], case)
    promises = [Promise(name, major(size, currency)) for name, size in (("product", product), ("right", worth))]
    parts = dict(zip(("product", "right"), allocate_price(major(price, currency), promises), strict=True))
    return {
        **dict.fromkeys(("right_ssp", "option_ssp", "ssp_right", "ssp_option"), worth),
        **{f"allocated_{name}": part for name, part in parts.items()},
        **dict.fromkeys(("allocated", "allocation"), parts),
        "allocated_option": parts["right"],
        "total": price,
    }


def by_minor_units(case: Case) -> Outputs:
    """The same of prices in minor units."""
    told = case.take("ssp_cents")
    rows = told if isinstance(told, Mapping) else dict(enumerate(told))
    promises = [Promise(str(name), minor(size, case.currency)) for name, size in rows.items()]
    parts = allocate_price(case.money("price", "transaction_price", "contract_price", "total"), promises)
    return {"allocated": dict(zip(rows, parts, strict=True)) if isinstance(told, Mapping) else list(parts)}


def told_figures(value: Any) -> list[Any]:
    """All figures that an example states."""
    if isinstance(value, Mapping):
        return [one for inner in value.values() for one in told_figures(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in told_figures(inner)]
    return [value] if is_number(value) else []


def currency_of(figures: Sequence[Any], case: Case) -> Currency:
    """The currency in which figures are split: with decimals if any has some."""
    whole = all(number(one).denominator == 1 for one in figures) and not any(in_minor_units(key) for key in case.stated)
    return WHOLE_UNITS if whole else case.currency


WORDS: Final[tuple[tuple[str, Adapter], ...]] = (
    ("dispute", disputed),
    ("void", disputed),
    ("chargeback", disputed),
    ("bad_debt", overdue),
    ("overdue", overdue),
    ("revrec.payment", paid),
    ("revrec.tax", taxed),
    ("revrec.credit_note", contra),
)
"""Words in a topic that say what happens; inputs say it otherwise."""
SHAPES: Final[tuple[tuple[tuple[str, ...], Adapter], ...]] = (
    (("subscription", "payment"), one_january),
    (("subscription", "commitment", "days_in_year"), one_january),
    (("subscription", "usage"), in_all),
    (("overdue",), overdue),
    (("revenue", "tax"), disputed),
    (("amount", "coupon"), after_coupon),
    (("amount", "coupon_pct"), after_coupon),
    (("amount", "days", "payment"), invoiced_and_paid),
    (("commitment", "usage"), with_commitment),
    (("top_up",), prepaid),
    (("granted", "consumed"), prepaid),
    (("daily_units",), as_used),
    (("unit_price", "units"), as_used),
    (("old", "new"), upgraded),
    (("new_price", "extra_units"), repriced),
    (("extra_units",), changed_contract),
    (("expected_returns",), with_returns),
    (("outcomes",), estimated),
    (("likelihood_pct", "ssp"), with_an_option),
    (("remaining_consideration",), for_the_future),
    (("ssp",), by_standalone_prices),
    (("ssp_cents",), by_standalone_prices),
    (("prices", "discount"), by_standalone_prices),
    (("contract_price", "progress"), caught_up),
    (("new_price", "new_progress"), caught_up),
    (("through_days",), over_time),
    (("through_months",), over_time),
    (("start", "end", "through"), over_time),
    (("start", "end"), by_month),
    (("credit_note",), contra),
    (("payment",), paid),
    (("service_fee",), taxed),
    (("tax_rate_pct",), taxed),
    (("amount", "days"), over_time),
)
"""Which inputs say which kind of example it is; the first that are all there count."""
