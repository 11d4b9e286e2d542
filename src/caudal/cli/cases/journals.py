"""Examples of the ledger: transfers, their correction, and exchanges of currencies."""

from datetime import date
from typing import Final

from caudal.cli.cases.invoices import HALF_UP
from caudal.cli.cases.ledgers import ORDINALS, WHOLE_UNITS
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, day, minor, number
from caudal.core.journal import balances, is_balanced, move
from caudal.core.money import Currency, FxRate, Money, convert, currencies, portion

_PERCENT: Final = 100


def ledger(case: Case) -> Outputs:
    """Transfers and what they come to, their correction by opposite ones, or an exchange of currencies."""
    if case.has("rate"):
        return exchanged(case)
    if case.has("transfers"):
        return transferred(case)
    share = case.number("reduce_pct") / _PERCENT
    today = day("2023-01-01")
    entries = [
        move(Money(int(number(size)), WHOLE_UNITS), debit=str(source), credit=str(target), day=today)
        for source, target, size in case.take("original")
    ]
    undone = []
    left: list[Output] = []
    for number_of, entry in enumerate(entries):
        debit, credit = entry.postings
        part = portion(debit.amount, share, HALF_UP)
        left.append((debit.amount - part).minor)
        if part:
            smaller = move(part, debit=debit.account, credit=credit.account, day=today)
            undone.append(smaller.reversed(today, f"#{number_of}"))
    rows = [[one.postings[1].account, one.postings[0].account, abs(one.postings[0].amount).minor] for one in undone]
    return {
        **{f"{name}_reversal": row for name, row in zip(ORDINALS, rows, strict=False)},
        "reversals": rows,
        **dict.fromkeys(("net", "corrected"), left),
    }


def transferred(case: Case) -> Outputs:
    """Transfers from an account that is debited to one that is credited, and what all accounts come to."""
    entries = [
        move(Money(int(number(size)), WHOLE_UNITS), debit=str(debit), credit=str(credit), day=date(2023, 1, 1))
        for debit, credit, size in case.take("transfers")
    ]
    sides: dict[str, dict[str, Money]] = {"debits": {}, "credits": {}}
    for posting in (posting for entry in entries for posting in entry.postings):
        sums = sides["debits" if posting.amount.minor > 0 else "credits"]
        sums[posting.account] = sums.get(posting.account, Money(0, WHOLE_UNITS)) + abs(posting.amount)
    left = {account: amount for (account, _), amount in balances(entries).items()}
    return {**sides, "balances": left, "balanced": is_balanced(entries, WHOLE_UNITS)}


def is_currency(name: str) -> bool:
    """Whether a name is the code of a currency."""
    return name.upper() in {one.code for one in currencies()}


def exchanged(case: Case) -> Outputs:
    """An amount sold for another currency at a rate; without a decimal point it is in minor units, as in a ledger."""
    told = case.take("amount", "amount_cents", "send", default=None)
    if told is None:  # the amount bears the name of its currency, and so does what it becomes
        named_sums = [[name.upper(), case.take(name)] for name in case.inputs if is_currency(name)]
        told = named_sums[0] if named_sums else case.take("amount")
    source, size = (str(told[0]), told[1]) if isinstance(told, list) else (str(case.take("from", "base")), told)
    becomes = next((name for name in case.stated if is_currency(name)), None)
    target = Currency(str(case.take("to", "quote", "receive", default=becomes)).upper())
    whole = "." not in str(size) or case.has("amount_cents")
    sold = minor(size, Currency(source)) if whole else Money.of(str(size), source)
    rate = FxRate.of(source, target.code, date(2023, 1, 1), str(case.take("rate")))
    bought = convert(sold, rate=rate, to=target, rounding=HALF_UP)
    named = {"converted": bought, "bought": bought, target.code.lower(): bought}
    fee = fee_of(case, sold.currency)
    legs = [[sold.currency.code, "A1", "L1", sold.minor], [target.code, "L2", "A2", bought.minor]]
    if fee is not None:
        legs.insert(1, [sold.currency.code, "A1", "L1", fee.minor])
    ledgers = any(len(row) == len(legs[0]) for row in case.stated.get("transfers", ()))
    transfers: Output = [[*leg] if ledgers else [*leg[1:]] for leg in legs]
    return {
        **named,
        "amount": bought,
        "integers": [leg[-1] for leg in legs],
        "source_amount": sold.minor,
        "destination_amount": bought.minor,
        "transfers": transfers,
        **({} if fee is None else {"fee": fee, "spread": fee, "debited": sold + fee}),
    }


def fee_of(case: Case, currency: Currency) -> Money | None:
    """What an exchange costs besides: a transfer of its own, so that the rate stays what it was; None without one."""
    told = case.take("spread", "fee", default=None)
    if told is None:
        return None
    code, size = told if isinstance(told, list) else (currency.code, told)
    if str(code).upper() != currency.code:
        raise NotUnderstood(reason="The fee is of another currency than what is sold.")
    return Money.of(str(size), currency.code) if "." in str(size) else minor(size, currency)
