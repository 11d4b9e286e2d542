"""The shop's tables on a real server."""

from collections.abc import Iterator

import psycopg
import pytest

from caudal.kit.postgres import Role, Server
from tests.core.metrics.shop import TABLES


@pytest.fixture(scope="module")
def shop(postgres: Server) -> Iterator[psycopg.Cursor]:
    """The shop's tables on a real server."""
    url = postgres.dsn(Role.SUPERUSER).on("postgres").url()
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        cursor = connection.cursor()
        cursor.execute(TABLES.encode())
        yield cursor
