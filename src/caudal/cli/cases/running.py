"""Runs examples: each goes to the adapter of its topic, and what comes back is held against what it expects."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from caudal.cli.cases.calendars import calendar
from caudal.cli.cases.catalogues import catalogue
from caudal.cli.cases.charges import charge
from caudal.cli.cases.comparing import MINOR, agrees, shown
from caudal.cli.cases.documents import invoice
from caudal.cli.cases.invoices import commitment, discount, einvoice, minor_units
from caudal.cli.cases.journals import ledger
from caudal.cli.cases.ledgers import allocated, revenue
from caudal.cli.cases.notes import credit_note
from caudal.cli.cases.prorations import granted, of_one_price, prorate, recurring, trial
from caudal.cli.cases.reading import Adapter, Case, NotUnderstood, Output, Outputs
from caudal.cli.cases.recurring import recurring as recurring_revenue
from caudal.cli.cases.usage import metering, rerating
from caudal.cli.cases.vocabulary import THEIR_WORDS, in_our_words
from caudal.cli.cases.wallets import wallet
from caudal.core.errors import Problem, msg
from caudal.core.money import Rounding, round_money

ADAPTERS: Final[Mapping[str, Adapter]] = {
    "allocation": allocated,
    "calendar": calendar,
    "catalog": catalogue,
    "charge": charge,
    "charge.graduated.prorated_recurring": recurring,
    "charge.per_unit.prorated": of_one_price,
    "charge.standard.prorated": of_one_price,
    "commitment": commitment,
    "coupon": discount,
    "credit_note": credit_note,
    "credits": granted,
    "discount": discount,
    "einvoice": einvoice,
    "invoice": invoice,
    "ledger": ledger,
    "metering": metering,
    "money": minor_units,
    "mrr": recurring_revenue,
    "pricing": charge,
    "proration": prorate,
    "recognition": revenue,
    "rerating": rerating,
    "revrec": revenue,
    "schedule": calendar,
    "tax": invoice,
    "trial": trial,
    "usage": metering,
    "wallet": wallet,
}
"""Who computes a topic: the longest beginning of its name, up to a point, counts."""
SHAPE: Final = (
    TypeError, ValueError, LookupError, ArithmeticError, AttributeError, AssertionError, StopIteration, RecursionError,
)  # fmt: skip
"""What Python says when an example is written in another shape than its adapter reads."""


HOW_PRINTED: Final = re.compile(r"_rounded\d+$|_prefix$")
"""How a key says to how many places its number was rounded, or that it was cut off."""


class NotCases(Problem):
    """The file holds no list of examples."""

    code = "cases.not_cases"
    message = msg("{file} is not a list of cases.")
    hint = msg("It should be a JSON list of objects with id, topic, inputs and expected.")


@dataclass(frozen=True, slots=True)
class Differing:
    """One expected value that was computed otherwise, with what the example says of itself."""

    id: str
    topic: str
    key: str
    expected: Any
    got: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotRun:
    """An example that was not computed, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the examples of a file."""

    total: int
    agreed: int
    differs: tuple[Differing, ...]
    not_run: tuple[NotRun, ...]

    @property
    def differing(self) -> int:
        """How many examples differ in one value or more."""
        return len({one.id for one in self.differs})

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "total": self.total,
            "agreed": self.agreed,
            "differs": [asdict(one) for one in self.differs],
            "not_run": [asdict(one) for one in self.not_run],
        }


def run_cases(cases: object, file: Path) -> Report:
    """Compute examples of a file and hold them against what they expect. Raises NotCases when it is no list of them."""
    listed = cases.get("cases") if isinstance(cases, Mapping) else cases
    if not isinstance(listed, list):
        raise NotCases(file=file)
    differs: list[Differing] = []
    not_run: list[NotRun] = []
    agreed = 0
    for number, one in enumerate(listed, 1):
        try:
            found = differences(one)
        except NotUnderstood as problem:
            not_run.append(NotRun(name_of(one, number), str(problem.params["reason"])))
        else:
            differs += found
            agreed += not found
    return Report(len(listed), agreed, tuple(differs), tuple(not_run))


def differences(one: Any) -> list[Differing]:
    """Where an example is computed otherwise. Raises NotUnderstood."""
    if not isinstance(one, Mapping) or not isinstance(one.get("inputs"), Mapping):
        raise NotUnderstood(reason="This is no example with inputs.")
    expected = one.get("expected")
    if not isinstance(expected, Mapping) or not expected:
        raise NotUnderstood(reason="The example expects nothing.")
    case = Case(
        str(one.get("id")), str(one.get("source", "")), str(one.get("topic", "")), in_our_words(one["inputs"]), expected
    )
    outputs = in_their_words(case, computed(case))
    if unknown := sorted(expected.keys() - outputs.keys()):
        raise NotUnderstood(reason=f"Nothing is computed for {case.topic} that is called {', '.join(unknown)}.")
    found = [
        Differing(case.id, case.topic, key, shown(value), shown(outputs[key], key), str(one.get("note", "")))
        for key, value in expected.items()
        if not agrees(key, value, outputs[key])
    ]
    if found and (unread := case.unread()):
        raise NotUnderstood(reason=f"Nobody reads the inputs {', '.join(unread)} of {case.topic}.")
    return found


def in_their_words(case: Case, outputs: Outputs) -> Outputs:
    """The outputs also under the keys that an example expects: other words, and major units told as minor ones."""
    return {**outputs, **{key: found for key in case.stated if (found := told_as(key, case, outputs)) is not None}}


def told_as(key: str, case: Case, outputs: Outputs) -> Output | None:
    """An output under another key, or None."""
    told = HOW_PRINTED.sub("", key)
    ending = next((one for one in MINOR if told.endswith(one)), "")
    stem = told.removesuffix(ending)
    bare = stem.removesuffix("_prorated").removeprefix("prorated_")  # a figure of a part of a period is one
    for name in (stem, *THEIR_WORDS.get(stem, ()), *(() if bare == stem else (bare, *THEIR_WORDS.get(bare, ())))):
        for found in (outputs.get(name + ending), outputs.get(f"{name}_cents")):
            if found is not None:
                return found
        if ending and name in outputs:
            return in_money(outputs[name], case)
    return None


def in_money(value: Output, case: Case) -> Output:
    """An amount in major units as money, also each of a list or of a mapping."""
    if isinstance(value, Mapping):
        return {name: in_money(one, case) for name, one in value.items()}
    if isinstance(value, list):
        return [in_money(one, case) for one in value]
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return round_money(value, case.currency, Rounding.HALF_UP)
    return value


def computed(case: Case) -> Outputs:
    """What the adapter of an example's topic makes of it. Raises NotUnderstood."""
    adapter = adapter_of(case.topic)
    try:
        return adapter(case)
    except NotUnderstood:
        raise
    except Problem as problem:
        raise NotUnderstood(reason=f"Refused: {problem}") from problem
    except SHAPE as error:
        raise NotUnderstood(reason=f"The inputs have another shape than {case.topic} reads: {error!r}"[:200]) from error


def adapter_of(topic: str) -> Adapter:
    """The adapter of the longest beginning of a topic. Raises NotUnderstood."""
    parts = topic.split(".")
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length])) in ADAPTERS:
            return ADAPTERS[name]
    raise NotUnderstood(reason=f"Nobody computes the topic {topic or '—'}.")


def name_of(one: Any, number: int) -> str:
    """The id of an example, or its place in the file."""
    return str(one["id"]) if isinstance(one, Mapping) and "id" in one else f"#{number}"
