"""The least to change so that a plan adds up: repairs with their proof, in words and as a diff of the plan file."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import get_language, gettext, ngettext

from caudal.core.checks import (
    Change,
    Core,
    OnStep,
    Proposal,
    Rebase,
    Relation,
    check_plan,
    proposal,
    ranges_of,
    rebases,
    repairs,
    search_on,
)
from caudal.core.intervals import Interval, Reading
from caudal.core.plans import Check, Plan, Target, set_targets
from caudal.plan.offline.figures import figure, interval
from caudal.plan.offline.least import LeastChange
from caudal.plan.offline.reviewing import checks_of, ends
from caudal.plan.ports import Minimiser

OFFERS: Final = 3
"""How many repairs a page offers."""
_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class RepairOffer:
    """One way to mend the plan, and the words for each of its changes."""

    proposal: Proposal
    words: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether every check stands afterwards."""
        return not self.proposal.broken


@dataclass(frozen=True, slots=True)
class RebaseOffer:
    """A target told for another time, in words: the same number, for the time that may have been meant."""

    rebase: Rebase
    words: str
    becomes: str


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What can be done about a plan in one reading: offers, best first, the proof, and what may only be misread."""

    plan: Plan
    found: LeastChange
    offers: tuple[RepairOffer, ...]
    cores: tuple[str, ...]
    rebases: tuple[RebaseOffer, ...]

    @property
    def minimum(self) -> int | None:
        """How much must change at least; 0 when nothing is broken, None when no repair was found."""
        if not self.found.broken and not self.found.cores:
            return 0
        return self.offers[0].proposal.cost if self.offers else None

    @property
    def summary(self) -> str:
        """Say the minimum, and whether it is proved."""
        if self.minimum == 0:
            return gettext("Nothing has to change.")
        if self.minimum is None:
            return gettext("No repair was found.")
        words = ngettext("%(count)s target must change.", "%(count)s targets must change.", self.minimum)
        proof = gettext("Fewer are proved not to be enough.") if self.found.proved else gettext("Fewer may be enough.")
        return f"{words % {'count': self.minimum}} {proof}"


def least_change(
    plan: Plan,
    checks: Sequence[Check],
    reading: Reading,
    *,
    minimiser: Minimiser,
    weights: Mapping[str, int] | None = None,
    locked: Collection[str] = (),
    each: bool = False,
    alternatives: int = 5,
    on_step: OnStep = search_on,
) -> LeastChange:
    """Find the cheapest changes after which no check is broken. Raises CannotRepair, UnknownTarget.

    `locked` targets keep their ranges; `weights` say how dear a change of each target is, 1 without.
    """
    for name in (*locked, *(weights or {})):
        plan.target(name)
    results = check_plan(plan, checks)
    relations = [relation for result in results if (relation := Relation.of(result)) is not None]
    found = repairs(
        relations,
        ranges_of(plan, reading),
        {target.id: target.bounds for target in plan.targets},
        minimiser.cheapest,
        weights=weights,
        locked=locked,
        each=each,
        alternatives=alternatives,
        on_step=on_step,
    )
    offers = [proposal(plan, checks, reading, each_repair) for each_repair in found.found if each_repair.numbers]
    offers.sort(key=lambda offer: (len(offer.broken), offer.cost, offer.moved))
    return LeastChange(
        reading=reading,
        broken=tuple(result.check.id for result in results if result.outcome(reading).verdict.is_broken),
        proved=found.proved,
        together=found.together,
        exclusive=found.exclusive,
        cores=found.cores,
        proposals=tuple(offers),
        rebases=rebases(plan, results, reading),
    )


def repair_report(plan: Plan, checks: Iterable[Check], found: LeastChange) -> RepairReport:
    """Put the least change of a plan in words, in the active language."""
    language = get_language() or "en"
    said = {check.id: check.statement.told(language) for check in checks}
    return RepairReport(
        plan,
        found,
        tuple(RepairOffer(offer, tuple(_change(change) for change in offer.changes)) for offer in found.proposals),
        tuple(_core(plan, core, said) for core in found.cores),
        tuple(RebaseOffer(rebase, _rebase(rebase), _becomes(rebase)) for rebase in found.rebases),
    )


def quick_least_change(
    plan: Plan, reading: Reading, checks: str, locked: tuple[str, ...], minimiser: Minimiser
) -> LeastChange:
    """Return the least change of a few chosen checks, found while somebody waits; the latest are kept.

    Raises CannotRepair, UnknownChecks, UnknownTarget.
    """
    return _kept(plan, reading, checks, locked, minimiser)


@lru_cache(maxsize=_KEPT)
def _kept(plan: Plan, reading: Reading, checks: str, locked: tuple[str, ...], minimiser: Minimiser) -> LeastChange:
    chosen = checks_of(plan, (), checks)
    return least_change(plan, chosen, reading, minimiser=minimiser, locked=locked, alternatives=OFFERS)


def repaired_text(text: str, plan: Plan, chosen: Proposal) -> str:
    """Write the changes of a repair into the text of the plan file, at the size that the file has."""
    return _with_ranges(text, plan, [change.changed for change in chosen.changes])


def rebased_text(text: str, plan: Plan, rebase: Rebase) -> str:
    """Write a target into the text as what it comes to if it was told for another time."""
    return _with_ranges(text, plan, [rebase.changed])


def _with_ranges(text: str, plan: Plan, targets: Iterable[Target]) -> str:
    ranges = {}
    for target in targets:
        scale = plan.version.scale if plan.version is not None and plan.scales_in(target.id) else Fraction(1)
        ranges[target.id] = (target.lo / scale, None if target.hi is None else target.hi / scale)
    return set_targets(text, ranges)


def repair_diff(text: str, repaired: str, file: str) -> str:
    """Return what differs between the text of a plan file and the repaired one, as a unified diff."""
    lines = [each.splitlines(keepends=True) for each in (text, repaired)]
    return "".join(difflib.unified_diff(lines[0], lines[1], f"a/{file}", f"b/{file}", n=2))


def repair_data(report: RepairReport, text: str, file: str) -> dict[str, Any]:
    """Return a report for programs: numbers as exact p/q."""
    return {
        "reading": report.found.reading.value,
        "broken": list(report.found.broken),
        "minimum": report.minimum,
        "proved": report.found.proved or report.minimum == 0,
        "together": report.found.together,
        "exclusive": list(report.found.exclusive),
        "summary": report.summary,
        "cores": [
            {"targets": sorted(core.targets), "checks": list(core.relations), "words": words}
            for core, words in zip(report.found.cores, report.cores, strict=True)
        ],
        "repairs": [_offer(report.plan, offer, text, file) for offer in report.offers],
        "rebases": [
            {
                "target": one.rebase.target.id,
                "said": one.rebase.said.value,
                "meant": one.rebase.meant.value,
                "mends": list(one.rebase.mends),
                "to": ends(Interval(one.rebase.changed.lo, one.rebase.changed.hi)),
                "words": f"{one.words} {one.becomes}",
                "diff": repair_diff(text, rebased_text(text, report.plan, one.rebase), file),
            }
            for one in report.rebases
        ],
    }


def _offer(plan: Plan, offer: RepairOffer, text: str, file: str) -> dict[str, Any]:
    return {
        "cost": offer.proposal.cost,
        "clean": offer.clean,
        "broken": list(offer.proposal.broken),
        "changes": [
            {
                "target": change.target.id,
                "from": ends(Interval(change.target.lo, change.target.hi)),
                "to": ends(Interval(change.lo, change.hi)),
                "room": ends(change.room),
                "words": words,
            }
            for change, words in zip(offer.proposal.changes, offer.words, strict=True)
        ],
        "diff": repair_diff(text, repaired_text(text, plan, offer.proposal), file),
    }


def _change(change: Change) -> str:
    return gettext("%(target)s: %(wanted)s instead of %(now)s") % {
        "target": change.target.label.told(get_language() or "en"),
        "wanted": figure(change.target, Interval(change.lo, change.hi)),
        "now": figure(change.target, Interval(change.target.lo, change.target.hi)),
    }


def _core(plan: Plan, core: Core, said: Mapping[str, str]) -> str:
    language = get_language() or "en"
    return gettext("One of these must change: %(targets)s (%(checks)s).") % {
        "targets": ", ".join(target.label.told(language) for target in plan.targets if target.id in core.targets),
        "checks": "; ".join(said.get(name, name) for name in core.relations),
    }


def _rebase(rebase: Rebase) -> str:
    words = {
        "month": gettext("a month"),
        "quarter": gettext("a quarter"),
        "year": gettext("a year"),
    }
    return gettext("%(target)s may be meant for %(meant)s and not for %(said)s: that alone would mend %(count)s.") % {
        "target": rebase.target.label.told(get_language() or "en"),
        "meant": words[rebase.meant.value],
        "said": words[rebase.said.value],
        "count": len(rebase.mends),
    }


def _becomes(rebase: Rebase) -> str:
    """Say what the number comes to in the time that the plan tells it for."""
    return gettext("It would then be %(wanted)s instead of %(now)s.") % {
        "wanted": interval(rebase.changed),
        "now": interval(rebase.target),
    }
