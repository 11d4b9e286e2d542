"""Who buys: companies and people."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.crm.models.tags import Tagged, tag_index
from caudal.kit import phones
from caudal.kit.grams import gram_index
from caudal.kit.records import NOT_DELETED, bin_index
from caudal.kit.world import new_id


class SalesModel(models.TextChoices):
    """The way in which something is sold."""

    SELF_SERVICE = "self_service", _("Self-service")
    INSIDE = "inside", _("Inside sales")
    FIELD = "field", _("Field sales")
    CHANNEL = "channel", _("Channel sales")
    ENTERPRISE = "enterprise", _("Enterprise sales")
    API = "api", _("API sales")
    WHITE_LABEL = "white_label", _("White label")
    DIRECT = "direct", _("Direct sales")
    CORPORATE = "corporate", _("Corporate")
    PARTNER = "partner", _("Through partners")


COMPANY_TEXTS = ("name_key", "domain")
"""What companies are found by, anywhere inside."""
PERSON_TEXTS = ("name_key", "email")
"""What people are found by, anywhere inside."""


class Company(Tagged):
    """An organisation, perhaps part of another."""

    kind: ClassVar[str] = "company"

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    bare_key = models.CharField(max_length=200, default="", db_default="", editable=False)
    """The name without its legal form, by which two spellings of one company are told."""
    domain = models.CharField(_("web domain"), max_length=253, null=True, blank=True)
    family_domain = models.CharField(max_length=253, default="", db_default="", editable=False)
    """The registered domain above the web domain, by which a family is told; empty for shared ones."""
    sector = models.CharField(_("sector"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    """As it was said; in English where its code is known."""
    country_code = models.CharField(max_length=2, default="", db_default="", editable=False)
    """ISO 3166, empty while what was said names no country."""
    region = models.CharField(_("region"), max_length=120, default="", db_default="", blank=True)
    city = models.CharField(_("city"), max_length=120, default="", db_default="", blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, default="", db_default="", blank=True)
    street = models.CharField(_("street"), max_length=200, default="", db_default="", blank=True)
    phone = models.CharField(_("phone"), max_length=40, default="", db_default="", blank=True)
    phone_e164 = models.CharField(max_length=phones.LENGTH, default="", db_default="", editable=False)
    """The number as every exchange understands it, beside what was typed."""
    sales_model = models.CharField(
        _("sales model"), max_length=16, choices=SalesModel.choices, default="", db_default="", blank=True
    )
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    owner = models.ForeignKey(
        "workspace.Member",
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="crm_company_named"),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="crm_company_not_own_parent"
            ),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], condition=NOT_DELETED, name="crm_company_by_name"),
            models.Index(fields=["domain"], condition=NOT_DELETED, name="crm_company_by_domain"),
            models.Index(
                fields=["family_domain"],
                condition=NOT_DELETED & ~models.Q(family_domain=""),
                name="crm_company_by_family",
            ),
            models.Index(fields=["bare_key"], condition=NOT_DELETED, name="crm_company_by_bare"),
            models.Index(fields=["-changed_at", "-id"], condition=NOT_DELETED, name="crm_company_by_change"),
            models.Index(fields=["-created_at", "-id"], condition=NOT_DELETED, name="crm_company_by_arrival"),
            bin_index("crm_company_binned"),
            tag_index("crm_company_by_tag"),
            gram_index("crm_company_by_text", *COMPANY_TEXTS),
        ]


class KeptApart(models.Model):
    """Two companies that look like one and are not: somebody said so, and nobody is asked again.

    The lesser id stands first, so that a pair is kept once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="kept_apart_from")
    second = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="kept_apart_of")
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="crm_apart_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="crm_apart_in_order"),
        ]


class Person(Tagged):
    """Somebody we talk to, at a company or in their own name."""

    kind: ClassVar[str] = "person"

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    """The first of their addresses."""
    other_emails = ArrayField(
        models.EmailField(), verbose_name=_("other e-mail addresses"), default=list, db_default=[], blank=True
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    """The first of their numbers, as it was typed."""
    other_phones = ArrayField(
        models.CharField(max_length=40), verbose_name=_("other phones"), default=list, db_default=[], blank=True
    )
    phone_keys = ArrayField(models.CharField(max_length=phones.LENGTH), default=list, db_default=[], editable=False)
    """The first number and the others in E.164, in that order; empty for one that cannot be dialled."""
    language = models.CharField(
        _("language"),
        max_length=16,
        default="",
        db_default="",
        blank=True,
        validators=[
            RegexValidator(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", _("Languages are written like es, or pt-BR."))
        ],
    )
    """What they are written to in, as a tag of BCP 47: `es`, `pt-BR`."""
    country = models.CharField(_("country"), max_length=80, default="", db_default="", blank=True)
    country_code = models.CharField(max_length=2, default="", db_default="", editable=False)
    city = models.CharField(_("city"), max_length=120, default="", db_default="", blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
    )
    owner = models.ForeignKey(
        "workspace.Member",
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="crm_person_named")]
        indexes = [
            models.Index(fields=["name_key", "id"], condition=NOT_DELETED, name="crm_person_by_name"),
            models.Index(fields=["email"], condition=NOT_DELETED, name="crm_person_by_email"),
            tag_index("crm_person_by_tag"),
            GinIndex(fields=["other_emails"], condition=NOT_DELETED, name="crm_person_by_others"),
            GinIndex(fields=["phone_keys"], condition=NOT_DELETED, name="crm_person_by_phone"),
            models.Index(fields=["-changed_at", "-id"], condition=NOT_DELETED, name="crm_person_by_change"),
            models.Index(fields=["-created_at", "-id"], condition=NOT_DELETED, name="crm_person_by_arrival"),
            bin_index("crm_person_binned"),
            gram_index("crm_person_by_text", *PERSON_TEXTS),
        ]
