"""Ways in that are not a password. Only hashes are kept."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.records import Record
from caudal.kit.world import new_id
from caudal.workspace.models.team import Member, Role


class LinkPurpose(models.TextChoices):
    """What a link lets its bearer do, once."""

    INVITATION = "invitation", _("Invitation")
    SIGN_IN = "sign_in", _("Sign-in link")


class AccessLink(models.Model):
    """A link that lets a member in once, before it expires."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=16, choices=LinkPurpose.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiKey(Record):
    """A key for programs: a role, perhaps narrowed by scopes. Shown once; the prefix tells which one it was."""

    kind: ClassVar[str] = "key"

    name = models.CharField(_("name"), max_length=120)
    prefix = models.CharField(max_length=16, unique=True)
    token_hash = models.CharField(max_length=64)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    used_on = models.DateField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.CharField(max_length=64, null=True, editable=False)
