"""Pages of the plan."""

from caudal.plan.views.actuals import actual_list, actual_template
from caudal.plan.views.adopting import adoption
from caudal.plan.views.checking import finding_list
from caudal.plan.views.comparing import comparison
from caudal.plan.views.contrasts import scenario_list
from caudal.plan.views.drafts import (
    draft_adopt,
    draft_decide,
    draft_delete,
    draft_new,
    draft_page,
    draft_propose,
    draft_take_back,
)
from caudal.plan.views.editing import draft_check, draft_edit
from caudal.plan.views.first import first_page
from caudal.plan.views.futures import future_page, simulation_page, simulation_start
from caudal.plan.views.milestones import milestone_edit, milestone_of
from caudal.plan.views.repairing import repair_page
from caudal.plan.views.rivers import river_page
from caudal.plan.views.scenarios import (
    scenario_copy,
    scenario_delete,
    scenario_draft,
    scenario_edit,
    scenario_new,
    scenario_page,
    scenario_say,
)
from caudal.plan.views.splits import split_page
from caudal.plan.views.target import actual_take_back, target_page
from caudal.plan.views.targets import target_list
from caudal.plan.views.texts import draft_return, draft_texts
from caudal.plan.views.versions import version_list, version_page
from caudal.plan.views.whatif import tree_page
from caudal.plan.views.whole import whole_plan

__all__ = [
    "actual_list",
    "actual_take_back",
    "actual_template",
    "adoption",
    "comparison",
    "draft_adopt",
    "draft_check",
    "draft_decide",
    "draft_delete",
    "draft_edit",
    "draft_new",
    "draft_page",
    "draft_propose",
    "draft_return",
    "draft_take_back",
    "draft_texts",
    "finding_list",
    "first_page",
    "future_page",
    "milestone_edit",
    "milestone_of",
    "repair_page",
    "river_page",
    "scenario_copy",
    "scenario_delete",
    "scenario_draft",
    "scenario_edit",
    "scenario_list",
    "scenario_new",
    "scenario_page",
    "scenario_say",
    "simulation_page",
    "simulation_start",
    "split_page",
    "target_list",
    "target_page",
    "tree_page",
    "version_list",
    "version_page",
    "whole_plan",
]
