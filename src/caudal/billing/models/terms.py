"""What was agreed: contracts, subscriptions and every change of them, from an instant on."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.billing.models.parties import CURRENCY, Customer
from caudal.kit.fields import MoneyField, money_together
from caudal.kit.records import Record
from caudal.kit.world import new_id

ZONE_LENGTH: Final = 64
POLICY_LENGTH: Final = 40


class Contract(Record):
    """What was signed with a customer: how long it binds, whether it renews, what is spent at least."""

    kind: ClassVar[str] = "contract"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    deal = models.ForeignKey("crm.Deal", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    start_day = models.DateField(_("from"))
    end_day = models.DateField(_("until"), null=True, blank=True)
    """The first day on which it does not bind any more; None has no end."""
    renews_months = models.PositiveSmallIntegerField(_("renews for (months)"), default=0)
    """For how long it goes on by itself when it ends; 0 ends."""
    notice_days = models.PositiveSmallIntegerField(_("notice (days)"), default=30)
    commitment = MoneyField(null=True)
    """What is spent at least in every period of `commitment_months`, before tax; the rest is invoiced at its end."""
    commitment_months = models.PositiveSmallIntegerField(_("every (months)"), default=12)
    note = models.TextField(_("note"), blank=True)
    notice_day = models.DateField(null=True, blank=True, editable=False)
    """When notice was given that it shall end; what came too late counts for the end after the next one."""
    ended_at = models.DateTimeField(null=True, editable=False)
    """When it was seen that it does not bind any more."""
    due_at = models.DateTimeField(null=True, editable=False)
    """When a period of its commitment is over that is not settled yet."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="billing_contract_named"),
            models.CheckConstraint(
                condition=models.Q(end_day=None) | models.Q(end_day__gt=models.F("start_day")),
                name="billing_contract_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(end_day__isnull=False) | models.Q(renews_months=0), name="billing_contract_renews"
            ),
            models.CheckConstraint(
                condition=models.Q(commitment_months__gte=1, commitment_months__lte=120),
                name="billing_contract_commitment",
            ),
            money_together("commitment", "billing_contract"),
        ]


class ContractCommitment(models.Model):
    """What is spent at least under a contract from a day on. The table refuses to change or delete it.

    No amount is an end of it. Of what counts from one day, what was written last holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="commitments", db_index=False)
    number = models.PositiveIntegerField()
    from_day = models.DateField()
    amount = MoneyField(null=True)
    months = models.PositiveIntegerField()
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="billing_commitment_number"),
            models.CheckConstraint(
                condition=models.Q(months__gte=1, months__lte=120), name="billing_commitment_months"
            ),
            money_together("amount", "billing_commitment"),
        ]


class SubscriptionStatus(models.TextChoices):
    """Where a subscription stands after its last change."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class Interval(models.TextChoices):
    """By what its periods are counted."""

    MONTH = "month", _("Months")
    YEAR = "year", _("Years")


class AlignmentChoice(models.TextChoices):
    """What its periods are counted from."""

    ANNIVERSARY = "anniversary", _("The day it began")
    CALENDAR = "calendar", _("The calendar")
    BILLING_DAY = "billing_day", _("A day of the month")
    GIVEN_DAY = "given_day", _("The end of its contract")


class TimingChoice(models.TextChoices):
    """At which end of a period what recurs is invoiced."""

    ADVANCE = "advance", _("In advance")
    ARREARS = "arrears", _("In arrears")


class Subscription(Record):
    """Something that a customer pays for again and again, by a schedule. What it consists of are its changes.

    `status`, `ends_at` and `due_at` follow from the changes and are kept to be found by.
    """

    kind: ClassVar[str] = "subscription"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    zone = models.CharField(_("time zone"), max_length=ZONE_LENGTH)
    start_day = models.DateField(_("from"))
    interval = models.CharField(_("paid every"), max_length=10, choices=Interval.choices)
    interval_count = models.PositiveSmallIntegerField(_("how many"), default=1)
    alignment = models.CharField(
        _("periods begin with"),
        max_length=12,
        choices=AlignmentChoice.choices,
        default=AlignmentChoice.ANNIVERSARY,
    )
    billing_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    anchor_day = models.DateField(null=True, editable=False)
    """The day that its periods are counted from, where that is neither its own nor the calendar's."""
    timing = models.CharField(_("invoiced"), max_length=10, choices=TimingChoice.choices)
    trial_days = models.PositiveSmallIntegerField(_("trial (days)"), default=0)
    months = models.PositiveSmallIntegerField(_("committed for (months)"), null=True, blank=True)
    end_day = models.DateField(_("until"), null=True, blank=True)
    """The first day that is not served any more, as it was agreed from the beginning; None goes on."""
    with_contract = models.BooleanField(_("ends with its contract"), default=False, db_default=False)
    """Whether `end_day` is that of the contract, and goes on when the contract is renewed."""
    proration = models.CharField(max_length=POLICY_LENGTH)
    money_policy = models.CharField(max_length=POLICY_LENGTH)
    subjects = models.JSONField(default=list, blank=True)
    """Whose usage it pays for, as the meters name them; none is all of the customer's."""
    status = models.CharField(max_length=10, choices=SubscriptionStatus.choices, default=SubscriptionStatus.ACTIVE)
    ends_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    """When something of it falls due that is not invoiced yet."""
    billed_at = models.DateTimeField(null=True, editable=False)
    """Up to when everything that fell due is invoiced."""
    usage_as_of = models.DateTimeField(null=True, editable=False)
    """Up to when late usage was looked for."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="billing_subscription_named"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_subscription_currency"),
            models.CheckConstraint(
                condition=models.Q(interval__in=Interval.values, interval_count__gte=1, interval_count__lte=120),
                name="billing_subscription_interval",
            ),
            models.CheckConstraint(
                condition=models.Q(billing_day__gte=1, billing_day__lte=31), name="billing_subscription_day"
            ),
            models.CheckConstraint(
                condition=models.Q(timing__in=TimingChoice.values, alignment__in=AlignmentChoice.values),
                name="billing_subscription_choices",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SubscriptionStatus.values), name="billing_subscription_status"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(due_at__isnull=False), name="billing_sub_due"),
        ]


class ChangeSort(models.TextChoices):
    """What a change of a subscription is."""

    START = "start", _("Began")
    PLAN = "plan", _("Changed")
    SEATS = "seats", _("Other number of seats")
    ADD_ONS = "add_ons", _("Other add-ons")
    PAUSE = "pause", _("Paused")
    RESUME = "resume", _("Went on")
    CANCEL = "cancel", _("Cancelled")
    RENEW = "renew", _("Renewed")
    KEEP = "keep", _("Kept: what was to come is taken back")


class SubscriptionChange(models.Model):
    """A change of a subscription, with all it consists of from then on. The table refuses to change or delete it.

    `items` is written by `caudal.billing.offline`: what was agreed, never looked up in today's catalogue again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="changes", db_index=False)
    number = models.PositiveIntegerField()
    sort = models.CharField(max_length=10, choices=ChangeSort.choices)
    at = models.DateTimeField()
    """From when on it counts."""
    paid = models.CharField(max_length=12)
    """When it is paid: `invoice_now`, `prorate`, `next_period` or `reset_cycle`."""
    refund = models.CharField(max_length=10)
    """What an end gives back: `none`, `prorated` or `full`."""
    items = models.JSONField(default=list)
    ends = models.BooleanField(default=False)
    why = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "number"], name="billing_change_number"),
            models.CheckConstraint(condition=models.Q(sort__in=ChangeSort.values), name="billing_change_sort"),
            models.CheckConstraint(
                condition=models.Q(paid__in=["invoice_now", "prorate", "next_period", "reset_cycle"])
                & models.Q(refund__in=["none", "prorated", "full"]),
                name="billing_change_choices",
            ),
            models.CheckConstraint(
                condition=models.Q(ends=False) | models.Q(items=[]), name="billing_change_end_is_empty"
            ),
        ]


class Order(Record):
    """Something sold once: a course, a service, a licence. Its items are what was agreed."""

    kind: ClassVar[str] = "order"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    deal = models.ForeignKey("crm.Deal", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    zone = models.CharField(_("time zone"), max_length=ZONE_LENGTH)
    day = models.DateField(_("day"))
    items = models.JSONField(default=list)
    money_policy = models.CharField(max_length=POLICY_LENGTH)
    due_at = models.DateTimeField(null=True, editable=False)
    """When it falls due; None once it is invoiced or called off."""
    called_off_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="billing_order_named"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_order_currency"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(due_at__isnull=False), name="billing_order_due"),
        ]
