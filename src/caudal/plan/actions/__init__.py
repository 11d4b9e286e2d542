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
from caudal.plan.actions.repairing import (
    REPAIR_SEARCH,
    REPAIR_TASK,
    NoSuchRepair,
    PlanMoved,
    RepairChoice,
    apply_repair,
    carry_out_repair_search,
    draft_repair,
    start_repair_search,
)
from caudal.plan.actions.simulating import SIMULATION, carry_out_simulation, start_simulation
from caudal.plan.actions.simulating import TASK as SIMULATION_TASK

__all__ = [
    "APPROVALS",
    "REPAIR_SEARCH",
    "REPAIR_TASK",
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
    "OnlyPeopleDecide",
    "OwnDraft",
    "PlanMoved",
    "PlanRefused",
    "RepairChoice",
    "adopt_draft",
    "adopt_plan",
    "apply_repair",
    "begin_draft",
    "carry_out_repair_search",
    "carry_out_simulation",
    "change_draft",
    "change_milestone",
    "count_standing",
    "decide_draft",
    "delete_draft",
    "draft_repair",
    "propose_draft",
    "start_repair_search",
    "start_simulation",
    "take_back_draft",
]
