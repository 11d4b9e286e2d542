"""Writes of features and bundles."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from caudal.catalog.actions.reading import named, once, one_of, percent
from caudal.catalog.events import BundleAdded, BundleChanged, FeatureAdded, OfferingChanged
from caudal.catalog.models import Bundle, BundlePart, Feature, FeatureSort, Offering, OfferingFeature
from caudal.catalog.offline import is_keepable
from caudal.core.errors import msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values, plain

TEXT_MAX = 200
PARTS_MAX = 50
PARTS_MIN = 2
NUMBER_MAX = 10**15


class BundleValues(TypedDict, total=False):
    """What may be said of a bundle."""

    name: str
    code: str
    discount_percent: Decimal
    offering_ids: Iterable[UUID]


@action
def add_feature(
    *, actor: Actor, as_of: datetime, name: str, code: str, sort: str = FeatureSort.SWITCH.value
) -> Feature:
    """Add something that offerings can say of themselves. Raises BadInput; a taken code is the database's to refuse."""
    require(actor, "feature", Verb.CREATE)
    values = named({"name": name, "code": code}) | {"sort": sort}
    one_of(values, sort=FeatureSort.values)
    feature = Feature.stamped(actor=actor, as_of=as_of, **values)
    feature.save(force_insert=True)
    publish(FeatureAdded(subject=feature.ref, changes=first_values(values)), actor=actor, occurred_at=as_of)
    return feature


@action
def set_features(
    *,
    actor: Actor,
    as_of: datetime,
    offering_id: UUID,
    features: Mapping[UUID, Any],
    expected_version: int | None = None,
) -> Offering:
    """Say what an offering can do, all of it at once: true, a number (None: no limit) or words, by feature.

    Raises NotFound, BadInput, VersionConflict.
    """
    offering = Offering.one_for(actor, Verb.CHANGE, offering_id, lock=True)
    offering.expect(expected_version)
    known = Feature.many_for(actor, Verb.VIEW, features)
    for feature_id, value in features.items():
        _fitting(known[feature_id], value)
    before = {each.feature.code: each.value for each in offering.features.select_related("feature").order_by("pk")}
    after = {known[feature_id].code: value for feature_id, value in features.items()}
    if before != after:
        OfferingFeature.objects.filter(offering=offering).delete()
        OfferingFeature.objects.bulk_create(
            OfferingFeature(offering=offering, feature_id=feature_id, value=value)
            for feature_id, value in features.items()
        )
        offering.touch(actor=actor, as_of=as_of)
        changes = {"features": (before, after)}
        publish(OfferingChanged(subject=offering.ref, changes=changes), actor=actor, occurred_at=as_of)
    return offering


@action
def add_bundle(*, actor: Actor, as_of: datetime, **values: Unpack[BundleValues]) -> Bundle:
    """Sell offerings together for less. Raises BadInput, NotFound; a taken code is refused by the database."""
    require(actor, "bundle", Verb.CREATE)
    parts, checked = _bundle(actor, BundleValues(**{"name": "", "code": "", "offering_ids": (), **values}))
    bundle = Bundle.stamped(actor=actor, as_of=as_of, **checked)
    bundle.save(force_insert=True)
    BundlePart.objects.bulk_create(BundlePart(bundle=bundle, offering_id=each) for each in parts or ())
    changes = first_values({**checked, "offerings": _refs(parts or ())})
    publish(BundleAdded(subject=bundle.ref, changes=changes), actor=actor, occurred_at=as_of)
    return bundle


@action
def change_bundle(
    *,
    actor: Actor,
    as_of: datetime,
    bundle_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[BundleValues],
) -> Bundle:
    """Change a bundle. Raises BadInput, NotFound, VersionConflict."""
    bundle = Bundle.one_for(actor, Verb.CHANGE, bundle_id, lock=True)
    parts, checked = _bundle(actor, values)
    bundle.expect(expected_version)
    changes = bundle.change(actor=actor, as_of=as_of, **checked)
    before = list(bundle.parts.order_by("pk").values_list("offering_id", flat=True))
    if parts is not None and set(parts) != set(before):
        BundlePart.objects.filter(bundle=bundle).delete()
        BundlePart.objects.bulk_create(BundlePart(bundle=bundle, offering_id=each) for each in parts)
        changes["offerings"] = (_refs(before), _refs(parts))
        if len(changes) == 1:
            bundle.touch(actor=actor, as_of=as_of)
    if changes:
        publish(BundleChanged(subject=bundle.ref, changes=changes), actor=actor, occurred_at=as_of)
    return bundle


def _bundle(actor: Actor, values: BundleValues) -> tuple[list[UUID] | None, dict[str, Any]]:
    checked = named({name: value for name, value in values.items() if name != "offering_ids"})
    if "discount_percent" in checked:
        percent(checked["discount_percent"], "discount_percent")
    if "offering_ids" not in values:
        return None, checked
    parts = once(values["offering_ids"])
    if not PARTS_MIN <= len(parts) <= PARTS_MAX:
        raise BadInput({"offering_ids": msg("A bundle is made of at least two offerings, and of at most fifty.")})
    Offering.many_for(actor, Verb.VIEW, parts)
    return parts, checked


def _refs(offering_ids: Iterable[UUID]) -> list[str]:
    return sorted(plain(each) for each in offering_ids)


def _fitting(feature: Feature, value: Any) -> None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= NUMBER_MAX
    fits = {
        FeatureSort.SWITCH: isinstance(value, bool),
        FeatureSort.NUMBER: value is None or is_number,
        FeatureSort.TEXT: isinstance(value, str) and 1 <= len(value) <= TEXT_MAX and is_keepable(value),
    }
    if not fits[FeatureSort(feature.sort)]:
        raise BadInput({feature.code: msg("This is not what the feature says: yes or no, a whole number, or words.")})
