"""Moving in with what people did and are to do: calls, mail, meetings, notes and tasks of five other systems."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from caudal.crm.actions import ActivityDraft, log_activity
from caudal.crm.imports import PathUpload
from caudal.crm.imports.running import OPERATION
from caudal.crm.models import Activity, Completion
from caudal.kit.digest import business_digest
from caudal.kit.outbox import drain, timeline
from caudal.workspace.models import Notification, Operation
from tests.crm.exports import MAX, Export
from tests.crm.exports_work import EXPANSION_ID, WORK
from tests.crm.test_moving_in import errors, name_of, take, world, write
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]
MADRID = ZoneInfo("Europe/Madrid")
NOTE = "Budget is approved\n- until June"


def local(instant: datetime | None) -> str:
    return instant.astimezone(MADRID).strftime("%Y-%m-%d %H:%M") if instant else ""


def activities() -> dict[str, tuple[object, ...]]:
    """What is known of each activity: kind, owner, due, minutes, direction, state, words, and what it is about."""
    found = {}
    for row in Activity.objects.select_related("owner", "completion").order_by("pk"):
        done = row.completion if hasattr(row, "completion") else None
        about = {
            (kind, getattr(link, kind).name)
            for link in row.links.all()
            for kind in ("deal", "lead", "company", "person")
            if getattr(link, kind)
        }
        found[row.subject or row.does] = (
            *(row.does, name_of(row.owner), str(row.due_date or local(row.due_at)), row.minutes, row.direction),
            *((done.outcome, local(done.done_at)) if done else (None, "")),
            *(row.body, about),
        )
    return found


ACME, GLOBEX = ("company", "Acme Iberia"), ("company", "Globex GmbH")
EVA, JOHN = ("person", "Eva Gil"), ("person", "John Doe")
ROLLOUT, EXPANSION = ("deal", "Acme rollout"), ("deal", "Acme expansion")
DONE = {
    "Call back": ("task", "Ida Vega", "2026-03-10", None, "", None, "", "", {EXPANSION, ACME}),
    "Send contract": ("task", "Ida Vega", "2026-02-01", None, "", "completed", "2026-02-02 11:00", "", {ACME}),
    "Discovery call": ("call", "Max Otto", "", 5, "out", "reached", "2026-02-03 11:00", "Wants a pilot", {JOHN, GLOBEX}),
    "Offer": ("email", "Ida Vega", "", None, "out", "sent", "2026-01-15 10:00", "Please find it attached", {EVA, ACME}),
    "Kick-off": ("meeting", "Ida Vega", "2026-02-12 10:00", 60, "", "held", "2026-02-12 10:00", "", {ROLLOUT, ACME, EVA}),
    "Renewal talk": ("meeting", "Max Otto", "2026-04-01 12:00", 30, "", None, "", "", {GLOBEX}),
    "note": ("note", "Ida Vega", "", None, "", "", "2026-01-20 09:00", NOTE, {ROLLOUT, ACME, EVA}),
}  # fmt: skip
OTHERWISE: dict[str, dict[str, dict[int, object]]] = {
    # Files that say when a call was done say beside it for when it was meant.
    # No word of theirs says that a meeting took place: its day came, and that is all. Pipedrive says no more of calls.
    "Salesforce": {"Kick-off": {5: ""}, "Discovery call": {2: "2026-02-03"}, "Offer": {2: "2026-01-15"}},
    "HubSpot": {},
    "Pipedrive": {
        "Offer": {2: "2026-01-15", 4: "", 5: ""},
        "Discovery call": {2: "2026-02-03 11:00", 4: "", 5: ""},
        "Kick-off": {5: ""},
    },
    "Zoho CRM": {"Kick-off": {5: ""}, "Offer": {0: "task", 2: "2026-01-15", 4: "", 5: "completed"}},
    # The view says neither who wrote nor what came of a call; the end of an appointment is when it was done.
    "Dynamics 365": {
        "Discovery call": {2: "2026-02-03 11:00", 5: ""},
        "Offer": {4: ""},
        "Kick-off": {6: "2026-02-12 11:00"},
    },
}
"""What a system says otherwise, or not: place in the tuple → what stands there."""


@pytest.mark.parametrize("system", WORK)
def test_what_was_done_and_is_to_do_comes_in_from_every_system(system: str, shop: Shop, tmp_path: Path) -> None:
    uploads = write(tmp_path, WORK[system])
    report = take(uploads)
    assert errors(report) == []
    assert {each.finding.code for each in report.findings if each.finding.severity == "choice"} == set()
    found = activities()
    for name, row in DONE.items():
        said = [OTHERWISE[system].get(name, {}).get(at, value) for at, value in enumerate(row)]
        assert list(found.pop(name)) == said, name
    assert found == {}
    before = business_digest(["workspace_operation"])
    again = take(uploads)
    assert business_digest(["workspace_operation"]) == before
    assert {(row.counts.created, row.counts.updated) for row in again.files} == {(0, 0)}
    assert {fact.name for fact in timeline(Activity.objects.get(subject="Kick-off").ref)} == {"crm.activity_logged"}


def changed(export: Export, name: str, line: int, **cells: str) -> Export:
    """Change cells of a row by their headers."""
    table = [list(row) for row in export[name]]
    for header, value in cells.items():
        table[line][table[0].index(header)] = value
    return {**export, name: table}


def test_what_another_system_says_anew_is_said_anew(shop: Shop, tmp_path: Path) -> None:
    export = WORK["Salesforce"]
    take(write(tmp_path, export))
    done = {"STATUS": "Completed", "ISCLOSED": "true", "COMPLETEDDATETIME": "2026-03-01T10:00:00Z"}
    export = changed(export, "Task.csv", 1, **done)
    export = changed(export, "Task.csv", 2, STATUS="Not Started", ISCLOSED="false", COMPLETEDDATETIME="", OWNERID=MAX)
    export = changed(export, "Event.csv", 1, STARTDATETIME="2026-02-13T09:00:00.000Z", WHATID=EXPANSION_ID)
    report = take(write(tmp_path, export))
    updated = {row.name: row.counts.updated for row in report.files if row.counts.updated}
    assert updated == {"Task.csv": 2, "Event.csv": 1}
    found = activities()
    assert found["Call back"][5:7] == ("completed", "2026-03-01 11:00")
    assert (found["Send contract"][1], found["Send contract"][5]) == ("Max Otto", None)
    assert found["Kick-off"][2] == "2026-02-13 10:00"
    assert found["Kick-off"][8] == {EXPANSION, ACME, EVA}
    # Of seven two are still to be done: the contract is open again, the renewal is to come.
    assert Completion.objects.count() == 5


def test_nothing_that_a_row_says_is_lost_without_a_word(shop: Shop, tmp_path: Path) -> None:
    rows = [
        "Activity ID,Activity type,Subject,Due date,Due time,Duration,Status,Call outcome,Company,Person,Owner,Private",
        "1,Lunch,With Eva,03/12/2026,1:30 PM,90 min,Planned,,Acme,,Rosa,no",
        "2,Séance,Odd one,13/01/2026,whenever,all week,Paused,Laughed,Acme,Nobody Known,Rosa,no",
        "3,Call,Cancelled one,2026-01-05,,,Cancelled,,Acme,,Rosa,no",
        "4,Note,My own,2026-01-05,,,,,Acme,,Rosa,yes",
        "5,Note,Whose?,2026-01-05,,,,,Acme,,,yes",
        "6,Task,,2026-01-05,,,,,Acme,,Rosa,no",
    ]
    (tmp_path / "activities.csv").write_text("\n".join(rows))
    report = take([PathUpload(tmp_path / "activities.csv")])
    found = activities()
    # 13/01 says that the day comes first.
    assert found["With Eva"][:5] == ("meeting", "Rosa", "2026-12-03 13:30", 90, "")
    assert found["With Eva"][7] == "Activity type: Lunch"
    assert set(str(found["Odd one"][7]).splitlines()) == {
        "Activity type: Séance", "Call outcome: Laughed", "Status: Paused", "Due time: whenever", "Duration: all week"}  # fmt: skip
    assert (found["Cancelled one"][0], found["Cancelled one"][5]) == ("task", "dropped")
    told = {each.finding.code: str(each.finding.place) for each in report.findings if each.finding.severity != "note"}
    assert told == {
        "import.activity_kind": "activities.csv:3",
        "import.name_missing": "activities.csv:3",
        "import.private_of_nobody": "activities.csv:6",
        "input.invalid": "activities.csv:7",
    }
    # What is private is its author's alone, and its author is not whoever moved it in.
    mine = Activity.objects.get(subject="My own")
    assert Activity.for_actor(shop.actor("rosa")).filter(pk=mine.pk).exists()
    assert not Activity.for_actor(shop.actor("ana")).filter(pk=mine.pk).exists()


def test_a_strict_import_refuses_what_it_would_have_to_choose(shop: Shop, tmp_path: Path) -> None:
    rows = [
        "Activity ID,Activity type,Subject,Due date,Company,Person",
        "1,Task,Fine,2026-01-05,Acme,",
        "2,Séance,Odd,2026-01-05,Acme,",
        "3,Task,Of nobody,2026-01-05,Acme,Nobody Known",
    ]
    (tmp_path / "activities.csv").write_text("\n".join(rows))
    report = take([PathUpload(tmp_path / "activities.csv")], is_strict=True)
    assert set(activities()) == {"Fine"}
    assert {(each.finding.place.line, each.finding.code) for each in report.refused} == {
        (3, "import.activity_kind"), (4, "import.named_row_missing")}  # fmt: skip


def test_nobody_is_told_of_what_moves_in(shop: Shop, tmp_path: Path) -> None:
    drain("crm.tell_members", as_of=AT)
    before = Notification.objects.count()
    (tmp_path / "tasks.csv").write_text(
        "Task id,Subject,Description,Due date,Created,Company,Owner\n1,Call,Ask @Raúl about it,2026-03-09,2026-03-02,Acme,Rosa\n"
    )
    take([PathUpload(tmp_path / "tasks.csv")])
    take(write(tmp_path, WORK["HubSpot"]))
    (fact,) = timeline(Activity.objects.get(subject="Call").ref)
    assert (fact.data["mentions"], fact.cause) == ([], Operation.objects.filter(name=OPERATION).earliest("pk").pk)
    drain("crm.tell_members", as_of=AT)
    assert Notification.objects.count() == before
    # What is planned by hand is told.
    draft = ActivityDraft(does="task", subject="Now you", owner_id=shop.rosa.pk)
    log_activity(actor=shop.actor("ana"), as_of=AT, activity=draft)
    drain("crm.tell_members", as_of=AT)
    assert Notification.objects.count() == before + 1
