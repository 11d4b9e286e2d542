"""What is wrong with a database that Caudal uses, said as findings."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

from caudal.core.errors import Finding, Place, Severity, msg

FREE_SHARE_MIN: Final = 10
"""Percent of the disk that should be free: PostgreSQL stops for good when there is nothing left."""
_DURABLE: Final = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply", "remote_write"},
}

_LETTERS: Final = """
SELECT count(*) FILTER (WHERE failed_at IS NOT NULL),
       count(*) FILTER (WHERE failed_at IS NULL AND sent_at IS NULL AND claimed_at < now() - interval '10 minutes')
FROM kit_letter
"""


def examine(connection: psycopg.Connection, *, shared: bool) -> Iterator[Finding]:
    """Everything to say about the server, seen by web and worker's own role."""
    place = Place(name=f"PostgreSQL {connection.info.parameter_status('server_version')}")
    for name, accepted in _DURABLE.items():
        value = shown(connection, name)
        if value not in accepted:
            yield Finding(
                "doctor.not_durable",
                msg("{name} is {value}: what was acknowledged can be lost in a power cut."),
                place=place,
                hint=msg("Set it to on in postgresql.conf and reload."),
                params={"name": name, "value": value},
            )
    if shown(connection, "data_checksums") != "on":
        yield Finding(
            "doctor.no_checksums",
            msg("Pages have no checksums: a failing disk goes unnoticed."),
            Severity.NOTE,
            place,
            hint=msg("Stop the server and run pg_checksums --enable."),
        )
    if shown(connection, "TimeZone") != "UTC":
        yield Finding(
            "doctor.zone",
            msg("The zone of the database is {zone}; it should be UTC."),
            place=place,
            hint=msg("ALTER DATABASE {database} SET timezone = 'UTC'"),
            params={"zone": shown(connection, "TimeZone"), "database": connection.info.dbname},
        )
    yield from examine_role(connection, place, shared=shared)


def examine_role(connection: psycopg.Connection, place: Place, *, shared: bool) -> Iterator[Finding]:
    """Whether the role of web and worker can do more than it should."""
    row = connection.execute("SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if any(row.fetchone() or ()):
        yield Finding(
            "doctor.mighty_role",
            msg("Web and worker open the database as {user}, who is superuser or nearly so."),
            place=place,
            hint=msg("Let caudal doctor --sql print the roles that keep them apart."),
            params={"user": connection.info.user},
        )
    elif shared:
        yield Finding(
            "doctor.single_role",
            msg("Web and worker open the database as {user}, who owns the tables."),
            Severity.NOTE,
            place,
            hint=msg("Let caudal doctor --sql print the roles that keep them apart."),
            params={"user": connection.info.user},
        )


def examine_letters(connection: psycopg.Connection) -> Iterator[Finding]:
    """Whether mail leaves: letters that no server took, and those of which nobody knows."""
    if not os.environ.get("CAUDAL_SMTP_HOST"):
        yield Finding(
            "doctor.no_mail",
            msg("No mail server is set: reminders, digests and links for new passwords cannot leave."),
            Severity.NOTE,
            hint=msg("Set CAUDAL_SMTP_HOST; docs/guides/mail.md has every setting."),
        )
    made = connection.execute("SELECT to_regclass('kit_letter') IS NOT NULL").fetchone()
    counted = connection.execute(_LETTERS).fetchone() if made and made[0] else None
    failed, doubtful = counted or (0, 0)
    if failed:
        yield Finding(
            "doctor.letters_failed",
            msg("{count} letters were refused for good by the mail server."),
            Severity.NOTE,
            params={"count": failed},
        )
    if doubtful:
        yield Finding(
            "doctor.letters_doubtful",
            msg("{count} letters were on their way when their worker died. They may have arrived; none is sent twice."),
            Severity.NOTE,
            params={"count": doubtful},
        )


def examine_disk(path: Path) -> Iterator[Finding]:
    """Whether the disk of a folder has room."""
    usage = shutil.disk_usage(path)
    if usage.free * 100 < usage.total * FREE_SHARE_MIN:
        yield Finding(
            "doctor.disk",
            msg("Only {free} MB of {total} MB are free; PostgreSQL stops when there is nothing left."),
            place=Place(file=str(path)),
            hint=msg("Free some space or move the data folder."),
            params={"free": usage.free >> 20, "total": usage.total >> 20},
        )


def shown(connection: psycopg.Connection, setting: str) -> str:
    """The value of a setting, as SHOW writes it."""
    row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    return str(row[0]) if row else ""
