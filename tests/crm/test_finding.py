"""Records of customer relations are found by whatever somebody remembers of them, and by nobody who may not see them."""

import random
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caudal.crm import actions, events
from caudal.crm.events import subjects
from caudal.crm.models import Lead, Person
from caudal.crm.search import SEARCHED
from caudal.kit.models import Delivery, SearchEntry, SearchSpelling, SearchVisit
from caudal.kit.outbox import Fact, drain, erase
from caudal.kit.outbox.facts import REGISTRY
from caudal.kit.search.finding import Rank, find, recent
from caudal.kit.search.index import HANDLER, rebuild
from caudal.kit.search.visits import KEPT, note_visit
from tests.crm.browsing import deal_of, lead_of
from tests.world import AT, Shop


def follow() -> None:
    """Let the index take what waits for it."""
    drain(HANDLER, as_of=AT)


def titles(shop: Shop, text: str, who: str = "ana", **narrowed: Any) -> list[str]:
    return [hit.title for group in find(shop.actor(who), text, **narrowed) for hit in group.hits]


def person_of(shop: Shop, name: str, **values: Any) -> Person:
    draft = actions.PersonDraft(name=name, owner_id=shop.rosa.pk, **values)
    return actions.add_person(actor=shop.actor("ana"), as_of=AT, person=draft)


@pytest.mark.parametrize(
    "typed",
    ["jose", "JOSÉ", "nunez", "Ñúñ", "jos nun", "o'neill", "oneill", "ONEILL", "neill", "josé núñez o'neill"],
)
def test_a_person_is_found_by_the_beginning_of_any_word_in_any_case_without_accents(shop: Shop, typed: str) -> None:
    person_of(shop, "José Núñez O'Neill")
    person_of(shop, "Somebody Else")
    follow()
    assert titles(shop, typed) == ["José Núñez O'Neill"]


def test_a_deal_is_found_through_the_company_that_buys(shop: Shop) -> None:
    deal_of(shop, company_id=shop.acme.pk)
    follow()
    assert titles(shop, "acme") == ["Acme", "Forty seats"]
    actions.change_company(actor=shop.actor("ana"), as_of=AT, company_id=shop.acme.pk, name="Zenith")
    follow()
    assert titles(shop, "zenith") == ["Zenith", "Forty seats"]
    assert titles(shop, "acme", kinds={"deal"}) == []


@pytest.mark.parametrize(
    "typed", ["+34 612 34 56 78", "612345678", "612 34 56 78", "0034612345678", "(612) 34-56-78", "34612", "612 34"]
)
def test_somebody_is_found_by_their_number_however_it_is_written(shop: Shop, typed: str) -> None:
    person_of(shop, "Ana Beltrán", phone="+34 612 34 56 78")
    lead_of(shop, phone="612.34.56.78")  # of the shop's own country, Spain
    follow()
    assert titles(shop, typed) == ["Ana Beltrán", "Lucía Vidal"]


@pytest.mark.parametrize(
    "typed",
    [
        "berta.soler@mail.example.co.uk",
        "Berta.Soler@",
        "soler",
        "bertasoler",
        "example.co.uk",
        "@mail.example",
        "mail.ex",
    ],
)
def test_somebody_is_found_by_their_address_and_its_parts(shop: Shop, typed: str) -> None:
    lead_of(shop, email="berta.soler@mail.example.co.uk")
    follow()
    assert titles(shop, typed) == ["Lucía Vidal"]


def test_somebody_is_found_by_any_address_and_number_of_theirs(shop: Shop) -> None:
    person_of(shop, "Ana Beltrán", other_emails=["second@example.org"], other_phones=["+44 20 7946 0958"])
    follow()
    for typed in ("second@", "example.org", "020 7946 0958", "+44 (0)20 7946"):
        assert titles(shop, typed) == ["Ana Beltrán"], typed


def test_a_record_is_found_by_its_public_id_and_by_the_beginning_of_it(shop: Shop) -> None:
    deal = deal_of(shop)
    follow()
    (group,) = find(shop.actor("ana"), str(deal.ref).upper())
    assert [(hit.ref, hit.rank) for hit in group.hits] == [(deal.ref, Rank.EXACT)]
    assert titles(shop, str(deal.ref)[:-3]) == ["Forty seats"]
    assert titles(shop, "deal_" + "7" + "z" * 25) == []
    assert titles(shop, str(deal.ref), "raul") == []


def test_the_whole_title_comes_before_its_beginning_a_word_inside_and_a_typing_mistake(shop: Shop) -> None:
    for name in ("Luis Marina", "Marian", "Marina del Rey", "Marina"):
        person_of(shop, name)
    follow()
    (group,) = find(shop.actor("ana"), "marina")
    assert [(hit.title, hit.rank) for hit in group.hits] == [
        ("Marina", Rank.EXACT),
        ("Marina del Rey", Rank.PREFIX),
        ("Luis Marina", Rank.WORD),
        ("Marian", Rank.TYPO),
    ]
    assert [hit.marks for hit in group.hits] == [((0, 6),), ((0, 6),), ((5, 11),), ((0, 6),)]


def test_what_the_member_opened_last_comes_first_among_equals_then_what_changed_last(shop: Shop) -> None:
    first, second, third = (person_of(shop, f"Pau {name}") for name in ("Amat", "Bosch", "Costa"))
    actions.change_person(actor=shop.actor("ana"), as_of=AT.replace(hour=12), person_id=second.pk, job_title="Buyer")
    note_visit(member=shop.ana.pk, record=third.ref, as_of=AT)
    follow()
    assert titles(shop, "pau") == ["Pau Costa", "Pau Bosch", "Pau Amat"]
    note_visit(member=shop.ana.pk, record=first.ref, as_of=AT.replace(hour=10))
    assert titles(shop, "pau") == ["Pau Amat", "Pau Costa", "Pau Bosch"]
    assert [hit.title for _, hit in recent(shop.actor("ana"))] == ["Pau Amat", "Pau Costa"]
    assert recent(shop.actor("marta")) == []


def test_only_so_many_visits_are_kept_the_last_ones(shop: Shop) -> None:
    people = [person_of(shop, f"Visited {number}") for number in range(KEPT + 3)]
    for number, person in enumerate(people):
        note_visit(member=shop.ana.pk, record=person.ref, as_of=AT.replace(microsecond=number))
    assert set(SearchVisit.objects.values_list("record", flat=True)) == {person.pk for person in people[3:]}


def test_eight_of_a_kind_are_shown_and_it_is_said_that_there_are_more(shop: Shop) -> None:
    for number in range(9):
        person_of(shop, f"Greta {number}")
    deal_of(shop, name="Greta's renewal")
    follow()
    groups = {group.findable.kind: group for group in find(shop.actor("ana"), "greta")}
    assert len(groups["person"].hits) == 8
    assert groups["person"].has_more
    assert not groups["deal"].has_more


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (
            "ana",
            {"Acme", "Zenith of Rosa", "Zenith of Raúl", "Zenith of nobody", "Zenith lead of Rosa", "Zenith free lead"},
        ),
        ("marta", {"Zenith of Rosa", "Zenith of nobody", "Zenith lead of Rosa", "Zenith free lead"}),
        ("rosa", {"Zenith of Rosa", "Zenith lead of Rosa", "Zenith free lead"}),
        ("raul", {"Zenith of Raúl", "Zenith free lead"}),
    ],
)
def test_nobody_finds_what_they_may_not_open(shop: Shop, who: str, seen: set[str]) -> None:
    ana = shop.actor("ana")
    for name, owner in (("Zenith of Rosa", shop.rosa), ("Zenith of Raúl", shop.raul), ("Zenith of nobody", None)):
        draft = actions.DealDraft(
            name=name, opened_at=AT, pipeline_id=shop.pipelines["saas"].pk, owner_id=owner.pk if owner else None
        )
        actions.open_deal(actor=ana, as_of=AT, deal=draft)
    for name, owner in (("Zenith lead of Rosa", shop.rosa), ("Zenith free lead", None)):
        lead = actions.LeadDraft(name=name, captured_at=AT, owner_id=owner.pk if owner else None)
        actions.capture_lead(actor=ana, as_of=AT, lead=lead)
    follow()
    assert set(titles(shop, "zenith", who)) == seen - {"Acme"}
    assert set(titles(shop, "zeniht", who)) == seen - {"Acme"}  # nor by a typing mistake
    assert set(titles(shop, "z", who)) == seen - {"Acme"}  # nor by one letter, which is answered another way


def test_the_door_decides_also_while_the_index_lags(shop: Shop) -> None:
    deal = deal_of(shop)
    follow()
    assert titles(shop, "forty", "rosa") == ["Forty seats"]
    actions.change_deal(actor=shop.actor("ana"), as_of=AT, deal_id=deal.pk, owner_id=shop.raul.pk)
    note_visit(member=shop.rosa.pk, record=deal.ref, as_of=AT)
    assert titles(shop, "forty", "rosa") == []
    assert recent(shop.actor("rosa")) == []


def test_a_deleted_record_is_gone_from_the_index(shop: Shop) -> None:
    person = person_of(shop, "Quintana")
    follow()
    assert SearchSpelling.objects.filter(word="quintana").exists()
    actions.delete_person(actor=shop.actor("ana"), as_of=AT, person_id=person.pk)
    assert titles(shop, "quintana") == []  # the door, before the index hears of it
    follow()
    assert not SearchEntry.objects.filter(record=person.pk).exists()
    assert not SearchSpelling.objects.filter(word="quintana").exists()


def test_erasing_somebody_takes_every_word_of_theirs_out_at_once_and_for_good(shop: Shop) -> None:
    person, namesake = person_of(shop, "Xenia Quintana", email="xenia@example.com"), person_of(shop, "Olga Quintana")
    deal = deal_of(shop, person_id=person.pk)
    note_visit(member=shop.ana.pk, record=person.ref, as_of=AT)
    follow()
    erase(person.ref, as_of=AT)
    assert not SearchEntry.objects.filter(record__in=[person.pk, deal.pk]).exists()
    assert not SearchVisit.objects.exists()
    assert not SearchSpelling.objects.filter(word="xenia").exists()
    assert SearchSpelling.objects.filter(word="quintana").exists()  # it is somebody else's too
    rebuild(lambda _kind, _done, _total: None)
    assert titles(shop, "quintana", kinds={"person"}) == [namesake.name]


def test_a_rebuild_gives_the_very_rows_that_following_the_facts_gave(full_shop: Shop) -> None:
    shop, ana = full_shop, full_shop.actor("ana")
    person = person_of(shop, "Ada Mora", email="ada@example.com", phone="612345678", company_id=shop.acme.pk)
    deal_of(shop, person_id=person.pk, company_id=shop.acme.pk)
    actions.change_company(actor=ana, as_of=AT, company_id=shop.acme.pk, name="Ácme Ltd", domain="acme.example.org")
    actions.delete_lead(actor=ana, as_of=AT, lead_id=Lead.objects.order_by("pk")[0].pk)
    follow()
    followed = rows()
    assert len(followed[0]) == 2 + 1 + 61 + 59 + 3 + 4  # companies, people, deals, leads, products, members
    rebuild(lambda _kind, _done, _total: None)
    assert rows() == followed
    SearchEntry.objects.all().delete()
    SearchSpelling.objects.all().delete()
    rebuild(lambda _kind, _done, _total: None)
    assert rows() == followed


def rows() -> tuple[list[Any], list[Any]]:
    return (
        list(SearchEntry.objects.order_by("kind", "record").values_list("kind", "record", "title_key", "words")),
        list(SearchSpelling.objects.order_by("variant", "word").values_list("variant", "word")),
    )


def test_a_batch_of_facts_costs_a_fixed_number_of_statements(
    full_shop: Shop, django_assert_max_num_queries: Any
) -> None:
    everybody = 60 + 60 + 2 + 3 + 4  # deals, leads, companies, products and members
    assert Delivery.objects.filter(handler=HANDLER).count() == everybody
    with django_assert_max_num_queries(62):  # offerings are found by their product
        follow()
    assert SearchEntry.objects.count() == everybody


MISTAKES = {
    "dropped": lambda word, at: word[:at] + word[at + 1 :],
    "doubled": lambda word, at: word[: at + 1] + word[at:],
    "swapped": lambda word, at: word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    "replaced": lambda word, at: word[:at] + ("x" if word[at] != "x" else "y") + word[at + 1 :],
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_name_is_found_with_one_letter_wrong(shop: Shop, mistake: str) -> None:
    names = ["Bravo", "Iñigo Zúñiga", "Łukasz", "Großmann", "Wilhelmina Featherstonehaugh", "Rosa Ruiz"]
    for name in names:
        person_of(shop, name)
    follow()
    for name, word in (("Bravo", "bravo"), ("Iñigo Zúñiga", "zuniga"), ("Łukasz", "lukasz"), ("Großmann", "grossmann")):
        for at in range(len(word) - (mistake == "swapped")):
            typed = MISTAKES[mistake](word, at)
            assert titles(shop, typed) == [name], typed
    assert titles(shop, "bravvvo") == []


def test_every_fact_that_tells_of_a_record_is_followed_or_leaves_its_words_alone() -> None:
    """A new fact of customer relations has to be put into one of the two sets."""
    leaves_words_alone: set[type[Fact]] = {
        *(events.LeadTouched, events.LeadConverted, events.LeadDisqualified),
        *(events.DealMoved, events.DealWon, events.DealLost, events.DealReopened),
        *(events.PipelineAdded, events.StagesAdded, events.DealLinesSet, events.TouchNoted),
        *(events.CompaniesKeptApart, events.CompetitorSeen, events.CompetitorGone),
        *(events.LeadReopened, events.ConversionUndone, events.MappingChanged),
        *(subjects.ConsentGiven, subjects.ConsentWithdrawn, subjects.SubjectExported, subjects.AddressReleased),
        subjects.SubjectErased,  # its erasure takes the entries out itself
    }
    not_found = ("crm.activity_", "crm.channel_", "crm.import_profile_", "crm.pipeline_", "crm.stage_")
    elsewhere = {name for name in REGISTRY if name.startswith(not_found)}
    known = elsewhere | {each.name for each in leaves_words_alone}.union(*(each.facts for each in SEARCHED))
    assert {name for name in REGISTRY if name.startswith("crm.")} - known == set()


WORDS = st.text(st.sampled_from(string.ascii_letters + "áéíóúñçßøłæÁÉÑ'-."), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(WORDS, min_size=1, max_size=3), chance=st.randoms())
def test_any_beginning_of_any_words_finds_whoever_bears_them(
    shop: Shop, names: list[str], chance: random.Random
) -> None:
    title = " ".join(names)
    if not any(letter.isalnum() for letter in title):
        return
    person = person_of(shop, title)
    follow()
    chosen = chance.sample(names, chance.randint(1, len(names)))
    typed = " ".join(word[: chance.randint(1, len(word))] for word in chosen)
    typed = chance.choice([str.upper, str.lower, str.title])(typed)
    found = [hit.ref for group in find(shop.actor("ana"), typed, limit=1000) for hit in group.hits]
    assert person.ref in found or not any(letter.isalnum() for letter in typed)
    actions.delete_person(actor=shop.actor("ana"), as_of=AT, person_id=person.pk)
