"""What is sold, as what it is taxed from which day on, and until when it is sold."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.fields import MoneyField, money_together
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id


class Stream(models.TextChoices):
    """As which kind of revenue something counts."""

    SUBSCRIPTION = "subscription", _("Subscription")
    USAGE = "usage", _("Usage")
    LICENCE = "licence", _("Licence")
    SUPPORT = "support", _("Support")
    SERVICES = "services", _("Services")
    TRAINING = "training", _("Training and certification")
    PARTNERSHIP = "partnership", _("Partnership")
    DATA = "data", _("Data")
    API = "api", _("API")
    MARKETPLACE = "marketplace", _("Marketplace")
    WHITE_LABEL = "white_label", _("White label")
    CONSULTING = "consulting", _("Consulting")


class TaxKind(models.TextChoices):
    """As what something is taxed; the percentage is a matter of country and day."""

    STANDARD = "standard", _("Standard rate")
    REDUCED = "reduced", _("Reduced rate")
    EXEMPT = "exempt", _("Exempt")


class Product(Record):
    """Something that is sold."""

    kind: ClassVar[str] = "product"

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    sku = models.CharField(_("SKU"), max_length=80, null=True, blank=True)
    pillar = models.ForeignKey(
        "workspace.Pillar",
        verbose_name=_("pillar"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    list_price = MoneyField(null=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    stream = models.CharField(_("revenue stream"), max_length=20, choices=Stream.choices, blank=True, db_default="")
    """As what its charges count where nothing else is said of them."""
    tax_kind = models.CharField(
        _("taxed"), max_length=10, choices=TaxKind.choices, default=TaxKind.STANDARD, db_default=TaxKind.STANDARD
    )
    """As what it is taxed up to the first day of its `tax_kinds`."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sku"],
                condition=NOT_DELETED,
                name="catalog_product_sku",
                violation_error_message=_("Another product has this SKU."),
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_product_named"),
            models.CheckConstraint(condition=~models.Q(sku=""), name="catalog_product_sku_or_none"),
            money_together("list_price", "catalog_product"),
        ]


class ProductTaxKind(models.Model):
    """As what a product is taxed from a day on. The table refuses to change or delete it.

    Of what counts from one day, what was written last holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="tax_kinds", db_index=False)
    number = models.PositiveIntegerField()
    from_date = models.DateField()
    tax_kind = models.CharField(max_length=10, choices=TaxKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="catalog_tax_kind_number"),
            models.CheckConstraint(condition=models.Q(tax_kind__in=TaxKind.values), name="catalog_tax_kind_known"),
        ]


class ProductRetirement(models.Model):
    """From a day on nobody new can buy a product, in whichever way; who has it goes on paying for it."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="retirement")
    from_date = models.DateField()
    retired_at = models.DateTimeField()
    retired_by = models.CharField(max_length=64)
