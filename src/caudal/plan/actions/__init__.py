"""Writes of the plan."""

from caudal.plan.actions.adopting import PlanRefused, adopt_plan
from caudal.plan.actions.counting import count_standing
from caudal.plan.actions.milestones import MilestoneGone, NotGiven, change_milestone
from caudal.plan.actions.repairing import NoSuchRepair, PlanMoved, apply_repair

__all__ = [
    "MilestoneGone",
    "NoSuchRepair",
    "NotGiven",
    "PlanMoved",
    "PlanRefused",
    "adopt_plan",
    "apply_repair",
    "change_milestone",
    "count_standing",
]
