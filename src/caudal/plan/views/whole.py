"""The whole plan: months, prices, budget, ways to customers, methods, tools and promises around the targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from babel.dates import format_skeleton
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from caudal.core.ids import Ref
from caudal.core.plans import ChannelKind, Figure, Plan, Progress
from caudal.kit.access import Actor, Reach, Verb, may, policies
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.queries import (
    MilestoneStanding,
    NoPlan,
    PhaseStanding,
    adopted_plan,
    interval,
    latest_first,
    phase_standings,
)
from caudal.plan.views.lines import language
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table

KINDS: dict[ChannelKind, str | Promise] = {
    ChannelKind.ACQUISITION: gettext_lazy("Brings leads"),
    ChannelKind.SALES: gettext_lazy("Sells"),
    ChannelKind.PARTNERS: gettext_lazy("Works through partners"),
}


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone as the page shows it."""

    label: str
    months: str
    owner: str
    state: str
    tone: str
    href: str
    owner_href: str = ""
    """The day of its owner, for whoever may look at it."""


@dataclass(frozen=True, slots=True)
class PhaseBlock:
    """A phase as the page shows it."""

    label: str
    outcome: str
    months: str
    state: str
    tone: str
    current: bool
    milestones: tuple[MilestoneLine, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A way of selling: its steps, and what it should bring."""

    label: str
    steps: tuple[str, ...]
    brings: str


@needs("plan")
@require_GET
def whole_plan(request: HttpRequest) -> HttpResponse:
    """Show what stands around the targets of the plan."""
    actor, as_of = actor_of(request), now()
    try:
        version, plan = adopted_plan(actor)
    except NoPlan:
        return render(
            request, "plan/none.html", {"title": _("Whole plan"), "may_adopt": may(actor, "plan", Verb.CREATE)}
        )
    phases = phase_standings(actor, as_of)
    late = sum(phase.late for phase in phases)
    return render(
        request,
        "plan/whole.html",
        {
            "title": _("Whole plan"),
            "plan_name": plan.name.told(language()),
            "document": plan.document,
            "adopted": version,
            "summary": schedule_words(phases, late),
            "late": [late_line(actor, each) for each in latest_first(phases)],
            "phases": [phase_block(phase) for phase in phases],
            "tables": [
                (heading, table)
                for heading, table in (
                    (_("Price lists"), price_table(plan)),
                    (_("Budget"), budget_table(plan)),
                    (_("Channels"), channel_table(plan)),
                    (_("What sums are made of"), part_table(plan)),
                    (_("Promises"), claim_table(plan)),
                )
                if table.rows
            ],
            "methods": methods(plan),
        },
    )


def schedule_words(phases: Sequence[PhaseStanding], late: int) -> str:
    """Say in a sentence how the milestones stand."""
    count, done = sum(len(phase.milestones) for phase in phases), sum(phase.done for phase in phases)
    if not count:
        return ""
    said = {"done": number_text(done, reader_locale()), "count": number_text(count, reader_locale())}
    words = _("%(done)s of %(count)s milestones are done.") % said
    more = _("None is late.")
    if late:
        more = ngettext("%(late)s is late.", "%(late)s are late.", late) % {"late": number_text(late, reader_locale())}
    return f"{words} {more}"


def phase_block(standing: PhaseStanding) -> PhaseBlock:
    """Return a phase with its milestones."""
    phase, states = standing.phase, [each.due.progress for each in standing.milestones]
    if standing.late:
        state, tone = ngettext("%(late)s late", "%(late)s late", standing.late) % {"late": standing.late}, "bad"
    elif states and all(each is Progress.DONE for each in states):
        state, tone = _("done"), "good"
    elif Progress.UNDER_WAY in states or Progress.DONE in states:
        state, tone = _("under way"), "accent"
    else:
        state, tone = _("to come"), "idle"
    return PhaseBlock(
        label=phase.label.told(language()),
        outcome=phase.outcome.told(language()) if phase.outcome else "",
        months=months_text(standing.days.start, standing.days.last),
        state=state,
        tone=tone,
        current=Progress.UNDER_WAY in states,
        milestones=tuple(milestone_line(each) for each in standing.milestones),
    )


def milestone_line(standing: MilestoneStanding) -> MilestoneLine:
    """Return a milestone as a line."""
    words, tone = due_words(standing)
    href = reverse("plan:milestone", args=[standing.phase.id, standing.milestone.id]) if standing.may_change else ""
    return MilestoneLine(
        label=standing.milestone.label.told(language()),
        months=months_text(standing.due.days.start, standing.due.days.last),
        owner=standing.owner,
        state=words,
        tone=tone,
        href=href,
    )


def late_line(actor: Actor, standing: MilestoneStanding) -> MilestoneLine:
    """Return a milestone that is late as a line, which leads to what else waits for its owner."""
    line = milestone_line(standing)
    reach, owner_id = policies()["deal"].reach(actor, Verb.CHANGE), standing.owner_id
    may_look = owner_id == actor.member or reach is Reach.ALL or (reach >= Reach.TEAM and owner_id in actor.team)
    if owner_id is None or not may_look:
        return line
    return replace(line, owner_href=f"{reverse('crm:day')}?of={Ref('member', owner_id)}")


def due_words(standing: MilestoneStanding) -> tuple[str, str]:
    """Say where a milestone stands, with its colour."""
    late = {"days": number_text(standing.due.days_late, reader_locale())}
    match standing.due.progress:
        case Progress.DONE if standing.due.days_late:
            words = ngettext("done, %(days)s day late", "done, %(days)s days late", standing.due.days_late)
            return words % late, "warn"
        case Progress.DONE:
            return _("done"), "good"
        case Progress.LATE:
            return ngettext("%(days)s day late", "%(days)s days late", standing.due.days_late) % late, "bad"
        case Progress.UNDER_WAY:
            return _("under way"), "accent"
        case Progress.TO_COME:
            return _("to come"), "idle"


def months_text(first: date, last: date) -> str:
    """Write months: "January to March 2026", "March 2026"."""
    begins, ends = (format_skeleton("yMMM", _noon(day), locale=reader_locale()) for day in (first, last))
    return begins if begins == ends else _("%(first)s to %(last)s") % {"first": begins, "last": ends}


def price_table(plan: Plan) -> Table:
    """Return the price lists, line of business by line of business."""
    columns = (Column(_("Price"), line=1), Column(_("Line of business"), line=2), Column(_("Range"), line=3), lines())
    rows = [
        Row(
            (
                price.label.told(language()),
                pillar_name(plan, price.pillar),
                ranged(plan, price.figure, price.target),
                told_lines(price.lines),
            )
        )
        for price in plan.passages.prices
    ]
    return Table(columns, rows, caption=_("Price lists"))


def budget_table(plan: Plan) -> Table:
    """Return the sums of the budget, each above what it is the sum of."""
    columns = (Column(_("Budget"), line=1), Column(_("Within"), line=2), Column(_("Range"), line=3), lines())
    rows = []
    for line in plan.passages.budget:
        total = plan.target(line.target)
        rows.append(Row((Cell(line.label.told(language())), Cell(void=True), interval(total), "")))
        rows += [
            Row(
                (
                    plan.target(item).label.told(language()),
                    line.label.told(language()),
                    interval(plan.target(item)),
                    told_lines(plan.target(item).lines),
                )
            )
            for item in line.items
        ]
    return Table(columns, rows, caption=_("Budget"))


def part_table(plan: Plan) -> Table:
    """Return the parts of sums."""
    columns = (Column(_("Part"), line=1), Column(_("Of the target"), line=2), Column(_("Range"), line=3), lines())
    rows = [
        Row(
            (
                part.label.told(language()),
                plan.target(part.of).label.told(language()),
                interval(part.figure),
                told_lines(part.lines),
            )
        )
        for part in plan.passages.parts
    ]
    return Table(columns, rows, caption=_("What sums are made of"))


def channel_table(plan: Plan) -> Table:
    """Return the ways to customers with what the plan says of each."""
    columns = (
        Column(_("Channel"), line=1),
        Column(_("What it does"), line=2),
        Column(_("Line of business"), line=0),
        Column(_("What the plan says of it"), line=3),
        lines(),
    )
    names = {channel.id: channel.label.told(language()) for channel in plan.passages.channels}
    rows = [
        Row(
            (
                Cell(names[channel.id], note=names.get(channel.within or "", "")),
                str(KINDS[channel.channel]),
                pillar_name(plan, channel.pillar),
                "; ".join(
                    f"{plan.target(each).label.told(language())}: {interval(plan.target(each))}"
                    for each in channel.targets
                )
                or Cell(void=True),
                told_lines(channel.lines),
            )
        )
        for channel in plan.passages.channels
    ]
    return Table(columns, rows, caption=_("Channels"))


def methods(plan: Plan) -> list[Method]:
    """Return ways of selling and tools, each with its steps or names and what it should bring."""
    told = [
        Method(
            each.label.told(language()),
            tuple(step.told(language()) for step in each.steps),
            brings(plan, each.target),
        )
        for each in plan.passages.methodologies
    ]
    return told + [
        Method(tools.label.told(language()), tools.tools, brings(plan, tools.target)) for tools in plan.passages.stack
    ]


def claim_table(plan: Plan) -> Table:
    """Return what else the source promises."""
    columns = (Column(_("Promise"), line=1), Column(_("Range"), line=2), lines())
    rows = [
        Row((claim.label.told(language()), ranged(plan, claim.figure, claim.target), told_lines(claim.lines)))
        for claim in plan.passages.claims
    ]
    return Table(columns, rows, caption=_("Promises"))


def brings(plan: Plan, target_id: str | None) -> str:
    """Say what a target promises; nothing where there is none."""
    if target_id is None:
        return ""
    target = plan.target(target_id)
    return f"{target.label.told(language())}: {interval(target)}"


def ranged(plan: Plan, figure: Figure | None, target_id: str | None) -> str:
    """Write a range of one's own, or that of a target."""
    if figure is not None:
        return interval(figure)
    return interval(plan.target(target_id)) if target_id else ""


def pillar_name(plan: Plan, pillar_id: str | None) -> str | Cell:
    """Return the name of a line of business; a dash for all of them."""
    names = {pillar.id: pillar.label.told(language()) for pillar in plan.pillars}
    return names[pillar_id] if pillar_id else Cell(void=True)


def lines() -> Column:
    """Return the column of the lines of the document."""
    return Column(_("Lines of the document"), line=0)


def told_lines(numbers: Iterable[int]) -> str:
    """Write line numbers."""
    return ", ".join(map(str, numbers))


def _noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())
