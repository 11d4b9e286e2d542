"""What is paid for an offering, charge by charge, and the prices of each by currency and day."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.catalog.models.offerings import Offering
from caudal.catalog.models.products import Stream
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id


class ChargeSort(models.TextChoices):
    """What a charge is counted by."""

    RECURRING = "recurring", _("Every period")
    SEAT = "seat", _("Per seat")
    USAGE = "usage", _("By usage")
    ONCE = "once", _("Once")


class Charge(Record):
    """One thing that is paid for: once, per period, per seat, per use."""

    kind: ClassVar[str] = "charge"

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="charges", db_index=False)
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=80)
    sort = models.CharField(_("counted"), max_length=10, choices=ChargeSort.choices)
    stream = models.CharField(_("revenue stream"), max_length=20, choices=Stream.choices)
    meter = models.CharField(_("meter"), max_length=80, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "code"],
                condition=NOT_DELETED,
                name="catalog_charge_code",
                violation_error_message=_("Another charge of the offering has this code."),
            ),
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(code=""), name="catalog_charge_named"),
            models.CheckConstraint(condition=models.Q(stream__in=Stream.values), name="catalog_charge_stream"),
            models.CheckConstraint(
                condition=(models.Q(sort=ChargeSort.USAGE) & ~models.Q(meter=""))
                | (models.Q(sort__in=[ChargeSort.RECURRING, ChargeSort.SEAT, ChargeSort.ONCE]) & models.Q(meter="")),
                name="catalog_charge_meter",
                violation_error_message=_("A charge by usage names its meter, and no other does."),
            ),
        ]


class VolumeDiscount(models.Model):
    """From a quantity on a charge costs so many per cent less."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="volume_discounts", db_index=False)
    quantity_min = models.PositiveBigIntegerField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge", "quantity_min"], name="catalog_volume_once"),
            models.CheckConstraint(condition=models.Q(quantity_min__gte=1), name="catalog_volume_quantity"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gt=0, discount_percent__lte=100), name="catalog_volume_discount"
            ),
        ]


class PriceVersion(Record):
    """A charge's price in a currency from a day on; what it says never changes, the table itself refuses it.

    It holds for who buys on `from_date` or later, and from `existing_from_date`, if there is one, for who had bought
    before. `price` is how `caudal.catalog.offline` writes it.
    """

    kind: ClassVar[str] = "price"

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="prices", db_index=False)
    currency = models.CharField(_("currency"), max_length=3)
    number = models.PositiveIntegerField(editable=False)
    from_date = models.DateField(_("for new customers from"))
    existing_from_date = models.DateField(_("for existing customers from"), null=True, blank=True)
    price = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "currency", "from_date"],
                condition=NOT_DELETED,
                name="catalog_price_day",
                violation_error_message=_("The charge already has a price in this currency from this day on."),
            ),
            models.UniqueConstraint(fields=["charge", "currency", "number"], name="catalog_price_number"),
            models.CheckConstraint(
                condition=models.Q(existing_from_date=None) | models.Q(existing_from_date__gte=models.F("from_date")),
                name="catalog_price_existing",
                violation_error_message=_("A price cannot reach existing customers before new ones."),
            ),
            models.CheckConstraint(condition=models.Q(currency__regex="^[A-Z]{3}$"), name="catalog_price_currency"),
        ]
