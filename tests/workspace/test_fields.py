"""Fields of the company's own: how they are defined, and what may be written into them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.crm import actions as crm
from caudal.crm.models import Company
from caudal.kit.access import SYSTEM, Actor, ActorKind, NotAllowed
from caudal.kit.lists import Selection, chosen, order_of, written
from caudal.kit.outbox import timeline
from caudal.kit.own_fields import FieldType, Kept, OwnField, filled, held
from caudal.kit.problems import BadInput
from caudal.kit.shapes import Reader, shape_of
from caudal.workspace import actions
from caudal.workspace.models import CustomField
from caudal.workspace.queries import index_own_field

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
READER = Reader(actor=SYSTEM, as_of=AT, currency="EUR")
OPTIONS = ("Retail", "Schools", "Banks")


def field(type_: FieldType, **more: Any) -> OwnField:
    return OwnField(id=UUID(int=1), record_kind="company", key="it", type=type_, label="It", **more)


FIELDS = {
    FieldType.TEXT: field(FieldType.TEXT),
    FieldType.NUMBER: field(FieldType.NUMBER, decimals=6),
    FieldType.MONEY: field(FieldType.MONEY, currency="EUR"),
    FieldType.DATE: field(FieldType.DATE),
    FieldType.CHOICE: field(FieldType.CHOICE, options=OPTIONS),
    FieldType.SEVERAL: field(FieldType.SEVERAL, options=OPTIONS),
    FieldType.BOOLEAN: field(FieldType.BOOLEAN),
    FieldType.URL: field(FieldType.URL),
    FieldType.LINK: field(FieldType.LINK, link_kind="company"),
}
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60).map(str.strip)
VALUES = {
    FieldType.TEXT: WORDS.filter(bool),
    FieldType.NUMBER: st.decimals(-999_999_999, 999_999_999, places=6),
    FieldType.MONEY: st.integers(-(10**14), 10**14).map(lambda minor: Money(minor, Currency("EUR"))),
    FieldType.DATE: st.dates(),
    FieldType.CHOICE: st.sampled_from(OPTIONS),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.LINK: st.uuids().map(lambda found: Ref("company", found)),
}
PAIRS = st.sampled_from(sorted(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[FieldType(kind)]))


@given(PAIRS)
def test_what_was_saved_comes_back(pair: tuple[FieldType, Any]) -> None:
    kind, value = pair
    found = filled([FIELDS[kind]], {"it": value}, {})
    assert found.wrong == {}
    assert held(FIELDS[kind], found.values) == value


@given(PAIRS)
def test_what_is_stored_is_taken_again_as_it_is(pair: tuple[FieldType, Any]) -> None:
    kind, value = pair
    stored = filled([FIELDS[kind]], {"it": value}, {}).values
    assert filled([FIELDS[kind]], stored, {}).values == stored


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldType.TEXT, 12),
        (FieldType.TEXT, "a\0b"),
        (FieldType.TEXT, "\ud800"),
        (FieldType.MONEY, "1e999999999"),
        (FieldType.MONEY, "1e-999999999"),
        (FieldType.NUMBER, "twelve"),
        (FieldType.NUMBER, "NaN"),
        (FieldType.NUMBER, True),
        (FieldType.NUMBER, "1234567890123456"),
        (FieldType.NUMBER, "1e40"),
        (FieldType.NUMBER, "0.1234567"),
        (FieldType.MONEY, {"amount": "5.00", "currency": "USD"}),
        (FieldType.MONEY, "5.001"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DATE, "yesterday"),
        (FieldType.DATE, AT),
        (FieldType.CHOICE, "Farms"),
        (FieldType.SEVERAL, ["Retail", "Farms"]),
        (FieldType.BOOLEAN, "perhaps"),
        (FieldType.URL, "javascript:alert(1)"),
        (FieldType.URL, "https://"),
        (FieldType.LINK, str(Ref("person", UUID(int=3)))),
    ],
)
def test_a_value_that_its_field_does_not_hold_is_refused_by_the_name_of_the_field(kind: FieldType, value: Any) -> None:
    found = filled([FIELDS[kind]], {"it": value}, {})
    assert list(found.wrong) == ["custom.it"]
    assert found.values == {}


def add(key: str, type_: str, **more: Any) -> CustomField:
    return actions.add_field(
        actor=SYSTEM,
        as_of=AT,
        **{"record_kind": "company", "key": key, "type": type_, "label": key.capitalize(), **more},
    )


def company(name: str = "Acme", **custom: Any) -> Company:
    return crm.add_company(actor=SYSTEM, as_of=AT, company=crm.CompanyDraft(name=name, custom=custom))


@pytest.mark.django_db
def test_everything_that_is_wrong_with_a_definition_is_said_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        add("Seats now", "money", record_kind="invoice", currency="XYZ", label=" ")
    assert set(refused.value.fields) == {"record_kind", "key", "currency", "label"}
    with pytest.raises(BadInput) as refused:
        add("tier", "choice", options=[" ", ""])
    assert set(refused.value.fields) == {"options"}
    assert not CustomField.objects.exists()


@pytest.mark.django_db
def test_everything_that_is_wrong_with_the_values_of_a_record_is_said_at_once() -> None:
    add("seats", "number")
    add("tier", "choice", options=["Gold", "Silver"])
    with pytest.raises(BadInput) as refused:
        company(seats="many", tier="Bronze", colour="red")
    assert set(refused.value.fields) == {"custom.seats", "custom.tier", "custom.colour"}
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_a_change_names_what_changes_and_tells_each_field_before_and_after() -> None:
    add("seats", "number")
    add("tier", "choice", options=["Gold", "Silver"])
    acme = company(seats=12, tier="Gold")
    crm.change_company(actor=SYSTEM, as_of=AT, company_id=acme.pk, custom={"seats": "15", "tier": None})
    acme.refresh_from_db()
    assert acme.custom == {"seats": 15}
    (changed,) = [fact for fact in timeline(acme.ref) if fact.name == "crm.company_changed"]
    assert changed.data["changes"] == {"custom.seats": [12, 15], "custom.tier": ["Gold", None]}


@pytest.mark.django_db
def test_own_fields_of_people_are_sealed_in_facts() -> None:
    add("hobby", "text", record_kind="person")
    person = crm.add_person(actor=SYSTEM, as_of=AT, person=crm.PersonDraft(name="Ana", custom={"hobby": "Chess"}))
    (added,) = timeline(person.ref)
    assert "Chess" not in str(added.data)
    assert added.personal is not None
    assert added.personal["custom.hobby"] == [None, "Chess"]


@pytest.mark.django_db
def test_a_retired_field_keeps_its_values_and_takes_no_more() -> None:
    seats = add("seats", "number")
    acme = company(seats=12)
    actions.retire_field(actor=SYSTEM, as_of=AT, field=seats)
    assert "custom.seats" not in shape_of("company").seen_by(SYSTEM)
    with pytest.raises(BadInput):
        crm.change_company(actor=SYSTEM, as_of=AT, company_id=acme.pk, custom={"seats": 13})
    crm.change_company(actor=SYSTEM, as_of=AT, company_id=acme.pk, custom={"seats": 12}, sector="Retail")
    acme.refresh_from_db()
    assert (acme.custom, acme.sector) == ({"seats": 12}, "Retail")
    actions.restore_field(actor=SYSTEM, as_of=AT, field=seats)
    assert "custom.seats" in shape_of("company").seen_by(SYSTEM)


@pytest.mark.django_db
def test_a_required_field_is_not_emptied_once_it_has_a_value() -> None:
    add("seats", "number", required=True)
    acme = company(seats=12)
    with pytest.raises(BadInput) as refused:
        crm.change_company(actor=SYSTEM, as_of=AT, company_id=acme.pk, custom={"seats": ""})
    assert refused.value.fields == {"custom.seats": "This field is required."}


@pytest.mark.django_db
def test_a_cell_of_a_file_goes_into_the_field_of_its_name_and_else_is_kept_as_it_was() -> None:
    add("seats", "number", label="Number of seats")
    acme = company(**{"Number of seats": Kept("12"), "Colour": Kept("red")})
    globex = company("Globex", **{"Number of seats": Kept("about a dozen")})
    assert acme.custom == {"seats": 12, "Colour": "red"}
    assert globex.custom == {"Number of seats": "about a dozen"}


@pytest.mark.django_db
def test_a_record_that_is_out_of_sight_or_not_there_cannot_be_named() -> None:
    add("rival", "link", link_kind="company")
    acme = company()
    globex = company("Globex", rival=str(acme.ref))
    assert written(shape_of("company").field("custom.rival", SYSTEM), globex) == str(acme.ref)
    with pytest.raises(BadInput) as refused:
        company("Initech", rival=str(Ref("company", UUID(int=7))))
    assert set(refused.value.fields) == {"custom.rival"}


def names(where: str, sort: str = "name") -> list[str]:
    shape = shape_of("company")
    selection = Selection(where=where, sort=sort)
    rows = chosen(shape, selection, READER).order_by(*order_of(shape, sort, READER).terms(Company))
    return [row.name for row in rows]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("custom.seats > 5", ["Acme"]),
        ("custom.seats is empty", ["Initech"]),
        ("custom.budget >= 1000 EUR", ["Acme"]),
        ("custom.budget < 1000 EUR", ["Globex"]),
        ("custom.renewal = 2026-03-01", ["Acme"]),
        ("before(custom.renewal, 2026-03-01)", ["Globex"]),
        ('custom.tier = "Gold"', ["Acme"]),
        ("custom.signed", ["Acme"]),
        ('contains(custom.lines, "Banks")', ["Acme", "Globex"]),
        ('contains(custom.site, "acme")', ["Acme"]),
    ],
)
def test_records_are_found_by_their_own_fields(where: str, found: list[str]) -> None:
    add("seats", "number")
    add("budget", "money", currency="EUR")
    add("renewal", "date")
    add("tier", "choice", options=["Gold", "Silver"])
    add("signed", "boolean")
    add("lines", "several", options=list(OPTIONS))
    add("site", "url")
    company(
        seats=12,
        budget="1000",
        renewal="2026-03-01",
        tier="Gold",
        signed=True,
        lines=["Banks", "Retail"],
        site="https://acme.example",
    )
    company("Globex", seats=2, budget="999.99", renewal=date(2026, 2, 28), tier="Silver", signed=False, lines=["Banks"])
    company("Initech")
    assert names(where) == found


@pytest.mark.django_db
def test_a_list_is_sorted_by_amounts_and_numbers_as_such() -> None:
    add("seats", "number", decimals=1)
    add("budget", "money", currency="EUR")
    for name, seats, budget in (("Acme", "9.5", "1000"), ("Globex", "10", "90"), ("Initech", None, None)):
        company(name, seats=seats, budget=budget)
    assert names("", "custom.seats") == ["Acme", "Globex", "Initech"]
    assert names("", "-custom.budget") == ["Acme", "Globex", "Initech"]


@pytest.mark.django_db
def test_an_index_follows_its_field() -> None:
    seats = add("seats", "number")
    name = index_own_field(seats.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        assert "own_number(custom, 'seats'::text)" in cursor.fetchone()[0]
        actions.retire_field(actor=SYSTEM, as_of=AT, field=seats)
        assert index_own_field(seats.pk) == ""
        cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = %s", [name])
        assert cursor.fetchone() is None


@pytest.mark.django_db
@pytest.mark.parametrize("value", ['"2026-02-30"', '"0000-01-01"', '"soon"', "12", "null", "[1]", '{"minor": "x"}'])
def test_what_does_not_fit_a_field_reads_as_nothing_in_the_database_too(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT own_date(c, 'it'), own_uuid(c, 'it'), own_minor(c, 'it'), own_boolean(c, 'it')"
            " FROM (SELECT jsonb_build_object('it', %s::jsonb) AS c) t",
            [value],
        )
        assert cursor.fetchone() == (None, None, None, None)


@pytest.mark.django_db
def test_only_administrators_define_fields() -> None:
    rep = Actor(kind=ActorKind.STAFF, id="member_x", name="Luis", roles=frozenset({"rep"}))
    with pytest.raises(NotAllowed):
        actions.add_field(actor=rep, as_of=AT, record_kind="company", key="x", type="text", label="X")
