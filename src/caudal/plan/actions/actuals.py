"""Typing what a number came to, correcting it by saying it again, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.periods import CalendarPeriod, Grain
from caudal.core.plans import Target
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish_many
from caudal.kit.records import plain
from caudal.plan.events import ActualTyped
from caudal.plan.models import NAME_LENGTH, TypedActual
from caudal.plan.queries import ONE_CLAIM, Number, company_day, newest_claims
from caudal.workspace.queries import company

BATCH_MAX = 10_000
"""Actuals in one go."""


class NotYet(Problem):
    """An actual of days that have not come."""

    code = "actual.not_yet"
    status = 422
    message = msg("{day} has not come yet: an actual is what happened.")
    hint = msg("Say up to which day the value speaks; it is at most today.")


class OtherPeriod(Problem):
    """The period is of another length than the target's."""

    code = "actual.other_period"
    status = 422
    message = msg("“{period}” is no {grain}, and the target is per {grain}.")


class OutsidePeriod(Problem):
    """The last day that is spoken of lies outside the period."""

    code = "actual.outside_period"
    status = 422
    message = msg("{day} is not in {period}.")


class TooManyActuals(Problem):
    """More actuals than one transaction takes."""

    code = "actual.too_many"
    status = 413
    message = msg("{count} actuals are more than {most} in one go.")
    hint = msg("Split them.")


@dataclass(frozen=True, slots=True)
class ActualDraft:
    """What somebody says a target's number came to; `through` None means the whole period, or up to today."""

    target: Target
    period: CalendarPeriod
    value: Decimal | None
    through: date | None = None
    source: str = ""


@action
def type_actuals(*, actor: Actor, as_of: datetime, drafts: Sequence[ActualDraft]) -> list[TypedActual | None]:
    """Keep what was typed, each as the newest word on its number, period and last day; return the rows.

    What is known so already gives None and changes nothing: the same words twice are one. Raises NotAllowed,
    OtherPeriod, OutsidePeriod, NotYet, TooManyActuals.
    """
    require(actor, "actual", Verb.CREATE)
    if len(drafts) > BATCH_MAX:
        raise TooManyActuals(count=len(drafts), most=BATCH_MAX)
    today = company_day(as_of)
    throughs = [checked_through(each, today) for each in drafts]
    known = newest_claims((Number.of(each.target) for each in drafts), lock=True)
    rows: list[TypedActual | None] = []
    facts: list[ActualTyped] = []
    for draft, through in zip(drafts, throughs, strict=True):
        number = Number.of(draft.target)
        claim = (
            number.metric,
            number.target,
            number.pillar,
            number.unit,
            draft.period.grain.value,
            draft.period.days.start,
            through,
        )
        before = known.get(claim)
        source = draft.source.strip()[:NAME_LENGTH]
        if (before.value if before else None) == draft.value and (
            before is None or before.source == source or draft.value is None
        ):
            rows.append(None)
            continue
        row = TypedActual.stamped(
            actor=actor,
            as_of=as_of,
            **dict(zip(ONE_CLAIM, claim, strict=True)),
            revision=before.revision + 1 if before else 1,
            value=draft.value,
            source=source,
        )
        known[claim] = row
        rows.append(row)
        facts.append(_fact(row, number, draft.period, before))
    TypedActual.objects.bulk_create([row for row in rows if row is not None])
    publish_many(facts, actor=actor, occurred_at=as_of)
    return rows


@action
def take_back_actual(*, actor: Actor, as_of: datetime, actual_id: UUID) -> TypedActual | None:
    """Say that what was typed does not hold; nothing where it was taken back or corrected before.

    Raises NotAllowed, NotFound.
    """
    require(actor, "actual", Verb.CREATE)
    told = TypedActual.one_for(actor, Verb.VIEW, actual_id)
    claim = {name: getattr(told, name) for name in ONE_CLAIM}
    newest = TypedActual.objects.filter(**claim).select_for_update().order_by("-revision", "pk")[0]
    if newest.pk != told.pk or newest.value is None:
        return None
    number = Number(told.metric, told.target, told.pillar, told.unit)
    row = TypedActual.stamped(actor=actor, as_of=as_of, **claim, revision=newest.revision + 1, value=None)
    row.save(force_insert=True)
    own = company()
    period = CalendarPeriod.of(Grain(told.grain), told.starts_on, own.fiscal_start_month if own else 1)
    publish_many([_fact(row, number, period, newest)], actor=actor, occurred_at=as_of)
    return row


def checked_through(draft: ActualDraft, today: date) -> date:
    """Return the last day that a draft speaks of. Raises OtherPeriod, OutsidePeriod, NotYet."""
    period, days = draft.period, draft.period.days
    if period.grain is not draft.target.period:
        raise OtherPeriod(period=period.label, grain=draft.target.period.value)
    if days.start > today:
        raise NotYet(day=days.start)
    through = draft.through or min(days.last, today)
    if through not in days:
        raise OutsidePeriod(day=through, period=period.label)
    if through > today:
        raise NotYet(day=through)
    return through


def _fact(row: TypedActual, number: Number, period: CalendarPeriod, before: TypedActual | None) -> ActualTyped:
    value, source = (before.value, before.source) if before else (None, "")
    return ActualTyped(
        subject=row.ref,
        number=number.id,
        pillar=number.pillar,
        unit=number.unit,
        period=period.label,
        through=row.through_on.isoformat(),
        revision=row.revision,
        changes={"value": (plain(value), plain(row.value))},
        # A note on where a number comes from names people at times.
        personal={"source": (source, row.source)} if source != row.source else {},
    )
