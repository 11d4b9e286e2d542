"""What the plan shows elsewhere: its lines of the rail and how its facts read."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem
from caudal.plan.events import MilestoneChanged, PlanAdopted


def adopted_words(fact: RecordedFact) -> str:
    """Say which plan was adopted."""
    return gettext("The plan %(plan)s was adopted") % {"plan": fact.data["plan"]}


def milestone_words(fact: RecordedFact) -> str:
    """Say what became of a milestone."""
    said = {"milestone": fact.data["milestone"]}
    if "done_on" not in fact.data.get("changes", {}):
        return gettext("The milestone %(milestone)s has another owner") % said
    done = fact.data["changes"]["done_on"][1]
    words = gettext("The milestone %(milestone)s was done") if done else gettext("The milestone %(milestone)s is open")
    return words % said


FACT_WORDS: Final = (
    FactWords(PlanAdopted.name, adopted_words, "plan"),
    FactWords(MilestoneChanged.name, milestone_words, "plan"),
)

NAVIGATION: Final = (
    NavItem("plan", _("Plan versus actual"), "plan:first", 10, "plan", key="p"),
    NavItem("plan", _("Targets"), "plan:targets", 20, "plan"),
    NavItem("plan", _("Whole plan"), "plan:whole", 30, "plan"),
    NavItem("plan", _("Does it add up?"), "plan:findings", 40, "plan"),
    NavItem("plan", _("Will it happen?"), "plan:futures", 50, "plan"),
)
