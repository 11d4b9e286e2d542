"""Stages and owners of files are what somebody decided that they are; what nobody decided is told with its rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from caudal.crm.commands import import_command
from caudal.crm.imports import Decisions, Options, PathUpload, Report, import_files
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.waiting import REHEARSAL, carry_out
from caudal.crm.models import Deal, Pipeline, Stage, StageStay
from caudal.kit.access import SYSTEM
from caudal.kit.world import SetClock, fixed_world, use
from caudal.workspace.models import Member, Operation, OperationState
from tests.crm.browsing import Enter
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
DEALS = (
    "deal id,deal name,deal stage,deal owner,engage date,close date\n"
    "1,One,Kick-off,R. Vidal,2026-01-10,2026-02-01\n"
    "2,Two,Signed,R. Vidal,2026-01-10,2026-02-01\n"
    "3,Three,Kick-off,Old Hand,2026-01-10,\n"
)
KEYED = "deal id,deal name,deal stage,owner id,engage date\n1,One,Kick-off,77,2026-01-10\n"


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


def take(folder: Path, content: str, **decided: dict[str, str]) -> Report:
    path = folder / "deals.csv"
    path.write_text(content)
    options = Options(source="old", decisions=Decisions(**decided))  # type: ignore[arg-type]  # named by each test
    return import_files(actor=SYSTEM, uploads=[PathUpload(path)], options=options, clock=SetClock(AT).now)


def words(report: Report) -> tuple[list[tuple[str, int, str]], list[tuple[str, int, str]]]:
    stages, owners = report.stages, report.owners
    return [(each.text, each.count, each.taken) for each in stages], [
        (each.text, each.count, each.taken) for each in owners
    ]


def stage_of_ours() -> Stage:
    return Stage.objects.order_by("pipeline", "position")[1]


def stands_in(name: str) -> Stage:
    return StageStay.objects.filter(deal__name=name).order_by("-entered_at", "-pk")[0].stage


def test_what_files_say_of_stages_and_owners_is_listed_with_its_rows(shop: Shop, tmp_path: Path) -> None:
    assert words(take(tmp_path, DEALS)) == (
        [("Kick-off", 2, "new"), ("Signed", 1, "new")],
        [("R. Vidal", 2, "new"), ("Old Hand", 1, "new")],
    )


def test_stages_and_owners_are_what_was_decided(shop: Shop, tmp_path: Path) -> None:
    ours, before = stage_of_ours(), (Member.objects.count(), Stage.objects.count(), Pipeline.objects.count())
    report = take(
        tmp_path,
        DEALS,
        stages={"Kick-off": str(ours.pk), "Signed": "won"},
        owners={"R. Vidal": str(shop.rosa.pk), "Old Hand": "nobody"},
    )
    assert {taken for each in words(report) for _, _, taken in each} == {"decided"}
    deals = {each.name: each for each in Deal.objects.all()}
    assert [deals[name].owner_id for name in ("One", "Two", "Three")] == [shop.rosa.pk, shop.rosa.pk, None]
    assert [stands_in(name) for name in ("One", "Three")] == [ours, ours]
    assert Deal.objects.filter(close__outcome="won").values_list("name", flat=True)[0] == "Two"
    # Nobody and no stage was made: only the pipeline of the deal that was won, with the one stage it needs.
    assert Member.objects.count() == before[0]
    assert (Stage.objects.count(), Pipeline.objects.count()) in {before[1:], (before[1] + 1, before[2] + 1)}


def test_another_decision_changes_rows_that_came_in_before(shop: Shop, tmp_path: Path) -> None:
    take(tmp_path, DEALS, owners={"R. Vidal": str(shop.rosa.pk)})
    report = take(tmp_path, DEALS, owners={"R. Vidal": str(shop.ana.pk)})
    assert (report.files[0].counts.updated, report.files[0].counts.unchanged) == (2, 1)
    assert set(Deal.objects.filter(name__in=["One", "Two"]).values_list("owner_id", flat=True)) == {shop.ana.pk}


def test_an_owner_that_is_a_key_is_who_was_decided(shop: Shop, tmp_path: Path) -> None:
    assert words(take(tmp_path, KEYED))[1] == [("77", 1, "nobody")]
    report = take(tmp_path, KEYED, owners={"77": str(shop.rosa.email)})
    assert words(report)[1] == [("77", 1, "decided")]
    assert Deal.objects.get(name="One").owner_id == shop.rosa.pk


def test_decisions_about_nothing_and_nobody_are_told(shop: Shop, tmp_path: Path) -> None:
    report = take(tmp_path, DEALS, stages={"Kick-off": "Nowhere", "Kikoff": "won"}, owners={"R. Vidal": "Nobody Here"})
    found = {
        (each.finding.code, str(each.finding.params["word"]))
        for each in report.findings
        if "word" in each.finding.params
    }
    assert found == {
        ("import.no_such_stage", "Kick-off"),
        ("import.no_such_member", "R. Vidal"),
        ("import.decided_unsaid", "Kikoff"),
    }


def test_the_form_decides_and_the_import_heeds_it(enter: Enter, shop: Shop) -> None:
    ana, ours = enter("ana"), stage_of_ours()
    ana.post("/imports/new", {"files": [SimpleUploadedFile("deals.csv", DEALS.encode())], "source": "Old CRM"})
    operation = Operation.objects.get(name=REHEARSAL)
    carry_out(operation.pk, clock=SetClock(AT).now)
    page = ana.get(f"/imports/{operation.ref}/words").content.decode()
    assert [each in page for each in ("Kick-off", "Old Hand", "2 rows", "A new member", str(ours.pk))] == [True] * 5
    refused = ana.post(f"/imports/{operation.ref}/words", {"stage.0": "elsewhere"})
    assert refused.status_code == 422
    form = {"stage.0": str(ours.pk), "stage.1": "won", "owner.0": str(shop.rosa.pk), "owner.1": "nobody"}
    assert ana.post(f"/imports/{operation.ref}/words", form).status_code == 302
    again = Operation.objects.get(name=REHEARSAL, state=OperationState.WAITING)
    carry_out(again.pk, clock=SetClock(AT).now)
    shown = ana.get(f"/imports/{again.ref}/words").content.decode()
    assert f'<option value="{shop.rosa.pk}" selected>' in shown
    ana.post(f"/imports/{again.ref}/run")
    carry_out(Operation.objects.get(name=OPERATION).pk, clock=SetClock(AT).now)
    assert Deal.objects.get(name="One").owner_id == shop.rosa.pk
    assert stands_in("Three") == ours


@pytest.mark.parametrize("word", ["Signed", "=won", "Signed="])
def test_a_decision_on_the_command_line_has_two_sides(word: str, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(DEALS)
    answer = CliRunner().invoke(import_command, [str(tmp_path), "--stage", word])
    assert answer.exit_code == 2
    assert "WORD=MEANING" in answer.output
