"""Letters: posted with what they tell of, handed to a real mail server at most once, held back from restored copies."""

import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction

from caudal.kit.failpoints import FailpointError, armed
from caudal.kit.letters import RETRY_AFTER, Letter, deliver, is_due, post
from caudal.kit.mail import Chance, MailRefused, SmtpMail
from caudal.kit.models import LetterRow
from caudal.kit.postgres.copies import HELD
from caudal.kit.world import fixed_world, use

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Box:
    """What a mail server does with what comes: it keeps messages, and answers recipients as a test says."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: dict[str, list[str]] = {}
        self.hangs_up = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802  the library's name
        planned = self.answers.get(address)
        if planned:
            return planned.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  the library's name
        if self.hangs_up:
            server.transport.abort()
            return "421 gone"
        self.taken.append(message_from_bytes(envelope.content))  # type: ignore[arg-type]  # the older class reads the same
        return "250 taken"


@pytest.fixture
def box() -> Iterator[Box]:
    """A real mail server on loopback, and a world whose mail goes there."""
    found = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    mail = SmtpMail("127.0.0.1", port, "", "", tls=False, timeout_seconds=5)
    with use(replace(fixed_world(at=AT), mail=mail)):
        yield found
    controller.stop()


def letter(key: str = "reminder task_1 2026-03-02", to: str = "rosa@example.com") -> Letter:
    return Letter(key=key, to=to, subject="Llamar a Acme\nhoy", text="A las 10.", html="<p>A las 10.</p>")


def row(key: str = "reminder task_1 2026-03-02") -> LetterRow:
    return LetterRow.objects.get(key=key)


@pytest.mark.django_db
def test_a_letter_of_one_key_leaves_once_and_is_then_forgotten(box: Box) -> None:
    assert post([letter(), letter()], as_of=AT) == 1
    assert post([letter()], as_of=AT) == 0
    assert (deliver(as_of=AT), deliver(as_of=AT)) == (1, 0)
    assert post([letter()], as_of=AT + HOUR) == 0
    assert deliver(as_of=AT + HOUR) == 0
    (message,) = box.taken
    assert (message["To"], message["Subject"]) == ("rosa@example.com", "Llamar a Acme hoy")
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert (row().text, row().html, row().sent_at) == ("", "", AT)


@pytest.mark.django_db
def test_a_long_address_in_a_header_arrives_as_it_was_written(box: Box) -> None:
    stop = f"<https://caudal.example.com/unsubscribe/{'aB3-_' * 40}>"
    lines = "¡Hola, José! " + "long " * 60
    post([replace(letter(), text=lines, headers={"List-Unsubscribe": stop})], as_of=AT)
    assert deliver(as_of=AT) == 1
    (taken,) = box.taken
    assert taken["List-Unsubscribe"] == stop
    bodies = [str(part.get_payload()) for part in taken.walk() if not part.is_multipart()]
    assert max(len(line) for body in bodies for line in body.splitlines()) <= 78


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_sends_nothing(box: Box) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post([letter()], as_of=AT)
        _ = 1 / 0
    assert not is_due(as_of=AT)
    assert deliver(as_of=AT) == 0
    assert box.taken == []


@pytest.mark.django_db
def test_a_server_that_says_later_is_asked_again_and_one_that_says_never_is_believed(box: Box) -> None:
    box.answers = {"rosa@example.com": ["451 busy"], "raul@example.com": ["550 no such box"]}
    post([letter(), letter("other", "raul@example.com")], as_of=AT)
    assert deliver(as_of=AT) == 0
    assert (row().due_at, row().failed_at) == (AT + RETRY_AFTER[0], None)
    assert "550" in row("other").error
    assert row("other").failed_at == AT
    assert deliver(as_of=AT + timedelta(seconds=59)) == 0
    assert deliver(as_of=AT + timedelta(seconds=60)) == 1
    assert [message["To"] for message in box.taken] == ["rosa@example.com"]


@pytest.mark.django_db
def test_a_server_that_is_never_there_is_given_up_after_the_last_wait(box: Box) -> None:
    box.answers = {"rosa@example.com": ["421 not now"] * 20}
    post([letter()], as_of=AT)
    as_of = AT
    for wait in RETRY_AFTER:
        deliver(as_of=as_of)
        assert row().failed_at is None
        as_of += wait
    deliver(as_of=as_of)
    assert row().failed_at == as_of
    assert row().attempts == len(RETRY_AFTER) + 1


@pytest.mark.django_db
def test_a_letter_whose_line_died_in_the_middle_is_in_doubt_and_not_sent_again(box: Box) -> None:
    box.hangs_up = True
    post([letter()], as_of=AT)
    assert deliver(as_of=AT) == 0
    box.hangs_up = False
    assert deliver(as_of=AT + timedelta(days=3)) == 0
    assert (row().sent_at, row().failed_at, row().claimed_at) == (None, None, AT)
    assert box.taken == []


@pytest.mark.django_db
@pytest.mark.parametrize(("place", "copies"), [("letters.before_sending", 0), ("letters.after_sending", 1)])
def test_a_worker_that_dies_on_either_side_of_sending_leaves_at_most_one_copy(
    box: Box, place: str, copies: int
) -> None:
    post([letter()], as_of=AT)
    with armed(place), pytest.raises(FailpointError):
        deliver(as_of=AT)
    assert deliver(as_of=AT + HOUR) == 0
    assert len(box.taken) == copies


@pytest.mark.django_db
def test_nothing_leaves_a_restored_copy_before_it_is_released(box: Box) -> None:
    post([letter()], as_of=AT)
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{HELD}'")
        assert deliver(as_of=AT) == 0
        cursor.execute(f'COMMENT ON DATABASE "{name}" IS NULL')
    assert box.taken == []
    assert deliver(as_of=AT) == 1


@pytest.mark.parametrize(
    ("error", "begun", "chance"),
    [
        (ConnectionRefusedError(), False, Chance.LATER),
        (smtplib.SMTPAuthenticationError(535, b"wrong"), False, Chance.LATER),
        (smtplib.SMTPServerDisconnected(), True, Chance.UNKNOWN),
        (TimeoutError(), True, Chance.UNKNOWN),
        (smtplib.SMTPDataError(554, b"spam"), True, Chance.NEVER),
        (smtplib.SMTPDataError(452, b"full"), True, Chance.LATER),
    ],
)
def test_what_is_known_after_an_error_depends_on_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, error: Exception, chance: Chance, *, begun: bool
) -> None:
    def broken(*_: object) -> None:
        raise error

    session = SimpleNamespace(send_message=broken if begun else None)

    class Line:
        def __init__(self, *_: object, **__: object) -> None:
            if not begun:
                broken()

        def __enter__(self) -> SimpleNamespace:
            return session

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(smtplib, "SMTP", Line)
    with pytest.raises(MailRefused) as refused:
        SmtpMail("mail.example", 25, "", "", tls=False).send(EmailMessage())
    assert refused.value.chance is chance
