"""What a deal is made of, line by line."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.money import RATE_PLACES, Currency, Money, Rate
from caudal.crm.models.deals import Deal
from caudal.kit.world import new_id

QUANTITY_PLACES = 6


class DealLine(models.Model):
    """A line item: so many units of something at a price. All lines of a deal are in its currency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("product")
    )
    description = models.CharField(_("description"), max_length=300)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=QUANTITY_PLACES)
    unit_price = models.DecimalField(_("unit price"), max_digits=24, decimal_places=RATE_PLACES)
    discount_percent = models.DecimalField(_("discount (per cent)"), max_digits=7, decimal_places=4)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    """What it comes to, as it was rounded when it was said."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "position"], name="crm_line_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="crm_line_quantity"),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="crm_line_price"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lte=100), name="crm_line_discount"
            ),
        ]

    @property
    def rate(self) -> Rate:
        """The exact price of one unit."""
        return Rate(self.unit_price, Currency(self.currency))

    @property
    def amount(self) -> Money:
        """What the line comes to."""
        return Money(self.amount_minor, Currency(self.currency))
