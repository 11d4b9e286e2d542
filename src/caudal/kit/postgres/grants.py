"""The roles of a deployment and their rights, as statements: run by the embedded server, printed by `caudal doctor`.

The owner owns the tables and migrates them. The app reads and writes rows and owns nothing, so that no mistake of a
page can drop a table or switch a trigger off. The report role sees the views of the schema `report` and nothing else:
password hashes, sessions and keys stay out of its reach whatever a table is called.
"""

from typing import Final

from caudal.kit.postgres.credentials import Credentials, Role, scram_verifier

REPORT_SCHEMA: Final = "report"
"""The schema whose views the report role reads. The owner creates them; they run with the owner's rights."""
REPORT_TIMEOUT: Final = "30s"


def role_statements(credentials: Credentials) -> list[str]:
    """Create the three roles. Passwords appear as SCRAM verifiers, never in clear."""
    statements = []
    for role in (Role.OWNER, Role.APP, Role.REPORT):
        verifier = scram_verifier(credentials.passwords[role])
        statements.append(
            f"CREATE ROLE {quoted(credentials.users[role])} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
            f"PASSWORD '{verifier}'"
        )
    report = quoted(credentials.users[Role.REPORT])
    return [
        *statements,
        f"ALTER ROLE {report} SET default_transaction_read_only = on",
        f"ALTER ROLE {report} SET statement_timeout = '{REPORT_TIMEOUT}'",
        f"ALTER ROLE {report} SET search_path = {REPORT_SCHEMA}",
    ]


def database_statements(credentials: Credentials, database: str = "") -> list[str]:
    """Create the database, owned by the owner and closed to everybody else."""
    name = quoted(database or credentials.database)
    owner, app, report = (quoted(credentials.users[role]) for role in (Role.OWNER, Role.APP, Role.REPORT))
    return [
        f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'",
        f"ALTER DATABASE {name} SET timezone = 'UTC'",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {app}",
        f"GRANT CONNECT ON DATABASE {name} TO {report}",
    ]


def right_statements(credentials: Credentials) -> list[str]:
    """Give each role its rights inside the database, on what exists never and on what the owner creates always.

    They run before the first migration, so that a migration can take a right away again (append-only tables).
    """
    owner, app, report = (quoted(credentials.users[role]) for role in (Role.OWNER, Role.APP, Role.REPORT))
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner}"
    return [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        f"GRANT USAGE ON SCHEMA public TO {app}",
        f"{defaults} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        f"{defaults} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        f"CREATE SCHEMA IF NOT EXISTS {REPORT_SCHEMA} AUTHORIZATION {owner}",
        f"GRANT USAGE ON SCHEMA {REPORT_SCHEMA} TO {app}, {report}",
        f"{defaults} IN SCHEMA {REPORT_SCHEMA} GRANT SELECT ON TABLES TO {app}, {report}",
    ]


def quoted(name: str) -> str:
    """A name as SQL writes it.

    >>> print(quoted('a "b" c'))
    "a ""b"" c"
    """
    return '"' + name.replace('"', '""') + '"'
