"""One contract for each port, held by every implementation of it."""

import smtplib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from caudal.kit.files import FileMissing, Files, FolderFiles, NullFiles
from caudal.kit.http import AddressRefused, OutboundHttp, Unreachable, is_public
from caudal.kit.mail import Mail, MailRefused, NullMail, SmtpMail


@pytest.fixture(params=["folder", "null"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return FolderFiles(tmp_path / "files") if request.param == "folder" else NullFiles(lambda: datetime.now(UTC))


def test_a_kept_file_is_read_back_by_its_hash(files: Files) -> None:
    kept = files.keep([b"plan to ", b"cash"])
    with files.opened(kept.sha256) as file:
        assert file.read() == b"plan to cash"
    assert kept.size_bytes == 12
    assert files.keep([b"plan to cash"]) == kept


def test_a_file_that_was_dropped_is_kept_no_longer(files: Files) -> None:
    kept = files.keep([b"plan to cash"])
    files.drop(kept.sha256)
    files.drop(kept.sha256)
    with pytest.raises(FileMissing), files.opened(kept.sha256):
        pass


def test_what_is_kept_is_listed_by_when_it_was_last_given(files: Files) -> None:
    kept = files.keep([b"plan to cash"])
    hour = timedelta(hours=1)
    assert list(files.kept_before(datetime.now(UTC) - hour)) == []
    assert list(files.kept_before(datetime.now(UTC) + hour)) == [kept.sha256]
    files.drop(kept.sha256)
    assert list(files.kept_before(datetime.now(UTC) + hour)) == []


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "../" * 20 + "x" * 4])
def test_a_file_that_was_never_kept_is_missing(files: Files, name: str) -> None:
    with pytest.raises(FileMissing), files.opened(name):
        pass


def test_a_file_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the line is dead")

    with pytest.raises(OSError, match="dead"):
        FolderFiles(tmp_path).keep(broken())
    assert list(tmp_path.iterdir()) == []


POLL_SECONDS: Final = 0.01
"""How soon a server of these tests hears that it is to end."""


class Sink(StreamRequestHandler):
    """A mail server of one's own: takes messages, refuses those to nobody@."""

    taken: list[bytes]

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    @override
    def handle(self) -> None:
        self.say(b"220 sink")
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"DATA"):
                self.say(b"354 go on")
                self.server.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))  # type: ignore[attr-defined]  # ours
            elif line.startswith(b"QUIT"):
                self.say(b"221 bye")
                return
            self.say(b"550 no such box" if b"NOBODY@" in line else b"250 fine")


@pytest.fixture
def mail_port() -> Iterator[TCPServer]:
    with TCPServer(("127.0.0.1", 0), Sink) as server:
        server.taken = []  # type: ignore[attr-defined]  # ours
        threading.Thread(target=server.serve_forever, args=[POLL_SECONDS], daemon=True).start()
        yield server
        server.shutdown()


def letter(to: str = "ana@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "caudal@example.com", to, "Hola"
    message.set_content("El plan va bien.\n")
    return message


@pytest.mark.parametrize("kind", ["smtp", "null"])
def test_a_message_is_handed_over_whole(kind: str, mail_port: TCPServer) -> None:
    mail: Mail = NullMail() if kind == "null" else SmtpMail("127.0.0.1", mail_port.server_address[1], "", "", tls=False)
    mail.send(letter())
    taken = [bytes(each) for each in mail.sent] if isinstance(mail, NullMail) else mail_port.taken  # type: ignore[attr-defined]  # ours
    assert len(taken) == 1
    assert b"El plan va bien." in taken[0]


def test_a_server_that_refuses_or_is_not_there_is_a_problem(mail_port: TCPServer) -> None:
    with pytest.raises(MailRefused, match=r"nobody@example\.com"):
        SmtpMail("127.0.0.1", mail_port.server_address[1], "", "", tls=False).send(letter("nobody@example.com"))
    with pytest.raises(MailRefused):
        SmtpMail("127.0.0.1", 1, "", "", tls=False, timeout_seconds=1).send(letter())
    assert issubclass(smtplib.SMTPException, OSError)


class Echo(BaseHTTPRequestHandler):
    """Answers with what was sent; /away leads somewhere else."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302 if self.path == "/away" else 201)
        self.send_header("Location", "http://169.254.169.254/latest")
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode() + b" " + body)

    @override
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=[POLL_SECONDS], daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_request_goes_to_the_vetted_address_under_its_own_name(echo: int) -> None:
    http = OutboundHttp(allowed=frozenset({"127.0.0.1", "::1"}), schemes=frozenset({"http"}))
    answer = http.send("POST", f"http://localhost:{echo}/in", body=b"hello")
    assert (answer.status, answer.body) == (201, f"localhost:{echo} hello".encode())


def test_a_redirect_is_an_answer_and_is_not_followed(echo: int) -> None:
    http = OutboundHttp(allowed=frozenset({"127.0.0.1"}), schemes=frozenset({"http"}))
    assert http.send("POST", f"http://127.0.0.1:{echo}/away", body=b"x").status == 302


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://0177.0.0.1/",
        "https://2130706433/", "https://0x7f.1/", "https://100.64.0.1/", "http://93.184.216.34/", "ftp://example.com/",
        "https://user:pass@93.184.216.34/", "https:///nowhere", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_private_and_disguised_addresses_are_refused(url: str) -> None:
    # A resolver that does not read numbers in disguise says there is no such host, which is as good.
    with pytest.raises((AddressRefused, Unreachable)):
        OutboundHttp(timeout_seconds=1).send("GET", url)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_no_more_public_than_outside(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))
