"""How an amount is worked out where good systems differ: policies with names, stored on the document they shaped."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.money import Rounding


class UnknownPolicy(Problem):
    """No policy has this name."""

    code = "pricing.unknown_policy"
    message = msg("“{name}” is not a policy of amounts.")
    hint = msg("There are: {choices}.")


class TaxLevel(StrEnum):
    """Where a tax becomes whole minor units."""

    CATEGORY = "category"
    """Once for each category and rate, of the sum of its lines: what EN 16931 demands (BR-CO-17)."""
    LINE = "line"
    """On every line; the sum may be some units away from the rate of the whole."""
    DOCUMENT = "document"
    """Once for the whole document, of the exact sum."""


class Step(StrEnum):
    """What happens between the lines of an invoice and what is to be paid.

    What stands before the tax lowers what is taxed; what stands after it only lowers what is left to pay.
    """

    DISCOUNTS = "discounts"
    TAX = "tax"
    CREDIT_NOTES = "credit_notes"
    PREPAID = "prepaid"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class MoneyPolicy:
    """How the lines of a document become its totals. The name is stored on the document, so it can be computed again.

    `lines_rounded` says whether every line is rounded before it is summed; if not, only totals are.
    """

    name: str
    rounding: Rounding = Rounding.HALF_UP
    lines_rounded: bool = True
    tax_level: TaxLevel = TaxLevel.CATEGORY
    order: tuple[Step, ...] = (Step.DISCOUNTS, Step.TAX, Step.CREDIT_NOTES, Step.PREPAID, Step.PAYMENTS)

    @property
    def before_tax(self) -> tuple[Step, ...]:
        """The steps that lower what is taxed, in order."""
        return self.order[: self.order.index(Step.TAX)]

    @property
    def after_tax(self) -> tuple[Step, ...]:
        """The steps that lower what is left to pay, in order."""
        return self.order[self.order.index(Step.TAX) + 1 :]


EN_16931: Final = MoneyPolicy("en16931")
"""Round each line, sum, tax per category and rate, round that: the one order that validators of e-invoices enforce."""
_VOUCHERS: Final = (Step.DISCOUNTS, Step.PREPAID, Step.TAX, Step.CREDIT_NOTES, Step.PAYMENTS)
MONEY_POLICIES: Final = {
    policy.name: policy
    for policy in (
        EN_16931,
        MoneyPolicy("tax_per_line", tax_level=TaxLevel.LINE),
        MoneyPolicy("tax_once", lines_rounded=False, tax_level=TaxLevel.DOCUMENT),
        MoneyPolicy("vouchers_before_tax", order=_VOUCHERS),
        MoneyPolicy("en16931_half_even", rounding=Rounding.HALF_EVEN),
    )
}
"""Every policy there is, by name."""


def money_policy(name: str) -> MoneyPolicy:
    """The policy of a name. Raises UnknownPolicy.

    >>> money_policy("en16931").tax_level.value, money_policy("vouchers_before_tax").before_tax[-1].value
    ('category', 'prepaid')
    """
    if name not in MONEY_POLICIES:
        raise UnknownPolicy(name=name[:40], choices=", ".join(MONEY_POLICIES))
    return MONEY_POLICIES[name]
