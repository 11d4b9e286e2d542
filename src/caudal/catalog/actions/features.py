"""Writes of features, and of what offerings say of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from caudal.catalog.actions.reading import named, one_of
from caudal.catalog.events import FeatureAdded, OfferingChanged
from caudal.catalog.models import Feature, FeatureSort, Offering, OfferingFeature
from caudal.catalog.offline import is_keepable
from caudal.core.errors import msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values

TEXT_MAX = 200
NUMBER_MAX = 10**15


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


def _fitting(feature: Feature, value: Any) -> None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= NUMBER_MAX
    fits = {
        FeatureSort.SWITCH: isinstance(value, bool),
        FeatureSort.NUMBER: value is None or is_number,
        FeatureSort.TEXT: isinstance(value, str) and 1 <= len(value) <= TEXT_MAX and is_keepable(value),
    }
    if not fits[FeatureSort(feature.sort)]:
        raise BadInput({feature.code: msg("This is not what the feature says: yes or no, a whole number, or words.")})
