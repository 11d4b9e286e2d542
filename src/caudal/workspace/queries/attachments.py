"""Reads of the files that are kept with records."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb
from caudal.kit.records import NotFound, in_sight
from caudal.ui.formats import bytes_text, reader_locale
from caudal.workspace.models import Attachment
from caudal.workspace.queries.actors import actor_names

KEPT_DAYS: Final = 30
"""How long a file that was taken away can be taken back."""


def attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """Return a file with a record that the actor may see. Raises NotFound."""
    return Attachment.one_for(actor, Verb.VIEW, attachment_id)


def attachments_of(actor: Actor, record: Ref) -> list[Attachment]:
    """Return the files of a record that the actor may see, newest first."""
    rows = Attachment.for_actor(actor).filter(subject_kind=record.kind, subject_id=record.id)
    return list(rows.select_related("file").order_by("-created_at", "-pk"))


def files_about(records: Collection[Ref]) -> list[Attachment]:
    """Return the files that are kept with some records, also those taken away that can be taken back, oldest first.

    No reach narrows it: it is for whoever answers for the data of a person.
    """
    kept = Q(pk__in=[])
    for ref in records:
        kept |= Q(subject_kind=ref.kind, subject_id=ref.id)
    return list(Attachment.objects.filter(kept).select_related("file").order_by("created_at", "pk"))


def files_beside(record: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return what the panel of a record's files shows; nothing where there is none and none may be added."""
    found = attachments_of(actor, record)
    may_change = record in in_sight({record}, actor, Verb.CHANGE)
    if not found and not may_change:
        return None
    within = Attachment.for_actor(actor, Verb.DELETE).filter(pk__in=[each.pk for each in found])
    removable = set(within.values_list("pk", flat=True)) if found and may_change else set()
    names = actor_names({each.created_by for each in found})
    rows = [
        {
            "name": each.file.name,
            "size": bytes_text(each.file.size_bytes, reader_locale()),
            "href": reverse("workspace:file", args=[each.ref]),
            "by": names.get(each.created_by, "Caudal"),
            "at": each.created_at,
            "gone_href": reverse("workspace:file_removal", args=[each.ref]) if each.pk in removable else "",
        }
        for each in found
    ]
    return {"rows": rows, "add_href": reverse("workspace:files_of", args=[record]) if may_change else ""}


def detached(actor: Actor, attachment_id: UUID, *, as_of: datetime) -> Attachment:
    """Return a file that was taken away and can be taken back. Raises NotFound."""
    rows = Attachment.deleted_for(actor, Verb.DELETE, since=as_of - timedelta(days=KEPT_DAYS))
    found = rows.filter(pk=attachment_id).select_related("file").first()
    if found is None:
        raise NotFound(kind=Attachment.kind, id=Ref(Attachment.kind, attachment_id))
    return found
