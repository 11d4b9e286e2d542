"""What billing has to do before a month is closed: each step as it stands, and where it is done."""

from collections.abc import Callable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from caudal.billing import queries
from caudal.billing.queries import Counted
from caudal.core.ids import Ref
from caudal.core.periods import day_in, start_of_day, zone_named
from caudal.kit.access import Actor
from caudal.ledger.queries import MonthAsked, MonthStep, StepState
from caudal.ui.formats import day_text, number_text, reader_locale
from caudal.ui.tables import query
from caudal.workspace.queries import founded


def invoiced(actor: Actor, asked: MonthAsked) -> StepState:
    """Say whom a run has still to invoice for what fell due by the end of the month."""
    found = queries.invoiced_of_month(actor, asked.days, as_of=asked.as_of, entity_id=asked.entity_id)
    run, locale = queries.run_under_way(actor), reader_locale()
    missing = _counted(
        found.missing,
        lambda count: ngettext(
            "%(count)s customer owes what fell due.", "%(count)s customers owe what fell due.", count
        ),
    )
    if run is not None:
        words = _("A run is under way: %(done)s of %(all)s customers.")
        missing = words % {"done": number_text(run.customers, locale), "all": number_text(run.planned, locale)}
    href = reverse("billing:run", args=[run.ref]) if run is not None else reverse("billing:runs")
    return _state(found, missing, href, under_way=run is not None)


def issued(actor: Actor, asked: MonthAsked) -> StepState:
    """Say which drafts are not issued."""
    found = queries.issued_of_month(actor, asked.days, asked.entity_id)
    missing = _counted(
        found.missing,
        lambda count: ngettext("%(count)s draft is not issued.", "%(count)s drafts are not issued.", count),
    )
    return _state(found, missing, reverse("billing:invoices") + query({"view": "drafts"}))


def allocated(actor: Actor, asked: MonthAsked) -> StepState:
    """Say which payments are open beside open invoices of the same customer."""
    found = queries.allocated_of_month(actor, asked.days, asked.entity_id)
    missing = _counted(
        found.missing,
        lambda count: ngettext(
            "%(count)s payment is open beside open invoices of its customer.",
            "%(count)s payments are open beside open invoices of their customers.",
            count,
        ),
    )
    return _state(found, missing, reverse("billing:payments"))


def recognised(actor: Actor, asked: MonthAsked) -> StepState:
    """Say which lines are not posted as the revenue that they are."""
    found = queries.revenue_of_month(actor, asked.days, asked.entity_id)
    missing = ""
    if found.untold:
        missing = ngettext(
            "%(count)s line is not posted as revenue.", "%(count)s lines are not posted as revenue.", found.untold
        ) % {"count": number_text(found.untold, reader_locale())}
    elif found.never:
        missing = _("It is posted when the month is over, by itself in the night or at once on the page.")
    held = found.untold + found.never
    return StepState(done=found.told, total=found.told + held, missing=missing, href=_deferred(asked))


def accrued(actor: Actor, asked: MonthAsked) -> StepState:
    """Say whether what was earned and not invoiced is accrued, and of whom nobody can say how much it is."""
    found = queries.revenue_of_month(actor, asked.days, asked.entity_id)
    if found.never:
        words = _("What was earned and not invoiced is accrued with the revenue of the month.")
        return StepState(done=0, total=1, missing=words, href=_deferred(asked))
    missing = _counted(
        found.unpriced,
        lambda count: ngettext(
            "%(count)s subscription used something that has no price.",
            "%(count)s subscriptions used something that has no price.",
            count,
        ),
    )
    return _state(
        Counted(found.accrued, found.unpriced), missing, reverse("catalog:catalogue") if missing else _deferred(asked)
    )


def decided(actor: Actor, asked: MonthAsked) -> StepState:
    """Say what waits for a second person."""
    found = queries.requests_of_month(actor, asked.days.end, asked.entity_id)
    missing = _counted(
        found.missing,
        lambda count: ngettext(
            "%(count)s request waits for a second person.", "%(count)s requests wait for a second person.", count
        ),
    )
    return _state(found, missing, reverse("billing:payments"))


def reconciled(actor: Actor, asked: MonthAsked) -> StepState:
    """Say which checks of the reconciliation differ, and whether it looked at the whole month."""
    href, row = reverse("billing:reconciliation"), queries.last_reconciliation(actor)
    zone = zone_named(founded().zone)
    if row is None:
        return StepState(done=0, total=1, missing=_("Nothing was checked yet."), href=href)
    if row.as_of < start_of_day(asked.days.end, zone):
        words = _("It was checked on %(day)s for the last time, before the month was over.")
        day = day_text(day_in(row.as_of, zone), reader_locale())
        return StepState(done=0, total=len(row.checks), missing=words % {"day": day}, href=href)
    missing = _counted(row.red, lambda count: ngettext("%(count)s check differs.", "%(count)s checks differ.", count))
    return StepState(done=len(row.checks) - row.red, total=len(row.checks), missing=missing, href=href)


STEPS: Final = (
    MonthStep(
        "invoiced",
        20,
        gettext_lazy("Everything that fell due is invoiced"),
        gettext_lazy("A run invoices what subscriptions, orders and agreed minimums owe."),
        invoiced,
    ),
    MonthStep(
        "issued",
        30,
        gettext_lazy("Drafts are issued"),
        gettext_lazy("A draft has no number and is not in the books."),
        issued,
    ),
    MonthStep(
        "statement",
        40,
        gettext_lazy("The bank statement is recorded"),
        gettext_lazy("Only who has the statement knows whether each of its payments is here."),
    ),
    MonthStep(
        "allocated",
        41,
        gettext_lazy("Payments are allocated"),
        gettext_lazy("Money of a customer who has open invoices belongs to them."),
        allocated,
    ),
    MonthStep(
        "recognised",
        60,
        gettext_lazy("Revenue is posted"),
        gettext_lazy("What was deferred and is earned by the end of the month is its revenue."),
        recognised,
    ),
    MonthStep(
        "accrued",
        61,
        gettext_lazy("What was earned and not invoiced is accrued"),
        gettext_lazy("Usage that was not invoiced by the end of the month is revenue of the month all the same."),
        accrued,
    ),
    MonthStep(
        "decided",
        70,
        gettext_lazy("Requests for money are decided"),
        gettext_lazy("Refunds, credit notes and write-offs that wait change the month once they are carried out."),
        decided,
    ),
    MonthStep(
        "reconciled",
        90,
        gettext_lazy("Books, documents and terms fit together"),
        gettext_lazy("The reconciliation holds them against each other since the month was over."),
        reconciled,
    ),
)


def _state(found: Counted, missing: str, href: str, *, under_way: bool = False) -> StepState:
    return StepState(done=found.done, total=found.done + found.missing, missing=missing, href=href, under_way=under_way)


def _counted(count: int, words: Callable[[int], str]) -> str:
    return words(count) % {"count": number_text(count, reader_locale())} if count else ""


def _deferred(asked: MonthAsked) -> str:
    said = {"entity": str(Ref("entity", asked.entity_id))} if asked.entity_id else {}
    return reverse("billing:deferred") + query(said)
