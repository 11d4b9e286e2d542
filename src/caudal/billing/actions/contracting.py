"""Writes of contracts: what was signed, what is spent at least, and how it renews and ends."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db.models import Q

from caudal.billing.actions.subscribing import end_on_its_day, move_end
from caudal.billing.events import (
    ContractChanged,
    ContractCommitted,
    ContractEnded,
    ContractNoticed,
    ContractRenewed,
    ContractSigned,
)
from caudal.billing.models import Contract, ContractCommitment, Customer, Subscription
from caudal.billing.queries.committing import commitments_of, settles_at
from caudal.core.commitments import committed_periods
from caudal.core.errors import Problem, msg
from caudal.core.money import Money
from caudal.core.periods import add_months, day_in, zone_named
from caudal.crm.queries import deal as deal_of
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values

PERSONAL: Final = ("name", "note", "reference")
"""What may tell of a natural person: facts carry it sealed."""
LENGTHS: Final = {"name": 200, "reference": 80, "note": 10_000}
MONTHS_MAX: Final = 240
COMMITTED_MONTHS_MAX: Final = 120
NOTICE_DAYS_MAX: Final = 730
RENEWALS_MAX: Final = 240


class ContractIsOver(Problem):
    """A contract that has ended is not changed any more."""

    code = "contract.over"
    status = 409
    message = msg("“{contract}” ended on {day}.")
    hint = msg("Sign a new one.")


class NeverEnds(Problem):
    """A contract without an end is not renewed, and needs no notice."""

    code = "contract.never_ends"
    status = 409
    message = msg("“{contract}” has no end.")
    hint = msg("Change the contract, and say on which day it ends.")


class CommitmentSettled(Problem):
    """A minimum that was settled is not agreed otherwise for the past."""

    code = "contract.commitment_settled"
    status = 409
    message = msg("What is spent at least under “{contract}” is settled up to {day}.")
    hint = msg("Let the new amount count from that day on, or later.")


class ContractValues(TypedDict, total=False):
    """What may be said of a contract."""

    name: str
    reference: str
    end_day: date | None
    renews_months: int
    notice_days: int
    note: str


@action
def sign_contract(
    *,
    actor: Actor,
    as_of: datetime,
    customer_id: UUID,
    start_day: date,
    commitment: Money | None = None,
    commitment_months: int = 12,
    deal_id: UUID | None = None,
    **values: Unpack[ContractValues],
) -> Contract:
    """Keep what was signed with a customer. Raises BadInput, NotFound."""
    require(actor, "contract", Verb.CREATE)
    customer = Customer.one_for(actor, Verb.VIEW, customer_id)
    if deal_id is not None:
        deal_of(actor, deal_id)
    checked = _checked({"name": "", "end_day": None, "renews_months": 0} | dict(values), start_day)
    row = Contract.stamped(actor=actor, as_of=as_of, customer=customer, deal_id=deal_id, start_day=start_day, **checked)
    row.save(force_insert=True)
    said = first_values(checked | {"start_day": start_day})
    fact = ContractSigned(
        subject=row.ref,
        about=(customer.ref,),
        changes={name: each for name, each in said.items() if name not in PERSONAL},
        personal={name: each for name, each in said.items() if name in PERSONAL},
    )
    publish(fact, actor=actor, occurred_at=as_of)
    if commitment is not None:
        _commit(row, start_day, commitment, commitment_months, actor=actor, as_of=as_of)
    return row


@action
def change_contract(
    *,
    actor: Actor,
    as_of: datetime,
    contract_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[ContractValues],
) -> Contract:
    """Change what a contract says; subscriptions that end with it follow. Raises BadInput, ContractIsOver, NotFound."""
    row = _open(actor, contract_id)
    said = {"end_day": row.end_day, "renews_months": row.renews_months} | dict(values)
    checked = _checked(said, row.start_day)
    changes = row.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        fact = ContractChanged(
            subject=row.ref,
            about=(row.customer.ref,),
            changes={name: each for name, each in changes.items() if name not in PERSONAL},
            personal={name: each for name, each in changes.items() if name in PERSONAL},
        )
        publish(fact, actor=actor, occurred_at=as_of)
    if "end_day" in changes:
        _follow(row, actor=actor, as_of=as_of)
    return row


@action
def commit(
    *, actor: Actor, as_of: datetime, contract_id: UUID, from_day: date, amount: Money | None, months: int = 12
) -> Contract:
    """Agree on what is spent at least from a day on, before tax; None agrees on nothing.

    Raises BadInput, ContractIsOver, CommitmentSettled, NotFound.
    """
    row = _open(actor, contract_id)
    _commit(row, from_day, amount, months, actor=actor, as_of=as_of)
    return row


@action
def give_notice(*, actor: Actor, as_of: datetime, contract_id: UUID, day: date) -> Contract:
    """Keep that notice was given on a day: it ends when it would renew, or once later if that came too late.

    Raises ContractIsOver, NeverEnds, NotFound.
    """
    row = _open(actor, contract_id)
    if row.end_day is None:
        raise NeverEnds(contract=row.name)
    if row.notice_day != day:
        row.touch(actor=actor, as_of=as_of, notice_day=day)
        ends = ends_on(row)
        fact = ContractNoticed(subject=row.ref, about=(row.customer.ref,), given=True, ends_day=str(ends or ""))
        publish(fact, actor=actor, occurred_at=as_of)
    return row


@action
def take_notice_back(*, actor: Actor, as_of: datetime, contract_id: UUID) -> Contract:
    """Take notice back before the contract ends: it renews as it would have. Raises ContractIsOver, NotFound."""
    row = _open(actor, contract_id)
    if row.notice_day is not None:
        row.touch(actor=actor, as_of=as_of, notice_day=None)
        fact = ContractNoticed(subject=row.ref, about=(row.customer.ref,), given=False, ends_day="")
        publish(fact, actor=actor, occurred_at=as_of)
    return row


@action
def renew_contract(*, actor: Actor, as_of: datetime, contract_id: UUID, months: int | None = None) -> Contract:
    """Renew a contract before it ends, for as long as it would by itself or for so many months.

    Raises ContractIsOver, NeverEnds, BadInput, NotFound.
    """
    row = _open(actor, contract_id)
    if row.end_day is None:
        raise NeverEnds(contract=row.name)
    wanted = row.renews_months if months is None else months
    if not 1 <= wanted <= MONTHS_MAX:
        raise BadInput({"months": msg("Renew it for 1 to 240 months.")})
    _renew(row, wanted, by_itself=False, actor=actor, as_of=as_of)
    return row


def turn_contracts(*, actor: Actor, as_of: datetime) -> int:
    """Renew or end the contracts whose day has come, and end subscriptions that were to; return how many there were.

    Not one transaction: each is one. Said again, nothing is left to do.
    """
    latest = as_of.date() + timedelta(days=1)
    contracts = Contract.objects.filter(end_day__lte=latest, ended_at=None, deleted_at=None)
    turned = sum(
        turn_contract(actor=actor, as_of=as_of, contract_id=pk) for pk in contracts.values_list("pk", flat=True)
    )
    ending = Subscription.objects.filter(
        Q(with_contract=False) | Q(contract__ended_at__isnull=False), end_day__lte=latest, deleted_at=None
    ).exclude(status="ended")
    return turned + sum(
        end_subscription(actor=actor, as_of=as_of, subscription_id=pk) for pk in ending.values_list("pk", flat=True)
    )


@action
def turn_contract(*, actor: Actor, as_of: datetime, contract_id: UUID) -> bool:
    """Renew or end a contract if its day has come; say whether it had. Raises NotFound."""
    row = Contract.one_for(actor, Verb.CHANGE, contract_id, lock=True)
    today = day_in(as_of, zone_named(row.customer.zone))
    turned = False
    while row.ended_at is None and row.end_day is not None and row.end_day <= today:
        turned = True
        if _renews(row):
            _renew(row, row.renews_months, by_itself=True, actor=actor, as_of=as_of)
        else:
            row.touch(actor=actor, as_of=as_of, ended_at=as_of)
            fact = ContractEnded(subject=row.ref, about=(row.customer.ref,), day=row.end_day.isoformat())
            publish(fact, actor=actor, occurred_at=as_of)
    return turned


@action
def end_subscription(*, actor: Actor, as_of: datetime, subscription_id: UUID) -> bool:
    """Say that a subscription ended if the day that was agreed has come; say whether it had. Raises NotFound."""
    row = Subscription.one_for(actor, Verb.CHANGE, subscription_id, lock=True)
    if row.end_day is None or row.end_day > day_in(as_of, zone_named(row.zone)) or row.status == "ended":
        return False
    end_on_its_day(row, actor=actor, as_of=as_of)
    return True


def ends_on(row: Contract) -> date | None:
    """Return the day on which a contract will end as things stand, None if it goes on.

    Notice of 30 days given on 20 December does not end what renews on 1 January for a year, but a year later.
    """
    if row.end_day is None or (row.notice_day is None and row.renews_months):
        return None
    end = row.end_day
    for _ in range(RENEWALS_MAX):
        if not row.renews_months or _in_time(row, end):
            break
        end = later(row.start_day, end, row.renews_months)
    return end


def later(start: date, end: date, months: int) -> date:
    """Return a day so many months later, counted from the first day where the end was: 28 February is then a 31st.

    >>> later(date(2026, 1, 31), date(2026, 2, 28), 1).isoformat()
    '2026-03-31'
    """
    apart = (end.year - start.year) * 12 + end.month - start.month
    return add_months(start, apart + months) if add_months(start, apart) == end else add_months(end, months)


def _renews(row: Contract) -> bool:
    assert row.end_day is not None  # noqa: S101  it ends
    return bool(row.renews_months) and not _in_time(row, row.end_day)


def _in_time(row: Contract, end: date) -> bool:
    return row.notice_day is not None and row.notice_day <= end - timedelta(days=row.notice_days)


def _renew(row: Contract, months: int, *, by_itself: bool, actor: Actor, as_of: datetime) -> None:
    assert row.end_day is not None  # noqa: S101  it ends
    row.touch(actor=actor, as_of=as_of, end_day=later(row.start_day, row.end_day, months))
    fact = ContractRenewed(subject=row.ref, about=(row.customer.ref,), end_day=str(row.end_day), by_itself=by_itself)
    publish(fact, actor=actor, occurred_at=as_of)
    _follow(row, actor=actor, as_of=as_of)


def _follow(row: Contract, *, actor: Actor, as_of: datetime) -> None:
    """Let what depends on the end of a contract depend on the new one."""
    ending = Subscription.objects.filter(contract=row, with_contract=True, deleted_at=None).exclude(status="ended")
    for subscription in ending.order_by("pk").select_for_update(of=("self",)):
        move_end(subscription, actor=actor, as_of=as_of, end_day=row.end_day)
    commitments = commitments_of([row])[row.pk]
    if commitments:
        # What was settled is looked at again from the first period on: what is right is not invoiced twice.
        row.touch(actor=actor, as_of=as_of, due_at=settles_at(row, commitments, None))


def _commit(row: Contract, from_day: date, amount: Money | None, months: int, *, actor: Actor, as_of: datetime) -> None:
    wrong = {}
    if amount is not None and amount.minor <= 0:
        wrong["commitment"] = msg("Write an amount above nothing.")
    if not 1 <= months <= COMMITTED_MONTHS_MAX:
        wrong["commitment_months"] = msg("It is settled every 1 to 120 months.")
    if from_day < row.start_day or (row.end_day is not None and from_day >= row.end_day):
        wrong["from_day"] = msg("It counts from a day within the contract on.")
    before = commitments_of([row])[row.pk]
    units = {each.amount.currency for each in before if each.amount is not None}
    if amount is not None and units and amount.currency not in units:
        wrong["commitment"] = msg("The currency of a minimum stays the same.")
    if wrong:
        raise BadInput(wrong)
    today = day_in(as_of, zone_named(row.customer.zone))
    over = [each.days.end for each in committed_periods(before, row.end_day, today) if each.days.end <= today]
    if over and from_day < over[-1]:
        raise CommitmentSettled(contract=row.name, day=over[-1])
    written = ContractCommitment(
        contract=row,
        number=len(before) + 1,
        from_day=from_day,
        months=months,
        decided_at=as_of,
        decided_by=actor.id,
    )
    written.amount = amount
    written.save(force_insert=True)
    due_at = settles_at(row, commitments_of([row])[row.pk], None)
    row.touch(actor=actor, as_of=as_of, commitment=amount, commitment_months=months, due_at=due_at)
    fact = ContractCommitted(
        subject=row.ref,
        about=(row.customer.ref,),
        amount="" if amount is None else amount.major,
        currency="" if amount is None else amount.currency.code,
        months=months,
        from_day=from_day.isoformat(),
    )
    publish(fact, actor=actor, occurred_at=as_of)


def _open(actor: Actor, contract_id: UUID) -> Contract:
    row = Contract.one_for(actor, Verb.CHANGE, contract_id, lock=True)
    if row.ended_at is not None:
        raise ContractIsOver(contract=row.name, day=row.end_day)
    return row


def _checked(values: Mapping[str, Any], start_day: date) -> dict[str, Any]:
    checked = dict(values)
    wrong: dict[str, str] = {}
    for name, length in LENGTHS.items():
        if name in checked:
            text = str(checked[name]).replace("\x00", "").strip()
            checked[name] = text if name == "note" else " ".join(text.split())
            if len(checked[name]) > length:
                wrong[name] = msg("It is too long.")
    if "name" in checked and not checked["name"]:
        wrong["name"] = msg("Give the contract a name.")
    if checked["end_day"] is not None and checked["end_day"] <= start_day:
        wrong["end_day"] = msg("It must end after it begins.")
    if not 0 <= checked["renews_months"] <= MONTHS_MAX:
        wrong["renews_months"] = msg("It renews for 0 to 240 months.")
    elif checked["renews_months"] and checked["end_day"] is None:
        wrong["renews_months"] = msg("What has no end does not renew: say when it ends.")
    if not 0 <= checked.get("notice_days", 0) <= NOTICE_DAYS_MAX:
        wrong["notice_days"] = msg("Notice is given 0 to 730 days before.")
    if wrong:
        raise BadInput(wrong)
    return checked
