"""The trial balance, and profit and loss, each currency by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from itertools import groupby
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.money import Currency, Money, total
from caudal.kit.access import Verb, require
from caudal.kit.pages import actor_of, needs
from caudal.ledger import queries
from caudal.ledger.models import Account
from caudal.ledger.queries import Balance, IncomeStatement, Movement
from caudal.ledger.views.costs import form_of, posted
from caudal.ledger.views.periods import Choice, Stretch, chosen, stretch_of, stretch_said, up_to
from caudal.ui.formats import money_text, reader_locale
from caudal.ui.tables import Column, Row, Table, linked, query

Told: TypeAlias = tuple[Stretch, IncomeStatement]


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What one currency says: a sentence, and its tables."""

    currency: str
    told: str
    before: str
    tables: Sequence[Table]


@needs("entry")
@require_GET
def balances(request: HttpRequest) -> HttpResponse:
    """Show what every account held before a period, what moved, and what it holds after it."""
    choice = chosen(request)
    found = queries.movements(actor_of(request), choice.period.days, entity_id=choice.entity_id)
    parts = [
        InCurrency(code, "", "", [balanced(Currency(code), list(some), choice)])
        for code, some in groupby(found, key=lambda each: each.opening.currency.code)
    ]
    context = {"title": _("Trial balance"), "choice": choice, "parts": parts}
    return render(request, "ledger/balances.html", context)


@needs("entry")
@require_http_methods(["GET", "POST"])
def income(request: HttpRequest) -> HttpResponse:
    """Show what was earned and spent in a period, beside the period before; post a cost where one is sent."""
    form, status = form_of(request), HTTPStatus.OK
    if request.method == "POST":
        require(actor_of(request), "entry", Verb.CREATE)
        answer = posted(request, form) if form else None
        if answer is not None:
            return answer
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    actor, choice = actor_of(request), chosen(request)
    said = stretch_said(request)
    stretches = [said] if said else [stretch_of(choice.period), stretch_of(choice.compared)]
    found = [(each, queries.income_statement(actor, each.days, entity_id=choice.entity_id)) for each in stretches]
    currencies = sorted({currency for _, each in found for currency in each.result})
    context = {
        "title": _("Profit and loss"),
        "choice": choice,
        "stretch": said.words if said else "",
        "here": reverse("ledger:income") + query(choice.kept),
        "parts": [in_currency(each, found, choice) for each in currencies],
        "form": form,
        "compares": True,
    }
    return render(request, "ledger/income.html", context, status=status)


def balanced(currency: Currency, found: Sequence[Movement], choice: Choice) -> Table:
    """Return the trial balance of a currency, with sums that must be zero and alike."""
    columns = [
        Column(_("Account"), line=1),
        Column(_("Type"), line=2),
        Column(_("Opening balance"), kind="money", currency=currency.code, line=0),
        Column(_("Debit"), kind="money", currency=currency.code, line=2),
        Column(_("Credit"), kind="money", currency=currency.code, line=3),
        Column(_("Balance"), kind="money", currency=currency.code, line=1),
    ]
    moved, closed = stretch_of(choice.period), up_to(choice.period.days.last)
    opened = up_to(choice.period.days.start - timedelta(days=1))

    def led(each: Movement) -> list[object]:
        here = moved.account_href(each.account, choice)
        return [
            linked(each.opening, opened.account_href(each.account, choice)),
            linked(each.debit, here) if each.debit else None,
            linked(each.credit, here) if each.credit else None,
            linked(each.closing, closed.account_href(each.account, choice)),
        ]

    rows = [
        Row(
            cells=[named(each.account), each.account.get_nature_display(), *led(each)],
            href=moved.account_href(each.account, choice),
        )
        for each in found
    ]
    sums = [
        total((getattr(each, name) for each in found), currency) for name in ("opening", "debit", "credit", "closing")
    ]
    return Table(
        columns, rows, [_("Total"), "", *sums], caption=_("Trial balance in %(currency)s") % {"currency": currency}
    )


def in_currency(currency: Currency, found: Sequence[Told], choice: Choice) -> InCurrency:
    """Return what was earned and spent in a currency."""
    zero = Money.zero(currency)
    result, *before = [each.result.get(currency, zero) for _, each in found]
    words = _("A loss of %(amount)s") if result < zero else _("A profit of %(amount)s")
    tables = [
        parted(title, currency, [(stretch, getattr(each, name)) for stretch, each in found], choice)
        for title, name in ((_("Earned"), "income"), (_("Spent"), "expenses"))
    ]
    return InCurrency(
        currency.code,
        words % {"amount": told(abs(result))},
        told(before[0]) if before else "",
        [each for each in tables if each.rows],
    )


def parted(title: str, currency: Currency, found: Sequence[tuple[Stretch, Sequence[Balance]]], choice: Choice) -> Table:
    """Return one side of profit and loss by account, each amount with the way to its lines, and the sums."""
    amounts = [{each.account: each.natural for each in some if each.amount.currency == currency} for _, some in found]
    stretches, zero = [stretch for stretch, _ in found], Money.zero(currency)
    accounts = sorted({account for some in amounts for account in some}, key=lambda each: each.code)
    rows = [
        Row(
            cells=[
                named(each),
                *(
                    linked(some.get(each, zero), stretch.account_href(each, choice))
                    for stretch, some in zip(stretches, amounts, strict=True)
                ),
            ],
            href=stretches[0].account_href(each, choice),
        )
        for each in accounts
    ]
    columns = [
        Column(title, line=1),
        *(
            Column(each.words, kind="money", currency=currency.code, line=place)
            for place, each in enumerate(stretches, start=1)
        ),
    ]
    sums = [total(some.values(), currency) for some in amounts]
    caption = _("%(part)s in %(currency)s") % {"part": title, "currency": currency}
    return Table(columns, rows, [_("Total"), *sums], caption=caption, caption_hidden=False)


def named(account: Account) -> str:
    """Return an account by code and name."""
    return f"{account.code} {account.label(get_language() or 'en')}"


def told(money: Money) -> str:
    """Return an amount in the reader's words."""
    return money_text(money.amount, money.currency.code, reader_locale())


def amounts_told(amounts: Iterable[Money]) -> SafeString:
    """Return amounts of several currencies in one cell."""
    return format_html_join(" + ", "{}", ((told(each),) for each in amounts))
