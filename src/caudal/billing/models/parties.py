"""Who is invoiced, and what was known of them when a document was issued."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.records import NOT_DELETED, Record

TERMS_DAYS_MAX: Final = 365
CURRENCY: Final = "^[A-Z]{3}$"


class Customer(Record):
    """Who pays: a company or a person of the CRM, with what an invoice must say of them."""

    kind: ClassVar[str] = "customer"

    company = models.ForeignKey("crm.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("crm.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entity = models.ForeignKey(
        "workspace.LegalEntity",
        verbose_name=_("sold by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    """Which of our legal entities sells to them."""
    name = models.CharField(_("legal name"), max_length=200)
    is_business = models.BooleanField(_("a business"), default=True)
    tax_id = models.CharField(_("tax id"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2)
    region = models.CharField(_("region"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail for invoices"), blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    currency = models.CharField(_("currency"), max_length=3)
    zone = models.CharField(_("time zone"), max_length=64)
    terms_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    reference = models.CharField(_("their reference"), max_length=80, blank=True)
    """What they want to read on every invoice, such as the number of an order."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"],
                condition=NOT_DELETED,
                name="billing_customer_company",
                violation_error_message=_("This company is invoiced already."),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=NOT_DELETED,
                name="billing_customer_person",
                violation_error_message=_("This person is invoiced already."),
            ),
            models.CheckConstraint(
                condition=models.Q(company__isnull=False, person__isnull=True)
                | models.Q(company__isnull=True, person__isnull=False),
                name="billing_customer_one_party",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="billing_customer_named"),
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="billing_customer_country"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_customer_currency"),
            models.CheckConstraint(condition=models.Q(terms_days__lte=TERMS_DAYS_MAX), name="billing_customer_terms"),
        ]


class PartySnapshot(models.Model):
    """Buyer or seller as a document names them: its id follows from the content, and it is never changed.

    It is kept for as long as the law asks of invoices, also when the party is erased.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    said = models.JSONField()
    made_at = models.DateTimeField()
