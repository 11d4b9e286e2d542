"""Examples of what stands between prices and what is paid: discounts, limits, tax, credits and credit notes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from caudal.cli.cases.charges import charge
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, decimal, major, minor, number, numbers
from caudal.core.money import Currency, Money, Rounding, allocate, portion, round_money, total
from caudal.core.periods import CalendarPeriod, Cycle, Days, Grain
from caudal.core.pricing import (
    EN_16931,
    Adjusted,
    Commitment,
    Discount,
    Labelled,
    MoneyPolicy,
    NetLine,
    Tax,
    add_up,
    discounted,
    money_policy,
    shares,
    tax_of,
    use_allowance,
)
from caudal.core.settling import in_order

HALF_UP: Final = Rounding.HALF_UP
SCALE_MAX: Final = 38
"""How many places an amount of a ledger has at most: those of an integer of 128 bits."""
_ONE_DAY: Final = timedelta(days=1)
COUPON_NAMES: Final = frozenset({
    "pct", "percent", "fixed", "amount", "fixed_cents", "cents", "consumed", "used", "consumed_cents", "used_cents",
    "name", "code", "id", "kind", "type", "line", "on", "applies_to", "scope", "sub", "metrics",
})  # fmt: skip
"""What a discount may be told."""
SPENT: Final = ("usage", "amount", "spent", "spend", "spending", "fees", "charges")
"""What sources call what counts towards a minimum."""
PRICED: Final = ("tiers", "unit_price", "unit_price_cents", "package_size", "multiplier", "rate_pct")
"""What says that a quantity has a price."""
SOURCE_POLICIES: Final = {"lago": "tax_once"}
"""The policy by which a source works its invoices out; EN 16931 for all others."""
KEPT_PLACES: Final = {"lago": 5}
"""To how many places of a minor unit a source keeps what a coupon takes off a line; exact for all others."""


def policy_of(case: Case) -> MoneyPolicy:
    """The policy of an example: named, or by the documents of its source."""
    source = case.source.lower()
    by_source = next((name for word, name in SOURCE_POLICIES.items() if word in source), EN_16931.name)
    return money_policy(str(case.take("money_policy", default=by_source)))


def minor_units(case: Case) -> Outputs:
    """Decimal amounts as whole minor units, whole minor units as decimal amounts, or how many places there are."""
    if case.has("currencies"):
        places = [Currency(str(code).upper()).exponent for code in case.take("currencies")]
        return dict.fromkeys(("exponents", "decimals", "places", "asset_scales"), places)
    if case.has("integers"):
        majors = [Money(whole(size), Currency(str(code).upper())).major for code, size in case.take("integers")]
        return {"amounts": majors}
    if case.has("asset_scale"):
        scale = whole(case.take("asset_scale"))
        if abs(scale) > SCALE_MAX:
            raise NotUnderstood(reason=f"Nothing is divided into {scale} places.")
        per_unit = Fraction(10) ** scale
        return {"integers": [whole(number(amount) * per_unit) for amount in case.take("amounts")]}
    return {"integers": [Money.of(str(amount), str(code)).minor for code, amount in case.take("amounts")]}


def whole(value: Any) -> int:
    """A whole number. Raises NotUnderstood."""
    exact = number(value)
    if exact.denominator != 1:
        raise NotUnderstood(reason=f"{value!r} is not a whole number.")
    return exact.numerator


def allocation(case: Case) -> Outputs:
    """An amount split by weights; what is taken off amounts (`after`) is no more than they are."""
    weights = numbers(case.take("weights"))
    amount = minor(case.take("amount"), case.currency)
    if "after" in case.stated and amount.minor > sum(weights):
        amount = minor(sum(weights), case.currency)
    parts = allocate(amount, weights)
    return {
        "allocated": [part.minor for part in parts],
        "after": [weight - part.minor for weight, part in zip(weights, parts, strict=True)],
    }


def coupon(row: Mapping[str, Any], currency: Currency, scope: frozenset[str] = frozenset()) -> Discount:
    """A discount as examples write it, less what was used of it before. Raises NotUnderstood."""
    if unknown := sorted(row.keys() - COUPON_NAMES):
        raise NotUnderstood(reason=f"A discount has {', '.join(unknown)}.")
    if "pct" in row or "percent" in row:
        return Discount(percent=decimal(row.get("pct", row.get("percent"))), scope=scope)
    cents = row.get("fixed_cents", row.get("cents"))
    amount = (
        number(row["fixed"] if "fixed" in row else row["amount"]) if cents is None else minor(cents, currency).amount
    )
    if (used := row.get("consumed_cents", row.get("used_cents"))) is not None:
        amount -= minor(used, currency).amount
    amount -= number(row.get("consumed", row.get("used", 0)))
    return Discount(amount=amount, scope=scope)


def discount(case: Case) -> Outputs:
    """Free units over time, or coupons on a subtotal."""
    if case.has("quantity") and any(case.has(name) for name in PRICED):
        free = the_rest_of_free_units(case) if case.has("usage_discount") else {}
        return {**free, **charge(case)}
    if case.has("usage_discount", "quantity"):
        return the_rest_of_free_units(case)
    if case.has("usage_discount"):
        steps = use_allowance(case.number("usage_discount"), numbers(case.take("quantities")))
        return {
            "billable_quantities": [billable for billable, _ in steps],
            "remaining_discount": [left for _, left in steps],
        }
    if case.told("invoices"):
        return over_invoices(case)
    subtotal = case.money("subtotal", "amount", "price")
    coupons = [coupon(row, case.currency) for row in case.take("coupons", "discounts", default=[])]
    if case.has("discount_pct") or case.has("rate_pct"):
        coupons.append(Discount(percent=decimal(case.take("discount_pct", "rate_pct"))))
    if fixed := case.limit("fixed", "amount_off"):
        coupons.append(Discount(amount=fixed.amount))
    applied = as_applied if "lago" in case.source.lower() else percentages_first
    left = applied(subtotal, coupons)
    after_each = [applied(subtotal, coupons[:count]) for count in range(len(coupons) + 1)]
    each = [before - now for before, now in pairwise(after_each)]
    return {
        **dict.fromkeys(("per_coupon", "per_coupon_cents", "coupons", "discounts"), each),
        "discount_cents": subtotal - left,
        "discount": subtotal - left,
        "total_cents": left,
        "total": left,
        "after_cents": left,
    }


def over_invoices(case: Case) -> Outputs:
    """A coupon on one invoice after the other: its rest goes on where it counts once, and is lost where it recurs."""
    amount, invoices = case.money("coupon", "fixed", "amount"), told_amounts(case, "invoices")
    lasts = case.has("frequency_duration") or case.has("periods")
    frequency = str(case.take("frequency", default="recurring" if lasts else "once"))
    if frequency == "once":
        applied = in_order(amount, invoices)
        left = amount - total(applied, case.currency)
    else:
        many = int(case.number("frequency_duration", "periods", default=len(invoices)))
        nothing = Money(0, case.currency)
        applied = tuple(min(amount, one) if place < many else nothing for place, one in enumerate(invoices))
        left = nothing
    totals = [one - less for one, less in zip(invoices, applied, strict=True)]
    values: dict[str, Output] = {"applied": list(applied), "remaining": left, "totals": totals}
    return {**values, **{f"{name}_cents": value for name, value in values.items()}}


def the_rest_of_free_units(case: Case) -> Outputs:
    """What a quantity uses of free units of which others used before it."""
    before, quantity = case.number("already_billed_quantity", default=0), case.number("quantity")
    (_, had), (billable, left) = use_allowance(case.number("usage_discount"), [before, quantity])
    return {
        **dict.fromkeys(("billed_quantity", "quantity", "units"), billable),
        **dict.fromkeys(("discount_used", "used_discount", "discount", "discount_quantity", "free_units"), had - left),
        "remaining_discount": left,
    }


def as_applied(subtotal: Money, coupons: Sequence[Discount]) -> Money:
    """What coupons leave that are taken in the order in which they were applied, and not percentages first."""
    (off,) = shares([Labelled(subtotal.amount)], coupons)
    return round_money(subtotal.amount - off, subtotal.currency, HALF_UP)


def percentages_first(subtotal: Money, coupons: Sequence[Discount]) -> Money:
    """What coupons leave when percentages are taken before amounts."""
    return discounted(subtotal, coupons, HALF_UP)


def commitment(case: Case) -> Outputs:
    """A minimum or a maximum of a period, in proportion to the part of it that was served."""
    if case.has("terminated") and (case.has("charge_minimum") or case.has("charge_minimum_cents")):
        return minimum_until_the_end(case)
    if (case.has("quantity") or case.has("units")) and any(case.has(name) for name in PRICED):
        return charge(case)
    limits = Commitment(case.limit("minimum", "commitment", "charge_minimum"), case.limit("maximum"))
    if limits.minimum is None and limits.maximum is None:
        raise NotUnderstood(reason="Neither a minimum nor a maximum is told.")
    share = served(case)
    committed = limits.part(share, HALF_UP)
    fee = portion(case.money("subscription", default=0), share, HALF_UP)
    used = [one for name in SPENT for one in told_amounts(case, name)]
    settled = committed.settle([fee, *used], booked=case.money("already_billed_amount", default=0))
    off = total(settled.off, case.currency)
    spent = total([fee, *used], case.currency) - off + settled.true_up
    values = {
        "true_up": settled.true_up,
        "discount": off,
        "total": spent,
        "minimum": committed.minimum,
        **dict.fromkeys(("subscription_fee", "subscription"), fee),
        "usage": total(used, case.currency),
    }
    if case.has("tax_rate_pct"):
        percent = decimal(case.take("tax_rate_pct"))
        taxes = (("true_up_tax", settled.true_up), ("subscription_tax", fee))
        values |= {name: tax_of(net, percent, HALF_UP) for name, net in taxes}
    return {**values, **{f"{name}_cents": value for name, value in values.items()}, "coefficient": share}


def told_amounts(case: Case, name: str) -> list[Money]:
    """Amounts in minor or major units, one or many of them."""
    cents, plain = case.take(f"{name}_cents", default=None), case.take(name, default=None)
    if cents is not None:
        return [minor(one, case.currency) for one in (cents if isinstance(cents, list) else [cents])]
    if plain is None:
        return []
    return [major(number(one), case.currency) for one in (plain if isinstance(plain, list) else [plain])]


def served(case: Case) -> Fraction:
    """The share of a period that was served, by days: from its start day on, and with its last day."""
    if case.has("days_used", "period_days"):
        return case.number("days_used") / case.number("period_days")
    if not any(case.has(name) for name in ("start", "terminated", "upgraded")):
        return Fraction(1)
    whole, days = period_and_days(case, aligned="calendar")
    return whole.share(days)


def period_and_days(case: Case, *, aligned: str) -> tuple[Days, Days]:
    """A period, as told or as its interval says, and the days of it on which a subscription was there.

    An interval that says neither is `aligned` to the calendar or to the anniversary.
    """
    started = case.day("start", "subscribed") if case.has("start") or case.has("subscribed") else None
    ended = case.day("terminated") if case.has("terminated") else None
    if case.has("upgraded"):  # the day of an upgrade is the first one of the new price
        ended = case.day("upgraded") - _ONE_DAY
    known = ended or started
    if known is None:
        raise NotUnderstood(reason="Neither a start nor an end is told.")
    interval = str(case.take("interval", default="monthly"))
    grain = grain_of(interval)
    if case.has("period"):
        whole = case.days("period")
    elif started is None or "calendar" in interval or (aligned == "calendar" and "anniversary" not in interval):
        whole = CalendarPeriod.of(grain, known).days
    else:
        whole = Cycle(started, grain).on(known)
    first = whole.start if started is None else max(started, whole.start)
    end = whole.end if ended is None else min(ended + _ONE_DAY, whole.end)
    return whole, Days(first, end)


def grain_of(interval: str) -> Grain:
    """The calendar period that an interval names."""
    names = {
        "week": Grain.WEEK, "month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR, "annual": Grain.YEAR,
        "day": Grain.DAY, "dai": Grain.DAY,
    }  # fmt: skip
    told = interval.lower()
    for word, grain in names.items():
        if word in told and not told.startswith(("bi", "semi", "half", "tri")):
            return grain
    raise NotUnderstood(reason=f"{interval!r} is no interval.")


def minimum_until_the_end(case: Case) -> Outputs:
    """A charge with a minimum and a plan paid in advance, of a subscription that ends within the period."""
    percent = decimal(case.take("tax_rate_pct", default=0))
    used = told_amounts(case, "usage")
    if case.has("charge_unit"):
        used.append(round_money(case.number("charge_unit") * case.number("units"), case.currency, HALF_UP))
    share = served(case)
    committed = Commitment(minimum=case.money("charge_minimum")).part(share, HALF_UP)
    true_up = committed.settle(used).true_up
    back = portion(case.money("plan", default=0), 1 - share, HALF_UP)
    used_tax = total((tax_of(one, percent, HALF_UP) for one in used), case.currency)
    up_tax, back_tax = (tax_of(net, percent, HALF_UP) for net in (true_up, back))
    usage = total(used, case.currency)
    fees, tax = usage + true_up, used_tax + up_tax
    return {
        "usage_fee_cents": usage,
        "usage_tax_cents": used_tax,
        "true_up_cents": true_up,
        "true_up_tax_cents": up_tax,
        "invoice_fees_cents": fees,
        "invoice_taxes_cents": tax,
        "invoice_total_cents": fees + tax,
        "credit_note_excl_cents": back,
        "credit_note_tax_cents": back_tax,
        "credit_note_total_cents": back + back_tax,
        "after_credit_cents": fees + tax - back - back_tax,
    }


def einvoice(case: Case) -> Outputs:
    """The totals of an invoice of EN 16931, of the net amounts of its lines.

    What was paid before (BT-113) and what is rounded away (BT-114) are facts that no rule yields: the official samples
    state them among the totals.
    """
    currency = case.currency
    rows = case.take("lines")
    lines = [NetLine(net_of(row), tax_of_row(row)) for row in rows]
    adjustments = [
        Adjusted(major(number(row["amount"]) * (1 if is_charge(row["charge"]) else -1), currency), tax_of_row(row))
        for row in case.take("document_allowance_charges", default=[])
    ]
    found = add_up(lines, currency, adjustments=adjustments)
    stated = case.stated.get("totals", {})
    prepaid, rounded = (
        case.money(ours, default=stated.get(theirs, 0))
        for ours, theirs in (("prepaid", "PrepaidAmount"), ("payable_rounding", "PayableRoundingAmount"))
    )
    totals: dict[str, Output] = {
        "LineExtensionAmount": found.line_total,
        "TaxExclusiveAmount": found.net,
        "TaxInclusiveAmount": found.gross,
        "AllowanceTotalAmount": found.allowances,
        "ChargeTotalAmount": found.charges,
        "PrepaidAmount": prepaid,
        "PayableRoundingAmount": rounded,
        "PayableAmount": found.payable - prepaid + rounded,
    }
    bare = {str(one.get("cat")) for one in case.stated.get("subtotals", ()) if one.get("rate") is None}
    rateless = bare & {category_of(row) for row in rows if row.get("vat_pct") is None}  # no rate and one of 0 are one
    subtotals: list[dict[str, Output]] = [
        {
            "taxable": one.taxable,
            "tax": one.amount,
            "rate": None if one.tax.category in rateless else one.tax.percent,
            "cat": one.tax.category,
        }
        for one in found.subtotals
    ]
    order = [(str(one.get("cat")), number(one.get("rate") or 0)) for one in case.stated.get("subtotals", ())]
    subtotals.sort(key=lambda one: place_in(order, str(one["cat"]), one["rate"]))
    return {"subtotals": subtotals, "tax_total": found.tax, "totals": totals}


def place_in(order: list[tuple[str, Fraction]], category: str, rate: Output) -> int:
    """Where an example lists a tax: the order of subtotals means nothing."""
    wanted = (category, number(rate or 0))
    return order.index(wanted) if wanted in order else len(order)


def net_of(row: Mapping[str, Any]) -> Fraction:
    """The net amount of a line (BT-131), or what its quantity and price make, with its allowances and charges."""
    if row.get("net") is not None:
        return number(row["net"])
    base = row.get("base_qty")
    gross = number(row["qty"]) * number(row["price"]) / number(1 if base is None else base)
    return gross + sum(number(size) * (1 if is_charge(up) else -1) for up, size in row.get("allowance_charges") or ())


def is_charge(told: Any) -> bool:
    """Whether the indicator of UBL says a charge; it says an allowance otherwise. Raises NotUnderstood."""
    if (word := str(told).lower()) not in {"true", "1", "false", "0"}:
        raise NotUnderstood(reason=f"{told!r} says neither a charge nor an allowance.")
    return word in {"true", "1"}


def category_of(row: Mapping[str, Any]) -> str:
    """The category of the tax of a line; the standard one where none is told."""
    return str(row.get("category", row.get("cat", "S")))


def tax_of_row(row: Mapping[str, Any]) -> Tax:
    """The tax of a line or of an allowance of the document."""
    return tax_named(category_of(row), row.get("vat_pct", row.get("vat")))


def tax_named(category: Any, percent: Any) -> Tax:
    """The tax of a line."""
    return Tax(str(category), decimal(0 if percent is None else percent))
