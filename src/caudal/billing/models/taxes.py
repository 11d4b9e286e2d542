"""Tax rates by country, kind of product and day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.world import new_id


class TaxKind(models.TextChoices):
    """As what a product is taxed."""

    STANDARD = "standard", _("Standard")
    REDUCED = "reduced", _("Reduced")
    EXEMPT = "exempt", _("Exempt")


class TaxRate(models.Model):
    """The percentage of a country for a kind of product from a day on: added, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    tax_kind = models.CharField(max_length=10, choices=TaxKind.choices)
    from_day = models.DateField()
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_kind", "from_day"], name="billing_rate_once"),
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="billing_rate_country"),
            models.CheckConstraint(condition=models.Q(percent__gte=0, percent__lte=100), name="billing_rate_percent"),
        ]
