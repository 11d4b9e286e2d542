"""The company itself: its name, its currency, its calendar, its lines of business."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.fields import MoneyField, money_together
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id

RESPONSE_HOURS_MAX: Final = 90
"""Ten days of work: who answers later does not answer first."""


class Environment(models.TextChoices):
    """What the data are."""

    LIVE = "live", _("Live")
    DEMO = "demo", _("Demo data")


class Invoicing(models.TextChoices):
    """What happens every morning with what fell due."""

    HAND = "hand", _("Nothing: runs are begun by hand")
    DRAFTS = "drafts", _("Put together as drafts")
    ISSUE = "issue", _("Issued at once")


class CompanySettings(Record):
    """The one row that says whose installation this is."""

    kind: ClassVar[str] = "settings"

    name = models.CharField(_("company name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    zone = models.CharField(_("time zone"), max_length=64)
    country = models.CharField(_("country of public holidays"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    fiscal_start_month = models.PositiveSmallIntegerField(_("first month of the fiscal year"), default=1)
    approval_above = MoneyField(null=True)
    """What is worth more than this takes two people; nothing does while it is empty."""
    refund_above = MoneyField(null=True)
    """Refunds, credit notes and write-offs above this take two people. Empty, `approval_above` holds."""
    response_hours = models.PositiveIntegerField(_("hours to a first answer"), default=4, db_default=4)
    """So many hours of work after somebody showed interest they should have heard from us."""
    invoicing = models.CharField(
        _("invoicing"), max_length=6, choices=Invoicing.choices, default=Invoicing.HAND, db_default=Invoicing.HAND
    )
    """Whether what fell due is invoiced every day by itself."""
    environment = models.CharField(max_length=8, choices=Environment.choices, default=Environment.LIVE)
    default_entity = models.ForeignKey(
        "workspace.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """Who sells and invoices where nothing else is said; a company has one from its first day."""
    only = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            money_together("approval_above", "workspace_company"),
            money_together("refund_above", "workspace_company"),
            models.UniqueConstraint(fields=["only"], name="workspace_one_company"),
            models.CheckConstraint(condition=models.Q(only=True), name="workspace_one_company_only"),
            models.CheckConstraint(
                condition=models.Q(fiscal_start_month__range=(1, 12)), name="workspace_fiscal_month"
            ),
            models.CheckConstraint(
                condition=models.Q(response_hours__range=(1, RESPONSE_HOURS_MAX)), name="workspace_response_hours"
            ),
            models.CheckConstraint(condition=models.Q(invoicing__in=Invoicing.values), name="workspace_invoicing"),
        ]


class LegalEntity(Record):
    """A legal person that sells and invoices, and the brand under which it does."""

    kind: ClassVar[str] = "entity"

    name = models.CharField(_("legal name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, blank=True)
    tax_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    address = models.CharField(max_length=300, blank=True, default="", db_default="")
    """Lines, with line breaks between them."""
    postcode = models.CharField(max_length=20, blank=True, default="", db_default="")
    city = models.CharField(max_length=120, blank=True, default="", db_default="")
    region = models.CharField(max_length=120, blank=True, default="", db_default="")
    email = models.CharField(max_length=254, blank=True, default="", db_default="")
    phone = models.CharField(max_length=40, blank=True, default="", db_default="")
    website = models.CharField(max_length=200, blank=True, default="", db_default="")
    registration = models.CharField(max_length=300, blank=True, default="", db_default="")
    """Where it is entered in a register: "Registro Mercantil de Madrid, tomo 1"."""
    bank = models.CharField(max_length=120, blank=True, default="", db_default="")
    iban = models.CharField(max_length=34, blank=True, default="", db_default="")
    bic = models.CharField(max_length=11, blank=True, default="", db_default="")
    account_text = models.CharField(max_length=200, blank=True, default="", db_default="")
    language = models.CharField(max_length=8, blank=True, default="en", db_default="en")
    zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    """In which its days begin; the company's own while it is empty."""
    footer_en = models.CharField(max_length=1000, blank=True, default="", db_default="")
    footer_es = models.CharField(max_length=1000, blank=True, default="", db_default="")
    brand = models.CharField(max_length=120, blank=True, default="", db_default="")
    """What its customers know it as; its legal name while it is empty."""
    colour = models.CharField(max_length=7, blank=True, default="", db_default="")
    logo = models.ForeignKey(
        "workspace.StoredFile", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=NOT_DELETED,
                name="workspace_entity_name",
                violation_error_message=_("Another legal entity is called so."),
            )
        ]

    def footer(self, language: str) -> str:
        """Return what stands at the foot of a document in a language, in the other one where that is all there is."""
        one, other = (self.footer_es, self.footer_en) if language.startswith("es") else (self.footer_en, self.footer_es)
        return one or other


class Pillar(Record):
    """A line of business: the seed has three."""

    kind: ClassVar[str] = "pillar"

    key = models.SlugField(_("key"), max_length=40)
    label_en = models.CharField(_("name in English"), max_length=120)
    label_es = models.CharField(_("name in Spanish"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], condition=NOT_DELETED, name="workspace_pillar_key")]

    def label(self, language: str) -> str:
        """Return the name in a language of the interface."""
        return self.label_es if language.startswith("es") else self.label_en


class DatedRate(models.Model):
    """What one unit of `base` costs in `quote` on a day. Rates are facts of the outside: added, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base", "quote", "day"], name="workspace_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="workspace_rate_positive"),
        ]
