"""The builder of filters: what it writes reads back as the same comparison, and is said in words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import pytest
from django.utils import translation

from caudal.core.expressions import Expression, parse, show
from caudal.crm.shapes import DEALS
from caudal.kit.access import SYSTEM
from caudal.kit.filters import checked
from caudal.kit.shapes import FieldKind, Reader, ShapeField
from caudal.ui.lists.comparisons import Asks, Comparison, NotTyped, comparisons_of
from caudal.ui.lists.words import Speaker, joined, parts_of

READER = Reader(actor=SYSTEM, as_of=datetime(2026, 3, 2, tzinfo=UTC), currency="EUR")
SHAPE = DEALS
MEMBER = "member_01h455vb4pex5vsknk084sn02q"
TYPED: Final[Mapping[Asks, Sequence[tuple[str, ...]]]] = {
    Asks.NOTHING: [()],
    Asks.TEXT: [("acme",), ('a "quoted" \\ one',)],
    Asks.NUMBER: [("5000",), ("-2.5",), ("0",)],
    Asks.NUMBERS: [("1", "20.25")],
    Asks.LENGTH: [("30", "day"), ("1", "quarter")],
    Asks.PERIOD: [("week:0",), ("quarter:1",), ("year:-1",)],
    Asks.DAY: [("2026-03-31",)],
    Asks.DAYS: [("2026-03-01", "2026-03-31")],
}
CASES = [
    pytest.param(field, comparison, typed, id=f"{field.name} {comparison.key} {typed}")
    for field in SHAPE.fields
    for comparison in comparisons_of(field)
    for typed in TYPED.get(comparison.asks, [("open",), ("open", "won")] if field.conditions else [])
]


def field(name: str) -> ShapeField:
    return SHAPE.field(name, SYSTEM)


@pytest.mark.parametrize(("found", "comparison", "typed"), CASES)
def test_what_the_builder_writes_is_checked_and_known_again(
    found: ShapeField, comparison: Comparison, typed: tuple[str, ...]
) -> None:
    node = comparison.write(found, typed, "EUR" if found.kind is FieldKind.MONEY else "")
    read = checked(SHAPE, show(node), READER).expression
    assert isinstance(read, Expression)
    known = Speaker(SHAPE, READER).known(parse(show(node)))
    assert known is not None
    assert (known.field.name, known.comparison.key, known.values) == (found.name, comparison.key, typed)


@pytest.mark.parametrize(
    ("text", "en", "es"),
    [
        ("amount > 5000", "Amount over €5,000", "Importe: más de 5.000 €"),
        ("amount between 1 and 2.5 EUR", "Amount between €1 and €2.50", "Importe entre 1 € y 2,50 €"),
        ('state = "won"', "State is Won", "Estado: Ganada"),
        ('state in ("won", "lost")', "State is Won or Lost", "Estado: Ganada o Perdida"),
        ("in_last(closed_at, 30 days)", "Closed in the last 30 days", "Cerrada: en los últimos 30 días"),
        (
            "in_quarter(expected_close_date, 1)",
            "Expected to close: next quarter",
            "Cierre previsto: el trimestre que viene",
        ),
        ("owner is empty", "Owner is empty", "Responsable: sin dato"),
        ('contains(company.name, "acme")', "Company's name contains “acme”", "Nombre de la empresa contiene “acme”"),
        ("owner.in_my_team", "Owner is in my team", "El responsable es de mi equipo"),
        (
            "owner.in_my_team or amount is empty",
            "Owner is in my team or Amount is empty",
            "El responsable es de mi equipo o Importe: sin dato",
        ),
        ("length(name) > 3", "length(name) > 3", "length(name) > 3"),
    ],
)
@pytest.mark.django_db
def test_a_filter_is_said_in_words(text: str, en: str, es: str) -> None:
    for language, said in (("en", en), ("es", es)):
        with translation.override(language):
            assert Speaker(SHAPE, READER).say(parse(text)).replace("\xa0", " ") == said


def test_conditions_come_apart_and_go_together_again() -> None:
    text = 'state = "open" and not before(closed_at, 2026-03-01) and amount > 5 and (name is empty or amount < 3)'
    parts = parts_of(parse(text))
    assert [show(part) for part in parts] == [
        'state = "open"',
        "not before(closed_at, 2026-03-01)",
        "amount > 5",
        "name is empty or amount < 3",
    ]
    assert parse(joined(parts)) == parse(text)


@pytest.mark.parametrize(
    ("name", "key", "typed"),
    [
        ("amount", "over", ("much",)),
        ("amount", "over", ("",)),
        ("amount", "over", ("1e400",)),
        ("amount", "between", ("1", "")),
        ("name", "contains", ("  ",)),
        ("opened_at", "last", ("0", "day")),
        ("opened_at", "last", ("3", "fortnight")),
        ("opened_at", "on", ("31/3/2026",)),
        ("opened_at", "days", ("2026-03-01", "")),
        ("opened_at", "period", ("decade:0",)),
        ("stage", "one_of", ()),
    ],
)
def test_what_was_not_typed_is_refused(name: str, key: str, typed: tuple[str, ...]) -> None:
    chosen = next(each for each in comparisons_of(field(name)) if each.key == key)
    with pytest.raises(NotTyped):
        chosen.write(field(name), typed, "")


def test_a_record_that_is_not_in_a_list_of_options_is_only_there_or_not() -> None:
    assert [each.key for each in comparisons_of(field("company"))] == ["empty", "filled"]
    assert MEMBER in show(comparisons_of(field("owner"))[0].write(field("owner"), (MEMBER,), ""))
