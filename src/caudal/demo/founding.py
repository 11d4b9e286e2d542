"""The demo company on its first day: pillars, products, team, pipelines, plan."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from caudal.billing.actions import set_up_taxes
from caudal.catalog import actions as catalog
from caudal.core.money import Currency, Money
from caudal.crm import actions as crm
from caudal.crm import queries as crm_queries
from caudal.demo import goods, market
from caudal.demo.cast import Cast
from caudal.demo.consumption import METERS
from caudal.demo.market import Colleague
from caudal.kit.access import SYSTEM, Actor
from caudal.ledger.actions import set_up_chart
from caudal.plan.actions import adopt_plan, change_milestone
from caudal.plan.queries import plan_path
from caudal.usage.actions import add_meter
from caudal.workspace import actions as workspace
from caudal.workspace import queries

CURRENCY: Final = "USD"
ZONE: Final = "Europe/Madrid"
COUNTRY: Final = "ES"
PLAN: Final = "estrategia"
VERSION: Final = "demo"
"""The plan at a hundredth of its size."""


def found(cast: Cast, *, as_of: datetime) -> int:
    """Found the company and return how many actions that took. Raises AlreadyFounded."""
    workspace.found_company(
        actor=SYSTEM,
        as_of=as_of,
        company=market.COMPANY,
        currency=CURRENCY,
        zone=ZONE,
        country=COUNTRY,
        language="en",
        environment="demo",
    )
    said: dict[str, Any] = market.ENTITY
    workspace.change_entity(actor=SYSTEM, as_of=as_of, entity=queries.default_entity(), **said)
    calls = 3 + add_team(cast, as_of=as_of)
    founder = cast.actor(market.FOUNDER.key)
    set_up_chart(actor=founder, as_of=as_of)
    set_up_taxes(actor=founder, as_of=as_of)
    adopt_plan(
        actor=founder,
        as_of=as_of,
        text=plan_path(PLAN).read_bytes(),
        starts_on=as_of.date(),
        version=VERSION,
        file=f"{PLAN}.toml",
    )
    for phase, milestone, owner, _days in market.MILESTONES:
        owner_id = cast.member_id(owner)
        change_milestone(actor=founder, as_of=as_of, phase=phase, milestone=milestone, owner_id=owner_id, done_on=None)
    keys = {pillar.pk: pillar.key for pillar in queries.pillars()}
    for pillar_id, key in keys.items():
        cast[f"pillar {key}"] = pillar_id
    pipelines = crm_queries.pipelines(founder)
    for stage in crm_queries.stages_of(founder, *pipelines):
        home = next(pipeline.pillar_id for pipeline in pipelines if pipeline.pk == stage.pipeline_id)
        if home is not None:
            cast[f"stage {keys[home]} {stage.position}"] = stage.pk
    for said in METERS:
        add_meter(actor=founder, as_of=as_of, **said)
    calls += 2 + len(market.MILESTONES) + len(METERS)
    return calls + add_goods(cast, actor=founder, as_of=as_of) + know_the_market(cast, actor=founder, as_of=as_of)


def add_team(cast: Cast, *, as_of: datetime) -> int:
    """Add the teams and those who are there from the first day; return how many actions that took."""
    top = workspace.add_team(actor=SYSTEM, as_of=as_of, name=market.MANAGEMENT)
    cast[f"team {market.MANAGEMENT}"] = top.pk
    for name in (market.INSIDE, market.FIELD):
        cast[f"team {name}"] = workspace.add_team(actor=SYSTEM, as_of=as_of, name=name, parent=top).pk
    first = [each for each in (market.FOUNDER, market.MANAGER, market.FINANCE, *market.REPS) if not each.month]
    for colleague in first:
        add_colleague(cast, colleague, actor=SYSTEM, as_of=as_of)
    return 3 + len(first)


def add_colleague(cast: Cast, colleague: Colleague, *, actor: Actor, as_of: datetime) -> None:
    """Add somebody to the team. Raises NotFound, Gone."""
    member = workspace.add_member(
        actor=actor,
        as_of=as_of,
        name=colleague.name,
        email=f"{colleague.key}@{market.DOMAIN}",
        role=colleague.role,
        team=queries.team(SYSTEM, cast[f"team {colleague.team}"]),
        language=colleague.language,
    )
    cast.joined(colleague.key, member.pk)


def add_goods(cast: Cast, *, actor: Actor, as_of: datetime) -> int:
    """Add what is sold, at the plan's prices; return how many actions that took."""
    for good in market.GOODS:
        product = catalog.add_product(
            actor=actor,
            as_of=as_of,
            name=good.name,
            sku=good.sku,
            pillar_id=cast[f"pillar {good.pillar}"],
            list_price=Money(good.price_minor, Currency(CURRENCY)),
            unit=good.unit,
            stream=good.stream,
            tax_kind=good.tax_kind,
        )
        cast[f"product {good.sku}"] = product.pk
    return len(market.GOODS) + add_offerings(cast, actor=actor, as_of=as_of)


def add_offerings(cast: Cast, *, actor: Actor, as_of: datetime) -> int:
    """Add the ways in which it is sold, each at its price from the first day; return how many actions that took."""
    calls = 0
    for said in goods.OFFERINGS:
        offering = catalog.add_offering(
            actor=actor,
            as_of=as_of,
            product_id=cast[f"product {said.sku}"],
            name=said.name,
            code=said.code,
            interval=said.interval,
            trial_days=said.trial_days,
            role="add_on" if said.is_add_on else "main",
        )
        cast[f"offering {said.code}"] = offering.pk
        terms = [(months, Decimal(percent)) for months, percent in said.terms]
        catalog.set_terms(actor=actor, as_of=as_of, offering_id=offering.pk, terms=terms)
        for charge in said.charges:
            add_charge(charge, offering.pk, actor=actor, as_of=as_of)
        calls += 2 + 3 * len(said.charges)
    for base, add_ons in goods.BESIDE.items():
        add_on_ids = [cast[f"offering {code}"] for code in add_ons]
        catalog.set_add_ons(actor=actor, as_of=as_of, offering_id=cast[f"offering {base}"], add_on_ids=add_on_ids)
    return calls + len(goods.BESIDE) + add_contents(cast, actor=actor, as_of=as_of)


def add_contents(cast: Cast, *, actor: Actor, as_of: datetime) -> int:
    """Add what offerings say of features, and bundles of them; return how many actions that took."""
    said: dict[str, dict[UUID, object]] = {}
    for feature in goods.FEATURES:
        row = catalog.add_feature(actor=actor, as_of=as_of, name=feature.name, code=feature.code, sort=feature.sort)
        for code, value in feature.said.items():
            said.setdefault(code, {})[row.pk] = value
    for code, features in said.items():
        catalog.set_features(actor=actor, as_of=as_of, offering_id=cast[f"offering {code}"], features=features)
    for bundle in goods.BUNDLES:
        made = catalog.add_bundle(
            actor=actor,
            as_of=as_of,
            name=bundle.name,
            code=bundle.code,
            discount_percent=Decimal(bundle.discount_percent),
            parts={cast[f"offering {code}"]: quantity for code, quantity in bundle.parts.items()},
        )
        cast[f"bundle {bundle.code}"] = made.pk
        if bundle.price:
            catalog.price_bundle(
                actor=actor,
                as_of=as_of,
                bundle_id=made.pk,
                currency=CURRENCY,
                from_date=as_of.date(),
                amount=Money.of(bundle.price, CURRENCY),
            )
    priced = sum(1 for bundle in goods.BUNDLES if bundle.price)
    return len(goods.FEATURES) + len(said) + len(goods.BUNDLES) + priced


def add_charge(said: goods.ChargeSaid, offering_id: UUID, *, actor: Actor, as_of: datetime) -> None:
    """Add a charge with its price from the first day on."""
    charge = catalog.add_charge(
        actor=actor,
        as_of=as_of,
        offering_id=offering_id,
        name=said.name,
        code=said.name.lower().replace(" ", "_"),
        sort=said.sort,
        stream=said.stream,
        meter=said.meter,
        unit=said.unit,
    )
    catalog.add_price(
        actor=actor, as_of=as_of, charge_id=charge.pk, currency=CURRENCY, from_date=as_of.date(), price=said.price
    )
    discounts = [(quantity, Decimal(percent)) for quantity, percent in said.volume]
    catalog.set_volume_discounts(actor=actor, as_of=as_of, charge_id=charge.pk, discounts=discounts)


def know_the_market(cast: Cast, *, actor: Actor, as_of: datetime) -> int:
    """Add the channels, the tags and the competitors; return how many actions that took."""
    for key, sort in market.CHANNEL_SORTS.items():
        crm.add_channel(actor=actor, as_of=as_of, name=market.CHANNEL_NAMES[key], sort=sort)
    for name, tone in market.TAGS.items():
        crm.add_tag(actor=actor, as_of=as_of, name=name, tone=tone)
    for name, note in market.RIVALS.items():
        cast[f"rival {name}"] = crm.add_competitor(actor=actor, as_of=as_of, name=name, note=note).pk
    return len(market.CHANNEL_SORTS) + len(market.TAGS) + len(market.RIVALS)
