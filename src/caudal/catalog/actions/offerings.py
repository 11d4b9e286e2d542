"""Writes of offerings: what they say, for how long one commits, what can be bought beside them, and their end."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from caudal.catalog.actions.reading import named, once, one_of, steps, told
from caudal.catalog.events import OfferingAdded, OfferingBroughtBack, OfferingChanged, OfferingRetired
from caudal.catalog.models import AddOn, Interval, Offering, OfferingRole, OfferingTerm, Retirement, Timing
from caudal.catalog.models.offerings import COUNT_MAX, MONTHS_MAX, TRIAL_DAYS_MAX
from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.workspace.queries import company_day


class AlreadyRetired(Problem):
    """The offering was retired before."""

    code = "offering.already_retired"
    status = 409
    message = msg("“{offering}” is not sold to new customers from {day} on.")
    hint = msg("Bring it back first, then retire it from another day.")


class NotAnAddOn(Problem):
    """Only add-ons are bought beside something, and only beside what is bought by itself."""

    code = "offering.not_an_add_on"
    status = 422
    message = msg("“{add_on}” cannot be bought beside “{base}”.")
    hint = msg("An add-on is an offering that says so, and it is bought beside an offering that is none.")


class OfferingValues(TypedDict, total=False):
    """What may be said of an offering."""

    name: str
    code: str
    role: str
    interval: str
    interval_count: int
    timing: str
    trial_days: int
    note: str


@action
def add_offering(*, actor: Actor, as_of: datetime, product_id: UUID, **values: Unpack[OfferingValues]) -> Offering:
    """Add a way to buy a product. Raises BadInput, NotFound; a code that is taken is refused by the database."""
    require(actor, "offering", Verb.CREATE)
    product = Offering.related_for("product", actor, [product_id])[product_id]
    gone = getattr(product, "retirement", None)
    if gone is not None and gone.from_date <= company_day(as_of):
        raise BadInput({"product": msg("It is not sold any more: bring it back first.")})
    checked = _checked({"name": "", "code": "", **values})
    offering = Offering.stamped(
        actor=actor, as_of=as_of, product_id=product_id, name_key=name_key(checked["name"]), **checked
    )
    _whole(interval=offering.interval, trial_days=offering.trial_days, interval_count=offering.interval_count)
    offering.save(force_insert=True)
    changes = first_values({"product_id": product_id, **checked})
    publish(OfferingAdded(subject=offering.ref, changes=changes), actor=actor, occurred_at=as_of)
    return offering


@action
def change_offering(
    *,
    actor: Actor,
    as_of: datetime,
    offering_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[OfferingValues],
) -> Offering:
    """Change what an offering says. Raises BadInput, NotFound, VersionConflict."""
    offering = Offering.one_for(actor, Verb.CHANGE, offering_id, lock=True)
    checked = _checked(values)
    keys = {"name_key": name_key(checked["name"])} if "name" in checked else {}
    wanted = {name: checked.get(name, getattr(offering, name)) for name in ("interval", "trial_days", "interval_count")}
    _whole(**wanted)
    changes = offering.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked, **keys)
    if offering.role == OfferingRole.MAIN and offering.bases.exists():
        raise NotAnAddOn(add_on=offering.name, base=offering.bases.order_by("pk")[0].base.name)
    if offering.role == OfferingRole.ADD_ON and offering.add_ons.exists():
        raise NotAnAddOn(add_on=offering.add_ons.order_by("pk")[0].add_on.name, base=offering.name)
    changes.pop("name_key", None)
    if changes:
        publish(OfferingChanged(subject=offering.ref, changes=changes), actor=actor, occurred_at=as_of)
    return offering


@action
def retire_offering(*, actor: Actor, as_of: datetime, offering_id: UUID, from_date: date) -> Offering:
    """Sell an offering to nobody new from a day on; who has it goes on paying. Raises NotFound, AlreadyRetired."""
    offering = Offering.one_for(actor, Verb.CHANGE, offering_id, lock=True)
    before = Retirement.objects.filter(offering=offering).first()
    if before is not None:
        if before.from_date == from_date:
            return offering
        raise AlreadyRetired(offering=offering.name, day=before.from_date)
    Retirement.objects.create(offering=offering, from_date=from_date, retired_at=as_of, retired_by=actor.id)
    offering.touch(actor=actor, as_of=as_of)
    fact = OfferingRetired(subject=offering.ref, from_date=from_date.isoformat())
    publish(fact, actor=actor, occurred_at=as_of)
    return offering


@action
def bring_back_offering(*, actor: Actor, as_of: datetime, offering_id: UUID) -> Offering:
    """Sell a retired offering again; said of one that is sold, nothing changes. Raises NotFound."""
    offering = Offering.one_for(actor, Verb.CHANGE, offering_id, lock=True)
    gone, _ = Retirement.objects.filter(offering=offering).delete()
    if gone:
        offering.touch(actor=actor, as_of=as_of)
        publish(OfferingBroughtBack(subject=offering.ref), actor=actor, occurred_at=as_of)
    return offering


@action
def set_terms(
    *,
    actor: Actor,
    as_of: datetime,
    offering_id: UUID,
    terms: Iterable[tuple[int, Decimal]],
    expected_version: int | None = None,
) -> Offering:
    """Say for how many months one may commit and by how many per cent that lowers what recurs; all of them at once.

    Raises NotFound, BadInput, VersionConflict.
    """
    offering = Offering.one_for(actor, Verb.CHANGE, offering_id, lock=True)
    offering.expect(expected_version)
    after = steps(terms, "terms", MONTHS_MAX)
    if after and offering.interval == Interval.ONCE:
        raise BadInput({"terms": msg("What is paid once has no terms.")})
    before = list(offering.terms.order_by("months").values_list("months", "discount_percent"))
    if told(before) != told(after):
        OfferingTerm.objects.filter(offering=offering).delete()
        OfferingTerm.objects.bulk_create(
            OfferingTerm(offering=offering, months=months, discount_percent=discount) for months, discount in after
        )
        offering.touch(actor=actor, as_of=as_of)
        changes = {"terms": (told(before), told(after))}
        publish(OfferingChanged(subject=offering.ref, changes=changes), actor=actor, occurred_at=as_of)
    return offering


@action
def set_add_ons(
    *,
    actor: Actor,
    as_of: datetime,
    offering_id: UUID,
    add_on_ids: Iterable[UUID],
    expected_version: int | None = None,
) -> Offering:
    """Say what can be bought beside an offering, all of it at once. Raises NotFound, NotAnAddOn, VersionConflict."""
    offering = Offering.one_for(actor, Verb.CHANGE, offering_id, lock=True)
    offering.expect(expected_version)
    wanted = once(add_on_ids)
    found = Offering.many_for(actor, Verb.VIEW, wanted)
    for each in found.values():
        if each.role != OfferingRole.ADD_ON or offering.role != OfferingRole.MAIN:
            raise NotAnAddOn(add_on=each.name, base=offering.name)
    before = sorted(str(each) for each in offering.add_ons.values_list("add_on_id", flat=True))
    after = sorted(str(each) for each in wanted)
    if before != after:
        AddOn.objects.filter(base=offering).delete()
        AddOn.objects.bulk_create(AddOn(base=offering, add_on_id=each) for each in wanted)
        offering.touch(actor=actor, as_of=as_of)
        changes = {"add_ons": (before, after)}
        publish(OfferingChanged(subject=offering.ref, changes=changes), actor=actor, occurred_at=as_of)
    return offering


def _checked(values: OfferingValues) -> dict[str, Any]:
    checked = named(values)
    one_of(checked, role=OfferingRole.values, interval=Interval.values, timing=Timing.values)
    if not 1 <= checked.get("interval_count", 1) <= COUNT_MAX:
        raise BadInput({"interval_count": msg("Write a whole number from 1 to 120.")})
    if not 0 <= checked.get("trial_days", 0) <= TRIAL_DAYS_MAX:
        raise BadInput({"trial_days": msg("A trial lasts at most 730 days.")})
    return checked


def _whole(*, interval: str, trial_days: int, interval_count: int) -> None:
    if interval == Interval.ONCE and (trial_days or interval_count != 1):
        raise BadInput({"interval": msg("What is paid once has no trial, and is not counted.")})
