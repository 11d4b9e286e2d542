"""Examples of prices over time: versions of a price, and phases of a subscription."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from caudal.cli.cases.invoices import HALF_UP, grain_of
from caudal.cli.cases.prorations import ONE_DAY, UTC
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, day, number
from caudal.core.money import Money
from caudal.core.periods import Cycle, Grain
from caudal.core.pricing import PriceVersion, flat, version_for
from caudal.core.schedules import Phase, Schedule, lay_phases

LENGTHS: Final = {"days": Grain.DAY, "weeks": Grain.WEEK, "months": Grain.MONTH, "years": Grain.YEAR}
"""How long a phase is told to last; one without any lasts to the end."""
PHASE_NAMES: Final = frozenset({"type", "name", "price", "fixed", "fixed_price", "billing_period", *LENGTHS})
"""What a phase may be told."""
VERSION_NAMES: Final = frozenset({"effective", "price", "effective_for_existing", "name", "version", "retired"})
"""What a version of a price may be told."""


def catalogue(case: Case) -> Outputs:
    """Versions of a price: what is invoiced on each day to those who subscribed on another."""
    if case.has("phases"):
        return in_phases(case)
    rows = case.take("versions", default=None) or [case.take(f"v{n}") for n in range(1, 10) if case.has(f"v{n}")]
    if not rows and case.has("price"):
        rows = [{"effective": case.take("subscribed"), "price": case.take("price")}]
    versions = [version(row, number, case) for number, row in enumerate(rows, 1) if not is_retired(row)]
    grain = grain_of(str(case.take("interval", default="month")))
    found: dict[str, Output] = {}
    check_on_sale(case, rows)
    if case.has("subscribed"):
        count = len(case.stated.get("invoices", ()))
        subscribed = case.day("subscribed")
        starts = [Cycle(subscribed, grain).start_of(number) for number in range(count + 1)]
        billed = starts[1:] if "arrear" in str(case.take("billing_mode", "timing", default="")).lower() else starts
        found["invoices"] = [
            [on, paid_on(versions, start, subscribed)] for on, start in zip(billed, starts[:count], strict=False)
        ]
    if case.has("subscriptions"):
        many = [day(one) for one in case.take("subscriptions")]
        for key in case.stated:
            on = date.fromisoformat(key.removeprefix("invoices_on_").replace("_", "-"))
            found[key] = {one.isoformat(): paid_on(versions, on, one) for one in many}
    return found


def is_retired(row: Mapping[str, Any]) -> bool:
    """Whether a version says that a price is sold no more; who has it goes on paying it."""
    return row.get("retired") is True


def check_on_sale(case: Case, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise NotUnderstood when somebody subscribes to what is sold no more."""
    closed = [day(row["effective"]) for row in rows if is_retired(row)]
    began = [*case.take("subscriptions", default=[]), *([case.take("subscribed")] if case.has("subscribed") else [])]
    if any(day(one) >= end for one in began for end in closed):
        raise NotUnderstood(reason="Nobody can subscribe to what is sold no more.")


def version(row: Mapping[str, Any], number: int, case: Case) -> PriceVersion:
    """One version of a price."""
    if unknown := sorted(row.keys() - VERSION_NAMES):
        raise NotUnderstood(reason=f"A version has {', '.join(unknown)}.")
    existing = row.get("effective_for_existing")
    price = flat(str(row["price"]), case.currency.code)
    return PriceVersion(number, day(row["effective"]), price, None if existing is None else day(existing))


def paid_on(versions: list[PriceVersion], on: date, subscribed: date) -> Money:
    """What is paid on a day."""
    return version_for(versions, day=on, subscribed=subscribed).price.money(1, HALF_UP)


def in_phases(case: Case) -> Outputs:
    """What is invoiced in advance on each day of a subscription whose price changes from phase to phase."""
    rows = case.take("phases")
    grain = grain_of(str(case.take("interval", default="month")))
    laid_out = lay_phases(case.day("subscribed", "start"), [phase_of(row) for row in rows])
    begun: Output = {str(one.phase.name).lower(): one.start for one in laid_out}
    asked = [day(on) for on, _ in case.stated.get("invoices", ())]
    if not asked:
        return dict.fromkeys(("phase_starts", "starts"), begun)
    found: dict[date, Money] = {}
    for row, laid in zip(rows, laid_out, strict=True):
        price = flat(str(row["price"]), case.currency.code).money(1, HALF_UP)
        days = [one.days.start for one in Schedule(laid.start, grain, UTC, end=laid.end).until(max(asked) + ONE_DAY)]
        found |= dict.fromkeys(days if price else days[:1], price)  # what is free is told once
        if once := fixed_of(row, case):
            found[days[0]] = price + once
    return {
        "invoices": [[on, found[on]] for on in asked if on in found],
        **dict.fromkeys(("phase_starts", "starts"), begun),
    }


def fixed_of(row: Mapping[str, Any], case: Case) -> Money | None:
    """What is paid once when a phase begins, besides its price, or None."""
    if unknown := sorted(row.keys() - PHASE_NAMES):
        raise NotUnderstood(reason=f"A phase has {', '.join(unknown)}.")
    told = row.get("fixed", row.get("fixed_price"))
    return None if told is None else flat(str(told), case.currency.code).money(1, HALF_UP)


def phase_of(row: Mapping[str, Any]) -> Phase:
    """A phase as examples write it."""
    name = str(row.get("type", row.get("name", "")))
    for word, grain in LENGTHS.items():
        if row.get(word) is not None:
            return Phase(name, int(number(row[word])), grain)
    return Phase(name)
