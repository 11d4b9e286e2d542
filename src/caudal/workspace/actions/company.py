"""The company: founded once, then changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings as installation
from django.db import connection

from caudal.core.errors import Problem, msg
from caudal.core.money import RATE_PLACES, Currency, FxRate, Money, UnknownCurrency
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.world import new_id
from caudal.workspace.actions.entities import add_entity
from caudal.workspace.events import CompanyChanged, CompanyFounded, RatesAdded
from caudal.workspace.models import RESPONSE_HOURS_MAX, CompanySettings, Environment, Invoicing, Pillar

RATES_AT_ONCE: Final = 20_000
ADD_RATES: Final = """
INSERT INTO workspace_datedrate (id, base, quote, day, rate, source)
SELECT new.id, new.base, new.quote, new.day, new.rate, %s
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::numeric[]) AS new (id, base, quote, day, rate)
ON CONFLICT DO NOTHING
"""


class AlreadyFounded(Problem):
    """There is a company here; an installation has one."""

    code = "company.already_founded"
    status = 409
    message = msg("This installation already belongs to {company}.")
    hint = msg("Use another data folder for another company.")


@action
def found_company(
    *,
    actor: Actor,
    as_of: datetime,
    company: str,
    currency: str,
    zone: str,
    country: str = "",
    language: str = "en",
    environment: str = Environment.LIVE,
) -> CompanySettings:
    """Make the installation somebody's, and its first legal entity its own name. Raises AlreadyFounded, BadInput."""
    require(actor, "settings", Verb.CREATE)
    existing = CompanySettings.objects.first()
    if existing is not None:
        raise AlreadyFounded(company=existing.name)
    _check(company=company, currency=currency, zone=zone)
    entity = add_entity(actor=actor, as_of=as_of, name=company, country=country, language=language)
    settings = CompanySettings.stamped(
        actor=actor,
        as_of=as_of,
        default_entity=entity,
        name=company.strip(),
        currency=currency,
        zone=zone,
        country=country,
        language=language,
        environment=environment,
    )
    settings.save(force_insert=True)
    publish(CompanyFounded(subject=settings.ref, currency=currency, zone=zone), actor=actor, occurred_at=as_of)
    return settings


@action
def change_settings(
    *, actor: Actor, as_of: datetime, settings: CompanySettings, expected_version: int | None = None, **values: object
) -> CompanySettings:
    """Change the company's settings. Raises BadInput naming what cannot be read, VersionConflict."""
    require(actor, "settings", Verb.CHANGE)
    _check_values(settings, values)
    checked = {name: getattr(settings, name) for name in ("currency", "zone")} | values
    _check(company=str(values.get("name", settings.name)), currency=str(checked["currency"]), zone=str(checked["zone"]))
    changes = settings.change(actor=actor, as_of=as_of, expected_version=expected_version, **values)
    if changes:
        publish(CompanyChanged(subject=settings.ref, changes=changes), actor=actor, occurred_at=as_of)
    return settings


@action
def set_pillars(*, actor: Actor, as_of: datetime, pillars: Iterable[tuple[str, str, str]]) -> list[Pillar]:
    """Make the lines of business be these (key, English name, Spanish name), in this order; none is removed."""
    require(actor, "pillar", Verb.CREATE)
    known = {pillar.key: pillar for pillar in Pillar.for_actor(actor)}
    found = []
    for position, (key, label_en, label_es) in enumerate(pillars):
        pillar = known.get(key)
        if pillar is None:
            pillar = Pillar.stamped(
                actor=actor, as_of=as_of, key=key, label_en=label_en, label_es=label_es, position=position
            )
            pillar.save(force_insert=True)
        else:
            pillar.change(actor=actor, as_of=as_of, label_en=label_en, label_es=label_es, position=position)
        found.append(pillar)
    return found


@action
def add_rates(*, actor: Actor, as_of: datetime, rates: Iterable[FxRate], source: str) -> int:
    """Add dated exchange rates and return how many were new; a rate that is known stays as it is."""
    require(actor, "settings", Verb.CHANGE)
    rows = [(new_id(), rate.base.code, rate.quote.code, rate.day, decimal_rate(rate)) for rate in rates]
    added = 0
    with connection.cursor() as cursor:
        for start in range(0, len(rows), RATES_AT_ONCE):
            ids, bases, quotes, days, values = map(list, zip(*rows[start : start + RATES_AT_ONCE], strict=True))
            cursor.execute(ADD_RATES, [source, ids, bases, quotes, days, values])
            added += cursor.rowcount
    if added:
        own = CompanySettings.objects.order_by("pk").first()
        if own is not None:
            publish(RatesAdded(subject=own.ref, count=added, source=source), actor=actor, occurred_at=as_of)
    return added


def decimal_rate(rate: FxRate) -> Decimal:
    """Return a rate as its column keeps it, to twelve places, halves to even."""
    return (Decimal(rate.rate.numerator) / Decimal(rate.rate.denominator)).quantize(Decimal(1).scaleb(-RATE_PLACES))


def _check_values(own: CompanySettings, values: Mapping[str, object]) -> None:
    fields = {}
    if values.get("language", own.language) not in dict(installation.LANGUAGES):
        fields["language"] = msg("This is not one of the choices.")
    if values.get("fiscal_start_month", own.fiscal_start_month) not in range(1, 13):
        fields["fiscal_start_month"] = msg("A year has months 1 to 12.")
    hours = values.get("response_hours", own.response_hours)
    if not isinstance(hours, int) or not 1 <= hours <= RESPONSE_HOURS_MAX:
        fields["response_hours"] = msg("A first answer is due after 1 to 90 hours of work.")
    if values.get("invoicing", own.invoicing) not in Invoicing.values:
        fields["invoicing"] = msg("This is not one of the choices.")
    currency = values.get("currency", own.currency)
    for name in ("approval_above", "refund_above"):
        limit = values.get(name)
        if isinstance(limit, Money) and (limit.minor < 0 or limit.currency.code != currency):
            fields[name] = msg("The threshold is an amount in the company's own currency, not below zero.")
    if fields:
        raise BadInput(fields)


def _check(*, company: str, currency: str, zone: str) -> None:
    fields = {}
    if not company.strip():
        fields["company"] = msg("A company needs a name.")
    try:
        Currency(currency)
    except UnknownCurrency as problem:
        fields["currency"] = problem.told()
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fields["zone"] = msg("Time zones are named like Europe/Madrid.")
    if fields:
        raise BadInput(fields)
