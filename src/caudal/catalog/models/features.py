"""What customers can do with an offering, and offerings that are sold together."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.catalog.models.offerings import Offering
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id


class FeatureSort(models.TextChoices):
    """What is said of a feature."""

    SWITCH = "switch", _("Yes or no")
    NUMBER = "number", _("A number, or no limit")
    TEXT = "text", _("Words")


class Feature(Record):
    """Something a customer can or cannot do."""

    kind: ClassVar[str] = "feature"

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=80)
    sort = models.CharField(_("says"), max_length=10, choices=FeatureSort.choices, default=FeatureSort.SWITCH)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=NOT_DELETED,
                name="catalog_feature_code",
                violation_error_message=_("Another feature has this code."),
            ),
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(code=""), name="catalog_feature_named"),
            models.CheckConstraint(condition=models.Q(sort__in=FeatureSort.values), name="catalog_feature_sort"),
        ]


class OfferingFeature(models.Model):
    """What an offering says of a feature: true, a number (null: no limit), or words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="features", db_index=False)
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="offerings")
    value = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offering", "feature"], name="catalog_offering_feature_once")]


class Bundle(Record):
    """Offerings that are sold together for less."""

    kind: ClassVar[str] = "bundle"

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=80)
    discount_percent = models.DecimalField(_("discount (per cent)"), max_digits=7, decimal_places=4, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=NOT_DELETED,
                name="catalog_bundle_code",
                violation_error_message=_("Another bundle has this code."),
            ),
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(code=""), name="catalog_bundle_named"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lte=100), name="catalog_bundle_discount"
            ),
        ]


class BundlePart(models.Model):
    """An offering in a bundle, so many of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="parts", db_index=False)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="bundles")
    quantity = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bundle", "offering"], name="catalog_bundle_part_once")]


class BundlePrice(models.Model):
    """What a bundle costs whoever buys it from a day on, before tax. The table refuses to change or delete it.

    No amount is the end of a price: from then on its discount counts again. Of what counts from one day, what was
    written last holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="prices", db_index=False)
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    from_date = models.DateField()
    amount_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "number"], name="catalog_bundle_price_number"),
            models.CheckConstraint(condition=models.Q(currency__regex="^[A-Z]{3}$"), name="catalog_bundle_currency"),
            models.CheckConstraint(
                condition=models.Q(amount_minor=None) | models.Q(amount_minor__gte=0), name="catalog_bundle_amount"
            ),
        ]
