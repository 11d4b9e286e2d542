"""What an amount is in another currency, by the rate of a day."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.db.models import DecimalField
from django.db.models.expressions import Combinable

from caudal.core.money import Currency, FxRate, rate_on
from caudal.kit.fields import minor_units
from caudal.kit.places import Written
from caudal.workspace.models import DatedRate

RATE_DAYS_MAX: Final = 7
"""How many days a rate counts for, its own among them: a week bridges weekends and holidays, and no more."""
RATE_PIVOT: Final = "EUR"
"""The currency that the others are told in; two of them are told in each other by the quotient of a day's rates."""
RATE: Final = """
case when ⟦day⟧ = %(today)s::date then (({known}) -> ⟦currency⟧)::numeric
else (
    select known.{part} from (
        {ways}
    ) known order by known.day desc, known.place limit 1
) end
"""
KNOWN: Final = """
select jsonb_object_agg(newest.code, newest.{part}) from (
    select distinct on (known.code) known.code, known.{part} from (
        select r.base as code, r.rate as above, 1::numeric as below, r.day, 1 as place from workspace_datedrate r
        where r.quote = %(own)s and r.day <= %(today)s and r.day > %(today)s::date - %(days)s
        union all
        select r.quote, 1::numeric, r.rate, r.day, 2 from workspace_datedrate r
        where r.base = %(own)s and r.day <= %(today)s and r.day > %(today)s::date - %(days)s
        union all
        select o.quote, r.rate, o.rate, r.day, 3 from workspace_datedrate r
        join workspace_datedrate o on o.day = r.day and o.base = %(pivot)s
        where r.base = %(pivot)s and r.quote = %(own)s and r.day <= %(today)s and r.day > %(today)s::date - %(days)s
    ) known order by known.code, known.day desc, known.place
) newest
"""
"""The rates of today by currency, read once for a whole list: most of its rows are of today."""
WAYS: Final = (
    """
    (select r.rate as above, 1::numeric as below, r.day, 1 as place from workspace_datedrate r
     where r.base = ⟦currency⟧ and r.quote = %(own)s and r.day <= ⟦day⟧ and r.day > ⟦day⟧ - %(days)s
     order by r.day desc limit 1)
    """,
    """
    (select 1::numeric, r.rate, r.day, 2 from workspace_datedrate r
     where r.quote = ⟦currency⟧ and r.base = %(own)s and r.day <= ⟦day⟧ and r.day > ⟦day⟧ - %(days)s
     order by r.day desc limit 1)
    """,
    """
    (select r.rate, o.rate, r.day, 3 from workspace_datedrate r
     join workspace_datedrate o on o.day = r.day and o.base = %(pivot)s and o.quote = ⟦currency⟧
     where r.base = %(pivot)s and r.quote = %(own)s and r.day <= ⟦day⟧ and r.day > ⟦day⟧ - %(days)s
     order by r.day desc limit 1)
    """,
)
"""The ways to a rate, the newest of each: told so, told the other way round, and both told in the pivot."""


def in_own_currency(
    name: str, own: str, day: Combinable, today: date, *, currency: str = "", minor: Combinable | None = None
) -> tuple[Written, Written]:
    """Return the quotient that an amount of a row is in the company's currency, by the rate of a day; null without one.

    `name` is the amount's attribute on the model. The numerator comes first. Rows whose day is `today` share one look
    at the rates. `currency` and `minor` say where its parts stand, where that is not in columns of its own.
    """
    currency = currency or f"{name}_currency"
    # The pivot is not told in itself: a company that reports in it has two ways, and a list asks for each row.
    ways = "union all".join(WAYS if own != RATE_PIVOT else WAYS[:2])
    numeric = DecimalField(max_digits=1000, decimal_places=500)
    parts = [
        Written(
            RATE.format(part=part, ways=ways, known=KNOWN.format(part=part)),
            {"currency": currency, "day": day},
            {"own": own, "days": RATE_DAYS_MAX, "pivot": RATE_PIVOT, "today": today},
            output_field=numeric,
        )
        for part in ("above", "below")
    ]
    # Most amounts are in the company's own currency, and are settled by one look at it.
    above, below = (
        Written(
            f"case when ⟦currency⟧ = %(own)s then {plainly} else ({otherwise} * ⟦rate⟧) end",
            {"currency": currency, "minor": minor or f"{name}_minor", "rate": rate},
            {"own": own, "units": Currency(own).minor_per_major if own else 1},
            output_field=numeric,
        )
        for plainly, otherwise, rate in (
            ("⟦minor⟧::numeric", "⟦minor⟧", parts[0]),
            ("%(units)s::numeric", f"({minor_units('⟦currency⟧')})", parts[1]),
        )
    )
    return above, below


def dated_rate(base: Currency, quote: Currency, day: date) -> FxRate | None:
    """Return what one unit of `base` costs in `quote` on a day, exactly: the newest rate on or before it.

    A rate counts for `RATE_DAYS_MAX` days; without one between the two, that through the euro counts. None is an
    absence that the caller reports.
    """
    return rate_among(recent_rates(day), base, quote, day)


def rate_among(rates: Iterable[FxRate], base: Currency, quote: Currency, day: date) -> FxRate | None:
    """Return what one unit of `base` costs in `quote` on a day by rates that were read before; see `dated_rate`."""
    return rate_on(day, base, quote, rates=rates, pivot=Currency(RATE_PIVOT), days_old_max=RATE_DAYS_MAX - 1)


def newest_rates(
    *, quote: str = "", since: date | None = None, until: date | None = None, most: int
) -> list[DatedRate]:
    """Return the newest dated rates, of one currency and between two days if asked."""
    rows = DatedRate.objects.order_by("-day", "base", "quote")
    rows = rows.filter(quote=quote) if quote else rows
    rows = rows.filter(day__gte=since) if since else rows
    return list((rows.filter(day__lte=until) if until else rows)[:most])


def recent_rates(day: date) -> list[FxRate]:
    """Return the dated rates of the last days up to one."""
    rows = DatedRate.objects.filter(day__lte=day, day__gt=day - timedelta(days=RATE_DAYS_MAX)).order_by("day", "pk")
    return [FxRate.of(row.base, row.quote, row.day, row.rate) for row in rows]
