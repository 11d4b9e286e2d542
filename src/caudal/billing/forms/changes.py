"""Forms of subscriptions: what a new one is of, and what is changed about one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.billing.actions import Proposal, Terms
from caudal.billing.forms.bundled import Sellable
from caudal.billing.models import ChangeSort, Contract, Subscription
from caudal.billing.offline import Item
from caudal.billing.queries import Wanted
from caudal.billing.queries.winning import WonLine
from caudal.core.decimals import plain_decimal
from caudal.core.periods import day_in, start_of_day
from caudal.core.proration import Refund, When

if TYPE_CHECKING:
    from caudal.catalog.models import Bundle, Offering

WHENS: Final = (
    (When.PRORATE.value, _("Now, and paid with the next invoice")),
    (When.INVOICE_NOW.value, _("Now, and invoiced at once")),
    (When.NEXT_PERIOD.value, _("From the next period on")),
    (When.RESET_CYCLE.value, _("Now, and a new period begins")),
)
REFUNDS: Final = (
    (Refund.PRORATED.value, _("What is not used of the period")),
    (Refund.FULL.value, _("The whole period")),
    (Refund.NONE.value, _("Nothing")),
)
WHY_LENGTH: Final = 200
SUBJECTS_LENGTH: Final = 4_000


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class ChangeForm(forms.Form):
    """One change of a subscription; which fields it has depends on what is changed."""

    def __init__(
        self,
        data: Any,
        *,
        sort: ChangeSort,
        row: Subscription,
        items: Sequence[Item],
        offerings: Iterable["Offering"],
        as_of: datetime,
    ) -> None:
        super().__init__(data)
        self.sort, self.row, self.items, self.as_of = sort, row, items, as_of
        self.zone = ZoneInfo(row.zone)
        self.offerings = {str(each.pk): each for each in offerings}
        building = {
            ChangeSort.SEATS: self._seats,
            ChangeSort.PLAN: self._plan,
            ChangeSort.ADD_ONS: self._add_ons,
            ChangeSort.CANCEL: self._cancel,
            ChangeSort.RENEW: self._renew,
        }
        building.get(sort, self._nothing)()
        if sort not in {ChangeSort.CANCEL, ChangeSort.KEEP}:
            self.fields["day"] = day_field(
                _("From"), required=False, help_text=_("Today counts from this moment on, and so does nothing.")
            )
            self.initial["day"] = day_in(as_of, self.zone)
        if sort in {ChangeSort.SEATS, ChangeSort.PLAN, ChangeSort.ADD_ONS}:
            self.fields["when"] = forms.ChoiceField(label=_("When it is paid"), choices=WHENS)
        if sort in {ChangeSort.PAUSE, ChangeSort.CANCEL, ChangeSort.KEEP}:
            self.fields["why"] = forms.CharField(label=_("Why"), max_length=WHY_LENGTH, required=False)

    def proposal(self) -> Proposal:
        """Return what is asked for."""
        said = self.cleaned_data
        return Proposal(
            self.sort,
            self._instant(said.get("day")),
            wanted=self._wanted(said),
            seats=said.get("seats"),
            item=said.get("item", ""),
            when=When(said.get("when") or When.PRORATE),
            refund=Refund(said.get("refund") or Refund.PRORATED),
            months=said.get("months"),
            discount_percent=said.get("discount_percent"),
            why=said.get("why", ""),
        )

    def _instant(self, day: date | None) -> datetime | None:
        if day is None:
            return None
        return self.as_of if day == day_in(self.as_of, self.zone) else start_of_day(day, self.zone)

    def _wanted(self, said: dict[str, Any]) -> list[Wanted]:
        if self.sort is ChangeSort.PLAN:
            main, *others = self.items
            chosen = Wanted(UUID(said["offering"]), said["seats"], main.key)
            return [chosen, *(Wanted(each.offering, each.seats, each.key) for each in others)]
        if self.sort is ChangeSort.ADD_ONS:
            main = self.items[0]
            beside = [UUID(each) for each in said["add_ons"]]
            kept = {each.offering: each for each in self.items[1:]}
            found = [
                Wanted(each, kept[each].seats, kept[each].key) if each in kept else Wanted(each) for each in beside
            ]
            return [Wanted(main.offering, main.seats, main.key), *found]
        return []

    def _nothing(self) -> None:
        return

    def _seats(self) -> None:
        if len(self.items) > 1:
            parts = [(each.key, each.name) for each in self.items]
            self.fields["item"] = forms.ChoiceField(label=_("Part"), choices=parts)
        self.fields["seats"] = _count(_("Seats"))
        self.initial["seats"] = _plain(self.items[0].seats) if self.items else ""

    def _plan(self) -> None:
        main = [(key, each.name) for key, each in self.offerings.items() if each.role == "main"]
        self.fields["offering"] = forms.ChoiceField(label=_("Offering"), choices=main)
        self.fields["seats"] = _count(_("Seats"))
        if self.items:
            self.initial.update({"offering": str(self.items[0].offering), "seats": _plain(self.items[0].seats)})

    def _add_ons(self) -> None:
        beside = [(key, each.name) for key, each in self.offerings.items() if each.role == "add_on"]
        once = [(key, each.name) for key, each in self.offerings.items() if each.interval == "once"]
        self.fields["add_ons"] = forms.MultipleChoiceField(
            label=_("Beside it"),
            choices=[*beside, *(each for each in once if each not in beside)],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.initial["add_ons"] = [str(each.offering) for each in self.items[1:]]

    def _cancel(self) -> None:
        self.fields["day"] = day_field(
            _("On"), required=False, help_text=_("Empty, it ends with the period that is paid, or with its trial.")
        )
        self.fields["refund"] = forms.ChoiceField(label=_("What is given back"), choices=REFUNDS)

    def _renew(self) -> None:
        self.fields["months"] = forms.IntegerField(label=_("For (months)"), min_value=1, max_value=240, initial=12)
        self.fields["discount_percent"] = _percent()


class SubscriptionForm(forms.Form):
    """What a new subscription is of, and how it is paid."""

    offering = forms.ChoiceField(label=_("Offering"))
    seats = forms.DecimalField(label=_("Seats"), min_value=0, max_value=10**9, decimal_places=6, initial=1)
    add_ons = forms.MultipleChoiceField(label=_("Beside it"), required=False, widget=forms.CheckboxSelectMultiple)
    start_day = day_field(_("From"))
    end_day = day_field(_("Until"), required=False, help_text=_("Empty, it goes on until somebody cancels it."))
    trial_days = forms.IntegerField(
        label=_("Trial (days)"), min_value=0, max_value=730, required=False, help_text=_("Empty, as the offering says.")
    )
    months = forms.IntegerField(label=_("Committed for (months)"), min_value=1, max_value=240, required=False)
    discount_percent = forms.DecimalField(
        label=_("Discount (%)"), min_value=0, max_value=100, decimal_places=4, required=False
    )
    discount_until = day_field(_("Discount until"), required=False, help_text=_("Empty, it counts for good."))
    contract = forms.ChoiceField(label=_("Contract"), required=False)
    with_contract = forms.BooleanField(label=_("Ends with the contract"), required=False)
    subjects = forms.CharField(
        label=_("Usage of"),
        required=False,
        max_length=SUBJECTS_LENGTH,
        help_text=_("Subjects whose usage it pays for, one a line; empty, all of the customer's."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Any,
        *,
        offerings: Iterable["Offering"],
        contracts: Iterable[Contract],
        today: date,
        bundles: Iterable["Bundle"] = (),
        won: WonLine | None = None,
    ) -> None:
        super().__init__(data)
        sold = list(offerings)
        main = [each for each in sold if each.role == "main" and each.interval != "once"]
        self.sold = Sellable(main, bundles, once=False)
        beside = [(str(each.pk), each.name) for each in sold if each.role == "add_on" or each.interval == "once"]
        self.fields["offering"] = forms.ChoiceField(label=_("Offering"), choices=self.sold.choices())
        self.fields["add_ons"] = forms.MultipleChoiceField(
            label=_("Beside it"), choices=beside, required=False, widget=forms.CheckboxSelectMultiple
        )
        if not beside:
            del self.fields["add_ons"]
        under = [(str(each.pk), each.name) for each in contracts]
        self.fields["contract"] = forms.ChoiceField(label=_("Contract"), choices=[("", "—"), *under], required=False)
        if not under:
            del self.fields["contract"], self.fields["with_contract"]
        self.initial["start_day"] = today
        if won is not None:
            self.initial.update(_won(won) | {"seats": _plain(won.quantity)})

    @override
    def clean(self) -> dict[str, Any]:
        """Read the subjects of usage line by line."""
        said: dict[str, Any] = super().clean() or {}
        lines = (line.strip() for line in said.get("subjects", "").splitlines())
        said["subjects"] = tuple(line for line in lines if line)
        self.sold.check(self, said.get("offering", ""), "seats", said.get("seats"))
        return said

    def wanted(self) -> list[Wanted]:
        """Return what is subscribed to."""
        said = self.cleaned_data
        lowered = {"discount_percent": said["discount_percent"] or None, "discount_until": said["discount_until"]}
        return [
            *self.sold.wanted(said["offering"], said["seats"], lowered),
            *(Wanted(UUID(each), **lowered) for each in said.get("add_ons", ())),
        ]

    def terms(self) -> Terms:
        """Return how it is paid."""
        said = self.cleaned_data
        return Terms(
            start_day=said["start_day"],
            trial_days=said["trial_days"],
            months=said["months"],
            subjects=said["subjects"],
            end_day=said["end_day"],
            with_contract=said.get("with_contract", False),
        )

    def contract_id(self) -> UUID | None:
        """Return the contract that it is under."""
        chosen = self.cleaned_data.get("contract")
        return UUID(chosen) if chosen else None


def _won(line: WonLine) -> dict[str, str]:
    lowered = {"discount_percent": _plain(line.discount_percent)} if line.discount_percent else {}
    return {"offering": str(line.offering.pk)} | lowered


def _count(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=Decimal(0), max_value=Decimal(10**9), decimal_places=6)


def _percent() -> forms.DecimalField:
    return forms.DecimalField(label=_("Discount (%)"), min_value=0, max_value=100, decimal_places=4, required=False)


def _plain(number: Decimal) -> str:
    return plain_decimal(number)
