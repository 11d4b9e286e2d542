"""Examples of what single events do to revenue: a tax, a payment, an overdue debt, a dispute, a credit note."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from caudal.cli.cases.invoices import told_amounts
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, decimal, major
from caudal.core.journal import Entry, balance_of, move
from caudal.core.money import Money, Rounding, portion, total
from caudal.core.periods import Days
from caudal.core.pricing import tax_of
from caudal.core.recognition import Prepaid, Recognition

HALF_UP: Final = Rounding.HALF_UP
_PERCENT: Final = 100
_ONE_DAY: Final = timedelta(days=1)
SOME_DAY: Final = date(2023, 1, 1)
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def told(entries: list[Entry], case: Case) -> Outputs:
    """What entries leave on the accounts: what is owed to others and revenue as positive sums."""
    assets = {name: balance_of(entries, name, case.currency) for name in ("receivable", "cash", "unbilled")}
    owed = {
        name: -balance_of(entries, account, case.currency)
        for name, account in (("revenue", "revenue"), ("tax_liability", "tax"), ("deferred", "deferred"))
    }
    values: dict[str, Output] = {**assets, **owed}
    keys = ("recognized", "contra_revenue", "revenue_impact", "impact", "recognized_impact")
    return {**values, **dict.fromkeys(keys, owed["revenue"])}


def net_and_tax(case: Case) -> tuple[Money, Money]:
    """What an invoice comes to before tax, and its tax: told, or worked out of the rate."""
    names = ("service_fee", "service", "fee", "net", "pre_tax", "revenue", "amount", "subscription")
    gross = case.limit("invoice_total", "gross", "total")
    percent = decimal(case.take("tax_rate_pct", default=0))
    if any(case.told(name) for name in names):
        net = case.money(*names)
    elif gross is not None and case.told("tax"):
        net = gross - case.money("tax")
    elif gross is not None:
        net = major(gross.amount * _PERCENT / (_PERCENT + Fraction(percent)), case.currency)
    else:
        raise NotUnderstood(reason="No amount of an invoice is told.")
    if case.told("tax") and gross is None:
        return net, case.money("tax")
    return net, tax_of(net, percent, HALF_UP) if gross is None else gross - net


def taxed(case: Case) -> Outputs:
    """An invoice: only what is before its tax becomes revenue, and the tax is owed to others."""
    net, tax = net_and_tax(case)
    entries = [move(net, debit="receivable", credit="revenue", day=SOME_DAY)]
    entries += [move(tax, debit="receivable", credit="tax", day=SOME_DAY)] if tax else []
    return {**told(entries, case), "tax": tax, "service_fee": net, "invoice_total": net + tax, "total": net + tax}


def disputed(case: Case) -> Outputs:
    """A dispute that was lost: revenue and tax are taken back against cash, on the day on which it was lost."""
    net, tax = net_and_tax(case)
    for name in ("dispute_lost", "lost_on", "service", "date"):
        case.take(name, default=None)
    entries = [move(net, debit="revenue", credit="cash", day=SOME_DAY)]
    entries += [move(tax, debit="tax", credit="cash", day=SOME_DAY)] if tax else []
    return {**told(entries, case), "tax_reversal": -tax, "tax": -tax}


def after_coupon(case: Case) -> Outputs:
    """What a coupon takes off is never revenue."""
    whole = case.money("amount")
    off = case.money("coupon") if case.told("coupon") else portion(whole, case.number("coupon_pct") / _PERCENT, HALF_UP)
    net = whole - off
    return dict.fromkeys(("recognized", "revenue", "amount", "total"), net)


def in_all(case: Case) -> Outputs:
    """What a period brings: subscription and usage, what makes up for a minimum, less what credit notes take away."""
    parts = {name: case.money(name) for name in ("subscription", "usage", "true_up") if case.told(name)}
    note = case.money("credit_note", default=0)
    entries = [move(part, debit="receivable", credit="revenue", day=SOME_DAY) for part in parts.values() if part]
    entries += [move(note, debit="revenue", credit="receivable", day=SOME_DAY)] if note else []
    whole = -balance_of(entries, "revenue", case.currency)
    named: dict[str, Output] = {**parts, "credit_note": -note, "total": whole}
    by_name = isinstance(case.stated.get("recognized"), dict)
    return {**named, "revenue": whole, "recognized": named if by_name else whole}


def invoiced_and_paid(case: Case) -> Outputs:
    """An amount that is invoiced in advance and paid, of which each day of its service becomes revenue."""
    amount, payment = case.money("amount"), case.money("payment")
    service = Days(SOME_DAY, SOME_DAY + int(case.number("days")) * _ONE_DAY)
    entries = [
        move(amount, debit="receivable", credit="deferred", day=SOME_DAY),
        move(payment, debit="cash", credit="receivable", day=SOME_DAY),
    ]
    first = Recognition(amount, service).recognised(SOME_DAY + _ONE_DAY)
    return {**told(entries, case), "daily": amount.amount / service.count, "first_day": first}


def overdue(case: Case) -> Outputs:
    """An invoice that is overdue: a provision for what is unpaid of it before tax, and revenue stays as it is."""
    net, tax = net_and_tax(case)
    paid = case.money("paid", default=0)
    case.take("overdue", "due", "date", default=None)
    unpaid = portion(net, 1 - Fraction(paid.minor, (net + tax).minor), HALF_UP) if net + tax else net
    kept = dict.fromkeys(("recognized", "revenue"), net)
    return {**kept, **dict.fromkeys(("provision", "bad_debt", "allowance"), unpaid), "revenue_impact": net - net}


def paid(case: Case) -> Outputs:
    """A payment: it moves what is owed to cash, and no revenue."""
    if case.told("payments"):
        return paid_in_parts(case)
    amount = case.money("payment", "paid", "amount")
    for name in ("invoice", "paid_on", "date"):
        case.take(name, f"{name}_cents", default=None)
    entries = [move(amount, debit="cash", credit="receivable", day=SOME_DAY)]
    return told(entries, case)


def paid_in_parts(case: Case) -> Outputs:
    """Several payments of one invoice: what is open after each of them."""
    owed = case.money("invoice", "amount", "total")
    payments = told_amounts(case, "payments")
    left = [owed - total(payments[: count + 1], case.currency) for count in range(len(payments))]
    entries = [move(one, debit="cash", credit="receivable", day=SOME_DAY) for one in payments]
    return {**told(entries, case), **dict.fromkeys(("receivable", "open", "left"), left)}


def contra(case: Case) -> Outputs:
    """A credit note takes revenue away on the day on which it is issued, and nothing that was earned before."""
    if not case.told("credit_note"):
        return without_its_invoice(case)
    note = case.money("credit_note")
    taken = told([move(note, debit="revenue", credit="receivable", day=SOME_DAY)], case)
    amount, on = case.limit("amount", "invoice", "invoiced"), case.take(*NOTED_ON, default=None)
    for name in ("period_days", "start", "end"):
        case.take(name, default=None)
    found: dict[str, Output] = {**taken, "credit_note": -note}
    if amount is None or on is None or not any(case.has(name) for name in ("days", "period_days")):
        return found
    begun = case.day("start") if case.has("start") else case.day(*NOTED_ON).replace(day=1)
    service = Days(begun, begun + int(case.number("days", "period_days")) * _ONE_DAY)
    before = Recognition(amount, service).recognised(case.day(*NOTED_ON))
    whole = amount - note
    month = MONTHS[begun.month - 1]
    return {
        **found,
        **dict.fromkeys(("recognized_before", "recognized_before_note", "recognized_to_date"), before),
        **dict.fromkeys(("total", "net_total", "net_revenue", f"{month}_total"), whole),
    }


def without_its_invoice(case: Case) -> Outputs:
    """A credit note of which only its amount before tax, and its tax, are told."""
    net, tax = net_and_tax(case)
    entries = [move(net, debit="revenue", credit="receivable", day=SOME_DAY)]
    entries += [move(tax, debit="tax", credit="receivable", day=SOME_DAY)] if tax else []
    return {**told(entries, case), "credit_note": -net, "tax": -tax, "total": -net - tax}


NOTED_ON: Final = ("credit_note_on", "credit_note_date", "issued_on", "date", "day")
"""What sources call the day of a credit note."""


def prepaid(case: Case) -> Outputs:
    """Prepaid money that becomes revenue as it is used up."""
    amount = case.money("top_up", "prepaid", default=0)
    if any(isinstance(case.inputs.get(name), list) for name in ("consumed", "consumed_cents")):
        return bit_by_bit(case, amount)
    used = case.money("consumed", "used")
    if granted := case.limit("granted"):
        return given_away(granted, used, amount)
    expired = bool(case.take("expired", default=False))
    recognised = Prepaid(amount).recognised(used.minor, amount.minor, HALF_UP, expired=expired)
    breakage = recognised - min(used, amount)
    return {
        **dict.fromkeys(("balance", "credit_balance", "remaining"), amount - recognised),
        "recognized": recognised,
        "liability": amount - recognised,
        "breakage": breakage,
    }


def bit_by_bit(case: Case, amount: Money) -> Outputs:
    """Prepaid money that is used up in several steps: what each of them makes revenue, and what is left after it."""
    steps, whole = told_amounts(case, "consumed"), Prepaid(amount)
    reached = [total(steps[: count + 1], case.currency) for count in range(len(steps))]
    earned = [whole.recognised(used.minor, amount.minor, HALF_UP) for used in reached]
    before = [Money(0, case.currency), *earned]
    if not any(isinstance(value, list) for value in case.stated.values()):
        last = earned[-1] if earned else Money(0, case.currency)
        return {"recognized": last, **dict.fromkeys(("balance", "remaining", "liability"), amount - last)}
    left: Output = [amount - so_far for so_far in earned]
    to_date: Output = list(earned)
    return {
        "recognized": [now - then for then, now in zip(before, earned, strict=False)],
        **dict.fromkeys(("to_date", "recognized_to_date"), to_date),
        **dict.fromkeys(("balance", "balances", "credit_balance", "remaining", "liability"), left),
    }


def given_away(granted: Money, used: Money, bought: Money) -> Outputs:
    """Credits that nobody paid for: what is used of them is revenue that is given up again."""
    if bought:
        raise NotUnderstood(reason="Which credits are used first is not told.")
    covered = min(granted, used)
    return {
        "recognized": used,
        **dict.fromkeys(("contra_revenue", "free_credits"), -covered),
        **dict.fromkeys(("net", "net_revenue"), used - covered),
        "liability": bought,
        "left": granted - covered,
    }
