"""What is typed into the books."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final, cast

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.core.errors import Problem
from caudal.core.journal import Nature
from caudal.core.money import Money
from caudal.kit.world import new_id
from caudal.ledger.actions import CostDraft
from caudal.ledger.models import NOTE_LENGTH, Account

if TYPE_CHECKING:
    from caudal.workspace.models import Pillar

PAID_FROM: Final = "bank"
"""The purpose of the account that costs are paid from unless somebody says otherwise."""


def day_field() -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ReversalForm(forms.Form):
    """On which day an entry is undone, and why."""

    day = day_field()
    text = forms.CharField(label=_("Why"), max_length=NOTE_LENGTH)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", today)


class CostForm(forms.Form):
    """What was spent, on what, and from where it was paid. `key` makes sending it twice post it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    day = day_field()
    account = forms.ChoiceField(label=_("What for"))
    amount = forms.CharField(label=_("Amount"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    currency = forms.CharField(label=_("Currency"), max_length=3)
    paid_from = forms.ChoiceField(label=_("Paid from"), help_text=_("The bank, or the account where it is still owed."))
    pillar = forms.ChoiceField(label=_("Pillar"), required=False)
    note = forms.CharField(label=_("Note"), max_length=NOTE_LENGTH, required=False)

    def __init__(
        self, data: Any, *, chart: Iterable[Account], pillars: "Iterable[Pillar]", today: date, currency: str
    ) -> None:
        """Offer the accounts of the chart, and the lines of business."""
        super().__init__(data)
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
            (code, f"{code} {each.label(language)}") for code, each in self.accounts.items() if each.nature in natures
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
                said["money"] = Money.of(said["amount"].replace(",", "."), said["currency"].upper())
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
        )
