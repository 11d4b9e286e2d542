"""A plan as data: a TOML text becomes targets, each an exact range with a unit, a metric and the lines that say so.

Reading never stops at the first mistake and never loses a place; edits keep every byte they do not mean to change.
"""

from caudal.core.plans.actuals import read_actual
from caudal.core.plans.assumptions import (
    Assumptions,
    Capacity,
    Correlation,
    Distribution,
    Driver,
    Formula,
    Ramp,
    Together,
    together,
)
from caudal.core.plans.authorship import Came, LineChange, WrittenLine, line_changes, written_lines
from caudal.core.plans.checking import read_checks
from caudal.core.plans.differences import (
    ABOUT,
    TARGETS,
    Difference,
    Fate,
    FieldChange,
    PlanDifference,
    difference,
    moved_by,
)
from caudal.core.plans.document import BYTES_MAX
from caudal.core.plans.edits import UnreadablePlan, apply_overrides, apply_scenario, set_target, set_targets
from caudal.core.plans.labels import Label
from caudal.core.plans.milestones import Due, Progress, days_of, due, milestone_called
from caudal.core.plans.overriding import leave_as_planned, overrides_in, say_otherwise, write_overrides, written
from caudal.core.plans.passages import (
    BudgetLine,
    Channel,
    ChannelKind,
    Claim,
    Figure,
    Methodology,
    Milestone,
    Part,
    Passage,
    Passages,
    Phase,
    Price,
    Tools,
)
from caudal.core.plans.plan import Pillar, Plan, Target, UnknownTarget, UnknownVersion, Version
from caudal.core.plans.published import json_schema
from caudal.core.plans.reading import PlanFile, read_overrides, read_plan, read_scenario
from caudal.core.plans.relations import CHECK_FUNCTIONS, Check, Judgement, Sense, Verdict
from caudal.core.plans.responses import CURVE_KEYS, Curve, Response
from caudal.core.plans.scenarios import OVERRIDDEN, Override, Scenario, UnknownScenario
from caudal.core.plans.schemas import schema_of, term_unit
from caudal.core.plans.units import Unit, UnitKind, UnknownUnit
from caudal.core.plans.vocabulary import VOCABULARY, Known, better_is

__all__ = [
    "ABOUT",
    "BYTES_MAX",
    "CHECK_FUNCTIONS",
    "CURVE_KEYS",
    "OVERRIDDEN",
    "TARGETS",
    "VOCABULARY",
    "Assumptions",
    "BudgetLine",
    "Came",
    "Capacity",
    "Channel",
    "ChannelKind",
    "Check",
    "Claim",
    "Correlation",
    "Curve",
    "Difference",
    "Distribution",
    "Driver",
    "Due",
    "Fate",
    "FieldChange",
    "Figure",
    "Formula",
    "Judgement",
    "Known",
    "Label",
    "LineChange",
    "Methodology",
    "Milestone",
    "Override",
    "Part",
    "Passage",
    "Passages",
    "Phase",
    "Pillar",
    "Plan",
    "PlanDifference",
    "PlanFile",
    "Price",
    "Progress",
    "Ramp",
    "Response",
    "Scenario",
    "Sense",
    "Target",
    "Together",
    "Tools",
    "Unit",
    "UnitKind",
    "UnknownScenario",
    "UnknownTarget",
    "UnknownUnit",
    "UnknownVersion",
    "UnreadablePlan",
    "Verdict",
    "Version",
    "WrittenLine",
    "apply_overrides",
    "apply_scenario",
    "better_is",
    "days_of",
    "difference",
    "due",
    "json_schema",
    "leave_as_planned",
    "line_changes",
    "milestone_called",
    "moved_by",
    "overrides_in",
    "read_actual",
    "read_checks",
    "read_overrides",
    "read_plan",
    "read_scenario",
    "say_otherwise",
    "schema_of",
    "set_target",
    "set_targets",
    "term_unit",
    "together",
    "write_overrides",
    "written",
    "written_lines",
]
