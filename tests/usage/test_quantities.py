"""Quantities: what the database adds up is what the core measures, as of any instant, however the events came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caudal.core.money import Rounding
from caudal.core.periods import Period
from caudal.core.rating import Aggregation, Meter, UsageFact, known_usage
from caudal.kit.access import SYSTEM
from caudal.usage.actions import Outcome, add_meter, add_subject, change_meter, move_subject, record_events, sum_anew
from caudal.usage.models import Hour
from caudal.usage.queries import UsageAsked, quantities, touched_since, transactions
from tests.world import AT, Shop

DAY = datetime(2026, 2, 1, tzinfo=UTC)
# A month in a zone half an hour off: it begins and ends inside an hour of UTC.
PERIOD = Period(DAY - timedelta(hours=5, minutes=30), DAY + timedelta(days=2, hours=18, minutes=30))
ROUNDED = {Aggregation.WEIGHTED: (Rounding.HALF_UP, 3), Aggregation.LATEST: (Rounding.DOWN, 0)}


@dataclass(frozen=True, slots=True)
class Sent:
    """An event of a number of minutes after the first, sent with a batch; `corrects` is the number of another."""

    minutes: int
    quantity: Decimal | None
    value: str
    batch: int
    corrects: int | None
    again: int | None


sent = st.builds(
    Sent,
    st.integers(-1000, 4400),
    st.none() | st.decimals(-50, 1000, places=3),
    st.sampled_from("abc"),
    st.integers(0, 3),
    st.none() | st.none() | st.integers(0, 11),
    st.none() | st.integers(0, 3),
)


def as_json(number: int, event: Sent) -> dict[str, Any]:
    said: dict[str, Any] = {"source": "app", "id": str(number), "type": "doc", "subject": "acme-1"}
    said["time"] = (DAY + timedelta(minutes=event.minutes)).isoformat()
    if event.quantity is not None:
        said["data"] = {"pages": event.quantity, "who": event.value}
    return said if event.corrects is None else said | {"corrects": str(event.corrects)}


def usable(events: Sequence[Sent]) -> list[tuple[int, Sent]]:
    """The events with their numbers; what takes away nothing, or corrects itself, is no event."""
    return [
        (number, each)
        for number, each in enumerate(events)
        if each.corrects != number and (each.quantity is not None or each.corrects is not None)
    ]


def received(number: int) -> datetime:
    return AT + timedelta(minutes=number)


@pytest.mark.django_db
def test_what_is_added_up_is_what_the_core_measures_whatever_came_when(shop: Shop) -> None:
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    for way in Aggregation:
        rounding, places = ROUNDED.get(way, (None, 0))
        add_meter(
            **made,
            code=way.value,
            label_en=way.value,
            event_type="doc",
            aggregation=way.value,
            quantity_property="pages",
            value_property="who",
            takes_negative=True,
            rounding=rounding.value if rounding else "",
            places=places,
        )
    add_subject(**made, key="acme-1", company_id=shop.acme.pk)

    @settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.lists(sent, max_size=12))
    def agree(events: list[Sent]) -> None:
        with transaction.atomic():
            numbered = usable(events)
            for batch in range(4):
                batch_of = [as_json(n, each) for n, each in reversed(numbered) if batch in {each.batch, each.again}]
                answers = record_events(actor=SYSTEM, as_of=received(batch), events=batch_of + batch_of[:1])
                assert {each.outcome for each in answers} <= {Outcome.ACCEPTED, Outcome.DUPLICATE}
            for batch in (3, 0, 2, 1):
                compare(shop, numbered, received(batch))
            # The sums of hours are nothing but the readings added up.
            assert sum_anew(actor=SYSTEM, as_of=AT).differed == 0
            transaction.set_rollback(True)

    agree()


def compare(shop: Shop, numbered: Sequence[tuple[int, Sent]], as_of: datetime) -> None:
    facts = [
        UsageFact(
            "app",
            str(number),
            DAY + timedelta(minutes=each.minutes),
            received(min(each.batch, each.again if each.again is not None else 9)),
            each.quantity,
            each.value,
            "" if each.corrects is None else str(each.corrects),
        )
        for number, each in numbered
    ]
    usage = known_usage(facts, as_of)
    level = sum((one.quantity for one in usage if one.at < PERIOD.start), Fraction(0))
    halfway = PERIOD.start + PERIOD.duration / 2
    wanted = {}
    for way in Aggregation:
        meter = Meter(way, *ROUNDED.get(way, ()))
        wanted[f"{way}"] = meter.measure(usage, PERIOD, PERIOD.end, carried=level)
        wanted[f"{way} half"] = meter.measure(usage, PERIOD, halfway, carried=level)
    asked = [UsageAsked(f"{way}", shop.acme.pk, way.value, PERIOD) for way in Aggregation]
    asked += [
        UsageAsked(f"{way} half", shop.acme.pk, way.value, PERIOD, frozenset({"acme-1"}), halfway)
        for way in Aggregation
    ]
    assert quantities(asked, as_of=as_of) == wanted
    single = transactions(asked[:1], as_of=as_of)[asked[0].key]
    assert [(one.at, one.quantity) for one in single] == [(one.at, one.quantity) for one in usage if one.at in PERIOD]


def event(number: int, *, subject: str = "acme-1", pages: Any = 10, at: datetime = DAY, **more: Any) -> dict[str, Any]:
    said = {"source": "app", "id": str(number), "type": "doc", "subject": subject, "time": at.isoformat()}
    return said | {"data": {"pages": pages, **more.pop("data", {})}} | more


@pytest.mark.django_db
def test_what_becomes_known_later_counts_from_then_on_and_never_before(shop: Shop, app_role: None) -> None:
    day = [AT + timedelta(days=number) for number in range(8)]
    february = Period(DAY, DAY + timedelta(days=28))

    def sum_of(company: Any, as_of: datetime, subjects: set[str] | None = None, meter: str = "pages") -> int:
        chosen = None if subjects is None else frozenset(subjects)
        found = quantities([UsageAsked("k", company.pk, meter, february, chosen)], as_of=as_of)
        return int(found["k"])

    # Three events before anything is known: kept, and waiting for their subject.
    first = record_events(
        actor=SYSTEM, as_of=day[0], events=[event(1), event(2, subject="acme-2", pages=5), event(3, subject="globex")]
    )
    assert [each.waiting for each in first] == ["subject"] * 3
    add_subject(actor=SYSTEM, as_of=day[1], key="acme-1", company_id=shop.acme.pk)
    meter = add_meter(
        actor=SYSTEM,
        as_of=day[2],
        code="pages",
        label_en="Pages",
        event_type="doc",
        aggregation="sum",
        quantity_property="pages",
        amount_property="",
        dimensions=["kind"],
    )
    add_subject(actor=SYSTEM, as_of=day[3], key="acme-2", company_id=shop.acme.pk)
    assert [sum_of(shop.acme, at) for at in day[:5]] == [0, 0, 10, 15, 15]
    assert sum_of(shop.acme, day[4], {"acme-2"}) == 5
    assert sum_of(shop.acme, day[4], {"globex", "nobody"}) == sum_of(shop.acme, day[4], set()) == 0
    assert sum_of(shop.acme, day[4], meter="unknown") == 0

    # The first event was of Globex, as we learn; then the meter reads contracts only.
    from_acme = add_subject(actor=SYSTEM, as_of=day[4], key="globex", company_id=shop.acme.pk)
    move_subject(actor=SYSTEM, as_of=day[5], subject_id=from_acme.pk, company_id=shop.globex.pk)
    contract = event(4, pages="2.5", data={"kind": "contract"})
    (taken,) = record_events(actor=SYSTEM, as_of=day[5], events=[contract])
    change_meter(actor=SYSTEM, as_of=day[6], meter_id=meter.pk, filter='kind = "contract"', rounding="up")
    assert [sum_of(shop.acme, at) for at in day] == [0, 0, 10, 15, 25, 17, 3, 3]
    assert [sum_of(shop.globex, at) for at in day] == [0, 0, 0, 0, 0, 10, 0, 0]

    # The same again is the first receipt; the other content is refused its place, and kept beside.
    again, other = record_events(actor=SYSTEM, as_of=day[7], events=[contract, contract | {"data": {"pages": 3}}])
    assert (again.outcome, again.receipt) == (Outcome.DUPLICATE, taken.receipt)
    assert (other.outcome, other.receipt) == (Outcome.CONFLICTING, taken.receipt)
    assert [(each.subject, each.meter) for each in touched_since(after=day[4], up_to=day[5])] == [
        ("acme-1", "pages"),  # the contract
        ("globex", "pages"),  # gone from Acme
        ("globex", "pages"),  # come to Globex
    ]
    assert touched_since(after=day[6], up_to=day[7]) == []

    # Without the sums of hours the answers are the same, and the sums come back.
    assert sum_anew(actor=SYSTEM, as_of=day[7]).differed == 0
    Hour.objects.all().delete()
    assert sum_anew(actor=SYSTEM, as_of=day[7]).differed == Hour.objects.count() > 0
    assert [sum_of(shop.acme, at) for at in day] == [0, 0, 10, 15, 25, 17, 3, 3]

    # However much is asked, a few statements answer.
    asked = [UsageAsked(f"{number}", shop.acme.pk, "pages", february) for number in range(50)]
    with CaptureQueriesContext(connection) as captured:
        assert set(quantities(asked, as_of=day[7]).values()) == {Fraction(3)}
    assert len(captured) == 3
