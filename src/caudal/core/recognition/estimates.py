"""What a price is estimated to be when part of it depends on what happens, and what a right to a discount is worth."""

from collections.abc import Sequence
from fractions import Fraction

from caudal.core.errors import Problem, msg
from caudal.core.money import Exact


class NotAllOutcomes(Problem):
    """The likelihoods of outcomes are not those of everything that can happen."""

    code = "recognition.not_all_outcomes"
    message = msg("The likelihoods of outcomes add up to {total}, and not to 1.")


def expected_value(outcomes: Sequence[tuple[Exact, Exact]]) -> Fraction:
    """Amounts weighed by their likelihoods (from 0 to 1): for many outcomes of one kind. Raises NotAllOutcomes.

    >>> expected_value([(100, Fraction(3, 5)), (150, Fraction(2, 5))])
    Fraction(120, 1)
    """
    _check(outcomes)
    return sum((Fraction(amount) * Fraction(likelihood) for amount, likelihood in outcomes), Fraction(0))


def most_likely(outcomes: Sequence[tuple[Exact, Exact]]) -> Fraction:
    """The likeliest amount, of equally likely ones the smaller: for two outcomes. Raises NotAllOutcomes.

    >>> most_likely([(0, Fraction(1, 5)), (50, Fraction(4, 5))])
    Fraction(50, 1)
    """
    _check(outcomes)
    amount, _ = max(outcomes, key=lambda outcome: (outcome[1], -outcome[0]))
    return Fraction(amount)


def worth_of_option(purchase: Exact, discount: Exact, *, usual: Exact = 0, likelihood: Exact = 1) -> Fraction:
    """The standalone price of a right to a discount: only what goes beyond the discount that all get counts.

    Discounts and the likelihood are shares from 0 to 1.

    30 % off purchases of 50 where all get 10 %, used by four of five:

    >>> worth_of_option(50, Fraction(3, 10), usual=Fraction(1, 10), likelihood=Fraction(4, 5))
    Fraction(8, 1)
    """
    beyond = max(Fraction(0), Fraction(discount) - Fraction(usual))
    return Fraction(purchase) * beyond * Fraction(likelihood)


def _check(outcomes: Sequence[tuple[Exact, Exact]]) -> None:
    whole = sum((Fraction(likelihood) for _, likelihood in outcomes), Fraction(0))
    if whole != 1 or any(likelihood < 0 for _, likelihood in outcomes):
        raise NotAllOutcomes(total=whole)
