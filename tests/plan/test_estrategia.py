"""The first plan: exactly the numbers of its source, and a file that editors, people and machines read alike."""

import json
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from caudal.core.intervals import Interval, Reading, Relation, compare
from caudal.core.periods import Grain
from caudal.core.plans import Plan, UnitKind, json_schema
from caudal.plan.queries import PlanNotFound, load_plan, plan_path, shipped_plans

DATA = json.loads((Path(__file__).parent / "data" / "targets.json").read_text(encoding="utf-8"))
FIGURES: dict[str, Any] = DATA["targets"]
"""What was read from the source by hand: ends as exact decimals, units, and the lines that say so."""
SCHEMA = Path(__file__).parents[2] / "src" / "caudal" / "plan" / "schema" / "plan.schema.json"


@pytest.fixture(scope="module")
def plan() -> Plan:
    read = load_plan("estrategia")
    assert read.findings == ()
    assert read.plan is not None
    return read.plan


def test_it_has_every_number_of_the_source_and_no_other(plan: Plan) -> None:
    assert len(FIGURES) == 106
    said = {target.id: (target.lo, target.hi, target.unit.text, list(target.lines)) for target in plan.targets}
    assert said == {
        target_id: (
            Fraction(figure["lo"]),
            None if figure["hi"] is None else Fraction(figure["hi"]),
            figure["unit"],
            figure["lines"],
        )
        for target_id, figure in FIGURES.items()
    }
    assert plan.sha256 == DATA["sha256"]


def test_it_follows_the_order_of_its_source(plan: Plan) -> None:
    first_lines = [min(target.lines) for target in plan.targets]
    assert first_lines == sorted(first_lines)


def test_every_target_has_both_languages_a_metric_and_a_period(plan: Plan) -> None:
    assert all(target.label.en and target.label.es and target.metric and target.lines for target in plan.targets)
    labels = [(target.label.en, target.pillar) for target in plan.targets]
    assert {label for label in labels if labels.count(label) > 1} == set()
    by_unit = {
        "1/year": Grain.YEAR,
        "USD/year": Grain.YEAR,
        "USD/employee/year": Grain.YEAR,
        "activities/day": Grain.DAY,
    }
    for target in plan.targets:
        expected = Grain.YEAR if target.id == "roi" else by_unit.get(target.unit.text, Grain.MONTH)
        assert target.period is expected


def test_a_metric_is_bound_once_a_period_and_pillar(plan: Plan) -> None:
    bound = [(target.metric, target.period, target.pillar) for target in plan.targets]
    assert len(bound) == len(set(bound))


@pytest.mark.parametrize(
    ("target_id", "metric"),
    [
        ("leads", "leads"),
        ("lead_conv", "lead_conversion"),
        ("deals", "deals_closed"),
        ("win", "win_rate"),
        ("ads", "deal_size"),
        ("cycle", "cycle_mean"),
    ],
)
def test_the_metrics_of_the_funnel_measure_its_targets(plan: Plan, target_id: str, metric: str) -> None:
    assert plan.measured_by(metric) == (plan.target(target_id),)


def test_velocity_is_not_mistaken_for_the_revenue_won(plan: Plan) -> None:
    assert plan.measured_by("revenue_won") == ()
    assert plan.target("velocity").metric == "sales_velocity"


def test_the_demo_is_a_hundredth_in_all_totals_and_in_nothing_else(plan: Plan) -> None:
    demo = plan.in_version("demo")
    for target, small in zip(plan.targets, demo.targets, strict=True):
        scale = Fraction(1, 100) if target.unit.is_flow else 1
        assert small.lo == target.lo * scale
        assert small.hi == (None if target.hi is None else target.hi * scale)
    assert {target.unit.text for target in plan.targets if demo.scales_in(target.id)} == {
        "customers/month", "leads/month", "deals/month", "sales/month", "follows/month", "pieces/month",
        "activities/day", "USD/month", "USD/year",
    }  # fmt: skip
    # 10,000+ leads and 500+ deals a month become 100+ and 5+; a deal is still worth 5,000 to 15,000.
    assert [demo.target(target_id).lo for target_id in ("leads", "deals", "ads", "partners")] == [100, 5, 5000, 75]


def test_the_budget_adds_up_and_the_paid_channels_do_not(plan: Plan) -> None:
    def read(target_id: str) -> Interval:
        return plan.target(target_id).read(Reading.TARGET)

    total = read("b_pers") + read("b_tech") + read("b_mkt")  # 3.8-7.6 + 0.85-1.7 + 2.6-5.2 M = 7.25-14.5 M
    assert total == read("b_tot")
    channels = (read("a_goog") + read("a_fb") + read("a_li") + read("a_yt") + read("a_dis")) * 12
    found = compare(channels, read("b_paid"))  # 1.5-3.0 M a year against 0.8-1.6 M
    assert found.relation is Relation.PARTLY_CONSISTENT
    assert found.overlap == Interval.of(1_500_000, 1_600_000)


def test_the_growth_of_a_month_and_of_a_year_contradict_each_other(plan: Plan) -> None:
    # 1.25**12 - 1 = 13.55 and 1.3**12 - 1 = 22.30, against 3 to 5.
    year = (1 + plan.target("growth_m").read(Reading.TARGET)) ** 12 - 1
    assert compare(year, plan.target("growth_y").read(Reading.TARGET)).relation is Relation.CONTRADICTORY


def test_scores_and_points_are_no_percentages(plan: Plan) -> None:
    assert plan.target("csat").unit.kind is UnitKind.SCORE
    assert plan.target("nps").unit.kind is UnitKind.POINTS
    assert plan.target("gm").unit.kind is UnitKind.PERCENT


def test_the_published_schema_is_the_one_that_files_are_checked_by() -> None:
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    assert published == json_schema()


def test_the_file_is_valid_for_the_standards_own_library() -> None:
    data = tomllib.loads(plan_path("estrategia").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(json_schema()).iter_errors(data)) == []
    first_line = plan_path("estrategia").read_text(encoding="utf-8").splitlines()[0]
    assert (plan_path("estrategia").parent / first_line.removeprefix("#:schema ")).resolve() == SCHEMA


@pytest.mark.parametrize("name", ["", "estrategi", "no/such.toml", ".", "a\0b", "x" * 5000])
def test_a_plan_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    assert shipped_plans() == ("estrategia",)
    with pytest.raises(PlanNotFound, match="one of: estrategia"):
        load_plan(name)


def test_a_plan_of_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(plan_path("estrategia").read_bytes())
    assert load_plan(str(own)).plan is not None
    own.write_bytes(b"[plan")
    assert load_plan(str(own)).findings[0].place.file == str(own)
