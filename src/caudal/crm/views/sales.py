"""What the pages of a deal and of a lead say."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.models import Deal, DealClose, Lead, Outcome, Stage, StageStay
from caudal.crm.views.nouns import COMPANY, DEAL, LEAD, PERSON
from caudal.crm.views.records import Action, Figure, NextStep, Portrait, State, Step, known, one_of, value
from caudal.crm.views.words import days_words
from caudal.kit.access import Actor
from caudal.ui.formats import day_text, instant_text, reader_locale

if TYPE_CHECKING:
    from caudal.workspace.models import Approval

DAY: Final = timedelta(days=1)


def deal_portrait(deal: Deal, actor: Actor, as_of: datetime, may_change: bool) -> Portrait:  # noqa: FBT001  the shape of every portrait
    """Say how a deal stands, what it is worth, what to do next."""
    close: DealClose | None = getattr(deal, "close", None)
    stages = queries.stages_of(actor, deal.pipeline)
    stays = queries.stays(deal)
    won = close is not None and close.outcome == Outcome.WON
    asked = queries.reopening_asked(deal)
    working = may_change and close is None
    if close is not None:
        state = State(close.get_outcome_display(), "good" if won else "bad")
    else:
        state = State(deal.stage.name, "accent")
    return Portrait(
        state=state,
        figures=closed_figures(deal, close) if close else open_figures(deal, stays, as_of),
        stages=steps(deal, stages, stays, as_of),
        next=waiting_step(asked, as_of) if asked else next_of_deal(deal, stages, stays, as_of) if working else None,
        facts=deal_facts(deal, close),
        primary=Action(_("Win"), DEAL.href(deal, "won"), "check") if working else None,
        actions=deal_actions(deal, close) if may_change and asked is None else (),
    )


def deal_actions(deal: Deal, close: DealClose | None) -> list[Action]:
    """Return what can be done with a deal besides winning it."""
    if close is not None:
        return [Action(_("Reopen"), DEAL.href(deal, "reopening"), "refresh")]
    return [
        Action(_("Move to …"), DEAL.href(deal, "stage"), "arrow-right"),
        Action(_("Close as lost"), DEAL.href(deal, "lost"), "close"),
    ]


def waiting_step(asked: "Approval", as_of: datetime) -> NextStep:
    """Return that a second person has to agree before a deal opens again, and where that is done."""
    return NextStep(
        _("Reopening has waited for a second person since %(instant)s.")
        % {"instant": instant_text(asked.created_at, reader_locale(), timezone.get_current_timezone(), now=as_of)},
        "clock",
        _("See approvals"),
        reverse("workspace:approvals"),
        dialog=False,
    )


def open_figures(deal: Deal, stays: Sequence[StageStay], as_of: datetime) -> list[Figure]:
    """Return what matters about an open deal."""
    days = days_here(stays, as_of)
    limit = deal.stage.days_to_rot
    stale = limit is not None and days is not None and days > limit
    due = deal.expected_close_date
    return [
        value(_("Amount"), deal.amount, "money"),
        value(_("Probability"), deal.stage.probability, "percent"),
        value(_("Expected to close"), due, "date", note=_("overdue") if due and due < today(as_of) else ""),
        value(
            _("In this stage"),
            None if days is None else days_words(days),
            note=_("longer than the usual %(days)s") % {"days": days_words(limit or 0)} if stale else "",
        ),
    ]


def closed_figures(deal: Deal, close: DealClose) -> list[Figure]:
    """Return what matters about a deal that has ended."""
    took = (close.closed_at - deal.opened_at) // DAY if deal.opened_at else None
    return [
        value(_("Amount"), deal.amount, "money"),
        value(_("Closed"), close.closed_at, "date"),
        *known(
            value(_("It took"), None if took is None else days_words(took)),
            value(_("Reason"), close.get_reason_display() or None),
        ),
    ]


def deal_facts(deal: Deal, close: DealClose | None) -> list[Figure]:
    """Return what is known of a deal."""
    came = getattr(deal, "conversion", None)
    found = [
        value(
            _("Company"),
            deal.company and deal.company.name,
            href=COMPANY.href(deal.company) if deal.company else "",
            field="company",
        ),
        value(
            _("Person"),
            deal.person and deal.person.name,
            href=PERSON.href(deal.person) if deal.person else "",
            field="person",
        ),
        value(_("Owner"), deal.owner and deal.owner.name, field="owner"),
        value(_("Product"), deal.product and deal.product.name, field="product"),
        value(_("Sales model"), deal.get_sales_model_display() or None),
        value(_("Pipeline"), deal.pipeline.name),
        value(_("Opened"), deal.opened_at, "date"),
    ]
    if came is not None:
        found.append(value(_("From the lead"), came.lead.name, href=LEAD.href(came.lead)))
    taken = getattr(close, "loss_to", None)
    if taken is not None:
        found.append(value(_("Lost to"), taken.competitor.name))
    if close is not None and close.note:
        found.append(value(_("Note"), close.note))
    return found


def steps(deal: Deal, stages: Iterable[Stage], stays: Sequence[StageStay], as_of: datetime) -> list[Step]:
    """Return the stages of a deal's pipeline, with the days that it spent in each."""
    spent: dict[object, timedelta] = {}
    for stay in stays:
        spent[stay.stage_id] = spent.get(stay.stage_id, timedelta()) + ((stay.left_at or as_of) - stay.entered_at)
    found = []
    ahead = False
    for stage in stages:
        here = stage.pk == deal.stage_id
        note = days_words(spent[stage.pk] // DAY) if stage.pk in spent else ""
        found.append(Step(stage.name, "here" if here else "ahead" if ahead else "past", note))
        ahead = ahead or here
    return found


def next_of_deal(deal: Deal, stages: Sequence[Stage], stays: Sequence[StageStay], as_of: datetime) -> NextStep | None:
    """Return what to do next with an open deal: what is late first, then what is missing, then the way on."""
    edit, move = DEAL.href(deal, "edit"), DEAL.href(deal, "stage")
    due, days, limit = deal.expected_close_date, days_here(stays, as_of), deal.stage.days_to_rot
    after = next((stage for stage in stages if stage.position > deal.stage.position), None)
    return one_of(
        NextStep(
            _("It was expected to close on %(day)s. Close it, or say when it will.")
            % {"day": day_text(due, reader_locale())},
            "calendar",
            _("Change the day"),
            edit,
            dialog=False,
        )
        if due and due < today(as_of)
        else None,
        NextStep(
            _("It has been in %(stage)s for %(days)s; %(limit)s is usual. Move it on, or close it.")
            % {"stage": deal.stage.name, "days": days_words(days), "limit": days_words(limit)},
            "clock",
            _("Move to …"),
            move,
        )
        if limit is not None and days is not None and days > limit
        else None,
        NextStep(_("Nobody has said what it is worth."), "money", _("Add the amount"), edit, dialog=False)
        if deal.amount is None
        else None,
        NextStep(_("Nobody has said when it should close."), "calendar", _("Add the day"), edit, dialog=False)
        if due is None
        else None,
        NextStep(_("The next stage is %(stage)s.") % {"stage": after.name}, "arrow-right", _("Move to …"), move)
        if after
        else NextStep(_("It is in its last stage: win it, or say why it was lost."), "check"),
    )


def lead_portrait(lead: Lead, actor: Actor, as_of: datetime, may_change: bool) -> Portrait:  # noqa: FBT001  the shape of every portrait
    """Say how a lead stands, where it came from, what to do next."""
    conversion = getattr(lead, "conversion", None)
    given_up = getattr(lead, "disqualification", None)
    still_open = conversion is None and given_up is None
    ended_at = conversion.converted_at if conversion else given_up.disqualified_at if given_up else None
    if conversion:
        state = State(_("Converted"), "good")
    elif given_up:
        state = State(_("Disqualified"), "idle")
    else:
        state = State(pgettext("lead", "Open"), "accent")
    waited = days_words(max(0, ((ended_at or as_of) - lead.captured_at) // DAY))
    changing = may_change and still_open
    return Portrait(
        state=state,
        figures=known(
            value(_("Captured"), lead.captured_at, "date"),
            value(_("Waiting for") if still_open else _("It took"), waited),
            value(_("Channel"), lead.channel or None),
            value(_("Pillar"), lead.pillar and lead.pillar.label(get_language() or "en")),
        ),
        next=next_of_lead(lead, actor) if changing else became(lead) if conversion else None,
        facts=lead_facts(lead),
        primary=Action(_("Convert"), LEAD.href(lead, "conversion"), "check") if changing else None,
        actions=actions_of_lead(lead, changing=changing, undoing=may_change and conversion is not None),
    )


def actions_of_lead(lead: Lead, *, changing: bool, undoing: bool) -> list[Action]:
    """Return what else can be done with a lead."""
    found = [Action(_("Disqualify"), LEAD.href(lead, "disqualification"), "close")] if changing else []
    if undoing:
        found.append(Action(_("Take the conversion back"), reverse("crm:lead_unconvert", args=[lead.ref]), "undo"))
    return found


def lead_facts(lead: Lead) -> list[Figure]:
    """Return what is known of a lead."""
    given_up = getattr(lead, "disqualification", None)
    found = [
        value(_("Company"), lead.company_name or None, field="company_name"),
        value(_("E-mail"), lead.email or None, href=f"mailto:{lead.email}" if lead.email else "", field="email"),
        value(_("Phone"), lead.phone or None, href=f"tel:{lead.phone}" if lead.phone else "", field="phone"),
        value(_("Owner"), lead.owner and lead.owner.name, field="owner"),
    ]
    if given_up is not None:
        found.append(value(_("Why it goes no further"), given_up.get_reason_display()))
        found.append(value(_("Note"), given_up.note or None))
    return found


def next_of_lead(lead: Lead, actor: Actor) -> NextStep:
    """Return what to do next with an open lead."""
    if lead.owner_id is None and actor.member is not None:
        return NextStep(
            _("Nobody looks after this lead."), "person", _("Take it"), LEAD.href(lead, "owner"), posts=True
        )
    return NextStep(
        _("Talk to them. Convert the lead when there is something to sell, or disqualify it and say why."), "phone"
    )


def became(lead: Lead) -> NextStep:
    """Return where a converted lead went on."""
    conversion = lead.conversion
    if conversion.deal_id:
        return NextStep(
            _("It went on as a deal."),
            "deal",
            _("Open the deal"),
            DEAL.href(Ref("deal", conversion.deal_id)),
            dialog=False,
        )
    return NextStep(
        _("It went on as a person."),
        "person",
        _("Open the person"),
        PERSON.href(Ref("person", conversion.person_id)),
        dialog=False,
    )


def days_here(stays: Sequence[StageStay], as_of: datetime) -> int | None:
    """Return the whole days since a deal came into the stage that it is in; None when it is in none."""
    here = next((stay for stay in reversed(stays) if stay.left_at is None), None)
    return None if here is None else max(0, (as_of - here.entered_at) // DAY)


def today(as_of: datetime) -> date:
    """Return the reader's day."""
    return as_of.astimezone(timezone.get_current_timezone()).date()
