"""Who may do what to the plan.

Everybody who works here sees the plan and where the whole company stands against it: that is what a plan is for. The
rows behind a number are behind their own doors, so a rep who opens one finds the rep's own.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb, all_verbs
from caudal.plan.models import PlanVersion

LOOK: Final = {Verb.VIEW: Reach.ALL}
SHARED: Final = {"admin": all_verbs(Reach.ALL), "manager": LOOK, "rep": LOOK}

POLICIES: Final = (Policy("plan", "plan", SHARED, PlanVersion),)
