"""A plan as a good reviewer reads it: every check, most serious first, with its numbers and what would make it hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import get_language, gettext, ngettext, override

from caudal.core.checks import CheckResult, Outcome, check_plan, is_given, needs, ranges_of, read_given, standard_checks
from caudal.core.errors import Finding, Problem, msg
from caudal.core.expressions import Apply, Literal, Name, Node, Unreadable, parse, show
from caudal.core.intervals import Interval, Reading
from caudal.core.plans import Check, Plan, Sense, Target, Verdict, read_checks
from caudal.plan.offline.figures import DASH, figure
from caudal.ui.formats import MINUS, number_text, percent_text, reader_locale

TONES: Final[Mapping[Verdict, str]] = {
    Verdict.IMPOSSIBLE: "bad",
    Verdict.CONTRADICTORY: "bad",
    Verdict.INCOMPLETE: "warn",
    Verdict.AMBIGUOUS: "warn",
    Verdict.KNIFE_EDGE: "warn",
    Verdict.PARTLY_CONSISTENT: "idle",
    Verdict.DERIVED: "idle",
    Verdict.CONSISTENT: "good",
}
_WORDS: Final[Mapping[Verdict, str]] = {
    Verdict.IMPOSSIBLE: msg("impossible"),
    Verdict.CONTRADICTORY: msg("contradictory"),
    Verdict.INCOMPLETE: msg("incomplete"),
    Verdict.AMBIGUOUS: msg("ambiguous"),
    Verdict.KNIFE_EDGE: msg("on a knife edge"),
    Verdict.PARTLY_CONSISTENT: msg("fits in part"),
    Verdict.DERIVED: msg("follows"),
    Verdict.CONSISTENT: msg("fits"),
}
_FIGURES: Final = 4
_WHOLE_FROM: Final = 100
_KEPT: Final = 16
SERIOUS: Final = 3
"""How many findings stand before all others."""


class UnknownChecks(Problem):
    """Checks are chosen by a word that names none."""

    code = "plan.unknown_checks"
    status = 404
    message = msg("There are no checks “{name}”.")
    hint = msg("Say all, standard, own, given, a group, or the ids of checks, with commas between them.")


@dataclass(frozen=True, slots=True)
class Remark:
    """One check in words. `arithmetic` and `needs` are in the reading that the review was asked for."""

    result: CheckResult
    outcome: Outcome
    statement: str
    word: str
    word_open: str
    tone: str
    formula: str
    arithmetic: str
    needs: tuple[str, ...]
    holds_if: str
    judgement: str
    reason: str
    said: tuple[str, ...]

    @property
    def is_broken(self) -> bool:
        """Whether it cannot hold in this reading."""
        return self.outcome.verdict.is_broken


@dataclass(frozen=True, slots=True)
class Review:
    """All remarks on a plan in one reading, most serious first."""

    plan: Plan
    reading: Reading
    remarks: tuple[Remark, ...]

    @property
    def broken(self) -> tuple[Remark, ...]:
        """What cannot hold."""
        return tuple(remark for remark in self.remarks if remark.is_broken)

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many checks came out how; verdicts that did not occur are left out."""
        return {
            verdict: count
            for verdict in Verdict
            if (count := sum(remark.outcome.verdict is verdict for remark in self.remarks))
        }

    @property
    def standard_broken(self) -> int:
        """How many contradictions the standard identities found, without a check being written."""
        return sum(bool(remark.result.check.standard) for remark in self.broken)


def checks_beside(data: bytes, file: str) -> tuple[tuple[Check, ...], tuple[Finding, ...]]:
    """Read a file of checks, TOML or JSON, with everything that is wrong with it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return read_checks(data, file)
    return read_given(text, file) if is_given(text) else read_checks(text, file)


def checks_of(plan: Plan, beside: Sequence[Check] = (), chosen: str = "all") -> tuple[Check, ...]:
    """Choose among the checks of a plan: its own, the standard ones and those beside it. Raises UnknownChecks.

    `chosen` is all, own, standard, given, a group or ids with commas between them. A check beside the plan replaces
    its own one of the same id.
    """
    ids = {check.id for check in beside}
    own = tuple(check for check in plan.checks if check.id not in ids)
    sets = {"own": own, "given": tuple(beside), "standard": standard_checks(plan)}
    every = (
        *own,
        *beside,
        *(check for check in sets["standard"] if check.id not in {each.id for each in (*own, *beside)}),
    )
    found: dict[str, Check] = {}
    for word in (part.strip() for part in chosen.split(",")):
        picked = (
            every
            if word == "all"
            else sets[word]
            if word in sets
            else tuple(check for check in every if word in {check.id, check.group, check.standard})
        )
        if not picked and word not in {*sets, "all"}:
            raise UnknownChecks(name=word[:80])
        found.update({check.id: check for check in picked})
    return tuple(found.values())


def review(plan: Plan, checks: Sequence[Check], reading: Reading = Reading.TARGET) -> Review:
    """Compute checks and put them in words, in the active language."""
    ranges = ranges_of(plan, reading)
    results = sorted(check_plan(plan, checks), key=lambda result: result.rank(reading))
    targets = {target.id: target for target in plan.targets}
    return Review(plan, reading, tuple(_remark(result, reading, targets, ranges) for result in results))


def kept_review(plan: Plan, reading: Reading) -> Review:
    """Return the review of all checks of a plan, in the active language; those of one plan are all alike."""
    return _kept(plan, reading, get_language() or "en")


@lru_cache(maxsize=_KEPT)
def _kept(plan: Plan, reading: Reading, language: str) -> Review:
    with override(language):
        return review(plan, checks_of(plan), reading)


def finding_summary(found: Review) -> str:
    broken = len(found.broken)
    if not broken:
        return gettext("Nothing in the plan contradicts itself.")
    words = ngettext(
        "%(broken)s of %(all)s relations between the numbers of the plan cannot hold.",
        "%(broken)s of %(all)s relations between the numbers of the plan cannot hold.",
        broken,
    )
    return words % {"broken": broken, "all": len(found.remarks)}


def verdict_word(verdict: Verdict) -> str:
    """Say a verdict as a founder reads it."""
    return gettext(_WORDS[verdict])


def review_rows(found: Review) -> list[dict[str, Any]]:
    """Return a review for programs: numbers as exact p/q, an end that does not exist as null."""
    return [_row(remark, found.reading) for remark in found.remarks]


def _row(remark: Remark, reading: Reading) -> dict[str, Any]:
    result, check = remark.result, remark.result.check
    sides = {each.value: result.outcome(each) for each in Reading}
    return {
        "id": check.id,
        "group": check.group,
        "standard": check.standard or None,
        "statement": check.statement.to_json(),
        "value": check.value,
        "sense": check.sense.value if check.stated else None,
        "stated_as": check.stated or None,
        "verdict": {name: side.verdict.value for name, side in sides.items()},
        "judgement": check.judgement
        and {"verdict": check.judgement.verdict.value, "reason": check.judgement.reason.to_json()},
        "result": {name: ends(side.result) for name, side in sides.items()},
        "stated": {name: ends(side.stated) for name, side in sides.items()},
        "overlap": {name: ends(side.overlap) for name, side in sides.items()},
        "reading": reading.value,
        "arithmetic": remark.arithmetic,
        "holds_if": [text for text in (*remark.needs, remark.holds_if) if text],
        "targets": [target.id for target in result.targets],
        "lines": list(result.lines),
        "findings": [str(finding) for finding in result.findings],
    }


def ends(one: Interval | None) -> list[str | None] | None:
    """Return the ends of a range as exact p/q, None where there is none."""
    return None if one is None else [None if end is None else str(end) for end in (one.lo, one.hi)]


def _remark(
    result: CheckResult, reading: Reading, targets: Mapping[str, Target], ranges: Mapping[str, Interval]
) -> Remark:
    outcome, check = result.outcome(reading), result.check
    language = get_language() or "en"
    judged = check.judgement
    told = result.value is not None
    broken = outcome.verdict in {Verdict.CONTRADICTORY, Verdict.IMPOSSIBLE, Verdict.KNIFE_EDGE}
    return Remark(
        result=result,
        outcome=outcome,
        statement=check.statement.told(language),
        word=verdict_word(outcome.verdict),
        word_open=verdict_word(result.open.verdict),
        tone=TONES[outcome.verdict],
        formula=_formula(check, {name: target.label.told(language) for name, target in targets.items()})
        if told
        else "",
        arithmetic=_arithmetic(result, outcome, targets, ranges) if told else "",
        needs=tuple(_need(targets[need.target], need.range) for need in needs(result, ranges)) if broken else (),
        holds_if=check.holds_if.told(language) if check.holds_if else "",
        judgement=verdict_word(judged.verdict) if judged else "",
        reason=judged.reason.told(language) if judged else "",
        said=tuple(finding.told(gettext) for finding in result.findings),
    )


def _need(target: Target, wanted: Interval) -> str:
    return gettext("%(target)s: %(wanted)s instead of %(now)s") % {
        "target": target.label.told(get_language() or "en"),
        "wanted": figure(target, wanted),
        "now": figure(target, Interval(target.lo, target.hi)),
    }


def _formula(check: Check, labels: Mapping[str, str]) -> str:
    sides = [_with_words(check.value, labels), *([_with_words(check.stated, labels)] if check.stated else [])]
    return f" {_SIGNS[check.sense]} ".join(sides)


def _arithmetic(
    result: CheckResult, outcome: Outcome, targets: Mapping[str, Target], ranges: Mapping[str, Interval]
) -> str:
    """Write the check with its numbers: 10,000 × 25% = 2,500; the plan says 5,000."""
    check = result.check
    words = {target.id: figure(target, ranges[target.id]) for target in result.targets}
    unit = targets.get(_with_words(check.stated, {}))
    left, computed = _with_words(check.value, words), _written(outcome.result, unit)
    if not check.stated and check.unit == "share":
        computed = _shares(outcome.result)
    text = left if left == computed else f"{left} = {computed}"
    if not check.stated:
        return text
    right, stated = _with_words(check.stated, words), _written(outcome.stated, unit)
    return gettext("%(left)s; the plan says %(right)s") % {
        "left": text,
        "right": right if right == stated or unit is not None else f"{right} = {stated}",
    }


def _shares(one: Interval | None) -> str:
    """Parts of a whole as percentages."""
    written = [percent_text(end, reader_locale()) for end in ((one.lo, one.hi) if one else ()) if end is not None]
    return DASH.join(dict.fromkeys(written))


_SIGNS: Final[Mapping[Sense, str]] = {
    Sense.EQUALS: "=",
    Sense.AT_LEAST: "≥",
    Sense.AT_MOST: "≤",
    Sense.PARTS: "=",
}


def _written(one: Interval | None, unit: Target | None) -> str:
    if one is None:
        return gettext("nothing that can be computed")
    if unit is not None:
        return figure(unit, one)
    lo, hi = (None if end is None else _number(end) for end in (one.lo, one.hi))
    if lo is None or hi is None:
        return f"{lo or MINUS + '∞'}{DASH}{hi or '∞'}"
    return lo if lo == hi else f"{lo}{DASH}{hi}"


def _number(value: Fraction) -> str:
    """Four figures are enough to see it; the exact number is in the data."""
    size = abs(value)
    places = 0 if size >= _WHOLE_FROM or value.denominator == 1 else _FIGURES - 1
    if 0 < size < 1:
        places = _FIGURES
    return number_text(round(value, places), reader_locale())


def _with_words(text: str, words: Mapping[str, str]) -> str:
    """An expression with words for its names, its signs as people write them, and no units."""
    try:
        node = _named(parse(text), words)
    except Unreadable:
        return text
    return show(node).replace(" * ", " × ").replace(" / ", " ÷ ").replace(" - ", " − ")


def _named(node: Node, words: Mapping[str, str]) -> Node:
    match node:
        case Name(name):
            return Name(words.get(name, name))
        case Literal(value=Fraction() as value):
            return Literal(value)
        case Apply():
            return _applied(node, words)
    return node


def _applied(node: Apply, words: Mapping[str, str]) -> Node:
    match node.function, node.arguments:
        case "paired" | "lower" | "upper", (one,):
            return _named(one, words)
        case "compound", (rate, times):
            grown = _power(Apply("+", (Literal(Fraction(1)), rate)), times, words)
            return Apply("-", (grown, Literal(Fraction(1))))
        case "pow", (base, exponent):
            return _power(base, exponent, words)
        case "*" | "/", (one, Literal(value=Fraction() as value)) if value == 1:
            return _named(one, words)
    return Apply(node.function, tuple(_named(argument, words) for argument in node.arguments))


def _power(base: Node, exponent: Node, words: Mapping[str, str]) -> Node:
    """A power as people write it, with brackets around what is more than one word."""
    written = [show(_named(part, words)) for part in (base, exponent)]
    return Name("^".join(f"({text})" if " " in text else text for text in written))
