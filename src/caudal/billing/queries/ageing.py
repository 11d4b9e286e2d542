"""What is outstanding on a day, how old it is, and for how many days' invoices customers owe.

Amounts in other currencies are told in the company's own by the rate of the day; what has no rate is said apart, and
never counted as if it were one to one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, Sum

from caudal.billing.models import Customer, Invoice, InvoiceSort, InvoiceState, Payment, Settlement
from caudal.core.money import Currency, Money, Rounding, convert
from caudal.core.settling import Age, age_of, days_outstanding
from caudal.kit.access import Actor
from caudal.workspace.queries import founded, rate_among, recent_rates

DAYS: Final = 90
"""Days sales outstanding looks so many days back."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An invoice with what was open of it on a day; `own` is that in the company's currency, None without a rate."""

    invoice: Invoice
    open: Money
    own: Money | None
    age: Age
    days_late: int


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """A payment or a credit note with what was not used of it on a day; `own` is that in the company's currency."""

    of: Payment | Invoice
    open: Money
    own: Money | None


@dataclass(slots=True)
class AgeingRow:
    """What a customer owed on a day by age, and what they had to their credit, in the company's currency."""

    customer: Customer
    by_age: dict[Age, Money]
    unused: Money
    """Payments and credit notes that are not used up."""

    @property
    def owed(self) -> Money:
        """What is open of invoices."""
        return sum(self.by_age.values(), Money(0, self.unused.currency))

    @property
    def balance(self) -> Money:
        """What they owe, less what they have to their credit."""
        return self.owed - self.unused


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is outstanding on a day, by customer, the largest balance first."""

    day: date
    currency: Currency
    rows: tuple[AgeingRow, ...]
    documents: tuple[OpenDocument, ...]
    """The invoices behind it, the oldest due first."""
    credits: tuple[OpenCredit, ...]
    """The payments and credit notes that are not used up, by customer."""
    unconverted: tuple[Money, ...]
    """What has no rate of the day, by currency."""
    days_outstanding: Fraction | None

    def total(self, age: Age) -> Money:
        """Return what everybody owes of an age."""
        return sum((row.by_age[age] for row in self.rows), Money(0, self.currency))

    @property
    def unused(self) -> Money:
        """What everybody has to their credit."""
        return sum((row.unused for row in self.rows), Money(0, self.currency))

    @property
    def owed(self) -> Money:
        """What everybody owes."""
        return sum((row.owed for row in self.rows), Money(0, self.currency))


@dataclass(slots=True)
class _Purse:
    """Tells amounts in the company's currency, and keeps what it cannot."""

    own: Currency
    tell: Callable[[Money], Money | None]
    left: dict[Currency, Money] = field(default_factory=dict)

    def told(self, amount: Money) -> Money | None:
        found = self.tell(amount)
        if found is None:
            self.left[amount.currency] = self.left.get(amount.currency, Money(0, amount.currency)) + amount
        return found


def ageing(actor: Actor, day: date, *, customer_id: UUID | None = None) -> Ageing:
    """Return what was outstanding at the end of a day of the customers that the actor may see, or of one of them."""
    own = Currency(founded().currency)
    purse = _Purse(own, _teller(own, day))
    within = Q(customer=customer_id) if customer_id else Q()
    rows: dict[UUID, AgeingRow] = {}
    documents = []
    for row, minor in _open_documents(actor, day, within, InvoiceSort.INVOICE):
        assert row.due_day is not None  # noqa: S101  it is issued
        amount = Money(minor, Currency(row.currency))
        told = purse.told(amount)
        age = age_of(row.due_day, day)
        documents.append(OpenDocument(row, amount, told, age, (day - row.due_day).days))
        if told is not None:
            _row(rows, row.customer, own).by_age[age] += told
    unused = []
    for each, amount in _credits(actor, day, within):
        told = purse.told(-amount)
        unused.append(OpenCredit(each, amount, None if told is None else -told))
        if told is not None:
            _row(rows, each.customer, own).unused -= told
    listed = sorted(rows.values(), key=lambda each: (-each.balance.minor, each.customer.name, str(each.customer.pk)))
    owed = sum((each.owed for each in listed), Money(0, own))
    return Ageing(
        day,
        own,
        tuple(listed),
        tuple(documents),
        tuple(sorted(unused, key=lambda each: (each.of.customer.name, str(each.of.pk)))),
        tuple(purse.left[key] for key in sorted(purse.left)),
        days_outstanding(owed, _invoiced(actor, day, within, purse), DAYS),
    )


def _row(rows: dict[UUID, AgeingRow], customer: Customer, own: Currency) -> AgeingRow:
    if customer.pk not in rows:
        rows[customer.pk] = AgeingRow(customer, dict.fromkeys(Age, Money(0, own)), Money(0, own))
    return rows[customer.pk]


def _open_documents(actor: Actor, day: date, within: Q, sort: str) -> Iterable[tuple[Invoice, int]]:
    """Documents of a sort with what was open of them at the end of a day."""
    side = "invoice" if sort == InvoiceSort.INVOICE else "credit_note"
    later = _later(side, day)
    found = Invoice.for_actor(actor).filter(within, sort=sort, state=InvoiceState.FINAL, issue_day__lte=day)
    found = found.filter(Q(open_minor__gt=0) | Q(pk__in=list(later)))
    for row in found.select_related("customer").order_by("due_day", "number", "pk"):
        minor = row.open_minor + later.get(row.pk, 0)
        if minor:
            yield row, minor


def _credits(actor: Actor, day: date, within: Q) -> Iterable[tuple[Payment | Invoice, Money]]:
    """What customers had to their credit at the end of a day."""
    for row, minor in _open_documents(actor, day, within, InvoiceSort.CREDIT_NOTE):
        yield row, Money(minor, Currency(row.currency))
    later = _later("payment", day)
    found = Payment.for_actor(actor).filter(within, day__lte=day)
    found = found.filter(Q(open_minor__gt=0) | Q(pk__in=list(later)))
    for payment in found.select_related("customer").order_by("day", "pk"):
        minor = payment.open_minor + later.get(payment.pk, 0)
        if minor:
            yield payment, Money(minor, Currency(payment.currency))


def _later(side: str, day: date) -> dict[UUID, int]:
    """What settled each document or payment after a day."""
    rows = Settlement.objects.filter(**{f"{side}__isnull": False}, day__gt=day).values_list(side)
    return {row_id: int(minor) for row_id, minor in rows.annotate(sum=Sum("minor")).order_by()}


def _invoiced(actor: Actor, day: date, within: Q, purse: _Purse) -> Money:
    """What was invoiced in the last days, less what was credited."""
    since = day - timedelta(days=DAYS)
    found: Any = Invoice.for_actor(actor).filter(
        within, state=InvoiceState.FINAL, issue_day__gt=since, issue_day__lte=day
    )
    sums = found.values_list("currency", "sort").annotate(sum=Sum("gross_minor")).order_by("currency", "sort")
    invoiced = Money(0, purse.own)
    for code, sort, minor in sums:
        told = purse.tell(Money(int(minor), Currency(code)))
        if told is not None:
            invoiced += told if sort == InvoiceSort.INVOICE else -told
    return invoiced


def _teller(own: Currency, day: date) -> Callable[[Money], Money | None]:
    """Return what tells an amount in the company's currency by the rate of a day."""
    rates = recent_rates(day)

    def tell(amount: Money) -> Money | None:
        if amount.currency == own:
            return amount
        rate = rate_among(rates, amount.currency, own, day)
        return None if rate is None else convert(amount, rate=rate, to=own, rounding=Rounding.HALF_UP)

    return tell
