"""The tables of checks in a plan file, or in a file of their own beside it."""

from collections.abc import Iterator
from typing import Final

from caudal.core.errors import Finding, Place, msg
from caudal.core.expressions import Unit, UnreadableUnit
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Kind, Scalar, Span, Table, decode, read_document
from caudal.core.plans.labels import Label
from caudal.core.plans.relations import Check, Judgement, Sense, Verdict
from caudal.core.plans.shape import CHECKS

_SENSES: Final = {
    "equals": Sense.EQUALS,
    "at_least": Sense.AT_LEAST,
    "at_most": Sense.AT_MOST,
    "parts_of": Sense.PARTS,
}


def read_checks(source: str | bytes, file: str = "") -> tuple[tuple[Check, ...], tuple[Finding, ...]]:
    r"""Read a file of checks, from its text or its bytes: the checks, none where a finding says what is wrong.

    >>> checks, findings = read_checks("[checks.sum]\nvalue = 'a + b'\nequal = 'c'\n", "more.toml")
    >>> [str(finding) for finding in findings]  # doctest: +NORMALIZE_WHITESPACE
    ['more.toml:1:9 checks.sum: “checks.sum.statement” is missing here.',
     'more.toml:3:1 checks.sum: “equal” is not known here. Did you mean “equals”?']
    """
    text, findings = (source, ()) if isinstance(source, str) else decode(source, file)
    if findings:
        return (), findings
    document = read_document(text, file)
    checker = Checker(file)
    found = [
        *document.findings,
        *checker.check(CHECKS, document.root, Span(0, 0, 1, 1), ""),
        *check_findings(document.root, checker),
    ]
    found.sort(key=lambda finding: (finding.place.line, finding.place.column))
    return (() if found else checks_in(document.root, file)), tuple(found)


def check_findings(root: Table, checker: Checker) -> Iterator[Finding]:
    """What is wrong with the tables of checks beyond their shape."""
    for check_id, (_, table) in _tables(root).items():
        name = f"checks.{check_id}"
        senses = [key for key in _SENSES if key in table.entries]
        if len(senses) > 1:
            message = msg("“{name}” is compared twice: {senses}.")
            at = table.entries[senses[1]].key
            yield checker.finding("plan.two_senses", message, at, name, senses=", ".join(senses))
        if ("verdict" in table.entries) != ("reason" in table.entries):
            message = msg("A verdict has a reason: “{name}” has one without the other.")
            at = table.entries["verdict" if "verdict" in table.entries else "reason"].key
            yield checker.finding("plan.verdict_without_reason", message, at, name)
        unit = _text(table, "unit")
        if unit is not None:
            try:
                Unit.parse(unit.text)
            except UnreadableUnit as problem:
                yield checker.finding(problem.code, problem.message, unit.span, name, hint=problem.hint, text=unit.text)


def checks_in(root: Table, file: str) -> tuple[Check, ...]:
    """The checks of a document without errors."""
    return tuple(_check(check_id, key, table, file) for check_id, (key, table) in _tables(root).items())


def _check(check_id: str, key: Span, table: Table, file: str) -> Check:
    name = f"checks.{check_id}"
    sense = next((key for key in _SENSES if key in table.entries), None)
    verdict, reason = _word(table, "verdict"), _label(table, "reason")
    return Check(
        id=check_id,
        statement=_label(table, "statement") or Label(check_id, check_id),
        value=_word(table, "value"),
        sense=_SENSES[sense] if sense else Sense.EQUALS,
        stated=_word(table, sense) if sense else "",
        unit=_word(table, "unit"),
        group=_word(table, "group"),
        judgement=Judgement(Verdict(verdict), reason) if verdict and reason else None,
        holds_if=_label(table, "holds_if"),
        place=Place(file, key.line, key.column, name),
        value_place=_inside(_text(table, "value"), file, name),
        stated_place=_inside(_text(table, sense), file, name) if sense else Place(file, key.line, key.column, name),
    )


def _inside(scalar: Scalar | None, file: str, name: str) -> Place:
    """Where a quoted text begins, behind its quote."""
    return Place(file, scalar.span.line, scalar.span.column + 1, name) if scalar else Place(file, 0, 0, name)


def _tables(root: Table) -> dict[str, tuple[Span, Table]]:
    entry = root.entries.get("checks")
    if entry is None or not isinstance(entry.value, Table):
        return {}
    return {key: (one.key, one.value) for key, one in entry.value.entries.items() if isinstance(one.value, Table)}


def _text(table: Table, key: str) -> Scalar | None:
    entry = table.entries.get(key)
    scalar = entry.value if entry else None
    return scalar if isinstance(scalar, Scalar) and scalar.kind is Kind.TEXT else None


def _word(table: Table, key: str) -> str:
    scalar = _text(table, key)
    return scalar.text if scalar else ""


def _label(table: Table, key: str) -> Label | None:
    entry = table.entries.get(key)
    if entry is None or not isinstance(entry.value, Table):
        return None
    return Label(_word(entry.value, "en"), _word(entry.value, "es"))
