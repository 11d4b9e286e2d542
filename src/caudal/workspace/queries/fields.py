"""The company's own fields."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.errors import Finding
from caudal.kit.access import SYSTEM, Actor
from caudal.kit.formulas import Fields, column_of, findings_of, index_sql, result_of, with_formulas
from caudal.kit.own_fields import NO_SUCH_RECORD, FieldType, Filled, OwnField, filled
from caudal.kit.records import EVER, in_sight
from caudal.kit.shapes import Reader, ShapeField, kinds_with_fields, shape_of
from caudal.workspace.models import CustomField
from caudal.workspace.queries.company import company

TRIED: Final = 5
"""Records of which a formula is tried."""
_KNOWN_FIELDS: ContextVar[dict[str, tuple[OwnField, ...]] | None] = ContextVar("own_fields", default=None)
"""The fields of one's own that this request has read; None outside of requests, where nothing is remembered."""


@contextmanager
def remembering_own_fields() -> Iterator[None]:
    """Let one request read the definitions of fields once."""
    token = _KNOWN_FIELDS.set({})
    try:
        yield
    finally:
        _KNOWN_FIELDS.reset(token)


def forget_own_fields() -> None:
    """Let this request read the definitions again, after one changed."""
    if _KNOWN_FIELDS.get() is not None:
        _KNOWN_FIELDS.set({})


def own_fields(kind: str, *, retired: bool = False) -> tuple[OwnField, ...]:
    """Return the company's own fields of a kind of record, in their order; those that are retired only if asked."""
    known = _KNOWN_FIELDS.get()
    if not known:
        known = {"": ()} if known is None else known
        known[""] = ()
        for row in CustomField.objects.filter(deleted_at=None).order_by("record_kind", "position", "pk"):
            known[row.record_kind] = (*known.get(row.record_kind, ()), row.value())
    return tuple(each for each in known.get(kind, ()) if retired or each.active)


def formula_fields(kind: str, actor: Actor, as_of: datetime) -> tuple[Fields, Reader]:
    """Return what formulas of a kind of record may name, and who reads them."""
    own = company()
    reader = Reader(actor=actor, as_of=as_of, currency=own.currency if own else "")
    return Fields.of(kind, own_fields(kind), reader.currency), reader


@dataclass(frozen=True, slots=True)
class Trial:
    """What would come of a formula: what is wrong with it, or what it yields of some records."""

    own: OwnField
    findings: tuple[Finding, ...]
    reader: Reader
    named: Sequence[ShapeField] = ()
    """The fields that it speaks of."""
    rows: Sequence[Any] = ()
    """Records, the latest first, which carry what it yields of them."""
    indexed: bool = False


def tried(own: OwnField, actor: Actor, as_of: datetime) -> Trial:
    """Return what would come of a formula, of the records that an actor sees; nothing is written."""
    fields, reader = formula_fields(own.record_kind, actor, as_of)
    found = fields.vetted(own, reader)
    if found.expression is None:
        return Trial(own, found.findings, reader)
    made = result_of(found.expression.type)
    own = replace(own, result=made.kind, unit=made.unit, currency=made.currency)
    shape = shape_of(own.record_kind)
    seen = shape.seen_by(actor)
    rows = with_formulas(shape.with_names(shape.model.for_actor(actor)), shape, reader)
    latest = list(rows.annotate(tried=column_of(own, reader, fields)).order_by("-changed_at", "pk")[:TRIED])
    shape.complete(latest)
    for row in latest:
        setattr(row, own.alias, row.tried)
    return Trial(
        own,
        (),
        reader,
        named=[seen[name] for name in sorted(found.expression.fields) if name in seen],
        rows=latest,
        indexed=bool(index_sql(own, fields, reader)),
    )


def broken_formulas(actor: Actor, as_of: datetime) -> dict[UUID, Finding]:
    """Return the formulas that are empty everywhere because they fit no more, each with the first reason."""
    found: dict[UUID, Finding] = {}
    for kind in kinds_with_fields():
        if any(each.computed for each in own_fields(kind)):
            fields, reader = formula_fields(kind, actor, as_of)
            wrong = {each.id: findings_of(each, fields, reader) for each in fields.own.values() if each.computed}
            found |= {field_id: findings[0] for field_id, findings in wrong.items() if findings}
    return found


def link_kinds() -> tuple[str, ...]:
    """Return the kinds of records that a field of one's own may name: those that have fields themselves."""
    return kinds_with_fields()


def fill_own_fields(
    fields: Sequence[OwnField], actor: Actor, given: Mapping[str, Any], stored: Mapping[str, Any]
) -> Filled:
    """Return what is to be written of the own fields of a row, and every finding, by the name of the field.

    Records that the values name are within the actor's sight, or a finding.
    """
    found = filled(fields, given, stored)
    seen = in_sight({ref for _, ref in found.links}, actor) if found.links else {}
    found.wrong |= {name: NO_SUCH_RECORD for name, ref in found.links if ref not in seen}
    return found


def index_own_field(field_id: UUID) -> str:
    """Let the owner of the tables make or drop the index of a field, and return its name, nothing without one.

    Writes to the table wait while it is made; it gives up after two seconds of waiting itself. See ADR 19.
    """
    row = CustomField.objects.get(pk=field_id)
    table = shape_of(row.record_kind).model._meta.db_table
    with connection.cursor() as cursor:
        if row.type == FieldType.FORMULA:
            text = formula_index(row.value())
            cursor.execute("SELECT own_formula_index(%s, %s::regclass, %s)", [field_id, table, text])
        else:
            cursor.execute("SELECT own_field_index(%s, %s::regclass)", [field_id, table])
        return str(cursor.fetchone()[0])


def formula_index(own: OwnField) -> str:
    """Return the text by which an index finds rows by a formula, nothing where there can be none."""
    if not own.active:
        return ""
    fields, reader = formula_fields(own.record_kind, SYSTEM, EVER)
    return index_sql(own, fields, reader)


def index_formulas() -> int:
    """Make anew the indexes of formulas whose text is another than they were made of; return how many have one.

    A later version may compile a formula to another text, and an index that could not be made waits here for its turn.
    """
    rows = CustomField.objects.filter(type=FieldType.FORMULA, deleted_at=None).order_by("pk")
    return len([name for field_id in rows.values_list("pk", flat=True) if (name := index_own_field(field_id))])


def index_formulas_on(field_id: UUID) -> list[str]:
    """Make anew the indexes of a formula and of those that stand on it, as far as they changed; return their names."""
    row = CustomField.objects.get(pk=field_id)
    fields, _reader = formula_fields(row.record_kind, SYSTEM, EVER)
    changed = [each.id for each in fields.resting_on(row.value().name)]
    return [index_own_field(each) for each in ([row.pk] if row.type == FieldType.FORMULA else []) + changed]
