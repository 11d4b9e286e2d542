"""Whether a plan adds up: its checks computed over ranges, what would make them hold, and the least to change."""

from caudal.core.checks.given import is_given, read_given
from caudal.core.checks.proposals import Change, Proposal, Rebase, proposal, rebases, with_targets
from caudal.core.checks.repairs import CannotRepair, Cheapest, Core, OnStep, Repair, Repairs, repairs, search_on
from caudal.core.checks.standards import standard_checks
from caudal.core.checks.systems import Need, Relation, needs
from caudal.core.checks.verdicts import ENCLOSED, CheckResult, Outcome, check_plan, ranges_of

__all__ = [
    "ENCLOSED",
    "CannotRepair",
    "Change",
    "Cheapest",
    "CheckResult",
    "Core",
    "Need",
    "OnStep",
    "Outcome",
    "Proposal",
    "Rebase",
    "Relation",
    "Repair",
    "Repairs",
    "check_plan",
    "is_given",
    "needs",
    "proposal",
    "ranges_of",
    "read_given",
    "rebases",
    "repairs",
    "search_on",
    "standard_checks",
    "with_targets",
]
