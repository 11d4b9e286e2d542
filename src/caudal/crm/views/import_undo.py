"""Undoing an import by pages: see what that would remove, put back and leave, then do it."""

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from caudal.core.ids import Ref
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.undoing import KINDS, REASONS, UNDO, UNDO_REHEARSAL
from caudal.crm.imports.waiting import ask_for_undo
from caudal.crm.views.imports import TONES, UNDOS, called, crumbs, href
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.records import in_sight
from caudal.kit.traces import is_traced
from caudal.kit.world import now
from caudal.ui.tables import Column, Row, Table

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

LISTED: Final = 100


@needs("operation", Verb.CREATE)
@require_POST
def import_undo(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Have it said what undoing an import would do."""
    actor = actor_of(request)
    batch = called(actor, operation_id, Verb.CHANGE, OPERATION)
    return redirect(href(ask_for_undo(actor=actor, as_of=now(), batch=batch, name=UNDO_REHEARSAL)))


@needs("operation", Verb.CREATE)
@require_POST
def import_undo_run(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Have an import undone for good."""
    actor = actor_of(request)
    batch = batch_of(actor, called(actor, operation_id, Verb.CHANGE, UNDO_REHEARSAL), Verb.CHANGE)
    return redirect(href(ask_for_undo(actor=actor, as_of=now(), batch=batch, name=UNDO)))


@needs("operation", Verb.VIEW)
@require_GET
def import_undone(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Show what undoing an import did, or would do."""
    actor = actor_of(request)
    operation = called(actor, operation_id, Verb.VIEW, *UNDOS)
    batch = batch_of(actor, operation, Verb.VIEW)
    result = operation.result
    is_rehearsal = operation.name == UNDO_REHEARSAL
    context = {
        "title": operation.title,
        "crumbs": [*crumbs(), (batch.title, href(batch))],
        "operation": operation,
        "ref": str(operation.ref),
        "state": operation.get_state_display(),
        "tone": TONES[operation.state],
        "is_open": operation.finished_at is None,
        "is_rehearsal": is_rehearsal,
        "can_run": is_rehearsal and operation.state == "done" and is_traced(batch.pk),
        "table": counts_table(result),
        "kept": kept_table(actor, result),
        "kept_more": max(sum(result.get("kept", {}).values()) - LISTED, 0),
        "now": now(),
    }
    return render(request, "crm/import_undone.html", context)


def batch_of(actor: Actor, operation: "Operation", verb: Verb) -> "Operation":
    """Return the import that an undoing is about. Raises NotFound."""
    return called(actor, str(Ref("operation", UUID(str(operation.params["batch"])))), verb, OPERATION)


def counts_table(result: dict[str, Any]) -> Table | None:
    """Return how many records of each kind go, are put back and stay; None before that is known."""
    groups = [result.get(name) for name in ("removed", "put_back", "kept")]
    if any(group is None for group in groups):
        return None
    removed, put_back, kept = (dict(group or {}) for group in groups)
    rows = [
        Row((gettext(words), removed.get(kind, 0), put_back.get(kind, 0), kept.get(kind, 0)))
        for kind, words in KINDS.items()
        if kind in {*removed, *put_back, *kept}
    ]
    words = (_("Removed"), _("As before the import"), _("Kept"))
    columns = (Column(_("Records")), *(Column(word, "number") for word in words))
    sums = [sum(group.values()) for group in (removed, put_back, kept)]
    return Table(columns, rows, totals=(_("All records"), *sums), caption=_("What becomes of the records"))


def kept_table(actor: Actor, result: dict[str, Any]) -> Table | None:
    """Return the records that stay and why, those that the reader may see; None where none does."""
    listed = [(Ref.parse(each["ref"]), each["reason"], each["by"]) for each in result.get("listed", [])[:LISTED]]
    if not listed:
        return None
    named = in_sight([*(ref for ref, _, _ in listed), *(Ref.parse(by) for _, _, by in listed if by)], actor)
    rows = [
        Row(
            (
                named[ref],
                gettext(KINDS.get(ref.kind, ref.kind)),
                gettext(REASONS[reason]).format(name=named.get(Ref.parse(by), "…") if by else _("another record")),
            ),
            href=page_of(ref),
        )
        for ref, reason, by in listed
        if ref in named
    ]
    columns = (Column(_("Record")), Column(_("Kind")), Column(_("Why it stays")))
    return Table(columns, rows, caption=_("What stays"))
