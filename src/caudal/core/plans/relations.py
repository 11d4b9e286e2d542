"""Checks of a plan as data: what must hold between its targets, in the expression language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caudal.core.errors import Place
from caudal.core.expressions import BARE_NUMBER, FUNCTIONS, RANGE_FUNCTIONS, Checked, Function, Schema
from caudal.core.expressions import check as check_text
from caudal.core.plans.labels import Label
from caudal.core.plans.passages import NOWHERE

CHECK_FUNCTIONS: Final[Mapping[str, Function]] = {**FUNCTIONS, **RANGE_FUNCTIONS}
"""All that a check may say."""


class Verdict(StrEnum):
    """What is said of a check, worst first."""

    IMPOSSIBLE = "impossible"
    """It breaks a bound, such as a share above one."""
    CONTRADICTORY = "contradictory"
    """The two sides share nothing."""
    INCOMPLETE = "incomplete"
    """Something is missing: a target, a part of a sum, a divisor that is not zero."""
    AMBIGUOUS = "ambiguous"
    """It depends on what the plan does not say."""
    KNIFE_EDGE = "knife_edge"
    """The two sides share a single number."""
    PARTLY_CONSISTENT = "partly_consistent"
    """The two sides share a range, and each also has numbers of its own."""
    DERIVED = "derived"
    """A quantity that follows and that nothing is stated about."""
    CONSISTENT = "consistent"
    """One side contains the other."""

    @property
    def is_broken(self) -> bool:
        """Whether it cannot hold."""
        return self in {Verdict.IMPOSSIBLE, Verdict.CONTRADICTORY}


class Sense(StrEnum):
    """How the value of a check relates to what is stated."""

    EQUALS = "equals"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    PARTS = "parts"
    """The value is a sum of parts of what is stated: less is incomplete, more is too much."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict of somebody who read the plan, with the reason: meaning that arithmetic does not see."""

    verdict: Verdict
    reason: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One relation: `value` against `stated`, both expressions over targets; without `stated` a derived quantity.

    `converts` is true of checks that turn months into years by bare numbers, as other people's files do: their units
    are not checked. `holds_if` says in words what would make it hold; `standard` names the identity it is made from.
    """

    id: str
    statement: Label
    value: str
    sense: Sense = Sense.EQUALS
    stated: str = ""
    unit: str = ""
    group: str = ""
    converts: bool = False
    judgement: Judgement | None = None
    holds_if: Label | None = None
    standard: str = ""
    place: Place = NOWHERE
    value_place: Place = NOWHERE
    stated_place: Place = NOWHERE

    def read_value(self, schema: Schema) -> Checked:
        """The value as a typed term over the fields of a plan, or what is wrong with it."""
        return check_text(self.value, schema, wants=BARE_NUMBER, around=self.value_place, functions=CHECK_FUNCTIONS)

    def read_stated(self, schema: Schema) -> Checked:
        """What it is compared with, in the same way."""
        return check_text(self.stated, schema, wants=BARE_NUMBER, around=self.stated_place, functions=CHECK_FUNCTIONS)
