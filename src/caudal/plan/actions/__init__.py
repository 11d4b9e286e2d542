"""Writes of the plan."""

from caudal.plan.actions.adopting import PlanRefused, adopt_plan
from caudal.plan.actions.counting import count_standing
from caudal.plan.actions.milestones import MilestoneGone, NotGiven, change_milestone
from caudal.plan.actions.repairing import NoSuchRepair, PlanMoved, apply_repair
from caudal.plan.actions.simulating import SIMULATION, carry_out_simulation, start_simulation
from caudal.plan.actions.simulating import TASK as SIMULATION_TASK

__all__ = [
    "SIMULATION",
    "SIMULATION_TASK",
    "MilestoneGone",
    "NoSuchRepair",
    "NotGiven",
    "PlanMoved",
    "PlanRefused",
    "adopt_plan",
    "apply_repair",
    "carry_out_simulation",
    "change_milestone",
    "count_standing",
    "start_simulation",
]
