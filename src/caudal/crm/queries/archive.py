"""Everything that can move out, as tables that move in again: each with its header, its rows oldest first.

Headers are words that imports know, and rows name each other by their ids, so that the files in an empty company make
the same one again. What imports do not bring is not in them: touches, what members may do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from caudal.catalog.queries import every_product
from caudal.core.decimals import plain_decimal
from caudal.core.ids import Ref
from caudal.crm.models import Activity, Company, Deal, DealLine, Lead, Person, Stage, StageStay
from caudal.kit.access import Actor, Verb
from caudal.kit.records import NOT_DELETED
from caudal.workspace.queries import members_for_export

CHUNK: Final = 1000
BECOMES: Final = ("person", "company", "deal")
"""What a lead may become."""
ABOUT: Final = ("deal", "lead", "company", "person")
"""What an activity may be about."""
Line = list[str]


@dataclass(frozen=True, slots=True)
class ArchiveTable:
    """A table that leaves: what its file is called, its header, and its rows."""

    name: str
    header: Line
    rows: Iterator[Line]


def archive(actor: Actor) -> Iterator[ArchiveTable]:
    """Return the tables, each row within the actor's reach. Rows are read as they are asked for."""
    yield ArchiveTable("members", ["User ID", "Name", "Email", "Team"], _members(actor))
    yield ArchiveTable("products", PRODUCT, _products(actor))
    yield _of_records("companies", _rows(Company, actor), COMPANY, _company)
    yield _of_records("people", _rows(Person, actor), PERSON, _person)
    yield _of_records("leads", _rows(Lead, actor).select_related("conversion", "disqualification"), LEAD, _lead)
    yield ArchiveTable("pipelines", ["Pipeline", "Stage", "Probability", "Days to rot"], _stages())
    stays = Prefetch("stays", StageStay.objects.select_related("stage").order_by("entered_at", "pk"))
    lines = Prefetch("lines", DealLine.objects.select_related("product").order_by("position"))
    deals = (
        _rows(Deal, actor)
        .select_related("close", "stage", "pipeline", "product")
        .prefetch_related(stays, lines, "competitors__competitor")
    )
    yield _of_records("deals", deals, DEAL, _deal)
    yield ArchiveTable("activities", ACTIVITY, _activities(actor))


PRODUCT: Final = ["Product ID", "Product name", "Product code", "List price", "Currency", "Unit"]
COMPANY: Final = [
    *("Company ID", "Company name", "Web domain", "Industry", "Country", "Region", "City", "Postal code", "Street"),
    *("Phone", "Sales model", "Employees", "Parent company ID", "Tags", "Owner ID"),
]
PERSON: Final = [
    *("Contact ID", "Full name", "Given name", "Family name", "Email", "Other emails", "Phone", "Other phones"),
    *("Job title", "Language", "Country", "City", "Company ID", "Tags", "Owner ID"),
]
LEAD: Final = [
    *("Lead ID", "Lead name", "Company", "Email", "Phone", "Lead source", "Captured", "Converted date"),
    *("Converted contact ID", "Converted account ID", "Converted deal ID"),
    *("Disqualified date", "Disqualified reason", "Disqualified note", "Tags", "Owner ID"),
]
DEAL: Final = [
    *("Deal ID", "Deal name", "Company ID", "Contact ID", "Product", "Sales model", "Pipeline", "Stage", "Status"),
    *(
        "Amount",
        "Currency",
        "Opened",
        "Closed date",
        "Expected close date",
        "Lost reason",
        "Lost note",
        "Stage history",
        "Competitors",
        "Line items",
        "Tags",
        "Owner ID",
    ),
]
ACTIVITY: Final = [
    *("Activity ID", "Activity type", "Subject", "Description", "Due date", "Minutes", "Direction", "Done", "Outcome"),
    *("Completed date", "Private", "Deal ID", "Lead ID", "Company ID", "Contact ID", "Owner ID"),
]


def _rows(model: Any, actor: Actor) -> "QuerySet[Any]":
    rows: QuerySet[Any] = model.for_actor(actor, Verb.EXPORT).order_by("pk")
    return rows


def _of_records(name: str, rows: "QuerySet[Any]", header: Line, said: Any) -> ArchiveTable:
    """The table of a kind, with a column for everything that its rows keep besides their fields."""
    own = sorted({key for custom in rows.exclude(custom={}).values_list("custom", flat=True) for key in custom})
    return ArchiveTable(name, [*header, *own], _lines(rows, own, said))


def _lines(rows: "QuerySet[Any]", own: Iterable[str], said: Any) -> Iterator[Line]:
    for row in rows.iterator(chunk_size=CHUNK):
        yield [*said(row), *(_kept(row.custom.get(key)) for key in own)]


def _company(row: Company) -> Line:
    return [str(row.ref), row.name, row.domain or "", row.sector, row.country, row.region, row.city,
            row.postal_code, row.street, row.phone, row.sales_model, _text(row.employees),
            _ref("company", row.parent_id), ", ".join(row.tags), _ref("member", row.owner_id)]  # fmt: skip


def _person(row: Person) -> Line:
    return [str(row.ref), row.name, row.given_name, row.family_name, row.email or "",
            "; ".join(row.other_emails), row.phone, "; ".join(row.other_phones), row.job_title,
            row.language, row.country, row.city, _ref("company", row.company_id), ", ".join(row.tags),
            _ref("member", row.owner_id)]  # fmt: skip


def _lead(row: Lead) -> Line:
    turned = row.conversion if hasattr(row, "conversion") else None
    became = (
        [turned.converted_at.isoformat(), *(_ref(kind, getattr(turned, f"{kind}_id")) for kind in BECOMES)]
        if turned
        else [""] * 4
    )
    given_up = row.disqualification if hasattr(row, "disqualification") else None
    lost = [given_up.disqualified_at.isoformat(), given_up.reason, given_up.note] if given_up else [""] * 3
    return [str(row.ref), row.name, row.company_name, row.email or "", row.phone, row.channel,
            row.captured_at.isoformat(), *became, *lost, ", ".join(row.tags), _ref("member", row.owner_id)]  # fmt: skip


def _deal(row: Deal) -> Line:
    close = row.close if hasattr(row, "close") else None
    return [
        *(str(row.ref), row.name, _ref("company", row.company_id), _ref("person", row.person_id)),
        *(row.product.name if row.product else "", row.sales_model, row.pipeline.name, row.stage.name),
        *(close.outcome if close else "open", *_money(row.amount), _text(row.opened_at)),
        *(_text(close.closed_at) if close else "", _text(row.expected_close_date)),
        *((close.reason, close.note) if close else ("", "")),
        "; ".join(f"{stay.entered_at.isoformat()} {stay.stage.name}" for stay in row.stays.all()),
        "; ".join(sorted(each.competitor.name for each in row.competitors.all())),
        "\n".join(map(_line_item, row.lines.all())),
        *(", ".join(row.tags), _ref("member", row.owner_id)),
    ]


def _line_item(row: DealLine) -> str:
    less = f" less {_number(row.discount_percent)} %" if row.discount_percent else ""
    product = f" [{row.product.name}]" if row.product else ""
    price = f"{_number(row.unit_price)} {row.currency}"
    return f"{_number(row.quantity)} × {row.description} at {price}{less}{product}"


def _activities(actor: Actor) -> Iterator[Line]:
    rows = _rows(Activity, actor).select_related("completion").prefetch_related("links")
    for row in rows.iterator(chunk_size=CHUNK):
        done = row.completion if hasattr(row, "completion") else None
        links = [(kind, pk) for link in row.links.all() for kind in ABOUT if (pk := getattr(link, f"{kind}_id"))]
        yield [
            *(str(row.ref), row.does, row.subject, row.body, _text(row.due_date or row.due_at), _text(row.minutes)),
            *(row.direction, "yes" if done else "no", done.outcome if done else ""),
            *(_text(done.done_at) if done else "", "yes" if row.is_private else "no"),
            *("; ".join(_ref(kind, pk) for kind, pk in sorted(links) if kind == wanted) for wanted in ABOUT),
            _ref("member", row.owner_id),
        ]


def _members(actor: Actor) -> Iterator[Line]:
    for pk, name, email, team in members_for_export(actor):
        yield [_ref("member", pk), name, email, team]


def _products(actor: Actor) -> Iterator[Line]:
    for row in sorted(every_product(actor), key=lambda each: each.pk):
        yield [str(row.ref), row.name, row.sku or "", *_money(row.list_price), row.unit]


def _stages() -> Iterator[Line]:
    rows = Stage.objects.filter(NOT_DELETED, pipeline__deleted_at=None).select_related("pipeline")
    for row in rows.order_by("pipeline__position", "pipeline", "position", "pk"):
        yield [row.pipeline.name, row.name, _number(row.probability), _text(row.days_to_rot)]


def _ref(kind: str, pk: UUID | None) -> str:
    return str(Ref(kind, pk)) if pk else ""


def _money(amount: Any) -> tuple[str, str]:
    return (str(amount.to_json()["amount"]), amount.currency.code) if amount is not None else ("", "")


def _number(value: Decimal) -> str:
    """A number without the zeros that its column adds."""
    return plain_decimal(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _kept(value: object) -> str:
    """A value that a row keeps besides its fields, as a cell says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(str(value[name]) for name in ("amount", "currency") if name in value)
    return "" if value is None else str(value)
