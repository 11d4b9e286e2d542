"""What contexts publish in their `search` room: which records are found, by what, and what can be done anywhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from django.utils.functional import Promise

from caudal.kit.access import Verb, policies, sharing
from caudal.kit.records import Record
from caudal.kit.rooms import gathered
from caudal.kit.search.words import Wording

Wordings: TypeAlias = Callable[[Sequence[Any]], Iterable[Wording]]
Note: TypeAlias = Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findable:
    """A kind of record that is found, in the tuple `SEARCHED`. Its rows are those of the policy of that kind."""

    kind: str
    plural: str | Promise
    icon: str
    order: int
    facts: frozenset[str]
    """What changes the words by which such a record is found, by name; each has the record as its subject."""
    wordings: Wordings
    """Takes rows and returns what each is found by, in their order; one look at anything else serves all of them."""
    note: Note
    """What is shown beside the title, in the reader's language."""
    place: str = ""
    """Where such records are listed, for those that have no page of their own."""
    related: tuple[str, ...] = ()
    """Foreign keys that `wordings` and `note` follow."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Kind → path of the foreign key by which such a record speaks of another: it changes when that one does."""

    @property
    def model(self) -> type[Record]:
        """The rows."""
        model = policies()[self.kind].model
        if model is None or not issubclass(model, Record):
            raise LookupError(f"{self.kind} is searched, and its policy names no records")
        return model


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A page or deed that can be reached from anywhere, in the tuple `COMMANDS`. Shown to whom the verb is granted."""

    label: str | Promise
    url_name: str
    args: tuple[str, ...] = ()
    noun: str = ""
    """Empty for what everybody may who has signed in."""
    verb: Verb = Verb.VIEW
    icon: str = "arrow-right"
    words: tuple[str | Promise, ...] = ()
    """Further words that people look for it by."""
    is_page: bool = False
    """Whether it is a place to go to rather than a thing to do; such a page is offered once somebody types."""
    posts: tuple[str, str] | None = None
    """Name and value of the button, where it is no page but a form that is sent."""
    language: str = ""
    """Of the label, where that is always the same."""


@cache
def findables() -> Mapping[str, Findable]:
    """Return what is found, by kind, in the order in which it is shown."""
    found: tuple[Findable, ...] = gathered("search", "SEARCHED")
    by_kind = {each.kind: each for each in sorted(found, key=lambda each: (each.order, each.kind))}
    if len(by_kind) != len(found):
        raise LookupError("two contexts say how the same kind of record is found")
    return by_kind


@cache
def commands() -> tuple[Command, ...]:
    """Return what can be done from anywhere, lower contexts first."""
    return gathered("search", "COMMANDS")


def news() -> frozenset[str]:
    """Return the names of the facts after which some record is found by other words."""
    taken_back = frozenset({"kit.record_withdrawn", "kit.record_put_back"})
    return sharing().facts.union(taken_back, *(each.facts for each in findables().values()))
