"""What the ledger shows elsewhere: its lines of the rail, the pages of its records, and how its facts read."""

from typing import Final

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from caudal.kit.access import Actor
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, RecordPage
from caudal.ledger.events import (
    AccountAdded,
    AccountRenamed,
    CostFilePosted,
    CostFileUndone,
    EntryPosted,
    EntryReversed,
    MonthClosed,
    MonthReopened,
    MonthStepConfirmed,
    MonthStepWithdrawn,
    RecurringCostAdded,
    RecurringCostEnded,
    ReopeningAsked,
)
from caudal.ledger.queries import MonthAsked, MonthStep, StepState, closing_of, due_costs, under_way
from caudal.ui.formats import money_text, number_text, reader_locale


def posted_words(fact: RecordedFact) -> str:
    """Say that an entry was posted, or that it undoes another one."""
    return gettext("The reversal was posted") if fact.data["reverses"] else gettext("The entry was posted")


def month_words(fact: RecordedFact) -> str:
    """Say what became of a month."""
    said = {
        MonthClosed.name: gettext("%(month)s was closed"),
        ReopeningAsked.name: gettext("Somebody asked to reopen %(month)s"),
        MonthReopened.name: gettext("%(month)s was reopened by a second person"),
    }
    return said[fact.name] % {"month": fact.data["month"]}


def ended_words(fact: RecordedFact) -> str:
    """Say up to when a cost recurs."""
    return gettext("It recurs up to %(day)s") % {"day": fact.data["last_day"]}


def confirmed_words(fact: RecordedFact) -> str:
    """Say what somebody confirmed of a month, or took back."""
    if fact.name == MonthStepWithdrawn.name:
        return gettext("What was confirmed of %(month)s was taken back") % {"month": fact.data["month"]}
    return gettext("A step of %(month)s was confirmed") % {"month": fact.data["month"]}


def costs_posted(actor: Actor, asked: MonthAsked) -> StepState:
    """Say which costs recur and are not posted by the end of the month."""
    due, barred = due_costs(actor, asked.days.last)
    whose = asked.entity_id
    count = sum(each.day < asked.days.end and whose in {None, each.cost.entity_id} for each in due + barred)
    said = ngettext("%(count)s recurring cost is not posted.", "%(count)s recurring costs are not posted.", count)
    missing = said % {"count": number_text(count, reader_locale())} if count else ""
    return StepState(total=count, missing=missing, href=reverse("ledger:costs"))


def cleared(actor: Actor, asked: MonthAsked) -> StepState:
    """Say which accounts hold something at the end of the month that should hold nothing."""
    found, locale = under_way(actor, asked.days, asked.entity_id), reader_locale()
    words = [
        f"{each.account.code} {each.account.label(get_language() or 'en')} "
        f"{money_text(each.natural.amount, each.natural.currency.code, locale)}"
        for each in found
    ]
    href = reverse("ledger:account", args=[found[0].account.ref]) if found else reverse("ledger:balances")
    return StepState(total=len(found), missing="; ".join(words), href=href)


def settled(actor: Actor, asked: MonthAsked) -> StepState:
    """Say whether somebody asks to open the month again."""
    row = closing_of(actor, asked.days.start, asked.entity_id)
    asks = row is not None and row.asked_by is not None
    missing = gettext("Somebody asks to open it again; another person decides.") if asks else ""
    return StepState(total=int(asks), missing=missing, href=reverse("ledger:months"))


MONTH_STEPS: Final = (
    MonthStep(
        "costs",
        50,
        _("Recurring costs are posted"),
        _("They post themselves on their day, unless the month was closed then."),
        costs_posted,
    ),
    MonthStep(
        "suppliers",
        51,
        _("All costs are in"),
        _("Only people know whether every invoice of a supplier has come, and every salary is posted."),
    ),
    MonthStep(
        "cleared",
        80,
        _("Nothing is left under way"),
        _("Accounts for money on its way and for exchange hold nothing when everything has arrived."),
        cleared,
    ),
    MonthStep(
        "reopening",
        95,
        _("Nobody asks to open it again"),
        _("What two people decide together is decided before the month is told to others."),
        settled,
    ),
)
NAVIGATION: Final = (
    NavItem("bill", _("Trial balance"), "ledger:balances", 80, "entry"),
    NavItem("bill", _("Profit and loss"), "ledger:income", 81, "entry"),
    NavItem("bill", _("Balance sheet"), "ledger:sheet", 82, "entry"),
    NavItem("bill", _("Entries"), "ledger:entries", 83, "entry"),
    NavItem("bill", _("Costs"), "ledger:costs", 79, "entry"),
    NavItem("bill", _("Chart of accounts"), "ledger:chart", 84, "account"),
    NavItem("bill", _("Months"), "ledger:months", 85, "closed_month"),
)
RECORD_PAGES: Final = (RecordPage("account", "ledger:account"), RecordPage("entry", "ledger:entry"))
FACT_WORDS: Final = (
    FactWords(AccountAdded.name, lambda _fact: gettext("The account was added"), "plus"),
    FactWords(AccountRenamed.name, lambda _fact: gettext("The account is called otherwise"), "edit"),
    FactWords(EntryPosted.name, posted_words, "bill"),
    FactWords(EntryReversed.name, lambda _fact: gettext("The entry was reversed"), "undo"),
    FactWords(RecurringCostAdded.name, lambda _fact: gettext("The cost recurs every month"), "refresh"),
    FactWords(RecurringCostEnded.name, ended_words, "check"),
    FactWords(CostFilePosted.name, lambda _fact: gettext("The costs of the file were posted"), "import"),
    FactWords(CostFileUndone.name, lambda _fact: gettext("The entries of the file were reversed"), "undo"),
    FactWords(MonthClosed.name, month_words, "check"),
    FactWords(ReopeningAsked.name, month_words, "edit"),
    FactWords(MonthStepConfirmed.name, confirmed_words, "check"),
    FactWords(MonthStepWithdrawn.name, confirmed_words, "undo"),
    FactWords(MonthReopened.name, month_words, "undo"),
)
