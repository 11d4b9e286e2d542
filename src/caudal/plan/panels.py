"""What the plan shows elsewhere: its lines of the rail and how its facts read."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem
from caudal.plan.events import PlanAdopted


def adopted_words(fact: RecordedFact) -> str:
    """Say which plan was adopted."""
    return gettext("The plan %(plan)s was adopted") % {"plan": fact.data["plan"]}


FACT_WORDS: Final = (FactWords(PlanAdopted.name, adopted_words, "plan"),)

NAVIGATION: Final = (
    NavItem("plan", _("Plan versus actual"), "plan:first", 10, "plan", key="p"),
    NavItem("plan", _("Targets"), "plan:targets", 20, "plan"),
    NavItem("plan", _("Does it add up?"), "plan:findings", 30, "plan"),
)
