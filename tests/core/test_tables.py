"""Tables that somebody else wrote, read from their bytes and cells."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.tables import (
    DayEvidence,
    DayOrder,
    Exact,
    NotText,
    NumberEvidence,
    NumberStyle,
    UnreadableDay,
    UnreadableNumber,
    delimiter_of,
    encodings_of,
    lines_of,
    read_day,
    read_number,
)

POINT, COMMA = NumberStyle.POINT, NumberStyle.COMMA
AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=2)


def written(number: Decimal, style: NumberStyle) -> str:
    text = f"{number:,.2f}"
    return text if style is POINT else text.translate(str.maketrans(",.", ".,"))


@given(AMOUNTS, st.sampled_from(NumberStyle))
def test_a_number_is_read_as_it_was_written(number: Decimal, style: NumberStyle) -> None:
    assert read_number(written(number, style), style) == number


@given(st.lists(AMOUNTS, min_size=1), st.sampled_from(NumberStyle))
def test_a_column_with_cents_tells_how_its_numbers_are_written(numbers: list[Decimal], style: NumberStyle) -> None:
    column = NumberEvidence()
    for number in numbers:
        column.see(written(number, style))
    assert (column.style, column.is_clear) == (style, True)


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("1054", POINT, "1054"),
        ("-12.5", POINT, "-12.5"),
        ("12.5-", POINT, "-12.5"),
        ("(1,234.50)", POINT, "-1234.50"),
        ("€ 1.234,50", COMMA, "1234.50"),
        ("1 234,50 EUR", COMMA, "1234.50"),
        ("1'234.50", POINT, "1234.50"),
        (".5", POINT, "0.5"),
    ],
)
def test_a_number_is_read_through_signs_and_currencies(text: str, style: NumberStyle, number: str) -> None:
    assert read_number(text, style) == Decimal(number)


@pytest.mark.parametrize("text", ["", "=1+1", "12,34,5", "1.2.3", "abc", "1e5", "10-20", "--", "1,2345", "٣"])
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableNumber, match="is not a number"):
        read_number(text, POINT)


def test_groups_of_three_alone_leave_two_ways_to_read_a_column() -> None:
    column = NumberEvidence()
    for text in ("1.234", "2.500", "7"):
        column.see(text)
    assert (column.style, column.is_clear) == (COMMA, False)
    column.see("0.5")
    assert (column.style, column.is_clear) == (POINT, True)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)), st.sampled_from(["/", "-", "."]))
def test_a_day_is_read_as_it_was_written(day: date, mark: str) -> None:
    assert read_day(day.isoformat(), DayOrder.MONTH_FIRST) == day
    assert read_day(f"{day:%d{mark}%m{mark}%Y}", DayOrder.DAY_FIRST) == day
    assert read_day(f"{day:%m{mark}%d{mark}%y}", DayOrder.MONTH_FIRST) == day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-31 10:05", datetime(2026, 3, 31, 10, 5)),  # noqa: DTZ001  the cell names no zone
        ("2026-03-31T10:05:07.250Z", datetime(2026, 3, 31, 10, 5, 7, tzinfo=UTC)),
        ("31/03/2026 10:05 +0530", datetime(2026, 3, 31, 10, 5, tzinfo=timezone(timedelta(minutes=330)))),
    ],
)
def test_a_time_of_day_is_kept_with_its_zone(text: str, instant: datetime) -> None:
    assert read_day(text, DayOrder.DAY_FIRST) == instant


@pytest.mark.parametrize(
    "text", ["2026-02-30", "31/31/2026", "soon", "2026-03", "10:30", "2026-03-31 25:00", "1/2-2026"]
)
def test_what_is_no_day_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableDay, match="is not a day"):
        read_day(text, DayOrder.DAY_FIRST)


def test_one_day_beyond_the_twelfth_settles_the_order_of_its_column() -> None:
    column = DayEvidence()
    column.see("03/04/2026")
    assert (column.order, column.is_clear) == (DayOrder.DAY_FIRST, False)
    column.see("03/13/2026")
    assert (column.order, column.is_clear) == (DayOrder.MONTH_FIRST, True)
    column.see("13/03/2026")
    assert not column.is_clear


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UnreadableNumber):
        assert read_number(text, COMMA).is_finite()
    with suppress(UnreadableDay):
        assert read_day(text, DayOrder.DAY_FIRST).year


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_rows_evenly(delimiter: str) -> None:
    rows = [["empresa", "importe", "nota"], ["Acme", "1200", "a, b; c"], ["Globex", "7", ""]]
    sample = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert delimiter_of(sample) == delimiter


def test_a_decimal_comma_is_no_delimiter() -> None:
    assert delimiter_of("empresa;importe;otro\nAcme;1,5;2,5\nGlobex;3,5;4,5\n") == ";"


def test_encodings_come_from_the_mark_and_then_from_the_bytes() -> None:
    assert encodings_of("ñ".encode("utf-16-be")[:0] + b"\xfe\xff\x00\xf1") == ("utf-16",)
    assert encodings_of("año".encode("cp1252")) == ("utf-8", "cp1252")
    for binary in (b"\x89PNG\r\n\x1a\n\x00", b"%PDF-1.7\x00", b"\x01\x02\x03"):
        with pytest.raises(NotText):
            encodings_of(binary)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_letters_without_a_mark_are_told_by_their_zeros(encoding: str) -> None:
    assert encodings_of("nombre;año\nPeluquería Ñandú;2026\n".encode(encoding)) == (encoding,)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_letters_with_a_mark_are_told_by_it(encoding: str) -> None:
    assert encodings_of("ab".encode(encoding)) == (encoding,)


def test_a_quotation_mark_that_is_not_closed_costs_its_own_line_alone() -> None:
    text = ["a,b\n", '1,"never closed\n', "2,x\n", '3,"y"\n', "4,z\n"]
    assert [(line.number, line.cells, bool(line.wrong)) for line in lines_of(text, ",")] == [
        (1, ("a", "b"), False),
        (2, (), True),
        (3, ("2", "x"), False),
        (4, ("3", "y"), False),
        (5, ("4", "z"), False),
    ]


def test_title_lines_do_not_hide_the_delimiter() -> None:
    assert delimiter_of("Informe de ventas\n\nEmpresa;Importe;Fecha\nAcme;1,5;x\nGlobex;2,5;y\n") == ";"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("45631", date(2024, 12, 5)),
        ("45631.5", datetime(2024, 12, 5, 12, 0)),  # noqa: DTZ001  the cell names no zone
        ("5 Dec 2024", date(2024, 12, 5)),
        ("Dec 5, 2024", date(2024, 12, 5)),
        ("5 de diciembre de 2024", date(2024, 12, 5)),
        ("12/5/2024, 3:05 PM", datetime(2024, 12, 5, 15, 5)),  # noqa: DTZ001  the cell names no zone
        ("2024-12-05T10:00:00.000+0000", datetime(2024, 12, 5, 10, 0, tzinfo=UTC)),
        ("1733392800000", datetime(2024, 12, 5, 10, 0, tzinfo=UTC)),
    ],
)
def test_days_are_read_as_other_systems_write_them(text: str, day: date) -> None:
    # 45,631 days after 30 December 1899 are 5 December 2024, as XLSX files of Pipedrive have it.
    assert read_day(text, DayOrder.MONTH_FIRST) == day


def test_a_number_of_a_workbook_needs_no_style() -> None:
    column = NumberEvidence()
    column.see(Exact("1.234"))
    assert column.is_clear
    assert read_number(Exact("1.234"), COMMA) == Decimal("1.234")
    with pytest.raises(UnreadableNumber):
        read_number(Exact("NaN"), POINT)


def test_rows_keep_the_line_on_which_they_begin() -> None:
    text = ["a,b\n", '1,"two\n', 'lines"\n', "\n", '"bad"x,3\n', "4,5\n"]
    assert [(line.number, line.cells, bool(line.wrong)) for line in lines_of(text, ",")] == [
        (1, ("a", "b"), False),
        (2, ("1", "two\nlines"), False),
        (5, (), True),
        (6, ("4", "5"), False),
    ]


def test_a_huge_cell_is_one_wrong_row_and_the_next_is_read() -> None:
    text = ["a,b\n", f"{'x' * 200_000},2\n", "3,4\n"]
    assert [bool(line.wrong) for line in lines_of(text, ",")] == [False, True, False]
