"""What waits for a member or a team today, in the order of what is at risk; see `core.urgency`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from caudal.core.clocks import WorkingCalendar
from caudal.core.ids import Ref
from caudal.core.money import Currency, FxRate, Money, Rounding, convert
from caudal.core.periods import Period
from caudal.core.urgency import Waiting, factor, value_at_risk
from caudal.crm.models import APPOINTMENTS, TALKS, Activity, ActivityLink, Deal, Lead, Stage
from caudal.crm.queries.activities import PLANNED, due_before, steps_of_deal, when, with_links
from caudal.crm.queries.bringing import YEAR, brought_last_year
from caudal.kit.access import Actor, Verb
from caudal.workspace.queries import company_for, office_calendar, rate_among, recent_rates

if TYPE_CHECKING:
    from caudal.workspace.models import CompanySettings

DAY: Final = timedelta(days=1)
EACH_MAX: Final = 200
"""So many of each kind are looked at: the oldest leads and activities, the largest deals."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: an activity, a lead to answer, or a deal that needs one."""

    why: Waiting
    ref: Ref
    name: str
    about: Ref | None
    """The deal or lead that an activity is about, where the reader sees it."""
    about_name: str
    owner_id: UUID | None
    owner: str
    does: str
    due_date: date | None
    due_at: datetime | None
    since: datetime | None
    """When a lead came, or a deal came into its stage."""
    usual_days: int | None
    worth: Money | None
    """The deal's amount, or what a lead is worth, in the company's currency; None where nobody knows."""
    probability: Fraction
    factor: Fraction
    at_risk: Money


@dataclass(frozen=True, slots=True)
class MyDay:
    """Everything that waits, the most at risk first."""

    tasks: Sequence[Task]
    at_risk: Money
    lead_worth: Money
    """What won deals brought per lead in the last year, as far as the reader sees them."""
    response_hours: int
    """So many hours of work after a lead came, its first answer is due."""
    without_rate: tuple[str, ...]
    """Currencies of amounts that count as unknown, because there is no rate of the last days."""

    def count(self, why: Waiting) -> int:
        """Return how many wait for one reason."""
        return sum(task.why is why for task in self.tasks)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What everything is measured by."""

    as_of: datetime
    currency: Currency
    rates: Sequence[FxRate]
    today: date
    calendar: WorkingCalendar
    lead_worth: Money
    response_hours: int

    def home(self, amount: Money | None) -> Money | None:
        """Return an amount in the company's currency, None without one or without a rate."""
        if amount is None or amount.currency == self.currency:
            return amount
        rate = rate_among(self.rates, amount.currency, self.currency, self.today)
        return None if rate is None else convert(amount, rate=rate, to=self.currency, rounding=Rounding.HALF_EVEN)


def my_day(actor: Actor, *, as_of: datetime, owners: Collection[UUID] | None) -> MyDay:
    """Return what waits for some members, or with None for everybody in the actor's sight. Raises NotFounded.

    Days are those of the zone in force. Leads that nobody owns wait for everybody who may take them.
    """
    settings = company_for(actor, Verb.VIEW)
    activities = list(_due(actor, owners, as_of)[:EACH_MAX])
    named = _sales_of(actor, activities)
    deals = list(_needy(actor, owners, as_of)[:EACH_MAX])
    leads = list(_unanswered(actor, owners)[:EACH_MAX])
    known = [*deals, *(row for row in named.values() if isinstance(row, Deal))]
    desk = _desk(actor, settings, known, as_of)
    tasks = [_activity_task(each, named, desk) for each in activities]
    spoken_of = {task.about for task in tasks}
    tasks += [_lead_task(lead, desk) for lead in leads if lead.ref not in spoken_of]
    tasks += [_deal_task(deal, desk) for deal in deals if deal.ref not in spoken_of]
    missing = {deal.amount.currency.code for deal in known if deal.amount and desk.home(deal.amount) is None}
    total = Money(sum(task.at_risk.minor for task in tasks), desk.currency)
    return MyDay(sorted(tasks, key=_place), total, desk.lead_worth, desk.response_hours, tuple(sorted(missing)))


def _place(task: Task) -> tuple[int, bool, str, str, UUID]:
    """The most at risk first, then what has waited longest."""
    moment = task.due_at or task.since
    since = moment.isoformat() if moment else task.due_date.isoformat() if task.due_date else ""
    return (-task.at_risk.minor, not since, since, task.name, task.ref.id)


def _owned(owners: Collection[UUID] | None, *, or_nobody: bool = False) -> Q:
    if owners is None:
        return Q()
    return Q(owner_id__in=owners) | Q(owner=None) if or_nobody else Q(owner_id__in=owners)


def _due(actor: Actor, owners: Collection[UUID] | None, as_of: datetime) -> "QuerySet[Activity]":
    tomorrow = as_of.astimezone(timezone.get_current_timezone()).date() + DAY
    rows = Activity.for_actor(actor).filter(PLANNED, _owned(owners), due_before(tomorrow))
    return with_links(rows).order_by(F("due_date").asc(nulls_last=True), "due_at", "pk")


def _sales_of(actor: Actor, activities: Iterable[Activity]) -> dict[Ref, Deal | Lead]:
    """Return the open deals and leads that activities are about, as far as the actor sees them."""
    links = [link for each in activities for link in each.links.all()]
    deal_ids = {link.deal_id for link in links if link.deal_id}
    lead_ids = {link.lead_id for link in links if link.lead_id}
    found: dict[Ref, Deal | Lead] = {}
    if deal_ids:
        deals = Deal.for_actor(actor).filter(pk__in=deal_ids).select_related("stage", "close")
        found |= {deal.ref: deal for deal in deals}
    if lead_ids:
        rows = Lead.for_actor(actor).filter(pk__in=lead_ids).select_related("conversion", "disqualification")
        found |= {lead.ref: lead for lead in rows}
    return found


def _needy(actor: Actor, owners: Collection[UUID] | None, as_of: datetime) -> "QuerySet[Deal]":
    """Open deals that lie in their stage or about which nothing is planned, the largest first."""
    stay = FilteredRelation("stays", condition=Q(stays__left_at=None))
    rows = (
        Deal.for_actor(actor, Verb.CHANGE).filter(_owned(owners), close=None).select_related("stage", "owner", "close")
    )
    rows = rows.alias(stay=stay).annotate(entered_at=F("stay__entered_at"))
    # One step of each deal that is looked at: whether there is any would be found out for all deals at once.
    # Asked of deals that turned out to be open: most have ended.
    step = Case(When(close=None, then=Subquery(steps_of_deal().values("activity")[:1])))
    rotten = Q(pk__in=[])
    for stage in Stage.for_actor(actor).exclude(days_to_rot=None).order_by("pk"):
        rotten |= Q(stage=stage, entered_at__lt=as_of - (stage.days_to_rot or 0) * DAY)
    largest = (F("amount_minor").desc(nulls_last=True), "-pk")  # as an index has them: few of many deals are read
    return rows.alias(step=step).filter(Q(step=None) | rotten).order_by(*largest)


def _unanswered(actor: Actor, owners: Collection[UUID] | None) -> "QuerySet[Lead]":
    """Open leads with whom nobody has spoken since they came, the oldest first."""
    talks = ActivityLink.objects.filter(
        lead=OuterRef("pk"), activity__deleted_at=None, activity__completion__isnull=False, activity__does__in=TALKS
    )
    rows = Lead.for_actor(actor, Verb.CHANGE).filter(
        ~Exists(talks), _owned(owners, or_nobody=True), conversion=None, disqualification=None
    )
    return rows.select_related("owner").order_by("captured_at", "pk")


def _desk(actor: Actor, settings: "CompanySettings", deals: Iterable[Deal], as_of: datetime) -> _Desk:
    today = as_of.astimezone(timezone.get_current_timezone()).date()
    currency = Currency(settings.currency)
    year = brought_last_year(actor, as_of)
    codes = {amount.currency.code for amount in year.won} | {each.amount.currency.code for each in deals if each.amount}
    rates = recent_rates(today) if codes - {currency.code} else []
    calendar = office_calendar(settings, first=today - 2 * YEAR, last=today + YEAR)
    bare = _Desk(as_of, currency, rates, today, calendar, Money.zero(currency), settings.response_hours)
    brought = sum(home.minor for amount in year.won if (home := bare.home(amount)) is not None)
    worth = Money(brought // year.leads if year.leads else 0, currency)
    return _Desk(as_of, currency, rates, today, calendar, worth, settings.response_hours)


def _activity_task(each: Activity, named: dict[Ref, Deal | Lead], desk: _Desk) -> Task:
    links = sorted(each.links.all(), key=lambda link: link.pk)
    refs = [Ref(kind, row_id) for kind in ("deal", "lead") for link in links if (row_id := getattr(link, f"{kind}_id"))]
    about = next((named[ref] for ref in refs if ref in named), None)
    day = when(each, timezone.get_current_timezone()) or desk.today
    if day < desk.today:
        why, late = Waiting.OVERDUE, Fraction((desk.today - day).days)
    else:
        why, late = (Waiting.APPOINTMENT if each.does in APPOINTMENTS else Waiting.TODAY), Fraction(0)
    worth, probability = _sale(about, desk)
    return _task(
        each,
        why,
        desk,
        worth=worth,
        probability=probability,
        late=late,
        about=about,
        does=each.does,
        due=(each.due_date, each.due_at),
    )


def _lead_task(lead: Lead, desk: _Desk) -> Task:
    allowed = timedelta(hours=desk.response_hours)
    if desk.as_of - lead.captured_at > YEAR or desk.calendar.add(lead.captured_at, allowed) <= desk.as_of:
        late = Fraction(1)
    else:
        since = min(lead.captured_at, desk.as_of - timedelta(seconds=1))
        passed = desk.calendar.worked(Period(since, desk.as_of))
        late = Fraction(passed // timedelta(seconds=1), allowed // timedelta(seconds=1))
    return _task(lead, Waiting.LEAD, desk, worth=desk.lead_worth, late=late, since=lead.captured_at)


def _deal_task(deal: Deal, desk: _Desk) -> Task:
    entered_at: datetime | None = getattr(deal, "entered_at", None)
    usual, days = deal.stage.days_to_rot, ((desk.as_of - entered_at) // DAY if entered_at else 0)
    rots = usual is not None and days > usual
    late = Fraction(days - usual, max(usual, 1)) if rots and usual is not None else Fraction(0)
    worth, probability = _sale(deal, desk)
    return _task(
        deal,
        Waiting.ROTTING if rots else Waiting.NO_STEP,
        desk,
        worth=worth,
        probability=probability,
        late=late,
        since=entered_at,
        usual_days=usual,
    )


def _sale(about: Deal | Lead | None, desk: _Desk) -> tuple[Money | None, Fraction]:
    """What a deal or a lead may bring, and how likely: nothing any more when it has ended."""
    if isinstance(about, Deal):
        closed = getattr(about, "close", None) is not None
        return (None, Fraction(0)) if closed else (desk.home(about.amount), Fraction(about.stage.probability))
    if isinstance(about, Lead):
        ended = getattr(about, "conversion", None) or getattr(about, "disqualification", None)
        return (None, Fraction(0)) if ended else (desk.lead_worth, Fraction(1))
    return None, Fraction(0)


def _task(
    row: Activity | Lead | Deal,
    why: Waiting,
    desk: _Desk,
    *,
    worth: Money | None,
    late: Fraction,
    probability: Fraction = Fraction(1),
    about: Deal | Lead | None = None,
    does: str = "",
    due: tuple[date | None, datetime | None] = (None, None),
    since: datetime | None = None,
    usual_days: int | None = None,
) -> Task:
    share = factor(why, late)
    return Task(
        why=why,
        ref=row.ref,
        name=row.name,
        about=about.ref if about else None,
        about_name=about.name if about else "",
        owner_id=row.owner_id,
        owner=row.owner.name if row.owner else "",
        does=does,
        due_date=due[0],
        due_at=due[1],
        since=since,
        usual_days=usual_days,
        worth=worth,
        probability=probability,
        factor=share,
        at_risk=value_at_risk(worth, probability, share) if worth else Money.zero(desk.currency),
    )
