"""What was decided about files is kept as a profile, and files of the same columns are read by it, whatever their order."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caudal.crm.actions import delete_profile
from caudal.crm.commands import decided_by, import_command, keep_as
from caudal.crm.imports import Decisions, Options, PathUpload, Report, import_files
from caudal.crm.imports.profiles import ProfileDoesNotFit
from caudal.crm.imports.waiting import carry_out
from caudal.crm.models import Company, Deal, ImportProfile, Lead, StageStay
from caudal.crm.queries import NoProfileYet, NoSuchProfile
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import timeline
from caudal.kit.world import SetClock
from caudal.workspace.actions import issue_key
from caudal.workspace.models import Operation, OperationState
from tests.crm.browsing import Enter
from tests.crm.test_moving_in import world
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]
HEADER = "Nr,Thema,Schritt,Wert,Beginn,Wer,Email Opt Out,Notiz"
ROWS = '1,One,Kick-off,"1.234,50",03/04/2026,R. Vidal,true,x\n2,Two,Signed,"800",04/04/2026,Old Hand,false,\n'
DEALS = f"{HEADER}\n{ROWS}".encode()
BECOMES = {
    "kind": "deals",
    "Nr": "key",
    "Thema": "name",
    "Schritt": "stage",
    "Wert": "amount",
    "Beginn": "opened",
    "Wer": "owner",
}


def work() -> Operation:
    """Let the worker do the one thing that waits for it, and return that."""
    operation = Operation.objects.get(state=OperationState.WAITING)
    carry_out(operation.pk, clock=SetClock(AT).now)
    operation.refresh_from_db()
    return operation


def given(browser: Client, content: bytes, name: str = "deals.csv") -> Operation:
    """Give a file and let it be rehearsed."""
    answer = browser.post("/imports/new", {"files": [SimpleUploadedFile(name, content)], "source": "old"})
    assert answer.status_code == 302, answer.content
    return work()


def form(header: str, becomes: dict[str, str], **more: str) -> dict[str, str]:
    """What the page of columns sends."""
    columns = {f"0.{at}": becomes.get(label, "") for at, label in enumerate(header.split(","))}
    return {"0.kind": becomes["kind"], **columns, **more}


def codes(operation: Operation) -> dict[str, str]:
    """What was found, by its code: the columns that it names."""
    return {each["code"]: str(each["params"].get("columns", "")) for each in operation.result["found"]}


def saved(browser: Client, shop: Shop) -> ImportProfile:
    """Decide about the columns and words of the file, and keep that."""
    first = given(browser, DEALS)
    assert first.result["files"] == []  # no word of the header says anything to us
    answer = browser.post(f"/imports/{first.ref}/mapping", form(HEADER, BECOMES))
    stage = shop.stages("saas")[1]
    decided = work()
    words = {
        "stages": {"Kick-off": str(stage.pk), "Signed": "won"},
        "owners": {"R. Vidal": str(shop.rosa.pk), "Old Hand": "nobody"},
    }
    decided.params["decisions"] |= words
    decided.save(update_fields=["params"])
    answer = browser.post(
        f"/imports/{decided.ref}/mapping",
        form(HEADER, BECOMES, save="1", profile="Weekly deals", **{"0.4.written": "day_first", "0.3.written": "comma"}),
        follow=True,
    )
    assert "Saved: Weekly deals" in answer.content.decode()
    work()
    return ImportProfile.objects.get()


def test_the_next_file_of_the_same_columns_is_read_by_the_profile_at_once(enter: Enter, shop: Shop) -> None:
    ana = enter("ana")
    profile = saved(ana, shop)
    assert [fact.name for fact in timeline(profile.ref)] == ["crm.import_profile_saved"]
    # Other order, other case, other rows; the opt-out stays what it is.
    header = "SCHRITT,Wer,Email Opt Out,nr,Wert,Beginn,Notiz,Thema"
    again = given(ana, f'{header}\nKick-off,R. Vidal,true,3,"1.500",05/06/2026,y,Three\n'.encode(), "other.csv")
    assert {"import.profile", "import.opt_outs"} <= codes(again).keys()
    assert "import.decided_unsaid" not in codes(again)  # a file need not say all that the profile explains
    page = ana.get(f"/imports/{again.ref}").content.decode()
    assert "Read as this profile says:" in page
    ana.post(f"/imports/{again.ref}/run")
    work()
    deal = Deal.objects.get()
    assert (deal.name, str(deal.amount), deal.owner, deal.opened_at and deal.opened_at.isoformat()) == (
        "Three", "1500.00 EUR", shop.rosa, "2026-06-04T22:00:00+00:00")  # fmt: skip
    assert StageStay.objects.get(deal=deal).stage == shop.stages("saas")[1]
    assert deal.custom == {"Email Opt Out": "true"}
    # What is decided about its words later is kept in it too.
    words = ana.get(f"/imports/{again.ref}/words").content.decode()
    assert "Keep it in “Weekly deals” too" in words
    ana.post(f"/imports/{again.ref}/words", {"owner.0": str(shop.ana.pk), "save": "1"})
    assert work().params["decisions"]["owners"]["R. Vidal"] == str(shop.ana.pk)
    profile.refresh_from_db()
    assert profile.words["owners"]["R. Vidal"] == {"to": str(shop.ana.pk), "called": "Ana"}
    assert profile.words["stages"]["Signed"]["to"] == "won"
    # Without it, the words of the header say nothing.
    ana.post(f"/imports/{again.ref}/profile", {"profile": ""})
    assert work().result["files"] == []


def test_a_file_with_other_columns_is_offered_the_profile_with_what_differs(enter: Enter, shop: Shop) -> None:
    ana = enter("ana")
    profile = saved(ana, shop)
    near = given(
        ana, b"Nr,Thema,Schritt,Beginn,Wer,Email Opt Out,Company\n9,Nine,Kick-off,03/04/2026,Old Hand,false,Initech\n"
    )
    page = ana.get(f"/imports/{near.ref}/mapping").content.decode()
    assert "A profile has nearly the same columns:" in page
    assert "deals.csv: further columns: Company; missing: Wert, Notiz" in page
    ana.post(f"/imports/{near.ref}/profile", {"profile": str(profile.ref)})
    applied = work()
    found = codes(applied)
    # What is not there was left out anyway or is told; what is new is what its header says.
    assert (found["import.profile_column_missing"], found["import.profile_column_new"]) == ("Wert", "Company")
    assert applied.result["totals"]["created"] == 1
    far = given(ana, b"sku,price\na,1\n", "far.csv")
    answer = ana.post(f"/imports/{far.ref}/profile", {"profile": str(profile.ref)})
    assert answer.status_code == 409
    assert "does not fit" in answer.content.decode()


def test_what_a_profile_names_that_is_there_no_more_is_told(enter: Enter, shop: Shop) -> None:
    ana = enter("ana")
    profile = saved(ana, shop)
    stage = shop.stages("saas")[1]
    name = f"{shop.pipelines['saas'].name} / {stage.name}"
    type(stage).objects.filter(pk=stage.pk).update(deleted_at=AT, deleted_by="x")
    table = profile.tables[0]
    table["columns"] = [{**each, "to": "vanished"} if each["label"] == "Wert" else each for each in table["columns"]]
    table["columns"][6] = {**table["columns"][6], "to": "tags"}  # an opt-out is never anything else
    profile.save(update_fields=["tables"])
    again = given(ana, DEALS)
    found = codes(again)
    assert found["import.profile_field_gone"] == "Wert"
    assert "Email Opt Out" in found["import.opt_outs"]
    (told,) = [each for each in again.result["found"] if each["code"] == "import.no_such_stage"]
    assert (told["params"]["word"], told["params"]["to"], told["severity"]) == ("Kick-off", name, "error")
    page = ana.get(f"/import-profiles/{profile.ref}").content.decode()
    assert "a field that is there no more: vanished" in page
    assert f"there no more: {name}" in page


def test_profiles_are_listed_shown_renamed_changed_and_deleted_by_those_who_may(enter: Enter, shop: Shop) -> None:
    ana, marta, rosa = enter("ana"), enter("marta"), enter("rosa")
    profile = saved(ana, shop)
    assert "Weekly deals" in ana.get("/import-profiles").content.decode()
    shown = ana.get(f"/import-profiles/{profile.ref}").content.decode()
    for words in ("Thema", "31/12/2026", "1.234,50", "Kick-off", "Rosa", "Nobody"):
        assert words in shown
    # A manager uses what the company has and takes away what is the manager's own; a rep imports nothing.
    assert marta.get(f"/import-profiles/{profile.ref}").status_code == 200
    assert marta.post(f"/import-profiles/{profile.ref}/deletion").status_code == 404
    assert rosa.get("/import-profiles").status_code == 403
    renamed = {"name": "Monthly", "sharing": "private", "version": str(profile.version)}
    ana.post(f"/import-profiles/{profile.ref}/edit", renamed)
    assert ImportProfile.objects.get().name == "Monthly"
    assert marta.get(f"/import-profiles/{profile.ref}").status_code == 404
    assert given(marta, DEALS).result["files"] == []  # somebody else's own profile reads nothing
    again = given(ana, DEALS)
    # Saved under its own name it says something else from now on; a name that another one has is refused.
    ana.post(f"/imports/{again.ref}/mapping", form(HEADER, BECOMES | {"Wert": ""}, save="1", profile="Monthly"))
    work()
    changed = ImportProfile.objects.get()
    assert {each["label"]: each["to"] for each in changed.tables[0]["columns"]}["Wert"] == ""
    last = max(timeline(profile.ref), key=lambda fact: fact.sequence)
    assert last.name == "crm.import_profile_changed"
    plain = given(ana, b"account,sector\nInitech,Paper\n", "c.csv")
    sent = {"0.kind": "companies", "0.0": "name", "0.1": "", "save": "1", "profile": "MONTHLY"}
    refused = ana.post(f"/imports/{plain.ref}/mapping", sent)
    assert (refused.status_code, "There is already a profile of this name." in refused.content.decode()) == (422, True)
    ana.post(f"/import-profiles/{profile.ref}/deletion")
    assert given(ana, DEALS).result["files"] == []


def command(
    file: Path, profile: str = "", *, is_anew: bool = False, saved_as: str = "", **said: dict[str, str]
) -> Report:
    """Do what `caudal import` does with its options."""
    given, decided = [PathUpload(file)], Decisions(**said)  # type: ignore[arg-type]  # named by each test
    if not is_anew:
        decided = decided_by(profile, given, decided)
    options = Options(source="old", decisions=decided)
    report = import_files(actor=SYSTEM, uploads=given, options=options, clock=SetClock(AT).now)
    if saved_as:
        keep_as(saved_as, given, decided)
    return report


def test_the_command_saves_knows_again_and_applies_profiles(shop: Shop, tmp_path: Path) -> None:
    deals = tmp_path / "deals.csv"
    deals.write_text("Deal ID,Deal name,Deal stage,Deal owner\n1,One,Kick-off,R. Vidal\n")
    stage = f"{shop.pipelines['saas'].name} / {shop.stages('saas')[1].name}"
    command(deals, stages={"Kick-off": stage}, owners={"R. Vidal": "Rosa"}, saved_as="Weekly")
    assert ImportProfile.objects.get().words["stages"] == {"Kick-off": {"to": stage, "called": ""}}
    deals.write_text("Deal owner,Deal ID,Deal stage,Deal name\nR. Vidal,2,Kick-off,Two\n")
    assert "import.profile" in {each.finding.code for each in command(deals).findings}
    two = Deal.objects.get(name="Two")
    assert (two.owner, StageStay.objects.get(deal=two).stage) == (shop.rosa, shop.stages("saas")[1])
    assert [each.taken for each in command(deals, is_anew=True).stages] == ["new"]
    # What is said besides goes before the profile.
    assert [each.chosen for each in command(deals, "weekly", stages={"Kick-off": "lost"}).stages] == ["lost"]
    command(deals, stages={"Kick-off": "lost"}, saved_as="WEEKLY")
    assert ImportProfile.objects.get().words["stages"]["Kick-off"]["to"] == "lost"
    with pytest.raises(NoSuchProfile, match=r"no profile called “Yearly”\. There are: Weekly\."):
        command(deals, "Yearly")
    (tmp_path / "other.csv").write_text("sku,price\na,1\n")
    with pytest.raises(ProfileDoesNotFit, match="It reads Deal owner, Deal ID, Deal stage, Deal name"):
        command(tmp_path / "other.csv", "Weekly")
    delete_profile(actor=SYSTEM, as_of=AT, profile_id=ImportProfile.objects.get().pk)
    with pytest.raises(NoProfileYet, match="none was saved yet"):
        command(deals, "Weekly")


def test_a_dry_run_saves_no_profile(tmp_path: Path) -> None:
    answer = CliRunner().invoke(import_command, [str(tmp_path), "--dry-run", "--save-profile", "Weekly"])
    assert (answer.exit_code, "writes nothing" in answer.output) == (2, True)


def test_a_program_keeps_lists_applies_and_deletes_profiles(shop: Shop, client: Client) -> None:
    scopes = ("workspace:read", "workspace:write", "crm:read", "crm:write")
    _, secret = issue_key(actor=SYSTEM, as_of=AT, name="Mover", role="admin", scopes=scopes)
    headers = {"Authorization": f"Bearer {secret}"}

    def ask(method: str, path: str, body: object = None, status: int = 200, match: str = "") -> Any:
        data = b"" if body is None else json.dumps(body)
        answer = client.generic(
            method, f"/api/v1{path}", data, "application/json", headers=headers | ({"If-Match": match} if match else {})
        )
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def give(query: str = "") -> Any:
        file = SimpleUploadedFile("deals.csv", b'Deal ID,Deal name,Deal stage,Amount\n1,One,Kick-off,"1.234"\n')
        sent = client.post(f"/api/v1/imports{query}", {"files": file}, headers=headers)
        assert sent.status_code == 201, sent.content
        work()
        return sent.json()

    table = {"kind": "deals", "columns": {"Deal ID": "key", "Deal name": "name", "Deal stage": "stage", "Amount": "amount"},
             "readings": {"Amount": "point"}}  # fmt: skip
    first = give()
    (seen,) = ask("GET", f"/imports/{first['id']}/tables")["items"]
    amount = seen["columns"][3]
    assert (amount["read_as"], amount["reading"], amount["empty"]) == (["1234"], "comma", 0)
    decided = ask(
        "POST",
        f"/imports/{first['id']}/decisions",
        {"tables": {"deals.csv": table}, "stages": {"Kick-off": "won"}},
        201,
    )
    work()
    assert ask("GET", f"/imports/{decided['id']}/tables")["items"][0]["columns"][3]["read_as"] == ["1.234"]
    kept = ask("POST", "/import-profiles", {"name": "Weekly", "import_id": decided["id"]}, 201)
    assert ask("GET", "/import-profiles") == [kept]
    assert kept["tables"][0]["columns"][3] == {"key": "amount", "label": "Amount", "to": "amount", "reading": "point"}
    known, anew = give(), give("?profile=none")
    assert (known["profile_id"], anew["profile_id"]) == (kept["id"], "")
    (fit,) = ask("GET", f"/imports/{anew['id']}/profiles")
    assert (fit["id"], fit["is_exact"], fit["tables"]) == (
        kept["id"],
        True,
        [{"name": "deals.csv", "more": [], "less": []}],
    )
    assert ask("POST", f"/imports/{anew['id']}/profile", {"profile_id": kept["id"]}, 201)["profile_id"] == kept["id"]
    renamed = ask("PATCH", f"/import-profiles/{kept['id']}", {"name": "Daily"}, match=f'"{kept["version"]}"')
    assert renamed["name"] == "Daily"
    ask("DELETE", f"/import-profiles/{kept['id']}", status=204)
    ask("GET", f"/import-profiles/{kept['id']}", status=404)
    assert not Lead.objects.exists()
    assert not Company.objects.filter(name="Initech").exists()
