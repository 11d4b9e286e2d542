"""The saved views of lists."""

from caudal.kit.access import Actor, Verb
from caudal.kit.lists import ListView
from caudal.workspace.models import DefaultView, SavedView


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
