"""Writes of the plan."""

from caudal.plan.actions.actuals import (
    BATCH_MAX,
    ActualDraft,
    NotYet,
    OtherPeriod,
    OutsidePeriod,
    TooManyActuals,
    checked_through,
    take_back_actual,
    type_actuals,
)
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
from caudal.plan.actions.simulating import SIMULATION, carry_out_simulation, start_simulation
from caudal.plan.actions.simulating import TASK as SIMULATION_TASK

__all__ = [
    "APPROVALS",
    "BATCH_MAX",
    "SIMULATION",
    "SIMULATION_TASK",
    "ActualDraft",
    "DecidedAlready",
    "DraftHasMistakes",
    "DraftNotAdoptable",
    "DraftNotOpen",
    "DraftNotProposed",
    "MilestoneGone",
    "NoSuchRepair",
    "NotGiven",
    "NotYet",
    "OnlyPeopleDecide",
    "OtherPeriod",
    "OutsidePeriod",
    "OwnDraft",
    "PlanMoved",
    "PlanRefused",
    "TooManyActuals",
    "adopt_draft",
    "adopt_plan",
    "apply_repair",
    "begin_draft",
    "carry_out_simulation",
    "change_draft",
    "change_milestone",
    "checked_through",
    "count_standing",
    "decide_draft",
    "delete_draft",
    "propose_draft",
    "start_simulation",
    "take_back_actual",
    "take_back_draft",
    "type_actuals",
]
