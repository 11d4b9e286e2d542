"""Reads of plans: files, the one that counts, and where the company stands against it."""

from caudal.plan.queries.adopted import NoPlan, adopted_plan, adopted_version, digest
from caudal.plan.queries.files import PlanNotFound, load_plan, plan_path, shipped_plans

__all__ = [
    "NoPlan",
    "PlanNotFound",
    "adopted_plan",
    "adopted_version",
    "digest",
    "load_plan",
    "plan_path",
    "shipped_plans",
]
