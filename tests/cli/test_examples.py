"""Worked examples of others come out, and one that is told in other words still does or says why it is not run.

The figures are those that the sources print, or arithmetic by their rules where the source says so.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from caudal.cli.cases import Report, run_cases

FILE: Final = Path(__file__).parent / "data" / "examples.json"
EXAMPLES: Final[list[dict[str, Any]]] = json.loads(FILE.read_bytes(), parse_float=Decimal)


def run(examples: list[Any]) -> Report:
    return run_cases(examples, FILE)


def test_what_others_print_comes_out() -> None:
    report = run(EXAMPLES)
    assert (report.differs, report.not_run) == ((), ())
    assert report.agreed == len(EXAMPLES) > 200


def told(value: Any, change: Callable[[Any], Any]) -> Any:
    """A value whose leaves are told otherwise."""
    if isinstance(value, Mapping):
        return {name: told(one, change) for name, one in value.items()}
    return [told(one, change) for one in value] if isinstance(value, list) else change(value)


def is_figure(value: Any) -> bool:
    return isinstance(value, str) and value.removeprefix("-").replace(".", "", 1).isdigit()


def is_day(value: Any) -> bool:
    return isinstance(value, str) and len(value) == len("2024-01-01") and value[4] == value[7] == "-"


def as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def as_number(value: Any) -> Any:
    return Decimal(value) if is_figure(value) else value


def as_instant(value: Any) -> Any:
    return f"{value}T00:00:00Z" if is_day(value) else value


def in_major_units(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The same inputs with decimals for whole minor units."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        many = value if isinstance(value, list) else [value]
        if name.endswith("_cents") and many and all(isinstance(one, int) for one in many):
            majors = [str(Decimal(one) / 100) for one in many]
            found[name.removesuffix("_cents")] = majors if isinstance(value, list) else majors[0]
        else:
            found[name] = value
    return found


def otherwise(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An example told in other words: its figures are the same."""
    inputs, expected = one["inputs"], one["expected"]
    yield {**one, "id": "renamed", "topic": f"{one['topic']}.in_other_words"}
    yield {**one, "inputs": dict(reversed(inputs.items())), "expected": dict(reversed(expected.items()))}
    yield {**one, "inputs": told(inputs, as_text), "expected": told(expected, as_number)}
    yield {**one, "inputs": told(inputs, as_number), "expected": told(expected, as_text)}
    yield {**one, "inputs": told(inputs, as_instant)}
    yield {**one, "inputs": in_major_units(inputs)}
    yield {**one, "inputs": {"currency": "USD", **inputs}}


def test_the_same_example_in_other_words_comes_out_or_says_why_not() -> None:
    report = run([other for one in EXAMPLES for other in otherwise(one)])
    assert report.differs == ()
    assert len(report.not_run) < 5
    assert all(left.reason for left in report.not_run)


def test_where_an_example_is_from_matters_only_where_the_sources_disagree() -> None:
    # No usage costs a package at Chargebee and nothing elsewhere; usage below zero costs nothing at Lago, and has no price here.
    # A yearly plan that begins behind its billing day waits for the next year at Kill Bill, and for the next month here;
    # what is before the first such day is part of a period that Kill Bill counts back from it.
    # Lago takes coupons in the order in which they were applied, others percentages first; it taxes every credit note by itself,
    # counts an anniversary from the first day of a trial, and keeps five places of units for a part of a period, rounded up.
    report = run([{name: value for name, value in one.items() if name != "source"} for one in EXAMPLES])
    assert {one.id for one in report.differs} == {
        "chargebee-package-0",
        "killbill-annual-preceding",
        "killbill-bcd-31",
        "lago-more-prorated-unique-3days",
        "lago-more-prorated-unique-addrem",
        "lago-spec-coupons-fixed-then-pct",
        "lago-spec-credit-note-four-items",
        "lago-spec-prorated-sum",
        "lago-trial-anniversary-anchor",
    }
    assert [left.id for left in report.not_run] == ["lago-volume-minus-5"]


def another_figure(value: Any) -> Any:
    if is_figure(value) or (isinstance(value, int | Decimal) and not isinstance(value, bool)):
        return Decimal(value) + 1
    return f"not {value}"


def test_other_figures_are_never_taken_for_right() -> None:
    for one in EXAMPLES:
        expected = told(one["expected"], another_figure)
        if expected != one["expected"]:
            assert run([{**one, "expected": expected}]).agreed == 0, one["id"]


NONSENSE: Final[dict[str, Callable[[Any], Any]]] = {
    "nothing": lambda _value: None,
    "truth": lambda _value: True,
    "a word": lambda _value: "moon",
    "lists": lambda value: [value],
    "objects": lambda value: {"of": value},
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_is_not_run(kind: str) -> None:
    report = run([{**one, "inputs": told(one["inputs"], NONSENSE[kind])} for one in EXAMPLES])
    assert (report.agreed, len(report.not_run)) == (0, len(EXAMPLES))


def test_whatever_is_missing_or_huge_or_negative_ends_in_no_crash() -> None:
    def strange(value: Any, times: int) -> Any:
        return Decimal(value) * times if is_figure(value) or isinstance(value, int) else value

    fewer = [
        {**one, "inputs": {name: value for name, value in one["inputs"].items() if name != left_out}}
        for one in EXAMPLES
        for left_out in one["inputs"]
    ]
    odd = [
        {**one, "inputs": told(one["inputs"], partial(strange, times=times))}
        for one in EXAMPLES
        for times in (-1, 0, 10**12)
    ]
    abroad = [
        {**one, "inputs": {**one["inputs"], "timezone": zone, "currency": code}}
        for one in EXAMPLES
        for zone, code in (("Asia/Kolkata", "JPY"), ("America/St_Johns", "KWD"), ("The Moon", "XXX"))
    ]
    report = run([*fewer, *odd, *abroad])
    assert report.total == len(fewer) + len(odd) + len(abroad)
    assert all(left.reason for left in report.not_run)
