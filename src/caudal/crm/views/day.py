"""My day: what waits, the most at risk first, each with its one action in place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.core.urgency import Waiting
from caudal.crm import queries
from caudal.crm.queries import MyDay, Task
from caudal.crm.views.words import days_words
from caudal.kit.access import Actor, Reach, Verb, policies
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.formats import due_text, instant_text, money_text, number_text, percent_text, reader_locale
from caudal.workspace.queries import active_members

MINE, TEAM = "mine", "team"
SHOWN: Final = 60
TIMES: Final = " \N{MULTIPLICATION SIGN} "
TONES: Final = {Waiting.OVERDUE: "bad", Waiting.LEAD: "warn", Waiting.ROTTING: "warn"}
ICONS: Final = {
    Waiting.LEAD: "lead",
    Waiting.APPOINTMENT: "people",
    Waiting.TODAY: "task",
    Waiting.OVERDUE: "clock",
    Waiting.ROTTING: "deal",
    Waiting.NO_STEP: "deal",
}
LABELS: Final = {
    Waiting.LEAD: gettext_lazy("Leads to answer"),
    Waiting.APPOINTMENT: gettext_lazy("Meetings today"),
    Waiting.TODAY: gettext_lazy("Due today"),
    Waiting.OVERDUE: gettext_lazy("Overdue"),
    Waiting.ROTTING: gettext_lazy("Stale deals"),
    Waiting.NO_STEP: gettext_lazy("Without a next step"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to narrow the list, as a link."""

    label: str
    href: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A task as the page shows it."""

    icon: str
    name: str
    href: str
    why: str
    tone: str
    about: str
    about_href: str
    owner: str
    at_risk: Money | None
    sum: str
    """How the value at risk came about, in figures."""
    act: str
    act_href: str
    act_icon: str
    snooze_href: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """My day."""

    whose: Sequence[Choice]
    members: Sequence[Choice]
    reasons: Sequence[Choice]
    summary: str
    lines: Sequence[Line]
    hidden: int
    lead_worth: Money
    response_hours: int
    without_rate: str


@needs("activity")
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """Show what waits: for the reader, for one of the reader's team, or for all of it."""
    actor, as_of = actor_of(request), now()
    # Whose day one may look at: those for whom one answers, not all whose deals one sees.
    reach = policies()["deal"].reach(actor, Verb.CHANGE)
    team = team_of(actor, reach)
    wanted = request.GET.get("of") or (TEAM if reach >= Reach.TEAM else MINE)
    chosen = Ref.parse(wanted, "member").id if wanted not in {MINE, TEAM} else None
    owners = owners_of(actor, team, wanted, chosen)
    found = queries.my_day(actor, as_of=as_of, owners=owners)
    why = request.GET.get("why", "")
    waiting = [each for each in found.tasks if why in {"", each.why.value}]
    page = DayPage(
        whose=whose(actor, wanted, chosen) if team else (),
        members=[
            Choice(name, f"?of={Ref('member', pk)}", current=pk == chosen) for pk, name in team if pk != actor.member
        ],
        reasons=reasons(found, wanted, why),
        summary=summary(found),
        lines=[line(each, as_of, alone=wanted == MINE) for each in waiting[:SHOWN]],
        hidden=max(0, len(waiting) - SHOWN),
        lead_worth=found.lead_worth,
        response_hours=found.response_hours,
        without_rate=", ".join(found.without_rate),
    )
    title = _("My day") if wanted == MINE else _("The team's day")
    return render(request, "crm/day.html", {"title": title, "page": page})


def team_of(actor: Actor, reach: Reach) -> list[tuple[UUID, str]]:
    """Return those whose day the actor may look at, by name; nobody else's for a rep."""
    if reach < Reach.TEAM:
        return []
    return [(pk, name) for pk, name in active_members() if reach is Reach.ALL or pk in actor.team]


def owners_of(
    actor: Actor, team: Sequence[tuple[UUID, str]], wanted: str, chosen: UUID | None
) -> Collection[UUID] | None:
    """Return whose tasks are shown: None is everybody's within reach. Whom one does not look after has none."""
    mine = [actor.member] if actor.member else []
    if chosen is not None:
        return [chosen] if chosen in {pk for pk, _name in team} else []
    if wanted == MINE or not team:
        return mine
    return None if not actor.team else sorted(actor.team)


def whose(actor: Actor, wanted: str, chosen: UUID | None) -> list[Choice]:
    """Return the ways between one's own day and the team's."""
    found = [Choice(_("Team"), f"?of={TEAM}", current=wanted == TEAM and chosen is None)]
    if actor.member:
        found.append(Choice(_("My own"), f"?of={MINE}", current=wanted == MINE))
    return found


def reasons(found: MyDay, wanted: str, chosen: str) -> list[Choice]:
    """Return the reasons for which something waits, with how many do."""
    every = Choice(_("Everything"), f"?of={wanted}", current=not chosen, count=len(found.tasks))
    return [
        every,
        *(
            Choice(str(LABELS[why]), f"?of={wanted}&why={why}", current=chosen == why, count=found.count(why))
            for why in Waiting
            if found.count(why) or chosen == why
        ),
    ]


def summary(found: MyDay) -> str:
    """Say how much waits and what is at risk."""
    many = len(found.tasks)
    if not many:
        return ""
    things = ngettext("%(count)s thing waits", "%(count)s things wait", many) % {
        "count": number_text(many, reader_locale())
    }
    if not found.at_risk:
        return f"{things}."
    return _("%(things)s, with %(amount)s at risk.") % {"things": things, "amount": whole(found.at_risk)}


def line(task: Task, as_of: datetime, *, alone: bool) -> Line:
    """Return a task with its reason in words and its one action."""
    act, act_href, icon = action_of(task)
    is_activity = task.ref.kind == "activity"
    return Line(
        icon=ICONS[task.why],
        name=task.name,
        href=page_of(task.ref),
        why=why_words(task, as_of),
        tone=TONES.get(task.why, ""),
        about=task.about_name,
        about_href=page_of(task.about) if task.about else "",
        owner="" if alone else task.owner,
        at_risk=task.at_risk or None,
        sum=sum_words(task),
        act=act,
        act_href=act_href,
        act_icon=icon,
        snooze_href=reverse("crm:activity_due", args=[task.ref]) if is_activity else "",
    )


def action_of(task: Task) -> tuple[str, str, str]:
    """Return the words, the address and the icon of what to do with a task."""
    if task.ref.kind == "activity":
        return _("Done"), reverse("crm:activity_done", args=[task.ref]), "check"
    if task.why is Waiting.LEAD:
        begun = urlencode({"about": str(task.ref), "line": _("call, ")})
        return _("Log a call"), f"{reverse('crm:activity_line')}?{begun}", "phone"
    return _("Plan a step"), f"{reverse('crm:activity_new')}?about={task.ref}", "calendar"


def why_words(task: Task, as_of: datetime) -> str:
    """Say why a task waits."""
    locale, zone = reader_locale(), timezone.get_current_timezone()
    if task.ref.kind == "activity":
        due = due_text(task.due_date, task.due_at, locale, zone, now=as_of)
        return _("overdue: %(due)s") % {"due": due} if task.why is Waiting.OVERDUE else due
    since = instant_text(task.since, locale, zone, now=as_of) if task.since else ""
    if task.why is Waiting.LEAD:
        return _("unanswered since %(instant)s") % {"instant": since}
    if task.why is Waiting.ROTTING and task.since and task.usual_days is not None:
        return _("%(days)s in its stage; %(usual)s is usual") % {
            "days": days_words((as_of - task.since).days),
            "usual": days_words(task.usual_days),
        }
    return _("nothing is planned")


def sum_words(task: Task) -> str:
    """Write how a value at risk came about: amount, probability, factor."""
    if task.worth is None:
        return ""
    locale = reader_locale()
    return TIMES.join((whole(task.worth), percent_text(task.probability, locale), percent_text(task.factor, locale)))


def whole(amount: Money) -> str:
    """Write an amount without its decimals."""
    return money_text(amount.amount, amount.currency.code, reader_locale(), whole=True)
