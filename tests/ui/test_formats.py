"""Numbers, money, shares and dates read as the reader's language writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.numbers import parse_decimal
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from caudal.ui import formats
from caudal.ui.formats import COUNT, DAYS, SHARE, Unit, reader_locale

EN, ES = reader_locale("en"), reader_locale("es")
MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 3, 4, 15, 40, tzinfo=UTC)  # a Wednesday, 16:40 in Madrid


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (Decimal("1234567.5"), "EUR", EN, "€1,234,567.50"),
        (Decimal("1234567.5"), "EUR", ES, "1.234.567,50 €"),
        (Decimal(-1210), "USD", EN, "−$1,210.00"),
        (Decimal(-1210), "USD", ES, "−1.210,00 US$"),
        (7, "JPY", EN, "¥7"),
        (Fraction(1, 3), "EUR", EN, "€0.33"),
    ],
)
def test_money_carries_its_currency_and_the_readers_separators(
    amount: formats.Number, currency: str, locale: Locale, text: str
) -> None:
    assert formats.money_text(amount, currency, locale).replace("\N{NO-BREAK SPACE}", " ") == text


def test_whole_money_rounds_half_to_even_and_is_never_minus_zero() -> None:
    assert formats.money_text(Decimal("2.5"), "EUR", EN, whole=True) == "€2"
    assert formats.money_text(Decimal("-0.4"), "EUR", EN, whole=True) == "€0"


def test_money_under_a_header_that_names_the_currency_is_bare() -> None:
    assert formats.money_text(Decimal(-1210), "EUR", ES, name=False) == "−1.210,00"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False))
def test_a_written_amount_reads_back_as_the_same_amount(amount: Decimal) -> None:
    for locale in (EN, ES):
        written = formats.money_text(amount, "EUR", locale, name=False)
        assert parse_decimal(written.replace("−", "-"), locale=locale) == amount


def test_a_percent_has_one_decimal_at_most_and_a_change_of_it_is_in_points() -> None:
    assert formats.percent_text(Fraction(3, 8), EN) == "37.5%"
    assert formats.percent_text(Decimal("0.25"), EN) == "25%"
    assert formats.percent_text(Fraction(1, 3), ES).replace("\N{NO-BREAK SPACE}", " ") == "33,3 %"
    assert formats.points_text(Decimal("-0.0235"), EN) == "−2.4 points"  # half to even at one decimal: 2.35 becomes 2.4
    assert formats.points_text(Decimal("0.01"), EN) == "+1 point"
    assert formats.points_text(Decimal("0.0001"), EN) == "0 points"


def test_a_plain_number_keeps_what_it_has_up_to_three_decimals() -> None:
    assert formats.number_text(1234, EN) == "1,234"
    assert formats.number_text(Fraction(1, 3), EN) == "0.333"
    assert formats.number_text(Decimal("12.50"), EN) == "12.5"
    assert formats.number_text(5100, EN) == "5,100"
    assert formats.number_text(0.1, EN) == "0.1"
    assert formats.number_text(3, EN, sign=True) == "+3"


def test_a_quantity_says_its_unit_and_what_it_is_counted_per() -> None:
    assert formats.quantity_text(1200, Unit("money", "EUR", "month"), EN) == "€1,200 per month"
    assert formats.quantity_text(Decimal("51.78"), DAYS, EN) == "52 days"
    assert formats.quantity_text(1, DAYS, EN) == "1 day"
    assert formats.quantity_text(Fraction(1, 4), SHARE, EN) == "25%"
    assert formats.quantity_text(3, Unit("count", per="berth"), EN) == "3 / berth"
    assert formats.quantity_text(None, COUNT, EN) == ""


def test_an_interval_says_which_end_is_open() -> None:
    assert formats.interval_text(40, 60, COUNT, EN) == "40 to 60"
    assert formats.interval_text(40, None, Unit("count", per="month"), EN) == "at least 40 per month"
    assert formats.interval_text(None, Decimal("0.05"), SHARE, EN) == "at most 5%"
    assert formats.interval_text(10, 10, COUNT, EN) == "10"
    assert formats.interval_text(None, None, COUNT, EN) == ""


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "today 16:40"),
        (timedelta(hours=16), "today 00:40"),
        (timedelta(hours=17), "yesterday 23:40"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=7), "Feb 25"),
        (timedelta(days=400), "Jan 28, 2025"),
        (timedelta(days=-1), "tomorrow 16:40"),
        (timedelta(days=-5), "in 5 days"),
    ],
)
def test_an_instant_is_told_in_words_within_a_week_of_now(ago: timedelta, text: str) -> None:
    assert formats.instant_text(NOW - ago, EN, MADRID, now=NOW) == text


def test_dates_are_written_in_spanish_for_spanish_readers() -> None:
    with translation.override("es"):
        assert formats.day_text(date(2026, 3, 3), ES, today=date(2026, 3, 4)) == "ayer"
        assert formats.day_text(date(2026, 2, 1), ES, today=date(2026, 3, 4)) == "1 feb"
        assert formats.interval_text(40, None, COUNT, ES) == "40 o más"


def test_the_full_instant_names_its_zone() -> None:
    assert formats.full_instant_text(NOW, EN, MADRID) == "Mar 4, 2026, 16:40:00 Europe/Madrid"
