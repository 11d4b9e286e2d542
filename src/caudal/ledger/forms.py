"""What is typed into the books."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.core.errors import Problem
from caudal.core.journal import Nature
from caudal.core.money import Money
from caudal.kit.world import new_id
from caudal.ledger.actions import CostDraft
from caudal.ledger.models import CODE_LENGTH, ID_LENGTH, NOTE_LENGTH, Account, AccountNature, Budget
from caudal.ledger.queries import Sought

if TYPE_CHECKING:
    from caudal.workspace.models import Pillar

PAID_FROM: Final = "bank"
"""The purpose of the account that costs are paid from unless somebody says otherwise."""


class DayInput(forms.DateInput):
    """A day as browsers let it be chosen."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class DecimalInput(forms.TextInput):
    """A number with decimals, as phones let it be typed."""

    def __init__(self) -> None:
        super().__init__(attrs={"inputmode": "decimal"})


def day_field() -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=_("Day"), widget=DayInput())


def money_said(amount: str, currency: str) -> Money:
    """Return an amount as somebody typed it, with a point or a comma. Raises what `Money.of` raises."""
    return Money.of(amount.strip().replace(",", "."), currency.strip().upper())


def named(account: Account, language: str) -> str:
    """Return an account by code and name."""
    return f"{account.code} {account.label(language)}"


class ReversalForm(forms.Form):
    """On which day an entry is undone, and why."""

    day = day_field()
    text = forms.CharField(label=_("Why"), max_length=NOTE_LENGTH)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", today)


KEPT: Final = ("label_en", "label_es", "budget", "version")


class SoughtForm(forms.Form):
    """Which entries are looked for."""

    q = forms.CharField(
        label=_("Looking for"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Text, source, party, document")}),
    )
    account = forms.ChoiceField(label=_("Account"), required=False)
    party = forms.CharField(widget=forms.HiddenInput, max_length=NOTE_LENGTH, required=False)
    first = forms.DateField(label=_("From"), required=False, widget=DayInput())
    last = forms.DateField(label=_("Up to"), required=False, widget=DayInput())
    least = forms.CharField(label=_("Amount from"), max_length=20, required=False, widget=DecimalInput())
    most = forms.CharField(label=_("Amount up to"), max_length=20, required=False, widget=DecimalInput())
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)

    def __init__(self, data: Any, *, chart: Iterable[Account], currency: str) -> None:
        """Offer the accounts of the chart."""
        super().__init__({"currency": currency, **data.dict()})
        language = get_language() or "en"
        chosen = cast("forms.ChoiceField", self.fields["account"])
        chosen.choices = [("", gettext("Any")), *((each.code, named(each, language)) for each in chart)]
        self.accounts = {each.code: each for each in chart}

    @override
    def clean(self) -> dict[str, Any]:
        """Read the amounts in their currency."""
        said: dict[str, Any] = super().clean() or {}
        for name in ("least", "most"):
            try:
                said[name] = money_said(said[name], said.get("currency", "")) if said.get(name) else None
            except Problem as problem:
                self.add_error(name, problem.told(gettext))
        return said

    def sought(self, entity_id: UUID | None) -> Sought:
        """Return what is looked for; nothing narrows that was not understood."""
        said = self.cleaned_data if self.is_valid() else {}
        account = self.accounts.get(said.get("account", ""))
        return Sought(
            text=said.get("q", ""),
            account_id=account.pk if account else None,
            party=said.get("party", ""),
            first=said.get("first"),
            last=said.get("last"),
            least=said.get("least"),
            most=said.get("most"),
            entity_id=entity_id,
        )


class AccountForm(forms.Form):
    """An account to add, or what one is called."""

    code = forms.CharField(
        label=_("Code"), max_length=CODE_LENGTH, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    nature = forms.ChoiceField(label=_("Type"), choices=AccountNature.choices, initial=AccountNature.EXPENSE)
    label_en = forms.CharField(label=_("Name in English"), max_length=120)
    label_es = forms.CharField(label=_("Name in Spanish"), max_length=120, required=False)
    budget = forms.ChoiceField(
        label=_("Its costs count as"),
        required=False,
        choices=[("", _("Running the company")), *Budget.choices],
        help_text=_("Numbers such as margins and the cost of a lead are made of it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, account: Account | None = None) -> None:
        """Take an account that there is to call it otherwise: its code and type stay."""
        super().__init__(data)
        if account is not None:
            del self.fields["code"], self.fields["nature"]
            self.initial.update({name: getattr(account, name) for name in KEPT})
            if account.nature != Nature.EXPENSE:
                del self.fields["budget"]


class ClosingForm(forms.Form):
    """The month to close, by one of its days."""

    month = forms.DateField(widget=forms.HiddenInput)


class ConfirmingForm(forms.Form):
    """Which step of a month is confirmed, and what there is to say of it."""

    step = forms.SlugField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("Note"), max_length=NOTE_LENGTH, required=False)


class ReopeningForm(forms.Form):
    """Why a closed month has to be opened again."""

    why = forms.CharField(label=_("Why"), max_length=NOTE_LENGTH)


class CostForm(forms.Form):
    """What was spent, on what, and from where it was paid. `key` makes sending it twice post it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    day = day_field()
    account = forms.ChoiceField(label=_("What for"))
    amount = forms.CharField(label=_("Amount"), max_length=20, widget=DecimalInput())
    currency = forms.CharField(label=_("Currency"), max_length=3)
    paid_from = forms.ChoiceField(label=_("Paid from"), help_text=_("The bank, or the account where it is still owed."))
    pillar = forms.ChoiceField(label=_("Pillar"), required=False)
    party = forms.CharField(label=_("Supplier"), max_length=ID_LENGTH, required=False)
    channel = forms.CharField(
        label=_("Channel"),
        max_length=ID_LENGTH,
        required=False,
        help_text=_("The key of the channel that it was spent on, such as “paid”."),
    )
    document = forms.CharField(label=_("Number of the supplier's invoice"), max_length=ID_LENGTH, required=False)
    recurs = forms.BooleanField(label=_("Every month from this day on"), required=False)
    until = forms.DateField(label=_("Up to"), required=False, widget=DayInput())
    note = forms.CharField(label=_("Note"), max_length=NOTE_LENGTH, required=False)

    def __init__(
        self,
        data: Any,
        *,
        chart: Iterable[Account],
        pillars: "Iterable[Pillar]",
        today: date,
        currency: str,
        recurs: bool = False,
    ) -> None:
        """Offer the accounts of the chart, the lines of business and, where `recurs`, every month."""
        super().__init__(data)
        if not recurs:
            del self.fields["recurs"], self.fields["until"]
        language = get_language() or "en"
        self.accounts = {each.code: each for each in chart}
        self.pillars = {str(each.ref): each for each in pillars}
        self.offer("account", {Nature.EXPENSE})
        self.offer("paid_from", {Nature.ASSET, Nature.LIABILITY})
        named = [(ref, each.label(language)) for ref, each in self.pillars.items()]
        self.chooses("pillar").choices = [("", gettext("The whole company")), *named]
        bank = next((code for code, each in self.accounts.items() if each.purpose == PAID_FROM), "")
        self.initial.update({"key": new_id(), "day": today, "currency": currency, "paid_from": bank})

    def offer(self, name: str, natures: set[Nature]) -> None:
        """Let a field choose among the accounts of some natures."""
        language = get_language() or "en"
        self.chooses(name).choices = [
            (code, named(each, language)) for code, each in self.accounts.items() if each.nature in natures
        ]

    def chooses(self, name: str) -> forms.ChoiceField:
        """Return a field that chooses, as one."""
        return cast("forms.ChoiceField", self.fields[name])

    @override
    def clean(self) -> dict[str, Any]:
        """Read the amount in its currency."""
        said: dict[str, Any] = super().clean() or {}
        if "amount" in said and "currency" in said:
            try:
                said["money"] = money_said(said["amount"], said["currency"])
            except Problem as problem:
                self.add_error("amount", problem.told(gettext))
        return said

    def cost(self) -> CostDraft:
        """Return what was typed."""
        said = self.cleaned_data
        pillar = self.pillars.get(said["pillar"])
        return CostDraft(
            key=str(said["key"]),
            day=said["day"],
            amount=said["money"],
            account=self.accounts[said["account"]],
            paid_from=self.accounts[said["paid_from"]],
            note=said["note"],
            pillar_id=pillar.pk if pillar else None,
            party=said["party"],
            channel=said["channel"],
            document=said["document"],
        )


class PaymentForm(forms.Form):
    """What is paid of what is owed, when and from where. `key` makes sending it twice pay it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    day = day_field()
    amount = forms.CharField(label=_("Amount"), max_length=20, widget=DecimalInput())
    paid_from = forms.ChoiceField(label=_("Paid from"))

    def __init__(self, data: Any, *, chart: Iterable[Account], today: date, owed: Money | None) -> None:
        """Offer the accounts of what is owned; all that is owed is paid unless somebody says less."""
        super().__init__(data)
        language = get_language() or "en"
        self.owed = owed
        self.accounts = {each.code: each for each in chart if each.nature == Nature.ASSET}
        chosen = cast("forms.ChoiceField", self.fields["paid_from"])
        chosen.choices = [(code, named(each, language)) for code, each in self.accounts.items()]
        bank = next((code for code, each in self.accounts.items() if each.purpose == PAID_FROM), "")
        self.initial.update({"key": new_id(), "day": today, "paid_from": bank, "amount": owed.major if owed else ""})

    @override
    def clean(self) -> dict[str, Any]:
        """Read the amount in the currency that is owed."""
        said: dict[str, Any] = super().clean() or {}
        if "amount" in said and self.owed is not None:
            try:
                said["money"] = money_said(said["amount"], self.owed.currency.code)
            except Problem as problem:
                self.add_error("amount", problem.told(gettext))
        return said


class ChangeForm(forms.Form):
    """From when on another amount recurs, or up to when one does."""

    day = day_field()
    amount = forms.CharField(label=_("Amount from that day on"), max_length=20, required=False, widget=DecimalInput())
    ends = forms.BooleanField(label=_("That day is its last"), required=False)

    def __init__(self, data: Any, *, today: date, amount: Money | None) -> None:
        """Begin with the amount that recurs."""
        super().__init__(data)
        self.recurring = amount
        self.initial.update({"day": today, "amount": amount.major if amount else ""})

    @override
    def clean(self) -> dict[str, Any]:
        """Read the amount in the currency that recurs."""
        said: dict[str, Any] = super().clean() or {}
        if not said.get("ends") and self.recurring is not None:
            try:
                said["money"] = money_said(said.get("amount", ""), self.recurring.currency.code)
            except Problem as problem:
                self.add_error("amount", problem.told(gettext))
        return said


class FileForm(forms.Form):
    """A file of costs."""

    file = forms.FileField(label=_("File"), max_length=NOTE_LENGTH)


class OpeningForm(forms.Form):
    """What the accounts held when the company moved in: a trial balance by file, or typed."""

    day = day_field()
    file = forms.FileField(label=_("File"), max_length=NOTE_LENGTH, required=False)
    table = forms.CharField(
        label=_("Or its lines"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "code", "placeholder": "account;debit;credit;currency"}),
    )

    @override
    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        said: dict[str, Any] = super().clean() or {}
        if not said.get("file") and not said.get("table") and not self.errors:
            self.add_error("table", gettext("Give a file, or write its lines."))
        return said
