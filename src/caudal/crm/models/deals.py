"""What is being sold, the stages it went through and how it ended."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.crm.models.parties import Company, Person, SalesModel
from caudal.crm.models.pipelines import Pipeline, Stage
from caudal.crm.models.tags import Tagged, tag_index
from caudal.kit.fields import MoneyField, money_together
from caudal.kit.grams import gram_index
from caudal.kit.records import NOT_DELETED, bin_index
from caudal.kit.world import new_id

DEAL_TEXTS = ("name_key",)
"""What deals are found by, anywhere inside, beside their company."""


class Deal(Tagged):
    """A chance to sell something. Open until a `DealClose` says otherwise."""

    kind: ClassVar[str] = "deal"

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
    )
    pipeline = models.ForeignKey(
        Pipeline, verbose_name=_("pipeline"), on_delete=models.PROTECT, related_name="deals", db_index=False
    )
    stage = models.ForeignKey(
        Stage, verbose_name=_("stage"), on_delete=models.PROTECT, related_name="deals", db_index=False
    )
    """Where it is, or was when it closed."""
    product = models.ForeignKey(
        "catalog.Product",
        verbose_name=_("product"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    owner = models.ForeignKey(
        "workspace.Member",
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    sales_model = models.CharField(
        _("sales model"), max_length=16, choices=SalesModel.choices, default="", db_default="", blank=True
    )
    amount = MoneyField(null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    """When the selling began; unknown for some deals of other systems."""
    expected_close_date = models.DateField(_("expected close"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="crm_deal_named"),
            money_together("amount", "crm_deal"),
            models.CheckConstraint(
                condition=models.Q(amount_minor=None) | models.Q(amount_minor__gte=0),
                name="crm_deal_amount_positive",
                violation_error_message=_("The amount of a deal is not negative."),
            ),
        ]
        indexes = [
            models.Index(
                models.F("opened_at").desc(nulls_last=True),
                models.F("id").desc(),
                condition=NOT_DELETED,
                name="crm_deal_newest",
            ),
            models.Index(
                models.F("stage"),
                models.F("opened_at").desc(nulls_last=True),
                models.F("id").desc(),
                condition=NOT_DELETED,
                name="crm_deal_of_stage",
            ),
            models.Index(
                models.F("owner"),
                models.F("opened_at").desc(nulls_last=True),
                models.F("id").desc(),
                condition=NOT_DELETED,
                name="crm_deal_of_owner",
            ),
            models.Index(fields=["pipeline"], name="crm_deal_of_pipeline"),
            models.Index(fields=["name_key", "id"], condition=NOT_DELETED, name="crm_deal_by_name"),
            models.Index(fields=["-changed_at", "-id"], condition=NOT_DELETED, name="crm_deal_by_change"),
            models.Index(
                models.F("amount_minor").desc(nulls_last=True),
                models.F("id").desc(),
                condition=NOT_DELETED,
                name="crm_deal_by_amount",
            ),
            models.Index(fields=["expected_close_date", "id"], condition=NOT_DELETED, name="crm_deal_by_close"),
            models.Index(fields=["-created_at", "-id"], condition=NOT_DELETED, name="crm_deal_by_arrival"),
            bin_index("crm_deal_binned"),
            tag_index("crm_deal_by_tag"),
            gram_index("crm_deal_by_text", *DEAL_TEXTS),
        ]


class StageStay(models.Model):
    """A deal was in a stage from one instant to another. The stay of an open deal has not ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="stays", db_index=False)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="stays")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal"], condition=models.Q(left_at=None), name="crm_stay_one_open"),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("entered_at")),
                name="crm_stay_leaves_after_entering",
                violation_error_message=_("A deal cannot leave a stage before it came into it."),
            ),
        ]
        indexes = [
            models.Index(fields=["deal", "entered_at"], name="crm_stay_of_deal"),
            models.Index(fields=["stage", "deal"], condition=models.Q(left_at=None), name="crm_stay_open"),
        ]


class Outcome(models.TextChoices):
    """How a deal ended."""

    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class CloseReason(models.TextChoices):
    """What decided a deal."""

    PRICE = "price", _("Price")
    VALUE = "value", _("Value for them")
    FEATURES = "features", _("What the product does")
    TRUST = "trust", _("Trust and relationship")
    COMPETITOR = "competitor", _("A competitor")
    NO_BUDGET = "no_budget", _("No budget")
    NO_DECISION = "no_decision", _("No decision")
    TIMING = "timing", _("Timing")
    NO_ANSWER = "no_answer", _("No answer")
    OTHER = "other", _("Other")


class DealClose(models.Model):
    """A deal was won or lost. Opening it again removes the row; the facts keep what happened."""

    deal = models.OneToOneField(Deal, on_delete=models.CASCADE, primary_key=True, related_name="close")
    outcome = models.CharField(_("outcome"), max_length=4, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=16, choices=CloseReason.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="crm_close_outcome"),
        ]
        indexes = [models.Index(fields=["closed_at"], name="crm_close_when")]
