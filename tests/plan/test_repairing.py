"""The least to change: proved, in words, written as a diff, and clean afterwards."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.checks import CannotRepair
from caudal.kit.lazy import ExtraMissing, lazy
from caudal.plan.adapters import HighsMinimiser, NullMinimiser
from caudal.plan.commands import plan as group
from caudal.plan.ports import Minimiser

DATA: Final = Path(__file__).parent / "data"
ELEVEN: Final = ("--with", str(DATA / "eleven.toml"), "--checks", "given")
GIVEN: Final = ("--with", str(DATA / "figures.json"), "--checks", "given")


def told(*arguments: str) -> str:
    ran = CliRunner().invoke(group, arguments)
    assert ran.exit_code == 0, ran.output
    return ran.output


def repaired(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told("repair", *arguments, "--json"))
    return found


def broken_in(path: Path, *arguments: str) -> list[str]:
    reading = arguments[arguments.index("--reading") + 1]
    rows = json.loads(told("check", str(path), *arguments, "--json"))["checks"]
    return [row["id"] for row in rows if row["verdict"][reading] in {"contradictory", "impossible"}]


@pytest.mark.parametrize(("reading", "minimum"), [("target", 6), ("open", 5)])
def test_eleven_relations_are_mended_at_once_by_a_proved_minimum(reading: str, minimum: int, tmp_path: Path) -> None:
    out = tmp_path / "mended.toml"
    found = repaired("estrategia", *ELEVEN, "--reading", reading, "--out", str(out))
    assert (found["minimum"], found["proved"], found["together"]) == (minimum, True, True)
    assert len(found["repairs"]) == 5
    assert all(one["clean"] and one["cost"] == minimum for one in found["repairs"])
    assert broken_in(out, *ELEVEN, "--reading", reading) == []
    # Deals won can be told in one win rate only: of the three that the plan states, two must give way.
    assert {"diff_win", "win"} in [set(core["targets"]) for core in found["cores"]]
    assert "+lo = 2000" in found["repairs"][0]["diff"]  # 2,000 customers × 4,000-8,000 can be 12-16 million


@pytest.mark.parametrize(("reading", "minimum"), [("target", 11), ("open", 9)])
def test_all_relations_that_exclude_each_other_are_mended_one_by_one(
    reading: str, minimum: int, tmp_path: Path
) -> None:
    out = tmp_path / "mended.toml"
    found = repaired("estrategia", *GIVEN, "--reading", reading, "--out", str(out))
    # Twelve and nine months of one growth cannot both come to the growth of the year.
    assert len(found["exclusive"]) > 1
    assert (found["minimum"], found["proved"], found["together"]) == (minimum, True, False)
    assert found["repairs"][0]["clean"]
    assert broken_in(out, *GIVEN, "--reading", reading) == []


def test_a_gym_is_repaired_without_a_check_being_written(tmp_path: Path) -> None:
    out = tmp_path / "gym.toml"
    found = repaired(str(DATA / "gym.toml"), "--out", str(out))
    # Four broken identities share no target, so one target of each must change.
    assert (found["minimum"], found["proved"]) == (4, True)
    assert broken_in(out, "--reading", "target") == []


def test_weights_and_locks_decide_what_gives_way() -> None:
    one = ("estrategia", *ELEVEN[:2], "--checks", "partners")
    assert [change["target"] for change in repaired(*one, "--lock", "part_rev")["repairs"][0]["changes"]] == ["s_pa"]
    weighed = repaired(*one, "--weight", "part_rev=5")
    assert (weighed["minimum"], [c["target"] for c in weighed["repairs"][0]["changes"]]) == (1, ["s_pa"])
    ran = CliRunner().invoke(group, ["repair", *one, "--lock", "part_rev", "--lock", "s_pa"])
    assert isinstance(ran.exception, CannotRepair)
    assert "all of them are locked: part_rev, s_pa" in str(ran.exception)


def test_a_number_told_for_another_time_is_offered_apart() -> None:
    # Paid channels of 125,000-250,000 against 20,000-50,000: per quarter they would be 41,667-83,333 a month.
    found = repaired("estrategia", *ELEVEN[:2], "--checks", "documents")
    assert [(one["target"], one["meant"]) for one in found["rebases"]] == [("p3_arpu", "quarter"), ("p3_arpu", "year")]
    said = told("repair", "estrategia", *ELEVEN[:2], "--checks", "documents", "--language", "es")
    assert "Tiene que cambiar 1 objetivo." in said
    assert "puede ser de un año" in said


def test_what_a_repair_does_to_the_chances_is_told_with_the_reason() -> None:
    one = ("estrategia", "--checks", "return", "--version", "demo", "--chances")
    # Half the revenue fits the budget and its return: 92 % of the futures reached the whole of it, all reach the half.
    (gross, *_) = repaired(*one)["chances"]
    assert (gross["target"], round(gross["before"], 1), gross["after"]) == ("gross", 0.9, 1)
    said = told("repair", *one, "--language", "es")
    assert "Ingresos brutos" in said.rpartition("unit =")[2]
    assert "solo con eso pasa a todos los futuros" in said


def test_a_plan_that_adds_up_needs_no_repair() -> None:
    found = repaired("estrategia", *ELEVEN[:2], "--checks", "coverage")
    assert (found["minimum"], found["proved"], found["repairs"]) == (0, True, [])


def test_the_diff_of_a_smaller_version_is_written_at_the_size_of_the_file() -> None:
    found = repaired("estrategia", *ELEVEN[:2], "--checks", "gross,return", "--version", "demo", "--lock", "rev_per_cust", "--lock", "b_tot", "--lock", "roi", "--lock", "gross")  # fmt: skip
    (change,) = found["repairs"][0]["changes"]
    assert (change["target"], change["from"][0]) == ("new_cust", "50")
    assert f"+lo = {int(Fraction(change['to'][0]) * 100)}" in found["repairs"][0]["diff"]


def minimisers() -> list[Minimiser]:
    try:
        lazy("highspy")
    except ExtraMissing:
        return [NullMinimiser()]
    return [NullMinimiser(), HighsMinimiser()]


names = st.sampled_from("abcdefg")
sets = st.lists(st.frozensets(names, min_size=1, max_size=4), max_size=6)


@pytest.mark.parametrize("minimiser", minimisers(), ids=lambda one: type(one).__name__)
@settings(deadline=None, max_examples=60)
@given(cores=sets, excluded=st.lists(st.frozensets(names, min_size=1, max_size=3), max_size=2), weights=st.dictionaries(names, st.integers(1, 4)))  # fmt: skip
def test_every_solver_finds_a_cheapest_set_that_touches_every_core(
    minimiser: Minimiser, cores: list[frozenset[str]], excluded: list[frozenset[str]], weights: dict[str, int]
) -> None:
    subsets = [
        frozenset(name for at, name in enumerate(sorted(weights)) if bits >> at & 1)
        for bits in range(2 ** len(weights))
    ]
    fit = [one for one in subsets if all(core & one for core in cores) and not any(bad <= one for bad in excluded)]
    found = minimiser.cheapest(cores, weights, excluded)
    if found is None:
        assert not fit
    else:
        assert found in fit
        assert sum(weights[name] for name in found) == min(sum(weights[name] for name in one) for one in fit)
