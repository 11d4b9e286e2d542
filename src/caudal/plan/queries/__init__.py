"""Reads of plans: files, the one that counts, and where the company stands against it."""

from caudal.plan.queries.adopted import NoPlan, adopted_plan, adopted_version, digest
from caudal.plan.queries.feeds import feed_of
from caudal.plan.queries.files import PlanNotFound, load_plan, plan_path, read_bytes, shipped_plans
from caudal.plan.queries.measuring import Measuring
from caudal.plan.queries.milestones import (
    MilestoneStanding,
    PhaseStanding,
    company_day,
    milestone_work,
    phase_standings,
)
from caudal.plan.queries.repairing import (
    OFFERS,
    RepairOffer,
    RepairReport,
    find_repairs,
    offered_repairs,
    repair_data,
    repair_diff,
    repaired_text,
)
from caudal.plan.queries.reviewing import (
    Remark,
    Review,
    UnknownChecks,
    checks_beside,
    checks_of,
    ends,
    review,
    review_rows,
    verdict_word,
)
from caudal.plan.queries.standings import Moment, Standing, Standings, Worked, standing
from caudal.plan.queries.summary import Summary, summary
from caudal.plan.queries.terminal import standing_rows, standing_table
from caudal.plan.queries.wording import amount, interval, reason, state_word, tone, unit_of

__all__ = [
    "OFFERS",
    "Measuring",
    "MilestoneStanding",
    "Moment",
    "NoPlan",
    "PhaseStanding",
    "PlanNotFound",
    "Remark",
    "RepairOffer",
    "RepairReport",
    "Review",
    "Standing",
    "Standings",
    "Summary",
    "UnknownChecks",
    "Worked",
    "adopted_plan",
    "adopted_version",
    "amount",
    "checks_beside",
    "checks_of",
    "company_day",
    "digest",
    "ends",
    "feed_of",
    "find_repairs",
    "interval",
    "load_plan",
    "milestone_work",
    "offered_repairs",
    "phase_standings",
    "plan_path",
    "read_bytes",
    "reason",
    "repair_data",
    "repair_diff",
    "repaired_text",
    "review",
    "review_rows",
    "shipped_plans",
    "standing",
    "standing_rows",
    "standing_table",
    "state_word",
    "summary",
    "tone",
    "unit_of",
    "verdict_word",
]
