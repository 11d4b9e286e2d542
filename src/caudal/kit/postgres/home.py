"""Where an embedded server lives and whose it is: its folders, its locks, the account that runs it."""

import fcntl
import hashlib
import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from caudal.core.errors import Problem, msg
from caudal.kit.postgres.binaries import Account
from caudal.kit.postgres.credentials import write_private

ELSEWHERE: Final = Path("/var/lib/caudal")
"""Where servers started by root live when their account may not enter the data folder."""
POINTER: Final = "elsewhere"
SOCKET_PATH_MAX: Final = 103
SPARE_HOMES: Final = 1000
"""Bytes of a unix socket's path that every system takes (104 with its end mark on macOS, 108 on Linux)."""
_LONGEST_SOCKET: Final = len("/.s.PGSQL.65535")


class NoAccount(Problem):
    """Root may not run PostgreSQL, and there is no other account to run it."""

    code = "postgres.no_account"
    status = 503
    message = msg("PostgreSQL refuses to run as root, and this machine has neither an account “postgres” nor “nobody”.")
    hint = msg("Create one of them, run Caudal as a normal user, or name a server in DATABASE_URL.")


class BelongsElsewhere(Problem):
    """The database of this data folder belongs to another data folder, of which this one is a copy."""

    code = "postgres.belongs_elsewhere"
    status = 409
    message = msg("{data} is a copy: its database in {home} belongs to {owner}.")
    hint = msg("Copy a database with caudal backup and caudal restore, or delete {pointer} to start an empty one.")


class NotYours(Problem):
    """The data folder belongs to another user."""

    code = "postgres.not_yours"
    status = 403
    message = msg("You may not open {path}: it belongs to {owner}.")
    hint = msg("Run Caudal as that user, or name another data folder with --data.")


class Lock:
    """A lock on a file that the system releases when its holders end, however they end."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def share(self) -> None:
        """Wait for a place among the sharers."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Take the lock for oneself if nobody else has it. On failure a shared lock of one's own is gone too."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Give the lock back, unless another process holds the same descriptor."""
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one embedded server; `account` runs the server when we are root."""

    path: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.path / "cluster"

    @property
    def users(self) -> Path:
        """Locked in common by every process that uses the server."""
        return self.path / "users.lock"

    @property
    def server(self) -> Path:
        """Locked by the server and all its children: as long as one of them lives, no second server starts."""
        return self.path / "server.lock"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.path / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The folder of the unix socket: inside the home, or a short one when the home's path is too long."""
        inside = self.path / "run"
        if len(os.fsencode(inside)) + _LONGEST_SOCKET <= SOCKET_PATH_MAX:
            return inside
        mark = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        short = runtime / f"caudal-{mark}"
        fits = len(os.fsencode(short)) + _LONGEST_SOCKET <= SOCKET_PATH_MAX
        return short if fits and self.account is None else Path("/tmp", f"caudal-{mark}")  # noqa: S108 private_folder checks its owner

    def private_folder(self, path: Path) -> None:
        """Make `path` a folder that only the server's account enters. Raises NotYours when it is somebody else's."""
        path.mkdir(mode=0o700, exist_ok=True)
        uid = self.account.uid if self.account else os.geteuid()
        found = path.lstat()
        if found.st_uid not in {uid, os.geteuid()} or path.is_symlink():
            raise NotYours(path=path, owner=name_of(found.st_uid))
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        path.chmod(0o700)

    @classmethod
    def of(cls, data: Path, *, elsewhere: Path = ELSEWHERE) -> Self:
        """The home of the server of a data folder, made when it is new.

        As root the home is given to an unprivileged account. When that account may not enter the data folder (a parent
        is closed), the home lies under `elsewhere` and a pointer file in the data folder names it: the rights of
        folders above are never touched. Raises NoAccount, BelongsElsewhere, NotYours.
        """
        inside = data / "postgres"
        try:
            inside.mkdir(mode=0o700, parents=True, exist_ok=True)
            pointer = inside / POINTER
            if pointer.exists():
                return cls.pointed(data, Path(pointer.read_text(encoding="utf-8").strip()))
            if os.geteuid():
                home = cls(inside, None)
                home.private_folder(inside)
                return home
        except PermissionError as error:
            raise NotYours(path=inside, owner=owner_of(inside)) from error
        home = cls(inside, account_of(inside / "cluster"))
        home.private_folder(inside)
        if not may_enter(inside, home.account):
            os.chown(inside, 0, 0)
            mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
            elsewhere.mkdir(mode=0o755, parents=True, exist_ok=True)
            home = cls(unused(elsewhere / mark), home.account)
            home.private_folder(home.path)
            write_private(home.path / "belongs_to", str(data))
            write_private(inside / POINTER, str(home.path))
        return home

    @classmethod
    def pointed(cls, data: Path, path: Path) -> Self:
        """The home that a pointer file names, which must belong to this data folder or to where it was before."""
        home = cls(path, account_of(path / "cluster"))
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.private_folder(home.path)
        mark = path / "belongs_to"
        owner = Path(mark.read_text(encoding="utf-8")) if mark.exists() else data
        if owner != data and (owner / "postgres" / POINTER).exists():
            raise BelongsElsewhere(data=data, home=path, owner=owner, pointer=data / "postgres" / POINTER)
        if owner != data:
            write_private(mark, str(data))
        return home


def account_of(cluster: Path) -> Account:
    """The unprivileged account for a server that root starts: the owner of its cluster, else postgres, else nobody."""
    names: list[str] = ["postgres", "nobody"]
    if cluster.exists() and (owner := cluster.stat().st_uid):
        names.insert(0, name_of(owner))
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise NoAccount


def unused(wanted: Path) -> Path:
    """The first of `wanted`, `wanted-2`, … in which no cluster lies.

    A data folder may have been deleted and made again: what its predecessor left elsewhere is neither taken over nor
    deleted.
    """
    names = (wanted, *(wanted.with_name(f"{wanted.name}-{number}") for number in range(2, SPARE_HOMES)))
    return next((path for path in names if not (path / "cluster").exists()), names[-1])


def may_enter(folder: Path, account: Account | None) -> bool:
    """Whether that user reaches `folder` through all of its parents; asked of the system, not read from mode bits."""
    if account is None:
        return True
    answer = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return answer.returncode == 0


def owner_of(path: Path) -> str:
    """The name of whoever owns `path` or its nearest parent that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return name_of(path.stat().st_uid)


def name_of(uid: int) -> str:
    """The name of a user, its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
