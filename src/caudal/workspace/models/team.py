"""People who work here, and the tree of teams."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.kit.records import NOT_DELETED, Record


class Role(models.TextChoices):
    """What a member may do; each context's policies say what that means for its rows."""

    ADMIN = "admin", _("Administrator")
    MANAGER = "manager", _("Manager")
    REP = "rep", _("Sales rep")
    MARKETING = "marketing", _("Marketing")
    FINANCE = "finance", _("Finance")
    SUCCESS = "success", _("Customer success")
    AUDITOR = "auditor", _("Auditor")


class Span(models.TextChoices):
    """How far somebody sees who was given a reach of their own."""

    OWN = "own", _("Only their own records")
    TEAM = "team", _("The records of their team")
    SUBTREE = "subtree", _("The records of their team and the teams below it")
    ALL = "all", _("All records")


class Team(Record):
    """A team, perhaps inside another."""

    kind: ClassVar[str] = "team"

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], condition=NOT_DELETED, name="workspace_team_name")]


class MemberManager(BaseUserManager["Member"]):
    """Finds members by the address they sign in with."""

    @override
    def get_by_natural_key(self, username: str | None) -> "Member":
        """Return the member who signs in with an address, in any case of letters."""
        return self.get(email__iexact=username, deleted_at=None)


class Member(AbstractBaseUser, Record):
    """Somebody of the team. Without an e-mail address and a password there is no sign-in: an imported agent, say."""

    kind: ClassVar[str] = "member"
    USERNAME_FIELD: ClassVar[str] = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.REP)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    span = models.CharField(_("sees"), max_length=8, choices=Span.choices, blank=True, db_default="", default="")
    """How far the member sees, whatever the role says; empty leaves it to the role."""
    access_ends_at = models.DateTimeField(_("access ends"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    deactivated_at = models.DateTimeField(null=True, editable=False)
    deactivated_by = models.CharField(max_length=64, null=True, editable=False)
    is_active = models.GeneratedField(
        expression=models.ExpressionWrapper(models.Q(deactivated_at__isnull=True), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects: ClassVar[MemberManager] = MemberManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=NOT_DELETED,
                name="workspace_member_email",
                violation_error_message=_("Another member has this e-mail address."),
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.AUDITOR) | models.Q(access_ends_at__isnull=False),
                name="workspace_auditor_until",
                violation_error_message=_("Auditors come for a time: say until when."),
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.ADMIN) | models.Q(span=""),
                name="workspace_admin_sees_all",
                violation_error_message=_("Administrators see everything."),
            ),
        ]

    @property
    def can_sign_in(self) -> bool:
        """Whether the member has an address and a password and is active."""
        return bool(self.email and self.is_active and self.has_usable_password())

    @override
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep "no address" as NULL, so that the unique key leaves such members alone."""
        self.email = self.email or None
        super().save(*args, **kwargs)
