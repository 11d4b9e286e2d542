"""Fills a company with leads, people, companies, deals and activities; run by `bench.finding` and `bench.scale`.

Rows are written past the actions, because only their number, their words and their spread matter here. The same
numbers give the same names. Half of the leads are open and a third of the deals; every deal has an activity, and every
lead and deal the fact that it came.
"""

import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, Final

from bench.setting_up import attached  # isort: split

from django.db import connection, transaction
from django.db.models import GeneratedField

from caudal.core.ids import Ref
from caudal.core.money import Currency, FxRate, Money
from caudal.crm.actions import add_tag, set_up_pipelines
from caudal.crm.models import (
    Activity,
    ActivityLink,
    Company,
    Completion,
    Deal,
    DealClose,
    Lead,
    LeadConversion,
    LeadDisqualification,
    Person,
    Stage,
    StageStay,
)
from caudal.kit.access import SYSTEM
from caudal.kit.models import RecordedFactRow, Stream
from caudal.kit.names import bare_key, name_key
from caudal.kit.world import now
from caudal.workspace.actions import add_field, add_member, add_rates, add_team, set_pillars
from caudal.workspace.models import Member, Pillar, Role

BATCH: Final = 5000
MEMBERS: Final = 40
DAYS: Final = 730
PILLARS: Final = (
    ("courses", "Courses and webinars", "Cursos y webinars"),
    ("saas", "Marketing SaaS", "SaaS de marketing"),
    ("documents", "Bulk documents", "Documentos masivos"),
)
CHANNELS: Final = ("webinar", "ads", "referral", "search", "partner", "event", "outbound", "")
TAGS: Final = (("Founder", 0.00002), ("VIP", 0.01), ("Webinar", 0.08), ("Newsletter", 0.3))
SIZES: Final = ("small", "medium", "large")
REASONS: Final = ("no_fit", "no_budget", "no_answer", "not_now")
CURRENCIES: Final = (Currency("EUR"), Currency("EUR"), Currency("EUR"), Currency("USD"))
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


@dataclass(frozen=True, slots=True)
class Crowd:
    """Whatever the rows draw from."""

    chance: random.Random
    as_of: datetime
    owners: Sequence[Any]
    """The ids of those who sell, and None for nobody."""
    pillars: Sequence[Pillar]
    lines: Sequence[Sequence[Stage]]
    """The stages of each pipeline, in their order."""

    def ago(self, days: float) -> datetime:
        """Return an instant within so many days."""
        return self.as_of - timedelta(days=self.chance.uniform(0, days))

    def tags(self) -> list[str]:
        """Return the tags that a record bears."""
        return [tag for tag, part in TAGS if self.chance.random() < part]


@attached()
def main() -> None:
    """Write as many leads and deals as the command line says, a person to each deal and a company to five."""
    leads, deals = map(int, sys.argv[1:])
    crowd = settle(random.Random(20260302), now())  # noqa: S311  the same company every time
    companies = [company(crowd, number) for number in range(deals // 5)]
    write(companies)
    people = [person(crowd, crowd.chance.choice(companies)) for _ in range(deals)]
    write(people)
    for first in range(0, deals, BATCH):
        sell(crowd, people[first : first + BATCH])
    for first in range(0, leads, BATCH):
        interest(crowd, range(first, min(first + BATCH, leads)), people)


def settle(chance: random.Random, as_of: datetime) -> Crowd:
    """Give the company its lines of business, its people who sell, and a field of its own."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": as_of}
    pillars = set_pillars(**made, pillars=PILLARS)
    pipelines = set_up_pipelines(**made, pillars=pillars)
    team = add_team(**made, name="Sales")
    add_member(**made, name="Founder", email="founder@example.com", role=Role.ADMIN)
    for number in range(MEMBERS):
        role = Role.MANAGER if number == 0 else Role.REP
        add_member(**made, name=f"Seller {number}", email=f"seller{number}@example.com", role=role, team=team)
    for kind in ("lead", "deal"):
        add_field(**made, record_kind=kind, key="seats", type="number", label="Seats")
        add_field(**made, record_kind=kind, key="size", type="choice", label="Size", options=SIZES)
    for tag, _ in TAGS:
        add_tag(**made, name=tag)
    days = [(as_of - timedelta(days=number)).date() for number in range(DAYS)]
    rates = [FxRate(Currency("EUR"), Currency("USD"), day, Fraction(27, 25)) for day in days]
    add_rates(**made, rates=rates, source="bench")
    owners = [*Member.objects.filter(role=Role.REP).order_by("pk").values_list("pk", flat=True), None]
    return Crowd(chance, as_of, owners, pillars, [list(each.stages.order_by("position")) for each in pipelines])


def write(rows: Sequence[Any]) -> None:
    """Insert rows of one table, as fast as the database takes them in."""
    if not rows:
        return
    model = type(rows[0])
    fields = [each for each in model._meta.local_concrete_fields if not isinstance(each, GeneratedField)]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([each.get_db_prep_save(getattr(row, each.attname), connection) for each in fields])


def tell(name: str, rows: Sequence[Any], data: Callable[[Any], dict[str, Any]]) -> None:
    """Record the fact that some rows came, with what it says of each."""
    write([Stream(kind=row.kind, subject=row.pk, last=1) for row in rows])
    write(
        [
            RecordedFactRow(
                name=name,
                version=1,
                subject_kind=row.kind,
                subject_id=row.pk,
                sequence=1,
                refs=[str(row.ref)],
                actor=row.created_by,
                occurred_at=row.created_at,
                recorded_at=row.created_at,
                data=data(row),
            )
            for row in rows
        ]
    )


def names(chance: random.Random) -> tuple[str, str]:
    """Return a given name and two family names."""
    return one_of(chance, GIVEN), f"{family(chance)} {family(chance)}"


def family(chance: random.Random) -> str:
    """Return the name of a family; some are large."""
    heads = listed(HEADS)
    head = heads[min(int(chance.expovariate(0.12)), len(heads) - 1)]
    middles = chance.choices(listed(MIDDLES), k=chance.choice((0, 0, 0, 1, 1, 2)))
    return f"{head}{''.join(middles)}{one_of(chance, TAILS)}"


def one_of(chance: random.Random, words: str) -> str:
    """Return one of some words."""
    return chance.choice(listed(words))


@cache
def listed(words: str) -> list[str]:
    """Return words one by one."""
    return words.split()


def interest(crowd: Crowd, numbers: Sequence[int], people: Sequence[Person]) -> None:
    """Write some leads, and how a half of them ended."""
    rows = [lead(crowd, number) for number in numbers]
    chance = crowd.chance
    converted, given_up = [], []
    for row in rows:
        drawn = chance.random()
        if drawn < 0.1 and people:
            converted.append(row)
        elif drawn < 0.5:
            given_up.append(row)
        else:
            row.open_email = row.email
    write(rows)
    write([conversion(crowd, row, chance.choice(people)) for row in converted])
    write(
        [
            LeadDisqualification(
                lead=row,
                reason=chance.choice(REASONS),
                disqualified_at=row.captured_at + timedelta(days=3),
                disqualified_by=SYSTEM.id,
            )
            for row in given_up
        ]
    )
    tell("crm.lead_captured", rows, lambda row: {"channel": row.channel})


def lead(crowd: Crowd, number: int) -> Lead:
    """Return somebody who showed interest."""
    chance = crowd.chance
    given, family = names(chance)
    name, captured_at = f"{given} {family}", crowd.ago(DAYS)
    address = f"{name_key(given)}.{name_key(family).replace(' ', '')}{number}@{one_of(chance, DOMAINS)}"
    return Lead.stamped(
        actor=SYSTEM,
        as_of=captured_at,
        name=name,
        name_key=name_key(name),
        company_name=f"{family.split()[0]} {one_of(chance, TRADES)}" if chance.random() < 0.5 else "",
        email=address if address.isascii() else None,
        phone=f"+34 6{chance.randint(0, 99_999_999):08}" if chance.random() < 0.7 else "",
        channel=chance.choice(CHANNELS),
        pillar=chance.choice(crowd.pillars),
        captured_at=captured_at,
        owner_id=chance.choice(crowd.owners),
        tags=crowd.tags(),
        custom={"seats": chance.randint(1, 500), "size": chance.choice(SIZES)},
    )


def conversion(crowd: Crowd, row: Lead, person: Person) -> LeadConversion:
    """Return that a lead became a person."""
    return LeadConversion(
        lead=row,
        person=person,
        company_id=person.company_id,
        converted_at=row.captured_at + timedelta(days=crowd.chance.uniform(0, 20)),
        converted_by=SYSTEM.id,
    )


def company(crowd: Crowd, number: int) -> Company:
    """Return an organisation."""
    chance = crowd.chance
    name = f"{names(chance)[1].split()[0]} {one_of(chance, TRADES)} {number}"
    return Company.stamped(
        actor=SYSTEM,
        as_of=crowd.ago(DAYS),
        name=name,
        name_key=name_key(name),
        bare_key=bare_key(name),
        domain=f"{name_key(name).replace(' ', '-')}.example",
        sector=one_of(chance, TRADES),
        employees=chance.randint(1, 5000),
        owner_id=chance.choice(crowd.owners),
        tags=crowd.tags(),
    )


def person(crowd: Crowd, at: Company) -> Person:
    """Return somebody at a company."""
    chance = crowd.chance
    given, family = names(chance)
    name = f"{given} {family}"
    return Person.stamped(
        actor=SYSTEM,
        as_of=crowd.ago(DAYS),
        name=name,
        name_key=name_key(name),
        company=at,
        email=f"{name_key(given)}.{name_key(family).split()[0]}@{at.domain}",
        phone=f"+34 9{chance.randint(0, 99_999_999):08}",
        owner_id=chance.choice(crowd.owners),
    )


def sell(crowd: Crowd, buyers: Sequence[Person]) -> None:
    """Write a deal with each of some people, the way it went, and what was done or is to be done about it."""
    deals, stays, closes = [], [], []
    for buyer in buyers:
        stages = crowd.chance.choice(crowd.lines)
        reached = stages[: crowd.chance.randint(1, len(stages))]
        row = deal(crowd, buyer, reached[-1])
        assert row.opened_at is not None
        is_open = crowd.chance.random() < 1 / 3
        entered = [row.opened_at + timedelta(days=5 * place) for place in range(len(reached))]
        ended = entered[-1] + timedelta(days=crowd.chance.uniform(0, 9))
        lefts = [*entered[1:], None if is_open else ended]
        stays += [
            StageStay(deal=row, stage=stage, entered_at=since, left_at=until)
            for stage, since, until in zip(reached, entered, lefts, strict=True)
        ]
        if not is_open:
            outcome = "won" if crowd.chance.random() < 0.4 else "lost"
            closes.append(DealClose(deal=row, outcome=outcome, closed_at=ended, closed_by=SYSTEM.id))
        deals.append(row)
    for rows in (deals, stays, closes):
        write(rows)
    act(crowd, deals)
    tell("crm.deal_opened", deals, opening)


def deal(crowd: Crowd, buyer: Person, stage: Stage) -> Deal:
    """Return a chance to sell something to somebody."""
    chance = crowd.chance
    name = f"{one_of(chance, TRADES)} for {buyer.company.name if buyer.company else buyer.name}"
    opened_at = crowd.ago(DAYS) - timedelta(days=60)
    row = Deal.stamped(
        actor=SYSTEM,
        as_of=opened_at,
        name=name,
        name_key=name_key(name),
        company=buyer.company,
        person=buyer,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        owner_id=chance.choice(crowd.owners),
        opened_at=opened_at,
        expected_close_date=(opened_at + timedelta(days=chance.randint(30, 200))).date(),
        tags=crowd.tags(),
        custom={"seats": chance.randint(1, 500), "size": chance.choice(SIZES)},
    )
    row.amount = Money(chance.randint(50_00, 20_000_00), chance.choice(CURRENCIES))
    return row


def opening(row: Deal) -> dict[str, str]:
    """Return what the fact says of a deal that was opened."""
    pipeline = str(Ref("pipeline", row.pipeline_id))
    return {"pipeline": pipeline, "stage": str(row.stage.ref), "stage_name": row.stage.name}


def act(crowd: Crowd, deals: Iterable[Deal]) -> None:
    """Write an activity about each of some deals; one in twenty is still to be done."""
    activities, links, completions = [], [], []
    for row in deals:
        day = crowd.ago(DAYS)
        planned = crowd.chance.random() < 0.05
        due = crowd.as_of + timedelta(days=crowd.chance.randint(-10, 30)) if planned else day
        activity = Activity.stamped(
            actor=SYSTEM, as_of=day, does="call", subject=f"Call about {row.name}"[:200], due_date=due.date()
        )
        activity.owner_id = row.owner_id
        activities.append(activity)
        links.append(ActivityLink(activity=activity, deal=row))
        if not planned:
            completions.append(Completion(activity=activity, outcome="", done_at=day, done_by=SYSTEM.id))
    for rows in (activities, links, completions):
        write(rows)


if __name__ == "__main__":
    main()
