"""A server of one's own, named by DATABASE_URL: its version, its roles, and what its administrator has to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import psycopg

from caudal.core.errors import Problem, msg
from caudal.kit.postgres.binaries import OLDEST_MAJOR
from caudal.kit.postgres.cluster import Cluster, Progress, Server
from caudal.kit.postgres.connections import own_server
from caudal.kit.postgres.credentials import OWN, Credentials, Dsn, Role
from caudal.kit.postgres.grants import quoted, right_statements, role_statements

_CONNECT_SECONDS: Final = 10


class Unreachable(Problem):
    """The database of DATABASE_URL does not answer."""

    code = "postgres.unreachable"
    status = 503
    message = msg("The database {database} on {host}:{port} cannot be opened as {user}: {reason}")
    hint = msg("Check DATABASE_URL and that the server runs.")


class TooOld(Problem):
    """The server is older than what Caudal is tested with."""

    code = "postgres.too_old"
    status = 503
    message = msg("The server at {host} is PostgreSQL {found}; Caudal needs {oldest} or newer.")
    hint = msg("Name a newer server in DATABASE_URL, or leave it unset to use the embedded one.")


class RolesMissing(Problem):
    """The roles of the deployment are not there and may not be made by us."""

    code = "postgres.roles_missing"
    status = 409
    message = msg("The role {user} may not create the roles that keep web, worker and migrations apart.")
    hint = msg(
        "Let an administrator run what “caudal doctor --sql” prints and start again, or accept one role for everything "
        "with “caudal init --single-role”."
    )


class OwnServer:
    """A server of one's own that this deployment has its roles on."""

    def __init__(self, credentials: Credentials, named: Dsn) -> None:
        self.credentials, self.named = credentials, named

    def dsn(self, role: Role) -> Dsn:
        """The address that opens the database as `role`."""
        return self.credentials.dsn(role)

    def administrator(self) -> Dsn:
        """The role of DATABASE_URL, which creates databases if it was given the right to."""
        return self.named

    def ensure(self, progress: Progress = lambda _: None) -> None:
        """Nothing to do: the server is kept by whoever owns it, and our processes connect again by themselves."""


Database: TypeAlias = Server | OwnServer


@contextmanager
def database(data: Path, *, single_role: bool = False, progress: Progress = lambda _: None) -> Iterator[Database]:
    """Use the database of a data folder for a while: the server of DATABASE_URL, else the embedded one.

    Raises what Cluster.attach raises, and Unreachable, TooOld, RolesMissing.
    """
    named = own_server()
    if named is None:
        with Cluster(data).attach(progress) as server:
            yield server
    else:
        yield OwnServer(establish(data, named, single_role=single_role), named)


def establish(data: Path, named: Dsn, *, single_role: bool) -> Credentials:
    """Make the deployment's roles on the server of `named`, unless they are there. Raises TooOld, RolesMissing."""
    credentials = Credentials.load(data, OWN)
    if credentials and credentials.fit(named) and opens(credentials.dsn(Role.APP)):
        return credentials
    with connected(named) as connection:
        if connection.info.server_version // 10_000 < OLDEST_MAJOR:
            found = connection.info.parameter_status("server_version")
            raise TooOld(host=named.host, found=found, oldest=OLDEST_MAJOR)
        if single_role:
            credentials = Credentials.single(named)
            credentials.save(data, OWN)
            return credentials
        if credentials is None or not credentials.fit(named) or credentials.shared:
            credentials = Credentials.fresh(
                host=named.host, port=named.port, database=named.database, options=named.options
            )
            credentials.save(data, OWN)
        try:
            with connection.transaction():
                for statement in setup_statements(connection, credentials):
                    connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege as error:
            raise RolesMissing(user=named.user) from error
    return credentials


def setup_statements(connection: psycopg.Connection, credentials: Credentials) -> list[str]:
    """All that gives a deployment its roles on a server whose database exists. Roles that exist get new passwords."""
    names = [credentials.users[role] for role in (Role.OWNER, Role.APP, Role.REPORT)]
    rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names]).fetchall()
    existing = tuple(f"CREATE ROLE {quoted(name)} " for (name,) in rows)
    roles = [
        statement.replace("CREATE", "ALTER", 1) if statement.startswith(existing) else statement
        for statement in role_statements(credentials)
    ]
    name, owner = quoted(credentials.database), quoted(credentials.users[Role.OWNER])
    return [
        *roles,
        f"GRANT {owner} TO CURRENT_USER",
        f"ALTER DATABASE {name} OWNER TO {owner}",
        f"ALTER DATABASE {name} SET timezone = 'UTC'",
        *right_statements(credentials),
    ]


def administrator_script(credentials: Credentials) -> str:
    """The same for an administrator to run on the database by hand, in psql."""
    name, owner = quoted(credentials.database), quoted(credentials.users[Role.OWNER])
    statements = [
        *role_statements(credentials),
        f"ALTER DATABASE {name} OWNER TO {owner}",
        f"ALTER DATABASE {name} SET timezone = 'UTC'",
        *right_statements(credentials),
    ]
    return "BEGIN;\n" + "".join(f"{statement};\n" for statement in statements) + "COMMIT;\n"


@contextmanager
def connected(dsn: Dsn) -> Iterator[psycopg.Connection]:
    """A connection of its own, each statement its own transaction. Raises Unreachable."""
    try:
        connection = psycopg.connect(dsn.url(), autocommit=True, connect_timeout=_CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Unreachable(database=dsn.database, host=dsn.host, port=dsn.port, user=dsn.user, reason=reason) from error
    with connection:
        yield connection


def opens(dsn: Dsn) -> bool:
    """Whether the database lets that role in."""
    try:
        with connected(dsn):
            return True
    except Unreachable:
        return False
