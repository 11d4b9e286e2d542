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
from caudal.plan.queries.standings import Moment, Standing, Standings, Worked, standing
from caudal.plan.queries.summary import Summary, summary
from caudal.plan.queries.terminal import standing_rows, standing_table
from caudal.plan.queries.wording import amount, interval, reason, state_word, tone, unit_of

__all__ = [
    "Measuring",
    "MilestoneStanding",
    "Moment",
    "NoPlan",
    "PhaseStanding",
    "PlanNotFound",
    "Standing",
    "Standings",
    "Summary",
    "Worked",
    "adopted_plan",
    "adopted_version",
    "amount",
    "company_day",
    "digest",
    "feed_of",
    "interval",
    "load_plan",
    "milestone_work",
    "phase_standings",
    "plan_path",
    "read_bytes",
    "reason",
    "shipped_plans",
    "standing",
    "standing_rows",
    "standing_table",
    "state_word",
    "summary",
    "tone",
    "unit_of",
]
