"""What the plan shows elsewhere: its lines of the rail and how its facts read."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, KindWords, NavItem, Panel, RecordPage
from caudal.plan.events import (
    ActualTyped,
    DraftBegun,
    DraftChanged,
    DraftDecided,
    DraftDeleted,
    DraftProposed,
    DraftTakenBack,
    MilestoneChanged,
    PlanAdopted,
    ScenarioChanged,
    ScenarioDeleted,
    ScenarioKept,
)
from caudal.plan.queries import price_list_of


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


def actual_words(fact: RecordedFact) -> str:
    """Say what somebody typed, corrected or took back."""
    before, after = fact.data["changes"]["value"]
    said = {"number": fact.data["number"], "period": fact.data["period"]}
    if after is None:
        return gettext("The typed actual of %(number)s, %(period)s, was taken back") % said
    words = gettext("An actual of %(number)s, %(period)s, was typed")
    return (words if before is None else gettext("The typed actual of %(number)s, %(period)s, was corrected")) % said


def draft_changed_words(fact: RecordedFact) -> str:
    """Say how many lines of a text came and went."""
    added, removed = fact.data["lines_added"], fact.data["lines_removed"]
    if not added and not removed:
        return gettext("What is said of the draft was changed")
    came = ngettext("%(count)s line came", "%(count)s lines came", added) % {"count": added}
    went = ngettext("%(count)s line went", "%(count)s lines went", removed) % {"count": removed}
    return gettext("The text was changed: %(came)s, %(went)s") % {"came": came, "went": went}


def draft_decided_words(fact: RecordedFact) -> str:
    """Say what somebody decided of a draft."""
    if not fact.data["granted"]:
        return gettext("The draft was sent back")
    if fact.data["approved"]:
        return gettext("The draft was approved by a second person, and stays as it is")
    return gettext("The draft was approved by a first person")


def scenario_kept_words(fact: RecordedFact) -> str:
    """Say that a scenario was kept, or copied."""
    return gettext("The scenario was copied from another one") if fact.data["copied_from"] else gettext("It was kept")


def scenario_changed_words(fact: RecordedFact) -> str:
    """Say how many things a scenario says otherwise now."""
    said, back = len(fact.data["said"]), len(fact.data["taken_back"])
    words = [
        ngettext("%(count)s thing was said otherwise", "%(count)s things were said otherwise", said) % {"count": said}
    ]
    if back:
        words.append(
            ngettext("%(count)s thing is as the plan has it", "%(count)s things are as the plan has them", back)
            % {"count": back}
        )
    return ", ".join(words[0 if said else 1 :]) or gettext("The scenario was changed")


def scenario_count_words(count: int) -> str:
    """Say so many scenarios."""
    return ngettext("a scenario", "%(count)s scenarios", count) % {"count": count}


def draft_count_words(count: int) -> str:
    """Say so many drafts."""
    return ngettext("a draft", "%(count)s drafts", count) % {"count": count}


def price_list_of_offering(ref: Ref, actor: Actor, as_of: datetime) -> dict[str, Any] | None:
    """Return the range that the plan has for an offering's price, and what is outside it."""
    found = price_list_of(actor, as_of, ref.id)
    if found is None:
        return None
    said, outside = found
    return {"range": said, "outside": [each.finding.told(gettext) for each in outside]}


PANELS: Final = (Panel("offering", 10, _("The plan says"), "plan/_price_list.html", price_list_of_offering),)

FACT_WORDS: Final = (
    FactWords(DraftBegun.name, lambda _fact: gettext("The draft was begun"), "plan"),
    FactWords(DraftChanged.name, draft_changed_words, "edit"),
    FactWords(DraftProposed.name, lambda _fact: gettext("The draft was proposed"), "plan"),
    FactWords(DraftTakenBack.name, lambda _fact: gettext("The proposal was taken back"), "undo"),
    FactWords(DraftDecided.name, draft_decided_words, "check"),
    FactWords(DraftDeleted.name, lambda _fact: gettext("The draft was deleted"), "trash"),
    FactWords(ScenarioKept.name, scenario_kept_words, "plan"),
    FactWords(ScenarioChanged.name, scenario_changed_words, "edit"),
    FactWords(ScenarioDeleted.name, lambda _fact: gettext("The scenario was deleted"), "trash"),
    FactWords(PlanAdopted.name, adopted_words, "plan"),
    FactWords(MilestoneChanged.name, milestone_words, "plan"),
    FactWords(ActualTyped.name, actual_words, "edit"),
)

RECORD_PAGES: Final = (
    RecordPage("plan", "plan:version"),
    RecordPage("plan_draft", "plan:draft"),
    RecordPage("plan_scenario", "plan:scenario"),
    RecordPage("milestone", "plan:milestone_of"),
)
KIND_WORDS: Final = (
    KindWords("plan_draft", draft_count_words, "plan:versions"),
    KindWords("plan_scenario", scenario_count_words, "plan:scenarios"),
)

NAVIGATION: Final = (
    NavItem("plan", _("Plan versus actual"), "plan:first", 10, "plan", key="p"),
    NavItem("plan", _("River"), "plan:river", 15, "plan"),
    NavItem("plan", _("Targets"), "plan:targets", 20, "plan"),
    NavItem("plan", _("Typed actuals"), "plan:actuals", 25, "plan"),
    NavItem("plan", _("Whole plan"), "plan:whole", 30, "plan"),
    NavItem("plan", _("Does it add up?"), "plan:findings", 40, "plan"),
    NavItem("plan", _("Will it happen?"), "plan:futures", 50, "plan"),
    NavItem("plan", _("Versions"), "plan:versions", 60, "plan"),
)
