"""Writes of the plan."""

from caudal.plan.actions.adopting import PlanRefused, adopt_plan
from caudal.plan.actions.counting import count_standing
from caudal.plan.actions.milestones import MilestoneGone, NotGiven, change_milestone

__all__ = ["MilestoneGone", "NotGiven", "PlanRefused", "adopt_plan", "change_milestone", "count_standing"]
