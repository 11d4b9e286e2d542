"""What is sold."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.fields import MoneyField, money_together
from caudal.kit.records import NOT_DELETED, Record


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
