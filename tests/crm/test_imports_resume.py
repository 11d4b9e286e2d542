"""Imports that are interrupted, cancelled, repeated or shuffled."""

import random
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caudal.crm.imports import Options, PathUpload, Report, batches, import_files
from caudal.crm.imports.locks import LOCK, ImportRunning
from caudal.crm.models import Deal
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.failpoints import FailpointError, armed
from caudal.kit.models import RecordedFactRow
from caudal.kit.world import SetClock, fixed_world, use
from caudal.workspace.actions import cancel_operation
from caudal.workspace.models import Operation, OperationState
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
HEADER = "deal id,company,stage,engage date,close date,amount\n"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 4)


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


def deals(count: int) -> str:
    rows = [
        f"{n},{('Acme', 'Globex', 'Initech', '')[n % 4]},{('Won', 'Lost', 'Engaging')[n % 3]},"
        f"2026-01-{n % 28 + 1:02},{'2026-02-20' if n % 3 < 2 else ''},{n * 10}"
        for n in range(1, count + 1)
    ]
    return HEADER + "\n".join([*rows, "bad,row"]) + "\n"


def take(path: Path, text: str | None = None) -> Report:
    if text is not None:
        path.write_text(text)
    return import_files(
        actor=SYSTEM, uploads=[PathUpload(path)], options=Options(source="old-crm"), clock=SetClock(AT).now
    )


@pytest.mark.parametrize("fail_after", [1, 3, 5, 6, 8, 10, 11])
def test_an_import_that_was_killed_goes_on_where_it_was(shop: Shop, tmp_path: Path, fail_after: int) -> None:
    path = tmp_path / "deals.csv"
    with armed("import.after_batch", after=fail_after):
        try:
            take(path, deals(30))
            interrupted = False
        except FailpointError:
            interrupted = True
    report = take(path)
    row = report.files[0]
    # Told of all of it: 30 rows that came in and the ragged one, whenever it was interrupted.
    assert (row.counts.created, row.counts.unchanged, row.counts.refused) == ((30, 0, 1) if interrupted else (0, 30, 1))
    assert Deal.objects.count() == 30
    opened = RecordedFactRow.objects.filter(name="crm.deal_opened")
    assert opened.count() == opened.values("subject_id").distinct().count() == 30
    assert Operation.objects.filter(state=OperationState.RUNNING).count() == 0
    assert sorted(each.finding.code for each in report.findings if each.finding.severity == "error") == [
        "import.ragged"
    ]


def test_a_resumed_import_reports_what_one_in_one_go_reports(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    with pytest.raises(FailpointError), armed("import.after_batch", after=6):
        take(path, deals(30))
    resumed = take(path)
    assert Operation.objects.get().done == 31
    assert resumed.to_json()["totals"] == {"rows": 31, "created": 30, "updated": 0, "unchanged": 0, "refused": 1}
    assert {each.finding.code for each in resumed.findings} == {"import.named_only", "import.stages", "import.ragged",
                                                              "import.deal_without_company"}  # fmt: skip


def test_other_files_do_not_go_on_with_an_import_that_was_killed(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    with pytest.raises(FailpointError), armed("import.after_batch", after=6):
        take(path, deals(30))
    report = take(path, deals(31))
    counts = report.files[0].counts
    # What the first one wrote in its fifth and sixth transactions is there; new members, products, companies and the
    # pipeline were the four before.
    assert (counts.created, counts.unchanged) == (23, 8)
    assert sorted(Operation.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_an_import_stops_between_two_batches_when_asked(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(deals(30))

    def watch(done: int, _total: int) -> None:
        if done >= 8:
            cancel_operation(actor=SYSTEM, as_of=AT, operation=Operation.objects.get())

    report = import_files(
        actor=SYSTEM,
        uploads=[PathUpload(path)],
        options=Options(source="old-crm"),
        clock=SetClock(AT).now,
        watch=watch,
    )
    # Asked after the second batch of four, it is heard in the third.
    assert (report.state, Deal.objects.count(), Operation.objects.get().state) == ("cancelled", 12, "cancelled")


def test_one_import_at_a_time(shop: Shop, tmp_path: Path) -> None:
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s))", [LOCK])
        with pytest.raises(ImportRunning):
            take(tmp_path / "deals.csv", deals(3))
    assert Operation.objects.count() == 0


ROW = st.tuples(
    st.sampled_from(["Acme", "ACME", "Glo bex", "Initech", "Ini-tech", "Umbrella", ""]),
    st.sampled_from(["Won", "lost", "Engaging", "prospecting", "Tasting"]),
    st.dates(min_value=AT.date().replace(year=2025), max_value=AT.date()),
    st.one_of(st.none(), st.integers(0, 90)),
    st.one_of(st.just(""), st.integers(0, 10**9).map(str), st.just("x")),
)


def state() -> list[tuple[object, ...]]:
    """Deals as a person sees them: without ids, versions and instants of writing."""
    return sorted(
        (
            deal.name,
            deal.company.name if deal.company else "",
            deal.stage.name,
            str(deal.opened_at),
            str(deal.amount),
            deal.close.outcome if hasattr(deal, "close") else "",
            str(deal.close.closed_at) if hasattr(deal, "close") else "",
        )
        for deal in Deal.objects.select_related("company", "stage", "close")
    )


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=10), seed=st.integers(0, 10**6))
def test_twice_is_once_and_the_order_of_rows_does_not_matter(
    shop: Shop,
    tmp_path: Path,
    rows: list[tuple[str, str, object, int | None, str]],
    seed: int,
) -> None:
    lines = [
        f"{n},{company},{stage},{opened},{opened if days is not None else ''},{amount}"
        for n, (company, stage, opened, days, amount) in enumerate(rows)
    ]
    shuffled = list(lines)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  any order will do
    states = []
    for order in (lines, shuffled):
        save = transaction.savepoint()
        take(tmp_path / "deals.csv", HEADER + "".join(f"{line}\n" for line in order))
        once, facts = (
            business_without_work(),
            RecordedFactRow.objects.exclude(name="workspace.operation_finished").count(),
        )
        take(tmp_path / "deals.csv")
        assert business_without_work() == once
        assert RecordedFactRow.objects.exclude(name="workspace.operation_finished").count() == facts
        states.append(state())
        transaction.savepoint_rollback(save)
    assert states[0] == states[1]


def business_without_work() -> str:
    """The digest of business tables but for the operations themselves, each of which is a row."""
    save = transaction.savepoint()
    Operation.objects.all().delete()
    digest = business_digest()
    transaction.savepoint_rollback(save)
    return digest
