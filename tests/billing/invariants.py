"""What must hold in billing and the books at any time, whatever happened before."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import F, Q, Sum

from caudal.billing.models import Invoice, InvoiceLine, Payment, Settlement, Subscription
from caudal.billing.queries import PriceBook, agreed_of, due_lines, reconcile
from caudal.kit.access import SYSTEM
from caudal.ledger.models import JournalPosting

SIGNS = {"invoice": 1, "credit_note": -1}
EARNED = Q(account__purpose__startswith="revenue_") | Q(account__purpose__in=("deferred", "unbilled"))


def broken(as_of: datetime) -> list[str]:
    """Return everything that does not hold, in words; what was used is invoiced by then."""
    return [*torn(), *_owed(as_of)]


def torn(*, but: Collection[str] = ()) -> list[str]:
    """Return what is not whole, in words: it holds after every transaction, but for some checks at times."""
    red = [f"{each.key} is {each.odd}" for each in reconcile() if not each.is_green and each.key not in but]
    return [*_documents(), *_settled(), *_books(), *red]


def _documents() -> Iterator[str]:
    """Numbers without a gap, lines that add up, and each obligation held once."""
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in Invoice.objects.exclude(number=None):
        series, _, number = str(row.number).rpartition("-")
        numbers[str(row.entity_id), series].append(int(number))
    for key, taken in numbers.items():
        if sorted(taken) != list(range(1, len(taken) + 1)):
            yield f"numbers of {key} are {sorted(taken)}"
    for row in Invoice.objects.annotate(lines_minor=Sum("lines__net_minor")):
        if row.lines_minor != row.net_minor or row.gross_minor != row.net_minor + row.tax_minor:
            yield f"{row.number} does not add up"
    held: dict[tuple[object, str], list[int]] = defaultdict(list)
    for line in InvoiceLine.objects.filter(holds=True, source__isnull=False):
        held[line.source, line.obligation].append(line.revision)
    for (source, obligation), revisions in held.items():
        if len(set(revisions)) != len(revisions):
            yield f"{source} {obligation} is held by revisions {sorted(revisions)}"


def _settled() -> Iterator[str]:
    """What is open is what was not settled."""
    taken: Counter[tuple[str, object]] = Counter()
    for settlement in Settlement.objects.all():
        for side in ("payment_id", "credit_note_id", "invoice_id"):
            taken[side, getattr(settlement, side)] += settlement.minor
    for row in Invoice.objects.exclude(state="draft"):
        side = "invoice_id" if row.sort == "invoice" else "credit_note_id"
        expected = 0 if row.state == "void" else row.gross_minor - taken[side, row.pk]
        if row.open_minor != expected or row.open_minor < 0:
            yield f"{row.number} has {row.open_minor} open, not {expected}"
    for payment in Payment.objects.all():
        expected = payment.amount_minor - taken["payment_id", payment.pk]
        if payment.open_minor != expected or payment.open_minor < 0:
            yield f"{payment.reference} has {payment.open_minor} open, not {expected}"


def _books() -> Iterator[str]:
    """Each entry balances, and accounts say what documents and payments say, by legal entity and currency."""
    postings = JournalPosting.objects.all()
    uneven = postings.values("entry", "amount_currency").annotate(sum=Sum("amount_minor")).exclude(sum=0)
    yield from (f"entry {each['entry']} is {each['sum']} {each['amount_currency']} apart" for each in uneven)
    final = list(Invoice.objects.filter(state="final"))
    wanted: dict[str, Counter[tuple[object, str]]] = {name: Counter() for name in ("receivable", "tax", "earned")}
    for row in final:
        key, sign = (row.entity_id, row.currency), SIGNS[row.sort]
        wanted["receivable"][key] += sign * row.open_minor
        wanted["tax"][key] -= sign * row.tax_minor
        wanted["earned"][key] -= sign * row.net_minor
    wanted["stored"] = Counter()
    for payment in Payment.objects.all():
        wanted["stored"][payment.entity_id, payment.currency] -= payment.open_minor
    accounts = {
        "receivable": Q(account__purpose="receivable"),
        "tax": Q(account__purpose="tax_payable"),
        "earned": EARNED,
        "stored": Q(account__purpose="stored_value"),
    }
    for name, which in accounts.items():
        rows = postings.filter(which).values_list("entry__entity", "amount_currency").annotate(Sum("amount_minor"))
        posted = {(entity, currency): minor for entity, currency, minor in rows if minor}
        said = {key: minor for key, minor in wanted[name].items() if minor}
        if posted != said:
            yield f"the books say {posted} of what is {name}, documents and payments say {said}"


def _owed(as_of: datetime) -> Iterator[str]:
    """What was invoiced of each obligation is what it comes to when everything is worked out from the beginning."""
    rows = list(Subscription.objects.select_related("customer"))
    billed = {row.pk: row.billed_at for row in rows}
    for row in rows:
        row.billed_at = None
    agreed = agreed_of(rows)
    book = PriceBook.of(SYSTEM, {item.offering for one in agreed.values() for item, _ in one.parts.values()})
    invoiced: Counter[tuple[object, str]] = Counter()
    lines = InvoiceLine.objects.filter(holds=True, source__in=billed).annotate(of=F("invoice__sort"))
    for line in lines:
        invoiced[line.source, line.obligation] += SIGNS[line.of] * line.net_minor
    owed: Counter[tuple[object, str]] = Counter()
    for row in rows:
        up_to = billed[row.pk]
        if up_to is not None:
            due = due_lines({row.pk: agreed[row.pk]}, up_to=up_to, as_of=as_of, book=book)
            for each in due.lines[row.pk]:
                owed[each.source, each.obligation] += each.net.minor
            for obligation in agreed[row.pk].subscribed.due(up_to, agreed[row.pk].period_at(up_to).end):
                # What fell due sooner when it was invoiced is looked at again when it does now.
                if (row.pk, obligation.key) in invoiced:
                    owed[row.pk, obligation.key] = invoiced[row.pk, obligation.key]
    for key in sorted(owed.keys() | invoiced.keys(), key=str):
        if owed[key] != invoiced[key]:
            yield f"{key} comes to {owed[key]}, and {invoiced[key]} is invoiced"
