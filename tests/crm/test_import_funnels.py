"""Files of leads that say which of them became customers, in the shape of two public data sets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caudal.crm.imports import Decisions, Options, PathUpload, Report, import_files
from caudal.crm.models import Deal, Lead, LeadConversion, Outcome, Person
from caudal.kit.access import SYSTEM
from caudal.kit.world import SetClock, fixed_world, use
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db

# The header rows of "Marketing Funnel by Olist" (Kaggle, CC BY-NC-SA 4.0); the rows are made up.
QUALIFIED = """mql_id,first_contact_date,landing_page_id,origin
a1,2018-02-01,88740e,social
a2,2018-03-08,22c298,paid_search
a3,2018-02-14,22c298,
a4,2018-02-20,88740e,unknown
"""
CLOSED = """mql_id,seller_id,sdr_id,sr_id,won_date,business_segment,lead_type
a1,2c43fb,a8387c,4ef15a,2018-02-26 19:58:54,pet,online_medium
a2,bbb7d7,09285,d3d1e9,2018-03-06 19:38:55,toys,industry
"""
# The header row of "Lead Scoring - X Education" (Kaggle), in part; the rows are made up.
SCORED = """Prospect ID,Lead Number,Lead Origin,Lead Source,Do Not Email,Converted,Specialization,City
p-1,660681,Landing Page Submission,Google,No,1,Select,Mumbai
p-2,660680,API,Olark Chat,Yes,0,Select,Select
p-3,660673,API,Direct Traffic,No,1,,
"""


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


def take(folder: Path, *, is_strict: bool = False, **files: str) -> Report:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    uploads = [PathUpload(folder / f"{name}.csv") for name in files]
    options = Options(source="funnel", is_strict=is_strict, decisions=Decisions(keeps_columns=True))
    return import_files(actor=SYSTEM, uploads=uploads, options=options, clock=SetClock(AT).now)


def codes(report: Report) -> dict[str, tuple[str, int, list[int]]]:
    return {each.finding.code: (str(each.finding.severity), each.count, each.lines) for each in report.findings}


def test_won_leads_are_converted_even_where_the_file_has_them_won_before_they_were_met(
    shop: Shop, tmp_path: Path
) -> None:
    found = codes(take(tmp_path, leads_qualified=QUALIFIED, closed_deals=CLOSED))
    # a2 was won on 6 March and met on 8 March.
    assert found["import.converted_before_captured"] == ("choice", 1, [3])
    assert Lead.objects.count() == 4
    assert Deal.objects.filter(close__outcome=Outcome.WON).count() == 2
    turned = LeadConversion.objects.select_related("lead").order_by("lead__captured_at")
    assert [row.converted_at.date().isoformat() for row in turned] == ["2018-02-26", "2018-03-07"]
    assert all(row.converted_at >= row.lead.captured_at for row in turned)


def test_a_strict_import_leaves_a_lead_open_that_was_won_before_it_was_met(shop: Shop, tmp_path: Path) -> None:
    found = codes(take(tmp_path, is_strict=True, leads_qualified=QUALIFIED, closed_deals=CLOSED))
    assert found["import.converted_before_captured"][0] == "error"
    assert LeadConversion.objects.count() == 1


def test_a_mark_without_a_day_is_believed_and_select_is_no_answer(shop: Shop, tmp_path: Path) -> None:
    found = codes(take(tmp_path, leads=SCORED))
    assert found["import.converted_without_day"] == ("choice", 2, [2, 4])
    assert LeadConversion.objects.count() == Person.objects.filter(conversions__isnull=False).count() == 2
    assert Lead.objects.filter(conversion=None).count() == 1
    kept = [lead.custom.values() for lead in Lead.objects.all()]
    assert any("API" in values for values in kept)
    assert not any("Select" in values for values in kept)


def test_the_same_funnel_again_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    take(tmp_path, leads_qualified=QUALIFIED, closed_deals=CLOSED)
    again = take(tmp_path, leads_qualified=QUALIFIED, closed_deals=CLOSED)
    assert [(each.counts.created, each.counts.updated, each.counts.refused) for each in again.files] == [(0, 0, 0)] * 2
    assert LeadConversion.objects.count() == 2
