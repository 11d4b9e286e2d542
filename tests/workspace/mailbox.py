"""A real mail server on loopback for tests of what leaves by mail."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from caudal.kit.mail import SmtpMail


class Mailbox:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  the library's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 taken"


@contextmanager
def mailbox() -> Iterator[tuple[Mailbox, SmtpMail]]:
    """Run a mail server, and give the port of mail that leads there."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, SmtpMail("127.0.0.1", port, "", "", tls=False, timeout_seconds=5)
    finally:
        controller.stop()


def words_of(letter: EmailMessage) -> str:
    """What a letter says to whoever reads it as plain text."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
