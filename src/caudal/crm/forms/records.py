"""Forms of companies, people, leads and deals, for adding one and for changing one."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.core.errors import Problem
from caudal.crm.forms.choices import (
    Pairs,
    country_pairs,
    id_of,
    language_pairs,
    own_currency,
    owner_pairs,
    pillar_pairs,
    product_pairs,
    sales_model_pairs,
    stage_pairs,
)
from caudal.crm.forms.fields import AmountField, LinesField, NamesInput, RecordField, TagsField
from caudal.crm.forms.own import initial, own_inputs
from caudal.crm.models import Company, Deal, Lead, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.own_fields import PREFIX
from caudal.kit.records import Record
from caudal.workspace.queries import own_fields

DATE = "%Y-%m-%d"


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a field for a day that browsers draw as a calendar."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format=DATE), **kwargs
    )


class ActorForm(forms.Form):
    """A form that knows who fills it in, and takes a refusal without losing what was typed."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, RecordField):
                field.actor = actor

    def offer(self, name: str, pairs: Pairs) -> None:
        """Give a select its choices."""
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(f"{name} is no field with choices")
        field.choices = pairs

    def take(self, problem: Problem, said: Any) -> None:
        """Show a refusal: beside the fields that it names, else above all of them."""
        named = {self.field_of(name): text for name, text in problem.fields.items()}
        for name, text in named.items():
            self.add_error(name if name in self.fields else None, said(text))
        if not named:
            self.add_error(
                None,
                " ".join(
                    part for part in (problem.said(problem.message, said), problem.said(problem.hint, said)) if part
                ),
            )

    def renew(self, version: str) -> None:
        """Let the form be sent again on top of another version of the record."""
        self.data = {name: self.data[name] for name in self.data} | {"version": version}

    def field_of(self, name: str) -> str:
        """Return the field that holds what an action calls `name`."""
        return name.removesuffix("_id")


class RecordForm(ActorForm):
    """What is said of one kind of record."""

    model: ClassVar[type[Record]]
    names: ClassVar[tuple[str, ...]] = ()
    """Fields that name other rows: `company` holds the row of `company_id`."""
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    """What the record said when the form was drawn; see `caudal.crm.forms.bases`."""

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        self.record = record
        if record is not None:
            kwargs["initial"] = {**said_of(record, self.base_fields), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        verb = Verb.CREATE if record is None else Verb.CHANGE
        owner = getattr(record, "owner", None)
        self.fields["owner"] = forms.ChoiceField(
            label=_("Owner"),
            required=False,
            choices=owner_pairs(self.actor, self.model.kind, verb, keep=(owner.pk, owner.name) if owner else None),
        )
        if record is None and self.actor.member:
            self.initial.setdefault("owner", str(self.actor.member))
        self.fields["tags"] = TagsField()
        if record is not None:
            self.initial.setdefault("tags", record.tags)
        for name, (input_field, held_value) in own_inputs(self.model.kind, record).items():
            self.fields[name] = input_field
            self.initial.setdefault(name, held_value)
        for name in self.names:
            row = getattr(record, name, None)
            field = self.fields[name]
            if row is not None and isinstance(field, RecordField):
                field.known = (row.name, row.pk)

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        values = dict(self.cleaned_data)
        values.pop("version", None)
        values.pop("base", None)
        owner = values.pop("owner", "")
        values["owner_id"] = UUID(owner) if owner else None
        for name in self.names:
            values[f"{name}_id"] = values.pop(name)
        own = {name: values.pop(name) for name in list(values) if name.startswith(PREFIX)}
        if own:
            values["custom"] = {name.removeprefix(PREFIX): value for name, value in own.items()}
        return values


def said_of(record: Any, fields: Any) -> dict[str, Any]:
    """Return what a record's fields hold, as forms show it."""
    found: dict[str, Any] = {"version": record.version, "owner": str(record.owner_id or "")}
    for name in fields:
        value = getattr(record, name, None)
        found.setdefault(name, value.name if isinstance(value, Company | Person) else value)
    for name in ("product", "pillar"):
        row = getattr(record, name, None)
        if name in fields:
            found[name] = "" if row is None else str(row.ref)
    if any(name.startswith(PREFIX) for name in fields):
        found |= {own.name: initial(own, record) for own in own_fields(record.kind)}
    return found


class CompanyForm(RecordForm):
    """A company."""

    model = Company
    names = ("parent",)

    name = forms.CharField(label=_("Name"), max_length=200)
    domain = forms.CharField(
        label=_("Web domain"),
        required=False,
        max_length=300,
        help_text=_("For example acme.com; of a longer address, the domain is kept."),
    )
    sector = forms.CharField(label=_("Sector"), required=False, max_length=80)
    employees = forms.IntegerField(label=_("Employees"), required=False, min_value=0, max_value=10_000_000)
    sales_model = forms.ChoiceField(
        label=_("Sales model"), required=False, help_text=_("How they are sold to; their new deals start with it.")
    )
    parent = RecordField(Company, label=_("Part of"), required=False, help_text=_("The company that it belongs to."))
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    street = forms.CharField(label=_("Street"), required=False, max_length=200)
    postal_code = forms.CharField(label=_("Postal code"), required=False, max_length=20)
    city = forms.CharField(label=_("City"), required=False, max_length=120)
    region = forms.CharField(label=_("Region"), required=False, max_length=120)
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("sales_model", sales_model_pairs())
        self.offer("country", country_pairs(keep=self.record.country if self.record else ""))


class PersonForm(RecordForm):
    """A person."""

    model = Person
    names = ("company",)

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    other_emails = LinesField(label=_("Other e-mail addresses"), help_text=_("One a line."))
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    other_phones = LinesField(label=_("Other phones"), help_text=_("One a line."))
    job_title = forms.CharField(label=_("Job title"), required=False, max_length=120)
    company = RecordField(
        Company, label=_("Company"), required=False, help_text=_("Empty for somebody who buys in their own name.")
    )
    language = forms.ChoiceField(label=_("Language"), required=False, help_text=_("What they are written to in."))
    city = forms.CharField(label=_("City"), required=False, max_length=120)
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("language", language_pairs(keep=self.record.language if self.record else ""))
        self.offer("country", country_pairs(keep=self.record.country if self.record else ""))


class LeadForm(RecordForm):
    """A lead."""

    model = Lead

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("Who showed interest."))
    company_name = forms.CharField(label=_("Company"), required=False, max_length=200)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("If a lead with this address is open, it is noted there instead of a second time."),
    )
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    channel = forms.CharField(
        label=_("Channel"),
        required=False,
        max_length=80,
        widget=NamesInput(reverse_lazy("crm:channel_names")),
        help_text=_("Where they come from: webinar, partner, search …"),
    )
    campaign = forms.CharField(label=_("Campaign"), required=False, max_length=200)
    source_url = forms.CharField(
        label=_("Address of the page"),
        required=False,
        max_length=2000,
        help_text=_("Where they showed interest, with whatever the address says of the campaign."),
    )
    pillar = forms.ChoiceField(label=_("Pillar"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("pillar", pillar_pairs())
        if self.record is not None:  # touches are not changed afterwards
            del self.fields["campaign"], self.fields["source_url"]

    @override
    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        values = super().values()
        values["pillar_id"] = id_of(values.pop("pillar"), "pillar")
        return values


class DealForm(RecordForm):
    """A deal: what is sold to whom, for how much, until when."""

    model = Deal
    names = ("company", "person")

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("What they buy, as they would call it."))
    company = RecordField(Company, label=_("Company"), required=False)
    person = RecordField(Person, label=_("Person"), required=False)
    expected_close_date = date_field(_("Expected to close"))
    product = forms.ChoiceField(label=_("Product"), required=False)
    sales_model = forms.ChoiceField(
        label=_("Sales model"), required=False, help_text=_("Left empty, a new deal takes the company's.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = own_currency()
        amount = getattr(self.record, "amount", None)
        self.fields["amount"] = AmountField(currency=amount.currency.code if amount else currency, label=_("Amount"))
        if amount is not None:
            self.initial.setdefault("amount", amount)
        self.offer("product", product_pairs(self.actor))
        self.offer("sales_model", sales_model_pairs())
        if self.record is None:
            self.fields["stage"] = forms.ChoiceField(label=_("Stage"), choices=stage_pairs(self.actor))
        self.order_fields(
            ["name", "company", "person", "amount", "stage", "expected_close_date", "product", "sales_model", "owner"]
        )

    @override
    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it; the stage of a new deal as its id."""
        values = super().values()
        values["product_id"] = id_of(values.pop("product"), "product")
        if "stage" in values:
            values["stage_id"] = id_of(values.pop("stage"), "stage")
        return values
