"""Writes of tax rates: those that are shipped, and what a company adds. A rate is never changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from caudal.billing.events import TaxRateAdded
from caudal.billing.models import TaxKind, TaxRate
from caudal.billing.offline import shipped_rates
from caudal.core.decimals import plain_decimal
from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.countries import country_code
from caudal.kit.outbox import publish, publish_many
from caudal.kit.problems import BadInput

KIND: Final = "tax_rate"
HUNDRED: Final = 100
PLACES: Final = 4
SOURCE_LENGTH: Final = 120


class RateThere(Problem):
    """A rate of that day is known, and stays as it is."""

    code = "billing.rate_there"
    status = 409
    message = msg("{country} has a rate for this kind of product from {day} already, and rates are never changed.")
    hint = msg("Add a rate from another day.")


@action
def set_up_taxes(*, actor: Actor, as_of: datetime) -> int:
    """Add the shipped rates that are missing; return how many. What a company added itself goes before them."""
    require(actor, KIND, Verb.CREATE)
    known = set(TaxRate.objects.values_list("country", "tax_kind", "from_day"))
    rows = [
        TaxRate(
            country=each.country,
            tax_kind=each.tax_kind,
            from_day=each.from_day,
            percent=each.percent,
            source=each.source,
        )
        for each in shipped_rates()
        if (each.country, each.tax_kind, each.from_day) not in known
    ]
    TaxRate.objects.bulk_create(rows, ignore_conflicts=True)
    publish_many([_added(row) for row in rows], actor=actor, occurred_at=as_of)
    return len(rows)


@action
def add_tax_rate(
    *, actor: Actor, as_of: datetime, country: str, tax_kind: str, from_day: date, percent: Decimal, source: str = ""
) -> TaxRate:
    """Add the rate of a country for a kind of product from a day on. Raises BadInput, RateThere."""
    require(actor, KIND, Verb.CREATE)
    code = country_code(country)
    wrong = {}
    if not code:
        wrong["country"] = msg("Choose a country.")
    if tax_kind not in {TaxKind.STANDARD, TaxKind.REDUCED}:
        wrong["tax_kind"] = msg("Choose the standard or a reduced rate: what is exempt has none.")
    exponent = percent.as_tuple().exponent
    if not percent.is_finite() or not 0 <= percent <= HUNDRED or not isinstance(exponent, int) or exponent < -PLACES:
        wrong["percent"] = msg("Write a percentage from 0 to 100.")
    if len(source) > SOURCE_LENGTH or not source.isprintable():
        wrong["source"] = msg("It is too long, or has a character that cannot be kept.")
    if wrong:
        raise BadInput(wrong)
    said = {"country": code, "tax_kind": tax_kind, "from_day": from_day}
    row, is_new = TaxRate.objects.get_or_create(**said, defaults={"percent": percent, "source": source.strip()})
    if not is_new and row.percent != percent:
        raise RateThere(country=code, day=from_day.isoformat())
    if is_new:
        publish(_added(row), actor=actor, occurred_at=as_of)
    return row


def _added(row: TaxRate) -> TaxRateAdded:
    return TaxRateAdded(
        subject=Ref(KIND, row.pk),
        country=row.country,
        tax_kind=row.tax_kind,
        from_day=row.from_day.isoformat(),
        percent=plain_decimal(row.percent),
    )
