"""Every number of the first plan's source stands in the plan file once, with its line, and no other number does."""

import json
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from caudal.core.intervals import Reading
from caudal.core.plans import Claim, Figure, Milestone, Part, Phase, Plan, Price, UnitKind
from caudal.plan.queries import load_plan

DATA: Final[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "numbers.json").read_text(encoding="utf-8"))
"""Read from the source line by line: 152 ranges and numbers, and beside them the digits that are names or numbering."""
Said = tuple[int, Fraction, Fraction | None]


@pytest.fixture(scope="module")
def plan() -> Plan:
    read = load_plan("estrategia")
    assert read.plan is not None
    return read.plan


def said_by(plan: Plan) -> Iterator[tuple[Said, UnitKind | None]]:
    """Every number of the plan with its line: targets, then what stands around them; the kind where it has a unit."""
    for target in plan.targets:
        if plan.passages.parts_of(target.id):
            continue  # a sum: its parts are what the source says
        for line in target.lines:
            yield (line, target.lo, target.hi), target.unit.kind
        if target.unit.kind is UnitKind.SCORE:
            least, most = target.unit.text.removeprefix("score ").split("-")
            yield (target.lines[0], Fraction(least), Fraction(most)), None
    figured: list[Part | Price | Claim] = [*plan.passages.parts, *plan.passages.prices, *plan.passages.claims]
    for passage in figured:
        if passage.figure is not None:
            for line in passage.lines:
                yield (line, passage.figure.lo, passage.figure.hi), passage.figure.unit.kind
    for phase in plan.passages.phases:
        stretches: list[Phase | Milestone] = [phase, *phase.milestones]
        for stretch in stretches:
            yield (stretch.lines[0], Fraction(stretch.first), Fraction(stretch.last)), None


def test_every_number_of_the_source_is_in_the_plan_once_with_its_line_and_no_other(plan: Plan) -> None:
    written = {(line, Fraction(lo), None if hi is None else Fraction(hi)) for line, _, lo, hi, _ in DATA["numbers"]}
    said = Counter(number for number, _ in said_by(plan))
    assert {number: count for number, count in said.items() if count > 1} == {}
    assert set(said) == written
    assert len(written) == len(DATA["numbers"]) == 152
    assert plan.sha256 == DATA["sha256"]
    assert plan.document == DATA["document"]


def test_what_the_source_writes_in_percent_and_in_dollars_is_read_so(plan: Plan) -> None:
    marked = {(line, lo): ("%" in text, "$" in text) for line, text, lo, _, _ in DATA["numbers"]}
    for (line, lo, _), kind in said_by(plan):
        if kind is not None:
            percent, money = marked[(line, str(lo) if lo.denominator == 1 else str(float(lo)))]
            assert (kind is UnitKind.PERCENT) == percent, line
            assert (kind is UnitKind.MONEY) == money, line


def test_sums_are_those_of_their_parts(plan: Plan) -> None:
    # 20 + 5 + 10 + 15 + 10 = 60 pieces, 5,000 + 2,000 + 1,000 + 3,000 + 2,000 = 13,000 followers, 20 + 30 + 15 + 10 = 75
    sums = {
        target.id: sum((part.figure.lo for part in plan.passages.parts_of(target.id)), Fraction(0))
        for target in plan.targets
        if plan.passages.parts_of(target.id)
    }
    assert sums == {"pieces": 60, "soc_adds": 13_000, "partners": 75}
    assert all(plan.target(target_id).lo == total for target_id, total in sums.items())
    budget = {line.target: line.items for line in plan.passages.budget}
    assert set(budget) == {"b_pers", "b_tech", "b_mkt", "b_tot"}


def test_price_lists_channels_phases_methods_and_tools_are_whole(plan: Plan) -> None:
    strategy = plan.passages
    lists = Counter(price.pillar for price in strategy.prices)
    assert lists == {"courses": 5, "saas": 4, "documents": 4}
    starter = next(price for price in strategy.prices if price.id == "saas_starter")
    assert starter.figure is not None
    assert str(starter.figure.read(Reading.TARGET)) == "[99, 199]"
    paid = [channel.targets for channel in strategy.channels if channel.within == "paid"]
    assert paid == [("a_goog",), ("a_fb",), ("a_li",), ("a_yt",), ("a_dis",)]
    months = [month for phase in strategy.phases for month in range(phase.first, phase.last + 1)]
    assert months == list(range(1, plan.months + 1))
    for phase in strategy.phases:
        done = [month for one in phase.milestones for month in range(one.first, one.last + 1)]
        assert done == list(range(phase.first, phase.last + 1))
    assert [(method.id, len(method.steps)) for method in strategy.methodologies[:3]] == [
        ("spin", 4),
        ("challenger", 3),
        ("solution", 4),
    ]
    assert [tools.target for tools in strategy.stack] == ["up_crm", "up_auto", "up_ana"]
    assert {claim.target for claim in strategy.claims if claim.target} == {
        "tr_win", "coll_conv", "ups", "xs", "acc_g", "renew", "diff_win",
    }  # fmt: skip


def test_a_part_grows_and_shrinks_with_its_sum(plan: Plan) -> None:
    demo = plan.in_version("demo")
    posts = demo.passages.parts_of("pieces")[0].figure
    assert posts == Figure(Fraction(1, 5), None, posts.unit)  # 20 a month, of which the demo has a hundredth
    assert demo.passages.parts_of("partners") == plan.passages.parts_of("partners")
