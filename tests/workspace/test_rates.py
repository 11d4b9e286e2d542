"""Exchange rates: the file of the European Central Bank, and what a day's rate is.

The figures are the bank's own reference rates of those days (eurofxref-hist.csv).
"""

import io
import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from caudal.core.money import Currency, Money, Rounding, convert
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.workspace.imports import NotRates, import_rates, rate_coverage
from caudal.workspace.models import DatedRate
from caudal.workspace.queries import dated_rate
from tests.crm.browsing import Enter, text_of
from tests.world import AT, Shop

HISTORY = b"""Date,USD,JPY,ZZZ,GBP,CHF,MXN,
2025-01-02,1.0321,162.04,N/A,0.83118,0.9371,21.4375,
2024-12-31,1.0389,163.06,N/A,0.82918,0.9412,21.5504,
2024-12-30,1.0444,164.57,N/A,0.8295,0.9435,21.2847,
"""
EUR, USD, GBP, JPY = (Currency(code) for code in ("EUR", "USD", "GBP", "JPY"))


def packed(content: bytes, name: str = "eurofxref-hist.csv") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [HISTORY, packed(HISTORY), b"\xef\xbb\xbf" + HISTORY])
def test_the_banks_file_is_read_zipped_or_not_and_once(shop: Shop, content: bytes) -> None:
    report = import_rates(actor=shop.actor("ana"), as_of=AT, file="eurofxref-hist", content=content)
    # Three days of USD, JPY, GBP, CHF and MXN; nothing is called ZZZ.
    assert (report.days, report.rates, report.added) == (3, 15, 15)
    assert [str(finding.place) for finding in report.findings] == ["eurofxref-hist:1 ZZZ"]
    assert DatedRate.objects.get(quote="GBP", day=date(2024, 12, 31)).rate == Decimal("0.82918")
    again = import_rates(actor=SYSTEM, as_of=AT, file="eurofxref-hist", content=content)
    assert (again.rates, again.added, DatedRate.objects.count()) == (15, 0, 15)
    (told, *_) = timeline(shop.settings.ref)
    assert (told.name, told.data) == ("workspace.rates_added", {"count": 15, "source": "ECB"})


def test_a_days_rate_is_exact_direct_or_through_the_euro(shop: Shop) -> None:
    import_rates(actor=SYSTEM, as_of=AT, file="x", content=HISTORY)
    day = date(2024, 12, 31)
    told = dated_rate(EUR, USD, day)
    assert told is not None
    assert told.rate == Fraction("1.0389")
    cross = dated_rate(GBP, USD, day)
    assert cross is not None
    assert cross.rate == Fraction(103890, 82918)  # dollars a euro by pounds a euro
    back = dated_rate(USD, GBP, day)
    assert back is not None
    assert cross.rate * back.rate == 1
    # £100 = €120.60107576… = $125.29245760…
    assert convert(Money.of("100", "GBP"), rate=cross, to=USD, rounding=Rounding.HALF_UP) == Money.of("125.29", "USD")


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2025, 1, 1), "1.0389"),  # New Year's Day takes the last day of the year
        (date(2025, 1, 2), "1.0321"),
        (date(2025, 1, 4), "1.0321"),  # a Saturday
        (date(2025, 1, 8), "1.0321"),  # the seventh day, its own among them
        (date(2025, 1, 9), None),  # a rate counts for a week
        (date(2024, 12, 29), None),  # before the first
    ],
)
def test_a_day_without_a_rate_takes_the_last_one_for_a_week(shop: Shop, day: date, rate: str | None) -> None:
    import_rates(actor=SYSTEM, as_of=AT, file="x", content=HISTORY)
    found = dated_rate(EUR, USD, day)
    assert (found and found.rate) == (rate and Fraction(rate))


@pytest.mark.parametrize(
    "content",
    [
        b"Currency,USD\n",
        b"",
        b"PK\x03\x04nothing",
        b"\xff\xfe\x00",
        packed(HISTORY, "readme.txt"),
        b'Date,USD\n"' + b"x" * 200_000,
    ],
)
def test_a_file_of_something_else_is_refused(shop: Shop, content: bytes) -> None:
    before = business_digest()
    with pytest.raises(NotRates, match="is not a file of the European Central Bank"):
        import_rates(actor=SYSTEM, as_of=AT, file="x.csv", content=content)
    assert business_digest() == before


def test_what_cannot_be_read_is_told_with_its_place_and_the_rest_is_taken(shop: Shop) -> None:
    content = b"Date,USD,GBP\n2025-01-02,1.0321,much\n1 Jan,1,1\n\n2025-01-03,-1,0.83118\n"
    report = import_rates(actor=SYSTEM, as_of=AT, file="x.csv", content=content)
    assert [str(finding.place) for finding in report.findings] == ["x.csv:2 GBP", "x.csv:3", "x.csv:5 USD"]
    assert report.added == 2


def test_only_those_who_keep_the_settings_take_rates_in(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        import_rates(actor=shop.actor("marta"), as_of=AT, file="x", content=HISTORY)


def test_the_page_of_the_company_takes_the_file_and_says_what_it_covers(shop: Shop, enter: Enter) -> None:
    ana = enter("ana")
    assert "None yet" in text_of(ana.get("/settings/company"))
    answer = ana.post("/settings/company/rates", {"file": SimpleUploadedFile("ecb.zip", packed(HISTORY))})
    said = text_of(answer)
    assert "15 rates of 5 currencies." in said
    assert "ZZZ" in said
    wrong = ana.post("/settings/company/rates", {"file": SimpleUploadedFile("x.csv", b"a,b\n")})
    assert wrong.status_code == 422
    assert "its first column is not Date" in text_of(wrong)
    assert rate_coverage().count == 15
    assert enter("marta").post("/settings/company/rates").status_code == 403


def test_a_whole_history_fits(shop: Shop, tmp_path: Path) -> None:
    days = [date.fromordinal(date(1999, 1, 4).toordinal() + place) for place in range(2000)]
    content = "Date,USD,JPY\n" + "".join(f"{day},1.1,150\n" for day in days)
    report = import_rates(actor=SYSTEM, as_of=AT, file="x", content=content.encode())
    assert (report.added, rate_coverage().last) == (4000, days[-1])
