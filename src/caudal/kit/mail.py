"""The one way out by mail."""

import os
import smtplib
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from http import HTTPStatus
from typing import Final, Protocol

from caudal.core.errors import Problem, msg

PERMANENT: Final = 500
"""SMTP answers from here on will be the same tomorrow."""


class Chance(StrEnum):
    """What is known of a message that was not taken."""

    LATER = "later"
    """It did not leave, and may another time."""
    NEVER = "never"
    """It did not leave, and never will."""
    UNKNOWN = "unknown"
    """The line died after the message was begun: it may have left."""


class MailRefused(Problem):
    """The mail server could not be reached or did not take the message; `chance` says what may come of it."""

    code = "mail.refused"
    status = HTTPStatus.BAD_GATEWAY
    message = msg("The mail server did not take a message to {recipient}: {reason}")
    hint = msg("Check the CAUDAL_SMTP settings.")

    def __init__(self, *, recipient: str, reason: str, chance: Chance) -> None:
        super().__init__(recipient=recipient, reason=reason)
        self.chance = chance


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
        begun = False
        try:
            with smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds) as server:
                if self.tls:
                    server.starttls()
                if self.user:
                    server.login(self.user, self.password)
                begun = True
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            recipient = str(message.get("To", "?"))
            raise MailRefused(recipient=recipient, reason=str(error), chance=chance_of(error, begun=begun)) from error


def chance_of(error: Exception, *, begun: bool) -> Chance:
    """Return what is known of a message after an error; `begun` when the server was ready to take it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Chance.NEVER if min(codes) >= PERMANENT else Chance.LATER
    if isinstance(error, smtplib.SMTPResponseException):
        is_permanent = begun and error.smtp_code >= PERMANENT
        return Chance.NEVER if is_permanent else Chance.LATER
    return Chance.UNKNOWN if begun else Chance.LATER


@dataclass(slots=True)
class NullMail:
    """No server: messages are kept to be looked at."""

    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        """Keep the message."""
        self.sent.append(message)
