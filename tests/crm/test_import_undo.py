"""Undoing an import: what it made is as if it had never been, what it changed is as before, what is needed stays."""

from datetime import timedelta
from pathlib import Path

import pytest

from caudal.crm.actions import ActivityDraft, change_company, change_deal, log_activity
from caudal.crm.imports import PathUpload
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.undoing import NotUndoable, Undone, undo_import
from caudal.crm.models import Channel, Company, Deal, Lead, Person, Pipeline, StageStay, Tag
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import table_digests
from caudal.kit.outbox import drain, timeline
from caudal.kit.search.finding import find
from caudal.kit.traces import forget_old
from caudal.kit.world import SetClock
from caudal.workspace.models import ExternalId, Member, Operation
from tests.crm.exports_work import WORK
from tests.crm.test_moving_in import errors, take, world, write
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]
BATCHES = ["workspace_operation", "workspace_storedfile"]


def batch() -> Operation:
    return Operation.objects.filter(name=OPERATION).latest("created_at", "pk")


def undo(*, is_dry_run: bool = False, of: Operation | None = None) -> Undone:
    return undo_import(actor=SYSTEM, batch=of or batch(), clock=SetClock(AT).now, is_dry_run=is_dry_run)


@pytest.mark.parametrize("system", WORK)
def test_an_undone_import_leaves_every_business_table_as_it_was(system: str, shop: Shop, tmp_path: Path) -> None:
    before = table_digests(BATCHES)
    uploads = write(tmp_path, WORK[system])
    assert errors(take(uploads)) == []
    assert table_digests(BATCHES) != before
    would = undo(is_dry_run=True)
    assert table_digests(BATCHES) != before
    done = undo()
    # Versions and stamps too: nothing of what the import wrote or changed is left.
    assert table_digests(BATCHES) == before
    assert done == would
    assert (done.removed["deal"], done.removed["activity"], done.kept, done.listed) == (3, 7, {}, ())
    with pytest.raises(NotUndoable):
        undo()
    # The same files come in again as if for the first time.
    again = take(uploads)
    assert {row.counts.unchanged for row in again.files} == {0}
    assert Deal.objects.count() == 3


FIRST = "Account Id,Account,Industry,Tags,Employees\n1,Acme,Retail,VIP,12\n2,Initech,Paper,VIP; Old,90\n"
DEALS = (
    "Deal Id,Account,Stage,Created Date,Close Date,Amount,Owner\n"
    "D1,Initech,Kick-off,2026-01-01,,100,Nora New\nD2,Hooli,Kick-off,2026-01-01,,200,Nora New\n"
    "D3,Acme,Won,2026-01-01,2026-02-01,300,Rosa\n"
)
LEADS = "Lead Id,Name,Lead source,Created Date\nL1,Lena,Fair,2026-01-01\nL2,Lars,Fair,2026-01-01\n"


def three_files(folder: Path) -> list[PathUpload]:
    for name, text in (("accounts.csv", FIRST), ("deals.csv", DEALS), ("leads.csv", LEADS)):
        (folder / name).write_text(text)
    return [PathUpload(folder / name) for name in ("accounts.csv", "deals.csv", "leads.csv")]


def test_what_was_changed_since_stays_with_all_that_it_needs(shop: Shop, tmp_path: Path) -> None:
    take(three_files(tmp_path))
    pipelines = Pipeline.objects.count()
    rollout = Deal.objects.get(company__name="Initech")
    change_deal(actor=SYSTEM, as_of=AT + timedelta(hours=1), deal_id=rollout.pk, name="Initech, the big one")
    done = undo()
    assert [row.name for row in Deal.objects.all()] == ["Initech, the big one"]
    # The company it is with, the pipeline it is on, its owner, its steps and its key stay; a tag of the company too.
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "Globex", "Initech"}
    assert Member.objects.filter(name="Nora New").exists()
    assert StageStay.objects.filter(deal=rollout).count() == 1
    assert Pipeline.objects.count() == pipelines
    assert set(Tag.objects.values_list("name", flat=True)) == {"VIP", "Old"}
    assert set(ExternalId.objects.values_list("kind", flat=True)) >= {"deal", "company"}
    # Nothing else of it does: the leads and their channel, the other deals, what Acme was said to be.
    assert (Lead.objects.count(), Channel.objects.filter(name="Fair").count()) == (0, 0)
    acme = Company.objects.get(name="Acme")
    assert (acme.sector, acme.employees, acme.tags, acme.version) == ("", None, [], 1)
    reasons = {(each["ref"].split("_")[0], each["reason"], each["by"].split("_")[0]) for each in done.listed}
    assert {("deal", "edited", ""), ("company", "needed", "deal"), ("member", "needed", "deal")} <= reasons
    assert done.put_back == {"company": 1}
    assert done.removed["lead"] == 2


def test_a_changed_row_that_was_changed_since_keeps_what_was_said_last(shop: Shop, tmp_path: Path) -> None:
    take(three_files(tmp_path))
    change_company(actor=SYSTEM, as_of=AT, company_id=shop.acme.pk, sector="Energy")
    done = undo()
    acme = Company.objects.get(pk=shop.acme.pk)
    assert (acme.sector, acme.employees) == ("Energy", 12)
    assert {(each["ref"], each["reason"]) for each in done.listed} >= {(str(acme.ref), "edited")}


def test_what_others_attached_since_holds_a_row(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "Contact Id,Name,Email,Account\n1,Eva,eva@acme.example,Acme\n2,Max,m@a.example,\n"
    )
    take([PathUpload(tmp_path / "people.csv")])
    eva = Person.objects.get(name="Eva")
    log_activity(actor=SYSTEM, as_of=AT, activity=ActivityDraft(does="task", subject="Call", about=(eva.ref,)))
    done = undo()
    assert list(Person.objects.values_list("name", flat=True)) == ["Eva"]
    assert [(each["reason"]) for each in done.listed] == ["needed"]


def test_a_second_import_is_undone_alone(shop: Shop, tmp_path: Path) -> None:
    take(three_files(tmp_path))
    first, before = batch(), table_digests(BATCHES)
    (tmp_path / "deals.csv").write_text(DEALS.replace(",300,", ",999,").replace("D2,Hooli", "D4,Hooli"))
    take([PathUpload(tmp_path / "deals.csv")])
    undo(of=Operation.objects.filter(name=OPERATION).exclude(pk=first.pk).get())
    assert table_digests(BATCHES) == before
    undo(of=first)
    assert Deal.objects.count() == 0


def test_what_is_gone_is_not_found_and_tells_nothing_of_people(shop: Shop, tmp_path: Path) -> None:
    take(write(tmp_path, WORK["HubSpot"]))
    eva = Person.objects.get(name="Eva Gil")
    drain("kit.search", as_of=AT)
    assert find(shop.actor("ana"), "Eva Gil")
    undo()
    drain("kit.search", as_of=AT)
    assert not find(shop.actor("ana"), "Eva Gil")
    told = {fact.name: fact for fact in timeline(eva.ref) if fact.subject == eva.ref}
    assert told.keys() >= {"crm.person_added", "kit.record_withdrawn"}
    assert told["crm.person_added"].erased


def test_an_import_of_long_ago_cannot_be_undone(shop: Shop, tmp_path: Path) -> None:
    take(three_files(tmp_path))
    assert forget_old(as_of=AT + timedelta(days=29)) == 0
    assert forget_old(as_of=AT + timedelta(days=31)) > 0
    with pytest.raises(NotUndoable):
        undo()


OWNED = (
    "Deal Id,Deal name,Account,Stage,Created Date,Owner\n"
    "D1,Of Rosa,Initech,Kick-off,2026-01-01,Rosa\nD2,Of Raul,Hooli,Kick-off,2026-01-01,Raúl\n"
    "D3,Of nobody,Initech,Kick-off,2026-01-01,\n"
)


def test_who_undoes_takes_back_what_is_theirs_and_the_rest_stays_and_is_listed(shop: Shop, tmp_path: Path) -> None:
    # Marta manages the team of Rosa, not that of Raúl; pipelines and stages are not hers to delete.
    marta, file = shop.actor("marta"), tmp_path / "deals.csv"
    file.write_text(OWNED)
    take([PathUpload(file)])
    first = batch()
    file.write_text(OWNED.replace("2026-01-01,R", "2026-01-02,R"))
    take([PathUpload(file)])
    second = Operation.objects.exclude(pk=first.pk).get(name=OPERATION)
    opened = dict(Deal.objects.values_list("name", "opened_at"))
    done = undo_import(actor=marta, batch=second, clock=SetClock(AT).now)
    deals = {deal.name: deal for deal in Deal.objects.all()}
    assert deals["Of Rosa"].opened_at != opened["Of Rosa"]
    assert deals["Of Raul"].opened_at == opened["Of Raul"]
    assert (done.put_back, done.kept) == ({"deal": 1}, {"deal": 1})
    assert [(each["ref"], each["reason"]) for each in done.listed] == [(str(deals["Of Raul"].ref), "reach")]
    done = undo_import(actor=marta, batch=first, clock=SetClock(AT).now)
    assert list(Deal.objects.values_list("name", flat=True)) == ["Of Raul"]
    assert StageStay.objects.filter(deal=deals["Of Raul"]).exists()
    assert ExternalId.objects.filter(kind="deal", record=deals["Of Raul"].pk).exists()
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "Globex", "Hooli"}
    reasons = {(each["ref"].split("_")[0], each["reason"]) for each in done.listed}
    assert {("deal", "edited"), ("stage", "reach"), ("company", "needed")} <= reasons
    assert done.removed == {"deal": 2, "company": 1}
    file.write_text(OWNED.replace("D1", "D7"))
    take([PathUpload(file)])
    third = Operation.objects.exclude(pk__in=[first.pk, second.pk]).get(name=OPERATION)
    with pytest.raises(NotAllowed):
        undo_import(actor=shop.actor("rosa"), batch=third, clock=SetClock(AT).now)
