"""Who may do what to the plan.

`standing` within Reach.ALL is the right to the figures of the whole company beside its targets. Everybody who works
here has it, since that is what a plan is for; whoever has less sees figures made of the rows within reach. The rows
themselves are behind their own doors: a rep who opens a number finds the rep's own.

Milestones are given to people by administrators and managers; whoever has one says that it is done.

Drafts are written by administrators, managers and finance, and approved by administrators and managers; others see a
plan when it is adopted. Scenarios are kept by those who write drafts, and seen by everybody: nothing counts of them.

Actuals are typed by administrators, managers, finance and marketing; nobody changes or deletes one: a newer one counts.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb, all_verbs
from caudal.plan.models import MilestoneWork, PlanDraft, PlanScenario, PlanVersion, TypedActual

LOOK: Final = {Verb.VIEW: Reach.ALL}
EVERYBODY: Final = ("admin", "manager", "rep", "marketing", "finance", "success", "auditor")
SHARED: Final = dict.fromkeys(EVERYBODY, LOOK) | {"admin": all_verbs(Reach.ALL)}

OWN_TO_CHANGE: Final = LOOK | {Verb.CREATE: Reach.OWN, Verb.CHANGE: Reach.OWN}

WRITERS: Final = dict.fromkeys(("admin", "manager"), all_verbs(Reach.ALL)) | {
    "finance": LOOK | dict.fromkeys((Verb.CREATE, Verb.CHANGE), Reach.ALL),
    "auditor": LOOK,
}
DREAMERS: Final = dict.fromkeys(EVERYBODY, LOOK) | dict.fromkeys(("admin", "manager", "finance"), all_verbs(Reach.ALL))
APPROVERS: Final = dict.fromkeys(("admin", "manager"), LOOK | {Verb.CREATE: Reach.ALL}) | {"auditor": LOOK}

TYPISTS: Final = dict.fromkeys(EVERYBODY, LOOK) | dict.fromkeys(
    ("admin", "manager", "finance", "marketing"), LOOK | {Verb.CREATE: Reach.ALL}
)

POLICIES: Final = (
    Policy("plan", "plan", SHARED, PlanVersion),
    Policy("plan_draft", "plan", WRITERS, PlanDraft),
    Policy("plan_scenario", "plan", DREAMERS, PlanScenario),
    Policy("plan_approval", "plan", APPROVERS),
    Policy(
        "milestone",
        "plan",
        dict.fromkeys(EVERYBODY, OWN_TO_CHANGE)
        | dict.fromkeys(("admin", "manager"), all_verbs(Reach.ALL))
        | {"auditor": LOOK},
        MilestoneWork,
        "owner_id",
    ),
    Policy("actual", "plan", TYPISTS, TypedActual),
    Policy("standing", "plan", dict.fromkeys(EVERYBODY, LOOK)),
)
