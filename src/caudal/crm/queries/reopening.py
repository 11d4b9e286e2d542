"""What it takes to open a closed deal again: taking back what was won for much is decided by two people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from caudal.crm.models import Deal, DealClose, Outcome
from caudal.workspace.queries import granted, needs_second_person, open_approval, second_person_rule

if TYPE_CHECKING:
    from caudal.workspace.models import Approval

REOPEN: Final = "crm.reopen_deal"
"""What an approval on a deal is asked for."""


def takes_two(deal: Deal, close: DealClose | None) -> bool:
    """Say whether what became of a deal, already reached, may not be taken back by one person alone."""
    return close is not None and close.outcome == Outcome.WON and needs_second_person(deal.amount)


def staying_as_won(deals: Sequence[Deal]) -> set[UUID]:
    """Return which of many deals were won for what one person may not take back, in one query."""
    takes = second_person_rule()
    won = set(DealClose.objects.filter(deal__in=deals, outcome=Outcome.WON).values_list("deal_id", flat=True))
    return {deal.pk for deal in deals if deal.pk in won and takes(deal.amount)}


def agreed(deal: Deal, close: DealClose) -> bool:
    """Say whether a second person agreed to reopening a deal since it was closed."""
    return granted(deal.ref, REOPEN, since=close.closed_at)


def asks_first(deal: Deal) -> bool:
    """Say whether reopening a deal, already reached, starts with asking somebody else."""
    close: DealClose | None = getattr(deal, "close", None)
    return close is not None and takes_two(deal, close) and not agreed(deal, close)


def reopening_asked(deal: Deal) -> "Approval | None":
    """Return the request to reopen a closed deal, already reached, that waits for somebody to decide it."""
    return open_approval(deal.ref, REOPEN) if getattr(deal, "close", None) else None
