"""Two plans beside each other: what was added, removed and changed, and by how much, exactly."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from caudal.core.plans import ABOUT, TARGETS, Fate, Plan, difference, read_plan, set_target
from tests.core.test_plans import SHOP

MORE = """
[prices.seat]
label = { en = "A seat", es = "Una plaza" }
lo = 300
hi = 500
unit = "EUR/seat"

[phases.start]
label = { en = "Start", es = "Arranque" }
months = [1, 3]

[phases.start.milestones.site]
label = { en = "Site", es = "Web" }
months = [1]

[drivers.win]
shape = "triangular"
likely = 0.3
"""
TEXT = SHOP + MORE


def plan(text: str) -> Plan:
    read = read_plan(text)
    assert read.plan is not None, list(map(str, read.findings))
    return read.plan


def test_a_changed_range_says_by_which_share_each_end_moved() -> None:
    found = difference(plan(TEXT), plan(set_target(TEXT, "win", lo=Fraction(28, 100), hi=Fraction(35, 100))))
    # 0.25 to 0.28 is 3/25 more; the upper end stays
    (win,) = found.differences
    assert (win.section, win.id, win.fate) == (TARGETS, "win", Fate.CHANGED)
    assert (win.lo_by, win.hi_by) == (Fraction(3, 25), None)
    assert [(each.name, each.before, each.after) for each in win.changes] == [("lo", "0.25", "0.28")]
    assert found.alike[TARGETS] == len(plan(TEXT).targets) - 1


def test_what_is_around_the_targets_is_compared_as_well() -> None:
    text = (
        TEXT.replace("hi = 500", "hi = 600")
        .replace("months = [1, 3]", "months = [1, 4]")
        .replace("likely = 0.3", "likely = 0.35")
        .replace('unit = "leads/month"', 'unit = "leads/year"')
        .replace("months = 12", "months = 18")
    )
    found = difference(plan(TEXT), plan(text))
    said = {(each.section, each.id): [change.name for change in each.changes] for each in found.differences}
    assert said == {
        (ABOUT, ""): ["months"],
        (TARGETS, "leads"): ["unit", "period"],
        ("prices", "seat"): ["hi"],
        ("phases", "start"): ["last"],
        ("drivers", "win"): ["likely"],
    }
    assert next(each for each in found.differences if each.id == "seat").hi_by == Fraction(1, 5)
    assert found.to_json()["changed"] == 5


def test_lines_places_and_order_are_no_difference() -> None:
    parts = TEXT.replace("lines = [3, 7]", "lines = [9]").split("\n[targets.win]")
    moved = parts[0].replace("[targets.leads]", "[targets.leads]  # elsewhere\n") + "\n[targets.win]" + parts[1]
    assert difference(plan(TEXT), plan("# A word before.\n" + moved)).differences == ()


def test_a_renamed_target_is_removed_and_added() -> None:
    found = difference(
        plan(TEXT), plan(TEXT.replace("[targets.leads]", "[targets.enquiries]").replace('["leads"]', '["enquiries"]'))
    )
    assert {(each.id, each.fate) for each in found.of(TARGETS)} == {
        ("leads", Fate.REMOVED),
        ("enquiries", Fate.ADDED),
    }


@given(lo=st.fractions(min_value=1, max_value=1000, max_denominator=50), more=st.integers(0, 9))
def test_the_way_back_has_the_same_entries_and_undoes_the_shares(lo: Fraction, more: int) -> None:
    one, other = plan(TEXT), plan(set_target(TEXT, "leads", lo=lo, hi=lo + more))
    there, back = difference(one, other), difference(other, one)
    assert [each.id for each in there.differences] == [each.id for each in back.differences]
    for way, return_way in zip(there.differences, back.differences, strict=True):
        if way.lo_by is not None and return_way.lo_by is not None:
            assert (1 + way.lo_by) * (1 + return_way.lo_by) == 1
    assert difference(one, one).differences == ()
