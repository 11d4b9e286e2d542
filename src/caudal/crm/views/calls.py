"""On the way: what is done with one thumb at a record, and the call that was just made written down."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from caudal.core.ids import Ref
from caudal.core.quicklog import Next, read_day
from caudal.crm import actions
from caudal.crm.forms.activities import CallForm
from caudal.crm.models import Activity, ActivityKind
from caudal.crm.views.activities import planned, refs_in, today, told_of
from caudal.crm.views.ends import answered
from caudal.crm.views.forming import FormPage, sent, wanted_next
from caudal.crm.views.parties import dial
from caudal.crm.views.records import Action, Portrait, called_href
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import in_sight
from caudal.kit.world import now


@needs("activity", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def call_log(request: HttpRequest) -> HttpResponse:
    """Write down a call that was just made, what came of it, and the next step."""
    actor, as_of = actor_of(request), now()
    form = CallForm(sent(request), actor=actor, initial={"about": request.GET.get("about", "")})
    about = refs_in(request.POST.get("about", "") or request.GET.get("about", ""))
    named = next(iter(in_sight(about, actor).values()), "")
    page = FormPage(
        title=_("Call: %(name)s") % {"name": named} if named else _("Call"),
        submit=_("Log the call"),
        action=reverse("crm:call_log"),
        cancel=wanted_next(request) or reverse("crm:day"),
        crumbs=[(_("My day"), reverse("crm:day"))],
    )

    def log() -> list[Activity]:
        said = form.cleaned_data
        call = actions.ActivityDraft(
            does=ActivityKind.CALL,
            body=said["body"],
            about=about,
            owner_id=actor.member,
            direction="out",
            done=actions.DoneDraft(done_at=as_of, outcome=said["outcome"]),
        )
        step = next_step(said, about, actor, today(as_of))
        return actions.log_activities(actor=actor, as_of=as_of, activities=[call, *step])

    return answered(request, page, form, log, lambda made: told_of(made, as_of))


def next_step(said: dict[str, Any], about: tuple[Ref, ...], actor: Actor, day: Any) -> list[actions.ActivityDraft]:
    """Return what was said to come next: a call again in some days, or what was typed."""
    if said["again"]:
        again = day + timedelta(days=int(said["again"]))
        return [planned(Next(ActivityKind.CALL, _("Call again"), again), about, actor)]
    due, subject = read_day(said["step"], today=day)
    return [planned(Next(ActivityKind.TASK, subject, due), about, actor)] if subject else []


def thumbs(record: Any, portrait: Portrait, actor: Actor) -> Sequence[Action]:
    """Return what a thumb reaches at the foot of a record's page on a phone: call, log, and the next big thing."""
    found = []
    number = number_of(record)
    if number:
        found.append(Action(pgettext("to do", "Call"), number, "phone", dialog=False))
    log = called_href(record, actor)
    if log:
        found.append(Action(_("Log a call"), log, "note"))
    move = next((each for each in portrait.actions if each.icon == "arrow-right"), None)
    found += filter(None, (move, portrait.primary))
    return found


def number_of(record: Any) -> str:
    """Return the address that dials a record's number: its own, or that of whoever buys; nothing without one."""
    for each in (record, getattr(record, "person", None), getattr(record, "company", None)):
        phone = getattr(each, "phone", "")
        if phone:
            keys = getattr(each, "phone_keys", None) or [getattr(each, "phone_e164", "")]
            return dial(keys[0] or phone)
    return ""
