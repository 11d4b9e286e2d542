"""Who may speak to the database and how: roles, passwords, and the address of the server."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from caudal.core.errors import Problem, msg

EMBEDDED: Final = Path("postgres", "credentials.json")
"""Where the credentials of the embedded server lie inside a data folder."""
OWN: Final = Path("server", "credentials.json")
"""Where the credentials for a server of one's own lie inside a data folder."""
_SCRAM_ROUNDS: Final = 4096


class NotADatabaseUrl(Problem):
    """The text of DATABASE_URL does not name a PostgreSQL database."""

    code = "postgres.url"
    message = msg("DATABASE_URL is not the address of a PostgreSQL database.")
    hint = msg("Write it like postgresql://user:password@host:5432/database.")


class UnreadableCredentials(Problem):
    """The file of passwords is there but damaged."""

    code = "postgres.credentials"
    message = msg("{path} holds no readable credentials.")
    hint = msg("Bring the file back from a copy of the data folder; without it the embedded database stays closed.")


class Role(StrEnum):
    """What a connection is for."""

    SUPERUSER = "superuser"
    """Creates roles and databases of the embedded server; no running program uses it."""
    OWNER = "owner"
    """Owns the tables and migrates them."""
    APP = "app"
    """Web and worker: reads and writes rows, owns nothing."""
    REPORT = "report"
    """Reads the views of the schema `report`, for a limited time."""


@dataclass(frozen=True, slots=True)
class Dsn:
    """The address of one database and the role that opens it. `host` is a folder for a unix socket."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False, default="")
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `postgresql://user:password@host:port/database?option=value`. Raises NotADatabaseUrl.

        >>> Dsn.parse("postgresql://ana:s%40l@db.example:6000/caudal?sslmode=require")
        Dsn(host='db.example', port=6000, database='caudal', user='ana', options=(('sslmode', 'require'),))
        """
        try:
            parts = urlsplit(url)
            port = parts.port or 5432
        except ValueError as error:
            raise NotADatabaseUrl from error
        database = unquote(parts.path.lstrip("/"))
        options = dict(parse_qsl(parts.query))
        host = options.pop("host", "") or unquote(parts.hostname or "") or "localhost"
        if parts.scheme not in {"postgres", "postgresql"} or not database:
            raise NotADatabaseUrl
        return cls(
            host=host,
            port=int(options.pop("port", port)),
            database=database,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            options=tuple(sorted(options.items())),
        )

    def url(self) -> str:
        """The address as libpq reads it, password included: never print it."""
        account = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        options = dict(self.options)
        if self.host.startswith("/"):
            options |= {"host": self.host, "port": str(self.port)}
            place = ""
        else:
            place = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        query = f"?{urlencode(options)}" if options else ""
        return f"postgresql://{account}@{place}/{quote(self.database, safe='')}{query}"

    def environment(self) -> dict[str, str]:
        """The variables with which the tools of PostgreSQL find this database, the password among them."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.database,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            **{f"PG{name.upper()}": value for name, value in self.options},
        }

    def on(self, database: str) -> "Dsn":
        """The same role on another database of the same server."""
        return replace(self, database=database)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The roles of one deployment and their passwords, with the place of the server they open."""

    host: str
    port: int
    database: str
    users: Mapping[Role, str]
    passwords: Mapping[Role, str] = field(repr=False)
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def fresh(cls, *, host: str, port: int, database: str, options: tuple[tuple[str, str], ...] = ()) -> Self:
        """New passwords for the three roles of `database` and the superuser of an embedded server."""
        users = {role: "postgres" if role is Role.SUPERUSER else f"{database}_{role}" for role in Role}
        passwords = {role: secrets.token_urlsafe(32) for role in Role}
        return cls(host=host, port=port, database=database, users=users, passwords=passwords, options=options)

    @classmethod
    def single(cls, dsn: Dsn) -> Self:
        """One role for everything: what a server gives whose owner accepted that (`--single-role`)."""
        users, passwords = dict.fromkeys(Role, dsn.user), dict.fromkeys(Role, dsn.password)
        return cls(dsn.host, dsn.port, dsn.database, users, passwords, dsn.options)

    @classmethod
    def load(cls, data: Path, file: Path = EMBEDDED) -> Self | None:
        """The credentials of a data folder, None before it was initialised. Raises UnreadableCredentials."""
        path = data / file
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                host=raw["host"],
                port=int(raw["port"]),
                database=raw["database"],
                users={Role(role): user for role, user in raw["users"].items()},
                passwords={Role(role): password for role, password in raw["passwords"].items()},
                options=tuple((name, value) for name, value in raw["options"]),
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableCredentials(path=path) from error

    def save(self, data: Path, file: Path = EMBEDDED) -> None:
        """Write them into a data folder, readable by its owner alone; the old file stays until the new is whole."""
        text = json.dumps(
            {
                "host": self.host,
                "port": self.port,
                "database": self.database,
                "users": self.users,
                "passwords": self.passwords,
                "options": self.options,
            },
            indent=2,
        )
        write_private(data / file, text)

    @property
    def shared(self) -> bool:
        """Whether web and worker open the database as the owner of its tables."""
        return self.users[Role.APP] == self.users[Role.OWNER]

    def fit(self, dsn: Dsn) -> bool:
        """Whether they were made for the database that `dsn` names."""
        return (self.host, self.port, self.database) == (dsn.host, dsn.port, dsn.database)

    def dsn(self, role: Role) -> Dsn:
        """The address that opens the database as `role`."""
        return Dsn(self.host, self.port, self.database, self.users[role], self.passwords[role], self.options)


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step by a file that only its owner reads, and make it last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def scram_verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL stores for a password (RFC 5803), so that the clear text is in no statement and in no log.

    >>> scram_verifier("pencil", salt=b"0123456789abcdef")[:44]
    'SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg==$'
    """
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _SCRAM_ROUNDS)
    client = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, client64, server64 = (base64.b64encode(part).decode() for part in (salt, client, server))
    return f"SCRAM-SHA-256${_SCRAM_ROUNDS}:{salt64}${client64}:{server64}"
