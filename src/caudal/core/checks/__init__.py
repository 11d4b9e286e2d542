"""Whether a plan adds up: its checks computed over ranges, what would make them hold, and the least to change."""

from caudal.core.checks.given import is_given, read_given
from caudal.core.checks.standards import standard_checks
from caudal.core.checks.systems import Need, needs
from caudal.core.checks.verdicts import ENCLOSED, CheckResult, Outcome, check_plan, ranges_of

__all__ = [
    "ENCLOSED",
    "CheckResult",
    "Need",
    "Outcome",
    "check_plan",
    "is_given",
    "needs",
    "ranges_of",
    "read_given",
    "standard_checks",
]
