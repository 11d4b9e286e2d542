"""Django on the database of the data folder, from a command line or a script."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import ProgrammingError, connections
from psycopg.errors import UndefinedTable

from caudal.core.errors import Problem, msg
from caudal.kit.postgres.cluster import Progress
from caudal.kit.postgres.connections import data_folder, django_settings
from caudal.kit.postgres.credentials import Dsn, Role
from caudal.kit.postgres.own import Database, database


class TablesMissing(Problem):
    """The database has not the tables of this version."""

    code = "database.tables_missing"
    status = 409
    message = msg("There is no company in {folder} yet, or its tables are those of an older version.")
    hint = msg("caudal init makes a company; caudal migrate brings the tables up to date.")


@contextmanager
def attached(role: Role = Role.APP, *, progress: Progress = lambda _: None) -> Iterator[Database]:
    """Start or join the database of the data folder and let Django's connection use it; also a decorator of commands.

        @click.command("metric")
        @attached()
        def metric() -> None: ...

    Raises what `database` raises, and TablesMissing.
    """
    folder = data_folder()
    with database(folder, progress=progress) as found:
        point(found.dsn(role))
        try:
            yield found
        except ProgrammingError as error:
            if isinstance(error.__cause__, UndefinedTable):
                raise TablesMissing(folder=folder) from error
            raise
        finally:
            connections.close_all()


def point(dsn: Dsn) -> None:
    """Let Django's connection lead to `dsn` from now on."""
    connections["default"].close()
    found = django_settings(dsn)
    settings.DATABASES["default"].update(found)
    connections["default"].settings_dict.update(found)
