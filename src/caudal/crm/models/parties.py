"""Who buys: companies and people."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.records import NOT_DELETED, Record, bin_index


class Company(Record):
    """An organisation, perhaps part of another."""

    kind: ClassVar[str] = "company"

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    domain = models.CharField(_("web domain"), max_length=253, null=True, blank=True)
    sector = models.CharField(_("sector"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
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
            bin_index("crm_company_binned"),
        ]


class Person(Record):
    """Somebody we talk to, at a company or in their own name."""

    kind: ClassVar[str] = "person"

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
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
            bin_index("crm_person_binned"),
        ]
