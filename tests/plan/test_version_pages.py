"""Versions on pages and for programs: begun with a button, checked while somebody types, approved, compared."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.kit.world import fixed_world, use
from caudal.plan.models import PlanDraft
from caudal.workspace import actions
from caudal.workspace.models import Role
from tests.plan.march import ESTRATEGIA, NOW, found

pytestmark = pytest.mark.django_db
TEXT = ESTRATEGIA.decode()


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def person(name: str, role: Role) -> Client:
    client = Client()
    client.force_login(actions.add_member(actor=SYSTEM, as_of=NOW, name=name, email=f"{name}@example.com", role=role))
    return client


def words(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]  # an answer of Django's client
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


def told_what_concerns_them(marta: Client, ana: Client, raul: Client) -> None:
    for client, said in ((ana, "proposed"), (raul, "proposed"), (marta, "approved by a second person")):
        told = words(client.get("/notifications"))
        assert said in told
        assert "More leads" in told
    assert "The draft was proposed" not in words(marta.get("/notifications"))  # nobody is told of their own doings


def test_a_draft_goes_its_whole_way_on_pages() -> None:
    marta, ana, raul = (
        person(*each) for each in (("marta", Role.MANAGER), ("ana", Role.ADMIN), ("raul", Role.MANAGER))
    )
    assert "No versions yet" in words(marta.get("/plan/versions"))
    assert "Nothing to compare yet" in words(marta.get("/plan/comparison"))
    found()
    begun = marta.post("/plan/drafts/new")
    draft = PlanDraft.objects.get()
    assert begun.headers["Location"] == f"/plan/drafts/{draft.ref}/edit"
    assert "No mistakes, 106 targets." in words(marta.get(begun.headers["Location"]))

    start = TEXT.index("[targets.leads]")
    wrong = TEXT[:start] + TEXT[start:].replace('"leads/month"', '"lead/month"', 1)
    line = wrong[: wrong.index('"lead/month"')].count("\n") + 1
    typed = marta.post(f"/plan/drafts/{draft.ref}/check", {"text": wrong.replace("\n", "\r\n")})
    assert f"#line-{line}" in typed.content.decode()
    assert "Did you mean “leads”?" in words(typed).replace("&quot;", '"')
    about = {"name": "More leads", "purpose": "plan", "starts_on": "2026-04-20", "version_name": "demo", "note": ""}
    assert marta.post(f"/plan/drafts/{draft.ref}/edit", {**about, "text": wrong, "version": 1}).status_code == 302
    assert "has 1 mistakes" in words(marta.post(f"/plan/drafts/{draft.ref}/proposal"))
    right = TEXT[:start] + TEXT[start:].replace("lo = 10_000", "lo = 12_000", 1)
    late = raul.post(f"/plan/drafts/{draft.ref}/edit", {**about, "text": right, "version": 1})
    assert late.status_code == 409
    assert "marta changed this draft" in words(late)
    assert "lo = 12_000" in late.content.decode()  # what was typed is still there
    over = {**about, "text": right, "version": 1, "over": 2}
    assert raul.post(f"/plan/drafts/{draft.ref}/edit", over).status_code == 302

    beside = words(marta.get(f"/plan/comparison?b={draft.ref}"))
    # 10,000 leads at a hundredth are 100, and 12,000 are 120: a fifth more
    assert "at least 100 per month at least 120 per month" in beside
    assert "+20%" in beside
    assert "105 targets are alike" in beside
    history = words(marta.get(f"/plan/drafts/{draft.ref}/texts"))
    assert "From save 2 to save 3: 2 lines came, 2 went." in history
    assert "raul" in words(marta.get(f"/plan/drafts/{draft.ref}/texts?b=3&show=lines"))
    assert raul.post(f"/plan/drafts/{draft.ref}/return", {"number": "2"}).status_code == 302
    assert raul.post(f"/plan/drafts/{draft.ref}/return", {"number": "3"}).status_code == 302
    assert [each["number"] for each in marta.get(f"/api/v1/plan-drafts/{draft.ref}/texts").json()["texts"]] == [
        5,
        4,
        3,
        2,
        1,
    ]
    assert marta.post(f"/plan/drafts/{draft.ref}/proposal").status_code == 302
    drain("plan.tell_of_drafts", as_of=NOW)
    decision = f"/plan/drafts/{draft.ref}/decision"
    assert "Say why" in words(ana.post(decision, {"decision": "send_back", "note": ""}))
    for client in (ana, raul):
        assert "Proposed" in words(client.get("/plan/versions"))
        assert client.post(decision, {"decision": "approve", "note": "Good."}).status_code == 302
    drain("plan.tell_of_drafts", as_of=NOW)
    told_what_concerns_them(marta, ana, raul)
    shown = words(ana.get(f"/plan/drafts/{draft.ref}"))
    assert "The draft was approved by a second person" in shown
    assert "nobody can change it any more" in shown
    assert marta.post(f"/plan/drafts/{draft.ref}/edit", over).headers["Location"] == f"/plan/drafts/{draft.ref}"
    assert ana.post(f"/plan/drafts/{draft.ref}/adoption").status_code == 302
    assert "It was adopted." in words(ana.get(f"/plan/drafts/{draft.ref}"))
    assert "counted earlier" in words(ana.get("/plan/versions"))


def test_programs_write_compare_and_throw_away() -> None:
    found()
    marta = person("marta", Role.MANAGER)
    made = marta.post("/api/v1/plan-drafts", {"purpose": "budget"}, content_type="application/json").json()
    where = f"/api/v1/plan-drafts/{made['id']}"
    assert (made["purpose"], made["state"], made["size"], made["findings"]) == ("budget", "draft", "demo", [])
    changed = marta.patch(
        where, {"text": made["text"] + "\n[targets.x]\n"}, content_type="application/json", headers={"If-Match": '"1"'}
    ).json()
    assert {finding["code"] for finding in changed["findings"]} == {"plan.missing_key"}
    assert changed["broken"] is None
    assert marta.post(f"{where}/proposal").status_code == 422
    assert marta.get(f"/api/v1/plan/differences?b={made['id']}").status_code == 409
    assert marta.get("/api/v1/plan/differences").json()["changed"] == 0
    (version,) = marta.get("/api/v1/plan/versions").json()["versions"]
    assert version["size"] == "demo"
    assert marta.delete(where, headers={"If-Match": '"2"'}).status_code == 204
    assert marta.get("/api/v1/plan-drafts").json() == {"drafts": []}
    assert person("rosa", Role.REP).get("/api/v1/plan-drafts").status_code == 403
