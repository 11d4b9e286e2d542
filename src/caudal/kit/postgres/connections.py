"""How a process of ours finds its data folder, its secret and its database, without asking the server."""

import os
import secrets
from pathlib import Path
from typing import Any, Final

from caudal.kit.postgres.credentials import OWN, Credentials, Dsn, Role, write_private

SECRET_FILE: Final = "secret"  # noqa: S105  the name of a file
_APPLICATION: Final = "caudal"


def data_folder() -> Path:
    """The data folder: CAUDAL_DATA, else the place where this system keeps a user's data."""
    named = os.environ.get("CAUDAL_DATA")
    if named:
        return Path(named).expanduser().absolute()
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(share).expanduser() / "caudal"


def read_secret(data: Path) -> str:
    """The installation's secret; before there is one, a passing secret of this process."""
    try:
        return (data / SECRET_FILE).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return secrets.token_urlsafe(48)


def make_secret(data: Path) -> None:
    """Give the installation its secret, once."""
    if not (data / SECRET_FILE).exists():
        write_private(data / SECRET_FILE, secrets.token_urlsafe(48))


def own_server() -> Dsn | None:
    """The server of one's own that DATABASE_URL names, if it does. Raises NotADatabaseUrl."""
    url = os.environ.get("DATABASE_URL")
    return Dsn.parse(url) if url else None


def address(data: Path, role: Role) -> Dsn | None:
    """The database of a data folder, opened as `role`; None while nothing was initialised.

    On a server of one's own, the roles made there for this deployment; before they are made, the one of DATABASE_URL.
    Raises UnreadableCredentials, NotADatabaseUrl.
    """
    own = own_server()
    credentials = Credentials.load(data, OWN) if own else Credentials.load(data)
    if own and (credentials is None or not credentials.fit(own)):
        return own
    return credentials.dsn(role) if credentials else None


def database_settings(data: Path, role: Role) -> dict[str, Any]:
    """Django's settings of the database, complete enough to be imported before a database exists."""
    return django_settings(address(data, role) or Dsn("/nonexistent", 5432, _APPLICATION, _APPLICATION))


def django_settings(dsn: Dsn) -> dict[str, Any]:
    """An address as Django writes it."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": dsn.host,
        "PORT": dsn.port,
        "NAME": dsn.database,
        "USER": dsn.user,
        "PASSWORD": dsn.password,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": _APPLICATION, **dict(dsn.options)},
    }
