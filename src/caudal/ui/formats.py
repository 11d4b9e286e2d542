"""Write numbers, money, shares, dates and intervals in the reader's language.

Every function takes a value and a babel locale and returns text; none asks what time it is. Negative numbers carry a
true minus, and nothing is abbreviated: a table that is summed must show what it sums.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final, Literal, TypeAlias

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    parse_pattern,
)
from babel.units import format_unit
from django.utils.translation import get_language, gettext, ngettext, to_locale

Number: TypeAlias = int | Decimal | Fraction | float
"""What pages show. A float may come from a forecast; it never comes from money."""

MINUS = "\N{MINUS SIGN}"
NOT_APPLICABLE = "\N{EM DASH}"
WEEK_DAYS = 7
REGIONS = {"en": "en_US", "es": "es_ES"}

MEGA: Final = 10**6


Kind: TypeAlias = Literal["money", "count", "number", "share", "days"]


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts: its kind, for money the currency, and what it is counted per ("month", "customer")."""

    kind: Kind = "number"
    currency: str = ""
    per: str = ""


NUMBER = Unit()
COUNT = Unit("count")
SHARE = Unit("share")
DAYS = Unit("days")


def reader_locale(language: str | None = None) -> Locale:
    """Return the babel locale of `language` (of the active one without it); the bare "es" means Spain's."""
    return locale_named(language or get_language() or "en")


@cache
def locale_named(language: str) -> Locale:
    """Return the babel locale of a language. Kept, because a page has hundreds of numbers."""
    name = to_locale(language)
    return Locale.parse(REGIONS.get(name, name))


def as_decimal(value: Number | str) -> Decimal:
    """Return `value` as a decimal; a fraction is rounded to 28 figures, a float read as it prints."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def rounded(value: Number | str, places: int) -> Decimal:
    """Return `value` rounded half to even at `places` decimals, never as a negative zero."""
    with localcontext() as context:
        context.prec = 60
        result = as_decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return result or abs(result)


def signed(text: str, *, positive: bool) -> str:
    """Return `text` with a true minus, and with a plus before a positive number where changes are shown."""
    text = text.replace("-", MINUS)
    return f"+{text}" if positive else text


def number_text(value: Number, locale: Locale, *, places: int | None = None, sign: bool = False) -> str:
    """Write a plain number with at most `places` decimals (all that it has, up to three, without it)."""
    decimal = as_decimal(value)
    if places is None:
        decimal = rounded(decimal, 3).normalize()
        text = format_decimal(decimal, locale=locale, decimal_quantization=False)
    else:
        decimal = rounded(decimal, places)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        text = format_decimal(decimal, format=pattern, locale=locale)
    return signed(text, positive=sign and decimal > 0)


def money_text(
    amount: Number, currency: str, locale: Locale, *, whole: bool = False, sign: bool = False, name: bool = True
) -> str:
    """Write an amount in major units with its currency; `whole` drops the decimals, `name` the currency's sign."""
    places = 0 if whole else get_currency_precision(currency)
    decimal = rounded(amount, places)
    if not name:
        return number_text(decimal, locale, places=places, sign=sign)
    pattern = money_pattern(locale, places)
    text = format_currency(decimal, currency, format=pattern, locale=locale, currency_digits=False)
    return signed(text, positive=sign and decimal > 0)


@cache
def money_pattern(locale: Locale, places: int) -> NumberPattern:
    """Return how a language writes money with so many decimals. Kept, because a board has hundreds of amounts."""
    pattern = locale.currency_formats["standard"].pattern.split(";")[0]
    return parse_pattern(pattern.replace("#,##0.00", "#,##0" + ("." + "0" * places if places else "")))


def bytes_text(count: int, locale: Locale) -> str:
    """Write the size of a file: "12 kB", "3.4 MB".

    >>> bytes_text(3_400_000, Locale("en")), bytes_text(12_345, Locale("es"))
    ('3.4 MB', '12 kB')
    """
    unit, size = ("megabyte", Decimal(count) / 10**6) if count >= MEGA else ("kilobyte", Decimal(count) / 10**3)
    places = 1 if count >= MEGA else 0
    return str(format_unit(max(round(size, places), Decimal(1)), f"digital-{unit}", length="short", locale=locale))


def percent_text(ratio: Number, locale: Locale, *, places: int = 1, sign: bool = False) -> str:
    """Write a share of 1 as percent, with `places` decimals at most."""
    decimal = rounded(as_decimal(ratio), places + 2)
    text = format_percent(decimal.normalize(), locale=locale, decimal_quantization=False)
    return signed(text, positive=sign and decimal > 0)


def points_text(change: Number, locale: Locale) -> str:
    """Write the change of a share (0.023 is +2.3) in points, with its sign."""
    decimal = rounded(as_decimal(change) * 100, 1)
    number = signed(format_decimal(decimal.normalize(), locale=locale), positive=decimal > 0)
    return ngettext("%(number)s point", "%(number)s points", 1 if abs(decimal) == 1 else 2) % {"number": number}


def quantity_text(value: Number | None, unit: Unit, locale: Locale, *, whole: bool = True) -> str:
    """Write a number with its unit: "$1,200 per month", "34.5%", "12 days"; nothing when nobody knows it."""
    if value is None:
        return ""
    if unit.kind == "money":
        text = money_text(value, unit.currency, locale, whole=whole)
    elif unit.kind == "share":
        text = percent_text(value, locale)
    elif unit.kind == "days":
        days = number_text(value, locale, places=None if as_decimal(value) < 10 else 0)  # noqa: PLR2004  reads as "9.5 days", "52 days"
        text = ngettext("%(days)s day", "%(days)s days", 1 if as_decimal(value) == 1 else 2) % {"days": days}
    else:
        text = number_text(value, locale, places=0 if unit.kind == "count" else None)
    return f"{text} {per_words(unit.per)}" if unit.per else text


def per_words(per: str) -> str:
    """Write what a number is counted per, in the reader's language; several things are parted by a slash."""
    if "/" in per:
        return " ".join(per_words(part) for part in per.split("/"))
    known = {
        "day": gettext("per day"),
        "week": gettext("per week"),
        "month": gettext("per month"),
        "quarter": gettext("per quarter"),
        "year": gettext("per year"),
        "customer": gettext("per customer"),
        "deal": gettext("per deal"),
        "lead": gettext("per lead"),
        "document": gettext("per document"),
        "employee": gettext("per employee"),
    }
    return known.get(per, f"/ {per}")


def interval_text(lo: Number | None, hi: Number | None, unit: Unit, locale: Locale) -> str:
    """Write an interval of values: "40 to 60", "at least 40", "at most 5%", or one number when both ends agree."""
    bare = Unit(unit.kind, unit.currency)
    per = f" {per_words(unit.per)}" if unit.per else ""
    whole = all(end is None or as_decimal(end) % 1 == 0 for end in (lo, hi))
    if lo is None and hi is None:
        return ""
    if hi is None:
        return gettext("at least %(value)s") % {"value": quantity_text(lo, bare, locale, whole=whole)} + per
    if lo is None:
        return gettext("at most %(value)s") % {"value": quantity_text(hi, bare, locale, whole=whole)} + per
    if lo == hi:
        return quantity_text(lo, bare, locale, whole=whole) + per
    ends = {
        "lo": quantity_text(lo, bare, locale, whole=whole),
        "hi": quantity_text(hi, bare, locale, whole=whole),
    }
    return gettext("%(lo)s to %(hi)s") % ends + per


def month_text(day: date, locale: Locale) -> str:
    """Write the month of a day, with its year."""
    return format_skeleton("yMMMM", datetime(day.year, day.month, 1), locale=locale)  # noqa: DTZ001  a month has no zone


def day_text(day: date, locale: Locale, *, today: date | None = None) -> str:
    """Write a day: in words within a week of `today`, else as a date, with the year when it is another one."""
    if today is not None:
        distance = (day - today).days
        near = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}.get(distance)
        if near:
            return near
        if 0 < distance < WEEK_DAYS:
            return ngettext("in %(days)d day", "in %(days)d days", distance) % {"days": distance}
        if -WEEK_DAYS < distance < 0:
            return ngettext("%(days)d day ago", "%(days)d days ago", -distance) % {"days": -distance}
    same_year = today is not None and day.year == today.year
    return dated("MMMd" if same_year else "yMMMd", day, locale)


@lru_cache(maxsize=4096)
def dated(skeleton: str, day: date, locale: Locale) -> str:
    """Write the parts of a day that a skeleton names. Kept, because the rows of a list share their days."""
    return format_skeleton(skeleton, datetime(day.year, day.month, day.day), locale=locale)  # noqa: DTZ001  a day has no zone


def instant_text(instant: datetime, locale: Locale, zone: tzinfo, *, now: datetime | None = None) -> str:
    """Write an instant in the reader's zone: "yesterday 16:40" near `now`, "Mar 4" (or with the year) beyond."""
    local = instant.astimezone(zone)
    today = now.astimezone(zone).date() if now else None
    day = day_text(local.date(), locale, today=today)
    near = today is not None and abs((local.date() - today).days) <= 1
    return f"{day} {local:%H:%M}" if near else day


@lru_cache(maxsize=4096)
def due_text(
    day: date | None, instant: datetime | None, locale: Locale, zone: tzinfo, *, now: datetime | None = None
) -> str:
    """Write when something is due, by a day or at an instant; nothing when nobody has said."""
    if instant is not None:
        return instant_text(instant, locale, zone, now=now)
    return "" if day is None else day_text(day, locale, today=now.astimezone(zone).date() if now else None)


def full_day_text(day: date, locale: Locale) -> str:
    """Write a day in full: "Wednesday, March 4, 2026"."""
    return format_date(day, "full", locale=locale)


def full_instant_text(instant: datetime, locale: Locale, zone: tzinfo) -> str:
    """Write an instant in full with the name of its zone: "Mar 4, 2026, 16:40:05 Europe/Madrid"."""
    local = instant.astimezone(zone)
    return f"{medium_day_text(local.date(), locale)}, {local:%H:%M:%S} {zone}"


@lru_cache(maxsize=4096)
def medium_day_text(day: date, locale: Locale) -> str:
    """Write a day as "Mar 4, 2026"."""
    return format_date(day, "medium", locale=locale)


def unit_text(unit: str) -> str:
    """Return the unit of a number as the reader says it: lengths of time in their language, other words as they are."""
    words = {
        "hours": gettext("hours"),
        "days": gettext("days"),
        "weeks": gettext("weeks"),
        "months": gettext("months"),
        "quarters": gettext("quarters"),
        "years": gettext("years"),
    }
    return words.get(unit, unit)
