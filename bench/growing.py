"""Opens deals until a company has so many, through the bulk actions that an import uses; run by `bench.api`.

A third of the deals are open, spread over the stages of three pipelines; the others were won or lost in the two years
before. The same number gives the same deals.
"""

import random
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bench.setting_up import attached  # isort: split

from caudal.catalog.actions import add_product
from caudal.catalog.models import Product
from caudal.core.money import Currency, Money
from caudal.crm.actions import (
    CloseDraft,
    CompanyDraft,
    DealDraft,
    PersonDraft,
    StageStep,
    add_companies,
    add_people,
    open_deals,
    set_up_pipelines,
)
from caudal.crm.models import Company, Deal, Person, Pipeline, Stage
from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.workspace.actions import add_member, set_pillars
from caudal.workspace.models import Member

BATCH: Final = 1000
COMPANIES_PER_THOUSAND: Final = 200
MEMBERS: Final = 12
DAYS: Final = 730
EUR: Final = Currency("EUR")
PILLARS: Final = (
    ("courses", "Courses and webinars", "Cursos y webinars"),
    ("saas", "Marketing SaaS", "SaaS de marketing"),
    ("documents", "Bulk documents", "Documentos masivos"),
)


@attached()
def main() -> None:
    """Grow the company to the number of deals that the command line names."""
    wanted, as_of = int(sys.argv[1]), now()
    if not Pipeline.objects.exists():
        settle(as_of)
    while (count := Deal.objects.count()) < wanted:
        grow(as_of, count, min(BATCH, wanted - count))


def settle(as_of: datetime) -> None:
    """Give the company its lines of business, products and people who sell."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": as_of}
    pillars = set_pillars(**made, pillars=PILLARS)
    set_up_pipelines(**made, pillars=pillars)
    for pillar in pillars:
        add_product(**made, name=f"{pillar.label_en}, standard", sku=pillar.key, pillar_id=pillar.pk)
    for number in range(MEMBERS):
        add_member(**made, name=f"Seller {number}", email=f"seller{number}@example.com")


def grow(as_of: datetime, count: int, more: int) -> None:
    """Add some deals, and companies and people for them."""
    chance = random.Random(count)  # noqa: S311  the same company every time
    owners = list(Member.objects.filter(role="rep").order_by("pk").values_list("pk", flat=True))
    buyers = max(1, more * COMPANIES_PER_THOUSAND // BATCH)
    companies = add_companies(
        actor=SYSTEM,
        as_of=as_of,
        companies=[
            CompanyDraft(name=f"Customer {count + n:05}", country="ES", owner_id=chance.choice(owners))
            for n in range(buyers)
        ],
    )
    people = add_people(
        actor=SYSTEM,
        as_of=as_of,
        people=[PersonDraft(name=f"Buyer {count + n:05}", company_id=each.pk) for n, each in enumerate(companies)],
    )
    lines = [
        (list(pipeline.stages.order_by("position")), Product.objects.get(pillar=pipeline.pillar))
        for pipeline in Pipeline.objects.order_by("position")
    ]
    known = list(zip(companies, people, strict=True))
    drafts = [
        draft(chance, as_of, f"Deal {count + n:05}", chance.choice(lines), chance.choice(known)) for n in range(more)
    ]
    open_deals(actor=SYSTEM, as_of=as_of, deals=drafts)


def draft(
    chance: random.Random,
    as_of: datetime,
    name: str,
    line: tuple[Sequence[Stage], Product],
    buyer: tuple[Company, Person],
) -> DealDraft:
    """Return a deal with the history it had."""
    stages, product = line
    is_open = chance.random() < 1 / 3
    opened_at = as_of - timedelta(days=chance.uniform(60, 120 if is_open else DAYS))
    reached = stages[: chance.randint(1, len(stages))]
    steps = tuple(
        StageStep(stage_id=stage.pk, entered_at=opened_at + timedelta(days=9 * place))
        for place, stage in enumerate(reached)
    )
    close = CloseDraft(
        outcome="won" if chance.random() < 0.4 else "lost",
        closed_at=steps[-1].entered_at + timedelta(days=chance.uniform(0, 9)),
    )
    return DealDraft(
        name=name,
        opened_at=opened_at,
        company_id=buyer[0].pk,
        person_id=buyer[1].pk,
        product_id=product.pk,
        owner_id=buyer[0].owner_id,
        amount=Money(chance.randint(50_00, 20_000_00), EUR),
        expected_close_date=(opened_at + timedelta(days=60)).date(),
        stages=steps,
        close=None if is_open else close,
    )


if __name__ == "__main__":
    main()
