"""Ways to buy a product: how often it is paid, from when, for how long."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.catalog.models.products import Product
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id

COUNT_MAX = 120
MONTHS_MAX = 240
TRIAL_DAYS_MAX = 730


class OfferingRole(models.TextChoices):
    """Whether it is bought by itself, or beside another offering."""

    MAIN = "main", _("By itself")
    ADD_ON = "add_on", _("Add-on")


class Interval(models.TextChoices):
    """How often it is paid."""

    ONCE = "once", _("Once")
    MONTH = "month", _("Months")
    YEAR = "year", _("Years")


class Timing(models.TextChoices):
    """At which end of a period what recurs is invoiced; usage is always invoiced at its end."""

    ADVANCE = "advance", _("In advance")
    ARREARS = "arrears", _("In arrears")


class Offering(Record):
    """A way to buy a product, with its features and charges."""

    kind: ClassVar[str] = "offering"

    product = models.ForeignKey(Product, verbose_name=_("product"), on_delete=models.PROTECT, related_name="offerings")
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    code = models.CharField(_("code"), max_length=80)
    role = models.CharField(_("bought"), max_length=10, choices=OfferingRole.choices, default=OfferingRole.MAIN)
    interval = models.CharField(_("paid every"), max_length=10, choices=Interval.choices, default=Interval.MONTH)
    interval_count = models.PositiveIntegerField(_("how many"), default=1)
    timing = models.CharField(_("invoiced"), max_length=10, choices=Timing.choices, default=Timing.ADVANCE)
    trial_days = models.PositiveIntegerField(_("trial (days)"), default=0)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=NOT_DELETED,
                name="catalog_offering_code",
                violation_error_message=_("Another offering has this code."),
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_offering_named"),
            models.CheckConstraint(condition=~models.Q(code=""), name="catalog_offering_coded"),
            models.CheckConstraint(condition=models.Q(role__in=OfferingRole.values), name="catalog_offering_role"),
            models.CheckConstraint(condition=models.Q(timing__in=Timing.values), name="catalog_offering_timing"),
            models.CheckConstraint(
                condition=models.Q(interval__in=Interval.values)
                & models.Q(interval_count__gte=1, interval_count__lte=COUNT_MAX)
                & (~models.Q(interval=Interval.ONCE) | models.Q(interval_count=1)),
                name="catalog_offering_interval",
            ),
            models.CheckConstraint(
                condition=models.Q(trial_days__lte=TRIAL_DAYS_MAX)
                & (~models.Q(interval=Interval.ONCE) | models.Q(trial_days=0)),
                name="catalog_offering_trial",
                violation_error_message=_("What is paid once has no trial."),
            ),
        ]


class Retirement(models.Model):
    """From a day on nobody new can buy an offering; who has it goes on paying for it."""

    offering = models.OneToOneField(Offering, on_delete=models.CASCADE, primary_key=True, related_name="retirement")
    from_date = models.DateField()
    retired_at = models.DateTimeField()
    retired_by = models.CharField(max_length=64)


class OfferingTerm(models.Model):
    """For how many months a buyer may commit, and what that lowers the recurring charges by."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="terms", db_index=False)
    months = models.PositiveIntegerField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offering", "months"], name="catalog_term_once"),
            models.CheckConstraint(
                condition=models.Q(months__gte=1, months__lte=MONTHS_MAX), name="catalog_term_months"
            ),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lte=100), name="catalog_term_discount"
            ),
        ]


class AddOn(models.Model):
    """An offering that can be bought beside another one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    base = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="add_ons", db_index=False)
    add_on = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="bases")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base", "add_on"], name="catalog_add_on_once"),
            models.CheckConstraint(condition=~models.Q(base=models.F("add_on")), name="catalog_add_on_of_another"),
        ]
