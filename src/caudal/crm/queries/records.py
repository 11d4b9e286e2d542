"""One record with what belongs to it."""

from collections.abc import Collection, Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from caudal.core.ids import NotAnId, Ref
from caudal.crm.models import Company, Deal, DealLine, Lead, Person, Pipeline, Stage, StageStay
from caudal.kit.access import Actor, Verb
from caudal.kit.records import NotFound, Record

R = TypeVar("R", bound=Record)

DEAL_JOINS = ("company", "person", "pipeline", "stage", "product", "owner", "close")
LEAD_JOINS = ("owner", "pillar", "conversion", "disqualification")


def deal(actor: Actor, deal_id: UUID, verb: Verb = Verb.VIEW) -> Deal:
    """Return a deal with everything that it names and how it ended, in one query. Raises NotFound."""
    joins = (*DEAL_JOINS, "conversion__lead", "close__loss_to__competitor")
    return _one(Deal.for_actor(actor, verb).select_related(*joins), deal_id)


def with_names(rows: "QuerySet[Deal]") -> "QuerySet[Deal]":
    """Let deals come with everything that they name, in four queries however many they are; `at_home` completes them.

    For lists: stages, owners and products are few, so that they are read once rather than joined. Joining all eight
    tables of an ordered list costs the planner more than the rows cost everybody.
    """
    stages = Prefetch("stage", Stage._default_manager.select_related("pipeline"))
    return rows.select_related("company", "person", "close__loss_to").prefetch_related(stages, "owner", "product")


def at_home(deals: Iterable[Deal]) -> None:
    """Give each deal the pipeline of its stage, which is its own."""
    for each in deals:
        each.pipeline = each.stage.pipeline


def stays(found: Deal) -> list[StageStay]:
    """Return the stages that a deal, already reached, was in, first to last."""
    return list(found.stays.select_related("stage").order_by("entered_at", "pk"))


def lines_of(found: Deal) -> list[DealLine]:
    """Return the line items of a deal, already reached, in their order."""
    return list(found.lines.select_related("product").order_by("position"))


def lead(actor: Actor, lead_id: UUID, verb: Verb = Verb.VIEW) -> Lead:
    """Return a lead with how it ended, in one query. Raises NotFound."""
    joins = (*LEAD_JOINS, "conversion__person", "conversion__company", "conversion__deal")
    return _one(Lead.for_actor(actor, verb).select_related(*joins), lead_id)


def company(actor: Actor, company_id: UUID, verb: Verb = Verb.VIEW) -> Company:
    """Return a company, in one query. Raises NotFound."""
    return _one(Company.for_actor(actor, verb).select_related("parent", "owner"), company_id)


def companies_called(actor: Actor, names: Collection[str]) -> dict[str, UUID]:
    """Return the companies that go by some names: their public ids, or web domains that one company alone has."""
    refs = {each: ref.id for each in names if (ref := company_ref(each))}
    there = set(Company.for_actor(actor).filter(pk__in=refs.values()).values_list("pk", flat=True))
    found = {each: company_id for each, company_id in refs.items() if company_id in there}
    hosts = {each: each.lower() for each in names if "." in each and each not in refs}
    by_host: dict[str, list[UUID]] = {}
    for host, company_id in Company.for_actor(actor).filter(domain__in=hosts.values()).values_list("domain", "pk"):
        by_host.setdefault(str(host), []).append(company_id)
    return found | {each: by_host[host][0] for each, host in hosts.items() if len(by_host.get(host, ())) == 1}


def company_ref(text: str) -> Ref | None:
    """Return the company whose public id a text is, None for any other text."""
    try:
        return Ref.parse(text, Company.kind)
    except NotAnId:
        return None


def person(actor: Actor, person_id: UUID, verb: Verb = Verb.VIEW) -> Person:
    """Return a person, in one query. Raises NotFound."""
    return _one(Person.for_actor(actor, verb).select_related("company", "owner"), person_id)


def pipelines(actor: Actor) -> list[Pipeline]:
    """Return the pipelines, in order; `stages_of` has their stages."""
    return list(Pipeline.for_actor(actor).select_related("pillar").order_by("position", "pk"))


def pipeline(actor: Actor, pipeline_id: UUID) -> Pipeline:
    """Return a pipeline. Raises NotFound."""
    return _one(Pipeline.for_actor(actor).select_related("pillar"), pipeline_id)


def stages_of(actor: Actor, *found: Pipeline) -> list[Stage]:
    """Return the stages of pipelines in their order, in one query."""
    rows = Stage.for_actor(actor).filter(pipeline__in=found)
    return list(rows.order_by("pipeline__position", "pipeline_id", "position", "pk"))


def _one(rows: "QuerySet[R]", row_id: UUID) -> R:
    found = rows.filter(pk=row_id).first()
    if found is None:
        raise NotFound(kind=rows.model.kind, id=Ref(rows.model.kind, row_id))
    return found
