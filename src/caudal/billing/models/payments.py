"""Payments, what they and credit notes settle, and what waits until a second person agrees."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caudal.billing.models.documents import TEXT_LENGTH, Invoice
from caudal.billing.models.parties import CURRENCY, Customer
from caudal.kit.records import Record

REFERENCE_LENGTH: Final = 80


class PaymentMethod(models.TextChoices):
    """How money came or went."""

    TRANSFER = "transfer", _("Bank transfer")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    CHEQUE = "cheque", _("Cheque")
    OTHER = "other", _("Other")


class Payment(Record):
    """Money that came from a customer. It stays as it was recorded; one that was wrong is taken back.

    A trigger keeps `open_minor` from what it settles: nobody else writes it.
    """

    kind: ClassVar[str] = "payment"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    entity = models.ForeignKey("workspace.LegalEntity", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(_("day"))
    method = models.CharField(_("how"), max_length=12, choices=PaymentMethod.choices)
    reference = models.CharField(_("the bank's reference"), max_length=REFERENCE_LENGTH, blank=True)
    """What tells the line of the bank's statement from every other; empty where there is none."""
    note = models.CharField(_("note"), max_length=TEXT_LENGTH, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    """What has settled nothing yet, and was not given back."""
    taken_back_at = models.DateTimeField(null=True)
    taken_back_why = models.CharField(max_length=TEXT_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["method", "reference"],
                condition=~models.Q(reference="") & models.Q(taken_back_at=None),
                name="billing_payment_reference",
                violation_error_message=_("A payment with this reference is recorded already."),
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_payment_currency"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="billing_payment_positive"),
            models.CheckConstraint(
                condition=models.Q(open_minor__gte=0, open_minor__lte=models.F("amount_minor")),
                name="billing_payment_open",
                violation_error_message=_("It is more than what is open of the payment."),
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None) | models.Q(open_minor=0), name="billing_payment_back_whole"
            ),
            models.CheckConstraint(condition=models.Q(method__in=PaymentMethod.values), name="billing_payment_method"),
        ]
        indexes = [
            models.Index(fields=["-day", "-id"], name="billing_payment_by_day"),
            models.Index(fields=["customer", "-day", "-id"], name="billing_payment_of"),
            models.Index(
                fields=["customer"],
                condition=models.Q(open_minor__gt=0),
                name="billing_payment_unused",
            ),
        ]


class SettlementSort(models.TextChoices):
    """What is done with an amount."""

    ALLOCATION = "allocation", pgettext_lazy("settlement", "Paid")
    CREDIT = "credit", _("Credited")
    WRITE_OFF = "write_off", _("Written off")
    REFUND = "refund", _("Refunded")
    TAKEN_BACK = "taken_back", _("Taken back")


class Settlement(Record):
    """An amount that settles: a payment or a credit note settles an invoice, goes back, or a debt is given up.

    Rows are only added. One that was wrong is undone, once, by a row of the opposite amount.
    """

    kind: ClassVar[str] = "settlement"

    sort = models.CharField(max_length=10, choices=SettlementSort.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="settlements")
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="uses")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="settlements")
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()
    """Less than nothing when it undoes another one."""
    day = models.DateField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    method = models.CharField(max_length=12, blank=True)
    """How a refund was paid."""
    reference = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    reason = models.CharField(max_length=TEXT_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sort="allocation", payment__isnull=False, credit_note=None, invoice__isnull=False)
                | models.Q(sort="credit", payment=None, credit_note__isnull=False, invoice__isnull=False)
                | models.Q(sort="write_off", payment=None, credit_note=None, invoice__isnull=False)
                | models.Q(sort="refund", payment__isnull=False, credit_note=None, invoice=None)
                | models.Q(sort="refund", payment=None, credit_note__isnull=False, invoice=None)
                | models.Q(sort="taken_back", payment__isnull=False, credit_note=None, invoice=None),
                name="billing_settlement_between",
            ),
            models.CheckConstraint(
                condition=models.Q(minor__gt=0, undoes=None) | models.Q(minor__lt=0, undoes__isnull=False),
                name="billing_settlement_sign",
            ),
        ]
        indexes = [models.Index(fields=["customer", "day", "id"], name="billing_settlement_of")]


class RequestSort(models.TextChoices):
    """What a second person is asked to agree to."""

    REFUND = "refund", _("Refund")
    CREDIT_NOTE = "credit_note", _("Credit note")
    WRITE_OFF = "write_off", _("Write-off")


class RequestOutcome(models.TextChoices):
    """What became of a request; nothing while it waits."""

    DONE = "done", _("Done")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FAILED = "failed", _("Could not be done")


class MoneyRequest(Record):
    """A refund, credit note or write-off that waits until a second person agrees: nothing of it is in the books."""

    kind: ClassVar[str] = "money_request"

    sort = models.CharField(max_length=11, choices=RequestSort.choices)
    name = models.CharField(max_length=TEXT_LENGTH)
    """What it is about, as people call it."""
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    """The invoice that is credited or given up, or the credit note that is paid out."""
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()
    day = models.DateField()
    reason = models.CharField(max_length=TEXT_LENGTH)
    said = models.JSONField(default=dict)
    """What exactly is to be done, as it was asked for."""
    outcome = models.CharField(max_length=9, choices=RequestOutcome.choices, blank=True)
    closed_at = models.DateTimeField(null=True)
    made = models.CharField(max_length=64, blank=True)
    """The public id of what was written when it was done."""
    problem = models.CharField(max_length=TEXT_LENGTH, blank=True)
    """Why it could not be done."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(minor__gt=0), name="billing_request_positive"),
            models.CheckConstraint(
                condition=models.Q(sort__in=RequestSort.values, outcome__in=["", *RequestOutcome.values]),
                name="billing_request_choices",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", closed_at=None)
                | (~models.Q(outcome="") & models.Q(closed_at__isnull=False)),
                name="billing_request_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(invoice__isnull=False, payment=None) | models.Q(invoice=None, payment__isnull=False),
                name="billing_request_about_one",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], condition=models.Q(outcome=""), name="billing_request_waiting")
        ]
