"""A document as it reads on paper, in one language: on its page and in its PDF alike."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from caudal.billing.models import Invoice, InvoiceLine, InvoiceSort, InvoiceState, InvoiceTax, LineSort
from caudal.billing.queries.parties import SELLER, buyer_said, seller_said
from caudal.core.money import Currency, Money
from caudal.core.periods import zone_named
from caudal.kit.countries import country_name
from caudal.kit.tax_ids import tax_id_term, union_number
from caudal.ui.formats import medium_day_text, money_text, month_text, number_text, percent_text, reader_locale
from caudal.workspace.queries import Letterhead, letterhead

DASH: Final = " \N{EN DASH} "
PARTS_MOST: Final = 400
"""A share with a greater denominator is told as a percentage."""
DECEMBER: Final = 12
REVERSE_CHARGE: Final = "reverse_charge"
REGION_FIRST: Final = frozenset({"US", "CA", "AU"})
"""Countries whose addresses say the region before the postal code."""
LAW: Final[dict[str, str | Promise]] = {
    "reverse_charge": gettext_lazy(
        "Reverse charge: the customer accounts for the VAT (articles 44 and 196 of Directive 2006/112/EC)."
    ),
    "outside": gettext_lazy(
        "Not subject to VAT: supplied outside the European Union (articles 44 and 59 of Directive 2006/112/EC)."
    ),
    "export": gettext_lazy("Supplied to another country: no tax is charged."),
    "destination": gettext_lazy(
        "VAT of %(country)s, declared in the one-stop shop of the Union (article 369a of Directive 2006/112/EC)."
    ),
    "exempt": gettext_lazy("Exempt from VAT (article 132 of Directive 2006/112/EC)."),
    "untaxed": gettext_lazy("Not subject to tax."),
}
"""What a document has to say where a rule makes the tax another one than that of the seller's country."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line: what, for when, how much of it, and what it comes to. `notes` say why it is not a whole price."""

    text: str
    period: str
    quantity: str
    tax: str
    amount: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperTax:
    """What is taxed at one rate, and the tax."""

    label: str
    taxable: str
    tax: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in words."""

    language: str
    title: str
    number: str
    mark: str
    """What is written across it: that it is a draft, or void."""
    seller: Letterhead
    seller_tax: str
    """The seller's tax id with what its country calls it."""
    buyer: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    """Days, references and what it corrects, each with its label."""
    lines: tuple[PaperLine, ...]
    net: str
    taxes: tuple[PaperTax, ...]
    gross: str
    due: str
    """What is to be paid by when; nothing of a credit note."""
    law: tuple[str, ...]


def paper(row: Invoice, lines: Iterable[InvoiceLine], taxes: Iterable[InvoiceTax], language: str) -> Paper:
    """Return a document in words of a language. Lines come with what they correct, and the documents of those."""
    locale, currency = reader_locale(language), Currency(row.currency)
    buyer = row.buyer.said if row.buyer else buyer_said(row.customer)
    zone = zone_named(row.customer.zone)
    given = list(taxes)
    crosses = any(each.why == REVERSE_CHARGE for each in given)
    with override(language):
        country = country_name(str(buyer.get("country", "")), language)
        return Paper(
            language=language,
            title=title_of(row),
            number=row.number or "",
            mark=_mark(row),
            seller=_head(row, language),
            seller_tax=_tax_id(row.seller.said if row.seller else seller_said(row.entity), crosses=crosses),
            buyer=_buyer(buyer, country, _tax_id(buyer, crosses=crosses)),
            facts=tuple(_facts(row, locale)),
            lines=tuple(_line(each, currency, zone, locale) for each in lines),
            net=told(row.net_minor, currency, locale),
            taxes=tuple(_tax(each, currency, locale) for each in given),
            gross=told(row.gross_minor, currency, locale),
            due=_due(row, currency, locale),
            law=tuple(dict.fromkeys(str(LAW[each.why]) % {"country": country} for each in given if each.why in LAW)),
        )


def title_of(row: Invoice) -> str:
    """Return what kind of document it is, in the active language."""
    return str(InvoiceSort(row.sort).label)


def period_told(start: datetime, end: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """Return a period in words: a month, a year, a day, days from and to, or instants where it is no whole days.

    >>> from datetime import UTC
    >>> english = Locale.parse("en_US")
    >>> period_told(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), ZoneInfo("UTC"), english)
    'January 2026'
    >>> told_to_be = period_told(
    ...     datetime(2026, 1, 16, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), ZoneInfo("UTC"), english
    ... )
    >>> told_to_be.split(DASH)
    ['Jan 16, 2026', 'Jan 31, 2026']
    """
    first, until = start.astimezone(zone), end.astimezone(zone)
    if any((each.hour, each.minute, each.second, each.microsecond) != (0, 0, 0, 0) for each in (first, until)):
        ends = (f"{medium_day_text(each.date(), locale)} {each:%H:%M}" for each in (first, until))
        return DASH.join(ends)
    day, last = first.date(), until.date() - timedelta(days=1)
    after = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    if day.day == 1 and until.date() == after:
        return month_text(day, locale)
    if (day.month, day.day, last.month, last.day, day.year) == (1, 1, DECEMBER, 31, last.year):
        return str(day.year)
    if day == last:
        return medium_day_text(day, locale)
    return f"{medium_day_text(day, locale)}{DASH}{medium_day_text(last, locale)}"


def share_told(share: str, locale: Locale) -> str:
    """Return a share of a whole period: "16/31", or a percentage where the parts are too small to be counted."""
    part = abs(Fraction(share))
    if part.denominator > PARTS_MOST:
        return percent_text(part, locale, places=2)
    return f"{part.numerator}/{part.denominator}" if part.denominator > 1 else f"{part.numerator}"


def quantity_told(quantity: Decimal, locale: Locale) -> str:
    """Return a quantity with all the decimals that it has."""
    plain = quantity.normalize()
    exponent = plain.as_tuple().exponent
    return number_text(plain, locale, places=max(0, -exponent if isinstance(exponent, int) else 0))


def told(minor: int, currency: Currency, locale: Locale) -> str:
    """Return an amount with its currency."""
    return money_text(Money(minor, currency).amount, currency.code, locale)


def tax_told(category: str, percent: Decimal, locale: Locale) -> str:
    """Return the tax of a line: its rate, or the rule by which there is none."""
    words = {
        "AE": _("Reverse charge"),
        "O": _("Not subject"),
        "E": _("Exempt"),
        "Z": _("Zero rate"),
    }
    return words.get(category) or percent_text(Fraction(percent) / 100, locale, places=_places(percent))


def _short(line: InvoiceLine, locale: Locale) -> str:
    """The tax of a line as a narrow column holds it; in full it stands below the lines."""
    if line.tax_category == "AE":
        return pgettext("tax of a line", "Reverse charge")
    return tax_told(line.tax_category, line.tax_percent, locale)


def _places(percent: Decimal) -> int:
    exponent = percent.normalize().as_tuple().exponent
    return max(0, -exponent if isinstance(exponent, int) else 0)


def _head(row: Invoice, language: str) -> Letterhead:
    entity = copy(row.entity)
    said = row.seller.said if row.seller else seller_said(row.entity)
    for name in SELLER:
        setattr(entity, name, said.get(name, ""))
    return letterhead(entity, language)


def _tax_id(said: Mapping[str, Any], *, crosses: bool) -> str:
    """A party's tax id after its name; where the charge is reversed, both as they are written across the Union."""
    country, number = str(said.get("country", "")), str(said.get("tax_id", ""))
    shown = union_number(country, number) if crosses else number
    return f"{_(tax_id_term(country, shown))} {shown}" if shown else ""


def _buyer(said: Mapping[str, Any], country: str, tax_id: str) -> tuple[str, ...]:
    town = " ".join(part for part in (said.get("postal_code", ""), said.get("city", "")) if part)
    region = said.get("region", "") if said.get("region") != said.get("city") else ""
    if said.get("country") in REGION_FIRST:
        # "Austin, TX 78744": the region between the city and its code.
        place = " ".join(part for part in (region, said.get("postal_code", "")) if part)
        town, region = ", ".join(part for part in (said.get("city", ""), place) if part), ""
    return tuple(part for part in (said.get("name", ""), tax_id, said.get("street", ""), town, region, country) if part)


def _mark(row: Invoice) -> str:
    if row.state == InvoiceState.DRAFT:
        return _("Draft")
    return _("Void") if row.state == InvoiceState.VOID else ""


def _facts(row: Invoice, locale: Locale) -> Iterable[tuple[str, str]]:
    if row.issue_day:
        yield _("Issued"), medium_day_text(row.issue_day, locale)
    if row.due_day and row.sort == InvoiceSort.INVOICE:
        yield _("To be paid by"), medium_day_text(row.due_day, locale)
    if row.reference:
        yield _("Your reference"), row.reference
    if row.corrects and row.corrects.number:
        day = medium_day_text(row.corrects.issue_day, locale) if row.corrects.issue_day else ""
        yield _("Corrects"), f"{row.corrects.number} · {day}"
    if row.reason:
        yield _("Reason"), row.reason


def _line(line: InvoiceLine, currency: Currency, zone: ZoneInfo, locale: Locale) -> PaperLine:
    return PaperLine(
        text=line.text,
        period=period_told(line.service_start, line.service_end, zone, locale),
        quantity=" ".join(part for part in (quantity_told(line.quantity, locale), line.unit) if part),
        tax=_short(line, locale),
        amount=told(line.net_minor, currency, locale),
        notes=tuple(_notes(line, currency, locale)),
    )


def _notes(line: InvoiceLine, currency: Currency, locale: Locale) -> Iterable[str]:
    if Fraction(line.share) != 1:
        words = {LineSort.CREDIT: _("Not used: %(share)s of %(whole)s"), LineSort.DEBIT: _("%(share)s of %(whole)s")}
        text = words.get(LineSort(line.sort), _("%(share)s of %(whole)s"))
        yield text % {"share": share_told(line.share, locale), "whole": told(line.whole_minor, currency, locale)}
    if line.corrects is not None and line.corrects.invoice.number:
        yield _("Corrects %(number)s, line %(line)s") % {
            "number": line.corrects.invoice.number,
            "line": line.corrects.position,
        }


def _tax(tax: InvoiceTax, currency: Currency, locale: Locale) -> PaperTax:
    rate = tax_told(tax.category, tax.percent, locale)
    label = _("VAT %(rate)s") % {"rate": rate} if tax.category == "S" else rate
    return PaperTax(label, told(tax.taxable_minor, currency, locale), told(tax.tax_minor, currency, locale))


def _due(row: Invoice, currency: Currency, locale: Locale) -> str:
    if row.sort != InvoiceSort.INVOICE or row.due_day is None or row.state != InvoiceState.FINAL:
        return ""
    return _("%(amount)s to be paid by %(day)s") % {
        "amount": told(row.gross_minor, currency, locale),
        "day": medium_day_text(row.due_day, locale),
    }


def lines_of(row: Invoice) -> Sequence[InvoiceLine]:
    """Return the lines of a document, which the caller may see, with what they correct, in their order."""
    return list(row.lines.select_related("corrects__invoice", "pillar").order_by("position"))


def taxes_of(row: Invoice) -> Sequence[InvoiceTax]:
    """Return the taxes of a document, which the caller may see, in their order."""
    return list(row.taxes.order_by("position"))
