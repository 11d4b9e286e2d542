"""Examples of whole invoices: lines, coupons, tax and credits in their order, and usage that is invoiced early."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from caudal.cli.cases.comparing import terminates
from caudal.cli.cases.invoices import HALF_UP, KEPT_PLACES, coupon, grain_of, policy_of, served, tax_named, told_amounts
from caudal.cli.cases.reading import Adapter, Case, NotUnderstood, Output, Outputs, day, decimal, major, minor, number
from caudal.core.money import Currency, Money, allocate, portion, round_money, total
from caudal.core.periods import Cycle, add_months
from caudal.core.pricing import Discount, Labelled, NetLine, Step, Tax, add_up, money_policy, shares, tax_of

_PERCENT: Final = 100
MONTHS_MAX: Final = 1_200
LINES: Final = (
    "subscription", "usage", "flat", "flat_fee", "fixed", "base", "fees", "subtotal", "true_up", "commitment_true_up",
)  # fmt: skip
"""What sources call the lines of an invoice."""
CREDITS: Final = {
    Step.CREDIT_NOTES: ("credit_notes", "credit_note"),
    Step.PREPAID: ("prepaid_credits", "prepaid", "wallet_credits", "wallet", "credits"),
    Step.PAYMENTS: ("payments", "paid"),
}
"""What they call what is set off against it."""
TAX_LEVELS: Final = {
    "tax_per_line": ("per_line", "per_fee", "sum_of_rounded"),
    "en16931": ("per_rate", "per_category"),
    "tax_once": ("once", "per_total", "per_invoice", "per_document"),
}
"""What they call where a tax is rounded."""


def invoice(case: Case) -> Outputs:
    """A whole invoice, by what its inputs are."""
    for name, adapter in SHAPES:
        if case.told(name) and not (name == "fees" and not has_fees(case)):
            return adapter(case)
    if (case.has("lines") or case.has("lines_cents")) and not any(is_set_off(name) for name in case.inputs):
        return by_tax_level(case)
    if case.told("credit") and case.told("debit"):
        return by_tax_level(case)
    return in_the_order_of_steps(case)


def has_fees(case: Case) -> bool:
    """Whether fees are listed, and are not one sum."""
    return isinstance(case.take("fees", "fees_cents"), list)


def consolidated(case: Case) -> Outputs:
    """Plans that fall due on one day on one invoice: what each month's comes to, all begun in the first one."""
    rows = [case.row(row) for row in case.take("plans")]
    start = date(2023, 1, 1)
    totals: list[Money] = []
    if case.number("months") > MONTHS_MAX:
        raise NotUnderstood(reason=f"More than {MONTHS_MAX:,} months are not invoiced one by one.")
    for month in range(int(case.number("months"))):
        begun = add_months(start, month)
        due = [
            one.money("price", "amount")
            for one in rows
            if (cycle := Cycle(start, grain_of(str(one.take("interval"))))).start_of(cycle.number_on(begun)) == begun
        ]
        totals.append(total(due, case.currency))
    named: dict[str, Output] = {str(place): amount for place, amount in enumerate(totals, 1)}
    listed = any(isinstance(value, list) for value in case.stated.values())
    shown: Output = list(totals) if listed else named
    return {"totals": shown, "invoices": shown, "total": total(totals, case.currency)}


def taxes_of_a_fee(case: Case) -> Outputs:
    """One or several taxes on one fee after its coupons: each of them alone, and all of them on the exact sum."""
    net = case.money("fee") - case.money("coupon", "coupons", default=0)
    rates = case.take("tax_rates_pct", "taxes_pct", "tax_rates", default=None)
    percents = [decimal(one) for one in (rates if isinstance(rates, list) else [case.take("tax_rate_pct", default=0)])]
    whole = sum((Fraction(one) for one in percents), Fraction(0))
    tax = portion(net, whole / _PERCENT, HALF_UP)
    return {
        "taxes": [tax_of(net, one, HALF_UP) for one in percents],
        **dict.fromkeys(("tax", "taxes_amount"), tax),
        **dict.fromkeys(("taxes_rate", "tax_rate"), whole),
        **dict.fromkeys(("excl", "net", "subtotal"), net),
        "total": net + tax,
    }


def set_off_against_charges(case: Case) -> Outputs:
    """What was invoiced early, set off against the charges of a period in proportion; the rest is a credit note.

    Each early invoice holds the ones before it, so the last one counts.
    """
    charges, early = told_amounts(case, "charge_fees"), told_amounts(case, "progressive_invoices")
    whole = total(charges, case.currency)
    invoiced = early[-1] if early else Money(0, case.currency)
    used = min(invoiced, whole)
    values: dict[str, Output] = {
        "progressive_credit": used,
        "credit_note": invoiced - used,
        "credit_share": list(allocate(used, [one.minor for one in charges])) if used else [used] * len(charges),
        "period_total": whole + case.money("subscription", default=0) - used,
        "period_fees": whole + case.money("subscription", default=0),
    }
    return {**values, **{f"{name}_cents": value for name, value in values.items()}}


def by_tax_level(case: Case) -> Outputs:
    """One tax on some lines, rounded on each of them, on the sum of their rate, or once at the end."""
    told = case.take("lines", default=None)
    if told is not None and any(isinstance(row, Mapping) for row in told):
        raise NotUnderstood(reason="Lines are amounts here, and bear one tax.")
    tax = tax_named("S", case.take("tax_rate_pct", default=0))
    amounts = [*told_amounts(case, "lines"), *told_amounts(case, "debit")]
    amounts += [-one for one in told_amounts(case, "credit")]
    lines = [NetLine(one.amount, tax) for one in amounts]
    found: dict[str, Output] = {}
    for policy, names in TAX_LEVELS.items():
        totals = add_up(lines, case.currency, policy=money_policy(policy))
        found |= {f"{name}_tax": totals.tax for name in names} | {f"{name}_total": totals.gross for name in names}
        found |= {"net": totals.net, "line_taxes": list(totals.line_taxes)}
    totals = add_up(lines, case.currency, policy=policy_of(case))
    named = {
        **dict.fromkeys(("net_excl", "subtotal_excl", "subtotal"), totals.net),
        **dict.fromkeys(("net_tax", "tax"), totals.tax),
        **dict.fromkeys(("net_total", "net_incl", "subtotal_incl", "total"), totals.gross),
    }
    return {**named, **found}


def in_the_order_of_steps(case: Case) -> Outputs:
    """Lines, coupons, tax, credit notes and prepaid credits, in the order of the policy."""
    nets = named_lines(case)
    if not nets:
        raise NotUnderstood(reason=f"There is no line among {', '.join(sorted(case.inputs))}.")
    off = shares(nets, coupons_of(case))
    tax = tax_named("S", rate_told(case, sum((net.amount for net in nets), Fraction(0)) - sum(off, Fraction(0))))
    lines = [NetLine(net.amount - less, tax) for net, less in zip(nets, off, strict=True)]
    credits_by_step = {
        step: total((case.money(name) for name in told), case.currency)
        for step, words in CREDITS.items()
        if (told := [name for name in words if case.has(name) or case.has(f"{name}_cents")])
    }
    found = add_up(lines, case.currency, policy=policy_of(case), credits_by_step=credits_by_step)
    before = major(sum(net.amount for net in nets), case.currency)
    nothing = Money(0, case.currency)
    used, noted = (found.used.get(step, nothing) for step in (Step.PREPAID, Step.CREDIT_NOTES))
    return {
        **dict.fromkeys(("credit_notes", "credit_notes_used"), noted),
        **dict.fromkeys(("prepaid_credits", "prepaid_used", "wallet_used"), used),
        "credit_notes_remaining": credits_by_step.get(Step.CREDIT_NOTES, nothing) - noted,
        **dict.fromkeys(("prepaid_remaining", "wallet_remaining"), credits_by_step.get(Step.PREPAID, nothing) - used),
        "subtotal": before,
        "discount": before - found.line_total,
        "taxable": found.net,
        "subtotal_excl": found.net,
        "after_credits": found.net - used,
        "tax": found.tax,
        "subtotal_incl": found.gross,
        "total": found.payable,
    }


def rate_told(case: Case, net: Fraction) -> Any:
    """The rate of a tax: told, or what a told tax is of an amount, where a percentage says it."""
    if case.has("tax_rate_pct") or not case.told("tax") or not net:
        return case.take("tax_rate_pct", default=0)
    rate = case.money("tax").amount * _PERCENT / net
    if not terminates(rate):
        raise NotUnderstood(reason="No percentage makes the tax that is told.")
    return rate


def is_set_off(name: str) -> bool:
    """Whether an input is something that lowers an invoice."""
    return any(word in name for word in ("coupon", "discount", "credit", "wallet", "paid", "payment"))


def named_lines(case: Case) -> list[Labelled]:
    """The lines of an invoice: in a list or by name, each under its place and its name."""
    told = case.take("lines", "line_items", default=None)
    if told is None:
        found = [(name, case.money(name).amount) for name in LINES if case.has(name) or case.has(f"{name}_cents")]
    elif isinstance(told, Mapping):
        found = [(str(name), number(size)) for name, size in told.items()]
    else:
        found = [named_line(row, place) for place, row in enumerate(told)]
    return [Labelled(size, labels_of(name, place)) for place, (name, size) in enumerate(found)]


def named_line(row: Any, place: int) -> tuple[str, Fraction]:
    """A line of a list: an amount, or an object with a name."""
    if isinstance(row, Mapping):
        return str(row.get("name", row.get("kind", place))), number(row["amount"])
    return str(place), number(row)


def labels_of(name: str, place: int) -> frozenset[str]:
    """What coupons may call a line."""
    kind = {"usage"} if "usage" in name.lower() else set[str]()
    return frozenset({name, str(place), *kind})


def coupons_of(case: Case) -> list[Discount]:
    """Coupons in lists or one by one, those of a line before those of all: an amount, an object, or `…_pct`."""
    found: list[Discount] = []
    for name in case.inputs:
        stem = name.removesuffix("_pct").removesuffix("_cents")
        if not any(word in stem for word in ("coupon", "discount")):
            continue
        value = case.take(name)
        narrow = frozenset({"usage"}) if any(word in stem for word in ("line", "item", "usage")) else frozenset[str]()
        if isinstance(value, Mapping | list):
            found += [scoped(row, case.currency, narrow) for row in (value if isinstance(value, list) else [value])]
        elif name.endswith("_pct"):
            found.append(Discount(percent=decimal(value), scope=narrow))
        else:
            found.append(Discount(amount=case.money(stem).amount, scope=narrow))
    return sorted(found, key=lambda one: not one.scope)


def scoped(row: Mapping[str, Any], currency: Currency, narrow: frozenset[str]) -> Discount:
    """A coupon that may say which line it is of."""
    on = next((row[name] for name in ("line", "on", "applies_to", "scope") if row.get(name) is not None), None)
    return coupon(row, currency, narrow if on is None else frozenset({str(on)}))


def with_coupons(case: Case) -> Outputs:
    """Fees with coupons of narrow and wide scope, and their taxes."""
    currency, policy = case.currency, policy_of(case)
    rows = fees_of(case)
    lines = [
        Labelled(
            minor(row["cents"], currency).amount, frozenset({f"sub {row.get('sub')}", f"metric {row.get('metric')}"})
        )
        for row in rows
    ]
    off = [Fraction(0)] * len(lines)
    for one in by_scope(coupon_rows(case)):
        left = [Labelled(line.amount - less, line.labels) for line, less in zip(lines, off, strict=True)]
        off = [less + more for less, more in zip(off, taken(one, left, case), strict=True)]
    nets = [
        NetLine(line.amount - less, tax_named("S", row["tax_pct"]))
        for line, less, row in zip(lines, off, rows, strict=True)
    ]
    found = add_up(nets, currency, policy=policy)
    per_major = currency.minor_per_major
    exact = sum((Fraction(line.net) * Fraction(line.tax.percent) for line in nets), Fraction(0))
    base = sum((Fraction(line.net) for line in nets), Fraction(0))
    return {
        **dict.fromkeys(("taxes_rate", "tax_rate"), exact / base if base else Fraction(0)),
        "coupon_share_cents": [less * per_major for less in off],
        "fee_tax_cents": list(found.line_taxes),
        "fees_cents": round_money(sum(line.amount for line in lines), currency, HALF_UP),
        **dict.fromkeys(("coupons_cents", "coupon_cents"), round_money(sum(off), currency, HALF_UP)),
        "subtotal_cents": found.net,
        "taxes_cents": found.tax,
        "total_cents": found.gross,
    }


def fees_of(case: Case) -> Sequence[Mapping[str, Any]]:
    """The fees of an invoice: objects with a tax of their own, or amounts that bear one tax."""
    rows = case.take("fees", default=None)
    if rows is not None and all(isinstance(row, Mapping) for row in rows):
        return [{"tax_pct": row.get("tax_rate_pct", 0), **row} for row in rows]
    percent = case.take("tax_rate_pct", default=0)
    return [{"cents": one.minor, "tax_pct": percent} for one in told_amounts(case, "fees")]


def coupon_rows(case: Case) -> list[Mapping[str, Any]]:
    """The coupons of an invoice: objects, amounts, or one of them alone."""
    if isinstance(told := case.take("coupons", default=None), list) and all(isinstance(one, Mapping) for one in told):
        return told
    percents = [{"pct": case.take("coupon_pct")}] if case.has("coupon_pct") else []
    sums = [{"cents": one.minor} for name in ("coupons", "coupon") for one in told_amounts(case, name)]
    return [*percents, *sums]


def by_scope(coupons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Coupons of metrics first, then of a subscription, then of everything; as written otherwise."""
    return sorted(coupons, key=lambda row: 0 if "metrics" in row else 1 if "sub" in row else 2)


def taken(row: Mapping[str, Any], lines: Sequence[Labelled], case: Case) -> tuple[Fraction, ...]:
    """What one coupon takes off each line, with as many places as the source keeps."""
    kept = next((places for name, places in KEPT_PLACES.items() if name in case.source.lower()), None)
    places = None if kept is None else kept + case.currency.exponent
    metrics = {f"metric {name}" for name in row.get("metrics", ())}
    scope = {f"sub {row['sub']}"} if "sub" in row else set[str]()
    if metrics:
        scope.add("chosen")
        lines = [
            Labelled(line.amount, line.labels | {"chosen"} if metrics & line.labels else line.labels) for line in lines
        ]
    return shares(lines, [coupon(row, case.currency, frozenset(scope))], places=places)


def progressive(case: Case) -> Outputs:
    """Usage that is invoiced when it passes a threshold, and set off against the invoice of the period."""
    currency = case.currency
    thresholds = [*told_amounts(case, "thresholds"), *told_amounts(case, "threshold")]
    every = case.limit("recurring_threshold", "recurring")
    events = case.take("usage_events_cents", "usage_events")
    before = used = case.money("lifetime_usage", default=0)
    invoiced = used
    early: list[tuple[str, Money]] = []
    in_cents = case.has("usage_events_cents")
    for on, size in events:
        used += minor(size, currency) if in_cents else major(number(size), currency)
        if passed(thresholds, every, invoiced, used):
            early.append((day(on).isoformat(), used - invoiced))
            invoiced = used
    fees = used - before + portion(case.money("subscription", default=0), served(case), HALF_UP)
    billed = invoiced - before
    found = add_up([NetLine(fees.amount, Tax("S", Decimal(0)))], currency, credits_by_step={Step.PAYMENTS: billed})
    values = {
        "period_fees": fees,
        "progressive_credit": found.used[Step.PAYMENTS],
        "period_total": found.payable,
    }
    return {
        **{f"invoice_on_{on.replace('-', '_')}_cents": amount for on, amount in early},
        "invoices": [[on, amount.minor if in_cents else amount] for on, amount in early],
        "invoices_cents": [[on, amount] for on, amount in early],
        **values,
        **{f"{name}_cents": value for name, value in values.items()},
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


SHAPES: Final[tuple[tuple[str, Adapter], ...]] = (
    ("fees", with_coupons),
    ("plans", consolidated),
    ("fee", taxes_of_a_fee),
    ("progressive_invoices", set_off_against_charges),
    ("thresholds", progressive),
    ("threshold", progressive),
    ("fraction", change_and_next),
)
"""Which input says which kind of example it is; the first that is there counts."""
