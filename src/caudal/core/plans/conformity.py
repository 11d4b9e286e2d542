"""Whether a document has the shape of a plan: all that is unknown, missing or of the wrong kind, with its place."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from caudal.core.errors import Finding, Place, Problem, Severity, msg
from caudal.core.intervals import UnreadableNumber, exact
from caudal.core.plans.document import Array, Entry, Kind, Scalar, Span, Table, Value
from caudal.core.plans.shape import EXACT, ID, ID_HINT, Group, Leaf, ListOf, MapOf, Shape
from caudal.core.plans.units import nearest

_SHOWN = 40
_NUMBER_LENGTH_MAX = 60
_EXPONENT_MAX = 30

DID_YOU_MEAN = msg("Did you mean “{near}”?")

_WANTED = {
    Kind.TEXT: msg("“{name}” must be a text in quotes."),
    Kind.WHOLE: msg("“{name}” must be a whole number from {least} up."),
    Kind.DECIMAL: msg("“{name}” must be a number such as 0.25, or a fraction in quotes such as '1/3'."),
    Kind.SWITCH: msg("“{name}” can only be true; leave it out otherwise."),
}


@dataclass(frozen=True, slots=True)
class Checker:
    """Says what is wrong in one file."""

    file: str

    def finding(
        self,
        code: str,
        message: str,
        span: Span,
        name: str,
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
        **params: object,
    ) -> Finding:
        """A finding with its place in this file; what the file says itself is cut to what fits a line."""
        name = name[: _SHOWN * 3]
        for quoted in ("text", "key", "unit"):
            if quoted in params:
                params[quoted] = str(params[quoted])[: _SHOWN * 2]
        place = Place(self.file, span.line, span.column, name)
        return Finding(
            code=code, message=message, severity=severity, place=place, hint=hint, params={"name": name} | params
        )

    def unknown(
        self,
        code: str,
        message: str,
        scalar: Scalar,
        name: str,
        known: Collection[str],
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """A finding about an id that is none of the known ones, with the one that was most likely meant."""
        near = nearest(scalar.text, known)
        return self.finding(
            code,
            message,
            scalar.span,
            name,
            hint=DID_YOU_MEAN if near else "",
            severity=severity,
            text=scalar.text,
            near=near,
        )

    def refused(self, problem: Problem, span: Span, name: str) -> Finding:
        """What another room refused, as a finding at its place."""
        hint = DID_YOU_MEAN if problem.params.get("near") else problem.hint
        finding = self.finding(problem.code, problem.message, span, name, hint=hint)
        return replace(finding, params=problem.params)

    def check(self, shape: Shape, value: Value, at: Span, name: str) -> Iterator[Finding]:
        """Everything in which a value differs from a shape; `at` is where its key stands."""
        if isinstance(shape, Group):
            yield from self._group(shape, value, at, name)
        elif isinstance(shape, MapOf):
            yield from self._map(shape, value, at, name)
        elif isinstance(shape, ListOf):
            yield from self._list(shape, value, at, name)
        else:
            yield from self._leaf(shape, value, at, name)

    def _group(self, shape: Group, value: Value, at: Span, name: str) -> Iterator[Finding]:
        if not isinstance(value, Table):
            yield self._no_table(at, name)
            return
        for key, entry in value.entries.items():
            if key in shape.fields:
                yield from self.check(shape.fields[key], entry.value, entry.key, _path(name, key))
            else:
                yield self._unknown_key(key, entry, shape, name)
        missing = [] if value.broken else [key for key in shape.required if key not in value.entries]
        for key in missing:
            yield self.finding(
                "plan.missing_key", msg("“{key}” is missing here."), _head(value, at), name, key=_path(name, key)
            )

    def _map(self, shape: MapOf, value: Value, at: Span, name: str) -> Iterator[Finding]:
        if not isinstance(value, Table):
            yield self._no_table(at, name)
            return
        for key, entry in value.entries.items():
            if not re.fullmatch(ID, key):
                yield self.finding(
                    "plan.bad_id",
                    msg("“{key}” is not an id."),
                    entry.key,
                    _path(name, key),
                    hint=ID_HINT,
                    key=key,
                )
            yield from self.check(shape.value, entry.value, entry.key, _path(name, key))

    def _list(self, shape: ListOf, value: Value, at: Span, name: str) -> Iterator[Finding]:
        if not isinstance(value, Array) or not value.items:
            yield self.finding("plan.wrong_type", msg("“{name}” must be a list [ … ] with something in it."), at, name)
            return
        seen: set[str] = set()
        for item in value.items:
            yield from self._leaf(shape.item, item, item.span, name)
            if isinstance(item, Scalar) and item.text in seen:
                yield self.finding(
                    "plan.duplicate", msg("“{key}” is in the list twice."), item.span, name, key=item.text
                )
            seen.add(item.text if isinstance(item, Scalar) else "")

    def _leaf(self, shape: Leaf, value: Value, at: Span, name: str) -> Iterator[Finding]:
        span = value.span if isinstance(value, Scalar) else at
        if not isinstance(value, Scalar) or not _fits(shape, value):
            yield self.finding("plan.wrong_type", _WANTED[shape.kind], span, name, least=shape.least)
        elif shape.kind is Kind.DECIMAL and number(value) is None:
            yield self.finding(
                "plan.not_exact", msg("“{text}” is not a number that fits."), span, name, text=value.text
            )
        elif shape.kind is Kind.TEXT and shape.choices and value.text not in shape.choices:
            yield self.finding(
                "plan.unknown_word",
                msg("“{text}” is not one of: {choices}."),
                span,
                name,
                text=value.text,
                choices=", ".join(shape.choices),
            )
        elif shape.kind is Kind.TEXT and not value.text.strip():
            yield self.finding("plan.empty_text", msg("“{name}” is empty."), span, name)
        elif shape.pattern and not re.fullmatch(shape.pattern, value.text):
            message = msg("“{text}” does not fit “{name}”.")
            yield self.finding("plan.bad_text", message, span, name, hint=shape.hint, text=value.text)

    def _unknown_key(self, key: str, entry: Entry, shape: Group, name: str) -> Finding:
        near = nearest(key, shape.fields)
        return self.finding(
            "plan.unknown_key",
            msg("“{key}” is not known here."),
            entry.key,
            name,
            hint=DID_YOU_MEAN if near else msg("Known are: {known}."),
            key=key,
            near=near,
            known=", ".join(shape.fields),
        )

    def _no_table(self, at: Span, name: str) -> Finding:
        return self.finding("plan.wrong_type", msg("“{name}” must be a table."), at, name)


def number(value: Scalar) -> Fraction | None:
    """The exact number that a scalar writes, or None; a decimal is read as written and not as a binary float."""
    written = value.text
    if len(written) > _NUMBER_LENGTH_MAX:
        return None
    if value.kind is Kind.TEXT:
        try:
            return exact(written) if re.fullmatch(EXACT, written) else None
        except UnreadableNumber:
            return None
    if value.kind is Kind.WHOLE:
        digits = written.replace("_", "").lower()
        return Fraction(int(digits, 0 if digits[:2] in {"0x", "0o", "0b"} else 10))
    if value.kind is not Kind.DECIMAL or written.lower().lstrip("+-") in {"inf", "nan"}:
        return None
    decimal = Decimal(written.replace("_", ""))
    return Fraction(decimal) if abs(decimal.adjusted()) <= _EXPONENT_MAX else None


def _fits(shape: Leaf, value: Scalar) -> bool:
    if shape.kind is Kind.DECIMAL:
        return value.kind in {Kind.DECIMAL, Kind.WHOLE, Kind.TEXT}
    if shape.kind is Kind.WHOLE:
        whole = number(value) if value.kind is Kind.WHOLE else None
        return whole is not None and whole >= shape.least
    if shape.kind is Kind.SWITCH and shape.choices:
        return value.kind is Kind.SWITCH and value.text in shape.choices
    return value.kind is shape.kind


def _path(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _head(table: Table, at: Span) -> Span:
    return table.headed[0] if table.headed else at
