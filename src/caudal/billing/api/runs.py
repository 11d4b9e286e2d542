"""Routes of invoice runs, of what they would invoice, and of tax rates."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.billing import actions, queries
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import InvoiceRun, RunFailure, TaxRate
from caudal.billing.queries import CustomerPreview, RunDocuments
from caudal.core.decimals import plain_decimal
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, MoneyBody, PageQuery, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace.queries import company_day

router = Router()


class RunIn(Body):
    """Up to which instant is invoiced (now without one), on which day documents are issued, whether as drafts."""

    up_to: datetime | None = None
    issue_day: date | None = None
    as_drafts: bool = False


class RunFailureOut(Schema):
    """A customer whom a run could not invoice, and why."""

    customer_id: str
    customer_name: str
    code: str
    title: str
    hint: str


class RunDocumentsOut(Schema):
    """What the documents of a run come to in a currency: a credit note takes away, void is nothing."""

    currency: str
    count: int
    drafts: int
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody
    open: MoneyBody


class InvoiceRunOut(Schema):
    """A run: how far it is, what its documents come to, and whom it could not invoice."""

    id: str
    up_to: datetime
    as_of: datetime
    issue_day: date
    as_drafts: bool
    planned: int
    """How many customers owed something when it began."""
    customers: int
    invoices: int
    """How many documents it wrote, also those that were thrown away since."""
    documents: list[RunDocumentsOut]
    """By currency. Invoices whose `run` it is are these."""
    stopped_at: datetime | None
    finished_at: datetime | None
    failures: list[RunFailureOut]


class InvoiceRunPage(Schema):
    """Some runs, the latest first."""

    items: list[InvoiceRunOut]
    next: str | None


class PreviewQuery(Body):
    """Up to which instant, now without one, and as of which day of issue."""

    up_to: datetime | None = None
    issue_day: date | None = None


class PreviewDocumentOut(Schema):
    """A document as it would be."""

    sort: str
    due_from: date
    lines: list[dict[str, Any]]
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody


class PreviewCustomerOut(Schema):
    """What a customer would be invoiced, or what is in the way."""

    customer_id: str
    customer_name: str
    documents: list[PreviewDocumentOut]
    problem: str | None


class PreviewOut(Schema):
    """What a run would invoice; `more` is how many customers owe something beside those told."""

    customers: list[PreviewCustomerOut]
    totals: list[MoneyBody]
    more: int


class TaxRateIn(Body):
    """A rate to add; it is never changed after that."""

    country: Annotated[str, Field(min_length=2, max_length=60, examples=["ES"])]
    tax_kind: Literal["standard", "reduced"]
    from_day: date
    percent: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?$", examples=["21"])]
    source: Annotated[str, Field(default="", max_length=120)]


class TaxRateOut(Schema):
    """The percentage of a country for a kind of product from a day on."""

    id: str
    country: str
    tax_kind: str
    from_day: date
    percent: str
    source: str


class TaxRateList(Schema):
    """Rates by country and kind, the latest first."""

    rates: list[TaxRateOut]


class TaxRatesQuery(Body):
    """Of which country."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


@router.get("/runs", response=InvoiceRunPage)
@needs("invoice_run")
def list_billing_runs(request: HttpRequest, query: Query[PageQuery]) -> InvoiceRunPage:
    """List invoice runs, the latest first."""
    actor = actor_of(request)
    found = queries.runs(actor, cursor=query.cursor, limit=query.limit)
    return InvoiceRunPage(items=_runs(actor, found.rows), next=found.next)


@router.post("/runs", response={201: InvoiceRunOut})
@needs("invoice_run", Verb.CREATE)
def start_billing_run(request: HttpRequest, body: RunIn) -> Status[InvoiceRunOut]:
    """Let a worker invoice everything that fell due; look at the run to see how far it is."""
    as_of = now()
    actor = actor_of(request)
    run = actions.start_run(
        actor=actor,
        as_of=as_of,
        up_to=body.up_to or as_of,
        issue_day=body.issue_day or company_day(as_of),
        as_drafts=body.as_drafts,
    )
    return Status(201, _runs(actor, [run])[0])


@router.get("/runs/{run_id}", response=InvoiceRunOut)
@needs("invoice_run")
def get_billing_run(request: HttpRequest, run_id: str) -> InvoiceRunOut:
    """Read a run: how far it is, and whom it could not invoice."""
    actor = actor_of(request)
    return _runs(actor, [queries.run(actor, row_id(InvoiceRun.kind, run_id))])[0]


@router.post("/runs/{run_id}/stop", response=InvoiceRunOut)
@needs("invoice_run", Verb.CHANGE)
def stop_billing_run(request: HttpRequest, run_id: str) -> InvoiceRunOut:
    """Let a run end behind the customers it is at; what is invoiced stays."""
    actor = actor_of(request)
    return _runs(actor, [actions.stop_run(actor=actor, as_of=now(), run_id=row_id(InvoiceRun.kind, run_id))])[0]


@router.post("/runs/{run_id}/continue", response=InvoiceRunOut)
@needs("invoice_run", Verb.CHANGE)
def continue_billing_run(request: HttpRequest, run_id: str) -> InvoiceRunOut:
    """Let a run go on; those whom it could not invoice are tried again."""
    actor = actor_of(request)
    return _runs(actor, [actions.continue_run(actor=actor, as_of=now(), run_id=row_id(InvoiceRun.kind, run_id))])[0]


@router.get("/preview", response=PreviewOut)
@needs("invoice_run")
def preview_billing(request: HttpRequest, query: Query[PreviewQuery]) -> PreviewOut:
    """Say what a run would invoice, document by document. Writes nothing."""
    as_of = now()
    found = queries.preview(
        actor_of(request),
        up_to=query.up_to or as_of,
        as_of=as_of,
        issue_day=query.issue_day or company_day(as_of),
        taxes=TableTaxes(),
    )
    return PreviewOut(
        customers=[_previewed(each) for each in found.customers],
        totals=[MoneyBody(**each.to_json()) for each in found.totals.values()],
        more=found.more,
    )


@router.get("/tax-rates", response=TaxRateList)
@needs("tax_rate")
def list_tax_rates(request: HttpRequest, query: Query[TaxRatesQuery]) -> TaxRateList:  # noqa: ARG001  the door took it
    """List tax rates by country and kind, the latest first."""
    return TaxRateList(rates=[_rate(each) for each in queries.tax_rates(country=query.country or "")])


@router.post("/tax-rates", response={201: TaxRateOut})
@needs("tax_rate", Verb.CREATE)
def add_tax_rate(request: HttpRequest, body: TaxRateIn) -> Status[TaxRateOut]:
    """Add a rate with the day from which it counts."""
    said = body.dict() | {"percent": Decimal(body.percent)}
    return Status(201, _rate(actions.add_tax_rate(actor=actor_of(request), as_of=now(), **said)))


def _runs(actor: Actor, rows: Sequence[InvoiceRun]) -> list[InvoiceRunOut]:
    documents = queries.run_documents(actor, [row.pk for row in rows])
    return [_run(row, documents[row.pk]) for row in rows]


def _run(row: InvoiceRun, documents: Iterable[RunDocuments]) -> InvoiceRunOut:
    names = (
        "up_to",
        "as_of",
        "issue_day",
        "as_drafts",
        "planned",
        "customers",
        "invoices",
        "stopped_at",
        "finished_at",
    )
    return InvoiceRunOut(
        id=str(row.ref),
        documents=[
            RunDocumentsOut(
                currency=each.currency,
                count=each.count,
                drafts=each.drafts,
                **{name: MoneyBody(**getattr(each, name).to_json()) for name in ("net", "tax", "gross", "open")},
            )
            for each in documents
        ],
        failures=[_failure(each) for each in queries.failures_of(row.pk)],
        **{name: getattr(row, name) for name in names},
    )


def _failure(row: RunFailure) -> RunFailureOut:
    return RunFailureOut(
        customer_id=str(row.customer.ref),
        customer_name=row.customer.name,
        code=row.code,
        title=row.message.format(**row.values),
        hint=row.hint.format(**row.values),
    )


def _previewed(each: CustomerPreview) -> PreviewCustomerOut:
    return PreviewCustomerOut(
        customer_id=str(each.customer.ref),
        customer_name=each.customer.name,
        problem=each.problem.told() if each.problem else None,
        documents=[
            PreviewDocumentOut(
                sort=draft.sort,
                due_from=draft.due_from,
                lines=[
                    {"text": line.due.text, "sort": line.due.sort, "net": line.due.net.to_json()}
                    for line in draft.lines
                ],
                net=MoneyBody(**draft.net.to_json()),
                tax=MoneyBody(**draft.tax.to_json()),
                gross=MoneyBody(**draft.gross.to_json()),
            )
            for draft in each.drafts
        ],
    )


def _rate(row: TaxRate) -> TaxRateOut:
    return TaxRateOut(
        id=str(row.pk),
        country=row.country,
        tax_kind=row.tax_kind,
        from_day=row.from_day,
        percent=plain_decimal(row.percent),
        source=row.source,
    )
