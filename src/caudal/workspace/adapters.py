"""How allauth signs people in here, in our words."""

from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Lets in who was invited, and nobody else."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and password do not belong together."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("Too many wrong attempts. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth passes it
        """Refuse whoever was not invited."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  allauth passes it
        """Return to the first page once the password is another one."""
        return "/"
