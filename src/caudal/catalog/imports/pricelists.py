"""Price lists by file: what one would change, told before it does, and the prices there are as such a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from caudal.catalog.actions import NewPrice
from caudal.catalog.models import Charge, ChargeSort, Offering, PriceVersion
from caudal.catalog.offline import COLUMNS, PriceSaid, Shape, price_list_lines, read_price, read_price_list, write_price
from caudal.catalog.queries import every_offering, odd_about
from caudal.core.errors import Finding, Place, Problem, Severity, Translate, msg
from caudal.kit.access import Actor
from caudal.kit.lazy import lazy
from caudal.kit.sheets import table_rows

ROWS_MAX: Final = 10_000
BYTE_ORDER_MARK: Final = "\ufeff"
_NO_OFFERING: Final = msg("No offering has the code “{said}”. The nearest is “{near}”.")
_NO_CHARGE: Final = msg("“{offering}” has no charge with the code “{said}”. The nearest is “{near}”.")
_NO_DAY: Final = msg("It does not say from which day on the price holds.")
_THERE: Final = msg("“{charge}” has another price in {currency} from this day already, and a price is never edited.")
_LATER: Final = msg("Let it begin on another day, or withdraw the one that has not begun.")
_BEFORE: Final = msg("A price cannot reach existing customers before new ones.")
_SHAPE: Final = msg("Only usage is priced by transaction or by dimension.")
_SAME: Final = msg("“{charge}” costs the same before it: nothing would change for new customers.")


class TooManyLines(Problem):
    """More lines than one file may have."""

    code = "prices.too_many"
    status = 422
    message = msg("The file has more than {most} lines. Send it in parts.")


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that a file brings, and the one that held before it for new customers."""

    charge: Charge
    new: NewPrice
    before: Mapping[str, Any] | None
    line: int


@dataclass(slots=True)
class PriceListPlan:
    """What a file would do: its changes, how many prices are known as they are, and what is to be said of it."""

    name: str
    changes: list[PriceChange] = field(default_factory=list)
    known: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing in it is wrong: all of it is taken, or nothing."""
        return not any(each.severity is Severity.ERROR for each in self.findings)

    def text(self) -> str:
        """Return its changes as a price list of their own, to be put into effect as they were seen."""
        lines: list[dict[str, str]] = []
        for each in self.changes:
            new = each.new
            days = new.from_date, new.existing_from_date
            lines += price_list_lines(each.charge.offering.code, each.charge.code, new.currency, days, new.price)
        return as_csv(lines)

    def prices(self) -> list[NewPrice]:
        """Return the new prices, earliest first: so they are numbered."""
        return [each.new for each in sorted(self.changes, key=lambda each: (each.new.from_date, each.line))]


def plan_price_list(actor: Actor, name: str, content: bytes, *, from_date: date | None = None) -> PriceListPlan:
    """Return what a file would change; nothing is written. `from_date` is the day of prices that say none.

    Raises UnreadableTable, NoPriceList, TooManyLines.
    """
    rows = table_rows(name, content, ROWS_MAX + 2)
    if len(rows) > ROWS_MAX + 1:
        raise TooManyLines(most=ROWS_MAX)
    read = read_price_list(name, rows)
    plan = PriceListPlan(name, findings=list(read.findings))
    binding = _Binding(name, read.columns, {each.code.casefold(): each for each in every_offering(actor)})
    for said in read.said:
        binding.take(replace(said, from_date=said.from_date or from_date), plan)
    return plan


def price_list(actor: Actor, today: date, *, every: bool = False) -> list[dict[str, str]]:
    """Return the lines of the prices that hold or begin later, or of every price there ever was."""
    found: list[dict[str, str]] = []
    for offering in every_offering(actor):
        for charge in sorted(offering.charges.all(), key=lambda each: (each.created_at, each.pk)):
            for version in sorted(
                _shown(charge.prices.all(), today, every=every), key=lambda each: (each.currency, each.from_date)
            ):
                days = version.from_date, version.existing_from_date
                found += price_list_lines(offering.code, charge.code, version.currency, days, version.price)
    return found


def plan_told(plan: PriceListPlan, translate: Translate) -> dict[str, Any]:
    """Return what a file changes as JSON, with the price before each change."""
    return {
        "sound": plan.is_sound,
        "known": plan.known,
        "changes": [
            {
                "offering": each.charge.offering.code,
                "charge": each.charge.code,
                "currency": each.new.currency,
                "from": each.new.from_date.isoformat(),
                "existing_from": each.new.existing_from_date.isoformat() if each.new.existing_from_date else None,
                "before": each.before,
                "price": each.new.price,
                "line": each.line,
            }
            for each in plan.changes
        ],
        "findings": [
            {"code": each.code, "severity": each.severity.value, "place": str(each.place), "told": each.told(translate)}
            for each in plan.findings
        ],
    }


def as_csv(lines: Iterable[Mapping[str, str]]) -> str:
    """Return a price list as text."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(lines)
    return BYTE_ORDER_MARK + file.getvalue()


def as_workbook(lines: Iterable[Mapping[str, str]]) -> bytes:
    """Return a price list as a workbook whose cells are text: no decimal of a price is lost."""
    file = io.BytesIO()
    book = lazy("xlsxwriter").Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet("Prices")
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, name in enumerate(COLUMNS):
        page.write_string(0, column, name, bold)
    for row, line in enumerate(lines, 1):
        for column, name in enumerate(COLUMNS):
            page.write_string(row, column, line[name])
    book.close()
    return file.getvalue()


def _shown(versions: Iterable[PriceVersion], today: date, *, every: bool) -> Iterator[PriceVersion]:
    """Of each currency what is to come and the last that has begun; they come the latest first."""
    begun: set[str] = set()
    for each in versions:
        if every or each.currency not in begun:
            yield each
        if each.from_date <= today:
            begun.add(each.currency)


@dataclass(slots=True)
class _Binding:
    """Finds the charges that lines mean, and says what is wrong with them by line and column."""

    name: str
    columns: Mapping[str, int]
    offerings: Mapping[str, Offering]

    def take(self, said: PriceSaid, plan: PriceListPlan) -> None:
        """Add what a price of the file would change, or why it cannot."""
        try:
            charge = self._charge(said, plan)
            if charge is None:
                return
            model = read_price(said.price, said.currency)
        except Problem as refused:
            plan.findings += self._refused(refused, said)
            return
        if said.from_date is None:
            plan.findings.append(self._found("prices.no_day", _NO_DAY, said, "from"))
            return
        if said.existing_from_date is not None and said.existing_from_date < said.from_date:
            plan.findings.append(self._found("prices.before", _BEFORE, said, "existing_from"))
        if model.shape is not Shape.TIERS and charge.sort != ChargeSort.USAGE:
            plan.findings.append(self._found("prices.shape", _SHAPE, said, "price"))
        price = write_price(model)
        own = [each for each in charge.prices.all() if each.currency == said.currency]
        there = next((each for each in own if each.from_date == said.from_date), None)
        if there is not None:
            if (there.price, there.existing_from_date) == (price, said.existing_from_date):
                plan.known += 1
                return
            params = {"charge": charge.name, "currency": said.currency}
            plan.findings.append(self._found("prices.there", _THERE, said, "from", hint=_LATER, params=params))
            return
        before = next((each.price for each in own if each.from_date < said.from_date), None)
        new = NewPrice(charge.pk, said.currency, said.from_date, said.existing_from_date, price)
        for odd in odd_about(charge, model, from_date=said.from_date, existing_from_date=said.existing_from_date):
            place = Place(self.name, said.line, 0, charge.name)
            plan.findings.append(replace(odd, place=place))
        if before == price:
            note = self._found("prices.same", _SAME, said, "offering", params={"charge": charge.name})
            plan.findings.append(replace(note, severity=Severity.NOTE))
        plan.changes.append(PriceChange(charge, new, before, said.line))

    def _charge(self, said: PriceSaid, plan: PriceListPlan) -> Charge | None:
        offering = self.offerings.get(said.offering.casefold())
        if offering is None:
            params = {"said": said.offering[:80], "near": _near(said.offering, self.offerings)}
            plan.findings.append(self._found("prices.no_offering", _NO_OFFERING, said, "offering", params=params))
            return None
        charges = {each.code.casefold(): each for each in offering.charges.all()}
        charge = charges.get(said.charge.casefold())
        if charge is None:
            params = {"offering": offering.code, "said": said.charge[:80], "near": _near(said.charge, charges)}
            plan.findings.append(self._found("prices.no_charge", _NO_CHARGE, said, "charge", params=params))
        return charge

    def _refused(self, refused: Problem, said: PriceSaid) -> Iterator[Finding]:
        for column, text in refused.fields.items():
            yield self._found(refused.code, text, said, column)
        if not refused.fields:
            yield self._found(
                refused.code, refused.message, said, "price", hint=refused.hint, params=dict(refused.params)
            )

    def _found(
        self,
        code: str,
        message: str,
        said: PriceSaid,
        column: str,
        *,
        hint: str = "",
        params: Mapping[str, object] | None = None,
    ) -> Finding:
        place = Place(self.name, said.line, self.columns.get(column, -1) + 1, column)
        return Finding(code, message, place=place, hint=hint, params=params or {})


def _near(said: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(said.casefold(), list(known), n=1, cutoff=0)), "—")
