"""Taking back what was deleted, for as long as the recycle bin keeps it, and emptying the bin behind that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.leads import end_of
from caudal.crm.actions.telling import REFERENCES, refs_of, told
from caudal.crm.events import RecordRestored
from caudal.crm.models import Company, Deal, Lead, Person
from caudal.crm.queries import BINNED, kept_since
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.records import NOT_DELETED, NotFound

Binned: TypeAlias = Company | Person | Lead | Deal

BATCH: Final = 500


class NeedsAnother(Problem):
    """What the record belongs to is deleted too."""

    code = "bin.needs_another"
    status = 409
    message = msg("“{name}” belongs to “{other}”, which is deleted too.")
    hint = msg("Restore that first.")


class LeadCameBack(Problem):
    """Another open lead has the address meanwhile."""

    code = "bin.lead_came_back"
    status = 409
    message = msg("“{name}” came back meanwhile: there is an open lead with the same address.")
    hint = msg("Go on with that one.")


@action
def restore_record(*, actor: Actor, as_of: datetime, ref: Ref) -> Binned:
    """Take a record out of the recycle bin, as it was. Raises NotFound, NeedsAnother, LeadCameBack."""
    model = BINNED.get(ref.kind)
    if model is None:
        raise NotFound(kind=ref.kind, id=ref)
    rows = model.deleted_for(actor, Verb.DELETE, since=kept_since(as_of))
    record = rows.filter(pk=ref.id).select_for_update(of=("self",)).first()
    if record is None:
        raise NotFound(kind=ref.kind, id=ref)
    _has_its_own(record)
    values: dict[str, Any] = {"open_email": _open_email(record)} if isinstance(record, Lead) else {}
    record.restore(actor=actor, as_of=as_of, **values)
    publish(told(RecordRestored, record, {}, about=refs_of(record)), actor=actor, occurred_at=as_of)
    return record


def empty_bin(*, as_of: datetime) -> int:
    """Delete for good what has been in the bin too long, and return how many rows that were.

    A row that others still name stays until they are gone. Its facts stay; who it is about is erased by other means.
    """
    gone = 0
    for model in (Deal, Lead, Person, Company):
        old = model.long_deleted(before=kept_since(as_of)).order_by("deleted_at", "pk")
        for row in old.iterator(chunk_size=BATCH):
            try:
                with transaction.atomic():
                    row.delete()
                    gone += 1
            except (ProtectedError, RestrictedError):
                continue
    return gone


def _has_its_own(record: Binned) -> None:
    """Refuse, with NeedsAnother, a record whose company or person is not there."""
    models: Mapping[str, type[Company | Person]] = {"company": Company, "person": Person}
    for column, kind in REFERENCES.items():
        row_id = getattr(record, column, None)
        missing = row_id and models[kind].objects.exclude(NOT_DELETED).filter(pk=row_id).first()
        if missing:
            raise NeedsAnother(name=record.name, other=missing.name)


def _open_email(lead: Lead) -> str | None:
    """Return the address under which a lead is the open one. Raises LeadCameBack."""
    if not lead.email or end_of(lead) is not None:
        return None
    if Lead.objects.filter(open_email=lead.email).exists():
        raise LeadCameBack(name=lead.name)
    return lead.email
