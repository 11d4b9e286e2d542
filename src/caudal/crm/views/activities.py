"""Pages of activities: writing one down, the page of one, and what can be done with it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.ids import Ref
from caudal.core.quicklog import Line, Next, read_day, read_line
from caudal.crm import actions, queries
from caudal.crm.forms.activities import ActivityForm, CompleteForm, DueForm, LineForm
from caudal.crm.models import OUTCOMES, Activity, ActivityKind, Completion
from caudal.crm.views.ends import answered
from caudal.crm.views.forming import FormPage, attempt, onwards, sent, show, wanted_next
from caudal.crm.views.records import (
    Action,
    Figure,
    NextStep,
    Portrait,
    RecordShown,
    State,
    known,
    panels,
    parts_of,
    record_etag,
    value,
)
from caudal.crm.views.timelines import story
from caudal.crm.views.words import due_words
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.live import answer_live

WEEK: Final = 7
SNOOZES: Final = {"tomorrow": 1, "next-week": WEEK}


@needs("activity", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def activity_line(request: HttpRequest) -> HttpResponse:
    """Take one line: log what was done, plan what comes next."""
    actor, as_of = actor_of(request), now()
    form = LineForm(sent(request), actor=actor, initial=request.GET.dict())
    page = FormPage(
        title=_("Log an activity"),
        submit=_("Log"),
        action=reverse("crm:activity_line"),
        cancel=wanted_next(request) or reverse("crm:day"),
        crumbs=[(_("My day"), reverse("crm:day"))],
        others=[(_("the whole form"), new_href(request.GET.get("about", "")))],
    )
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    about = refs_in(form.cleaned_data["about"])
    line = read_line(form.cleaned_data["line"], today=today(as_of))
    made, problem = attempt(
        form,
        lambda: actions.log_activities(actor=actor, as_of=as_of, activities=drafts_of(line, about, actor, as_of)),
    )
    if problem:
        for name, said in list(form.errors.items()):  # what is wrong with a part is wrong with the line
            if name != "line":
                form.errors.pop(name)
                form.add_error("line", list(said))
        return show(request, page, form, problem.status)
    messages.success(request, told_of(made, as_of))
    return onwards(request, page_of(made[0].ref))


@needs("activity", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def activity_new(request: HttpRequest) -> HttpResponse:
    """Plan an activity, or log one, with everything that can be said of it."""
    actor, as_of = actor_of(request), now()
    form = ActivityForm(sent(request), actor=actor, initial=request.GET.dict())
    page = FormPage(
        title=_("New activity"),
        submit=_("Save"),
        action=reverse("crm:activity_new"),
        cancel=wanted_next(request) or reverse("crm:day"),
        crumbs=[(_("My day"), reverse("crm:day"))],
    )

    def make() -> list[Activity]:
        said = form.cleaned_data
        done = actions.DoneDraft(done_at=as_of, outcome=said["outcome"]) if said["done"] else None
        draft = actions.ActivityDraft(
            does=said["does"],
            about=refs_in(said["about"]),
            is_private=said["is_private"],
            done=done or (actions.DoneDraft(done_at=as_of) if said["does"] == ActivityKind.NOTE else None),
            **form.values(),
        )
        return [actions.log_activity(actor=actor, as_of=as_of, activity=draft)]

    return answered(request, page, form, make, lambda made: told_of(made, as_of))


@needs("activity")
@require_GET
def activity_page(request: HttpRequest, record_id: str) -> HttpResponse:
    """Show an activity: when it is due or what came of it, what it is about, what happened to it."""
    found = queries.activity(actor_of(request), row_id(record_id))
    context = {
        "title": found.name,
        "crumbs": [(_("My day"), reverse("crm:day"))],
        "etag": record_etag(request, found),
        "live_href": href(found, "live"),
        "parts": parts_of(request, shown(request, found)),
    }
    return render(request, "crm/record.html", context)


@needs("activity")
@require_GET
def activity_live(request: HttpRequest, record_id: str) -> HttpResponse:
    """Tell an open page of an activity what changed on it."""
    found = queries.activity(actor_of(request), row_id(record_id))
    etag = record_etag(request, found)
    return answer_live(request, etag, lambda: list(parts_of(request, shown(request, found)).values()))


def shown(request: HttpRequest, found: Activity) -> RecordShown:
    """Return everything that the page of an activity shows."""
    actor, as_of = actor_of(request), now()
    may_change = Activity.for_actor(actor, Verb.CHANGE).filter(pk=found.pk).exists()
    may_delete = Activity.for_actor(actor, Verb.DELETE).filter(pk=found.pk).exists()
    return RecordShown(
        portrait=activity_portrait(found, actor, as_of, may_change),
        actions=all_actions(found, may_change=may_change, may_delete=may_delete),
        edit_href=href(found, "edit") if may_change else "",
        panels=panels(found.ref, actor, as_of),
        moments=story(found.ref, actor).moments,
        earlier_href="",
        later_href="",
    )


@needs("activity", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, record_id: str) -> HttpResponse:
    """Change what is said of an activity, unless somebody else did so since the form was drawn."""
    actor = actor_of(request)
    found = queries.activity(actor, row_id(record_id), Verb.CHANGE)
    form = ActivityForm(sent(request), actor=actor, record=found)
    page = form_page(found, "edit", title=_("Edit %(name)s") % {"name": found.name}, submit=_("Save"))

    def change() -> Activity:
        return actions.change_activity(
            actor=actor,
            as_of=now(),
            activity_id=found.pk,
            expected_version=form.cleaned_data["version"],
            **form.values(),
        )

    return answered(request, page, form, change, lambda row: _("Saved: %(name)s") % {"name": row.name})


@needs("activity", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def activity_done(request: HttpRequest, record_id: str) -> HttpResponse:
    """Say what came of an activity, and plan what comes next. A button that posts nothing means the usual outcome."""
    actor, as_of = actor_of(request), now()
    found = queries.activity(actor, row_id(record_id), Verb.CHANGE)
    form = CompleteForm(sent(request), actor=actor, record=found)
    title = _("Done: %(name)s") % {"name": found.name}

    def complete() -> list[Activity]:
        said = form.cleaned_data
        done = actions.complete_activity(
            actor=actor,
            as_of=as_of,
            activity_id=found.pk,
            outcome=said["outcome"],
            minutes=said["minutes"],
            expected_version=said["version"],
        )
        day, subject = read_day(said["step"], today=today(as_of))
        if not subject:
            return [done]
        about = tuple(ref for ref in queries.refs_of_links(found) if ref.kind != "member")
        step = planned(Next(_kind_of(said["step"], as_of), subject, day), about, actor)
        return [done, actions.log_activity(actor=actor, as_of=as_of, activity=step)]

    page = form_page(found, "done", title=title, submit=_("Done"))
    return answered(request, page, form, complete, lambda made: told_of(made, as_of))


@needs("activity", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def activity_due(request: HttpRequest, record_id: str) -> HttpResponse:
    """Move an activity to another day; `to` moves it to tomorrow or to next week at once, at its time of day."""
    actor, as_of = actor_of(request), now()
    found = queries.activity(actor, row_id(record_id), Verb.CHANGE)
    days = SNOOZES.get(request.POST.get("to", ""))
    if days is not None:
        actions.change_activity(actor=actor, as_of=as_of, activity_id=found.pk, **snoozed(found, days, as_of))
        messages.success(request, _("Moved: %(name)s") % {"name": found.name})
        return onwards(request, href(found))
    form = DueForm(sent(request), actor=actor, record=found)
    page = form_page(found, "due", title=_("When is it due?"), submit=_("Move"))

    def move() -> Activity:
        version, due = form.cleaned_data["version"], form.due()
        return actions.change_activity(actor=actor, as_of=as_of, activity_id=found.pk, expected_version=version, **due)

    return answered(request, page, form, move, lambda row: _("Moved: %(name)s") % {"name": row.name})


@needs("activity", Verb.CHANGE)
@require_POST
def activity_reopen(request: HttpRequest, record_id: str) -> HttpResponse:
    """Take back that an activity was done."""
    found = actions.reopen_activity(actor=actor_of(request), as_of=now(), activity_id=row_id(record_id))
    messages.success(request, _("Open again: %(name)s") % {"name": found.name})
    return onwards(request, href(found))


@needs("activity", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def activity_delete(request: HttpRequest, record_id: str) -> HttpResponse:
    """Take an activity out, after naming it."""
    actor = actor_of(request)
    found = queries.activity(actor, row_id(record_id), Verb.DELETE)
    if request.method != "POST":
        page = FormPage(
            title=_("Delete “%(name)s”?") % {"name": found.name},
            submit=_("Delete"),
            action=href(found, "delete"),
            cancel=href(found),
            lead=_("It leaves every timeline that it stands in."),
            danger=True,
            crumbs=[(found.name, href(found))],
        )
        return show(request, page)
    actions.delete_activity(actor=actor, as_of=now(), activity_id=found.pk)
    messages.success(request, _("Deleted: %(name)s") % {"name": found.name})
    return redirect("crm:day")


def drafts_of(line: Line, about: tuple[Ref, ...], actor: Actor, as_of: datetime) -> list[actions.ActivityDraft]:
    """Return what a line asks to write down: what was done or is planned, and the next step."""
    kind = line.kind or next((does for does, known in OUTCOMES.items() if line.outcome in known), ActivityKind.NOTE)
    if line.planned:
        first = planned(Next(kind, line.subject, line.due_date), about, actor)
    else:
        first = actions.ActivityDraft(
            does=kind,
            subject=line.subject[:200] if kind != ActivityKind.NOTE else "",
            body=line.subject if kind == ActivityKind.NOTE or len(line.subject) > 200 else "",  # noqa: PLR2004  what a subject holds
            about=about,
            owner_id=actor.member,
            minutes=line.minutes,
            direction=line.direction,
            done=actions.DoneDraft(done_at=as_of, outcome=line.outcome),
        )
    says_nothing = not (line.kind or line.outcome or line.subject) and line.next is not None
    drafts = [] if says_nothing else [first]
    return [*drafts, planned(line.next, about, actor)] if line.next else drafts


def planned(step: Next, about: tuple[Ref, ...], actor: Actor) -> actions.ActivityDraft:
    """Return a next step as something to be done by whoever wrote it."""
    kind = ActivityKind.TASK if step.kind == ActivityKind.NOTE else step.kind
    return actions.ActivityDraft(
        does=kind, subject=step.subject, about=about, owner_id=actor.member, due_date=step.due_date
    )


def told_of(made: list[Activity], as_of: datetime) -> str:
    """Say what was written down."""
    parts = []
    for each in made:
        if getattr(each, "completion", None) is not None:
            parts.append(_("Logged: %(name)s.") % {"name": each.name})
        else:
            parts.append(
                _("Planned: %(name)s.") % {"name": ", ".join(filter(None, (each.name, due_words(each, as_of))))}
            )
    return " ".join(parts)


def activity_portrait(found: Activity, actor: Actor, as_of: datetime, may_change: bool) -> Portrait:  # noqa: FBT001  the shape of every portrait
    """Say how an activity stands."""
    completion: Completion | None = getattr(found, "completion", None)
    late = queries.is_overdue(found, as_of=as_of)
    if completion is not None:
        state = State(completion.get_outcome_display() or _("Done"), "good")
    else:
        state = State(_("Overdue") if late else _("Planned"), "warn" if late else "accent")
    about = queries.linked(actor, [found])[found.pk]
    open_step = NextStep(_("It is still to be done."), "task", _("Done"), href(found, "done"))
    return Portrait(
        state=state,
        figures=known(
            value(_("Kind"), found.get_does_display()),
            value(_("Due"), due_words(found, as_of) or None)
            if completion is None
            else value(_("Done"), completion.done_at, "date"),
            value(_("Minutes"), found.minutes, "number"),
            value(_("Who called or wrote"), found.get_direction_display() or None),
        ),
        next=open_step if completion is None and may_change else None,
        body=found.body,
        facts=[*linked_facts(about), *known(value(_("Owner"), found.owner and found.owner.name)), *private(found)],
    )


def linked_facts(about: list[queries.Linked]) -> list[Figure]:
    """Return what an activity is about, each under the name of its kind."""
    labels: dict[str, Callable[[], str]] = {
        "deal": lambda: _("Deal"),
        "lead": lambda: _("Lead"),
        "company": lambda: _("Company"),
        "person": lambda: _("Person"),
        "member": lambda: _("Colleague"),
    }
    return [value(labels[each.ref.kind](), each.name, href=page_of(each.ref)) for each in about]


def private(found: Activity) -> list[Figure]:
    """Return that nobody else sees it, if so."""
    return [value(_("Seen by"), _("nobody but its author"))] if found.is_private else []


def all_actions(found: Activity, *, may_change: bool, may_delete: bool) -> list[Action]:
    """Return what can be done with an activity."""
    listed = []
    if may_change:
        listed.append(Action(_("Edit"), href(found, "edit"), "edit", "e", dialog=False))
        if getattr(found, "completion", None) is None:
            listed.append(Action(_("Another day"), href(found, "due"), "calendar"))
        elif found.does != ActivityKind.NOTE:
            listed.append(Action(_("Open again"), href(found, "reopening"), "refresh", dialog=False, posts=True))
    if may_delete:
        listed.append(Action(_("Delete"), href(found, "delete"), "trash", danger=True, divided=bool(listed)))
    return listed


def form_page(found: Activity, name: str, *, title: str, submit: str) -> FormPage:
    """Return what stands around a form about an activity."""
    return FormPage(
        title=title, submit=submit, action=href(found, name), cancel=href(found), crumbs=[(found.name, href(found))]
    )


def snoozed(found: Activity, days: int, as_of: datetime) -> actions.ActivityValues:
    """Return when an activity is due some days from today, on a day or at its time of day; never on a weekend."""
    zone = timezone.get_current_timezone()
    day = today(as_of) + timedelta(days=days)
    day += timedelta(days=max(0, WEEK - day.weekday()) if day.weekday() >= WEEK - 2 else 0)
    if found.due_at is None:
        return {"due_date": day}
    return {"due_at": datetime.combine(day, found.due_at.astimezone(zone).time(), tzinfo=zone)}


def new_href(about: str) -> str:
    """Return the address of the whole form."""
    return reverse("crm:activity_new") + (f"?about={about}" if about else "")


def href(found: Activity, name: str = "") -> str:
    """Return the address of an activity, or of a page about it."""
    return reverse(f"crm:activity{name and '_' + name}", args=[found.ref])


def refs_in(text: str) -> tuple[Ref, ...]:
    """Read the records that a form is about. Raises NotAnId."""
    return tuple(Ref.parse(part) for part in text.split())


def row_id(text: str) -> UUID:
    """Return the activity that an address names. Raises NotAnId."""
    return Ref.parse(text, Activity.kind).id


def today(as_of: datetime) -> date:
    """Return the reader's day."""
    return as_of.astimezone(timezone.get_current_timezone()).date()


def _kind_of(text: str, as_of: datetime) -> str:
    return read_line(text, today=today(as_of)).kind or ActivityKind.TASK
