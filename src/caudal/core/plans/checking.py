"""The tables of checks in a plan file, or in a file of their own beside it."""

from collections.abc import Iterator
from typing import Final

from caudal.core.errors import Finding, Place, msg
from caudal.core.expressions import Unit, UnreadableUnit
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Scalar, Span, Table, decode, read_document
from caudal.core.plans.labels import Label
from caudal.core.plans.pieces import label_at, must_at, tables_at, text_at, word_at
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
    for check_id, (_, table) in tables_at(root, "checks").items():
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
        unit = text_at(table, "unit")
        if unit is not None:
            try:
                Unit.parse(unit.text)
            except UnreadableUnit as problem:
                yield checker.finding(problem.code, problem.message, unit.span, name, hint=problem.hint, text=unit.text)


def checks_in(root: Table, file: str) -> tuple[Check, ...]:
    """The checks of a document without errors."""
    return tuple(_check(check_id, key, table, file) for check_id, (key, table) in tables_at(root, "checks").items())


def _check(check_id: str, key: Span, table: Table, file: str) -> Check:
    name = f"checks.{check_id}"
    sense = next((key for key in _SENSES if key in table.entries), None)
    verdict, reason = word_at(table, "verdict"), _label(table, "reason")
    return Check(
        id=check_id,
        statement=label_at(table, "statement"),
        value=must_at(table, "value"),
        sense=_SENSES[sense] if sense else Sense.EQUALS,
        stated=must_at(table, sense) if sense else "",
        unit=word_at(table, "unit") or "",
        group=word_at(table, "group") or "",
        judgement=Judgement(Verdict(verdict), reason) if verdict and reason else None,
        holds_if=_label(table, "holds_if"),
        place=Place(file, key.line, key.column, name),
        value_place=_inside(text_at(table, "value"), file, name),
        stated_place=_inside(text_at(table, sense), file, name) if sense else Place(file, key.line, key.column, name),
    )


def _inside(scalar: Scalar | None, file: str, name: str) -> Place:
    """Where a quoted text begins, behind its quote."""
    return Place(file, scalar.span.line, scalar.span.column + 1, name) if scalar else Place(file, 0, 0, name)


def _label(table: Table, key: str) -> Label | None:
    return label_at(table, key) if key in table.entries else None
