"""Facts: recorded with what they tell of, in order, taken by handlers at least once, erasable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import DatabaseError, transaction

from caudal.core.ids import Ref
from caudal.kit.access import SYSTEM
from caudal.kit.models import RecordedFactRow
from caudal.kit.outbox import (
    Fact,
    RecordedFact,
    batch_handler,
    drain,
    erase,
    handler,
    pending,
    publish,
    publish_many,
    retry,
    timeline,
)
from caudal.kit.outbox.handlers import _handlers, subscriptions
from caudal.kit.outbox.waking import wake
from caudal.kit.world import new_id

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoatLaunched(Fact):
    name: ClassVar[str] = "test.boat_launched"

    length_m: int = 0


taken: list[RecordedFact] = []
failing: set[int] = set()


@pytest.fixture(autouse=True)
def harbour() -> Iterator[None]:
    """A handler that keeps what it takes and fails on lengths that a test names."""

    @handler("test.harbour", on=(BoatLaunched,))
    def take(fact: RecordedFact) -> None:
        if fact.data["length_m"] in failing:
            raise ValueError("too long for this harbour")
        taken.append(fact)

    yield
    taken.clear()
    failing.clear()
    _handlers.pop("test.harbour")
    subscriptions.cache_clear()


def boat() -> Ref:
    return Ref("boat", new_id())


@pytest.mark.django_db
def test_facts_of_one_subject_are_numbered_without_a_gap_across_statements() -> None:
    one, other = boat(), boat()
    publish(BoatLaunched(subject=one), actor=SYSTEM, occurred_at=AT)
    publish_many(
        [BoatLaunched(subject=one), BoatLaunched(subject=other), BoatLaunched(subject=one)],
        actor=SYSTEM,
        occurred_at=AT,
    )
    numbered = RecordedFactRow.objects.order_by("sequence").values_list("subject_id", "sequence")
    assert [n for subject, n in numbered if subject == one.id] == [1, 2, 3]
    assert [n for subject, n in numbered if subject == other.id] == [1]


@pytest.mark.django_db
def test_a_fact_goes_with_the_transaction_that_it_tells_of() -> None:
    subject = boat()
    with pytest.raises(RuntimeError, match="storm"), transaction.atomic():
        publish(BoatLaunched(subject=subject), actor=SYSTEM, occurred_at=AT)
        raise RuntimeError("storm")
    assert timeline(subject) == []


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_our_mistake() -> None:
    with pytest.raises(RuntimeError, match="publish inside an action"):
        publish(BoatLaunched(subject=boat()), actor=SYSTEM, occurred_at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE kit_fact SET name = 'x'", "DELETE FROM kit_fact"])
def test_the_table_of_facts_refuses_to_change(statement: str) -> None:
    publish(BoatLaunched(subject=boat()), actor=SYSTEM, occurred_at=AT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RecordedFactRow.objects.raw(statement)
        with transaction.get_connection().cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_a_handler_takes_each_fact_once_and_in_order() -> None:
    subject = boat()
    publish_many([BoatLaunched(subject=subject, length_m=n) for n in range(5)], actor=SYSTEM, occurred_at=AT)
    assert drain("test.harbour", as_of=AT) == 5
    assert drain("test.harbour", as_of=AT) == 0
    assert [fact.data["length_m"] for fact in taken] == [0, 1, 2, 3, 4]
    assert not pending("test.harbour").exists()


@pytest.mark.django_db
def test_a_failing_fact_parks_its_subject_and_nobody_else() -> None:
    stuck, free = boat(), boat()
    failing.add(99)
    publish_many(
        [
            BoatLaunched(subject=stuck, length_m=99),
            BoatLaunched(subject=stuck, length_m=1),
            BoatLaunched(subject=free, length_m=2),
        ],
        actor=SYSTEM,
        occurred_at=AT,
    )
    assert drain("test.harbour", as_of=AT) == 1
    assert [fact.subject for fact in taken] == [free]
    assert [(d.attempts, d.error) for d in pending("test.harbour")] == [
        (1, "ValueError: too long for this harbour"),
        (0, ""),
    ]
    # Before its minute is over the subject is left alone; after it, it is tried again, in order.
    failing.clear()
    assert drain("test.harbour", as_of=AT + timedelta(seconds=59)) == 0
    assert drain("test.harbour", as_of=AT + timedelta(seconds=60)) == 2
    assert [fact.data["length_m"] for fact in taken] == [2, 99, 1]


@pytest.mark.django_db
def test_after_three_tries_a_subject_waits_until_somebody_retries_it() -> None:
    stuck = boat()
    failing.add(99)
    publish(BoatLaunched(subject=stuck, length_m=99), actor=SYSTEM, occurred_at=AT)
    for days in range(10):
        drain("test.harbour", as_of=AT + timedelta(days=days))
    # The first try and three after waits of a minute, ten minutes and an hour.
    assert [d.attempts for d in pending("test.harbour")] == [4]
    failing.clear()
    assert drain("test.harbour", as_of=AT + timedelta(days=99)) == 0
    retry("test.harbour", stuck)
    assert drain("test.harbour", as_of=AT + timedelta(days=99)) == 1


@pytest.mark.django_db
def test_a_refused_effect_leaves_nothing_of_the_handler_behind() -> None:
    subject = boat()

    @handler("test.scribe", on=(BoatLaunched,))
    def note_then_fail(fact: RecordedFact) -> None:
        publish(BoatLaunched(subject=Ref("note", fact.id)), actor=SYSTEM, occurred_at=AT)
        raise ValueError("out of ink")

    publish(BoatLaunched(subject=subject), actor=SYSTEM, occurred_at=AT)
    drain("test.scribe", as_of=AT)
    _handlers.pop("test.scribe")
    assert RecordedFactRow.objects.filter(subject_kind="note").count() == 0


@pytest.mark.django_db
def test_personal_values_are_sealed_in_the_table_and_gone_once_erased() -> None:
    subject = boat()
    publish(BoatLaunched(subject=subject, personal={"owner": (None, "Ana Ruiz")}), actor=SYSTEM, occurred_at=AT)
    row = RecordedFactRow.objects.get(subject_id=subject.id)
    assert row.sealed is not None
    assert b"Ana" not in bytes(row.sealed)
    assert "Ana" not in str(row.data)
    assert timeline(subject)[0].personal == {"owner": [None, "Ana Ruiz"]}

    erase(subject, as_of=AT)
    told = timeline(subject)[0]
    assert (told.personal, told.erased) == ({}, True)
    # Nothing personal is kept of an erased subject ever again.
    publish(BoatLaunched(subject=subject, personal={"owner": (None, "Ana Ruiz")}), actor=SYSTEM, occurred_at=AT)
    assert RecordedFactRow.objects.get(subject_id=subject.id, sequence=2).sealed is None


@pytest.mark.django_db
def test_the_timeline_shows_facts_about_a_row_newest_first_and_page_by_page() -> None:
    harbour, other = Ref("harbour", new_id()), boat()
    ids = [
        publish(BoatLaunched(subject=boat(), about=(harbour,)), actor=SYSTEM, occurred_at=AT + timedelta(hours=n))
        for n in range(5)
    ]
    publish(BoatLaunched(subject=other), actor=SYSTEM, occurred_at=AT)
    first = timeline(harbour, limit=2)
    second = timeline(harbour, limit=10, before=first[-1].id)
    assert [fact.id for fact in (*first, *second)] == ids[::-1]


@pytest.mark.django_db
def test_a_second_wake_up_of_a_handler_joins_the_one_that_waits() -> None:
    wake({"test.harbour"})
    wake({"test.harbour"})
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = 'test.harbour'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_batch_is_taken_at_once_and_a_failing_subject_parks_alone() -> None:
    batches: list[list[int]] = []

    @batch_handler("test.fleet", on=[BoatLaunched.name])
    def take(facts: Sequence[RecordedFact]) -> None:
        lengths = [fact.data["length_m"] for fact in facts]
        if failing & set(lengths):
            raise ValueError("too long for this fleet")
        batches.append(lengths)

    try:
        publish_many([BoatLaunched(subject=boat(), length_m=n) for n in (5, 6)], actor=SYSTEM, occurred_at=AT)
        assert drain("test.fleet", as_of=AT) == 2
        failing.add(8)
        stuck = boat()
        launched = [BoatLaunched(subject=boat(), length_m=7), BoatLaunched(subject=stuck, length_m=8)]
        publish_many([*launched, BoatLaunched(subject=boat(), length_m=9)], actor=SYSTEM, occurred_at=AT)
        assert drain("test.fleet", as_of=AT) == 2
        assert batches == [[5, 6], [7], [9]]
        failing.clear()
        retry("test.fleet", stuck)
        assert drain("test.fleet", as_of=AT) == 1
        assert batches[-1] == [8]
    finally:
        _handlers.pop("test.fleet")
        subscriptions.cache_clear()
