"""Fills a company with leads, people, companies and deals whose names look like names; run by `bench.finding`.

Rows are written past the actions, because only their number and their words matter here. The same numbers give the
same names.
"""

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from bench.setting_up import attached  # isort: split

from caudal.crm.actions import set_up_pipelines
from caudal.crm.models import Company, Deal, Lead, Person, Stage
from caudal.kit.access import SYSTEM
from caudal.kit.names import name_key
from caudal.kit.world import now
from caudal.workspace.actions import add_member, add_team, set_pillars
from caudal.workspace.models import Member, Role

BATCH: Final = 5000
MEMBERS: Final = 40
GIVEN: Final = """
Ana María José Marta Rosa Raúl Íñigo Lucía Álvaro Begoña Carlos Daniel Elena Fátima Gonzalo Hugo Inés Javier
Julia Laura Luis Mateo Nuria Óscar Pablo Paula Pilar Ramón Sara Sergio Sofía Tomás Úrsula Valentina Víctor
Ximena Yolanda Anna Ben Chloe David Emma Felix Grace Hannah Ian Jack Kate Liam Mia Noah Olivia Peter Quinn
Ruth Sam Tom Una Will Łukasz Søren Jürgen Zoë Renée François Björn Åsa Dvořák Çelik
"""
HEADS: Final = """
Gar Mar Lop Fer Rod Gon San Per Mor Alv Rom Nav Tor Dom Vaz Ram Gil Ser Bla Mol Suá Cas Ort Rub Sol
"""
MIDDLES: Final = """
a e i o u an en in on ar er ir or al el il ol as es is os ab ed ig om un ut
"""
TAILS: Final = """
cía tez pez nández ríguez zález chez rez no lez ro rra mez quez do ra na co la to vo ño llo so ja
"""
TRADES: Final = """
Logistics Foods Medical Software Energía Travel Books Textil Motor Design Labs Studio Pharma Agro Media
"""
DOMAINS: Final = """
gmail.com hotmail.com outlook.es yahoo.es icloud.com
"""


@attached()
def main() -> None:
    """Write as many leads and deals as the command line says, a person to each deal and a company to five."""
    leads, deals = map(int, sys.argv[1:])
    chance, as_of = random.Random(20260302), now()  # noqa: S311  the same company every time
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": as_of}
    pipelines = set_up_pipelines(**made, pillars=set_pillars(**made, pillars=(("saas", "SaaS", "SaaS"),)))
    team = add_team(**made, name="Sales")
    add_member(**made, name="Founder", email="founder@example.com", role=Role.ADMIN)
    for number in range(MEMBERS):
        role = Role.MANAGER if number == 0 else Role.REP
        add_member(**made, name=f"Seller {number}", email=f"seller{number}@example.com", role=role, team=team)
    owners = [*Member.objects.filter(role=Role.REP).order_by("pk").values_list("pk", flat=True), None]
    write(Lead, (lead(chance, as_of, owners) for _ in range(leads)))
    companies = [company(chance, as_of) for _ in range(deals // 5)]
    write(Company, iter(companies))
    people = [person(chance, as_of, chance.choice(companies)) for _ in range(deals)]
    write(Person, iter(people))
    first = pipelines[0].stages.order_by("position")[0]
    write(Deal, (deal(chance, as_of, each, first, owners) for each in people))


def write(model: Any, rows: Iterator[Any]) -> None:
    """Insert rows by batches."""
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)


def names(chance: random.Random) -> tuple[str, str]:
    """Return a given name and two family names."""
    return one_of(chance, GIVEN), f"{family(chance)} {family(chance)}"


def family(chance: random.Random) -> str:
    """Return the name of a family; some are large."""
    heads = HEADS.split()
    head = heads[min(int(chance.expovariate(0.12)), len(heads) - 1)]
    middles = chance.choices(MIDDLES.split(), k=chance.choice((0, 0, 0, 1, 1, 2)))
    return f"{head}{''.join(middles)}{one_of(chance, TAILS)}"


def one_of(chance: random.Random, listed: str) -> str:
    """Return one of some words."""
    return chance.choice(listed.split())


def lead(chance: random.Random, as_of: datetime, owners: list[Any]) -> Lead:
    """Return somebody who showed interest."""
    given, family = names(chance)
    name = f"{given} {family}"
    address = f"{name_key(given)}.{name_key(family).replace(' ', '')}{chance.randint(1, 99)}@{one_of(chance, DOMAINS)}"
    return Lead.stamped(
        actor=SYSTEM,
        as_of=as_of - timedelta(minutes=chance.randint(0, 10**6)),
        name=name,
        name_key=name_key(name),
        company_name=f"{family.split()[0]} {one_of(chance, TRADES)}" if chance.random() < 0.5 else "",
        email=address if address.isascii() else None,
        phone=f"+34 6{chance.randint(0, 99_999_999):08}" if chance.random() < 0.7 else "",
        captured_at=as_of,
        owner_id=chance.choice(owners),
    )


def company(chance: random.Random, as_of: datetime) -> Company:
    """Return an organisation."""
    name = f"{names(chance)[1].split()[0]} {one_of(chance, TRADES)} {chance.randint(1, 9999)}"
    domain = f"{name_key(name).replace(' ', '-')}.example"
    return Company.stamped(actor=SYSTEM, as_of=as_of, name=name, name_key=name_key(name), domain=domain)


def person(chance: random.Random, as_of: datetime, at: Company) -> Person:
    """Return somebody at a company."""
    given, family = names(chance)
    name = f"{given} {family}"
    return Person.stamped(
        actor=SYSTEM,
        as_of=as_of,
        name=name,
        name_key=name_key(name),
        company=at,
        email=f"{name_key(given)}@{at.domain}",
        phone=f"+34 9{chance.randint(0, 99_999_999):08}",
    )


def deal(chance: random.Random, as_of: datetime, buyer: Person, stage: Stage, owners: list[Any]) -> Deal:
    """Return a chance to sell something to somebody."""
    name = f"{one_of(chance, TRADES)} for {buyer.company.name if buyer.company else buyer.name}"
    return Deal.stamped(
        actor=SYSTEM,
        as_of=as_of - timedelta(minutes=chance.randint(0, 10**6)),
        name=name,
        name_key=name_key(name),
        company=buyer.company,
        person=buyer,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        owner_id=chance.choice(owners),
        opened_at=as_of,
    )


if __name__ == "__main__":
    main()
