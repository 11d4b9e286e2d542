"""What signing in needs of us: nobody signs up by themselves, and its mail leaves as letters."""

from hashlib import sha256
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.kit.letters import Letter, post
from caudal.kit.panels import first_page
from caudal.kit.world import now
from caudal.workspace.actions import set_password
from caudal.workspace.models import Member


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Members come by invitation."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and password do not belong together."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("Too many wrong attempts. Wait five minutes and try again."),
    }

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say that nobody may make an account: a colleague sends an invitation."""
        return False

    @override
    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the first page once the password is another one."""
        return "/"

    @override
    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where somebody begins who did not ask for a page."""
        return first_page([request.user.role]) if isinstance(request.user, Member) else "/"

    @override
    def set_password(self, user: Member, password: str) -> None:
        """Set the password of somebody who has shown who they are, and tell of it."""
        set_password(as_of=now(), member=user, password=password)

    @override
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Post a message of the library as a letter; the same one twice is one."""
        message = self.render_mail(template_prefix, email, context)
        key = sha256(f"{email} {message.body}".encode()).hexdigest()
        post(
            [Letter(key=f"{template_prefix} {key}", to=email, subject=message.subject, text=str(message.body))],
            as_of=now(),
        )
