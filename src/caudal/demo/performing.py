"""Performs one step of the script: through the actions that pages call, as whoever would do it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money, Rate
from caudal.crm import actions as crm
from caudal.demo import market
from caudal.demo.cast import Cast
from caudal.demo.founding import CURRENCY, ZONE, add_colleague
from caudal.demo.steps import (
    Assign,
    Close,
    Convert,
    Describe,
    Diary,
    Done,
    GiveUp,
    HandOver,
    Interest,
    Join,
    Move,
    OpenDeal,
    Reach,
    Reprice,
    Spend,
    Step,
    Terms,
    Use,
    Used,
)
from caudal.kit.access import Actor
from caudal.ledger import actions as ledger
from caudal.ledger import queries as ledger_queries
from caudal.plan.actions import change_milestone
from caudal.usage.actions import record_events


def perform(cast: Cast, step: Step) -> None:
    """Do what a step says: one action. Raises what the action raises, and Gone."""
    actor, as_of = cast.actor(step.who), step.at
    match step.does:
        case HandOver(leads):
            _capture(cast, leads, as_of)
        case Assign(lead, owner):
            crm.change_lead(actor=actor, as_of=as_of, lead_id=cast[lead], owner_id=cast.member_id(owner))
        case GiveUp(leads):
            _give_up(cast, leads, actor, as_of)
        case Convert():
            _convert(cast, step.does, step)
        case Describe(company, firm):
            crm.change_company(
                actor=actor,
                as_of=as_of,
                company_id=cast[company],
                domain=firm.domain,
                sector=firm.sector,
                country=firm.country,
                city=firm.city,
                phone=firm.phone,
                employees=firm.employees,
            )
        case Diary() | Done():
            _keep_diary(cast, step.does, actor, as_of)
        case OpenDeal(deal, company, terms):
            opened = crm.open_deal(actor=actor, as_of=as_of, deal=_draft(cast, terms, as_of, company))
            cast[deal] = opened.pk
        case Move(deal, pillar, position):
            stage_id = cast[f"stage {pillar} {position}"]
            crm.move_deal(actor=actor, as_of=as_of, deal_id=cast[deal], stage_id=stage_id)
        case Reprice():
            _reprice(cast, step.does, actor, as_of)
        case Close(deal, won, reason, note, rival):
            crm.close_deal(
                actor=actor,
                as_of=as_of,
                deal_id=cast[deal],
                outcome="won" if won else "lost",
                reason=reason,
                note=note,
                competitor_id=cast[f"rival {rival}"] if rival else None,
            )
            cast.done_with(deal)
        case Reach() | Join() | Use() | Spend():
            _run(cast, step)


def line(cast: Cast, terms: Terms | Reprice) -> crm.LineDraft:
    """Return the line item that terms come to."""
    return crm.LineDraft(
        product_id=cast[f"product {terms.sku}"],
        quantity=Decimal(terms.quantity),
        rate=Rate(Decimal(terms.price_minor) / 100, Currency(CURRENCY)),
        discount_percent=Decimal(terms.discount_percent),
    )


def sent(used: Used) -> dict[str, Any]:
    """Return an event as the company's systems send it."""
    data: dict[str, Any] = {"documents": used.quantity} if used.kind else {"calls": used.quantity}
    said = {"source": "platform", "id": used.id, "type": used.type, "subject": used.subject}
    said |= {"corrects": used.corrects} if used.corrects else {}
    return said | {"time": used.at.isoformat(), "data": data | ({"kind": used.kind} if used.kind else {})}


def _run(cast: Cast, step: Step) -> None:
    if isinstance(step.does, Join):
        add_colleague(cast, step.does.colleague, actor=cast.actor(market.FOUNDER.key), as_of=step.at)
    elif isinstance(step.does, Use):
        events = [sent(each) for each in step.does.events]
        record_events(actor=cast.actor(step.who), as_of=step.at, events=events)
    elif isinstance(step.does, Spend):
        _spend(cast, step.does, cast.actor(step.who), step.at)
    elif isinstance(step.does, Reach):
        change_milestone(
            actor=cast.actor(step.who),
            as_of=step.at,
            phase=step.does.phase,
            milestone=step.does.milestone,
            owner_id=cast.member_id(str(step.who)),
            done_on=step.at.date(),
        )


def _spend(cast: Cast, does: Spend, actor: Actor, as_of: datetime) -> None:
    accounts = {each.code: each for each in ledger_queries.chart(actor)}
    codes = ledger_queries.account_codes(actor)
    costs = [
        ledger.CostDraft(
            key=f"demo:{does.month:%Y-%m}:{number}",
            day=as_of.astimezone(ZoneInfo(ZONE)).date(),
            amount=Money(each.amount_minor, Currency(CURRENCY)),
            account=accounts[each.account],
            paid_from=accounts[codes["bank"]],
            note=each.note,
            pillar_id=cast[f"pillar {each.pillar}"] if each.pillar else None,
            party=each.party,
            channel=each.channel,
        )
        for number, each in enumerate(does.costs)
    ]
    ledger.post_costs(actor=actor, as_of=as_of, costs=costs)


def _reprice(cast: Cast, does: Reprice, actor: Actor, as_of: datetime) -> None:
    deal_id = cast[does.deal]
    crm.set_deal_lines(actor=actor, as_of=as_of, deal_id=deal_id, lines=[line(cast, does)])
    crm.change_deal(actor=actor, as_of=as_of, deal_id=deal_id, expected_close_date=does.expected_close_date)


def _capture(cast: Cast, leads: Sequence[Interest], as_of: datetime) -> None:
    captures = crm.capture_leads(
        actor=cast.actor(None),
        as_of=as_of,
        leads=[
            crm.LeadDraft(
                name=each.buyer.name,
                captured_at=each.at,
                company_name=each.buyer.firm.name if each.buyer.firm else "",
                email=each.buyer.email,
                phone=each.buyer.phone,
                channel=market.CHANNEL_NAMES[each.channel],
                campaign=each.campaign,
                tags=market.TAGS_OF.get(each.campaign, ()),
                pillar_id=cast[f"pillar {each.pillar}"],
                owner_id=cast.member_id(each.owner) if each.owner else None,
            )
            for each in leads
        ],
    )
    for each, captured in zip(leads, captures, strict=True):
        if not each.neglected:
            cast[each.lead] = captured.lead.pk


def _keep_diary(cast: Cast, does: Diary | Done, actor: Actor, as_of: datetime) -> None:
    if isinstance(does, Done):
        crm.complete_activity(actor=actor, as_of=as_of, activity_id=cast[does.activity], outcome=does.outcome)
        cast.done_with(does.activity)
        return
    made = crm.log_activities(
        actor=actor,
        as_of=as_of,
        activities=[
            crm.ActivityDraft(
                does=each.does,
                subject=each.subject,
                about=(Ref(each.about.split()[0], cast[each.about]),),
                owner_id=actor.member,
                minutes=each.minutes,
                direction="out" if each.does == "call" and not each.activity else "",
                due_date=each.due_date,
                due_at=each.due_at,
                done=None if each.activity else crm.DoneDraft(done_at=each.at, outcome=each.outcome),
            )
            for each in does.entries
        ],
    )
    for each, activity in zip(does.entries, made, strict=True):
        if each.activity:
            cast[each.activity] = activity.pk


def _give_up(cast: Cast, leads: Sequence[tuple[str, str]], actor: Actor, as_of: datetime) -> None:
    drafts = [crm.DisqualificationDraft(lead_id=cast[lead], reason=reason) for lead, reason in leads]
    for lead, _ in leads:
        cast.done_with(lead)
    try:
        crm.disqualify_leads(actor=actor, as_of=as_of, disqualifications=drafts)
    except Problem:
        # Somebody has ended one of them by hand; that keeps nobody from giving up the others.
        for draft in drafts:
            with suppress(Problem):
                crm.disqualify_leads(actor=actor, as_of=as_of, disqualifications=[draft])


def _convert(cast: Cast, does: Convert, step: Step) -> None:
    converted = crm.convert_lead(
        actor=cast.actor(step.who),
        as_of=step.at,
        conversion=crm.ConversionDraft(
            lead_id=cast[does.lead], converted_at=step.at, deal=_draft(cast, does.terms, step.at)
        ),
    )
    cast.done_with(does.lead)
    if converted.deal_id and converted.company_id:
        cast[does.deal], cast[does.company] = converted.deal_id, converted.company_id


def _draft(cast: Cast, terms: Terms, as_of: datetime, company: str | None = None) -> crm.DealDraft:
    return crm.DealDraft(
        name=terms.name,
        opened_at=as_of,
        company_id=cast[company] if company else None,
        product_id=cast[f"product {terms.sku}"],
        lines=(line(cast, terms),),
        sales_model=terms.sales_model,
        expected_close_date=terms.expected_close_date,
    )
