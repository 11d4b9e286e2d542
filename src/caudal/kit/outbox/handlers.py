"""Which handler takes which facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from caudal.kit.outbox.facts import Fact, RecordedFact
from caudal.kit.rooms import rooms

Take: TypeAlias = Callable[[RecordedFact], None]
TakeMany: TypeAlias = Callable[[Sequence[RecordedFact]], None]

_handlers: "Final[dict[str, Handler]]" = {}


@dataclass(frozen=True, slots=True)
class Handler:
    """A named reaction to facts. Its name is part of the data: renaming it makes a new handler."""

    name: str
    facts: frozenset[str]
    take: TakeMany
    told_by: str
    """The qualified name of the function, by which registering it twice is told from two of one name."""
    is_batch: bool = False
    """Whether it takes many facts at once, without the personal values in them; otherwise one at a time, with them."""


def handler(name: str, *, on: tuple[type[Fact] | str, ...]) -> Callable[[Take], Take]:
    """Register a function of a context's `handlers` room as `context.name`, for facts by class or by name.

    It runs at least once per fact, in order per subject, in a transaction that also strikes the fact off its list: an
    effect in the database happens exactly once, one outside must carry a key of its own.
    """

    def register(take: Take) -> Take:
        _register(Handler(name, _names(on), lambda facts: take(facts[0]), take.__qualname__))
        return take

    return register


def batch_handler(name: str, *, on: Iterable[type[Fact] | str]) -> Callable[[TakeMany], TakeMany]:
    """Register a function that takes many facts in one go, in the order in which they happened to each subject.

    For reactions by sets, which need the news and not the personal values. When a batch fails, its facts are taken one
    by one, so that only the subject that fails is parked.
    """

    def register(take: TakeMany) -> TakeMany:
        _register(Handler(name, _names(on), take, take.__qualname__, is_batch=True))
        return take

    return register


def _names(on: Iterable[type[Fact] | str]) -> frozenset[str]:
    return frozenset(each if isinstance(each, str) else each.name for each in on)


def _register(new: Handler) -> None:
    if new.name in _handlers and _handlers[new.name].told_by != new.told_by:
        raise LookupError(f"two handlers are called {new.name}")
    _handlers[new.name] = new
    subscriptions.cache_clear()


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
