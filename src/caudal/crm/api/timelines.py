"""Routes of what happened to records."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from caudal.crm import queries
from caudal.kit.bodies import PageQuery, row_id
from caudal.kit.collisions import public
from caudal.kit.outbox import RecordedFact
from caudal.kit.pages import actor_of, needs

router = Router()


class FactOut(Schema):
    """Something that happened: to the record itself, or to another that it is about."""

    id: str
    name: Annotated[str, Field(examples=["crm.deal_won"])]
    subject: str
    """What it happened to."""
    actor: str
    at: datetime
    recorded_at: datetime
    changes: dict[str, Any]
    """Field by field, what was there before and after; personal values among them until the person is erased."""
    erased: bool


class FactPage(Schema):
    """Some of what happened, newest first, and the cursor of the next page."""

    items: list[FactOut]
    next: str | None


def telling(kind: str, path: str, load: Callable[..., Any]) -> None:
    """Publish the route that tells what happened to a record of a kind."""

    def story(request: HttpRequest, record_id: str, query: Query[PageQuery]) -> FactPage:
        actor = actor_of(request)
        ref = load(actor, row_id(kind, record_id)).ref
        found = queries.told(ref, actor, before=query.cursor or "", limit=query.limit)
        return FactPage(items=[_fact(each) for each in found.facts], next=str(found.earlier) if found.earlier else None)

    story.__name__ = f"{kind}_timeline"
    story.__doc__ = f"Tell what happened to a {kind}, newest first."
    router.get(f"/{path}/{{record_id}}/timeline", response=FactPage)(needs(kind)(story))


for each in (
    ("deal", "deals", queries.deal),
    ("lead", "leads", queries.lead),
    ("company", "companies", queries.company),
    ("person", "people", queries.person),
):
    telling(*each)


def _fact(fact: RecordedFact) -> FactOut:
    personal = {name: value for name, value in (fact.personal or {}).items() if isinstance(value, list | tuple)}
    told = {**fact.data.get("changes", {}), **personal}
    return FactOut(
        id=str(fact.id),
        name=fact.name,
        subject=str(fact.subject),
        actor=fact.actor,
        at=fact.occurred_at,
        recorded_at=fact.recorded_at,
        changes={name: [public(fact.subject.kind, name, each) for each in pair] for name, pair in told.items()},
        erased=fact.erased,
    )
