"""Prices by date: a new one for new customers now, for existing ones later or never; a retired one goes on billing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from caudal.core.errors import Problem, msg
from caudal.core.pricing.tiers import TierPrice


class NoPriceYet(Problem):
    """No version of the price holds on the day."""

    code = "pricing.no_price"
    message = msg("There is no price for {day} for somebody who subscribed on {subscribed}.")
    hint = msg("Give the price a version that begins earlier.")


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """A price from a day on: for who subscribes then or later, and from `existing_from` for who already had."""

    number: int
    from_date: date
    price: TierPrice
    existing_from: date | None = None

    def holds(self, day: date, subscribed: date) -> bool:
        """Whether it has reached somebody who subscribed on a day."""
        if subscribed >= self.from_date:
            return self.from_date <= day
        return self.existing_from is not None and self.existing_from <= day


def version_for(versions: Iterable[PriceVersion], *, day: date, subscribed: date) -> PriceVersion:
    """The version that somebody pays on a day: the newest of those that have reached them. Raises NoPriceYet.

    >>> from caudal.core.pricing.tiers import flat
    >>> first = PriceVersion(1, date(2020, 1, 1), flat("30", "USD"))
    >>> second = PriceVersion(2, date(2021, 1, 15), flat("60", "USD"), existing_from=date(2021, 3, 1))
    >>> [
    ...     version_for([first, second], day=date(2021, month, 1), subscribed=date(2021, 1, 1)).number
    ...     for month in (1, 2, 3)
    ... ]
    [1, 1, 2]
    """
    reached = [version for version in versions if version.holds(day, subscribed)]
    if not reached:
        raise NoPriceYet(day=day, subscribed=subscribed)
    return max(reached, key=lambda version: (version.from_date, version.number))
