"""Who asks, what they may do, and to which rows: the one door.

An `Actor` is built at the edge (by `workspace`) and passed down as a plain value. Each context publishes, in its
`policies` room, one `Policy` per kind of row; whatever no policy grants is refused. Refusals work over sets: a verb
that reaches no rows gives an empty queryset, so a row out of scope is simply not found.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Model, Q

from caudal.core.errors import Problem, msg
from caudal.kit.rooms import gathered
from caudal.kit.world import now

if TYPE_CHECKING:
    from django.db.models import QuerySet

M = TypeVar("M", bound=Model)


class ActorKind(StrEnum):
    """What kind of party asks."""

    STAFF = "staff"
    CUSTOMER = "customer"
    PARTNER = "partner"
    KEY = "key"
    SYSTEM = "system"


class Verb(StrEnum):
    """What may be done to a row."""

    VIEW = "view"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    EXPORT = "export"


class Reach(IntEnum):
    """How far a grant goes; the widest of an actor's roles counts."""

    NONE = 0
    OWN = 1
    """Rows that the actor owns."""
    FREE = 2
    """The actor's own rows, and those that nobody owns."""
    TEAM = 3
    """Rows owned by anybody in the actor's team, as wide as it is for this actor, and rows that nobody owns."""
    ALL = 4


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. `id` is a public id (`member_…`, `key_…`) or the word `system`."""

    kind: ActorKind
    id: str
    name: str
    roles: frozenset[str] = frozenset()
    member: UUID | None = None
    team: frozenset[UUID] = frozenset()
    """Members whose rows `Reach.TEAM` means: those of the team, and of the teams below it for whoever leads them."""
    teams: frozenset[UUID] = frozenset()
    """The actor's team and those above it: what is shared with one of them is shared with the actor."""
    shared: frozenset[str] = frozenset()
    """Kinds of rows of which some were shared with the actor; which ones, the door asks at each look."""
    limit: Reach | None = None
    """How far this very actor sees, whatever the roles say; None leaves it to them."""
    companies: frozenset[UUID] = frozenset()
    scopes: frozenset[str] | None = None
    """What a key is limited to, as `context:read` or `context:write`; None means no limit of its own."""
    zone: str = "UTC"
    language: str = "en"


SYSTEM: Final = Actor(kind=ActorKind.SYSTEM, id="system", name="Caudal")
"""The system itself: jobs, handlers, imports started by the machine's own administrator."""

Grants: TypeAlias = Mapping[Any, Mapping[Verb, Reach]]
"""Role → verb → reach. A role is a string, or a member of an enumeration of strings."""


def all_verbs(reach: Reach) -> dict[Verb, Reach]:
    """Grant every verb with one reach."""
    return dict.fromkeys(Verb, reach)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What opens single rows to somebody who would not reach them, as one context publishes it in `SHARING`."""

    rows: "Callable[[Actor, str, bool, datetime], QuerySet[Any, UUID]]"
    """Takes the actor, the kind, whether they are to be changed, and the instant; returns the ids of the rows."""
    holders: Callable[[str, Collection[UUID]], Mapping[UUID, Collection[UUID]]]
    """Takes a kind and ids of rows; returns the ids of the members and teams that each is shared with."""
    facts: frozenset[str]
    """After which a row is shared with others than before, by name; each has the row as its subject."""


@cache
def sharing() -> Sharing:
    """Return the one way in which rows are shared."""
    (found,) = gathered("policies", "SHARING")
    return found  # type: ignore[no-any-return]  # rooms are untyped


class Among(Func):
    """A value is one of an array, which is made once: an index on the value is looked into beside other indexes."""

    arg_joiner = " = ANY("
    template = "%(expressions)s)"
    output_field = BooleanField()


Rule: TypeAlias = Callable[[Actor, Verb, Reach], Q | None]
"""Returns the condition on rows that an actor may carry a verb to, for rows that are seen by more than their owner."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may do what to one kind of row."""

    noun: str
    """The kind, as in public ids: `deal`."""
    context: str
    """The context's name, the first half of key scopes: `crm`."""
    grants: Grants = field(default_factory=dict)
    """Role → verb → reach."""
    model: type[Model] | None = None
    """The rows; None for a noun that is a page or a number rather than rows."""
    owner: str | None = None
    """Path to the owning member's id (`owner_id`, `deal__owner_id`); without one, only Reach.ALL finds rows."""
    rule: Rule | None = None
    """What decides instead of the owner alone, for everybody but the system."""

    is_shared: bool = False
    """Whether single rows are shared with members and teams, to view or to change."""

    def reach(self, actor: Actor, verb: Verb) -> Reach:
        """Return how far this actor may carry this verb.

        Who was given a reach of their own sees exactly that far, and changes nothing beyond it.
        """
        if actor.kind is ActorKind.SYSTEM:
            return Reach.ALL
        if actor.scopes is not None and f"{self.context}:{scope_word(verb)}" not in actor.scopes:
            return Reach.NONE
        granted = max((self.grants.get(role, {}).get(verb, Reach.NONE) for role in actor.roles), default=Reach.NONE)
        if actor.limit is None or self.owner is None or granted is Reach.NONE:
            return granted
        return actor.limit if verb in READING else min(granted, actor.limit)

    def whose(self, actor: Actor, verb: Verb) -> frozenset[UUID | None] | None:
        """Return the members whose rows are within reach, None among them for nobody's; None alone for everybody's."""
        reach = self.reach(actor, verb)
        if reach is Reach.ALL:
            return None
        if reach is Reach.NONE or self.owner is None or actor.member is None:
            return frozenset()
        own: frozenset[UUID | None] = frozenset({actor.member})
        return own if reach is Reach.OWN else own | {None} | (actor.team if reach is Reach.TEAM else frozenset())

    def owners(self, actor: Actor, verb: Verb) -> frozenset[UUID | None] | None:
        """Return whose rows may be within reach: everybody's where a rule decides. `rows` has the last word."""
        by_rule = self.rule is not None and self.reach(actor, verb) is not Reach.NONE
        return None if by_rule else self.whose(actor, verb)

    def rows(self, actor: Actor, verb: Verb) -> Q | None:
        """Return the condition on rows within reach: None for no row at all, an empty Q for all of them."""
        condition = self.unshared(actor, verb)
        if not condition or not self.is_open(actor, verb):
            return condition
        return condition | Q(Among(F("pk"), ArraySubquery(self.shared_rows(actor, verb))))

    def unshared(self, actor: Actor, verb: Verb) -> Q | None:
        """Return the condition on rows that the actor reaches without a share, as `rows` does."""
        reach = self.reach(actor, verb)
        if self.rule is not None and actor.kind is not ActorKind.SYSTEM:
            return None if reach is Reach.NONE else self.rule(actor, verb, reach)
        owners = self.owners(actor, verb)
        if owners is None:
            return Q()
        if not owners:
            return None
        named = owners - {None}
        condition = Q(**{f"{self.owner}__in": named}) if len(named) > 1 else Q(**{str(self.owner): actor.member})
        return condition | Q(**{str(self.owner): None}) if None in owners else condition

    def is_open(self, actor: Actor, verb: Verb) -> bool:
        """Say whether single rows of this kind may be within reach because they were shared."""
        granted = self.reach(actor, verb) is not Reach.NONE
        return granted and self.is_shared and self.noun in actor.shared and verb in SHARED_VERBS

    def shared_rows(self, actor: Actor, verb: Verb) -> "QuerySet[Any, UUID]":
        """Return the ids of the rows that are shared with the actor for a verb."""
        return sharing().rows(actor, self.noun, verb is Verb.CHANGE, now())

    def covers(self, actor: Actor, verb: Verb, owner: UUID | None) -> bool:
        """Say of one row that is never shared, by its owner, what `rows` says of many."""
        whose = self.whose(actor, verb)
        return whose is None or owner in whose

    def covering(self, actor: Actor, verb: Verb) -> Callable[[UUID | None, UUID], bool]:
        """Return what says of single rows what `rows` says of many: for pages that offer a button or do not.

        It takes a row's owner and its id, and asks for shares once, however many rows it is asked about.
        """
        whose = self.whose(actor, verb)
        if whose is None:
            return lambda _owner, _row: True
        shared = set(self.shared_rows(actor, verb)) if self.is_open(actor, verb) else set()
        return lambda owner, row: owner in whose or row in shared


READING: Final = frozenset({Verb.VIEW, Verb.EXPORT})
SHARED_VERBS: Final = READING | {Verb.CHANGE}
"""What a share opens a row to: never to deletion."""


def scope_word(verb: Verb) -> str:
    """Return the second half of the key scope that a verb needs."""
    return "read" if verb in READING else "write"


class NotAllowed(Problem):
    """No role of the actor grants this verb on this kind of row."""

    code = "access.not_allowed"
    status = 403
    message = msg("The role of {actor} does not allow this: {noun}, {verb}.")
    hint = msg("Ask an administrator for a role that may.")


@cache
def policies() -> dict[str, Policy]:
    """Return every context's policies by noun."""
    found: tuple[Policy, ...] = gathered("policies", "POLICIES")
    by_noun = {policy.noun: policy for policy in found}
    if len(by_noun) != len(found):
        raise LookupError("two policies speak of the same noun")
    return by_noun


@cache
def policy_of(model: type[Model]) -> Policy:
    """Return the policy of a model; a model without one cannot be reached."""
    for policy in policies().values():
        if policy.model is model:
            return policy
    raise LookupError(f"{model._meta.label} has no policy: add one to its context's POLICIES")


def may(actor: Actor, noun: str, verb: Verb) -> bool:
    """Say whether any row, or the noun itself, is within the actor's reach."""
    return policies()[noun].reach(actor, verb) is not Reach.NONE


def require(actor: Actor, noun: str, verb: Verb) -> None:
    """Refuse, with NotAllowed, an actor to whom nothing grants the verb on the noun."""
    if not may(actor, noun, verb):
        raise NotAllowed(actor=actor.name, verb=verb.value, noun=noun)


def scoped(rows: "QuerySet[M]", actor: Actor, verb: Verb) -> "QuerySet[M]":
    """Narrow a queryset to what the actor may carry the verb to; nothing at all when nothing is granted."""
    condition = policy_of(rows.model).rows(actor, verb)
    return rows.none() if condition is None else rows.filter(condition)
