"""Checks that somebody else wrote as JSON, with formulas in the notation of Python, turned into our own.

The notation is read as a tree and translated piece by piece; nothing of it is ever run. What has no counterpart here is
a finding. Such checks convert between months and years by bare numbers (`* 12`), so their units are not checked.
"""

import ast
import json
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.expressions import Apply, Literal, Name, Node, show
from caudal.core.plans import BYTES_MAX, Check, Judgement, Label, Verdict

_LONGEST: Final = 10_000
_DEEPEST: Final = 60
_DIGITS_MAX: Final = 30
_SHOWN: Final = 60
_ID_LINE: Final = re.compile(r'"id"\s*:\s*"([^"\\\n]{1,100})"')
_OPERATORS: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "pow",
}
_CALLS: Final[Mapping[str, str]] = {
    "powi": "pow",
    "pow": "pow",
    "lnratio": "log_ratio",
    "ln": "ln",
    "exp": "exp",
    "min": "min",
    "max": "max",
    "abs": "abs",
}
_ENDS: Final = {"lo": "lower", "hi": "upper"}


class _Untranslated(Problem):
    """A piece of a formula has no counterpart."""

    code = "check.untranslated"
    message = msg("“{text}” of the check “{check}” means nothing here.")
    hint = msg("Formulas may use + - * /, powi, lnratio, I(…), paired(lambda …), .lo, .hi, min, max and the targets.")


def is_given(text: str) -> bool:
    """Whether a file of checks is JSON; otherwise it is TOML."""
    return text.lstrip("\ufeff \t\r\n").startswith(("{", "[{", "[]"))


def read_given(text: str, file: str = "") -> tuple[tuple[Check, ...], tuple[Finding, ...]]:
    """The checks of a JSON file, in order, and what is wrong with it. Never raises; a wrong check is left out.

    >>> checks, findings = read_given('{"checks": [{"id": "C1", "computation": "powi(1+growth, 12)-1"}]}')
    >>> checks[0].value, findings
    ('pow(1 + growth, 12) - 1', ())
    """
    if len(text) > BYTES_MAX:
        return (), (_finding(file, 0, "", msg("The file is longer than {most} characters."), most=BYTES_MAX),)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        return (), (_finding(file, line, "", msg("This is not JSON: {reason}."), reason=str(error)[:_SHOWN]),)
    rows = data.get("checks") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        return (), (_finding(file, 1, "", msg("The file has no list of checks.")),)
    lines: dict[str, int] = {}
    for match in _ID_LINE.finditer(text):
        lines.setdefault(match[1], text.count("\n", 0, match.start()) + 1)
    checks: list[Check] = []
    findings: list[Finding] = []
    for position, row in enumerate(rows):
        read = _read(row, file, lines, position, {check.id for check in checks})
        if isinstance(read, Check):
            checks.append(read)
        else:
            findings.append(read)
    return tuple(checks), tuple(findings)


def _read(row: Any, file: str, lines: Mapping[str, int], position: int, taken: set[str]) -> Check | Finding:
    check_id = row.get("id") if isinstance(row, dict) else None
    if not isinstance(check_id, str) or not check_id.strip():
        return _finding(file, 0, f"checks[{position}]", msg("Check {number} has no id."), number=position + 1)
    line = lines.get(check_id, 0)
    if check_id in taken:
        return _finding(file, line, check_id, msg("There are two checks “{check}”."), check=check_id[:_SHOWN])
    try:
        value = _translated(row.get("computation"), check_id)
        stated = _translated(row["compare_to"], check_id) if row.get("compare_to") else ""
    except _Untranslated as problem:
        return Finding(
            problem.code,
            problem.message,
            place=Place(file, line, 0, check_id),
            hint=problem.hint,
            params=problem.params,
        )
    place = Place(file, line, 0, check_id)
    return Check(
        id=check_id,
        statement=_label(row.get("statement")) or Label(check_id, check_id),
        value=value,
        stated=stated,
        unit="share" if row.get("unit") == "share" else "",
        group=str(row.get("group") or ""),
        converts=True,
        judgement=_judgement(row, stated),
        holds_if=_label(row.get("consistent_if")),
        place=place,
        value_place=place,
        stated_place=place,
    )


def _judgement(row: Mapping[str, Any], stated: str) -> Judgement | None:
    """The verdict that is said to be judgement, and one on a quantity that nothing is stated about."""
    try:
        verdict = Verdict(str(row.get("verdict")))
    except ValueError:
        return None
    if row.get("verdict_is_judgement") or (not stated and verdict is not Verdict.DERIVED):
        reason = _label(row.get("note")) or _label(row.get("consistent_if"))
        return Judgement(verdict, reason or Label("-", "-"))
    return None


def _label(text: Any) -> Label | None:
    """One language for both: these files have only one."""
    return Label(text, text) if isinstance(text, str) and text.strip() else None


def _translated(formula: Any, check_id: str) -> str:
    if not isinstance(formula, str) or not formula.strip() or len(formula) > _LONGEST:
        raise _Untranslated(text=str(formula)[:_SHOWN], check=check_id[:_SHOWN])
    translator = _Translator(formula.strip(), check_id)
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise translator.refused(None) from None
    return show(translator.node(tree.body, {}, 0))


class _Translator:
    """Turns one formula into a tree of ours."""

    def __init__(self, text: str, check_id: str) -> None:
        self.text, self.check_id = text, check_id

    def node(self, tree: ast.expr, bound: Mapping[str, Node], depth: int) -> Node:
        if depth > _DEEPEST:
            raise self.refused(tree)
        down: Callable[[ast.expr], Node] = lambda part: self.node(part, bound, depth + 1)  # noqa: E731  one step deeper
        match tree:
            case ast.Constant():
                return self.number(tree)
            case ast.Name(id=name):
                return bound.get(name, Name(name))
            case ast.Attribute(value=of, attr=end) if end in _ENDS:
                return Apply(_ENDS[end], (down(of),))
            case ast.UnaryOp(op=ast.USub(), operand=of):
                return Apply("unary -", (down(of),))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return Apply(_OPERATORS[type(operator)], (down(left), down(right)))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(tree, name, arguments, down)
        raise self.refused(tree)

    def call(self, tree: ast.expr, name: str, arguments: list[ast.expr], down: Callable[[ast.expr], Node]) -> Node:
        match name, arguments:
            case "I", [one]:
                return down(one)
            case "I", [low, high]:
                return Apply("interval", (down(low), down(high)))
            case "sqrt", [one]:
                return Apply("pow", (down(one), Literal(Fraction(1, 2))))
            case "paired", [ast.Lambda(args=parameters, body=body), *values] if len(parameters.args) == len(values):
                bound = {one.arg: down(value) for one, value in zip(parameters.args, values, strict=True)}
                return Apply("paired", (self.node(body, bound, 1),))
            case (_, [_, *_]) if name in _CALLS:
                return Apply(_CALLS[name], tuple(down(argument) for argument in arguments))
        raise self.refused(tree)

    def number(self, tree: ast.Constant) -> Literal:
        """A number digit by digit, as it is written."""
        written = ast.get_source_segment(self.text, tree) or ""
        if not re.fullmatch(r"[0-9_]*\.?[0-9_]+|[0-9_]+\.", written) or len(written) > _DIGITS_MAX:
            raise self.refused(tree)
        return Literal(Fraction(written.replace("_", "").removesuffix(".")))

    def refused(self, tree: ast.AST | None) -> _Untranslated:
        written = ast.get_source_segment(self.text, tree) if tree is not None else None
        return _Untranslated(text=(written or self.text)[:_SHOWN], check=self.check_id[:_SHOWN])


def _finding(file: str, line: int, name: str, message: str, **params: object) -> Finding:
    return Finding("check.unreadable", message, place=Place(file, line, 0, name[:_SHOWN]), params=params)
