"""The least to change so that a plan adds up: repairs with their proof, in words and as a diff of the plan file."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import get_language, gettext, ngettext, override

from caudal.core.checks import (
    Change,
    CheckResult,
    Core,
    Proposal,
    Rebase,
    Relation,
    Repairs,
    check_plan,
    proposal,
    ranges_of,
    rebases,
    repairs,
)
from caudal.core.intervals import Interval, Reading
from caudal.core.plans import Check, Plan, set_target
from caudal.plan.offline.figures import figure
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
class RepairReport:
    """What can be done about a plan in one reading: offers, best first, the proof, and what may only be misread."""

    plan: Plan
    reading: Reading
    broken: tuple[str, ...]
    found: Repairs
    offers: tuple[RepairOffer, ...]
    cores: tuple[str, ...]
    rebases: tuple[tuple[Rebase, str], ...]

    @property
    def minimum(self) -> int | None:
        """How much must change at least; 0 when nothing is broken, None when no repair was found."""
        if not self.broken and not self.found.cores:
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


def find_repairs(
    plan: Plan,
    checks: Sequence[Check],
    reading: Reading,
    *,
    minimiser: Minimiser,
    weights: Mapping[str, int] | None = None,
    locked: Collection[str] = (),
    each: bool = False,
    alternatives: int = 5,
) -> RepairReport:
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
    )
    offers = [proposal(plan, checks, reading, each_repair) for each_repair in found.found if each_repair.numbers]
    offers.sort(key=lambda offer: (len(offer.broken), offer.cost, offer.moved))
    broken = tuple(result.check.id for result in results if result.outcome(reading).verdict.is_broken)
    return RepairReport(
        plan,
        reading,
        broken,
        found,
        tuple(RepairOffer(offer, tuple(_change(change) for change in offer.changes)) for offer in offers),
        tuple(_core(plan, core, results) for core in found.cores),
        tuple((rebase, _rebase(rebase)) for rebase in rebases(plan, results, reading)),
    )


def offered_repairs(plan: Plan, reading: Reading, checks: str, minimiser: Minimiser) -> RepairReport:
    """Return the repairs of chosen checks as pages and programs offer them. Raises CannotRepair, UnknownChecks.

    They take seconds to find, and those of one plan are all alike in one language: the latest are kept.
    """
    return _offered(plan, reading, checks, get_language() or "en", minimiser)


@lru_cache(maxsize=_KEPT)
def _offered(plan: Plan, reading: Reading, checks: str, language: str, minimiser: Minimiser) -> RepairReport:
    with override(language):
        return find_repairs(plan, checks_of(plan, (), checks), reading, minimiser=minimiser, alternatives=OFFERS)


def repaired_text(text: str, plan: Plan, chosen: Proposal) -> str:
    """Write the changes of a repair into the text of the plan file, at the size that the file has."""
    for change in chosen.changes:
        name = change.target.id
        scale = plan.version.scale if plan.version is not None and plan.scales_in(name) else Fraction(1)
        hi = None if change.hi is None else change.hi / scale
        text = set_target(text, name, lo=change.lo / scale, hi=hi)
    return text


def repair_diff(text: str, plan: Plan, chosen: Proposal, file: str) -> str:
    """Return the changes of a repair as a unified diff of the plan file."""
    lines = [each.splitlines(keepends=True) for each in (text, repaired_text(text, plan, chosen))]
    return "".join(difflib.unified_diff(lines[0], lines[1], f"a/{file}", f"b/{file}", n=2))


def repair_data(report: RepairReport, text: str, file: str) -> dict[str, Any]:
    """Return a report for programs: numbers as exact p/q."""
    return {
        "reading": report.reading.value,
        "broken": list(report.broken),
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
                "target": rebase.target.id,
                "said": rebase.said.value,
                "meant": rebase.meant.value,
                "mends": list(rebase.mends),
                "words": words,
            }
            for rebase, words in report.rebases
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
        "diff": repair_diff(text, plan, offer.proposal, file),
    }


def _change(change: Change) -> str:
    return gettext("%(target)s: %(wanted)s instead of %(now)s") % {
        "target": change.target.label.told(get_language() or "en"),
        "wanted": figure(change.target, Interval(change.lo, change.hi)),
        "now": figure(change.target, Interval(change.target.lo, change.target.hi)),
    }


def _core(plan: Plan, core: Core, results: Sequence[CheckResult]) -> str:
    language = get_language() or "en"
    said = {result.check.id: result.check.statement.told(language) for result in results}
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
