"""Writes of the plan."""

from caudal.plan.actions.adopting import PlanRefused, adopt_plan
from caudal.plan.actions.counting import count_standing
from caudal.plan.actions.drafting import (
    APPROVALS,
    DecidedAlready,
    DraftHasMistakes,
    DraftNotAdoptable,
    DraftNotOpen,
    DraftNotProposed,
    OnlyPeopleDecide,
    OwnDraft,
    adopt_draft,
    begin_draft,
    change_draft,
    decide_draft,
    delete_draft,
    propose_draft,
    take_back_draft,
)
from caudal.plan.actions.milestones import MilestoneGone, NotGiven, change_milestone
from caudal.plan.actions.repairing import NoSuchRepair, PlanMoved, apply_repair
from caudal.plan.actions.scenarios import (
    NothingOtherwise,
    ScenarioNamed,
    change_scenario,
    copy_scenario,
    delete_scenario,
    draft_scenario,
    keep_scenario,
    say_in_scenario,
)
from caudal.plan.actions.simulating import SIMULATION, carry_out_simulation, start_simulation
from caudal.plan.actions.simulating import TASK as SIMULATION_TASK

__all__ = [
    "APPROVALS",
    "SIMULATION",
    "SIMULATION_TASK",
    "DecidedAlready",
    "DraftHasMistakes",
    "DraftNotAdoptable",
    "DraftNotOpen",
    "DraftNotProposed",
    "MilestoneGone",
    "NoSuchRepair",
    "NotGiven",
    "NothingOtherwise",
    "OnlyPeopleDecide",
    "OwnDraft",
    "PlanMoved",
    "PlanRefused",
    "ScenarioNamed",
    "adopt_draft",
    "adopt_plan",
    "apply_repair",
    "begin_draft",
    "carry_out_simulation",
    "change_draft",
    "change_milestone",
    "change_scenario",
    "copy_scenario",
    "count_standing",
    "decide_draft",
    "delete_draft",
    "delete_scenario",
    "draft_scenario",
    "keep_scenario",
    "propose_draft",
    "say_in_scenario",
    "start_simulation",
    "take_back_draft",
]
