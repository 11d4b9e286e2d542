"""Who reaches which rows: roles by verbs by owners."""

from uuid import UUID

import pytest

from caudal.crm import actions
from caudal.crm.actions import CompanyDraft, DealDraft, LeadDraft, PersonDraft
from caudal.crm.actions.checking import OwnerOutOfReach
from caudal.crm.models import Company, Deal, Lead, Person, Pipeline, Stage
from caudal.kit.access import SYSTEM, Actor, ActorKind, NotAllowed, Verb
from caudal.kit.records import Record
from tests.world import AT, Shop

ALL = "rosa raul nobody"
# Marta's team is Sales with Sales north below it: Rosa is in it, Raúl is not. A row of nobody is everybody's to take.
REACH: dict[tuple[str, str], dict[Verb, str]] = {
    ("deal", "ana"): {Verb.VIEW: ALL, Verb.CHANGE: ALL, Verb.DELETE: ALL, Verb.EXPORT: ALL},
    ("deal", "marta"): dict.fromkeys((Verb.VIEW, Verb.CHANGE, Verb.DELETE, Verb.EXPORT), "rosa nobody"),
    ("deal", "rosa"): dict.fromkeys((Verb.VIEW, Verb.CHANGE, Verb.DELETE, Verb.EXPORT), "rosa"),
    ("deal", "raul"): dict.fromkeys((Verb.VIEW, Verb.CHANGE, Verb.DELETE, Verb.EXPORT), "raul"),
    ("lead", "ana"): {Verb.VIEW: ALL, Verb.CHANGE: ALL, Verb.DELETE: ALL, Verb.EXPORT: ALL},
    ("lead", "marta"): dict.fromkeys((Verb.VIEW, Verb.CHANGE, Verb.DELETE, Verb.EXPORT), "rosa nobody"),
    ("lead", "rosa"): {
        Verb.VIEW: "rosa nobody",
        Verb.CHANGE: "rosa nobody",
        Verb.DELETE: "rosa",
        Verb.EXPORT: "rosa",
    },
    ("company", "ana"): {Verb.VIEW: ALL, Verb.CHANGE: ALL, Verb.DELETE: ALL, Verb.EXPORT: ALL},
    ("company", "marta"): {
        Verb.VIEW: ALL,
        Verb.CHANGE: "rosa nobody",
        Verb.DELETE: "rosa nobody",
        Verb.EXPORT: ALL,
    },
    ("company", "rosa"): {
        Verb.VIEW: ALL,
        Verb.CHANGE: "rosa nobody",
        Verb.DELETE: "rosa",
        Verb.EXPORT: "rosa",
    },
}
REACH |= {("person", who): verbs for (noun, who), verbs in REACH.items() if noun == "company"}


def one_each(shop: Shop) -> dict[str, dict[UUID, str]]:
    """A row of each kind for Rosa, for Raúl and for nobody."""
    owners = {"rosa": shop.rosa.pk, "raul": shop.raul.pk, "nobody": None}
    rows: dict[str, dict[UUID, str]] = {"deal": {}, "lead": {}, "company": {}, "person": {}}
    for who, owner_id in owners.items():
        made: tuple[Record, ...] = (
            actions.open_deal(actor=SYSTEM, as_of=AT, deal=DealDraft(name=who, opened_at=AT, owner_id=owner_id)),
            actions.capture_lead(
                actor=SYSTEM, as_of=AT, lead=LeadDraft(name=who, captured_at=AT, owner_id=owner_id)
            ).lead,
            actions.add_company(actor=SYSTEM, as_of=AT, company=CompanyDraft(name=who, owner_id=owner_id)),
            actions.add_person(actor=SYSTEM, as_of=AT, person=PersonDraft(name=who, owner_id=owner_id)),
        )
        for row in made:
            rows[row.kind][row.pk] = who
    return rows


def test_every_role_reaches_with_every_verb_exactly_what_the_table_says(shop: Shop) -> None:
    models: dict[str, type[Record]] = {"deal": Deal, "lead": Lead, "company": Company, "person": Person}
    rows = one_each(shop)
    for (noun, who), verbs in REACH.items():
        for verb, owners in verbs.items():
            reached = models[noun].for_actor(shop.actor(who), verb).filter(pk__in=rows[noun])
            found = {rows[noun][row.pk] for row in reached}
            assert found == set(owners.split()), f"{who} {verb} {noun}"


@pytest.mark.parametrize(
    ("who", "owner", "allowed"),
    [
        ("ana", "raul", True),
        ("marta", "rosa", True),
        ("marta", "raul", False),
        ("rosa", "rosa", True),
        ("rosa", "raul", False),
        ("raul", "rosa", False),
    ],
)
def test_whom_a_role_may_make_the_owner(shop: Shop, who: str, owner: str, allowed: bool) -> None:  # noqa: FBT001  a table's column
    draft = DealDraft(name="x", opened_at=AT, owner_id=getattr(shop, owner).pk)
    if allowed:
        assert actions.open_deal(actor=shop.actor(who), as_of=AT, deal=draft).owner_id == draft.owner_id
    else:
        with pytest.raises(OwnerOutOfReach, match="may not give a deal to this member"):
            actions.open_deal(actor=shop.actor(who), as_of=AT, deal=draft)


@pytest.mark.parametrize("who", ["marta", "rosa"])
def test_pipelines_are_seen_by_all_and_made_by_administrators(shop: Shop, who: str) -> None:
    actor = shop.actor(who)
    assert Pipeline.for_actor(actor).count() == 3
    assert Stage.for_actor(actor).count() == 11
    with pytest.raises(NotAllowed):
        actions.add_pipeline(actor=actor, as_of=AT, name="Mine", stages=())


def test_actors_without_a_role_and_keys_without_the_scope_reach_nothing(shop: Shop) -> None:
    one_each(shop)
    nobody = Actor(kind=ActorKind.CUSTOMER, id="customer_x", name="Eva")
    reader = Actor(
        kind=ActorKind.KEY, id="key_x", name="Reader", roles=frozenset({"admin"}), scopes=frozenset({"crm:read"})
    )
    for model in (Deal, Lead, Company, Person, Pipeline, Stage):
        assert not model.for_actor(nobody).exists()
        assert model.for_actor(reader).exists()
        assert not model.for_actor(reader, Verb.CHANGE).exists()
    with pytest.raises(NotAllowed):
        actions.open_deal(actor=reader, as_of=AT, deal=DealDraft(name="x", opened_at=AT))
