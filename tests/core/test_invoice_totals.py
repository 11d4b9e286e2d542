"""From lines to what is paid: the official samples of EN 16931, and the policies by which sources differ by cents."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.money import Currency, Money, Rounding, total
from caudal.core.pricing import (
    MONEY_POLICIES,
    Adjusted,
    BadTax,
    Discount,
    Labelled,
    MoneyPolicy,
    NetLine,
    NoPriceYet,
    PriceVersion,
    Share,
    Step,
    Tax,
    Taxed,
    TooMuchCredit,
    UnknownPolicy,
    add_up,
    credit,
    flat,
    money_policy,
    shares,
    tax_of,
    version_for,
)

EUR = Currency("EUR")
HALF_UP = Rounding.HALF_UP
FEW = settings(max_examples=10)


def vat(percent: str) -> Tax:
    return Tax("S", Decimal(percent))


def lines_of(*rows: tuple[str, str]) -> list[NetLine]:
    """Lines of (net amount, rate of VAT)."""
    return [NetLine(Decimal(net), vat(percent)) for net, percent in rows]


def test_the_official_samples_add_up() -> None:
    # eInvoicing-EN16931, ubl-tc434-example8: ten lines of 21 %
    nets = ["140.80", "16.16", "167.64", "88.74", "36.75", "56.50", "83.34", "190.31", "64.21", "64.46"]
    found = add_up(lines_of(*((net, "21") for net in nets)), EUR)
    assert (found.line_total.major, found.tax.major, found.payable.major) == ("908.91", "190.87", "1099.78")
    # ubl-tc434-example5: two rates, an allowance and a charge of 150 on the document
    adjusted = [Adjusted(Money.of(amount, "EUR"), vat("25")) for amount in ("-150", "150")]
    found = add_up(lines_of(("1000", "25"), ("500", "25"), ("2500", "12")), EUR, adjustments=adjusted)
    assert [(one.taxable.major, one.amount.major) for one in found.subtotals] == [
        ("1500.00", "375.00"),
        ("2500.00", "300.00"),
    ]
    assert (found.allowances.major, found.charges.major, found.gross.major) == ("150.00", "150.00", "4675.00")


# Lago, coupons_breakdown_spec: eight fees of two subscriptions, and coupons of two metrics, of a subscription, of all.
FEES = [(sub, metric, size, rate) for sub in "12" for metric, size, rate in
        [("1", 10, "10"), ("2", 20, "20"), ("3", 30, "10"), ("4", 40, "10")]]  # fmt: skip
COUPONS = [
    Discount(amount=20, scope=frozenset({"early"})),
    Discount(amount=10, scope=frozenset({"subscription 2"})),
    Discount(amount=5),
]


@pytest.mark.parametrize(("policy", "tax"), [("tax_per_line", "18.87"), ("tax_once", "18.89")])
def test_one_invoice_has_as_many_taxes_as_there_are_policies(policy: str, tax: str) -> None:
    labelled = [
        Labelled(
            Fraction(size),
            frozenset({f"subscription {sub}", "early" if sub == "1" and metric in "12" else "late"}),
        )
        for sub, metric, size, _ in FEES
    ]
    off = shares(labelled, COUPONS)
    assert [round(share * 100, 4) for share in off[:3]] == [
        Fraction(6764706, 10000),
        Fraction(13529412, 10000),
        Fraction(882353, 10000),
    ]
    assert sum(off) == 35
    kept = shares(labelled, COUPONS, places=7)  # as stored: 666.66667 and 9.80392, 1,333.33333 and 19.60784 cents …
    assert [str(float(share * 100)) for share in kept[:2]] == ["676.47059", "1352.94117"]
    nets = [NetLine(size - less, vat(rate)) for (_, _, size, rate), less in zip(FEES, off, strict=True)]
    exact = MoneyPolicy("exact lines", lines_rounded=False, tax_level=money_policy(policy).tax_level)
    found = add_up(nets, EUR, policy=exact)
    assert (found.net.major, found.tax.major) == ("165.00", tax)
    assert [tax.minor for tax in found.line_taxes] == [32, 129, 291, 388, 87, 349, 262, 349]


@pytest.mark.parametrize(
    ("policy", "net", "tax", "payable"),
    [("en16931", "60.00", "6.00", "16.00"), ("vouchers_before_tax", "30.00", "3.00", "13.00")],
)
def test_credits_lower_the_tax_only_where_the_policy_puts_them_before_it(
    policy: str, net: str, tax: str, payable: str
) -> None:
    # Lago, guide/wallet-and-prepaid-credits: 50 + 20 − 10 of coupons, 10 % tax, 20 of credit notes, 30 prepaid
    credits_by_step = {Step.CREDIT_NOTES: Money.of("20", "EUR"), Step.PREPAID: Money.of("30", "EUR")}
    found = add_up(lines_of(("60", "10")), EUR, policy=money_policy(policy), credits_by_step=credits_by_step)
    assert (found.net.major, found.tax.major, found.payable.major) == (net, tax, payable)


nets = st.lists(
    st.builds(
        NetLine, st.fractions(-100, 1000, max_denominator=1000), st.sampled_from([vat("21"), vat("10"), vat("0")])
    ),
    min_size=1,
    max_size=6,
)


@FEW
@given(nets, st.sampled_from(sorted(MONEY_POLICIES)), st.integers(0, 10**5))
def test_totals_hold_together_under_every_policy(lines: list[NetLine], name: str, prepaid: int) -> None:
    policy = money_policy(name)
    found = add_up(lines, EUR, policy=policy, credits_by_step={Step.PREPAID: Money(prepaid, EUR)})
    used = found.used[Step.PREPAID]
    assert found.gross == found.net + found.tax
    assert 0 <= used.minor <= prepaid
    assert found.payable == (found.gross if Step.PREPAID in policy.before_tax else found.gross - used)
    assert found.net == found.line_total - found.allowances + found.charges  # BR-CO-13
    if policy.lines_rounded:
        assert found.line_total == total(found.lines, EUR)  # BR-CO-10
        assert found.net == total((one.taxable for one in found.subtotals), EUR)


def test_a_policy_is_known_by_its_name_and_a_tax_is_a_share() -> None:
    for percent in ("-1", "100.5", "1E999999999"):
        with pytest.raises(BadTax):
            vat(percent)
    with pytest.raises(UnknownPolicy, match="en16931"):
        money_policy("by_feeling")


# Lago, credit_note_rounding_spec.
@pytest.mark.parametrize(
    ("net", "tax", "asked", "expected"),
    [(16_000, 4000, 15_467, 3867), (2999, 700, 2571, 600), (76_900, 15_380, 72_686, 14_537)],
)
def test_credit_notes_come_out_as_printed(net: int, tax: int, asked: int, expected: int) -> None:
    note = credit(Taxed(Money(net, EUR), Money(tax, EUR)), Money(asked, EUR), rounding=HALF_UP)
    assert note.tax.minor == expected
    assert note.gross.minor == asked + expected


def test_parts_that_are_taxed_by_themselves_leave_the_rest_to_the_last_one() -> None:
    # Lago, credit_note_spec: four fees of 68.33 with 20 %, of which the last is given back in three parts
    parts, notes = [6833, 6833, 6833, 1367, 2233, 3233], list[Taxed]()
    for part in parts:
        notes.append(
            credit(
                Taxed(Money(27_332, EUR), Money(5466, EUR)),
                Money(part, EUR),
                credited=notes,
                rounding=HALF_UP,
                share=Share.OWN,
            )
        )
    assert [note.tax.minor for note in notes] == [1367, 1367, 1367, 273, 447, 645]


@FEW
@given(
    st.integers(0, 10**5),
    st.decimals(0, 30, places=2),
    st.lists(st.integers(0, 10**4), max_size=5),
    st.sampled_from(Share),
)
def test_credit_notes_of_a_line_sum_to_the_line_to_the_cent(
    size: int, percent: Decimal, sizes: list[int], share: Share
) -> None:
    net = Money(size, EUR)
    line = Taxed(net, tax_of(net, percent, HALF_UP))
    notes: list[Taxed] = []
    left = size
    for part in [*sizes, size]:
        asked = min(part, left)
        notes.append(credit(line, Money(asked, EUR), credited=notes, rounding=HALF_UP, share=share))
        assert notes[-1].tax.minor >= 0
        left -= asked
    assert total((note.net for note in notes), EUR) == net
    assert total((note.tax for note in notes), EUR) == line.tax
    with pytest.raises(TooMuchCredit):
        credit(line, Money(1, EUR), credited=notes, rounding=HALF_UP)


def test_a_new_price_is_for_new_customers_until_a_day_is_said_for_the_others() -> None:
    # Kill Bill, catalog-examples: the second version is for new subscriptions only
    first = PriceVersion(1, date(2020, 1, 1), flat("30", "USD"))
    second = PriceVersion(2, date(2021, 1, 15), flat("60", "USD"))
    on = date(2021, 2, 1)
    assert version_for([first, second], day=on, subscribed=date(2021, 1, 1)).number == 1
    assert version_for([first, second], day=on, subscribed=on).number == 2
    with pytest.raises(NoPriceYet):
        version_for([second], day=on, subscribed=date(2020, 1, 1))
