"""The fields of invoices and credit notes, as lists know them. A credit note counts less than nothing."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db.models import BooleanField, Case, F, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caudal.billing.models import Invoice, InvoiceRun, InvoiceSort, InvoiceState
from caudal.billing.queries.documents import STATES, counted, invoices_with, overdue, standing, state_of
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb, may
from caudal.kit.shapes import FieldKind, Option, Reader, Shape, ShapeField
from caudal.workspace.queries import in_own_currency, legal_entities

STATE_WORDS: Final = (
    ("draft", pgettext_lazy("invoice", "Draft")),
    ("open", pgettext_lazy("invoice", "Open")),
    ("settled", pgettext_lazy("invoice", "Settled")),
    ("void", pgettext_lazy("invoice", "Void")),
)


def value_at(path: str) -> Callable[[Any], Any]:
    """Return what reads the value at the end of a path, None where there is nothing."""
    steps = path.split("__")

    def read(row: Any) -> Any:
        for step in steps:
            row = getattr(row, step, None)
            if row is None:
                return None
        return row if row != "" else None

    return read


def text(name: str, label: Any, *, path: str = "", **more: Any) -> ShapeField:
    """Return a field of words."""
    column = path or name
    return ShapeField(name=name, label=label, kind=FieldKind.TEXT, column=column, read=value_at(column), **more)


def day(name: str, label: Any, **more: Any) -> ShapeField:
    """Return a field that is a day, or an instant."""
    said: dict[str, Any] = {"kind": FieldKind.DATE, "order": name, "falls": True, "grouped": True}
    return ShapeField(name=name, label=label, column=name, read=value_at(name), **(said | more))


def choice(name: str, label: Any, choices: Sequence[tuple[str, Any]], **more: Any) -> ShapeField:
    """Return a field that is one of a closed set of values."""
    options = [Option(value, said) for value, said in choices]
    said: dict[str, Any] = {"column": name, "read": value_at(name), "grouped": True}
    return ShapeField(name=name, label=label, kind=FieldKind.CHOICE, options=lambda _reader: options, **(said | more))


def amount(name: str, label: Any, column: str) -> ShapeField:
    """Return an amount of documents: what is void counts nothing, and a credit note less than that.

    Nothing is open of a draft.
    """

    def parts(reader: Reader) -> tuple[Combinable, Combinable]:
        day = Coalesce(F("issue_day"), F("due_from"))
        minor = counted(f"{column}_minor")
        return in_own_currency(column, reader.currency, day, reader.today, currency="currency", minor=minor)

    def read(row: Invoice) -> Money | None:
        if row.state == InvoiceState.VOID or (column == "open" and row.state == InvoiceState.DRAFT):
            return None
        minor = getattr(row, f"{column}_minor")
        return Money(-minor if row.sort == InvoiceSort.CREDIT_NOTE else minor, Currency(row.currency))

    return ShapeField(
        name=name,
        label=label,
        kind=FieldKind.MONEY,
        column=lambda reader: parts(reader)[0],
        over=lambda reader: parts(reader)[1],
        money=column,
        currency="currency",
        minor=counted(f"{column}_minor"),
        read=read,
        order=f"{column}_minor",
        falls=True,
        summed=True,
        exact=True,
    )


def entities(reader: Reader) -> list[Option]:
    """Return the legal entities that documents may be of."""
    return [Option(str(each.ref), each.name) for each in legal_entities(reader.actor)]


def is_overdue(reader: Reader) -> Combinable:
    """Return the condition on documents that should have been paid before the reader's day."""
    return Case(
        When(overdue(reader.today), then=Value(value=True)), default=Value(value=False), output_field=BooleanField()
    )


def sees_runs(actor: Actor) -> bool:
    """Say whether somebody may know of the runs that wrote documents."""
    return may(actor, InvoiceRun.kind, Verb.VIEW)


INVOICES: Final = Shape(
    model=Invoice,
    order="-issue_day",
    search=invoices_with,
    with_names=lambda rows: rows.select_related("customer", "entity", "run"),
    fields=(
        text("number", _("Number"), order="number", identifies=True),
        ShapeField(
            name="customer",
            label=_("Customer"),
            kind=FieldKind.LINK,
            link="customer",
            column="customer_id",
            read=value_at("customer"),
            order="customer__name",
        ),
        text("customer.name", _("Customer's name"), path="customer__name", listed=False),
        text("customer.country", _("Customer's country"), path="customer__country", grouped=True),
        choice("sort", _("Document"), InvoiceSort.choices),
        choice(
            "state",
            _("State"),
            STATE_WORDS,
            column=lambda _reader: standing(),
            conditions=dict(STATES),
            read=state_of,
        ),
        ShapeField(
            name="overdue",
            label=pgettext_lazy("invoice", "Overdue"),
            kind=FieldKind.BOOLEAN,
            column=is_overdue,
            read=lambda _row: None,
            listed=False,
        ),
        ShapeField(
            name="sent",
            label=_("Sent"),
            kind=FieldKind.BOOLEAN,
            column=lambda _reader: Case(
                When(sent_at__isnull=False, then=Value(value=True)),
                default=Value(value=False),
                output_field=BooleanField(),
            ),
            read=lambda row: row.sent_at is not None,
        ),
        day("issue_day", _("Issued")),
        day("due_day", _("To be paid by")),
        day("due_from", _("Fell due")),
        day("sent_at", _("Sent at"), kind=FieldKind.INSTANT),
        day("created_at", _("Added"), kind=FieldKind.INSTANT),
        amount("gross", _("Total"), "gross"),
        amount("net", _("Before tax"), "net"),
        amount("tax", _("Tax"), "tax"),
        amount("open", pgettext_lazy("amount", "Open"), "open"),
        text("currency", _("Currency"), order="currency", grouped=True),
        ShapeField(
            name="entity",
            label=_("Sold by"),
            kind=FieldKind.LINK,
            link="entity",
            column="entity_id",
            read=value_at("entity"),
            options=entities,
            order="entity__name",
            grouped=True,
        ),
        ShapeField(
            name="run",
            label=_("Invoice run"),
            kind=FieldKind.LINK,
            link="invoice_run",
            column="run_id",
            read=value_at("run"),
            seen_by=sees_runs,
        ),
        text("reference", _("Their reference"), order="reference"),
        text("reason", _("Reason")),
    ),
)
"""Invoices and credit notes."""
