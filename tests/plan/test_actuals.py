"""Actuals that people type or give as a file, beside what is counted."""

import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from caudal.core.periods import CalendarPeriod
from caudal.core.plans import Plan, read_actual, read_plan
from caudal.core.tables import Exact, NumberStyle
from caudal.core.targets import State
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.outbox import timeline
from caudal.kit.world import fixed_world, use
from caudal.plan.actions import ActualDraft, NotYet, OtherPeriod, OutsidePeriod, take_back_actual, type_actuals
from caudal.plan.commands.actuals import actual, actuals
from caudal.plan.imports import import_actuals
from caudal.plan.models import TypedActual
from caudal.plan.queries import Standing, adopted_plan, reason, standing
from caudal.plan.views.target import number_style
from caudal.workspace.models import Role
from tests.plan.march import ESTRATEGIA, NOW, staff, work
from tests.plan.test_pages import member, text
from tests.plan.test_status_commands import run

pytestmark = pytest.mark.django_db
MARCH = CalendarPeriod.parse("2026-03")
COLUMNS = "target,period,value,unit,up to,source\n"


@pytest.fixture(autouse=True)
def clock(founded: None) -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def draft(target: str, value: str | None, period: CalendarPeriod = MARCH, through: date | None = None) -> ActualDraft:
    _, plan = adopted_plan(SYSTEM)
    return ActualDraft(plan.target(target), period, None if value is None else Decimal(value), through, "the bank")


def typed(*drafts: ActualDraft) -> list[TypedActual | None]:
    return type_actuals(actor=SYSTEM, as_of=NOW, drafts=drafts)


def stands(target: str, **asked: object) -> Standing:
    return standing(actor=SYSTEM, as_of=NOW, only={target}, **asked).targets[0]  # type: ignore[arg-type]  # a month


def test_a_typed_total_is_compared_up_to_the_day_that_it_speaks_of() -> None:
    # 50 new customers a month are planned. 13 March 2026 is the 10th of 22 weekdays: 20 of 22 x 50 ... 20 / (10/22) = 44
    typed(draft("new_cust", "20", through=date(2026, 3, 13)))
    customers = stands("new_cust")
    assert (customers.verdict.projection, customers.verdict.pace) == (Fraction(44), Fraction(500, 22))
    assert customers.verdict.state is State.BEHIND
    assert customers.typed is not None
    assert reason(customers).endswith("20 of 50; at this pace 44. Typed by hand, up to Mar 13, 2026.")
    # Typed up to the 6th as well, nothing changes: the last day counts. In April, March is a period before.
    typed(draft("new_cust", "9", through=date(2026, 3, 6)))
    assert stands("new_cust").verdict.actual == 20


def test_a_correction_is_a_newer_row_and_what_was_taken_back_does_not_count() -> None:
    first, again = typed(draft("nm", "0.2"))[0], typed(draft("nm", "0.2"))[0]
    assert first is not None
    assert again is None
    (second,) = typed(draft("nm", "0.31"))
    assert second is not None
    assert (second.revision, stands("nm").verdict.actual) == (2, Fraction(31, 100))
    assert take_back_actual(actor=SYSTEM, as_of=NOW, actual_id=first.pk) is None  # it was corrected since
    assert take_back_actual(actor=SYSTEM, as_of=NOW, actual_id=second.pk) is not None
    assert stands("nm").verdict.state is State.NO_DATA
    (fact,) = timeline(second.ref)
    assert (fact.name, fact.data["changes"]["value"]) == ("plan.actual_typed", ["0.200000000000", "0.31"])
    with pytest.raises(IntegrityError, match="a newer one corrects it"), transaction.atomic():
        TypedActual.objects.filter(pk=second.pk).update(value=1)
    assert connection.is_usable()


def test_what_is_counted_wins_and_the_page_says_what_was_typed(client: Client) -> None:
    work()
    typed(draft("leads", "77"), draft("leads", "12", CalendarPeriod.parse("2025-11")))
    leads = stands("leads")
    assert leads.verdict.actual == 40
    assert leads.typed is None
    assert leads.unused is not None
    # November was before anybody counted: what was typed of it stands beside the counted months.
    assert leads.recent[-4:] == (Fraction(12), None, Fraction(30), Fraction(30))
    client.force_login(member(Role.FINANCE))
    page = text(client, "/plan/targets/leads")
    assert "Somebody typed 77 for this period. The number is counted" in page
    assert "the bank" in page
    assert text(client, "/plan/targets/leads?month=2026-02").count("30 of 100 when the period ended.") == 1


def test_an_actual_is_of_a_period_of_its_target_that_has_come() -> None:
    for refused, problem in (
        (draft("new_cust", "1", CalendarPeriod.parse("2026")), OtherPeriod),
        (draft("new_cust", "1", CalendarPeriod.parse("2026-04")), NotYet),
        (draft("new_cust", "1", through=date(2026, 3, 20)), NotYet),
        (draft("new_cust", "1", through=date(2026, 2, 20)), OutsidePeriod),
    ):
        with pytest.raises(problem):
            typed(refused)
    with pytest.raises(NotAllowed):
        type_actuals(actor=staff("rep"), as_of=NOW, drafts=[draft("new_cust", "1")])
    assert not TypedActual.objects.exists()


def test_a_page_takes_what_somebody_types_in_percent_and_says_what_it_does_not_take(client: Client) -> None:
    client.force_login(member(Role.FINANCE))
    said = {"period": "2026-03", "value": "31.5", "source": "The books"}
    assert client.post("/plan/targets/nm", said)["Location"] == "/plan/targets/nm"
    row = TypedActual.objects.get()
    assert (row.value, row.through_on, row.source) == (Decimal("0.315"), date(2026, 3, 16), "The books")
    for wrong in ("much", "140", "$30"):
        answer = client.post("/plan/targets/nm", said | {"value": wrong})
        assert (answer.status_code, f"“{wrong}”" in answer.content.decode()) == (422, True)
    assert "31.5%" in text(client, "/plan/targets/nm")
    assert client.post(f"/plan/actuals/{row.ref}/taking-back", {"target": "nm"})["Location"] == "/plan/targets/nm"
    assert "no longer counts" in text(client, "/plan/actuals")
    with translation.override("es"):
        assert number_style() is NumberStyle.COMMA
    assert client.get("/plan/targets/nobody").status_code == 404


def test_a_file_is_taken_line_by_line_and_every_bad_line_is_named(client: Client) -> None:
    lines = [
        "new_cust,2026-02,55,customers/month,,Stripe",
        "win_rate,2026-02,26%,,,",
        "customers_new,2026-03,20,,2026-03-13,",
        "nobody,2026-02,1,,,",
        "revenue_gross,2026-02,1,,,",
        "new_cust,2026-13,1,,,",
        "new_cust,2026-01,many,,,",
        "new_cust,2026-01,7,leads/month,,",
        "win_rate,2026-01,26,,,",
        "new_cust,2026-02,56,,,",
        "new_cust,,1,,,",
    ]
    content = (COLUMNS + "\n".join(lines)).encode()
    report = import_actuals(actor=SYSTEM, as_of=NOW, name="actuals.csv", file=io.BytesIO(content))
    assert (report.lines, report.typed, report.known) == (11, 3, 0)
    told = [str(finding) for finding in report.findings]
    assert [each.split(": ")[0] for each in told] == [f"actuals.csv:{line}" for line in (5, 6, 7, 8, 9, 10, 11, 12)]
    assert "p1_rev, p2_rev" in told[1]
    assert told[5].endswith("“26” could be a percentage or a part of one. Write 26% or 0.26.")
    assert told[6].endswith("Line 2 says something else of the same target and period.")
    client.force_login(member(Role.ADMIN))
    page = client.post("/plan/actuals", {"file": SimpleUploadedFile("actuals.csv", content)}).content.decode()
    assert "0 actuals were taken. 3 were known so. 8 lines were refused" in page
    assert TypedActual.objects.count() == 3
    template = client.get("/plan/actuals/template.csv").content.decode().splitlines()
    assert template[0].removeprefix("\ufeff") == "target,what,pillar,period,unit,value,up to,source"
    assert "rev_per_cust,Customer lifetime value,,2026-03,USD/customer,,," in template


def test_a_workbook_is_as_good_as_a_text() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        rows = (
            ("métrica", "mes", "valor"),
            ("net_margin", date(2026, 2, 1), 0.1 + 0.2),
            ("customers_new", "2026-02", 48),
        )
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, book.add_format({"num_format": "mmm yy"}))
                else:
                    sheet.write(line, place, cell)
    content.seek(0)
    report = import_actuals(actor=SYSTEM, as_of=NOW, name="actuals.xlsx", file=content)
    assert (report.typed, report.findings) == (2, [])
    assert [str(row.value) for row in TypedActual.objects.order_by("metric")] == ["48.000000000000", "0.300000000000"]
    assert {row.source for row in TypedActual.objects.all()} == {"actuals.xlsx"}


def test_programs_type_actuals_all_or_none(client: Client) -> None:
    client.force_login(member(Role.FINANCE))
    good = {"target": "net_margin", "period": "2026-02", "value": "26%", "source": "books"}
    refused = client.post("/api/v1/plan-actuals", {"actuals": [good, good | {"value": "1.5"}]}, "application/json")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["actuals.1"])
    assert not TypedActual.objects.exists()
    body = {"actuals": [good]}
    assert client.post("/api/v1/plan-actuals", body, "application/json").json() == {"typed": 1, "known": 0}
    (row,) = client.get("/api/v1/plan-actuals?target=nm").json()["items"]
    assert (row["value"], row["period"], row["through"], row["counts"]) == ("0.26", "2026-02", "2026-02-28", True)
    assert client.delete(f"/api/v1/plan-actuals/{row['id']}").status_code == 204
    listed = client.get("/api/v1/plan-actuals").json()["items"]
    assert {(each["value"], each["revision"]) for each in listed} == {(None, 2), ("0.26", 1)}


def test_the_terminal_types_imports_and_lists(tmp_path: Path) -> None:
    assert "nm of 2026-02 is 0.26 ratio, typed." in run(actual, "net_margin", "2026-02", "26%").stdout
    file = tmp_path / "mine.csv"
    file.write_text("objetivo;periodo;valor\nnew_cust;2026-02;1.234\nnew_cust;2027-01;1\n")
    taken = run(actuals, str(file))
    assert taken.exit_code == 1
    assert "mine.csv:3: 2027-01-01 has not come yet" in taken.stderr
    assert "1 actuals typed, 0 known so already, 1 lines refused." in taken.stdout
    rows = json.loads(run(actuals, "--json").stdout)["actuals"]
    assert {(row["number"], row["value"]) for row in rows} == {("net_margin", "0.26"), ("customers_new", "1234")}


def test_a_level_of_the_month_before_is_known_until_there_is_a_newer_one() -> None:
    typed(
        draft("nm", "0.31", CalendarPeriod.parse("2026-02")),
        draft("new_cust", "60", CalendarPeriod.parse("2026-02")),
    )
    assert stands("nm").verdict.actual == Fraction(31, 100)
    customers = stands("new_cust")
    assert customers.verdict.actual is None
    assert customers.recent[-1] == 60
    assert reason(customers) == "Nobody has typed this period yet."


def test_texts_are_read_in_the_unit_of_the_target() -> None:
    plan = read_plan(ESTRATEGIA).plan
    assert isinstance(plan, Plan)
    revenue, win = plan.target("p1_rev"), plan.target("win")
    assert read_actual("$1,234.50", revenue, NumberStyle.POINT) == Decimal("1234.50")
    assert read_actual("26", win, NumberStyle.POINT, percent=True) == Decimal("0.26")
    assert read_actual(Exact("0.30000000000000004"), win, NumberStyle.POINT) == Decimal("0.3")
    for said, target in (("12 €", revenue), ("12 EUR", revenue), ("5%", revenue), ("120%", win), ("2e5", revenue)):
        with pytest.raises(Exception, match="“"):
            read_actual(said, target, NumberStyle.POINT)
