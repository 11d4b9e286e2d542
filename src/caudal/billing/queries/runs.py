"""Reads of invoice runs: which there are, whom they could not invoice, and what their documents come to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from caudal.billing.models import Invoice, InvoiceRun, InvoiceState, RunFailure
from caudal.billing.queries.documents import counted
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Page, page
from caudal.kit.cursors import Order as Sorting

LATEST: Final = Sorting.by("latest", "-as_of")
AMOUNTS: Final = ("net", "tax", "gross", "open")


@dataclass(frozen=True, slots=True)
class RunDocuments:
    """The documents of a run in one currency. A credit note counts less than nothing, and what is void nothing."""

    currency: str
    count: int
    drafts: int
    net: Money
    tax: Money
    gross: Money
    open: Money
    """Nothing is open of a draft: nobody owes it yet."""


def run_documents(actor: Actor, run_ids: Iterable[UUID]) -> dict[UUID, Sequence[RunDocuments]]:
    """Return what the documents of runs come to by currency, of those that somebody may see."""
    ids = list(run_ids)
    found: dict[UUID, list[RunDocuments]] = {each: [] for each in ids}
    added: dict[str, Any] = {f"{name}_sum": Sum(counted(f"{name}_minor")) for name in AMOUNTS}
    seen: QuerySet[Any] = Invoice.for_actor(actor).filter(run__in=ids)
    rows: QuerySet[Any, dict[str, Any]] = seen.values("run", "currency")
    drafts = Count("pk", filter=Q(state=InvoiceState.DRAFT))
    for row in rows.annotate(count=Count("pk"), drafts=drafts, **added).order_by("run", "currency"):
        currency = Currency(row["currency"])
        amounts = {name: Money(row[f"{name}_sum"], currency) for name in AMOUNTS}
        found[row["run"]].append(RunDocuments(row["currency"], row["count"], row["drafts"], **amounts))
    return {**found}


def thrown_away(row: InvoiceRun) -> int:
    """Return how many of the drafts that a run made are not there any more."""
    return max(0, row.invoices - row.documents.count())


def failures_of(run_id: UUID) -> list[RunFailure]:
    """Return whom a run, which the caller may see, could not invoice, by name."""
    rows = RunFailure.objects.filter(run=run_id).select_related("customer")
    return list(rows.order_by("customer__name", "pk"))


def run(actor: Actor, run_id: UUID) -> InvoiceRun:
    """Return a run. Raises NotFound."""
    return InvoiceRun.one_for(actor, Verb.VIEW, run_id)


def runs(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Page[InvoiceRun]:
    """Return a page of runs, the latest first, each with how many customers it failed with as `failed`."""
    rows = InvoiceRun.for_actor(actor).annotate(failed=Count("failures"))
    return page(rows, LATEST, cursor=cursor, limit=limit)
