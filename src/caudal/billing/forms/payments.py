"""What is typed about money: payments and what they are for, credits, refunds, write-offs, and what is undone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.billing.actions import Allocation
from caudal.billing.models import Invoice, Payment, PaymentMethod, Settlement, SettlementSort
from caudal.billing.models.documents import TEXT_LENGTH
from caudal.billing.models.payments import REFERENCE_LENGTH
from caudal.billing.queries import Credit, LineCredit, LineLeft
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money, finite_decimal
from caudal.ui.formats import day_text, money_text, reader_locale

AMOUNT_LENGTH: Final = 20
DECIMAL: Final = {"inputmode": "decimal"}


def day_field(label: Any = None) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label or _("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def amount_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a field for an amount."""
    widget = forms.TextInput(attrs=DECIMAL)
    return forms.CharField(label=label, max_length=AMOUNT_LENGTH, required=required, widget=widget, help_text=help_text)


def reason_field() -> forms.CharField:
    """Return a field for why something is done."""
    return forms.CharField(label=_("Why"), max_length=TEXT_LENGTH)


def amount_words(amount: Money) -> str:
    """Return an amount with its currency, as the reader writes it."""
    return money_text(amount.amount, amount.currency.code, reader_locale())


class MoneyForm(forms.Form):
    """A form whose amounts are in one currency; `do` is the name of what is done, and stands before its fields."""

    do: str = ""

    def __init__(self, data: Any, *, currency: str, today: date, **more: Any) -> None:
        super().__init__(data, prefix=self.do, **more)
        self.unit = currency
        if "day" in self.fields:
            self.initial.setdefault("day", today)

    def read(self, name: str) -> Money | None:
        """Return the amount that was typed into a field, None where there is none; what is wrong is told there."""
        text = self.cleaned_data.get(name, "")
        if not text:
            return None
        try:
            return Money.of(plain_number(text), self.cleaned_data.get("currency", self.unit).upper())
        except Problem as problem:
            self.add_error(name, problem.told(gettext))
            return None


def plain_number(text: str) -> str:
    """Return a number as the core reads it: a comma may stand before its decimals."""
    return text.strip().replace(",", ".")


class PaymentForm(MoneyForm):
    """Money that came. `key` makes sending it twice record it once."""

    do = "record"

    key = forms.UUIDField(widget=forms.HiddenInput)
    customer = forms.CharField(
        label=_("Customer"), max_length=200, help_text=_("Their name, or the number of one of their invoices.")
    )
    amount = amount_field(_("Amount"))
    currency = forms.CharField(label=_("Currency"), max_length=3)
    day = day_field()
    method = forms.ChoiceField(label=_("How"), choices=PaymentMethod.choices)
    reference = forms.CharField(
        label=_("The bank's reference"),
        max_length=REFERENCE_LENGTH,
        required=False,
        help_text=_("A line of the statement is recorded once."),
    )
    note = forms.CharField(label=_("Note"), max_length=TEXT_LENGTH, required=False)

    @override
    def clean(self) -> dict[str, Any]:
        """Read the amount in its currency."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("amount") and said.get("currency"):
            said["money"] = self.read("amount")
        return said


class PartsForm(MoneyForm):
    """How much is for which invoice: one field for each that is not paid, with what was proposed for it."""

    do = "parts"

    seen = forms.BooleanField(widget=forms.HiddenInput, initial=True, required=False)

    def __init__(
        self, data: Any, *, unpaid: Sequence[Invoice], proposed: Sequence[Money], currency: str, today: date
    ) -> None:
        super().__init__(data, currency=currency, today=today)
        self.unpaid = {str(row.ref): row for row in unpaid}
        for row, part in zip(unpaid, proposed, strict=True):
            opened = amount_words(Money(row.open_minor, Currency(row.currency)))
            help_text = gettext("Open: %(amount)s") % {"amount": opened}
            if row.due_day:
                help_text += " · " + gettext("due on %(day)s") % {"day": day_text(row.due_day, reader_locale())}
            self.fields[str(row.ref)] = amount_field(row.number, required=False, help_text=help_text)
            self.initial[str(row.ref)] = part.major if part else ""

    def allocations(self) -> list[Allocation]:
        """Return what was typed."""
        read = {name: self.read(name) for name in self.unpaid}
        return [Allocation(self.unpaid[name].pk, amount) for name, amount in read.items() if amount is not None]


class AllocateForm(MoneyForm):
    """On which day what is open is used."""

    do = "allocate"

    day = day_field()


class RefundForm(MoneyForm):
    """What goes back."""

    do = "refund"

    amount = amount_field(_("Amount"))
    day = day_field()
    method = forms.ChoiceField(label=_("How"), choices=PaymentMethod.choices)
    reference = forms.CharField(label=_("The bank's reference"), max_length=REFERENCE_LENGTH, required=False)
    reason = reason_field()


class WriteOffForm(MoneyForm):
    """What is given up."""

    do = "write_off"

    amount = amount_field(_("Amount"))
    day = day_field()
    reason = reason_field()


class TakeBackForm(MoneyForm):
    """Why a payment was wrong."""

    do = "take_back"

    day = day_field()
    reason = reason_field()


class UndoForm(MoneyForm):
    """What is undone of what settled a document or a payment."""

    do = "undo"

    settlement = forms.ChoiceField(label=_("What"))
    day = day_field()
    reason = forms.CharField(label=_("Why"), max_length=TEXT_LENGTH, required=False)

    def __init__(self, data: Any, *, live: Iterable[tuple[Settlement, str]], currency: str, today: date) -> None:
        super().__init__(data, currency=currency, today=today)
        choices = [(str(row.ref), words) for row, words in live]
        self.fields["settlement"] = forms.ChoiceField(label=_("What"), choices=choices)


class CreditForm(MoneyForm):
    """What of an invoice is credited: all that is left, a percentage, an amount, or single lines."""

    do = "credit"

    how = forms.ChoiceField(
        label=_("What"),
        choices=[
            ("all", _("All that is left")),
            ("percent", _("A percentage of it")),
            ("amount", _("An amount before tax")),
            ("lines", _("Single lines")),
        ],
    )
    value = amount_field(_("Percentage or amount"), required=False)
    day = day_field(pgettext_lazy("credit note", "Issued on"))
    reason = reason_field()

    def __init__(self, data: Any, *, lines: Sequence[LineLeft], currency: str, today: date) -> None:
        super().__init__(data, currency=currency, today=today)
        self.lines = {f"line-{each.line.position}": each for each in lines if each.left}
        for name, each in self.lines.items():
            left = amount_words(each.left)
            help_text = gettext("Left: %(amount)s before tax") % {"amount": left}
            self.fields[name] = amount_field(each.line.text, required=False, help_text=help_text)
        self.order_fields(["how", "value", *self.lines, "day", "reason"])

    def credit(self) -> Credit:
        """Return what was typed; what is wrong is told in the form."""
        said: Mapping[str, Any] = self.cleaned_data
        if said["how"] == "lines":
            read = {name: self.read(name) for name in self.lines}
            lines = [LineCredit(self.lines[name].line.pk, amount=amount) for name, amount in read.items() if amount]
            if not lines:
                self.add_error("how", gettext("Give an amount for at least one line."))
            return Credit(lines=tuple(lines))
        if said["how"] == "amount":
            amount = self.read("value")
            if amount is None and not self.errors:
                self.add_error("value", gettext("Give the amount that is credited."))
            return Credit(amount=amount)
        if said["how"] == "percent":
            return Credit(percent=self._percent(said.get("value", "")))
        return Credit()

    def _percent(self, text: str) -> Decimal | None:
        try:
            return finite_decimal(plain_number(text.replace("%", "")))
        except Problem:
            self.add_error("value", gettext("Give the percentage that is credited."))
            return None


class DayForm(forms.Form):
    """Of which day a page tells."""

    day = day_field()


class SpanForm(forms.Form):
    """From which day to which a page tells; from the beginning without the first."""

    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = day_field(_("Up to"))


def refundable(row: Payment | Invoice) -> str:
    """Return what is open of a payment or a credit note, as it is proposed."""
    return Money(row.open_minor, Currency(row.currency)).major


def settled_words(row: Settlement) -> str:
    """Return a settlement in a few words, to choose it by."""
    locale = reader_locale()
    amount = amount_words(Money(row.minor, Currency(row.currency)))
    return f"{SettlementSort(row.sort).label} · {amount} · {between(row)} · {day_text(row.day, locale)}"


def between(row: Settlement) -> str:
    """Return what a settlement is between."""
    named = [each.number or "" for each in (row.credit_note, row.invoice) if each]
    if row.payment is not None:
        named.insert(0, row.payment.reference or gettext("Payment"))
    return " → ".join(named)
