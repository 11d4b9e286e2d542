"""Worlds that a process builds once, each in a database of its own; every test gets them as they were built.

    @pytest.fixture(scope="session")
    def world_of_shop(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World[Shop]]:
        with django_db_blocker.unblock(), built("shop", open_shop) as world:
            yield world

A test that asks, however indirectly, for a fixture whose name begins with `world_of_` works in that world's database, in
the transaction that undoes what it does; one that commits works in the plain database, and has to build anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

T = TypeVar("T")
PREFIX: Final = "world_of_"
ALIAS: Final = "default"


@dataclass(slots=True, eq=False)
class World(Generic[T]):
    """A database with rows in it, and what was told about them when they were made."""

    database: BaseDatabaseWrapper
    plain: BaseDatabaseWrapper
    """The tests' own database, where nothing is."""
    told: T
    beneath: "World[Any] | None" = None
    above: "list[World[Any]]" = field(default_factory=list)

    def tell(self) -> T:
        """Return what was told, as nobody has changed it."""
        return deepcopy(self.told)

    def is_entered(self) -> bool:
        """Say whether the test works here, or in a world that was built on this one."""
        return connections[ALIAS] is self.database or any(world.is_entered() for world in self.above)

    def depth(self) -> int:
        """Say how many worlds it is built on."""
        return 0 if self.beneath is None else self.beneath.depth() + 1


@contextmanager
def built(name: str, build: Callable[[], T], on: World[Any] | None = None) -> Iterator[World[T]]:
    """Build a world in a copy of the plain database, or of another world's."""
    plain = connections[ALIAS]
    below = plain if on is None else on.database
    below.close()  # a database that somebody uses is not copied
    copy = f"{plain.settings_dict['NAME']}_{name}"
    with plain._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{below.settings_dict["NAME"]}"')
    database = type(plain)({**plain.settings_dict, "NAME": copy}, ALIAS)
    with entered(database):
        world = World(database, plain, build(), on)
    if on is not None:
        on.above.append(world)
    yield world
    database.close()


@contextmanager
def entered(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Let everything that this thread does happen in another database."""
    before = connections[ALIAS]
    connections[ALIAS] = database
    try:
        yield
    finally:
        connections[ALIAS] = before


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: "pytest.FixtureDef[Any]", request: pytest.FixtureRequest) -> Iterator[Any]:
    """Enter the world that a test asks for, before its transaction begins."""
    if fixturedef.argname == "_django_db_helper" and not commits(request):
        worlds = [request.getfixturevalue(name) for name in request.fixturenames if name.startswith(PREFIX)]
        if worlds:
            there = entered(max(worlds, key=World.depth).database)
            there.__enter__()
            request.addfinalizer(lambda: there.__exit__(None, None, None))
    return (yield)


def commits(request: pytest.FixtureRequest) -> bool:
    """Say whether a test works without a transaction of its own."""
    mark = request.node.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction")) or not {"transactional_db", "live_server"}.isdisjoint(
        request.fixturenames
    )
