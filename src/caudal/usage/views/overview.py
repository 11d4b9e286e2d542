"""The page of usage: meters, what waits for what, identities with two contents, and subjects."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.catalog.queries import usage_charges
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Actor, NotAllowed, Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.problems import conflict_of
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table, linked, query
from caudal.usage import actions, queries
from caudal.usage.forms.meters import SubjectForm, refuse
from caudal.usage.forms.words import data_told, label_of
from caudal.usage.models import Conflict, Meter, Subject, WaitingReason
from caudal.usage.queries import WaitingGroup

ADD: Final = "add"
MOVE: Final = "move"
KEEP: Final = "keep"
OTHER: Final = "other"


@needs("meter")
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show meters and whatever of the usage needs somebody; add and move subjects, settle conflicts."""
    actor, asked = actor_of(request), request.POST.get("do", "")
    moved = _moved(actor, request)
    form = SubjectForm(
        request.POST if asked in {ADD, MOVE} else None,
        actor=actor,
        subject=moved,
        initial={"key": request.GET.get("subject", "")},
    )
    if request.method == "POST" and (said := _done(request, actor, form, moved)):
        messages.success(request, said)
        return redirect("usage:overview")
    context = {
        "title": _("Usage"),
        "meters": meters_table(actor),
        "unknown": unknown_meters(actor),
        "new_href": reverse("usage:meter") if may(actor, Meter.kind, Verb.CREATE) else "",
        "events_href": reverse("usage:events") if may(actor, "usage_subject", Verb.VIEW) else "",
        **_waiting(actor),
        **_subjects(actor, request, form, moved),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "usage/overview.html", context, status=status)


def meters_table(actor: Actor) -> Table | None:
    """Return the meters as a table, none without any."""
    charges = usage_charges(actor)
    rows = [
        Row(
            cells=[
                Cell(label_of(each), note=each.code),
                each.event_type,
                each.get_aggregation_display(),
                each.unit,
                len(charges.get(each.code, ())),
            ],
            href=f"{reverse('usage:meter')}{query({'id': str(each.ref)})}",
        )
        for each in queries.meters(actor)
    ]
    columns = [
        Column(_("Meter")),
        Column(_("Event type"), line=2),
        Column(_("Adds up by"), line=3),
        Column(_("Unit"), line=0),
        Column(_("Charges"), kind="number", line=1),
    ]
    return Table(columns, rows, caption=_("Meters")) if rows else None


def unknown_meters(actor: Actor) -> list[dict[str, Any]]:
    """Return the meters that charges name and nobody has added, with the names of those charges."""
    known = {each.code for each in queries.meters(actor)}
    return [
        {
            "code": code,
            "charges": ", ".join(f"{each.offering.name}: {each.name}" for each in charges),
            "href": f"{reverse('usage:meter')}{query({'code': code})}" if may(actor, "meter", Verb.CREATE) else "",
        }
        for code, charges in usage_charges(actor).items()
        if code not in known
    ]


def _waiting(actor: Actor) -> dict[str, Any]:
    """What waits and what is in conflict, for those who see all usage."""
    if not may(actor, "usage_subject", Verb.VIEW):
        return {}
    rows = [
        Row(
            cells=[each.reason.label, each.what, linked(each.count, waiting_href(each)), each.since],
            href=_way_out(actor, each),
        )
        for each in queries.waiting_groups(actor)
    ]
    columns = [
        Column(_("Why")),
        Column(_("What"), line=2),
        Column(_("Events"), kind="number", line=1),
        Column(_("Waiting since"), kind="date", line=3),
    ]
    found = queries.conflicts(actor) if may(actor, Conflict.kind, Verb.VIEW) else None
    first = queries.first_contents(found.rows) if found else {}
    conflicts = [
        {
            "id": str(each.ref),
            "event": f"{each.source} {each.key}",
            "received_at": each.created_at,
            "first": data_told(first[each.source, each.key].event.data) if (each.source, each.key) in first else "",
            "other": data_told(each.sent.get("data")),
        }
        for each in (found.rows if found else ())
    ]
    return {
        "waiting": Table(columns, rows, caption=_("Events that wait")) if rows else None,
        "conflicts": conflicts,
        "may_settle": may(actor, Conflict.kind, Verb.CHANGE),
    }


def _way_out(actor: Actor, group: WaitingGroup) -> str:
    """Where what is waited for is made known, or the events where that is no page."""
    if group.reason is WaitingReason.SUBJECT and may(actor, Subject.kind, Verb.CREATE):
        return f"{reverse('usage:overview')}{query({'subject': group.what})}#subject"
    if group.reason is WaitingReason.METER and may(actor, Meter.kind, Verb.CREATE):
        return f"{reverse('usage:meter')}{query({'type': group.what})}"
    return waiting_href(group)


def waiting_href(group: WaitingGroup) -> str:
    """The events that wait for the same."""
    return f"{reverse('usage:events')}{query({'waiting': group.reason.value})}"


def _subjects(actor: Actor, request: HttpRequest, form: SubjectForm, moved: Subject | None) -> dict[str, Any]:
    if not may(actor, Subject.kind, Verb.VIEW):
        return {}
    text = request.GET.get("q", "")
    found = queries.subjects(actor, text=text, cursor=request.GET.get("cursor") or None)
    may_move = may(actor, Subject.kind, Verb.CHANGE)
    here = reverse("usage:overview")
    rows = [
        Row(
            cells=[
                Cell(each.key, href=f"{here}{query({'move': str(each.ref)})}#subject" if may_move else ""),
                Cell(each.company.name, href=page_of(each.company.ref)),
                each.note,
            ]
        )
        for each in found.rows
    ]
    columns = [Column(_("Usage subject")), Column(_("Company"), line=2), Column(_("Note"), line=3)]
    return {
        "subjects": Table(columns, rows, caption=_("Subjects")) if rows else None,
        "text": text,
        "next_href": f"{here}{query({'q': text, 'cursor': found.next})}#subjects" if found.next else "",
        "form": form if may(actor, Subject.kind, Verb.CREATE) else None,
        "moved": moved,
    }


def _moved(actor: Actor, request: HttpRequest) -> Subject | None:
    """The subject that is to be given to another company, if one is."""
    asked = request.POST.get("do") == MOVE
    ref = request.POST.get("id", "") if asked else request.GET.get("move", "")
    return queries.subject(actor, Ref.parse(ref, Subject.kind).id) if ref or asked else None


def _done(request: HttpRequest, actor: Actor, form: SubjectForm, moved: Subject | None) -> str:
    """Do what was asked for and say so; nothing where a form was refused."""

    def add() -> str:
        said = form.cleaned_data
        made = actions.add_subject(
            actor=actor, as_of=now(), key=said["key"], company_id=said["company"], note=said["note"]
        )
        return _("Added: %(name)s") % {"name": made.key}

    def move() -> str:
        assert moved is not None, "whoever moves a subject names it"  # noqa: S101  our own mistake
        company_id = form.cleaned_data["company"]
        given = actions.move_subject(actor=actor, as_of=now(), subject_id=moved.pk, company_id=company_id)
        return _("The usage of %(subject)s is of %(company)s now.") % {
            "subject": given.key,
            "company": given.company.name,
        }

    def settle() -> str:
        conflict_id = Ref.parse(request.POST.get("id", ""), Conflict.kind).id
        keep = request.POST.get("do") == KEEP
        done = actions.settle_conflict(actor=actor, as_of=now(), conflict_id=conflict_id, keep=keep)
        return _("Settled which content of %(event)s counts.") % {"event": done.key}

    does: dict[str, tuple[forms.Form, Callable[[], str]]] = {
        ADD: (form, add),
        MOVE: (form, move),
        KEEP: (forms.Form(request.POST), settle),
        OTHER: (forms.Form(request.POST), settle),
    }
    asked = request.POST.get("do", "")
    return kept(*does[asked]) if asked in does else ""


def kept(form: forms.Form, act: Callable[[], str]) -> str:
    """Do what a form asks for, in a turn of its own, and return what is said of it; a refusal stands in the form."""
    if not form.is_valid():
        return ""
    try:
        with transaction.atomic():
            actions.wait_for_turn()
            return act()
    except IntegrityError as refused:
        conflict = conflict_of(refused)
        if conflict is None:
            raise
        refuse(form, conflict, gettext)
    except NotAllowed:
        raise
    except Problem as problem:
        refuse(form, problem, gettext)
    return ""
