"""Examples of credit notes: what is given back of a line or of a whole invoice, after its coupons and with its tax."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from caudal.cli.cases.invoices import HALF_UP, grain_of, told_amounts
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, decimal, minor
from caudal.core.money import Money, portion, total
from caudal.core.periods import CalendarPeriod, Days
from caudal.core.pricing import Share, Taxed, credit, tax_of

_PERCENT: Final = 100
_ONE_DAY: Final = timedelta(days=1)
BY_ITSELF: Final = ("lago",)
"""Sources by whose tests every note is taxed by itself, and the last one takes what is left."""


@dataclass(slots=True)
class Given:
    """A line that notes give back piece by piece: its price, what coupons took of it, and its tax at a rate."""

    price: Money
    coupons: Money
    tax: Money
    share: Share
    paid: Money | None = None
    notes: list[Taxed] = field(default_factory=list)
    asked: list[Money] = field(default_factory=list)

    def give_back(self, asked: Money) -> Taxed:
        """A note on a piece of the price: what was paid of it after coupons, to the cent of all pieces together."""
        self.asked.append(asked)
        line = Taxed(self.price - self.coupons, self.tax)
        reached = total(self.asked, asked.currency)
        kept = 1 - taken_by_coupons(self)
        before = total((note.net for note in self.notes), asked.currency)
        note = credit(
            line, portion(reached, kept, HALF_UP) - before, credited=self.notes, rounding=HALF_UP, share=self.share
        )
        self.notes.append(note)
        return note

    @property
    def left(self) -> Money:
        """What of the price no note has given back."""
        return self.price - total(self.asked, self.price.currency)


def credit_note(case: Case) -> Outputs:
    """What is given back: of the days that were not used, of an invoice as a whole, or of single fees of it."""
    if case.has("fees"):
        return of_fees(case)
    if case.has("invoice"):
        return of_an_invoice(case)
    given = line_of(case, case)
    if case.told("credit_items") and not case.told("items"):
        return shown(given, [given.give_back(one) for one in told_amounts(case, "credit_items")])
    if case.told("items"):
        return shown(given, [given.give_back(one) for one in told_amounts(case, "items")])
    already = case.money("already_credited", default=0)
    return shown(given, [given.give_back(unused(case, given.price) - already)])


def line_of(told: Case, case: Case) -> Given:
    """The line of an example, of an invoice or of a fee."""
    several = next((name for name in ("items", "fees") if isinstance(told.inputs.get(f"{name}_cents"), list)), "items")
    if told.told(several):
        price = total(told_amounts(told, several), told.currency)
    else:
        price = amount_of(told, "fees", "amount", "net", "fee", "price", "plan")
    coupons = told.money("coupons", "coupon", "coupons_amount", default=0)
    percent = decimal(told.take("tax_rate_pct", "tax_pct", default=case.take("tax_rate_pct", "tax_pct", default=0)))
    tax = told.limit("tax", "invoice_tax") or tax_of(price - coupons, percent, HALF_UP)
    by_itself = any(name in case.source.lower() for name in BY_ITSELF)
    paid = case.limit("paid", "paid_amount")
    return Given(price, coupons, tax, Share.OWN if by_itself else Share.RUNNING, paid)


def amount_of(told: Case, *names: str) -> Money:
    """An amount by its names, or as `cents` alone."""
    return minor(told.take("cents"), told.currency) if told.has("cents") else told.money(*names)


def unused(case: Case, price: Money) -> Money:
    """What of a price paid in advance is for days that were not used, and that no trial gave away."""
    if case.has("unused_days"):
        return portion(price, case.number("unused_days") / case.number("period_days"), HALF_UP)
    if case.has("days_used") or case.has("period_days"):
        return portion(price, 1 - case.number("days_used") / case.number("period_days"), HALF_UP)
    ended = case.day("terminated")
    whole = case.days("period") if case.has("period") else month_of(case)
    first = ended + _ONE_DAY
    if case.has("trial_days"):
        first = max(first, case.day("start", "subscribed") + timedelta(days=int(case.number("trial_days"))))
    return portion(price, whole.share(Days(min(max(first, whole.start), whole.end), whole.end)), HALF_UP)


def month_of(case: Case) -> Days:
    """The calendar period of an interval in which a subscription ends; a month where none is told."""
    return CalendarPeriod.of(grain_of(str(case.take("interval", default="month"))), case.day("terminated")).days


def of_an_invoice(case: Case) -> Outputs:
    """Notes on a whole invoice, one after the other where each has its own figures, or one of several items."""
    inner = case.take("invoice")
    given = line_of(case.row(inner), case)
    asked = told_amounts(case, "credit_items") or told_amounts(case, "credit_item")
    if not asked:
        raise NotUnderstood(reason="No item is credited.")
    if not any(isinstance(case.stated.get(key), list) for key in ("tax_cents", "total_cents", "tax", "total")):
        asked = [total(asked, case.currency)]
    return shown(given, [given.give_back(one) for one in asked])


def of_fees(case: Case) -> Outputs:
    """One note on some fees of an invoice, each with its own coupons and its own tax."""
    inner = [
        Case(case.id, case.source, case.topic, {**row, "currency": case.currency.code}) for row in case.take("fees")
    ]
    lines = [line_of(one, case) for one in inner]
    rows: list[Mapping[str, Any]] = case.take("credit_items")
    found, back = [], []
    for row in rows:
        one = Case(case.id, case.source, case.topic, {**row, "currency": case.currency.code})
        place = int(one.number("fee", "line")) - 1
        if not 0 <= place < len(lines):
            raise NotUnderstood(reason=f"There is no fee {place + 1}.")
        back.append(amount_of(one, "amount"))
        found.append(lines[place].give_back(back[-1]))
    net, tax = (total(parts, case.currency) for parts in ((one.net for one in found), (one.tax for one in found)))
    shown_note = figures(Taxed(net, tax), total(back, case.currency) - net)
    paid = case.money("paid", default=0)
    return {
        **shown_note,
        **dict.fromkeys(("max_refundable", "max_refundable_cents"), min(paid, net + tax)),
        "taxes_rate": Fraction(tax.minor * _PERCENT, net.minor) if net else Fraction(0),
    }


def shown(given: Given, notes: list[Taxed]) -> Outputs:
    """The figures of one note and of the next one that gives back all the rest, or of several notes."""
    if len(notes) > 1:
        taxes, nets, sums = ([getattr(note, name) for note in notes] for name in ("tax", "net", "gross"))
        listed: dict[str, Output] = {
            **dict.fromkeys(("tax_cents", "credit_note_tax_cents"), taxes),
            **dict.fromkeys(("total_cents", "credit_note_total_cents"), sums),
            **dict.fromkeys(("excl_cents", "item_cents", "credit_note_excl_cents"), nets),
            "sum_tax_cents": total(taxes, given.price.currency),
            "sum_total_cents": total(sums, given.price.currency),
            "invoice_tax_cents": given.tax,
            "invoice_total_cents": given.price - given.coupons + given.tax,
        }
        return {**listed, **{name.removesuffix("_cents"): value for name, value in listed.items()}}
    (note,) = notes
    off = portion(given.asked[0], taken_by_coupons(given), HALF_UP)
    rest = given.give_back(given.left)
    named = {"remaining_item": rest.net, "remaining_tax": rest.tax, "remaining_total": rest.gross}
    paid = given.paid or note.gross - note.gross
    return {
        **figures(note, off),
        **dict.fromkeys(("max_refundable", "max_refundable_cents"), min(paid, note.gross)),
        "item_cents": given.asked[0],
        "item": given.asked[0],
        **named,
        **{f"{name}_cents": value for name, value in named.items()},
    }


def taken_by_coupons(given: Given) -> Fraction:
    """The share of a price that coupons took."""
    return Fraction(given.coupons.minor, given.price.minor) if given.price else Fraction(0)


def figures(note: Taxed, off: Money) -> dict[str, Output]:
    """The figures of a note: before tax, its tax, both, and what coupons had taken of what it gives back."""
    values = {
        **dict.fromkeys(("excl", "net", "item", "subtotal", "subtotal_excl"), note.net),
        "tax": note.tax,
        **dict.fromkeys(("total", "creditable", "max_creditable"), note.gross),
        **dict.fromkeys(("coupons_adjustment", "coupon_adjustment"), off),
    }
    return {**values, **{f"{name}_cents": value for name, value in values.items()}}
