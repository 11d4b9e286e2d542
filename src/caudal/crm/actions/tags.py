"""Tags: named by records, called otherwise, merged, taken out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, Value

from caudal.core.errors import Problem, msg
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.telling import told
from caudal.crm.events import TagAdded, TagChanged, TagDeleted, TagsMerged
from caudal.crm.models import TAGGED, Tag, TagTone
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish, publish_many
from caudal.kit.records import NOT_DELETED

LOCK: Final = "tags"


class MergedWithItself(Problem):
    """A tag is to be merged into itself."""

    code = "tag.merged_with_itself"
    status = 422
    message = msg("“{tag}” cannot be merged into itself.")
    hint = msg("Choose another tag.")


class TagValues(TypedDict, total=False):
    """What may change about a tag."""

    name: str
    tone: str


@action
def add_tag(*, actor: Actor, as_of: datetime, name: str, tone: str = TagTone.IDLE) -> Tag:
    """Add a tag. Raises NotAllowed, BadInput; the database refuses a name that another one has."""
    require(actor, "tag", Verb.CREATE)
    values = _checked({"name": name, "tone": tone})
    tag = Tag.stamped(actor=actor, as_of=as_of, **values)
    tag.save(force_insert=True)
    publish(_added(tag), actor=actor, occurred_at=as_of)
    return tag


@action
def change_tag(
    *, actor: Actor, as_of: datetime, tag_id: UUID, expected_version: int | None = None, **values: Unpack[TagValues]
) -> Tag:
    """Call or colour a tag otherwise; what bears it bears its new name. Raises NotFound, BadInput, VersionConflict."""
    _alone()
    tag = Tag.one_for(actor, Verb.CHANGE, tag_id, lock=True)
    before = tag.name
    changes = tag.change(actor=actor, as_of=as_of, expected_version=expected_version, **_checked(values))
    if "name" in changes:
        # A copy of the tag's name, like a key: the news is the tag's, not that of each record.
        _rewrite(before, tag.name)
    if changes:
        publish(told(TagChanged, tag, changes), actor=actor, occurred_at=as_of)
    return tag


@action
def merge_tags(
    *, actor: Actor, as_of: datetime, tag_id: UUID, into_id: UUID, expected_version: int | None = None
) -> Tag:
    """Let everything that bears one tag bear another one instead; the first is no more. Return the one that stays.

    Raises NotFound, MergedWithItself, VersionConflict.
    """
    _alone()
    gone = Tag.one_for(actor, Verb.DELETE, tag_id, lock=True)
    stays = Tag.one_for(actor, Verb.CHANGE, into_id, lock=True)
    if gone.pk == stays.pk:
        raise MergedWithItself(tag=gone.name)
    gone.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    stays.touch(actor=actor, as_of=as_of)
    count = _rewrite(gone.name, stays.name)
    fact = told(TagsMerged, stays, {}, about=[gone.ref], gone=gone.ref, label=gone.name, count=count)
    publish(fact, actor=actor, occurred_at=as_of)
    return stays


@action
def delete_tag(*, actor: Actor, as_of: datetime, tag_id: UUID, expected_version: int | None = None) -> None:
    """Take a tag out, and off everything that bears it. Raises NotFound, VersionConflict."""
    _alone()
    tag = Tag.one_for(actor, Verb.DELETE, tag_id, lock=True)
    tag.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(TagDeleted, tag, {}, label=tag.name, count=_rewrite(tag.name, "")), actor=actor, occurred_at=as_of)


def named_tags(actor: Actor, as_of: datetime, said: Iterable[Sequence[str]]) -> list[list[str]]:
    """Return what each of many rows says as the names that its tags have, in order; new ones come into being.

    Whoever names tags does so beside others, and waits for whoever calls tags otherwise.
    """
    rows = list(said)
    wanted = {name_key(name): name for names in reversed(rows) for name in names}
    if not wanted:
        return [[] for _ in rows]
    _lock("pg_advisory_xact_lock_shared")
    known = _live(wanted)
    missing = {key: name for key, name in wanted.items() if key not in known}
    if missing:
        made = [
            Tag.stamped(actor=actor, as_of=as_of, name=name, name_key=key, tone=TagTone.IDLE)
            for key, name in sorted(missing.items())
        ]
        Tag.objects.bulk_create(made, ignore_conflicts=True)
        known |= _live(missing)
        ours = {row.pk for row in made}
        publish_many((_added(row) for row in known.values() if row.pk in ours), actor=actor, occurred_at=as_of)
    return [[known[key].name for key in sorted({name_key(name) for name in names})] for names in rows]


def known_tags(names: Iterable[str]) -> dict[str, str]:
    """Return how the tags of some names are spelled, by their keys; those that there are not are left out."""
    return {key: tag.name for key, tag in _live({name_key(name) for name in names}).items()}


def _rewrite(before: str, after: str) -> int:
    """Let records bear another name instead, or none; return how many. What was read of them before is old news."""
    count = 0
    for model in TAGGED:
        bearing = model._default_manager.filter(tags__contains=[before])
        taken_off = {"tags": Func(F("tags"), Value(before), function="array_remove"), "version": F("version") + 1}
        if not after:
            count += bearing.update(**taken_off)
            continue
        count += bearing.filter(tags__contains=[after]).update(**taken_off)
        replaced = Func(F("tags"), Value(before), Value(after), function="array_replace")
        count += bearing.update(tags=replaced, version=F("version") + 1)
    return count


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    reader = Reader()
    checked: dict[str, Any] = dict(values)
    if "name" in values:
        checked["name"] = reader.tag(reader.name(values["name"]), "name")
        checked["name_key"] = name_key(checked["name"])
    if "tone" in values:
        reader.choice(values["tone"], TagTone.values, "tone")
    reader.finish()
    return checked


def _alone() -> None:
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [LOCK])


def _live(keys: Iterable[str]) -> dict[str, Tag]:
    return {row.name_key: row for row in Tag.objects.filter(NOT_DELETED, name_key__in=list(keys))}


def _added(tag: Tag) -> TagAdded:
    return told(TagAdded, tag, {}, label=tag.name, tone=tag.tone)
