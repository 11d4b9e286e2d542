"""The least change of a plan as a value that can be kept, without words: every reader gets them in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from caudal.core.checks import Change, Core, Proposal, Rebase
from caudal.core.intervals import Interval, Reading
from caudal.core.periods import Grain
from caudal.core.plans import Plan


@dataclass(frozen=True, slots=True)
class LeastChange:
    """What is broken in a reading, the cores that prove how much must change, proposals, best first, and rebases."""

    reading: Reading
    broken: tuple[str, ...]
    proved: bool
    together: bool
    exclusive: tuple[str, ...]
    cores: tuple[Core, ...]
    proposals: tuple[Proposal, ...]
    rebases: tuple[Rebase, ...]

    def to_json(self) -> dict[str, Any]:
        """Every field, with exact numbers as text and targets by their ids."""
        return {
            "reading": self.reading.value,
            "broken": list(self.broken),
            "proved": self.proved,
            "together": self.together,
            "exclusive": list(self.exclusive),
            "cores": [{"targets": sorted(one.targets), "relations": list(one.relations)} for one in self.cores],
            "proposals": [
                {
                    "changes": [
                        {"target": one.target.id, "to": _ends(Interval(one.lo, one.hi)), "room": _ends(one.room)}
                        for one in each.changes
                    ],
                    "cost": each.cost,
                    "moved": str(each.moved),
                    "broken": list(each.broken),
                }
                for each in self.proposals
            ],
            "rebases": [
                {"target": one.target.id, "said": one.said, "meant": one.meant, "mends": list(one.mends)}
                for one in self.rebases
            ],
        }

    @classmethod
    def of_json(cls, plan: Plan, kept: Mapping[str, Any]) -> "LeastChange":
        """Read what `to_json` wrote of the same plan."""
        return cls(
            reading=Reading(kept["reading"]),
            broken=tuple(kept["broken"]),
            proved=kept["proved"],
            together=kept["together"],
            exclusive=tuple(kept["exclusive"]),
            cores=tuple(Core(frozenset(one["targets"]), tuple(one["relations"])) for one in kept["cores"]),
            proposals=tuple(
                Proposal(
                    tuple(_change(plan, one) for one in each["changes"]),
                    each["cost"],
                    Fraction(each["moved"]),
                    tuple(each["broken"]),
                )
                for each in kept["proposals"]
            ),
            rebases=tuple(
                Rebase(plan.target(one["target"]), Grain(one["said"]), Grain(one["meant"]), tuple(one["mends"]))
                for one in kept["rebases"]
            ),
        )


def _change(plan: Plan, kept: Mapping[str, Any]) -> Change:
    to, room = _interval(kept["to"]), _interval(kept["room"])
    assert to.lo is not None, "a target begins somewhere"  # noqa: S101  our own mistake
    return Change(plan.target(kept["target"]), to.lo, to.hi, room)


def _ends(one: Interval) -> list[str | None]:
    return [None if end is None else str(end) for end in (one.lo, one.hi)]


def _interval(kept: list[str | None]) -> Interval:
    lo, hi = (None if end is None else Fraction(end) for end in kept)
    return Interval(lo, hi)
