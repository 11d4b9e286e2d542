"""The one way out by mail."""

import os
import smtplib
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

from caudal.core.errors import Problem, msg


class MailRefused(Problem):
    """The mail server could not be reached or did not take the message."""

    code = "mail.refused"
    status = 502
    message = msg("The mail server did not take a message to {recipient}.")
    hint = msg("Check the CAUDAL_SMTP settings.")


class Mail(Protocol):
    """Hands a message over."""

    def send(self, message: EmailMessage) -> None:
        """Hand a message to the mail server, or raise MailRefused; nothing in between."""


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """SMTP to the server of `CAUDAL_SMTP_HOST` and `CAUDAL_SMTP_PORT`, with a user name and TLS when they are set."""

    host: str = field(default_factory=lambda: os.environ.get("CAUDAL_SMTP_HOST", "localhost"))
    port: int = field(default_factory=lambda: int(os.environ.get("CAUDAL_SMTP_PORT", "25")))
    user: str = field(default_factory=lambda: os.environ.get("CAUDAL_SMTP_USER", ""))
    password: str = field(default_factory=lambda: os.environ.get("CAUDAL_SMTP_PASSWORD", ""), repr=False)
    tls: bool = field(default_factory=lambda: os.environ.get("CAUDAL_SMTP_TLS", "") == "1")
    timeout_seconds: float = 20

    def send(self, message: EmailMessage) -> None:
        """Hand a message to the server, or raise MailRefused."""
        try:
            with smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds) as server:
                if self.tls:
                    server.starttls()
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailRefused(recipient=message.get("To", "?")) from error


@dataclass(slots=True)
class NullMail:
    """No server: messages are kept to be looked at."""

    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        """Keep the message."""
        self.sent.append(message)
