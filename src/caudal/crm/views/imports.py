"""Moving in by pages: give files, see what they were taken for, rehearse, decide, import, read the report."""

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Finding, Problem, Severity
from caudal.core.ids import Ref
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.undoing import UNDO, UNDO_REHEARSAL, can_undo
from caudal.crm.imports.uploads import SentUpload, Upload
from caudal.crm.imports.vocabulary import LABELS, Kind, in_words
from caudal.crm.imports.waiting import REHEARSAL, ask_for_import, ask_for_rehearsal, findings_of
from caudal.crm.views.import_offers import offers
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace.actions import cancel_operation
from caudal.workspace.queries import operation_for, operations

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

SHOWN: Final = 50
UNDOS: Final = (UNDO, UNDO_REHEARSAL)
TONES: Final = {"done": "good", "failed": "bad", "cancelled": "idle", "running": "accent", "waiting": "idle"}
"""State of an operation → the tone in which it is shown."""


@needs("operation", Verb.CREATE)
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """List rehearsals and imports, newest first."""
    rows = [
        Row(
            (
                each.title,
                Cell(each.get_state_display(), tone=TONES[each.state]),
                each.total,
                each.created_at,
            ),
            href=href(each),
        )
        for each in operations(actor_of(request), (OPERATION, REHEARSAL, *UNDOS), limit=SHOWN)
    ]
    columns = (
        Column(_("Import or rehearsal")),
        Column(_("State"), "state"),
        Column(_("Rows"), "number"),
        Column(_("Begun"), "date"),
    )
    table = Table(columns, rows, caption=_("Imports"))
    return render(request, "crm/import_list.html", {"title": _("Imports"), "table": table, "now": now()})


@needs("operation", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Take files, and have their import rehearsed."""
    context: dict[str, Any] = {"title": _("Import files"), "crumbs": crumbs(), "source": "", "problem": ""}
    if request.method != "POST":
        return render(request, "crm/import_new.html", context)
    uploads: list[Upload] = [SentUpload(file) for file in request.FILES.getlist("files")]
    source = in_words(request.POST.get("source", "")).replace(" ", "-")[:80] or "files"
    try:
        operation = ask_for_rehearsal(actor=actor_of(request), as_of=now(), uploads=uploads, source=source)
    except Problem as problem:
        context |= {"source": source, "problem": problem.told(gettext)}
        return render(request, "crm/import_new.html", context, status=problem.status)
    return redirect(href(operation))


@needs("operation", Verb.VIEW)
@require_GET
def import_page(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Show how far an import is, then what became of it."""
    actor = actor_of(request)
    operation = import_for(actor, operation_id, Verb.VIEW)
    found = findings_of(operation)
    counts = {each: sum(1 for one in found if one.finding.severity is each) for each in Severity}
    context = {
        "title": operation.title,
        "crumbs": crumbs(),
        "operation": operation,
        "ref": str(operation.ref),
        "state": operation.get_state_display(),
        "tone": TONES[operation.state],
        "is_open": operation.finished_at is None,
        "is_rehearsal": operation.name == REHEARSAL,
        "can_undo": can_undo(actor, operation),
        "can_run": operation.name == REHEARSAL and operation.state == "done",
        "has_refused": bool(operation.result.get("refused")),
        "has_words": bool(operation.result.get("stages") or operation.result.get("owners")),
        "table": files_table(operation),
        "findings": [told_with_count(each.finding, each.count) for each in found],
        "offers": offers(actor, operation) if operation.name == REHEARSAL and operation.finished_at else [],
        "errors": counts[Severity.ERROR],
        "choices": counts[Severity.CHOICE],
        "now": now(),
    }
    return render(request, "crm/import.html", context)


@needs("operation", Verb.CREATE)
@require_POST
def import_run(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Have what was rehearsed done for good."""
    actor = actor_of(request)
    rehearsed = import_for(actor, operation_id, Verb.VIEW)
    return redirect(href(ask_for_import(actor=actor, as_of=now(), operation=rehearsed)))


@needs("operation", Verb.CHANGE)
@require_POST
def import_cancel(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Ask an import to stop between two batches."""
    actor = actor_of(request)
    operation = called(actor, operation_id, Verb.CHANGE, OPERATION, REHEARSAL, *UNDOS)
    asked = cancel_operation(actor=actor, as_of=now(), operation=operation)
    return redirect(href(asked))


def import_for(actor: Actor, operation_id: str, verb: Verb) -> "Operation":
    """Return a rehearsal or an import. Raises NotFound, also for other long work."""
    return called(actor, operation_id, verb, OPERATION, REHEARSAL)


def called(actor: Actor, operation_id: str, verb: Verb, *names: str) -> "Operation":
    """Return an operation of one of some names. Raises NotFound."""
    return operation_for(actor, verb, Ref.parse(operation_id, "operation").id, names=names)


def files_table(operation: "Operation") -> Table | None:
    """Return what became of each table, None before there is anything to say."""
    files = operation.result.get("files")
    if not files:
        return None
    rows = [
        Row(
            (
                each["file"],
                gettext(LABELS[Kind(each["kind"])]),
                each["rows"],
                each["created"],
                each["updated"],
                each["unchanged"],
                each["refused"],
            )
        )
        for each in files
    ]
    words = (_("Rows"), _("New"), _("Changed"), _("As before"), _("Refused"))
    columns = (Column(_("File")), Column(_("Becomes")), *(Column(word, "number") for word in words))
    totals = operation.result["totals"]
    sums = [totals[name] for name in ("rows", "created", "updated", "unchanged", "refused")]
    return Table(columns, rows, totals=(_("All files"), "", *sums), caption=_("What becomes of the files"))


def told_with_count(finding: Finding, count: int) -> Finding:
    """Return a finding as the page tells it: in the reader's words, with the rows that it is true of."""
    params = {name: gettext(str(value)) if name == "kind" else value for name, value in finding.params.items()}
    told = Finding(finding.code, finding.message, finding.severity, finding.place, finding.hint, params).told(gettext)
    rows = ngettext("%(count)s row", "%(count)s rows", count) % {"count": count}
    words = told if count == 1 else f"{told} ({rows})"
    return Finding(finding.code, "{words}", finding.severity, finding.place, "", {"words": words})


def crumbs() -> list[tuple[str, str]]:
    """Return what stands above these pages."""
    return [(_("Imports"), reverse("crm:imports"))]


def href(operation: "Operation") -> str:
    """Return the address of an import, or of the undoing of one."""
    return reverse("crm:import_undone" if operation.name in UNDOS else "crm:import", args=[str(operation.ref)])
