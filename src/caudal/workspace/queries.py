"""Reads of the workspace."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from django.db import connection
from django.db.models import DecimalField
from django.db.models.expressions import Combinable

from caudal.core.clocks import Shift, WorkingCalendar
from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Currency, FxRate, Money, rate_on
from caudal.kit.access import SYSTEM, Actor, ActorKind, Verb
from caudal.kit.fields import minor_units
from caudal.kit.lists import ListView
from caudal.kit.own_fields import NO_SUCH_RECORD, Filled, OwnField, filled
from caudal.kit.places import Written
from caudal.kit.records import NotFound, in_sight
from caudal.kit.shapes import kinds_with_fields, shape_of
from caudal.workspace.models import (
    AccessLink,
    ApiKey,
    Approval,
    CompanySettings,
    CustomField,
    DatedRate,
    DefaultView,
    ExternalId,
    Member,
    Operation,
    OperationState,
    Pillar,
    Role,
    SavedView,
    StoredFile,
    Team,
)

MEMBERS_BELOW: Final = """
WITH RECURSIVE below AS (
    SELECT id FROM workspace_team WHERE id = %s
    UNION
    SELECT team.id FROM workspace_team AS team JOIN below ON team.parent_id = below.id
)
SELECT member.id FROM workspace_member AS member JOIN below ON member.team_id = below.id
"""

RATE_DAYS_MAX: Final = 7
"""How many days a rate counts for, its own among them: a week bridges weekends and holidays, and no more."""
RATE_PIVOT: Final = "EUR"
"""The currency that the others are told in; two of them are told in each other by the quotient of a day's rates."""
RATE: Final = """
case when ⟦currency⟧ = %(own)s then 1::numeric else (
    select known.{part} from (
        select r.rate as above, 1::numeric as below, r.day, 1 as place from workspace_datedrate r
        where r.base = ⟦currency⟧ and r.quote = %(own)s and r.day <= ⟦day⟧ and r.day > ⟦day⟧ - %(days)s
        union all
        select 1::numeric, r.rate, r.day, 2 from workspace_datedrate r
        where r.quote = ⟦currency⟧ and r.base = %(own)s and r.day <= ⟦day⟧ and r.day > ⟦day⟧ - %(days)s
        union all
        select r.rate, o.rate, r.day, 3 from workspace_datedrate r
        join workspace_datedrate o on o.day = r.day and o.base = %(pivot)s and o.quote = ⟦currency⟧
        where r.base = %(pivot)s and r.quote = %(own)s and r.day <= ⟦day⟧ and r.day > ⟦day⟧ - %(days)s
    ) known order by known.day desc, known.place limit 1
) end
"""


def company() -> CompanySettings | None:
    """Return the company of this installation, if it was founded."""
    return CompanySettings.objects.order_by("pk").first()


class NotFounded(Problem):
    """There is no company yet, and so neither a currency nor a calendar."""

    code = "company.not_founded"
    status = 409
    message = msg("There is no company here yet.")
    hint = msg("Make one with: caudal init.")


def home_country() -> str:
    """Return the ISO code of the country that the company of this installation is at home in, if it said so."""
    own = company()
    return own.country if own else ""


def company_for(actor: Actor, verb: Verb) -> CompanySettings:
    """Return the company's settings to somebody who may carry the verb to them. Raises NotFounded."""
    found = CompanySettings.for_actor(actor, verb).order_by("pk").first()
    if found is None:
        raise NotFounded
    return found


def in_own_currency(name: str, own: str, day: Combinable) -> tuple[Written, Written]:
    """Return the quotient that an amount of a row is in the company's currency, by the rate of a day; null without one.

    `name` is the amount's attribute on the model. The numerator comes first.
    """
    currency = f"{name}_currency"
    numeric = DecimalField(max_digits=1000, decimal_places=500)
    parts = [
        Written(
            RATE.format(part=part),
            {"currency": currency, "day": day},
            {"own": own, "days": RATE_DAYS_MAX, "pivot": RATE_PIVOT},
            output_field=numeric,
        )
        for part in ("above", "below")
    ]
    above = Written("(⟦minor⟧ * ⟦rate⟧)", {"minor": f"{name}_minor", "rate": parts[0]}, output_field=numeric)
    units = f"(({minor_units('⟦currency⟧')}) * ⟦rate⟧)"
    return above, Written(units, {"currency": currency, "rate": parts[1]}, output_field=numeric)


def dated_rate(base: Currency, quote: Currency, day: date) -> FxRate | None:
    """Return what one unit of `base` costs in `quote` on a day, exactly: the newest rate on or before it.

    A rate counts for `RATE_DAYS_MAX` days; without one between the two, that through the euro counts. None is an
    absence that the caller reports.
    """
    return rate_on(
        day, base, quote, rates=recent_rates(day), pivot=Currency(RATE_PIVOT), days_old_max=RATE_DAYS_MAX - 1
    )


def needs_second_person(amount: Money | None) -> bool:
    """Say whether something worth this takes two people. An amount in another currency than the threshold's does."""
    own = company()
    limit: Money | None = own.approval_above if own else None
    if limit is None or amount is None:
        return False
    return amount.currency != limit.currency or amount > limit


def granted(subject: Ref, request: str, *, since: datetime) -> bool:
    """Say whether a second person agreed to a request on a row after an instant."""
    return Approval.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, request=request, granted=True, decided_at__gte=since
    ).exists()


def open_approvals(actor: Actor) -> list[Approval]:
    """Return what waits for a decision, oldest first, as far as it is about rows that the actor may change."""
    waiting = list(Approval.for_actor(actor).filter(decided_at=None).order_by("created_at", "pk"))
    reached = in_sight({each.subject for each in waiting}, actor, Verb.CHANGE)
    return [each for each in waiting if each.subject in reached]


def open_approval(subject: Ref, request: str) -> Approval | None:
    """Return the question about a row, already reached, that waits for a decision, if there is one."""
    return Approval.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, request=request, decided_at=None, deleted_at=None
    ).first()


def hands_of(actor: Actor) -> frozenset[str]:
    """Return the ids under which one person acts: their own, and those of the keys that they issued."""
    keys = ApiKey.objects.filter(created_by=actor.id)
    return frozenset({actor.id, *(str(key.ref) for key in keys)})


def actor_of_member(member: Member, settings: CompanySettings | None = None) -> Actor:
    """Return a member as an actor: the role, and for a manager the people of the teams below."""
    own = settings or company()
    return Actor(
        kind=ActorKind.STAFF,
        id=str(member.ref),
        name=member.name,
        roles=frozenset({member.role}),
        member=member.pk,
        team=members_below(member.team_id) if member.role == Role.MANAGER and member.team_id else frozenset(),
        zone=member.zone or (own.zone if own else "UTC"),
        language=member.language or (own.language if own else "en"),
    )


def actor_of_key(key: ApiKey, settings: CompanySettings | None = None) -> Actor:
    """Return a key as an actor: its role, narrowed by its scopes."""
    own = settings or company()
    return Actor(
        kind=ActorKind.KEY,
        id=str(key.ref),
        name=key.name,
        roles=frozenset({key.role}),
        scopes=frozenset(key.scopes),
        zone=own.zone if own else "UTC",
    )


def actor_called(actor_id: str) -> Actor:
    """Return who asked for something, as they may act now: a member, a key, or the system."""
    if actor_id == SYSTEM.id:
        return SYSTEM
    ref = Ref.parse(actor_id)
    if ref.kind == ApiKey.kind:
        return actor_of_key(ApiKey.objects.get(pk=ref.id, revoked_at=None, deleted_at=None))
    return actor_of_member(Member.objects.get(pk=ref.id, deactivated_at=None, deleted_at=None))


def members_below(team_id: UUID) -> frozenset[UUID]:
    """Return everybody in a team and the teams below it."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS_BELOW, [team_id])
        return frozenset(row[0] for row in cursor.fetchall())


def member(actor: Actor, member_id: UUID) -> Member:
    """Return somebody of the team. Raises NotFound."""
    return Member.one_for(actor, Verb.VIEW, member_id)


def team(actor: Actor, team_id: UUID) -> Team:
    """Return a team. Raises NotFound."""
    return Team.one_for(actor, Verb.VIEW, team_id)


def member_names(ids: set[UUID]) -> Mapping[UUID, str]:
    """Return the names of members."""
    return dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))


def active_members() -> list[tuple[UUID, str]]:
    """Return everybody who works here, by name: whom rows may be given to."""
    rows = Member.objects.filter(deleted_at=None, deactivated_at=None).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


def actor_names(ids: set[str]) -> Mapping[str, str]:
    """Return how the actors of facts and stamps are called, by the id that they carry."""
    refs = [Ref.parse(each) for each in ids if "_" in each]
    found = {str(Ref("member", pk)): name for pk, name in member_names({ref.id for ref in refs}).items()}
    keys = ApiKey.objects.filter(pk__in=[ref.id for ref in refs if ref.kind == "key"])
    return found | {str(key.ref): key.name for key in keys}


def member_of_team(actor: Actor, member_id: UUID) -> Member:
    """Return somebody who works here. Raises NotFound."""
    return Member.one_for(actor, Verb.VIEW, member_id)


def member_directory() -> list[tuple[UUID, str]]:
    """Return id and name of everybody who works here or did, by name, then id."""
    return list(Member.objects.filter(deleted_at=None).order_by("name", "pk").values_list("pk", "name"))


def member_addresses() -> list[tuple[str, str]]:
    """Return e-mail address and name of everybody who works here or did and has an address, by address."""
    rows = Member.objects.filter(deleted_at=None).exclude(email=None).order_by("email", "pk")
    return [(str(email), name) for email, name in rows.values_list("email", "name")]


def teams_by_name() -> dict[str, Team]:
    """Return the teams by their names, which are unique."""
    return {team.name: team for team in Team.objects.filter(deleted_at=None).order_by("name", "pk")}


def saved_views(actor: Actor, record_kind: str) -> list[ListView]:
    """Return the views of the list of a kind that the actor sees, by name, in two queries."""
    rows = list(SavedView.for_actor(actor).filter(record_kind=record_kind).order_by("name", "pk"))
    mine = (
        set(
            SavedView.for_actor(actor, Verb.CHANGE).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
        )
        if rows
        else ()
    )
    return [
        ListView(
            key=str(row.ref),
            label=row.name,
            where=row.where,
            columns=tuple(row.columns),
            sort=row.sort,
            group=row.group,
            layout=row.layout,
            sharing=row.sharing,
            version=row.version,
            may_change=row.pk in mine,
        )
        for row in rows
    ]


def default_view(actor: Actor, record_kind: str) -> str:
    """Return the view that the actor's list of a kind opens with; nothing when none was chosen."""
    found = DefaultView.objects.filter(member=actor.member, record_kind=record_kind) if actor.member else None
    return (found.values_list("key", flat=True).first() if found is not None else "") or ""


@dataclass(frozen=True, slots=True)
class External:
    """What a source calls a row of ours, and the digest of what it said of it last."""

    key: str
    record: UUID
    digest: str


def externals(source: str, kind: str, keys: Iterable[str]) -> dict[str, External]:
    """Return the rows of a kind that a source knows under these keys."""
    rows = ExternalId.objects.filter(source=source, kind=kind, key__in=list(keys))
    return {row.key: External(row.key, row.record, row.digest) for row in rows}


def externals_of(source: str, kind: str) -> dict[str, UUID]:
    """Return every row of a kind that a source knows, by its key."""
    rows = ExternalId.objects.filter(source=source, kind=kind).order_by("key")
    return dict(rows.values_list("key", "record"))


def external_keys(source: str, kind: str, records: Iterable[UUID]) -> set[UUID]:
    """Return those of some rows of a kind that a source knows."""
    rows = ExternalId.objects.filter(source=source, kind=kind, record__in=list(records))
    return set(rows.values_list("record", flat=True))


def operation_by_id(operation_id: UUID) -> Operation | None:
    """Return an operation to the worker that was asked to do it."""
    return Operation.objects.filter(pk=operation_id).first()


def operation_for(actor: Actor, verb: Verb, operation_id: UUID, *, names: Iterable[str]) -> Operation:
    """Return an operation of one of some names. Raises NotFound."""
    found = Operation.one_for(actor, verb, operation_id)
    if found.name not in set(names):
        raise NotFound(kind=Operation.kind, id=found.ref)
    return found


def operations(actor: Actor, names: Iterable[str], *, limit: int) -> list[Operation]:
    """Return the newest operations of some names."""
    return list(Operation.for_actor(actor).filter(name__in=list(names)).order_by("-created_at", "-pk")[:limit])


def unfinished_operations(actor: Actor, name: str) -> list[Operation]:
    """Return the operations of a name that wait or run, oldest first."""
    open_states = (OperationState.WAITING, OperationState.RUNNING)
    return list(Operation.for_actor(actor).filter(name=name, state__in=open_states).order_by("created_at", "pk"))


def file_with(actor: Actor, name: str, sha256: str) -> UUID | None:
    """Return the file of this name and content that somebody gave us before."""
    return StoredFile.for_actor(actor).filter(name=name, sha256=sha256).values_list("pk", flat=True).first()


def pillars() -> list[Pillar]:
    """Return the lines of business, in their order."""
    return list(Pillar.objects.filter(deleted_at=None).order_by("position", "pk"))


def working_calendar(settings: CompanySettings, *, first: date, last: date) -> WorkingCalendar:
    """Return the company's working time: weekdays, without the public holidays of its country between two days."""
    off = (
        holidays.country_holidays(settings.country, years=range(first.year, last.year + 1)) if settings.country else {}
    )
    return WorkingCalendar(zone=ZoneInfo(settings.zone), holidays=frozenset(off))


RESPONSE_HOURS: Final = 4
"""So many hours of work after somebody showed interest they should have heard from us."""
OFFICE_HOURS: Final = ((Shift.of("09:00", "18:00"),),) * 5 + ((), ())


def office_calendar(settings: CompanySettings, *, first: date, last: date) -> WorkingCalendar:
    """Return the hours at which somebody is there to answer: nine to six on the days that the company works."""
    days = working_calendar(settings, first=first, last=last)
    return WorkingCalendar(zone=days.zone, hours=OFFICE_HOURS, holidays=days.holidays)


def recent_rates(day: date) -> list[FxRate]:
    """Return the dated rates of the last days up to one."""
    rows = DatedRate.objects.filter(day__lte=day, day__gt=day - timedelta(days=RATE_DAYS_MAX)).order_by("day", "pk")
    return [FxRate.of(row.base, row.quote, row.day, row.rate) for row in rows]


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class LinkSpent(Problem):
    """The link was used, has expired, or was never made."""

    code = "link.spent"
    status = 410
    message = msg("This link was already used or has expired.")
    hint = msg("Ask for a new one.")


class NoSuchMember(Problem):
    """Nobody of the team signs in with this address."""

    code = "member.no_such_address"
    status = 404
    message = msg("Nobody of the team has the address {email}.")
    hint = msg("The page of the team lists the addresses; --name adds an administrator with this one.")


def member_with_address(actor: Actor, email: str) -> Member:
    """Return the member who signs in with an address, in any case of letters. Raises NoSuchMember."""
    found = Member.for_actor(actor).filter(email__iexact=email.strip()).first()
    if found is None:
        raise NoSuchMember(email=email)
    return found


def open_link(token: str, *, as_of: datetime, lock: bool = False) -> AccessLink:
    """Return the link that a token opens, locked if asked. Raises LinkSpent."""
    links = AccessLink.objects.select_related("member").filter(token_hash=hashed(token))
    link = (links.select_for_update(of=("self",)) if lock else links).first()
    if link is None or link.used_at is not None or link.expires_at <= as_of or not link.member.is_active:
        raise LinkSpent
    return link


def live_key(prefix: str, token_hash: str, *, as_of: datetime) -> ApiKey | None:
    """Return the key with this prefix and hash if it opens anything at this instant."""
    key = ApiKey.objects.filter(prefix=prefix, token_hash=token_hash, revoked_at=None, deleted_at=None).first()
    return None if key is None or (key.expires_at is not None and key.expires_at <= as_of) else key


_KNOWN_FIELDS: ContextVar[dict[str, tuple[OwnField, ...]] | None] = ContextVar("own_fields", default=None)
"""The fields of one's own that this request has read; None outside of requests, where nothing is remembered."""


@contextmanager
def remembering_own_fields() -> Iterator[None]:
    """Let one request read the definitions of fields once."""
    token = _KNOWN_FIELDS.set({})
    try:
        yield
    finally:
        _KNOWN_FIELDS.reset(token)


def forget_own_fields() -> None:
    """Let this request read the definitions again, after one changed."""
    if _KNOWN_FIELDS.get() is not None:
        _KNOWN_FIELDS.set({})


def own_fields(kind: str, *, retired: bool = False) -> tuple[OwnField, ...]:
    """Return the company's own fields of a kind of record, in their order; those that are retired only if asked."""
    known = _KNOWN_FIELDS.get()
    if not known:
        known = {"": ()} if known is None else known
        known[""] = ()
        for row in CustomField.objects.filter(deleted_at=None).order_by("record_kind", "position", "pk"):
            known[row.record_kind] = (*known.get(row.record_kind, ()), row.value())
    return tuple(each for each in known.get(kind, ()) if retired or each.active)


def link_kinds() -> tuple[str, ...]:
    """Return the kinds of records that a field of one's own may name: those that have fields themselves."""
    return kinds_with_fields()


def fill_own_fields(
    fields: Sequence[OwnField], actor: Actor, given: Mapping[str, Any], stored: Mapping[str, Any]
) -> Filled:
    """Return what is to be written of the own fields of a row, and every finding, by the name of the field.

    Records that the values name are within the actor's sight, or a finding.
    """
    found = filled(fields, given, stored)
    seen = in_sight({ref for _, ref in found.links}, actor) if found.links else {}
    found.wrong |= {name: NO_SUCH_RECORD for name, ref in found.links if ref not in seen}
    return found


def index_own_field(field_id: UUID) -> str:
    """Let the owner of the tables make or drop the index of a field, and return its name, nothing without one.

    Writes to the table wait while it is made; it gives up after two seconds of waiting itself. See ADR 18.
    """
    row = CustomField.objects.get(pk=field_id)
    table = shape_of(row.record_kind).model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT own_field_index(%s, %s::regclass)", [field_id, table])
        return str(cursor.fetchone()[0])
