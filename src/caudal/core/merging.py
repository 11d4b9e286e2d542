"""Three-way merges of records: what two people made of the same version, field by field.

`base` is what both had read. A field that only one of them changed takes that change; a field that both changed to the
same is agreed; a field that both changed differently is a collision, which somebody decides. What nobody changed stays.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Generic, TypeVar

F = TypeVar("F", bound=Hashable)


class Absent(Enum):
    """Stands for a field that one side does not have."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Collision:
    """What a field held, and what each side made of it."""

    base: Any
    theirs: Any
    ours: Any


@dataclass(frozen=True, slots=True)
class Merge(Generic[F]):
    """What becomes of each field that somebody changed."""

    ours: Mapping[F, Any]
    """Changed by us alone: to be written over what they left."""
    theirs: Mapping[F, Any]
    """Changed by them alone: there already, and taken in."""
    agreed: Mapping[F, Any]
    """Changed by both to the same."""
    collisions: Mapping[F, Collision]

    @property
    def is_clean(self) -> bool:
        """Say whether nobody has to decide anything."""
        return not self.collisions

    def decided(self, for_theirs: Collection[F]) -> "Merge[F]":
        """Return the merge with its collisions decided: for them where `for_theirs` says so, else for us."""
        chosen = {name: name in for_theirs for name in self.collisions}
        return Merge(
            {**self.ours, **{name: self.collisions[name].ours for name, theirs in chosen.items() if not theirs}},
            {**self.theirs, **{name: self.collisions[name].theirs for name, theirs in chosen.items() if theirs}},
            self.agreed,
            {},
        )

    def result(self, base: Mapping[F, Any]) -> dict[F, Any]:
        """Return what the record holds in the end; of collisions, what they left, until they are decided."""
        undecided = {name: each.theirs for name, each in self.collisions.items()}
        whole = {**base, **self.ours, **self.theirs, **self.agreed, **undecided}
        return {name: value for name, value in whole.items() if value is not ABSENT}


def merge(base: Mapping[F, Any], theirs: Mapping[F, Any], ours: Mapping[F, Any]) -> Merge[F]:
    """Return what becomes of each field, from what was read and what each side made of it.

    >>> base = {"amount": 100, "stage": "Demo", "owner": "Rosa"}
    >>> found = merge(base, {**base, "amount": 120}, {**base, "owner": "Marta"})
    >>> found.is_clean, found.result(base)
    (True, {'amount': 120, 'stage': 'Demo', 'owner': 'Marta'})
    >>> merge(base, {**base, "amount": 120}, {**base, "amount": 90}).collisions["amount"]
    Collision(base=100, theirs=120, ours=90)
    """
    mine: dict[F, Any] = {}
    yours: dict[F, Any] = {}
    agreed: dict[F, Any] = {}
    collisions: dict[F, Collision] = {}
    for name in dict.fromkeys((*base, *theirs, *ours)):
        before, left, made = (side.get(name, ABSENT) for side in (base, theirs, ours))
        if made == before and left == before:
            continue
        if left == before:
            mine[name] = made
        elif made == before:
            yours[name] = left
        elif made == left:
            agreed[name] = made
        else:
            collisions[name] = Collision(before, left, made)
    return Merge(mine, yours, agreed, collisions)
