"""Opening, changing and deleting deals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Money, total
from caudal.crm import queries
from caudal.crm.actions.checking import Reader, hand_over, owner_within, reach_references
from caudal.crm.actions.drafts import CloseDraft, DealDraft
from caudal.crm.actions.lines import AmountFollowsLines, net, own_currency, read_lines, rows_of, told_of
from caudal.crm.actions.routes import Routes, Step, hold_stages
from caudal.crm.actions.tags import named_tags
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import DealChanged, DealDeleted, DealLinesSet, DealLost, DealMoved, DealOpened, DealWon
from caudal.crm.models import CloseReason, Competitor, Deal, DealClose, DealLine, Outcome, SalesModel, StageStay
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.failpoints import failpoint
from caudal.kit.names import name_key
from caudal.kit.outbox import Fact, publish, publish_many
from caudal.kit.records import Changes, first_values

BATCH: Final = 1000
REFERENCES: Final = ("company", "person", "product", "owner")


class StaysAsWon(Problem):
    """Changing or deleting what was won is another way of taking it back."""

    code = "deal.stays_as_won"
    status = 409
    message = msg("“{deal}” was won for {amount}, which is above what one person may take back.")
    hint = msg("Reopen it first; somebody else has to agree to that.")


class DealValues(TypedDict, total=False):
    """What may change about a deal besides its stage and its end."""

    name: str
    company_id: UUID | None
    person_id: UUID | None
    product_id: UUID | None
    owner_id: UUID | None
    amount: Money | None
    sales_model: str
    expected_close_date: date | None
    tags: Sequence[str]
    custom: Mapping[str, Any]


@action
def open_deal(*, actor: Actor, as_of: datetime, deal: DealDraft) -> Deal:
    """Open a deal. Raises BadInput, NotFound, NotAllowed, OwnerOutOfReach, StageOfAnotherPipeline, NoPipeline."""
    return open_deals(actor=actor, as_of=as_of, deals=[deal])[0]


@action
def open_deals(*, actor: Actor, as_of: datetime, deals: Sequence[DealDraft]) -> list[Deal]:
    """Open deals with whatever history they bring, in the order given, and tell of every step on its own day.

    The rows and facts are those that opening, moving and closing them one by one would have left. Raises what
    `open_deal` raises, for all of them at once where it can.
    """
    require(actor, "deal", Verb.CREATE)
    checked = _checked(actor, deals)
    named = reach_references(Deal, REFERENCES, actor, checked)
    routes = Routes.load()
    checked = [_sold_as(draft, named["company"]) for draft in checked]
    checked = _with_lines(actor, checked)
    tags = named_tags(actor, as_of, [draft.tags for draft in checked])
    checked = [replace(draft, tags=borne) for draft, borne in zip(checked, tags, strict=True)]
    walks = [routes.steps(draft, named["product"], otherwise_at=as_of) for draft in checked]
    _in_order(checked, walks)
    hold_stages({steps[-1].stage.pk for steps in walks})
    rows = [_row(actor, as_of, draft, steps[-1]) for draft, steps in zip(checked, walks, strict=True)]
    Deal.objects.bulk_create(rows, batch_size=BATCH)
    lines = [line for row, draft in zip(rows, checked, strict=True) for line in rows_of(row, draft.lines)]
    DealLine.objects.bulk_create(lines, batch_size=BATCH)
    failpoint("crm.after_deal")
    StageStay.objects.bulk_create(
        (
            stay
            for row, draft, steps in zip(rows, checked, walks, strict=True)
            for stay in stays_of(row, steps, draft.close)
        ),
        batch_size=BATCH,
    )
    DealClose.objects.bulk_create(
        (
            DealClose(
                deal=row,
                outcome=draft.close.outcome,
                reason=draft.close.reason,
                note=draft.close.note,
                closed_at=draft.close.closed_at,
                closed_by=actor.id,
            )
            for row, draft in zip(rows, checked, strict=True)
            if draft.close
        ),
        batch_size=BATCH,
    )
    publish_many(
        (fact for row, draft, steps in zip(rows, checked, walks, strict=True) for fact in _history(row, draft, steps)),
        actor=actor,
        occurred_at=as_of,
    )
    return rows


@action
def change_deal(
    *,
    actor: Actor,
    as_of: datetime,
    deal_id: UUID,
    expected_version: int | None = None,
    restated: bool = False,
    **values: Unpack[DealValues],
) -> Deal:
    """Change what is said of a deal; `restated` where another system says so, which is not a person taking it back.

    Raises BadInput, NotFound, OwnerStays, OwnerOutOfReach, AmountFollowsLines, StaysAsWon, VersionConflict.
    """
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    checked: dict[str, Any] = dict(values)
    reader = Reader()
    if "name" in values:
        checked["name"] = reader.name(values["name"])
        checked["name_key"] = name_key(checked["name"])
    if "custom" in values:
        checked["custom"] = reader.own("deal", actor, values["custom"], deal.custom)
    if "tags" in values:
        checked["tags"] = reader.tags(values["tags"])
    _fits(reader, checked)
    reader.finish()
    if checked.get("amount", deal.amount) != deal.amount:
        count = deal.lines.count()
        if restated and count:
            del checked["amount"]  # another system's sum does not overrule our lines
        elif count:
            raise AmountFollowsLines(deal=deal.name, count=count)
        elif not restated:
            _not_taken_back(deal)
    hand_over(actor, deal, checked)
    reach_references(Deal, tuple(each for each in REFERENCES if f"{each}_id" in checked), actor, [checked])
    if "tags" in checked:
        [checked["tags"]] = named_tags(actor, as_of, [checked["tags"]])
    before = refs_of(deal)
    changes = deal.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        about = (*before, *refs_of(deal))
        publish(told(DealChanged, deal, changes, about=about), actor=actor, occurred_at=as_of)
    return deal


@action
def delete_deal(*, actor: Actor, as_of: datetime, deal_id: UUID, expected_version: int | None = None) -> None:
    """Take a deal out: boards, lists and numbers no longer see it. Raises NotFound, StaysAsWon, VersionConflict."""
    deal = Deal.one_for(actor, Verb.DELETE, deal_id, lock=True)
    _not_taken_back(deal)
    deal.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(DealDeleted, deal, {}, about=refs_of(deal)), actor=actor, occurred_at=as_of)


def close_fact(
    deal: Deal, *, outcome: str, reason: str, note: str, competitor_id: UUID | None = None, at: datetime | None = None
) -> Fact:
    """Return the fact that a deal ended."""
    changes, about = first_values({"note": note}), refs_of(deal)
    if outcome == Outcome.WON:
        return told(DealWon, deal, changes, about=about, at=at, amount=deal.amount, reason=reason)
    taken = Ref(Competitor.kind, competitor_id) if competitor_id else None
    return told(
        DealLost,
        deal,
        changes,
        about=(*about, taken),
        at=at,
        amount=deal.amount,
        reason=reason,
        competitor=taken,
    )


def in_order(reader: Reader, steps: Sequence[Step], close: CloseDraft | None, row: int = 0) -> None:
    """Refuse a history that goes back in time."""
    instants = [step.entered_at for step in steps] + ([close.closed_at] if close else [])
    if instants != sorted(instants):
        reader.refuse("stages", msg("The stages and the end of a deal follow each other in time."), row)


def _checked(actor: Actor, deals: Sequence[DealDraft]) -> list[DealDraft]:
    reader = Reader(many=len(deals) > 1)
    checked = []
    for row, draft in enumerate(deals):
        if draft.close:
            reader.choice(draft.close.outcome, Outcome.values, "close.outcome", row)
            reader.choice(draft.close.reason, ["", *CloseReason.values], "close.reason", row)
            reader.words(draft.close.note, "close.note", row)
        _fits(reader, {"name": draft.name, "amount": draft.amount, "sales_model": draft.sales_model}, row)
        checked.append(
            replace(
                draft,
                name=reader.name(draft.name, row=row),
                owner_id=owner_within(actor, "deal", Verb.CREATE, draft.owner_id),
                tags=reader.tags(draft.tags, row=row),
                custom=reader.own("deal", actor, draft.custom, row=row),
            )
        )
    reader.finish()
    return checked


def _fits(reader: Reader, values: dict[str, Any], row: int = 0) -> None:
    reader.fits(Deal, values, row)
    amount = values.get("amount")
    if amount is not None and amount.minor < 0:
        reader.refuse("amount", msg("The amount of a deal is not negative."), row)
    reader.choice(values.get("sales_model", ""), ["", *SalesModel.values], "sales_model", row)


def _sold_as(draft: DealDraft, companies: Mapping[UUID, Any]) -> DealDraft:
    """Return a draft that is sold as its company is, unless it says otherwise."""
    if draft.sales_model or draft.company_id is None:
        return draft
    return replace(draft, sales_model=companies[draft.company_id].sales_model)


def _with_lines(actor: Actor, drafts: Sequence[DealDraft]) -> list[DealDraft]:
    """Return drafts with their lines read and their amounts what those come to. Raises BadInput, NotFound."""
    ids = {line.product_id for draft in drafts for line in draft.lines if line.product_id}
    products = Deal.related_for("product", actor, ids)
    read = []
    for draft in drafts:
        lines = read_lines(Reader(many=True), draft.lines, products, currency=own_currency()) if draft.lines else ()
        amounts = [net(line.rate, line.quantity, line.discount_percent) for line in lines if line.rate]
        amount = total(amounts, amounts[0].currency) if amounts else draft.amount
        read.append(replace(draft, lines=tuple(lines), amount=amount))
    return read


def _not_taken_back(deal: Deal) -> None:
    close = DealClose.objects.filter(deal=deal).first()
    if queries.takes_two(deal, close):
        raise StaysAsWon(deal=deal.name, amount=deal.amount)


def _in_order(drafts: Sequence[DealDraft], walks: Sequence[Sequence[Step]]) -> None:
    reader = Reader(many=len(drafts) > 1)
    for row, (draft, steps) in enumerate(zip(drafts, walks, strict=True)):
        in_order(reader, steps, draft.close, row)
    reader.finish()


def _row(actor: Actor, as_of: datetime, draft: DealDraft, last: Step) -> Deal:
    row = Deal.stamped(
        actor=actor,
        as_of=as_of,
        name=draft.name,
        name_key=name_key(draft.name),
        company_id=draft.company_id,
        person_id=draft.person_id,
        product_id=draft.product_id,
        owner_id=draft.owner_id,
        pipeline_id=last.stage.pipeline_id,
        stage_id=last.stage.pk,
        opened_at=draft.opened_at,
        sales_model=draft.sales_model,
        expected_close_date=draft.expected_close_date,
        tags=list(draft.tags),
        custom=dict(draft.custom),
    )
    row.amount = draft.amount
    return row


def stays_of(row: Deal, steps: Sequence[Step], close: CloseDraft | None) -> Iterator[StageStay]:
    """Return the stays that a deal's steps are; the last goes on until its end."""
    end = close.closed_at if close else None
    leaves = [step.entered_at for step in steps[1:]] + [end]
    for step, left_at in zip(steps, leaves, strict=True):
        yield StageStay(deal=row, stage_id=step.stage.pk, entered_at=step.entered_at, left_at=left_at)


def _history(row: Deal, draft: DealDraft, steps: Sequence[Step]) -> Iterator[Fact]:
    about = refs_of(row)
    said = {
        each: getattr(row, each)
        for each in (
            "name",
            "company_id",
            "person_id",
            "product_id",
            "owner_id",
            "amount",
            "sales_model",
            "expected_close_date",
            "tags",
            "custom",
        )
    }
    yield told(
        DealOpened,
        row,
        first_values(said),
        about=about,
        at=draft.opened_at or steps[0].entered_at,
        pipeline=steps[0].stage.pipeline.ref,
        stage=steps[0].stage.ref,
        stage_name=steps[0].stage.name,
    )
    if draft.lines:
        told_lines: Changes = {"lines": ([], told_of(rows_of(row, draft.lines)))}
        at = draft.opened_at or steps[0].entered_at
        yield told(DealLinesSet, row, told_lines, about=about, at=at, count=len(draft.lines), amount=row.amount)
    for before, after in pairwise(steps):
        yield move_fact(row, before=before.stage, after=after.stage, at=after.entered_at)
    if draft.close:
        close = draft.close
        yield close_fact(row, outcome=close.outcome, reason=close.reason, note=close.note, at=close.closed_at)


def move_fact(deal: Deal, *, before: Any, after: Any, at: datetime | None = None) -> Fact:
    """Return the fact that a deal went from one stage to another."""
    return told(
        DealMoved,
        deal,
        {},
        about=refs_of(deal),
        at=at,
        stage_before=before.ref,
        stage=after.ref,
        stage_name_before=before.name,
        stage_name=after.name,
        probability=after.probability,
    )
