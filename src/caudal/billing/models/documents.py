"""Invoices and credit notes, their lines and taxes, and the numbers they take."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.billing.models.parties import CURRENCY, Customer, PartySnapshot
from caudal.billing.models.runs import InvoiceRun
from caudal.billing.models.terms import POLICY_LENGTH, Contract
from caudal.kit.records import Record
from caudal.kit.world import new_id

NUMBER_LENGTH: Final = 40
TEXT_LENGTH: Final = 300


class NumberSeries(models.Model):
    """The next number of a legal entity's series of documents in a year: taken in the transaction that issues them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entity = models.ForeignKey("workspace.LegalEntity", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    following = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "code", "year"], name="billing_series_once"),
            models.CheckConstraint(condition=models.Q(following__gte=1), name="billing_series_from_one"),
        ]


class InvoiceSort(models.TextChoices):
    """What kind of document it is."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class InvoiceState(models.TextChoices):
    """How far a document is."""

    DRAFT = "draft", _("Draft")
    FINAL = "final", _("Issued")
    VOID = "void", _("Void")


class Invoice(Record):
    """A document for a customer. Once issued, triggers let nothing change but whether it was sent, paid or voided.

    Amounts are in minor units of `currency`, and positive for what the document is: a credit note of 10.00 has a
    `gross_minor` of 1000.
    """

    kind: ClassVar[str] = "invoice"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="invoices", db_index=False)
    entity = models.ForeignKey("workspace.LegalEntity", on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(InvoiceRun, on_delete=models.PROTECT, null=True, related_name="documents", db_index=False)
    """The run that wrote it; None for what was written on its own. It is kept, as a run says of its lots only whose
    documents were looked at. No document depends on it: it is not among what makes two of them the same."""
    sort = models.CharField(max_length=12, choices=InvoiceSort.choices)
    state = models.CharField(max_length=6, choices=InvoiceState.choices, default=InvoiceState.DRAFT)
    number = models.CharField(max_length=NUMBER_LENGTH, null=True)
    """None while it is a draft."""
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    reason = models.CharField(max_length=TEXT_LENGTH, blank=True)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=8)
    due_from = models.DateField()
    """The day on which what it is for fell due; with the customer it says which obligations belong together."""
    issue_day = models.DateField(null=True)
    due_day = models.DateField(null=True)
    """By when it is to be paid."""
    seller = models.ForeignKey(PartySnapshot, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    buyer = models.ForeignKey(PartySnapshot, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reference = models.CharField(max_length=80, blank=True)
    money_policy = models.CharField(max_length=POLICY_LENGTH)
    line_count = models.PositiveIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    """What is neither paid, credited nor written off of it: of a credit note, what is not used yet."""
    finalised_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "number"],
                condition=~models.Q(number=None),
                name="billing_invoice_number",
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_invoice_currency"),
            models.CheckConstraint(
                condition=models.Q(gross_minor=models.F("net_minor") + models.F("tax_minor")),
                name="billing_invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(open_minor__gte=0, open_minor__lte=models.F("gross_minor")),
                name="billing_invoice_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state=InvoiceState.DRAFT, number__isnull=True, finalised_at__isnull=True)
                | models.Q(
                    state__in=[InvoiceState.FINAL, InvoiceState.VOID],
                    number__isnull=False,
                    finalised_at__isnull=False,
                    issue_day__isnull=False,
                    due_day__isnull=False,
                    seller__isnull=False,
                    buyer__isnull=False,
                ),
                name="billing_invoice_whole_when_issued",
            ),
            models.CheckConstraint(
                condition=models.Q(state=InvoiceState.VOID, voided_at__isnull=False, sent_at__isnull=True)
                | (~models.Q(state=InvoiceState.VOID) & models.Q(voided_at__isnull=True)),
                name="billing_invoice_void_before_sent",
            ),
            models.CheckConstraint(
                condition=models.Q(sort__in=InvoiceSort.values, state__in=InvoiceState.values),
                name="billing_invoice_choices",
            ),
        ]
        indexes = [
            models.Index(fields=["-issue_day", "-id"], name="billing_invoice_by_day"),
            models.Index(fields=["customer", "-issue_day", "-id"], name="billing_invoice_of"),
            models.Index(
                fields=["due_day", "id"],
                condition=models.Q(state=InvoiceState.FINAL, open_minor__gt=0),
                name="billing_invoice_unpaid",
            ),
            models.Index(
                fields=["contract"], condition=models.Q(contract__isnull=False), name="billing_invoice_contract"
            ),
            models.Index(
                fields=["corrects"], condition=models.Q(corrects__isnull=False), name="billing_invoice_corrects"
            ),
            models.Index(fields=["run"], condition=models.Q(run__isnull=False), name="billing_invoice_run"),
        ]


class LineSort(models.TextChoices):
    """What a line of a document is for."""

    PERIOD = "period", _("Period")
    CREDIT = "credit", _("Not used")
    DEBIT = "debit", _("Used instead")
    USAGE = "usage", _("Usage")
    ONCE = "once", _("Once")
    COMMITMENT = "commitment", _("Agreed minimum")
    CORRECTION = "correction", _("Correction")


class InvoiceLine(models.Model):
    """A line of a document. One obligation has one line of each revision, whatever happens at once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    sort = models.CharField(max_length=10, choices=LineSort.choices)
    source = models.UUIDField(null=True)
    """The subscription, order or contract that owes it; None for what was credited by hand."""
    obligation = models.CharField(max_length=240, blank=True)
    """What is owed, by its name within the source."""
    revision = models.PositiveIntegerField(default=0)
    """How often the obligation was corrected before."""
    holds = models.BooleanField(default=True)
    """Whether the obligation is invoiced by it; no longer when the document was voided or a draft thrown away."""
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    charge = models.ForeignKey("catalog.Charge", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    pillar = models.ForeignKey(
        "workspace.Pillar", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    stream = models.CharField(max_length=20)
    text = models.CharField(max_length=TEXT_LENGTH)
    unit = models.CharField(max_length=40, blank=True)
    quantity = models.DecimalField(max_digits=38, decimal_places=12)
    share = models.CharField(max_length=60, default="1")
    """Which share of the price of a whole period it is, as a fraction."""
    whole_minor = models.BigIntegerField()
    """The price of the whole period."""
    net_minor = models.BigIntegerField()
    tax_category = models.CharField(max_length=3)
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4)
    due_at = models.DateTimeField()
    service_start = models.DateTimeField()
    service_end = models.DateTimeField()
    pattern = models.CharField(max_length=10)
    """How it becomes revenue: see `caudal.core.recognition.Pattern`."""
    price_number = models.PositiveIntegerField(default=0)
    waterfall = models.JSONField(default=dict)
    usage_as_of = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="billing_line_position"),
            models.UniqueConstraint(
                fields=["source", "obligation", "revision"],
                condition=models.Q(holds=True, source__isnull=False),
                name="billing_line_obligation",
                violation_error_message=_("This is invoiced already."),
            ),
            models.CheckConstraint(condition=models.Q(sort__in=LineSort.values), name="billing_line_sort"),
            models.CheckConstraint(
                condition=models.Q(service_end__gt=models.F("service_start")), name="billing_line_forward"
            ),
        ]
        indexes = [
            models.Index(fields=["corrects"], condition=models.Q(corrects__isnull=False), name="billing_line_corrects")
        ]


class InvoiceTax(models.Model):
    """What is taxed at one rate on a document, and the tax on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes", db_index=False)
    position = models.PositiveIntegerField()
    category = models.CharField(max_length=3)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    why = models.CharField(max_length=80, blank=True)
    """The rule that made it so, such as a reverse charge."""
    taxable_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="billing_tax_position")]
