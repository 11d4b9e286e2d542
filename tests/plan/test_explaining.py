"""Where the difference between plan and actual comes from, and where a number will end, over real rows."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from django.test import Client

from caudal.crm.actions import LeadDraft, capture_leads
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.plan.commands.explaining import explain_target
from caudal.plan.queries import (
    REST,
    Against,
    Explanation,
    Standings,
    course_of,
    explain,
    explanation_words,
    standing,
)
from caudal.workspace.actions import add_member
from caudal.workspace.models import Role
from tests.plan.march import NOW
from tests.plan.test_pages import member, text
from tests.plan.test_status_commands import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def fairs(year: int, month: int, count: int) -> list[LeadDraft]:
    at = datetime(year, month, 10, 9, 0, tzinfo=UTC)
    return [LeadDraft(name=f"{month} {place}", captured_at=at, channel="fairs") for place in range(count)]


@pytest.fixture
def march(worked: None) -> Standings:
    """Half a March, with 10 leads from fairs in January and February, 5 in March, and 30 in each month of the autumn."""
    months = ((2025, 10, 30), (2025, 11, 30), (2025, 12, 30), (2026, 1, 10), (2026, 2, 10), (2026, 3, 5))
    capture_leads(actor=SYSTEM, as_of=NOW, leads=[each for one in months for each in fairs(*one)])
    return standing(actor=SYSTEM, as_of=NOW)


def explained(march: Standings, target: str, against: Against, by: str | None = None) -> Explanation:
    own = next(each for each in march.targets if each.target.id == target)
    said = explain(SYSTEM, march, own, as_of=NOW, against=against, by=by)
    assert said is not None
    for parts in (said.effects, said.factors):
        assert sum((each.amount for each in parts), Fraction(0)) in {said.difference, 0}
    return said


def test_the_parts_of_a_difference_sum_to_it_and_say_where_it_comes_from(march: Standings) -> None:
    a_total_is_explained_by_segments_over_which_the_plan_is_spread(march)
    the_time_before_has_as_much_working_time_behind_it(march)
    a_ratio_is_explained_by_weight_and_rate(march)
    a_product_is_explained_by_its_factors_and_what_they_leave(march)
    where_a_total_ends_is_learned_from_the_months_before(march)


def test_the_page_the_api_and_the_terminal_say_the_same(march: Standings, client: Client) -> None:
    words = "Most of it comes from fairs: −16."
    client.force_login(member(Role.ADMIN))
    page = client.get("/plan/targets/leads").content.decode()
    assert words in page
    assert "Between 43 and 99 in 3 of 5 cases, going by the 4 periods before." in page
    rows = re.findall(r'href="(/measure/leads/rows[^"]+is=fairs)"', page)
    assert "3 4" in text(client, rows[0].replace("&amp;", "&"))
    api = client.get("/api/v1/plan-targets/leads/explanation").json()
    assert words in api["words"]
    assert sum(Fraction(each["amount"]) for each in api["effects"]) == Fraction(api["difference"]) == Fraction(-5, 11)
    course = client.get("/api/v1/plan-targets/leads").json()
    assert (course["outlook"]["low"], course["needed_per_day"], len(course["days"])) == (
        "43.043478260870",
        "4.583333333333",
        31,
    )
    assert client.get("/api/v1/plan-targets/nobody").status_code == 404
    nothing = client.get("/api/v1/plan-targets/nm/explanation")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "plan.nothing_to_explain")
    assert words in run(explain_target, "leads").stdout
    told = json.loads(run(explain_target, "leads", "--json", "--against", "before", "--language", "es").stdout)
    assert (told["difference"], told["by"], told["outlook"]["high"]) == ("5", "channel", "99")
    who_may_not_see_the_numbers_of_all_sees_no_segments(Client())


def a_total_is_explained_by_segments_over_which_the_plan_is_spread(march: Standings) -> None:
    # Due are 100 x 5/11 = 500/11. December to February had 30 + 20 = 50 from fairs and 60 from webinars: 5/11 and 6/11.
    said = explained(march, "leads", Against.PLAN)
    assert (said.by, said.start, said.end) == ("channel", Fraction(500, 11), Fraction(45))
    found = {each.key: each for each in said.effects}
    assert found["fairs"].before == Fraction(500, 11) * Fraction(5, 11)
    assert found["fairs"].amount == 5 - Fraction(2500, 121)
    assert found["webinar"].amount == 40 - Fraction(3000, 121)
    assert explanation_words(said, march.plan) == (
        "It is nearly what it is compared with: 45. Most of it comes from fairs: −16. webinar went the other way: +15."
    )


def the_time_before_has_as_much_working_time_behind_it(march: Standings) -> None:
    # 10 of 22 working days are gone; of the 20 of February the 10th is the 13th.
    said = explained(march, "leads", Against.BEFORE)
    assert said.before is not None
    assert (said.before.start.isoformat(), said.before.last.isoformat()) == ("2026-02-01", "2026-02-13")
    assert {each.key: int(each.amount) for each in said.effects} == {"webinar": 10, "fairs": -5}
    assert explanation_words(said, march.plan).startswith("5 more than in the time before: 45 after 40.")


def a_ratio_is_explained_by_weight_and_rate(march: Standings) -> None:
    # 6 of 45 in the month to 16 March became deals; none of 40 in the month before.
    said = explained(march, "lead_conv", Against.BEFORE, "channel")
    found = {each.key: each for each in said.effects}
    assert said.difference == Fraction(6, 45)
    # Webinars were 3/4 and are 8/9; their rate went from 0 to 6/40, so the mean is 3/40 against 1/15 of the whole.
    assert found["webinar"].rate == Fraction(6, 40) * (Fraction(3, 4) + Fraction(8, 9)) / 2
    assert found["webinar"].mix == (Fraction(8, 9) - Fraction(3, 4)) * (Fraction(3, 40) - Fraction(1, 15))
    assert said.is_ratio


def a_product_is_explained_by_its_factors_and_what_they_leave(march: Standings) -> None:
    said = explained(march, "deals", Against.PLAN)
    assert [each.key for each in said.factors] == ["leads", "lead_conversion", "win_rate", REST]
    assert sum(each.amount for each in said.factors) == said.difference == 3 - Fraction(25, 11)


def where_a_total_ends_is_learned_from_the_months_before(march: Standings) -> None:
    own = next(each for each in march.targets if each.target.id == "leads")
    course = course_of(SYSTEM, march, own, as_of=NOW)
    outlook = course.outlook
    assert outlook is not None
    # 45 / (5/11) = 99. Nobody counted in the first days of October, so it is left out. All came before the middle of
    # the other months; in December 10 of 23 days were no more than 5/11, so it ended at 10/23 of its pace.
    assert (outlook.middle, outlook.low, outlook.high) == (Fraction(99), Fraction(990, 23), Fraction(99))
    assert (outlook.seen, outlook.holds) == (4, Fraction(3, 5))
    assert own.rates is not None
    assert own.rates.needed == Fraction(55, 12)
    assert [point.value for point in course.points][-16:] == [Fraction(45), *[None] * 15]
    assert course.points[-1].elapsed == 1


def who_may_not_see_the_numbers_of_all_sees_no_segments(client: Client) -> None:
    client.force_login(add_member(actor=SYSTEM, as_of=NOW, name="Jon", email="jon@example.com", role=Role.REP))
    page = text(client, "/plan/targets/leads")
    assert "45 of 100" in page
    assert "fairs" not in page
    assert client.get("/api/v1/plan-targets/leads/explanation?by=owner").json()["effects"] == []
