"""Words that lists are searched for stand anywhere inside what a record is found by."""

import pytest

from caudal.crm import actions, queries
from caudal.crm.actions import CompanyDraft, LeadDraft, PersonDraft
from caudal.crm.queries import DealFilters, LeadFilters
from caudal.kit.access import SYSTEM
from tests.crm.test_lists import deal_in
from tests.world import AT, Shop


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ánd", ["Peluquería Ñandú"]),  # inside a word, without its accents
        ("NAN", ["Peluquería Ñandú"]),
        ("ndu", ["Peluquería Ñandú"]),
        ("ría ñ", ["Peluquería Ñandú"]),  # over the end of a word
        ("größ", ["Anna"]),  # companies of leads and addresses are compared as they are written
        ("GRöSSE", []),
        ("gross", []),
        ("na@glo", ["Anna"]),
        ("nagrö", []),  # the end of the name and the beginning of the company are no word
        ("%", ["100% Wolle"]),
        ("0% w", ["100% Wolle"]),
        ("___", []),
        ("ü", ["Peluquería Ñandú"]),  # few letters are looked for without an index
        ("w", ["100% Wolle"]),
        ("wo", ["100% Wolle"]),
        ("'; --", []),
    ],
)
def test_leads_are_found_by_any_letters_in_a_row(shop: Shop, words: str, found: list[str]) -> None:
    drafts = [
        LeadDraft(name="Peluquería Ñandú", captured_at=AT),
        LeadDraft(name="Anna", company_name="Größe & Co", email="anna@globex.com", captured_at=AT),
        LeadDraft(name="100% Wolle", captured_at=AT),
    ]
    actions.capture_leads(actor=SYSTEM, as_of=AT, leads=drafts)
    rows = queries.leads(SYSTEM, LeadFilters(text=words), order="name").rows
    assert sorted(row.name for row in rows) == sorted(found)


def test_deals_are_found_by_their_company_companies_by_domain_and_people_by_address(shop: Shop) -> None:
    (company,) = actions.add_companies(
        actor=SYSTEM, as_of=AT, companies=[CompanyDraft(name="Ibáñez Textil", domain="ropa-norte.example")]
    )
    actions.add_people(actor=SYSTEM, as_of=AT, people=[PersonDraft(name="Quim", email="quim@sur.example")])
    actions.open_deals(
        actor=SYSTEM,
        as_of=AT,
        deals=[
            deal_in(shop, 0, days=3, name="Renovación", company_id=company.pk),
            deal_in(shop, 0, days=2, name="Stretch textiles"),
            deal_in(shop, 0, days=1, name="Papel"),
        ],
    )
    assert [row.name for row in queries.deals(SYSTEM, DealFilters(text="textil")).rows] == [
        "Stretch textiles",
        "Renovación",
    ]
    assert [row.name for row in queries.deals(SYSTEM, DealFilters(text="ñe")).rows] == ["Renovación"]
    assert [row.name for row in queries.companies(SYSTEM, text="PA-NOR").rows] == ["Ibáñez Textil"]
    assert [row.name for row in queries.people(SYSTEM, text="@sur").rows] == ["Quim"]
