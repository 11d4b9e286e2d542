"""Views of lists: kept under a name, shared, changed by those who may, and opened by a link."""

import re
from html import unescape

import pytest
from django.db import IntegrityError

from caudal.core.expressions import Refused
from caudal.kit.access import Actor
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.shapes import NoSuchField
from caudal.workspace import actions
from caudal.workspace.actions.views import NoTeamToShareWith
from caudal.workspace.models import SavedView
from caudal.workspace.queries import default_view, saved_views
from tests.crm.browsing import Enter, deal_of, queries_of, text_of
from tests.world import AT, Shop


def kept(actor: Actor, name: str = "Big ones", **values: object) -> SavedView:
    said = {"sharing": "private", "where": "amount > 5000", "columns": ["name", "amount"], "sort": "-amount"} | values
    return actions.save_view(actor=actor, as_of=AT, record_kind="deal", name=name, **said)  # type: ignore[arg-type]  # a test's shorthand


def seen(shop: Shop) -> dict[str, list[str]]:
    return {
        who: [str(view.label) for view in saved_views(shop.actor(who), "deal")]
        for who in ("ana", "marta", "rosa", "raul")
    }


def test_a_view_is_seen_by_those_whom_it_is_shared_with(shop: Shop) -> None:
    rosa = shop.actor("rosa")
    kept(rosa, "Mine")
    kept(rosa, "Ours", sharing="team")
    kept(rosa, "Everybody's", sharing="everybody")
    assert seen(shop) == {
        "ana": ["Everybody's"],
        "marta": ["Everybody's", "Ours"],  # she manages the team above Rosa's
        "raul": ["Everybody's"],
        "rosa": ["Everybody's", "Mine", "Ours"],
    }
    assert saved_views(rosa, "lead") == []


def test_a_view_is_changed_by_its_owner_and_if_it_is_shared_by_administrators(shop: Shop) -> None:
    view = kept(shop.actor("rosa"), sharing="everybody")
    for who in ("raul", "marta"):
        with pytest.raises(NotFound):
            actions.change_view(actor=shop.actor(who), as_of=AT, view_id=view.pk, name="Taken")
    changed = actions.change_view(actor=shop.actor("ana"), as_of=AT, view_id=view.pk, name="Large", sort="amount")
    assert (changed.name, changed.sort, changed.version) == ("Large", "amount", 2)
    with pytest.raises(VersionConflict):
        actions.change_view(actor=shop.actor("rosa"), as_of=AT, view_id=view.pk, expected_version=1, name="Late")
    private = kept(shop.actor("rosa"), "Private")
    with pytest.raises(NotFound):
        actions.delete_view(actor=shop.actor("ana"), as_of=AT, view_id=private.pk)
    facts = {fact.name: fact.data for fact in timeline(view.ref)}
    assert facts["workspace.view_changed"] == {"changes": {"sort": ["-amount", "amount"]}}  # names may speak of people


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"where": "amuont > 5"}, Refused),
        ({"columns": ["luck"]}, NoSuchField),
        ({"group": "luck"}, NoSuchField),
        ({"name": " "}, BadInput),
        ({"name": "x" * 81}, BadInput),
        ({"sharing": "the world"}, BadInput),
        ({"sharing": "team"}, NoTeamToShareWith),
    ],
)
def test_what_a_list_cannot_show_is_not_kept(shop: Shop, values: dict[str, object], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        kept(shop.actor("ana"), **values)  # type: ignore[arg-type]  # a test's shorthand
    assert not SavedView.objects.exists()


def test_two_views_of_one_member_and_kind_have_different_names(shop: Shop) -> None:
    kept(shop.actor("rosa"))
    kept(shop.actor("raul"))
    with pytest.raises(IntegrityError):
        kept(shop.actor("rosa"))


def test_a_list_opens_with_the_view_that_was_chosen_until_it_is_gone(shop: Shop, enter: Enter) -> None:
    deal_of(shop)
    rosa = shop.actor("rosa")
    view = kept(rosa)
    actions.choose_default_view(actor=rosa, as_of=AT, record_kind="deal", key=str(view.ref))
    assert default_view(rosa, "deal") == str(view.ref)
    assert default_view(shop.actor("raul"), "deal") == ""
    assert "Amount over €5,000" in text_of(enter("rosa").get("/deals"))
    actions.delete_view(actor=rosa, as_of=AT, view_id=view.pk)
    assert "State is Open" in text_of(enter("rosa").get("/deals"))


def test_a_view_is_kept_changed_shared_and_deleted_on_the_page(shop: Shop, enter: Enter) -> None:
    deal_of(shop, name="Small")
    rosa = enter("rosa")
    page = rosa.get(
        "/deals", {"view": "all", "where": 'contains(name, "small")', "columns": "name,owner"}
    ).content.decode()
    form = page.partition('action="/views"')[2].partition("</form>")[0]
    sent = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    answer = rosa.post("/views", sent | {"name": "Small ones", "sharing": "private"})
    assert answer.status_code == 302
    said = text_of(rosa.get(answer["Location"]))
    assert "Small ones" in said
    assert "Deal contains “small”" in said
    view = SavedView.objects.get()
    assert (view.columns, view.where) == (["name", "owner"], 'contains(name, "small")')
    assert text_of(enter("raul").get(answer["Location"])).find("Small ones") == -1
    assert enter("raul").get(answer["Location"]).status_code == 404
    shared = {"next": "/deals", "version": "1", "name": "Small deals", "sharing": "everybody"}
    rosa.post(f"/views/{view.ref}", shared)
    assert "Small deals" in text_of(enter("raul").get(answer["Location"]))
    assert enter("raul").post(f"/views/{view.ref}/deletion", {"next": "/deals"}).status_code == 404
    assert rosa.post(f"/views/{view.ref}/deletion", {"next": "/deals"})["Location"] == "/deals"
    assert enter("raul").get(answer["Location"]).status_code == 404


def test_views_cost_a_list_no_more_queries_when_there_are_many(shop: Shop, enter: Enter) -> None:
    deal_of(shop)
    kept(shop.actor("rosa"))
    few = queries_of(enter("rosa"), "/deals")
    for number in range(9):
        kept(shop.actor("rosa"), f"View {number}")
    assert queries_of(enter("rosa"), "/deals") == few


def test_a_view_never_leads_away_from_here(shop: Shop, enter: Enter) -> None:
    sent = {"record_kind": "deal", "name": "A", "sharing": "private", "next": "https://evil.example/deals"}
    assert enter("rosa").post("/views", sent)["Location"].startswith("/?view=view_")
    assert shop.acme.pk is not None
