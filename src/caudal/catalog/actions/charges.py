"""Writes of charges and of their prices: a price is added, never edited."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from caudal.catalog.actions.reading import named, one_of, steps, told
from caudal.catalog.events import ChargeAdded, ChargeChanged, PriceAdded, PriceWithdrawn
from caudal.catalog.models import Charge, ChargeSort, Interval, Offering, PriceVersion, Stream, VolumeDiscount
from caudal.catalog.offline import Shape, lint, read_price, write_price
from caudal.core.errors import Finding, Problem, Severity, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.workspace.queries import company_day

QUANTITY_MAX = 10**12


class AmongTheUsed(Problem):
    """A price whose day has come may have been agreed with somebody."""

    code = "price.in_use"
    status = 409
    message = msg("This price holds since {day}, and stays as it was.")
    hint = msg("Add a price from a later day instead.")


class FaultyPrice(Problem):
    """The price contradicts itself."""

    code = "price.faulty"
    status = 422
    message = msg("The price contradicts itself.")
    hint = msg("Mend what is said of it, and send it again.")

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__()
        self.findings = tuple(findings)


class ChargeValues(TypedDict, total=False):
    """What may be said of a charge at any time."""

    name: str
    unit: str
    stream: str


@action
def add_charge(
    *,
    actor: Actor,
    as_of: datetime,
    offering_id: UUID,
    name: str,
    code: str,
    sort: str,
    stream: str = "",
    meter: str = "",
    unit: str = "",
) -> Charge:
    """Add something that is paid for an offering. Raises BadInput, NotFound; a taken code is the database's to refuse.

    What it is counted by, and by which meter, stays: usage was recorded for it. Without a revenue stream it counts as
    its product says.
    """
    require(actor, "charge", Verb.CREATE)
    offering = Offering.one_for(actor, Verb.CHANGE, offering_id, lock=True)
    stream = stream or offering.product.stream
    said = {"name": name, "code": code, "sort": sort, "stream": stream, "meter": meter.strip(), "unit": unit.strip()}
    values = named(said)
    one_of(values, sort=ChargeSort.values, stream=Stream.values)
    if (sort == ChargeSort.USAGE) != bool(values["meter"]):
        raise BadInput({"meter": msg("A charge by usage names its meter, and no other does.")})
    if sort == ChargeSort.RECURRING and offering.interval == Interval.ONCE:
        raise BadInput({"sort": msg("Nothing recurs in what is paid once.")})
    charge = Charge.stamped(actor=actor, as_of=as_of, offering=offering, **values)
    charge.save(force_insert=True)
    fact = ChargeAdded(subject=charge.ref, about=(offering.ref,), changes=first_values(values))
    publish(fact, actor=actor, occurred_at=as_of)
    return charge


@action
def change_charge(
    *,
    actor: Actor,
    as_of: datetime,
    charge_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[ChargeValues],
) -> Charge:
    """Change a charge's name, unit or revenue stream. Raises BadInput, NotFound, VersionConflict."""
    charge = Charge.one_for(actor, Verb.CHANGE, charge_id, lock=True)
    checked = named(values)
    one_of(checked, stream=Stream.values)
    changes = charge.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    _tell(charge, changes, actor=actor, as_of=as_of)
    return charge


@action
def set_volume_discounts(
    *,
    actor: Actor,
    as_of: datetime,
    charge_id: UUID,
    discounts: Iterable[tuple[int, Decimal]],
    expected_version: int | None = None,
) -> Charge:
    """Say from which quantities a charge costs so many per cent less; all of them at once.

    Raises NotFound, BadInput, VersionConflict.
    """
    charge = Charge.one_for(actor, Verb.CHANGE, charge_id, lock=True)
    charge.expect(expected_version)
    after = [step for step in steps(discounts, "discounts", QUANTITY_MAX) if step[1]]
    before = list(charge.volume_discounts.order_by("quantity_min").values_list("quantity_min", "discount_percent"))
    if told(before) != told(after):
        VolumeDiscount.objects.filter(charge=charge).delete()
        VolumeDiscount.objects.bulk_create(
            VolumeDiscount(charge=charge, quantity_min=quantity, discount_percent=discount)
            for quantity, discount in after
        )
        charge.touch(actor=actor, as_of=as_of)
        _tell(charge, {"volume_discounts": (told(before), told(after))}, actor=actor, as_of=as_of)
    return charge


@action
def add_price(
    *,
    actor: Actor,
    as_of: datetime,
    charge_id: UUID,
    currency: str,
    from_date: date,
    existing_from_date: date | None = None,
    price: Mapping[str, Any],
) -> PriceVersion:
    """Give a charge a price in a currency from a day on: for new customers then, for existing ones later or never.

    Two prices from one day are refused by the database. Raises NotFound, FaultyPrice, and what reading a price raises.
    """
    require(actor, "price", Verb.CREATE)
    charge = Charge.one_for(actor, Verb.CHANGE, charge_id, lock=True)
    model = read_price(price, currency)
    if model.shape is not Shape.TIERS and charge.sort != ChargeSort.USAGE:
        raise BadInput({"shape": msg("Only usage is priced by transaction or by dimension.")})
    faults = [found for found in lint(model) if found.severity is Severity.ERROR]
    if faults:
        raise FaultyPrice(faults)
    if existing_from_date is not None and existing_from_date < from_date:
        raise BadInput({"existing_from_date": msg("A price cannot reach existing customers before new ones.")})
    last = PriceVersion.objects.filter(charge=charge, currency=currency).order_by("-number").first()
    version = PriceVersion.stamped(
        actor=actor,
        as_of=as_of,
        charge=charge,
        currency=currency,
        number=last.number + 1 if last else 1,
        from_date=from_date,
        existing_from_date=existing_from_date,
        price=write_price(model),
    )
    version.save(force_insert=True)
    charge.touch(actor=actor, as_of=as_of)
    fact = PriceAdded(
        subject=version.ref,
        about=(charge.ref, charge.offering.ref),
        changes={"price": (None, version.price)},
        charge=str(charge.ref),
        currency=currency,
        number=version.number,
        from_date=from_date.isoformat(),
        existing_from_date=existing_from_date.isoformat() if existing_from_date else None,
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return version


@action
def withdraw_price(*, actor: Actor, as_of: datetime, price_id: UUID) -> PriceVersion:
    """Take a price back before its day; its number stays used. Raises NotFound, AmongTheUsed."""
    version = PriceVersion.one_for(actor, Verb.DELETE, price_id, lock=True)
    if version.from_date <= company_day(as_of):
        raise AmongTheUsed(day=version.from_date)
    version.delete_softly(actor=actor, as_of=as_of)
    charge = version.charge
    fact = PriceWithdrawn(
        subject=version.ref,
        about=(charge.ref, charge.offering.ref),
        charge=str(charge.ref),
        currency=version.currency,
        number=version.number,
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return version


def _tell(charge: Charge, changes: Mapping[str, Any], *, actor: Actor, as_of: datetime) -> None:
    if changes:
        fact = ChargeChanged(subject=charge.ref, about=(charge.offering.ref,), changes=dict(changes))
        publish(fact, actor=actor, occurred_at=as_of)
