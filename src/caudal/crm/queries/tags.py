"""Tags, what bears them, and their colours."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func

from caudal.core.expressions.functions.texts import folded
from caudal.crm.models import TAGGED, Tag, Tagged
from caudal.kit.access import Actor, Verb
from caudal.kit.records import NOT_DELETED


class Unnest(Func):
    """One row for each entry of an array."""

    function = "unnest"
    set_returning = True


def tags(actor: Actor) -> list[Tag]:
    """Return the tags by name."""
    return list(Tag.for_actor(actor).order_by("name_key", "pk"))


def tag(actor: Actor, tag_id: UUID, verb: Verb = Verb.VIEW) -> Tag:
    """Return a tag. Raises NotFound."""
    return Tag.one_for(actor, verb, tag_id)


def tags_like(name: str) -> list[str]:
    """Return the tags, deleted ones too, that filters take for one of a name: case and accents do not matter."""
    return [each for each in Tag._default_manager.values_list("name", flat=True) if folded(each) == folded(name)]


def tagged_counts(actor: Actor) -> Mapping[str, Mapping[str, int]]:
    """Return how many rows in sight bear each tag: kind → name of the tag → rows, one query for each kind."""
    return {model.kind: _counts(model, actor) for model in TAGGED}


def tinted(rows: Sequence[Tagged]) -> None:
    """Give rows the tags that they bear with their colours, in one query; in none where no row bears any."""
    names = {name for row in rows for name in row.tags}
    tones = dict(Tag.objects.filter(NOT_DELETED, name__in=names).values_list("name", "tone")) if names else {}
    for row in rows:
        row.tinted = [(name, tones.get(name, "idle")) for name in row.tags]


def _counts(model: type[Tagged], actor: Actor) -> dict[str, int]:
    rows: Any = model.for_actor(actor).exclude(tags=[]).order_by().annotate(borne=Unnest(F("tags")))
    return dict(rows.values_list("borne").annotate(count=Count("pk")).order_by("borne"))
