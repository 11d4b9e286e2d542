"""Bulk edits as pages: what would change, how far it is, what became of it, and the way back."""

import copy
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.actions import bulk
from caudal.crm.actions.bulk import EDIT, REHEARSAL, UNDO, By, Edit, How
from caudal.crm.views.nouns import BY_KIND
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.records import in_sight
from caudal.kit.shapes import FieldKind, Reader, ShapeField, shape_of
from caudal.kit.world import now
from caudal.ui.formats import day_text, money_text, number_text, reader_locale
from caudal.ui.lists.serving import reader_of
from caudal.ui.lists.tables import KINDS, cell_of
from caudal.ui.tables import Cell, Column, Row, Table, query
from caudal.workspace.actions import cancel_operation
from caudal.workspace.queries import actor_names, operation_for, operations

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

NAMES: Final = (REHEARSAL, EDIT, UNDO)
SAMPLES: Final = 8
SHOWN: Final = 50
TONES: Final = {"done": "good", "failed": "bad", "cancelled": "idle", "running": "accent", "waiting": "idle"}


@needs("bulk_edit")
@require_GET
def edit_list(request: HttpRequest) -> HttpResponse:
    """List bulk edits, newest first."""
    reader = reader_of(request, now())
    found = operations(reader.actor, (EDIT, UNDO), limit=SHOWN)
    names = actor_names({each.created_by for each in found})
    rows = [
        Row(
            (
                title_of(each, reader),
                Cell(each.get_state_display(), tone=TONES[each.state]),
                each.total,
                names.get(each.created_by, each.created_by),
                each.created_at,
            ),
            href=edit_href(each),
        )
        for each in found
    ]
    columns = (
        Column(_("Bulk edit")),
        Column(_("State"), "state"),
        Column(_("Records"), "number"),
        Column(_("By")),
        Column(_("Begun"), "date"),
    )
    table = Table(columns, rows, caption=_("Bulk edits"))
    return render(request, "crm/edits.html", {"title": _("Bulk edits"), "table": table, "days": queries.BIN_DAYS})


@needs("bulk_edit")
@require_GET
def edit_page(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Show what an edit would do, how far it is, or what became of it."""
    reader = reader_of(request, now())
    operation = edit_for(reader.actor, operation_id, Verb.VIEW)
    edit = Edit.from_json(operation.params["edit"])
    counts = dict(queries.edited_counts(operation))
    is_rehearsal = operation.name == REHEARSAL
    refused = queries.edited_rows(operation, ["refused"], cursor=request.GET.get("at"), limit=SHOWN)
    context = {
        "title": title_of(operation, reader),
        "crumbs": [(BY_KIND[edit.kind].plural, operation.params["said"].get("back") or BY_KIND[edit.kind].list_href)],
        "operation": operation,
        "ref": str(operation.ref),
        "state": _("Preview") if is_rehearsal and operation.state == "done" else operation.get_state_display(),
        "tone": "accent" if is_rehearsal else TONES[operation.state],
        "is_open": operation.finished_at is None,
        "is_rehearsal": is_rehearsal,
        "is_undo": operation.name == UNDO,
        "fits": counts.get("fits", 0),
        "apply_words": apply_words(edit, counts.get("fits", 0)),
        "may_apply": operation.state == "done" and bulk.may_go_on(reader.actor, operation),
        "can_undo": bulk.can_undo(reader.actor, operation),
        "figures": figures_of(operation, counts),
        "samples": samples(operation, edit, reader) if is_rehearsal and operation.state == "done" else None,
        "refused": refusals(edit, refused.rows, reader),
        "refused_next": query({}, at=refused.next) + "#refused" if refused.next else "",
        "back": operation.params["said"].get("back") or BY_KIND[edit.kind].list_href,
        "days": queries.BIN_DAYS,
        "danger": edit.how is How.DELETE,
    }
    answer = render(request, "crm/edit.html", context)
    if request.headers.get("hx-request") and operation.finished_at is not None:
        answer["HX-Refresh"] = "true"  # what stands beside the heading has changed too
    return answer


@needs("bulk_edit", Verb.CHANGE)
@require_POST
def edit_apply(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Do what was rehearsed; small edits are done when this answers."""
    actor = actor_of(request)
    rehearsal = edit_for(actor, operation_id, Verb.VIEW)
    done = bulk.apply_edit(actor=actor, as_of=now(), rehearsal=rehearsal)
    return told_and_back(request, done)


@needs("bulk_edit", Verb.CHANGE)
@require_POST
def edit_undo(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Take an edit back."""
    actor = actor_of(request)
    done = edit_for(actor, operation_id, Verb.VIEW)
    undone = bulk.undo_edit(actor=actor, as_of=now(), done=done)
    return told_and_back(request, undone)


@needs("bulk_edit", Verb.CHANGE)
@require_POST
def edit_stop(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Ask an edit to stop between two batches."""
    actor = actor_of(request)
    asked = cancel_operation(actor=actor, as_of=now(), operation=edit_for(actor, operation_id, Verb.CHANGE))
    return redirect(edit_href(asked))


def told_and_back(request: HttpRequest, operation: "Operation") -> HttpResponse:
    """Lead back to the list with a notice and the way back; to the edit's own page where there is more to say."""
    if operation.finished_at is None or operation.error or operation.result.get("refused"):
        return redirect(edit_href(operation), status=HTTPStatus.SEE_OTHER)
    count = operation.result.get("done", 0)
    kind = Edit.from_json(operation.params["edit"]).kind
    if operation.name == UNDO:
        messages.success(request, _("Taken back: %(records)s") % {"records": records_words(kind, count)})
    else:
        undo = reverse("crm:bulk_edit_undo", args=[str(operation.ref)])
        restored = operation.params["edit"]["how"] == How.RESTORE
        words = (_("Restored: %(name)s") if restored else _("Changed: %(records)s")) % {
            "name": records_words(kind, count),
            "records": records_words(kind, count),
        }
        messages.success(request, words, extra_tags=undo if count else "")
    return redirect(operation.params["said"].get("back") or BY_KIND[kind].list_href)


def edit_for(actor: Actor, operation_id: str, verb: Verb) -> "Operation":
    """Return a bulk edit. Raises NotFound, also for other long work."""
    return operation_for(actor, verb, Ref.parse(operation_id, "operation").id, names=NAMES)


def edit_href(operation: "Operation") -> str:
    """Return the address of a bulk edit."""
    return reverse("crm:bulk_edit", args=[str(operation.ref)])


def selected_words(kind: str, count: int) -> str:
    """Write how many records are selected."""
    return _("%(records)s selected") % {"records": records_words(kind, count)}


def records_words(kind: str, count: int) -> str:
    """Write how many records of a kind."""
    said = {"count": number_text(count, reader_locale())}
    match kind:
        case "deal":
            return ngettext("%(count)s deal", "%(count)s deals", count) % said
        case "lead":
            return ngettext("%(count)s lead", "%(count)s leads", count) % said
        case "company":
            return ngettext("%(count)s company", "%(count)s companies", count) % said
    return ngettext("%(count)s person", "%(count)s people", count) % said


def apply_words(edit: Edit, count: int) -> str:
    """Write what the button does."""
    said = {"records": records_words(edit.kind, count)}
    return (_("Delete %(records)s") if edit.how is How.DELETE else _("Change %(records)s")) % said


def title_of(operation: "Operation", reader: Reader) -> str:
    """Write what an edit does."""
    edit = Edit.from_json(operation.params["edit"])
    words = edit_words(edit, reader)
    plural = BY_KIND[edit.kind].plural
    if operation.name == UNDO:
        return _("Take back: %(edit)s") % {"edit": f"{plural} · {words}"}
    return f"{plural} · {words}"


def edit_words(edit: Edit, reader: Reader) -> str:
    """Write an edit in words: "Owner: Marta"."""
    if edit.how is How.DELETE:
        return pgettext("many", "Delete")
    if edit.how is How.RESTORE:
        return _("Restore")
    found = shape_of(edit.kind).seen_by(reader.actor).get(edit.field)
    label = str(found.label) if found else edit.field
    value = value_words(found, edit.value, reader) if found else str(edit.value)
    if edit.field == "reason":
        return _("Disqualify: %(reason)s") % {"reason": value}
    match edit.how:
        case How.ADD:
            return _("%(field)s: add %(value)s") % {"field": label, "value": value}
        case How.REMOVE:
            return _("%(field)s: take off %(value)s") % {"field": label, "value": value}
    return _("%(field)s: %(value)s") % {"field": label, "value": value}


def value_words(found: ShapeField, value: Any, reader: Reader) -> str:
    """Write a value as bodies of the API carry it for a reader."""
    labels = {option.value: str(option.label) for option in found.options(reader)} if found.options else {}
    match value:
        case None | "" | []:
            said = _("nothing")
        case [*several]:
            said = ", ".join(map(str, several))
        case {"amount": amount, "currency": currency}:
            said = money_text(Decimal(amount), currency, reader_locale())
        case bool():
            said = _("Yes") if value else _("No")
        case str() if found.kind is FieldKind.DATE:
            said = day_text(date.fromisoformat(value), reader_locale())
        case str() if found.kind is FieldKind.LINK and value not in labels:
            said = linked_words(value, reader)
        case _:
            said = labels.get(str(value), str(value))
    return said


def linked_words(value: str, reader: Reader) -> str:
    """Write the name of a record that a value names."""
    try:
        ref = Ref.parse(value)
    except Problem:
        return value
    return in_sight([ref], reader.actor).get(ref) or _("something that you may not see")


def figures_of(operation: "Operation", counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how many records stand where, in words."""
    words = {
        "fits": _("would change"),
        "waiting": _("to do"),
        "done": _("taken back") if operation.name == UNDO else _("changed"),
        "undone": _("changed, then taken back"),
        "same": _("so already"),
        "refused": _("kept as they are") if operation.name == UNDO else _("refused"),
    }
    return [(words[state], counts[state]) for state in words if counts.get(state)]


def samples(operation: "Operation", edit: Edit, reader: Reader) -> Table | None:
    """Return some of the records with what they say before and after."""
    rows = queries.edited_rows(operation, ["fits"], limit=SAMPLES).rows
    if not rows:
        return None
    shape = shape_of(edit.kind)
    found = bulk.records_in_reach(edit, reader.actor, reader.as_of, [row.record for row in rows])
    records = {record.pk: record for record in shape.with_names(found)}
    shape.complete(list(records.values()))
    ordered = [records[row.record] for row in rows if row.record in records]
    verdicts = bulk.work_of(edit, By(reader.actor, reader.as_of)).judge(ordered) if ordered else []
    field = shape.seen_by(reader.actor).get(edit.field)
    columns = [Column(BY_KIND[edit.kind].plural), Column(pgettext("edit", "Before")), Column(pgettext("edit", "After"))]
    if field is not None:
        columns = [
            columns[0],
            Column(pgettext("edit", "Before"), KINDS[field.kind], line=2),
            Column(pgettext("edit", "After"), KINDS[field.kind], line=3),
        ]
    cells = []
    for verdict in verdicts:
        before, after = before_and_after(verdict, edit, field, reader)
        cells.append(Row([verdict.row.name, before, after], href=page_of(verdict.row.ref)))
    return Table(columns, cells, caption=_("Some of them, before and after"), caption_hidden=False)


def before_and_after(verdict: bulk.Verdict, edit: Edit, field: ShapeField | None, reader: Reader) -> tuple[Any, Any]:
    """Return the cells of a record before and after an edit."""
    if edit.how is How.DELETE or field is None:
        return Cell(void=True), _("Recycle bin") if edit.how is How.DELETE else _("In the lists again")
    options = {option.value: str(option.label) for option in field.options(reader)} if field.options else {}
    if edit.field == "reason":
        return pgettext("lead", "Open"), options.get(str(edit.value), str(edit.value))
    if field.argument == "tags":
        return ", ".join(verdict.row.tags) or None, ", ".join(verdict.values["tags"]) or None
    changed = copy.copy(verdict.row)
    for name, value in verdict.values.items():
        setattr(changed, name, value)
    return cell_of(field, verdict.row, options), cell_of(field, changed, options)


def refusals(edit: Edit, rows: Sequence[Any], reader: Reader) -> Table | None:
    """Return the records in sight that an edit keeps as they are, and why."""
    names = queries.names_of_edited(edit.kind, [row.record for row in rows], reader.actor, as_of=reader.as_of)
    shown = []
    for row in rows:
        name = names.get(row.record)
        if name is not None:
            shown.append(Row([name, queries.why_words(row, name)], href=page_of(Ref(edit.kind, row.record))))
    if not shown:
        return None
    columns = [Column(BY_KIND[edit.kind].plural), Column(_("Why"), line=2)]
    return Table(columns, shown, caption=_("Kept as they are"))
