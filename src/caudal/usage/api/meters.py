"""Routes of meters and of subjects."""

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.core.money import Rounding
from caudal.core.rating import Aggregation
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, PageQuery, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.usage import actions, queries
from caudal.usage.models import CODE_LENGTH, KEY_LENGTH, Meter, Subject

router = Router()

NAME = Annotated[str, Field(max_length=120)]
PROPERTY = Annotated[str, Field(max_length=CODE_LENGTH)]
TEXT = Annotated[str, Field(max_length=KEY_LENGTH)]
FILTER = Annotated[str, Field(max_length=10_000, examples=['kind = "contract" and pages > 1'])]
PLACES = Annotated[int, Field(ge=-12, le=12)]
NOT_ROUNDED: Final = ""


class MeterIn(Body):
    """A meter to add; without a property for the quantity each event is 1."""

    code: Annotated[str, Field(min_length=1, max_length=CODE_LENGTH)]
    label_en: NAME
    label_es: NAME = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    event_type: TEXT
    filter: FILTER = ""
    aggregation: Aggregation
    quantity_property: PROPERTY = ""
    value_property: PROPERTY = ""
    amount_property: PROPERTY = ""
    dimensions: Annotated[list[PROPERTY], Field(max_length=10)] = []
    takes_negative: bool = False
    rounding: Rounding | None = None
    places: PLACES = 0


class MeterChange(Body):
    """What to change about a meter; what is left out stays. Everything is read anew from now on."""

    label_en: NAME = ""
    label_es: NAME = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    event_type: TEXT = ""
    filter: FILTER = ""
    aggregation: Aggregation = Aggregation.SUM
    quantity_property: PROPERTY = ""
    value_property: PROPERTY = ""
    amount_property: PROPERTY = ""
    dimensions: Annotated[list[PROPERTY], Field(max_length=10)] = []
    takes_negative: bool = False
    rounding: Rounding | None = None
    places: PLACES = 0


class MeterOut(Schema):
    """A meter; charges name it by its code."""

    id: str
    version: int
    code: str
    label_en: str
    label_es: str
    unit: str
    event_type: str
    filter: str
    aggregation: str
    quantity_property: str
    value_property: str
    amount_property: str
    dimensions: list[str]
    takes_negative: bool
    rounding: str | None
    places: int


class SubjectIn(Body):
    """Whose usage the events of a key are."""

    key: Annotated[str, Field(min_length=1, max_length=KEY_LENGTH)]
    company_id: str
    note: TEXT = ""


class SubjectMove(Body):
    """Whose usage it is, as we know from now on."""

    company_id: str


class UsageSubjectOut(Schema):
    """A subject and its company."""

    id: str
    version: int
    key: str
    company_id: str
    note: str


class SubjectPage(Schema):
    """Some subjects, by key."""

    items: list[UsageSubjectOut]
    next: str | None


class SubjectQuery(PageQuery):
    """Which subjects."""

    company_id: str | None = None
    text: TEXT = ""


@router.get("/meters", response=list[MeterOut])
@needs("meter", Verb.VIEW)
def list_meters(request: HttpRequest) -> list[MeterOut]:
    """List the meters, by code."""
    return [_meter(each) for each in queries.meters(actor_of(request))]


@router.post("/meters", response={201: MeterOut})
@needs("meter", Verb.CREATE)
def create_meter(request: HttpRequest, response: HttpResponse, body: MeterIn) -> Status[MeterOut]:
    """Count usage in a new way; events that were kept before count from now on."""
    actions.wait_for_turn()
    meter = actions.add_meter(actor=actor_of(request), as_of=now(), **_said(body.dict()))
    tag(response, meter)
    return Status(201, _meter(meter))


@router.patch("/meters/{meter_id}", response=MeterOut)
@needs("meter", Verb.CHANGE)
def change_meter(request: HttpRequest, response: HttpResponse, meter_id: str, body: MeterChange) -> MeterOut:
    """Change a meter; If-Match says which version was read."""
    actions.wait_for_turn()
    meter = actions.change_meter(
        actor=actor_of(request),
        as_of=now(),
        meter_id=row_id("meter", meter_id),
        expected_version=version_of(request, required=True),
        **_said(body.dict(exclude_unset=True)),
    )
    tag(response, meter)
    return _meter(meter)


@router.get("/subjects", response=SubjectPage)
@needs("usage_subject", Verb.VIEW)
def list_usage_subjects(request: HttpRequest, query: Query[SubjectQuery]) -> SubjectPage:
    """List the subjects, by key."""
    company_id = row_id("company", query.company_id) if query.company_id else None
    found = queries.subjects(
        actor_of(request), text=query.text, company_id=company_id, cursor=query.cursor, limit=query.limit
    )
    return SubjectPage(items=[_subject(each) for each in found.rows], next=found.next)


@router.post("/subjects", response={201: UsageSubjectOut})
@needs("usage_subject", Verb.CREATE)
def create_usage_subject(request: HttpRequest, response: HttpResponse, body: SubjectIn) -> Status[UsageSubjectOut]:
    """Say whose usage the events of a key are; those that wait for it count from now on."""
    actions.wait_for_turn()
    subject = actions.add_subject(
        actor=actor_of(request),
        as_of=now(),
        key=body.key,
        company_id=row_id("company", body.company_id),
        note=body.note,
    )
    tag(response, subject)
    return Status(201, _subject(subject))


@router.patch("/subjects/{usage_subject_id}", response=UsageSubjectOut)
@needs("usage_subject", Verb.CHANGE)
def move_usage_subject(
    request: HttpRequest, response: HttpResponse, usage_subject_id: str, body: SubjectMove
) -> UsageSubjectOut:
    """Give a subject and all its usage to another company; If-Match says which version was read."""
    actions.wait_for_turn()
    subject = actions.move_subject(
        actor=actor_of(request),
        as_of=now(),
        subject_id=row_id(Subject.kind, usage_subject_id),
        company_id=row_id("company", body.company_id),
        expected_version=version_of(request, required=True),
    )
    tag(response, subject)
    return _subject(subject)


def _said(values: dict[str, Any]) -> Any:
    if "rounding" in values:
        values["rounding"] = values["rounding"] or NOT_ROUNDED
    return values


def _meter(meter: Meter) -> MeterOut:
    return MeterOut(
        id=str(meter.ref),
        version=meter.version,
        code=meter.code,
        label_en=meter.label_en,
        label_es=meter.label_es,
        unit=meter.unit,
        event_type=meter.event_type,
        filter=meter.filter,
        aggregation=meter.aggregation,
        quantity_property=meter.quantity_property,
        value_property=meter.value_property,
        amount_property=meter.amount_property,
        dimensions=list(meter.dimensions),
        takes_negative=meter.takes_negative,
        rounding=meter.rounding or None,
        places=meter.places,
    )


def _subject(subject: Subject) -> UsageSubjectOut:
    return UsageSubjectOut(
        id=str(subject.ref),
        version=subject.version,
        key=subject.key,
        company_id=str(public_id("company", subject.company_id)),
        note=subject.note,
    )
