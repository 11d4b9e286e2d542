"""How far billing is with a month: what is to be invoiced, issued, allocated, posted as revenue, and decided."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from caudal.billing.models import (
    Invoice,
    InvoiceRun,
    InvoiceSort,
    InvoiceState,
    MoneyRequest,
    Payment,
    RecognisedMonth,
    RecognisedRow,
)
from caudal.billing.queries.earning import revenue_due
from caudal.billing.queries.gathering import Sought
from caudal.core.periods import Days, start_of_day, zone_named
from caudal.kit.access import Actor
from caudal.workspace.queries import founded, legal_entities


@dataclass(frozen=True, slots=True)
class Counted:
    """How many are done, and how many are not."""

    done: int
    missing: int


@dataclass(frozen=True, slots=True)
class MonthRevenue:
    """Revenue of a month: lines that were posted and that were not, and in whose books nothing was posted yet."""

    told: int
    untold: int
    never: int
    """In the books of how many legal entities."""
    first: RecognisedMonth | None
    """When it was posted for the first time."""
    accrued: int
    unpriced: int


def invoiced_of_month(actor: Actor, month: Days, *, as_of: datetime, entity_id: UUID | None) -> Counted:
    """Return how many customers were invoiced in a month, and how many owe what fell due in it or before."""
    ends_at = start_of_day(month.end, zone_named(founded().zone))
    owing = Sought(ends_at - timedelta(microseconds=1), as_of, actor=actor).customers()
    issued = Invoice.for_actor(actor).exclude(state=InvoiceState.DRAFT)
    issued = issued.filter(issue_day__gte=month.start, issue_day__lt=month.end)
    done = issued.filter(**_of(entity_id)).values("customer").distinct().count()
    return Counted(done, owing.filter(**_of(entity_id)).count())


def run_under_way(actor: Actor) -> InvoiceRun | None:
    """Return the run of invoicing that goes on at this moment, None where none does."""
    rows = InvoiceRun.for_actor(actor).filter(finished_at=None, stopped_at=None)
    return rows.order_by("-as_of", "-pk").first()


def issued_of_month(actor: Actor, month: Days, entity_id: UUID | None) -> Counted:
    """Return how many documents of a month are issued, and how many of it or before are drafts."""
    rows = Invoice.for_actor(actor).filter(**_of(entity_id))
    issued = rows.exclude(state=InvoiceState.DRAFT).filter(issue_day__gte=month.start, issue_day__lt=month.end)
    return Counted(issued.count(), rows.filter(state=InvoiceState.DRAFT, due_from__lt=month.end).count())


def allocated_of_month(actor: Actor, month: Days, entity_id: UUID | None) -> Counted:
    """Return how many payments of a month are settled, and how many up to its end are open beside open invoices."""
    rows = Payment.for_actor(actor).filter(taken_back_at=None, **_of(entity_id))
    unpaid = Invoice.objects.filter(
        customer=OuterRef("customer"),
        currency=OuterRef("currency"),
        state=InvoiceState.FINAL,
        sort=InvoiceSort.INVOICE,
        open_minor__gt=0,
    )
    loose = rows.filter(Exists(unpaid), open_minor__gt=0, day__lt=month.end)
    ours = rows.filter(day__gte=month.start, day__lt=month.end)
    return Counted(ours.exclude(pk__in=loose.values("pk")).count(), loose.count())


def revenue_of_month(actor: Actor, month: Days, entity_id: UUID | None) -> MonthRevenue:
    """Return how far revenue of a month is posted."""
    whose = {each.pk for each in legal_entities(actor)}
    whose = {entity_id} & whose if entity_id else whose
    known = list(RecognisedMonth.objects.filter(month=month.start, entity__in=whose).order_by("recognised_at", "pk"))
    told = RecognisedRow.objects.filter(month=month.start, line__invoice__entity__in=whose).count()
    return MonthRevenue(
        told=told,
        untold=sum(each.entity_id in whose for each in revenue_due(month.end)),
        never=len(whose) - len(known),
        first=known[0] if known else None,
        accrued=sum(each.accrued for each in known),
        unpriced=sum(each.unpriced for each in known),
    )


def requests_of_month(actor: Actor, until: date, entity_id: UUID | None) -> Counted:
    """Return how many requests for money up to a day are decided, and how many wait for a second person."""
    rows = MoneyRequest.for_actor(actor).filter(day__lt=until)
    if entity_id is not None:
        rows = rows.filter(customer__entity=entity_id)
    waiting = rows.filter(outcome="").count()
    return Counted(rows.filter(~Q(outcome=""), day__gte=until.replace(day=1) - timedelta(days=31)).count(), waiting)


def _of(entity_id: UUID | None) -> dict[str, Any]:
    return {} if entity_id is None else {"entity": entity_id}
