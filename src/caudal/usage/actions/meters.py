"""Writes of meters: what one reads can be mended, and then everything is read anew from that instant on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db import connection

from caudal.core.errors import msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.usage.actions.settling import kept_events, rules_by_type, settle
from caudal.usage.actions.turns import take_turn
from caudal.usage.events import MeterAdded, MeterChanged
from caudal.usage.models import Aggregations, Meter, MeterVersion, Roundings
from caudal.usage.queries import rule_of

ADDING: Final = ("aggregation", "rounding", "places")
READING: Final = (
    *("event_type", "filter", "quantity_property", "value_property", "amount_property", "dimensions"),
    "takes_negative",
)
NEEDED: Final = ("code", "label_en", "event_type")
DIMENSIONS_MAX: Final = 10
PLACES: Final = range(-12, 13)
CHUNK: Final = 5_000

OF_TYPES: Final = """
SELECT e.id, e.recorded_at FROM usage_event AS e
LEFT JOIN usage_correction AS own ON own.event = e.id
WHERE e.type = ANY(%s) AND e.data IS NOT NULL
    AND (e.recorded_at, e.id) > (%s, %s)
    AND (own.event IS NULL OR own.stands)
    AND NOT EXISTS (
        SELECT FROM usage_correction AS c WHERE c.source = e.source AND c.target = e.key AND own.event IS NULL
    )
ORDER BY e.recorded_at, e.id LIMIT %s
"""


class MeterValues(TypedDict, total=False):
    """What may be said of a meter."""

    label_en: str
    label_es: str
    unit: str
    event_type: str
    filter: str
    aggregation: str
    quantity_property: str
    value_property: str
    amount_property: str
    dimensions: Iterable[str]
    takes_negative: bool
    rounding: str
    places: int


@action
def add_meter(*, actor: Actor, as_of: datetime, code: str, **values: Unpack[MeterValues]) -> Meter:
    """Count usage in a new way; events of its type that were kept before count from now on.

    Raises BadInput, Refused for its filter; a taken code is the database's to refuse.
    """
    require(actor, "meter", Verb.CREATE)
    at = take_turn(as_of)
    checked = _checked({"code": code, **values})
    meter = Meter.stamped(actor=actor, as_of=as_of, **checked)
    rule_of(meter)
    meter.save(force_insert=True)
    _write_version(meter, 1, at)
    publish(MeterAdded(subject=meter.ref, changes=first_values(checked)), actor=actor, occurred_at=as_of)
    read_anew([meter.event_type], at)
    return meter


@action
def change_meter(
    *,
    actor: Actor,
    as_of: datetime,
    meter_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[MeterValues],
) -> Meter:
    """Change a meter; its code stays, since charges name it. What was asked as of an earlier instant stays too.

    Raises NotFound, BadInput, Refused, VersionConflict.
    """
    at = take_turn(as_of)
    meter = Meter.one_for(actor, Verb.CHANGE, meter_id, lock=True)
    type_before = meter.event_type
    checked = _checked(dict(values), meter)
    changes = meter.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        rule_of(meter)
        if changes.keys() & set(ADDING):
            _write_version(meter, meter.versions.count() + 1, at)
        if changes.keys() & set(READING):
            read_anew({type_before, meter.event_type}, at)
        publish(MeterChanged(subject=meter.ref, changes=changes), actor=actor, occurred_at=as_of)
    return meter


def read_anew(types: Iterable[str], at: datetime) -> None:
    """Let all events of some types count for what the meters read of them now."""
    rules = rules_by_type()
    last: tuple[Any, ...] = (datetime.min.replace(tzinfo=at.tzinfo), UUID(int=0))
    while True:
        with connection.cursor() as cursor:
            cursor.execute(OF_TYPES, [list(types), *last, CHUNK])
            found = [(event, recorded_at) for event, recorded_at in cursor.fetchall()]
        if not found:
            return
        settle(kept_events(found), at, rules)
        last = found[-1][1], found[-1][0]


def _write_version(meter: Meter, number: int, at: datetime) -> None:
    said = {name: getattr(meter, name) for name in ADDING}
    MeterVersion.objects.create(meter=meter, number=number, known_from=at, **said)


def _checked(values: dict[str, Any], meter: Meter | None = None) -> dict[str, Any]:
    """Return what is said of a meter, tidied. Raises BadInput."""
    found = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "label_en" in found:
        found["label_es"] = found.get("label_es") or (meter.label_es if meter else "") or found["label_en"]
    if "dimensions" in found:
        found["dimensions"] = [each.strip() for each in dict.fromkeys(found["dimensions"]) if each.strip()]
    wrong: dict[str, str] = {}
    for name in NEEDED:
        if (name in found and not found[name]) or (meter is None and name not in found):
            wrong[name] = msg("This is needed.")
    for name, known in (("aggregation", Aggregations.values), ("rounding", ["", *Roundings.values])):
        if (name in found and found[name] not in known) or (
            name == "aggregation" and meter is None and name not in found
        ):
            wrong[name] = msg("This is none of the choices.")
    aggregation = found.get("aggregation", meter.aggregation if meter else "")
    value_property = found.get("value_property", meter.value_property if meter else "")
    if aggregation == Aggregations.UNIQUE and not value_property:
        wrong["value_property"] = msg("Different values are counted of a property: say which.")
    if len(found.get("dimensions", ())) > DIMENSIONS_MAX:
        wrong["dimensions"] = msg("A meter keeps at most ten dimensions.")
    if found.get("places", 0) not in PLACES:
        wrong["places"] = msg("Say a number from -12 to 12.")
    if wrong:
        raise BadInput(wrong)
    return found
