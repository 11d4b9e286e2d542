"""Fields that the company adds itself to kinds of records."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.own_fields import FieldType, OwnField
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.shapes import FieldKind


class OwnFieldType(models.TextChoices):
    """What a field of one's own holds, in words."""

    TEXT = FieldType.TEXT, _("Text")
    NUMBER = FieldType.NUMBER, _("Number")
    MONEY = FieldType.MONEY, _("Amount of money")
    DATE = FieldType.DATE, _("Day")
    CHOICE = FieldType.CHOICE, _("One of several choices")
    SEVERAL = FieldType.SEVERAL, _("Any of several choices")
    BOOLEAN = FieldType.BOOLEAN, _("Yes or no")
    URL = FieldType.URL, _("Web address")
    LINK = FieldType.LINK, _("Another record")
    FORMULA = FieldType.FORMULA, _("Formula")


class ResultType(models.TextChoices):
    """What a formula yields, in words."""

    TEXT = FieldKind.TEXT, _("Text")
    NUMBER = FieldKind.NUMBER, _("Number")
    MONEY = FieldKind.MONEY, _("Amount of money")
    DATE = FieldKind.DATE, _("Day")
    INSTANT = FieldKind.INSTANT, _("Day and time")
    BOOLEAN = FieldKind.BOOLEAN, _("Yes or no")


class CustomField(Record):
    """The definition of one field. Its type and its key stay; a retired field keeps its values and takes no more."""

    kind: ClassVar[str] = "field"

    record_kind = models.CharField(max_length=40)
    key = models.CharField(_("key"), max_length=40)
    label = models.CharField(_("name"), max_length=80)
    label_es = models.CharField(_("name in Spanish"), max_length=80, blank=True)
    help = models.CharField(_("help"), max_length=200, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=OwnFieldType.choices)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    decimals = models.PositiveBigIntegerField(_("decimals"), default=0)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    options = models.JSONField(_("choices"), default=list)
    link_kind = models.CharField(_("kind of record"), max_length=40, blank=True)
    formula = models.TextField(_("formula"), blank=True, db_default="", default="")
    result = models.CharField(
        _("yields"), max_length=10, choices=ResultType.choices, blank=True, db_default="", default="", editable=False
    )
    required = models.BooleanField(_("required"), default=False)
    position = models.PositiveBigIntegerField(_("place"), default=0)
    retired_at = models.DateTimeField(null=True, editable=False)
    retired_by = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "key"],
                condition=NOT_DELETED,
                name="workspace_field_key",
                violation_error_message=_("This kind of record has a field with this key already."),
            ),
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[a-z][a-z0-9_]{0,39}$"), name="workspace_field_key_form"
            ),
            models.CheckConstraint(condition=models.Q(decimals__lte=6), name="workspace_field_decimals"),
            models.CheckConstraint(
                condition=models.Q(retired_at=None, retired_by="")
                | (models.Q(retired_at__isnull=False) & ~models.Q(retired_by="")),
                name="workspace_field_retired_whole",
            ),
            models.CheckConstraint(
                condition=(models.Q(type=FieldType.FORMULA.value) & ~models.Q(formula="") & ~models.Q(result=""))
                | (~models.Q(type=FieldType.FORMULA.value) & models.Q(formula="", result="")),
                name="workspace_field_formula_whole",
            ),
        ]
        indexes = [models.Index(fields=["record_kind", "position", "id"], name="workspace_field_order")]

    def value(self) -> OwnField:
        """Return the definition as a value."""
        return OwnField(
            id=self.pk,
            record_kind=self.record_kind,
            key=self.key,
            type=FieldType(self.type),
            label=self.label,
            label_es=self.label_es,
            help=self.help,
            unit=self.unit,
            decimals=self.decimals,
            currency=self.currency,
            options=tuple(self.options),
            link_kind=self.link_kind,
            formula=self.formula,
            result=self.result,
            required=self.required,
            active=self.retired_at is None,
        )
