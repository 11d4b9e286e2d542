"""Repairs of the plan that counts: found while somebody waits where that is quick, else found once and kept."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import caudal
from caudal.core.intervals import Reading
from caudal.core.plans import Check, Plan
from caudal.kit.access import Actor
from caudal.plan.models import FoundRepair, PlanVersion
from caudal.plan.offline import LeastChange, RepairReport, checks_of, quick_least_change, repair_report
from caudal.plan.ports import Minimiser
from caudal.plan.queries.adopted import adopted_plan, version_called

QUICK: Final = 6
"""So many checks are repaired while somebody waits; more are work for a worker."""


@dataclass(frozen=True, slots=True)
class RepairAsked:
    """What a repair is asked of: an adopted plan, a reading, checks, and the targets that keep their ranges."""

    version: PlanVersion
    plan: Plan
    reading: Reading
    checks: str
    locked: tuple[str, ...]

    @classmethod
    def of(
        cls,
        actor: Actor,
        *,
        reading: Reading,
        checks: str = "all",
        locked: Iterable[str] = (),
        version_id: UUID | None = None,
    ) -> "RepairAsked":
        """Return what is asked of the plan that counts, or of another. Raises NoPlan, NotFound, UnknownTarget."""
        version, plan = adopted_plan(actor) if version_id is None else version_called(actor, version_id)
        kept = tuple(sorted({plan.target(name).id for name in locked}))
        return cls(version, plan, reading, checks, kept)

    @property
    def chosen(self) -> tuple[Check, ...]:
        """The checks that must hold. Raises UnknownChecks."""
        return checks_of(self.plan, (), self.checks)

    @property
    def is_quick(self) -> bool:
        """Whether somebody can wait for it."""
        return len(self.chosen) <= QUICK

    @property
    def key(self) -> str:
        """What tells it from all others, and from what another version of Caudal would find."""
        named = [caudal.__version__, self.version.sha256, self.version.version_name, self.reading, self.checks]
        return hashlib.sha256(json.dumps([*named, list(self.locked)]).encode()).hexdigest()


def repair_kept(asked: RepairAsked, minimiser: Minimiser) -> LeastChange | None:
    """Return what was found before or is found at once; None where a worker has to. Raises CannotRepair."""
    if asked.is_quick:
        return quick_least_change(asked.plan, asked.reading, asked.checks, asked.locked, minimiser)
    kept = FoundRepair.objects.filter(key=asked.key).first()
    return LeastChange.of_json(asked.plan, kept.found) if kept else None


def repair_found(asked: RepairAsked, minimiser: Minimiser) -> LeastChange:
    """Return the same, found now if need be, for whoever waits for seconds. Raises CannotRepair, UnknownChecks."""
    return repair_kept(asked, minimiser) or quick_least_change(
        asked.plan, asked.reading, asked.checks, asked.locked, minimiser
    )


def asked_report(asked: RepairAsked, found: LeastChange) -> RepairReport:
    """Put what was found in words, in the active language."""
    return repair_report(asked.plan, asked.chosen, found)
