"""Who may read what stands in the files of an import: its first rows, and the rows that were refused."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from caudal.crm.imports.planning import NOUNS
from caudal.crm.imports.vocabulary import Kind
from caudal.kit.access import Actor, NotAllowed, Reach, Verb, policies

if TYPE_CHECKING:
    from caudal.workspace.models import Operation


def require_sight(actor: Actor, operation: "Operation", kinds: Iterable[str]) -> None:
    """Refuse somebody who may not see rows of these kinds, or not everybody's and the files are another's.

    A table that was not taken for any kind may hold anything. Raises NotAllowed.
    """
    needed = Reach.OWN if operation.created_by == actor.id else Reach.ALL
    named = set(kinds)
    nouns = [noun for kind, noun in NOUNS.items() if kind in named or not named <= set(Kind)]
    for noun in nouns:
        if policies()[noun].reach(actor, Verb.VIEW) < needed:
            raise NotAllowed(actor=actor.name, verb=Verb.VIEW.value, noun=noun)


def kinds_written(operation: "Operation") -> set[str]:
    """Return the kinds of the tables of an import, as far as it is known: a nameless one where it is not."""
    return {str(each["kind"]) for each in operation.result.get("files") or [{"kind": ""}]}
