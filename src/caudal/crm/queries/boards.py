"""The board of a pipeline: a column per stage, the newest deals of each, and what the rest are worth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum

from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.crm.models import Deal, Pipeline, Stage
from caudal.crm.queries.lists import Sought
from caudal.crm.queries.records import pipeline, stages_of
from caudal.kit.access import Actor

CARDS: Final = 50
DAY: Final = timedelta(days=1)
NEWEST: Final = (F("opened_at").desc(nulls_last=True), F("pk").desc())
SHOWN: Final = (
    *("id", "version", "name", "stage_id", "company__name", "person__name", "owner__name", "owner_id"),
    *("amount_minor", "amount_currency", "opened_at", "expected_close_date", "entered_at"),
)
"""What a card shows: plain values, since a board has hundreds of them."""


@dataclass(frozen=True, slots=True)
class Card:
    """A deal as the board shows it."""

    ref: Ref
    version: int
    name: str
    company: str
    person: str
    owner: str
    owner_id: UUID | None
    amount: Money | None
    opened_at: datetime | None
    expected_close_date: date | None
    entered_at: datetime
    days_in_stage: int
    """Whole days since it came into the stage."""
    rotting: bool
    """It has been in the stage for longer than a deal should be."""


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage: its newest cards, and how many deals it has in all, what they are worth, how many of them rot."""

    stage: Stage
    cards: tuple[Card, ...]
    count: int
    totals: tuple[Money, ...]
    rotting: int

    @property
    def hidden(self) -> int:
        """How many deals of the stage are not among the cards."""
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True)
class Board:
    """A pipeline as columns of open deals, in the order of its stages."""

    pipeline: Pipeline
    columns: tuple[BoardColumn, ...]
    as_of: datetime


def busy_pipeline(actor: Actor, pipelines: Sequence[Pipeline]) -> UUID:
    """Return the first of some pipelines with open deals that the actor may see; the first of all where none has any.

    An import may bring a pipeline of its own; whoever opens the board then finds the deals.
    """
    open_deals = Deal.for_actor(actor).filter(close=None, pipeline_id=OuterRef("pk"))
    known = Pipeline.for_actor(actor).filter(pk__in=[each.pk for each in pipelines])
    busy = set(known.filter(Exists(open_deals)).values_list("pk", flat=True))
    return next((each.pk for each in pipelines if each.pk in busy), pipelines[0].pk)


def board(
    actor: Actor,
    pipeline_id: UUID,
    *,
    as_of: datetime,
    owner_id: UUID | None = None,
    cards: int = CARDS,
    sought: Sought | None = None,
) -> Board:
    """Return the board of a pipeline, in four queries, narrowed by what a reader wrote. Raises NotFound, Refused.

    A column shows its `cards` newest deals by when they were opened, and counts and sums all of them.
    """
    found = pipeline(actor, pipeline_id)
    stages = stages_of(actor, found)
    rows = Deal.for_actor(actor).alias(stay=FilteredRelation("stays", condition=Q(stays__left_at=None)))
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    if sought is not None:
        rows = sought.narrowed(rows, actor)
    sums = _sums(rows, stages, as_of)
    shown = _cards(rows, stages, as_of, cards)
    return Board(
        pipeline=found,
        columns=tuple(_column(stage, shown.get(stage.pk, ()), sums.get(stage.pk, ())) for stage in stages),
        as_of=as_of,
    )


def _sums(rows: "QuerySet[Deal]", stages: Iterable[Stage], as_of: datetime) -> dict[UUID, list[dict[str, Any]]]:
    rotten = Q(pk__in=[])
    for stage in stages:
        if stage.days_to_rot is not None:
            rotten |= Q(stage_id=stage.pk, stay__entered_at__lt=as_of - stage.days_to_rot * DAY)
    found: dict[UUID, list[dict[str, Any]]] = {}
    counted = (
        rows.filter(Q(stay__stage__in=stages))
        .values("stage_id", "amount_currency")
        .annotate(count=Count("pk"), minor=Sum("amount_minor"), rotting=Count("pk", filter=rotten))
    )
    for row in counted.order_by("stage_id", "amount_currency"):
        found.setdefault(row["stage_id"], []).append(dict(row))
    return found


def _cards(
    rows: "QuerySet[Deal]", stages: Iterable[Stage], as_of: datetime, limit: int
) -> dict[UUID, tuple[Card, ...]]:
    limits = {stage.pk: stage.days_to_rot for stage in stages}
    if not limits:
        return {}
    # Chosen stage by stage from indices alone, and only then joined with what they name: numbering all deals of the
    # pipeline would read and join every one of them to show a few.
    first, *others = (
        rows.filter(Q(stage_id=stage_id, stay__stage_id=stage_id)).order_by(*NEWEST).values("pk")[:limit]
        for stage_id in limits
    )
    shown = rows.filter(pk__in=first.union(*others, all=True)).annotate(entered_at=F("stay__entered_at"))
    found: dict[UUID, list[Card]] = {stage_id: [] for stage_id in limits}
    for row in shown.order_by(*NEWEST).values(*SHOWN):
        found[row["stage_id"]].append(_card(row, limits[row["stage_id"]], as_of))
    return {stage_id: tuple(cards) for stage_id, cards in found.items()}


def _card(row: Mapping[str, Any], days_to_rot: int | None, as_of: datetime) -> Card:
    minor, code, entered_at = row["amount_minor"], row["amount_currency"], row["entered_at"]
    return Card(
        ref=Ref(Deal.kind, row["id"]),
        version=row["version"],
        name=row["name"],
        company=row["company__name"] or "",
        person=row["person__name"] or "",
        owner=row["owner__name"] or "",
        owner_id=row["owner_id"],
        amount=None if minor is None else Money(minor, Currency(code)),
        opened_at=row["opened_at"],
        expected_close_date=row["expected_close_date"],
        entered_at=entered_at,
        days_in_stage=max(0, (as_of - entered_at) // DAY),
        rotting=days_to_rot is not None and entered_at < as_of - days_to_rot * DAY,
    )


def _column(stage: Stage, cards: Iterable[Card], sums: Iterable[dict[str, Any]]) -> BoardColumn:
    sums = list(sums)
    return BoardColumn(
        stage=stage,
        cards=tuple(cards),
        count=sum(row["count"] for row in sums),
        totals=tuple(
            Money(int(row["minor"]), Currency(row["amount_currency"])) for row in sums if row["amount_currency"]
        ),
        rotting=sum(row["rotting"] for row in sums),
    )
