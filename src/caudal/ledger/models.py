"""Rows of the ledger. That entries balance, stay as they are and keep out of closed months is held by triggers."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.fields import MoneyField
from caudal.kit.records import NOT_DELETED, Record

CODE_LENGTH: Final = 20
ID_LENGTH: Final = 64
NOTE_LENGTH: Final = 200
SOURCE_LENGTH: Final = 200


class AccountNature(models.TextChoices):
    """What an account holds: the natures of the core, with their names."""

    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")


class Budget(models.TextChoices):
    """What an account's costs count as: what is sold costs it to deliver, or a line of a budget for selling."""

    DELIVERY = "delivery", _("Cost of what is sold")
    SALES_TEAM = "sales_team", _("Sales team")
    SALES_MANAGEMENT = "sales_management", _("Sales management")
    SALES_OPERATIONS = "sales_operations", _("Sales operations")
    SALES_ENABLEMENT = "sales_enablement", _("Sales enablement")
    CRM = "crm", _("CRM system")
    SALES_TOOLS = "sales_tools", _("Sales tools")
    ANALYTICS = "analytics", _("Analytics")
    TRAINING = "training", _("Training")
    DIGITAL_MARKETING = "digital_marketing", _("Digital marketing")
    CONTENT_MARKETING = "content_marketing", _("Content marketing")
    PAID_ADVERTISING = "paid_advertising", _("Paid advertising")
    EVENTS = "events", _("Events")


class Account(Record):
    """A line of the chart of accounts."""

    kind: ClassVar[str] = "account"

    code = models.CharField(_("code"), max_length=CODE_LENGTH)
    nature = models.CharField(_("type"), max_length=10, choices=AccountNature.choices)
    label_en = models.CharField(_("name in English"), max_length=120)
    label_es = models.CharField(_("name in Spanish"), max_length=120)
    purpose = models.SlugField(max_length=40, null=True, editable=False)
    """What the system posts here, such as `receivable`; at most one account for each purpose."""
    budget = models.CharField(
        _("counts as"), max_length=40, choices=Budget.choices, blank=True, default="", db_default=""
    )
    """Of an account of expenses, what numbers count its costs as; nothing for what runs the company."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=NOT_DELETED,
                name="ledger_account_code",
                violation_error_message=_("Another account has this code."),
            ),
            models.UniqueConstraint(fields=["purpose"], condition=NOT_DELETED, name="ledger_account_purpose"),
            models.CheckConstraint(condition=models.Q(nature__in=AccountNature.values), name="ledger_account_nature"),
            models.CheckConstraint(condition=models.Q(code__regex=r"^[0-9]+$"), name="ledger_account_code_digits"),
            models.CheckConstraint(
                condition=models.Q(budget="") | models.Q(nature=AccountNature.EXPENSE, budget__in=Budget.values),
                name="ledger_account_budget",
            ),
        ]

    def label(self, language: str) -> str:
        """Return the name in a language of the interface."""
        return self.label_es if language.startswith("es") else self.label_en


class JournalEntry(Record):
    """What was posted on a day. Triggers refuse to change or delete it."""

    kind: ClassVar[str] = "entry"

    entity = models.ForeignKey(
        "workspace.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """Whose books; None are those of the company itself."""
    day = models.DateField(_("day"))
    text = models.CharField(_("text"), max_length=NOTE_LENGTH, blank=True)
    source = models.CharField(max_length=SOURCE_LENGTH)
    """The key of what it was posted for, such as `invoice:…`: once in the whole journal."""
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")
    posting_count = models.PositiveIntegerField()
    """How many lines it was posted with: later ones are refused."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                name="ledger_entry_source",
                violation_error_message=_("This was posted before."),
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="ledger_entry_sourced"),
            models.CheckConstraint(condition=models.Q(posting_count__gte=2), name="ledger_entry_two_sides"),
        ]
        indexes = [models.Index(fields=["-day", "-id"], name="ledger_entry_day")]


class JournalPosting(models.Model):
    """An amount on an account, debit if positive and credit if negative."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings", db_index=False)
    position = models.PositiveIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    day = models.DateField()
    """The day of the entry, for the account's index; a trigger holds them together."""
    amount = MoneyField()
    pillar = models.ForeignKey(
        "workspace.Pillar", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    party = models.CharField(max_length=ID_LENGTH, blank=True)
    product = models.CharField(max_length=ID_LENGTH, blank=True)
    document = models.CharField(max_length=ID_LENGTH, blank=True)
    channel = models.CharField(max_length=ID_LENGTH, blank=True, default="", db_default="")
    """Of a cost, the key of the channel that it was spent on."""
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="ledger_posting_position"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="ledger_posting_not_zero"),
            models.CheckConstraint(
                condition=models.Q(amount_currency__regex=r"^[A-Z]{3}$"), name="ledger_posting_currency"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "-day", "-id"],
                include=["amount_minor", "amount_currency"],
                name="ledger_posting_account_day",
            ),
            models.Index(fields=["document"], condition=~models.Q(document=""), name="ledger_posting_document"),
        ]


class ClosedMonth(Record):
    """A month into which nothing is posted any more, until two people reopen it."""

    kind: ClassVar[str] = "closed_month"

    entity = models.ForeignKey("workspace.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+")
    """Whose books; None are those of every legal entity."""
    month = models.DateField()
    """Its first day."""
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=64, null=True)
    asked_why = models.CharField(max_length=NOTE_LENGTH, blank=True)
    """Who asks to reopen it, and why."""
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "month"],
                condition=models.Q(reopened_at=None),
                nulls_distinct=False,
                name="ledger_month_closed_once",
                violation_error_message=_("This month is closed already."),
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="ledger_month_begins"),
            models.CheckConstraint(
                condition=models.Q(reopened_at__isnull=True, reopened_by__isnull=True)
                | models.Q(
                    reopened_at__isnull=False, reopened_by__isnull=False, asked_by__isnull=False, asked_at__isnull=False
                ),
                name="ledger_month_reopened_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(reopened_by__isnull=True) | ~models.Q(reopened_by=models.F("asked_by")),
                name="ledger_month_two_people",
            ),
        ]


class MonthConfirmation(Record):
    """That somebody says of a month what cannot be known otherwise, such as that every cost is in."""

    kind: ClassVar[str] = "month_confirmation"

    entity = models.ForeignKey("workspace.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+")
    """Of whose books; None are those of every legal entity."""
    month = models.DateField()
    """Its first day."""
    step = models.SlugField(max_length=40)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "month", "step"],
                condition=models.Q(withdrawn_at=None),
                nulls_distinct=False,
                name="ledger_step_confirmed_once",
                violation_error_message=_("This is confirmed already."),
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="ledger_confirmation_month"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="ledger_confirmation_withdrawn_whole",
            ),
        ]


class RecurringCost(Record):
    """A cost that is posted every month by itself, from a day on and up to one."""

    kind: ClassVar[str] = "recurring_cost"

    entity = models.ForeignKey("workspace.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    paid_from = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()
    pillar = models.ForeignKey("workspace.Pillar", on_delete=models.PROTECT, null=True, related_name="+")
    party = models.CharField(max_length=ID_LENGTH, blank=True)
    channel = models.CharField(max_length=ID_LENGTH, blank=True)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    first_day = models.DateField()
    anchor = models.PositiveIntegerField()
    """The day of the month that it recurs on; the last one of a shorter month."""
    last_day = models.DateField(null=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")
    """The one that it took the place of, when the amount changed."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="ledger_recurring_positive"),
            models.CheckConstraint(condition=models.Q(anchor__range=(1, 31)), name="ledger_recurring_anchor"),
        ]


class CostFile(Record):
    """A file of costs: looked at, then posted, and perhaps undone. What it says is kept until it is posted."""

    kind: ClassVar[str] = "cost_file"

    name = models.CharField(max_length=NOTE_LENGTH)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    mapping = models.JSONField(default=dict)
    """By field the column that somebody chose, None for none; fields that are left out go by their headings."""
    line_count = models.PositiveIntegerField(default=0)
    posted_count = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.CharField(max_length=64, null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(posted_at__isnull=True, undone_at__isnull=True, posted_by__isnull=True)
                | models.Q(posted_at__isnull=False, posted_by__isnull=False, content__isnull=True),
                name="ledger_cost_file_posted_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="ledger_cost_file_undone_whole",
            ),
        ]


class CostFileLine(models.Model):
    """Which line of a file an entry was posted for."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(CostFile, on_delete=models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="ledger_cost_file_line")]
