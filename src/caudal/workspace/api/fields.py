"""Routes of the company's own fields."""

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.kit.access import Verb
from caudal.kit.bodies import Body, row_id, tag, version_of
from caudal.kit.own_fields import FieldType
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.models import CustomField

router = Router()


class FieldIn(Body):
    """A field to add to a kind of record."""

    record_kind: str = Field(examples=["company"])
    key: str = Field(examples=["seats"])
    type: FieldType
    label: str
    label_es: str = ""
    help: str = ""
    unit: str = ""
    decimals: int | None = None
    """Of numbers; a formula has two without it."""
    currency: str = ""
    options: list[str] = []
    link_kind: str = ""
    formula: str = ""
    """Of a formula, its expression: `amount - custom.cost`."""
    required: bool = False


class FieldChange(Body):
    """What to change about a field; what is left out stays."""

    label: str = ""
    label_es: str = ""
    help: str = ""
    unit: str = ""
    decimals: int = 0
    options: list[str] = []
    formula: str = ""
    required: bool = False
    position: int = 0


class FieldOut(Schema):
    """A field of the company's own."""

    id: str
    version: int
    record_kind: str
    key: str
    type: str
    label: str
    label_es: str
    help: str
    unit: str
    decimals: int
    currency: str
    options: list[str]
    link_kind: str
    formula: str
    result: str
    """What a formula yields: text, number, money, date, instant or boolean."""
    required: bool
    position: int
    active: bool


@router.get("/fields", response=list[FieldOut])
@needs("field")
def list_fields(request: HttpRequest, record_kind: str = "") -> list[FieldOut]:
    """List the company's own fields, retired ones too, by kind of record and in their order."""
    rows = CustomField.for_actor(actor_of(request)).order_by("record_kind", "position", "pk")
    return [field_out(each) for each in (rows.filter(record_kind=record_kind) if record_kind else rows)]


@router.post("/fields", response={201: FieldOut})
@needs("field", Verb.CREATE)
def add_field(request: HttpRequest, body: FieldIn) -> Status[FieldOut]:
    """Give a kind of record a field."""
    return Status(201, field_out(actions.add_field(actor=actor_of(request), as_of=now(), **body.dict())))


@router.patch("/fields/{field_id}", response=FieldOut)
@needs("field", Verb.CHANGE)
def change_field(request: HttpRequest, response: HttpResponse, field_id: str, body: FieldChange) -> FieldOut:
    """Define a field otherwise; If-Match says which version was read."""
    actor = actor_of(request)
    changed = actions.change_field(
        actor=actor,
        as_of=now(),
        field=CustomField.one_for(actor, Verb.CHANGE, row_id("field", field_id), lock=True),
        expected_version=version_of(request, required=True),
        **body.dict(exclude_unset=True),
    )
    tag(response, changed)
    return field_out(changed)


@router.post("/fields/{field_id}/retirement", response=FieldOut)
@needs("field", Verb.CHANGE)
def retire_field(request: HttpRequest, field_id: str) -> FieldOut:
    """Let a field take no more values; those that it has stay."""
    actor = actor_of(request)
    row = CustomField.one_for(actor, Verb.CHANGE, row_id("field", field_id), lock=True)
    return field_out(actions.retire_field(actor=actor, as_of=now(), field=row))


@router.delete("/fields/{field_id}/retirement", response=FieldOut)
@needs("field", Verb.CHANGE)
def restore_field(request: HttpRequest, field_id: str) -> FieldOut:
    """Let a retired field take values again."""
    actor = actor_of(request)
    row = CustomField.one_for(actor, Verb.CHANGE, row_id("field", field_id), lock=True)
    return field_out(actions.restore_field(actor=actor, as_of=now(), field=row))


def field_out(row: CustomField) -> FieldOut:
    """Return a field as the API shows it."""
    return FieldOut(
        id=str(row.ref),
        version=row.version,
        record_kind=row.record_kind,
        key=row.key,
        type=row.type,
        label=row.label,
        label_es=row.label_es,
        help=row.help,
        unit=row.unit,
        decimals=row.decimals,
        currency=row.currency,
        options=row.options,
        link_kind=row.link_kind,
        formula=row.formula,
        result=row.result,
        required=row.required,
        position=row.position,
        active=row.retired_at is None,
    )
