"""Plan files after an accident: never a crash, always a place, and never accepted where the schema would refuse."""

import tomllib
from fractions import Fraction
from typing import Final

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from caudal.core.drivers import grow_tree
from caudal.core.errors import Severity
from caudal.core.plans import PlanFile, json_schema, read_plan, set_target
from caudal.plan.queries import plan_path

WHOLE: Final = plan_path("estrategia").read_bytes()
HEAD, *_SECTIONS = WHOLE.decode().split("\n# ───")
SMALL: Final = "\n# ───".join([HEAD, *_SECTIONS[:1]]).encode()
"""The top matter and the first four targets: small enough to break hundreds of times."""
SCHEMA: Final = Draft202012Validator(json_schema())
BREAKS: Final = settings(max_examples=300, deadline=None)

lines_of_small = st.integers(0, SMALL.count(b"\n") - 1)


def broken_well(data: bytes) -> PlanFile:
    """Read a broken file, and see that what was said about it is honest."""
    read = read_plan(data, "broken.toml")
    errors = [finding for finding in read.findings if finding.severity is Severity.ERROR]
    assert (read.plan is None) == bool(errors)
    line_count = data.count(b"\n") + 2
    for finding in read.findings:
        assert finding.place.file == "broken.toml"
        assert 1 <= finding.place.line <= line_count
        assert finding.place.column >= 1
        assert finding.told()
    if read.plan is not None:
        # Accepted: then it is TOML, it fits the published schema, and every number is what the text says.
        accepted = tomllib.loads(data.decode("utf-8-sig"), parse_float=str)
        assert not list(SCHEMA.iter_errors(tomllib.loads(data.decode("utf-8-sig"))))
        for target in read.plan.targets:
            assert target.lo == Fraction(accepted["targets"][target.id]["lo"])
    return read


@BREAKS
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_never_crash_and_name_the_place(flips: list[tuple[int, int]]) -> None:
    data = bytearray(SMALL)
    for at, byte in flips:
        data[at] = byte
    broken_well(bytes(data))


@BREAKS
@given(st.integers(0, len(SMALL)), st.integers(0, 60), st.binary(max_size=12))
@example(len(SMALL), 0, b"\n" * 3 + b"x")
def test_cut_and_pasted_bytes_never_crash_and_name_the_place(at: int, cut: int, paste: bytes) -> None:
    broken_well(SMALL[:at] + paste + SMALL[at + cut :])


@BREAKS
@given(lines_of_small)
def test_a_line_left_out_is_missed_wherever_the_plan_needs_it(number: int) -> None:
    lines = SMALL.decode().split("\n")
    left_out = lines.pop(number)
    read = broken_well("\n".join(lines).encode())
    optional = ("metric", "period", "document", "sha256", "lines", "#", "day", "follow", "piece", "[units]", "[pillars")
    if left_out.strip() and not left_out.startswith(optional):
        assert read.plan is None


@BREAKS
@given(lines_of_small)
def test_a_line_said_twice_is_refused(number: int) -> None:
    lines = SMALL.decode().split("\n")
    assume(lines[number].strip() and not lines[number].startswith("#"))
    lines.insert(number + 1, lines[number])
    read = broken_well("\n".join(lines).encode())
    # The same table twice, or the same key twice in a table, or a table that a key of it already made.
    assert "plan.duplicate" in {finding.code for finding in read.findings}
    assert number + 2 in {finding.place.line for finding in read.findings}


@BREAKS
@given(
    lines_of_small,
    st.sampled_from(["7", "-1.5", '"word"', "[ ]", "[1, 'x']", "{ a = 1 }", "true", "2024-01-01", "inf"]),
)
def test_a_value_of_another_kind_is_refused_where_it_stands(number: int, value: str) -> None:
    lines = SMALL.decode().split("\n")
    key, equals, before = lines[number].partition(" = ")
    assume(equals and not key.startswith("#"))
    lines[number] = f"{key} = {value}"
    data = "\n".join(lines).encode()
    read = broken_well(data)
    schema_says_no = bool(list(SCHEMA.iter_errors(tomllib.loads(data.decode()))))
    assert read.plan is None or not schema_says_no
    assert read.plan is not None or any(finding.place.line >= number for finding in read.findings), before


@BREAKS
@given(lines_of_small, st.sampled_from("abcdefghijklmnopqrstuvwxyz_-0"))
def test_a_key_written_wrong_is_refused_with_what_was_meant(number: int, letter: str) -> None:
    lines = SMALL.decode().split("\n")
    key, equals, rest = lines[number].partition(" = ")
    assume(equals and not key.startswith("#") and key not in {"day", "follow", "piece"})
    lines[number] = f"{key}{letter} = {rest}"
    read = broken_well("\n".join(lines).encode())
    assert read.plan is None
    found = [finding for finding in read.findings if finding.code == "plan.unknown_key"]
    assert [finding.place.line for finding in found] == [number + 1]
    assert found[0].params["near"] == key


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=3))
def test_the_whole_plan_survives_the_same(at: int, paste: bytes) -> None:
    read = broken_well(WHOLE[:at] + paste + WHOLE[at + len(paste) :])
    if read.plan is not None:
        grow_tree(read.plan)


FORMULAS: Final = WHOLE.index(b"[formulas.saas_new]"), WHOLE.index(b"[versions.demo]")
"""Where formulas, curves and capacities stand."""
CURVES: Final = (b'\ncurve = "hill"\nsteepness = 9\n', b'\ncurve = "pieces"\nsums = [1, 2]\nbring = [3, 4]\n')


@settings(max_examples=60, deadline=None)
@given(
    st.integers(*FORMULAS),
    st.sampled_from([b"x", b" + ", b"leads", b"USD", b".before", b"0 * ", b"/ 0", b")", *CURVES]),
)
def test_a_formula_after_an_accident_is_found_at_its_place_or_computes(at: int, paste: bytes) -> None:
    read = broken_well(WHOLE[:at] + paste + WHOLE[at:])
    if read.plan is None:
        return
    tree = grow_tree(read.plan)
    known = {node.id for node in tree.nodes}
    assert all({*node.inputs, *node.before} <= known for node in tree.nodes)
    for finding in tree.findings:
        assert finding.told()
        assert finding.place.line > 0, finding


@settings(max_examples=20, deadline=None)
@given(
    st.data(),
    st.fractions(0, 10**7, max_denominator=100),
    st.none() | st.fractions(10**7, 10**8, max_denominator=100),
)
def test_an_edit_of_the_whole_plan_touches_two_lines_at_most(
    data: st.DataObject, lo: Fraction, hi: Fraction | None
) -> None:
    before = read_plan(WHOLE).plan
    assert before is not None
    target = data.draw(st.sampled_from(before.targets))
    text = WHOLE.decode()
    edited = set_target(text, target.id, lo=lo, hi=hi)
    changed = [
        line for line, (old, new) in enumerate(zip(text.split("\n"), edited.split("\n"), strict=True), 1) if old != new
    ]
    assert all(target.place.line < line <= target.place.line + 3 for line in changed)
    after = read_plan(edited).plan
    assert after is not None
    others = [[kept for kept in plan.targets if kept.id != target.id] for plan in (before, after)]
    assert others[0] == others[1]
    assert (after.target(target.id).lo, after.target(target.id).hi) == (lo, hi)
