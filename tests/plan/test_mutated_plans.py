"""A thousand plan files after accidents of every kind: each is refused with places, or grows, computes and is checked."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import pytest

from caudal.core.drivers import grow_tree
from caudal.core.errors import Problem, Severity
from caudal.core.intervals import Reading
from caudal.core.plans import Plan, read_plan
from caudal.plan.queries import checks_of, futures_of, numbers_of, plan_path, review, split_of, split_range

pytestmark = pytest.mark.lane("scale")

LINES: Final = plan_path("estrategia").read_text(encoding="utf-8").split("\n")
FIRST, LAST = LINES.index("[ramps.launch]"), LINES.index("[versions.demo]")
"""Ramps, drivers, correlations, formulas, curves and capacities stand between these."""
IDS: Final = ("leads", "win", "gross", "nothing", "deals", "p2_arpu", "gross.before", "launch", "new_cust")
UNITS: Final = ("USD/month", "USD/year", "leads/month", "share", "customers", "x/y", "USD/lead", "%", "")
VALUES: Final = (
    *("0", "-1", "1e9", "inf", "nan", "true", "[]", "{}", '"word"', "0.0000001", "99999999999999999999999"),
    *('"leads / 0"', '"leads / (win - win)"', '"gross.before"', '"(("', '"leads * gross + deals"', '""'),
)
CURVES: Final = (
    'curve = "hill"\nmost = 100\nhalf = 5000\nsteepness = 20',
    'curve = "power"\nbrings = 100\nat = 5000\nexponent = 0.5',
    'curve = "pieces"\nsums = [1000, 50000]\nbring = [5, 500]',
    'curve = "exponential"',
    'curve = "waves"',
)


def accident(lines: list[str], chance: random.Random) -> None:
    """Let one thing go wrong, two times of three among the assumptions."""
    at = chance.randrange(FIRST, LAST) if chance.random() < 0.65 else chance.randrange(len(lines))
    at = min(at, len(lines) - 1)
    line, other = lines[at], chance.randrange(len(lines))
    key = line.split(" = ")[0]
    place = chance.randrange(len(line) + 1)
    kinds: tuple[Callable[[], str], ...] = (
        lambda: "",
        lambda: f"{line}\n{line}",
        lambda: f"{key} = {chance.choice(VALUES)}" if " = " in line else line,
        lambda: f'unit = "{chance.choice(UNITS)}"' if key == "unit" else line,
        lambda: (
            f'value = "{chance.choice(IDS)} {chance.choice("+-*/")} {chance.choice(IDS)}"' if key == "value" else line
        ),
        lambda: f"{line.rpartition('.')[0]}.{chance.choice(IDS)}]" if line.startswith("[") else line,
        lambda: line[:place] + chance.choice('x"0-/. [') + line[place + chance.randrange(2) :],
        lambda: line.replace(chance.choice(IDS), chance.choice(IDS)),
        lambda: chance.choice(CURVES) if key in {"most", "half"} else line,
        lambda: lines[other],
    )
    lines[at] = chance.choice(kinds)()


def computes(plan: Plan) -> None:
    """Grow, play, split and check a plan that could be read; a refusal is an answer, anything else is not."""
    tree = grow_tree(plan)
    for finding in tree.findings:
        assert finding.told()
        assert finding.severity is not Severity.ERROR or finding.place.line or finding.place.name
    assert review(plan, checks_of(plan), Reading.TARGET).remarks is not None
    for work in (
        lambda: numbers_of(tree, plan.months),
        lambda: json.dumps(futures_of(tree, runs=20, months=min(plan.months, 6)).to_json(), allow_nan=False),
        lambda: split_of(tree, split_range(tree)[1]),
    ):
        with suppress(Problem):
            work()


def test_a_thousand_plans_after_accidents_are_refused_with_places_or_compute() -> None:
    chance, read_well = random.Random(8), 0  # noqa: S311  a repeatable accident
    for _ in range(1000):
        lines = list(LINES)
        for _ in range(chance.choice((1, 1, 2, 4))):
            accident(lines, chance)
        read = read_plan("\n".join(lines), "broken.toml")
        for finding in read.findings:
            assert (finding.place.file, finding.place.line > 0, bool(finding.told())) == ("broken.toml", True, True)
        if read.plan is not None:
            read_well += 1
            computes(read.plan)
    assert 200 < read_well < 900
