"""Plan files: every mistake at once with its place, nothing lost in between, and edits that change one thing."""

import json
import tomllib
from fractions import Fraction
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.errors import Severity
from caudal.core.intervals import Reading, ReversedInterval
from caudal.core.money import UnknownCurrency
from caudal.core.periods import Grain
from caudal.core.plans import (
    BYTES_MAX,
    PlanFile,
    Unit,
    UnitKind,
    UnknownTarget,
    UnknownUnit,
    UnknownVersion,
    UnreadablePlan,
    read_plan,
    set_target,
)
from caudal.core.plans.document import Array, Kind, Scalar, Table, Value, read_document

SHOP = """\
# Ana's course shop: a comment that stays.
[plan]
id = "shop"
name = { en = "Workshops", es = "Tienda de talleres" }
currency = "EUR"
months = 12

[units]
podcast = "podcasts"

[pillars.courses]
label = { en = "Workshops", es = "Talleres" }

[targets.leads]  # more than last year
label = { en = "Leads", es = "Leads" }
lo = 1_000   # a round number
open = true
unit = "leads/month"
metric = "leads"
lines = [3, 7]

[targets.win]
label.en = "Win rate"
label.es = "Tasa de cierre"
lo = 0.25
hi = 0.3500
unit = "ratio"
pillar = "courses"

[targets]
growth = { label = { en = "Growth", es = "Crecimiento" }, lo = "1/3", hi = "1/3", unit = "1/year" } # exact
shows = { label = { en = "Podcasts", es = "Pódcasts" }, lo = 1.5e1, hi = 20, unit = "podcasts/month", period = "week" }

[versions.small]
label = { en = "Small", es = "Pequeña" }
scale = "1/10"
scales = ["leads"]
"""


def test_a_plan_is_read_exactly() -> None:
    read = read_plan(SHOP, "shop.toml")
    assert read.findings == ()
    plan = read.plan
    assert plan is not None
    assert [target.id for target in plan.targets] == ["leads", "win", "growth", "shows"]
    assert [(target.lo, target.hi) for target in plan.targets] == [
        (1000, None),
        (Fraction(1, 4), Fraction(7, 20)),
        (Fraction(1, 3), Fraction(1, 3)),
        (15, 20),
    ]
    assert [target.period for target in plan.targets] == [Grain.MONTH, Grain.MONTH, Grain.YEAR, Grain.WEEK]
    leads, win = plan.target("leads"), plan.target("win")
    assert (leads.open, leads.lines, leads.metric, leads.pillar) == (True, (3, 7), "leads", None)
    assert (str(leads.read(Reading.OPEN)), str(leads.read(Reading.TARGET))) == ("[1000, ∞)", "1000")
    assert (win.pillar, win.label.told("es-MX"), win.label.told("en")) == ("courses", "Tasa de cierre", "Win rate")
    assert str(leads.place) == "shop.toml:14:10 targets.leads"
    assert plan.measured_by("leads") == (leads,)
    assert plan.to_json()["targets"][2]["lo"] == "1/3"
    with pytest.raises(UnknownTarget, match="no target “lead”"):
        plan.target("lead")


def test_a_version_changes_the_size_of_its_targets_only() -> None:
    plan = read_plan(SHOP).plan
    assert plan is not None
    small = plan.in_version("small")
    assert small.target("leads").lo == 100
    assert small.target("win") == plan.target("win")
    assert [small.scales_in(target.id) for target in small.targets] == [True, False, False, False]
    assert not plan.scales_in("leads")
    assert small.to_json()["plan"]["scale"] == "0.1"
    with pytest.raises(UnknownVersion, match="It has: small"):
        plan.in_version("tiny")


# Every line has one mistake or two; the finding's place is worked out by hand.
WRONG = """\
[plan]
id = "Shop"
name = { en = "Shop", es = "  " }
moneda = "EUR"
months = 0
sha256 = 5

[pillars.courses]

[targets.leads]
label = { en = "Leads", es = "Leads" }
lo = 5
hi = 3
unit = "leads/mnth"
pillar = "course"
metric = "lead"

[targets.Win-Rate]
label = { en = "Win", es = "Cierre" }
lo = 0x1F
unit = "ratio"
lines = [1, 1, 0, "x"]

[targets.price]
label = { en = "Price", es = "Precio" }
lo = inf
hi = "1/0"
open = false
unit = "XYZ/customer"

[targets.leads]
lo = 1

[targets]
cost = 7

[versions.demo]
label = { en = "Demo", es = "Demo" }
scale = -1
scales = ["leads", "lead", "price2"]

[extra]
"""
FOUND = """\
1:2 plan.missing_key
2:6 plan.bad_text
3:28 plan.empty_text
4:1 plan.unknown_key
5:10 plan.wrong_type
6:10 plan.wrong_type
8:10 plan.missing_key
12:1 plan.reversed
14:8 plan.unknown_unit
15:10 plan.unknown_pillar
16:10 plan.unknown_metric
18:10 plan.bad_id
20:1 plan.missing_key
22:13 plan.duplicate
22:16 plan.wrong_type
22:19 plan.wrong_type
26:6 plan.not_exact
27:6 plan.not_exact
28:1 plan.two_ends
28:8 plan.wrong_type
29:8 money.unknown_currency
31:10 plan.duplicate
35:1 plan.wrong_type
39:1 plan.bad_scale
40:20 plan.unknown_target
40:28 plan.unknown_target
42:2 plan.unknown_key
"""


def places(read: PlanFile) -> list[str]:
    return [f"{finding.place.line}:{finding.place.column} {finding.code}" for finding in read.findings]


def test_every_mistake_of_a_file_is_found_at_once_where_it_stands() -> None:
    read = read_plan(WRONG, "wrong.toml", metrics={"leads", "win_rate"})
    assert read.plan is None
    assert places(read) == FOUND.splitlines()
    assert {finding.place.file for finding in read.findings} == {"wrong.toml"}


def test_a_finding_says_the_way_out() -> None:
    told = {finding.code: finding.told() for finding in read_plan(WRONG, metrics={"leads"}).findings}
    assert told["plan.unknown_key"].endswith(
        "Known are: plan, units, pillars, targets, parts, prices, channels, budget, phases, methodologies, stack, claims, drivers, formulas, ramps, correlations, responses, capacities, versions, scenarios, checks."
    )
    assert told["plan.unknown_pillar"] == "The plan has no pillar “course”. Did you mean “courses”?"
    assert told["plan.unknown_metric"] == "Nothing measures “lead” yet. Did you mean “leads”?"
    assert "“mnth” is not known. Did you mean “month”?" in told["plan.unknown_unit"]
    assert told["plan.reversed"] == "“targets.leads” runs from 5 down to 3. The lower end comes first: swap them."
    assert "first time was in line 10" in next(
        finding.told() for finding in read_plan(WRONG).findings if finding.place.line == 31
    )


def test_a_metric_that_does_not_exist_yet_is_only_noted() -> None:
    read = read_plan(SHOP, metrics={"win_rate"})
    assert read.plan is not None
    assert [(finding.code, finding.severity) for finding in read.findings] == [("plan.unknown_metric", Severity.NOTE)]


def test_only_totals_in_a_time_may_scale() -> None:
    read = read_plan(SHOP.replace('scales = ["leads"]', 'scales = ["leads", "win"]'))
    assert places(read) == ["37:20 plan.not_a_total"]


def test_mistakes_of_syntax_do_not_hide_the_others() -> None:
    broken = SHOP.replace("months = 12", "months = ").replace('unit = "ratio"', "unit = 'ratios'")
    assert places(read_plan(broken)) == ["6:1 plan.syntax", "27:8 plan.unknown_unit"]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xff", "1:1 plan.not_utf8"),
        ("[plan]\nid = 'señal".encode() + b"\xe9'", "2:12 plan.not_utf8"),
        (b"a = 1\n" * (BYTES_MAX // 6 + 1), "0:0 plan.too_large"),
        (b"[plan]\0", "1:7 plan.syntax"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "1:21 plan.syntax"),
        (b"a = " + b"{b=" * 5000 + b"1" + b"}" * 5000, "1:53 plan.syntax"),
        (b"[" * 5000, "1:1 plan.syntax"),
        (b"[plan]\nid = '''never closed", "2:1 plan.syntax"),
        (b'[plan]\nid = "\\q"', "2:1 plan.syntax"),
        (b"[plan]\rid = 1", "1:1 plan.syntax"),
        (b"a = 2023-02-30", "1:1 plan.unknown_key"),
        (b"a = " + b"9" * 6000, "1:1 plan.unknown_key"),
    ],
)
def test_hostile_bytes_are_findings_and_no_crash(data: bytes, place: str) -> None:
    read = read_plan(data, "hostile.toml")
    assert read.plan is None
    assert place in places(read)


def test_numbers_that_would_fill_the_memory_are_refused() -> None:
    for number in ("1e999999999", "9" * 61, "-1e-999999999", "0x" + "f" * 99, '"1/' + "9" * 61 + '"', "nan"):
        read = read_plan(SHOP.replace("1_000 ", number))
        assert places(read) == ["16:6 plan.not_exact"]


def test_names_and_columns_count_characters_and_not_bytes() -> None:
    read = read_plan(SHOP.replace('es = "Tienda de talleres" }', 'es = "Tienda de español", fr = "Café" }'))
    assert places(read) == ["4:54 plan.unknown_key"]


# --- the tree agrees with the standard library ---

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
scalars = st.one_of(st.booleans(), st.integers(-(2**60), 2**60), words, st.sampled_from([0.5, -1e9, 2.25]))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
)
tables = st.dictionaries(words, st.dictionaries(words, values, max_size=4) | values, max_size=4)


def written(data: dict[str, Any]) -> str:
    """TOML with headers for tables and inline values below them; JSON escapes are TOML escapes."""
    plain = [f"{quoted(key)} = {inline(value)}" for key, value in data.items() if not isinstance(value, dict)]
    headed = [
        "\n".join([f"[{quoted(key)}] # here", *(f"{quoted(name)}={inline(part)}" for name, part in value.items())])
        for key, value in data.items()
        if isinstance(value, dict)
    ]
    return "\n".join([*plain, *headed, ""])


def quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {inline(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return quoted(value)


def plain(value: Value) -> Any:
    if isinstance(value, Table):
        return {key: plain(entry.value) for key, entry in value.entries.items()}
    if isinstance(value, Array):
        return [plain(item) for item in value.items]
    return value.text if value.kind is Kind.TEXT else tomllib.loads(f"it = {value.text}")["it"]


@given(tables)
def test_the_tree_holds_what_the_standard_reader_reads(data: dict[str, Any]) -> None:
    text = written(data)
    document = read_document(text)
    assert document.findings == ()
    assert plain(document.root) == tomllib.loads(text) == data


@given(tables)
def test_every_value_stands_where_the_tree_says(data: dict[str, Any]) -> None:
    text = written(data)
    lines = text.split("\n")

    def look(value: Value) -> None:
        for entry in value.entries.values() if isinstance(value, Table) else ():
            at = text.encode()[entry.key.start : entry.key.end].decode()
            assert lines[entry.key.line - 1][entry.key.column - 1 :].startswith(at)
            look(entry.value)
        if isinstance(value, Scalar) and value.kind is not Kind.TEXT:
            assert text.encode()[value.span.start : value.span.end].decode() == value.text

    look(read_document(text).root)


def test_the_shop_reads_the_same_in_the_standard_reader() -> None:
    assert plain(read_document(SHOP).root) == tomllib.loads(SHOP)
    windows = SHOP.replace("\n", "\r\n")
    assert plain(read_document(windows).root) == tomllib.loads(windows)


# --- edits ---

numbers = st.one_of(st.integers(0, 10**8).map(Fraction), st.fractions(0, 10**6, max_denominator=10**6))
ranges = st.one_of(st.tuples(numbers, st.none()), st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair))))


@given(st.sampled_from(["leads", "win", "growth", "shows"]), ranges)
def test_an_edit_changes_its_target_and_no_other_byte(target_id: str, ends: tuple[Fraction, Fraction | None]) -> None:
    lo, hi = ends
    edited = set_target(SHOP, target_id, lo=lo, hi=hi)
    before, after = read_plan(SHOP).plan, read_plan(edited).plan
    assert before is not None
    assert after is not None
    assert (after.target(target_id).lo, after.target(target_id).hi) == (lo, hi)
    assert [t.to_json() for t in before.targets if t.id != target_id] == [
        t.to_json() for t in after.targets if t.id != target_id
    ]
    changed = [(old, new) for old, new in zip_longest(SHOP.splitlines(), edited.splitlines()) if old != new]
    assert len(changed) <= 2
    for old, new in changed:
        comment = old.partition("#")[2]
        assert new.partition("#")[2] == comment
    assert set_target(edited, target_id, lo=lo, hi=hi) == edited


@given(st.sampled_from(["leads", "win", "growth", "shows"]))
def test_saying_what_the_file_says_already_changes_nothing(target_id: str) -> None:
    plan = read_plan(SHOP).plan
    assert plan is not None
    target = plan.target(target_id)
    assert set_target(SHOP, target_id, lo=target.lo, hi=target.hi) == SHOP


def test_edits_that_cannot_be_made_are_refused() -> None:
    with pytest.raises(UnknownTarget):
        set_target(SHOP, "lead", lo=Fraction(1), hi=None)
    with pytest.raises(ReversedInterval):
        set_target(SHOP, "leads", lo=Fraction(2), hi=Fraction(1))
    with pytest.raises(UnreadablePlan, match="6:1"):
        set_target(SHOP.replace("= 12", "="), "leads", lo=Fraction(1), hi=None)
    with pytest.raises(UnreadablePlan, match=r"targets\.leads"):
        set_target(SHOP.replace("open = true\n", ""), "leads", lo=Fraction(1), hi=None)


# --- units ---


@pytest.mark.parametrize(
    ("text", "kind", "counted", "per", "time", "is_flow"),
    [
        ("USD", "money", "USD", "", None, False),
        ("USD/month", "money", "USD", "", "month", True),
        ("USD/customer", "money", "USD", "customer", None, False),
        ("USD/employee/year", "money", "USD", "employee", "year", False),
        ("leads/month", "count", "lead", "", "month", True),
        ("activities/day", "count", "activity", "", "day", True),
        ("partners", "count", "partner", "", None, False),
        ("pieces/week", "count", "piece", "", "week", True),
        ("1/month", "percent", "", "", "month", False),
        ("ratio", "percent", "", "", None, False),
        ("x", "times", "", "", None, False),
        ("days", "days", "", "", None, False),
        ("score 1-10", "score", "", "", None, False),
    ],
)
def test_units_are_read_as_people_write_them(
    text: str, kind: str, counted: str, per: str, time: str | None, is_flow: object
) -> None:
    unit = Unit.parse(text, {"piece": "pieces"})
    assert (unit.kind, unit.counted, unit.per, unit.is_flow) == (UnitKind(kind), counted, per, is_flow)
    assert unit.time == (None if time is None else Grain(time))
    assert str(unit) == text


@pytest.mark.parametrize(
    "text",
    ["", "1", "/", "USD/", "USD/month/month", "USD/customer/lead", "lead/month", "ratio/month", "score 9-1", "pieces"],
)
def test_units_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(UnknownUnit):
        Unit.parse(text)


def test_a_unit_of_a_currency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        Unit.parse("USX/month")
