"""Facts about what was decided on files."""

from dataclasses import dataclass
from typing import ClassVar

from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSaved(Fact):
    """What was decided about files was kept under a name."""

    name: ClassVar[str] = "crm.import_profile_saved"

    tables: int
    columns: int
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Fact):
    """A profile is called otherwise, is used by others, or says something else."""

    name: ClassVar[str] = "crm.import_profile_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDeleted(Fact):
    """A profile was taken away."""

    name: ClassVar[str] = "crm.import_profile_deleted"
