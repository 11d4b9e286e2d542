"""Which handler takes which facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from caudal.kit.outbox.facts import Fact, RecordedFact
from caudal.kit.rooms import rooms

Take: TypeAlias = Callable[[RecordedFact], None]

_handlers: "Final[dict[str, Handler]]" = {}


@dataclass(frozen=True, slots=True)
class Handler:
    """A named reaction to facts. Its name is part of the data: renaming it makes a new handler."""

    name: str
    facts: frozenset[str]
    take: Take


def handler(name: str, *, on: tuple[type[Fact] | str, ...]) -> Callable[[Take], Take]:
    """Register a function of a context's `handlers` room as `context.name`, for facts by class or by name.

    It runs at least once per fact, in order per subject, in a transaction that also strikes the fact off its list: an
    effect in the database happens exactly once, one outside must carry a key of its own.
    """

    def register(take: Take) -> Take:
        if name in _handlers and _handlers[name].take.__qualname__ != take.__qualname__:
            raise LookupError(f"two handlers are called {name}")
        _handlers[name] = Handler(name, frozenset(each if isinstance(each, str) else each.name for each in on), take)
        subscriptions.cache_clear()
        return take

    return register


def handlers() -> Mapping[str, Handler]:
    """Return every handler of the installed contexts, by name."""
    rooms("handlers")
    return _handlers


@cache
def subscriptions() -> Mapping[str, tuple[str, ...]]:
    """Return the names of the handlers of each fact name."""
    names = {fact for each in handlers().values() for fact in each.facts}
    return {
        fact: tuple(sorted(each.name for each in handlers().values() if fact in each.facts)) for fact in sorted(names)
    }
