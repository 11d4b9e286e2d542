"""The skeleton that every business row shares: id, version, who and when, a deleted mark, fields of one's own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from django.db import models
from django.db.models import F, QuerySet, Value

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Actor, Among, Verb, policies, policy_of, scoped
from caudal.kit.compiled import Compiled
from caudal.kit.fields import MoneyField
from caudal.kit.world import new_id

Changes = Mapping[str, tuple[Any, Any]]
"""Field → (before, after), as plain JSON values."""

PLAIN: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...]] = (
    (models.Model, lambda row: str(row.pk)),
    (Money, Money.to_json),
    ((UUID, Decimal, Fraction, Ref), str),
    ((datetime, date), lambda moment: moment.isoformat()),
    (timedelta, lambda length: length.total_seconds()),
    ((set, frozenset), sorted),
)
"""How values are written in facts."""

EVER: Final = datetime.min.replace(tzinfo=UTC)
NOT_DELETED: Final = models.Q(deleted_at=None)
"""The condition of partial unique keys: a deleted row gives its key free."""


class VersionConflict(Problem):
    """Somebody changed the row since it was read."""

    code = "record.changed_meanwhile"
    status = 412
    message = msg("{record} was changed by somebody else: it is at version {version}, you had version {expected}.")
    hint = msg("Load it again and repeat your change.")


class NotFound(Problem):
    """No such row, or none that the actor may see: the two are not told apart."""

    code = "record.not_found"
    status = 404
    message = msg("There is no {kind} “{id}” that you may see.")


class Record(models.Model):
    """An abstract business row.

    Reach rows through `for_actor`; there is no other door in a view or a route. `kind` is the prefix of the public id.
    """

    kind: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    custom = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(editable=False)
    created_by = models.CharField(max_length=64, editable=False)
    changed_at = models.DateTimeField(editable=False)
    changed_by = models.CharField(max_length=64, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_by = models.CharField(max_length=64, null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def ref(self) -> Ref:
        """The row's kind and id."""
        return Ref(self.kind, self.id)

    @classmethod
    def for_actor(cls, actor: Actor, verb: Verb = Verb.VIEW) -> "QuerySet[Self]":
        """Return the rows that the actor may carry the verb to. Deleted rows are not among them."""
        return scoped(cls._default_manager.filter(NOT_DELETED), actor, verb)

    @classmethod
    def deleted_for(cls, actor: Actor, verb: Verb, *, since: datetime) -> "QuerySet[Self]":
        """Return the rows deleted since an instant that the actor could carry the verb to if they were there."""
        return scoped(cls._default_manager.filter(deleted_at__gte=since), actor, verb)

    @classmethod
    def long_deleted(cls, *, before: datetime) -> "QuerySet[Self]":
        """Return the rows deleted before an instant: for the job that deletes them for good."""
        return cls._default_manager.filter(deleted_at__lt=before)

    @classmethod
    def one_for(cls, actor: Actor, verb: Verb, row_id: UUID, *, lock: bool = False) -> Self:
        """Return one row within the actor's reach, locked for change if asked. Raises NotFound."""
        condition = policy_of(cls).rows(actor, verb)
        if condition is not None and not condition:
            found: list[Self] = _by_id(cls, lock=lock).rows(ids=[row_id])
        else:
            rows = cls.for_actor(actor, verb).filter(pk=row_id)
            found = list(rows.select_for_update(of=("self",)) if lock else rows)
        if not found:
            raise NotFound(kind=cls.kind, id=Ref(cls.kind, row_id))
        return found[0]

    @classmethod
    def many_for(cls, actor: Actor, verb: Verb, row_ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Self]:
        """Return rows within the actor's reach by id, in one query. Raises NotFound for the first that is not."""
        wanted = list(dict.fromkeys(row_ids))
        if not wanted:
            return {}
        rows = cls.for_actor(actor, verb).filter(pk__in=wanted)
        found = {row.pk: row for row in (rows.order_by("pk").select_for_update(of=("self",)) if lock else rows)}
        for row_id in wanted:
            if row_id not in found:
                raise NotFound(kind=cls.kind, id=Ref(cls.kind, row_id))
        return found

    @classmethod
    def related_for(cls, field: str, actor: Actor, row_ids: Iterable[UUID]) -> "dict[UUID, Any]":
        """Return the rows that a foreign key of this model is about to name, through their own door. Raises NotFound.

        Whoever takes ids from outside asks this: an id out of the actor's sight is an id that does not exist.
        """
        target = cls._meta.get_field(field).related_model
        if not (isinstance(target, type) and issubclass(target, Record)):
            raise TypeError(f"{cls.__name__}.{field} does not name records")
        return target.many_for(actor, Verb.VIEW, row_ids)

    @classmethod
    def stamped(cls, *, actor: Actor, as_of: datetime, **values: Any) -> Self:
        """Return a new row, not saved yet, stamped with who made it and when."""
        return cls(**stamp(actor, as_of), **values)

    def change(
        self, *, actor: Actor, as_of: datetime, expected_version: int | None = None, **values: Any
    ) -> dict[str, tuple[Any, Any]]:
        """Write the values that differ and return what changed, as plain values before and after.

        Nothing is written when nothing differs. Raises VersionConflict when the row is not at `expected_version`, or
        has moved on since it was read.
        """
        self.expect(expected_version)
        changes = {
            name: (plain(getattr(self, name)), plain(value))
            for name, value in values.items()
            if getattr(self, name) != value
        }
        if not changes:
            return {}
        for name in changes:
            setattr(self, name, values[name])
        self._write({name: values[name] for name in changes}, actor=actor, as_of=as_of)
        return changes

    def touch(self, *, actor: Actor, as_of: datetime, expected_version: int | None = None, **values: Any) -> None:
        """Move the version on for a change that other rows carry (how it ended, say). Raises VersionConflict.

        The values are written along with it, and are nobody's news: keys and copies that follow from the change.
        """
        self.expect(expected_version)
        for name, value in values.items():
            setattr(self, name, value)
        self._write(values, actor=actor, as_of=as_of)

    def delete_softly(
        self, *, actor: Actor, as_of: datetime, expected_version: int | None = None, **values: Any
    ) -> None:
        """Mark the row as deleted: the door, the marts and the unique keys no longer see it. Raises VersionConflict."""
        self.touch(
            actor=actor,
            as_of=as_of,
            expected_version=expected_version,
            deleted_at=as_of,
            deleted_by=actor.id,
            **values,
        )

    def restore(self, *, actor: Actor, as_of: datetime, **values: Any) -> None:
        """Take the deleted mark away: the door, the marts and the unique keys see the row again."""
        self.touch(actor=actor, as_of=as_of, deleted_at=None, deleted_by=None, **values)

    def expect(self, version: int | None) -> None:
        """Refuse, with VersionConflict, whoever has read another version; None reads none and is let through."""
        if version is not None and version != self.version:
            raise self._conflict(version)

    def _write(self, values: dict[str, Any], *, actor: Actor, as_of: datetime) -> None:
        stamps = {"version": self.version + 1, "changed_at": as_of, "changed_by": actor.id}
        columns = {column: part for name, value in values.items() for column, part in self.columns_of(name, value)}
        written = type(self)._default_manager.filter(pk=self.pk, version=self.version).update(**columns, **stamps)
        if not written:
            raise self._conflict(self.version)
        for name, value in stamps.items():
            setattr(self, name, value)

    @classmethod
    def columns_of(cls, name: str, value: Any) -> tuple[tuple[str, Any], ...]:
        """Return the columns that hold a value: two for money, one for everything else."""
        if isinstance(getattr(cls, name, None), MoneyField):
            minor, code = (None, None) if value is None else (value.minor, value.currency.code)
            return (f"{name}_minor", minor), (f"{name}_currency", code)
        return ((name, value),)

    def _conflict(self, expected: int) -> VersionConflict:
        current = type(self)._default_manager.filter(pk=self.pk).values_list("version", flat=True).first()
        return VersionConflict(record=self.ref, version=current, expected=expected)


@cache
def _by_id(model: type[Record], *, lock: bool) -> Compiled[Any]:
    """One row by its id, for whoever reaches them all."""

    def rows(ids: list[UUID]) -> "QuerySet[Any]":
        found = model._default_manager.filter(NOT_DELETED, Among(F("pk"), Value(ids)))
        return found.select_for_update(of=("self",)) if lock else found

    return Compiled(rows)


def stamp(actor: Actor, as_of: datetime) -> dict[str, Any]:
    """Return what a new row says of who made it and when."""
    return {"created_at": as_of, "created_by": actor.id, "changed_at": as_of, "changed_by": actor.id}


def bin_index(name: str) -> models.Index:
    """Return the index that finds deleted rows, latest first."""
    return models.Index(fields=["-deleted_at", "-id"], condition=models.Q(deleted_at__isnull=False), name=name)


def in_sight(refs: Iterable[Ref], actor: Actor, verb: Verb = Verb.VIEW) -> dict[Ref, str]:
    """Return those of some rows that the actor may carry the verb to, with their names as far as they have one.

    One query for each kind; a kind that no policy with rows knows is in nobody's sight.
    """
    kinds: dict[str, list[UUID]] = {}
    for ref in refs:
        kinds.setdefault(ref.kind, []).append(ref.id)
    found: dict[Ref, str] = {}
    for kind, ids in kinds.items():
        policy = policies().get(kind)
        if policy is not None and policy.model is not None and issubclass(policy.model, Record):
            rows = policy.model.for_actor(actor, verb).filter(pk__in=ids)
            found |= {row.ref: str(getattr(row, "name", "")) for row in rows}
    return found


def reached(refs: Iterable[Ref], actor: Actor, verb: Verb = Verb.VIEW) -> set[Ref]:
    """Return those of some rows that the actor may carry the verb to, or could while they were there.

    Of a deleted row is known whose it was; of one that is gone without a trace only who reaches all of its kind knows.
    """
    kinds: dict[str, set[UUID]] = {}
    for ref in refs:
        kinds.setdefault(ref.kind, set()).add(ref.id)
    found: set[Ref] = set()
    for kind, ids in kinds.items():
        policy = policies().get(kind)
        condition = None if policy is None else policy.rows(actor, verb)
        if condition is None or policy is None:
            continue
        if not condition:
            found |= {Ref(kind, each) for each in ids}
        elif policy.model is not None:
            rows = policy.model._default_manager.filter(condition, pk__in=ids).values_list("pk", flat=True)
            found |= {Ref(kind, each) for each in rows}
    return found


def gone_from_sight(ref: Ref, actor: Actor) -> str:
    """Return the name of a deleted row that the actor could see if it were there, "" for any other."""
    policy = policies().get(ref.kind)
    if policy is None or policy.model is None or not issubclass(policy.model, Record):
        return ""
    row = policy.model.deleted_for(actor, Verb.VIEW, since=EVER).filter(pk=ref.id).first()
    return str(getattr(row, "name", "")) if row is not None else ""


def first_values(values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the values of a new row as changes from nothing; what is empty did not change."""
    return {name: (None, plain(value)) for name, value in values.items() if value not in (None, "", {}, [], ())}


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it, exactly: decimals, money and instants as strings."""
    for kinds, written in PLAIN:
        if isinstance(value, kinds):
            return written(value)
    return value
