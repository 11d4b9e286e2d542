"""Formulas: fields of one's own that an expression computes from other fields of the same record.

Nothing of them is stored. The database computes them where rows are read, filtered, sorted, put together or added up,
so that a list, a page, a file and the API say the same; rows carry what was computed for them under `OwnField.alias`.
A formula speaks of the fields that its kind of record has, other formulas among them, and never of itself.

A formula that fits no more, because the company's currency is another say, is empty everywhere; `findings_of` says why.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    QuerySet,
    Value,
)
from django.db.models import Field as DbField
from django.db.models.expressions import Combinable
from psycopg import sql

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.expressions import (
    TEXT,
    Call,
    Checked,
    Expression,
    Field,
    Kind,
    Parameters,
    Schema,
    Term,
    TooMuchSql,
    Type,
    Unit,
    check,
    choice,
    link,
    number,
    sql_result,
)
from caudal.core.expressions.terms import AsOf
from caudal.core.expressions.units import plural
from caudal.core.money import Currency
from caudal.kit.filters import as_named, places_of
from caudal.kit.own_fields import FieldType, OwnField, names_in, names_of, tree_of
from caudal.kit.places import PLACE, Written, place
from caudal.kit.records import Record
from caudal.kit.shapes import PLAIN, FieldKind, Reader, Shape, ShapeField, shape_of

FORMULA_LONGEST: Final = 2_000
"""Characters of one formula."""
DEEPEST: Final = 5
"""Formulas that stand on one another."""
MOST_SQL: Final = 20_000
"""Characters of SQL that a formula becomes, with everything that it stands on."""

CHECKED_MOST: Final = 1_000
_CHECKED: dict[Any, Checked] = {}
"""What was found of formulas, by all that it depends on."""

KINDS: Final[Mapping[Kind, FieldKind]] = {
    Kind.NUMBER: FieldKind.NUMBER,
    Kind.BOOLEAN: FieldKind.BOOLEAN,
    Kind.TEXT: FieldKind.TEXT,
    Kind.DATE: FieldKind.DATE,
    Kind.INSTANT: FieldKind.INSTANT,
}
HOLDERS: Final[Mapping[str, Any]] = {
    FieldKind.NUMBER: lambda: DecimalField(max_digits=30, decimal_places=6),
    FieldKind.MONEY: lambda: DecimalField(max_digits=30, decimal_places=6),
    FieldKind.BOOLEAN: BooleanField,
    FieldKind.TEXT: CharField,
    FieldKind.DATE: DateField,
    FieldKind.INSTANT: DateTimeField,
}
"""The field of Django's that holds each kind of result."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a formula yields: its kind, and the currency of an amount or the unit of a number."""

    kind: str
    unit: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields that formulas of one kind of record may name: those that every record has, and the company's own."""

    shape: Shape
    own: Mapping[str, OwnField]
    currency: str

    @classmethod
    def of(cls, kind: str, own: Iterable[OwnField], currency: str) -> "Fields":
        """Return the fields of a kind with these own fields, which need not be those that are stored."""
        return cls(shape_of(kind), {each.name: each for each in own if each.active}, currency)

    def schema(self, reader: Reader, *, without: str = "") -> Schema:
        """Return them as expressions know them, `without` being the name of the formula itself."""
        common = {
            each.name: as_named(each, reader) for each in self.shape.fields if each.own is None and not each.personal
        }
        own = {name: own_named(each) for name, each in self.own.items() if name != without}
        return Schema({**common, **own})

    def vetted(self, formula: OwnField, reader: Reader) -> Checked:
        """Return the expression of a formula, or everything for which it is not saved, each with its place."""
        if len(formula.formula) > FORMULA_LONGEST:
            said = msg("A formula has at most 2,000 characters.")
            return Checked(None, (Finding("formula.too_long", said, place=Place("", 1, 1)),))
        found = self.checked(formula, reader)
        refused = self._unfit(formula, found.expression, reader) if found.expression else None
        return Checked(None, (refused,)) if refused else found

    def checked(self, formula: OwnField, reader: Reader) -> Checked:
        """Return the expression of a formula, or what is wrong with its parts, each with its place.

        What was checked is remembered: a list asks for every formula of its kind again and again.
        """
        known = (self.shape.kind, tuple(self.own.values()), self.currency, formula)
        if known not in _CHECKED:
            if len(_CHECKED) >= CHECKED_MOST:
                _CHECKED.clear()
            _CHECKED[known] = self._checked(formula, reader)
        return _CHECKED[known]

    def _checked(self, formula: OwnField, reader: Reader) -> Checked:
        found = check(formula.formula, self.schema(reader, without=formula.name))
        if found.expression is None:
            return replace(found, findings=tuple(_explained(each, formula) for each in found.findings))
        circle = self.circle(formula)
        if not circle:
            return found
        at = Place("", *_place_in(formula.formula, circle[1]))
        said = msg("This formula would go round in a circle: {way}.")
        return Checked(None, (Finding("formula.circle", said, place=at, params={"way": " → ".join(circle)}),))

    def users(self, name: str) -> list[OwnField]:
        """Return the formulas that name a field, in their order."""
        return [each for each in self.own.values() if each.computed and name in names_of(each.formula)]

    def resting_on(self, name: str) -> list[OwnField]:
        """Return the formulas that a field goes into, however far away, those that name it first."""
        found: dict[str, OwnField] = {}
        waiting = self.users(name)
        while waiting:
            each = waiting.pop(0)
            if each.name not in found and each.name != name:
                found[each.name] = each
                waiting += self.users(each.name)
        return list(found.values())

    def circle(self, formula: OwnField) -> list[str]:
        """Return the names on the way from a formula back to itself, nothing without such a way."""
        ways = [[formula.name, name] for name in sorted(names_of(formula.formula))]
        seen = set()
        while ways:
            way = ways.pop(0)
            last = self.own.get(way[-1])
            if way[-1] == formula.name:
                return way
            if last is not None and last.computed and last.name not in seen:
                seen.add(last.name)
                ways += [[*way, name] for name in sorted(names_of(last.formula))]
        return []

    def depths(self) -> dict[str, int]:
        """Return how many formulas stand on one another up to each, itself among them; circles count as too many."""
        left = {name: names_of(each.formula) for name, each in self.own.items() if each.computed}
        found: dict[str, int] = {}
        while left:
            ready = {name for name, names in left.items() if not names & left.keys()}
            if not ready:
                return found | dict.fromkeys(left, DEEPEST + 1)
            found |= {name: 1 + max((found.get(each, 0) for each in left[name]), default=0) for name in ready}
            left = {name: names for name, names in left.items() if name not in ready}
        return found

    def weight(self, formula: OwnField, reader: Reader) -> int:
        """Return how long the SQL of a formula is with everything that it stands on. Raises TooMuchSql."""
        found = check(formula.formula, self.schema(reader, without=formula.name)).expression
        if found is None:
            return 0
        text = sql_of(formula, found, Parameters(reader.setting))
        marks = [mark for mark, _ in PLACE.findall(text) if mark]
        below = {mark: each for mark in set(marks) if (each := self.own.get(mark)) and each.computed}
        weights = {mark: self.weight(each, reader) for mark, each in below.items()}
        total = len(text) + sum(weights.get(mark, 0) for mark in marks)
        if total > MOST_SQL:
            raise TooMuchSql
        return total

    def _unfit(self, formula: OwnField, found: Expression, reader: Reader) -> Finding | None:
        """Return why a formula whose parts fit is not saved."""
        here = Place("", 1, 1)
        if replace(self, own={**self.own, formula.name: formula}).depths()[formula.name] > DEEPEST:
            said = msg("Too many formulas stand on one another: {most} are the most.")
            return Finding("formula.too_deep", said, place=here, params={"most": DEEPEST})
        refused = _no_result(found.type)
        if refused:
            return Finding("formula.result", refused, place=here)
        try:
            self.weight(formula, reader)
        except TooMuchSql as problem:
            return Finding(problem.code, problem.message, place=here, hint=problem.hint)
        return None


def _explained(finding: Finding, formula: OwnField) -> Finding:
    """Say of a formula that names itself that it does, rather than that there is no such field."""
    if finding.code == "expression.field_unknown" and finding.params.get("name") == formula.name:
        return replace(finding, code="formula.circle", message=msg("A formula cannot speak of itself."), hint="")
    return finding


def own_type(own: OwnField) -> Type:
    """Return what expressions take a field of one's own for."""
    kind = own.result if own.computed else own.type
    match kind:
        case FieldType.NUMBER | FieldType.MONEY:
            return number(own.currency or own.unit)
        case FieldType.CHOICE:
            return choice(*own.options)
        case FieldType.LINK:
            return link(own.link_kind)
    return PLAIN.get(FieldKind(kind), TEXT) if kind in set(FieldKind) else TEXT


def own_named(own: OwnField) -> Field:
    """Return a field of one's own as expressions know it, with the marks for where it stands in SQL."""
    minor = own.currency and Currency(own.currency).minor_per_major != 1
    return Field(own_type(own), place(own.name), place(f"{own.name}/over") if minor else "")


def result_of(found: Type) -> Result:
    """Return what a formula of a type yields.

    >>> result_of(number("EUR")), result_of(number("days")).unit
    (Result(kind='money', unit='', currency='EUR'), 'days')
    """
    unit = found.unit or Unit()
    if found.kind is not Kind.NUMBER:
        return Result(KINDS[found.kind].value)
    if unit.is_money and _is_currency(unit.symbol):
        return Result(FieldKind.MONEY.value, currency=unit.symbol)
    said = plural(unit.symbol) if unit.symbol else str(unit)
    return Result(FieldKind.NUMBER.value, unit=said if unit.powers else "")


def places_after(own: OwnField) -> int:
    """Return how many digits after the point a formula has."""
    return Currency(own.currency).exponent if own.currency else own.decimals


def sql_of(own: OwnField, found: Expression, parameters: Parameters) -> str:
    """Return the SQL text of a formula, an amount in minor units as all amounts are. Raises TooMuchSql."""
    text = sql_result(found.term, parameters, places_after(own))
    per_major = Currency(own.currency).minor_per_major if own.currency else 1
    return text if per_major == 1 else f"({text} * {per_major})"


def column_of(own: OwnField, reader: Reader, fields: Fields | None = None) -> Combinable:
    """Return a formula as the database computes it for a row; null where it fits no more."""
    shape = shape_of(own.record_kind) if fields is None else fields.shape
    if fields is None:
        fields = Fields(shape, {each.name: each.own for each in shape.fields if each.own}, reader.currency)
    found = fields.checked(own, reader).expression
    holder = HOLDERS[own.result]()
    if found is None or not _still(own, found.type):
        return Value(None, output_field=holder)
    parameters = Parameters(reader.setting)
    text = sql_of(own, found, parameters)
    return Written(text, places_of(shape, reader), parameters.values, output_field=holder)


def with_formulas(
    rows: "QuerySet[Any]", shape: Shape, reader: Reader, names: Collection[str] | None = None
) -> "QuerySet[Any]":
    """Let rows carry what the formulas of their kind make of them, all of them or those that are named."""
    found = {
        each.alias: each.column(reader)
        for each in formulas_of(shape, reader)
        if callable(each.column) and (names is None or each.name in names)
    }
    return rows.annotate(**found) if found else rows


def computed(records: Sequence[Record], reader: Reader) -> None:
    """Let records of one kind, read without it, carry what formulas make of them, in one query; none without any."""
    shape = shape_of(records[0].kind) if records else None
    aliases = [each.alias for each in formulas_of(shape, reader)] if shape else []
    if shape is None or not aliases:
        return
    rows = shape.model._default_manager.filter(pk__in=[each.pk for each in records])
    found = {row["pk"]: row for row in with_formulas(rows, shape, reader).values("pk", *aliases)}
    for each in records:
        for alias in aliases:
            setattr(each, alias, found.get(each.pk, {}).get(alias))


def holder_of(found: ShapeField) -> "DbField[Any, Any]":
    """Return the field of Django's that holds what a formula yields."""
    holder: DbField[Any, Any] = HOLDERS[found.kind]()
    return holder


def formulas_of(shape: Shape, reader: Reader) -> list[ShapeField]:
    """Return the formulas of a kind that a reader may see."""
    return [each for each in shape.seen_by(reader.actor).values() if each.alias]


def index_sql(own: OwnField, fields: Fields, reader: Reader) -> str:
    """Return the text of a formula by which an index finds rows; nothing where there can be none.

    Days that pass, zones, and rows of other tables change what a formula yields without its row being written. Lists
    compute the same text, so the database knows that the index serves them.
    """
    found = fields.checked(own, reader).expression
    if found is None or not _still(own, found.type) or own.result == FieldKind.BOOLEAN or not _settled(found.term):
        return ""
    parameters = Parameters(reader.setting)
    text = sql_of(own, found, parameters)
    marks = {mark: _standing(mark, fields, reader) for mark, _ in PLACE.findall(text) if mark}
    if not all(marks.values()) or any("\\" in value for value in parameters.values.values() if isinstance(value, str)):
        return ""
    values = {name: sql.Literal(value).as_string(None) for name, value in parameters.values.items()}
    return PLACE.sub(lambda each: marks[each[1]] if each[1] else values[each[2]], text)


def _standing(mark: str, fields: Fields, reader: Reader) -> str:
    """Return where a field stands in its own table, nothing for one that stands elsewhere or is computed by the day."""
    name, _, part = mark.partition("/")
    own = fields.own.get(name)
    if own is not None and part:
        return str(Currency(own.currency).minor_per_major)
    if own is not None and own.computed:
        return index_sql(own, fields, reader)
    found = next(each for each in fields.shape.fields if each.name == name)
    if own is not None and callable(found.column):
        column = found.column(reader)
        return PLACE.sub("custom", column.text) if isinstance(column, Written) else ""
    path = found.column if isinstance(found.column, str) and "__" not in found.column else ""
    held = fields.shape.model._meta.get_field(path) if path else None
    return str(held.column) if isinstance(held, DbField) else ""


def _settled(term: Term) -> bool:
    """Say whether a term yields the same on any day and in any zone."""
    match term:
        case Call(function=function, arguments=arguments):
            return not function.uses_setting and all(_settled(each) for each in arguments)
    return not isinstance(term, AsOf)


def findings_of(own: OwnField, fields: Fields, reader: Reader) -> tuple[Finding, ...]:
    """Return why a formula is empty everywhere, nothing for one that works."""
    checked = fields.checked(own, reader)
    if checked.expression is None or _still(own, checked.expression.type):
        return checked.findings
    return (Finding("formula.result", msg("It yields something else than it did. Save it again."), place=Place()),)


def _place_in(text: str, name: str) -> tuple[int, int]:
    node = tree_of(text)
    at = next((each.at for each in names_in(node) if each.name == name), 0) if node else 0
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")


def _is_currency(code: str) -> bool:
    """Say whether there is such a currency: other units may have three capitals too."""
    try:
        Currency(code)
    except Problem:
        return False
    return True


def _still(own: OwnField, found: Type) -> bool:
    """Say whether a formula yields what it did when it was saved."""
    return result_of(found) == Result(own.result, own.unit, own.currency)


def _no_result(found: Type) -> str:
    """Return why a field cannot hold what an expression yields."""
    if found.kind is Kind.NULL:
        return msg("This is always empty.")
    if found.refers:
        return msg("A formula yields a value, not a record. Speak of something that the record has.")
    unit = str(found.unit) if found.unit and found.unit.powers else ""
    if len(unit) > len("USD/customer/month") * 2 or unit == "money":
        return msg("A formula yields an amount in a currency or a number with a simple unit.")
    return ""
