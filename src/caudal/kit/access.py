"""Who asks, what they may do, and to which rows: the one door.

An `Actor` is built at the edge (by `workspace`) and passed down as a plain value. Each context publishes, in its
`policies` room, one `Policy` per kind of row; whatever no policy grants is refused. Refusals work over sets: a verb
that reaches no rows gives an empty queryset, so a row out of scope is simply not found.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar
from uuid import UUID

from django.db.models import Model, Q

from caudal.core.errors import Problem, msg
from caudal.kit.rooms import gathered

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
    TEAM = 2
    """Rows owned by anybody in the actor's team and the teams below, and rows that nobody owns."""
    ALL = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. `id` is a public id (`member_…`, `key_…`) or the word `system`."""

    kind: ActorKind
    id: str
    name: str
    roles: frozenset[str] = frozenset()
    member: UUID | None = None
    team: frozenset[UUID] = frozenset()
    """Members of the actor's team and the teams below it, the actor among them."""
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

    def reach(self, actor: Actor, verb: Verb) -> Reach:
        """Return how far this actor may carry this verb."""
        if actor.kind is ActorKind.SYSTEM:
            return Reach.ALL
        if actor.scopes is not None and f"{self.context}:{scope_word(verb)}" not in actor.scopes:
            return Reach.NONE
        return max((self.grants.get(role, {}).get(verb, Reach.NONE) for role in actor.roles), default=Reach.NONE)

    def owners(self, actor: Actor, verb: Verb) -> frozenset[UUID | None] | None:
        """Return whose rows are within reach, None among them for nobody's; None alone for everybody's.

        Where a rule decides, nobody's are left out: `rows` has the last word.
        """
        reach = self.reach(actor, verb)
        if reach is Reach.ALL or (self.rule is not None and reach is not Reach.NONE):
            return None
        if reach is Reach.NONE or self.owner is None or actor.member is None:
            return frozenset()
        return frozenset({actor.member}) if reach is Reach.OWN else actor.team | {actor.member, None}

    def rows(self, actor: Actor, verb: Verb) -> Q | None:
        """Return the condition on rows within reach: None for no row at all, an empty Q for all of them."""
        reach = self.reach(actor, verb)
        if self.rule is not None and actor.kind is not ActorKind.SYSTEM:
            return None if reach is Reach.NONE else self.rule(actor, verb, reach)
        owners = self.owners(actor, verb)
        if owners is None:
            return Q()
        if not owners:
            return None
        named = owners - {None}
        condition = Q(**{f"{self.owner}__in": named}) if len(owners) > 1 else Q(**{str(self.owner): actor.member})
        return condition | Q(**{str(self.owner): None}) if None in owners else condition

    def covers(self, actor: Actor, verb: Verb, owner: UUID | None) -> bool:
        """Say of one row, by its owner, what `rows` says of many: for pages that offer a button or do not."""
        reach = self.reach(actor, verb)
        if reach in {Reach.ALL, Reach.NONE} or self.owner is None or actor.member is None:
            return reach is Reach.ALL
        return owner == actor.member or (reach is Reach.TEAM and (owner is None or owner in actor.team))


def scope_word(verb: Verb) -> str:
    """Return the second half of the key scope that a verb needs."""
    return "read" if verb in {Verb.VIEW, Verb.EXPORT} else "write"


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
