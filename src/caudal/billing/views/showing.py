"""What pages about money are made of: tables with what is said of them, facts, and forms with their buttons."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from caudal.billing.forms.payments import between
from caudal.billing.models import Customer, Invoice, Payment, Settlement, SettlementSort
from caudal.core.money import Currency, Money
from caudal.kit.forms import kept
from caudal.kit.panels import page_of
from caudal.ui.tables import Column, Row, Table


@dataclass(frozen=True, slots=True)
class Part:
    """A table under its title, or what is said instead of it."""

    title: str = ""
    table: Table | None = None
    nothing: str = ""
    note: str = ""
    id: str = ""
    """Where sums of the page lead that it explains."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact beside a page: an amount, a day, or words that may lead somewhere. A sum leads to what it is made of."""

    label: str
    text: str = ""
    money: Money | None = None
    day: date | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that can be done: what is typed, and the buttons by the name of what they do."""

    title: str
    forms: tuple[forms.Form, ...]
    buttons: Sequence[tuple[str, str, bool]]
    why: str = ""


def show(request: HttpRequest, said: dict[str, Any], doings: Iterable[Doing] = ()) -> HttpResponse:
    """Answer with a page about money; one whose form was refused says so."""
    listed = list(doings)
    wrong = any(form.is_bound and form.errors for doing in listed for form in doing.forms)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "billing/money.html", {"doings": listed} | said, status=status)


def carried_out(form: forms.Form, act: Callable[[], str]) -> HttpResponse | None:
    """Do what a form asks for as a whole and lead on; a refusal is told in the form, and None returned."""
    href = kept(form, act)
    return redirect(href) if href and not form.errors else None


def customer_told(customer: Customer) -> Told:
    """Return the customer as a fact."""
    return Told(gettext("Customer"), customer.name, href=page_of(customer.ref))


def settled_table(row: Invoice | Payment, rows: Iterable[Settlement]) -> Table:
    """Return the way from what a document or a payment was for to what is open of it."""
    columns = [
        Column(gettext("What"), line=1),
        Column(gettext("Document"), line=3),
        Column(gettext("Day"), kind="date", line=2),
        Column(gettext("Why"), line=0),
        Column(gettext("Amount"), kind="money", line=1),
    ]
    currency = Currency(row.currency)
    whole = row.amount_minor if isinstance(row, Payment) else row.gross_minor
    day = row.day if isinstance(row, Payment) else row.issue_day
    name = row.reference if isinstance(row, Payment) else row.number
    first = Row(cells=[gettext("The whole amount"), name, day, "", Money(whole, currency)], href=page_of(row.ref))
    left = [gettext("Still open"), "", None, "", Money(row.open_minor, currency)]
    caption = gettext("From the whole amount to what is open")
    return Table(columns, [first, *(_settled_row(each) for each in rows)], left, caption=caption)


def _settled_row(row: Settlement) -> Row:
    words = str(SettlementSort(row.sort).label)
    if row.undoes_id:
        words = gettext("Undone: %(what)s") % {"what": words}
    document = row.invoice or row.credit_note
    return Row(
        cells=[words, between(row), row.day, row.reason, Money(-row.minor, Currency(row.currency))],
        href=page_of(document.ref) if document else "",
    )
