"""Examples of what stands between prices and what is paid: discounts, limits, tax, credits and credit notes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from caudal.cli.cases.charges import charge
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, day, decimal, major, minor, number, numbers
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
    Step,
    Tax,
    Taxed,
    add_up,
    credit,
    discounted,
    money_policy,
    shares,
    tax_of,
    use_allowance,
)

HALF_UP: Final = Rounding.HALF_UP
_ONE_DAY: Final = timedelta(days=1)
LINES: Final = ("subscription", "usage", "flat", "flat_fee", "fixed", "base", "fees", "subtotal")
"""What sources call the lines of an invoice."""
CREDITS: Final = {
    Step.CREDIT_NOTES: ("credit_notes", "credit_note"),
    Step.PREPAID: ("prepaid_credits", "wallet_credits", "wallet", "credits"),
    Step.PAYMENTS: ("payments", "paid"),
}
"""What they call what is set off against it."""
PRICED: Final = ("tiers", "unit_price", "unit_price_cents", "package_size", "multiplier", "rate_pct")
"""What says that a quantity has a price."""
TAX_LEVELS: Final = {
    "tax_per_line": ("per_line", "per_fee", "sum_of_rounded"),
    "en16931": ("per_rate", "per_category"),
    "tax_once": ("once", "per_total", "per_invoice", "per_document"),
}
"""What they call where a tax is rounded."""
SOURCE_POLICIES: Final = {"lago": "tax_once"}
"""The policy by which a source works its invoices out; EN 16931 for all others."""


def policy_of(case: Case) -> MoneyPolicy:
    """The policy of an example: named, or by the documents of its source."""
    source = case.source.lower()
    by_source = next((name for word, name in SOURCE_POLICIES.items() if word in source), EN_16931.name)
    return money_policy(str(case.take("money_policy", default=by_source)))


def minor_units(case: Case) -> Outputs:
    """Decimal amounts as whole minor units."""
    return {"integers": [Money.of(str(amount), str(code)).minor for code, amount in case.take("amounts")]}


def allocation(case: Case) -> Outputs:
    """An amount split by weights."""
    weights = numbers(case.take("weights"))
    parts = allocate(minor(case.take("amount"), case.currency), weights)
    return {
        "allocated": [part.minor for part in parts],
        "after": [weight - part.minor for weight, part in zip(weights, parts, strict=True)],
    }


def coupon(row: Mapping[str, Any], currency: Currency, scope: frozenset[str] = frozenset()) -> Discount:
    """A discount as examples write it."""
    if "pct" in row or "percent" in row:
        return Discount(percent=decimal(row.get("pct", row.get("percent"))), scope=scope)
    cents = row.get("fixed_cents", row.get("cents"))
    amount = number(row["fixed"]) if cents is None else minor(cents, currency).amount
    return Discount(amount=amount, scope=scope)


def discount(case: Case) -> Outputs:
    """Free units over time, or coupons on a subtotal."""
    if case.has("usage_discount"):
        steps = use_allowance(case.number("usage_discount"), numbers(case.take("quantities")))
        return {
            "billable_quantities": [billable for billable, _ in steps],
            "remaining_discount": [left for _, left in steps],
        }
    subtotal = case.money("subtotal", "amount", "price")
    coupons = [coupon(row, case.currency) for row in case.take("coupons", "discounts", default=[])]
    if case.has("discount_pct") or case.has("rate_pct"):
        coupons.append(Discount(percent=decimal(case.take("discount_pct", "rate_pct"))))
    if fixed := case.limit("fixed", "amount_off"):
        coupons.append(Discount(amount=fixed.amount))
    left = discounted(subtotal, coupons, HALF_UP)
    return {
        "discount_cents": subtotal - left,
        "discount": subtotal - left,
        "total_cents": left,
        "total": left,
        "after_cents": left,
    }


def commitment(case: Case) -> Outputs:
    """A minimum or a maximum of a period, in proportion to the part of it that was served."""
    if case.has("terminated") and (case.has("charge_minimum") or case.has("charge_minimum_cents")):
        return minimum_until_the_end(case)
    if case.has("quantity") and any(case.has(name) for name in PRICED):
        return charge(case)
    limits = Commitment(case.limit("minimum", "commitment"), case.limit("maximum"))
    if limits.minimum is None and limits.maximum is None:
        raise NotUnderstood(reason="Neither a minimum nor a maximum is told.")
    share = served(case)
    committed = limits.part(share, HALF_UP)
    fee = portion(case.money("subscription", default=0), share, HALF_UP)
    used = [*told_amounts(case, "usage"), *told_amounts(case, "amount"), *told_amounts(case, "spent")]
    settled = committed.settle([fee, *used], booked=case.money("already_billed_amount", default=0))
    off = total(settled.off, case.currency)
    spent = total([fee, *used], case.currency) - off + settled.true_up
    values = {
        "true_up": settled.true_up,
        "discount": off,
        "total": spent,
        "minimum": committed.minimum,
        "subscription_fee": fee,
        "usage": total(used, case.currency),
    }
    return {**values, **{f"{name}_cents": value for name, value in values.items()}}


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
    interval = str(case.take("interval", default="monthly"))
    if not case.has("started") and not case.has("terminated"):
        return Fraction(1)
    grain = grain_of(interval)
    known = case.day("terminated") if case.has("terminated") else case.day("started")
    whole = CalendarPeriod.of(grain, known).days
    if "anniversary" in interval:
        whole = Cycle(case.day("started"), grain).on(known)
    first = case.day("started") if case.has("started") else whole.start
    end = case.day("terminated") + _ONE_DAY if case.has("terminated") else whole.end
    return whole.share(Days(max(first, whole.start), min(end, whole.end)))


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


def credit_note(case: Case) -> Outputs:
    """What is given back of a line: of the days that were not used, or an amount of it."""
    percent = decimal(case.take("tax_rate_pct", default=case.inputs.get("invoice", {}).get("tax_pct", 0)))
    if case.has("invoice"):
        given = Case(case.id, case.source, case.topic, {**case.take("invoice"), "currency": case.currency.code})
        line = Taxed(given.money("fees", "net"), given.money("tax"))
        asked = case.money("credit_item")
    else:
        net = case.money("amount")
        tax = case.money("invoice_tax") if case.has("invoice_tax_cents") else tax_of(net, percent, HALF_UP)
        line = Taxed(net, tax)
        unused = 1 - case.number("days_used") / case.number("period_days")
        asked = portion(net, unused, HALF_UP)
    note = credit(line, asked, rounding=HALF_UP)
    rest = credit(line, line.net - asked, credited=[note], rounding=HALF_UP)
    return {
        "item_cents": note.net,
        "excl_cents": note.net,
        "tax_cents": note.tax,
        "total_cents": note.gross,
        "remaining_item_cents": rest.net,
        "remaining_tax_cents": rest.tax,
        "remaining_total_cents": rest.gross,
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


def invoice(case: Case) -> Outputs:
    """A whole invoice, by what its inputs are."""
    if case.has("fees"):
        return with_coupons(case)
    if case.has("thresholds_cents") or case.has("thresholds"):
        return progressive(case)
    if case.has("fraction"):
        return change_and_next(case)
    if case.has("lines") or case.has("lines_cents"):
        return by_tax_level(case)
    return in_the_order_of_steps(case)


def by_tax_level(case: Case) -> Outputs:
    """One tax on some lines, rounded on each of them, on the sum of their rate, or once at the end."""
    told = case.take("lines", default=None)
    if told is not None and any(isinstance(row, Mapping) for row in told):
        raise NotUnderstood(reason="Lines are amounts here, and bear one tax.")
    tax = tax_named("S", case.take("tax_rate_pct", default=0))
    lines = [NetLine(one.amount, tax) for one in told_amounts(case, "lines")]
    found: dict[str, Output] = {}
    for policy, names in TAX_LEVELS.items():
        totals = add_up(lines, case.currency, policy=money_policy(policy))
        found |= {f"{name}_tax": totals.tax for name in names} | {f"{name}_total": totals.gross for name in names}
        found |= {"net": totals.net, "line_taxes": list(totals.line_taxes)}
    return found


def in_the_order_of_steps(case: Case) -> Outputs:
    """Lines, coupons, tax, credit notes and prepaid credits, in the order of the policy."""
    names = [name for name in LINES if case.has(name) or case.has(f"{name}_cents")]
    if not names:
        raise NotUnderstood(reason=f"There is no line among {', '.join(sorted(case.inputs))}.")
    tax = tax_named("S", case.take("tax_rate_pct", default=0))
    nets = [Labelled(case.money(name).amount, frozenset({name})) for name in names]
    off = shares(nets, coupons_by_name(case))
    lines = [NetLine(net.amount - less, tax) for net, less in zip(nets, off, strict=True)]
    credits_by_step = {
        step: total((case.money(name) for name in told), case.currency)
        for step, words in CREDITS.items()
        if (told := [name for name in words if case.has(name) or case.has(f"{name}_cents")])
    }
    found = add_up(lines, case.currency, policy=policy_of(case), credits_by_step=credits_by_step)
    before = major(sum(net.amount for net in nets), case.currency)
    used = found.used.get(Step.PREPAID, Money(0, case.currency))
    return {
        "subtotal": before,
        "discount": before - found.line_total,
        "taxable": found.net,
        "subtotal_excl": found.net,
        "after_credits": found.net - used,
        "tax": found.tax,
        "subtotal_incl": found.gross,
        "total": found.payable,
    }


def coupons_by_name(case: Case) -> list[Discount]:
    """Coupons told one by one, those of a line before those of all: as an amount, or as `…_pct`."""
    found = []
    for name in case.inputs:
        stem = name.removesuffix("_pct").removesuffix("_cents")
        if not any(word in stem for word in ("coupon", "discount")):
            continue
        scope = frozenset({"usage"}) if any(word in stem for word in ("line", "item", "usage")) else frozenset[str]()
        if name.endswith("_pct"):
            found.append(Discount(percent=decimal(case.take(name)), scope=scope))
        else:
            found.append(Discount(amount=case.money(stem).amount, scope=scope))
    return sorted(found, key=lambda one: not one.scope)


def with_coupons(case: Case) -> Outputs:
    """Fees with coupons of narrow and wide scope, and their taxes."""
    currency, policy = case.currency, policy_of(case)
    rows: Sequence[Mapping[str, Any]] = case.take("fees")
    lines = [
        Labelled(
            minor(row["cents"], currency).amount, frozenset({f"sub {row.get('sub')}", f"metric {row.get('metric')}"})
        )
        for row in rows
    ]
    off = [Fraction(0)] * len(lines)
    for one in by_scope(case.take("coupons", default=[])):
        left = [Labelled(line.amount - less, line.labels) for line, less in zip(lines, off, strict=True)]
        off = [less + more for less, more in zip(off, taken(one, left, currency), strict=True)]
    nets = [
        NetLine(line.amount - less, tax_named("S", row["tax_pct"]))
        for line, less, row in zip(lines, off, rows, strict=True)
    ]
    found = add_up(nets, currency, policy=policy)
    per_major = currency.minor_per_major
    return {
        "coupon_share_cents": [less * per_major for less in off],
        "fee_tax_cents": list(found.line_taxes),
        "fees_cents": round_money(sum(line.amount for line in lines), currency, HALF_UP),
        "coupons_cents": round_money(sum(off), currency, HALF_UP),
        "subtotal_cents": found.net,
        "taxes_cents": found.tax,
        "total_cents": found.gross,
    }


def by_scope(coupons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Coupons of metrics first, then of a subscription, then of everything; as written otherwise."""
    return sorted(coupons, key=lambda row: 0 if "metrics" in row else 1 if "sub" in row else 2)


def taken(row: Mapping[str, Any], lines: Sequence[Labelled], currency: Currency) -> tuple[Fraction, ...]:
    """What one coupon takes off each line."""
    metrics = {f"metric {name}" for name in row.get("metrics", ())}
    scope = {f"sub {row['sub']}"} if "sub" in row else set[str]()
    if metrics:
        scope.add("chosen")
        lines = [
            Labelled(line.amount, line.labels | {"chosen"} if metrics & line.labels else line.labels) for line in lines
        ]
    return shares(lines, [coupon(row, currency, frozenset(scope))])


def progressive(case: Case) -> Outputs:
    """Usage that is invoiced when it passes a threshold, and set off against the invoice of the period."""
    currency = case.currency
    thresholds, every = told_amounts(case, "thresholds"), case.limit("recurring_threshold")
    events = case.take("usage_events_cents", "usage_events")
    used = invoiced = Money(0, currency)
    early: dict[str, Output] = {}
    for on, size in events:
        used += minor(size, currency) if case.has("usage_events_cents") else major(number(size), currency)
        if passed(thresholds, every, invoiced, used):
            early[f"invoice_on_{day(on):%Y_%m_%d}_cents"] = used - invoiced
            invoiced = used
    fees = used + case.money("subscription", default=0)
    found = add_up([NetLine(fees.amount, Tax("S", Decimal(0)))], currency, credits_by_step={Step.PAYMENTS: invoiced})
    return {
        **early,
        "period_fees_cents": fees,
        "progressive_credit_cents": found.used[Step.PAYMENTS],
        "period_total_cents": found.payable,
    }


def passed(thresholds: Sequence[Money], every: Money | None, before: Money, now: Money) -> bool:
    """Whether usage passed a threshold, or one of those that come back behind the last of them."""
    if any(before < threshold <= now for threshold in thresholds):
        return True
    if every is None:
        return False
    last = max((threshold.minor for threshold in thresholds), default=0)
    return max(now.minor - last, 0) // every.minor > max(before.minor - last, 0) // every.minor


def change_and_next(case: Case) -> Outputs:
    """A change of plan within the period, taxed as one sum with the next period."""
    share = case.number("fraction")
    tax = tax_named("S", case.take("tax_pct", "tax_rate_pct", default=0))
    lines = [NetLine(case.number("new") * share, tax), NetLine(-case.number("old") * share, tax)]
    found = add_up(lines, case.currency)
    after = add_up([*lines, NetLine(case.number("next_month", default=0), tax)], case.currency)
    return {
        "net_excl": found.net,
        "net_tax": found.tax,
        "net_total": found.gross,
        "with_next_month_total": after.gross,
        "with_next_month_excl": after.net,
        "with_next_month_tax": after.tax,
    }
