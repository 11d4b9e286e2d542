"""Whether books, documents and terms fit together: checks of two numbers each, with the rows where they differ."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import Sum

from caudal.billing.models import (
    AccruedRow,
    Customer,
    Invoice,
    InvoiceLine,
    InvoiceSort,
    InvoiceState,
    InvoiceTax,
    MrrChange,
    NumberSeries,
    Payment,
    RecognisedRow,
    Reconciliation,
    Settlement,
    SettlementSort,
    Subscription,
)
from caudal.billing.queries.recognition import deferred_lines
from caudal.billing.queries.recurring import mrr_changes
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, policies
from caudal.ledger.queries import ids_named, income_purposes, sources_of, sums_by_entry, sums_named

ODD_MAX: Final = 50
"""So many rows that differ are told of each check."""
CHUNK: Final = 1_000
SERIES: Final = {"INV": InvoiceSort.INVOICE, "CN": InvoiceSort.CREDIT_NOTE}

Key: TypeAlias = tuple[str, str]
"""What is compared, and its currency; an empty one for counts."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two numbers that should be one, in a currency; in none where things are counted."""

    currency: str
    one: int
    other: int

    @property
    def difference(self) -> int:
        """How much more the first one is."""
        return self.one - self.other

    def told(self, minor: int) -> Money | int:
        """Return a number as an amount or as a count."""
        return Money(minor, Currency(self.currency)) if self.currency else minor


@dataclass(frozen=True, slots=True)
class Odd:
    """A row where the two numbers differ: a record, or what stands for one."""

    row: str
    compared: Compared


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its two numbers by currency, and where they differ."""

    key: str
    sums: tuple[Compared, ...]
    odd: tuple[Odd, ...]
    odd_count: int

    @property
    def is_green(self) -> bool:
        """Say whether both numbers are the same, everywhere."""
        return not self.odd_count and all(not each.difference for each in self.sums)


def last_reconciliation(actor: Actor) -> Reconciliation | None:
    """Return what was found last, None while nothing was."""
    return Reconciliation.for_actor(actor).order_by("-as_of", "-pk").first()


def called(ref: Ref) -> str:
    """Return what a record that a check names is called, empty where it is not known here."""
    names: dict[str, tuple[Any, str]] = {
        Invoice.kind: (Invoice, "number"),
        Customer.kind: (Customer, "name"),
        Subscription.kind: (Subscription, "name"),
    }
    if ref.kind not in names:
        return ""
    model, name = names[ref.kind]
    return str(model.objects.filter(pk=ref.id).values_list(name, flat=True).first() or "")


def reconcile() -> list[Check]:
    """Return every check over all there is, in the order in which people read them."""
    return [_check(key, *both()) for key, both in CHECKS.items()]


def compared(key: str) -> list[Odd]:
    """Return everything that a check compares, as it stands now: what differs first, then by row and currency."""
    one, other = CHECKS[key]()
    found = [
        Odd(row, Compared(currency, one.get((row, currency), 0), other.get((row, currency), 0)))
        for row, currency in sorted({*one, *other})
    ]
    return sorted(found, key=lambda each: not each.compared.difference)


def _check(key: str, one: Mapping[Key, int], other: Mapping[Key, int]) -> Check:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, side in enumerate((one, other)):
        for (_, currency), minor in side.items():
            sums[currency][place] += minor
    odd = [
        Odd(row, Compared(currency, one.get((row, currency), 0), other.get((row, currency), 0)))
        for row, currency in sorted({*one, *other})
        if one.get((row, currency), 0) != other.get((row, currency), 0)
    ]
    compared = tuple(Compared(currency, *sums[currency]) for currency in sorted(sums))
    return Check(key, compared, tuple(islice(odd, ODD_MAX)), len(odd))


def _receivable() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """What the receivable account holds of each document, and what is open of it.

    A credit note that is used for an invoice is no posting: both are receivable.
    """
    found: dict[Key, int] = defaultdict(int, _of_documents("open_minor"))
    used = Settlement.objects.filter(sort=SettlementSort.CREDIT)
    for invoice, note, currency, minor in used.values_list("invoice_id", "credit_note_id", "currency", "minor"):
        assert invoice is not None  # noqa: S101  the database asks for both
        assert note is not None  # noqa: S101  the same
        found[_document(invoice), currency] += minor
        found[_document(note), currency] -= minor
    return _nonzero(sums_named(["receivable"])), _nonzero(found)


def _stored() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """What is kept for each customer, and what is open of their payments."""
    posted = {key: -minor for key, minor in sums_named(["stored_value"], "party").items() if minor}
    rows = Payment.objects.exclude(open_minor=0).values_list("customer_id", "currency")
    sums = rows.annotate(sum=Sum("open_minor")).order_by()
    return posted, {(str(Ref("customer", pk)), currency): int(minor) for pk, currency, minor in sums}


def _settled() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """What is open of each document and payment, and its amount less everything that settled it."""
    found: dict[Key, int] = {}
    left: dict[Key, int] = {}
    final = Invoice.objects.filter(state=InvoiceState.FINAL).values_list("pk", "currency", "open_minor", "gross_minor")
    paid = Payment.objects.values_list("pk", "currency", "open_minor", "amount_minor")
    for kind, rows in (("invoice", final), ("payment", paid)):
        for pk, currency, open_minor, whole in rows.iterator(chunk_size=CHUNK):
            found[str(Ref(kind, pk)), currency] = open_minor
            left[str(Ref(kind, pk)), currency] = whole
    settled = Settlement.objects.values_list("payment_id", "credit_note_id", "invoice_id", "currency", "minor")
    for payment, note, invoice, currency, minor in settled.iterator(chunk_size=CHUNK):
        for kind, pk in (("payment", payment), ("invoice", note), ("invoice", invoice)):
            if pk is not None:
                key = str(Ref(kind, pk)), currency
                left[key] = left.get(key, 0) - minor
    return found, left


def _tax() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """What documents posted as taxes owed, and the taxes that stand on them; paying them is no document."""
    posted = {key: -minor for key, minor in sums_named(["tax_payable"]).items() if key[0]}
    rows = InvoiceTax.objects.filter(invoice__state=InvoiceState.FINAL)
    sums = rows.values_list("invoice_id", "invoice__sort", "invoice__currency").annotate(sum=Sum("tax_minor"))
    return posted, {
        (_document(pk), currency): _sign(sort) * int(minor) for pk, sort, currency, minor in sums.order_by() if minor
    }


def _revenue() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """Revenue and what is deferred, less what is accrued, by what it was posted for; and documents before tax."""
    found: dict[Key, int] = defaultdict(int)
    for each in sums_by_entry([*income_purposes(), "deferred", "unbilled"]):
        found[each.root, each.currency] -= each.minor
    return {key: minor for key, minor in found.items() if minor}, _of_documents("net_minor")


def _deferred() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """What is deferred by each entry, and the lines that it is about."""
    found: dict[Key, int] = defaultdict(int)
    names: dict[UUID, str] = {}
    for each in sums_by_entry(["deferred"]):
        found[each.root, each.currency] -= each.minor
        names[each.entry_id] = each.root
    rows: dict[Key, int] = defaultdict(int)
    lines = deferred_lines(InvoiceLine.objects.filter(invoice__state=InvoiceState.FINAL))
    sums = lines.values_list("invoice_id", "invoice__sort", "invoice__currency").annotate(sum=Sum("net_minor"))
    for pk, sort, currency, minor in sums.order_by():
        rows[_document(pk), currency] += _sign(sort) * int(minor)
    told = RecognisedRow.objects.values_list("entry_id", "currency").annotate(sum=Sum("amount_minor")).order_by()
    for entry_id, currency, minor in told:
        rows[names.get(entry_id, _entry(entry_id)), currency] -= int(minor)
    return _nonzero(found), _nonzero(rows)


def _accrued() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """What each entry accrued, and what it is made of."""
    posted = {
        (_entry(each.entry_id), each.currency): each.minor
        for each in sums_by_entry(["unbilled"])
        if each.source.startswith("accrual:")
    }
    sums = AccruedRow.objects.values_list("entry_id", "currency").annotate(sum=Sum("amount_minor")).order_by()
    return posted, {(_entry(pk), currency): int(minor) for pk, currency, minor in sums}


def _lines() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """What was told of each line as revenue beyond what it is for: nothing."""
    told = RecognisedRow.objects.filter(line__invoice__state=InvoiceState.FINAL)
    sums = told.values_list("line__invoice", "line__position", "line__invoice__sort", "line__net_minor", "currency")
    found = sums.annotate(sum=Sum("amount_minor")).order_by()
    beyond = {}
    for pk, position, sort, net, currency, minor in found:
        most = _sign(sort) * net
        if not min(0, most) <= minor <= max(0, most):
            beyond[f"{_document(pk)} {position}", currency] = int(minor) - most
    return beyond, {}


def _entries() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """How many entries stand for each document in the books: one, and none once it is made void."""
    undone = sources_of("invoice_")
    posted = {(source, ""): int(reversal is None) for source, reversal in undone.items()}
    rows = Invoice.objects.exclude(state=InvoiceState.DRAFT).exclude(gross_minor=0)
    found = rows.values_list("pk", "state").iterator(chunk_size=CHUNK)
    wanted = {(_document(pk), ""): int(state == InvoiceState.FINAL) for pk, state in found}
    free = {_document(pk) for pk in Invoice.objects.filter(gross_minor=0).values_list("pk", flat=True)}
    return {key: count for key, count in posted.items() if key[0] not in free}, wanted


def _numbers() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """How often each number of a series was given: once, without a gap."""
    found: dict[Key, int] = defaultdict(int)
    given = Invoice.objects.exclude(number=None).values_list("entity_id", "number").iterator(chunk_size=CHUNK)
    for entity_id, number in given:
        found[f"{number} {Ref('entity', entity_id)}", ""] += 1
    wanted: dict[Key, int] = {}
    for row in NumberSeries.objects.order_by("entity_id", "code", "year"):
        for place in range(1, row.following):
            wanted[f"{row.code}-{row.year}-{place:05d} {Ref('entity', row.entity_id)}", ""] = 1
    return found, wanted


def _ids() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """The ids that postings name, and those of them that lead to a record."""
    by_kind: dict[str, dict[UUID, str]] = defaultdict(dict)
    for text in ids_named():
        ref = Ref.parse(text)
        by_kind[ref.kind][ref.id] = text
    models: dict[str, Any] = {each.noun: each.model for each in policies().values() if each.model is not None}
    resolved: dict[Key, int] = {}
    for kind, ids in by_kind.items():
        if kind in models:
            for some in _chunks(ids):
                rows = models[kind].objects.filter(pk__in=some).values_list("pk", flat=True)
                resolved |= {(ids[pk], ""): 1 for pk in rows}
    return {(text, ""): 1 for ids in by_kind.values() for text in ids.values()}, resolved


def _movements() -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """Recurring revenue per year as it is kept, and as terms and prices say it now, by customer and instant."""
    kept: dict[Key, int] = defaultdict(int)
    for row in MrrChange.objects.order_by("pk").iterator(chunk_size=CHUNK):
        kept[_moved(row), row.currency] += row.after_minor - row.before_minor
    said: dict[Key, int] = defaultdict(int)
    customers = Customer.objects.order_by("pk").values_list("pk", flat=True)
    for some in _chunks(customers.iterator(chunk_size=CHUNK)):
        rows = Subscription.objects.filter(customer__in=some, deleted_at=None).order_by("customer", "pk")
        for row in mrr_changes(list(rows)):
            said[_moved(row), row.currency] += row.after_minor - row.before_minor
    return kept, said


CHECKS: Final[Mapping[str, Callable[[], tuple[Mapping[Key, int], Mapping[Key, int]]]]] = {
    "receivable": _receivable,
    "stored_value": _stored,
    "settled": _settled,
    "revenue": _revenue,
    "deferred": _deferred,
    "lines": _lines,
    "accrued": _accrued,
    "tax": _tax,
    "entries": _entries,
    "numbers": _numbers,
    "ids": _ids,
    "movements": _movements,
}
"""The checks by key. Each gives two numbers for everything it compares."""


def _of_documents(name: str) -> dict[Key, int]:
    """An amount of every issued document that counts, a credit note's as negative."""
    rows = Invoice.objects.filter(state=InvoiceState.FINAL).exclude(**{name: 0})
    found = rows.values_list("pk", "sort", "currency", name).iterator(chunk_size=CHUNK)
    return {(_document(pk), currency): _sign(sort) * minor for pk, sort, currency, minor in found}


def _nonzero(found: Mapping[Key, int]) -> dict[Key, int]:
    return {key: minor for key, minor in found.items() if minor}


def _sign(sort: str) -> int:
    return -1 if sort == InvoiceSort.CREDIT_NOTE else 1


def _document(pk: UUID) -> str:
    return str(Ref("invoice", pk))


def _entry(pk: UUID) -> str:
    return str(Ref("entry", pk))


def _moved(row: MrrChange) -> str:
    return f"{Ref('subscription', row.subscription_id)} {row.at:%Y-%m-%d %H:%M}"


def _chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, CHUNK)):
        yield some
